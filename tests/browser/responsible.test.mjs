// SPDX-License-Identifier: Apache-2.0
// A supplier's administrator keeps a rule and enters a deputy for somebody who
// is away; the deputy finds the orders in his list, takes one and hands others
// over. On a phone without script, and by keyboard in the dark.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";
import { sql, Visitor } from "../lib/kontor.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const WORDS = {
	de: { kept: /Die Regel ist angelegt/, gone: /Die Regel ist entfernt/,
		made: /Die Vertretung ist eingetragen/, yours: "Ihre",
		ended: /Die Vertretung ist beendet/, mark: (n) => `für ${n}`,
		now: (n) => `jetzt ${n} zuständig`, many: /Bestellungen sind übergeben/,
		mine: "Meine" },
	en: { kept: /The rule is kept/, gone: /The rule is removed/,
		made: /The deputy is entered/, yours: "yours",
		ended: /The deputy's time has ended/, mark: (n) => `for ${n}`,
		now: (n) => `${n} is now responsible`, many: /orders are handed over/,
		mine: "Mine" },
};
const list = "/supplier/worklist?view=all";
const day = (ahead) => new Date(Date.now() + ahead * 86400000)
    .toISOString().slice(0, 10);

/** The text under the number of a row of an order. */
const mark = async (page, order) => (await page.locator(
    `tr:has(a[href*="/orders/${order}#"]) td.key small`).first()
    .textContent()).trim();

for (const options of KINDS)
	test(`work is divided (${Object.entries(options).join(" ")})`,
	    async (t) => {
		const words = WORDS[options.lang];
		const [away] = sql(`select public_id as id, name from core.person
		    where uid = 'severn.user'`);
		const admin = await visit(browser, options);
		const user = await new Visitor().signIn("severn.user");
		const give = async ({ id }, person) => assert.equal((await user.post(
		    `/supplier/orders/${id}/assign`, { person },
		    { page: `/supplier/orders/${id}` })).status, 303);
		await signIn(admin, "severn.admin");
		const [me] = sql(`select public_id as id, name from core.person
		    where uid = 'severn.admin'`);
		const first = await user.json(`${list}&whose=all`);
		const some = [...new Map(first.items.map((l) =>
		    [l.order.id, l.order])).values()].slice(0, 3);
		assert.equal(some.length, 3);
		for (const o of some)
			await give(o, "nobody");

		await t.test("an administrator keeps a rule", async () => {
			await admin.goto("/supplier/responsibilities");
			await looksRight(admin, options);
			await admin.fill("[name=item]", "none-such");
			await admin.selectOption("[name=person]", away.id);
			await press(admin, 'form[action$="/responsibilities"] button');
			await admin.waitForURL(/done=responsibilities_create/);
			assert.match(await admin.textContent("main"), words.kept);
			assert.match(await admin.textContent("main"), /NONE-SUCH…/);
			await looksRight(admin, options);
			await picture(admin, `responsibilities-${options.lang}`);
			await press(admin, 'form[action$="/delete"] button');
			await admin.waitForURL(/done=responsibilities_delete/);
			assert.match(await admin.textContent("main"), words.gone);
		});

		await t.test("who is away hands over nothing: a deputy is entered",
		    async () => {
			for (const o of some.slice(0, 2))
				await give(o, "me");
			await admin.goto("/supplier/deputies");
			await admin.selectOption("[name=person]", away.id);
			await admin.selectOption("[name=deputy]", me.id);
			await admin.fill("[name=until]", day(2));
			await press(admin, 'form[action$="/deputies"] button');
			await admin.waitForURL(/done=deputies_create/);
			assert.match(await admin.textContent("main"), words.made);
			await looksRight(admin, options);
			await picture(admin, `deputies-${options.lang}`);
			await admin.goto(list);
			for (const o of some.slice(0, 2))
				assert.equal(await mark(admin, o.id),
				    words.mark(away.name));
			await looksRight(admin, options);
			await picture(admin, `whose-${options.lang}`);
		});

		await t.test("he takes one", async () => {
			await admin.goto(`/supplier/orders/${some[0].id}`);
			await looksRight(admin, options);
			await press(admin, "button[value=me]");
			await admin.waitForURL(/done=orders_assign/);
			assert.ok((await admin.textContent("main"))
			    .includes(words.now(me.name)));
			await admin.goto(list);
			assert.equal(await mark(admin, some[0].id), words.yours);
		});

		await t.test("he hands others over, together", async () => {
			for (const o of [some[0], some[2]])
				await admin.locator(`tr:has(a[href*="/orders/${o.id}#"]) ` +
				    "input[type=checkbox]").first().check();
			if (options.script !== false)
				await press(admin, "[data-open=assign]");
			await admin.selectOption("[name=person]", away.id);
			if (options.script !== false)
				await looksRight(admin, options);
			await press(admin, 'button[formaction$="/order-lines/assign"]');
			await admin.waitForURL(/done=order_lines_event\.assign/);
			assert.match(await admin.textContent("main"), words.many);
			await admin.goto(list);
			for (const o of some)
				assert.equal(await mark(admin, o.id),
				    words.mark(away.name));
		});

		await t.test("the list of orders shows one's own when asked",
		    async () => {
			await admin.goto("/supplier/orders");
			await looksRight(admin, options);
			const all = await admin.locator(".tabs a span").first()
			    .textContent();
			await press(admin, ".switch a:not([aria-current])");
			await admin.waitForURL(/whose=mine/);
			assert.equal(await admin.textContent(".switch [aria-current]"),
			    words.mine);
			assert.equal(await admin.locator(".tabs a span").first()
			    .textContent(), all, "he stands in for who has some");
			await admin.goto("/supplier/orders?whose=mine&view=overdue" +
			    "&columns=number,responsible");
			await looksRight(admin, options);
			await picture(admin, `whose-orders-${options.lang}`);
		});

		await t.test("when it is over the list is his own again", async () => {
			await admin.goto("/supplier/deputies");
			await press(admin, 'form[action$="/end"] button');
			await admin.waitForURL(/done=deputies_end/);
			assert.match(await admin.textContent("main"), words.ended);
			await admin.goto(list);
			assert.equal(await admin.locator(
			    `a[href*="/orders/${some[0].id}#"]`).count(), 0);
			await press(admin, ".switch a:not([aria-current])");
			await admin.waitForURL(/whose=all/);
			assert.equal(await mark(admin, some[0].id), away.name);
			for (const o of some)
				await give(o, "nobody");
		});
	});
