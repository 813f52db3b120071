// SPDX-License-Identifier: Apache-2.0
// Reminders arrive at a real mail server: in the reader's language, as he
// wants them, also after the server was away; what it refuses is shown.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import test, { after } from "node:test";
import { sleep, sql, until, VAR, Visitor } from "../lib/kontor.mjs";
import { hasMail, mailAbout, mailsOf } from "../lib/mailbox.mjs";
import { pause, remind, row, run, wantMails } from "../lib/reminders.mjs";
import { service, wants } from "../lib/services.mjs";

const skip = hasMail ? false : "another mail server is installed here";
const user = await wantMails("isar.user");
const admin = await wantMails("isar.admin");
const keeper = await new Visitor().signIn("administrator");

const psql = (...args) => spawn("psql", ["-qAtX", "-h", join(VAR, "pg"), "-U",
    "postgres", "-d", "kontor", ...args], { stdio: "ignore" });

async function speak(visitor, language)
{
	const a = await visitor.json("/supplier/account");
	const r = await visitor.post("/supplier/account/settings", {
		version: a.version, language,
		time_zone: "Europe/Berlin", theme: "auto" },
	{ page: "/supplier/account" });
	assert.equal(r.status, 303, await r.text());
}
const choose = (visitor, kind, choice) => visitor.post(
    "/supplier/account/mails", { "kinds[0][kind]": kind,
	"kinds[0][choice]": choice }, { page: "/supplier/account" });

after(() => {
	pause(5);
	run(`update core.person set mail = uid || '@kontor.example'
	     where uid = 'isar.admin'`, "delete from core.mail where sent_at is null");
});

test("a reminder arrives, in each reader's language", { skip }, async () => {
	await speak(user, "en");
	await speak(admin, "de");
	const po = await remind();
	const en = await mailAbout("isar.user", po.number);
	const de = await mailAbout("isar.admin", po.number);
	assert.match(en.headers.subject, /^Answer due soon: /);
	assert.match(en.headers.to, /isar\.user@kontor\.example/);
	assert.match(en.headers.from, /kontor@kontor\.example/);
	assert.equal(en.headers["auto-submitted"], "auto-generated");
	assert.match(en.body, /The answer to \S+ is due soon/);
	assert.ok(en.body.includes(`/supplier/orders/${po.id}`), en.body);
	assert.match(de.headers.subject, /^Antwort bald fällig: /);
	assert.match(de.body, /^Guten Tag /);
	assert.match(de.body, /Fällig: \d/);
	for (const m of [en, de])
		assert.doesNotMatch(JSON.stringify(m),
		    new RegExp(`ordlicht|${po.sales}|EUR`),
		    "nothing of the distributor, no price");
	assert.equal(mailsOf("isar.user").filter((m) =>
	    m.body.includes(po.number)).length, 1, "once");
	assert.ok(await until("the outbox says so",
	    () => row("isar.user", po).sent_at, 20000));
});

test("what refers to a reader does not wait for a round", async () => {
	const round = psql("-c", `begin; select core.mail_add(e.seq, p.id,
	    'supplier', e.partner_id, e.type) from core.person p, (select *
	    from core.event order by seq desc limit 1) e
	    where p.uid = 'isar.user'; select pg_sleep(60); rollback`);
	try {
		await until("the round", () => sql(`select from pg_stat_activity
		    where wait_event = 'PgSleep'
		    and query like 'begin; select core.mail_add%'`).length);
		const other = psql("-v", "ON_ERROR_STOP=1", "-c",
		    `set lock_timeout = '2s'; begin; insert into core.mail_choice
		    select p.id, 'order.assigned', 'now' from core.person p
		    where p.uid = 'isar.user' on conflict do nothing; rollback`);
		assert.deepEqual(await once(other, "exit"), [0, null]);
	} finally {
		run(`select pg_terminate_backend(pid) from pg_stat_activity
		     where query like 'begin; select core.mail_add%'
		     and wait_event = 'PgSleep'`);
	}
	await once(round, "exit");
});

test("nobody else gets it", { skip }, async () => {
	const po = await remind();
	await mailAbout("isar.user", po.number);
	for (const other of ["nordlicht.user", "elbe.user", "manager.one"])
		assert.ok(!mailsOf(other).some((m) => m.body.includes(po.number)),
		    other);
});

test("it comes as its reader wants it", { skip }, async () => {
	const page = await (await user.get("/supplier/account")).text();
	assert.match(page, /isar\.user@kontor\.example/);
	assert.match(page, /name="kinds\[\d\]\[choice\]"/);
	assert.equal((await choose(user, "order.reminded", "none")).status, 303);
	assert.equal((await choose(admin, "order.reminded", "daily")).status, 303);
	assert.equal((await choose(user, "order.escalated", "now")).status, 422);
	try {
		const po = await remind();
		const waits = await until("the mail of the day",
		    () => row("isar.admin", po), 40000);
		assert.equal(waits.attempts, 0);
		await sleep(1000);
		assert.equal(row("isar.user", po), undefined);
	} finally {
		await choose(user, "order.reminded", "now");
		await choose(admin, "order.reminded", "now");
	}
});

test("it waits while the server is away and is sent again", { skip },
    async () => {
	wants("mail", false);
	let po, waiting;
	try {
		await until("the mail server's end", () => !service("mail"),
		    20000);
		po = await remind();
		waiting = await until("a try in vain", () => {
			const r = row("isar.user", po);
			return r?.error && r;
		}, 40000);
	} finally {
		wants("mail", true);
	}
	assert.equal(waiting.attempts, 1);
	assert.equal(waiting.failed_at, null);
	const list = await keeper.json("/desk/mails");
	assert.equal(list.items.find((m) => m.id === waiting.id).state, "delayed");
	await until("the mail server", () => service("mail"), 20000);
	const r = await keeper.post(`/desk/mails/${waiting.id}/send`, {},
	    { page: "/desk/mails" });
	assert.equal(r.status, 303, await r.text());
	const mail = await mailAbout("isar.user", po.number);
	assert.equal(mail.headers["message-id"], `<${waiting.message_id}>`);
});

test("what the server refuses is given up and shown", { skip }, async () => {
	const gone = await new Visitor().signIn("isar.admin");
	await gone.post("/supplier/account/sessions/end", {},
	    { page: "/supplier/account" });
	run(`update core.person set mail = 'gone@kontor.example'
	     where uid = 'isar.admin'`);
	const po = await remind();
	const failed = await until("a refusal", () => {
		const r = row("isar.admin", po);
		return r?.failed_at && r;
	}, 40000);
	assert.match(failed.error, /^550 /);
	const page = await (await keeper.get("/desk/mails")).text();
	assert.ok(page.includes("gone@kontor.example"));
	assert.ok(page.includes("no such person"), page);
	assert.match(await (await keeper.get("/desk/home")).text(), /href="[^"]*\/mails"/);
	await mailAbout("isar.user", po.number);
});
