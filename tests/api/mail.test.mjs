// SPDX-License-Identifier: Apache-2.0
// Reminders arrive at a real mail server: in the reader's language, as he
// wants them, also after the server was away; what it refuses is shown.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { itemsOf, post } from "../lib/goods.mjs";
import { Machine, sleep, sql, until, VAR, Visitor } from "../lib/kontor.mjs";
import { hasMail, mailAbout, mailServer, mailsOf } from "../lib/mailbox.mjs";
import { unique } from "../lib/orders.mjs";
import { service } from "../lib/services.mjs";

const run = (...statements) => execFileSync("psql", ["-qAtX", "-h",
    join(VAR, "pg"), "-U", "postgres", "-d", "kontor",
    ...statements.flatMap((s) => ["-c", s])]);
const pause = (minutes) => run(`update core.setting set value = '${minutes}'
    where name = 'mail.pause_minutes'`);
const skip = hasMail ? false : "another mail server is installed here";
const user = await new Visitor().signIn("isar.user");
const admin = await new Visitor().signIn("isar.admin");
const keeper = await new Visitor().signIn("administrator");
const buyer = new Machine("nordlicht");

/** An order that isar has to answer within the hour; the clock looks now. */
async function reminder()
{
	const number = unique("ML");
	const sales = await post(buyer, "/orders", { partner_number: number,
	    requested_date: new Date(Date.now() + 864e6).toISOString()
		.slice(0, 10),
	    lines: [{ item: itemsOf("isar", 1)[0].number, quantity: "2" }] });
	const [po] = await until("the supplier's order", () => {
		const rows = sql(`select h.public_id as id, h.number
		    from orders.head h join orders.head s
		    on s.id = h.linked_order_id where s.public_id = '${sales.id}'
		    and h.submitted_at is not null`);
		return rows.length && rows;
	});
	run(`update orders.head set response_due = now() + interval '1 hour'
	     where public_id = '${po.id}'`, `update core.job_schedule
	     set last_at = '-infinity' where kind = 'orders_clock'`);
	return { ...po, sales: number };
}

/** The row of the outbox that tells somebody of an order. */
const row = (login, po) => sql(`select m.public_id as id, m.attempts, m.error,
	m.sent_at, m.failed_at, m.message_id from core.mail m
    join core.person p on p.id = m.person_id and p.uid = '${login}'
    join core.mail_item i on i.mail_id = m.id
    join core.event e on e.seq = i.event_seq
    where e.object_id = '${po.id}'`)[0];

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

before(() => pause(0));
after(() => {
	pause(5);
	run(`update core.person set mail = uid || '@kontor.example'
	     where uid = 'isar.admin'`, "delete from core.mail where sent_at is null");
});

test("a reminder arrives, in each reader's language", { skip }, async () => {
	await speak(user, "en");
	await speak(admin, "de");
	const po = await reminder();
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

test("nobody else gets it", { skip }, async () => {
	const po = await reminder();
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
		const po = await reminder();
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
	mailServer(false);
	let po, waiting;
	try {
		await until("the mail server's end", () => !service("mail"),
		    20000);
		po = await reminder();
		waiting = await until("a try in vain", () => {
			const r = row("isar.user", po);
			return r?.error && r;
		}, 40000);
	} finally {
		mailServer(true);
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
	const po = await reminder();
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
