// SPDX-License-Identifier: Apache-2.0
// What bounds requests (HT-7, HT-8). An instance with small bounds takes the
// set-up's place meanwhile. Slow clients: SLOW_CLIENTS of them (500), for
// SLOW_SECONDS (12); make soak asks for 2,000 and five minutes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { connect } from "node:tls";
import { Machine, sleep, until, URL_BASE, VAR, Visitor }
    from "../lib/kontor.mjs";
import { alive, children, ready, service, socket, successor }
    from "../lib/services.mjs";

const CLIENTS = Number(process.env.SLOW_CLIENTS ?? 500);
const SECONDS = Number(process.env.SLOW_SECONDS ?? 12);
let bounded;

before(async () => {
	const ino = socket();
	// bursts are four seconds: 20 of a caller, 40 of a partner
	bounded = successor({ KONTOR_REQUEST_RATE: 5, KONTOR_PARTNER_RATE: 10 });
	await until("the bounded instance", () => socket() !== ino, 10000);
	await until("its workers", ready, 10000);
});

after(async () => {
	const ino = socket(), old = service("kore");
	process.kill(old, "SIGTERM");
	await until("the supervised one again",
	    () => !alive(old) && socket() !== ino, 40000);
	await until("its workers", ready, 10000);
	process.kill(children(bounded.pid)[0] ?? bounded.pid, "SIGTERM");
	await until("the bounded one's end", () => bounded.exitCode !== null ||
	    bounded.signalCode !== null, 40000);
});

/** How many of so many requests at once were answered, how many refused. */
async function burst(n, ask)
{
	const all = await Promise.all(Array.from({ length: n }, ask));
	const count = { ok: 0, refused: 0 };
	for (const r of all) {
		await r.arrayBuffer();
		assert.ok(r.status === 200 || r.status === 429, `${r.status}`);
		count[r.status === 200 ? "ok" : "refused"]++;
		if (r.status === 429)
			assert.match(r.headers.get("retry-after"), /^[1-9]\d*$/);
	}
	return count;
}

test("HT-8 a client is one caller, with however many tokens", async () => {
	const one = new Machine("nordlicht");
	const first = await burst(40, () => one.fetch("/orders?limit=1"));
	assert.ok(first.ok >= 20 && first.refused > 0, JSON.stringify(first));
	const other = new Machine("nordlicht");
	const second = await burst(10, () => other.fetch("/orders?limit=1"));
	assert.ok(second.refused > 0, JSON.stringify(second));
	const elsewhere = await new Machine("donau").fetch("/orders?limit=1");
	assert.equal(elsewhere.status, 200, "others are not held up");
});

test("HT-8 all callers of a partner are bounded together", async () => {
	const user = await new Visitor().signIn("tyne.user");
	const admin = await new Visitor().signIn("tyne.admin");
	const machine = new Machine("tyne");
	await machine.fetch("/orders?limit=1");
	await sleep(4000);
	const counts = await Promise.all([
	    burst(18, () => user.get("/distributor/orders?limit=1",
		"application/json")),
	    burst(18, () => admin.get("/distributor/orders?limit=1",
		"application/json")),
	    burst(18, () => machine.fetch("/orders?limit=1"))]);
	const refused = counts.reduce((n, c) => n + c.refused, 0);
	assert.ok(refused > 0 && refused <= 14, JSON.stringify(counts));
	const desk = await new Visitor().signIn("agent.one");
	assert.equal((await desk.get("/desk/orders?limit=1",
	    "application/json")).status, 200, "the house has no such bound");
});

/** A connection that says a byte of its request a second. */
function slow(ca)
{
	const { hostname, port } = new URL(URL_BASE);
	const s = connect({ host: hostname, port, ca, ALPNProtocols: ["http/1.1"] });
	const state = { open: false, ended: false };
	s.on("error", () => { state.ended = true; });
	s.on("close", () => { state.ended = true; clearInterval(state.timer); });
	s.on("secureConnect", () => {
		state.open = true;
		s.write("GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ");
		state.timer = setInterval(() => s.write("a"), 1000);
	});
	state.end = () => s.destroy();
	return state;
}

test("HT-7 slow clients are sent away and hold nobody up", async () => {
	const ca = readFileSync(join(VAR, "tls/ca.pem"));
	const all = [];
	const end = Date.now() + SECONDS * 1000;
	let asked = 0, failed = 0, closed = 0;
	while (Date.now() < end) {
		for (let i = 0; i < all.length; i++)
			if (all[i].ended) {
				closed += all[i].open;
				all[i] = slow(ca);
			}
		for (let i = 0; i < 50 && all.length < CLIENTS; i++)
			all.push(slow(ca));
		const r = await fetch(`${URL_BASE}/livez`,
		    { signal: AbortSignal.timeout(2000) }).catch((e) => e);
		asked++;
		failed += r.status !== 200;
		await sleep(20);
	}
	const open = all.filter((s) => s.open && !s.ended).length;
	all.forEach((s) => s.end());
	assert.ok(open > CLIENTS / 2, `${open} open of ${CLIENTS}`);
	assert.ok(closed > 0, "none was sent away after its ten seconds");
	assert.ok(failed <= asked / 1000, `${failed} of ${asked} failed`);
});
