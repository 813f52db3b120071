// SPDX-License-Identifier: Apache-2.0
// Templates, scripts, styles and sentences.
import { each, matching, read } from "./files.mjs";

const templates = matching(/^assets\/templates\/.*\.(html|mustache)$/);
const scripts = matching(/^assets\/js\/.*\.(js|mjs)$/);
const LANGUAGES = ["en", "de"];
/** Keys whose end comes from data: codes, routes, rules. */
const GROUPS = ["error.", "cause.", "label.", "finding.", "event.", "flash.",
	"title.", "guides.way.", "guide.word.", "guide.document.", "guide.page.",
	"portal.", "search.", "view.", "tab.", "feed.", "kpi.", "needs.", "nav.",
	"problem.", "terminal.", "none.", "show_all.", "lists.member.", "lists.export.hint.",
	"views.list.", "sheet.answer.", "sheet.order.",
	"sheet.despatch.", "mail."];

/** key → [file, line] for each language; complains about doubles. */
function sentences(bad)
{
	const all = Object.fromEntries(LANGUAGES.map((l) => [l, new Map()]));
	for (const f of matching(/^assets\/text\/\w+\/\w+\.json$/)) {
		const known = all[f.split("/")[2]];
		let keys;
		try {
			keys = Object.entries(JSON.parse(read(f)));
		} catch (e) {
			bad(f, 1, e.message);
			continue;
		}
		if (!known) {
			bad(f, 1, "a language that nobody expects");
			continue;
		}
		const written = [...read(f).matchAll(/^\s*"((?:\\.|[^"\\])*)"\s*:/gm)];
		if (written.length !== keys.length)
			bad(f, 1, "a key stands twice, or one is no plain line");
		for (const [k, v] of keys) {
			if (typeof v !== "string" || v.trim() === "")
				bad(f, 1, `${k} is not a sentence`);
			if (known.has(k))
				bad(f, 1, `${k} stands in ${known.get(k)} too`);
			known.set(k, f);
		}
	}
	return all;
}

/** Controls without a label: [offset, markup]. */
function unlabelled(text)
{
	const out = [];
	const inLabel = [...text.matchAll(/<label\b[\s\S]*?<\/label>/g)]
	    .map((m) => [m.index, m.index + m[0].length]);
	const fors = new Set([...text.matchAll(/<label\b[^>]*\bfor="([^"]+)"/g)]
	    .map((m) => m[1]));
	for (const m of text.matchAll(
	    /<(input|select|textarea)\b((?:\{\{[\s\S]*?\}\}|[^>{])*)>/g)) {
		const attributes = m[2];
		if (/type="(hidden|submit|button|reset|image)"/.test(attributes))
			continue;
		if (/\baria-label(ledby)?=/.test(attributes))
			continue;
		const id = /\bid="([^"]+)"/.exec(attributes)?.[1];
		if (id && fors.has(id))
			continue;
		if (inLabel.some(([a, b]) => a <= m.index && m.index < b))
			continue;
		out.push([m.index, m[0]]);
	}
	return out;
}

export const checks = {
	"html: no inline code or style, nothing unescaped"(bad)
	{
		const rules = [
			[/\{\{\{|\{\{&/g, "unescaped variable"],
			[/<script\b(?![^>]*\bsrc=)(?![^>]*type="application\/json")/gi,
			    "inline script"],
			[/<style\b/gi, "inline style sheet"],
			[/\sstyle="/gi, "inline style"],
			[/\son[a-z]+="/gi, "inline handler"],
			[/href="javascript:/gi, "script in a link"],
			[/<!--(?!\[)/g, "a comment that would be sent; use {{! }}"],
			[/(src|href)="(https?:)?\/\//gi, "a resource of others"],
			[/<img\b(?![^>]*\balt=)/gi, "an image without alt"],
			[/<(b|i|font|center)>/gi, "markup that only looks"],
			[/\btabindex="[1-9]/gi, "an order of focus of its own"],
		];
		for (const f of templates)
			for (const [re, what] of rules)
				each(read(f), re, (m, line) => bad(f, line, what));
	},
	"html: every control has a label"(bad)
	{
		for (const f of templates)
			for (const [at, markup] of unlabelled(read(f)))
				bad(f, read(f).slice(0, at).split("\n").length,
				    `no label for ${markup.slice(0, 60)}`);
	},
	"html: every form that changes something carries the form token"(bad)
	{
		for (const f of templates)
			each(read(f), /<form\b[^>]*method="post"[\s\S]*?<\/form>/gi,
			    (m, line) => {
				if (!/form_token|\{\{> *part\/(form|token)/.test(m[0]))
					bad(f, line, "a form without form_token");
			    });
	},
	"html: sentences come from assets/text"(bad)
	{
		for (const f of templates) {
			const text = read(f)
			    .replace(/\{\{![\s\S]*?\}\}/g, " ")
			    .replace(/\{\{#t\}\}[\s\S]*?\{\{\/t\}\}/g, " ")
			    .replace(/\{\{#(\w+)\}\}[\w.]+\{\{\/\1\}\}/g, " ")
			    .replace(/\{\{[\s\S]*?\}\}/g, " ")
			    .replace(/<[^>]*>/g, " ");
			each(text, /[A-Za-zÄÖÜäöüß]{3,} +[A-Za-zÄÖÜäöüß]{2,}/g,
			    (m) => bad(f, 1, `"${m[0]}" stands in the template`));
		}
	},
	"js: nothing becomes markup or code that was text"(bad)
	{
		for (const f of scripts)
			each(read(f),
			    /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\s*\(|new Function|setTimeout\s*\(\s*["'`])/g,
			    (m, line) => bad(f, line, `${m[1]} is banned`));
	},
	"text: every key stands once in both languages"(bad)
	{
		const all = sentences(bad);
		for (const l of LANGUAGES)
			for (const [k, f] of all[l])
				for (const other of LANGUAGES)
					if (!all[other].has(k))
						bad(f, 1, `${k} is missing in ${other}`);
	},
	"text: every key that a template names exists"(bad)
	{
		const known = sentences(() => {}).en;
		for (const f of templates)
			each(read(f), /\{\{#t\}\}([^{}<]+)\{\{\/t\}\}/g,
			    (m, line) => {
				for (const key of m[1].split("|"))
					if (!known.has(key.trim()))
						bad(f, line, `no sentence ${key.trim()}`);
			    });
	},
	"text: every sentence is used"(bad)
	{
		const text = sentences(() => {}).en;
		const all = [...templates, ...scripts,
			...matching(/^assets\/forms\/.*\.json$/),
			...matching(/^sql\/code\/.*\.sql$/).filter((f) =>
			    read(f).includes("core.declare_list(")),
			...matching(/^src\/.*\.[ch]$/)].map(read).join("\n");
		for (const [key, f] of text)
			if (!GROUPS.some((g) => key.startsWith(g)) &&
			    !all.includes(key))
				bad(f, 1, `nobody says ${key}`);
	},
	"css: colours and sizes only from custom properties' sheet"(bad)
	{
		for (const f of matching(/^assets\/css\/.*\.css$/))
			each(read(f), /@import\s+url|url\(\s*["']?https?:/gi,
			    (m, line) => bad(f, line, "a resource of others"));
	},
};
