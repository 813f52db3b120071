// SPDX-License-Identifier: Apache-2.0
// Logins of people through the whole portal: AU-1 to AU-6, AU-12, SE-1, SE-2,
// HT-9. Tries that count against a place come from addresses of their own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import test, { after } from "node:test";
import { login, logins, portalOf, sleep, until, URL_BASE, VAR, Visitor }
    from "../lib/kontor.mjs";

const { hostname, port } = new URL(URL_BASE);
const ca = readFileSync(join(VAR, "tls/ca.pem"));

/** Posts the login form as a browser does, from an address on loopback. */
const post = (fields, from = "127.0.0.1", headers = {}) =>
    new Promise((done, fail) => {
	const body = new URLSearchParams(fields).toString();
	const started = Date.now();
	const r = request({ host: hostname, port, ca, path: "/login",
	    method: "POST", localAddress: from, agent: false, headers: {
		"content-type": "application/x-www-form-urlencoded",
		"content-length": Buffer.byteLength(body), accept: "text/html",
		origin: URL_BASE, "sec-fetch-site": "same-origin", ...headers } },
	    (answer) => {
		let text = "";
		answer.on("data", (d) => { text += d; });
		answer.on("end", () => done({ status: answer.statusCode, text,
		    headers: answer.headers, ms: Date.now() - started }));
	    });
	r.on("error", fail);
	r.end(body);
    });

/** The status of a page's JSON; a body left unread would hold its connection. */
async function status(v, path)
{
	const r = await v.get(path, "application/json");
	await r.arrayBuffer();
	return r.status;
}

const admin = (call) => execFileSync("psql", ["-qAtX", "-h", join(VAR, "pg"),
    "-U", "kontor_admin", "-d", "kontor", "-c", `select ${call}`],
    { encoding: "utf8" });
after(() => admin("core.admin_throttle('{}')"));

/** What a page says, without what differs from page to page. */
const plain = (text, name) => text.replaceAll(name, "NAME")
    .replace(/value="[^"]*"/g, "").replace(/trace[^<]*/gi, "")
    .replace(/[0-9a-f]{32}/g, "");

test("SE-1 the session cookie is strict", async () => {
	const l = login("tyne.user");
	const r = await post({ name: l.login, password: l.password });
	assert.equal(r.status, 303);
	const cookies = r.headers["set-cookie"].filter(
	    (c) => c.startsWith("__Host-kontor="));
	assert.equal(cookies.length, 1);
	for (const part of ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"])
		assert.ok(cookies[0].split("; ").includes(part), part);
	assert.ok(!/domain=/i.test(cookies[0]));
	assert.match(r.headers.location, /^\/distributor\//);
});

test("AU-2 each demo login leads to its portal and to no other", async () => {
	const doors = ["distributor", "supplier", "desk"];
	for (const l of logins()) {
		const v = await new Visitor().signIn(l.login);
		for (const door of doors) {
			const path = door === "desk" ? "/desk/partners"
			    : `/${door}/orders`;
			assert.equal(await status(v, path),
			    door === portalOf(l) ? 200 : 404,
			    `${l.login} ${path}`);
		}
	}
});

test("AU-1 AU-5 refusals look alike, whatever was wrong", async () => {
	const l = login("tyne.user");
	const from = "127.0.0.11";
	admin("core.admin_throttle('{}')");
	const answers = [
	    ["nobody.at.all", "wrong"], [l.login, "wrong"],
	    [l.login, ""], [l.login, "x".repeat(1025)]];
	const seen = [];
	for (const [name, password] of answers) {
		const r = await post({ name, password }, from);
		seen.push([r.status, plain(r.text, name)]);
		assert.equal(r.status, 403, name);
		assert.ok(!r.headers["set-cookie"]?.some(
		    (c) => c.startsWith("__Host-kontor=")));
	}
	for (const s of seen)
		assert.deepEqual(s, seen[0]);
	admin("core.admin_throttle('{}')");
});

test("AU-2 metacharacters find nobody", async () => {
	const l = login("tyne.user");
	for (const name of ["*", "tyne.*", "tyne.user)(uid=*", "*)(|(uid=*"]) {
		admin("core.admin_throttle('{}')");
		const r = await post({ name, password: l.password },
		    "127.0.0.12");
		assert.equal(r.status, 403, name);
	}
});

test("AU-6 a stranger slows down, the real user does not", async () => {
	const l = login("tyne.admin");
	const stranger = "127.0.0.13";
	const v = new Visitor();
	admin("core.admin_throttle('{}')");
	await v.signIn(l.login);
	let slowed;
	for (let i = 0; i < 8 && !slowed; i++) {
		const r = await post({ name: l.login, password: "wrong" },
		    stranger);
		if (r.status === 429)
			slowed = r;
		else
			assert.equal(r.status, 403);
	}
	assert.ok(slowed, "eight tries and no delay");
	assert.ok(Number(slowed.headers["retry-after"]) >= 1);
	/* Even with the right password from there; but not from home. */
	assert.equal((await post({ name: l.login, password: l.password },
	    stranger)).status, 429);
	assert.equal((await post({ name: l.login, password: l.password }))
	    .status, 303);
	admin("core.admin_throttle('{}')");
});

test("AU-6 tries in parallel count, too", async () => {
	admin("core.admin_throttle('{}')");
	const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
	    post({ name: "parallel.stranger", password: `guess ${i}` },
	    "127.0.0.14")));
	const tried = answers.filter((r) => r.status === 403).length;
	assert.ok(tried <= 6, `${tried} of 20 were tried`);
	admin("core.admin_throttle('{}')");
});

test("SE-2 a new login ends the session that it replaces", async () => {
	const v = await new Visitor().signIn("tyne.user");
	const old = v.cookies.get("__Host-kontor");
	await v.signIn("tyne.user");
	assert.notEqual(v.cookies.get("__Host-kontor"), old);
	assert.equal(await status(v, "/distributor/orders"), 200);
	v.cookies.set("__Host-kontor", old);
	assert.equal(await status(v, "/distributor/orders"), 401);
});

test("SE-3 all sessions of a person end at once", async () => {
	const one = await new Visitor().signIn("severn.user");
	const two = await new Visitor().signIn("severn.user");
	const other = await new Visitor().signIn("severn.admin");
	const r = await one.post("/supplier/account/sessions/end", {},
	    { page: "/supplier/account" });
	await r.arrayBuffer();
	assert.ok([200, 303].includes(r.status), String(r.status));
	for (const v of [one, two])
		assert.equal(await status(v, "/supplier/orders"), 401);
	assert.equal(await status(other, "/supplier/orders"), 200);
});

test("AU-12 whoever is shut out is out at once", async () => {
	const v = await new Visitor().signIn("severn.admin");
	const call = (disable) => admin("core.admin_person('" +
	    JSON.stringify({ login: "severn.admin", disable }) + "')");
	call("true");
	try {
		const l = login("severn.admin");
		assert.equal(await status(v, "/supplier/orders"), 401);
		assert.equal((await post({ name: l.login,
		    password: l.password })).status, 403);
	} finally {
		call("false");
	}
	await v.signIn("severn.admin");
	assert.equal(await status(v, "/supplier/orders"), 200);
});

test("HT-9 a login form must come from our own page", async () => {
	const l = login("tyne.user");
	const fields = { name: l.login, password: l.password };
	for (const headers of [{ origin: "https://elsewhere.example" },
	    { origin: "null" }, { origin: "", "sec-fetch-site": "cross-site" }])
		assert.equal((await post(fields, undefined, headers)).status,
		    403);
});

const ldapmodify = (ldif) => {
	const uri = /^ldap_uri = (.*)$/m.exec(
	    readFileSync(join(VAR, "kontor.conf"), "utf8"))[1];
	execFileSync("ldapmodify", ["-x", "-H", uri, "-D",
	    "cn=root,dc=kontor,dc=example", "-y",
	    join(VAR, "keys/ldap-root.password")], { input: ldif });
};

test("who belongs to two partners changes between them", async () => {
	const member = (verb) => ldapmodify(
	    "dn: cn=neckar-users,ou=groups,dc=kontor,dc=example\n" +
	    `changetype: modify\n${verb}: member\n` +
	    "member: uid=severn.user,ou=people,dc=kontor,dc=example\n");
	member("add");
	try {
		const v = await new Visitor().signIn("severn.user");
		const page = async () =>
		    (await v.get("/supplier/account")).text();
		const before = await page();
		const [id] = /supplier:[0-9a-f-]{36}/.exec(before);
		const was = { ...v, cookies: new Map(v.cookies) };
		const here = (await v.json("/supplier/account")).memberships
		    .find((m) => m.id !== id).partner.name;
		assert.ok(!before.split("<h2>You also work for")[1]
		    .includes(here));
		const r = await v.post("/membership", { membership: id },
		    { page: "/supplier/account" });
		assert.equal(r.status, 303);
		const after = await page();
		assert.ok(after.split("<h2>You also work for")[1]
		    .includes(here), "the way back");
		const old = Object.assign(new Visitor(), was);
		assert.equal(await status(old, "/supplier/account"), 401);
		const foreign = await v.post("/membership", { membership:
		    id.replace(/.$/, (c) => c === "0" ? "1" : "0") },
		    { page: "/supplier/account" });
		assert.equal(foreign.status, 404);
	} finally {
		member("delete");
	}
});

test("AU-12 who leaves a group loses the session within 60 s", async () => {
	const member = (verb) => ldapmodify(
	    "dn: cn=agents,ou=groups,dc=kontor,dc=example\n" +
	    `changetype: modify\n${verb}: member\n` +
	    "member: uid=agent.two,ou=people,dc=kontor,dc=example\n");
	const v = await new Visitor().signIn("agent.two");
	const works = () => status(v, "/desk/partners");
	assert.equal(await works(), 200);
	member("delete");
	try {
		await until("the end of the session",
		    async () => await works() === 401, 60000, 500);
		const l = login("agent.two");
		assert.equal((await post({ name: l.login,
		    password: l.password })).status, 403);
	} finally {
		member("add");
		admin("core.admin_throttle('{}')");
	}
	await v.signIn("agent.two");
	assert.equal(await works(), 200);
});

test("AU-4 a silent directory costs logins only", async () => {
	const slapd = Number(readFileSync(join(VAR, "run/services"), "utf8")
	    .split("\n").find((l) => l.startsWith("slapd ")).split(" ")[1]);
	const v = await new Visitor().signIn("tyne.user");
	const some = ["tyne.admin", "donau.user", "donau.admin", "isar.user"]
	    .map(login);
	process.kill(slapd, "SIGSTOP");
	try {
		const tries = some.map((l) =>
		    post({ name: l.login, password: l.password }));
		let slowest = 0;
		for (let i = 0; i < 20; i++) {
			const t = Date.now();
			assert.equal(await status(v, "/distributor/orders"),
			    200);
			slowest = Math.max(slowest, Date.now() - t);
			await sleep(100);
		}
		assert.ok(slowest < 1500, `a page took ${slowest} ms`);
		for (const r of await Promise.all(tries)) {
			assert.equal(r.status, 503);
			assert.ok(r.ms < 5000, `${r.ms} ms`);
			assert.ok(Number(r.headers["retry-after"]) > 0);
		}
	} finally {
		process.kill(slapd, "SIGCONT");
	}
	await until("logins again", async () => (await post({
	    name: some[0].login, password: some[0].password })).status === 303,
	    10000);
});
