// SPDX-License-Identifier: Apache-2.0
// A distributor changes an accepted order, sees the differences and sends
// them; the supplier reads old beside new and refuses, then accepts; the desk
// sees it. On a phone without script, and by keyboard in the dark.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";
import { confirmedOrder } from "../lib/goods.mjs";
import { until, sql } from "../lib/kontor.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const WORDS = {
	de: { unsent: /noch nichts gesendet/, now: /Bisher/,
		refused: /die bisherige Fassung gilt/, done: /Angenommen/,
		replaced: /ersetzt/, superseded: /Ersetzt durch/,
		back: /die Bestellung gilt wie bisher/,
		linked: /verlangt 12 von dieser Position/ },
	en: { unsent: /Nothing has been sent yet/, now: /Until now/,
		refused: /the former version stands/, done: /Accepted/,
		replaced: /replaces/, superseded: /Superseded by/,
		back: /the order stands as it was/,
		linked: /wants 12 of this line/ },
};

for (const options of KINDS)
	test(`an order is changed (${Object.entries(options).join(" ")})`,
	    async (t) => {
		const words = WORDS[options.lang];
		const o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
		await until("the order is accepted", () => sql(`select from
		    orders.head where public_id = '${o.sales}'
		    and state = 'accepted'`).length);
		const buyer = await visit(browser, options);
		const seller = await visit(browser, options);
		await signIn(buyer, "nordlicht.user");
		await signIn(seller, "elbe.user");
		const ask = async (quantity) => {
			await buyer.goto(`/distributor/orders/${o.sales}`);
			await press(buyer, `a[href$="/${o.sales}/change"]`);
			await buyer.waitForSelector('[name="lines[0][quantity]"]');
			await looksRight(buyer, options);
			await buyer.fill('[name="lines[0][quantity]"]', quantity);
			await press(buyer, "button[value=preview]");
			await buyer.waitForSelector('form[action$="/send"]');
		};

		await t.test("nothing is sent before the differences were seen",
		    async () => {
			await ask("14");
			const text = await buyer.textContent("main");
			assert.match(text, words.unsent);
			assert.match(text, /10[\s\S]*14/);
			await looksRight(buyer, options);
			await picture(buyer, `change-${options.lang}`);
			assert.equal(sql(`select from orders.change c
			    join orders.head h on h.id = c.order_id
			    where h.public_id = '${o.bought}'`).length, 0);
			await press(buyer, 'form[action$="/send"] button');
			await buyer.waitForURL(/done=orders_change_event\.send/);
			await looksRight(buyer, options);
		});

		await t.test("the supplier reads old beside new, and refuses",
		    async () => {
			await seller.goto(`/supplier/orders/${o.bought}`);
			const changes = await seller.textContent("#changes");
			assert.match(changes, words.now);
			assert.match(changes, /10[\s\S]*14/);
			await looksRight(seller, options);
			await picture(seller, `change-supplier-${options.lang}`);
			await press(seller, "#changes details summary");
			await seller.selectOption("#changes select", "capacity");
			await press(seller, 'form[action$="/refuse"] button');
			await seller.waitForURL(/done=orders_change_event\.refuse/);
			assert.match(await seller.textContent("main"),
			    words.refused);
			await looksRight(seller, options);
		});

		await t.test("accepted, the new version stands for both",
		    async () => {
			await ask("12");
			await press(buyer, 'form[action$="/send"] button');
			await buyer.waitForURL(/done=orders_change_event\.send/);
			await seller.goto(`/supplier/orders/${o.bought}`);
			await press(seller, 'form[action$="/accept"] button');
			await seller.waitForURL(/done=orders_change_event\.accept/);
			await buyer.goto(`/distributor/orders/${o.sales}`);
			assert.match(await buyer.textContent("#changes"),
			    words.done);
			assert.match(await buyer.textContent("#line-10"), /12/);
			await looksRight(buyer, options);
		});

		await t.test("a further change replaces it, and is taken back",
		    async () => {
			await ask("15");
			await press(buyer, 'form[action$="/send"] button');
			await buyer.waitForURL(/done=orders_change_event\.send/);
			await ask("16");
			assert.match(await buyer.textContent("main"),
			    words.replaced);
			await press(buyer, 'form[action$="/send"] button');
			await buyer.waitForURL(/done=orders_change_event\.send/);
			await seller.goto(`/supplier/orders/${o.bought}`);
			assert.match(await seller.textContent("#changes"),
			    words.superseded);
			await looksRight(seller, options);
			await buyer.goto(`/distributor/orders/${o.sales}`);
			await press(buyer, "#changes details summary");
			await looksRight(buyer, options);
			await picture(buyer, `change-withdraw-${options.lang}`);
			await press(buyer, 'form[action$="/withdraw"] button');
			await buyer.waitForURL(/done=orders_change_event\.withdraw/);
			assert.match(await buyer.textContent("main"), words.back);
			assert.match(await buyer.textContent("#line-10"), /12/);
			await looksRight(buyer, options);
		});

		const desk = await visit(browser, options);
		await signIn(desk, "manager.one");
		await t.test("the house asks the supplier for another price",
		    async () => {
			await desk.goto(`/desk/orders/${o.bought}`);
			await press(desk, `a[href$="/${o.bought}/change"]`);
			await desk.waitForSelector('[name="lines[0][price]"]');
			await looksRight(desk, options);
			assert.equal(await desk.locator("[name=ship_to]").count(), 0);
			await desk.fill('[name="lines[0][quantity]"]', "3");
			await press(desk, "button[value=preview]");
			await desk.waitForSelector("[aria-invalid=true]");
			assert.match(await desk.textContent("main"), words.linked);
			await looksRight(desk, options);
			await picture(desk, `change-desk-${options.lang}`);
			await desk.fill('[name="lines[0][quantity]"]', "12");
			await desk.fill('[name="lines[0][price]"]', "7.50");
			await desk.selectOption("[name=reason_code]", "price");
			await press(desk, "button[value=preview]");
			await press(desk, 'form[action$="/send"] button');
			await desk.waitForURL(/done=orders_change_event\.send/);
			await looksRight(desk, options);
			await seller.goto(`/supplier/orders/${o.bought}`);
			assert.match(await seller.textContent("#changes"), /7[.,]50/);
			await press(seller, 'form[action$="/accept"] button');
			await seller.waitForURL(/done=orders_change_event\.accept/);
			assert.match(await seller.textContent("#line-10"),
			    /7[.,]50/);
		});

		await t.test("the account manager sees all changes", async () => {
			await desk.goto(`/desk/orders/${o.sales}`);
			assert.equal(await desk.locator("#changes > details, #changes > div").count(),
			    4);
			await looksRight(desk, options);
			await desk.context().close();
		});
		await buyer.context().close();
		await seller.context().close();
	});
