// SPDX-License-Identifier: Apache-2.0
// Scorecards: every number opens exactly the rows that it counts; a supplier
// objects to a line, the account manager decides, and the number follows.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine, sql, Visitor } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

const elbe = new Machine("elbe");
const [{ login, id: partner }] = sql(`select i.uid as login,
    p.public_id as id from core.assignment a
    join core.partner p on p.id = a.partner_id
    join core.person i on i.id = a.person_id where p.slug = 'elbe'`);
const post = (path, body) => elbe.fetch(path, { method: "POST",
    headers: { "content-type": "application/json",
        "idempotency-key": unique("K") }, body: JSON.stringify(body) });

test("every number opens the rows that it counts", async () => {
	const card = await elbe.json("/scorecard?days=365");
	assert.deepEqual(card.measures.map((m) => m.measure), ["requested",
	    "first", "latest", "expected", "filled", "answered", "documents"]);
	for (const m of card.measures) {
		const rows = await elbe.json(`/scorecard/${m.measure}?days=365`);
		assert.equal(rows.more, false);
		assert.equal(rows.items.length, m.count, m.measure);
		assert.equal(rows.items.filter((r) => r.good).length, m.good);
		if (m.count > 0)
			assert.equal(m.percent,
			    (100 * m.good / m.count).toFixed(1), m.measure);
	}
	assert.ok(card.measures[0].count > 0, "the demo has something to count");
});

test("the numbers are those of the stored lines", async () => {
	const card = await elbe.json("/scorecard?days=365");
	const [own] = sql(`select count(*)::int as n, count(*) filter (where
	    d.day <= l.requested_date and l.shipped >= l.ordered - l.cancelled)
	    ::int as good from orders.line l
	    join orders.head h on h.id = l.order_id
	    join core.partner p on p.id = l.partner_id,
	    lateral (select max(s.ship_date) as day from orders.shipment_line i
	        join orders.shipment s on s.id = i.shipment_id
	        where i.line_id = l.id) d
	    where p.slug = 'elbe' and h.kind = 'purchase'
	    and h.submitted_at is not null and l.cancelled < l.ordered
	    and l.requested_date between current_date - 365 and current_date
	    and (l.requested_date < current_date
	        or l.shipped >= l.ordered - l.cancelled)
	    and not exists (select from orders.contest c where c.line_id = l.id
	        and c.measure = 'requested' and c.state = 'accepted')`);
	assert.deepEqual([card.measures[0].count, card.measures[0].good],
	    [own.n, own.good]);
});

test("rows name items in the reader's language", async () => {
	for (const [lang, column] of [["en", "name_en"], ["de", "name_de"]]) {
		const reader = await new Visitor(lang).signIn("elbe.user");
		const page = await (await reader.get(
		    "/supplier/scorecard/requested?days=365")).text();
		const names = sql(`select ${column} as name from item.item
		    where name_de <> name_en`).map((i) => i.name);
		assert.ok(names.some((n) => page.includes(n)), lang);
	}
});

test("a supplier objects, the account manager decides, the number follows",
    async () => {
	const rows = await elbe.json("/scorecard/latest?days=365");
	const bad = rows.items.find((r) => r.can.contest);
	assert.ok(bad, "a line counts against the supplier");
	assert.equal((await post("/contests", { line: bad.line,
	    measure: "latest" })).status, 422, "a reason is wanted");
	assert.equal((await post("/contests", { line: bad.line,
	    measure: "weather", reason_text: "rain" })).status, 422);
	const made = await post("/contests", { line: bad.line,
	    measure: "latest", reason_text: "The gate was closed." });
	assert.equal(made.status, 201, await made.clone().text());
	const contest = await made.json();
	assert.deepEqual(contest.can, {}, "he does not decide himself");
	assert.equal((await post("/contests", { line: bad.line,
	    measure: "latest", reason_text: "Again." })).status, 409);
	const count = async () => (await elbe.json("/scorecard?days=365"))
	    .measures.find((m) => m.measure === "latest");
	const before = await count();
	assert.ok(before.contested >= 1);

	const v = await new Visitor("de").signIn(login);
	const page = `/desk/scorecard?partner=${partner}&days=365`;
	assert.match(await (await v.get(page)).text(), /The gate was closed/);
	const path = `/desk/contests/${contest.id}`;
	assert.equal((await v.post(`${path}/accept`, { version:
	    contest.version }, { page })).status, 422, "an answer is wanted");
	assert.equal((await v.post(`${path}/accept`, { version: contest.version,
	    reason_text: "Our mistake." }, { page })).status, 303);
	const after = await count();
	assert.equal(after.count, before.count - 1);
	assert.equal(after.good, before.good);
	const told = (await elbe.json("/scorecard?days=365")).contests
	    .find((c) => c.id === contest.id);
	assert.equal(told.state, "accepted");
	assert.equal(told.answer, "Our mistake.");
});

test("nobody sees or contests another supplier's card", async () => {
	const [foreign] = sql(`select l.public_id as id from orders.line l
	    join orders.head h on h.id = l.order_id
	    join core.partner p on p.id = h.partner_id
	    where p.slug = 'isar' and h.kind = 'purchase' limit 1`);
	assert.equal((await post("/contests", { line: foreign.id,
	    measure: "latest", reason_text: "Mine?" })).status, 404);
	const own = await elbe.json(`/scorecard?partner=${partner}`);
	const [isar] = sql(`select public_id as id from core.partner
	    where slug = 'isar'`);
	const other = await elbe.json(`/scorecard?partner=${isar.id}`);
	assert.deepEqual(other.partner, own.partner, "it stays one's own");
	assert.equal((await new Machine("nordlicht").fetch("/scorecard"))
	    .status, 404, "distributors have none");
});
