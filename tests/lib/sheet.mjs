// SPDX-License-Identifier: Apache-2.0
// CSV as spreadsheets write it, and a workbook of one sheet, for tests.

/** Rows of cells of CSV with commas or semicolons. */
export function parse(text)
{
	const s = text.replace(/^\ufeff/, "");
	const mark = s.split("\n", 1)[0].includes(";") ? ";" : ",";
	const rows = [[""]];
	let quoted = false;
	for (let i = 0; i < s.length; i++) {
		const row = rows.at(-1), c = s[i];
		if (c === '"' && quoted && s[i + 1] === '"')
			row[row.length - 1] += s[++i];
		else if (c === '"')
			quoted = !quoted;
		else if (!quoted && c === mark)
			row.push("");
		else if (!quoted && c === "\n")
			rows.push([""]);
		else if (quoted || c !== "\r")
			row[row.length - 1] += c;
	}
	return rows.filter((r) => r.length > 1 || r[0]);
}

const quoted = (c) => /[",;\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c;

export const serialize = (rows, mark = ",") =>
    rows.map((r) => r.map((c) => quoted(String(c ?? ""))).join(mark))
	.join("\r\n") + "\r\n";
