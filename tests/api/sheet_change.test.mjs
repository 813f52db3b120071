// SPDX-License-Identifier: Apache-2.0
// A sheet answers the change that an order waits for: downloaded with what is
// asked, filled in, looked at, committed. Accepted by CSV, XLSX and on the
// screen ends in the same state; refused, the old version stands.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { confirmedOrder, post } from "../lib/goods.mjs";
import { Machine, sql, until, Visitor } from "../lib/kontor.mjs";
import { commitSheet, handSheet, parse } from "../lib/sheet.mjs";

const buyer = new Machine("nordlicht"), seller = new Machine("elbe");
const person = new Visitor();
before(() => person.signIn("elbe.user"));

/** An order of two lines, confirmed, and a change that asks for line 1. */
async function asked(quantity, more = {})
{
	const o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
	await until("the order is accepted", () => sql(`select from orders.head
	    where public_id = '${o.sales}' and state = 'accepted'`).length);
	await change(o, quantity, more);
	return o;
}

const change = async (o, quantity, more = {}) => post(buyer,
    `/orders/${o.sales}/change`, { version: (await buyer.json(
    `/orders/${o.sales}`)).version, event: "send", lines: [
    { line_id: o.lines[0].sold_line_id, quantity, ...more }] });

/** The order's sheet: its titles and its rows as objects. */
async function sheet(o)
{
	const r = await person.get(
	    `/supplier/orders/${o.bought}/sheet?format=csv`);
	const [head, ...rows] = parse(await r.text());
	return { head, rows: rows.map((c) => Object.fromEntries(
	    head.map((h, i) => [h, c[i]]))) };
}

const upload = ({ head, rows }, format = "csv") => handSheet(person,
    [head, ...rows.map((r) => head.map((h) => r[h] ?? ""))], format);
const commit = (shown) => commitSheet(person, shown);

/** How both orders stand, but for numbers and times. */
const stands = (o) => sql(`select h.kind, h.state, h.order_version as v,
	h.change_id is null as free, l.state as line,
	trim_scale(l.ordered)::text as ordered,
	trim_scale(l.confirmed)::text as confirmed, l.latest_promised_date as day
    from orders.head h join orders.line l on l.order_id = h.id
    where h.public_id in ('${o.sales}', '${o.bought}')
    order by h.kind, l.position`);
const rules = (d) => d.findings.map((f) => [f.rule, f.segment]);

const ends = {};
for (const format of ["csv", "xlsx"])
	test(`accepted by ${format}`, async () => {
		const o = await asked("8");
		const s = await sheet(o);
		assert.deepEqual(s.rows.map((r) => [r["Changed quantity"],
			r.Confirmed, r.Change !== ""]), [["8", "", true],
			["", "20", false]]);
		s.rows[0]["Answer to change"] = "accept";
		const before = stands(o);
		const preview = await upload(s, format);
		assert.equal(preview[1].state, "preview");
		assert.deepEqual(preview[1].findings, []);
		const [d] = preview[1].differences.lines;
		assert.deepEqual([d.change.state, d.after[0].quantity.value],
		    ["accepted", "8"]);
		assert.equal(d.change.number, s.rows[0].Change);
		assert.deepEqual(stands(o), before, "nothing counts before commit");
		const page = await (await person.get(preview[0])).text();
		assert.match(page, /Change PO-[\w-]+: <strong>Accepted/);
		assert.equal((await commit(preview)).state, "applied");
		ends[format] = stands(o);
		const again = await upload(s, format);
		assert.deepEqual(rules(again[1]), [], "the same again says nothing");
		assert.equal(again[1].differences.total, 0);
	});

test("on the screen it ends in the same state", async () => {
	const o = await asked("8");
	const [c] = (await seller.json(`/orders/${o.bought}`)).changes;
	await post(seller, `/orders/${o.bought}/changes/${c.id}/accept`,
	    { version: c.version });
	ends.screen = stands(o);
	assert.deepEqual(ends.screen.map((r) => [r.state, r.ordered, r.confirmed]),
	    [["accepted", "8", "8"], ["accepted", "20", "20"],
		["accepted", "8", "8"], ["accepted", "20", "20"]]);
	assert.deepEqual(ends.csv, ends.screen);
	assert.deepEqual(ends.xlsx, ends.screen);
});

test("refused with a reason, the old version stands", async () => {
	const o = await asked("8");
	const s = await sheet(o);
	s.rows[0]["Answer to change"] = "refuse";
	const [, wrong] = await upload(s);
	assert.deepEqual(rules(wrong), [["business.answer_reason", 2]]);
	s.rows[0].Reason = "material";
	const preview = await upload(s);
	assert.deepEqual(preview[1].findings, []);
	assert.equal(preview[1].differences.lines[0].change.state, "refused");
	assert.equal((await commit(preview)).state, "applied");
	assert.deepEqual(stands(o).map((r) => [r.state, r.ordered, r.free]),
	    [["accepted", "10", true], ["accepted", "20", true],
		["accepted", "10", true], ["accepted", "20", true]]);
	const [c] = (await buyer.json(`/orders/${o.sales}`)).changes;
	assert.equal(c.state, "refused");
	assert.equal(c.refusal.code, "material");
});

test("what was replaced meanwhile is not answered by mistake", async () => {
	const o = await asked("8");
	const s = await sheet(o);
	await change(o, "3");
	s.rows[0]["Answer to change"] = "accept";
	const [, d] = await upload(s);
	assert.deepEqual(rules(d), [["business.change_none", 2]]);
	assert.equal(d.findings[0].found, s.rows[0].Change);
	assert.notEqual(d.findings[0].expected, s.rows[0].Change);
	assert.equal(stands(o).filter((r) => r.free).length, 0, "it waits");
});

test("yes and no at once are refused; other lines can be answered",
    async () => {
	const o = await asked("8");
	const s = await sheet(o);
	s.rows[0]["Answer to change"] = "accept";
	s.rows[1]["Answer to change"] = "refuse";
	const [, d] = await upload(s);
	assert.deepEqual(rules(d), [["business.change_mixed", 2],
	    ["business.change_mixed", 3]]);
	const t = await sheet(o);
	t.rows[0].Confirmed = "8";
	t.rows[1].Date = "2031-12-24";
	const [, e] = await upload(t);
	assert.deepEqual(rules(e), [["business.change_pending", 2]]);
	assert.deepEqual(e.differences.lines.map((l) => l.row), [3],
	    "the line that does not wait may be answered");
});

test("a line to be added has a row of its own", async () => {
	const o = await asked("8");
	const [item] = sql(`select i.number from item.item i
	    join item.source s on s.item_id = i.id and s.preferred
	    join core.partner p on p.id = s.partner_id where p.slug = 'elbe'
	    and i.active and i.number not in (${o.lines.map((l) =>
	    `'${l.number}'`)}) and exists (select from item.price r
	    join core.partner d on d.id = r.partner_id
	    where r.item_id = i.id and d.slug = 'nordlicht') limit 1`);
	await post(buyer, `/orders/${o.sales}/change`, { version: (await
	    buyer.json(`/orders/${o.sales}`)).version, event: "send", lines: [
	    { item: item.number, quantity: "5" }] });
	const s = await sheet(o);
	assert.equal(s.rows.length, 3);
	assert.deepEqual([s.rows[2]["Changed quantity"], s.rows[2].Ordered],
	    ["5", ""]);
	s.rows[2]["Answer to change"] = "accept";
	const preview = await upload(s);
	assert.deepEqual(preview[1].findings, []);
	assert.equal((await commit(preview)).state, "applied");
	assert.ok(stands(o).some((r) => r.ordered === "5" &&
	    r.kind === "purchase"), "the line stands in his order");
});
