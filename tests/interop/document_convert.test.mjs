// SPDX-License-Identifier: Apache-2.0
// kontorctl document convert: what a file says, as another family says it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ctl } from "../lib/ctl.mjs";

const dir = mkdtempSync(join(tmpdir(), "convert-"));
after(() => rmSync(dir, { recursive: true }));
const put = (name, text) => {
	writeFileSync(join(dir, name), text);
	return join(dir, name);
};

const message = (ref, number) => `UNH+${ref}+ORDERS:D:96A:UN'BGM+220+${number}+9'` +
    "DTM+137:20261122:102'DTM+63:20261224:102'NAD+BY+2900000000117::9'" +
    "NAD+SU+2900000000018::9'CUX+2:EUR:9'LIN+1++4000000000013:EN'QTY+21:5:PCE'" +
    `PRI+AAA:12.50'UNS+S'CNT+2:1'UNT+13+${ref}'`;
const file = (name, ...numbers) => put(name, "UNB+UNOC:3+2900000000117:14" +
    `+2900000000018:14+261122:0915+1'${numbers.map((n, i) =>
        message(i + 1, n)).join("")}UNZ+${numbers.length}+1'`);
const one = file("one.edi", "A-1"), two = file("two.edi", "A-1", "A-2");

/** Converts a file; the answer's output is a document of its own. */
const convert = (to, ...args) =>
    ctl(["document", "convert", "--to", to, ...args]);
/** What a document says, apart from its envelope. */
const says = (name, bytes) => {
	const r = ctl(["document", "canonical", put(name, bytes)]);
	assert.equal(r.status, 0, r.err);
	const c = JSON.parse(r.out);
	for (const key of ["standard", "version", "sender", "receiver",
	    "control_ref", "message_ref", "test"])
		delete c[key];
	return c;
};

test("an order says the same as 850 and UBL and comes back as it was", () => {
	const before = says("before.edi", convert("edifact:ORDERS:D.96A", one).out);
	for (const [to, lost] of [["x12:850:004010", []],
	    ["ubl:Order:2.1", ["latest"]],
	    ["edifact:ORDERS:D:96A:UN:EAN008", []]]) {
		const r = convert(to, one);
		assert.equal(r.status, 0, r.err);
		const back = convert("edifact:ORDERS:D.96A", "--sender",
		    "2900000000117:14", "--receiver", "2900000000018:14",
		    put("there", r.out));
		const expected = structuredClone(before);
		lost.forEach((name) => delete expected[name]);
		assert.deepEqual(says("back.edi", back.out), expected, to);
	}
});

test("an answer offers another item only where one is offered", () => {
	const answer = (pia) => put("answer.edi", "UNB+UNOC:3+2900000000117:14" +
	    "+2900000000018:14+261122:0915+1'UNH+1+ORDRSP:D:96A:UN'" +
	    "BGM+231+4711+4'DTM+137:20261122:102'RFF+ON:PO-1'" +
	    "NAD+BY+2900000000117::9'NAD+SU+2900000000018::9'CUX+2:EUR:9'" +
	    `LIN+1+3+4000000000013:EN'${pia}QTY+21:5'QTY+12:5'` +
	    `DTM+67:20261201:102'UNS+S'CNT+2:1'UNT+${pia ? 15 : 14}+1'UNZ+1+1'`);
	const ubl = (pia) => convert("ubl:OrderResponse:2.1", answer(pia)).out;
	assert.doesNotMatch(ubl(""), /SellerProposedSubstituteLineItem/);
	assert.match(ubl("PIA+3+4000000000020:EN'"),
	    /SellerProposedSubstituteLineItem>[^]*4000000000020/);
});

test("what the other message cannot carry is told, on standard error", () => {
	assert.match(convert("ubl:Order:2.1", one).err,
	    /not carried by ubl\/order-2\.1: \/latest/);
	assert.equal(convert("ubl:Order:2.1", "--quiet", one).err, "");
});

test("several messages become several interchanges, but not one XML file",
() => {
	const r = convert("x12:850:004010", "--ref", "77", two);
	assert.equal(r.status, 0, r.err);
	assert.deepEqual(r.out.match(/~IEA\*1\*\d+~/g),
	    ["~IEA*1*000000077~", "~IEA*1*000000078~"]);
	const xml = convert("ubl:Order:2.1", two);
	assert.equal(xml.status, 1);
	assert.match(xml.err, /--message/);
	assert.match(convert("ubl:Order:2.1", "--message", "2", two).out,
	    /<cbc:ID>A-2<\/cbc:ID>/);
	assert.equal(convert("ubl:Order:2.1", "--message", "3", two).status, 1);
});

test("nothing is made of a faulty document or for a target without guide",
() => {
	const bad = put("bad.edi", "UNB+UNOC:3+A+B+261122:0915+1'" +
	    message(1, "A-1") + "UNZ+1+2'");
	const r = convert("x12:850:004010", bad);
	assert.deepEqual([r.status, r.out], [1, ""]);
	assert.match(r.err, /edifact\.unz\.reference/);
	assert.equal(convert("x12:999:004010", one).status, 2);
	assert.equal(ctl(["document", "convert", one]).status, 2);
	const other = convert("x12:855:004010", one);
	assert.deepEqual([other.status, other.out], [1, ""]);
	assert.match(other.err, /convert\.type/);
});

test("what the file leaves open may be given, and only that", () => {
	const open = put("open.edi", "UNB+UNOC:3+A+B+261122:0915+1'" +
	    message(1, "A-1").replace("CUX+2:EUR:9'", "")
	        .replace("UNT+13", "UNT+12") + "UNZ+1+1'");
	const refused = convert("ubl:Order:2.1", open);
	assert.deepEqual([refused.status, refused.out], [1, ""]);
	const r = convert("ubl:Order:2.1", "--set", "currency=SEK", "--set",
	    "number=not-this", open);
	assert.equal(r.status, 0, r.err);
	assert.match(r.out, /currencyID="SEK">12\.50</);
	assert.match(r.out, /<cbc:ID>A-1</);
});
