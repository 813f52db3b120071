// SPDX-License-Identifier: Apache-2.0
// SQL conventions that can be read off the text. What needs a database
// (comments, row security) is tests/sql/conventions.sql.
import { bareSql, each, matching, read } from "./files.mjs";

const sql = matching(/^sql\/.*\.sql$/);

/** Statements of a file with their offset; $$ bodies stay whole. */
function statements(text)
{
	const out = [];
	let start = 0, quote = null;
	const re = /\$\w*\$|'(?:''|[^'])*'|;/g;
	for (let m; (m = re.exec(text));) {
		if (quote) {
			if (m[0] === quote)
				quote = null;
			else if (m[0][0] === "'")
				re.lastIndex = m.index + 1;
		} else if (m[0][0] === "$") {
			quote = m[0];
		} else if (m[0] === ";") {
			out.push([text.slice(start, m.index), start]);
			start = m.index + 1;
		}
	}
	out.push([text.slice(start), start]);
	return out;
}

const line = (text, at) => text.slice(0, at).split("\n").length;

export const checks = {
	"sql: the time is core.now(), so that tests can set the clock"(bad)
	{
		for (const f of sql.filter((p) => p.startsWith("sql/code/")))
			each(bareSql(read(f)),
			    /(?<![.\w])(now\s*\(\s*\)|current_timestamp|current_date|localtimestamp)/gi,
			    (m, l) => bad(f, l, `${m[1]}: ask core.now() or core.today()`));
	},
	"sql: SECURITY DEFINER functions pin their search_path"(bad)
	{
		for (const f of sql) {
			const text = bareSql(read(f));
			for (const [s, at] of statements(text))
				if (/create\s+(or\s+replace\s+)?function/i.test(s) &&
				    /security\s+definer/i.test(s) &&
				    !/set\s+search_path/i.test(s))
					bad(f, line(text, at + s.search(/create/i)),
					    "security definer without search_path");
		}
	},
	"sql: constraints have names"(bad)
	{
		for (const f of matching(/^sql\/migrations\/.*\.sql$/)) {
			const text = bareSql(read(f));
			for (const [s, at] of statements(text)) {
				if (!/create\s+(unlogged\s+)?table/i.test(s))
					continue;
				const flat = s.replace(/'(?:''|[^'])*'/g, "''")
				    .replace(/\s+/g, " ");
				each(flat,
				    /(?<!\bconstraint \w+ )(?<!\w)(primary key|unique\b(?! nulls| index)|references|foreign key|check ?\()/gi,
				    (m) => {
					const before = flat.slice(0, m.index);
					if (/references/i.test(m[1]) &&
					    /foreign key ?\([^)]*\) ?$/i.test(before))
						return;
					bad(f, line(text, at + s.search(/create/i)),
					    `${m[1]} without constraint name`);
				    });
			}
		}
	},
	"sql: says what it is, in SPDX and a comment"(bad)
	{
		for (const f of sql)
			if (!/^-- SPDX-License-Identifier: Apache-2\.0\n/.test(read(f)))
				bad(f, 1, "no SPDX line");
	},
	"sql: every function in schema api has a comment above it"(bad)
	{
		for (const f of sql) {
			const lines = read(f).split("\n");
			lines.forEach((l, i) => {
				if (/^create or replace function api\./i.test(l) &&
				    !/^--/.test(lines[i - 1] ?? ""))
					bad(f, i + 1, "no comment above");
			});
		}
	},
	"sql: nothing is assembled from strings outside core"(bad)
	{
		for (const f of sql.filter((p) =>
		    /^sql\/code\/(?!core\/)/.test(p)))
			each(bareSql(read(f)), /^\s*execute\s+(?!format\s*\(|function|procedure)/gim,
			    (m, l) => bad(f, l, "execute without format()"));
	},
};
