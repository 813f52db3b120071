// SPDX-License-Identifier: Apache-2.0
// A supplier downloads an order as a table, fills it in, uploads it, reads
// what would change and which cells are wrong, and commits.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { after, before } from "node:test";
import { launch, looksRight, picture, press, signIn, visit }
    from "../lib/browser.mjs";
import { itemsOf, post } from "../lib/goods.mjs";
import { Machine, sql, until } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";
import { parse, serialize } from "../lib/sheet.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const day = (n) => new Date(Date.now() + n * 864e5).toISOString()
    .slice(0, 10);
const states = (po) => sql(`select l.state from orders.line l
    join orders.head h on h.id = l.order_id where h.number = '${po}'
    order by l.position`).map((l) => l.state);

/** An order of three lines that Elbe has not answered. */
async function unanswered()
{
	const sales = await post(new Machine("nordlicht"), "/orders", {
		partner_number: unique("SH"), requested_date: day(12),
		lines: itemsOf("elbe", 3).map((it) => ({ item: it.number,
		    quantity: "10" })) });
	const [po] = await until("the supplier's order", () => {
		const rows = sql(`select h.public_id as id, h.number
		    from orders.head h join orders.head s
		    on s.id = h.linked_order_id where s.public_id = '${sales.id}'
		    and h.submitted_at is not null`);
		return rows.length && rows;
	});
	return po;
}

for (const options of KINDS)
	test(`a table (${Object.entries(options).join(" ")})`, async (t) => {
		const de = options.lang === "de";
		const po = await unanswered();
		const page = await visit(browser, options);
		await signIn(page, "elbe.user");
		let rows, column;

		await t.test("is downloaded from the order", async () => {
			await page.goto(`/supplier/orders/${po.id}`);
			const coming = page.waitForEvent("download");
			await press(page, 'a[href*="format=csv"]');
			const file = readFileSync(await (await coming).path(),
			    "utf8");
			rows = parse(file);
			column = (name) => rows[0].indexOf(name);
			assert.equal(rows.length, 4);
			assert.ok(column(de ? "Bestätigt" : "Confirmed") >= 0,
			    rows[0].join());
		});
		await t.test("filled in, it is checked first", async () => {
			const set = (row, de_name, en_name, value) => {
				rows[row][column(de ? de_name : en_name)] = value;
			};
			set(1, "Bestätigt", "Confirmed", "10");
			set(1, "Termin", "Date", day(12));
			set(2, "Bestätigt", "Confirmed", "12");
			set(2, "Termin", "Date", day(12));
			set(3, "Bestätigt", "Confirmed", "10");
			set(3, "Termin", "Date", day(30));
			await page.goto("/supplier/documents/new");
			await looksRight(page, options);
			await page.setInputFiles("input[type=file]", {
				name: "answers.csv", mimeType: "text/csv",
				buffer: Buffer.from(serialize(rows, de ? ";" : ",")) });
			await press(page, "button[name=preview]");
			await page.waitForURL(/\/documents\/[0-9a-f-]{36}/);
			await until("it is read", async () => {
				await page.reload();
				return page.locator('form[action$="/commit"]').count();
			}, 20000, 300);
		});
		await t.test("the wrong cell is named, the others compared",
		    async () => {
			const text = await page.innerText("main");
			assert.match(text, de ? /Zeile 3, Spalte/ : /row 3, column/);
			assert.match(text, /12/);
			const lines = page.locator("#differences tbody tr");
			assert.equal(await lines.count(), 2);
			assert.deepEqual(states(po.number),
			    ["open", "open", "open"]);
			await looksRight(page, options);
			await picture(page, `sheet-${options.lang}`);
		});
		await t.test("committed, the right rows count", async () => {
			await press(page, 'form[action$="/commit"] button');
			await page.waitForURL(/done=documents_event\.commit/);
			await until("it counts", () => states(po.number)
			    .join() === "accepted,open,proposed", 20000);
			await page.goto(`/supplier/orders/${po.id}`);
			await looksRight(page, options);
		});
		await page.context().close();
	});
