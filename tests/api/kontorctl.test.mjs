// SPDX-License-Identifier: Apache-2.0
// kontorctl as an operator meets it: exit statuses, errors with file and
// line, nothing half done. Migrations run in a database of their own.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync,
    writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { BIN, login, ROOT, sql, VAR } from "../lib/kontor.mjs";

const dir = mkdtempSync(join(tmpdir(), "kontorctl-"));
const mark = randomBytes(4).toString("hex");
const database = `ctl_${mark}`;
const env = (more = {}) => ({ ...process.env, LC_ALL: "C.UTF-8",
    KONTOR_VAR: VAR, KONTOR_CONF: join(VAR, "kontor.conf"), ...more });
chmodSync(dir, 0o755);

/** Runs kontorctl; answers {status, out, err}. */
function ctl(args, options = {})
{
	const r = spawnSync(join(BIN, "kontorctl"), args, { encoding: "utf8",
	    cwd: ROOT, env: env(options.env), input: options.input ?? "" });
	return { status: r.status, out: r.stdout, err: r.stderr };
}
const ok = (args, options) => {
	const r = ctl(args, options);
	assert.equal(r.status, 0, r.err);
	return r.out;
};
const psql = (db, text) => spawnSync("psql", ["-qAtX", "-h",
    join(VAR, "pg"), "-U", "postgres", "-d", db, "-c", text],
    { encoding: "utf8" }).stdout.trim();

after(() => {
	psql("postgres", `drop database if exists ${database}`);
	rmSync(dir, { recursive: true });
});

test("says how it is used", () => {
	assert.equal(ctl([]).status, 2);
	assert.equal(ctl(["nonsense"]).status, 2);
	assert.equal(ctl(["token", "--nonsense"]).status, 2);
	assert.equal(ctl(["token"]).status, 2);
	assert.equal(ctl(["job", "retry"]).status, 2);
	assert.equal(ctl(["job", "retry", "x"]).status, 2);
	assert.match(ok(["--help"]), /kontorctl migrate/);
	assert.match(ok(["token", "--help"]), /--client/);
});

test("the manual names every command and its options", () => {
	const manual = readFileSync(join(ROOT, "docs/manual/kontorctl.1"), "utf8");
	const source = readFileSync(join(ROOT, "src/main/kontorctl.c"), "utf8");
	const table = /COMMANDS\[\] = \{([\s\S]*?)\n\};/.exec(source)[1];
	let n = 0;
	for (const [, noun, verb] of
	    table.matchAll(/\{"([a-z]+)", (?:"([a-z]+)"|NULL),/g)) {
		n++;
		assert.match(manual, new RegExp(
		    `Cm ${noun}${verb ? ` ${verb}` : ""}\\b`), `${noun} ${verb}`);
	}
	assert.ok(n > 10);
	for (const [, option] of table.matchAll(/--([a-z-]+)/g))
		assert.match(manual, new RegExp(`-${option}\\b`), option);
});

test("a database that is not there is told as such", () => {
	const r = ctl(["status", "--json"], { env: { KONTOR_PG_HOST: dir } });
	assert.equal(r.status, 5);
	assert.equal(JSON.parse(r.err).error, "db.away");
});

test("migrate makes a database, and does nothing the second time", () => {
	const more = { env: { KONTOR_PG_DATABASE: database } };
	const first = JSON.parse(ok(["migrate", "--json"], more));
	assert.ok(first.migrations >= 4);
	const before = psql(database, "select count(*), max(applied_at) " +
	    "from core.migration");
	assert.equal(JSON.parse(ok(["migrate", "--json"], more)).migrations, 0);
	assert.equal(psql(database, "select count(*), max(applied_at) " +
	    "from core.migration"), before);
	/* Without demo data there is nobody, least of all an administrator. */
	assert.equal(psql(database, "select count(*) from core.directory_group"),
	    "0");
});

test("migrate may be run by several at once", async () => {
	const codes = await Promise.all([1, 2, 3].map(() =>
	    new Promise((done) => spawn(join(BIN, "kontorctl"), ["migrate"],
	    { cwd: ROOT, stdio: "ignore",
	    env: env({ KONTOR_PG_DATABASE: database }) })
	    .on("close", done))));
	assert.deepEqual(codes, [0, 0, 0]);
});

test("a migration that fails names file and line and changes nothing", () => {
	const copy = join(dir, "sql");
	const more = { env: { KONTOR_PG_DATABASE: database } };
	cpSync(join(ROOT, "sql"), copy, { recursive: true });
	const bad = join(copy, "migrations/9001_bad.sql");
	writeFileSync(bad, "-- Bad.\ncreate table core.bad (id int);\n" +
	    "/* ; */ select ';', $$;$$;\n\nselect 1 +\n\tnonsense;\n");
	const r = ctl(["migrate", "--sql", copy], more);
	assert.equal(r.status, 1);
	assert.match(r.err, /9001_bad\.sql:6: .*nonsense/);
	assert.equal(psql(database, "select to_regclass('core.bad') is null"),
	    "t");
	writeFileSync(bad, "create table core.bad (id int);\n");
	const unregistered = ctl(["migrate", "--sql", copy], more);
	assert.equal(unregistered.status, 4);
	assert.match(unregistered.err, /register/);
	assert.equal(psql(database, "select to_regclass('core.bad') is null"),
	    "t");
	writeFileSync(join(copy, "migrations/0001_other.sql"), "select 1;\n");
	rmSync(bad);
	assert.equal(ctl(["migrate", "--sql", copy], more).status, 4);
	rmSync(join(copy, "migrations/0001_other.sql"));
	writeFileSync(join(copy, "code/load.sql"), "-- Order.\n\\i x.sql\n");
	assert.match(ctl(["migrate", "--sql", copy], more).err,
	    /load\.sql:2: expected/);
	assert.equal(ctl(["migrate", "--sql", join(dir, "none")], more).status,
	    3);
});

test("AU-11 the first administrator is made once, from the directory", () => {
	const more = { env: { KONTOR_PG_DATABASE: database } };
	assert.equal(ctl(["admin", "create", "nobody.at.all"], more).status, 3);
	assert.equal(ctl(["admin", "create"], more).status, 2);
	const { login: name } = login("administrator");
	assert.match(ok(["admin", "create", name], more),
	    /^uid=administrator,.* may log in as administrator/);
	assert.equal(ctl(["admin", "create", name], more).status, 4);
	assert.equal(ctl(["admin", "create", "--dn", "cn=x"], more).status, 4);
	assert.equal(psql(database, "select count(*) from core.audit " +
	    "where kind = 'admin'") > 0, true);
});

const PARTNER = `# A made-up partner.
[partner]
name = Reiher Handel (test)
roles = distributor
language = de
account_managers = manager.one, manager.two
[identifier]
kind = gln
value = 43${mark.replace(/\D/g, "").padEnd(11, "7").slice(0, 11)}
[address]
kind = ship_to
name = Lager
street = Weg 1
street = Tor 2
postal_code = 24114
city = Kiel
country = DE
preferred = yes
contact.phone = +49 431 1
[agreement reiher-edifact]
family = edifact
ours.id = 2900000000018
ours.qualifier = 14
theirs.id = reiher${mark}
guides.order = edifact/orders-d96a
options.ack = contrl
options.reuse_after = 30
sends = order_response
response_hours = 12
tolerances.days = 1
`;

const partner = (text) => {
	const at = join(dir, "partners", `reiher-${mark}`);
	mkdirSync(at, { recursive: true });
	cpSync(join(ROOT, "partners/base"), join(dir, "partners/base"),
	    { recursive: true });
	writeFileSync(join(at, "partner.conf"), text);
	return at;
};

test("partner load stores a partner and its agreements, by versions", () => {
	const more = { env: { KONTOR_PG_DATABASE: database } };
	const at = partner(PARTNER);
	assert.match(ok(["partner", "load", at, "--dry-run"], more), /would load/);
	assert.equal(psql(database, "select count(*) from core.partner"), "0");
	const first = JSON.parse(ok(["partner", "load", at, "--json"], more));
	assert.equal(first.partner.slug, `reiher-${mark}`);
	assert.equal(first.agreements[0].version, 1);
	assert.equal(first.agreements[0].changed, true);
	assert.deepEqual(JSON.parse(psql(database, `select json_build_object(
	    'options', g.options, 'sends', g.sends, 'hours', g.response_hours,
	    'street', a.street, 'days', g.tolerances ->> 'days')
	    from exchange.agreement g join core.address a using (partner_id)`)),
	    { options: { ack: "contrl", reuse_after: 30 },
	    sends: ["order_response"], hours: 12,
	    street: ["Weg 1", "Tor 2"], days: "1" });
	const again = JSON.parse(ok(["partner", "load", at, "--json"], more));
	assert.equal(again.agreements[0].changed, false);
	partner(PARTNER.replace("response_hours = 12", "response_hours = 13"));
	const second = JSON.parse(ok(["partner", "load", at, "--json"], more));
	assert.equal(second.agreements[0].version, 2);
	assert.equal(second.partner.id, first.partner.id);
});

test("partner load says what is wrong with file and line", async (t) => {
	const more = { env: { KONTOR_PG_DATABASE: database } };
	const cases = {
		"an unknown section": ["[identifier]", "[number]", /:7: /],
		"an unknown key": ["language =", "tongue =", /:5: unknown.*tongue/],
		"a key twice": ["language = de", "name = Again", /:5: set twice/],
		"no equals sign": ["language = de", "language de", /:5: expected/],
		"no number": ["response_hours = 12", "response_hours = soon",
		    /response_hours/],
		"no yes or no": ["preferred = yes", "preferred = maybe",
		    /:18: expected yes or no/],
		"an agreement without name": ["[agreement reiher-edifact]",
		    "[agreement]", /has a name/],
		"a guide that is not there": ["edifact/orders-d96a",
		    "edifact/orders-d77a", /no guide edifact\/orders-d77a/],
		"a family that is none": ["family = edifact", "family = fax",
		    /family/],
		"no role": ["roles = distributor", "# none", /roles/],
	};
	for (const [name, [from, to, want]] of Object.entries(cases))
		await t.test(name, () => {
			const at = partner(PARTNER.replace(from, to));
			const r = ctl(["partner", "load", at], more);
			assert.equal(r.status, 1, r.out);
			assert.match(r.err, want);
		});
	assert.equal(ctl(["partner", "load", join(dir, "none")], more).status, 3);
	assert.equal(psql(database, "select max(version) from " +
	    "exchange.agreement"), "2");
});

test("item import tells each wrong cell and stores nothing then", () => {
	const more = { env: { KONTOR_PG_DATABASE: database } };
	const file = join(dir, "items.csv");
	const count = () => psql(database, "select count(*) from item.item");
	writeFileSync(file, "\ufeffnumber;gtin;name_en;partner;price\r\n" +
	    `"T;1";4006381333931;Pump;reiher-${mark};12,50\r\n` +
	    "T2;4006381333932;Valve;;\r\n\r\nT3;;;;\r\nT4;;Hose;nobody;x\r\n");
	const r = ctl(["item", "import", file], more);
	assert.equal(r.status, 1);
	assert.match(r.err, /line 3, gtin: found "4006381333932", expected .*digit/);
	assert.match(r.err, /line 5, name_en: found "", expected a name/);
	assert.match(r.err, /line 6, partner: found "nobody"/);
	assert.match(r.err, /line 6, price: found "x", expected a number/);
	assert.equal(count(), "0");
	const good = `number,name_en,partner,price\nT1,Pump,reiher-${mark},` +
	    "12.50\n";
	assert.match(ok(["item", "import", "-", "--dry-run"],
	    { ...more, input: good }), /dry run/);
	assert.equal(count(), "0");
	const answer = JSON.parse(ok(["item", "import", "-", "--json"],
	    { ...more, input: good }));
	assert.equal(answer.items, 1);
	assert.equal(answer.prices, 1);
	assert.equal(count(), "1");
	for (const [input, want] of [["nummer\n1\n", /column 1.*nummer/],
	    ["number,number\n", /twice/], ["gtin\n", /no heading number/],
	    ["", /empty/], ["number\n1,2\n", /line 2: 2 cells/],
	    ["number\n\"x\n", /line/]])
		assert.match(ctl(["item", "import", "-"], { ...more, input }).err,
		    want);
	assert.equal(ctl(["item", "import", join(dir, "none.csv")], more).status,
	    3);
});

test("client add takes sound keys only and never overwrites one", () => {
	const more = { env: { KONTOR_PG_DATABASE: database } };
	const key = join(dir, "client.pem");
	const add = (...args) => ctl(["client", "add", "--partner",
	    `reiher-${mark}`, ...args], more);
	writeFileSync(join(dir, "junk.pem"), "junk");
	assert.equal(add("--key", join(dir, "junk.pem")).status, 1);
	assert.equal(add("--key", join(dir, "none.pem")).status, 3);
	assert.equal(add().status, 2);
	assert.equal(add("--key", key, "--generate", key).status, 2);
	const made = add("--generate", key, "--json");
	assert.equal(made.status, 0, made.err);
	assert.equal(add("--generate", key).status, 4);
	assert.equal(JSON.parse(add("--key", key, "--json").out).kid,
	    JSON.parse(made.out).kid);
	assert.equal(ctl(["client", "add", "--partner", "nobody", "--key", key],
	    more).status, 3);
	assert.equal(ctl(["token", "--client", "nobody"], more).status, 3);
	const list = JSON.parse(ok(["client", "list", "--json"], more));
	assert.equal(list.length, 1);
	assert.equal(list[0].keys.length, 1);
});

test("groups, people and settings are changed", () => {
	const more = { env: { KONTOR_PG_DATABASE: database } };
	const dn = "cn=house, dc=test";
	const groups = () => psql(database, "select count(*) from " +
	    "core.directory_group where dn = 'cn=house,dc=test'");
	assert.equal(ctl(["group", "add", "--dn", dn], more).status, 2);
	assert.equal(ctl(["group", "add", "--dn", dn, "--role", "king"], more)
	    .status, 1);
	assert.equal(ctl(["group", "add", "--dn", dn, "--role",
	    "distributor_user"], more).status, 1);
	ok(["group", "add", "--dn", dn, "--role", "agent"], more);
	assert.equal(groups(), "1");
	ok(["group", "remove", `--dn=${dn}`], more);
	assert.equal(groups(), "0");
	assert.equal(ctl(["person", "end", "nobody.at.all"], more).status, 3);
	ok(["person", "unlock", "nobody.at.all"], more);
	assert.equal(ctl(["setting", "set", "no.such", "1"], more).status, 3);
	ok(["setting", "set", "session.hours", "11"], more);
	assert.equal(psql(database, "select value from core.setting " +
	    "where name = 'session.hours'"), "11");
});

test("demo logins, status and jobs are shown", () => {
	const shown = JSON.parse(ok(["demo", "logins", "--json"]));
	assert.ok(shown.some((l) => l.login === "administrator" && l.password));
	assert.match(ok(["demo", "logins"]), /LOGIN +PASSWORD/);
	assert.equal(ctl(["demo", "logins"], { env: { KONTOR_VAR: dir } }).status,
	    3);
	const status = JSON.parse(ok(["status", "--json"]));
	assert.ok(status.migration >= 4);
	assert.equal(status.partners, sql("select count(*) n from core.partner")
	    [0].n);
	assert.match(ok(["job", "list"]), /ID +STATE/);
	assert.ok(Array.isArray(JSON.parse(ok(["job", "list", "--state", "done",
	    "--json"]))));
	assert.match(ok(["mail", "list"]), /ID +STATE/);
	assert.ok(Array.isArray(JSON.parse(ok(["mail", "list", "--view", "sent",
	    "--json"]))));
	assert.equal(ctl(["mail", "send", "x"]).status, 3);
	const id = psql("kontor", `insert into core.mail (public_id, person_id,
	    portal, kind, made_at, send_at, failed_at) select core.uuid7(), p.id,
	    'desk', 'daily', now(), now(), now() from core.person p limit 1
	    returning public_id`);
	try {
		assert.match(ok(["mail", "send", id]), /goes out at once/);
	} finally {
		psql("kontor", `delete from core.mail where public_id = '${id}'`);
	}
	assert.equal(ctl(["job", "retry", "999999999"]).status, 3);
});

test("guide lint finds nothing in ours and names what is wrong", () => {
	assert.match(ok(["guide", "lint", join(ROOT, "partners")]), /guides/);
	const at = join(dir, "guides/bad");
	mkdirSync(at, { recursive: true });
	writeFileSync(join(at, "x.guide"), "nonsense here\n");
	const r = ctl(["guide", "lint", join(dir, "guides")]);
	assert.equal(r.status, 1);
	assert.match(r.err, /x\.guide:1: /);
});
