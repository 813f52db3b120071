// SPDX-License-Identifier: Apache-2.0
// The running set-up for API, browser and crash tests: addresses, demo
// logins, tokens, the database, waiting. ops/test sets KONTOR_URL,
// KONTOR_VAR and KONTOR_BIN; run by hand they default to ops/run's set-up
// (start node with NODE_EXTRA_CA_CERTS=var/tls/ca.pem).
import { execFileSync } from "node:child_process";
import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const VAR = resolve(ROOT, process.env.KONTOR_VAR ?? "var");
export const URL_BASE = process.env.KONTOR_URL ??
    /^base_url = (.*)$/m.exec(
	readFileSync(join(VAR, "kontor.conf"), "utf8"))[1];
export const BIN = process.env.KONTOR_BIN ?? join(ROOT, "build");
export const SHARED = resolve(ROOT, "../shared");
export const hasShared = existsSync(join(SHARED, "corpus"));

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Calls f until it answers something true; fails after ms. */
export async function until(what, f, ms = 5000, step = 100)
{
	const end = Date.now() + ms;
	for (;;) {
		const value = await f();
		if (value)
			return value;
		if (Date.now() > end)
			throw new Error(`${what}: not within ${ms} ms`);
		await sleep(step);
	}
}

/** The demo logins: [{login, password, role, name}]. */
export const logins = () =>
    JSON.parse(readFileSync(join(VAR, "demo/logins.json"), "utf8"));

export function login(name)
{
	const found = logins().find((l) => l.login === name);
	if (!found)
		throw new Error(`no demo login ${name}`);
	return found;
}

/** Rows of a query by the cluster's superuser, each a JSON object. */
export function sql(query, ...values)
{
	const args = ["-qAtX", "-h", join(VAR, "pg"), "-U", "postgres",
	    "-d", "kontor", "-v", "ON_ERROR_STOP=1"];
	values.forEach((v, i) => args.push("-v", `v${i + 1}=${v}`));
	const out = execFileSync("psql", args, {
		input: `select to_jsonb(q) from (${query}) q;\n`,
		encoding: "utf8", maxBuffer: 1 << 28,
		stdio: ["pipe", "pipe", "pipe"],
	});
	return out.split("\n").filter(Boolean).map((l) => JSON.parse(l));
}

const portals = { distributor: "distributor", supplier: "supplier" };
export const portalOf = (l) => portals[l.role.split(" ")[0]] ?? "desk";

/** Set-Cookie headers one by one; Debian's Node 18 knows them joined only. */
export const setCookies = (r) => r.headers.getSetCookie?.() ??
    (r.headers.get("set-cookie") ?? "").split(/,\s*(?=[^;,=\s]+=)/)
	.filter(Boolean);

/**
 * A browser without a screen: keeps cookies, sends Origin with forms, does
 * not follow redirects.
 */
export class Visitor {
	constructor(lang = "en")
	{
		this.cookies = new Map();
		this.lang = lang;
	}
	async fetch(path, options = {})
	{
		const headers = {
			accept: "text/html", "accept-language": this.lang,
			...options.headers,
		};
		if (this.cookies.size)
			headers.cookie = [...this.cookies]
			    .map(([k, v]) => `${k}=${v}`).join("; ");
		const r = await fetch(URL_BASE + path,
		    { redirect: "manual", ...options, headers });
		for (const c of setCookies(r)) {
			const [, k, v] = /^([^=]+)=([^;]*)/.exec(c);
			if (v === "" || /max-age=0/i.test(c))
				this.cookies.delete(k);
			else
				this.cookies.set(k, v);
		}
		return r;
	}
	async get(path, accept = "text/html")
	{
		return this.fetch(path, { headers: { accept } });
	}
	async json(path)
	{
		return (await this.get(path, "application/json")).json();
	}
	/** The form token of a page. */
	async formToken(path)
	{
		const page = await (await this.get(path)).text();
		return /name="form_token"\s+value="([^"]*)"/.exec(page)?.[1];
	}
	/** Posts a form as a browser does. */
	async post(path, fields, { page = path, accept = "text/html" } = {})
	{
		const body = new URLSearchParams(fields);
		if (!body.has("form_token"))
			body.set("form_token", await this.formToken(page) ?? "");
		return this.fetch(path, {
			method: "POST", body,
			headers: { origin: URL_BASE, accept,
			    "sec-fetch-site": "same-origin",
			    "content-type": "application/x-www-form-urlencoded" },
		});
	}
	async signIn(name)
	{
		const l = login(name);
		this.door = `/${portalOf(l)}`;
		let r;
		/* Another test may have stopped the directory for a while. */
		for (let i = 0; i < 4 && (!r || r.status === 503); i++) {
			r = await this.post("/login",
			    { name: l.login, password: l.password });
			await r.arrayBuffer();
		}
		if (r.status !== 303)
			throw new Error(`sign-in of ${name}: ${r.status}`);
		return this;
	}
}

const base64url = (x) => Buffer.from(x).toString("base64url");

/* The machine of a demo partner: {key, client_id, kid}. */
const demoMachine = (slug) => ({
	key: readFileSync(join(VAR, "demo/keys", `${slug}.pem`)),
	...JSON.parse(readFileSync(join(VAR, "demo/keys", `${slug}.json`), "utf8")),
});

/**
 * A signed assertion of a machine, a demo partner's or {key, client_id, kid};
 * claims may be overridden.
 */
export function assertion(who, claims = {}, header = {})
{
	const now = Math.floor(Date.now() / 1000);
	const { key: pem, client_id, kid } =
	    typeof who === "string" ? demoMachine(who) : who;
	const key = createPrivateKey(pem);
	const text = base64url(JSON.stringify(
	    { alg: "ES256", typ: "JWT", kid, ...header })) + "." +
	    base64url(JSON.stringify({ iss: client_id, sub: client_id,
	    aud: URL_BASE, iat: now, exp: now + 240, jti: randomUUID(),
	    ...claims }));
	return text + "." + base64url(sign("sha256", Buffer.from(text),
	    { key, dsaEncoding: "ieee-p1363" }));
}

export const ASSERTION_TYPE =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** An access token of a machine, as for assertion(). */
export async function token(who)
{
	const r = await fetch(`${URL_BASE}/api/v1/token`, {
		method: "POST",
		body: new URLSearchParams({ grant_type: "client_credentials",
		    client_assertion_type: ASSERTION_TYPE,
		    client_assertion: assertion(who) }),
	});
	if (r.status !== 200)
		throw new Error(`token: ${r.status} ${await r.text()}`);
	return (await r.json()).access_token;
}

/** A partner's machine: fetches below /api/v1 with its token. */
export class Machine {
	constructor(who)
	{
		this.who = who;
		this.slug = who.client_id ?? who;
	}
	async fetch(path, options = {})
	{
		this.token ??= await token(this.who);
		return fetch(`${URL_BASE}/api/v1${path}`, {
			redirect: "manual", ...options,
			headers: { authorization: `Bearer ${this.token}`,
			    ...options.headers },
		});
	}
	async json(path)
	{
		const r = await this.fetch(path);
		if (r.status !== 200)
			throw new Error(`${path}: ${r.status} ${await r.text()}`);
		return r.json();
	}
	async send(bytes, type, headers = {})
	{
		return this.fetch("/documents", { method: "POST", body: bytes,
		    headers: { "content-type": type, ...headers } });
	}
}
