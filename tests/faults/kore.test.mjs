// SPDX-License-Identifier: Apache-2.0
// What happens to requests when something goes away under load (AV-1, AV-2,
// AV-4). Runs alone: it stops services of the set-up.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Machine, sleep, until, URL_BASE, VAR, Visitor }
    from "../lib/kontor.mjs";
import { alive, children, ready, service, socket, successor }
    from "../lib/services.mjs";

const machine = new Machine("nordlicht");
await machine.json("/orders?limit=1");

/** Eight clients that read until stopped; counts answers by status. */
function load(t)
{
	const counts = {}, slow = [];
	let going = true;
	t.after(() => { going = false; });
	const all = Promise.all(Array.from({ length: 8 }, async () => {
		while (going) {
			const began = Date.now();
			let what;
			try {
				const r = await machine.fetch("/orders?limit=1");
				await r.arrayBuffer();
				what = r.status;
			} catch (e) {
				what = e.cause?.code ?? e.message;
			}
			counts[what] = (counts[what] ?? 0) + 1;
			slow.push(Date.now() - began);
			if (what !== 200)
				await sleep(20);
		}
	}));
	return { counts, slowest: () => Math.max(...slow),
	    stop: async () => { going = false; await all; } };
}

test("AV-4 a rolling restart under load fails no request", async (t) => {
	const requests = load(t);
	await sleep(500);
	let ino = socket();
	const old = service("kore"), next = successor();
	await until("the successor's socket", () => socket() !== ino, 10000);
	await until("its workers", ready, 10000);
	await sleep(500);
	ino = socket();
	process.kill(old, "SIGTERM");
	await until("the old instance's end", () => !alive(old), 20000);
	await until("the supervised one again", () => socket() !== ino, 20000);
	await until("its workers", ready, 10000);
	await sleep(500);
	// runuser hands the signal on; the instance below it drains.
	const [instance] = children(next.pid);
	process.kill(instance ?? next.pid, "SIGTERM");
	await until("the successor's end", () => next.exitCode !== null ||
	    next.signalCode !== null, 20000);
	await sleep(500);
	await requests.stop();
	assert.deepEqual(Object.keys(requests.counts), ["200"],
	    JSON.stringify(requests.counts));
	assert.ok(requests.counts[200] > 50);
});

test("AV-1 a killed worker is back within a second", async () => {
	const [victim] = children(service("kore"));
	process.kill(victim, "SIGKILL");
	await until("both workers", async () =>
	    children(service("kore")).length === 2 && await ready(), 1500);
	for (let i = 0; i < 20; i++)
		assert.equal((await machine.fetch("/orders?limit=1")).status, 200);
});

test("AV-1 a killed parent takes its workers along and is back in 5 s",
    async () => {
	const parent = service("kore"), workers = children(parent);
	process.kill(parent, "SIGKILL");
	await until("the workers' end",
	    () => workers.every((w) => !alive(w)), 5000);
	await until("the next instance", async () =>
	    service("kore") !== parent && await ready(), 5000);
});

test("AV-1 the first callers of new connections may leave at once",
    async () => {
	for (const victim of children(service("kore")))
		process.kill(victim, "SIGKILL");
	await until("new workers", async () =>
	    children(service("kore")).length === 2 && await ready(), 3000);
	await Promise.all(Array.from({ length: 40 }, async (_, i) => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 2 + i % 5);
		await machine.fetch("/orders?view=all&limit=200",
		    { signal: stop.signal }).catch(() => null);
	}));
	const after = await Promise.all(Array.from({ length: 40 },
	    () => machine.fetch("/orders?limit=1")));
	for (const r of after)
		assert.equal(r.status, 200, await r.text());
});

test("AV-1 an immediate restart of PostgreSQL under load", async (t) => {
	const requests = load(t);
	await sleep(500);
	process.kill(service("postgres"), "SIGQUIT");
	await sleep(300);
	await until("the database", ready, 30000);
	await sleep(500);
	await requests.stop();
	for (const what of Object.keys(requests.counts))
		assert.ok(["200", "503"].includes(what),
		    JSON.stringify(requests.counts));
	assert.ok(requests.counts[200] > 50);
});

test("AV-2 without a database everything is 503 within 2 s", async () => {
	const want = join(VAR, "run/want/postgres");
	rmSync(want);
	try {
		await until("its end", () => service("postgres") === 0, 20000);
		const cases = [() => machine.fetch("/orders"),
		    () => machine.send("UNB+UNOC:3'", "application/edifact"),
		    () => fetch(`${URL_BASE}/readyz`)];
		for (const ask of cases) {
			const began = Date.now();
			const r = await ask();
			assert.equal(r.status, 503);
			assert.ok(r.headers.get("retry-after"));
			assert.ok(Date.now() - began < 2500);
		}
		assert.equal((await fetch(`${URL_BASE}/livez`)).status, 200);
		const page = await new Visitor().get("/login");
		assert.equal(page.status, 200);
	} finally {
		writeFileSync(want, "");
	}
	await until("the database's return", ready, 10000);
	assert.equal((await machine.fetch("/orders?limit=1")).status, 200);
});

test("AV-6 no system call was refused", () => {
	const log = readFileSync(join(VAR, "log/kore.log"), "utf8");
	assert.doesNotMatch(log, /sandbox violation|seccomp violation/);
});
