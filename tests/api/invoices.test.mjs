// SPDX-License-Identifier: Apache-2.0
// Invoices of suppliers are attached to the order and compared with it; an
// account manager decides about a difference. Order status documents go to
// distributors who want them, and come from suppliers.
import assert from "node:assert/strict";
import test from "node:test";
import { elbe, invoic, sent, shipped, terms } from "../lib/invoices.mjs";
import { Machine, sql, until, Visitor } from "../lib/kontor.mjs";
import { interchange, unique } from "../lib/orders.mjs";

const compact = (d) => d.replaceAll("-", "");
const today = new Date().toISOString().slice(0, 10);
const [{ login: manager }] = sql(`select i.uid as login from core.assignment a
    join core.partner p on p.id = a.partner_id
    join core.person i on i.id = a.person_id where p.slug = 'elbe'`);

const rules = (d) => d.findings.map((f) => f.rule).sort();
const found = async (number) => (await elbe.json(
    `/invoices?view=all&q=${number}`)).items[0];

test("an invoice as agreed and delivered is matched, a copy of it counts once",
    async () => {
	const l = shipped(), number = unique("R");
	const o = { number, quantity: l.shipped, price: l.price };
	const d = await sent(invoic(l, o));
	assert.deepEqual(rules(d), []);
	const row = await found(number);
	assert.equal(row.state, "matched");
	assert.equal(row.order.number, l.number);
	const whole = await elbe.json(`/orders/${l.order}?expand=history`);
	assert.ok(whole.invoices.some((v) => v.number === number));
	const said = whole.lines.find((x) => x.line_id === l.line_id).history
	    .find((v) => v.field === "invoiced_quantity");
	assert.equal(Number(said.value), l.shipped);
	assert.equal(said.document.id, d.id);
	assert.deepEqual(rules(await sent(invoic(l, o))),
	    ["business.invoice_duplicate"]);
	assert.deepEqual(rules(await sent(invoic(l, { ...o, quantity: 1 }))),
	    ["business.invoice_number_used"]);
	assert.deepEqual(rules(await sent(invoic(l, { number: unique("R"),
	    quantity: 1, price: l.price }))), ["business.invoice_quantity"],
	    "what was charged counts");
	const credit = await sent(invoic(l, { number: unique("G"), code: 381,
	    quantity: 1, price: l.price, credited: number }));
	assert.deepEqual(rules(credit), []);
});

test("what differs is named, decided by the account manager, and told",
    async () => {
	const l = shipped(), number = unique("R");
	const d = await sent(invoic(l, { number, quantity: l.shipped + 1,
	    price: l.price * 2, amount: "1.00" }));
	assert.deepEqual(rules(d).filter((r) => r.startsWith("business.")),
	    ["business.invoice_amount", "business.invoice_price",
	    "business.invoice_quantity"]);
	const row = await found(number);
	assert.equal(row.state, "differs");
	assert.equal(row.differences, 3);
	const v = await new Visitor("de").signIn(manager);
	const page = `/desk/invoices/${row.id}`;
	assert.match(await (await v.get(page)).text(), /geliefert wurden nur/);
	const { version } = await v.json(page);
	assert.equal((await v.post(`${page}/dispute`, { version },
	    { page })).status, 422, "a reason is wanted");
	assert.equal((await v.post(`${page}/dispute`, { version,
	    reason_text: "Falscher Preis" }, { page })).status, 303);
	const after = await elbe.json(`/invoices/${row.id}`);
	assert.equal(after.state, "disputed");
	assert.equal(after.reason, "Falscher Preis");
	assert.equal((await elbe.fetch(`/invoices/${row.id}/accept`, {
	    method: "POST", headers: { "content-type": "application/json",
	        "if-match": `"${after.version}"` },
	    body: JSON.stringify({ reason_text: "ours" }) })).status, 403,
	    "a supplier does not accept his own invoice");
});

test("an invoice for an order of somebody else is refused and seen by nobody",
    async () => {
	const l = shipped();
	const [foreign] = sql(`select h.number from orders.head h
	    join core.partner p on p.id = h.partner_id
	    where p.slug <> 'elbe' and h.kind = 'purchase' and h.state <> 'draft'
	    limit 1`);
	const number = unique("R");
	const d = await sent(invoic(l, { number, order: foreign.number,
	    quantity: 1, price: l.price }));
	assert.deepEqual(rules(d), ["business.order_unknown"]);
	assert.equal(await found(number), undefined);
	const [mine] = sql(`select v.public_id as id from orders.invoice v
	    join core.partner p on p.id = v.partner_id where p.slug = 'elbe'
	    limit 1`);
	for (const other of ["isar", "nordlicht"]) {
		const r = await new Machine(other).fetch(`/invoices/${mine.id}`);
		assert.ok([403, 404].includes(r.status), `${other}: ${r.status}`);
	}
});

test("a distributor who wants status documents gets one after a change and on"
    + " request", async () => {
	const [o] = sql(`select h.public_id as id, h.id as key, h.number
	    from orders.head h
	    join core.partner p on p.id = h.partner_id
	    where p.slug = 'donau' and h.kind = 'sales' and h.state = 'accepted'
	    and h.line_count > 1 and not exists (select from orders.line l
	        where l.order_id = h.id and l.shipped > 0)
	    order by h.id limit 1`);
	const donau = new Machine("donau");
	const asked = await donau.fetch(`/orders/${o.id}/report`,
	    { method: "POST", headers: { "content-type": "application/json",
	        "idempotency-key": unique() }, body: "{}" });
	assert.equal(asked.status, 201, await asked.clone().text());
	const { id } = await asked.json();
	const bytes = await until("it is written", async () => {
		const r = await donau.fetch(`/documents/${id}/bytes`);
		return r.status === 200 && r.text();
	}, 20000);
	assert.match(bytes, /ST\*870\*/);
	assert.match(bytes, new RegExp(o.number));
	const count = () => sql(`select count(*)::int as n from exchange.document d
	    where d.type = 'order_status' and d.about = '${o.id}'`)[0].n;
	const before = count();
	const shown = await donau.json(`/orders/${o.id}`);
	const open = shown.lines.find((l) => l.can.cancel);
	const r = await donau.fetch("/order-lines/cancel", { method: "POST",
	    headers: { "content-type": "application/json",
	        "idempotency-key": unique() },
	    body: JSON.stringify({ items: [{ line: open.id }] }) });
	assert.equal((await r.json()).done, 1);
	await until("the change is reported", () => count() === before + 1,
	    20000);
	const nordlicht = new Machine("nordlicht");
	const [n] = sql(`select h.public_id as id from orders.head h
	    join core.partner p on p.id = h.partner_id
	    where p.slug = 'nordlicht' and h.kind = 'sales'
	    and h.state = 'accepted' limit 1`);
	assert.equal((await nordlicht.fetch(`/orders/${n.id}/report`,
	    { method: "POST", headers: { "content-type": "application/json",
	        "idempotency-key": unique() }, body: "{}" })).status, 409);
});

test("a supplier's status report moves the expected day, not the promise",
    async () => {
	const [l] = sql(`select h.number, h.public_id as order, l.line_id,
	    l.latest_promised_date::text as promised,
	    (coalesce(l.expected_date, l.latest_promised_date) + 5)::text as later
	    from orders.line l join orders.head h on h.id = l.order_id
	    join core.partner p on p.id = h.partner_id
	    where p.slug = 'elbe' and h.kind = 'purchase'
	    and l.state = 'accepted' and l.undo_until is null
	    and l.latest_promised_date is not null order by h.id limit 1`);
	const report = (line, code) => interchange(terms,
	    { control: unique() }, [
		"UNH+1+OSTRPT:D:01B:UN",
		`BGM+348+${unique("S")}`,
		`DTM+137:${compact(today)}:102`,
		"NAD+BY+2900000000018::9",
		`NAD+SU+${terms.gln}::9`,
		`DOC+220+${l.number}`,
		`LIN+${line}`, `STS+2+${code}`, `DTM+69:${compact(l.later)}:102`,
	]);
	assert.deepEqual(rules(await sent(report("9999", 73))),
	    ["business.line_unknown"]);
	const d = await sent(report(l.line_id, 73));
	assert.deepEqual(rules(d), []);
	const { line } = await elbe.json(
	    `/orders/${l.order}/lines/${l.line_id}`);
	assert.equal(line.expected_date, l.later);
	assert.equal(line.latest_promised_date, l.promised);
	const said = line.history.find((v) => v.field === "expected_date"
	    && v.current);
	assert.equal(said.document.id, d.id);
	assert.deepEqual(rules(await sent(report(l.line_id, 43))),
	    ["business.status_differs"]);
});

test("the readable page of each kind of document says what it says",
    async () => {
	const doors = { donau: "distributor", nordlicht: "distributor",
		elbe: "supplier" };
	for (const [type, column] of Object.entries({ despatch: "Shipped",
	    receipt: "Received", invoice: "Amount", order_status: "Status" })) {
		const [d] = sql(`select p.slug, d.public_id as id
		    from exchange.document d
		    join core.partner p on p.id = d.partner_id
		    where p.slug in ('elbe', 'donau', 'nordlicht')
		    and d.type = '${type}' and d.state in ('ready', 'applied')
		    order by d.id desc limit 1`);
		assert.ok(d, `the demo or a test has sent a ${type}`);
		const v = await new Visitor().signIn(`${d.slug}.user`);
		const page = await (await v.get(
		    `/${doors[d.slug]}/documents/${d.id}`)).text();
		const cell = new RegExp(`data-label="${column}">([^]*?)</td>`)
		    .exec(page)?.[1].replace(/<[^>]*>/g, "").trim();
		assert.match(cell ?? "", /[1-9]/, `${type}: ${column}`);
	}
});
