// SPDX-License-Identifier: Apache-2.0
// An order of many lines: a page at a time, a line on its page, and back to it
// after a step; on a phone without script, and in the dark.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { axeFindings, launch, picture, signIn, visit }
    from "../lib/browser.mjs";
import { itemsOf, post } from "../lib/goods.mjs";
import { Machine, sql } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

let browser, id;
before(async () => {
	browser = await launch();
	const [item] = itemsOf("elbe", 1);
	const [place] = sql(`select a.public_id as id from core.address a
	    join core.partner p on p.id = a.partner_id
	    where p.slug = 'nordlicht' and a.kind = 'ship_to' and a.active`);
	({ id } = await post(new Machine("nordlicht"), "/orders", {
		partner_number: unique("MANY"), ship_to: place.id,
		requested_date: new Date(Date.now() + 12 * 86400000)
		    .toISOString().slice(0, 10),
		lines: Array.from({ length: 130 }, () => ({ item: item.number,
		    quantity: "2" })) }));
});
after(async () => { await browser.close(); });

for (const options of [{ lang: "de", phone: true, script: false },
    { lang: "en", dark: true }])
	test(`its pages are leafed through (${options.lang})`, async () => {
		const page = await visit(browser, options);
		const sound = async (name) => {
			// what the bar on top covers half would be called too small
			await page.evaluate(() => scrollTo(0, 0));
			if (options.script !== false)
				assert.deepEqual(await axeFindings(page), [], name);
			assert.deepEqual(page.trouble, [], name);
			assert.ok(await page.evaluate(() =>
			    document.documentElement.scrollWidth
			    <= document.documentElement.clientWidth), name);
		};
		await signIn(page, "nordlicht.user");
		await page.goto(`/distributor/orders/${id}`);
		assert.equal(await page.locator("tbody[id^=line-]").count(), 100);
		await sound("first page");
		await page.locator(".pages a").first().press("Enter");
		await page.waitForURL(/\?line=101/);
		assert.equal(await page.locator("tbody[id^=line-]").count(), 30);
		assert.match(await page.locator(".pages [aria-current]").first()
		    .textContent(), /101–130/);
		await sound("second page");
		await picture(page, `order-pages-${options.lang}`);
		const line = page.locator("tbody[id^=line-]").nth(options.dark ? 2 : 1);
		const name = (await line.locator(".key").textContent()).trim();
		await line.locator("a[href*='/lines/']").last().press("Enter");
		await page.waitForURL(`**/orders/${id}/lines/${name}`);
		await sound("a line's history");
		await page.locator(`main a[href*="?line=${name}#"]`).press("Enter");
		await page.waitForURL(`**?line=${name}#line-${name}`);
		const cancel = page.locator(`#line-${name} details`)
		    .filter({ has: page.locator("form[action$='/cancel']") });
		await cancel.locator("summary").press("Enter");
		await cancel.locator("form button").press("Enter");
		await page.waitForURL(/done=order_lines_event\.cancel/);
		assert.equal(await page.locator(`#line-${name}`).count(), 1,
		    "the step leads back to the line's page");
		await page.context().close();
	});
