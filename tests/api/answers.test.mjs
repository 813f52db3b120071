// SPDX-License-Identifier: Apache-2.0
// What a supplier's answer says in a document is what the order then says:
// prices for as many as they are for, quantities in the unit ordered, lines
// that are named by reference. What contradicts the order or itself, or came
// before, has no effect and is named by segment, found and expected.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, test } from "node:test";
import { document } from "../lib/answers.mjs";
import { askedOrder, handIn, post } from "../lib/goods.mjs";
import { Machine, sql, VAR } from "../lib/kontor.mjs";
import { agreement, interchange, TYPES, unique } from "../lib/orders.mjs";

const elbe = new Machine("elbe"), terms = agreement("elbe", "edifact");
const day = (ahead) => new Date(Date.now() + ahead * 86400000)
    .toISOString().slice(0, 10);
const dtm = (ahead) => `DTM+69:${day(ahead).replaceAll("-", "")}:102`;

const asked = (...quantities) => askedOrder("nordlicht", "elbe", quantities);
const ordrsp = (po, segments, more = {}) => interchange(terms,
    { control: unique() }, ["UNH+1+ORDRSP:D:96A:UN",
	`BGM+231+${more.number ?? unique("R")}+${more.code ?? "4"}`,
	`DTM+137:${day(0).replaceAll("-", "")}:102`, `RFF+ON:${po.po}`,
	"NAD+BY+2900000000018::9", `NAD+SU+${terms.gln}::9`,
	`CUX+2:${more.currency ?? "EUR"}:9`, ...segments, "UNS+S"]);
const send = (po, segments, more) =>
    handIn(elbe, ordrsp(po, segments, more), TYPES.edifact);
const lin = (po, i, action, ...more) => [
	`LIN+${po.lines[i].line_id}+${action}+${po.lines[i].gtin}:EN`, ...more];
const stands = (po) => sql(`select l.state, trim_scale(l.confirmed) as confirmed,
	trim_scale(l.rejected) as rejected, trim_scale(l.offered_price) as price,
	l.latest_promised_date as day
    from orders.line l join orders.head h on h.id = l.order_id
    where h.number = '${po.po}' order by l.position`);

/** One error, and everything as it was. */
async function refused(po, segments, more, rule, found, expected)
{
	const before = stands(po);
	const d = await send(po, segments, more);
	assert.equal(d.state, "quarantined", rule);
	const errors = d.findings.filter((f) => f.severity === "error");
	assert.deepEqual(errors.map((f) => f.rule), [`business.${rule}`]);
	assert.ok(errors[0].segment > 1, `${rule} names a segment`);
	assert.equal(errors[0].found, found);
	if (expected)
		assert.equal(errors[0].expected, expected);
	assert.deepEqual(stands(po), before, `${rule} has no effect`);
}

test("a price counts for as many as the document says", async () => {
	const po = await asked(10, 20);
	const d = await send(po, [...lin(po, 0, 3, "QTY+12:10:PCE",
	    "PRI+AAA:1250:::100"), ...lin(po, 1, 5, "QTY+12:20:PCE",
	    "PRI+AAA:12.5")]);
	assert.equal(d.state, "applied");
	assert.deepEqual(stands(po).map((l) => l.price), [12.5, 12.5]);
});

test("accepted with less than ordered confirms what is said", async () => {
	const po = await asked(10);
	await send(po, lin(po, 0, 5, "QTY+12:4:PCE"));
	const [l] = stands(po);
	assert.deepEqual([l.state, l.confirmed, l.rejected], ["proposed", 4, 6]);
});

test("a line says by reference which one of the order it is", async () => {
	const po = await asked(10, 20), [a, b] = po.lines;
	let d = await send(po, [`LIN+${a.line_id}+3+${b.gtin}:EN`,
	    "QTY+12:7:PCE", `RFF+LI:${b.line_id}`]);
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
	d = await send(po, [`LIN+1+3`, "QTY+12:6:PCE",
	    `RFF+ON:${po.po}:${a.line_id}`]);
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
	assert.deepEqual(stands(po).map((l) => l.confirmed), [6, 7]);
	const bytes = ordrsp(po, ["LIN+1+3", "QTY+12:6:PCE",
	    `RFF+LI:${a.line_id}`]);
	assert.match(document("convert", bytes, "--to",
	    "ubl/order-response-2.1").toString(), new RegExp("<cac:" +
	    `OrderLineReference>\\s*<cbc:LineID>${a.line_id}<`));
});

test("what contradicts the order or itself has no effect", async () => {
	const po = await asked(10, 20), [a, b] = po.lines;
	await refused(po, lin(po, 0, 3, "QTY+12:5:DZN"), {}, "answer_unit",
	    "DZN", "C62");
	await refused(po, lin(po, 0, 3, "QTY+12:10:PCE", "PRI+AAA:12.6"),
	    { currency: "USD" }, "answer_currency", "USD", "EUR");
	await refused(po, [`LIN+${a.line_id}+3+${b.gtin}:EN`, "QTY+12:3:PCE"],
	    {}, "answer_item", b.gtin, a.gtin);
	await refused(po, [...lin(po, 0, 3, "QTY+12:4:PCE", dtm(20)),
	    ...lin(po, 0, 3, "QTY+12:6:PCE", dtm(30))], {}, "answer_twice",
	    a.line_id);
	const part = (n, ahead) => ["SCC+1", `QTY+113:${n}:PCE`, dtm(ahead)];
	await refused(po, lin(po, 0, 3, "QTY+12:10:PCE", ...part(4, 20)), {},
	    "answer_schedule", "4", "10");
	await refused(po, lin(po, 0, 3, "QTY+12:5:PCE", ...part(4, 20),
	    ...part(4, 30)), {}, "answer_schedule", "8", "5");
});

test("head and lines say the same", async () => {
	const po = await asked(10, 20);
	await refused(po, lin(po, 0, 3, "QTY+12:3:PCE"), { code: "29" },
	    "answer_differs", "AP", "CA");
	await refused(po, lin(po, 0, 5, "QTY+12:10:PCE", dtm(30)),
	    { code: "29" }, "answer_differs", "AP", "CA");
	await refused(po, lin(po, 0, 5, "QTY+12:10:PCE"), { code: "27" },
	    "answer_differs", "RE", "CA");
	const d = await send(po, lin(po, 0, 5, "QTY+12:10:PCE", dtm(12)),
	    { code: "29" });
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
	assert.deepEqual(stands(po).map((l) => l.state),
	    ["accepted", "accepted"]);
});

test("an answer counts once; an older one sent again undoes nothing", async () => {
	const po = await asked(10), number = unique("R");
	const first = lin(po, 0, 3, "QTY+12:4:PCE");
	await send(po, first, { number });
	await refused(po, lin(po, 0, 3, "QTY+12:5:PCE"), { number },
	    "answer_number_used", number);
	await send(po, lin(po, 0, 3, "QTY+12:7:PCE"));
	const d = await send(po, first, { number });
	assert.equal(d.state, "applied");
	assert.deepEqual(d.findings.map((f) => [f.rule, f.severity]),
	    [["business.answer_duplicate", "warning"]]);
	assert.equal(stands(po)[0].confirmed, 7);
	const again = await send(po, first);
	assert.deepEqual(again.findings, [], "under a new number it counts");
	assert.equal(stands(po)[0].confirmed, 4);
});

test("a line that has left is named, the others count", async () => {
	const po = await asked(10, 20);
	await send(po, [], { code: "29" });
	await post(elbe, "/order-lines/ship", { lines: [po.lines[0].bought] });
	const d = await send(po, [...lin(po, 0, 3, "QTY+12:9:PCE"),
	    ...lin(po, 1, 3, "QTY+12:15:PCE")]);
	assert.equal(d.state, "applied", JSON.stringify(d.findings));
	assert.deepEqual(d.findings.map((f) => [f.rule, f.severity]),
	    [["business.answer_late", "warning"]]);
	assert.deepEqual(stands(po).map((x) => x.confirmed), [10, 15]);
});

/* Elbe speaks X12, too. */
const x12 = { name: `answers-${unique().toLowerCase()}`, family: "x12",
	ours: { id: "KONTORDEMO", qualifier: "ZZ" },
	theirs: { id: unique("A"), qualifier: "ZZ" },
	guides: { order_response: "x12/855-004010" }, options: { ack: "none" },
	time_zone: "Europe/Berlin" };
after(() => execFileSync("psql", ["-qX", "-h", join(VAR, "pg"), "-U",
    "postgres", "-d", "kontor", "-c", `update exchange.agreement
    set valid_until = transaction_timestamp() where name = '${x12.name}'
    and valid_until is null`]));
let control = Date.now() % 1e8;

function ack855(po, ...acks)
{
	const n = String(7e8 + control++), date = day(0).replaceAll("-", "");
	const [l] = po.lines, id = (x) => x.id.padEnd(15);
	const body = ["ST*855*0001", `BAK*00*AC*${po.po}*${date}`,
		`PO1*${l.line_id}*${l.quantity}*EA***EN*${l.gtin}`, ...acks,
		"CTT*1"];
	return [`ISA*00*${" ".repeat(10)}*00*${" ".repeat(10)}*ZZ*` +
	    `${id(x12.theirs)}*ZZ*${id(x12.ours)}*${date.slice(2)}*0900*U*00401*` +
	    `${n}*0*P*>`, `GS*PR*${x12.theirs.id}*${x12.ours.id}*${date}*0900*` +
	    `${n}*X*004010`, ...body, `SE*${body.length + 1}*0001`,
	    `GE*1*${n}`, `IEA*1*${n}`, ""].join("~\n");
}

test("of an 855 each ACK counts, whatever their order", async () => {
	sql(`select exchange.agreement_load(p.id, '${JSON.stringify(x12)}')
	    as done from core.partner p where p.slug = 'elbe'`);
	const on = (ahead) => day(ahead).replaceAll("-", "");
	const parts = async (...acks) => {
		const po = await asked(10);
		const d = await handIn(elbe, ack855(po, ...acks), TYPES.x12);
		assert.equal(d.state, "applied", JSON.stringify(d.findings));
		return sql(`select s.kind || ' ' || trim_scale(s.quantity) || ' '
		    || coalesce(s.due_on - current_date, 0) as part
		    from orders.schedule s join orders.line l on l.id = s.line_id
		    join orders.head h on h.id = l.order_id
		    where h.number = '${po.po}' order by 1`).map((x) => x.part);
	};
	assert.deepEqual(await parts("ACK*IA*4*EA", "ACK*IA*6*EA"),
	    ["confirmed 10 12"]);
	assert.deepEqual(await parts(`ACK*IA*4*EA*068*${on(20)}`,
	    `ACK*IB*6*EA*068*${on(40)}`), ["backordered 6 40",
	    "confirmed 4 20"]);
	assert.deepEqual(await parts(`ACK*IB*10*EA*068*${on(40)}`),
	    ["backordered 10 40"]);
	assert.deepEqual(await parts("ACK*IA*10*EA", `DTM*068*${on(33)}`),
	    ["confirmed 10 33"]);
	for (const acks of [["ACK*IR*3*EA", "ACK*IA*7*EA"],
	    ["ACK*IA*7*EA", "ACK*IR*3*EA"]])
		assert.deepEqual(await parts(...acks), ["confirmed 7 12",
		    "rejected 3 0"]);
	const po = await asked(10);
	const d = await handIn(elbe, ack855(po, "ACK*IA*5*DZ"), TYPES.x12);
	assert.deepEqual(d.findings.map((f) => [f.rule, f.found, f.expected]),
	    [["business.answer_unit", "DZN", "C62"]]);
});

test("CSV counts in each way that spreadsheets write it", async () => {
	for (const write of [
	    (t) => `sep=;\r\n${t.replaceAll(",", ";")}`,
	    (t) => Buffer.concat([Buffer.from([0xff, 0xfe]),
		Buffer.from(t.replaceAll(",", "\t"), "utf16le")]),
	    (t) => t.replaceAll("\r\n", ",".repeat(80) + "\r\n")]) {
		const po = await asked(10);
		const d = await handIn(elbe, write("Order,Line,Confirmed,Remark" +
		    `\r\n${po.po},${po.lines[0].line_id},4,für später\r\n`),
		    "text/csv");
		assert.equal(d.state, "applied", JSON.stringify(d.findings));
		assert.deepEqual(sql(`select trim_scale(l.confirmed) as confirmed,
		    l.reason ->> 'text' as reason from orders.line l
		    join orders.head h on h.id = l.order_id
		    where h.number = '${po.po}'`),
		    [{ confirmed: 4, reason: "für später" }]);
	}
});

test("a promise of an OrderResponse is read in each of its forms", () => {
	const d = day(22), period = (name, tag) => `<cac:${name}Period>` +
	    `<cbc:${tag}Date>${d}</cbc:${tag}Date></cac:${name}Period>`;
	for (const form of [`<cbc:LatestDeliveryDate>${d}` +
	    "</cbc:LatestDeliveryDate>", period("PromisedDelivery", "Start"),
	    period("PromisedDelivery", "End"),
	    period("EstimatedDelivery", "End")]) {
		const bytes = document("convert", ordrsp({ po: "PO-1" }, [
		    "LIN+10+3", "QTY+12:10:PCE", "SCC+1", "QTY+113:10:PCE",
		    dtm(30)]), "--to",
		    "ubl/order-response-2.1").toString();
		const other = bytes.replace(/<cac:PromisedDeliveryPeriod>[^]*?<\/cac:PromisedDeliveryPeriod>/,
		    form);
		assert.notEqual(other, bytes);
		assert.match(document("convert", other, "--to",
		    "edifact/ordrsp-d96a").toString(), new RegExp(dtm(22)
		    .replaceAll("+", "\\+")));
	}
});
