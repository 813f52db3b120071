// SPDX-License-Identifier: Apache-2.0
// A distributor attaches a drawing to his order, the account manager passes it
// on, the supplier downloads it and attaches a certificate; what is no file we
// take is refused. On a phone without script, and by script in the dark.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test, { after, before } from "node:test";
import { enter, launch, looksRight, picture, press } from "../lib/browser.mjs";
import { confirmedOrder } from "../lib/goods.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const KINDS = [{ lang: "de", phone: true, script: false },
	{ lang: "en", dark: true }];
const WORDS = {
	de: { none: /Noch keine Dateien/, done: /Die Datei ist angehängt/,
		bad: /weder ein Bild noch ein PDF/, shared: /geteilt mit PO-/ },
	en: { none: /There are no files yet/, done: /The file is attached/,
		bad: /neither a picture nor a PDF/, shared: /shared with PO-/ },
};
const pdf = (mark) => Buffer.from(`%PDF-1.4\n% ${mark}\n%%EOF\n`);

/** Attaches by keyboard what a person chose. */
async function attach(page, id, name, buffer)
{
	/* What was refused is open. */
	if (!await page.locator("#files > details[open]").count())
		await press(page, "#files > details > summary");
	await page.setInputFiles(`#f-${id}`, { name,
	    mimeType: "application/pdf", buffer });
	await press(page, "#files > details button[type=submit]");
	await page.waitForSelector("main > .notice");
}

for (const options of KINDS)
	test(`files of an order (${Object.entries(options).join(" ")})`,
	    async (t) => {
		const words = WORDS[options.lang];
		const o = await confirmedOrder("nordlicht", "elbe", [10]);
		const drawing = pdf(`drawing ${o.sales}`);
		const buyer = await enter(t, browser, "nordlicht.user", options);
		await t.test("the distributor attaches a drawing", async () => {
			await buyer.goto(`/distributor/orders/${o.sales}`);
			assert.match(await buyer.textContent("#files"), words.none);
			await attach(buyer, "file", "page.pdf", Buffer.from("<html>"));
			assert.match(await buyer.textContent("#summary"), words.bad);
			await attach(buyer, "file", "Drawing 4.pdf", drawing);
			assert.match(await buyer.textContent("main > .notice"),
			    words.done);
			assert.match(await buyer.textContent("#files"),
			    /Drawing 4\.pdf/);
			await looksRight(buyer, options);
			await picture(buyer, `files-${options.lang}`);
		});
		await t.test("the account manager passes it on", async () => {
			const desk = await enter(t, browser, "manager.one", options);
			await desk.goto(`/desk/orders/${o.sales}`);
			await press(desk, "#files li summary");
			await desk.fill("#files li [name=filename]", "Part.pdf");
			await looksRight(desk, options);
			await press(desk, "#files li details button");
			await desk.waitForSelector("main > .notice");
			assert.match(await desk.textContent("#files"), words.shared);
			await picture(desk, `files-desk-${options.lang}`);
		});
		await t.test("the supplier downloads it and adds a certificate",
		    async () => {
			const seller = await enter(t, browser, "elbe.user", options);
			await seller.goto(`/supplier/orders/${o.bought}`);
			const [file] = await Promise.all([
				seller.waitForEvent("download"),
				seller.click("#files a.inline")]);
			assert.equal(file.suggestedFilename(), "Part.pdf");
			assert.deepEqual(await readFile(await file.path()), drawing);
			assert.doesNotMatch(await seller.textContent("#files"),
			    /Nordlicht|Drawing/);
			await attach(seller, "file", "Certificate.pdf",
			    pdf(`certificate ${o.sales}`));
			await looksRight(seller, options);
			await seller.click("#files form[action$='/withdraw'] button");
			await seller.waitForSelector("main > .notice");
			assert.doesNotMatch(await seller.textContent("#files"),
			    /Certificate/);
		});
	});
