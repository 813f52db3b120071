// SPDX-License-Identifier: Apache-2.0
// What people do with documents that need attention: take over, accept as is,
// correct, try, and read all of one cause again.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine, sql, until, Visitor } from "../lib/kontor.mjs";
import { agreement, edifact, items, order, TYPES, write }
    from "../lib/orders.mjs";

const SLUG = "nordlicht", OTHER = "4006381333931";
const machine = new Machine(SLUG);
const a = agreement(SLUG, "edifact");
const desk = await new Visitor().signIn("manager.one");
const user = await new Visitor().signIn(`${SLUG}.user`);
const page = (id) => `/desk/documents/${id}`;
const shown = (id, tab = "readable") =>
    desk.json(`${page(id)}?tab=${tab}`);

/** Hands an order in and waits for what becomes of it. */
async function handIn(o)
{
	const r = await machine.send(edifact(a, o), "application/edifact");
	const { id } = await r.json();
	return read(id);
}

const read = (id) => until("the document is read", async () => {
	const d = await shown(id);
	return d.state !== "received" && d;
}, 10000);

/** Takes a step; answers the attempt that it made. */
async function step(visitor, d, event, fields = {})
{
	const door = visitor.door;
	const r = await visitor.post(`${door}/documents/${d.id}/${event}`,
	    { version: String(d.version), ...fields },
	    { page: `${door}/documents`, accept: "application/json" });
	const location = r.headers.get("location");
	return { status: r.status, body: await r.text(),
	    id: location?.split("/").pop() };
}

const orders = (o) => sql(`select count(*)::int as n from orders.head
    where kind = 'sales' and partner_number = '${o.number}'`)[0].n;

test("what may be meant nevertheless is accepted as it is", async () => {
	const o = order(items(2), { house_gln: OTHER });
	const d = await handIn(o);
	assert.equal(d.state, "quarantined", JSON.stringify(d.findings));
	assert.deepEqual(d.findings.filter((f) => f.severity === "error")
	    .map((f) => f.rule), ["business.seller_unknown"]);
	assert.ok(d.actions.includes("accept"));
	const theirs = await user.json(`/distributor/documents/${d.id}`);
	assert.ok(!theirs.actions.includes("accept"));
	assert.equal((await step(user, d, "accept")).status, 403);
	const admin = await new Visitor().signIn("administrator");
	for (const event of ["accept", "correct"])
		assert.equal((await step(admin, d, event)).status, 403,
		    "no business of the administrator's");
	const made = await step(desk, d, "accept", { note: "agreed by phone" });
	assert.equal(made.status, 202, made.body);
	const next = await read(made.id);
	assert.equal(next.state, "applied", JSON.stringify(next.findings));
	assert.equal(next.note, "agreed by phone");
	assert.deepEqual(next.findings.map((f) => [f.rule, f.severity]),
	    [["business.seller_unknown", "warning"]]);
	assert.equal((await shown(d.id)).state, "replayed");
	assert.equal(orders(o), 1);
});

test("what cannot be meant is not accepted", async () => {
	const d = await handIn(order([{ number: "NOSUCH", gtin: OTHER }]));
	assert.equal(d.state, "quarantined");
	assert.ok(!d.actions.includes("accept"));
	const refused = await step(desk, d, "accept");
	assert.equal(refused.status, 409);
	assert.match(refused.body, /documents\.accept\.never/);
	assert.equal((await shown(d.id)).state, "quarantined");
});

test("a corrected copy is a new attempt that shows its difference",
    async () => {
	const [good] = items(1);
	const o = order([{ ...good, gtin: OTHER, number: "NOSUCH" }]);
	const d = await handIn(o);
	assert.equal(d.state, "quarantined");
	const { text } = await shown(d.id, "correct");
	assert.equal(text, edifact(a, o));
	const same = await step(user, d, "correct", { text });
	assert.equal(same.status, 422);
	const foreign = await new Visitor().signIn("donau.user");
	assert.equal((await step(foreign, d, "correct", { text })).status, 404);
	const made = await step(user, d, "correct", { note: "wrong GTIN",
	    text: text.replace(OTHER, good.gtin).replace("NOSUCH", good.number)
		.replaceAll("\n", "\r\n") });
	assert.equal(made.status, 202, made.body);
	const next = await read(made.id);
	assert.equal(next.state, "applied", JSON.stringify(next.findings));
	assert.equal(next.changes.note, "wrong GTIN");
	assert.ok(next.changes.by);
	assert.deepEqual(next.changes.removed.map((s) => s.trim()),
	    [`LIN+1++${OTHER}:EN`, "PIA+1+NOSUCH:SA"]);
	assert.deepEqual(next.changes.added.map((s) => s.trim()),
	    [`LIN+1++${good.gtin}:EN`, `PIA+1+${good.number}:SA`]);
	assert.equal((await shown(d.id)).state, "replayed");
	assert.equal(orders(o), 1);
	const html = await (await desk.get(`${page(made.id)}?tab=history`)).text();
	assert.match(html, /<del><code>LIN/);
});

test("the partner reads that the desk corrected", async () => {
	const d = await handIn(order(items(1), { house_gln: OTHER }));
	const { text } = await shown(d.id, "correct");
	const made = await step(desk, d, "correct",
	    { text: text.replace(OTHER, a.ours.id) });
	assert.equal(made.status, 202, made.body);
	await read(made.id);
	const path = `documents/${made.id}?tab=history`;
	const said = (html) =>
	    /<p class="lede muted">([^<,]*), /.exec(html)?.[1];
	assert.equal(said(await (await desk.get(`/desk/${path}`)).text()),
	    (await shown(made.id)).changes.by);
	const theirs = await (await user.get(`/distributor/${path}`)).text();
	assert.match(said(theirs), /^(Our desk|Unsere Betreuung)$/);
});

test("the raw text says what is taken from each segment", async () => {
	const d = await handIn(order(items(2)));
	const { raw } = await shown(d.id, "raw");
	const [first, second] = raw.segments.filter((s) => s.tag === "QTY");
	assert.match(first.means, /\/lines\/0\/ordered/);
	assert.match(second.means, /\/lines\/1\/ordered/);
	assert.equal(raw.segments.find((s) => s.tag === "UNS").means, null);
});

test("the raw text names the elements, in the reader's language", async () => {
	const d = await handIn(order(items(1)));
	const { raw } = await shown(d.id, "raw");
	const name = (tag, element) => raw.segments.find((s) => s.tag === tag)
	    .names.find((n) => n.element === element).name;
	assert.match(name("BGM", "1004"), /^(number|Nummer)$/);
	assert.match(name("BGM", "1225"),
	    /^(function of the message|Funktion der Nachricht)$/);
	assert.match(name("LIN", "1082"), /^(line number|Positionsnummer)$/);
	const html = await (await desk.get(
	    `/desk/documents/${d.id}?tab=raw`)).text();
	const line = html.split("\n").find((l) => l.includes("<code>BGM"));
	assert.match(line, /^<li [^>]*tabindex="0"/);
	assert.match(line, /<code>1004<\/code> (number|Nummer)</);
	const tyne = new Machine("tyne"), o = order(items(1, "tyne"));
	const r = await tyne.send(write.ubl(agreement("tyne", "ubl"), o),
	    TYPES.ubl, { prefer: "wait=10" });
	const { raw: xml } = await tyne.json(
	    `/documents/${(await r.json()).id}?tab=raw`);
	const number = xml.segments.find((s) => s.text.includes(o.number));
	assert.ok(number.names.some((n) => n.element === "cbc:ID"),
	    JSON.stringify(number));
});

test("trying shows first what would happen", async () => {
	const o = order(items(1), { house_gln: OTHER });
	const d = await handIn(o);
	const tried = await read((await step(desk, d, "try")).id);
	assert.equal(tried.state, "preview");
	assert.equal((await shown(d.id)).state, "quarantined");
	assert.equal(orders(o), 0);
	const theirs = await user.json(`/distributor/documents/${tried.id}`);
	const done = await step(user, theirs, "commit");
	assert.equal(done.status, 202, done.body);
	assert.equal((await read(done.id)).state, "quarantined");
	assert.equal((await shown(d.id)).state, "replayed");
});

test("somebody takes a document over and hands it back", async () => {
	const d = await handIn(order([{ number: "NOSUCH", gtin: OTHER }]));
	assert.equal((await step(user, d, "assign")).status, 403);
	assert.equal((await step(desk, d, "assign", { to: "me" })).status, 200);
	const mine = await shown(d.id);
	assert.ok(mine.assignee && mine.mine);
	assert.equal((await step(desk, mine, "assign", { to: "none" })).status,
	    200);
	assert.equal((await shown(d.id)).assignee, null);
});

test("all documents of one cause are read again", async () => {
	const d = await handIn(order([{ number: "NOSUCH", gtin: OTHER }]));
	const list = await desk.json("/desk/documents?view=attention");
	const cause = list.causes.find((c) => c.rule === "business.item_unknown");
	assert.ok(cause.count >= 1);
	const few = await desk.json(
	    "/desk/documents?view=attention&rule=business.item_unknown");
	assert.ok(few.items.some((x) => x.id === d.id));
	const r = await desk.post("/desk/documents/replay",
	    { rule: "business.item_unknown" },
	    { page: "/desk/documents", accept: "application/json" });
	assert.equal(r.status, 202, await r.clone().text());
	assert.equal((await r.json()).count, Math.min(cause.count, 200));
	assert.equal((await shown(d.id)).state, "replayed");
	const nobody = await new Visitor().signIn("agent.one");
	assert.equal((await nobody.post("/desk/documents/replay",
	    { rule: "business.item_unknown" }, { page: "/desk/documents",
	    accept: "application/json" })).status, 403);
	const supplier = await new Visitor().signIn("elbe.user");
	assert.equal((await supplier.post("/supplier/documents/replay",
	    { rule: "business.item_unknown" }, { page: "/supplier/documents",
	    accept: "application/json" })).status, 409, "none of its own");
});

test("what two read again at once is read once", async () => {
	const made = [];
	for (let i = 0; i < 12; i++)
		made.push(await handIn(order([{ number: "NOSUCH", gtin: OTHER }])));
	const tries = await Promise.all([desk, user, desk, user].map((v) =>
	    v.post(`${v.door}/documents/replay`,
	    { rule: "business.item_unknown" },
	    { page: `${v.door}/documents`, accept: "application/json" })));
	for (const r of tries) {
		const body = await r.json();
		assert.ok(r.status === 202 ||
		    body.code === "documents.replay.none",
		    JSON.stringify(body));
	}
	for (const d of made)
		assert.equal((await shown(d.id)).attempts.length, 1);
});
