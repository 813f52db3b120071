// SPDX-License-Identifier: Apache-2.0
// The keys of a page: listed by ?, switched off and on again, and the search
// by /.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, openLines, press, signIn, visit }
    from "../lib/browser.mjs";
import { until } from "../lib/kontor.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const WORDS = { en: /Select the line/, de: /Position auswählen/ };
const shown = (page) => page.locator("#keys").evaluate((d) => d.open);

for (const options of [{ lang: "en" }, { lang: "de", phone: true, dark: true }])
	test(`? lists the keys (${options.lang})`, async (t) => {
		const page = await visit(browser, options);
		await signIn(page, "elbe.user");
		await openLines(page, "/supplier/worklist");

		await t.test("those of this page", async () => {
			await page.locator("body").press("?");
			await page.waitForSelector("#keys[open]");
			assert.match(await page.innerText("#keys"),
			    WORDS[options.lang]);
			await looksRight(page, options);
			await page.keyboard.press("Escape");
			assert.equal(await shown(page), false);
		});
		await t.test("a field takes them as text", async () => {
			await page.locator("body").press("/");
			assert.equal(await page.evaluate(
			    () => document.activeElement.id), "q");
			await page.keyboard.type("?x/");
			assert.equal(await page.inputValue("#q"), "?x/");
			assert.equal(await shown(page), false);
		});
		await t.test("off, they do nothing, and stay off", async () => {
			await openLines(page, "/supplier/worklist");
			await page.locator("body").press("?");
			await page.waitForSelector("#keys[open]");
			await page.focus("#keys-on");
			await page.keyboard.press("Space");
			await press(page, "#keys form button");
			await openLines(page, "/supplier/worklist");
			await page.locator("body").press("?");
			await page.locator("body").press("j");
			await page.locator("body").press("x");
			assert.equal(await shown(page), false);
			assert.equal(await page.locator(
			    "[data-select] input:checked").count(), 0);
		});
		await t.test("the menu brings the list back", async () => {
			await press(page, "details.menu summary");
			await press(page, "[data-keys]");
			await page.waitForSelector("#keys[open]");
			await page.focus("#keys-on");
			await page.keyboard.press("Space");
			await page.keyboard.press("Escape");
			await until("its menu has the focus", () => page.evaluate(
			    () => document.activeElement.matches(
			        "details.menu summary")));
			await page.locator("body").press("j");
			await page.locator("body").press("x");
			assert.equal(await page.locator("[data-select] tbody" +
			    " input:checked").count(), 1);
		});
		await page.context().close();
	});

test("without a list of lines only the keys that work are named",
    async () => {
	const page = await visit(browser, { lang: "en" });
	await signIn(page, "nordlicht.user");
	await page.goto("/distributor/account");
	await page.locator("body").press("?");
	await page.waitForSelector("#keys[open]");
	assert.doesNotMatch(await page.innerText("#keys"), /Select|search/);
	await page.context().close();
});
