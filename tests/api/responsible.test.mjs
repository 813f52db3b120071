// SPDX-License-Identifier: Apache-2.0
// Who of a supplier works on an order: rules, the worklist, handing over.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine, sql, Visitor } from "../lib/kontor.mjs";

const rules = "/supplier/responsibilities";
const list = "/supplier/worklist";
const admin = await new Visitor("de").signIn("neckar.admin");
const user = await new Visitor("en").signIn("neckar.user");
const orders = async (v, query = "") => new Set((await v.json(
    `${list}?view=all&limit=200${query}`)).items.map((l) => l.order.id));
const give = (v, id, person) => v.post(`/supplier/orders/${id}/assign`,
    { person }, { page: `/supplier/orders/${id}` });
const me = async (v) => (await v.json(rules)).people.find((p) => p.me);

test("an order is taken, handed over and given back", async () => {
	const [id] = await orders(admin, "&whose=nobody");
	assert.ok(id, "there are orders of nobody");
	assert.ok((await orders(user)).has(id));
	const taken = await give(admin, id, "me");
	assert.equal(taken.status, 303, await taken.clone().text());
	assert.ok(!(await orders(user)).has(id), "gone from a colleague's list");
	assert.ok((await orders(user, "&whose=all")).has(id), "not from all");
	const { id: other, name } = await me(user);
	assert.ok((await orders(user, `&whose=${(await me(admin)).id}`)).has(id));
	assert.equal((await give(admin, id, other)).status, 303);
	const page = await (await admin.get(`/supplier/orders/${id}`)).text();
	assert.ok(page.includes(`jetzt ${name} zuständig`), "on the timeline");
	assert.ok((await orders(user)).has(id));
	assert.ok(!(await orders(admin)).has(id));
	const desk = await new Visitor("en").signIn("manager.two");
	assert.ok(!(await (await desk.get(`/desk/orders/${id}`)).text())
	    .includes(name), "the house is not told");
	assert.equal((await give(user, id, "nobody")).status, 303);
	assert.ok((await orders(admin)).has(id));
});

test("many are handed over at once, and the list stays as it was", async () => {
	const back = `${list}?view=all&q=&whose=all`;
	const { items } = await admin.json(`${list}?view=all&whose=nobody`);
	const some = items.slice(0, 3);
	const form = { person: "me", view: "all", whose: "all", _back: back,
	    ...Object.fromEntries(some.map((l, i) => [`lines[${i}]`, l.id])) };
	const r = await admin.post("/supplier/order-lines/assign", form,
	    { page: list });
	assert.equal(r.status, 303, await r.clone().text());
	assert.ok(r.headers.get("location").startsWith(back));
	const text = await (await admin.get(r.headers.get("location"))).text();
	assert.match(text, /Die Bestellungen sind übergeben/);
	assert.match(text, /\?view=late&amp;whose=all/);
	const mine = await orders(admin, `&whose=${(await me(admin)).id}`);
	for (const l of some)
		assert.ok(mine.has(l.order.id));
	await admin.post("/supplier/order-lines/assign", { ...form,
	    person: "nobody" }, { page: list });
	assert.equal((await orders(admin, `&whose=${(await me(admin)).id}`)).size,
	    mine.size - new Set(some.map((l) => l.order.id)).size);
});

test("rules are kept by an administrator and seen by all", async () => {
	const { id: person, name } = await me(user);
	const rule = { country: "xx", postal_code: "9 9", item: "zz-9", person };
	assert.equal((await user.post(rules, rule, { page: list })).status, 403);
	const empty = await admin.post(rules, { person }, { page: rules });
	assert.equal(empty.status, 422);
	assert.match(await empty.text(), /welche Bestellungen gemeint sind/);
	assert.equal((await admin.post(rules, rule, { page: rules })).status, 303);
	const twice = await admin.post(rules, rule, { page: rules });
	assert.equal(twice.status, 422);
	assert.match(await twice.text(), /bereits eine Regel/);
	const { items } = await user.json(rules);
	const { id } = items.find((d) => d.item === "ZZ-9" &&
	    d.postal_code === "99" && d.country === "XX" && d.person === name);
	assert.doesNotMatch(await (await user.get(rules)).text(), /Keep rule/);
	const stranger = await new Visitor().signIn("severn.admin");
	assert.equal((await stranger.post(`${rules}/${id}/delete`, {},
	    { page: rules })).status, 404);
	assert.equal((await admin.post(`${rules}/${id}/delete`, {},
	    { page: rules })).status, 303);
});

test("who is shut out leaves his orders to everybody", async () => {
	const [id] = await orders(user, "&whose=nobody");
	assert.equal((await give(user, id, "me")).status, 303);
	const { name } = await me(user);
	const shut = (on) => sql(`select core.admin_person('${JSON.stringify(
	    { login: "neckar.user", disable: on })}')`);
	shut("true");
	try {
		assert.ok((await orders(admin)).has(id));
		const page = await (await admin.get(`/supplier/orders/${id}`)).text();
		assert.ok(page.includes(`${name} hat keinen Zugang mehr`));
	} finally {
		shut("false");
		await user.signIn("neckar.user");
	}
});

test("the list of orders can be had for one's own, on screen and as a table",
    async () => {
	const path = "/supplier/orders?view=open&limit=200";
	const seen = async (v, query = "") => (await v.json(path + query)).items;
	const [o, ...others] = await seen(user, "&whose=nobody");
	assert.equal((await give(admin, o.id, "me")).status, 303);
	const { id: colleague, name } = await me(admin);
	try {
		assert.equal((await user.json("/supplier/orders")).whose, "all");
		const mine = await seen(user, "&whose=mine");
		assert.ok(!mine.some((x) => x.id === o.id));
		assert.ok(others.every((x) => mine.some((y) => y.id === x.id)));
		const his = await seen(user, `&whose=${colleague}`);
		assert.ok(his.some((x) => x.id === o.id));
		assert.ok(his.every((x) => x.responsible.name === name));
		const text = await (await user.get(`${path}&whose=mine`)).text();
		assert.match(text, /aria-current="true">Mine</);
		assert.match(text, /\?view=late&amp;whose=mine/);
		assert.match(text, /orders\/sheet\?[^"]*whose=mine/);
		const rows = async (query) => (await (await user.get(
		    `/supplier/lists/orders/sheet?view=open&format=csv${query}`))
		    .text()).trim().split("\r\n").length - 1;
		assert.equal(await rows("&whose=mine"), mine.length);
		assert.equal(await rows(`&whose=${colleague}&columns=number,` +
		    "responsible"), his.length);
	} finally {
		assert.equal((await give(admin, o.id, "nobody")).status, 303);
	}
});

test("machines see all and divide nothing", async () => {
	const erp = new Machine("neckar");
	const all = await erp.json("/worklist?view=all&limit=200");
	assert.equal(all.whose, "all");
	const r = await erp.fetch(`/orders/${all.items[0].order.id}/assign`, {
	    method: "POST", body: JSON.stringify({ person: "nobody" }),
	    headers: { "content-type": "application/json" } });
	assert.equal(r.status, 403);
});
