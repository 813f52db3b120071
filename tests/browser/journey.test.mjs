// SPDX-License-Identifier: Apache-2.0
// The main job on the screen: a distributor uploads an order, a supplier
// answers it, distributor and account manager see it; in both languages, with
// and without script.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, signIn, visit } from "../lib/browser.mjs";
import { sql, until } from "../lib/kontor.mjs";
import { agreement, edifact, items, order } from "../lib/orders.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

async function journey(t, { lang, script })
{
	const options = { lang, script };
	const o = order(items(2));
	const bytes = edifact(agreement("nordlicht", "edifact"), o);
	const distributor = await visit(browser, options);
	let orderUrl, bought;

	await t.test("the distributor signs in", async () => {
		await distributor.goto("/login");
		await looksRight(distributor, { script });
		assert.equal(await distributor.getAttribute("html", "lang"), lang);
		await signIn(distributor, "nordlicht.user");
		await looksRight(distributor, { script });
		await picture(distributor, `home-${lang}`);
	});

	await t.test("checks a document before it counts", async () => {
		await distributor.goto("/distributor/documents/new");
		await looksRight(distributor, { script });
		await distributor.setInputFiles("#f-file", { name: "order.edi",
		    mimeType: "application/edifact", buffer: Buffer.from(bytes) });
		await distributor.click("button[name=preview]");
		await distributor.waitForURL(/\/documents\/[0-9a-f-]{36}/);
		await distributor.waitForSelector('form[action$="/commit"]');
		assert.equal(sql(`select count(*) as n from orders.head
		    where partner_number = '${o.number}'`)[0].n, 0);
		assert.match(await distributor.textContent("main"),
		    new RegExp(o.number));
		await looksRight(distributor, { script });
		await picture(distributor, `preview-${lang}`);
	});

	await t.test("commits it and finds the order", async () => {
		await distributor.click('form[action$="/commit"] button');
		const link = 'aside a[href*="/distributor/orders/"]';
		await distributor.waitForSelector(link);
		await distributor.click(link);
		await distributor.waitForURL(/\/orders\/[0-9a-f-]{36}/);
		orderUrl = distributor.url();
		assert.match(await distributor.textContent("main"),
		    new RegExp(o.number));
		[bought] = await until("the supplier's order", () => {
			const rows = sql(`select p.slug, x.number, x.public_id as id
			    from orders.head x join core.partner p on p.id = x.partner_id
			    join orders.head h on h.id = x.linked_order_id
			    where h.partner_number = '${o.number}'`);
			return rows.length && rows;
		});
		await looksRight(distributor, { script });
	});

	await t.test("the supplier confirms it in the worklist", async () => {
		const supplier = await visit(browser, options);
		await signIn(supplier, `${bought.slug}.user`);
		await supplier.goto(`/supplier/worklist?q=${bought.number}`);
		await looksRight(supplier, { script });
		const boxes = supplier.locator('input[name="lines[]"]:visible');
		assert.ok(await boxes.count() > 0, "its lines are in the worklist");
		for (let i = 0; i < await boxes.count(); i++)
			await boxes.nth(i).check();
		await picture(supplier, `worklist-${lang}`);
		await supplier.click(".bulk [data-key=c]");
		await supplier.waitForSelector('form[action$="/retract"]');
		await looksRight(supplier, { script });
		await supplier.context().close();
	});

	await t.test("the distributor sees it within 5 s", async () => {
		// A page does not move under a pointer that rests on a row.
		await distributor.mouse.move(1, 1);
		const start = Date.now();
		await until("the page shows the promise", async () => {
			if (!script)
				await distributor.goto(orderUrl);
			return await distributor.locator(
			    'table .tag[data-tone="ok"]').count() > 0;
		}, 5000, 200);
		assert.ok(Date.now() - start < 5000);
		await looksRight(distributor, { script });
		await picture(distributor, `order-${lang}`);
	});

	await t.test("the account manager sees it on the partner's timeline",
	    async () => {
		const manager = await visit(browser, options);
		await signIn(manager, "manager.one");
		await looksRight(manager, { script });
		const [partner] = sql(`select public_id as id from core.partner
		    where slug = 'nordlicht'`);
		await manager.goto(`/desk/partners/${partner.id}`);
		const [head] = sql(`select number from orders.head
		    where partner_number = '${o.number}'`);
		assert.match(await manager.textContent("main"),
		    new RegExp(head.number));
		await looksRight(manager, { script });
		await picture(manager, `partner-${lang}`);
		await manager.context().close();
	});
	await distributor.context().close();
}

test("the main job in English", (t) => journey(t,
    { lang: "en", script: true }));
test("the main job in German", (t) => journey(t,
    { lang: "de", script: true }));
test("the main job without script", (t) => journey(t,
    { lang: "en", script: false }));
