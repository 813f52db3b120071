// SPDX-License-Identifier: Apache-2.0
// Sheets there and back: the worklist is downloaded, filled in, uploaded; what
// would change is shown, wrong rows are named, nothing counts before commit.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Machine, URL_BASE, Visitor, sql, until } from "../lib/kontor.mjs";
import { agreement, edifact, items, order } from "../lib/orders.mjs";
import { parse, serialize } from "../lib/sheet.mjs";

const ROWS = 1000, ORDERS = 10;

/** Uploads a file as the page's form does; answers its page's address. */
async function upload(who, name, type, bytes, more = {})
{
	const page = `${who.door}/documents/new`;
	const form = new FormData();
	form.set("form_token", await who.formToken(page));
	for (const [k, v] of Object.entries(more))
		form.set(k, v);
	form.set("file", new Blob([bytes], { type }), name);
	const r = await who.fetch(`${who.door}/documents`, { method: "POST",
	    body: form, headers: { origin: URL_BASE,
	    "sec-fetch-site": "same-origin" } });
	assert.equal(r.status, 303, await r.text());
	return r.headers.get("location").split("?")[0];
}

const read = (who, at) => until("the file is read", async () => {
	const d = await who.json(at);
	return d.state !== "received" && d;
}, 60000);

/** How many lines of these orders stand in which state. */
const states = (numbers) => Object.fromEntries(sql(`select l.state,
	count(*)::int as n from orders.line l
	join orders.head h on h.id = l.order_id
	where h.number in (${numbers.map((n) => `'${n}'`)}) group by 1`)
    .map((r) => [r.state, r.n]));

describe("a thousand rows, seven of them wrong", async () => {
	const isar = new Visitor();
	let pos, rows, head, at;

	it("begins with a thousand lines to be answered", async () => {
		const a = agreement("nordlicht", "edifact");
		const [item] = sql(`select i.number, i.gtin, i.name_en as name,
			trim_scale(r.amount)::text as price
		    from item.item i join item.price r on r.item_id = i.id
		    join core.partner d on d.id = r.partner_id
		    join item.source s on s.item_id = i.id
		    join core.partner p on p.id = s.partner_id
		    where d.slug = 'nordlicht' and p.slug = 'isar' and i.active
		    and i.gtin is not null and i.unit = 'C62' limit 1`);
		const nordlicht = new Machine("nordlicht"), placed = [];
		for (let k = 0; k < ORDERS; k++) {
			const o = order(Array(ROWS / ORDERS).fill(
			    { ...item, quantity: 10 }));
			const r = await nordlicht.send(edifact(a, o),
			    "application/edifact", { prefer: "wait=30" });
			assert.equal((await r.json()).state, "applied");
			placed.push(o.number);
		}
		pos = sql(`select distinct p.number from orders.head p
		    join orders.line l on l.order_id = p.id
		    join orders.line s on s.id = l.linked_line_id
		    join orders.head h on h.id = s.order_id
		    where h.partner_number in (${placed.map((n) => `'${n}'`)})
		    order by 1`).map((r) => r.number);
		assert.equal(pos.length, ORDERS);
		assert.deepEqual(states(pos), { open: ROWS });
	});

	it("is downloaded as CSV in the reader's language", async () => {
		await isar.signIn("isar.user");
		const r = await isar.get(
		    "/supplier/worklist/sheet?view=to_confirm&format=csv");
		assert.equal(r.status, 200);
		assert.match(r.headers.get("content-type"), /^text\/csv/);
		const all = parse(await r.text());
		head = all[0];
		rows = all.slice(1).filter((c) => pos.includes(c[0]));
		assert.equal(rows.length, ROWS);
		assert.ok(rows.every((c) => c[head.indexOf("Confirmed")] === ""));
	});

	it("is filled in and uploaded: seven errors, nothing applied", async () => {
		const set = (i, column, v) => { rows[i][head.indexOf(column)] = v; };
		rows.forEach((c, i) => {
			set(i, "Confirmed", "10");
			if (i % 10 === 1)
				set(i, "Date", "2031-12-24");
		});
		set(11, "Confirmed", "ten");
		set(122, "Date", "2031-02-30");
		set(233, "Confirmed", "11");
		set(344, "Line", "99999");
		set(455, "Confirmed", "0");
		set(566, "Order", "PO-0000");
		set(677, "Confirmed", "-1");
		at = await upload(isar, "worklist.csv", "text/csv",
		    serialize([head, ...rows]));
		const d = await read(isar, at);
		assert.equal(d.state, "preview");
		assert.equal(d.differences.total, ROWS - 7);
		assert.equal(d.differences.errors, 7);
		const errors = d.findings.filter((f) => f.severity === "error")
		    .map((f) => [f.segment, f.args.column ?? null, f.found,
			f.expected && f.expected.slice(0, 20), f.rule])
		    .sort((x, y) => x[0] - y[0]);
		assert.deepEqual(errors, [
			[13, "Confirmed", "ten", "1234.5, 1234,5",
			    "guide.value.number"],
			[124, "Date", "2031-02-30", "2026-12-31, 31.12.20",
			    "guide.value.date"],
			[235, "Confirmed", "11", "10", "business.quantity_over"],
			[346, "Line", "99999", null, "business.line_unknown"],
			[457, null, null, "capacity, material, ",
			    "business.answer_reason"],
			[568, "Order", "PO-0000", null, "business.order_unknown"],
			[679, "Confirmed", "-1", ">= 0",
			    "business.answer_quantity"],
		]);
		assert.deepEqual(states(pos), { open: ROWS });
	});

	it("says so on the page, in both languages, without script", async () => {
		const page = await (await isar.get(at)).text();
		assert.match(page, /993 lines change/);
		assert.match(page, /row 13, column \w+ \(“Confirmed”\)/);
		const german = new Visitor("de");
		german.cookies = isar.cookies;
		const seite = await (await german.get(`${at}?lang=de`)).text();
		assert.match(seite, /993 Positionen ändern sich/);
		assert.match(seite, /Zeile 13, Spalte \w+ \(„Confirmed“\)/);
	});

	it("counts when it is committed, but for the seven", async () => {
		const d = await isar.json(at);
		const r = await isar.post(`${at}/commit`,
		    { version: String(d.version) }, { page: at });
		assert.equal(r.status, 303);
		const done = await read(isar,
		    r.headers.get("location").split("?")[0]);
		assert.equal(done.state, "applied");
		assert.equal(states(pos).open, 7);
		const again = await isar.post(`${at}/commit`,
		    { version: String(d.version) }, { page: at });
		assert.ok([409, 412].includes(again.status));
	});

	it("changes nothing when it is uploaded once more", async () => {
		const d = await read(isar, await upload(isar, "worklist.csv",
		    "text/csv", serialize([head, ...rows])));
		assert.equal(d.differences.total, 0);
		assert.equal(states(pos).open, 7);
	});

	it("leads from a value to its row", async () => {
		const [v] = sql(`select v.pointer, v.source, d.family,
			m.locators -> v.pointer ->> 'xpath' as cell
		    from orders.value v
		    join exchange.document d on d.id = v.document_id
		    join exchange.message m on m.document_id = d.id
			and m.locators ? v.pointer
			and m.canonical ->> 'order_number' = (select number
			    from orders.head h where h.id = v.order_id)
		    where v.field = 'confirmed_quantity' and v.order_id in
			(select id from orders.head where number = '${pos[0]}')
		    limit 1`);
		assert.equal(v.source, "import");
		assert.match(v.cell, /^[A-Z]\d+$/);
	});
});

describe("downloads", async () => {
	const elbe = new Visitor(), nord = new Visitor("de");

	it("an order is a workbook that a machine can read back", async () => {
		await elbe.signIn("elbe.user");
		const [po] = (await elbe.json(
		    "/supplier/orders?view=unanswered")).items;
		const r = await elbe.get(
		    `/supplier/orders/${po.id}/sheet?format=xlsx`);
		assert.equal(r.status, 200);
		const bytes = Buffer.from(await r.arrayBuffer());
		assert.equal(bytes.subarray(0, 2).toString(), "PK");
		assert.match(r.headers.get("content-disposition"),
		    new RegExp(`${po.number}\\.xlsx`));
		const d = await read(elbe, await upload(elbe, "po.xlsx",
		    r.headers.get("content-type"), bytes));
		assert.equal(d.family, "xlsx");
		assert.deepEqual(d.findings.map((f) => f.rule), ["sheet.empty"]);
	});

	it("a list keeps its filter; German has commas and titles", async () => {
		await nord.signIn("nordlicht.user");
		const [o] = (await nord.json("/distributor/orders?view=all")).items;
		const r = await nord.get("/distributor/orders/sheet?view=all&q=" +
		    `${o.number}&format=csv&lang=de`);
		const all = parse(await r.text());
		assert.ok(all[0].includes("Ihre Bestellnummer"), all[0].join());
		assert.equal(all.length - 1, o.lines);
		assert.ok(all.slice(1).every((c) => !/\d\.\d/.test(
		    c[all[0].indexOf("Preis")])));
	});

	it("nobody takes another's order away", async () => {
		const [o] = sql(`select h.public_id as id from orders.head h
		    join core.partner p on p.id = h.partner_id
		    where p.slug = 'tyne' limit 1`);
		const r = await nord.get(`/distributor/orders/${o.id}/sheet`);
		assert.equal(r.status, 404);
		const f = await nord.get("/distributor/orders/sheet?format=exe");
		assert.equal(f.status, 422);
	});
});

describe("documents to take away", async () => {
	const elbe = new Visitor();
	const machine = new Machine("elbe");

	/** Asks for a file; answers its bytes. */
	async function take(who, wanted)
	{
		const r = await who.fetch("/downloads", { method: "POST",
		    headers: { "content-type": "application/json" },
		    body: JSON.stringify(wanted) });
		assert.equal(r.status, 202, await r.clone().text());
		const { id } = await r.json();
		const d = await until("the file is written", async () => {
			const x = await who.json(`/downloads/${id}`);
			return x.state !== "received" && x;
		}, 15000);
		assert.equal(d.state, "ready", d.reason);
		const file = await who.fetch(`/downloads/${id}/bytes`);
		return { ...d, text: await file.text() };
	}

	it("an answer to be filled in counts when it comes back", async () => {
		await elbe.signIn("elbe.user");
		const [row] = (await machine.json(
		    "/worklist?view=to_confirm&limit=1")).items;
		const d = await take(machine, { order: row.order.id,
		    format: "edifact" });
		assert.equal(d.filename, `${row.order.number}.edi`);
		assert.match(d.text, /UNH\+1\+ORDRSP:D:96A:UN/);
		assert.match(d.text, new RegExp(`RFF\\+ON:${row.order.number}'`));
		const r = await machine.send(d.text, "application/edifact",
		    { prefer: "wait=30" });
		const back = await r.json();
		assert.equal(back.state, "applied", JSON.stringify(back.findings));
		const [line] = sql(`select state from orders.line
		    where public_id = '${row.id}'`);
		assert.equal(line.state, "accepted");
	});

	it("the order itself, a whole worklist, one click on the page",
	    async () => {
		const [row] = (await machine.json(
		    "/worklist?view=to_confirm&limit=1")).items;
		const order = await take(machine, { order: row.order.id,
		    format: "edifact", document: "order" });
		assert.match(order.text, /UNH\+1\+ORDERS:D:96A:UN/);
		const all = await take(machine, { format: "edifact",
		    view: "to_confirm", q: row.order.number });
		assert.equal(all.documents, 1);
		const page = await elbe.get(`/supplier/orders/${row.order.id}`);
		assert.match(await page.text(), /name="format" value="edifact"/);
		const r = await elbe.post("/supplier/downloads", {
			order: row.order.id, format: "edifact" },
		    { page: `/supplier/orders/${row.order.id}` });
		assert.equal(r.status, 303);
		assert.match(r.headers.get("location"), /\/supplier\/downloads\//);
	});

	it("a distributor's order, in his own family", async () => {
		for (const [slug, family, begins] of [
			["nordlicht", "edifact", /ORDERS:D:96A/],
			["donau", "x12", /ST\*850\*/], ["tyne", "ubl", /<Order /]]) {
			const m = new Machine(slug);
			const [o] = (await m.json("/orders?view=open&limit=1")).items;
			const d = await take(m, { order: o.id, format: family });
			assert.match(d.text, begins);
			assert.ok(d.text.includes(o.partner_number ?? o.number));
		}
	});

	it("no family without agreement, nothing of others", async () => {
		const post = (who, body) => who.fetch("/downloads", {
		    method: "POST", headers: { "content-type":
			"application/json" }, body: JSON.stringify(body) });
		const neckar = new Machine("neckar");
		assert.equal((await post(neckar, { format: "edifact",
		    view: "all" })).status, 422);
		const [row] = (await machine.json(
		    "/worklist?view=all&limit=1")).items;
		assert.equal((await post(neckar, { order: row.order.id,
		    format: "edifact" })).status, 404);
	});
});

it("a sheet is not taken for one in another language or format",
    async () => {
	const v = await new Visitor().signIn("nordlicht.user");
	const get = (headers) => v.fetch("/distributor/orders/sheet",
	    { headers });
	const csv = await get({ accept: "text/csv" });
	const etag = csv.headers.get("etag");
	assert.equal((await get({ accept: "text/csv", "if-none-match": etag }))
	    .status, 304);
	const xlsx = await get({ "if-none-match": etag, accept:
	    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
	assert.equal(xlsx.status, 200);
	assert.notEqual(xlsx.headers.get("etag"), etag.replace("W/", ""));
	v.cookies.set("__Host-lang", "de");
	assert.equal((await get({ accept: "text/csv", "if-none-match": etag }))
	    .status, 200);
});
