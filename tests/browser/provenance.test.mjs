// SPDX-License-Identifier: Apache-2.0
// From a value to the segment that set it, a value held back and let go, and a
// partner's portal through the eyes of the house: by keyboard, without script
// and on a phone, in both languages.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { axeFindings, launch, picture, signIn, visit }
    from "../lib/browser.mjs";
import { Machine, sql, until } from "../lib/kontor.mjs";
import { agreement, edifact, items, order, TYPES } from "../lib/orders.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const clean = async (page, name) => {
	assert.deepEqual(await axeFindings(page), [], name);
	assert.deepEqual(page.trouble, [], name);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth
	    <= document.documentElement.clientWidth), `${name} is too wide`);
	await picture(page, `provenance-${name}`);
};

/** Goes to an element by Tab and presses Enter. */
async function byKeyboard(page, selector)
{
	for (let i = 0; i < 200; i++) {
		await page.keyboard.press("Tab");
		if (await page.evaluate((s) =>
		    document.activeElement.matches(s), selector))
			return page.keyboard.press("Enter");
	}
	throw new Error(`${selector} is not reached by keyboard`);
}

/** An order by document; its id. */
async function placed()
{
	const machine = new Machine("nordlicht");
	const o = order(items(2));
	const r = await machine.send(edifact(agreement("nordlicht", "edifact"), o),
	    TYPES.edifact, { prefer: "wait=10" });
	assert.equal((await r.json()).state, "applied");
	return (await until("the order", () => sql(`select public_id as id
	    from orders.head where partner_number = '${o.number}'`)[0])).id;
}

for (const options of [{ lang: "en" }, { lang: "de", phone: true, dark: true }])
	test(`two clicks from a date to its segment (${options.lang})`,
	    async () => {
		const id = await placed();
		const page = await visit(browser, options);
		await signIn(page, "nordlicht.user");
		await page.goto(`/distributor/orders/${id}`);
		await clean(page, `order-${options.lang}`);
		await byKeyboard(page, '#line-1 .dates a');
		await page.waitForURL(`**/orders/${id}/lines/1#date-requested`);
		const entry = page.locator("li:has(> :target)");
		await entry.waitFor();
		assert.ok(await entry.isVisible(), "the date's entry is shown");
		await clean(page, `entry-${options.lang}`);
		await entry.locator('a[href*="#cited"]').press("Enter");
		await page.waitForURL("**/documents/**");
		const cited = page.locator("li.cited");
		assert.equal(await cited.count(), 1);
		assert.match(await cited.textContent(), /DTM\+2:/);
		await cited.scrollIntoViewIfNeeded();
		await clean(page, `segment-${options.lang}`);
		await page.context().close();
	});

for (const options of [{ lang: "en" }, { lang: "de", phone: true,
    script: false }])
	test(`a value is held back and let go (${options.lang})`, async () => {
		const id = await placed();
		const page = await visit(browser, options);
		await signIn(page, "manager.one");
		await page.goto(`/desk/orders/${id}`);
		const form = page.locator("#line-1 form[action$='/hold']");
		await page.locator("#line-1 details:has(form[action$='/hold'])")
		    .locator("summary").press("Enter");
		await form.locator("input[name$='[reason_text]']")
		    .fill(`asking back about ${id}`);
		await form.locator("button").press("Enter");
		await page.locator("#line-1 form[action$='/release_hold']")
		    .first().waitFor();
		await page.goto(`/desk/holds?q=${encodeURIComponent(id)}`);
		assert.equal(await page.locator("tbody tr").count(), 1);
		if (options.script !== false)
			await clean(page, `holds-${options.lang}`);
		await page.locator("tbody form button").press("Enter");
		await page.locator("[role=status].notice").first().waitFor();
		await page.goto(`/desk/holds?view=released&q=${encodeURIComponent(id)}`);
		assert.equal(await page.locator("tbody tr").count(), 1);
		await page.context().close();
	});

for (const options of [{ lang: "en" }, { lang: "de", phone: true,
    script: false }])
	test(`the portal through a partner's eyes (${options.lang})`, async () => {
		const [{ id }] = sql(`select public_id as id from core.partner
		    where slug = 'elbe'`);
		const page = await visit(browser, options);
		await signIn(page, "manager.one");
		await page.goto(`/desk/partners/${id}`);
		await page.locator("#view summary").press("Enter");
		await page.fill("#view input[name=reason]", "asked by phone");
		await page.keyboard.press("Enter");
		await page.waitForURL("**/supplier/**");
		const banner = page.locator(".viewing");
		assert.match(await banner.textContent(), /Elbe Motoren/);
		if (options.script !== false)
			await clean(page, `view-${options.lang}`);
		await page.goto("/supplier/worklist");
		assert.equal(await page.locator(
		    "main form[method=post] button:visible").count(), 0,
		    "no step is offered");
		await page.locator(".viewing button").press("Enter");
		await page.waitForURL(`**/desk/partners/${id}`);
		assert.equal(await page.locator(".viewing").count(), 0);
		await page.context().close();
	});
