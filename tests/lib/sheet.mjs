// SPDX-License-Identifier: Apache-2.0
// CSV as spreadsheets write it, and a workbook of one sheet, for tests.
import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { URL_BASE, until } from "./kontor.mjs";

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

function crc32(bytes)
{
	let crc = ~0;
	for (const b of bytes) {
		crc ^= b;
		for (let k = 0; k < 8; k++)
			crc = (crc >>> 1) ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc >>> 0;
}

/** A ZIP of {name: text}. */
function zip(files)
{
	const parts = [], directory = [];
	let at = 0;
	for (const [name, text] of Object.entries(files)) {
		const bytes = Buffer.from(text), packed = deflateRawSync(bytes);
		const facts = Buffer.alloc(26);
		facts.writeUInt16LE(20, 0);
		facts.writeUInt16LE(8, 4);
		facts.writeUInt32LE(crc32(bytes), 10);
		facts.writeUInt32LE(packed.length, 14);
		facts.writeUInt32LE(bytes.length, 18);
		facts.writeUInt16LE(name.length, 22);
		parts.push(Buffer.from("PK\x03\x04"), facts, Buffer.from(name),
		    packed);
		const where = Buffer.alloc(14);
		where.writeUInt32LE(at, 10);
		directory.push(Buffer.from("PK\x01\x02\x14\0"), facts, where,
		    Buffer.from(name));
		at += 30 + name.length + packed.length;
	}
	const list = Buffer.concat(directory), end = Buffer.alloc(18);
	end.writeUInt16LE(Object.keys(files).length, 4);
	end.writeUInt16LE(Object.keys(files).length, 6);
	end.writeUInt32LE(list.length, 8);
	end.writeUInt32LE(at, 12);
	return Buffer.concat([...parts, list, Buffer.from("PK\x05\x06"), end]);
}

const xml = (s) => String(s).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const serial = (day) => Date.parse(day) / 86400000 + 25569;

/** A workbook as a spreadsheet saves it: shared strings, numbers and days of
 * its own. */
export function workbook(rows)
{
	const strings = [];
	const cell = (v) => {
		const s = String(v ?? "");
		if (s === "")
			return "<c/>";
		if (/^\d{4}-\d\d-\d\d$/.test(s))
			return `<c s="1"><v>${serial(s)}</v></c>`;
		if (/^\d+(\.\d+)?$/.test(s) && s.length < 10)
			return `<c><v>${s}</v></c>`;
		if (!strings.includes(s))
			strings.push(s);
		return `<c t="s"><v>${strings.indexOf(s)}</v></c>`;
	};
	const body = rows.map((r, i) =>
	    `<row r="${i + 1}">${r.map(cell).join("")}</row>`).join("");
	const ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/' +
	    '2006/main"';
	return zip({
		"xl/workbook.xml": `<workbook ${ns} xmlns:r="r"><sheets>` +
		    '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
		"xl/sharedStrings.xml": `<sst ${ns}>` + strings.map((s) =>
		    `<si><t>${xml(s)}</t></si>`).join("") + "</sst>",
		"xl/styles.xml": `<styleSheet ${ns}><cellXfs><xf/>` +
		    '<xf numFmtId="14"/></cellXfs></styleSheet>',
		"xl/worksheets/sheet1.xml":
		    `<worksheet ${ns}><sheetData>${body}</sheetData></worksheet>`,
	});
}

/** The document to which an upload or a commit has led: [address, document]. */
async function read(who, r)
{
	assert.equal(r.status, 303, await r.text());
	const at = r.headers.get("location").split("?")[0];
	return [at, await until("it is read", async () => {
		const d = await who.json(at);
		return d.state !== "received" && d;
	}, 30000)];
}

/** A supplier uploads a table by the page's form; [address, its preview]. */
export async function handSheet(who, rows, format = "csv")
{
	const page = "/supplier/documents/new", form = new FormData();
	form.set("form_token", await who.formToken(page));
	form.set("file", new Blob([format === "csv" ? serialize(rows)
	    : workbook(rows)]), `table.${format}`);
	return read(who, await who.fetch("/supplier/documents", {
		method: "POST", body: form, headers: { origin: URL_BASE,
		"sec-fetch-site": "same-origin" } }));
}

/** He commits what was shown; the document that counts. */
export const commitSheet = async (who, [at, d]) => (await read(who,
    await who.post(`${at}/commit`, { version: String(d.version) },
    { page: at })))[1];
