// SPDX-License-Identifier: Apache-2.0
// A distributor keeps an order as a template, orders from it, deletes it.
import assert from "node:assert/strict";
import test from "node:test";
import { Machine, sql, Visitor } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

const list = "/distributor/templates";

test("an order becomes a template, from which is ordered", async () => {
	const v = await new Visitor("de").signIn("donau.user");
	const erp = new Machine("donau");
	const [o] = sql(`select h.public_id as id from orders.head h
	    join core.partner p on p.id = h.partner_id
	    where p.slug = 'donau' and h.state = 'accepted'
	    order by h.id limit 1`);
	const page = `/distributor/orders/${o.id}`;
	const keep = (name) => v.post(`${page}/template`, { name }, { page });
	assert.ok((await (await v.get(page)).text())
	    .includes(`action="${page}/template"`));
	const name = unique("Vorlage ");
	const made = await keep(name);
	assert.equal(made.status, 303, await made.clone().text());
	assert.match(made.headers.get("location"), /^\/distributor\/templates\?/);
	const twice = await keep(name.toLowerCase());
	assert.equal(twice.status, 422);
	assert.match(await twice.text(), /gibt es bereits/);
	assert.ok((await (await v.get(list)).text()).includes(name));
	const { items } = await erp.json("/templates?limit=200");
	const { id, lines } = items.find((t) => t.name === name);
	const form = await (await v.get(
	    `/distributor/orders/new?template=${id}`)).text();
	const shown = await erp.json(`/orders/${o.id}`);
	assert.equal(lines, shown.lines.length);
	for (const l of shown.lines)
		assert.ok(form.includes(`value="${l.item.number}"`), l.line_id);
	const foreign = new Machine("nordlicht");
	assert.equal((await foreign.fetch(`/orders/new?template=${id}`)).status,
	    404);
	assert.equal((await foreign.fetch(`/templates/${id}/delete`, {
	    method: "POST", body: "{}",
	    headers: { "content-type": "application/json" } })).status, 404);
	const gone = await v.post(`/distributor/templates/${id}/delete`, {},
	    { page: list });
	assert.equal(gone.status, 303);
	assert.ok(!(await (await v.get(list)).text()).includes(name));
});
