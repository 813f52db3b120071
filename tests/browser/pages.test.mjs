// SPDX-License-Identifier: Apache-2.0
// Every page of the route table for every portal: accessible, small enough,
// usable on a phone and by keyboard, in dark, in both languages.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { axeFindings, launch, signIn, visit } from "../lib/browser.mjs";
import { doorsOf, routes } from "../lib/routes.mjs";

const PEOPLE = { distributor: "nordlicht.admin", supplier: "elbe.admin",
	desk: "manager.one" };
const FIRST_LOAD = 60 * 1024;
/** What a list or a page with an id shows beyond its first look. */
const ALSO = { distributor: ["/documents?view=attention",
    "/guides/edifact/orders-d96a"], supplier: [], desk: [
    "/documents?view=attention", "/documents?view=unacknowledged"] };

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const pagesOf = (door) => [...new Set(routes.filter((r) => r.page &&
    r.method === "GET" && doorsOf(r).includes(door) &&
    !r.path.includes(":")).map((r) => r.path)), ...ALSO[door]]
    .map((p) => `/${door}${p}`);

/** Bytes that came over the wire for a first visit. */
async function transferred(page, path)
{
	const client = await page.context().newCDPSession(page);
	let bytes = 0;
	await client.send("Network.enable");
	await client.send("Network.setCacheDisabled", { cacheDisabled: true });
	client.on("Network.loadingFinished",
	    (e) => { bytes += e.encodedDataLength; });
	await page.goto(path, { waitUntil: "load" });
	await page.waitForTimeout(300);
	await client.detach();
	return bytes;
}

/** Buttons in sight that reach out of the window or of a box that cuts them off. */
const cutOff = (page) => page.evaluate(() =>
    [...document.querySelectorAll("main button, main a.button")]
	.filter((e) => {
		const r = e.getBoundingClientRect();
		const box = e.closest(".card, .scroll, .tabs") ??
		    document.documentElement;
		return e.checkVisibility() && !e.closest(".scroll, .tabs") &&
		    r.right > box.getBoundingClientRect().right + 1;
	}).map((e) => e.textContent.trim()));

/** Words of the navigation that do not fit their place. */
const cutWords = (page) => page.evaluate(() =>
    [...document.querySelectorAll(".nav a span")]
	.filter((e) => e.scrollWidth > e.clientWidth)
	.map((e) => e.textContent));

/** Who looks at what: one role of each portal at all of its pages, and
 * administrators at what is theirs alone. */
const VISITS = [...Object.entries(PEOPLE).map(([door, name]) =>
    [door, name, pagesOf(door)]), ["desk mails", "administrator",
    ["/desk/mails", "/desk/mails?view=sent"]]];

for (const [door, name, paths] of VISITS)
	for (const options of [{ lang: "en" }, { lang: "de", dark: true },
	    { lang: "de", phone: true }]) {
		const kind = Object.entries(options).map(([k, v]) =>
		    v === true ? k : v).join(" ");
		test(`/${door} (${kind})`, async (t) => {
			const page = await visit(browser, options);
			await signIn(page, name);
			for (const path of paths)
				await t.test(path, async () => {
					const bytes = await transferred(page, path);
					assert.ok(bytes <= FIRST_LOAD, `${bytes} bytes`);
					assert.deepEqual(await axeFindings(page), []);
					assert.deepEqual(page.trouble, []);
					page.trouble.length = 0;
					const wide = await page.evaluate(() =>
					    document.documentElement.scrollWidth -
					    document.documentElement.clientWidth);
					assert.ok(wide <= 0, `${wide} px too wide`);
					assert.deepEqual(await cutOff(page), []);
					assert.deepEqual(await cutWords(page), []);
					assert.equal(await page.getAttribute("html", "lang"),
					    options.lang);
					const text = await page.textContent("body");
					assert.doesNotMatch(text, /\{\{|\bundefined\b|\[object/);
				});
			await page.context().close();
		});
	}

test("a person signs in and out by keyboard alone", async () => {
	const page = await visit(browser, {});
	await signIn(page, "nordlicht.user");
	await page.keyboard.press("Tab");
	const skip = await page.evaluate(() => document.activeElement.className);
	assert.equal(skip, "skip");
	for (let i = 0; i < 40; i++) {
		await page.keyboard.press("Tab");
		if (await page.evaluate(() =>
		    document.activeElement.tagName === "SUMMARY"))
			break;
	}
	await page.keyboard.press("Enter");
	for (let i = 0; i < 6; i++) {
		await page.keyboard.press("Tab");
		if (await page.evaluate(() => document.activeElement
		    .closest('form[action="/logout"]') !== null))
			break;
	}
	await page.keyboard.press("Enter");
	await page.waitForURL("**/login*");
	await page.context().close();
});
