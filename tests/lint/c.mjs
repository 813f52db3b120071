// SPDX-License-Identifier: Apache-2.0
// Layers, owners of foreign headers, banned functions, sizes.
import { bare, each, lineOf, matching, read } from "./files.mjs";

const LAYERS = read("src/LAYERS").split("\n")
    .filter((l) => l && !l.startsWith("#")).join(" ").split(/\s+/);

// Who may include what of others; a folder that is not named may not.
const OWNERS = [
	[/^kore\//, ["web", "main"]],
	[/^(libpq-fe|postgres_ext|pg_config)\.h|^libpq\//, ["db"]],
	[/^(ldap|lber)/, ["auth"]],
	[/^jwt\.h/, ["auth"]],
	[/^sodium/, ["auth"]],
	[/^jansson\.h/, ["repr"]],
	[/^libxml\//, ["repr", "edi", "sheet"]],
	[/^openssl\//, ["base", "auth", "exchange"]],
	[/^(curl|gmime)\//, ["exchange"]],
	[/^(unicode\/|csv\.h|xlsxwriter|libical|cairo|freetype|zint|qrencode|md4c)/,
	    ["repr"]],
	[/^(zip|zlib)\.h/, ["sheet"]],
	[/^(seccomp\.h|linux\/(seccomp|filter|audit))/,
	    ["exchange", "jobs", "web", "main"]],
];

const BANNED = new RegExp("\\b(" + [
	"strcpy", "strcat", "strncpy", "strncat", "stpcpy", "sprintf",
	"vsprintf", "strtok", "atoi", "atol", "atoll", "atof", "gmtime",
	"localtime", "ctime", "asctime", "system", "popen", "gets", "scanf",
	"alloca", "rand", "srand", "random", "mktemp", "tmpnam", "tempnam",
	"bcopy", "bzero", "strerror_r", "signal",
].join("|") + ")\\s*\\(", "g");
const HEAP = /(?<![.>\w])(malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf)\s*\(/g;

const FILE_LINES = 800;
const FUNCTION_LINES = 100;

const sources = matching(/^(src|ops|tests)\/.*\.[ch]$/);

export const checks = {
	"layers: a folder includes itself and folders to its left"(bad)
	{
		for (const f of matching(/^src\/[^/]+\/.*\.[ch]$/)) {
			const own = LAYERS.indexOf(f.split("/")[1]);
			if (own < 0)
				bad(f, 1, "its folder is not in src/LAYERS");
			each(read(f), /^#include "([^"/]+)\//gm, (m, line) => {
				const other = LAYERS.indexOf(m[1]);
				if (other < 0 || other > own)
					bad(f, line, `may not include ${m[1]}/`);
			});
		}
	},
	"owners: foreign headers are included by their owners"(bad)
	{
		for (const f of matching(/^src\/[^/]+\/.*\.[ch]$/)) {
			const folder = f.split("/")[1];
			each(read(f), /^#include <([^>]+)>/gm, (m, line) => {
				for (const [re, owners] of OWNERS)
					if (re.test(m[1]) && !owners.includes(folder))
						bad(f, line, `${m[1]} belongs to ` +
						    owners.join(", "));
			});
		}
		for (const f of matching(/^src\/auth\//))
			if (f !== "src/auth/jwt.c")
				each(read(f), /^#include <jwt\.h>/gm,
				    (m, line) => bad(f, line,
					"only auth/jwt.c calls libjwt"));
	},
	"banned: no function that truncates, overflows or shares state"(bad)
	{
		for (const f of sources.filter((s) => !s.startsWith("tests/")))
			each(bare(read(f)), BANNED,
			    (m, line) => bad(f, line, `${m[1]} is banned`));
	},
	"heap: malloc and free are called in base only"(bad)
	{
		// What a library handed out is freed beside a comment such as
		// "libjwt's memory".
		for (const f of matching(/^src\/(?!base\/)[^/]+\/.*\.[ch]$/))
			each(bare(read(f)), HEAP, (m, line) => {
				const note = read(f).split("\n")[line - 1];
				if (!/\/\* \S+ memory \*\//.test(note))
					bad(f, line, `${m[1]}: use the arena or ` +
					    "base/arena.h's heap functions");
			});
	},
	"sizes: no file over 800 lines, no function over 100"(bad)
	{
		for (const f of matching(
		    /\.(c|h|js|mjs|sql|css|html|mustache|sh|def)$/)) {
			const lines = read(f).split("\n");
			if (lines.length - 1 > FILE_LINES)
				bad(f, 1, `${lines.length - 1} lines`);
		}
		for (const f of sources.filter((s) => s.endsWith(".c"))) {
			const text = read(f);
			each(text, /^\{\n[\s\S]*?^\}/gm, (m, line) => {
				const n = m[0].split("\n").length - 2;
				if (n > FUNCTION_LINES)
					bad(f, line, `a function of ${n} lines`);
			});
		}
	},
	"headers: guarded, and say what the module is"(bad)
	{
		for (const f of matching(/^src\/.*\.h$/)) {
			const text = read(f);
			const guard = f.slice(4).toUpperCase()
			    .replace(/[/.]/g, "_");
			if (!text.includes(`#ifndef ${guard}\n`) &&
			    !/^static const/m.test(text))
				bad(f, 1, `no guard ${guard}`);
			if (!/^\/\*[\s\S]{80,}?\*\//.test(text))
				bad(f, 1, "does not say what the module is");
		}
	},
	"globals: sources define no writable globals"(bad)
	{
		// A table in capitals is a constant that is computed once; a file
		// may hold a process context and says so.
		for (const f of matching(/^src\/(repr|edi|sheet|guide)\/.*\.c$/)) {
			const text = read(f);
			if (/process context/i.test(text))
				continue;
			each(text,
			    /^static (?!const\b|inline\b|_Thread_local\b)[\w *]+?\b(\w+)(\[[^\]]*\])*( = [^;(]*)?;/gm,
			    (m, line) => {
				if (!/\bconst\b/.test(m[0]) &&
				    !m[0].includes("(") && !/^[A-Z_]+$/.test(m[1]))
					bad(f, line, `${m[1]} is writable`);
			    });
		}
	},
};
export { lineOf };
