// SPDX-License-Identifier: Apache-2.0
// More requests at once than a worker may keep waiting for the database: each
// is answered, and who is refused knows that nothing was done. An instance
// with a short queue takes the set-up's place meanwhile.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test, { after, before } from "node:test";
import { Machine, sql, until } from "../lib/kontor.mjs";
import { alive, children, ready, service, socket, successor }
    from "../lib/services.mjs";

let short;

before(async () => {
	const ino = socket();
	short = successor({ KONTOR_PG_QUEUE: 2, KONTOR_PG_CONNECTIONS: 1 });
	await until("the instance with a short queue", () => socket() !== ino,
	    10000);
	await until("its workers", ready, 10000);
});

after(async () => {
	const ino = socket(), old = service("kore");
	process.kill(old, "SIGTERM");
	await until("the supervised one again",
	    () => !alive(old) && socket() !== ino, 40000);
	await until("its workers", ready, 10000);
	process.kill(children(short.pid)[0] ?? short.pid, "SIGTERM");
	await until("its end", () => short.exitCode !== null ||
	    short.signalCode !== null, 40000);
});

test("what a full queue refuses was not done", async () => {
	const m = new Machine("nordlicht");
	const mark = randomUUID();
	const seen = {};
	await m.fetch("/orders?limit=1");
	for (let i = 0; i < 10; i++) {
		const all = await Promise.all(Array.from({ length: 30 },
		    (_, k) => m.send(`UNB+${mark} ${i} ${k}`,
			"application/edifact")));
		for (const r of all) {
			const said = await r.json();
			const what = r.status === 202 ? "kept" : said.code;
			seen[what] = (seen[what] ?? 0) + 1;
		}
	}
	const [{ n }] = sql(`select count(*)::int as n from exchange.chunk
	    where position('${mark}'::bytea in bytes) > 0`);
	assert.deepEqual(Object.keys(seen).sort(), ["db.busy", "kept"],
	    JSON.stringify(seen));
	assert.equal(n, seen.kept);
});
