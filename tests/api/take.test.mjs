// SPDX-License-Identifier: Apache-2.0
// An account manager takes a distributor's order by telephone: the form keeps
// what was typed, the order is the house's word, others find nothing.
import assert from "node:assert/strict";
import test from "node:test";
import { itemsOf } from "../lib/goods.mjs";
import { Machine, sql, URL_BASE, Visitor } from "../lib/kontor.mjs";
import { unique } from "../lib/orders.mjs";

const idOf = (slug) => sql(`select public_id as id from core.partner
    where slug = '${slug}'`)[0].id;
const [item] = itemsOf("elbe", 1);

test("an order is taken by telephone", async (t) => {
	const am = await new Visitor("de").signIn("manager.one");
	const partner = `/desk/partners/${idOf("nordlicht")}`;
	const form = `${partner}/orders/new`;
	const number = unique("TEL");
	const [place] = sql(`select a.public_id as id from core.address a
	    join core.partner p on p.id = a.partner_id
	    where p.slug = 'nordlicht' and a.kind = 'ship_to' and a.active`);
	const send = (fields) => am.post(`${partner}/orders`, { _back: form,
	    partner_number: number, order_kind: "standard", ship_to: place.id,
	    requested_date: new Date(Date.now() + 864e6).toISOString()
		.slice(0, 10), "lines[0][item]": item.number,
	    "lines[0][quantity]": "3", _event: "submit", ...fields },
	    { page: form });
	let id;
	await t.test("from the partner's page, with his items", async () => {
		assert.ok((await (await am.get(partner)).text())
		    .includes(`href="${form}"`));
		const { items } = await am.json(
		    `${partner}/items?q=${item.number}`);
		assert.equal(items[0].number, item.number);
		assert.ok(items[0].price.amount);
	});
	await t.test("refused, the form keeps what was typed", async () => {
		const r = await send({ "lines[0][item]": "nonsense" });
		assert.equal(r.status, 422);
		const page = await r.text();
		for (const kept of [number, "nonsense",
		    `action="${partner}/orders"`, `data-items="${partner}/items"`])
			assert.ok(page.includes(kept), kept);
		assert.doesNotMatch(page, /value="save"/);
	});
	await t.test("placed, both sides see whose word it is", async () => {
		const r = await send({});
		assert.equal(r.status, 303, await r.clone().text());
		id = new URL(r.headers.get("location"), URL_BASE).pathname
		    .split("/").pop();
		const seen = await new Machine("nordlicht").json(`/orders/${id}`);
		assert.equal(seen.partner_number, number);
		assert.equal(seen.source, "telephone");
		assert.match(seen.person, /Kontor Handelshaus/);
		assert.doesNotMatch(JSON.stringify(seen), /Account manager/);
		const page = await (await am.get(`/desk/orders/${id}`)).text();
		assert.match(page, /Telefon, Account manager one/);
	});
	await t.test("others may not", async () => {
		const other = await new Visitor().signIn("manager.two");
		assert.equal((await other.get(form)).status, 404);
		const agent = await new Visitor().signIn("agent.one");
		assert.equal((await agent.get(form)).status, 403);
		assert.doesNotMatch(await (await agent.get(partner)).text(),
		    /orders\/new/);
		assert.equal((await am.get(
		    `/desk/partners/${idOf("elbe")}/orders/new`)).status, 404);
	});
});
