// SPDX-License-Identifier: Apache-2.0
// Kills a process in every round while partners' machines hand in orders,
// and reconciles what they were told with what the database holds: nothing
// acknowledged is lost, nothing is doubled. usage: crash.mjs --rounds N
// [--seed S]
//
// Even rounds kill at a named point: the harness holds a lock on the table
// that the step would write next, waits until somebody stands before it, and
// kills then. Odd rounds kill at a random moment.
import { spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Machine, sleep, sql, until, URL_BASE, VAR }
    from "../lib/kontor.mjs";
import { agreement, edifact, items, order, TYPES } from "../lib/orders.mjs";

const option = (name, fallback) => {
	const i = process.argv.indexOf(`--${name}`);
	return i < 0 ? fallback : Number(process.argv[i + 1]);
};
const ROUNDS = option("rounds", 20);
let seed = option("seed", Date.now() % 2 ** 31);
const random = (n) => {
	seed = (seed * 1103515245 + 12345) % 2 ** 31;
	return Math.floor(seed / 2 ** 31 * n);
};

const DISTRIBUTOR = "nordlicht";
const SENDERS = 4;
const machine = new Machine(DISTRIBUTOR);
const ledger = [];
let stopping = false, refused = 0;

/* Processes */

const service = (name) => Number(
    readFileSync(join(VAR, "run/services"), "utf8").split("\n")
	.map((l) => l.split(" ")).find((l) => l[0] === name)?.[1] ?? 0);

/** Children of a process. */
function children(pid)
{
	const out = [];
	if (pid < 100)
		return out;
	for (const p of readdirSync("/proc")) {
		if (!/^\d+$/.test(p))
			continue;
		try {
			const stat = readFileSync(`/proc/${p}/stat`, "utf8");
			if (Number(stat.slice(stat.lastIndexOf(")") + 2)
			    .split(" ")[1]) === pid)
				out.push(Number(p));
		} catch {
			// It ended meanwhile.
		}
	}
	return out;
}

const pick = (list) => list[random(list.length)];
const VICTIMS = {
	"worker": () => service("worker"),
	"worker's child": () => pick(children(service("worker"))),
	"Kore's worker": () => pick(children(service("kore"))),
	"Kore's parent": () => service("kore"),
	"PostgreSQL": () => service("postgres"),
	"a connection": () => sql(`select pid from pg_stat_activity
	    where usename like 'kontor\\_%' order by random() limit 1`)[0]?.pid,
};

function kill(name)
{
	const pid = VICTIMS[name]();
	if (pid > 100)
		try {
			process.kill(pid, "SIGKILL");
		} catch {
			// It ended by itself.
		}
	return pid;
}

/* Named points: table that the step writes next */

const POINTS = {
	"bytes are stored": "exchange.document",
	"a job is claimed": "core.job",
	"an order is made": "orders.head",
	"an interchange is recorded": "exchange.interchange",
	"an event is told": "core.event",
};

/** Holds a table so that writers wait; resolves when one does. */
async function hold(table)
{
	const psql = spawn("psql", ["-qAtX", "-h", join(VAR, "pg"), "-U",
	    "postgres", "-d", "kontor"], { stdio: ["pipe", "ignore", "ignore"] });
	psql.on("error", () => {});
	psql.stdin.on("error", () => {});
	psql.stdin.write(`begin; lock table ${table} in exclusive mode;\n`);
	const end = Date.now() + 1500;
	while (Date.now() < end) {
		await sleep(10);
		try {
			if (sql(`select 1 as found from pg_locks where not granted
			    and relation = '${table}'::regclass`).length)
				break;
		} catch {
			break;
		}
	}
	return () => psql.kill("SIGKILL");
}

/* The machines that hand in orders */

async function send(entry)
{
	for (;;) {
		try {
			entry.tries++;
			const r = await machine.send(entry.bytes, TYPES.edifact,
			    { "idempotency-key": entry.key });
			const text = await r.text();
			if (r.status === 202 || r.status === 200) {
				entry.id = JSON.parse(text).id;
				return;
			}
			if (r.status === 401)
				machine.token = undefined;
			else if (r.status < 500 && r.status !== 409 &&
			    r.status !== 429)
				throw Object.assign(new Error(
				    `${r.status} ${text}`), { final: true });
		} catch (e) {
			if (e.final) {
				refused++;
				entry.error = e.message;
				return;
			}
		}
		await sleep(100);
	}
}

/* A long run must not hand in more than the worker gets done. */
const waiting = () => sql(`select count(*) as n from core.job
    where kind = 'document_read' and state in ('queued', 'running')`)[0].n;
let behind = false;
async function watch()
{
	while (!stopping) {
		try {
			behind = waiting() > (behind ? 50 : 200);
		} catch {
			// The database is away: nothing gets in either.
		}
		await sleep(1000);
	}
}

async function sender(a, choice)
{
	while (!stopping) {
		if (behind) {
			await sleep(200);
			continue;
		}
		const o = order([pick(choice), pick(choice)]);
		const bytes = edifact(a, o);
		const entry = { number: o.number, control: o.control, bytes,
		    key: randomUUID(), tries: 0,
		    sha256: createHash("sha256").update(bytes).digest("hex") };
		ledger.push(entry);
		await send(entry);
		await sleep(20 + random(80));
	}
}

// The portal may not have noticed yet that the database is gone.
const ready = async () => {
	try {
		sql("select 1 as yes");
		const r = await fetch(`${URL_BASE}/readyz`);
		await r.text();
		return r.status === 200;
	} catch {
		return false;
	}
};

/* Reconciliation */

function reconcile()
{
	const complaints = [];
	const numbers = ledger.map((e) => `('${e.number}', '${e.control}')`);
	const rows = numbers.length === 0 ? [] : sql(`
	    with sent (number, control) as (values ${numbers.join(", ")}),
	    d as (select control_ref as control, count(*) as n,
		    json_agg(encode(sha256, 'hex')) as digests,
		    json_agg(public_id) as ids
		from exchange.document where direction = 'in'
		group by control_ref),
	    a as (select y.control_ref as control,
		    count(*) filter (where x.canonical is null) as n,
		    count(*) filter (where x.canonical is not null) as business
		from exchange.document x
		join exchange.document y on x.ack_of = y.id
		where y.direction = 'in' group by y.control_ref),
	    h as (select partner_number as number, count(*) as n
		from orders.head where kind = 'sales' group by partner_number),
	    r as (select o.partner_number as number, count(*) as n
		from exchange.document x
		join orders.head o on x.about = o.public_id
		where o.kind = 'sales' and x.type = 'order_response'
		group by o.partner_number),
	    s as (select o.partner_number as number,
		    count(*) = count(distinct p.partner_id) as fine
		from orders.head p join orders.head o on p.linked_order_id = o.id
		group by o.partner_number)
	    select sent.number, coalesce(d.n, 0) as documents, d.digests, d.ids,
		coalesce(h.n, 0) as orders, coalesce(a.n, 0) as acks,
		coalesce(a.business, 0) as business,
		coalesce(r.n, 0) as answers, coalesce(s.fine, false) as sourced
	    from sent left join d using (control) left join a using (control)
	    left join h using (number) left join r using (number)
	    left join s using (number)`);
	const found = new Map(rows.map((r) => [r.number, r]));
	for (const e of ledger) {
		const r = found.get(e.number);
		const bad = (what) => complaints.push(`${e.number} ${what}`);
		if (!e.id) {
			if (r.documents > 1)
				bad(`not acknowledged, ${r.documents} documents`);
			continue;
		}
		if (r.documents !== 1)
			bad(`acknowledged, ${r.documents} documents`);
		else if (r.digests[0] !== e.sha256)
			bad("other bytes than were sent");
		else if (r.ids[0] !== e.id)
			bad("another id than was answered");
		if (r.orders !== 1)
			bad(`${r.orders} orders`);
		if (r.acks !== 1)
			bad(`${r.acks} acknowledgements`);
		if (r.business !== 1)
			bad(`${r.business} business acknowledgements`);
		if (r.answers !== 1)
			bad(`${r.answers} answers`);
		if (!r.sourced)
			bad("supplier orders missing or doubled");
	}
	const strangers = sql(`select count(*) as n from core.job
	    where state = 'dead'`)[0].n;
	if (strangers > 0)
		complaints.push(`${strangers} jobs were given up`);
	return complaints;
}

/* Rounds */

async function round(i)
{
	const names = Object.keys(VICTIMS), points = Object.keys(POINTS);
	const victim = names[i % names.length];
	let point = "a random moment", release = () => {};
	if (i % 2 === 0) {
		point = points[(i / 2) % points.length];
		release = await hold(POINTS[point]);
	} else {
		await sleep(random(400));
	}
	const at = Date.now();
	const pid = kill(victim);
	await sleep(random(60));
	release();
	await sleep(50);
	await until("the portal is ready again", ready, 30000, 100);
	console.log(`  round ${i + 1}: ${victim} (${pid ?? "none"}) killed when ` +
	    `${point}; ready after ${Date.now() - at} ms, ` +
	    `${ledger.filter((e) => e.id).length} acknowledged`);
	await sleep(150 + random(300));
}

const a = agreement(DISTRIBUTOR, "edifact");
const choice = items(20);
console.log(`crash: ${ROUNDS} rounds, seed ${seed}`);
const senders = Array.from({ length: SENDERS }, () => sender(a, choice));
const watcher = watch();
let error;
try {
	await until("a first acknowledgement",
	    () => ledger.some((e) => e.id || e.error), 15000);
	if (ledger.some((e) => e.error))
		throw new Error(ledger.find((e) => e.error).error);
	for (let i = 0; i < ROUNDS; i++)
		await round(i);
} catch (e) {
	error = e;
}
stopping = true;
await watcher;
await Promise.race([Promise.all(senders), sleep(60000)]);
if (!error)
	try {
		await until("every job done", () => {
			try {
				return sql(`select count(*) as n from core.job
				    where state in ('queued', 'running')
				    and kind like 'document%'`)[0].n === 0;
			} catch {
				return false;
			}
		}, 300000, 500);
	} catch (e) {
		error = e;
	}
const complaints = error ? [error.message] : reconcile();
if (refused)
	complaints.push(`${refused} orders were refused, first: ` +
	    ledger.find((e) => e.error).error);
for (const c of complaints.slice(0, 30))
	console.log(`  not ok: ${c}`);
console.log(`  ${ledger.filter((e) => e.id).length} orders acknowledged, ` +
    `${ledger.reduce((n, e) => n + e.tries, 0)} attempts`);
const failed = complaints.length ? 1 : 0;
console.log(`crash: ${failed ? 0 : ROUNDS} passed, ${failed} failed, 0 skipped`);
process.exit(failed);
