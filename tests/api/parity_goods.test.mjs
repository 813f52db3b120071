// SPDX-License-Identifier: Apache-2.0
// One despatch by every channel: goods of two lines in two packages, with lot,
// serial numbers and expiry, by the API, on the screen, as CSV, XLSX, UBL,
// EDIFACT and X12, ends in the same state on both sides: lines, values,
// packages and what lies in them. So does the count of what arrived, with the
// reason of what was rejected wherever the format has a place for it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { confirmedOrder, despatch, handIn, newSscc, post, receipt }
    from "../lib/goods.mjs";
import { Machine, sql, until, VAR, Visitor } from "../lib/kontor.mjs";
import { agreement, TYPES, unique } from "../lib/orders.mjs";
import { commitSheet, handSheet, parse } from "../lib/sheet.mjs";

const run = unique().toLowerCase();
const today = new Date().toISOString().slice(0, 10);
const machine = new Machine("elbe"), person = new Visitor();
const theirs = { x12: { id: `PG${unique()}`.slice(0, 15), qualifier: "ZZ" },
	ubl: { id: "2900000000216", qualifier: "0088" } };
const ours = { x12: { id: "KONTORDEMO", qualifier: "ZZ" },
	ubl: { id: "2900000000018", qualifier: "0088" } };
const buyer = new Machine("nordlicht"), counter = new Visitor();
const buyers = { x12: { id: `PC${unique()}`.slice(0, 15), qualifier: "ZZ" },
	ubl: { id: "2900000000117", qualifier: "0088" } };
const COUNTS = { x12: "x12/861-004010", ubl: "ubl/receipt-advice-2.1" };
const GUIDES = { x12: "x12/856-004010", ubl: "ubl/despatch-advice-2.1" };

before(async () => {
	for (const family of ["x12", "ubl"])
		sql(`select exchange.agreement_load(p.id, '${JSON.stringify({
			name: `parity-goods-${family}-${run}`, family,
			ours: ours[family], theirs: theirs[family],
			options: { ack: "none" }, time_zone: "UTC",
			guides: { despatch: GUIDES[family] } })}') as done
		    from core.partner p where p.slug = 'elbe'`);
	for (const family of ["x12", "ubl"])
		sql(`select exchange.agreement_load(p.id, '${JSON.stringify({
			name: `parity-goods-count-${family}-${run}`, family,
			ours: ours[family], theirs: buyers[family],
			options: { ack: "none" }, time_zone: "UTC",
			guides: { receipt: COUNTS[family] } })}') as done
		    from core.partner p where p.slug = 'nordlicht'`);
	await person.signIn("elbe.user");
	await counter.signIn("nordlicht.user");
});
after(() => execFileSync("psql", ["-qX", "-h", join(VAR, "pg"), "-U",
    "postgres", "-d", "kontor", "-c", `update exchange.agreement
    set valid_until = transaction_timestamp()
    where name like 'parity-goods-%${run}' and valid_until is null`]));

/** What leaves: package 1 on its own, package 2 with two kinds of goods. */
const goods = () => ({ number: unique("PG"), carrier: "Fast Cargo",
	tracking: "TR-7", packages: [{ id: "1", kind: "CT", sscc: newSscc() },
	    { id: "2", kind: "CT", sscc: newSscc() }],
	lines: [{ line: 0, quantity: 2, package: "1", lot: "L7",
		serials: ["A1", "A2"], expiry: "2027-06-30" },
	    { line: 0, quantity: 2, package: "2" },
	    { line: 1, quantity: 20, package: "2" }] });

const typed = (o, g) => ({ number: g.number, ship_date: today,
	carrier: g.carrier, tracking: g.tracking, packages: g.packages,
	lines: g.lines.map((l) => ({ line: o.lines[l.line].bought,
	    quantity: String(l.quantity), package: l.package, lot: l.lot ?? "",
	    serials: (l.serials ?? []).join(", "),
	    expiry_date: l.expiry ?? "" })) });

const byApi = (o, g) => post(machine, `/orders/${o.bought}/despatch`,
    typed(o, g));

async function byScreen(o, g)
{
	const page = `/supplier/orders/${o.bought}/despatch`;
	const { packages, lines, ...head } = typed(o, g);
	const fields = { ...head };
	for (const [name, rows] of Object.entries({ packages, lines }))
		rows.forEach((r, i) => Object.entries(r).forEach(([k, v]) => {
			fields[`${name}[${i}][${k}]`] = v;
		}));
	const r = await person.post(page, fields, { page });
	assert.equal(r.status, 303, await r.text());
}

const byDocument = (family) => async (o, g) => {
	const main = agreement("elbe", "edifact");
	const a = family === "edifact" ? main : { theirs: theirs[family],
	    ours: ours[family], gln: main.gln };
	const d = await handIn(machine, despatch[family](a, { ...g, order: o.po,
	    lines: g.lines.map((l) => ({ ...o.lines[l.line], ...l,
		shipped: l.quantity })) }), TYPES[family]);
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
};

const bySheet = (format) => async (o, g) => {
	const [head, ...rows] = parse(await (await person.get(
	    `/supplier/orders/${o.bought}/sheet?of=despatch&format=csv`)).text());
	const filled = g.lines.map((l) => {
		const row = [...rows[l.line]];
		const p = g.packages.find((x) => x.id === l.package);
		for (const [k, v] of Object.entries({
			"Despatch number": g.number, Carrier: g.carrier,
			"Tracking number": g.tracking,
			"Leaves now": String(l.quantity), Package: l.package,
			SSCC: p.sscc, "Package kind": p.kind, Lot: l.lot,
			"Serial numbers": l.serials?.join(", "),
			"Expires on": l.expiry }))
			row[head.indexOf(k)] = v ?? "";
		return row;
	});
	const shown = await handSheet(person, [head, ...filled], format);
	assert.deepEqual([shown[1].state, shown[1].findings], ["preview", []]);
	const done = await commitSheet(person, shown);
	assert.equal(done.state, "applied", JSON.stringify(done.findings));
};

const CHANNELS = { api: byApi, screen: byScreen, csv: bySheet("csv"),
	xlsx: bySheet("xlsx"), ubl: byDocument("ubl"),
	edifact: byDocument("edifact"), x12: byDocument("x12") };

/** Both orders and the goods on both sides, but for numbers and times. */
const state = (o, g) => ({ lines: sql(`select h.kind, h.state, l.line_id,
	l.state as line, trim_scale(l.shipped)::text as shipped,
	trim_scale(l.confirmed)::text as confirmed, l.latest_promised_date,
	(select jsonb_object_agg(v.field, v.value) from orders.value v
	    where v.line_id = l.id and v.superseded_by is null) as values
    from orders.line l join orders.head h on h.id = l.order_id
    where h.public_id in ('${o.bought}', '${o.sales}')
    order by h.kind, l.position`),
	goods: sql(`select d.kind, d.state, d.despatch_version as v, d.carrier,
	    d.tracking, array(select k.sscc from orders.package k
		where k.despatch_id = d.id order by 1) = array['${g.packages
	    .map((p) => p.sscc).sort().join("','")}'] as numbered,
	    (select jsonb_agg(jsonb_build_array(l.line_id, trim_scale(p.quantity),
		p.lot, p.serials, p.expiry_date, k.sscc = '${g.packages[0].sscc}')
		order by l.line_id, p.quantity, k.sscc) from orders.packed p
	     join orders.line l on l.id = p.line_id
	     left join orders.package k on k.despatch_id = d.id
		and k.position = p.package where p.despatch_id = d.id) as packed
	from orders.despatch d where exists (select from orders.shipment s
	    join orders.head h on h.id = s.order_id where s.despatch_id = d.id
	    and h.public_id in ('${o.bought}', '${o.sales}'))
	order by d.kind`) });

const ends = {};
for (const [name, ship] of Object.entries(CHANNELS))
	test(`the supplier ships by ${name}`, async () => {
		const o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
		await until("the order is accepted", () => sql(`select
		    from orders.head where public_id = '${o.sales}'
		    and state = 'accepted'`).length);
		const g = goods();
		await ship(o, g);
		await until("the distributor sees it", () =>
		    state(o, g).goods.length === 2, 10000);
		ends[name] = state(o, g);
		assert.deepEqual(ends[name].lines.map((l) => [l.line, l.shipped]),
		    [["part_shipped", "4"], ["shipped", "20"],
			["part_shipped", "4"], ["shipped", "20"]]);
		assert.deepEqual(ends[name].goods.map((d) => [d.kind, d.numbered,
		    d.packed.length]), [["purchase", true, 3],
		    ["sales", true, 3]]);
	});

test("all of them end in the same state", () => {
	for (const name of Object.keys(CHANNELS))
		assert.deepEqual(ends[name], ends.api, name);
});

/** What is counted: the second line one short, two of it are another item. */
const counts = (o) => [{ line: o.lines[0].sold, received: "10" },
	{ line: o.lines[1].sold, received: "19", rejected: "2",
		reason_code: "wrong_item" }];

async function countByScreen(o, d)
{
	const page = `/distributor/despatches/${d.id}/receipt`;
	const fields = { version: "1" };
	counts(o).forEach((l, i) => Object.entries(l).forEach(([k, v]) => {
		fields[`lines[${i}][${k}]`] = v;
	}));
	const r = await counter.post(page, fields, { page });
	assert.equal(r.status, 303, await r.text());
}

const countByDocument = (family) => async (o, d) => {
	const main = agreement("nordlicht", "edifact");
	const a = family === "edifact" ? main : { theirs: buyers[family],
	    ours: ours[family], gln: main.gln };
	const x = await handIn(buyer, receipt[family](a, { number: unique("WE"),
	    despatch: d.number, order: o.number, lines: counts(o).map((l, i) =>
		({ ...o.lines[i], ...l, line_id: o.lines[i].sold_line_id,
		    reason: l.reason_code, condition: "05" })) }), TYPES[family]);
	assert.equal(x.state, "applied", JSON.stringify(x.findings));
};

const counted = {};
for (const [name, count] of Object.entries({
	api: (o, d) => post(buyer, `/despatches/${d.id}/receipt`,
	    { version: "1", lines: counts(o) }),
	screen: countByScreen, ubl: countByDocument("ubl"),
	edifact: countByDocument("edifact"), x12: countByDocument("x12") }))
	test(`the distributor counts by ${name}`, async () => {
		const o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
		await post(machine, `/orders/${o.bought}/despatch`, {
			number: unique("PC"), lines: [0, 1].map((i) => ({
			    line: o.lines[i].bought,
			    quantity: String(o.lines[i].quantity) })) });
		const d = await until("the distributor's despatch", () => sql(`select
		    d.public_id as id, d.number from orders.despatch d
		    join orders.shipment s on s.despatch_id = d.id
		    join orders.head h on h.id = s.order_id
		    where h.public_id = '${o.sales}'`)[0]);
		await count(o, d);
		counted[name] = sql(`select h.kind, l.line_id, l.state,
		    trim_scale(i.received)::text as received,
		    trim_scale(i.rejected)::text as rejected,
		    trim_scale(i.damaged)::text as damaged, i.reason ->> 'code' as why,
		    (select c.case_type || ' ' || c.state from cases.head c
			where c.id = i.case_id) as opens
		    from orders.receipt_line i join orders.line l on l.id = i.line_id
		    join orders.head h on h.id = l.order_id
		    where h.public_id in ('${o.bought}', '${o.sales}')
		    order by h.kind, l.position`);
		assert.deepEqual(counted[name].map((l) => [l.kind, l.state,
		    l.received, l.rejected]), ["purchase", "sales"].flatMap((k) => [
		    [k, "received", "10", "0"], [k, "short", "19", "2"]]));
	});

test("all counts end in the same state", () => {
	assert.deepEqual(counted.api.map((l) => l.why),
	    [null, "wrong_item", null, "wrong_item"]);
	/* A RECADV has words for it, and no code of ours. */
	counted.edifact.forEach((l, i) => {
		l.why = counted.api[i].why;
	});
	for (const [name, end] of Object.entries(counted))
		assert.deepEqual(end, counted.api, name);
});
