// SPDX-License-Identifier: Apache-2.0
// A scripted supplier and his distributor play an order through, by the forms
// of the screens and by documents in each family; after every step both
// orders and all their lines stand as the state tables say.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Machine, sql, until, VAR, Visitor } from "../lib/kontor.mjs";
import { agreement, order, TYPES, unique, write } from "../lib/orders.mjs";
import { handIn } from "../lib/goods.mjs";
import { answer } from "../lib/answers.mjs";
import { answerToChange, change } from "../lib/changes.mjs";

const day = (ahead) => new Date(Date.now() + ahead * 86400000)
    .toISOString().slice(0, 10);
const psql = (query) => execFileSync("psql", ["-qX", "-h", join(VAR, "pg"),
    "-U", "postgres", "-d", "kontor", "-v", "ON_ERROR_STOP=1", "-c", query]);

const run = unique();
const HOUSE = { x12: { id: "KONTORDEMO", qualifier: "ZZ" },
	ubl: { id: "2900000000018", qualifier: "0088" } };
const ISAR = { x12: { id: `IS${run}`.slice(0, 15), qualifier: "ZZ" },
	ubl: { id: "2900000000223", qualifier: "0088" } };
const GUIDES = {
	x12: { order: "x12/850-004010", order_change: "x12/860-004010" },
	ubl: { order: "ubl/order-2.1", order_change:
	    "ubl/order-cancellation-2.1, ubl/order-change-2.1" },
};

/** Isar speaks a family for a while: answers in, orders and changes out. */
const speak = (family) => sql(`select exchange.agreement_load(p.id,
	'${JSON.stringify({ name: `script-${family}-${run}`, family,
	    ours: HOUSE[family], theirs: ISAR[family], time_zone: "UTC",
	    options: { ack: "none" }, answer_family: family,
	    answer_guides: GUIDES[family],
	    sends: ["order", "order_change"] })}') as done
    from core.partner p where p.slug = 'isar'`);
const hush = (family) => psql(`update exchange.agreement set
    valid_until = transaction_timestamp()
    where name = 'script-${family}-${run}' and valid_until is null`);

/** Items that a supplier delivers, at a distributor's prices. */
const itemsOf = (supplier, buyer, n) => sql(`select i.number, i.gtin,
	i.name_en as name, (select trim_scale(r.amount)::text from item.price r
	    join core.partner d on d.id = r.partner_id
	    where r.item_id = i.id and d.slug = '${buyer}'
	    order by r.min_quantity limit 1) as price
    from item.item i join item.source s on s.item_id = i.id and s.preferred
    join core.partner p on p.id = s.partner_id
    where p.slug = '${supplier}' and i.active and i.gtin is not null
    and i.unit = 'C62' and exists (select from item.price r
	join core.partner d on d.id = r.partner_id
	where r.item_id = i.id and d.slug = '${buyer}')
    order by i.id limit ${n}`);

/** Both sides of an order as the database has them. */
const LINES = (of) => `(select jsonb_agg(jsonb_build_object(
	'line_id', l.line_id, 'id', l.public_id, 'version', l.version,
	'state', l.state, 'ordered', l.ordered::float,
	'confirmed', l.confirmed::float, 'backordered', l.backordered::float,
	'rejected', l.rejected::float, 'gtin', i.gtin) order by l.position)
    from orders.line l join item.item i on i.id = l.item_id
    where l.order_id = ${of}.id)`;
const HEAD = (h) => `jsonb_build_object('public_id', ${h}.public_id,
	'number', ${h}.number, 'state', ${h}.state, 'version', ${h}.version,
	'order_version', ${h}.order_version)`;
const seen = (number) => sql(`select ${HEAD("s")} as sales,
	${HEAD("p")} as bought, ${LINES("s")} as sold, ${LINES("p")} as lines
    from orders.head s join orders.head p on p.linked_order_id = s.id
    where s.kind = 'sales' and s.partner_number = '${number}'`)[0];

const changesOf = (o) => sql(`select c.state from orders.change c
    join orders.head h on h.id = c.order_id
    where h.public_id = '${o.sales.public_id}' and c.sent_at is not null
    order by c.id`).map((c) => c.state);

const say = (o) => [o.bought.state, o.lines.map((l) => l.state).join(" "),
    o.sales.state, o.sold.map((l) => l.state).join(" ")];

/** Waits until both sides stand as they should; says how they stand if not. */
async function stands(number, bought, lines, sales, sold)
{
	const want = [bought, lines, sales, sold];
	let now;
	try {
		await until("the states", () => {
			now = seen(number);
			return now && JSON.stringify(say(now)) === JSON.stringify(want);
		}, 15000);
	} catch {
		assert.deepEqual(say(now), want);
	}
	return now;
}

const sentDoc = (slug, type, number) => until(`${type} for ${slug}`, () => {
	const [d] = sql(`select d.public_id as id, d.canonical, d.state, d.guide
	    from exchange.document d join core.partner p on p.id = d.partner_id
	    where p.slug = '${slug}' and d.direction = 'out'
	    and d.type = '${type}' and d.canonical ->> 'order_number'
		= '${number}' order by d.id desc limit 1`);
	assert.notEqual(d?.state, "failed", JSON.stringify(d && sql(
	    `select f.content from exchange.finding f join exchange.document d
	    on d.id = f.document_id where d.public_id = '${d.id}'`)));
	return d?.state === "ready" && d;
}, 15000);

/* Both players at the screens: forms, nothing else. */
function atTheScreens()
{
	const buyer = new Visitor(), seller = new Visitor();
	const good = async (r) => assert.equal(r.status, 303,
	    (await r.text()).replace(/<[^>]*>/g, " ").slice(0, 3000));
	const lines = async (o, event, picked, more = {}) => {
		const fields = { ...more };
		picked.forEach((l, i) => {
			fields[`items[${i}][line]`] = l.id;
			fields[`items[${i}][version]`] = l.version;
		});
		const page = `/supplier/orders/${o.bought.public_id}`;
		return seller.post(`/supplier/order-lines/${event}`,
		    { _back: page, ...fields }, { page });
	};
	const step = (v, door, id, version, event, more = {}) => v.post(
	    `/${door}/orders/${id}/${event}`, { version, ...more },
	    { page: `/${door}/orders/${id}` });
	const theChange = async (o) => (await seller.json(
	    `/supplier/orders/${o.bought.public_id}`)).changes[0];
	const decide = async (o, event, more = {}) => {
		const c = await theChange(o);
		return good(await seller.post(`/supplier/orders/` +
		    `${o.bought.public_id}/changes/${c.id}/${event}`,
		    { version: c.version, ...more },
		    { page: `/supplier/orders/${o.bought.public_id}` }));
	};
	return {
		slug: "nordlicht", supplier: "elbe",
		async start()
		{
			await buyer.signIn("nordlicht.user");
			await seller.signIn("elbe.user");
		},
		async place(items)
		{
			const number = unique("S");
			const fields = { _event: "submit", partner_number: number,
				requested_date: day(14), order_kind: "standard" };
			const form = await buyer.json("/distributor/orders/new");
			fields.ship_to = form.addresses[0].id;
			items.forEach((it, i) => {
				fields[`lines[${i}][item]`] = it.number;
				fields[`lines[${i}][quantity]`] = 10 + i;
			});
			await good(await buyer.post("/distributor/orders", fields,
			    { page: "/distributor/orders/new" }));
			return number;
		},
		acknowledge: async (o) => good(await step(seller, "supplier",
		    o.bought.public_id, o.bought.version, "acknowledge")),
		acceptAll: async (o) => good(await step(seller, "supplier",
		    o.bought.public_id, o.bought.version, "confirm")),
		async answer(o, l)
		{
			await good(await lines(o, "confirm", [l[0]]));
			// Its version moves when the worker settles what was confirmed.
			const early = await until("it is not the version", async () => {
				const r = await step(seller, "supplier",
				    o.bought.public_id, seen(o.number).bought.version,
				    "respond");
				return r.status !== 412 && r;
			}, 20000);
			assert.equal(early.status, 422,
			    "CA is refused while any line is unanswered");
			await early.text();
			await good(await lines(o, "propose", [l[1]], {
				"items[0][schedule][0][quantity]": 6,
				"items[0][schedule][0][date]": day(14),
				"items[0][schedule][1][quantity]": 5,
				"items[0][schedule][1][date]": day(30),
				"items[0][reason_code]": "capacity" }));
			await good(await lines(o, "propose", [l[2]], {
				"items[0][schedule][0][quantity]": 8,
				"items[0][schedule][0][date]": day(14),
				"items[0][backorder][quantity]": 4,
				"items[0][backorder][date]": day(40),
				"items[0][reason_code]": "material" }));
			assert.match(await (await lines(o, "reject", [l[3]])).text(),
			    /give a reason/, "a rejection needs a reason");
			await good(await lines(o, "reject", [l[3]],
			    { "items[0][reason_code]": "discontinued" }));
			await good(await lines(o, "propose", [l[4]], {
				"items[0][substitute]": o.other.number,
				"items[0][reason_code]": "not_available" }));
		},
		async change(o, code, asked)
		{
			const page = `/distributor/orders/${o.sales.public_id}/change`;
			const form = await buyer.json(page);
			const fields = { version: form.order.version,
				_event: "preview" };
			form.draft.lines.forEach((l, i) => {
				const a = asked.find((x) => x.line_id === l.line_id);
				fields[`lines[${i}][line_id]`] = l.line_id;
				fields[`lines[${i}][item]`] = l.item;
				fields[`lines[${i}][quantity]`] = !a ? l.quantity
				    : a.action === "2" ? "" : a.ordered;
				fields[`lines[${i}][requested_date]`] =
				    l.requested_date;
			});
			const r = await buyer.post(page, fields);
			assert.equal(r.status, 303, (await r.text()).slice(0, 2000));
			const at = r.headers.get("location").split("?")[0];
			const preview = await (await buyer.get(at)).text();
			assert.match(preview, /Nothing has been sent yet/);
			await good(await buyer.post(`${at}/send`,
			    { version: (await buyer.json(at)).version },
			    { page: at }));
		},
		async takeBack(o)
		{
			const page = `/distributor/orders/${o.sales.public_id}`;
			const [c] = (await buyer.json(page)).changes;
			const r = await buyer.post(`${page}/changes/${c.id}/withdraw`,
			    { version: c.version, _back: page }, { page });
			await good(r);
			const told = await (await seller.get(
			    `/supplier/orders/${o.bought.public_id}`)).text();
			assert.match(told, /taken back; the former version stands/);
		},
		async readBoth(o, quantities)
		{
			const c = await theChange(o);
			for (const q of quantities)
				assert.ok(c.lines.some((l) => [l.old, l.new].some((w) =>
				    w?.quantity.value === String(q))), String(q));
		},
		cancel: async (o) => good(await step(buyer, "distributor",
		    o.sales.public_id, o.sales.version, "cancel",
		    { reason_code: "other" })),
		async readChange(o, old, now)
		{
			const html = await (await seller.get(
			    `/supplier/orders/${o.bought.public_id}`)).text();
			const row = /<section[^>]*id="changes"[\s\S]*?<\/section>/
			    .exec(html)[0].replace(/<[^>]*>/g, " ");
			assert.match(row, new RegExp(`\\b${old}\\b[\\s\\S]*\\b${now}\\b`),
			    "old and new side by side");
		},
		refuse: (o) => decide(o, "refuse", { reason_code: "capacity" }),
		accept: (o) => decide(o, "accept"),
		decide: async (o, event, picked) => good(await buyer.post(
		    `/distributor/order-lines/${event}`, Object.fromEntries([
		    ["_back", `/distributor/orders/${o.sales.public_id}`],
		    ...picked.map((l, i) => [`items[${i}][line]`, l.id])]),
		    { page: `/distributor/orders/${o.sales.public_id}` })),
	};
}

/* Both players by documents of one family. */
function byDocuments(family, slug, supplier)
{
	const buyer = new Machine(slug), seller = new Machine(supplier);
	let a, b;
	const hand = async (m, bytes) => {
		const d = await handIn(m, bytes, TYPES[family]);
		assert.equal(d.state, "applied", JSON.stringify(d.findings));
		return d;
	};
	const head = (o, code) => ({ number: unique("R"), order: o.bought.number,
		date: day(0), code });
	const line = (l, action, more = {}) => ({ line_id: l.line_id,
		gtin: l.gtin, action, ordered: l.ordered, confirmed: l.ordered,
		...more });
	return {
		slug, supplier,
		async start()
		{
			if (family !== "edifact")
				speak(family);
			a = agreement(slug, family);
			b = agreement(supplier, family);
		},
		end: () => family !== "edifact" && hush(family),
		async place(items)
		{
			const o = order(items, { wanted: day(14) });
			o.lines.forEach((l, i) => { l.quantity = 10 + i; });
			await hand(buyer, write[family](a, o));
			return o.number;
		},
		acknowledge: (o) => hand(seller, answer(family, b,
		    head(o, "9+AB"))),
		acceptAll: (o) => hand(seller, answer(family, b, head(o, "29"))),
		answer: (o, l) => hand(seller, answer(family, b, { ...head(o, "4"),
		    lines: [line(l[0], "5"),
			line(l[1], "3", { schedule: [
			    { quantity: 6, date: day(14) },
			    { quantity: 5, date: day(30) }] }),
			line(l[2], "3", { confirmed: 8, backordered: 4,
			    schedule: [
			    { quantity: 8, date: day(14) },
			    { quantity: 4, date: day(40) }] }),
			line(l[3], "7", { confirmed: 0 }),
			line(l[4], "3", { substitute: o.other.gtin, schedule: [
			    { quantity: l[4].ordered, date: day(14) }] })] })),
		change: (o, code, asked, number) => hand(buyer, change(family, a, {
		    order: o.number, date: day(0), code, number, lines: asked.map((x) => ({
			...x, gtin: o.sold.find((l) => l.line_id === x.line_id)
			    .gtin })) })),
		/* EDIFACT cancels the message; the others say what stands. */
		takeBack: (o, { number, lines }) => hand(buyer, change(family, a, {
		    order: o.number, date: day(0),
		    ...family === "edifact" ? { code: "1", number } : { lines } })),
		async readBoth(o, quantities)
		{
			const said = () => sentDoc(supplier, "order_change",
			    o.bought.number).then((d) => d.canonical.lines
			    .map((l) => Number(l.ordered)));
			await until(`a document with ${quantities}`, async () =>
			    JSON.stringify((await said()).sort()) ===
			    JSON.stringify([...quantities].sort()));
		},
		cancel: (o) => hand(buyer, change(family, a, { order: o.number,
		    date: day(0), code: "1", text: "no longer needed" })),
		async readChange(o, old, now)
		{
			const d = await sentDoc(supplier, "order_change",
			    o.bought.number);
			assert.equal(d.canonical.function, "change");
			const [l] = d.canonical.lines;
			assert.deepEqual([l.action, l.ordered], ["3", String(now)]);
			const bytes = await (await seller.fetch(
			    `/documents/${d.id}/bytes`)).text();
			assert.ok(bytes.includes(o.bought.number));
			assert.ok(!bytes.includes(o.number) &&
			    !bytes.includes(o.sales.number),
			    "nothing of the distributor's order");
		},
		refuse: (o) => hand(seller, answerToChange(family, b,
		    head(o, "27"))),
		accept: (o) => hand(seller, answerToChange(family, b,
		    head(o, "29"))),
		async decide(o, event, picked)
		{
			const r = await buyer.fetch(`/order-lines/${event}`, {
				method: "POST", body: JSON.stringify({
				    lines: picked.map((l) => l.id) }),
				headers: { "content-type": "application/json" } });
			assert.equal(r.status, 200, await r.text());
		},
	};
}

const players = {
	screen: atTheScreens(),
	edifact: byDocuments("edifact", "nordlicht", "elbe"),
	x12: byDocuments("x12", "donau", "isar"),
	ubl: byDocuments("ubl", "tyne", "isar"),
};

function play(channel)
{
	const p = players[channel];
	const name = (text) => `${channel}: ${text}`;
	let items, one, two;
	const now = (o) => Object.assign(o, seen(o.number));


	test(name("1 an order stands on both sides"), async () => {
		await p.start();
		items = itemsOf(p.supplier, p.slug, 6);
		one = { number: await p.place(items.slice(0, 5)),
			other: items[5] };
		await stands(one.number, "submitted", "open open open open open",
		    "acknowledged", "open open open open open");
	});

	test(name("2 AB carries no lines and never counts as acceptance"),
	    async () => {
		await p.acknowledge(now(one));
		await stands(one.number, "acknowledged",
		    "open open open open open", "acknowledged",
		    "open open open open open");
		const { items: waiting } = await new Machine(p.supplier)
		    .json(`/orders?view=unanswered&q=${now(one).bought.number}`);
		assert.equal(waiting.length, 1, "it is still unanswered");
	});

	test(name("3 CA answers every line: confirm, split, backorder, reject, " +
	    "substitute"), async () => {
		await p.answer(now(one), now(one).lines);
		const o = await stands(one.number, "conditional",
		    "accepted proposed proposed rejected proposed", "conditional",
		    "accepted proposed proposed rejected proposed");
		assert.deepEqual(o.lines.map((l) => [l.ordered, l.confirmed,
		    l.backordered, l.rejected]), [[10, 10, 0, 0], [11, 11, 0, 0],
		    [12, 8, 4, 0], [13, 0, 0, 13], [14, 14, 0, 0]]);
		for (const l of [...o.lines, ...o.sold])
			assert.equal(l.ordered, l.confirmed + l.backordered +
			    l.rejected, "the schedule sums to the quantity");
		const d = await sentDoc(p.slug, "order_response", one.number);
		assert.equal(d.canonical.response_code, "CA");
		assert.deepEqual(d.canonical.lines.map((l) => l.action),
		    ["5", "3", "3", "7", "3"]);
		assert.equal(d.canonical.lines[4].substitute_item.sellers_item_id,
		    items[5].number);
	});

	test(name("4 the buyer decides line by line"), async () => {
		const o = now(one);
		await p.decide(o, "accept", o.sold.slice(1, 3));
		await p.decide(o, "refuse", [o.sold[4]]);
		const done = await stands(one.number, "accepted",
		    "accepted accepted accepted rejected cancelled", "accepted",
		    "accepted accepted accepted rejected cancelled");
		assert.equal(done.sold[2].backordered, 4);
	});

	test(name("5 all is accepted at once by AP"), async () => {
		two = { number: await p.place(items.slice(0, 3)) };
		await stands(two.number, "submitted", "open open open",
		    "acknowledged", "open open open");
		await p.acceptAll(now(two));
		await stands(two.number, "accepted", "accepted accepted accepted",
		    "accepted", "accepted accepted accepted");
		const d = await sentDoc(p.slug, "order_response", two.number);
		assert.equal(d.canonical.response_code, "AP");
		assert.equal(d.canonical.lines, undefined, "AP carries no lines");
	});

	test(name("6 a change of an accepted order waits, and is read"),
	    async () => {
		const o = now(two);
		await p.change(o, "4", [{ line_id: o.sold[0].line_id, action: "3",
			ordered: 25 }]);
		const then = await stands(two.number, "change_pending",
		    "accepted accepted accepted", "change_pending",
		    "accepted accepted accepted");
		assert.deepEqual([then.sold[0].ordered, then.lines[0].ordered],
		    [10, 10], "the old version stands meanwhile");
		await p.readChange(now(two), 10, 25);
	});

	test(name("7 refused, the former version stands"), async () => {
		await p.refuse(now(two));
		const o = await stands(two.number, "accepted",
		    "accepted accepted accepted", "accepted",
		    "accepted accepted accepted");
		assert.deepEqual([o.sold[0].ordered, o.lines[0].ordered,
			o.sales.order_version], [10, 10, 1]);
		const d = await sentDoc(p.slug, "order_response", two.number);
		assert.equal(d.canonical.response_code, "RE");
	});

	test(name("8 accepted, the new version stands on both sides"),
	    async () => {
		const o = now(two);
		await p.change(o, "4", [{ line_id: o.sold[0].line_id, action: "3",
			ordered: 25 }, { line_id: o.sold[2].line_id,
			action: "2" }]);
		await stands(two.number, "change_pending",
		    "accepted accepted accepted", "change_pending",
		    "accepted accepted accepted");
		await p.accept(now(two));
		const then = await stands(two.number, "accepted",
		    "accepted accepted cancelled", "accepted",
		    "accepted accepted cancelled");
		assert.deepEqual([then.sold[0].ordered, then.sold[0].confirmed,
			then.lines[0].confirmed, then.sales.order_version],
		    [25, 25, 25, 3]);
		const d = await sentDoc(p.slug, "order_response", two.number);
		assert.equal(d.canonical.response_code, "AP");
	});

	test(name("9 a further change takes the place of one that waits"),
	    async () => {
		const o = now(two);
		const ask = (i, ordered) => p.change(now(two), "4", [{ action: "3",
		    line_id: o.sold[i].line_id, ordered }]);
		await ask(0, 30);
		await stands(two.number, "change_pending",
		    "accepted accepted cancelled", "change_pending",
		    "accepted accepted cancelled");
		await ask(1, 15);
		await until("the second change", () => changesOf(o).length === 4);
		assert.deepEqual(changesOf(o).slice(-2), ["superseded", "pending"]);
		await p.readBoth(now(two), [30, 15]);
		await p.accept(now(two));
		const then = await stands(two.number, "accepted",
		    "accepted accepted cancelled", "accepted",
		    "accepted accepted cancelled");
		assert.deepEqual([then.sold[0].confirmed, then.lines[0].confirmed,
			then.sold[1].confirmed, then.lines[1].confirmed,
			then.sales.order_version], [30, 30, 15, 15, 5],
		    "what both asked for stands");
	});

	test(name("10 what waits is taken back"), async () => {
		const o = now(two);
		const number = unique("AE");
		await p.change(o, "4", [{ line_id: o.sold[0].line_id, action: "3",
			ordered: 40 }], number);
		await stands(two.number, "change_pending",
		    "accepted accepted cancelled", "change_pending",
		    "accepted accepted cancelled");
		await p.takeBack(now(two), { number,
			lines: [{ ...o.sold[0], action: "3" }] });
		const then = await stands(two.number, "accepted",
		    "accepted accepted cancelled", "accepted",
		    "accepted accepted cancelled");
		assert.deepEqual([then.sold[0].ordered, then.lines[0].ordered,
			then.sales.order_version], [30, 30, 5]);
		assert.equal(changesOf(o).at(-1), "withdrawn");
		await p.readBoth(now(two), [30]);
	});

	test(name("11 a cancellation after acceptance needs the seller"),
	    async () => {
		await p.cancel(now(two));
		await stands(two.number, "change_pending",
		    "accepted accepted cancelled", "change_pending",
		    "accepted accepted cancelled");
		const d = await sentDoc(p.supplier === "elbe" ||
		    channel !== "screen" ? p.supplier : "elbe", "order_change",
		    now(two).bought.number);
		assert.equal(d.canonical.function, "cancel");
		await p.refuse(now(two));
		await stands(two.number, "accepted",
		    "accepted accepted cancelled", "accepted",
		    "accepted accepted cancelled");
		await p.cancel(now(two));
		await stands(two.number, "change_pending",
		    "accepted accepted cancelled", "change_pending",
		    "accepted accepted cancelled");
		await p.accept(now(two));
		await stands(two.number, "cancelled",
		    "cancelled cancelled cancelled", "cancelled",
		    "cancelled cancelled cancelled");
	});

	test(name("12 before acceptance a change stands at once"), async () => {
		const three = { number: await p.place(items.slice(0, 2)) };
		await stands(three.number, "submitted", "open open",
		    "acknowledged", "open open");
		const o = now(three);
		await p.change(o, "4", [{ line_id: o.sold[1].line_id, action: "3",
			ordered: 40 }]);
		const then = await stands(three.number, "submitted", "open open",
		    "acknowledged", "open open");
		assert.deepEqual([then.sold[1].ordered, then.lines[1].ordered,
			then.sales.order_version], [40, 11, 2],
		    "the supplier's order is not edited silently");
		await p.refuse(now(three));
		await until("the former version", () => now(three).sales
		    .order_version === 1 && now(three).sold[1].ordered === 11);
		await p.cancel(now(three));
		await stands(three.number, "cancelled", "cancelled cancelled",
		    "cancelled", "cancelled cancelled");
		p.end?.();
	});
}

/* Side by side, but for the two that speak for the same supplier. */
describe("a scripted supplier", { concurrency: 3 }, () => {
	for (const channels of [["screen"], ["edifact"], ["x12", "ubl"]])
		describe(channels.join(" and "), { concurrency: 1 },
		    () => channels.forEach(play));
});

after(() => ["x12", "ubl"].forEach(hush));
