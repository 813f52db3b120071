// SPDX-License-Identifier: Apache-2.0
// An account manager blocks new orders of a distributor: refused on the
// screen, in the API and by document; lifted, the document is taken up again.
import assert from "node:assert/strict";
import test from "node:test";
import { itemsOf } from "../lib/goods.mjs";
import { Machine, sql, until, Visitor } from "../lib/kontor.mjs";
import { agreement, items, order as documentOrder, TYPES, unique, write }
    from "../lib/orders.mjs";

const SLUG = "tyne";
const [partner] = sql(`select p.public_id as id, p.id as key, u.uid as manager
    from core.partner p join core.assignment a on a.partner_id = p.id
    join core.person u on u.id = a.person_id where p.slug = '${SLUG}' limit 1`);
const page = `/desk/partners/${partner.id}`;
const [item] = itemsOf("elbe", 1);
const order = () => ({ partner_number: unique("BL"),
	requested_date: new Date(Date.now() + 864e6).toISOString().slice(0, 10),
	lines: [{ item: item.number, quantity: "1" }] });
const place = (who) => who.fetch("/orders", { method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(order()) });

test("new orders are refused while the block stands", async (t) => {
	const am = await new Visitor().signIn(partner.manager);
	const buyer = await new Visitor("de").signIn(`${SLUG}.user`);
	const erp = new Machine(SLUG);
	const step = (event, fields) => am.post(`${page}/${event}`, fields,
	    { page });
	const bought = documentOrder(items(1, SLUG));
	const placed = () => sql(`select public_id from orders.head
	    where partner_number = '${bought.number}'`);
	let sent;
	const reason = `unpaid ${unique("R")}`;
	const bad = await step("block", { kind: "credit", reason: "" });
	assert.equal(bad.status, 422);
	const set = await step("block", { kind: "credit", reason });
	assert.equal(set.status, 303, await set.clone().text());
	try {
		await t.test("the partner's page says why and by whom", async () => {
			const text = await (await am.get(page)).text();
			assert.ok(text.includes(reason));
			assert.ok(text.includes(`action="${page}/unblock"`));
			assert.equal((await step("block", { kind: "order",
			    reason: "again" })).status, 409);
		});
		await t.test("the form says so and refuses", async () => {
			const form = "/distributor/orders/new";
			const before = await (await buyer.get(form)).text();
			assert.match(before, /Neue Bestellungen sind zurzeit gesperrt/);
			assert.ok(!before.includes(reason));
			const r = await buyer.post("/distributor/orders", {
				partner_number: unique("BL"), _event: "submit",
				"lines[0][item]": item.number,
				"lines[0][quantity]": "1" }, { page: form });
			assert.equal(r.status, 422);
			assert.match(await r.text(), /gesperrt/);
		});
		await t.test("so does the API", async () => {
			const r = await place(erp);
			assert.equal(r.status, 422);
			assert.deepEqual((await r.json()).errors.map((e) => e.code),
			    ["orders.partner.blocked"]);
		});
		await t.test("so is a document, and what it asked for is kept",
		    async () => {
			const r = await erp.send(write.ubl(agreement(SLUG, "ubl"),
			    bought), TYPES.ubl, { prefer: "wait=10" });
			sent = await r.json();
			assert.equal(sent.state, "quarantined", JSON.stringify(sent));
			assert.ok(sent.findings.some((f) =>
			    f.rule === "business.partner_blocked"));
			assert.equal(placed().length, 0);
		});
		await t.test("an agent and the partner may not lift it", async () => {
			const agent = await new Visitor().signIn("agent.one");
			assert.ok(!(await (await agent.get(page)).text())
			    .includes("/unblock"));
			const token = await agent.formToken("/desk/home");
			assert.equal((await agent.post(`${page}/unblock`,
			    { form_token: token })).status, 403);
			const r = await erp.fetch(`/partners/${partner.id}/unblock`,
			    { method: "POST", body: "{}",
			    headers: { "content-type": "application/json" } });
			assert.ok([403, 404].includes(r.status), String(r.status));
		});
	} finally {
		assert.equal((await step("unblock", {})).status, 303);
	}
	assert.equal((await place(erp)).status, 201);
	await t.test("and the document is taken up again", async () => {
		const at = `/desk/documents/${sent.id}`;
		const r = await am.post(`${at}/replay`, {}, { page: at });
		assert.equal(r.status, 303, await r.clone().text());
		await until("the order", () => placed().length);
	});
	const kept = sql(`select reason, lifted_at from orders.block
	    where partner_id = ${partner.key} order by id desc limit 1`)[0];
	assert.equal(kept.reason, reason);
	assert.ok(kept.lifted_at);
});
