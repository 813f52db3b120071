// SPDX-License-Identifier: Apache-2.0
// The scripted supplier goes on where his order is confirmed: he ships a part,
// too much, corrects, ships the rest; the distributor counts. By the forms of
// the screens and by documents in each family: after every step both orders,
// their lines and the despatches stand as the state tables say, and in the end
// the same everywhere.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { Machine, sql, until, VAR, Visitor } from "../lib/kontor.mjs";
import { confirmedOrder, despatch, handIn, recadv } from "../lib/goods.mjs";
import { agreement, TYPES, unique } from "../lib/orders.mjs";
import { commitSheet, handSheet, parse } from "../lib/sheet.mjs";

const run = unique().toLowerCase();
const theirs = { x12: { id: `SG${unique()}`.slice(0, 15), qualifier: "ZZ" },
	ubl: { id: "2900000000216", qualifier: "0088" } };
const ours = { x12: { id: "KONTORDEMO", qualifier: "ZZ" },
	ubl: { id: "2900000000018", qualifier: "0088" } };
const GUIDES = { x12: "x12/856-004010", ubl: "ubl/despatch-advice-2.1" };

before(() => {
	for (const family of ["x12", "ubl"])
		sql(`select exchange.agreement_load(p.id, '${JSON.stringify({
			name: `script-goods-${family}-${run}`, family,
			ours: ours[family], theirs: theirs[family],
			options: { ack: "none" }, time_zone: "UTC",
			guides: { despatch: GUIDES[family] } })}') as done
		    from core.partner p where p.slug = 'elbe'`);
});
after(() => execFileSync("psql", ["-qX", "-h", join(VAR, "pg"), "-U",
    "postgres", "-d", "kontor", "-c", `update exchange.agreement
    set valid_until = transaction_timestamp()
    where name like 'script-goods-%${run}' and valid_until is null`]));

/** How both sides stand: orders, lines, despatches with their versions. */
function seen(o)
{
	const [r] = sql(`select ${["bought", "sales"].map((side) =>
	    `(select h.state from orders.head h where h.public_id = '${o[side]
	    }') as ${side}, (select string_agg(l.state || ' '
		|| trim_scale(l.shipped) || ' ' || trim_scale(l.received), ', '
		order by l.position) from orders.line l
	     join orders.head h on h.id = l.order_id
	     where h.public_id = '${o[side]}') as ${side}_lines,
	     (select string_agg(d.state || ' ' || d.despatch_version, ', '
		order by d.id) from orders.despatch d
	     join orders.shipment s on s.despatch_id = d.id
	     join orders.head h on h.id = s.order_id
	     where h.public_id = '${o[side]}') as ${side}_goods`).join(", ")}`);
	return r;
}

/** Waits until both sides stand so. */
async function stands(o, state, lines, goods)
{
	const want = { bought: state, bought_lines: lines, bought_goods: goods,
		sales: state, sales_lines: lines, sales_goods: goods };
	await until("the states", () => isDeepStrictEqual(seen(o), want), 10000)
	    .catch(() => assert.deepEqual(seen(o), want));
}

/* Both at the screens: forms, nothing else. */
function atTheScreens()
{
	const seller = new Visitor(), buyer = new Visitor();
	const fields = (o, quantities, number) => ({ number, carrier: "Fast Cargo",
		...Object.fromEntries(o.lines.flatMap((l, i) => [
			[`lines[${i}][line]`, l.bought],
			[`lines[${i}][quantity]`, quantities[i]],
			[`lines[${i}][package]`, "1"]])) });
	const idOf = (r) => /despatches\/([0-9a-f-]{36})/.exec(
	    r.headers.get("location"))[1];
	const done = async (r) => {
		assert.equal(r.status, 303, (await r.text())
		    .replace(/<[^>]*>/g, " ").slice(0, 2000));
		return idOf(r);
	};
	const send = (o, q, number) => seller.post(
	    `/supplier/orders/${o.bought}/despatch`, fields(o, q, number),
	    { page: `/supplier/orders/${o.bought}/despatch` });
	return {
		async start()
		{
			await seller.signIn("elbe.user");
			await buyer.signIn("nordlicht.user");
		},
		ship: async (o, q, number) => done(await send(o, q, number)),
		async tooMuch(o, q, number)
		{
			const r = await send(o, q, number);
			assert.equal(r.status, 422);
			assert.match(await r.text(), /At most 6 of this line/);
		},
		async correct(o, q, number, id)
		{
			const page = `/supplier/despatches/${id}/edit`;
			const { despatch: d } = await seller.json(page);
			return done(await seller.post(`/supplier/despatches/${id}`,
			    { ...fields(o, q, number), version: d.version }, { page }));
		},
		async tooLate(o, q, number, id)
		{
			const r = await seller.get(`/supplier/despatches/${id}/edit`);
			assert.equal(r.status, 409);
		},
		async count(o, counts, mirror)
		{
			const page = `/distributor/despatches/${mirror.id}/receipt`;
			const { despatch: d } = await buyer.json(page);
			await done(await buyer.post(page, { version: d.version,
			    ...Object.fromEntries(o.lines.flatMap((l, i) => [
				[`lines[${i}][line]`, l.sold],
				[`lines[${i}][received]`, counts[i]]])) }, { page }));
		},
	};
}

/* By documents alone; the distributor counts by RECADV. */
function byDocuments(family)
{
	const seller = new Machine("elbe"), buyer = new Machine("nordlicht");
	const nordlicht = agreement("nordlicht", "edifact");
	const elbe = family === "edifact" ? agreement("elbe", "edifact")
	    : { theirs: theirs[family], ours: ours[family],
		gln: agreement("elbe", "edifact").gln };
	const hand = (o, q, number, f) => handIn(seller, despatch[family](elbe, {
		number, order: o.po, function: f, packages: [{ id: "1" }],
		lines: o.lines.map((l, i) => ({ ...l, shipped: q[i],
		    package: "1" })).filter((l) => l.shipped > 0) }),
	    TYPES[family]);
	const good = async (d) => {
		assert.equal(d.state, "applied", JSON.stringify(d.findings));
		return d.objects[0].id;
	};
	const refused = (d, rule) => {
		assert.equal(d.state, "quarantined");
		assert.deepEqual(d.findings.map((f) => f.rule), [rule]);
	};
	return {
		start() {},
		ship: async (o, q, number) => good(await hand(o, q, number)),
		tooMuch: async (o, q, number) => refused(await hand(o, q, number),
		    "business.ship_over"),
		correct: async (o, q, number) => good(await hand(o, q, number,
		    "replace")),
		tooLate: async (o, q, number) => refused(await hand(o, q, number,
		    "replace"), "business.despatch_over"),
		count: async (o, counts, mirror) => good(await handIn(buyer, recadv(
		    nordlicht, { number: unique("WE"), despatch: mirror.number,
			order: o.number, lines: o.lines.map((l, i) => ({ ...l,
			    line_id: l.sold_line_id, received: counts[i] }))
			.filter((l) => l.received !== "") }), TYPES.edifact)),
	};
}

/* The order's despatch sheet is downloaded, filled in, uploaded, looked at and
 * committed; the distributor counts by RECADV. */
function bySheets(format)
{
	const seller = new Visitor();
	let head, lines;
	const count = byDocuments("edifact").count;
	const upload = (rows) => handSheet(seller, [head, ...rows], format);
	const rows = (q, number, what = "") => q.flatMap((n, i) => {
		const row = [...lines[i]];
		const set = (k, v) => { row[head.indexOf(k)] = v; };
		set("Despatch number", number);
		set("What to do", what);
		set("Carrier", "Fast Cargo");
		set("Leaves now", n ? String(n) : "");
		set("Package", "1");
		return [row];
	});
	const hand = async (o, q, number, what) => {
		const [at, d] = await upload(rows(q, number, what));
		assert.equal(d.state, "preview", JSON.stringify(d.findings));
		assert.deepEqual(d.findings, []);
		const before = seen(o);
		for (const l of d.differences.lines)
			assert.notEqual(l.shipped.old.value, l.shipped.new.value);
		assert.ok(d.differences.lines.length > 0);
		assert.deepEqual(seen(o), before, "a preview changes nothing");
		const done = await commitSheet(seller, [at, d]);
		assert.equal(done.state, "applied", JSON.stringify(done.findings));
		assert.equal(done.family, format);
		return done.objects[0].id;
	};
	const refused = async (q, number, what, rule) => {
		const [, d] = await upload(rows(q, number, what));
		assert.deepEqual(d.findings.map((f) => f.rule), [rule]);
		assert.equal(d.findings[0].segment, 2, "the row is named");
		assert.equal(d.differences.total, 0);
	};
	return {
		start: () => seller.signIn("elbe.user"),
		async ship(o, q, number)
		{
			const r = await seller.get(`/supplier/orders/${o.bought
			    }/sheet?of=despatch&format=csv`);
			const all = parse(await r.text());
			head ??= all[0];
			lines ??= all.slice(1);
			assert.equal(all.length, 3);
			assert.equal(all[1][head.indexOf("Leaves now")], "");
			assert.ok(all[1][head.indexOf("Despatch number")]
			    .startsWith(o.po));
			return hand(o, q, number, "");
		},
		tooMuch: (o, q, number) => refused(q, number, "",
		    "business.ship_over"),
		correct: (o, q, number) => hand(o, q, number, "correct"),
		tooLate: (o, q, number) => refused(q, number, "correct",
		    "business.despatch_over"),
		count,
	};
}

const mirrorOf = (id) => sql(`select m.public_id as id, m.number
    from orders.despatch m join orders.despatch d on d.id = m.origin_id
    where d.public_id = '${id}'`)[0];

for (const [name, player] of [["screens", atTheScreens()],
	["EDIFACT", byDocuments("edifact")], ["X12", byDocuments("x12")],
	["UBL", byDocuments("ubl")], ["CSV", bySheets("csv")],
	["XLSX", bySheets("xlsx")]]) {
	test(`${name}: ships, too much, corrects, ships the rest; is counted`,
	    async (t) => {
		const first = unique("LA"), second = unique("LB");
		let o, one, two;
		await player.start();
		await t.test("the order is confirmed", async () => {
			o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
			await stands(o, "accepted", "accepted 0 0, accepted 0 0", null);
		});
		await t.test("partial ASN: the rest stays open", async () => {
			one = await player.ship(o, [4, 0], first);
			await stands(o, "in_fulfilment",
			    "part_shipped 4 0, accepted 0 0", "sent 1");
		});
		await t.test("over-ship: refused beyond the tolerance", async () => {
			await player.tooMuch(o, [7, 20], second);
			await stands(o, "in_fulfilment",
			    "part_shipped 4 0, accepted 0 0", "sent 1");
		});
		await t.test("correct ASN: another version", async () => {
			assert.equal(await player.correct(o, [3, 5], first, one), one);
			await stands(o, "in_fulfilment",
			    "part_shipped 3 0, part_shipped 5 0", "sent 2");
			assert.deepEqual(sql(`select v.content #>> '{lines,0,shipped}'
				as sent from orders.despatch_version v
			    join orders.despatch d on d.id = v.despatch_id
			    where d.public_id = '${one}' order by v.despatch_version`)
			    .map((v) => v.sent), ["4", "3"], "the old one stands");
		});
		await t.test("the rest, within the tolerance", async () => {
			two = await player.ship(o, [7, 15], second);
			await stands(o, "completed", "shipped 10 0, shipped 20 0",
			    "sent 2, sent 1");
		});
		await t.test("the first is received", async () => {
			await player.count(o, [3, 5], mirrorOf(one));
			await stands(o, "completed", "shipped 10 3, shipped 20 5",
			    "received 2, sent 1");
		});
		await t.test("correct ASN: not after the count", async () => {
			await player.tooLate(o, [1, 1], first, one);
		});
		await t.test("the second is short and opens a case", async () => {
			await player.count(o, [7, 14], mirrorOf(two));
			await stands(o, "completed", "received 10 10, short 20 19",
			    "received 2, short 1");
			assert.deepEqual(sql(`select c.case_type from cases.head c
			    join orders.line l on l.id = c.order_line_id
			    where l.public_id = '${o.lines[1].sold}'`),
			    [{ case_type: "complaint" }]);
		});
	});
}
