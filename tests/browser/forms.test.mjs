// SPDX-License-Identifier: Apache-2.0
// Pages with several forms: what was refused is said, marked and kept in the
// form that was sent, though others have fields of the same name.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { enter, launch, looksRight, picture } from "../lib/browser.mjs";
import { sql } from "../lib/kontor.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "en", script: true }, { lang: "de", script: true,
	phone: true, dark: true }, { lang: "en", script: false }];

/** Fields of the page that are marked, by id. */
const marked = (page) => page.locator("[aria-invalid=true]")
    .evaluateAll((all) => all.map((e) => e.id));

/** Follows the link of the summary; the field that has focus then. */
async function follow(page)
{
	await page.click("#summary a");
	return page.evaluate(() => location.hash);
}

for (const options of KINDS) {
	const kind = JSON.stringify(options);

	test(`an internal note that is refused stays internal ${kind}`,
	    async (t) => {
		const page = await enter(t, browser, "agent.one", options);
		const [{ id }] = sql(`select public_id as id from cases.head
		    where state = 'open' limit 1`);
		const long = "for colleagues only ".repeat(600);
		await page.goto(`/desk/cases/${id}`);
		await page.evaluate(() => document.querySelector("#f-note_text")
		    .removeAttribute("maxlength"));
		await page.fill("#f-note_text", long);
		await page.click('form[action$="/note"] button');
		await page.waitForSelector("#summary");
		assert.deepEqual(await marked(page), ["f-note_text"]);
		assert.equal(await follow(page), "#f-note_text");
		assert.equal(await page.inputValue("#f-reply_text"), "");
		assert.equal(await page.inputValue("#f-note_text"), long);
		await page.fill("#f-note_text", long.slice(0, 200));
		await looksRight(page, options);
		await picture(page, `refused-note-${options.lang}`);
	    });

	test(`a view's new name that is taken stands at that view ${kind}`,
	    async (t) => {
		const page = await enter(t, browser, "nordlicht.user", options);
		const names = [1, 2].map((n) => `${n} of ${kind} ${Date.now()}`
		    .replace(/["{}]/g, ""));
		for (const name of names) {
			await page.goto("/distributor/orders?view=all&q=SO-");
			await page.click("#keep > summary");
			await page.fill("#keep input[name=name]", name);
			await page.click("#keep button.main");
			await page.waitForURL(/saved=/);
		}
		const id = new URL(page.url()).searchParams.get("saved");
		for (const path of [`orders?saved=${id}`, "views"]) {
			await page.goto(`/distributor/${path}`);
			if (path !== "views")
				await page.click("#keep > summary");
			await page.fill(`#f-${id}-name`, names[0]);
			await page.click(`form:has(#f-${id}-name) button`);
			await page.waitForSelector("#summary");
			assert.deepEqual(await marked(page), [`f-${id}-name`]);
			assert.equal(await follow(page), `#f-${id}-name`);
			assert.equal(await page.inputValue(`#f-${id}-name`),
			    names[0]);
			await looksRight(page, options);
			await picture(page, `refused-name-${options.lang}` +
			    `${path === "views" ? "-all" : ""}`);
		}
		for (const name of names)
			await page.locator("tr", { hasText: name }).locator(
			    'form[action$="/delete"] button').click();
	    });
}

test("an order's refusal without a reason is said at the refusal",
    async (t) => {
	const options = { script: true };
	const page = await enter(t, browser, "elbe.admin", options);
	const [{ id }] = sql(`select h.public_id as id from orders.head h
	    join core.partner p on p.id = h.partner_id
	    where h.kind = 'purchase' and h.state = 'submitted'
	    and p.name like 'Elbe%' limit 1`);
	await page.goto(`/supplier/orders/${id}`);
	await page.click("#reject > summary");
	await page.evaluate(() => document.querySelector("#f-reject_reason")
	    .removeAttribute("required"));
	await page.click("#reject button");
	await page.waitForSelector("#summary");
	assert.deepEqual(await marked(page), ["f-reject_reason"]);
	assert.equal(await follow(page), "#f-reject_reason");
	await looksRight(page, options);
	await picture(page, "refused-refusal");
});
