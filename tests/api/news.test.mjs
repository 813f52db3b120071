// SPDX-License-Identifier: Apache-2.0
// Announcements over HTTP: an account manager writes to several partners; each
// reads it in his language, answers or puts it away; it is withdrawn.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine, sql, until, Visitor } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

const idOf = (slug) => sql(`select public_id as id from core.partner
    where slug = '${slug}'`)[0].id;

test("an announcement goes to several partners and comes back", async (t) => {
	const am = await new Visitor("de").signIn("manager.one");
	const buyer = await new Visitor().signIn("nordlicht.user");
	const seller = await new Visitor("de").signIn("elbe.user");
	const stranger = await new Visitor().signIn("tyne.user");
	const form = "/desk/announcements/new";
	const subject = unique("Closed");
	const said = { audience: "picked", "partners[0][id]": idOf("nordlicht"),
		"partners[0][picked]": "true", "partners[1][id]": idOf("elbe"),
		"partners[1][picked]": "true", "partners[2][id]": idOf("donau"),
		subject_en: subject, text_en: "Back in January." };
	let id;

	await t.test("the form refuses and forgets nothing", async () => {
		const page = await (await am.get(form)).text();
		assert.match(page, /Nordlicht Handel/);
		assert.doesNotMatch(page, /Tyne/);
		const r = await am.post("/desk/announcements",
		    { ...said, text_en: "" }, { page: form });
		assert.equal(r.status, 422);
		const again = await r.text();
		assert.ok(again.includes(subject));
		assert.equal((again.match(/value="true" checked/g) ?? []).length, 2);
		const foreign = await am.post("/desk/announcements",
		    { ...said, "partners[1][id]": idOf("tyne") }, { page: form });
		assert.equal(foreign.status, 422);
	});
	await t.test("it is sent", async () => {
		const r = await am.post("/desk/announcements", said, { page: form });
		assert.equal(r.status, 303, await r.clone().text());
		id = /announcements\/([0-9a-f-]{36})/.exec(
		    r.headers.get("location"))[1];
	});
	await t.test("both read it on the first page, marked as English",
	    async () => {
		assert.match(await (await buyer.get("/distributor/home")).text(),
		    new RegExp(subject));
		const page = await (await seller.get("/supplier/home")).text();
		assert.match(page, new RegExp(`lang="en"[^]*?${subject}`));
		const shown = await buyer.json(`/distributor/announcements/${id}`);
		assert.deepEqual(shown.actions, ["dismiss", "answer"]);
		assert.ok(!("recipients" in shown));
		assert.doesNotMatch(JSON.stringify(shown), /Elbe|Account manager/);
		const erp = await new Machine("elbe").json("/announcements");
		assert.equal(erp.items[0].subject, subject);
	});
	await t.test("the house sees who has read it", async () => {
		await buyer.get(`/distributor/announcements/${id}`);
		const seen = await until("the reader is known", async () => {
			const a = await am.json(`/desk/announcements/${id}`);
			return a.partners_read === 1 && a;
		});
		const [r] = seen.recipients.filter((x) => x.read);
		assert.match(r.partner.name, /Nordlicht/);
		assert.match(r.readers[0].name, /Nordlicht/);
		assert.equal(seen.partners, 2);
	});
	await t.test("an answer starts a request with the subject", async () => {
		const page = await (await buyer.get(
		    `/distributor/cases/new?announcement=${id}`)).text();
		assert.ok(page.includes(`value="${subject}"`));
		assert.doesNotMatch(await (await seller.get(
		    `/supplier/announcements/${id}`)).text(), /cases\/new/);
	});
	await t.test("put away, it stays in the list", async () => {
		const r = await buyer.post(
		    `/distributor/announcements/${id}/dismiss`,
		    { _back: "/distributor/home" }, { page: "/distributor/home" });
		assert.equal(r.status, 303);
		assert.match(r.headers.get("location"), /^\/distributor\/home\?done/);
		assert.doesNotMatch(await (await buyer.get("/distributor/home"))
		    .text(), new RegExp(subject));
		assert.match(await (await buyer.get("/distributor/announcements"))
		    .text(), new RegExp(subject));
	});
	await t.test("strangers find nothing", async () => {
		assert.equal((await stranger.get(
		    `/distributor/announcements/${id}`)).status, 404);
		const other = await new Visitor().signIn("manager.two");
		assert.equal((await other.get(`/desk/announcements/${id}`)).status,
		    404);
		assert.doesNotMatch(await (await stranger.get(
		    "/distributor/announcements")).text(), new RegExp(subject));
	});
	await t.test("withdrawn, it is gone", async () => {
		const page = `/desk/announcements/${id}`;
		const r = await am.post(`${page}/withdraw`, {}, { page });
		assert.equal(r.status, 303, await r.clone().text());
		assert.doesNotMatch(await (await seller.get("/supplier/home")).text(),
		    new RegExp(subject));
		const left = await (await seller.get(`/supplier/announcements/${id}`))
		    .text();
		assert.match(left, /Zurückgezogen/);
		assert.doesNotMatch(left, new RegExp(subject));
		assert.doesNotMatch(await (await seller.get("/supplier/activity"))
		    .text(), new RegExp(subject));
		const { items } = await new Machine("elbe").json("/activity");
		assert.deepEqual(items.filter((e) => e.id === id).map((e) => [e.type,
			e.data]), [["announcement.withdrawn", {}],
			["announcement.sent", {}]]);
		const [{ n }] = sql(`select count(*) as n from core.event
		    where object_id = '${id}' and type = 'announcement.sent'`);
		assert.equal(Number(n), 2);
	});
});
