// SPDX-License-Identifier: Apache-2.0
// Goods on the screen: a supplier builds a despatch advice, is told what is
// wrong, corrects it later; the distributor counts what arrived, short; the
// agent sees both sides. In both languages, with and without script, on a
// phone and in the dark.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { enter, launch, looksRight, picture } from "../lib/browser.mjs";
import { confirmedOrder } from "../lib/goods.mjs";
import { sql } from "../lib/kontor.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

async function clean(page, script, name)
{
	await looksRight(page, { script });
	await picture(page, name);
}

const idOf = (page) => new URL(page.url()).pathname.split("/").pop();
const submit = (page) => page.click("main form.stack button[type=submit].main");

async function journey(t, options, words)
{
	const o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
	const script = options.script;
	const kind = Object.entries(options).map((e) => e.join("-")).join("-");
	const supplier = await enter(t, browser, "elbe.user", options);
	const buyer = await enter(t, browser, "nordlicht.user", options);
	let id, mirror;

	await t.test("the builder is filled with what may leave", async () => {
		await supplier.goto(`/supplier/orders/${o.bought}/despatch`);
		assert.equal(await supplier.inputValue(
		    '[name="lines[1][quantity]"]'), "20");
		await clean(supplier, script, `despatch-new-${kind}`);
	});

	await t.test("too much and a wrong SSCC are said where they stand",
	    async () => {
		await supplier.fill('[name="lines[0][quantity]"]', "99");
		await supplier.fill('[name="packages[0][sscc]"]', "123");
		await submit(supplier);
		await supplier.waitForSelector("[role=alert]");
		assert.equal(await supplier.getAttribute(
		    '[name="lines[0][quantity]"]', "aria-invalid"), "true");
		assert.equal(await supplier.getAttribute(
		    '[name="packages[0][sscc]"]', "aria-invalid"), "true");
		assert.match(await supplier.textContent("[role=alert]"), words.most);
		await clean(supplier, script, `despatch-error-${kind}`);
	});

	await t.test("the despatch advice is sent with packages", async () => {
		await supplier.fill('[name="lines[0][quantity]"]', "4");
		await supplier.fill('[name="lines[0][package]"]', "2");
		await supplier.fill('[name="lines[0][serials]"]', "A1, A2, A3, A4");
		await supplier.fill('[name="packages[0][sscc]"]', "");
		await supplier.fill('[name="packages[1][parent]"]', "1");
		await supplier.fill('[name="carrier"]', "Fast Cargo");
		await submit(supplier);
		await supplier.waitForURL(/\/despatches\/[0-9a-f-]{36}/);
		id = idOf(supplier);
		const text = await supplier.textContent("main");
		assert.match(text, /\d29000002\d{9}/, "an SSCC was made");
		assert.match(text, /A3/);
		await clean(supplier, script, `despatch-${kind}`);
	});

	await t.test("it is corrected, both versions stand", async () => {
		await supplier.click(`a[href$="/despatches/${id}/edit"]`);
		await supplier.waitForSelector('[name="lines[0][quantity]"]');
		await clean(supplier, script, `despatch-edit-${kind}`);
		await supplier.fill('[name="lines[0][quantity]"]', "5");
		await supplier.fill('[name="lines[0][serials]"]', "");
		await submit(supplier);
		await supplier.waitForURL(/\/despatches\/[0-9a-f-]{36}(\?|$)/);
		const text = await supplier.textContent("main");
		for (const n of [1, 2])
			assert.ok(text.includes(`${words.version} ${n}`), text);
	});

	await t.test("the distributor counts less than was sent", async () => {
		[mirror] = sql(`select m.public_id as id from orders.despatch m
		    join orders.despatch d on d.id = m.origin_id
		    where d.public_id = '${id}'`);
		await buyer.goto("/distributor/despatches");
		await clean(buyer, script, `despatches-${kind}`);
		await buyer.goto(`/distributor/despatches/${mirror.id}/receipt`);
		await clean(buyer, script, `receipt-${kind}`);
		await buyer.fill('[name="lines[1][received]"]', "18");
		await buyer.fill('[name="lines[1][damaged]"]', "19");
		await submit(buyer);
		await buyer.waitForSelector("[role=alert]");
		await buyer.fill('[name="lines[1][damaged]"]', "1");
		await submit(buyer);
		await buyer.waitForURL(/\/despatches\/[0-9a-f-]{36}(\?|$)/);
		const text = await buyer.textContent("main");
		assert.match(text, words.short);
		assert.match(text, /SR-\d{4}-\d{5}/, "a case is open");
		await clean(buyer, script, `received-${kind}`);
	});

	await t.test("the supplier sees the count, not the distributor",
	    async () => {
		await supplier.goto(`/supplier/despatches/${id}`);
		const text = await supplier.textContent("main");
		assert.match(text, words.short);
		assert.doesNotMatch(text, /Nordlicht|SR-\d{4}/);
		assert.equal(await supplier.$(`a[href$="/${id}/edit"]`), null,
		    "nothing is corrected any more");
		await supplier.goto(await supplier.getAttribute(
		    'main a[href^="/supplier/orders/"]', "href"));
		assert.match(await supplier.textContent("main"), words.arrived);
	});

	await t.test("the agent sees both sides", async () => {
		const agent = await enter(t, browser, "agent.one", options);
		await agent.goto(`/desk/despatches/${mirror.id}`);
		assert.match(await agent.textContent("main"), /Elbe Motoren/);
		await clean(agent, script, `despatch-desk-${kind}`);
	});
}

const EN = { most: /At most 10 of this line/, version: "Version",
	short: /Received short/, arrived: /arrived 18/ };
const DE = { most: /höchstens 10, alle/, version: "Fassung",
	short: /Mit Fehlmenge erhalten/, arrived: /eingetroffen 18/ };
test("English, with script", (t) => journey(t, { lang: "en", script: true },
    EN));
test("German, without script", (t) => journey(t, { lang: "de",
    script: false }, DE));
test("German, on a phone, in the dark", (t) => journey(t, { lang: "de",
    script: true, phone: true, dark: true }, DE));
