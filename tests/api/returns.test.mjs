// SPDX-License-Identifier: Apache-2.0
// Returns over HTTP: a distributor asks, an agent approves a part, receives
// and settles; too much is refused with what remains; as XML by a machine.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import { logins, Machine, sql, until, URL_BASE, Visitor }
    from "../lib/kontor.mjs";

const slugOf = (l) => l.login.split(".")[0];
const agent = logins().find((l) => l.role.startsWith("agent"));

/** A shipped order line of which something may still go back. */
function shippedLine(slug)
{
	const [row] = sql(`select l.public_id as id, l.line_id,
	    coalesce(h.partner_number, h.number) as number,
	    returns.remaining(l.id)::float as rest
	    from orders.line l join orders.head h on h.id = l.order_id
	    join core.partner p on p.id = h.partner_id
	    where h.kind = 'sales' and l.shipped >= 2 and p.slug = '${slug}'
	    and returns.remaining(l.id) >= 2 order by l.id desc limit 1`);
	assert.ok(row, `${slug} has a shipped line`);
	return row;
}

const [{ slug }] = sql(`select p.slug from orders.line l
    join orders.head h on h.id = l.order_id
    join core.partner p on p.id = h.partner_id
    where h.kind = 'sales' and l.shipped >= 2 group by p.slug
    order by count(*) desc limit 1`);
const user = logins().find((l) => slugOf(l) === slug);
const other = logins().find((l) => l.role.startsWith("distributor") &&
    slugOf(l) !== slug);

const wish = (line, quantity) => ({ "lines[0][order_line]": line.id,
    "lines[0][quantity]": String(quantity),
    "lines[0][reason_code]": "defective",
    "lines[0][expected_resolution]": "credit" });

test("more than remains is refused with the remaining quantity named",
    async () => {
	const line = shippedLine(slug);
	const v = await new Visitor("de").signIn(user.login);
	const r = await v.post("/distributor/returns", wish(line, line.rest + 1),
	    { page: "/distributor/returns/new" });
	assert.equal(r.status, 422);
	assert.match(await r.text(),
	    new RegExp(`nur noch ${line.rest} zurückgehen`));
});

test("asked for, approved in part, received and settled", async () => {
	const line = shippedLine(slug);
	const v = await new Visitor().signIn(user.login);
	const r = await v.post("/distributor/returns", wish(line, 2),
	    { page: "/distributor/returns/new" });
	assert.equal(r.status, 303, await r.clone().text());
	const id = new URL(r.headers.get("location"), URL_BASE).pathname
	    .split("/").pop();
	const a = await new Visitor().signIn(agent.login);
	const page = `/desk/returns/${id}`;
	const step = async (event, fields) => {
		const { version } = await a.json(page);
		return a.post(`${page}/${event}`, { version, ...fields }, { page });
	};
	const shown = await a.json(page);
	const one = { "lines[0][line]": shown.items[0].id };
	assert.equal((await step("approve",
	    { ...one, "lines[0][quantity]": "1" })).status, 422,
	    "less than asked for needs a reason");
	assert.equal((await step("approve", { ...one, "lines[0][quantity]": "1",
	    "lines[0][text]": "one is out of warranty" })).status, 303);
	assert.equal((await step("receive", {})).status, 303);
	assert.equal((await step("settle", { resolution: "credit",
	    settlement_number: "CN-1" })).status, 303);
	const done = await v.json(`/distributor/returns/${id}`);
	assert.equal(done.status, "settled");
	const [l] = done.items;
	assert.deepEqual([l.requested, l.approved, l.received, l.rejected],
	    ["2", "1", "1", "1"]);
	assert.equal(l.decision_text, "one is out of warranty");
});

test("another partner's return is absent", async () => {
	const [row] = sql(`select r.public_id as id from returns.head r
	    join core.partner p on p.id = r.partner_id where p.slug = '${slug}'
	    limit 1`);
	const foreign = new Machine(slugOf(other));
	assert.equal((await foreign.fetch(`/returns/${row.id}`)).status, 404);
	assert.equal((await foreign.fetch(`/returns/${row.id}/cancel`, {
		method: "POST", body: '{"version": 1}',
		headers: { "content-type": "application/json" } })).status, 404);
	assert.ok(!JSON.stringify(await foreign.json("/returns?view=all&limit=200"))
	    .includes(row.id));
});

test("a ReturnRequest document is answered by a ReturnDecision", async () => {
	const [sender] = sql(`select p.slug from exchange.agreement a
	    join core.partner p on p.id = a.partner_id
	    where a.guides ? 'return_request' and a.valid_until is null limit 1`);
	assert.ok(sender, "a demo partner exchanges returns");
	const line = shippedLine(sender.slug);
	const erp = new Machine(sender.slug);
	const own = `R-${randomUUID().slice(0, 8)}`;
	const xml = (number, quantity) => `<?xml version="1.0"?>
<ReturnRequest xmlns="urn:kontor:return-request:1"><ID>${number}</ID>
<IssueDate>2026-11-22</IssueDate><ReturnLine><ID>1</ID>
<OrderLineReference><OrderID>${line.number}</OrderID>
<LineID>${line.line_id}</LineID></OrderLineReference>
<Quantity unitCode="C62">${quantity}</Quantity>
<ReturnReasonCode>surplus</ReturnReasonCode>
<ExpectedResolutionCode>credit</ExpectedResolutionCode>
</ReturnLine></ReturnRequest>`;
	const send = async (bytes) => (await erp.send(bytes, "application/xml",
	    { prefer: "wait=10" })).json();
	const tooMuch = await send(xml(`${own}-x`, line.rest + 5));
	assert.notEqual(tooMuch.state, "applied");
	assert.ok(tooMuch.findings.some((f) =>
	    f.rule === "business.returns_line_over" &&
	    f.args.remaining === String(line.rest)), JSON.stringify(tooMuch.findings));
	const good = await send(xml(own, 1));
	assert.equal(good.state, "applied", JSON.stringify(good.findings));
	const [row] = sql(`select public_id as id from returns.head
	    where partner_return_id = '${own}'`);
	const a = await new Visitor().signIn(agent.login);
	await a.post(`/desk/returns/${row.id}/approve`, { version: "1" },
	    { page: `/desk/returns/${row.id}` });
	await until("a decision that approves", async () => {
		for (const { id } of sql(`select d.public_id as id
		    from exchange.document d
		    where d.type = 'return_decision' and d.state = 'ready'
		    and d.canonical ->> 'return_request' = '${own}'`)) {
			const answer = await erp.fetch(`/documents/${id}/bytes`);
			if (/<ApprovedQuantity>1</.test(await answer.text()))
				return true;
		}
		return false;
	}, 10000);
});
