// SPDX-License-Identifier: Apache-2.0
// Lists, search, bulk steps and intake with few orders and with very many, in
// one run: SMALL stored orders first, then LARGE. Prints a Markdown table.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Machine, ROOT, sql, until, VAR, Visitor } from "../lib/kontor.mjs";
import { agreement, edifact, items, order, unique } from "../lib/orders.mjs";

const SMALL = Number(process.env.SMALL ?? 10000);
const LARGE = Number(process.env.LARGE ?? 1000000);
const ROUNDS = Number(process.env.ROUNDS ?? 9);
const DOCUMENTS = Number(process.env.DOCUMENTS ?? 100);
const LIST_BAR = 100, BULK_BAR = 1000, BULK = 500, BULKS = 5, INTAKES = 3;

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const psql = (...args) => execFileSync("psql", ["-qX", "-1", "-v",
    "ON_ERROR_STOP=1", "-h", join(VAR, "pg"), "-U", "postgres", "-d", "kontor",
    ...args], { stdio: ["ignore", "ignore", "inherit"] });

/** Another n orders. */
function fill(n)
{
	const [{ first }] = sql(`select count(*)::int as first from orders.head
	    where number like 'SO-8%'`);
	psql("-v", `orders=${n}`, "-v", `first=${first}`, "-f",
	    join(ROOT, "tests/bench/scale.sql"));
	execFileSync("psql", ["-qX", "-h", join(VAR, "pg"), "-U", "postgres",
	    "-d", "kontor", "-c", "vacuum analyze"]);
	// What a job does every hour.
	psql("-c", "select orders.count_cards()");
}

/** Milliseconds of a page, first byte to last, without the first of them. */
async function time(visitor, path)
{
	const taken = [];
	for (let i = 0; i <= ROUNDS; i++) {
		const start = performance.now();
		const r = await visitor.get(path, "application/json");
		await r.arrayBuffer();
		if (r.status !== 200)
			throw new Error(`${path}: ${r.status}`);
		taken.push(performance.now() - start);
	}
	return median(taken.slice(1));
}

const machine = new Machine("nordlicht");
const terms = agreement("nordlicht", "edifact");

/** Until what was measured before is done with. */
const idle = () => until("nothing is left to do", () => sql(`select
    count(*)::int as n from core.job where state in ('queued', 'running')
    and run_at < now() + interval '30 seconds'`)[0].n === 0, 300000, 200);

/** Orders of ten lines a second, from the first post to the last one made. */
async function intake(run)
{
	const lines = items(10).concat(items(10)).slice(0, 10);
	const queue = Array.from({ length: DOCUMENTS }, (_, i) => edifact(terms,
	    order(lines, { number: `${run}-${i}`, control: unique() })));
	// Asked of the newest only: not a look through all orders, again and again.
	const [{ last }] = sql("select max(id)::int as last from orders.head");
	const start = performance.now();
	await Promise.all(Array.from({ length: 8 }, async () => {
		for (let bytes; (bytes = queue.pop());)
			await (await machine.send(bytes, "application/edifact",
			    { "idempotency-key": unique("K") })).arrayBuffer();
	}));
	await until("all orders are made", () => sql(`select count(*)::int as n
	    from orders.head where id > ${last} and kind = 'sales'
	    and partner_number like '${run}-%'`)[0].n === DOCUMENTS, 300000, 50);
	const rate = DOCUMENTS / (performance.now() - start) * 1000;
	await idle();
	return rate;
}

/** One request that confirms many lines of the worklist: how many, how long. */
async function confirm()
{
	const ids = sql(`select l.public_id as id from orders.line l
	    join orders.head h on h.id = l.order_id
	    join core.partner p on p.id = h.partner_id
	    where p.slug = 'elbe' and l.state = 'open' and h.kind = 'purchase'
	    and h.number like 'PO-8%' order by l.id limit ${BULK}`);
	if (ids.length === 0)
		return { n: 0, ms: 0 };
	const start = performance.now();
	const r = await elbe.fetch("/order-lines/confirm", { method: "POST",
	    headers: { "content-type": "application/json",
	        "idempotency-key": unique("K") },
	    body: JSON.stringify({ items: ids.map(({ id }) => ({ line: id })) }) });
	const { done } = await r.json();
	if (done !== ids.length)
		throw new Error(`only ${done} of ${ids.length} confirmed`);
	return { n: done, ms: performance.now() - start };
}

/** Several of them, each of other lines, after what the last one left is done. */
async function bulk()
{
	const all = [];
	for (let i = 0; i < BULKS; i++) {
		await idle();
		const one = await confirm();
		if (all.length && one.n < BULK)
			break;
		all.push(one);
	}
	return { n: all[0].n, ms: median(all.map(({ ms }) => ms)) };
}

const elbe = new Machine("elbe");
const supplier = await new Visitor().signIn("elbe.user");
const buyer = await new Visitor().signIn("nordlicht.user");
const manager = await new Visitor().signIn("manager.one");
const house = await new Visitor().signIn("administrator");
const [{ seller }] = sql(`select public_id as seller from core.partner
    where slug = 'elbe'`);
await supplier.post("/supplier/account/calendar/make", {},
    { page: "/supplier/account" });
const [calendar] = /\/calendar\/[0-9a-f]{96}/.exec(
    await (await supplier.get("/supplier/account")).text());
const pages = () => {
	const [s] = sql(`select tracking, number from orders.shipment
	    where number like 'SO-8%' order by id desc limit 1`);
	const order = s.number.replace(/-1$/, "");
	return [
	["supplier: worklist", supplier, "/supplier/worklist"],
	["supplier: worklist, all lines", supplier, "/supplier/worklist?view=all"],
	["supplier: worklist, one number", supplier,
	    "/supplier/worklist?view=all&q=PO-80000"],
	["supplier: orders", supplier, "/supplier/orders"],
	["distributor: open orders", buyer, "/distributor/orders"],
	["distributor: late orders", buyer, "/distributor/orders?view=late"],
	["distributor: all orders", buyer, "/distributor/orders?view=all"],
	["distributor: a tracking number", buyer,
	    `/distributor/orders?view=all&q=${s.tracking}`],
	["distributor: home", buyer, "/distributor/home"],
	["account manager: open orders", manager, "/desk/orders"],
	["account manager: unanswered", manager, "/desk/orders?view=unanswered"],
	["account manager: an order's number", manager,
	    `/desk/orders?view=all&q=${order}`],
	["account manager: part of all numbers", manager,
	    "/desk/orders?view=all&q=SO-8"],
	["account manager: nobody's number", manager,
	    "/desk/orders?view=all&q=NOBODY-7"],
	["account manager: an item", manager,
	    `/desk/orders?view=all&q=${items(1)[0].number}`],
	["account manager: portfolio", manager, "/desk/portfolio"],
	["supplier: scorecard", supplier, "/supplier/scorecard"],
	["supplier: despatches", supplier, "/supplier/despatches"],
	["supplier: invoices", supplier, "/supplier/invoices"],
	["supplier: calendar feed", supplier, calendar],
	["distributor: despatches", buyer, "/distributor/despatches"],
	["distributor: cases", buyer, "/distributor/cases"],
	["account manager: part of all open numbers", manager,
	    "/desk/orders?q=SO-8"],
	["account manager: a despatch advice", manager,
	    `/desk/despatches?view=all&q=${s.number}`],
	["account manager: an order's documents", manager,
	    `/desk/documents?q=${order}`],
	["account manager: a supplier", manager, `/desk/partners/${seller}`],
	["account manager: scorecards", manager, "/desk/scorecard"],
	["account manager: despatches", manager, "/desk/despatches"],
	["account manager: documents", manager, "/desk/documents"],
	["account manager: holds", manager, "/desk/holds"],
	["account manager: cases", manager, "/desk/cases"],
	["administrator: all orders", house, "/desk/orders?view=all"],
	["administrator: home", house, "/desk/home"],
	];
};

async function measure(run)
{
	const result = {};
	await idle();
	for (const [name, visitor, path] of pages())
		result[name] = await time(visitor, path);
	result.bulk = await bulk();
	await idle();
	const rates = [];
	for (let i = 0; i < INTAKES; i++)
		rates.push(await intake(`${run}-${i}`));
	result.intake = median(rates);
	console.error(`intake: ${rates.map((r) => r.toFixed(0)).join(" ")} /s`);
	return result;
}

const stored = () => sql("select count(*)::int as n from orders.head")[0].n;
fill(SMALL);
const few = { n: stored(), ...await measure(`F${Date.now() % 1e6}`) };
fill(LARGE - SMALL);
const many = { n: stored(), ...await measure(`M${Date.now() % 1e6}`) };
const [open] = sql(`select count(*)::int as n from orders.line l
    join orders.head h on h.id = l.order_id
    join core.partner p on p.id = l.partner_id
    where p.slug = 'elbe' and l.state in ('open', 'accepted')`);

console.log(`| What | ${few.n} orders | ${many.n} orders, ${open.n} open lines`
    + ` of a supplier | Bar |\n|---|---|---|---|`);
for (const [name] of pages())
	console.log(`| ${name} | ${few[name].toFixed(0)} ms `
	    + `| ${many[name].toFixed(0)} ms | < ${LIST_BAR} ms |`);
const bulked = ({ n, ms }) => `${ms.toFixed(0)} ms`
    + (n < BULK ? ` (${n} lines)` : "");
console.log(`| ${BULK} lines confirmed in one request | ${bulked(few.bulk)}`
    + ` | ${bulked(many.bulk)} | < ${BULK_BAR} ms |`);
console.log(`| intake, 10 lines | ${few.intake.toFixed(0)} /s `
    + `| ${many.intake.toFixed(0)} /s (${(many.intake / few.intake)
        .toFixed(2)}) | ≥ 0.8 |`);
