// SPDX-License-Identifier: Apache-2.0
// A supplier says later what becomes of a line that he has confirmed: expected
// on another day, a part comes later, the rest never. What is refused keeps
// what was typed; who comes too late reads who was quicker.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";
import { confirmedOrder } from "../lib/goods.mjs";
import { sql, until } from "../lib/kontor.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const WORDS = {
	de: { reason: /Bitte geben Sie einen Grund an/, late: /rückständig/,
		quicker: /management \(demo\) hat dies inzwischen geändert/ },
	en: { reason: /Please give a reason/, late: /backordered/,
		quicker: /management \(demo\) changed this in the meantime/ },
};
const day = (n) => new Date(Date.now() + n * 864e5).toISOString()
    .slice(0, 10);
const line = (id) => sql(`select state, confirmed::float, backordered::float,
	cancelled::float, (expected_date - current_date) as expected,
	(latest_promised_date - current_date) as promised
    from orders.line where public_id = '${id}'`)[0];

for (const options of KINDS)
	test(`a confirmed line (${Object.entries(options).join(" ")})`,
	    async (t) => {
		const words = WORDS[options.lang];
		const o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
		const [first, second] = o.lines.map((l) => l.bought);
		const page = await visit(browser, options);
		await signIn(page, "elbe.user");
		const at = `/supplier/orders/${o.bought}`;
		const fold = (event) => "#line-10 details:has(> form" +
		    `[action$="/${event}"])`;
		const open = async (event) => {
			await page.goto(at);
			await press(page, `${fold(event)} > summary`);
		};

		await t.test("is expected on another day, the promise stays",
		    async () => {
			await open("expect");
			await page.fill(`${fold("expect")} [type=date]`, day(20));
			await press(page, `${fold("expect")} button`);
			await page.waitForURL(/done=order_lines_event\.expect/);
			const l = line(first);
			assert.deepEqual([l.expected, l.promised], [20, 12]);
			await looksRight(page, options);
		});
		await t.test("a changed answer starts with what is promised, and" +
		    " needs a reason", async () => {
			await open("propose");
			const q = `${fold("propose")} [name="items[0][schedule]`;
			assert.equal(await page.inputValue(`${q}[0][quantity]"]`),
			    "10");
			assert.equal(await page.inputValue(`${q}[0][date]"]`),
			    day(12));
			await page.fill(`${q}[0][quantity]"]`, "7");
			await page.fill(`${q}[1][quantity]"]`, "3");
			await page.fill(`${q}[1][date]"]`, day(33));
			await press(page, `${fold("propose")} > form > button`);
			await page.waitForSelector("#summary");
			assert.match(await page.innerText("#summary"),
			    words.reason);
			assert.equal(await page.inputValue(`${q}[1][date]"]`),
			    day(33));
			assert.equal(line(first).state, "accepted");
			await looksRight(page, options);
			await picture(page, `refused-${options.lang}`);
		});
		await t.test("a part comes later", async () => {
			await open("backorder");
			await page.fill(`${fold("backorder")} [inputmode]`, "4");
			await page.fill(`${fold("backorder")} [type=date]`, day(40));
			await press(page, `${fold("backorder")} .main`);
			await page.waitForURL(/done=order_lines_event\.backorder/);
			assert.deepEqual([line(first).confirmed,
				line(first).backordered], [6, 4]);
			await page.goto(at);
			assert.match(await page.innerText("#line-10"), words.late);
			await looksRight(page, options);
			await picture(page, `backorder-${options.lang}`);
		});
		await t.test("nothing more comes, said in so many words",
		    async () => {
			await page.goto(at);
			const zero = '#line-20 details:has([value="0"])';
			await press(page, `${zero} > summary`);
			await press(page, `${zero} .risk`);
			await page.waitForURL(/done=order_lines_event\.backorder/);
			assert.equal(line(second).state, "cancelled");
			await looksRight(page, options);
		});
		await t.test("a colleague who was quicker is named", async () => {
			await page.goto(at);
			const other = await visit(browser, options);
			await signIn(other, "elbe.admin");
			await other.goto(at);
			for (const [p, d] of [[other, 50], [page, 60]]) {
				await press(p, `${fold("expect")} > summary`);
				await p.fill(`${fold("expect")} [type=date]`, day(d));
			}
			await press(other, `${fold("expect")} button`);
			await other.waitForURL(/done=order_lines_event\.expect/);
			await press(page, `${fold("expect")} button`);
			await page.waitForSelector("#summary");
			assert.match(await page.innerText("#summary"),
			    words.quicker);
			assert.equal(await page.inputValue(
			    `${fold("expect")} [type=date]`), day(60));
			assert.equal(line(first).expected, 50);
			await looksRight(page, options);
			await press(page, `${fold("expect")} button`);
			await until("one's own day is kept",
			    () => line(first).expected === 60);
			await other.context().close();
		});
		await page.context().close();
	});
