// SPDX-License-Identifier: Apache-2.0
// Orders, changes, despatches, receipts and invoices that contradict the order
// or themselves, or name what cannot be kept, have no effect; the finding says
// segment, found and expected.
import assert from "node:assert/strict";
import { test } from "node:test";
import { askedOrder, confirmedOrder, desadv, handIn, itemsOf, post, recadv }
    from "../lib/goods.mjs";
import { Machine, sql } from "../lib/kontor.mjs";
import { agreement, interchange, TYPES, unique } from "../lib/orders.mjs";

const buyer = new Machine("nordlicht"), seller = new Machine("elbe");
const theirs = agreement("nordlicht", "edifact");
const elbe = agreement("elbe", "edifact");
const day = (ahead) => new Date(Date.now() + ahead * 86400000)
    .toISOString().slice(0, 10).replaceAll("-", "");
const [one, two] = itemsOf("elbe", 2);

const head = (a, more = {}) => [`DTM+137:${day(0)}:102`, ...more.refs ?? [],
	`NAD+BY+${theirs.gln}::9`, `NAD+SU+${a.ours.id}::9`,
	`CUX+2:${more.currency ?? "EUR"}:9`];
const ordered = (number, segments) => interchange(theirs,
    { control: unique() }, ["UNH+1+ORDERS:D:96A:UN:EAN008",
	`BGM+220+${number}+9`, ...head(theirs), ...segments, "UNS+S"]);
const changed = (o, segments, more) => interchange(theirs,
    { control: unique() }, ["UNH+1+ORDCHG:D:96A:UN:EAN008",
	`BGM+230+${unique("CH")}+4`, ...head(theirs,
	{ refs: [`RFF+ON:${o.number}`], ...more }), ...segments, "UNS+S"]);

/** Hands bytes in; the errors are these, [rule, found, expected]. */
async function refused(machine, bytes, ...expected)
{
	const d = await handIn(machine, bytes, TYPES.edifact);
	assert.equal(d.state, "quarantined", JSON.stringify(d.findings));
	const errors = d.findings.filter((f) => f.severity === "error");
	assert.deepEqual(errors.map((f) => [f.rule.slice(9), f.found,
	    f.expected ?? null]), expected);
	for (const f of errors)
		assert.ok(f.segment > 1, `${f.rule} names its segment`);
}

test("an order of what cannot be kept is refused", async () => {
	const number = unique("PO"), wrong = (segments, ...errors) =>
	    refused(buyer, ordered(number, [`LIN+1++${one.gtin}:EN`,
		...segments]), ...errors);
	await wrong(["QTY+21:99999999999999:PCE"],
	    ["quantity", "99999999999999", "< 1000000000"]);
	const d = await handIn(buyer, ordered(number, [`LIN+1++${one.gtin}:EN`,
	    "QTY+21:5:PCE", "PRI+AAA:-5"]), TYPES.edifact);
	assert.deepEqual(d.findings.filter((f) => f.severity === "error")
	    .map((f) => [f.rule, f.found, f.tag]),
	    [["business.price_range", "-5", "PRI"]]);
	await wrong(["QTY+21:8:PCE", "SCC+1", "QTY+21:3:PCE",
	    `DTM+2:${day(20)}:102`], ["schedule_sum", "3", "8"]);
	assert.deepEqual(sql(`select from orders.head
	    where partner_number = '${number}'`), []);
});

test("the form refuses the same with the field", async () => {
	const [{ id }] = sql(`select a.public_id as id from core.address a
	    join core.partner p on p.id = a.partner_id
	    where p.slug = 'nordlicht' and a.kind = 'ship_to' and a.active`);
	for (const quantity of ["99999999999999", "5.123456"])
		await assert.rejects(post(buyer, "/orders", {
			partner_number: unique("PO"), ship_to: id, lines: [
			    { item: one.number, quantity }] }),
		    /422 .*"\/lines\/0\/quantity"/);
	const o = await askedOrder("nordlicht", "elbe", [10]);
	const r = await post(seller, "/order-lines/propose", { items: [
	    { line: o.lines[0].bought, quantity: "10", price: "-5" }] });
	assert.deepEqual([r.results[0].code, r.results[0].pointer],
	    ["orders.price.range", "/price"]);
	await refused(seller, interchange(elbe, { control: unique() },
	    ["UNH+1+ORDRSP:D:96A:UN", `BGM+231+${unique("R")}+4`,
	    `DTM+137:${day(0)}:102`, `RFF+ON:${o.po}`, "CUX+2:EUR:9",
	    `LIN+${o.lines[0].line_id}+3+${one.gtin}:EN`, "QTY+12:10:PCE",
	    "PRI+AAA:-5", "UNS+S"]), ["answer_price", "-5", null]);
});

test("a change keeps the currency and names a line once", async () => {
	const o = await askedOrder("nordlicht", "elbe", [10, 20]);
	const lin = (action, ...more) => [`LIN+${o.lines[0].sold_line_id}` +
	    `+${action}+${one.gtin}:EN`, ...more];
	const id = o.lines[0].sold_line_id;
	await refused(buyer, changed(o, lin(3, "QTY+21:8:PCE", "PRI+AAA:200"),
	    { currency: "USD" }), ["change_currency", "USD", "EUR"]);
	await refused(buyer, changed(o, [...lin(2), ...lin(3,
	    "QTY+21:6:PCE")]), ["line_twice", id, null]);
	await refused(buyer, changed(o, lin(3, "QTY+21:8:PCE", "SCC+1",
	    "QTY+21:3:PCE", `DTM+2:${day(20)}:102`)),
	    ["schedule_sum", "3", "8"]);
	assert.deepEqual(sql(`select from orders.change c
	    join orders.head h on h.id = c.order_id
	    where h.partner_number = '${o.number}'`), []);
});

test("goods are those of the line that they name", async () => {
	const o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
	const [a, b] = o.lines, number = unique("D");
	await refused(seller, desadv(elbe, { number, order: o.po, lines: [
	    { line_id: a.line_id, gtin: b.gtin, shipped: 5 }] }),
	    ["despatch_item", two.gtin, one.gtin]);
	const d = await handIn(seller, desadv(elbe, { number, order: o.po,
	    lines: [{ line_id: a.line_id, gtin: a.gtin, shipped: 5 }] }),
	    TYPES.edifact);
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
	const [{ despatch }] = sql(`select d.number as despatch
	    from orders.despatch d join orders.shipment s
	    on s.despatch_id = d.id join orders.head h on h.id = s.order_id
	    where h.partner_number = '${o.number}'`);
	const counted = (l) => recadv(theirs, { number: unique("RA"), despatch,
	    order: o.number, lines: [{ line_id: a.sold_line_id, gtin: a.gtin,
		received: 5, ...l }] });
	await refused(buyer, counted({ gtin: b.gtin }),
	    ["receipt_item", two.gtin, one.gtin]);
	await refused(buyer, counted({}).replace("QTY+48:5:PCE",
	    "QTY+48:5:DZN"), ["receipt_unit", "DZN", "C62"]);
	const charged = await handIn(seller, interchange(elbe,
	    { control: unique() }, ["UNH+1+INVOIC:D:96A:UN",
		`BGM+380+${unique("IV")}+9`, `DTM+137:${day(0)}:102`,
		`RFF+ON:${o.po}`, "CUX+2:EUR:4", `LIN+1++${b.gtin}:EN`,
		"QTY+47:5", "MOA+203:5", "PRI+AAA:1",
		`RFF+ON:${o.po}:${a.line_id}`, "UNS+S", "MOA+79:5",
		"MOA+77:5"]), TYPES.edifact);
	assert.ok(charged.findings.some((f) => f.rule === "business.invoice_item"
	    && f.found === two.gtin && f.expected === one.gtin),
	    JSON.stringify(charged.findings));
	assert.equal((await handIn(buyer, counted({}), TYPES.edifact)).state,
	    "applied");
});

test("an older despatch advice sent again undoes no correction", async () => {
	const o = await confirmedOrder("nordlicht", "elbe", [10]);
	const [l] = o.lines, number = unique("D");
	const send = async (shipped, more) => handIn(seller, desadv(elbe, {
		number, order: o.po, lines: [{ ...l, shipped }], ...more }),
	    TYPES.edifact);
	const left = () => sql(`select trim_scale(l.shipped) as shipped
	    from orders.line l where l.public_id = '${l.bought}'`)[0].shipped;
	await send(4);
	await send(6, { function: "replace" });
	await send(7, { function: "replace" });
	const d = await send(6, { function: "replace" });
	assert.deepEqual(d.findings.map((f) => f.rule),
	    ["business.despatch_twice"]);
	assert.equal(left(), 7);
	await send(4, { function: "replace" });
	assert.equal(left(), 4, "another document of the first content counts");
});
