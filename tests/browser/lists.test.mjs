// SPDX-License-Identifier: Apache-2.0
// A list as a person wants it: sorted, with columns of his choice, kept as a
// view that he comes back to and nobody else has; with and without script.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { enter, launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";
import { sql } from "../lib/kontor.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const WORDS = {
	en: { date: "Next date", number: "Number", total: "Total",
	    shown: "shown first" },
	de: { date: "Nächster Termin", number: "Nummer", total: "Gesamtwert",
	    shown: "wird zuerst angezeigt" },
};

const heads = (page) => page.locator("thead th").allTextContents();

async function journey(t, { lang, script, phone })
{
	const say = WORDS[lang];
	const name = `${lang} ${script} ${Date.now() % 1e6} ` + "ä".repeat(40);
	const page = await visit(browser, { lang, script, phone });
	await signIn(page, "nordlicht.user");

	await t.test("the next date comes first when it is asked to", async () => {
		await page.goto("/distributor/orders?view=all");
		if (phone)
			await page.click("#columns > summary");
		await page.click(phone ? `.sorts a:text-is("${say.date}")`
		    : `thead a:text-is("${say.date}")`);
		await page.waitForURL(/sort=next_date/);
		assert.equal(await page.locator("th[aria-sort]").getAttribute(
		    "aria-sort"), "ascending");
		const shown = await page.locator(
		    `td[data-label="${say.date}"]`).allTextContents();
		assert.ok(shown.filter((d) => d !== "–").length > 5);
		const blank = shown.indexOf("–");
		assert.ok(blank < 0 || shown.slice(blank).every((d) => d === "–"));
		await looksRight(page, { script });
	});

	await t.test("columns are ticked, and only these are there", async () => {
		await page.click("#columns > summary");
		for (const c of ["partner_number", "issue_date", "lines"])
			await page.uncheck(`#columns input[value=${c}]`);
		await page.check("#columns input[value=total]");
		await looksRight(page, { script });
		await picture(page, `columns-${lang}${phone ? "-phone" : ""}`);
		await page.click("#columns button.main");
		await page.waitForSelector("tbody tr");
		const titles = await heads(page);
		assert.ok(titles.includes(say.total));
		assert.equal(titles[0], say.number);
		assert.equal(titles.length, 5);
		assert.match(page.url(), /sort=next_date/);
	});

	await t.test("all of it is kept under a name", async () => {
		await page.fill("input[name=q]", "SO-");
		await page.keyboard.press("Enter");
		await page.waitForURL(/q=SO-/);
		await page.click("#keep > summary");
		await looksRight(page, { script });
		await page.fill("#keep input[name=name]", name);
		await page.check("#keep input[name=first]");
		await page.click("#keep button.main");
		await page.waitForURL(/saved=/);
		await looksRight(page, { script });
		await picture(page, `view-${lang}${phone ? "-phone" : ""}`);
		assert.equal(await page.locator(".tabs [aria-current]").textContent(),
		    name);
	});

	await t.test("the list begins with it", async () => {
		await page.goto("/distributor/orders");
		assert.equal(await page.inputValue("input[name=q]"), "SO-");
		assert.equal((await heads(page)).length, 5);
		await page.goto("/distributor/views");
		const row = page.locator("tr", { hasText: name });
		assert.match(await row.textContent(), new RegExp(say.shown));
		await looksRight(page, { script });
		await picture(page, `views-${lang}${phone ? "-phone" : ""}`);
	});

	await t.test("a colleague has neither view nor columns of it", async () => {
		const other = await visit(browser, { lang, script, phone });
		await signIn(other, "nordlicht.admin");
		await other.goto("/distributor/orders");
		assert.ok(!(await other.textContent("main")).includes(name));
		assert.ok((await heads(other)).length > 5);
		const [{ id }] = sql(`select public_id as id from core.list_view
		    where name = '${name}'`);
		const r = await other.goto(`/distributor/orders?saved=${id}`);
		assert.equal(r.status(), 404);
		await other.context().close();
	});

	await t.test("it is deleted, the columns are the usual ones", async () => {
		await page.goto("/distributor/orders");
		await page.click("#keep > summary");
		await looksRight(page, { script });
		await page.click('#keep form[action$="/delete"] button');
		await page.waitForURL(/view=open/);
		assert.ok(!(await page.textContent("main")).includes(name));
		await page.click("#columns > summary");
		await page.click("#columns button[name=reset]");
		await page.waitForSelector("thead th:nth-child(6)",
		    { state: "attached" });
	});
	await page.context().close();
}

for (const options of [{ lang: "en", script: true },
	{ lang: "de", script: false }, { lang: "de", script: true, phone: true }])
	test(`a view of one's own (${Object.entries(options).join(" ")})`,
	    (t) => journey(t, options));

for (const options of [{ lang: "en", dark: true },
	{ lang: "de", phone: true, script: false }])
	test(`documents are a list like others (${Object.entries(options)
	    .join(" ")})`, async (t) => {
		const page = await enter(t, browser, "nordlicht.admin", options);
		const name = `${options.lang} ${Date.now()}`;
		await page.goto("/distributor/documents?view=in");
		await press(page, "#columns > summary");
		for (const c of ["filename", "size", "findings"]) {
			await page.focus(`#columns input[value=${c}]`);
			await page.keyboard.press("Space");
		}
		await looksRight(page, options);
		await press(page, "#columns button.main");
		await page.waitForSelector("tbody tr");
		assert.equal((await heads(page)).length, 9);
		await press(page, "#columns > summary");
		await press(page, '.sorts a[href*="sort=at"]');
		await page.waitForURL(/sort=at/);
		await looksRight(page, options);
		await press(page, "#keep > summary");
		await page.fill("#keep input[name=name]", name);
		await press(page, "#keep button.main");
		await page.waitForURL(/saved=/);
		assert.equal(await page.locator(".tabs [aria-current]")
		    .textContent(), name);
		await looksRight(page, options);
		await picture(page, `documents-${options.lang}`);
		await press(page, "#keep > summary");
		await press(page, '#keep form[action$="/delete"] button');
		await page.waitForURL(/done=views_event/);
		await press(page, "#columns > summary");
		await press(page, "#columns button[name=reset]");
		await page.waitForSelector("tbody tr");
		assert.equal((await heads(page)).length, 6);
	});
