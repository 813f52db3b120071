// SPDX-License-Identifier: Apache-2.0
// A despatch advice from lines that were picked in the worklist: of several
// orders to one place at once, of several places one for each; what may not
// leave is named with its cause. With keys and script, and without script.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { axeFindings, enter, launch, looksRight, openLines, picture, press }
    from "../lib/browser.mjs";
import { confirmedOrder } from "../lib/goods.mjs";
import { Machine, sql } from "../lib/kontor.mjs";

let browser, one, two, far;
before(async () => {
	browser = await launch();
	one = await confirmedOrder("nordlicht", "elbe", [10, 20]);
	two = await confirmedOrder("nordlicht", "elbe", [30]);
	far = await confirmedOrder("tyne", "elbe", [7]);
});
after(async () => { await browser.close(); });

async function clean(page, name, script)
{
	await looksRight(page, { script });
	await picture(page, name);
}

const path = (q, view = "all") => `/supplier/worklist?view=${view}&q=${q}`;
const list = (page, q) => page.goto(path(q));
const quantities = (page) => page.$$eval('[name$="[quantity]"]', (all) =>
    all.filter((e) => e.name.startsWith("lines")).map((e) => e.value));
const total = (o) => sql(`select trim_scale(sum(shipped))::text as n
    from orders.line l join orders.head h on h.id = l.order_id
    where h.public_id = '${o.bought}'`)[0].n;

test("by keys: lines of one place, of one order", async (t) => {
	const page = await enter(t, browser, "elbe.user", { script: true });
	await openLines(page, path(one.po, "ready_to_ship"));
	assert.match(await page.getAttribute("[data-key=s]", "class"), /main/);
	for (const key of ["j", "x", "j", "x", "s"])
		await page.keyboard.press(key);
	await page.waitForSelector('[name="lines[0][quantity]"]');
	assert.deepEqual((await quantities(page)).sort(), ["10", "20"]);
	assert.deepEqual(await axeFindings(page), []);
	await clean(page, "picked-keys", true);
});

test("nothing picked: said, and nothing is sent", async (t) => {
	const page = await enter(t, browser, "elbe.user", { script: false });
	await list(page, one.po);
	await page.click("[data-key=s]");
	assert.match(await page.textContent("[role=alert]"), /Select at least one/);
});

test("all that match, of two places: one despatch advice each", async (t) => {
	const page = await enter(t, browser, "elbe.user", { script: false,
	    phone: true, lang: "de" });
	const places = new Map();
	await list(page, one.lines[0].number);
	await page.click("[data-key=s]");
	await page.goto("/supplier/despatches/new");
	for (const a of await page.$$eval("main .rows a", (all) =>
	    all.map((e) => [e.href, e.textContent])))
		places.set(...a);
	assert.ok(places.size >= 2, "each place has its link");
	await clean(page, "picked-places-de-phone", false);
	for (const href of [...places.keys()].slice(0, 2)) {
		await page.goto(href);
		assert.ok((await quantities(page)).length > 0);
	}
});

test("the form of one place holds both orders and is sent", async (t) => {
	const page = await enter(t, browser, "elbe.user", { script: false });
	const ids = [one, two, far].flatMap((o) => o.lines.map((l) => l.bought));
	await list(page, one.po);
	// the boxes of this page stand for what was picked on others, too
	await page.$eval("tbody", (body, all) => {
		body.innerHTML = all.map((id) => "<tr><td><input type=checkbox " +
		    `form=bulk name=lines[] value=${id} checked></tr>`).join("");
	}, ids).catch(() => assert.fail("the list is there"));
	await page.click("[data-key=s]");
	await page.waitForSelector("main .rows form");
	assert.equal(await page.locator("main .rows form").count(), 2,
	    "two places, each with its button");
	assert.match(await page.textContent("main .rows"),
	    /3 lines · 2 orders.*1 line · 1 order/s);
	await clean(page, "picked-places", false);
	await page.click("main .rows li:has-text('3 lines') button");
	await page.waitForSelector('[name="lines[2][quantity]"]');
	assert.deepEqual(await quantities(page), ["10", "20", "30"]);
	await page.fill('[name="lines[1][quantity]"]', "999");
	await page.click("main form.stack button.main");
	await page.waitForSelector("[role=alert]");
	assert.deepEqual(await quantities(page), ["10", "999", "30"],
	    "what was typed stays");
	await page.fill('[name="lines[1][quantity]"]', "5");
	await page.click("main form.stack button.main");
	await page.waitForURL(/\/despatches\/[0-9a-f-]{36}/);
	assert.equal(total(one), "15");
	assert.equal(total(two), "30");
	assert.equal(total(far), "0");
	await clean(page, "picked-sent", false);
});

test("what may not leave is named with its cause", async (t) => {
	const page = await enter(t, browser, "elbe.user", { script: true });
	await openLines(page, path(one.po));
	await page.check("[data-all]");
	await page.keyboard.press("s");
	await page.waitForSelector("main [data-tone=warn]");
	assert.match(await page.textContent("main [data-tone=warn]"),
	    new RegExp(`${one.po}/${one.lines[0].line_id}.*nothing of it is left`,
		"s"));
	assert.deepEqual(await quantities(page), ["15"], "the rest is filled in");
	await clean(page, "picked-over", true);
});

test("a foreign line is as none; a distributor has no such page", async () => {
	const ask = (who, body) => new Machine(who).fetch("/despatches/new", {
		method: "POST", headers: { "content-type": "application/json" },
		body: JSON.stringify(body) });
	const r = await ask("isar", { lines: far.lines.map((l) => l.bought) });
	const d = await r.json();
	assert.deepEqual([r.status, d.places, d.lines, d.left_out],
	    [200, [], [], []]);
	assert.equal((await ask("nordlicht", {})).status, 404);
});
