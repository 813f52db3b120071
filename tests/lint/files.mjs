// SPDX-License-Identifier: Apache-2.0
// What every check needs: the project's files and a place for complaints.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Files that git knows or would add, without ignored ones. */
export const files = execFileSync("git",
    ["ls-files", "--cached", "--others", "--exclude-standard"],
    { encoding: "utf8", maxBuffer: 1 << 26 }).split("\n").filter(Boolean);

const cache = new Map();

/** The file's text, "" when it is gone. */
export function read(path)
{
	if (!cache.has(path)) {
		let text = "";
		try {
			text = readFileSync(path, "utf8");
		} catch {
			// Deleted but not yet committed.
		}
		cache.set(path, text);
	}
	return cache.get(path);
}

export const matching = (re) => files.filter((f) => re.test(f) && read(f));

/** Line number of an offset. */
export const lineOf = (text, at) => text.slice(0, at).split("\n").length;

/** Calls found(match, line) for each match of a global expression. */
export function each(text, re, found)
{
	for (const m of text.matchAll(re))
		found(m, lineOf(text, m.index));
}

/** C or JavaScript with comments and the inside of strings blanked. */
export function bare(text)
{
	const blank = (s) => s.replace(/[^\n]/g, " ");
	return text.replace(
	    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
	    (s) => s[0] === "/" ? blank(s)
		: s[0] + blank(s.slice(1, -1)) + s[0]);
}

/** SQL with comments blanked; strings and function bodies stay. */
export function bareSql(text)
{
	return text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:''|[^'])*'/g,
	    (s) => s[0] === "'" ? s : s.replace(/[^\n]/g, " "));
}
