// SPDX-License-Identifier: Apache-2.0
// One scenario by every channel: an order of five lines, accepted, split,
// backordered, refused and moved by its supplier on the screen, as CSV, XLSX,
// UBL, EDIFACT and X12 and by the API, ends in the same state: lines,
// schedules, values and the distributor's order, but for who said it where.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { answer } from "../lib/answers.mjs";
import { Machine, VAR, Visitor, sql, until } from "../lib/kontor.mjs";
import { agreement, edifact, order, unique } from "../lib/orders.mjs";
import { commitSheet, handSheet, parse } from "../lib/sheet.mjs";
import { join } from "node:path";

const day = (ahead) => new Date(Date.now() + ahead * 86400000)
    .toISOString().slice(0, 10);
const WANTED = day(20), LATER = day(27), LATE = day(60);
const WHY = "Out of production";
const run = unique().toLowerCase();
const machine = new Machine("elbe"), person = new Visitor();
const buyer = new Machine("nordlicht");
const psql = (text) => execFileSync("psql", ["-qX", "-h", join(VAR, "pg"),
	"-U", "postgres", "-d", "kontor", "-c", text]);
let goods;

before(async () => {
	const load = (family, theirs, ours, guide) => sql(`select
	    exchange.agreement_load(p.id, '${JSON.stringify({
		name: `parity-${family}-${run}`, family, ours, theirs,
		guides: { order_response: guide }, options: { ack: "none" },
		time_zone: "Europe/Berlin" })}') as done
	    from core.partner p where p.slug = 'elbe'`);
	load("x12", { id: `PY${unique()}`, qualifier: "ZZ" },
	    { id: "KONTORDEMO", qualifier: "ZZ" }, "x12/855-004010");
	load("ubl", { id: "2900000000216", qualifier: "0088" },
	    { id: "2900000000018", qualifier: "0088" },
	    "ubl/order-response-2.1");
	goods = sql(`select i.number, i.gtin, i.name_en as name,
		trim_scale(min(r.amount))::text as price
	    from item.item i join item.price r on r.item_id = i.id
	    join core.partner d on d.id = r.partner_id and d.slug = 'nordlicht'
	    join item.source s on s.item_id = i.id and s.preferred
	    join core.partner p on p.id = s.partner_id and p.slug = 'elbe'
	    where i.active and i.gtin is not null and i.unit = 'C62'
	    group by i.id order by i.id limit 5`);
	assert.equal(goods.length, 5);
	await person.signIn("elbe.user");
});
after(() => psql(`update exchange.agreement
    set valid_until = transaction_timestamp() where name like 'parity-%'
    and valid_until is null`));

/** Places the order; answers the supplier's with its lines. */
async function place()
{
	const o = order(goods.map((g, i) => ({ ...g, quantity: (i + 1) * 10 })),
	    { wanted: WANTED });
	const r = await buyer.send(edifact(agreement("nordlicht", "edifact"), o),
	    "application/edifact", { prefer: "wait=30" });
	assert.equal((await r.json()).state, "applied");
	const [po] = await until("the supplier's order", () => {
		const found = sql(`select p.public_id as id, p.number
		    from orders.head p join orders.head h
		    on h.id = p.linked_order_id
		    where h.partner_number = '${o.number}'`);
		return found.length && found;
	});
	const { lines } = await machine.json(`/orders/${po.id}`);
	assert.equal(lines.length, 5);
	return { ...po, sales: o.number, lines };
}

/** What the supplier says, in the words of order_lines_event. */
const said = () => [
	["confirm", {}],
	["propose", { schedule: [{ quantity: "12", date: WANTED },
	    { quantity: "8", date: LATER }] }],
	["propose", { schedule: [{ quantity: "25", date: WANTED }],
	    backorder: { quantity: "5", date: LATE } }],
	["reject", { reason_code: "other", reason_text: WHY }],
	["propose", { schedule: [{ quantity: "50", date: LATER }] }],
];

async function byApi(po)
{
	for (const [i, [event, more]] of said().entries()) {
		const r = await machine.fetch(`/order-lines/${event}`, {
			method: "POST", headers: {
			"content-type": "application/json",
			"idempotency-key": unique() }, body: JSON.stringify({
			items: [{ line: po.lines[i].id, ...more }] }) });
		const d = await r.json();
		assert.equal(d.failed, 0, JSON.stringify(d));
	}
}

/** The fields of a form: items[0][schedule][1][date]. */
function fields(value, name, out = {})
{
	if (typeof value === "object")
		for (const [k, v] of Object.entries(value))
			fields(v, `${name}[${k}]`, out);
	else
		out[name] = value;
	return out;
}

async function byScreen(po)
{
	const page = `/supplier/orders/${po.id}`;
	for (const [i, [event, more]] of said().entries()) {
		const r = await person.post(`/supplier/order-lines/${event}`, {
			_back: page, ...fields({ line: po.lines[i].id, ...more },
			"items[0]") }, { page });
		assert.equal(r.status, 303, await r.text());
	}
}

const bytesOf = (family) => async (po) => {
	const line = (i, more) => ({ line_id: po.lines[i].line_id,
	    gtin: po.lines[i].item.gtin, ordered: po.lines[i].ordered.value,
	    ...more });
	const r = await machine.send(answer(family, agreement("elbe", family), {
		number: unique("R"), order: po.number, date: day(0), lines: [
		line(0, { action: "5", confirmed: 10,
		    schedule: [{ quantity: 10, date: WANTED }] }),
		line(1, { action: "3", confirmed: 20,
		    schedule: [{ quantity: 12, date: WANTED },
			{ quantity: 8, date: LATER }] }),
		line(2, { action: "3", confirmed: 25, backordered: 5,
		    schedule: [{ quantity: 25, date: WANTED },
			{ quantity: 5, date: LATE }] }),
		line(3, { action: "7", confirmed: 0, reason: WHY }),
		line(4, { action: "3", confirmed: 50,
		    schedule: [{ quantity: 50, date: LATER }] }),
	] }), { edifact: "application/edifact", x12: "application/edi-x12",
		ubl: "application/xml" }[family], { prefer: "wait=30" });
	const d = await r.json();
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
};

/** Downloads the order, fills it in, uploads it, looks, commits. */
const sheetOf = (format) => async (po) => {
	const r = await person.get(
	    `/supplier/orders/${po.id}/sheet?format=csv`);
	const [head, ...rows] = parse(await r.text());
	assert.equal(rows.length, 5);
	const set = (row, values) => {
		for (const [k, v] of Object.entries(values))
			row[head.indexOf(k)] = v;
		return row;
	};
	const filled = [
		set(rows[0], { Confirmed: "10" }),
		set([...rows[1]], { Confirmed: "12" }),
		set([...rows[1]], { Confirmed: "8", Date: LATER }),
		set(rows[2], { Confirmed: "25", Date: WANTED,
		    Backordered: "5", "Backorder date": LATE }),
		set(rows[3], { Confirmed: "0", Reason: "other", Remark: WHY }),
		set(rows[4], { Date: LATER }),
	];
	const shown = await handSheet(person, [head, ...filled], format);
	const [, d] = shown;
	assert.equal(d.state, "preview");
	assert.deepEqual(d.findings, []);
	assert.equal(d.differences.total, 5);
	const done = await commitSheet(person, shown);
	assert.equal(done.state, "applied");
	assert.equal(done.family, format);
};

const CHANNELS = { api: byApi, screen: byScreen, csv: sheetOf("csv"),
	xlsx: sheetOf("xlsx"), ubl: bytesOf("ubl"), edifact: bytesOf("edifact"),
	x12: bytesOf("x12") };

/** Everything that an order and its sales order are now. */
const state = (po) => sql(`select h.kind, h.state, h.status, h.response_code,
	l.line_id, l.state as line, trim_scale(l.ordered)::text as ordered,
	trim_scale(l.open)::text as open,
	trim_scale(l.confirmed)::text as confirmed,
	trim_scale(l.backordered)::text as backordered,
	trim_scale(l.rejected)::text as rejected,
	trim_scale(l.cancelled)::text as cancelled, l.answer, l.reason,
	l.requested_date, l.first_promised_date, l.latest_promised_date,
	l.expected_date, trim_scale(l.price)::text as price, l.offered_price,
	(select jsonb_agg(jsonb_build_array(s.kind, trim_scale(s.quantity),
	    s.due_on) order by s.kind, s.due_on, s.quantity)
	 from orders.schedule s where s.line_id = l.id) as schedule,
	(select jsonb_object_agg(v.field, v.value) from orders.value v
	 where v.line_id = l.id and v.superseded_by is null) as values,
	l.undo_until
    from orders.line l join orders.head h on h.id = l.order_id
    where h.number = '${po.number}'
    or (h.partner_number = '${po.sales}' and h.kind = 'sales')
    order by h.kind, l.position`);

/** The state when nothing can be taken back and all has been carried over. */
const settled = (po) => until("everything is settled", () => {
	const rows = state(po);
	return rows.every((r) => r.undo_until === null && r.line !== "open") &&
	    rows.map(({ undo_until: _, ...r }) => r);
}, 30000, 500);

const ends = {};
for (const [name, act] of Object.entries(CHANNELS))
	test(`the supplier answers by ${name}`, async () => {
		const po = await place();
		await act(po);
		ends[name] = await settled(po);
		assert.equal(ends[name].length, 10);
		assert.deepEqual(ends[name].filter((r) => r.kind === "purchase")
		    .map((r) => [r.confirmed, r.backordered, r.rejected]),
		    [["10", "0", "0"], ["20", "0", "0"], ["25", "5", "0"],
			["0", "0", "40"], ["50", "0", "0"]]);
	});

test("all of them end in the same state", () => {
	for (const name of Object.keys(CHANNELS))
		assert.deepEqual(ends[name], ends.api, name);
});
