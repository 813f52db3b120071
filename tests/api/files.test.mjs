// SPDX-License-Identifier: Apache-2.0
// Files of orders over HTTP: attached on the screen and by a machine, passed
// on by the house, taken, withdrawn; absent for everybody else.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import test from "node:test";
import { itemsOf } from "../lib/goods.mjs";
import { Machine, sql, until, URL_BASE, VAR, Visitor }
    from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlE" +
    "QVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const JSON_TYPE = { "content-type": "application/json" };
const bytes = (mark) => Buffer.concat([PNG, Buffer.from(mark)]);

/** A form with a file, as a browser or a machine sends it. */
function form(file, name, fields = {})
{
	const out = new FormData();
	for (const [k, v] of Object.entries(fields))
		out.set(k, v);
	out.set("file", new Blob([file]), name);
	return out;
}

async function upload(visitor, page, file, name, fields = {})
{
	return visitor.fetch(`${page}/files`, { method: "POST",
	    body: form(file, name, { ...fields,
	    form_token: await visitor.formToken(page) }),
	    headers: { origin: URL_BASE, "sec-fetch-site": "same-origin" } });
}

/** A sales order of Nordlicht and the purchase order that elbe delivers. */
async function ordered(erp)
{
	const [item] = itemsOf("elbe", 1);
	const r = await erp.fetch("/orders", { method: "POST", headers: JSON_TYPE,
	    body: JSON.stringify({ partner_number: unique("FI"),
	    requested_date: new Date(Date.now() + 864e6).toISOString()
		.slice(0, 10), lines: [{ item: item.number, quantity: "1" }] }) });
	assert.equal(r.status, 201, await r.clone().text());
	const so = (await r.json()).id;
	const [{ id: po }] = sql(`select p.public_id as id from orders.head p
	    join orders.head s on s.id = p.linked_order_id
	    where s.public_id = '${so}'`);
	return { so, po };
}

test("a file of an order goes from side to side, as far as it may",
    async (t) => {
	const erp = new Machine("nordlicht");
	const supplier = new Machine("elbe");
	const buyer = await new Visitor().signIn("nordlicht.user");
	const am = await new Visitor("de").signIn("manager.one");
	const { so, po } = await ordered(erp);
	const page = `/distributor/orders/${so}`;
	const files = async (who, id) => (await who.json(`/orders/${id}`))
	    .attachments;
	const mark = unique("M");

	await t.test("a person attaches and downloads it", async () => {
		const r = await upload(buyer, page, bytes(mark), "flange.png");
		assert.equal(r.status, 303, await r.clone().text());
		const [f] = await files(erp, so);
		assert.equal(f.filename, "flange.png");
		const shown = await (await buyer.get(page)).text();
		assert.ok(shown.includes(`${page}/files/${f.id}`));
		const got = await buyer.get(`${page}/files/${f.id}`, "*/*");
		assert.equal(got.headers.get("content-type"), "image/png");
		assert.match(got.headers.get("content-disposition"),
		    /^attachment; filename="flange.png"/);
		assert.deepEqual(Buffer.from(await got.arrayBuffer()),
		    bytes(mark));
		assert.equal((await files(erp, so))[0].fetched, false);
	});
	await t.test("the API's description says how a file is sent", async () => {
		const api = await (await fetch(
		    `${URL_BASE}/api/v1/openapi.json`)).json();
		const { content } = api.paths["/orders/{id}/files"].post
		    .requestBody;
		const { properties } = content["multipart/form-data"].schema;
		assert.equal(properties.file.format, "binary");
		assert.ok(!("filename" in properties));
	});
	await t.test("what is no picture is refused on the page", async () => {
		const r = await upload(buyer, page, Buffer.from("<html>"), "x.png");
		assert.equal(r.status, 422);
		assert.match(await r.text(), /neither a picture nor a PDF/);
	});
	await t.test("a machine attaches, withdraws, and no more once taken",
	    async () => {
		const send = (name) => erp.fetch(`/orders/${so}/files`, {
			method: "POST", body: form(bytes(unique("N")), name) });
		const step = (f) => erp.fetch(
		    `/orders/${so}/files/${f.id}/withdraw`,
		    { method: "POST", body: "{}", headers: JSON_TYPE });
		let r = await send("a.png");
		assert.equal(r.status, 201, await r.clone().text());
		const made = (await r.json()).attachments[1];
		assert.deepEqual(made.actions, ["withdraw"]);
		assert.equal((await step(made)).status, 200);
		assert.equal((await erp.fetch(`/orders/${so}/files/${made.id}`))
		    .status, 404);
		r = await send("b.png");
		const kept = (await r.json()).attachments[1];
		assert.equal((await am.get(`/desk/orders/${so}/files/${kept.id}`,
		    "*/*")).status, 200);
		assert.equal((await files(erp, so))[1].fetched, true);
		r = await step(kept);
		assert.equal(r.status, 409);
		assert.equal((await r.json()).code, "orders.file.illegal");
	});
	await t.test("what is withdrawn while it is asked for does not leave",
	    async () => {
		const r = await erp.fetch(`/orders/${so}/files`, { method: "POST",
		    body: form(bytes(unique("W")), "late.png") });
		const [f] = (await r.json()).attachments.slice(-1);
		const psql = spawn("psql", ["-qAtX", "-h", join(VAR, "pg"), "-U",
		    "postgres", "-d", "kontor", "-c", `begin;
		    update orders.attachment set bytes = null,
		    withdrawn_at = core.now() where public_id = '${f.id}';
		    select pg_sleep(1.5) /* ${f.id} */; commit`]);
		const over = once(psql, "exit");
		await until("the step is under way", () => sql(`select 1 as n
		    from pg_stat_activity where wait_event = 'PgSleep'
		    and query like '%${f.id}%'`).length);
		assert.equal((await am.get(`/desk/orders/${so}/files/${f.id}`,
		    "*/*")).status, 404);
		assert.deepEqual(await over, [0, null]);
	});
	await t.test("the largest file passes, a larger one does not",
	    async () => {
		const send = (n) => erp.fetch(`/orders/${so}/files`, {
			method: "POST", body: form(Buffer.concat([PNG,
			    Buffer.alloc(n - PNG.length, 1)]), "big.png") });
		const r = await send(10 << 20);
		assert.equal(r.status, 201, await r.clone().text());
		assert.equal((await send((10 << 20) + 1)).status, 422);
		assert.equal((await send(11 << 20)).status, 413);
	});
	await t.test("the house passes it on in its own name", async () => {
		const [f] = await files(erp, so);
		const desk = `/desk/orders/${so}`;
		const shown = await (await am.get(desk)).text();
		assert.match(shown, /Teilen mit …/);
		assert.doesNotMatch(shown, /name="filename"[^>]*value="[^"]/);
		assert.equal((await am.post(`${desk}/files/${f.id}/share`,
		    { order: po }, { page: desk })).status, 422);
		const r = await am.post(`${desk}/files/${f.id}/share`,
		    { order: po, filename: "Teil.png" }, { page: desk });
		assert.equal(r.status, 303, await r.clone().text());
		const [got] = await files(supplier, po);
		assert.equal(got.filename, "Teil.png");
		assert.equal(got.side, "house");
		assert.equal(got.shares, null);
		assert.deepEqual(Buffer.from(await (await supplier.fetch(
		    `/orders/${po}/files/${got.id}`)).arrayBuffer()), bytes(mark));
		const all = await (await supplier.fetch(`/orders/${po}`)).text();
		assert.doesNotMatch(all, /Nordlicht|flange\.png/);
		const seller = await new Visitor("de").signIn("elbe.user");
		assert.match(await (await seller.get(`/supplier/orders/${po}`))
		    .text(), /Neue Datei des Hauses zu PO-/);
	});
	await t.test("an internal file stays inside", async () => {
		const r = await upload(am, `/desk/orders/${so}`,
		    bytes(unique("I")), "inside.png", { internal: "true" });
		assert.equal(r.status, 303, await r.clone().text());
		assert.match(await (await am.get(`/desk/orders/${so}`)).text(),
		    /inside\.png/);
		for (const path of [`/orders/${so}`, "/activity?since=0"])
			assert.doesNotMatch(await (await erp.fetch(path)).text(),
			    /inside\.png/);
	});
	await t.test("strangers find nothing and add nothing", async () => {
		const [f] = await files(erp, so);
		for (const who of [supplier, new Machine("tyne")]) {
			assert.equal((await who.fetch(`/orders/${so}/files/${f.id}`))
			    .status, 404);
			assert.equal((await who.fetch(`/orders/${so}/files`, {
				method: "POST", body: form(PNG, "x.png") })).status, 404);
			assert.equal((await who.fetch(
			    `/orders/${so}/files/${f.id}/withdraw`, { method: "POST",
			    body: "{}", headers: JSON_TYPE })).status, 404);
		}
		const other = await new Visitor().signIn("manager.two");
		assert.equal((await other.get(`/desk/orders/${so}/files/${f.id}`,
		    "*/*")).status, 404);
	});
});
