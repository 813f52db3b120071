// SPDX-License-Identifier: Apache-2.0
// What holds for every file: licence line, no paths of one machine, no marks
// of unfinished work, shell that parses.
import { spawnSync } from "node:child_process";
import { each, files, matching, read } from "./files.mjs";

const TOP = new Set(["kore.conf", "README.md", "Makefile", "src", "assets",
	"sql", "partners", "tests", "docs", "ops"]);

export const checks = {
	"tree: the top level is as the style guide has it"(bad)
	{
		for (const f of files) {
			const top = f.split("/")[0];
			if (!TOP.has(top) && !top.startsWith("."))
				bad(f, 1, "does not belong to the top level");
		}
	},
	"tree: every source names the licence"(bad)
	{
		for (const f of matching(
		    /\.(c|h|def|sql|js|mjs|css|sh|in)$|^(ops|tests)\/[^.]*\/?(run|test|stop|status)$/))
			if (!read(f).split("\n", 3).join("\n")
			    .includes("SPDX-License-Identifier: Apache-2.0"))
				bad(f, 1, "no SPDX line");
	},
	"tree: no path of somebody's machine"(bad)
	{
		for (const f of files.filter((p) =>
		    !/\.(png|svg|lock|edi|xml)$|package-lock\.json$/.test(p) &&
		    !p.startsWith("tests/lint/")))
			each(read(f), /(?<![\w.])\/(work|root|home)\/\w/g,
			    (m, line) => bad(f, line, m[0]));
	},
	"tree: no marks of unfinished work"(bad)
	{
		const marks = new RegExp("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b", "g");
		for (const f of matching(/\.(c|h|sql|js|mjs|css|html|mustache|sh|md|def)$/))
			each(read(f), marks,
			    (m, line) => bad(f, line, m[1]));
	},
	"tree: no trailing blanks, a line end at the end"(bad)
	{
		for (const f of matching(
		    /\.(c|h|def|sql|js|mjs|css|html|mustache|sh|json|conf|guide|md)$/)) {
			if (/^(tests\/fixtures|partners\/[^/]+\/samples)\//.test(f))
				continue;
			const text = read(f);
			if (!text.endsWith("\n"))
				bad(f, 1, "no line end at the end");
			each(text, /[ \t]+$/gm, (m, line) => {
				if (!f.endsWith(".md"))
					bad(f, line, "trailing blank");
			});
		}
	},
	"shell: scripts parse"(bad)
	{
		for (const f of files) {
			const text = read(f);
			if (!/^#!\/bin\/sh/.test(text) && !/^ops\/.*\.sh$/.test(f))
				continue;
			const r = spawnSync("sh", ["-n", f], { encoding: "utf8" });
			if (r.status !== 0)
				bad(f, 1, r.stderr.trim());
		}
	},
	"decisions: numbered without gaps or doubles"(bad)
	{
		const numbers = files.filter((f) => f.startsWith("docs/decisions/"))
		    .map((f) => Number(f.slice(15, 19))).sort((a, b) => a - b);
		numbers.forEach((n, i) => {
			if (n !== i + 1)
				bad("docs/decisions", 1, `${n} at place ${i + 1}`);
		});
	},
};
