// SPDX-License-Identifier: Apache-2.0
// Fifty writers at once on one order: quantities stay true, nothing that was
// answered with success is lost, and who comes too late is told so.
import assert from "node:assert/strict";
import test, { before } from "node:test";
import { Machine, sleep, sql, until } from "../lib/kontor.mjs";
import { agreement, items, order, TYPES, unique, write }
    from "../lib/orders.mjs";

const WRITERS = 50;
const nordlicht = new Machine("nordlicht"), suppliers = {};
let number;

/** Lines of the purchase orders that an order was passed on to. */
const lines = () => sql(`select l.public_id as id, l.line_id, l.state,
	l.version::int, l.ordered::float, l.confirmed::float,
	l.shipped::float, l.expected_date::text as expected, p.slug,
	h.public_id as order
    from orders.line s join orders.head o on o.id = s.order_id
    join orders.line l on l.linked_line_id = s.id
    join orders.head h on h.id = l.order_id
    join core.partner p on p.id = h.partner_id
    where o.partner_number = '${number}' and h.submitted_at is not null
    order by l.id`);

/**
 * One step of one line; answers its result. Who waited too long for his turn
 * (503) asks again with the same key, as a client does.
 */
async function step(slug, event, line, more = {})
{
	suppliers[slug] ??= new Machine(slug);
	const key = unique("K");
	let r;
	do {
		r = await suppliers[slug].fetch(`/order-lines/${event}`, {
			method: "POST", headers: { "idempotency-key": key,
			    "content-type": "application/json" },
			body: JSON.stringify({ items: [{ line, ...more }] }) });
	} while (r.status === 503 && await sleep(500).then(() => true));
	const answer = await r.json();
	assert.equal(r.status, 200, JSON.stringify(answer));
	return answer.results[0];
}

const at_once = (f) => Promise.all(Array.from({ length: WRITERS },
    (_, i) => f(i)));
const counted = (results) => results.reduce((n, r) => ({ ...n,
	[r.status]: (n[r.status] ?? 0) + 1 }), {});
const line_of = (id) => lines().find((l) => l.id === id);

before(async () => {
	const a = agreement("nordlicht", "edifact");
	const o = order(items(3).map((i) => ({ ...i, quantity: 40 })));
	number = o.number;
	const r = await nordlicht.send(write.edifact(a, o), TYPES.edifact,
	    { "idempotency-key": unique("K") });
	assert.equal(r.status, 202);
	await until("it is passed on", () => lines().length === 3, 20000);
});

test("fifty confirm the same line: one answer, the others hear that it is"
    + " answered", async () => {
	const [l] = lines();
	const n = counted(await at_once(() => step(l.slug, "confirm", l.id)));
	assert.deepEqual(n, { 200: 1, 409: WRITERS - 1 });
	assert.equal(line_of(l.id).confirmed, l.ordered);
});

test("fifty ship one piece each of forty: no piece leaves twice", async () => {
	const [l] = lines();
	const [{ most }] = sql(`select floor(confirmed * (1 + over_ship / 100))
	    ::int as most from orders.line where public_id = '${l.id}'`);
	const n = counted(await at_once((i) => step(l.slug, "ship", l.id,
	    { quantity: "1", carrier: "Test", tracking: `T${i}`,
	        number: `LS-${i}` })));
	const went = Math.min(most, l.ordered);
	assert.equal(n[200], line_of(l.id).shipped);
	assert.ok(n[200] >= went, JSON.stringify(n));
	assert.equal(n[200] + (n[409] ?? 0) + (n[422] ?? 0), WRITERS);
	const [{ sum }] = sql(`select sum(i.quantity)::float
	    from orders.shipment_line i join orders.line l on l.id = i.line_id
	    where l.public_id = '${l.id}'`);
	assert.equal(sum, n[200]);
});

test("fifty move a day from the version they saw: one wins, the others are"
    + " told that it changed", async () => {
	const l = lines()[1];
	assert.equal((await step(l.slug, "confirm", l.id)).status, 200);
	const { version } = line_of(l.id);
	const day = (i) => new Date(Date.now() + (20 + i) * 86400000)
	    .toISOString().slice(0, 10);
	const results = await at_once((i) => step(l.slug, "expect", l.id,
	    { version, date: day(i) }));
	assert.deepEqual(counted(results), { 200: 1, 412: WRITERS - 1 });
	assert.equal(line_of(l.id).expected,
	    day(results.findIndex((r) => r.status === 200)));
});

test("a confirming supplier and a cancelling distributor: one of them",
    async () => {
	const l = lines()[2];
	const [{ id }] = sql(`select s.public_id as id from orders.line l
	    join orders.line s on s.id = l.linked_line_id
	    where l.public_id = '${l.id}'`);
	suppliers.nordlicht = nordlicht;
	const results = await at_once((i) => i % 2
	    ? step(l.slug, "confirm", l.id) : step("nordlicht", "cancel", id));
	for (const r of results)
		assert.ok([200, 409].includes(r.status), JSON.stringify(r));
	const won = counted(results)[200];
	assert.ok(won === 1 || won === 2, `${won} succeeded`);
	const end = line_of(l.id);
	const cancelled = results.some((r, i) => i % 2 === 0 && r.status === 200);
	assert.equal(end.state, cancelled ? "cancelled" : "accepted");
});

test("afterwards every sum and every history is whole", () => {
	const [bad] = sql(`select count(*)::int as n from orders.line l
	    where ordered <> open + confirmed + backordered + rejected + cancelled
	    or exists (select from orders.value v where v.line_id = l.id
	        and v.superseded_by is null group by v.field having count(*) > 1)`);
	assert.equal(bad.n, 0);
});
