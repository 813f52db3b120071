// SPDX-License-Identifier: Apache-2.0
// What a source says by a code has its sentence: refusals, findings, events
// and labels. Codes are read where they are raised.
import { bareSql, lineOf, matching, read } from "./files.mjs";

const code = matching(/^sql\/code\/.*\.sql$/);
const tables = matching(/^sql\/migrations\/.*\.sql$/);
const LANGUAGES = ["en", "de"];

/** Refusals that stop a program and never reach a person's page. */
const INTERNAL = new Set(["db.durable", "db.quiet", "db.role", "db.version",
	"identity.seal", "jwt.keys", "jwt.sign"]);

/** language → set of its keys */
const known = Object.fromEntries(LANGUAGES.map((l) => [l, new Set(
    matching(new RegExp(`^assets/text/${l}/\\w+\\.json$`)).flatMap((f) =>
	Object.keys(JSON.parse(read(f)))))]));

/** Complains about each language that lacks the key. */
function wanted(bad, file, line, key)
{
	for (const l of LANGUAGES)
		if (!known[l].has(key))
			bad(file, line, `${key} has no sentence in ${l}`);
}

/** The arguments of a call whose "(" stands at the offset. */
function argumentsAt(text, open)
{
	const out = [];
	let depth = 0, quoted = false, from = open + 1;
	for (let i = open; i < text.length; i++) {
		if (text[i] === "'")
			quoted = !quoted;
		if (quoted)
			continue;
		if ("([".includes(text[i])) {
			depth++;
		} else if (")]".includes(text[i]) && --depth === 0) {
			out.push(text.slice(from, i));
			return out.map((s) => s.trim());
		} else if (text[i] === "," && depth === 1) {
			out.push(text.slice(from, i));
			from = i + 1;
		}
	}
	return out;
}

/**
 * The codes an argument may be: a literal or the outcomes of a case. Null for
 * what is only known at run time.
 */
function codesOf(argument)
{
	if (/^'[^']*'$/.test(argument))
		return [argument.slice(1, -1)];
	if (/^case\b/.test(argument))
		return [...argument.matchAll(/\b(?:then|else)\s+'([^']*)'/g)]
		    .map((m) => m[1]);
	return null;
}

/** Calls found(file, line, codes, argument) for each call of a function. */
function calls(name, place, found)
{
	const re = new RegExp(`\\b${name.replace(".", "\\.")}\\(`, "g");
	for (const f of code) {
		const text = bareSql(read(f));
		for (const m of text.matchAll(re)) {
			if (/function\s+$/.test(text.slice(0, m.index)))
				continue;
			const given = argumentsAt(text, m.index + m[0].length - 1);
			found(f, lineOf(text, m.index), codesOf(given[place] ?? ""),
			    given);
		}
	}
}

/** The literals of `column in ('a', 'b')` in the tables' checks. */
function allowed(constraint)
{
	for (const f of tables) {
		const m = new RegExp(
		    `constraint ${constraint}\\s+check\\s*\\(\\s*\\w+\\s+in\\s*\\(([^)]*)\\)`)
		    .exec(read(f));
		if (m)
			return [f, lineOf(read(f), m.index),
				[...m[1].matchAll(/'([^']*)'/g)].map((x) => x[1])];
	}
	return [tables[0], 1, null];
}

/** The literals of two checks whose columns are shown alike. */
function both(one, other)
{
	const [f, line, codes] = allowed(one);
	return [f, line, codes?.concat(allowed(other)[2] ?? [])];
}

/** The states that a machine has, one a call or many: [file, line, states]. */
function states(machine)
{
	for (const f of code) {
		const text = bareSql(read(f));
		const one = [...text.matchAll(
		    new RegExp(`core\\.add_state\\('${machine}', '(\\w+)'`, "g"))];
		if (one.length)
			return [f, lineOf(text, one[0].index),
				one.map((m) => m[1])];
		const many = new RegExp(`core\\.add_state\\('${machine}', \\w+, ` +
		    `\\w+, \\w+\\) from \\(values([\\s\\S]*?)\\)\\s*v \\(`)
		    .exec(text);
		if (many)
			return [f, lineOf(text, many.index),
				[...many[1].matchAll(/\(\s*'(\w+)'/g)]
				    .map((m) => m[1])];
	}
	return [code[0], 1, null];
}

/** What a function may answer or take: the literals that match in its body. */
function inFunction(file, name, re)
{
	const text = bareSql(read(file));
	const from = text.search(new RegExp(`function ${name.replace(".", "\\.")}\\(`));
	const body = from < 0 ? "" : text.slice(from,
	    text.indexOf("\n$$;", from));
	return [file, lineOf(text, Math.max(from, 0)),
		[...body.matchAll(re)].map((m) => m[1])];
}

/** What the record of logins says about them. */
function loginResults()
{
	const all = [];
	calls("core.note", 1, (f, line, codes, given) => {
		if (given[0] === "'login'")
			all.push(...codes ?? []);
	});
	return ["sql/code/core/session.sql", 1, all];
}

/** The kinds of documents that are read or written. */
function documentTypes()
{
	const all = ["unknown", "ack", "mixed"];
	for (const [name, place] of [["exchange.handle_with", 0],
		["exchange.send", 1]])
		calls(name, place, (f, line, codes) => all.push(...codes ?? []));
	for (const f of matching(/^partners\/.*\.guide$/))
		for (const m of read(f).matchAll(/^document (\w+)/gm))
			all.push(m[1]);
	return ["sql/code/exchange/accept.sql", 1, all];
}

/** What orders.line_status makes of states, and orders.order_status. */
const LINE_STATUS = { open: ["to_confirm", "waiting"], accepted: ["confirmed"],
	proposed: ["decision_wanted", "proposed"] };
const ORDER_STATUS = ["to_confirm", "waiting", "decision_wanted", "proposed",
	"partly_confirmed", "part_shipped", "backordered", "shipped",
	"confirmed", "draft", "cancelled", "rejected", "closed", "completed",
	"change_pending"];
const SETS = {
	order_kind: () => allowed("head_order_kind_check"),
	response: () => allowed("head_response_check"),
	source: () => both("head_source_check", "value_source_check"),
	direction: () => allowed("document_direction_check"),
	level: () => inFunction("sql/code/exchange/lamps.sql",
	    "exchange.lamps_in", /exchange\.lamp\('(\w+)'/g),
	lamp: () => inFunction("sql/code/exchange/lamps.sql",
	    "exchange.lamp_tone", /when '(\w+)' then/g),
	family: () => both("document_family_check", "agreement_family_check"),
	doc_state: () => allowed("document_state_check"),
	verdict: () => allowed("message_verdict_check"),
	verdict_tone: () => allowed("message_verdict_check"),
	field: () => allowed("value_field_check"),
	partner_kind: () => allowed("partner_role_check"),
	doc_type: documentTypes,
	login_result: loginResults,
	signal: () => inFunction("sql/code/desk/partners.sql", "desk.signal",
	    /\b(?:then|else) '(\w+)'/g),
	role: () => ["sql/code/core/roles.sql", 1,
		[...read("sql/code/core/roles.sql").matchAll(
		    /\('(\w+)', '(?:distributor|supplier|desk|machine)', \d\)/g)]
		    .map((m) => m[1])],
	order_state: () => states("order"),
	case_state: () => states("case"),
	return_state: () => states("return_line"),
	value: () => states("order_line"),
	order_status: () => ["sql/code/orders/status.sql", 1, ORDER_STATUS],
	line_status: () => {
		const [f, line, all] = states("order_line");
		return [f, line, all?.flatMap((s) => LINE_STATUS[s] ?? [s])];
	},
};

/** Each code of C that looks like a refusal a caller sees. */
const REFUSALS = new RegExp(`"((?:auth|cookie|csrf|csv|db|directory|form|http|` +
    `idempotency|input|json|jwt|login|rate|session|stream|token)` +
    `(?:\\.[a-z_]+)+)"`, "g");

/** Everyday words that no German sentence has, unless it quotes a code. */
const ENGLISH = new Set(("the and with without has have is were are been not " +
    "that this from for your our you we they which when where why who does did " +
    "should could would must there here more than only each every both other " +
    "another before after again already same wrong missing value values order " +
    "orders line lines date dates invoice despatch receipt buyer seller party " +
    "parties quantity price prices number numbers message messages document " +
    "documents reader guide guides amount total tax unit units reference " +
    "references shipped received ordered distributor supplier sender receiver")
    .split(" "));

/** What is no prose: names and branches of arguments, codes, capitals. */
const prose = (text) => text
    .replace(/\{[\w.]+, (?:select|plural),/g, "{")
    .replace(/(^|[\s{}])[=\w]+\{/g, "$1{").replace(/\{[\w., ]*\}/g, " ")
    .replace(/„[^“]*“|\([^()]*\)|\w*_\w*|\b[A-Z]\w*/g, " ");

export const checks = {
	"text: no English word stands in a German sentence"(bad)
	{
		const look = (file, line, name, text) => {
			for (const [w] of prose(text).matchAll(/[A-Za-zÄÖÜäöüß]+/g))
				if (ENGLISH.has(w))
					bad(file, line, `${name}: "${w}"`);
		};
		for (const f of matching(/^assets\/text\/de\/\w+\.json$/))
			for (const [k, v] of Object.entries(JSON.parse(read(f))))
				look(f, 1, k, v);
		for (const f of matching(/^partners\/.*\.guide$/))
			for (const m of read(f).matchAll(/^ +de (.*)$/gm))
				look(f, lineOf(read(f), m.index), "de", m[1]);
	},
	"text: every refusal of SQL has its sentence"(bad)
	{
		for (const [name, place] of [["core.fail", 1], ["core.wrong", 1]])
			calls(name, place, (f, line, codes) => {
				for (const c of codes ?? [])
					wanted(bad, f, line, `error.${c}`);
			});
		const [f, line, types] = inFunction("sql/code/core/input.sql",
		    "core.check_scalar", /when '(\w+)' then/g);
		for (const t of types)
			wanted(bad, f, line, `error.value.${t}`);
	},
	"text: every refusal of the web has its sentence"(bad)
	{
		for (const f of matching(/^src\/(web|auth|db|repr)\/.*\.c$/))
			for (const m of read(f).matchAll(REFUSALS))
				if (!INTERNAL.has(m[1]))
					wanted(bad, f, lineOf(read(f), m.index),
					    `error.${m[1]}`);
	},
	"text: every finding of SQL has its sentences"(bad)
	{
		const three = (f, line, rule) => {
			for (const part of ["what", "why", "do"])
				wanted(bad, f, line,
				    `finding.business.${rule}.${part}`);
		};
		calls("orders.finding", 0, (f, line, codes) => {
			for (const c of codes ?? [])
				three(f, line, c);
		});
		for (const f of code)
			for (const m of read(f).matchAll(/'rule',\s+'([a-z_.]*\w)'/g))
				for (const part of ["what", "why", "do"])
					wanted(bad, f, lineOf(read(f), m.index),
					    `finding.${m[1]}.${part}`);
		// What partners find in ours, by the cause behind a code.
		for (const name of ["exchange.cause_contrl", "exchange.cause_x12",
			"exchange.theirs"]) {
			const [f, line, causes] = inFunction(
			    "sql/code/exchange/ack_in.sql", name,
			    /\b(?:then|else) '([a-z]+)'/g);
			for (const c of causes.filter((x) => !["error",
				"warning", "edifact"].includes(x)))
				for (const part of ["what", "why", "do"])
					wanted(bad, f, line, `finding.theirs.${c}.${part}`);
		}
		// Refusals of these rules become findings (cases.refused).
		for (const name of ["core.fail", "core.wrong"])
			calls(name, 1, (f, line, codes) => {
				if (!/\/(cases|returns)\/(rules|steps)\.sql$/.test(f))
					return;
				for (const c of codes ?? [])
					three(f, line, c.replaceAll(".", "_"));
			});
	},
	"text: every business rule has a code in answers to partners"(bad)
	{
		const [f, line, coded] = inFunction(
		    "sql/code/exchange/ack_out.sql", "exchange.rule_code",
		    /'([a-z_]+)'/g);
		for (const k of known.en) {
			const rule = /^finding\.business\.(\w+)\.what$/.exec(k)?.[1];
			if (rule && !coded.includes(rule))
				bad(f, line, `${rule} has no code; add it at the end`);
		}
		if (new Set(coded).size !== coded.length)
			bad(f, line, "a rule stands twice");
	},
	"text: no sentence is left of a finding that is gone"(bad)
	{
		const all = code.map(read).join("\n");
		for (const k of known.en) {
			const rule = /^finding\.business\.(\w+)\.what$/.exec(k)?.[1];
			if (rule && !all.includes(`'${rule}'`) &&
			    !new RegExp(`'${rule.replaceAll("_", "[._]")}'`)
				.test(all))
				bad("assets/text/en/findings.json", 1,
				    `nobody finds ${rule}`);
		}
	},
	"text: every cause is a finding that can be an error"(bad)
	{
		for (const k of known.en) {
			const rule = /^cause\.(?!any$)(.*)$/.exec(k)?.[1];
			if (rule)
				wanted(bad, "assets/text/en/documents.json", 1,
				    `finding.${rule}.what`);
		}
		calls("orders.finding", 0, (f, line, codes) => {
			const text = read(f).split("\n")
			    .slice(line - 1, line + 2).join(" ");
			if (/^[^)]*'error'/.test(text.slice(
			    text.indexOf("orders.finding("))))
				for (const c of codes ?? [])
					wanted(bad, f, line, `cause.business.${c}`);
		});
	},
	"text: every event has its sentence"(bad)
	{
		const [f, line, all] = states("order");
		calls("core.emit", 1, (file, at, codes) => {
			for (const c of codes ?? [])
				wanted(bad, file, at, `event.${c}`);
		});
		for (const s of all ?? [])
			if (!["draft", "change_pending"].includes(s))
				wanted(bad, f, line, `event.order.${s}`);
		for (const s of allowed("document_state_check")[2] ?? [])
			wanted(bad, f, line, `event.document.${s}`);
		const [file, at, past] = inFunction("sql/code/orders/settle.sql",
		    "orders.past", /then '(\w+)'/g);
		for (const p of past)
			wanted(bad, file, at, `event.order.line.${p}`);
		for (const [name, kind] of [["cases.tell", "case"],
			["returns.tell", "return"]])
			calls(name, 1, (file, at, codes) => {
				for (const c of codes ?? [])
					wanted(bad, file, at, `event.${kind}.${c}`);
			});
	},
	"text: every kind of mail has its subject and what it asks for"(bad)
	{
		for (const k of ["subject", "hello", "partner", "due", "more",
			"foot", "daily"])
			wanted(bad, "src/exchange/mail_compose.c", 1, `mail.${k}`);
		wanted(bad, code[0], 1, "label.mail_kind.daily");
		calls("core.mails", 0, (f, line, codes) => {
			for (const c of codes ?? []) {
				wanted(bad, f, line, `mail.${c}`);
				wanted(bad, f, line, `label.mail_kind.${c}`);
			}
		});
	},
	"text: every number and call on a first page has its words"(bad)
	{
		for (const [name, group] of [["desk.kpi", "kpi"],
			["desk.need", "needs"]])
			calls(name, 0, (f, line, codes) => {
				for (const c of codes ?? [])
					wanted(bad, f, line, `${group}.${c}`);
			});
	},
	"text: every column and view of a list has its words"(bad)
	{
		for (const f of code.filter((x) =>
		    read(x).includes("core.declare_list('"))) {
			const text = read(f);
			for (const m of text.matchAll(/"label": "([^"]+)"/g))
				wanted(bad, f, lineOf(text, m.index), m[1]);
			for (const m of text.matchAll(
			    /core\.declare_list\('(\w+)', array\[([^\]]*)\]/g)) {
				const at = lineOf(text, m.index);
				wanted(bad, f, at, `views.list.${m[1]}`);
				for (const v of m[2].matchAll(/'(\w+)'/g))
					wanted(bad, f, at, `view.${v[1]}`);
			}
		}
	},
	"text: every code of a set has its name"(bad)
	{
		for (const f of matching(/^assets\/forms\/.*\.json$/))
			for (const m of read(f).matchAll(
			    /"set": "(\w+)"[^}]*"codes": \[([^\]]*)\]/g))
				for (const c of m[2].matchAll(/"(\w+)"/g))
					wanted(bad, f, lineOf(read(f), m.index),
					    `label.${m[1]}.${c[1]}`);
		for (const [set, from] of Object.entries(SETS)) {
			const [f, line, codes] = from();
			if (!codes?.length)
				bad(f, line, `no codes found for label.${set}`);
			for (const c of codes ?? [])
				wanted(bad, f, line, `label.${set}.${c}`);
		}
	},
};
