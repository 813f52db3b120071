// SPDX-License-Identifier: Apache-2.0
// An invoice that charges too much: the supplier reads in what it differs, the
// account manager disputes it with a reason, the supplier reads that.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";
import { invoic, sent, shipped } from "../lib/invoices.mjs";
import { sql } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const WORDS = {
	de: { differs: /Weicht ab/, disputed: /Beanstandet/ },
	en: { differs: /Differs/, disputed: /Disputed/ },
};
const state = (number) => sql(`select state from orders.invoice
    where number = '${number}'`)[0].state;

for (const options of KINDS)
	test(`an invoice (${Object.entries(options).join(" ")})`, async (t) => {
		const words = WORDS[options.lang];
		const number = unique("RB"), line = shipped();
		await sent(invoic(line, { number, quantity: line.shipped,
			price: line.price * 2 }));
		const seller = await visit(browser, options);
		const desk = await visit(browser, options);
		await signIn(seller, "elbe.user");
		await signIn(desk, "manager.one");
		const open = async (page, door) => {
			await page.goto(`/${door}/invoices?view=all&q=${number}`);
			await looksRight(page, options);
			await press(page, "td.key a");
			await page.waitForURL(/\/invoices\/[0-9a-f-]{36}/);
			await looksRight(page, options);
		};

		await t.test("says in what it differs", async () => {
			await open(seller, "supplier");
			const text = await seller.textContent("main");
			assert.match(text, words.differs);
			assert.equal(await seller.locator(".notice").count(), 1);
			assert.equal(await seller.locator(
			    'form[action$="/dispute"]').count(), 0);
			await picture(seller, `invoice-${options.lang}`);
		});
		await t.test("without a reason nothing is disputed", async () => {
			await open(desk, "desk");
			await desk.locator('form[action$="/dispute"]').evaluate(
			    (f) => { f.noValidate = true; });
			await press(desk, 'form[action$="/dispute"] .risk');
			await desk.waitForSelector("#summary");
			assert.equal(state(number), "differs");
			await looksRight(desk, options);
		});
		await t.test("is disputed, and the supplier reads why",
		    async () => {
			await desk.fill("[name=reason_text]", "Twice the price");
			await press(desk, 'form[action$="/dispute"] .risk');
			await desk.waitForURL(/done=invoices_event/);
			assert.equal(state(number), "disputed");
			await looksRight(desk, options);
			await seller.reload();
			const text = await seller.textContent("main");
			assert.match(text, words.disputed);
			assert.match(text, /Twice the price/);
			await looksRight(seller, options);
		});
		await seller.context().close();
		await desk.context().close();
	});
