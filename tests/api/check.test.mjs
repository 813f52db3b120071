// SPDX-License-Identifier: Apache-2.0
// The check page: a file is judged and forgotten.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import test from "node:test";
import { Machine, sql, until, URL_BASE, VAR, Visitor }
    from "../lib/kontor.mjs";
import { agreement, items, order, TYPES, write } from "../lib/orders.mjs";

const machine = new Machine("nordlicht");
const a = agreement("nordlicht", "edifact");

async function check(bytes, type = TYPES.edifact)
{
	const r = await machine.fetch("/documents/check", { method: "POST",
	    headers: { "content-type": type }, body: bytes });
	assert.equal(r.status, 202, await r.clone().text());
	const { id } = await r.json();
	assert.ok(r.headers.get("location").endsWith(`/documents/check/${id}`));
	return until("the file is checked", async () => {
		const x = await machine.json(`/documents/check/${id}`);
		return x.state === "checked" && x;
	}, 30000);
}

/** Statements by the cluster's superuser. */
const run = (...statements) => execFileSync("psql", ["-qAtX", "-h",
    join(VAR, "pg"), "-U", "postgres", "-d", "kontor", "-v",
    "ON_ERROR_STOP=1", ...statements.flatMap((s) => ["-c", s])]);

/* What is kept of these bytes and of the order that they hold. */
const stored = (bytes, o) => {
	const sha = createHash("sha256").update(bytes).digest("hex");
	return sql(`select (select count(*) from exchange.document
	        where sha256 = '\\x${sha}')::int as documents,
	    (select count(*) from exchange.chunk
	        where sha256 = '\\x${sha}')::int as chunks,
	    (select count(*) from orders.head
	        where partner_number = '${o.number}')::int as orders`)[0];
};

for (const family of ["edifact", "x12", "ubl"])
	test(`${family}: a good file is valid, and nothing is stored`,
	    async () => {
		const slug = { edifact: "nordlicht", x12: "donau",
		    ubl: "tyne" }[family];
		const o = order(items(2, slug));
		const bytes = write[family](agreement(slug, family), o);
		const x = await check(bytes, TYPES[family]);
		assert.equal(x.family, family);
		assert.equal(x.messages[0].number, o.number);
		assert.equal(x.messages[0].lines, 2);
		assert.deepEqual(stored(bytes, o),
		    { documents: 0, chunks: 0, orders: 0 });
		assert.equal(sql(`select count(*)::int as n from exchange.trial
		    where public_id = '${x.id}' and bytes is null`)[0].n, 1);
		if (family !== "edifact")
			return;
		assert.ok(x.valid, JSON.stringify(x.findings));
		const sent = await machine.send(bytes, TYPES[family],
		    { prefer: "wait=10" });
		assert.equal((await sent.json()).state, "applied");
		assert.deepEqual(stored(bytes, o),
		    { documents: 1, chunks: 1, orders: 1 });
	});

test("a faulty file says what is wrong, where and what is expected",
    async () => {
	const x = await check(write.edifact(a, order(items(1)))
	    .replace(/UNT\+\d+/, "UNT+99"));
	assert.equal(x.valid, false);
	const f = x.findings.find((y) => y.severity === "error");
	assert.equal(f.found, "99");
	assert.ok(f.expected && f.segment && f.rule, JSON.stringify(f));
});

test("a file that is none is refused, one too long named so", async () => {
	const none = await machine.fetch("/documents/check", { method: "POST",
	    headers: { "content-type": TYPES.edifact }, body: "" });
	assert.equal(none.status, 422);
	const x = await check("This is no order.");
	assert.equal(x.valid, false);
});

test("others do not see the result, and the page shows it", async () => {
	const x = await check(write.edifact(a, order(items(1))));
	const other = await new Machine("donau")
	    .fetch(`/documents/check/${x.id}`);
	assert.equal(other.status, 404);
	const nobody = await fetch(`${URL_BASE}/api/v1/documents/check/${x.id}`);
	assert.equal(nobody.status, 401);
	const desk = await new Visitor().signIn("agent.one");
	assert.equal((await desk.get("/desk/documents/check")).status, 404);
	const v = await new Visitor().signIn("nordlicht.user");
	const page = await v.get(`/distributor/documents/check/${x.id}`);
	assert.equal(page.status, 200);
	assert.match(await page.text(), /We can read this file/);
	assert.equal((await v.get("/distributor/documents/check")).status, 200);
});

test("results are forgotten after an hour", async () => {
	const x = await check(write.edifact(a, order(items(1))));
	run(`update exchange.trial set asked_at = now() - interval '61 minutes'
	    where public_id = '${x.id}'`, "select exchange.sweep()");
	assert.equal((await machine.fetch(`/documents/check/${x.id}`)).status,
	    404);
});

test("a file that cannot be checked is given up, not waited for for ever",
    async () => {
	const o = order(items(1, "donau"));
	run(`create function exchange.test_refuse() returns trigger
	    language plpgsql as $$ begin
	    if new.result::text like '%"${o.number}"%' then
	        raise exception 'refused by a test';
	    end if;
	    return new; end $$`,
	    `create trigger test_refuse before update on exchange.trial
	    for each row execute function exchange.test_refuse()`);
	try {
		const x = await check(write.x12(agreement("donau", "x12"), o),
		    TYPES.x12);
		assert.equal(x.valid, false);
		assert.deepEqual(x.findings.map((f) => f.rule),
		    ["document.read_failed"]);
	} finally {
		run("drop trigger test_refuse on exchange.trial",
		    "drop function exchange.test_refuse()");
	}
});
