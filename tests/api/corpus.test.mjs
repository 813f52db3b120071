// SPDX-License-Identifier: Apache-2.0
// Real input: the valid orders that other systems have written go the whole
// way. Sent by somebody without an agreement for them they wait in quarantine;
// with partner, agreement and items set up as an operator does it they become
// orders, except where the table says why not.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { CURRENCY, itemsCsv, orderFiles, partnerConf, read, supplierConf,
    unmarkTest } from "../lib/corpus.mjs";
import { BIN, hasShared, Machine, ROOT, sql, until, VAR }
    from "../lib/kontor.mjs";
import { TYPES } from "../lib/orders.mjs";

const SUPPLIER = "corpus-supplier";
// What cannot become an order though its sender is known: what is said instead.
const NO_GUIDE = { state: "rejected", rule: "guide.absent" };
const NO_ITEM = { state: "quarantined", rule: "business.item_unknown" };
const CANNOT = {
	/* Other versions of the messages than those that guides exist for. */
	"smooks__ORDERS_D.03B_Interchange.txt": NO_GUIDE,
	/* Its second line says something else than how much is ordered. */
	"sapstern__ORDERS_D01B.txt": { state: "quarantined",
	    rule: "business.quantity" },
	/* An invoice stands beside the order, for an order that nobody placed. */
	"staedi__invoice810_po850_dual.edi": { state: "quarantined",
	    rule: "business.order_unknown" },
	/* Items by name or by their maker's number alone. */
	"simplerinvoicing__PB3-Order_ok_minimal.xml": NO_ITEM,
	"simplerinvoicing__SI-UBL-PO-1.2-ok-minimal.xml": NO_ITEM,
	"simplerinvoicing__SI-UBL-PO-1.2-error-BII2-T01-R007.xml": NO_ITEM,
	"simplerinvoicing__SI-UBL-PO-1.2-error-BII2-T01-R009.xml": NO_ITEM,
	"stupidedi__004010-X357-SC850-pass-basic-po.edi": NO_ITEM,
};

const files = orderFiles().map((f, i) => ({ ...f, ...read(f),
    slug: `corpus-${i + 1}`, cannot: CANNOT[f.name] }));
const dir = mkdtempSync(join(tmpdir(), "corpus-"));
after(() => rmSync(dir, { recursive: true }));

/* Runs kontorctl; answers what it prints as JSON. */
function ctl(...args)
{
	const r = spawnSync(join(BIN, "kontorctl"), [...args, "--json"], {
		encoding: "utf8", cwd: ROOT, env: { ...process.env,
		KONTOR_VAR: VAR, KONTOR_CONF: join(VAR, "kontor.conf") } });
	assert.equal(r.status, 0, `${args.join(" ")}: ${r.stderr}`);
	return JSON.parse(r.stdout);
}

/* A partner, and a machine of his. */
function partner(slug, conf)
{
	const at = join(dir, "partners", slug);
	mkdirSync(at);
	writeFileSync(join(at, "partner.conf"), conf);
	ctl("partner", "load", at);
	const { publicKey, privateKey } = generateKeyPairSync("ec",
	    { namedCurve: "P-256" });
	writeFileSync(join(at, "key.pem"),
	    publicKey.export({ type: "spki", format: "pem" }));
	const made = ctl("client", "add", "--partner", slug, "--key",
	    join(at, "key.pem"));
	return new Machine({ client_id: made.client_id, kid: made.kid,
	    key: privateKey.export({ type: "pkcs8", format: "pem" }) });
}

/* One who sends such files, and the items that they name. */
function sender(f)
{
	const machine = partner(f.slug, partnerConf(f));
	const csv = itemsCsv(f, SUPPLIER);
	if (csv) {
		const path = join(dir, `${f.slug}.csv`);
		writeFileSync(path, csv);
		ctl("item", "import", path);
	}
	return machine;
}

/* Sends a document and waits for what becomes of it. */
async function post(machine, f, bytes = f.bytes)
{
	const r = await machine.send(bytes, TYPES[f.family],
	    { prefer: "wait=15" });
	assert.equal(r.status, 200, await r.clone().text());
	const { id } = await r.json();
	const kept = await machine.fetch(`/documents/${id}/bytes`);
	assert.ok(bytes.equals(Buffer.from(await kept.arrayBuffer())),
	    "the bytes are kept as they came");
	return machine.json(`/documents/${id}`);
}

const rules = (document) => document.findings.map((f) => f.rule);

/* The order that a partner's number became. */
const placed = (f, o) => sql(`select h.public_id as id, h.state, h.currency
    from orders.head h join core.partner p on p.id = h.partner_id
    where p.slug = '${f.slug}' and h.kind = 'sales'
    and h.partner_number = '${o.number}'`)[0];

/* The order stands with what the file says. */
async function sameOrder(machine, f, o)
{
	const head = placed(f, o);
	assert.ok(head, `order ${o.number} stands`);
	assert.equal(head.state, "acknowledged");
	assert.equal(head.currency, o.currency ?? CURRENCY[f.family]);
	const shown = await machine.json(`/orders/${head.id}`);
	const known = shown.lines.map((l) => [l.line_id, Number(l.ordered.value),
	    l.requested_date ?? null]);
	assert.deepEqual(known, o.lines.map((l, i) => [l.id || `${i + 1}`,
	    Number(l.quantity), l.date ?? o.date ?? null]));
	return head;
}

/* The house's acknowledgement of the file; none for UBL. */
async function acknowledged(machine, f, id)
{
	const acks = () => sql(`select x.public_id as id
	    from exchange.document x join exchange.document d on d.id = x.ack_of
	    where d.public_id = '${id}'`);
	if (f.family === "ubl") {
		assert.deepEqual(acks(), []);
		return;
	}
	const [ack] = await until("an acknowledgement",
	    () => acks().length && acks());
	const bytes = await machine.fetch(`/documents/${ack.id}/bytes`);
	assert.match(await bytes.text(), f.family === "edifact"
	    ? /UCI\+[^']*\+[78]'/ : /AK9.[AE]/);
}

/* What the house bought for an order stands in the supplier's worklist. */
async function bought(supplier, head, lines)
{
	const [purchase] = sql(`select number, public_id as id from orders.head
	    where linked_order_id = (select id from orders.head
	    where public_id = '${head.id}')`);
	assert.ok(purchase, "the house buys what was ordered");
	const work = await supplier.json(
	    `/worklist?view=all&limit=200&q=${purchase.number}`);
	assert.equal(work.items.filter((l) => l.order.id === purchase.id).length,
	    lines);
}

/* How many orders a document made. */
const made = (document) => sql(`select count(*) as n from orders.head h
    join exchange.document d on d.id = h.document_id
    where d.public_id = '${document.id}'`)[0].n;

/* A test is checked and acknowledged; nothing is ordered by it. */
async function tested(machine, f)
{
	const document = await post(machine, f);
	assert.equal(document.state, f.cannot === NO_GUIDE ? "rejected"
	    : "applied", rules(document).join(" "));
	assert.ok(rules(document).includes(f.cannot === NO_GUIDE
	    ? "guide.absent" : "business.test"));
	assert.equal(made(document), 0);
}

const options = { skip: !hasShared && "../shared/corpus is not there" };

test("without an agreement every real order is held back", options,
    async (t) => {
	assert.ok(files.length >= 26);
	for (const f of files)
		await t.test(f.name, async () => {
			const machine = new Machine(
			    f.family === "x12" ? "donau" : "nordlicht");
			const document = await post(machine, f);
			assert.equal(document.state, "quarantined");
			assert.ok(rules(document).some(
			    (r) => r.startsWith("agreement.")),
			    rules(document).join(" "));
			assert.equal(made(document), 0);
		});
});

test("with agreement and items they become orders", options, async (t) => {
	mkdirSync(join(dir, "partners"));
	cpSync(join(ROOT, "partners/base"), join(dir, "partners/base"),
	    { recursive: true });
	const supplier = partner(SUPPLIER, supplierConf(SUPPLIER));
	for (const f of files)
		await t.test(f.name, async () => {
			const machine = sender(f);
			if (f.test)
				await tested(machine, f);
			const document = await post(machine, f,
			    f.test ? unmarkTest(f) : f.bytes);
			const said = JSON.stringify(document.findings);
			assert.equal(document.state, f.cannot?.state ?? "applied",
			    said);
			if (f.cannot) {
				assert.ok(rules(document).includes(f.cannot.rule), said);
				return;
			}
			for (const o of f.orders) {
				const head = await sameOrder(machine, f, o);
				await bought(supplier, head, o.lines.length);
			}
			await acknowledged(machine, f, document.id);
		});
});
