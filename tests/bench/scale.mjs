import { Machine, sql, Visitor } from "../lib/kontor.mjs";
const median = (l) => [...l].sort((a, b) => a - b)[l.length >> 1];
const manager = await new Visitor().signIn("manager.one");
const admin = await new Visitor().signIn("administrator");
const supplier = await new Visitor().signIn("elbe.user");
const buyer = await new Visitor().signIn("nordlicht.user");
const [s] = sql("select tracking, number from orders.shipment where number like 'SO-8%' order by id desc limit 1");
const cases = [
 ["worklist", supplier, "/supplier/worklist"], ["worklist late", supplier, "/supplier/worklist?view=late"],
 ["worklist all", supplier, "/supplier/worklist?view=all"], ["worklist q", supplier, "/supplier/worklist?view=all&q=PO-800099001"],
 ["supplier orders", supplier, "/supplier/orders"], ["supplier orders all", supplier, "/supplier/orders?view=all"],
 ["buyer open", buyer, "/distributor/orders"], ["buyer all", buyer, "/distributor/orders?view=all"],
 ["buyer late", buyer, "/distributor/orders?view=late"], ["buyer search", buyer, "/distributor/orders?view=all&q=H00090000"],
 ["buyer search tracking", buyer, `/distributor/orders?view=all&q=${s.tracking}`],
 ["desk open", manager, "/desk/orders"], ["desk all", manager, "/desk/orders?view=all"],
 ["desk unanswered", manager, "/desk/orders?view=unanswered"],
 ["desk search", manager, "/desk/orders?view=all&q=SO-800090000"], ["desk search none", manager, "/desk/orders?view=all&q=XYZ-NONE"],
 ["desk search item", manager, "/desk/orders?view=open&q=SE-1920"],
 ["admin all", admin, "/desk/orders?view=all"], ["portfolio", manager, "/desk/portfolio"], ["home", buyer, "/distributor/home"], ["desk home", admin, "/desk/home"],
 ["documents", manager, "/desk/documents"], ["activity", admin, "/desk/activity"],
];
for (const [name, v, path] of cases) {
	const t = [];
	for (let i = 0; i < 4; i++) {
		const b = performance.now();
		const r = await v.get(path, "application/json");
		await r.text();
		t.push(performance.now() - b);
		if (r.status !== 200) console.log(name, r.status);
		if (t[0] > 8000) break;
	}
	console.log(name.padEnd(24), median(t).toFixed(0), "ms");
}
