// SPDX-License-Identifier: Apache-2.0
// All lines of a list at once: those that view and search show, and no other.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine, sql } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

const isar = new Machine("isar");
const step = async (who, event, body) => {
	const r = await who.fetch(`/order-lines/${event}`, { method: "POST",
	    headers: { "content-type": "application/json",
	        "idempotency-key": unique("K") }, body: JSON.stringify(body) });
	return { status: r.status, ...await r.json() };
};
const state = (number) => sql(`select count(*)::int as n,
    count(*) filter (where l.state = 'open')::int as open
    from orders.line l join orders.head h on h.id = l.order_id
    where h.number = '${number}'`)[0];

test("all lines that a search shows are confirmed, no other", async () => {
	const list = await isar.json("/worklist?view=to_confirm&limit=200");
	const open = new Map();
	for (const { order } of list.items)
		open.set(order.number, (open.get(order.number) ?? 0) + 1);
	const [number, n] = [...open].find(([, count]) => count > 1);
	const all = () => sql(`select count(*)::int as n from orders.line l
	    join orders.head h on h.id = l.order_id
	    join core.partner p on p.id = h.partner_id
	    where p.slug = 'isar' and h.kind = 'purchase'
	    and h.submitted_at is not null and l.state = 'open'`)[0].n;
	const before = all();
	const done = await step(isar, "confirm", { matching: "1",
	    view: "to_confirm", q: number });
	assert.equal(done.status, 200, JSON.stringify(done));
	assert.equal(done.done, n);
	assert.equal(done.failed, 0);
	assert.equal(state(number).open, 0);
	assert.equal(all(), before - n);
});

test("what shows nothing changes nothing", async () => {
	const none = await step(isar, "confirm", { matching: "1",
	    view: "to_confirm", q: "NOBODY-7" });
	assert.equal(none.status, 422);
	assert.equal(none.code, "orders.bulk.size");
});

test("only a supplier has a worklist", async () => {
	const r = await step(new Machine("nordlicht"), "cancel",
	    { matching: "1", view: "all" });
	assert.equal(r.status, 403, JSON.stringify(r));
});
