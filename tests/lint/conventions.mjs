// SPDX-License-Identifier: Apache-2.0
// Runs every convention check; one line each, complaints below it.
import * as c from "./c.mjs";
import * as pages from "./pages.mjs";
import * as sentences from "./sentences.mjs";
import * as sql from "./sql.mjs";
import * as tree from "./tree.mjs";

let passed = 0, failed = 0;
for (const group of [tree, c, sql, pages, sentences])
	for (const [name, check] of Object.entries(group.checks)) {
		const complaints = [];
		check((file, line, what) =>
		    complaints.push(`    ${file}:${line}: ${what}`));
		const unique = [...new Set(complaints)];
		console.log(`${unique.length ? "not ok" : "ok"} - ${name}`);
		for (const complaint of unique.slice(0, 40))
			console.log(complaint);
		if (unique.length > 40)
			console.log(`    and ${unique.length - 40} more`);
		unique.length ? failed++ : passed++;
	}
console.log(`conventions: ${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
