// SPDX-License-Identifier: Apache-2.0
// Machines' tokens through the whole portal: AU-10, SE-4, SE-5, SE-7, SE-8.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac, generateKeyPairSync, randomUUID, sign }
    from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { assertion, ASSERTION_TYPE, BIN, Machine, URL_BASE, VAR, Visitor }
    from "../lib/kontor.mjs";

const SLUG = "tyne";
const now = () => Math.floor(Date.now() / 1000);
const b64 = (x) => Buffer.from(x).toString("base64url");
const part = (token, i) =>
    JSON.parse(Buffer.from(token.split(".")[i], "base64url"));

const good = () => ({ grant_type: "client_credentials",
    client_assertion_type: ASSERTION_TYPE, client_assertion: assertion(SLUG) });

const ask = (fields, headers = {}) => fetch(`${URL_BASE}/api/v1/token`,
    { method: "POST", body: new URLSearchParams(fields), headers });

async function refused(fields, status, error)
{
	const r = await ask(fields);
	const body = await r.json();
	assert.equal(r.status, status, JSON.stringify(body));
	assert.equal(body.error, error);
	assert.match(r.headers.get("cache-control") ?? "", /no-store/);
	return body;
}

const ctl = (...args) => execFileSync(join(BIN, "kontorctl"), args, {
	encoding: "utf8",
	env: { ...process.env, KONTOR_CONF: join(VAR, "kontor.conf") },
}).trim();

const use = (token, path = "/addresses") => fetch(`${URL_BASE}/api/v1${path}`,
    { headers: { authorization: `Bearer ${token}` } });

test("AU-10 a sound assertion gives an access token that opens the API",
    async () => {
	const r = await ask(good());
	assert.equal(r.status, 200);
	assert.match(r.headers.get("content-type"), /^application\/json/);
	assert.match(r.headers.get("cache-control"), /no-store/);
	const body = await r.json();
	assert.equal(body.token_type, "Bearer");
	assert.ok(body.expires_in > 0 && body.expires_in <= 600);
	const claims = part(body.access_token, 1);
	assert.equal(claims.iss, URL_BASE);
	assert.equal(claims.aud, `${URL_BASE}/api/v1`);
	assert.equal(claims.client_id, claims.sub);
	assert.equal(claims.use, "access");
	assert.ok(claims.exp - claims.iat <= 600);
	assert.equal((await use(body.access_token)).status, 200);
});

test("AU-10 each claim of an assertion is held to its rule", async (t) => {
	const cases = {
		"iss of another": { iss: "nordlicht" },
		"sub of another": { sub: "nordlicht" },
		"iss and sub of another": { iss: "nordlicht", sub: "nordlicht" },
		"an unknown client": { iss: "nobody", sub: "nobody" },
		"aud of the endpoint": { aud: `${URL_BASE}/api/v1/token` },
		"aud as a list": { aud: [URL_BASE] },
		"aud of elsewhere": { aud: "https://elsewhere.example" },
		"expired": { iat: now() - 400, exp: now() - 100 },
		"too far ahead": { exp: now() + 400 },
		"from the future": { iat: now() + 200, exp: now() + 250 },
		"exp as text": { exp: String(now() + 100) },
		"without exp": { exp: undefined },
		"without iat": { iat: undefined },
		"without jti": { jti: undefined },
		"nbf in the future": { nbf: now() + 200 },
		"made for another use": { use: "session" },
	};
	for (const [name, claims] of Object.entries(cases))
		await t.test(name, () => refused({ ...good(),
		    client_assertion: assertion(SLUG, claims) }, 401,
		    "invalid_client"));
});

test("SE-5 each header of an assertion is held to its rule", async (t) => {
	const cases = {
		"alg none": { alg: "none" },
		"alg HS256": { alg: "HS256" },
		"alg ES384": { alg: "ES384" },
		"typ of access tokens": { typ: "at+jwt" },
		"unknown kid": { kid: "unknown" },
		"without kid": { kid: undefined },
		"crit": { crit: ["exp"] },
		"embedded key": { jwk: {} },
		"remote key": { jku: "https://elsewhere.example" },
		"certificate": { x5u: "https://elsewhere.example" },
	};
	for (const [name, header] of Object.entries(cases))
		await t.test(name, () => refused({ ...good(),
		    client_assertion: assertion(SLUG, {}, header) }, 401,
		    "invalid_client"));
});

test("AU-10 the key must be the registered one", async () => {
	const { privateKey } = generateKeyPairSync("ec",
	    { namedCurve: "P-256" });
	const parts = assertion(SLUG).split(".");
	const text = parts.slice(0, 2).join(".");
	await refused({ ...good(), client_assertion: `${text}.${b64(sign("sha256",
	    Buffer.from(text), { key: privateKey,
	    dsaEncoding: "ieee-p1363" }))}` }, 401, "invalid_client");
	await refused({ ...good(), client_assertion: `${text}.${b64(
	    createHmac("sha256", "x").update(text).digest())}` }, 401,
	    "invalid_client");
	await refused({ ...good(), client_assertion: `${text}.` }, 401,
	    "invalid_client");
});

test("the form is held to RFC 6749", async (t) => {
	await t.test("grant type", () => refused({ ...good(),
	    grant_type: "password" }, 400, "unsupported_grant_type"));
	await t.test("no grant type", () => refused({ ...good(),
	    grant_type: "" }, 400, "invalid_request"));
	await t.test("assertion type", () => refused({ ...good(),
	    client_assertion_type: "urn:other" }, 400, "invalid_request"));
	await t.test("no assertion", () => refused({ ...good(),
	    client_assertion: "" }, 400, "invalid_request"));
	await t.test("client_id of another", () => refused({ ...good(),
	    client_id: "nordlicht" }, 401, "invalid_client"));
	await t.test("no token at all", () => refused({ ...good(),
	    client_assertion: "x.y.z" }, 401, "invalid_client"));
});

test("a refusal looks the same whatever was wrong", async () => {
	const a = await refused({ ...good(), client_assertion:
	    assertion(SLUG, { aud: "https://elsewhere.example" }) }, 401,
	    "invalid_client");
	const b = await refused({ ...good(), client_assertion:
	    assertion(SLUG, { iss: "nobody", sub: "nobody" }) }, 401,
	    "invalid_client");
	assert.deepEqual(a, b);
});

test("SE-4 scope is what was asked, within what is allowed", async () => {
	const r = await ask({ ...good(), scope: "documents" });
	assert.equal(r.status, 200);
	const body = await r.json();
	assert.equal(body.scope, "documents");
	assert.equal((await use(body.access_token, "/documents")).status, 200);
	assert.equal((await use(body.access_token, "/addresses")).status, 403);
	await refused({ ...good(), scope: "documents administration" }, 400,
	    "invalid_scope");
});

test("AU-10 an assertion is good once, also in parallel", async () => {
	const client_assertion = assertion(SLUG);
	const fields = { ...good(), client_assertion };
	const answers = await Promise.all(
	    Array.from({ length: 12 }, () => ask(fields)));
	const ok = answers.filter((r) => r.status === 200).length;
	assert.equal(ok, 1);
	assert.ok(answers.every((r) => r.status === 200 || r.status === 401));
	await refused(fields, 401, "invalid_client");
	/* The same jti in a new assertion is no new one. */
	const jti = randomUUID();
	assert.equal((await ask({ ...good(),
	    client_assertion: assertion(SLUG, { jti }) })).status, 200);
	await refused({ ...good(), client_assertion: assertion(SLUG, { jti }) },
	    401, "invalid_client");
	/* Another client may use the same jti. */
	assert.equal((await ask({ ...good(),
	    client_assertion: assertion("donau", { jti }) })).status, 200);
});

test("SE-5 a changed or foreign token opens nothing", async () => {
	const { access_token: token } = await (await ask(good())).json();
	const [h, p, s] = token.split(".");
	const other = b64(JSON.stringify({ ...part(token, 1),
	    portal: "desk" }));
	const none = b64(JSON.stringify({ alg: "none", typ: "JWT" }));
	for (const bad of [`${h}.${other}.${s}`, `${none}.${p}.`, `${h}.${p}.`,
	    `${h}.${p}.${s}x`, token.slice(0, -2), assertion(SLUG),
	    "x".repeat(9000)])
		assert.notEqual((await use(bad)).status, 200);
	const bad = await use(`${h}.${other}.${s}`);
	assert.equal(bad.status, 401);
	assert.match(bad.headers.get("www-authenticate") ?? "", /^Bearer/);
});

test("SE-8 tokens count in the Authorization header only", async () => {
	const { access_token: token } = await (await ask(good())).json();
	assert.notEqual((await fetch(
	    `${URL_BASE}/api/v1/addresses?access_token=${token}`)).status, 200);
	assert.equal((await fetch(`${URL_BASE}/api/v1/addresses`, { headers:
	    { cookie: `__Host-kontor=${token}` } })).status, 401);
	/* Nor is a person's cookie good for the API, or a token for a door. */
	const v = await new Visitor().signIn("tyne.user");
	assert.equal((await v.get("/api/v1/addresses", "application/json"))
	    .status, 401);
	const door = await fetch(`${URL_BASE}/distributor/orders`, { redirect:
	    "manual", headers: { accept: "application/json",
	    authorization: `Bearer ${token}` } });
	assert.equal(door.status, 401);
	assert.equal((await use(v.cookies.get("__Host-kontor"))).status, 401);
});

test("SE-7 a client that is shut out has no token any more", async () => {
	const id = `test-${randomUUID()}`;
	const key = join(VAR, "demo/keys", `${id}.pem`);
	const { kid } = JSON.parse(ctl("client", "add", "--partner", SLUG,
	    "--generate", key, "--id", id, "--json"));
	assert.ok(kid && readFileSync(key, "utf8").includes("PRIVATE KEY"));
	const mine = () => ask({ ...good(), client_assertion:
	    ctl("client", "assertion", "--id", id, "--key", key) });
	const { access_token: token } = await (await mine()).json();
	const short = ctl("token", "--client", id);
	assert.equal((await use(token)).status, 200);
	assert.equal((await use(short)).status, 200);
	ctl("client", "revoke", "--id", id);
	assert.equal((await use(token)).status, 401);
	assert.equal((await use(short)).status, 401);
	assert.equal((await mine()).status, 401);
	assert.ok(ctl("client", "list", "--json").includes(id));
});

test("SE-7 tokens end by their jti", async () => {
	const { access_token: token } = await (await ask(good())).json();
	assert.equal((await use(token)).status, 200);
	execFileSync("psql", ["-qX", "-h", join(VAR, "pg"), "-U", "postgres",
	    "-d", "kontor", "-c", `update core.access_token set revoked_at =
	    now() where jti_hash = sha256('${part(token, 1).jti}')`]);
	assert.equal((await use(token)).status, 401);
});

test("keys and metadata are published, and nothing secret", async () => {
	const meta = await (await fetch(
	    `${URL_BASE}/.well-known/oauth-authorization-server`)).json();
	assert.equal(meta.issuer, URL_BASE);
	assert.equal(meta.token_endpoint, `${URL_BASE}/api/v1/token`);
	const set = await (await fetch(meta.jwks_uri)).json();
	const { access_token: token } = await (await ask(good())).json();
	const key = set.keys.find((k) => k.kid === part(token, 0).kid);
	assert.ok(key);
	for (const k of set.keys)
		assert.deepEqual(Object.keys(k).sort(),
		    ["alg", "crv", "kid", "kty", "use", "x", "y"]);
});

test("a machine sees its own partner's data only", async () => {
	const mine = await new Machine(SLUG).json("/orders?limit=200");
	const other = await new Machine("donau").json("/orders?limit=200");
	const ids = new Set(other.items.map((o) => o.id));
	assert.ok(mine.items.length && other.items.length);
	assert.ok(mine.items.every((o) => !ids.has(o.id)));
});
