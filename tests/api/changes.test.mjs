// SPDX-License-Identifier: Apache-2.0
// Changes of orders by machines: buyer and seller act at the same time, and
// exactly one of them counts.
import assert from "node:assert/strict";
import test from "node:test";
import { confirmedOrder, itemsOf, post } from "../lib/goods.mjs";
import { Machine, sql, until, Visitor } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

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

test("of two suppliers, one agrees to another address: who keeps the old one",
    async () => {
	const other = new Machine("isar");
	const [kiel, place] = sql(`select a.public_id as id from core.address a
	    join core.partner p on p.id = a.partner_id
	    where p.slug = 'nordlicht' and a.code in ('W1', 'W2')
	    order by a.code`);
	const made = await post(buyer, "/orders", {
		partner_number: unique("PL"), ship_to: kiel.id, lines: [
			{ item: itemsOf("elbe", 1)[0].number, quantity: "10" },
			{ item: itemsOf("isar", 1)[0].number, quantity: "4" }],
	});
	const orders = await until("both orders", () => {
		const rows = sql(`select p.slug, x.public_id as id, x.number
		    from orders.head x join core.partner p on p.id = x.partner_id
		    join orders.head h on h.id = x.linked_order_id
		    where h.public_id = '${made.id}' order by p.slug`);
		return rows.length === 2 && rows;
	});
	const of = { elbe: seller, isar: other };
	for (const { slug, id } of orders) {
		const { lines } = await of[slug].json(`/orders/${id}`);
		await post(of[slug], "/order-lines/confirm",
		    { lines: lines.map((l) => l.id) });
	}
	await until("the order is accepted", () => sql(`select from orders.head
	    where public_id = '${made.id}' and state = 'accepted'`).length);
	const changed = async (body) => post(buyer, `/orders/${made.id}/change`, {
		version: (await buyer.json(`/orders/${made.id}`)).version,
		event: "send", ...body });
	const waits = async ({ slug, id }) => (await of[slug]
	    .json(`/orders/${id}`)).changes.find((c) => c.state === "pending");
	await changed({ ship_to: place.id, lines: [] });
	const asked = await waits(orders[0]);
	assert.equal((await step(seller, orders[0].id, asked.id, "accept",
	    asked.version)).status, 200);
	const again = await changed({ lines: [{ line_id: "20", quantity: "6" }] });
	assert.equal(await waits(orders[0]), undefined,
	    "who agreed is not asked again");
	const rest = await waits(orders[1]);
	assert.equal(rest.ship_to.new.city, "Lübeck");
	const r = await of.isar.fetch(
	    `/orders/${orders[1].id}/changes/${rest.id}/refuse`, {
		method: "POST", headers: { "content-type": "application/json" },
		body: JSON.stringify({ version: rest.version,
		    reason_code: "transport" }) });
	assert.equal(r.status, 200, await r.text());
	const { changes, ship_to } = await buyer.json(`/orders/${made.id}`);
	assert.equal(ship_to.city, "Lübeck");
	assert.deepEqual(changes.map((c) => [c.id === again.id, c.state,
	    c.ship_to.old.city, c.places]), [
		[true, "refused", "Kiel", [{ lines: ["20"], state: "refused",
		    tone: "bad", supplier: null }]],
		[false, "partly", "Kiel", [{ lines: ["10"], state: "accepted",
		    tone: "ok", supplier: null }, { lines: ["20"],
		    state: "superseded", tone: "neutral", supplier: null }]]]);
	const desk = await new Visitor().signIn("manager.one");
	const seen = await desk.json(`/desk/orders/${made.id}`);
	assert.deepEqual(seen.changes[0].places.map((p) => [p.supplier.name,
	    p.supplier.number]), [["Isar Sensorik (demo)", orders[1].number]]);
});
