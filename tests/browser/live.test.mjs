// SPDX-License-Identifier: Apache-2.0
// A page that changes while somebody looks at it: nothing that the person
// began while the new state was on its way is lost.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { enter, launch, openLines } from "../lib/browser.mjs";
import { until } from "../lib/kontor.mjs";

const WORKLIST = "/supplier/worklist?view=all";
let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

/**
 * The worklist, whose newer state was asked for and waits until release() is
 * called; exchanged() says whether it took the place of the old one.
 */
async function refreshing(t)
{
	const page = await enter(t, browser, "elbe.user", { lang: "en" });
	await openLines(page, WORKLIST);
	await page.evaluate(() => {
		document.getElementById("main").dataset.old = "";
	});
	let asked = false, release;
	const gate = new Promise((resolve) => { release = resolve; });
	await page.route(`**${WORKLIST}`, async (route) => {
		asked = true;
		await gate;
		await route.continue();
	});
	// As after a moment without a connection.
	await page.evaluate(() => dispatchEvent(new Event("online")));
	await until("the newer state is asked for", () => asked);
	return { page, release, exchanged: async () =>
	    await page.locator("#main[data-old]").count() === 0 };
}

test("nobody is at it: the newer state is shown", async (t) => {
	const { release, exchanged } = await refreshing(t);
	release();
	await until("it is shown", exchanged);
});

test("a line is selected meanwhile: it stays, the newer state is offered",
    async (t) => {
	const { page, release, exchanged } = await refreshing(t);
	await page.locator("body").press("j");
	await page.locator("body").press("x");
	release();
	const offered = page.locator(".live button");
	await until("it is offered", async () => await offered.count() > 0);
	assert.equal(await page.locator("[data-select] tbody" +
	    " input:checked").count(), 1);
	await offered.press("Enter");
	await until("it is shown", exchanged);
});
