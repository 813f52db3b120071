// SPDX-License-Identifier: Apache-2.0
// Service on the screen: a distributor logs a request with a photo and asks
// for a return, an agent answers both, the account manager sees both on the
// partner's feed; in both languages, with and without script.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { enter, launch, looksRight, picture } from "../lib/browser.mjs";
import { sql } from "../lib/kontor.mjs";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlE" +
    "QVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const idOf = (page) => new URL(page.url()).pathname.split("/").pop();

async function journey(t, { lang, script })
{
	const options = { lang, script };
	const subject = `Pump ${lang} ${script} ${Date.now()}`;
	const distributor = await enter(t, browser, "nordlicht.user", options);
	const agent = await enter(t, browser, "agent.one", options);
	let request, back;

	await t.test("the distributor logs a request with a photo", async () => {
		await distributor.goto("/distributor/cases/new");
		await looksRight(distributor, { script });
		await distributor.fill("#f-subject", subject);
		await distributor.fill("#f-serial", "HX-2209-001742");
		await distributor.selectOption("#f-priority", "high");
		await distributor.setInputFiles("#f-file", { name: "p.png",
		    mimeType: "image/png", buffer: PNG });
		await distributor.click("main form.stack button[type=submit].main");
		await distributor.waitForURL(/\/cases\/[0-9a-f-]{36}/);
		request = idOf(distributor);
		const text = await distributor.textContent("main");
		assert.match(text, /SR-\d{4}-\d{5}/);
		assert.match(text, /p\.png/);
		await looksRight(distributor, { script });
		await picture(distributor, `case-${lang}`);
	});

	await t.test("the agent takes it, notes and asks", async () => {
		await agent.goto("/desk/cases");
		await looksRight(agent, { script });
		await agent.goto(`/desk/cases/${request}`);
		await agent.click('form[action$="/assign"] button');
		await agent.waitForSelector('form[action$="/reply"]');
		await agent.fill("#f-note_text", "never for partners");
		await agent.click('form[action$="/note"] button');
		await agent.waitForSelector("main .internal");
		await agent.fill("#f-reply_text", "Which pressure?");
		await agent.click('button[formaction$="/ask"]');
		await agent.waitForSelector('main .tag.fill[data-tone="warn"]');
		await looksRight(agent, { script });
		await picture(agent, `case-desk-${lang}`);
	});

	await t.test("the distributor reads the question, not the note",
	    async () => {
		await distributor.goto(`/distributor/cases/${request}`);
		const text = await distributor.textContent("main");
		assert.match(text, /Which pressure\?/);
		assert.doesNotMatch(text, /never for partners/);
	});

	await t.test("the distributor asks for a return", async () => {
		await distributor.goto("/distributor/returns/new");
		await looksRight(distributor, { script });
		await distributor.fill('[name="lines[0][quantity]"]', "1");
		await distributor.selectOption('[name="lines[0][reason_code]"]',
		    "defective");
		await distributor.selectOption(
		    '[name="lines[0][expected_resolution]"]', "credit");
		await distributor.click("main form.stack button[type=submit].main");
		await distributor.waitForURL(/\/returns\/[0-9a-f-]{36}/);
		back = idOf(distributor);
		await looksRight(distributor, { script });
		await picture(distributor, `return-${lang}`);
	});

	await t.test("the agent approves, receives and settles it", async () => {
		await agent.goto(`/desk/returns/${back}`);
		await looksRight(agent, { script });
		await agent.click('form[action$="/approve"] button.main');
		await agent.waitForSelector('form[action$="/receive"]');
		await agent.click('form[action$="/receive"] button.main');
		await agent.waitForSelector('form[action$="/settle"]');
		await agent.selectOption("#f-resolution", "credit");
		await agent.fill("#f-settlement_number", "CN-77");
		await agent.click('form[action$="/settle"] button.main');
		await agent.waitForSelector('main .tag.fill[data-tone="ok"]');
		await looksRight(agent, { script });
		await picture(agent, `return-desk-${lang}`);
	});

	await t.test("the account manager sees both on the partner's feed",
	    async () => {
		const manager = await enter(t, browser, "manager.one", options);
		const [row] = sql(`select p.public_id as id, c.number as request,
		    r.number as back from cases.head c
		    join core.partner p on p.id = c.partner_id
		    join returns.head r on r.partner_id = p.id
		    where c.public_id = '${request}' and r.public_id = '${back}'`);
		await manager.goto(`/desk/partners/${row.id}`);
		const text = await manager.textContent("main");
		assert.match(text, new RegExp(row.request));
		assert.match(text, new RegExp(row.back));
		await looksRight(manager, { script });
	});
}

test("service in English", (t) => journey(t, { lang: "en", script: true }));
test("service in German", (t) => journey(t, { lang: "de", script: true }));
test("service without script", (t) => journey(t,
    { lang: "de", script: false }));
