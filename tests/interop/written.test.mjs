// SPDX-License-Identifier: Apache-2.0
// What we write, judged by others: the sample of every guide, and every sample
// written by every other guide of its kind. EDIFACT by the parser, validator
// and tracker of the npm package "edifact", with the tables of the message's
// own directory; X12 by the strict parser of "node-x12"; XML by xmllint with
// the OASIS schemas and our own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ctl, ROOT, SCHEMAS } from "../lib/ctl.mjs";
import { hasStructures, messageTable, segmentTable } from
    "../lib/structures.mjs";

const require = createRequire(import.meta.url);
const Parser = require("edifact/parser.js");
const Validator = require("edifact/validator.js");
const Tracker = require("edifact/tracker.js");
const { X12Parser } = require("node-x12");

const dir = mkdtempSync(join(tmpdir(), "written-"));
after(() => rmSync(dir, { recursive: true }));
const guides = JSON.parse(ctl(["guide", "list", "--json"]).out);
const of = (...families) => guides.filter((g) => families.includes(g.family));
const samples = new Map(JSON.parse(ctl(["guide", "sample", "--json"]).out)
    .map((s) => [s.guide, s.sample]));
const sample = (name) => samples.get(name);

/* --- EDIFACT ---------------------------------------------------------- */

/** Segments as the peer saw them; throws what it has against them. */
function parse(text, definitions)
{
	const validator = new Validator(), out = [];
	validator.define(definitions);
	const parser = new Parser(validator);
	parser.encoding("UNOC");
	parser.onopensegment = (tag) => out.push([tag]);
	parser.onelement = () => out.at(-1).push([]);
	parser.oncomponent = (data) => out.at(-1).at(-1).push(data);
	parser.write(text);
	parser.end();
	return out;
}

/** All that holds for one interchange with one message. */
function judgeEdifact(text, { type, version })
{
	/* EANCOM 1997 calls messages D.96A that are younger. */
	const directory = messageTable(type, version) ? version : "D.01B";
	const segments = parse(text, segmentTable(directory));
	const [unb, unh] = segments, unt = segments.at(-2), unz = segments.at(-1);
	assert.deepEqual([unb[0], unh[0], unt[0], unz[0]],
	    ["UNB", "UNH", "UNT", "UNZ"]);
	assert.equal(unh[2][0], type);
	assert.equal(unt[1][0], String(segments.length - 2));
	assert.equal(unt[2][0], unh[1][0]);
	assert.deepEqual([unz[1][0], unz[2][0]], ["1", unb[5][0]]);
	const table = messageTable(type, directory);
	if (table) {
		const tracker = new Tracker(table);
		for (const [tag] of segments.slice(1, -1))
			tracker.accept(tag);
	}
	return table !== null;
}

test("the peer refuses what is wrong", { skip: !hasStructures }, () => {
	const good = sample("edifact/orders-d96a");
	const as = { type: "ORDERS", version: "D.96A" };
	assert.equal(judgeEdifact(good, as), true);
	for (const [from, to] of [
	    [/DTM\+137[^']*'/, "QTY+21:1'"], // not here
	    [/LIN\+1/, "LIN+1234567"],        // too long
	    [/UNS\+S'/, ""],                   // mandatory
	    [/CNT\+2:1/, "CNT+2"],             // mandatory component
	    [/UNT\+\d+/, "UNT+3"]])            // count
		assert.throws(() => judgeEdifact(good.replace(from, to), as),
		    String(from));
});

test("EDIFACT: the sample of every guide", { skip: !hasStructures }, () => {
	let tracked = 0;
	for (const g of of("edifact")) {
		try {
			tracked += judgeEdifact(sample(g.guide), g);
		} catch (e) {
			assert.fail(`${g.guide}: ${e.message}`);
		}
	}
	assert.ok(tracked > 10);
});

/* --- X12 ---------------------------------------------------------------- */

function judgeX12(text, { type, version })
{
	const ix = new X12Parser(true).parse(text);
	assert.equal(ix.functionalGroups.length, 1);
	const [group] = ix.functionalGroups;
	assert.equal(group.header.valueOf(8).slice(0, 6), version);
	assert.equal(group.transactions.length, 1);
	const [set] = group.transactions;
	assert.equal(set.header.valueOf(1), type);
	assert.ok(set.segments.length > 1);
	const levels = set.segments.filter((s) => s.tag === "HL");
	levels.forEach((hl, i) => {
		assert.equal(hl.valueOf(1), String(i + 1));
		assert.ok(!hl.valueOf(2) || Number(hl.valueOf(2)) <= i);
	});
}

test("X12: the sample of every guide", () => {
	for (const g of of("x12")) {
		try {
			judgeX12(sample(g.guide), g);
		} catch (e) {
			assert.fail(`${g.guide}: ${e.message}`);
		}
	}
	const g = { type: "850", version: "004010" };
	const good = sample("x12/850-004010");
	assert.throws(() => judgeX12(good.replace(/~SE\*\d+/, "~SE*3"), g));
	assert.throws(() => judgeX12(good.replace(/~GE\*1\*1/, "~GE*1*2"), g));
});

/* --- XML ------------------------------------------------------------------ */

function xmllint(text, schema)
{
	const file = join(dir, "document.xml");
	writeFileSync(file, text);
	const r = spawnSync("xmllint", ["--noout", "--nonet", "--schema", schema,
	    file], { encoding: "utf8" });
	return r.error ? "no xmllint" : r.status ? r.stderr.slice(0, 800) : "";
}

test("UBL: the sample of every guide, by the OASIS schemas",
    { skip: SCHEMAS ? false : "no schemas here" }, () => {
	for (const g of of("ubl"))
		assert.equal(xmllint(sample(g.guide), join(SCHEMAS, "maindoc",
		    `UBL-${g.type}-2.1.xsd`)), "", g.guide);
});

test("our own XML: the sample of every guide, by the published schemas", () => {
	const own = of("xml").filter((g) => g.guide.startsWith("xml/"));
	assert.ok(own.length >= 5);
	for (const g of own) {
		const schema = join(ROOT, "docs/schemas",
		    `${g.type}-${g.version}.xsd`);
		assert.ok(existsSync(schema), `${g.guide} has no schema`);
		assert.equal(xmllint(sample(g.guide), schema), "", g.guide);
	}
});

/* --- from one family to another ---------------------------------------- */

/* Answers of the syntax level are about their own family; some UBL documents
 * say only a part of what the others say (tests/unit/guide_convert.c). */
const onlyAPart = /contrl|\/99[79]|ta1|cancellation|simple|order-change-2/;

/* One source of each family for every target; all pairs are compared in
 * tests/unit/guide_convert.c. */
const sources = (to) => ["edifact", "x12", "ubl"].flatMap((family) =>
    guides.filter((g) => g.family === family && family !== to.family &&
	g.document === to.document && g.guide.startsWith(`${family}/`) &&
	!onlyAPart.test(g.guide)).slice(0, 1));

function judge(text, to)
{
	if (to.family === "edifact")
		judgeEdifact(text, to);
	else if (to.family === "x12")
		judgeX12(text, to);
	else if (SCHEMAS)
		assert.equal(xmllint(text, join(SCHEMAS, "maindoc",
		    `UBL-${to.type}-2.1.xsd`)), "");
}

test("what is converted is valid for others, too",
    { skip: !hasStructures }, () => {
	let n = 0;
	for (const to of guides.filter((g) => !onlyAPart.test(g.guide) &&
	    g.direction !== "in" &&
	    /^(edifact|x12|ubl)\//.test(g.guide))) {
		for (const from of sources(to)) {
			const file = join(dir, "from");
			writeFileSync(file, sample(from.guide));
			const r = ctl(["document", "convert", "--quiet", "--guide",
			    from.guide, "--sender", "A", "--receiver", "B", "--to",
			    to.guide, file]);
			const what = `${from.guide} → ${to.guide}`;
			assert.equal(r.status, 0, `${what}: ${r.err}`);
			try {
				judge(r.out, to);
			} catch (e) {
				assert.fail(`${what}: ${e.message}`);
			}
			n++;
		}
	}
	assert.ok(n > 20, `${n} conversions`);
});
