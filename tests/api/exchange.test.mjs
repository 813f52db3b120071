// SPDX-License-Identifier: Apache-2.0
// The main job by machines: an order in each family is stored, read,
// acknowledged, sourced, answered; what is repeated never doubles.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import { Machine, sql, until, Visitor } from "../lib/kontor.mjs";
import { agreement, items, order, ordchg, TYPES, unique, write }
    from "../lib/orders.mjs";

// Which demo distributor sends which family.
const SENDERS = sql(`select distinct on (a.family) p.slug, a.family
    from exchange.agreement a join core.partner p on p.id = a.partner_id
    join core.partner_role r on r.partner_id = p.id
    where r.role = 'distributor' and a.valid_until is null
    and a.family in ('edifact', 'x12', 'ubl') order by a.family, p.id`);

const state = async (machine, id) =>
    (await machine.json(`/documents/${id}`)).state;
const settled = (machine, id) => until("the document is read", async () => {
	const s = await state(machine, id);
	return s !== "received" && s !== "checked" && s;
}, 10000);

test("each family has a demo distributor", () => {
	assert.deepEqual(SENDERS.map((s) => s.family).sort(),
	    ["edifact", "ubl", "x12"]);
});

for (const { slug, family } of SENDERS) {
	const machine = new Machine(slug);
	const a = agreement(slug, family);
	test(`${family}: an order becomes an order, acknowledged and sourced`,
	    async () => {
		const o = order(items(3, slug));
		const r = await machine.send(write[family](a, o), TYPES[family]);
		assert.equal(r.status, 202, await r.clone().text());
		const { id } = await r.json();
		assert.ok(r.headers.get("location").endsWith(`/documents/${id}`));
		const s = await settled(machine, id);
		const shown = await machine.json(`/documents/${id}`);
		assert.equal(s, "applied", JSON.stringify(shown.findings));
		const [head] = sql(`select h.public_id as id, h.number, h.state,
		    h.line_count from orders.head h
		    where h.partner_number = '${o.number}'`);
		assert.equal(head.line_count, 3);
		const seen = await machine.json(`/orders/${head.id}`);
		assert.equal(seen.number, head.number);
		const bought = await until("supplier orders", () => {
			const rows = sql(`select p.slug, x.public_id as id, x.number
			    from orders.head x join core.partner p on p.id = x.partner_id
			    join orders.head h on h.id = x.linked_order_id
			    where h.partner_number = '${o.number}'`);
			return rows.length && rows;
		});
		for (const b of bought) {
			const visitor = await new Visitor().signIn(`${b.slug}.user`);
			const work = await visitor.json(
			    `/supplier/worklist?q=${b.number}`);
			assert.ok(work.items.length > 0 && work.items.every(
			    (l) => l.order.id === b.id && l.state === "open"),
			    `${b.slug} has it in the worklist`);
		}
		if (family !== "ubl") {
			/* Of its syntax: another test may ask for a business one. */
			const ready = await until("an acknowledgement", async () => {
				const [ack] = sql(`select x.public_id as id
				    from exchange.document x
				    join exchange.document d on d.id = x.ack_of
				    where x.type = 'ack' and x.canonical is null
				    and d.public_id = '${id}'`);
				const x = ack &&
				    await machine.json(`/documents/${ack.id}`);
				return x?.state === "ready" && x;
			});
			const bytes = await (await machine.fetch(
			    `/documents/${ready.id}/bytes`)).text();
			assert.match(bytes, family === "x12" ? /\*997|ST\*997/ : /CONTRL/);
			const got = await machine.fetch(
			    `/documents/${ready.id}/collect`, { method: "POST",
			    body: "{}",
			    headers: { "content-type": "application/json" } });
			assert.equal(got.status, 200, await got.text());
			assert.equal(await state(machine, ready.id), "collected");
		}
	});

	test(`${family}: the same interchange twice has one effect`, async () => {
		const o = order(items(2, slug));
		const bytes = write[family](a, o);
		const ids = [];
		for (let i = 0; i < 2; i++) {
			const r = await machine.send(bytes, TYPES[family]);
			assert.equal(r.status, 202);
			ids.push((await r.json()).id);
			await settled(machine, ids[i]);
		}
		assert.equal(sql(`select count(*) as n from orders.head
		    where partner_number = '${o.number}'`)[0].n, 1);
	});

	test(`${family}: an unknown item is quarantined with a reason`,
	    async () => {
		const o = order([{ number: "NOSUCH", gtin: "4006381333931",
		    name: "Unknown" }]);
		const r = await machine.send(write[family](a, o), TYPES[family]);
		const { id } = await r.json();
		assert.equal(await settled(machine, id), "quarantined");
		const shown = await machine.json(`/documents/${id}`);
		const f = shown.findings.find((x) => x.rule.includes("item"));
		assert.ok(f, JSON.stringify(shown.findings));
	});
}

const edi = SENDERS.find((s) => s.family === "edifact");
const machine = new Machine(edi.slug);
const a = agreement(edi.slug, "edifact");

test("Prefer: wait answers 200 with the verdict", async () => {
	const o = order(items(1));
	const r = await machine.send(write.edifact(a, o), TYPES.edifact,
	    { prefer: "wait=10" });
	assert.equal(r.status, 200);
	assert.equal((await r.json()).state, "applied");
});

test("an order is changed and cancelled by ORDCHG while it may be",
    async () => {
	const hand = async (bytes) => {
		const { id } = await (await machine.send(bytes, TYPES.edifact))
		    .json();
		await settled(machine, id);
		return machine.json(`/documents/${id}`);
	};
	const o = order(items(2));
	assert.equal((await hand(write.edifact(a, o))).state, "applied");
	const replaced = await hand(ordchg(a, o, { code: "31" }));
	assert.ok(replaced.findings.some((f) => f.rule === "business.copy"));
	const changed = await hand(ordchg(a, o, { code: "4", lines: [
	    "LIN+2+3", "QTY+21:9:PCE"] }));
	assert.equal(changed.state, "applied", JSON.stringify(changed.findings));
	assert.deepEqual(sql(`select order_version, (select trim_scale(l.ordered)
	    from orders.line l where l.order_id = h.id and l.line_id = '2') as n
	    from orders.head h where partner_number = '${o.number}'`),
	[{ order_version: 2, n: 9 }]);
	const done = await hand(ordchg(a, o));
	assert.equal(done.state, "applied", JSON.stringify(done.findings));
	assert.equal(done.objects[0].type, "order");
	const [head] = sql(`select state from orders.head
	    where partner_number = '${o.number}'`);
	assert.equal(head.state, "cancelled");
	const late = await hand(ordchg(a, o));
	assert.ok(late.findings.some((f) => f.rule === "business.cancel_late"));
	const unknown = await hand(ordchg(a, { ...o, number: "NEVER" }));
	assert.ok(unknown.findings.some(
	    (f) => f.rule === "business.order_unknown"));
});

test("DU-3 an idempotency key gets the first answer", async () => {
	const key = randomUUID();
	const bytes = write.edifact(a, order(items(1)));
	const send = (b) => machine.send(b, TYPES.edifact,
	    { "idempotency-key": key });
	const first = await send(bytes), again = await send(bytes);
	assert.equal(first.status, again.status);
	assert.deepEqual(await first.json(), await again.json());
	const other = await send(write.edifact(a, order(items(1))));
	assert.equal(other.status, 422);
});

test("IN-7 a control number with other content is refused", async () => {
	const control = unique();
	const first = order(items(1), { control });
	const second = order(items(1), { control });
	const ids = [];
	for (const o of [first, second]) {
		const r = await machine.send(write.edifact(a, o), TYPES.edifact);
		ids.push((await r.json()).id);
		await settled(machine, ids.at(-1));
	}
	assert.equal(await state(machine, ids[0]), "applied");
	assert.equal(await state(machine, ids[1]), "rejected");
	assert.equal(sql(`select count(*) as n from orders.head
	    where partner_number = '${second.number}'`)[0].n, 0);
});

test("IN-7 the same interchange in parallel has one effect", async () => {
	const o = order(items(1));
	const bytes = write.edifact(a, o);
	const answers = await Promise.all(Array.from({ length: 6 },
	    () => machine.send(bytes, TYPES.edifact)));
	for (const r of answers)
		await settled(machine, (await r.json()).id);
	assert.equal(sql(`select count(*) as n from orders.head
	    where partner_number = '${o.number}'`)[0].n, 1);
});

test("what is no document is answered and kept", async () => {
	for (const [type, bytes] of [["application/edifact", "hello"],
	    ["application/edi-x12", "ISA*00"],
	    ["application/xml", "<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>"],
	    ["application/xml", "<Order"]]) {
		const r = await machine.send(bytes, type);
		assert.equal(r.status, 202);
		const { id } = await r.json();
		assert.match(await settled(machine, id), /rejected|quarantined/);
		const kept = await machine.fetch(`/documents/${id}/bytes`);
		assert.equal(await kept.text(), bytes);
		const shown = await machine.json(`/documents/${id}`);
		assert.ok(shown.findings.length > 0);
	}
});

test("an answer by the screen reaches document and page within 5 s",
    async () => {
	const o = order(items(1));
	const r = await machine.send(write.edifact(a, o), TYPES.edifact,
	    { prefer: "wait=10" });
	assert.equal(r.status, 200);
	const [bought] = sql(`select p.slug, x.public_id as id
	    from orders.head x join core.partner p on p.id = x.partner_id
	    join orders.head h on h.id = x.linked_order_id
	    where h.partner_number = '${o.number}'`);
	const supplier = await new Visitor().signIn(`${bought.slug}.user`);
	const shown = await supplier.json(`/supplier/orders/${bought.id}`);
	const fields = shown.lines.map((l) => ["lines[]", l.id]);
	const started = Date.now();
	const answer = await supplier.post("/supplier/order-lines/confirm", fields,
	    { page: `/supplier/orders/${bought.id}`, accept: "application/json" });
	assert.ok([200, 303].includes(answer.status),
	    `${answer.status} ${await answer.text()}`);
	const [head] = sql(`select public_id as id from orders.head
	    where partner_number = '${o.number}'`);
	await until("the distributor's page shows it", async () => {
		const now = await machine.json(`/orders/${head.id}`);
		return now.lines.every((l) =>
		    ["accepted", "confirmed"].includes(l.state));
	}, 5000 - (Date.now() - started));
	await until("the answer's document is ready", () => sql(`
	    select 1 as yes from exchange.document x
	    join orders.head h on h.public_id = x.about
	    where h.public_id = '${head.id}' and x.type = 'order_response'
	    and x.state = 'ready'
	    and x.canonical ->> 'response_code' <> 'AB'`).length,
	    5500 - (Date.now() - started));
});
