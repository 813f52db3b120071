// SPDX-License-Identifier: Apache-2.0
// The request flow: tags and versions, idempotency, waiting, forms without
// script, event streams, rates, the directory's silence left aside.
import assert from "node:assert/strict";
import { request } from "node:http";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Machine, sleep, sql, until, URL_BASE, VAR, Visitor }
    from "../lib/kontor.mjs";
import { items } from "../lib/orders.mjs";

const machine = new Machine("nordlicht");
const visitor = await new Visitor().signIn("nordlicht.user");
const json = { "content-type": "application/json" };
const post = (path, body, headers = {}) => machine.fetch(path,
    { method: "POST", body: JSON.stringify(body),
      headers: { ...json, ...headers } });

/** A draft of the demo distributor: {id, etag}. */
async function draft(number = `T-${randomUUID().slice(0, 8)}`)
{
	const [item] = items(1);
	const r = await post("/orders", { event: "save", partner_number: number,
	    lines: [{ item: item.number, quantity: "1" }] });
	assert.equal(r.status, 201, await r.clone().text());
	const { id } = await r.json();
	assert.equal(r.headers.get("location"), `/api/v1/orders/${id}`);
	return { id, etag: r.headers.get("etag"), number };
}

/* Reading */

test("an answer that is known already is not sent again", async () => {
	const first = await machine.fetch("/orders?limit=2");
	const tag = first.headers.get("etag");
	assert.match(tag, /^"[^"]+"$/);
	const again = await machine.fetch("/orders?limit=2",
	    { headers: { "if-none-match": tag } });
	assert.equal(again.status, 304);
	assert.equal(await again.text(), "");
	const xml = await machine.fetch("/orders?limit=2",
	    { headers: { accept: "application/xml", "if-none-match": tag } });
	assert.equal(xml.status, 200, "each representation has its own tag");
});

test("HEAD tells what GET would, without a body", async () => {
	const get = await machine.fetch("/orders?limit=2");
	const head = await machine.fetch("/orders?limit=2", { method: "HEAD" });
	assert.equal(head.status, 200);
	assert.equal(head.headers.get("etag"), get.headers.get("etag"));
	assert.equal(await head.text(), "");
});

test("lists page by opaque cursors, with a Link to the next", async () => {
	const seen = new Set();
	let path = "/orders?view=all&limit=7";
	for (let page = 0; path && page < 3; page++) {
		const r = await machine.fetch(path);
		const body = await r.json();
		for (const o of body.items) {
			assert.ok(!seen.has(o.id));
			seen.add(o.id);
		}
		if (body.next)
			assert.match(r.headers.get("link"), /rel="next"/);
		path = body.next &&
		    `/orders?view=all&limit=7&after=${encodeURIComponent(body.next)}`;
	}
	assert.ok(seen.size > 7);
	const r = await machine.fetch("/orders?after=AAAA");
	assert.equal(r.status, 400, "a cursor that is not ours");
});

test("members that nobody knows are refused", async () => {
	const q = await machine.fetch("/orders?colour=blue");
	assert.equal(q.status, 400);
	const b = await post("/orders", { event: "save", colour: "blue",
	    partner_number: "X", lines: [] });
	assert.equal(b.status, 422);
	assert.ok((await b.json()).errors.some((e) => e.pointer === "/colour"));
});

/* Changing */

test("a change names the version that it saw", async () => {
	const d = await draft();
	const cancel = (headers) => post(`/orders/${d.id}/discard`, {}, headers);
	assert.equal((await cancel({})).status, 428);
	const stale = await cancel({ "if-match": '"999"' });
	assert.equal(stale.status, 412);
	assert.equal((await cancel({ "if-match": "nonsense" })).status, 400);
	const done = await cancel({ "if-match": d.etag });
	assert.ok([200, 204].includes(done.status), await done.text());
	const again = await cancel({ "if-match": d.etag });
	assert.ok([404, 409, 412].includes(again.status));
});

test("AZ-13 of parallel changes of one version one counts", async () => {
	const d = await draft();
	const item = items(1)[0].number;
	const all = await Promise.all(Array.from({ length: 8 }, (_, i) =>
	    post(`/orders/${d.id}`, { event: i % 2 ? "save" : "submit",
		partner_number: `${d.number}-${i}`,
		lines: [{ item, quantity: "1" }] }, { "if-match": d.etag })));
	const done = all.filter((r) => r.status === 200);
	for (const r of all)
		assert.ok([200, 409, 412].includes(r.status), `${r.status}`);
	assert.equal(done.length, 1);
});

test("DU-3 the same key gets the same answer, another body 422", async () => {
	const key = randomUUID(), number = `K-${key.slice(0, 8)}`;
	const body = { event: "save", partner_number: number, lines: [] };
	const send = (b, k = key) => post("/orders", b,
	    { "idempotency-key": k });
	const first = await send(body);
	assert.equal(first.status, 201, await first.clone().text());
	const again = await send(body);
	assert.equal(again.status, 201);
	assert.deepEqual(await again.json(), await first.json());
	assert.equal((await send({ ...body, partner_number: "other" })).status,
	    422);
	assert.equal((await send(body, "with blanks in it")).status, 400);
	assert.equal(sql(`select from orders.head
	    where partner_number = '${number}'`).length, 1);
});

test("DU-3 a key's answer for one object is not given for another", async () => {
	const one = await draft(), two = await draft();
	const discard = (d, key) => post(`/orders/${d.id}/discard`, {},
	    { "if-match": d.etag, "idempotency-key": key });
	const key = randomUUID();
	assert.ok([200, 204].includes((await discard(one, key)).status));
	assert.equal((await discard(two, key)).status, 422);
	assert.ok([200, 204].includes((await discard(two, randomUUID())).status));
});

test("DU-3 parallel repeats have one effect", async () => {
	const key = randomUUID(), number = `P-${key.slice(0, 8)}`;
	const body = { event: "save", partner_number: number, lines: [] };
	const all = await Promise.all(Array.from({ length: 8 }, () =>
	    post("/orders", body, { "idempotency-key": key })));
	for (const r of all)
		assert.ok([201, 409].includes(r.status), `${r.status}`);
	assert.ok(all.some((r) => r.status === 201));
	assert.equal(sql(`select from orders.head
	    where partner_number = '${number}'`).length, 1);
});

test("the body must be of a media type that the route knows", async () => {
	for (const [path, type] of [["/orders", "text/plain"],
	    ["/orders", "application/x-www-form-urlencoded"],
	    ["/documents", "text/plain"], ["/documents", "application/json"]]) {
		const r = await machine.fetch(path, { method: "POST", body: "x",
		    headers: { "content-type": type } });
		assert.equal(r.status, 415, `${path} ${type}`);
	}
});

test("JSON is read strictly", async () => {
	for (const body of ['{"a":1,"a":2}', "[1]", "{", '"x"', "{}{}",
	    `{"a":"\\u0000"}`, `${'{"a":'.repeat(40)}1${"}".repeat(40)}`]) {
		const r = await machine.fetch("/orders", { method: "POST", body,
		    headers: json });
		assert.equal(r.status, 400, body.slice(0, 30));
	}
});

test("10 MiB go in and come out as they were", async () => {
	const bytes = Buffer.alloc(10 << 20, "no document\n");
	const sent = await machine.send(bytes, "application/edifact");
	assert.equal(sent.status, 202, await sent.clone().text());
	const { id } = await sent.json();
	const back = await machine.fetch(`/documents/${id}/bytes`);
	assert.equal(back.headers.get("content-type"), "application/edifact");
	assert.match(back.headers.get("content-disposition"), /^attachment/);
	assert.match(back.headers.get("content-security-policy"), /sandbox/);
	assert.ok(Buffer.from(await back.arrayBuffer()).equals(bytes));
	for (const [accept, type] of [["application/json", "application/json"],
	    ["application/edifact", "application/edifact"],
	    ["image/png", "application/edifact"]]) {
		const r = await machine.fetch(`/documents/${id}/bytes`,
		    { headers: { accept } });
		assert.equal(r.headers.get("content-type"), type, accept);
		await r.arrayBuffer();
	}
});

/* Forms */

test("a form goes on to what it has made", async () => {
	const page = "/distributor/orders/new";
	const r = await visitor.post("/distributor/orders",
	    { _event: "save", partner_number: `F-${randomUUID().slice(0, 8)}` },
	    { page });
	assert.equal(r.status, 303, await r.text());
	const to = r.headers.get("location");
	assert.match(to, /^\/distributor\/orders\/[0-9a-f-]{36}\?done=orders_create\.save$/);
	assert.equal((await visitor.get(to)).status, 200);
});

test("a refused form is shown again with what was typed", async () => {
	const r = await visitor.post("/distributor/orders",
	    { _event: "submit", partner_number: "what I typed",
	      "lines[0][item]": "no such item", "lines[0][quantity]": "4" },
	    { page: "/distributor/orders/new" });
	assert.equal(r.status, 422);
	const text = await r.text();
	assert.match(text, /what I typed/);
	assert.match(text, /no such item/);
	assert.match(text, /role="alert"/);
});

test("HT-11 no redirect leaves the portal", async () => {
	for (const next of ["https://evil.example/", "//evil.example",
	    "/\\evil.example", "/supplier/orders", "javascript:x"]) {
		const v = await new Visitor();
		const login = (await import("../lib/kontor.mjs"))
		    .login("nordlicht.user");
		const r = await v.post("/login",
		    { name: login.login, password: login.password, next });
		assert.equal(r.status, 303);
		assert.match(r.headers.get("location"), /^\/distributor\//);
	}
	const r = await visitor.post("/distributor/account/settings",
	    { _back: "https://evil.example/", language: "en", version: "0" },
	    { page: "/distributor/account" });
	assert.doesNotMatch(r.headers.get("location") ?? "", /evil/);
});

test("somebody who is not signed in is led to the login and back", async () => {
	const r = await new Visitor().get("/distributor/orders?view=late");
	assert.equal(r.status, 303);
	assert.equal(r.headers.get("location"),
	    "/login?next=%2Fdistributor%2Forders%3Fview%3Dlate");
});

test("a page speaks the language that was chosen for it", async () => {
	const v = await new Visitor("de").signIn("nordlicht.user");
	assert.match(await (await v.get("/distributor/orders")).text(),
	    /lang="de"/);
	assert.match(await (await v.get("/distributor/orders?lang=en")).text(),
	    /lang="en"/);
	assert.match(await (await v.get("/distributor/orders")).text(),
	    /lang="en"/);
});

/* Sessions */

test("signing out ends the session at once", async () => {
	const v = await new Visitor().signIn("nordlicht.user");
	const kept = new Map(v.cookies);
	const r = await v.post("/logout", {}, { page: "/distributor/orders" });
	assert.equal(r.status, 303);
	v.cookies = kept;
	const after = await v.get("/distributor/orders", "application/json");
	assert.equal(after.status, 401);
	assert.equal((await after.json()).code, "session.ended");
});

test("SE-1 two session cookies are refused", async () => {
	const value = visitor.cookies.get("__Host-kontor");
	const r = await fetch(`${URL_BASE}/distributor/orders`, {
		redirect: "manual", headers: { accept: "application/json",
		    cookie: `__Host-kontor=${value}; __Host-kontor=${value}` },
	});
	assert.equal(r.status, 401);
});

/* Live */

/**
 * Opens a stream that ends with its test, or after 30 s; answers {status,
 * headers, text(), over(), close()}.
 */
async function stream(t, v, headers = {}, path = "/distributor/events")
{
	const stop = new AbortController();
	setTimeout(() => stop.abort(), 30000).unref();
	const r = await v.fetch(path, { signal: stop.signal,
	    headers: { accept: "text/event-stream",
		"sec-fetch-site": "same-origin", ...headers } });
	let seen = "", over = false;
	const reading = (async () => {
		try {
			for await (const part of r.body)
				seen += Buffer.from(part).toString();
		} catch {
			// Closed by us.
		}
		over = true;
	})();
	const close = async () => { stop.abort(); await reading; };
	t.after(close);
	return { status: r.status, headers: r.headers, text: () => seen,
	    over: () => over, close };
}

test("a change reaches an open page within 5 s", async (t) => {
	const s = await stream(t, visitor);
	assert.equal(s.status, 200);
	assert.match(s.headers.get("content-type"), /event-stream/);
	const d = await draft();
	const sent = await post(`/orders/${d.id}/submit`, {},
	    { "if-match": d.etag });
	assert.equal(sent.status, 200, await sent.text());
	await until("an event", () => s.text().includes(d.id), 5000);
	assert.match(s.text(), /id: \d+\nevent: change\ndata: \{/);
	await s.close();
	const id = Number(/id: (\d+)/.exec(s.text())[1]);
	const again = await stream(t, visitor, { "last-event-id": `${id - 1}` });
	await until("what was missed",
	    () => again.text().includes(`id: ${id}\n`), 5000);
	await again.close();
});

test("HT-11 streams stay within the partner", async (t) => {
	const other = await new Visitor().signIn("donau.user");
	const s = await stream(t, other);
	const d = await draft();
	await post(`/orders/${d.id}/submit`, {}, { "if-match": d.etag });
	await sleep(1500);
	assert.ok(!s.text().includes(d.id), s.text());
	await s.close();
});

test("HT-11 streams need an origin, a session, and are five at most",
    async (t) => {
	const v = await new Visitor().signIn("tyne.user");
	const foreign = await v.fetch("/distributor/events", { headers: {
	    accept: "text/event-stream", origin: "https://evil.example" } });
	assert.equal(foreign.status, 403);
	const nobody = await new Visitor().fetch("/distributor/events",
	    { headers: { "sec-fetch-site": "same-origin" } });
	assert.equal(nobody.status, 401);
	const open = [];
	for (let i = 0; i < 5; i++)
		open.push(await stream(t, v));
	assert.ok(open.every((s) => s.status === 200));
	const more = await stream(t, v);
	assert.equal(more.status, 429);
	assert.ok(more.headers.get("retry-after"));
	for (const s of [...open, more])
		await s.close();
	await until("room again", async () => {
		const s = await stream(t, v);
		await s.close();
		return s.status === 200;
	});
});

test("a reader who leaves at once leaves nothing to whoever comes next",
    async () => {
	const v = await new Visitor().signIn("nordlicht.user");
	const leave = async (ms) => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), ms);
		await v.fetch("/distributor/events", { signal: stop.signal,
		    headers: { accept: "text/event-stream",
			"sec-fetch-site": "same-origin" } })
		    .then((r) => r.body?.cancel(), () => {});
	};
	for (let i = 0; i < 40; i++) {
		const d = await draft();
		const all = await Promise.allSettled([leave(i % 8), leave(i % 5),
			post(`/orders/${d.id}/submit`, {}, { "if-match": d.etag }),
			...Array.from({ length: 6 },
			    () => machine.json("/orders?limit=1"))]);
		assert.deepEqual(all.filter((r) => r.status === "rejected")
		    .map((r) => String(r.reason.cause ?? r.reason)), []);
	}
});

test("what streams ask for leaves the others their connections",
    async (t) => {
	const v = await new Visitor().signIn("nordlicht.user");
	const lost = () => readFileSync(join(VAR, "log/kore.log"), "utf8")
	    .split("\n").filter((l) => l.includes('"db.lost"'));
	const before = lost().length;
	const open = [];
	for (let i = 0; i < 5; i++)
		open.push(await stream(t, v));
	for (let i = 0; i < 6; i++) {
		const all = await Promise.all(Array.from({ length: 8 },
		    () => machine.send(`UNB+nothing ${randomUUID()}`,
			"application/edifact")));
		assert.deepEqual(all.map((r) => r.status), Array(8).fill(202));
	}
	for (const s of open)
		await s.close();
	assert.deepEqual(lost().slice(before), []);
});

test("AU-12 a stream ends with its session", async (t) => {
	const v = await new Visitor().signIn("tyne.admin");
	const s = await stream(t, v);
	assert.equal(s.status, 200);
	await v.post("/logout", {}, { page: "/distributor/orders" });
	await until("its end", () => s.over(), 5000);
	assert.match(s.text(), /event: end/);
});

/* The operator's side */

const inside = (path, socket = "metrics.sock") =>
    new Promise((done, fail) => {
	const r = request({ socketPath: join(VAR, "run", socket), path },
	    (answer) => {
		let body = "";
		answer.on("data", (d) => body += d);
		answer.on("end", () => done({ status: answer.statusCode, body }));
	    });
	r.on("error", fail);
	r.end();
    });

test("/metrics counts answers on the operator's socket only", async () => {
	const before = (await inside("/metrics")).body;
	const count = (text) => Number(
	    /responses_total\{class="4xx"\} (\d+)/.exec(text)[1]);
	await fetch(`${URL_BASE}/api/v1/nowhere`);
	const after = (await inside("/metrics")).body;
	assert.ok(count(after) > count(before));
	assert.equal((await inside("/metrics", "kontor.sock")).status, 404);
});

test("OU-4 each request is one JSON line without secrets", async () => {
	const mark = `nowhere-${randomUUID()}`;
	for (let i = 0; i < 5; i++)
		await machine.fetch(`/${mark}?secret=canary-${mark}`);
	await sleep(200);
	const log = readFileSync(join(VAR, "log/kore.log"), "utf8");
	const lines = log.split("\n").filter((l) => l.includes(mark))
	    .map((l) => JSON.parse(l));
	assert.equal(lines.length, 5);
	for (const l of lines) {
		assert.equal(l.status, 404);
		assert.ok(l.trace && l.time && l.us >= 0);
	}
	assert.ok(!log.includes(`canary-${mark}`));
	assert.ok(!log.includes(machine.token.split(".")[2]));
});

test("clients that leave early do no harm", async () => {
	for (let i = 0; i < 30; i++) {
		const stop = new AbortController();
		const r = machine.fetch("/orders?view=all&limit=200",
		    { signal: stop.signal }).catch(() => null);
		await sleep(i % 6);
		stop.abort();
		await r;
	}
	// On every connection, also those whose first caller has left.
	const after = await Promise.all(Array.from({ length: 40 },
	    () => machine.fetch("/orders?limit=1")));
	for (const r of after)
		assert.equal(r.status, 200, await r.text());
});
