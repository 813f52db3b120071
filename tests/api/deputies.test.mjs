// SPDX-License-Identifier: Apache-2.0
// A deputy looks after an account manager's partners while it lasts, no longer.
import assert from "node:assert/strict";
import test from "node:test";
import { sql, Visitor } from "../lib/kontor.mjs";

const day = (ahead) => new Date(Date.now() + ahead * 86400000)
    .toISOString().slice(0, 10);
const one = await new Visitor("de").signIn("manager.one");
const two = await new Visitor("en").signIn("manager.two");
const page = "/desk/deputies";
const partners = async (v) => new Set((await v.json(
    "/desk/partners?limit=200")).items.map((p) => p.id));
const own = sql(`select p.public_id as id from core.assignment a
    join core.partner p on p.id = a.partner_id
    join core.person u on u.id = a.person_id where u.uid = 'manager.one'
    and not exists (select from core.assignment b
        join core.person w on w.id = b.person_id
        where b.partner_id = a.partner_id and w.uid = 'manager.two')`);

test("a deputy sees the partners while it lasts", async () => {
	assert.ok(own.length > 0);
	const { colleagues } = await one.json(page);
	const [other] = colleagues.filter((c) => c.name.includes("two"));
	assert.ok(other, JSON.stringify(colleagues));
	assert.equal(colleagues.length, sql(`select count(*)::int as n
	    from core.membership where portal = 'desk'
	    and 'account_manager' = any (roles)`)[0].n - 1);
	for (const p of await partners(two))
		assert.ok(!own.some(({ id }) => id === p));
	assert.equal((await one.post(page, { deputy: other.id, since: day(0),
	    until: day(-1) }, { page })).status, 422);
	assert.equal((await one.post(page, { deputy: own[0].id, since: day(0),
	    until: day(1) }, { page })).status, 422, "a partner is no colleague");
	assert.equal((await one.post(page, { deputy: other.id, since: day(0),
	    until: day(1) }, { page })).status, 303);
	const seen = await partners(two);
	for (const { id } of own)
		assert.ok(seen.has(id), "the partner is seen");
	const r = await two.get(`/desk/partners/${own[0].id}`);
	assert.equal(r.status, 200);
	const { items } = await two.json(page);
	assert.equal(items[0].mine, false);
	assert.equal((await two.post(`${page}/${items[0].id}/end`, {}, { page }))
	    .status, 404, "only who is away ends it");
	const mine = (await one.json(page)).items.find((d) => d.mine);
	assert.equal((await one.post(`${page}/${mine.id}/end`, {}, { page }))
	    .status, 303);
	assert.equal((await two.get(`/desk/partners/${own[0].id}`)).status, 404);
});

test("one that begins later does not count yet", async () => {
	const { colleagues } = await one.json(page);
	const other = colleagues.find((c) => c.name.includes("two"));
	assert.equal((await one.post(page, { deputy: other.id, since: day(3),
	    until: day(4) }, { page })).status, 303);
	assert.equal((await two.get(`/desk/partners/${own[0].id}`)).status, 404);
	const mine = (await one.json(page)).items.find((d) => d.mine);
	assert.equal(mine.today, false);
	await one.post(`${page}/${mine.id}/end`, {}, { page });
});

test("agents have no deputies", async () => {
	const agent = await new Visitor().signIn("agent.one");
	assert.equal((await agent.get(page)).status, 403);
});

test("a partner's administrator enters one for a colleague", async () => {
	const here = "/supplier/deputies";
	const user = await new Visitor("en").signIn("elbe.user");
	const admin = await new Visitor("de").signIn("elbe.admin");
	const { colleagues, people } = await admin.json(here);
	assert.deepEqual(people, colleagues, "he may stand in himself");
	assert.ok(people[0].me);
	const [other] = colleagues.filter((c) => !c.me);
	const ask = { person: other.id, deputy: people[0].id, since: day(0),
	    until: day(1) };
	assert.equal((await user.post(here, { ...ask, person: people[0].id,
	    deputy: other.id }, { page: here })).status, 422);
	const refused = await admin.post(here, { ...ask, deputy: other.id },
	    { page: here });
	assert.equal(refused.status, 422);
	assert.match(await refused.text(), /Niemand vertritt sich selbst/);
	assert.equal((await admin.post(here, ask, { page: here })).status, 303);
	const { items } = await user.json(here);
	const made = items.find((d) => d.mine && d.today);
	assert.ok(made?.can_end, JSON.stringify(items));
	assert.match(await (await user.get(here)).text(), /End</);
	assert.equal((await admin.post(`${here}/${made.id}/end`, {},
	    { page: here })).status, 303);
	assert.equal((await admin.post(`${here}/${made.id}/end`, {},
	    { page: here })).status, 404, "once");
});
