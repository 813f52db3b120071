// SPDX-License-Identifier: Apache-2.0
// Goods by document, in every family and in both directions: a supplier's
// despatch advice with packages, partial, corrected, above the tolerance; the
// house's to the distributor; the distributor's count back to the supplier.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { Machine, sql, until, VAR } from "../lib/kontor.mjs";
import { confirmedOrder, despatch, handIn, newSscc, receipt }
    from "../lib/goods.mjs";
import { agreement, TYPES, unique } from "../lib/orders.mjs";

const supplier = new Machine("elbe");
const run = unique().toLowerCase();
const BUYERS = { edifact: "nordlicht", x12: "donau", ubl: "tyne" };
const GUIDES = { x12: "x12/856-004010", ubl: "ubl/despatch-advice-2.1" };
const theirs = { x12: { id: `SH${unique()}`.slice(0, 15), qualifier: "ZZ" },
	ubl: { id: "2900000000216", qualifier: "0088" } };
const ours = { x12: { id: "KONTORDEMO", qualifier: "ZZ" },
	ubl: { id: "2900000000018", qualifier: "0088" } };
const agreements = {};
const [{ t: begun }] = sql("select clock_timestamp() as t");

// Elbe speaks EDIFACT; here the other families, too.
before(() => {
	for (const family of ["x12", "ubl"])
		sql(`select exchange.agreement_load(p.id, '${JSON.stringify({
			name: `goods-${family}-${run}`, family, ours: ours[family],
			theirs: theirs[family], options: { ack: "none" },
			guides: { despatch: GUIDES[family] },
			time_zone: "Europe/Berlin" })}') as done
		    from core.partner p where p.slug = 'elbe'`);
	agreements.edifact = agreement("elbe", "edifact");
	for (const family of ["x12", "ubl"])
		agreements[family] = { theirs: theirs[family],
			ours: ours[family], gln: agreements.edifact.gln };
});
after(() => execFileSync("psql", ["-qX", "-h", join(VAR, "pg"), "-U",
    "postgres", "-d", "kontor", "-c", `update exchange.agreement
    set valid_until = transaction_timestamp() where name like 'goods-%'
    and valid_until is null`]));

const say = (d) => JSON.stringify(d.findings);
const order = (machine, id) => machine.json(`/orders/${id}`);
const shipped = (o) => o.lines.map((l) => `${l.state} ${l.shipped.value}`);
const line = (o, i, quantity, more = {}) => ({ ...o.lines[i],
	shipped: quantity, ...more });
const rules = (d) => d.findings.map((f) => f.rule);

/** The house's documents about an order's goods, oldest first. */
const sent = (type, partner, number) => sql(`select d.public_id as id,
	d.canonical, d.state from exchange.document d
    join core.partner p on p.id = d.partner_id
    where d.direction = 'out' and d.type = '${type}' and p.slug = '${partner}'
    and '${number}' in (d.canonical ->> 'order_number',
	d.canonical ->> 'despatch_number') order by d.id`);
const written = (type, partner, number, n = 1) => until(
    `${type} for ${partner}`, () => {
	const all = sent(type, partner, number);
	assert.ok(all.every((d) => d.state !== "failed"), JSON.stringify(
	    sql(`select f.content from exchange.finding f join exchange.document d
	    on d.id = f.document_id where d.public_id in ('${all.map((d) => d.id)
	    .join("','") || "00000000-0000-7000-8000-000000000000"}')`)));
	return all.length === n && all.every((d) => d.state === "ready") && all;
}, 15000);

for (const family of Object.keys(BUYERS)) {
	const slug = BUYERS[family];
	const buyer = new Machine(slug);
	const hand = (d) => handIn(supplier, despatch[family](agreements[family],
	    d), TYPES[family]);
	let o, d, mirror;

	test(`${family}: 1 a partial despatch with packages is entered`,
	    async () => {
		o = await confirmedOrder(slug, "elbe", [10, 20]);
		d = { number: unique("LS"), order: o.po, tracking: "TR-1",
		    packages: [{ id: "1", kind: "PX", sscc: newSscc() },
			{ id: "2", parent: "1", sscc: newSscc() }],
		    lines: [line(o, 0, 4, { package: "2", lot: "L77",
			serials: ["A1", "A2", "A3", "A4"],
			expiry: "2027-06-30" })] };
		const doc = await hand(d);
		assert.equal(doc.state, "applied", say(doc));
		assert.deepEqual(shipped(await order(supplier, o.bought)),
		    ["part_shipped 4", "accepted 0"]);
		const [{ id }] = sql(`select public_id as id from orders.despatch
		    where number = '${d.number}'`);
		assert.equal(doc.objects[0].id, id);
		assert.deepEqual(sql(`select k.sscc, x.lot, x.serials,
			x.expiry_date from orders.package k
		    left join orders.packed x on x.despatch_id = k.despatch_id
			and x.package = k.position
		    join orders.despatch d on d.id = k.despatch_id
		    where d.number = '${d.number}' order by k.sscc`),
		    [{ sscc: d.packages[0].sscc, lot: null, serials: null,
			expiry_date: null },
		     { sscc: d.packages[1].sscc, lot: "L77", serials: ["A1",
			"A2", "A3", "A4"], expiry_date: "2027-06-30" }]);
	});

	test(`${family}: 2 the distributor sees it and gets it as a document`,
	    async () => {
		const seen = await order(buyer, o.sales);
		assert.deepEqual(shipped(seen), ["part_shipped 4", "accepted 0"]);
		assert.equal(seen.shipments[0].tracking, "TR-1");
		const [out] = await written("despatch", slug, o.number);
		assert.equal(out.canonical.function, "original");
		assert.deepEqual(out.canonical.packages.map((p) => p.sscc)
		    .sort(), d.packages.map((p) => p.sscc));
		mirror = out.canonical.number;
		const bytes = await (await buyer.fetch(
		    `/documents/${out.id}/bytes`)).text();
		assert.ok(bytes.includes(d.packages[1].sscc));
		assert.ok(!bytes.includes(d.number) && !/elbe/i.test(bytes),
		    "neither the supplier's name nor his number");
	});

	test(`${family}: 3 the same again has no effect`, async () => {
		const doc = await hand(d);
		assert.deepEqual(rules(doc), ["business.despatch_twice"], say(doc));
		assert.deepEqual(shipped(await order(supplier, o.bought)),
		    ["part_shipped 4", "accepted 0"]);
	});

	test(`${family}: 4 above the tolerance it is refused as a whole`,
	    async () => {
		const doc = await hand({ number: unique("LS"), order: o.po,
		    lines: [line(o, 0, 7), line(o, 1, 20)] });
		assert.equal(doc.state, "quarantined");
		const f = doc.findings.find((x) => x.rule ===
		    "business.ship_over");
		assert.ok(f, say(doc));
		assert.equal(f.expected, "6");
		assert.ok(f.offset > 0 || f.path || f.segment,
		    "the place is named: " + say(doc));
		assert.deepEqual(shipped(await order(supplier, o.bought)),
		    ["part_shipped 4", "accepted 0"], "nothing of it counted");
	});

	test(`${family}: 5 a correction replaces it, the old one stands`,
	    async () => {
		const doc = await hand({ ...d, function: "replace",
		    tracking: "TR-2", lines: [line(o, 0, 3, { package: "2" }),
			line(o, 1, 5, { package: "1" })] });
		assert.equal(doc.state, "applied", say(doc));
		assert.deepEqual(shipped(await order(supplier, o.bought)),
		    ["part_shipped 3", "part_shipped 5"]);
		const seen = await order(buyer, o.sales);
		assert.deepEqual(shipped(seen), ["part_shipped 3",
		    "part_shipped 5"]);
		assert.equal(seen.shipments[0].tracking, "TR-2");
		assert.deepEqual(sql(`select v.despatch_version as v,
			v.content ->> 'tracking' as t
		    from orders.despatch_version v join orders.despatch x
		    on x.id = v.despatch_id where x.number = '${d.number}'
		    order by 1`), [{ v: 1, t: "TR-1" }, { v: 2, t: "TR-2" }]);
		const all = await written("despatch", slug, o.number, 2);
		assert.equal(all[1].canonical.function, "replace");
	});

	test(`${family}: 6 each value leads to its place in the document`,
	    async () => {
		const [row] = sql(`select v.value, v.pointer, m.canonical,
			m.locators from orders.value v
		    join orders.line l on l.id = v.line_id
		    join exchange.message m on m.document_id = v.document_id
		    where l.public_id = '${o.lines[1].bought}'
		    and v.field = 'shipped_quantity' and v.superseded_by is null`);
		const at = row.pointer.split("/").slice(1)
		    .reduce((x, k) => x[k], row.canonical);
		assert.equal(at, row.value);
		assert.ok(row.locators[row.pointer], row.pointer);
	});

	test(`${family}: 7 the rest leaves, a cancelled despatch comes back`,
	    async (t) => {
		const rest = { number: unique("LS"), order: o.po,
		    lines: [line(o, 0, 7), line(o, 1, 15)] };
		const doc = await hand(rest);
		assert.equal(doc.state, "applied", say(doc));
		assert.equal((await order(supplier, o.bought)).state, "completed");
		if (family === "ubl")
			return t.diagnostic("UBL has no function");
		assert.equal((await hand({ ...rest, function: "cancel" })).state,
		    "applied");
		assert.deepEqual(shipped(await order(supplier, o.bought)),
		    ["part_shipped 3", "part_shipped 5"]);
		assert.equal((await order(buyer, o.sales)).state,
		    "in_fulfilment");
	});

	test(`${family}: 8 what arrived is counted, short opens a case`,
	    async () => {
		const lines = [{ ...o.lines[0], line_id: o.lines[0].sold_line_id,
			received: 3 }, { ...o.lines[1],
			line_id: o.lines[1].sold_line_id, received: 4 }];
		const a = agreement(slug, family);
		const doc = await handIn(buyer, receipt[family](a, {
		    number: unique("WE"), despatch: mirror, order: o.number,
		    lines }), TYPES[family]);
		assert.equal(doc.state, "applied", say(doc));
		const counted = (await order(buyer, o.sales)).lines
		    .map((l) => l.received.value);
		assert.deepEqual(counted, ["3", "4"]);
		assert.deepEqual((await order(supplier, o.bought)).lines
		    .map((l) => l.received.value), ["3", "4"]);
		const cases = sql(`select c.number, c.case_type from cases.head c
		    join orders.line l on l.id = c.order_line_id
		    where l.public_id in ('${o.lines.map((l) => l.sold)
		    .join("','")}')`);
		assert.equal(cases.length, 1);
		assert.equal(cases[0].case_type, "complaint");
		const [out] = await written("receipt", "elbe", d.number);
		assert.equal(out.canonical.lines[1].short, "1");
		const bytes = await (await supplier.fetch(
		    `/documents/${out.id}/bytes`)).text();
		assert.match(bytes, /RECADV/); // Elbe's agreement
		assert.ok(!bytes.includes(o.number), "not the distributor's number");
	});

	test(`${family}: 9 after the count nothing is corrected`, async () => {
		const doc = await hand({ ...d, function: "replace",
		    lines: [line(o, 0, 1)], packages: [] });
		assert.deepEqual(rules(doc), ["business.despatch_over"], say(doc));
	});
}

test("a supplier who agreed gets the count as an 861", async (t) => {
	const id = `IS${unique()}`.slice(0, 15);
	t.after(() => execFileSync("psql", ["-qX", "-h", join(VAR, "pg"), "-U",
	    "postgres", "-d", "kontor", "-c", `update exchange.agreement
	    set valid_until = transaction_timestamp()
	    where name = 'goods-861-${run}' and valid_until is null`]));
	sql(`select exchange.agreement_load(p.id, '${JSON.stringify({
		name: `goods-861-${run}`, family: "x12",
		ours: { id: "KONTORDEMO", qualifier: "ZZ" },
		theirs: { id, qualifier: "ZZ" }, options: { ack: "none" },
		guides: { despatch: "x12/856-004010" }, answer_family: "x12",
		answer_guides: { receipt: "x12/861-004010" },
		sends: ["receipt"], time_zone: "UTC" })}') as done
	    from core.partner p where p.slug = 'isar'`);
	const isar = new Machine("isar"), buyer = new Machine("donau");
	const o = await confirmedOrder("donau", "isar", [10, 20]);
	const number = unique("LS");
	const a = { theirs: { id }, ours: { id: "KONTORDEMO" }, gln:
	    "2900000000223" };
	const sentOff = await handIn(isar, despatch.x12(a, { number,
	    order: o.po, packages: [{ id: "1" }], lines: [line(o, 0, 10,
	    { package: "1" }), line(o, 1, 20, { package: "1" })] }), TYPES.x12);
	assert.equal(sentOff.state, "applied", say(sentOff));
	const [out] = await written("despatch", "donau", o.number);
	const bytes856 = await (await buyer.fetch(`/documents/${out.id}/bytes`))
	    .text();
	assert.match(bytes856, /HL\*\d+\*\d+\*P~MAN\*(SM|GM)\*/);
	const counted = await handIn(buyer, receipt.x12(agreement("donau", "x12"),
	    { number: unique("WE"), despatch: out.canonical.number,
	    order: o.number, lines: [{ ...o.lines[0], received: 10,
	    line_id: o.lines[0].sold_line_id }, { ...o.lines[1], received: 19,
	    rejected: 2, condition: "05", line_id: o.lines[1].sold_line_id }] }),
	TYPES.x12);
	assert.equal(counted.state, "applied", say(counted));
	const [told] = await written("receipt", "isar", number);
	const bytes = await (await isar.fetch(`/documents/${told.id}/bytes`))
	    .text();
	assert.match(bytes, /~ST\*861\*/);
	assert.match(bytes, new RegExp(`~REF\\*SI\\*${number}~`));
	assert.match(bytes, /~RCD\*2\*19\*PC\*[^~]*1\*PC\*02/);
	assert.match(bytes, /2\*PC\*05~/);
	assert.deepEqual(sql(`select i.reason from orders.receipt_line i
	    join orders.line l on l.id = i.line_id where l.public_id
	    in ('${o.lines[1].sold}', '${o.lines[1].bought}')`),
	Array(2).fill({ reason: { code: "wrong_item" } }));
	assert.ok(!bytes.includes(o.number), "not the distributor's number");
});

test("what we write our own reader understands", () => {
	const bad = sql(`select d.number, d.type from exchange.document d
	    where d.direction = 'out' and d.type in ('despatch', 'receipt')
	    and d.state = 'failed' and d.received_at > '${begun}'`);
	assert.deepEqual(bad, []);
});
