// SPDX-License-Identifier: Apache-2.0
// The API's description and what the API does: every path without
// parameters, for both kinds of partners, in every described representation.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine, URL_BASE } from "../lib/kontor.mjs";

const api = await (await fetch(`${URL_BASE}/api/v1/openapi.json`)).json();
const machines = ["nordlicht", "elbe"].map((slug) => new Machine(slug));

const resolve = (v) => v?.$ref
    ? v.$ref.slice(2).split("/").reduce((at, k) => at[k], api) : v;

/** What is wrong with a value under the few words of JSON Schema in use. */
function wrong(schema, value, at = "")
{
	const s = resolve(schema);
	const kind = value === null ? "null" : Array.isArray(value) ? "array"
	    : typeof value;
	const types = [s.type ?? []].flat();
	if (types.length && !types.includes(kind) &&
	    !(kind === "number" && types.includes("integer")))
		return [`${at}: ${kind} is not ${types}`];
	const out = (s.required ?? []).filter((k) => !(k in value))
	    .map((k) => `${at}/${k} is missing`);
	for (const [k, v] of Object.entries(s.properties ?? {}))
		if (kind === "object" && k in value)
			out.push(...wrong(v, value[k], `${at}/${k}`));
	if (kind === "array" && s.items)
		value.forEach((v, i) => out.push(...wrong(s.items, v, `${at}/${i}`)));
	return out;
}

test("the description is whole: every reference leads somewhere", () => {
	assert.match(api.openapi, /^3\.1\./);
	const refs = [...JSON.stringify(api).matchAll(/"\$ref":"([^"]+)"/g)];
	assert.ok(refs.length > 0);
	for (const [, ref] of refs)
		assert.ok(resolve({ $ref: ref }), ref);
	const ids = Object.values(api.paths).flatMap((p) => Object.values(p))
	    .map((o) => [o.operationId, o.summary]);
	for (const [id, summary] of ids)
		assert.ok(id && summary, id);
});

test("every parameter of a path is described", () => {
	for (const [path, item] of Object.entries(api.paths))
		for (const o of Object.values(item)) {
			const named = o.parameters.map(resolve)
			    .filter((p) => p.in === "path").map((p) => p.name);
			assert.deepEqual(named,
			    [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]));
		}
});

for (const machine of machines)
	test(`answers to ${machine.slug} are as described`, async (t) => {
		for (const [path, item] of Object.entries(api.paths)) {
			if (!item.get || path.includes("{"))
				continue;
			const types = Object.keys(item.get.responses[200].content);
			for (const type of types)
				await t.test(`${path} ${type}`, async () => {
					const r = await machine.fetch(path,
					    { headers: { accept: type } });
					const said = resolve(
					    item.get.responses[r.status]);
					assert.ok(said, `${r.status}`);
					const got = r.headers.get("content-type")
					    .split(";")[0];
					const known = Object.keys(said.content ?? {});
					if (r.status === 200)
						assert.equal(got, type);
					else
						assert.match(got, /problem|json/);
					if (/json$/.test(got) && known.includes(got))
						assert.deepEqual(wrong(
						    said.content[got].schema,
						    await r.json()), []);
				});
		}
	});
