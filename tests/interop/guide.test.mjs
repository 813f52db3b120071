// SPDX-License-Identifier: Apache-2.0
// kontorctl guide: what each guide shows of itself, for all guides there are.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ctl } from "../lib/ctl.mjs";

const dir = mkdtempSync(join(tmpdir(), "guide-"));
after(() => rmSync(dir, { recursive: true }));
const ok = (args) => {
	const r = ctl(["guide", ...args]);
	assert.equal(r.status, 0, r.err);
	return r.out;
};
const guides = JSON.parse(ok(["list", "--json"]));

test("list names every guide with what it is for", () => {
	const g = guides.find((x) => x.guide === "edifact/orders-d96a-ean008");
	assert.deepEqual([g.document, g.family, g.type, g.version, g.direction],
	    ["order", "edifact", "ORDERS", "D.96A", "both"]);
	assert.match(g.identity, /^ORDERS D\.96A UN EAN008/);
	assert.equal(ok(["list"]).trim().split("\n").length, guides.length);
	assert.match(ok(["lint"]), new RegExp(`^${guides.length} guides`));
});

test("the sample of every guide is valid", () => {
	const samples = JSON.parse(ok(["sample", "--json"]));
	assert.deepEqual(samples.map((s) => s.guide), guides.map((g) => g.guide));
	const files = samples.map(({ sample }, i) => {
		writeFileSync(join(dir, `s${i}`), sample);
		return join(dir, `s${i}`);
	});
	const r = ctl(["document", "check", "--json", ...files]);
	r.out.trim().split("\n").map((l) => JSON.parse(l)).forEach((v, i) => {
		const { guide, family, document } = guides[i];
		assert.deepEqual([v.verdict, v.family], ["valid", family], guide);
		/* A partner's codes may not be those of the guide for all. */
		if (guide.startsWith(`${family}/`))
			assert.deepEqual(v.findings, [], guide);
		assert.equal(guides.find((g) => g.guide === v.guide).document,
		    document, guide);
	});
	const [one] = guides;
	assert.equal(ok(["sample", one.guide]), samples[0].sample);
	assert.equal(JSON.parse(ok(["sample", one.guide, "--canonical"])).type,
	    one.document);
});

test("every guide has a page in both languages, with its sample", () => {
	const pages = (lang) =>
	    JSON.parse(ok(["doc", "--json", "--lang", lang]));
	const [en, de] = [pages("en"), pages("de")];
	guides.forEach(({ guide, type, version }, i) => {
		assert.equal(en[i].guide, guide);
		assert.ok(en[i].page.startsWith(`# ${type} ${version}`), guide);
		assert.match(en[i].page, /\n## Sample\n\n```\n/);
		assert.match(de[i].page, /\n## Muster\n\n```\n/);
		assert.doesNotMatch(de[i].page.split("## Muster")[0],
		    /\b(only|if|not used|at most|number without|the|of)\b [a-z]/i,
		    guide);
	});
	assert.equal(ok(["doc", guides[0].guide]), en[0].page);
	assert.equal(ctl(["guide", "doc", guides[0].guide, "--lang", "fr"])
	    .status, 2);
	assert.equal(ctl(["guide", "doc", "no/such"]).status, 3);
});

test("diff says what the second guide says otherwise", () => {
	const r = ctl(["guide", "diff", "edifact/orders-d96a",
	    "edifact/orders-d96a-ean008"]);
	assert.equal(r.status, 1);
	const lines = r.out.trim().split("\n");
	assert.deepEqual(lines.slice(0, 2), ["--- edifact/orders-d96a",
	    "+++ edifact/orders-d96a-ean008"]);
	assert.ok(lines.includes("+ association EAN008"));
	assert.ok(lines.some((l) => /^\+ .*QTY\+21\.6411.* PCE=C62/.test(l)));
	for (const { guide } of guides.filter((g, i) => i % 20 === 0)) {
		const same = ctl(["guide", "diff", guide, guide]);
		assert.deepEqual([same.status, same.out], [0, ""], guide);
	}
});

test("diff shows what a partner's guide adds and makes mandatory", () => {
	writeFileSync(join(dir, "a.guide"), "guide TEST edifact D.96A\n" +
	    "document test\nBGM M\nDTM+2 O\nRFF 0..3\n");
	writeFileSync(join(dir, "b.guide"), "guide TEST edifact D.96A\n" +
	    "document test\nstrict\nBGM M\nDTM+2 M\nFTX 1..3\nlost number\n");
	assert.equal(ctl(["guide", "diff", "a", "b", "--guides", dir]).out,
	    "--- a\n+++ b\n- DTM+2: 0..1\n+ DTM+2: 1\n- RFF: 0..3\n" +
	    "+ lost number\n+ strict\n+ FTX: 1..3\n");
});

test("coverage counts what the kept samples use", () => {
	const all = JSON.parse(ok(["coverage", "--json", "--unused"]));
	assert.deepEqual(all.map((x) => x.guide), guides.map((x) => x.guide));
	for (const x of all)
		assert.equal(x.unused.length, x.places.of - x.places.used +
		    x.values.of - x.values.used + x.codes.of - x.codes.used);
	const order = all.find((x) => x.guide === "edifact/orders-d96a");
	assert.ok(order.values.used > 20 && order.values.used < order.values.of);
	const [more] = JSON.parse(ok(["coverage", "edifact/orders-d96a", "--json",
	    "--generated"]));
	assert.ok(more.values.used > order.values.used);
	assert.equal(more.values.of, order.values.of);
	const [none] = JSON.parse(ok(["coverage", "edifact/orders-d96a", "--json",
	    "--samples", join(dir, "nothing-here")]));
	assert.equal(none.values.used, 0);
});

test("the samples of every guide use most of what it maps", () => {
	for (const g of JSON.parse(ok(["coverage", "--json", "--generated"]))) {
		const part = ({ used, of }) => of ? used / of : 1;
		assert.ok(part(g.values) >= 0.6,
		    `${g.guide}: ${g.values.used} of ${g.values.of} values`);
		assert.ok(part(g.codes) >= 0.3 || g.codes.of < 5,
		    `${g.guide}: ${g.codes.used} of ${g.codes.of} codes`);
	}
});
