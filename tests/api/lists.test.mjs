// SPDX-License-Identifier: Apache-2.0
// Lists as people want them: columns, sorting and views, with plain forms.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine, sql, Visitor } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

const signIn = (name) => new Visitor().signIn(name);
const ann = await signIn("nordlicht.user");
const colleague = await signIn("nordlicht.admin");
const stranger = await signIn("donau.user");
const supplier = await signIn("elbe.admin");
const manager = await signIn("manager.one");
const agent = await signIn("agent.one");
const page = async (v, path) => {
	const r = await v.get(v.door + path);
	const text = await r.text();
	assert.equal(r.status, 200, `${path}: ${text.slice(0, 300)}`);
	return text;
};
const unescape = (s) => s.replaceAll("&quot;", '"').replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const heads = (text) => [...text.split("<thead>")[1].split("</thead>")[0]
    .matchAll(/<th [^>]*>(.*?)<\/th>/g)]
    .map((m) => m[1].replace(/<[^>]*>/g, ""));
/** What the hidden field of the page's forms keeps. */
const query = (text) =>
    unescape(/name="query" value="([^"]*)"/.exec(text)[1]);

/** Every list of every portal. */
const LISTS = [[ann, "/orders?view=all"],
	[supplier, "/orders?view=all"], [supplier, "/worklist?view=all"],
	[manager, "/orders?view=all"], [ann, "/despatches?view=all"],
	[supplier, "/despatches?view=all"], [manager, "/despatches?view=all"],
	[supplier, "/invoices?view=all"], [manager, "/invoices?view=all"],
	[manager, "/holds?view=held"], [manager, "/holds?view=released"],
	[ann, "/cases?view=all"], [agent, "/cases?view=all"],
	[ann, "/returns?view=all"], [agent, "/returns?view=all"],
	[ann, "/documents?view=all"], [supplier, "/documents?view=out"],
	[manager, "/documents?view=all"]];

test("each column stands under its heading, in every list", async (t) => {
	for (const [v, path] of LISTS)
		await t.test(v.door + path, async () => {
			const { columns, items } = await v.json(v.door + path);
			assert.ok(items.length, "the demo has rows");
			const all = columns.map((c) => c.name).join(",");
			const text = await page(v, `${path}&columns=${all}`);
			const titles = heads(text).filter((h) => h &&
			    !/^Select/.test(h));
			// What follows them is for steps, not a column.
			assert.ok([0, 1].includes(titles.length - columns.length));
			const row = text.split("<tbody>")[1].split("</tr>")[0];
			const cells = [...row.matchAll(/<td( class="[^"]*")?( data-label="([^"]*)")?/g)]
			    .filter((m) => !/check/.test(m[1]));
			assert.equal(cells.length, titles.length);
			cells.forEach((m, i) => m[3] &&
			    assert.equal(unescape(m[3]), unescape(titles[i])));
			const few = await page(v, `${path}&columns=${columns[0].name}`);
			assert.equal(heads(few).length,
			    heads(text).length - columns.length + 1);
		});
});

test("each heading that sorts does, and pages go on", async (t) => {
	for (const [v, path] of LISTS)
		await t.test(v.door + path, async () => {
			const { columns } = await v.json(v.door + path);
			for (const c of columns.filter((x) => x.sort)) {
				for (const sign of ["", "-"]) {
					const by = `${path}&sort=${sign}${c.name}&limit=3`;
					const first = await v.json(v.door + by);
					const next = first.next && await v.json(
					    `${v.door}${by}&after=${first.next}`);
					const ids = [...first.items, ...next?.items ?? []]
					    .map((i) => i.id);
					assert.equal(new Set(ids).size, ids.length, by);
					assert.ok(ids.length > 0, by);
				}
				const text = await page(v, `${path}&sort=${c.name}&columns=${
				    columns[0].name},${c.name}`);
				assert.equal([...text.matchAll(
				    /<th [^>]*aria-sort="ascending"/g)].length, 1);
			}
		});
});

test("a view is kept, opened, changed and deleted", async () => {
	const name = unique("Große & <kleine> ");
	const shown = await page(ann,
	    "/orders?view=all&sort=-total&columns=number,total&q=SO-");
	const made = await ann.post("/distributor/views", { list: "orders", name,
	    query: query(shown) }, { page: "/distributor/orders" });
	assert.equal(made.status, 303, await made.clone().text());
	const place = made.headers.get("location").replace(/&done=.*/, "");
	assert.match(place, /^\/distributor\/orders\?saved=[0-9a-f-]{36}$/);
	const id = place.slice(-36);
	const view = await page(ann, place.slice(12));
	assert.deepEqual(heads(view), ["Number", "Total"]);
	assert.match(view, new RegExp(
	    `href="\\?saved=${id}" aria-current="page"><bdi>[^<]*&lt;kleine&gt;`));
	assert.match(view, /name="q" value="SO-"/);
	const more = unescape(/href="(\?[^"]*after=[^"]*)"/.exec(view)[1]);
	assert.match(await page(ann, `/orders${more}`), /<tbody>/);
	for (const v of [colleague, stranger]) {
		assert.equal((await v.get(place)).status, 404);
		assert.doesNotMatch(await page(v, "/orders"), new RegExp(id));
		assert.equal((await v.post(`/distributor/views/${id}/delete`, {},
		    { page: "/distributor/orders" })).status, 404);
	}
	const sent = unescape(/href="(\?[^"]*)">Link to this view/.exec(view)[1]);
	assert.deepEqual(heads(await page(colleague, `/orders${sent}`)),
	    ["Number", "Total"], "a link that is sent shows the same");
	const step = (event, fields = {}) => ann.post(
	    `/distributor/views/${id}/${event}`, { ...fields,
		_back: `/distributor/orders?saved=${id}` },
	    { page: "/distributor/orders" });
	assert.equal((await step("first")).status, 303);
	assert.deepEqual(heads(await page(ann, "/orders")), ["Number", "Total"]);
	assert.ok(heads(await page(ann, "/orders?view=open")).length > 2);
	assert.equal((await step("unfirst")).status, 303);
	assert.ok((await page(ann, "/views")).includes(id));
	assert.equal((await step("delete")).status, 303);
	assert.equal((await ann.get(place)).status, 404);
});

test("a name that is taken is said, with what was typed", async () => {
	const name = unique("Doppelt ");
	const form = { list: "orders", name, query: '{"view": "late"}' };
	const keep = () => ann.post("/distributor/views", form,
	    { page: "/distributor/orders" });
	const made = await keep();
	const id = /saved=([0-9a-f-]{36})/.exec(made.headers.get("location"))[1];
	const again = await keep();
	assert.equal(again.status, 422);
	const text = await again.text();
	assert.match(text, /You have a view of this name already/);
	assert.ok(text.includes(`value="${name}"`));
	assert.match(text, /name="query" value="\{&quot;view&quot;: &quot;late/);
	await ann.post(`/distributor/views/${id}/delete`, {},
	    { page: "/distributor/views" });
});

test("what a list would refuse is not kept", async () => {
	for (const q of ["x".repeat(501), "x".repeat(1e6), "\0"]) {
		const r = await ann.post("/distributor/views", { list: "orders",
			name: unique("Wide "), query: JSON.stringify({ q }) },
		{ page: "/distributor/orders" });
		assert.equal(r.status, 422, await r.clone().text());
	}
});

test("columns are chosen by a form, for oneself", async () => {
	const choose = (fields) => supplier.post("/supplier/columns/worklist",
	    fields, { page: "/supplier/worklist" });
	const chosen = await choose([["columns[]", "line"], ["columns[]", "price"],
		["query", '{"view": "late", "columns": "line"}']]);
	assert.equal(chosen.status, 303, await chosen.clone().text());
	assert.match(chosen.headers.get("location"),
	    /^\/supplier\/worklist\?view=late&done=columns_choose$/);
	const { columns } = await supplier.json("/supplier/worklist?view=all");
	assert.deepEqual(columns.filter((c) => c.shown).map((c) => c.name),
	    ["line", "price"]);
	const usual = await choose({ reset: "true" });
	assert.equal(usual.status, 303);
	assert.ok(heads(await page(supplier, "/worklist?view=all")).length > 5);
	const [{ n }] = sql(`select count(*) as n from core.list_choice c
	    join core.partner p on p.id = c.partner_id where p.slug <> 'elbe'
	    and c.list = 'worklist'`);
	assert.equal(n, 0);
});

test("a table to take away has the columns shown, the sheet all", async () => {
	const csv = async (path) => (await (await supplier.get(
	    `/supplier${path}`)).text()).replace(/^\uFEFF/, "").split(/\r?\n/);
	const table = await csv(
	    "/lists/worklist/sheet?view=all&sort=-ordered&columns=line,ordered" +
	    "&format=csv");
	assert.match(table[0], /^"?Line"?[,;]"?Quantity"?[,;]"?Unit"?$/);
	const sheet = await csv("/worklist/sheet?view=all&format=csv");
	assert.ok(sheet[0].split(/[,;]/).length > 15);
	for (const [v, path] of LISTS) {
		const [, list, asked] = /^\/(\w+)\?(.*)$/.exec(path);
		const r = await v.get(`${v.door}/lists/${list}/sheet?${asked}`);
		assert.equal(r.status, 200, `${path}: ${await r.clone().text()}`);
		const rows = (await r.text()).trim().split(/\r?\n/);
		assert.ok(rows.length > 1 && !/\[object|\{"/.test(rows[1]), rows[1]);
		const { columns } = await v.json(v.door + path);
		assert.ok(rows[0].split(/[,;]/).length >=
		    columns.filter((c) => c.shown).length, rows[0]);
	}
	assert.equal(table.length, new Set(sheet.slice(1).filter(Boolean)
	    .map((l) => l.split(/[,;]/).filter((_, i) => i === 0 || i === 2)
		.join("/"))).size + 2);
});

test("a partner's orders keep the partner from page to page", async () => {
	const [{ id }] = sql(`select public_id as id from core.partner
	    where slug = 'nordlicht'`);
	const first = await page(manager, `/orders?partner=${id}&view=all`);
	const more = unescape(/href="(\?[^"]*after=[^"]*)"/.exec(first)[1]);
	assert.match(await page(manager, `/orders${more}`), /<tbody>/);
	assert.ok(first.includes(`?view=late&amp;partner=${id}`));
	assert.ok(first.includes(`name="partner" value="${id}"`));
});

test("machines sort and page, but keep no views", async () => {
	const m = new Machine("nordlicht");
	const first = await m.json("/orders?view=all&sort=-next_date&limit=2");
	const next = await m.json(`/orders?view=all&sort=-next_date&limit=2&after=${
	    first.next}`);
	assert.equal(new Set([...first.items, ...next.items]
	    .map((o) => o.id)).size, 4);
	assert.equal((await m.fetch("/orders?sort=weight")).status, 400);
	assert.equal((await m.fetch("/views")).status, 403);
});
