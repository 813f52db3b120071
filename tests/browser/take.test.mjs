// SPDX-License-Identifier: Apache-2.0
// An account manager takes an order and logs a request for a distributor; on a
// phone without script, and by script in the dark, where items are looked up.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";
import { itemsOf } from "../lib/goods.mjs";
import { sql } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const [{ id }] = sql(`select public_id as id from core.partner
    where slug = 'nordlicht'`);
const [item] = itemsOf("elbe", 1);

for (const options of KINDS)
	test(`for a distributor (${Object.entries(options).join(" ")})`,
	    async (t) => {
		const desk = await visit(browser, options);
		t.after(() => desk.context().close());
		await signIn(desk, "manager.one");
		const number = unique("TB");
		await t.test("an order is taken", async () => {
			await desk.goto(`/desk/partners/${id}`);
			await press(desk, "a[href$='/orders/new']");
			await desk.waitForSelector("#f-partner_number");
			await looksRight(desk, options);
			await picture(desk, `take-${options.lang}`);
			await desk.fill("#f-partner_number", number);
			await desk.fill("[name='lines[0][item]']", item.number);
			if (options.script !== false)
				await desk.waitForFunction(() => document
				    .querySelector(".found").textContent.includes("€"));
			await desk.fill("[name='lines[0][quantity]']", "2");
			await press(desk, "button[value=submit]");
			await desk.waitForURL(/\/desk\/orders\/[0-9a-f-]{36}/);
			assert.match(await desk.textContent("main"),
			    /(Telefon|Telephone), Account manager one/);
			await looksRight(desk, options);
		});
		await t.test("a request about its line is logged", async () => {
			await press(desk, "a[href*='cases/new?order_line=']");
			await desk.waitForSelector("#f-person");
			await looksRight(desk, options);
			await picture(desk, `log-${options.lang}`);
			await desk.selectOption("#f-person", { index: 1 });
			await press(desk, "main form.stack button.main");
			await desk.waitForURL(/\/desk\/cases\/[0-9a-f-]{36}/);
			const text = await desk.textContent("main");
			assert.match(text, /Account manager one/);
			assert.match(text, /SO-\d+ \/ 10/);
			await looksRight(desk, options);
		});
	});
