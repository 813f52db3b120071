// SPDX-License-Identifier: Apache-2.0
// An account manager writes to all his suppliers, one reads it on the worklist
// and dismisses it, it is withdrawn; by keyboard, in both languages, on a
// phone without script and by script in the dark.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { enter, launch, looksRight, picture, press } from "../lib/browser.mjs";
import { unique } from "../lib/orders.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const WORDS = {
	de: { missing: /mindestens einer Sprache/, unread: /Noch nicht gelesen/,
		gone: /zurückgezogen/ },
	en: { missing: /at least one language/, unread: /Not read yet/,
		gone: /withdrawn/ },
};

for (const options of KINDS)
	test(`an announcement (${Object.entries(options).join(" ")})`,
	    async (t) => {
		const words = WORDS[options.lang];
		const subject = unique("Holiday");
		const desk = await enter(t, browser, "manager.one", options);
		await t.test("the account manager writes it", async () => {
			await desk.goto("/desk/portfolio");
			await press(desk, "main a[href$='/announcements']");
			await desk.waitForURL(/announcements$/);
			await looksRight(desk, options);
			await press(desk, "a[href$='/announcements/new']");
			await desk.waitForSelector("#f-audience");
			await desk.selectOption("#f-audience", "supplier");
			await press(desk, "main form.stack button.main");
			await desk.waitForSelector("#summary");
			assert.match(await desk.textContent("#summary"),
			    words.missing);
			assert.equal(await desk.inputValue("#f-audience"),
			    "supplier");
			await desk.fill("#f-subject_en", subject);
			await desk.fill("#f-text_en", "We are back soon.");
			await looksRight(desk, options);
			await picture(desk, `news-new-${options.lang}`);
			await press(desk, "main form.stack button.main");
			await desk.waitForURL(/announcements\/[0-9a-f-]{36}/);
			assert.match(await desk.textContent("main"), words.unread);
			await looksRight(desk, options);
			await picture(desk, `news-desk-${options.lang}`);
		});
		await t.test("a supplier reads it first, and dismisses it",
		    async () => {
			const seller = await enter(t, browser, "elbe.user", options);
			const one = `#announcements li:has-text("${subject}")`;
			await seller.goto("/supplier/worklist");
			await looksRight(seller, options);
			await picture(seller, `news-worklist-${options.lang}`);
			await press(seller, `${one} button`);
			await seller.waitForSelector("main > .notice");
			assert.equal(await seller.locator(one).count(), 0);
			assert.match(seller.url(), /worklist/);
			await seller.goto("/supplier/announcements");
			await press(seller, `a:has-text("${subject}")`);
			await seller.waitForSelector("h1");
			assert.match(await seller.textContent("main"),
			    /We are back soon/);
			await looksRight(seller, options);
		});
		await t.test("the desk sees it, and withdraws it", async () => {
			await desk.reload();
			assert.match(await desk.textContent("aside"),
			    /Elbe Motoren, order desk/);
			await press(desk, "form[action$='/withdraw'] button");
			await desk.waitForSelector("main > .notice");
			assert.match(await desk.textContent("main > .notice"),
			    words.gone);
		});
	});
