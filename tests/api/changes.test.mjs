// SPDX-License-Identifier: Apache-2.0
// Changes of orders by machines: buyer and seller act at the same time, and
// exactly one of them counts.
import assert from "node:assert/strict";
import test from "node:test";
import { confirmedOrder, post } from "../lib/goods.mjs";
import { Machine, until, sql } from "../lib/kontor.mjs";

const buyer = new Machine("nordlicht"), seller = new Machine("elbe");
const step = async (machine, order, change, event, version) => {
	const r = await machine.fetch(
	    `/orders/${order}/changes/${change}/${event}`, { method: "POST",
	    headers: { "content-type": "application/json" },
	    body: JSON.stringify({ version }) });
	return { status: r.status, ...await r.json() };
};
const accepted = async () => {
	const o = await confirmedOrder("nordlicht", "elbe", [10]);
	await until("the order is accepted", () => sql(`select from orders.head
	    where public_id = '${o.sales}' and state = 'accepted'`).length);
	return o;
};
const ask = async (o, quantity) => post(buyer, `/orders/${o.sales}/change`, {
	version: (await buyer.json(`/orders/${o.sales}`)).version, event: "send",
	lines: [{ line_id: o.lines[0].line_id, quantity }] });

test("taken back and accepted at once, one of them counts", async () => {
	const o = await accepted();
	let wanted = 10;
	for (let round = 0; round < 6; round++) {
		const asked = await ask(o, String(20 + round));
		const [at] = (await seller.json(`/orders/${o.bought}`)).changes;
		const both = [() => step(buyer, o.sales, asked.id, "withdraw",
		    asked.version), () => step(seller, o.bought, at.id, "accept",
		    at.version)];
		const answers = await Promise.all((round % 2 ? both
		    : both.reverse()).map((f) => f()));
		const [won, lost] = answers.sort((x, y) => x.status - y.status);
		assert.deepEqual([won.status, lost.status], [200, 409],
		    JSON.stringify(answers));
		assert.equal(lost.code, "orders.change.over");
		if (won.order.id === o.bought)
			wanted = 20 + round;
		const [sold] = (await buyer.json(`/orders/${o.sales}`)).lines;
		const [bought] = (await seller.json(`/orders/${o.bought}`)).lines;
		assert.deepEqual([sold.ordered.value, bought.ordered.value],
		    [String(wanted), String(wanted)], "both sides agree");
	}
});

test("history keeps what was taken back and what replaced it", async () => {
	const o = await accepted();
	const first = await ask(o, "12");
	const second = await ask(o, "14");
	assert.equal(second.replaces, first.number);
	await step(buyer, o.sales, second.id, "withdraw", second.version);
	const sold = await buyer.json(`/orders/${o.sales}`);
	assert.deepEqual(sold.changes.map((c) => c.state),
	    ["withdrawn", "superseded"]);
	assert.equal(sold.changes[1].replaced_by.number, second.number);
	assert.deepEqual(sold.versions.map((v) => v.state),
	    ["in_force", "withdrawn", "withdrawn"]);
	const bought = await seller.json(`/orders/${o.bought}`);
	assert.deepEqual(bought.changes.map((c) => c.state),
	    ["withdrawn", "superseded"]);
	assert.deepEqual(bought.events.map((e) => e.type)
	    .filter((t) => t.startsWith("order.change_")),
	    ["order.change_withdrawn", "order.change_sent",
		"order.change_sent"]);
	const late = await step(seller, o.bought, bought.changes[0].id, "accept",
	    bought.changes[0].version);
	assert.deepEqual([late.status, late.code], [409, "orders.change.over"]);
});
