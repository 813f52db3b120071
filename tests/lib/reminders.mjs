// SPDX-License-Identifier: Apache-2.0
// Orders that a demo supplier has to answer soon, and what the outbox says of
// the mails about them.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { itemsOf, post } from "./goods.mjs";
import { Machine, sql, until, VAR, Visitor } from "./kontor.mjs";
import { unique } from "./orders.mjs";

const SUPPLIER = "isar";

/** Statements of the cluster's superuser. */
export const run = (...statements) => execFileSync("psql", ["-qAtX", "-h",
    join(VAR, "pg"), "-U", "postgres", "-d", "kontor",
    ...statements.flatMap((s) => ["-c", s])]);

/** Mails of one kind to one person follow each other at once, or not. */
export const pause = (minutes) => run(`update core.setting
    set value = '${minutes}' where name = 'mail.pause_minutes'`);

/** Signs somebody in, so that he is known, and lets no mail wait. */
export async function wantMails(login)
{
	pause(0);
	return new Visitor().signIn(login);
}

/** An order that the supplier has to answer within the hour; the clock looks
 * now. */
export async function remind()
{
	const number = unique("ML");
	const sales = await post(new Machine("nordlicht"), "/orders", {
		partner_number: number, requested_date: new Date(Date.now() + 864e6)
		    .toISOString().slice(0, 10), lines: [{ quantity: "2",
		    item: itemsOf(SUPPLIER, 1)[0].number }] });
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

/** The mail that tells somebody of an order. */
export const row = (login, po) => sql(`select m.public_id as id, m.attempts,
	m.error, m.sent_at, m.failed_at, m.message_id from core.mail m
    join core.person p on p.id = m.person_id and p.uid = '${login}'
    join core.mail_item i on i.mail_id = m.id
    join core.event e on e.seq = i.event_seq
    where e.object_id = '${po.id}'`)[0];
