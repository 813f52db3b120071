// SPDX-License-Identifier: Apache-2.0
// Mails when something goes wrong between worker and relay (AV-1): nothing is
// lost, what may come twice keeps its id. Runs alone: it stands in for the
// worker.
import assert from "node:assert/strict";
import { once } from "node:events";
import test, { after, before } from "node:test";
import { until } from "../lib/kontor.mjs";
import { hasMail, mailsOf } from "../lib/mailbox.mjs";
import { pause, remind, row, run, wantMails } from "../lib/reminders.mjs";
import { service, stand, wants } from "../lib/services.mjs";

const skip = hasMail ? false : "another mail server is installed here";
const READER = "isar.user";

before(async () => {
	await wantMails(READER);
	run(`insert into core.mail_choice select p.id, 'order.reminded', 'none'
	     from core.person p where p.uid = 'isar.admin' on conflict do nothing`);
	wants("worker", false);
	await until("the worker's end", () => !service("worker"), 20000);
});
after(() => {
	run("delete from core.mail_choice");
	wants("worker", true);
	pause(5);
});

/** A worker with other settings, until f answers something true. */
async function worker(settings, f)
{
	const w = stand("worker", settings);
	try {
		return await until("what the worker does", f, 40000);
	} finally {
		w.kill("SIGTERM");
		if (w.exitCode === null && w.signalCode === null)
			await once(w, "exit");
	}
}
const about = (po) => mailsOf(READER).filter((m) =>
    m.body.includes(po.number));
const error = (po) => row(READER, po)?.error;

test("without a relay mails wait, and it is said", { skip }, async () => {
	let po;
	const said = await worker({ KONTOR_SMTP_URL: "" }, async () => {
		po ??= await remind();
		return error(po);
	});
	assert.equal(said, "mail.no_relay");
	assert.equal(row(READER, po).attempts, 0);
	assert.equal(about(po).length, 0);
	run("update core.mail set send_at = now() where sent_at is null");
	await worker({}, () => row(READER, po).sent_at && about(po).length);
	assert.equal(about(po).length, 1);
	assert.equal(row(READER, po).error, null);
});

test("a relay that cannot prove who it is gets nothing", { skip },
    async () => {
	let po;
	const said = await worker({ KONTOR_SMTP_CA: "" }, async () => {
		po ??= await remind();
		return error(po);
	});
	assert.match(said, /certificate|SSL/i);
	assert.equal(about(po).length, 0);
	run("update core.mail set send_at = now() where sent_at is null");
	await worker({}, () => row(READER, po).sent_at && about(po).length);
	assert.equal(about(po).length, 1);
});

test("a mail that the relay took before its worker died is sent again, " +
    "later, under the same id", { skip }, async () => {
	let po;
	await worker({ KONTOR_CRASH_POINTS: "on", KONTOR_CRASH_AT: "mail_sent",
	    KONTOR_WORKER_PROCESSES: "1" }, async () => {
		po ??= await remind();
		return about(po).length && !row(READER, po).sent_at;
	});
	run("update core.mail set send_at = now() where sent_at is null");
	await worker({}, () => row(READER, po).sent_at && about(po).length > 1);
	const ids = about(po).map((m) => m.headers["message-id"]);
	assert.equal(ids.length, 2);
	assert.equal(ids[0], ids[1]);
	assert.equal(ids[0], `<${row(READER, po).message_id}>`);
});
