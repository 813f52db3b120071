// SPDX-License-Identifier: Apache-2.0
// An account manager blocks new orders of a distributor, who reads it on the
// form and is refused with what he typed still there; lifted, he orders.
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

const KINDS = [{ lang: "de", phone: true, script: false, kind: "credit" },
	{ lang: "en", dark: true, kind: "order" }];
const WORDS = { de: /zurzeit gesperrt/, en: /blocked at the moment/ };
const [donau] = sql(`select public_id as id from core.partner
    where slug = 'donau'`);

for (const options of KINDS)
	test(`a block (${Object.entries(options).join(" ")})`, async (t) => {
		const desk = await visit(browser, options);
		const buyer = await visit(browser, options);
		await signIn(desk, "manager.one");
		await signIn(buyer, "donau.user");
		const number = unique("BK");

		await t.test("needs a reason", async () => {
			await desk.goto(`/desk/partners/${donau.id}`);
			await press(desk, "#block summary");
			await desk.selectOption("#block select", options.kind);
			await desk.locator("#block form").evaluate(
			    (f) => { f.noValidate = true; });
			await press(desk, "#block form button");
			await desk.waitForSelector("#summary");
			await looksRight(desk, options);
		});
		await t.test("stands at the partner, with who and why",
		    async () => {
			await desk.goto(`/desk/partners/${donau.id}`);
			await press(desk, "#block summary");
			await desk.selectOption("#block select", options.kind);
			await desk.fill("#block [name=reason]",
			    "Invoices unpaid");
			await press(desk, "#block form button");
			await desk.waitForURL(/done=partners_event\.block/);
			assert.match(await desk.innerText("#blocked"),
			    /Invoices unpaid/);
			await looksRight(desk, options);
			await picture(desk, `block-${options.lang}`);
		});
		await t.test("the form says so, and refuses", async () => {
			await buyer.goto("/distributor/orders/new");
			assert.match(await buyer.innerText("main"),
			    WORDS[options.lang]);
			assert.doesNotMatch(await buyer.innerText("main"),
			    /Invoices unpaid/);
			await looksRight(buyer, options);
			await buyer.fill('[name="partner_number"]', number);
			await buyer.fill('[name="lines[0][item]"]',
			    itemsOf("elbe", 1)[0].number);
			await buyer.fill('[name="lines[0][quantity]"]', "3");
			await press(buyer, "button[value=submit]");
			await buyer.waitForSelector("#summary");
			assert.match(await buyer.innerText("#summary"),
			    WORDS[options.lang]);
			assert.equal(await buyer.inputValue(
			    '[name="lines[0][quantity]"]'), "3");
			await looksRight(buyer, options);
		});
		await t.test("lifted, the same form is taken", async () => {
			await desk.fill("#blocked [name=reason]", "Paid");
			await press(desk, "#blocked form button");
			await desk.waitForURL(/done=partners_event\.unblock/);
			await looksRight(desk, options);
			await press(buyer, "button[value=submit]");
			await buyer.waitForURL(/done=orders_create\.submit/);
			await looksRight(buyer, options);
		});
		await desk.context().close();
		await buyer.context().close();
	});
