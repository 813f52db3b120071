// SPDX-License-Identifier: Apache-2.0
// A distributor keeps an order as a template, orders from it, copies an order,
// and deletes the template: on a phone without script, and by keyboard in the
// dark.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";
import { itemsOf, post } from "../lib/goods.mjs";
import { Machine, sql } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const ordered = (number) => sql(`select l.item ->> 'number' as item,
	l.item ->> 'sellers_item_id' as id, l.ordered::float as quantity
    from orders.line l join orders.head h on h.id = l.order_id
    where h.partner_number = '${number}' and h.kind = 'sales'
    order by l.position`);

for (const options of KINDS)
	test(`a template (${Object.entries(options).join(" ")})`, async (t) => {
		const items = itemsOf("elbe", 5);
		const order = await post(new Machine("nordlicht"), "/orders", {
			partner_number: unique("TP"), lines: items.map((it, i) => ({
			    item: it.number, quantity: String(i + 2) })) });
		const name = `Lager ${unique()}`;
		const page = await visit(browser, options);
		await signIn(page, "nordlicht.user");

		await t.test("is kept from an order", async () => {
			await page.goto(`/distributor/orders/${order.id}`);
			await press(page, "#template summary");
			await page.fill("#template input[name=name]", name);
			await press(page, "#template form button");
			await page.waitForURL(/done=templates_create/);
			await looksRight(page, options);
		});
		await t.test("a second of its name is refused", async () => {
			await page.goto(`/distributor/orders/${order.id}`);
			await press(page, "#template summary");
			await page.fill("#template input[name=name]",
			    name.toUpperCase());
			await press(page, "#template form button");
			await page.waitForSelector("#summary");
			assert.match(await page.textContent("#summary"),
			    /gibt es bereits|exists already/);
			await press(page, "#summary a");
			assert.equal(await page.locator(
			    "#template input:target").inputValue(),
			    name.toUpperCase());
			assert.ok(await page.locator("#template input[name=name]")
			    .isVisible());
			await looksRight(page, options);
		});
		await t.test("stands among the others, with what is in it",
		    async () => {
			await page.goto("/distributor/templates");
			const row = page.locator("tr", { hasText: name });
			assert.match(await row.innerText(),
			    options.lang === "de" ? /und 2 weitere/ : /and 2 more/);
			await looksRight(page, options);
			await picture(page, `templates-${options.lang}`);
		});
		const number = unique("TN");
		await t.test("fills the form of an order, which is placed",
		    async () => {
			await press(page,
			    `tr:has-text("${name}") a[href*="template="]`);
			await page.waitForSelector('[name="lines[4][quantity]"]');
			assert.equal(await page.inputValue('[name="lines[0][item]"]'),
			    items[0].number);
			assert.equal(await page.inputValue(
			    '[name="lines[4][quantity]"]'), "6");
			await looksRight(page, options);
			await page.fill('[name="partner_number"]', number);
			await page.fill('[name="lines[1][quantity]"]', "30");
			await press(page, "button[value=submit]");
			await page.waitForURL(/done=orders_create\.submit/);
			assert.deepEqual(ordered(number).map((l) => l.quantity),
			    [2, 30, 4, 5, 6]);
			await looksRight(page, options);
		});
		await t.test("an order is ordered again by a copy", async () => {
			const again = unique("TC");
			await press(page, 'a[href*="copy="]');
			await page.waitForSelector('[name="lines[4][quantity]"]');
			assert.equal(await page.inputValue(
			    '[name="partner_number"]'), "");
			await page.fill('[name="partner_number"]', again);
			await press(page, "button[value=submit]");
			await page.waitForURL(/done=orders_create\.submit/);
			assert.deepEqual(ordered(again), ordered(number));
		});
		await t.test("is deleted", async () => {
			await page.goto("/distributor/templates");
			await press(page, `tr:has-text("${name}") button.risk`);
			await page.waitForURL(/done=templates_delete/);
			assert.equal(await page.locator("tr", { hasText: name })
			    .count(), 0);
			await looksRight(page, options);
		});
		await page.context().close();
	});
