// SPDX-License-Identifier: Apache-2.0
// The calendar of a person's deliveries: made and revoked on the account
// page, fetched by a program that knows the address only.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { sleep, URL_BASE, VAR, Visitor } from "../lib/kontor.mjs";

const page = "/supplier/account";
const fetchIcs = (address) => fetch(address, { headers: { accept: "*/*" } });
const unfold = (ics) => ics.replaceAll("\r\n ", "");

test("a calendar is subscribed to until its address is revoked", async (t) => {
	const v = await new Visitor("de").signIn("isar.admin");
	const step = async (event) => {
		const r = await v.post(`/supplier/account/calendar/${event}`, {},
		    { page });
		assert.equal(r.status, 303, await r.clone().text());
		return /https:[^<"]*\/calendar\/([0-9a-f]{96})/.exec(
		    await (await v.get(page)).text());
	};
	const [address, key] = await step("make");
	assert.ok(address.startsWith(`${URL_BASE}/calendar/`));
	await t.test("as RFC 5545 wants it", async () => {
		const r = await fetchIcs(address);
		assert.equal(r.status, 200);
		assert.match(r.headers.get("content-type"), /^text\/calendar/);
		assert.equal(r.headers.get("cache-control"), "no-store");
		const ics = await r.text();
		assert.ok(ics.endsWith("END:VCALENDAR\r\n"));
		for (const line of ics.split("\r\n"))
			assert.ok(Buffer.byteLength(line) <= 75 &&
			    !/[\r\n]/.test(line), line);
		const events = unfold(ics).split("BEGIN:VEVENT").slice(1);
		assert.ok(events.length > 0, "the demo has promised lines");
		const uids = events.map((e) => /UID:(\S+@kontor)\r\n/.exec(e)[1]);
		assert.equal(new Set(uids).size, uids.length);
		for (const e of events)
			assert.match(e, /\r\nDTSTART;VALUE=DATE:\d{8}\r\nSUMMARY:PO-/);
		const again = unfold(await (await fetchIcs(address)).text());
		assert.deepEqual([...again.matchAll(/UID:(\S+)/g)]
		    .map((m) => m[1]), uids);
	});
	await t.test("the address leads to nothing else", async () => {
		assert.equal((await fetchIcs(address.slice(0, -1))).status, 404);
		assert.equal((await fetch(address, { method: "POST" })).status, 405);
	});
	await t.test("and stands in no log of ours", async () => {
		await sleep(300);
		for (const f of readdirSync(join(VAR, "log")))
			assert.ok(!readFileSync(join(VAR, "log", f), "latin1")
			    .includes(key), f);
	});
	const [renewed] = await step("make");
	assert.equal((await fetchIcs(address)).status, 404);
	assert.equal((await fetchIcs(renewed)).status, 200);
	assert.equal(await step("revoke"), null);
	assert.equal((await fetchIcs(renewed)).status, 404);
});
