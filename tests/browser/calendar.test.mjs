// SPDX-License-Identifier: Apache-2.0
// The address of the calendar on the account page: made, renewed, revoked; a
// calendar program reads it meanwhile.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const status = async (address) => (await fetch(address)).status;

for (const options of KINDS)
	test(`a calendar (${Object.entries(options).join(" ")})`, async (t) => {
		const page = await visit(browser, options);
		await signIn(page, "isar.user");
		const address = () => page.textContent("#calendar .mono");
		const step = async (event, selector) => {
			await page.goto("/supplier/account");
			await press(page, `#calendar ${selector}`);
			await page.waitForURL(
			    new RegExp(`done=account_calendar\\.${event}`));
			await looksRight(page, options);
		};
		let first;

		await t.test("gets an address, which a program reads",
		    async () => {
			await step("make", "form button");
			first = await address();
			const r = await fetch(first);
			assert.equal(r.status, 200);
			assert.match(await r.text(), /^BEGIN:VCALENDAR\r\n/);
			await picture(page, `calendar-${options.lang}`);
		});
		await t.test("another address ends the first", async () => {
			await step("make", "form button:not(.risk)");
			const second = await address();
			assert.notEqual(second, first);
			assert.deepEqual([await status(first),
				await status(second)], [404, 200]);
		});
		await t.test("revoked, it leads nowhere", async () => {
			const last = await address();
			await step("revoke", "button.risk");
			assert.equal(await status(last), 404);
			assert.equal(await page.locator("#calendar .mono").count(),
			    0);
		});
		await page.context().close();
	});
