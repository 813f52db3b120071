// SPDX-License-Identifier: Apache-2.0
// A step of a line that is refused leads back to the page it was taken on,
// with what was typed; who comes too late reads who was quicker.
import assert from "node:assert/strict";
import test, { before } from "node:test";
import { confirmedOrder } from "../lib/goods.mjs";
import { Visitor } from "../lib/kontor.mjs";

let o, seller;
before(async () => {
	o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
	seller = await new Visitor().signIn("elbe.user");
});

const day = (n) => new Date(Date.now() + n * 864e5).toISOString()
    .slice(0, 10);
const title = (page) => /<h1>([^<]*)/.exec(page)[1];

/** Takes a step of the first line as the form on the order's page does. */
async function step(visitor, order, event, members, version)
{
	const at = `${visitor.door}/orders/${order}`;
	const [line] = (await visitor.json(at)).lines;
	const r = await visitor.post(`${visitor.door}/order-lines/${event}`, {
		_back: `${at}#line-${line.line_id}`,
		"items[0][line]": line.id,
		"items[0][version]": version ?? line.version,
		...Object.fromEntries(Object.entries(members)
		    .map(([k, v]) => [`items[0]${k}`, v])),
	}, { page: at });
	return { status: r.status, at: r.headers.get("location"),
		page: await r.text(), version: line.version };
}

test("a refused answer shows its order again, with what was typed",
    async () => {
	const r = await step(seller, o.bought, "propose", {
		"[schedule][0][quantity]": "6", "[schedule][0][date]": day(20),
		"[schedule][1][quantity]": "7", "[schedule][1][date]": day(30),
		"[reason_text]": "the press is being repaired" });
	assert.equal(r.status, 200);
	assert.equal(title(r.page), o.po);
	assert.match(r.page, /That was not done/);
	assert.doesNotMatch(r.page, /Some were done/);
	assert.match(r.page, /<details class="fold" id="answer-10" open>/);
	assert.match(r.page, new RegExp(
	    `name="items\\[0\\]\\[schedule\\]\\[1\\]\\[date\\]" value="${day(30)}"`));
	assert.match(r.page, /value="the press is being repaired"/);
});

test("the field that is wrong is marked, and no other form of the line has it",
    async () => {
	const r = await step(seller, o.bought, "propose", {
		"[schedule][0][quantity]": "many", "[schedule][0][date]": day(20),
		"[reason_text]": "only here" });
	assert.match(r.page, /<a href="#line-10">[^]*?This is not a number/);
	const marked = [...r.page.matchAll(/<\w+ [^>]*name="([^"]*)"[^>]*aria-invalid/g)]
	    .map((m) => m[1]);
	assert.ok(marked.includes("items[0][schedule][0][quantity]"));
	assert.ok(marked.every((name) => name.endsWith("[quantity]")));
	assert.equal(r.page.split('value="only here"').length, 2);
});

test("a later proposal without a reason is refused, with one it is made",
    async () => {
	const move = { "[schedule][0][quantity]": "10",
		"[schedule][0][date]": day(20) };
	const no = await step(seller, o.bought, "propose", move);
	assert.match(no.page, /Please give a reason/);
	const yes = await step(seller, o.bought, "propose",
	    { ...move, "[reason_code]": "transport" });
	assert.equal(yes.status, 303);
	assert.match(yes.at, new RegExp(`/supplier/orders/${o.bought}`));
	await step(seller, o.bought, "retract", {});
});

test("a distributor who comes too late stays on his order and reads why",
    async () => {
	const one = await new Visitor().signIn("nordlicht.user");
	const two = await new Visitor("de").signIn("nordlicht.admin");
	const first = await step(one, o.sales, "cancel", {});
	assert.equal(first.status, 303);
	const late = await step(two, o.sales, "cancel", {}, first.version);
	assert.equal(late.status, 200);
	assert.match(late.page, /hat dies inzwischen geändert \(/);
	assert.match(late.page, /Nordlicht Handel, purchasing/);
	assert.match(late.page, new RegExp(`href="/distributor/orders/${o.sales}`));
});

test("the worklist stays in its view and search", async () => {
	const [line] = (await seller.json(
	    `/supplier/orders/${o.bought}`)).lines.slice(1);
	const r = await seller.post("/supplier/order-lines/propose", {
		_back: `/supplier/worklist?view=all&q=${o.po}`, view: "all",
		q: o.po, "lines[]": line.id, date: day(40),
	}, { page: "/supplier/worklist" });
	const page = await r.text();
	assert.equal(title(page), "Worklist");
	assert.match(page, /view=all" aria-current="page"/);
	assert.match(page, new RegExp(`name="q"[^>]*value="${o.po}"`));
	assert.match(page, new RegExp(`${o.po}/${line.line_id}`));
});

test("a way back that leads elsewhere is not taken", async () => {
	const [line] = (await seller.json(
	    `/supplier/orders/${o.bought}`)).lines.slice(1);
	for (const back of ["/desk/portfolio", "//evil.example/",
		"/supplier/nowhere", "/supplier/logout"]) {
		const r = await seller.post("/supplier/order-lines/reject", {
			_back: back, "items[0][line]": line.id,
		}, { page: "/supplier/worklist" });
		assert.equal(r.status, 200, back);
		assert.equal(title(await r.text()), "Worklist", back);
	}
});
