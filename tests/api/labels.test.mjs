// SPDX-License-Identifier: Apache-2.0
// Labels of packages: the PDF is drawn, and scanners read from its pixels what
// stands in the database.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { Machine, sql, Visitor } from "../lib/kontor.mjs";
import { confirmedOrder, newSscc, post } from "../lib/goods.mjs";

const folder = mkdtempSync(join(tmpdir(), "labels-"));
after(() => rmSync(folder, { recursive: true }));

const supplier = new Machine("elbe");
const given = newSscc();
let despatch;

/** The codes on each page of a PDF, [[{type, data}]]. */
function scan(pdf)
{
	const file = join(folder, "labels.pdf");
	writeFileSync(file, pdf);
	execFileSync("pdftoppm", ["-r", "300", "-gray", "-png", file,
	    join(folder, "page")]);
	return readdirSync(folder).filter((f) => f.endsWith(".png")).sort()
	    .map((f) => execFileSync("zbarimg", ["-q", "--nodbus",
		join(folder, f)], { encoding: "utf8" }).trim().split("\n")
		.map((l) => ({ type: l.split(":")[0],
		    data: l.slice(l.indexOf(":") + 1) }))
		.sort((a, b) => a.type.localeCompare(b.type)));
}

test("a despatch with a given and a made SSCC has a page for each",
    async () => {
	const o = await confirmedOrder("nordlicht", "elbe", [10, 20]);
	despatch = await post(supplier, `/orders/${o.bought}/despatch`, {
	    carrier: "Spedition Groß & Söhne", tracking: "TR-1",
	    packages: [{ kind: "PX", sscc: `(00) ${given}` },
		{ kind: "CT", parent: "1" }],
	    lines: [{ line: o.lines[0].bought, quantity: "4", package: "2",
		lot: "L7" },
		{ line: o.lines[1].bought, quantity: "5", package: "1" }] });
	const numbers = despatch.package_list.map((p) => p.sscc);
	assert.equal(numbers[0], given);
	assert.match(numbers[1], /^\d29000002\d{9}$/, "from the supplier's prefix");
	const r = await supplier.fetch(`/despatches/${despatch.id}/labels`);
	assert.equal(r.status, 200);
	assert.equal(r.headers.get("content-type"), "application/pdf");
	assert.match(r.headers.get("content-disposition"), /\.pdf"/);
	const pdf = Buffer.from(await r.arrayBuffer());
	assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
	const pages = scan(pdf);
	assert.deepEqual(pages, numbers.map((n) => [
		{ type: "CODE-128", data: `00${n}` },
		{ type: "QR-Code", data: `https://id.gs1.org/00/${n}` }]));
	const [info] = /Page size:.*/.exec(execFileSync("pdfinfo",
	    [join(folder, "labels.pdf")], { encoding: "utf8" }));
	assert.match(info, /297\.\d+ x 419\.\d+ pts/, "A6");
});

test("its text can be read and names the house, the place, the goods",
    async () => {
	const text = execFileSync("pdftotext", ["-layout",
	    join(folder, "labels.pdf"), "-"], { encoding: "utf8" });
	for (const part of ["Kontor Handelshaus", "24114 Kiel", despatch.number,
	    "Spedition Groß & Söhne", "EL-1010", "[L7]", /1 ?\/ ?2/])
		assert.ok(part.test?.(text) ?? text.includes(part),
		    `${part} in ${text}`);
	assert.ok(!/Elbe Motoren/.test(text), "not the supplier");
});

test("in the language of the reader", async () => {
	const words = async (lang) => {
		const v = await new Visitor(lang).signIn("elbe.user");
		await v.get(`/supplier/despatches?lang=${lang}`);
		const r = await v.get(`/supplier/despatches/${despatch.id}/labels`,
		    "application/pdf");
		writeFileSync(join(folder, "l.pdf"),
		    Buffer.from(await r.arrayBuffer()));
		return execFileSync("pdftotext", [join(folder, "l.pdf"), "-"],
		    { encoding: "utf8" });
	};
	assert.match(await words("en"), /Despatch advice/);
	assert.match(await words("de"), /Lieferavis/);
});

test("nobody else gets them", async () => {
	for (const who of ["isar", "donau"]) {
		const r = await new Machine(who).fetch(
		    `/despatches/${despatch.id}/labels`);
		assert.equal(r.status, 404);
	}
});

test("a despatch without numbered packages has no labels", async () => {
	const [d] = sql(`select d.public_id as id from orders.despatch d
	    join core.partner p on p.id = d.partner_id
	    where p.slug = 'elbe' and not exists (select from orders.package k
	    where k.despatch_id = d.id) limit 1`);
	const r = await supplier.fetch(`/despatches/${d.id}/labels`);
	assert.equal(r.status, 404);
});
