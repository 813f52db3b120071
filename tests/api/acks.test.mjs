// SPDX-License-Identifier: Apache-2.0
// A partner's whole exchange on every level: an order comes, CONTRL and APERAK
// go out, the answer goes out, the partner's own CONTRL and APERAK come, and
// all lamps are green. Then he refuses one, and it is said what, why and what
// to do.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync }
    from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { BIN, Machine, ROOT, sql, until, VAR, Visitor }
    from "../lib/kontor.mjs";
import { agreement, items, order, TYPES, unique, write }
    from "../lib/orders.mjs";

const slug = `milan-${unique().toLowerCase()}`;
const gln = `29${String(Date.now()).slice(-11)}`;
const x12Id = `M${unique()}`;
const dir = mkdtempSync(join(tmpdir(), "acks-"));
let machine, a;

after(() => rmSync(dir, { recursive: true }));

/** Runs kontorctl; answers what it printed. */
function ctl(...args)
{
	const r = spawnSync(join(BIN, "kontorctl"), args, { encoding: "utf8",
	    cwd: ROOT, env: { ...process.env, LC_ALL: "C.UTF-8",
	    KONTOR_VAR: VAR, KONTOR_CONF: join(VAR, "kontor.conf") } });
	assert.equal(r.status, 0, r.stderr);
	return r.stdout;
}

before(() => {
	const at = join(dir, "partners", slug), key = join(dir, "key.pem");
	mkdirSync(at, { recursive: true });
	cpSync(join(ROOT, "partners/base"), join(dir, "partners/base"),
	    { recursive: true });
	writeFileSync(join(at, "partner.conf"), `[partner]
name = Milan Handel (test)
roles = distributor
language = de
account_managers = manager.one
[identifier]
kind = gln
value = ${gln}
[address]
kind = ship_to
name = Lager
street = Weg 1
postal_code = 24114
city = Kiel
country = DE
preferred = yes
[agreement ${slug}]
family = edifact
ours.id = 2900000000018
ours.qualifier = 14
theirs.id = ${gln}
theirs.qualifier = 14
guides.order = edifact/orders-d96a
options.ack = contrl
answer_family = edifact
answer_guides.order_response = edifact/ordrsp-d96a
answer_guides.ack = edifact/aperak-d96a
sends = order_response, ack
acks.expects = syntax, business
acks.syntax_hours = 4
tolerances.days = 1
[agreement ${slug}-x12]
family = x12
ours.id = KONTORDEMO
ours.qualifier = ZZ
theirs.id = ${x12Id}
theirs.qualifier = ZZ
guides.order = x12/850-004010
answer_family = x12
answer_guides.ack = x12/824-004010
sends = ack
acks.business = errors
[agreement ${slug}-ubl]
family = ubl
ours.id = 2900000000018
ours.qualifier = 0088
theirs.id = ${gln}
theirs.qualifier = 0088
guides.order = ubl/order-2.1
answer_family = ubl
answer_guides.ack = ubl/application-response-2.1
answer_guides.order_change = ubl/order-change-2.1, ubl/order-cancellation-2.1
sends = ack, order_change
`);
	ctl("partner", "load", at);
	const made = JSON.parse(ctl("client", "add", "--partner", slug,
	    "--generate", key, "--json"));
	sql(`select item.import((select jsonb_agg(jsonb_build_object('number',
	    i.number, 'partner', '${slug}', 'price', '12.50', 'valid_from',
	    '2026-01-01')) from item.item i), false) as done`);
	machine = new Machine({ ...made, key: readFileSync(key) });
	a = agreement(slug, "edifact");
});

const show = (id) => machine.json(`/documents/${id}`);
const lamps = async (id) => Object.fromEntries((await show(id)).lamps
    .map((l) => [l.level, l.state]));
const GREEN = { transport: "accepted", interchange: "accepted",
	syntax: "accepted", business: "accepted" };

/** Hands bytes in and answers the document when it has been read. */
async function handIn(bytes, type = TYPES.edifact)
{
	const r = await machine.send(bytes, type,
	    { prefer: "wait=10" });
	const said = await r.json();
	assert.equal(r.status, 200, JSON.stringify(said));
	return show(said.id);
}

/** A document to the partner, when it can be fetched. */
const sent = (what, where) => until(what, () => sql(`
    select d.public_id as id, d.control_ref as ref, d.canonical
    from exchange.document d join core.partner p on p.id = d.partner_id
    where p.slug = '${slug}' and d.direction = 'out' and d.state = 'ready'
    and ${where} order by d.id desc limit 1`)[0], 10000);

async function bytes(id)
{
	const r = await machine.fetch(`/documents/${id}/bytes`);
	return r.text();
}

async function collect(id)
{
	const r = await machine.fetch(`/documents/${id}/collect`,
	    { method: "POST", body: "{}",
	    headers: { "content-type": "application/json" } });
	assert.equal(r.status, 200, await r.text());
}

/** An interchange of theirs with one message. */
function theirs(type, version, segments)
{
	const ref = unique();
	return `UNB+UNOC:3+${gln}:14+2900000000018:14+261122:1200+${ref}'` +
	    `UNH+1+${type}:${version}'${segments.join("'")}'` +
	    `UNT+${segments.length + 2}+1'UNZ+1+${ref}'`;
}
const contrl = (ref, verdict, below = []) => theirs("CONTRL", "D:3:UN",
    [`UCI+${ref}+2900000000018:14+${gln}:14+7`,
    `UCM+1+ORDRSP:D:96A:UN+${verdict}`, ...below]);
const aperak = (number, verdict) => theirs("APERAK", "D:96A:UN",
    [`BGM++${unique()}+9+${verdict}`, "DTM+137:20261122:102",
    `RFF+ACW:${number}`]);

/** An order and its final answer, released by the supplier on his screen. */
async function ordered()
{
	const o = order(items(1, slug));
	const d = await handIn(write.edifact(a, o));
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
	return [o, d];
}

async function confirmed(o)
{
	const [bought] = await until("a supplier order", () => {
		const rows = sql(`select p.slug, x.public_id as id
		    from orders.head x join core.partner p on p.id = x.partner_id
		    join orders.head h on h.id = x.linked_order_id
		    where h.partner_number = '${o.number}'`);
		return rows.length && rows;
	});
	const supplier = await new Visitor().signIn(`${bought.slug}.user`);
	const page = `/supplier/orders/${bought.id}`;
	const shown = await supplier.json(page);
	const r = await supplier.post("/supplier/order-lines/confirm",
	    shown.lines.map((l) => ["lines[]", l.id]),
	    { page, accept: "application/json" });
	assert.ok([200, 303].includes(r.status), await r.text());
}

test("order in, answers out, their acknowledgements in: all green",
    async () => {
	const [o, d] = await ordered();
	assert.deepEqual(await lamps(d.id), { ...GREEN, answer: "waiting" });
	const due = (await show(d.id)).lamps.at(-1).due_at;
	assert.ok(Date.parse(due) > Date.now() + 20 * 3600e3, due);

	const syntax = await sent("a CONTRL", `d.ack_of = (select x.id
	    from exchange.document x where x.public_id = '${d.id}')
	    and d.canonical is null`);
	assert.match(await bytes(syntax.id), /UCM\+1\+ORDERS:D:96A:UN.*\+7'/);
	const business = await sent("an APERAK", `d.ack_of = (select x.id
	    from exchange.document x where x.public_id = '${d.id}')
	    and d.canonical is not null`);
	assert.match(await bytes(business.id),
	    new RegExp(`APERAK:D:96A:UN'[^]*RFF\\+ACW:${o.number}'`));

	await confirmed(o);
	const code = (c) => sent(`an answer ${c}`, `d.type = 'order_response'
	    and d.canonical ->> 'response_code' = '${c}'`);
	for (const answer of [await code("AB"), await code("AP")]) {
		assert.deepEqual(await lamps(answer.id), { transport: "waiting",
		    interchange: "waiting", syntax: "waiting",
		    business: "waiting", answer: "none" });
		await collect(answer.id);
		assert.equal((await lamps(answer.id)).transport, "accepted");
		const k = await handIn(contrl(answer.ref, 7));
		assert.equal(k.state, "applied", JSON.stringify(k.findings));
		assert.deepEqual(k.objects.map((x) => x.id), [answer.id]);
		assert.deepEqual(await lamps(answer.id),
		    { ...GREEN, business: "waiting", answer: "none" });
		const b = await handIn(aperak(answer.canonical.number, "AP"));
		assert.equal(b.state, "applied", JSON.stringify(b.findings));
		assert.deepEqual(await lamps(answer.id),
		    { ...GREEN, answer: "none" });
		assert.equal((await show(answer.id)).state, "acknowledged");
	}
	assert.deepEqual(await lamps(d.id), { ...GREEN, answer: "accepted" });
});

test("what they refuse needs attention, with what, why and what to do",
    async () => {
	await ordered();
	const answer = await sent("an answer", "d.type = 'order_response'");
	const no = contrl(answer.ref, 4, ["UCS+3", "UCD+12+2:1"]);
	assert.equal((await handIn(no)).state, "applied");
	const d = await show(answer.id);
	assert.equal(d.state, "rejected");
	assert.deepEqual(d.findings.map((f) => [f.rule, f.segment, f.element,
	    f.contrl]), [["theirs.value", 4, 1, "12"]]);
	assert.equal((await lamps(answer.id)).syntax, "rejected");

	for (const [language, words] of [["en", ["does not accept a value",
		"has not arrived there", "compare the value"]],
		["de", ["nimmt einen Wert nicht an", "nicht angekommen",
		"vergleichen Sie den Wert"]]]) {
		const manager = await new Visitor(language)
		    .signIn("manager.one");
		const page = await (await manager.get(
		    `/desk/documents/${answer.id}`)).text();
		for (const w of words)
			assert.ok(page.includes(w), `${language}: ${w}`);
		const list = await manager.json(
		    "/desk/documents?view=attention&limit=200");
		assert.ok(list.items.some((x) => x.id === answer.id));
	}
	const again = await machine.fetch(`/documents/${answer.id}/replay`,
	    { method: "POST", body: "{}",
	    headers: { "content-type": "application/json" } });
	assert.equal(again.status, 202, await again.text());
	const next = await sent("the next try", `d.parent_id = (select x.id
	    from exchange.document x where x.public_id = '${answer.id}')`);
	assert.notEqual(next.ref, answer.ref);
	assert.deepEqual(next.canonical, answer.canonical);
});

test("what they refuse as an application is said in their words", async () => {
	await ordered();
	const answer = await sent("an answer", "d.type = 'order_response'");
	await handIn(theirs("APERAK", "D:96A:UN", [`BGM++${unique()}+9+RE`,
	    "DTM+137:20261122:102", `RFF+ACW:${answer.canonical.number}`,
	    "ERC+77", "FTX+AAO+++Auftrag gesperrt"]));
	const d = await show(answer.id);
	assert.equal(d.state, "rejected");
	assert.deepEqual(d.findings.map((f) => [f.rule, f.args.text]),
	    [["theirs.business", "Auftrag gesperrt"]]);
	const manager = await new Visitor("de").signIn("manager.one");
	assert.ok((await (await manager.get(`/desk/documents/${answer.id}`))
	    .text()).includes("Auftrag gesperrt"));
});

test("a repeated answer is harmless, one that fits nothing is kept",
    async () => {
	await ordered();
	const answer = await sent("an answer", "d.type = 'order_response'");
	assert.equal((await handIn(contrl(answer.ref, 7))).state, "applied");
	const again = await handIn(contrl(answer.ref, 7));
	assert.equal(again.state, "applied");
	assert.deepEqual(again.findings.map((f) => f.rule),
	    ["business.ack_repeated"]);
	const lost = await handIn(contrl("99999999", 7));
	assert.equal(lost.state, "quarantined");
	assert.deepEqual(lost.findings.map((f) => f.rule),
	    ["business.ack_unknown"]);
});

/** What each family says of an order with an unknown item. */
const REFUSALS = {
	edifact: [/BGM\+[^']*\+RE'/, /ERC\+P1019'FTX\+AAO\+\+\+[^']*Artikel/,
		/RFF\+LI:1'/],
	x12: [/OTI\*TR\*TN\*PO/, /OTI\*IR\*[^~]*~REF\*LI\*1~/,
		/NTE\*\*[^~]*Artikel/],
	ubl: [/<ApplicationResponse/, /ResponseCode>RE</,
		/<cbc:LineID>1<[^]*P1019[^]*Artikel/],
};
for (const family of Object.keys(REFUSALS))
	test(`${family}: a refused order is answered in words, in its format`,
	    async () => {
		const o = order([{ number: "NOSUCH", gtin: "4006381333931",
		    name: "Unknown" }]);
		const d = await handIn(write[family](
		    { ...agreement(slug, family), gln }, o), TYPES[family]);
		assert.equal(d.state, "quarantined",
		    JSON.stringify(d.findings));
		const business = await sent("an answer",
		    `d.ack_of = (select x.id from exchange.document x
		    where x.public_id = '${d.id}')
		    and d.canonical is not null`);
		const text = await bytes(business.id);
		for (const said of REFUSALS[family])
			assert.match(text, said);
	});

test("XML that does not fit its guide is answered in words, too",
    async () => {
	const o = order(items(1, slug));
	const d = await handIn(write.ubl({ ...agreement(slug, "ubl"), gln }, o)
	    .replace(/(<cbc:Quantity[^>]*>)[^<]*/, "$1many"), TYPES.ubl);
	assert.equal(d.state, "rejected", JSON.stringify(d.findings));
	assert.equal((await lamps(d.id)).syntax, "rejected");
	const business = await sent("an answer",
	    `d.ack_of = (select x.id from exchange.document x
	    where x.public_id = '${d.id}')`);
	const text = await bytes(business.id);
	assert.match(text, /ResponseCode>RE</);
	assert.match(text, /StatusReason>[^<]*many/);
});

test("an agreement may ask for refusals only", async () => {
	const d = await handIn(write.x12({ ...agreement(slug, "x12"), gln },
	    order(items(1, slug))), TYPES.x12);
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
	assert.equal((await lamps(d.id)).business, "accepted");
	assert.deepEqual(sql(`select 1 as one from exchange.document x
	    join exchange.document d on d.id = x.ack_of
	    where d.public_id = '${d.id}' and x.canonical is not null`), []);
});

test("a 997 and a TA1 find what they mean, too", async () => {
	const donau = new Machine("donau"), x = agreement("donau", "x12");
	const o = order(items(1, "donau"));
	const r = await donau.send(write.x12(x, o), TYPES.x12,
	    { prefer: "wait=10" });
	assert.equal((await r.json()).state, "applied");
	const answer = await until("an 855", () => sql(`select d.public_id as id,
	    d.control_ref as ref from exchange.document d join orders.head h
	    on h.public_id = d.about where h.partner_number = '${o.number}'
	    and d.state = 'ready'`)[0], 10000);
	const pad = (s, n) => String(s).padEnd(n);
	const envelope = (inner, groups) => {
		const ref = String(Date.now() % 1e9).padStart(9, "0");
		return `ISA*00*${pad("", 10)}*00*${pad("", 10)}*ZZ*` +
		    `${pad(x.theirs.id, 15)}*ZZ*${pad(x.ours.id, 15)}*261122*` +
		    `1200*U*00401*${ref}*0*P*>~${inner}IEA*${groups}*${ref}~`;
	};
	const take = async (bytes) => {
		const s = await donau.send(bytes, TYPES.x12,
		    { prefer: "wait=10" });
		const d = await donau.json(`/documents/${(await s.json()).id}`);
		assert.equal(d.state, "applied", JSON.stringify(d.findings));
	};
	const state = async (level) => (await donau.json(
	    `/documents/${answer.id}`)).lamps.find((l) => l.level === level)
	    .state;
	await take(envelope(`TA1*${answer.ref.padStart(9, "0")}*261122*1200*A*` +
	    "000~", 0));
	assert.equal(await state("interchange"), "accepted");
	assert.equal(await state("syntax"), "waiting");
	await take(envelope(`GS*FA*${x.theirs.id}*${x.ours.id}*20261122*1200*1*` +
	    `X*004010~ST*997*0001~AK1*PR*${answer.ref}~AK9*A*1*1*1~` +
	    "SE*4*0001~GE*1*1~", 1));
	assert.equal(await state("syntax"), "accepted");
	assert.equal((await donau.json(`/documents/${answer.id}`)).state,
	    "acknowledged");
	const { number } = sql(`select canonical ->> 'number' as number
	    from exchange.document where public_id = '${answer.id}'`)[0];
	await take(envelope(`GS*AG*${x.theirs.id}*${x.ours.id}*20261122*1200*2*` +
	    "X*004010~ST*824*0001~BGN*11*A1*20261122~" +
	    `OTI*TR*TN*${number}~TED*024*Price too high~SE*5*0001~GE*1*2~`, 1));
	assert.equal(await state("business"), "rejected");
	const shown = await donau.json(`/documents/${answer.id}`);
	assert.equal(shown.state, "rejected");
	assert.equal(shown.findings[0].args.text, "Price too high");
});

test("an ApplicationResponse finds what it means, too", async () => {
	const tyne = new Machine("tyne"), u = agreement("tyne", "ubl");
	const o = order(items(1, "tyne"));
	const r = await tyne.send(write.ubl(u, o), TYPES.ubl,
	    { prefer: "wait=10" });
	assert.equal((await r.json()).state, "applied");
	const answer = await until("an answer", () => sql(`
	    select d.public_id as id, d.canonical ->> 'number' as number
	    from exchange.document d join orders.head h
	    on h.public_id = d.about where h.partner_number = '${o.number}'
	    and d.state = 'ready'`)[0], 10000);
	const ns = "urn:oasis:names:specification:ubl:schema:xsd";
	const party = (role, id) => `<cac:${role}Party><cac:PartyIdentification>` +
	    `<cbc:ID schemeID="0088">${id}</cbc:ID></cac:PartyIdentification>` +
	    `</cac:${role}Party>`;
	const s = await tyne.send(`<?xml version="1.0" encoding="UTF-8"?>
<ApplicationResponse xmlns="${ns}:ApplicationResponse-2"
 xmlns:cac="${ns}:CommonAggregateComponents-2"
 xmlns:cbc="${ns}:CommonBasicComponents-2">
<cbc:ID>${unique()}</cbc:ID><cbc:IssueDate>2026-11-22</cbc:IssueDate>
${party("Sender", u.theirs.id)}${party("Receiver", u.ours.id)}
<cac:DocumentResponse><cac:Response><cbc:ResponseCode>AP</cbc:ResponseCode>
</cac:Response><cac:DocumentReference><cbc:ID>${answer.number}</cbc:ID>
</cac:DocumentReference></cac:DocumentResponse></ApplicationResponse>`,
	    TYPES.ubl, { prefer: "wait=10" });
	const d = await tyne.json(`/documents/${(await s.json()).id}`);
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
	const shown = await tyne.json(`/documents/${answer.id}`);
	assert.equal(shown.state, "acknowledged");
	assert.equal(shown.lamps.find((l) => l.level === "business").state,
	    "accepted");
});

test("of several guides that an agreement names, the document chooses one",
    async () => {
	const change = { type: "order_change", number: unique(),
	    issue_date: "2026-11-22", order_number: "B-1", sequence: "1",
	    function: "change", currency: "EUR", parties: { buyer: { gln:
	    "2900000000018", name: "Haus" }, seller: { gln, name: "Milan" } },
	    lines: [{ line_id: "1", action: "3", ordered: "5", unit_code: "EA",
	    item: { gtin: "4000000000013", name: "Pumpe" } }] };
	const cancel = { ...change, number: unique(), function: "cancel" };
	delete cancel.lines;
	for (const [what, root, guide] of [
	    [change, "OrderChange", "ubl/order-change-2.1"],
	    [cancel, "OrderCancellation", "ubl/order-cancellation-2.1"]]) {
		sql(`select exchange.send((select id from core.partner
		    where slug = '${slug}'), 'order_change',
		    '${JSON.stringify(what)}')`);
		const d = await sent(root,
		    `d.canonical ->> 'number' = '${what.number}'`);
		assert.match(await bytes(d.id), new RegExp(`^<\\?xml.*\n<${root} `));
		assert.equal((await show(d.id)).guide, guide);
	}
	const [{ named }] = sql(`select exchange.guides_of(id) as named
	    from core.partner where slug = '${slug}'`);
	assert.ok(named.includes("ubl/order-cancellation-2.1"), named);
	assert.ok(named.includes("ubl/order-change-2.1"), named);
});
