// SPDX-License-Identifier: Apache-2.0
// The published guides: everybody sees the base, partners their own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test from "node:test";
import { BIN, Machine, ROOT, sql, VAR, Visitor } from "../lib/kontor.mjs";

const names = JSON.parse(execFileSync(join(BIN, "kontorctl"),
    ["guide", "list", "--json", "--guides", join(ROOT, "partners")],
    { encoding: "utf8", maxBuffer: 1 << 26 })).map((g) => g.guide);
const listed = async (who) => (await who.json("/guides")).items
    .map((g) => g.name).sort();
const psql = (query) => execFileSync("psql", ["-qAtX", "-h", join(VAR, "pg"),
    "-U", "postgres", "-d", "kontor", "-v", "ON_ERROR_STOP=1", "-c", query]);
const base = (n) => /^(edifact|x12|ubl|xml)\//.test(n);

test("every guide is published", () => {
	assert.deepEqual(sql("select name from exchange.guide order by name")
	    .map((g) => g.name).sort(), names.sort());
});

test("a partner's own guide is seen by that partner only", async () => {
	const own = "nordlicht/orders";
	assert.ok(names.includes(own));
	const agreed = (how) => psql(`update exchange.agreement set guides =
	    guides ${how} where name = 'nordlicht-edifact'`);
	agreed(`|| '{"own": "${own}"}'`);
	try {
		const nordlicht = new Machine("nordlicht");
		assert.ok((await listed(nordlicht)).includes(own));
		assert.equal((await nordlicht.fetch(`/guides/${own}`)).status,
		    200);
		const donau = new Machine("donau");
		assert.deepEqual(await listed(donau), names.filter(base).sort());
		assert.equal((await donau.fetch(`/guides/${own}`)).status, 404);
	} finally {
		agreed("- 'own'");
	}
	assert.ok(!(await listed(new Machine("nordlicht"))).includes(own));
});

test("each guide has its page in both languages, with a sample", async () => {
	for (const [lang, word] of [["en", "How often"], ["de", "Wie oft"]]) {
		const v = await new Visitor(lang).signIn("agent.one");
		for (const name of names.filter(base)) {
			const r = await v.get(`/desk/guides/${name}`);
			assert.equal(r.status, 200, name);
			const html = await r.text();
			assert.match(html, new RegExp(word));
			assert.match(html, /<pre tabindex="0">/, `${name}: sample`);
		}
	}
	assert.equal((await new Machine("donau")
	    .fetch("/guides/edifact/nothing")).status, 404);
});
