// SPDX-License-Identifier: Apache-2.0
// kontorctl document check as a partner's own test bench would call it: exit
// statuses, one JSON object a line, every member; no database, no set-up.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ctl, ROOT, SCHEMAS } from "../lib/ctl.mjs";

const dir = mkdtempSync(join(tmpdir(), "check-"));
after(() => rmSync(dir, { recursive: true }));
const put = (name, text) => {
	writeFileSync(join(dir, name), text);
	return join(dir, name);
};

const BODY = "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'DTM+137:20261122:102'" +
    "NAD+BY+2900000000117::9'LIN+1++4000000000013:EN'QTY+21:5:PCE'UNS+S'" +
    "UNT+8+1'";
const around = (body, count = 1, ref = "1") =>
    `UNB+UNOC:3+A:14+B:14+261122:0915+1'${body}UNZ+${count}+${ref}'`;
const good = put("good.edi", around(BODY));
const bad = put("bad.edi", around(BODY.replace("UNT+8", "UNT+9"), 1, "2"));
const other = put("other.edi", around(
    "UNH+1+IFTSTA:D:00B:UN'BGM+77+1+9'UNT+3+1'"));
const lines = (r) => r.out.trim().split("\n").map((l) => JSON.parse(l));

test("exit 0 all valid, 1 some invalid, 2 wrong use", () => {
	assert.equal(ctl(["document", "check", good]).status, 0);
	assert.equal(ctl(["document", "check", good, other]).status, 0);
	assert.equal(ctl(["document", "check", bad, good]).status, 1);
	assert.equal(ctl(["document", "check"]).status, 2);
	assert.equal(ctl(["document", "check", "--nonsense", good]).status, 2);
	assert.equal(ctl(["document", "check", "--guide", "no/such", good])
	    .status, 2);
	assert.equal(ctl(["document", "check", join(dir, "absent"), good])
	    .status, 2);
	assert.equal(ctl(["document", "nonsense", good]).status, 2);
	assert.equal(ctl(["document"]).status, 2);
});

test("a file that cannot be read does not keep the others from being read",
() => {
	const r = ctl(["document", "check", "--json", join(dir, "absent"), good]);
	assert.equal(lines(r).length, 1);
	assert.match(r.err, /absent/);
});

test("every command says how it is used", () => {
	for (const verb of ["check", "ack", "canonical", "convert", "repair",
	    "bench"]) {
		const r = ctl(["document", verb, "--help"]);
		assert.equal(r.status, 0);
		assert.match(r.out, new RegExp(`kontorctl document ${verb}`));
		assert.match(r.out, /--guide NAME/);
	}
	assert.equal(ctl(["document", "ack", "--json", good]).status, 2);
	assert.equal(ctl(["document", "ack", good, bad]).status, 2);
});

test("the manual names every document command and option", () => {
	const manual = readFileSync(join(ROOT,
	    "docs/manual/kontorctl-document.1"), "utf8");
	const help = ctl(["document", "--help"]).out;
	const verbs = [...help.matchAll(/kontorctl document (\w+)/g)];
	assert.ok(verbs.length >= 6);
	for (const [, verb] of verbs) {
		assert.match(manual, new RegExp(`^\\.(It )?Cm ${verb}\\b`, "m"), verb);
		assert.match(ctl(["--help"]).out, new RegExp(`\\b${verb}\\b`), verb);
	}
	for (const [, option] of help.matchAll(/ --([a-z]+)/g))
		assert.match(manual, new RegExp(`Fl -${option}\\b`), option);
});

test("one object a line for each file, with these members", () => {
	const [a, b, c] = lines(ctl(["document", "check", "--json", good, bad,
	    other]));
	assert.deepEqual(Object.keys(a), ["file", "family", "type", "version",
	    "verdict", "level", "guide", "findings"]);
	assert.deepEqual([a.file, a.family, a.type, a.version, a.verdict, a.level,
	    a.guide, a.findings], [good, "edifact", "ORDERS", "D:96A:UN", "valid",
	    "message", "edifact/orders-d96a", []]);
	assert.equal(b.verdict, "invalid");
	assert.deepEqual(b.findings.map((f) => f.rule).sort(),
	    ["edifact.unt.count", "edifact.unz.reference"]);
	assert.deepEqual([c.verdict, c.level, c.guide],
	    ["valid", "envelope", null]);
});

test("every finding has every member, null where there is nothing", () => {
	const [r] = lines(ctl(["document", "check", "--json", bad]));
	for (const f of r.findings) {
		for (const name of ["rule", "severity", "offset", "segment",
		    "position", "element", "component", "found", "expected",
		    "contrl", "x12", "text", "repair"])
			assert.ok(name in f, `${f.rule} has no ${name}`);
		assert.deepEqual(Object.keys(f.x12),
		    ["ta1", "segment", "element", "set", "group"]);
		assert.match(f.text.en, /^[A-Z].*\.$/);
		assert.match(f.text.de, /^[A-ZÄÖÜ].*\.$/);
		assert.notEqual(f.text.en, f.text.de);
	}
	const count = r.findings.find((f) => f.rule === "edifact.unt.count");
	assert.deepEqual([count.severity, count.segment, count.position,
	    count.tag, count.element, count.found, count.expected, count.contrl,
	    count.repair], ["error", 9, 8, "UNT", 1, "9", "8", 29, "8"]);
	assert.equal(around(BODY).indexOf("8+1'UNZ"), count.offset);
});

test("standard input is a file, too", () => {
	const [r] = lines(ctl(["document", "check", "--json", "-"],
	    { input: around(BODY) }));
	assert.equal(r.verdict, "valid");
	assert.equal(r.file, "-");
});

test("guides and sentences are found from any folder", () => {
	const [r] = lines(ctl(["document", "check", "--json", bad], { cwd: dir }));
	assert.equal(r.guide, "edifact/orders-d96a");
	assert.notEqual(r.findings[0].text.de, "");
	assert.match(ctl(["guide", "list"], { cwd: dir }).out,
	    /edifact\/orders-d96a/);
});

test("what is no document is unknown", () => {
	const [r] = lines(ctl(["document", "check", "--json",
	    put("x.pdf", "%PDF-1.4")]));
	assert.deepEqual([r.family, r.type, r.verdict, r.level, r.guide],
	    ["unknown", null, "invalid", "syntax", null]);
});

test("the OASIS schemas are named by option or by setting",
    { skip: SCHEMAS ? false : "no schemas here" }, () => {
	const ns = "urn:oasis:names:specification:ubl:schema:xsd:";
	const file = put("order.xml", `<Order xmlns="${ns}Order-2" xmlns:cbc="${
	    ns}CommonBasicComponents-2"><cbc:ID>1</cbc:ID></Order>`);
	const of = (args, env) =>
	    lines(ctl(["document", "check", "--json", ...args, file], { env }))[0];
	assert.equal(of(["--schemas", SCHEMAS]).level, "schema");
	assert.ok(of(["--schemas", SCHEMAS]).findings
	    .some((f) => f.rule === "xml.schema"));
	assert.equal(of([], { KONTOR_UBL_SCHEMAS: SCHEMAS }).level, "schema");
	assert.equal(of([], { KONTOR_UBL_SCHEMAS: "" }).level, "message");
});

test("repair prints the file put right and says what changed", () => {
	const file = put("broken.edi", "  " + around(BODY.replace("UNT+8+1",
	    "UNT+9+7"), 3, "2"));
	const r = ctl(["document", "repair", file]);
	assert.equal(r.status, 0, r.err);
	assert.equal(r.out, around(BODY));
	for (const said of ['"9" becomes "8" (edifact.unt.count)',
	    '"7" becomes "1" (edifact.unt.reference)',
	    '"3" becomes "1" (edifact.unz.count)',
	    '"2" becomes "1" (edifact.unz.reference)'])
		assert.ok(r.err.includes(said), said);
	assert.deepEqual(ctl(["document", "repair", good]),
	    { status: 0, out: around(BODY), err: "" });
});

test("repair leaves what nobody can know, and says so", () => {
	const text = around(BODY.replace("BGM+220+1+9", "BGM+220++9"));
	const r = ctl(["document", "repair", put("empty.edi", text)]);
	assert.deepEqual([r.status, r.out], [1, text]);
	assert.match(r.err, /still invalid/);
	assert.match(r.err, /guide\.element\.missing/);
});

test("people read findings in the language of their terminal", () => {
	const english = /^ {2}error edifact\.unt\.count segment 9 UNT .*found "9", expected "8"/m;
	const german = /^ {2}Fehler edifact\.unt\.count Segment 9 UNT .*gefunden "9", erwartet "8", Vorschlag "8"/m;
	const check = (env, ...args) => ctl(["document", "check", ...args, bad],
	    { env: { LC_ALL: "", LC_MESSAGES: "", LANG: "", ...env } }).out;
	for (const env of [{}, { LANG: "C.UTF-8" }, { LANG: "den_XX" },
	    { LANG: "de_DE.UTF-8", LC_MESSAGES: "en_GB" },
	    { LANG: "de_DE.UTF-8", LC_ALL: "C" }])
		assert.match(check(env), english, JSON.stringify(env));
	for (const env of [{ LANG: "de" }, { LANG: "de_AT.UTF-8" },
	    { LANG: "C", LC_MESSAGES: "de_DE" }, { LANG: "C", LC_ALL: "de_DE" }])
		assert.match(check(env), german, JSON.stringify(env));
	assert.match(check({}, "--lang", "de"), german);
	assert.match(check({ LANG: "de_DE" }, "--lang=en"), english);
	const page = check({}, "--lang", "de");
	assert.match(page, /: ungültig \(edifact ORDERS D:96A:UN, Richtlinie edifact/);
	assert.doesNotMatch(page, /\b(segment|byte|found|expected|the)\b/);
	const xml = put("doctype.xml",
	    '<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "b"><a/>\n');
	assert.match(ctl(["document", "check", "--lang", "de", xml]).out,
	    /Fehler xml\.doctype Zeile 2 /);
	assert.equal(ctl(["document", "check", "--lang", "fr", bad]).status, 2);
	assert.match(ctl(["document", "repair", "--lang", "de", bad]).err,
	    /Byte \d+: "9" wird zu "8"/);
});

test("a file beyond the limits is read when they are raised", () => {
	const body = (i) => BODY.replaceAll("+1+ORDERS", `+${i}+ORDERS`)
	    .replace("UNT+8+1", `UNT+8+${i}`);
	const many = Array.from({ length: 10001 }, (_, i) => body(i + 1)).join("");
	const file = put("many.edi", around(many, 10001));
	const check = (...args) => ctl(["document", "check", ...args, file]);
	assert.equal(check().status, 1);
	assert.match(check().out, /limit\.messages/);
	assert.deepEqual(check("--limit", "20M").status, 0);
	assert.equal(check("--limit", "1000").status, 1);
	assert.match(check("--limit", "1000").out, /file\.size/);
	for (const size of ["", "0", "20X", "-1", "99999999999G"])
		assert.equal(check("--limit", size).status, 2, size);
});

test("bench measures a file beside a loop over its bytes", () => {
	for (const args of [[], ["--check"]]) {
		const r = ctl(["document", "bench", ...args, good]);
		const [loop, ours] = r.out.trim().split("\n");
		const numbers = Object.fromEntries(ours.split(" ").slice(2)
		    .map((f) => f.split("=")));
		assert.equal(r.status, 0);
		assert.match(loop, /^RESULT edi lib=byteloop bytes=\d+ /);
		assert.match(ours, /^RESULT edi lib=kontor bytes=\d+ /);
		assert.equal(+numbers.msgs, 1);
		for (const name of ["wall_s", "cpu_s", "MBps", "msg_ps",
			"cpu_MB_ps", "peak_kB"])
			assert.ok(+numbers[name] >= 0, name);
	}
	assert.equal(ctl(["document", "bench", bad]).status, 1);
	assert.equal(ctl(["document", "bench", join(dir, "absent")]).status, 2);
});

test("ack answers with what the family has", () => {
	const of = (...args) => ctl(["document", "ack", "--ref", "77", ...args]);
	const made = (guide) => put("made", ctl(["guide", "sample", guide]).out);
	assert.match(of(good).out, /UNH\+1\+CONTRL:D:3:UN'UCI\+1\+A:14\+B:14\+7'/);
	assert.match(of(bad).out, /UCI\+1\+A:14\+B:14\+4\+28/);
	const x12 = made("x12/850-005010");
	assert.match(of(x12).out, /~ST\*997\*0001~AK1\*PO\*/);
	assert.match(of("--as", "999", x12).out, /~ST\*999\*.*~IK5\*A~/);
	assert.match(of("--as", "business", x12).out, /~ST\*824\*.*~OTI\*TA\*/);
	assert.match(of("--as", "business", good).out,
	    /APERAK:D:96A:UN'BGM\+\+77\+\+AP'.*RFF\+ACW:1'/);
	const wrong = put("wrong.edi", ctl(["guide", "sample",
	    "edifact/orders-d96a"]).out.replace(/(QTY\+21:)[^:']*/, "$1five"));
	assert.match(of("--as", "business", wrong).out,
	    /ERC\+P0037'FTX\+AAO\+\+\+[^']*"five"/);
	assert.equal(of("--as", "fax", good).status, 2);
	const none = of(put("no.edi", "UNH+1+ORDERS:D:96A:UN'"));
	assert.deepEqual([none.status, none.out], [1, ""]);
});

test("ack of XML is an ApplicationResponse that names every finding", () => {
	const order = ctl(["guide", "sample", "ubl/order-2.1"]).out;
	const ack = (text) => ctl(["document", "ack", put("order.xml", text)]);
	assert.match(ack(order).out, /<cbc:ResponseCode>AP</);
	const r = ack(order.replace(/<cbc:IssueDate>[^<]*/,
	    "<cbc:IssueDate>yesterday"));
	assert.match(r.out, /<cbc:ResponseCode>RE</);
	assert.match(r.out, /<cbc:StatusReason>[^<]*“yesterday”/);
	assert.match(r.out, /<cbc:ID>4711<\/cbc:ID>/);
	const line = ack(order.replace(/(<cbc:Quantity[^>]*>)[^<]*/,
	    "$1many"));
	assert.match(line.out, /<cac:LineResponse>[\s\S]*<cbc:LineID>1</);
});
