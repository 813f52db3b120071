// SPDX-License-Identifier: Apache-2.0
// From a number of the scorecard to its rows, an objection against one of
// them, and the account manager's decision.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";
import { Machine } from "../lib/kontor.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false, measure: "first",
	verdict: "reject" }, { lang: "en", dark: true, measure: "expected",
	verdict: "accept" }];
const card = async (name) => (await new Machine("elbe")
    .json("/scorecard?days=365")).measures.find((m) => m.measure === name);

for (const options of KINDS)
	test(`a scorecard (${Object.entries(options).join(" ")})`, async (t) => {
		const { measure, verdict } = options;
		const why = `The gate was closed (${measure} ${Date.now()})`;
		const seller = await visit(browser, options);
		const desk = await visit(browser, options);
		await signIn(seller, "elbe.user");
		await signIn(desk, "manager.one");
		const before = await card(measure);

		await t.test("a number opens the rows that it counts",
		    async () => {
			await seller.goto("/supplier/scorecard?days=365");
			await looksRight(seller, options);
			await picture(seller, `scorecard-${options.lang}`);
			await press(seller, `a[href*="/scorecard/${measure}"]`);
			await seller.waitForURL(new RegExp(`/scorecard/${measure}`));
			assert.equal(await seller.locator("tbody tr").count(),
			    before.count);
			assert.equal(await seller.locator(
			    'tbody .tag[data-tone="ok"]').count(), before.good);
			await looksRight(seller, options);
		});
		await t.test("a row is objected to with a reason", async () => {
			await press(seller, "tbody details summary");
			await seller.fill("tbody [name=reason_text] >> nth=0", why);
			await looksRight(seller, options);
			await press(seller, "tbody details form button");
			await seller.waitForURL(/done=contests_create/);
			assert.match(await seller.textContent("main"),
			    /The gate was closed/);
			assert.equal((await card(measure)).contested,
			    before.contested + 1);
			await looksRight(seller, options);
		});
		await t.test("the account manager answers, the number follows",
		    async () => {
			await desk.goto("/desk/portfolio");
			await press(desk, 'a[href$="/desk/scorecard"]');
			await desk.waitForURL(/\/desk\/scorecard/);
			await looksRight(desk, options);
			const one = `li:has-text("${why}")`;
			await desk.fill(`${one} [name=reason_text]`, "We looked.");
			await press(desk, `${one} button${verdict === "accept"
			    ? ".main" : `[formaction$="/${verdict}"]`}`);
			await desk.waitForURL(new RegExp(
			    `done=contests_event\\.${verdict}`));
			await looksRight(desk, options);
			const after = await card(measure);
			assert.equal(after.count, before.count
			    - (verdict === "accept" ? 1 : 0));
			assert.equal(after.good, before.good);
			await seller.goto("/supplier/scorecard?days=365");
			const told = seller.locator("li", { hasText: why });
			assert.match(await told.innerText(), /We looked\./);
		});
		await seller.context().close();
		await desk.context().close();
	});
