// SPDX-License-Identifier: Apache-2.0
// Guides of EDIFACT against the public tables of their messages: what the table
// allows has its place, what it demands is missed, and nothing else. Each
// message is made with its mandatory segments only, with all of them, with each
// optional one, and without each mandatory one.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ctl } from "../lib/ctl.mjs";
import { hasStructures, messageTable, segmentTable } from
    "../lib/structures.mjs";

const dir = mkdtempSync(join(tmpdir(), "structures-"));
after(() => rmSync(dir, { recursive: true }));

/** Kind of document that BGM names, by message. */
const TYPES = { ORDERS: 220, ORDRSP: 231, ORDCHG: 230, DESADV: 351,
	RECADV: 632, INVOIC: 380, APERAK: 313, OSTRPT: 348, RETANN: 732,
	RETINS: 733 };

/** Segments that need more than ones; qualifiers that nobody agreed. */
const SAID = { DTM: "DTM+ZZZ:20260101:102", UNS: "UNS+S", CNT: "CNT+ZZZ:1",
	QTY: "QTY+ZZZ:1", MOA: "MOA+ZZZ:1", PRI: "PRI+ZZZ:1",
	NAD: "NAD+ZZZ+1::92", RFF: "RFF+ZZZ:1", LIN: "LIN+1++1:ZZZ",
	TAX: "TAX+7+ZZZ", CUX: "CUX+9:EUR:4", ALC: "ALC+N",
	DOC: "DOC+ZZZ+1" };

function said(tag, type, segments)
{
	const s = segments[tag];
	if (tag === "BGM")
		return `BGM+${TYPES[type]}+1+9`;
	if (SAID[tag] || !s)
		return SAID[tag] ?? `${tag}+1`;
	const parts = s.elements.slice(0, s.requires || 1).map((e) =>
	    segments[e].components.length > 1 ? "1:1" : "1");
	return `${tag}+${parts.join("+")}`;
}

/** The tags of a table, as far as chosen(path, entry) wants its parts. */
function tags(table, chosen, path = [])
{
	return table.flatMap((e, i) => {
		const at = [...path, i];
		if (!chosen(at, e))
			return [];
		return Array.isArray(e.content) ? tags(e.content, chosen, at) :
		    [e.content];
	});
}

/** Paths of what is optional. */
function optional(table, path = [])
{
	return table.flatMap((e, i) => [
		...e.mandatory ? [] : [[...path, i]],
		...Array.isArray(e.content) ?
		    optional(e.content, [...path, i]) : [],
	]);
}

const below = (at, path) => at.every((n, i) => path[i] === n);

/** [name, tags, whether it is sound] of each message that is tried. */
function* tries(table)
{
	const least = (at, e) => e.mandatory;
	yield ["the least", tags(table, least), true];
	yield ["all", tags(table, () => true), true];
	for (const p of optional(table))
		yield [`with ${p}`, tags(table, (at, e) => e.mandatory ||
		    below(at, p)), true];
	for (const [i, e] of table.entries())
		if (e.mandatory && !["UNH", "UNT"].includes(e.content))
			yield [`without ${i}`, tags(table, (at, x) =>
			    x.mandatory && at[0] !== i), false];
}

function message(type, directory, list, segments)
{
	const body = list.filter((t) => !/^UN[HT]$/.test(t))
	    .map((t) => said(t, type, segments));
	return ["UNB+UNOC:3+S:14+R:14+260101:1200+1",
		`UNH+1+${type}:D:${directory.slice(2)}:UN`, ...body,
		`UNT+${body.length + 2}+1`, "UNZ+1+1", ""].join("'");
}

/** Findings about the order of segments; what they hold is another matter. */
const structural = (result) => result.findings.filter((f) =>
    f.severity === "error" && /^guide\.(segment|group)\./.test(f.rule));

function judge(type, directory)
{
	const table = messageTable(type, directory);
	const segments = segmentTable(directory);
	const made = [...tries(table)].map(([name, list, sound], i) => {
		const file = join(dir, `${type}-${directory}-${i}`);
		writeFileSync(file, message(type, directory, list, segments));
		return { name, list, sound, file };
	});
	const out = ctl(["document", "check", "--json",
		...made.map((m) => m.file)]).out.trim().split("\n");
	assert.equal(out.length, made.length);
	for (const [i, m] of made.entries()) {
		const result = JSON.parse(out[i]);
		const found = structural(result);
		assert.ok(result.guide, `no guide for ${type} ${directory}`);
		assert.equal(found.length === 0, m.sound,
		    `${type} ${directory} ${m.name}: ${m.list.join(" ")}: ` +
		    JSON.stringify(found.map((f) => [f.rule, f.expected])));
	}
}

for (const directory of ["D.96A", "D.01B"]) {
	for (const type of Object.keys(TYPES)) {
		if (hasStructures && messageTable(type, directory) === null)
			continue;
		test(`${type} ${directory} as its table has it`,
		    { skip: !hasStructures }, () => judge(type, directory));
	}
}
