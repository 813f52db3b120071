// SPDX-License-Identifier: Apache-2.0
// Measures each bar and its peer, alternating, and prints a Markdown table.
// A rate is the median of ROUNDS measurements of SECONDS_EACH seconds.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BIN, Machine, ROOT, sql, until, URL_BASE, VAR, Visitor }
    from "../lib/kontor.mjs";
import { agreement, edifact, items, order } from "../lib/orders.mjs";

const SECONDS = Number(process.env.SECONDS_EACH ?? 5);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const DISTRIBUTOR = "nordlicht";
const PGBENCH = "/usr/lib/postgresql/15/bin/pgbench";

const run = (command, args, env = {}) => execFileSync(command, args,
    { encoding: "utf8", env: { ...process.env, ...env },
      maxBuffer: 1 << 26 });
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const path = (name) => join(VAR, "demo", name);
const machine = new Machine(DISTRIBUTOR);
await machine.fetch("/orders?limit=1");
const token = machine.token;
const jti = JSON.parse(Buffer.from(token.split(".")[1], "base64url")).jti;
const who = JSON.stringify({ token: createHash("sha256").update(jti)
    .digest("hex"), channel: "api", lang: "en" });
const quote = (s) => `'${s.replaceAll("'", "''")}'`;

/** Transactions a second, for SECONDS or for a number of each client. */
function pgbench(script, role, transactions)
{
	writeFileSync(path("bench.sql"), script);
	const out = run(PGBENCH, ["-h", join(VAR, "pg"), "-U", role, "-n",
	    "-M", "prepared", "-c", "8", "-j", "2",
	    ...transactions ? ["-t", String(transactions)]
	    : ["-T", String(SECONDS)], "-f", path("bench.sql"), "kontor"]);
	return Number(/tps = ([\d.]+)/.exec(out)[1]);
}

function wrk(args, env)
{
	const out = run("wrk", ["-t2", "-c8", `-d${SECONDS}s`, ...args], env);
	const bad = /Non-2xx or 3xx responses: (\d+)/.exec(out);
	if (bad)
		console.error(`  ${bad[0]}`);
	return Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]);
}

/** Both in turn, so that the machine's moods meet both. */
async function compare(ours, peer)
{
	const a = [], b = [];
	for (let i = 0; i < ROUNDS; i++) {
		b.push(await peer(i));
		a.push(await ours(i));
	}
	return [median(a), median(b)];
}

const rows = [];
const report = (what, ours, peer, ratio, bar, unit) => {
	rows.push(`| ${what} | ${ours} ${unit} | ${peer} ${unit} | ` +
	    `${ratio.toFixed(2)} | ${bar} |`);
	console.log(rows.at(-1));
};

async function readOneOrder()
{
	const list = await machine.json("/orders?limit=1");
	const id = list.items[0].id;
	const input = JSON.stringify({ id });
	const [ours, peer] = await compare(
	    () => wrk(["-H", `Authorization: Bearer ${token}`,
		`${URL_BASE}/api/v1/orders/${id}`]),
	    () => pgbench(`select status, version, location, me, data
		from api.call('orders_show', ${quote(who)}, ${quote(input)}, null);`,
		"kontor_distributor"));
	report("read of one order", Math.round(ours), Math.round(peer),
	    ours / peer, "≥ 0.5", "/s");
}

const applied = (prefix) => sql(`select count(*) as n from orders.head
    where kind = 'sales' and partner_number like '${prefix}%'`)[0].n;

async function intake()
{
	const a = agreement(DISTRIBUTOR, "edifact");
	const o = order(items(10).concat(items(10)).slice(0, 10),
	    { number: "@NUMBER@", control: "@NUMBER@" });
	writeFileSync(path("bench.edi"), edifact(a, o));
	const one = async (run) => {
		const prefix = `B${Date.now() % 1e4}${run}`;
		dropJobs();
		const start = Date.now();
		wrk(["-s", join(ROOT, "tests/bench/intake.lua"), URL_BASE],
		    { BENCH_DOCUMENT: path("bench.edi"), BENCH_TOKEN: token,
		      BENCH_RUN: prefix });
		await until("every document applied", () => sql(`select
		    count(*) as n from core.job where kind = 'document_read'
		    and state in ('queued', 'running')`)[0].n === 0, 300000, 500);
		return applied(prefix) / ((Date.now() - start) / 1000);
	};
	await preparePeer(a, o);
	const [ours, peer] = await compare(one, peerIntake);
	report("intake, 10 lines, to the acknowledgement", Math.round(ours),
	    Math.round(peer), ours / peer, "≥ 0.5", "/s");
}

/*
 * The peer: a procedure that makes the same two commits by the same
 * functions, with a result that the reader gave before.
 */
async function preparePeer(a, o)
{
	const sample = { ...o, number: `S${Date.now()}`,
	    control: `S${Date.now() % 1e9}` };
	const r = await machine.send(edifact(a, sample),
	    "application/edifact", { prefer: "wait=10" });
	const { id } = await r.json();
	await until("the sample is applied", async () =>
	    (await machine.json(`/documents/${id}`)).state === "applied", 15000);
	writeFileSync(path("sample.id"), id);
	const setup = readFileSync(join(ROOT, "tests/bench/peer.sql"), "utf8")
	    .replaceAll("@WHO@", quote(who))
	    .replaceAll("@DOCUMENT@", quote(id))
	    .replaceAll("@NUMBER@", quote(sample.number))
	    .replaceAll("@CONTROL@", quote(sample.control));
	writeFileSync(path("peer.sql"), setup);
	run("psql", ["-qX", "-v", "ON_ERROR_STOP=1", "-h", join(VAR, "pg"),
	    "-U", "postgres", "-d", "kontor", "-f", path("peer.sql")]);
}

/** Jobs left by the measurement before, of either side, are not this one's. */
function dropJobs()
{
	run("psql", ["-qX", "-h", join(VAR, "pg"), "-U", "postgres", "-d",
	    "kontor", "-c", `delete from core.job where state = 'queued'
	    and kind in ('document_read', 'document_write')`]);
}

/** The workers are kept away meanwhile: their documents are the peer's. */
async function peerIntake()
{
	const running = () => readFileSync(join(VAR, "run/services"), "utf8")
	    .split("\n").map((l) => l.split(" "))
	    .filter(([name, pid]) => name.startsWith("worker") && pid > 0);
	const workers = running().map(([name]) => join(VAR, "run/want", name));
	workers.forEach((want) => unlinkSync(want));
	await until("the workers stopped", () => running().length === 0, 30000);
	const before = sql(`select count(*) as n from core.job
	    where kind = 'document_read' and state = 'queued'`)[0].n;
	const stored = pgbench("select bench.store();", "kontor_distributor");
	const n = sql(`select count(*) as n from core.job
	    where kind = 'document_read' and state = 'queued'`)[0].n - before;
	const accepted = pgbench("select bench.accept();", "kontor_worker",
	    Math.floor(n / 8));
	dropJobs();
	workers.forEach((want) => writeFileSync(want, ""));
	await until("the workers run",
	    () => running().length === workers.length, 10000);
	return 1 / (1 / stored + 1 / accepted);
}

async function rendering()
{
	// Connections that were kept meanwhile are closed by now.
	await fetch(`${URL_BASE}/livez`).catch(() => {});
	const visitor = await new Visitor().signIn(`${DISTRIBUTOR}.user`);
	const page = await visitor.get("/distributor/orders?limit=50",
	    "application/json");
	writeFileSync(path("page.json"), await page.text());
	const out = run(join(BIN, "tests/bench/render"),
	    [join(ROOT, "assets"), "orders/list", path("page.json")])
	    .split(" ").map(Number);
	report("page of 50 orders against parsing its JSON", out[1].toFixed(0),
	    out[0].toFixed(0), out[1] / out[0], "≤ 2", "µs");
}

console.log("| What | Kontor | Peer | Ratio | Bar |\n|---|---|---|---|---|");
for (const bar of [readOneOrder, intake, rendering])
	try {
		await bar();
	} catch (e) {
		console.log(`| ${bar.name} | failed: ${e.message} | | | |`);
		process.exitCode = 1;
	}
