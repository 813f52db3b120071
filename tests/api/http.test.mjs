// SPDX-License-Identifier: Apache-2.0
// What holds of every answer and what the front refuses (HT-1 to HT-10).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import test from "node:test";
import { connect } from "node:tls";
import { login, Machine, ROOT, URL_BASE, VAR, Visitor }
    from "../lib/kontor.mjs";
import { routes } from "../lib/routes.mjs";

const { hostname, port } = new URL(URL_BASE);
const ca = readFileSync(join(VAR, "tls/ca.pem"));

/** Sends bytes as they are over HTTP/1.1; answers all that comes back. */
function raw(text, wait = 3000)
{
	return new Promise((done, fail) => {
		const s = connect({ host: hostname, port, ca,
		    ALPNProtocols: ["http/1.1"] }, () => s.write(text));
		let out = "";
		s.setTimeout(wait, () => s.destroy());
		s.on("data", (d) => { out += d; });
		s.on("error", fail);
		s.on("close", () => done(out));
	});
}
const status = (answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const head = (more = "", method = "GET", path = "/livez") =>
    `${method} ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n${more}\r\n`;

/** A path exactly as written, which fetch would tidy. */
const exact = (path, method = "GET", headers = {}) =>
    new Promise((done, fail) => {
	const r = request({ host: hostname, port, ca, path, method, headers },
	    (answer) => {
		let body = "";
		answer.on("data", (d) => { body += d; });
		answer.on("end", () => done({ status: answer.statusCode,
		    headers: answer.headers, body }));
	    });
	r.on("error", fail);
	r.end();
    });

test("process and dependencies are told apart", async () => {
	assert.equal((await fetch(`${URL_BASE}/livez`)).status, 200);
	assert.equal((await fetch(`${URL_BASE}/readyz`)).status, 200);
});

test("HT-1 metrics are not for the public", async () => {
	assert.equal((await fetch(`${URL_BASE}/metrics`)).status, 404);
});

test("HT-2 ambiguous framing is refused", async (t) => {
	const body = "x=1";
	const vectors = {
		"two lengths": "Content-Length: 3\r\nContent-Length: 4\r\n",
		"length and chunks":
		    "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
		"a length that is no number": "Content-Length: 3x\r\n",
		"a signed length": "Content-Length: +3\r\n",
		"two hosts": `Host: other.example\r\nContent-Length: 3\r\n`,
		"an unknown coding": "Transfer-Encoding: xchunked\r\n",
		"a folded header": "X-A: b\r\n c: d\r\nContent-Length: 3\r\n",
		"a blank before the colon": "Content-Length : 3\r\n",
	};
	for (const [name, headers] of Object.entries(vectors))
		await t.test(name, async () => {
			const answer = await raw(head(headers, "POST", "/login") +
			    body + head());
			const answers = answer.match(/^HTTP\/1\.1 \d+/gm) ?? [];
			assert.ok(answers.length <= 1, `one answer: ${answers}`);
			assert.ok(!/^HTTP\/1\.1 2/m.test(answer), answer);
		});
});

test("HT-3 more than 16 KiB of headers are refused by 431", async () => {
	const many = Array.from({ length: 12 },
	    (_, i) => `X-H${i}: ${"a".repeat(3000)}\r\n`).join("");
	assert.equal(status(await raw(head(many))), 431);
});

test("HT-3 forwarding headers of clients mean nothing", async () => {
	const r = await exact("/livez", "GET", { "x-forwarded-for": "1.2.3.4",
	    "x-real-ip": "1.2.3.4", "x-forwarded-host": "evil.example" });
	assert.equal(r.status, 200);
});

test("HT-4 a login of more than 16 KiB is refused", async () => {
	const r = await fetch(`${URL_BASE}/login`, { method: "POST",
	    body: new URLSearchParams({ name: "x".repeat(20000) }) });
	assert.equal(r.status, 413);
});

test("HT-4 a document of more than 10 MiB is refused", async () => {
	const machine = new Machine("nordlicht");
	const r = await machine.send(Buffer.alloc((10 << 20) + 1, 65),
	    "application/edifact");
	assert.equal(r.status, 413);
});

test("HT-4 input that grows as it is read is refused, not broken",
    async () => {
	// 0.1 is 0.10000000000000001 where it is kept exactly
	const r = await new Machine("nordlicht").fetch("/orders", {
	    method: "POST", body: `{"lines":[${Array(250000).fill("0.1")}]}`,
	    headers: { "content-type": "application/json" } });
	assert.equal(r.status, 413, await r.clone().text());
	assert.equal((await r.json()).code, "http.body.size");
});

test("an answer lists a thousand errors at most", async () => {
	const r = await new Machine("nordlicht").fetch("/orders", {
	    method: "POST", body: `{"lines":[${Array(3000).fill("1")}]}`,
	    headers: { "content-type": "application/json" } });
	assert.equal(r.status, 422);
	assert.equal((await r.json()).errors.length, 1000);
});

test("HT-6 other methods are refused", async () => {
	for (const m of ["TRACE", "PROPFIND", "LINK"])
		assert.equal((await exact("/livez", m)).status, 405, m);
	const r = await exact("/livez", "POST");
	assert.equal(r.status, 405);
	assert.match(r.headers.allow ?? "", /GET/);
});

test("HT-6 a path is what it says", async () => {
	for (const p of ["/desk/%2e%2e/livez", "/a/../livez", "/./livez",
	    "//livez", "/livez%00", "/livez%0a", "/desk%2fhome",
	    "/desk%5chome", "/livez\\x"])
		assert.equal((await exact(p)).status, 400, p);
});

test("HT-10 pages carry the headers that protect them", async () => {
	const visitor = await new Visitor().signIn("nordlicht.user");
	for (const path of ["/login", "/distributor/orders"]) {
		const r = await visitor.get(path);
		assert.equal(r.status, 200, path);
		const policy = r.headers.get("content-security-policy");
		assert.match(policy, /default-src/);
		assert.match(policy, /object-src 'none'|default-src 'none'/);
		assert.match(policy, /base-uri 'none'/);
		assert.match(policy, /frame-ancestors 'none'/);
		assert.doesNotMatch(policy, /unsafe/);
		assert.match(r.headers.get("strict-transport-security"),
		    /max-age=31536000/);
		assert.equal(r.headers.get("x-content-type-options"), "nosniff");
		assert.ok(r.headers.get("referrer-policy"));
		assert.equal(r.headers.get("cross-origin-opener-policy"),
		    "same-origin");
		assert.ok(r.headers.get("cross-origin-resource-policy"));
		assert.match(r.headers.get("cache-control") ?? "", /no-store/);
		assert.equal(r.headers.get("access-control-allow-origin"), null);
		assert.doesNotMatch(r.headers.get("server") ?? "", /\d/);
	}
});

test("static files are compressed and may be kept", async () => {
	const page = await (await fetch(`${URL_BASE}/login`)).text();
	const href = /href="(\/assets\/css\/[^"]+)"/.exec(page)[1];
	const r = await fetch(URL_BASE + href);
	assert.equal(r.status, 200);
	assert.match(r.headers.get("content-type"), /text\/css/);
	assert.match(r.headers.get("cache-control"), /public/);
	assert.equal(r.headers.get("content-encoding"), "gzip");
	assert.equal((await exact("/assets/templates/login/show.html")).status,
	    404);
});

test("the schemas of our XML documents are there for everybody", async () => {
	const path = join(ROOT, "docs/schemas/ReturnRequest-1.xsd");
	const r = await fetch(`${URL_BASE}/schemas/ReturnRequest-1.xsd`);
	assert.equal(r.status, 200);
	assert.match(r.headers.get("content-type"), /application\/xml.*utf-8/i);
	assert.equal(await r.text(), readFileSync(path, "utf8"));
	for (const other of ["/schemas/Nothing-1.xsd", "/schemas/changelog.md",
		"/schemas/..%2Fchangelog-1.xsd"])
		assert.ok([400, 404].includes((await exact(other)).status), other);
});

test("HT-9 a change by cookie needs form token and origin", async (t) => {
	const visitor = await new Visitor().signIn("nordlicht.user");
	const path = "/distributor/account/settings";
	const token = await visitor.formToken("/distributor/account");
	assert.ok(token, "the page carries a form token");
	const send = (headers, fields) => visitor.fetch(path, {
		method: "POST", body: new URLSearchParams(fields),
		headers: { accept: "application/json", ...headers },
	});
	const cases = {
		"no token": [{ origin: URL_BASE }, { language: "en" }],
		"a foreign token": [{ origin: URL_BASE },
		    { language: "en", form_token: "A".repeat(64) }],
		"a foreign origin": [{ origin: "https://evil.example" },
		    { language: "en", form_token: token }],
		"the origin null": [{ origin: "null" },
		    { language: "en", form_token: token }],
	};
	for (const [name, [headers, fields]] of Object.entries(cases))
		await t.test(name, async () => {
			const r = await send(headers, fields);
			assert.equal(r.status, 403, await r.text());
		});
});

test("one operation answers JSON, HTML, XML and CSV", async () => {
	const visitor = await new Visitor().signIn("nordlicht.user");
	const as = (type) => visitor.get("/distributor/orders", type);
	const json = await (await as("application/json")).json();
	assert.ok(json.items.length > 0);
	const first = json.items[0];
	for (const [type, re] of [["text/html", /<html/],
	    ["application/xml", /^<\?xml/], ["text/csv", /,/]]) {
		const r = await as(type);
		assert.equal(r.status, 200, type);
		assert.ok(r.headers.get("content-type").startsWith(type), type);
		const text = await r.text();
		assert.match(text, re);
		assert.ok(text.includes(first.number), `${type} has the order`);
	}
	assert.equal((await as("image/png")).status, 406);
});

test("errors are problems without internals, in both languages", async () => {
	const machine = new Machine("nordlicht");
	const ask = (lang) => machine.fetch(
	    "/orders/00000000-0000-7000-8000-000000000000",
	    { headers: { "accept-language": lang } });
	const en = await ask("en"), de = await ask("de");
	assert.equal(en.status, 404);
	assert.match(en.headers.get("content-type"), /application\/problem\+json/);
	const [a, b] = [await en.json(), await de.json()];
	assert.equal(a.code, b.code);
	assert.notEqual(a.title + a.detail, b.title + b.detail);
	assert.doesNotMatch(JSON.stringify(a), /select|pg_|relation|SQL/i);
});

test("an unknown address is a page for people, a problem for machines",
    async () => {
	const visitor = await new Visitor().signIn("nordlicht.user");
	const page = await visitor.get("/distributor/nowhere");
	assert.equal(page.status, 404);
	assert.match(page.headers.get("content-type"), /text\/html/);
	const machine = new Machine("nordlicht");
	const r = await machine.fetch("/nowhere");
	assert.equal(r.status, 404);
	assert.match(r.headers.get("content-type"), /problem\+json/);
});

test("the API takes no cookie, the doors no bearer token", async () => {
	const visitor = await new Visitor().signIn("nordlicht.user");
	assert.equal((await visitor.json("/api/v1/orders")).status, 401);
	const machine = new Machine("nordlicht");
	await machine.fetch("/orders");
	const r = await fetch(`${URL_BASE}/distributor/orders`,
	    { redirect: "manual", headers: { accept: "application/json",
	      authorization: `Bearer ${machine.token}` } });
	assert.equal(r.status, 401);
});

test("every route of the table stands in the API's description", async () => {
	const api = await (await fetch(`${URL_BASE}/api/v1/openapi.json`)).json();
	assert.match(api.openapi, /^3\.1/);
	// What anybody reads by a secret address is no part of the API.
	for (const r of routes.filter((x) => x.who !== "DESK" &&
	    x.who !== "PUBLIC")) {
		const path = r.path.replace(/:(\w+)/g, "{$1}");
		const known = api.paths[path] ?? api.paths[`/api/v1${path}`];
		assert.ok(known?.[r.method.toLowerCase()],
		    `${r.method} ${path} is described`);
	}
});

test("a password is never echoed", async () => {
	const l = login("nordlicht.user");
	const visitor = new Visitor();
	const r = await visitor.post("/login",
	    { name: l.login, password: `${l.password}x` });
	assert.ok([401, 403, 422].includes(r.status), `${r.status}`);
	assert.ok(!(await r.text()).includes(l.password));
});
