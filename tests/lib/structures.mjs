// SPDX-License-Identifier: Apache-2.0
// Tables of UN/EDIFACT messages and segments (../shared/edifact-structures.txt)
// in the form that the npm package "edifact" takes them: its own tables are of
// another directory.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./ctl.mjs";

const FILE = join(ROOT, "../shared/edifact-structures.txt");
const text = existsSync(FILE) ? readFileSync(FILE, "utf8") : null;
export const hasStructures = text !== null;

/* "UNH! SG1*10(RFF! DTM*5) …" as [{content, mandatory, repetition}]. */
function table(words)
{
	const list = [];
	let w;
	while ((w = words.shift()) !== undefined && w !== ")") {
		const [, name, must, many, group] =
		    /^(\w+)(!?)(?:\*(\d+))?(\(?)$/.exec(w);
		list.push({ content: group ? table(words) : name,
			mandatory: must === "!", repetition: Number(many ?? 1) });
	}
	return list;
}

const wordsOf = (s) => s.replace(/\(/g, "( ").replace(/\)/g, " ) ")
    .trim().split(/\s+/);

/* {"D.96A": {ORDERS: table}} */
function messages()
{
	const out = { "3": {} };
	let directory = "3", name;
	const bodies = {};
	for (const line of text.split("--- Segment layouts")[0].split("\n")) {
		const head = /^--- (\S+) ---/.exec(line);
		const message = /^([A-Z]{6})( \(.*\))?$/.exec(line);
		if (head)
			out[directory = head[1]] = {};
		else if (message)
			name = `${directory}/${message[1]}`;
		else if (/^  \S/.test(line) && name)
			bodies[name] = `${bodies[name] ?? ""} ${line}`;
	}
	for (const [key, body] of Object.entries(bodies)) {
		const [where, type] = key.split("/");
		out[where][type] = table(wordsOf(body));
	}
	return out;
}

/* "C507!(2005![3] 2380[35])" as a definition; null for what cannot be read. */
function element(said)
{
	const [, must, inside, length] =
	    /^[C\d]\w*(!?)(?:\((.*)\)|\[(\w+)\])$/.exec(said);
	const parts = (inside ?? `x${must}[${length}]`).trim().split(/\s+/)
	    .flatMap((p) => {
		const [, m, n] = /^\w+(!?)\[(\w+)\]$/.exec(p);
		return [{ must: m === "!", format: `an..${Number(n) || 512}` }];
	    });
	return { must: must === "!",
		requires: must ? parts.findLastIndex?.((p) => p.must) + 1 || 1 : 0,
		components: parts.map((p) => p.format) };
}

/* Definitions of all segments of a directory ("96A"). */
function segments(directory)
{
	const out = {};
	const joined = text.split("--- Segment layouts")[1].split("\n").slice(2)
	    .join("\n").replace(/\n +/g, " ");
	for (const line of joined.split("\n")) {
		const m = /^([A-Z]{3})  (?:(\d\d[A-Z])  )?(\S.*)$/.exec(line);
		if (!m || (m[2] && m[2] !== directory))
			continue;
		const elements = m[3].split(/ \+ /).flatMap((e) => {
			const [, said, many] = /^(.*?)(?: x(\d+))?$/.exec(e.trim());
			return Array(Number(many ?? 1)).fill(element(said));
		});
		const last = elements.map((e) => e.must).lastIndexOf(true) + 1;
		out[m[1]] = { requires: last,
			elements: elements.map((e, i) => `${m[1]}/${i}`) };
		elements.forEach((e, i) => { out[`${m[1]}/${i}`] =
		    { requires: i ? 0 : e.requires, components: e.components }; });
	}
	return out;
}

const known = text && messages();

/** The table of a message of a directory ("D.96A"), or null. */
export const messageTable = (type, directory) =>
    known?.[directory]?.[type] ?? null;

/** Definitions of segments and elements of a directory ("D.96A"). */
export const segmentTable = (directory) =>
    text ? segments(directory.slice(2)) : {};
