// SPDX-License-Identifier: Apache-2.0
// Service cases over HTTP: a distributor logs a request with a photo, an
// agent answers, nothing internal leaves the house; as XML by a machine.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import { logins, Machine, sql, until, URL_BASE, Visitor }
    from "../lib/kontor.mjs";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlE" +
    "QVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const slugOf = (l) => l.login.split(".")[0];
const who = (role) => logins().filter((l) => l.role.startsWith(role));
const distributors = who("distributor");
const [first, other] = [distributors[0],
    distributors.find((l) => slugOf(l) !== slugOf(distributors[0]))];
const agent = who("agent")[0];

/** Posts a form with a file, as a browser does. */
async function upload(visitor, path, page, fields, file)
{
	const form = new FormData();
	form.set("form_token", await visitor.formToken(page));
	for (const [k, v] of Object.entries(fields))
		form.set(k, v);
	form.set("file", new Blob([file]), "photo.png");
	return visitor.fetch(path, { method: "POST", body: form,
	    headers: { origin: URL_BASE, "sec-fetch-site": "same-origin" } });
}

test("a distributor logs a request with a photo and reads number and due time",
    async () => {
	const v = await new Visitor().signIn(first.login);
	const r = await upload(v, "/distributor/cases", "/distributor/cases/new",
	    { subject: "Pump loses pressure", case_type: "request",
	    priority: "high", serial: "HX-1", symptom: "3 bar" }, PNG);
	assert.equal(r.status, 303, await r.clone().text());
	const path = new URL(r.headers.get("location"), URL_BASE).pathname;
	const page = await (await v.get(path)).text();
	assert.match(page, /SR-\d{4}-\d{5}/);
	const shown = await v.json(path);
	assert.ok(Date.parse(shown.response_due) < Date.parse(shown.solution_due));
	assert.equal(shown.attachments.length, 1);
	const file = await v.get(`${path}/files/${shown.attachments[0].id}`, "*/*");
	assert.equal(file.headers.get("content-type"), "image/png");
	assert.match(file.headers.get("content-disposition"), /^attachment/);
	assert.deepEqual(Buffer.from(await file.arrayBuffer()), PNG);
});

test("what is no picture is refused on the form, and nothing typed is lost",
    async () => {
	const v = await new Visitor("de").signIn(first.login);
	const r = await upload(v, "/distributor/cases", "/distributor/cases/new",
	    { subject: "Nicht verloren", case_type: "request",
	    priority: "normal" }, Buffer.from("<html>"));
	assert.equal(r.status, 422);
	const page = await r.text();
	assert.match(page, /weder ein Bild noch ein PDF/);
	assert.match(page, /Nicht verloren/);
});

test("an agent answers; an internal note never reaches the partner", async () => {
	const erp = new Machine(slugOf(first));
	const made = await erp.fetch("/cases", { method: "POST",
	    body: JSON.stringify({ subject: "Seal leaks" }),
	    headers: { "content-type": "application/json",
	    "idempotency-key": randomUUID() } });
	assert.equal(made.status, 201, await made.clone().text());
	const { id } = await made.json();
	const v = await new Visitor().signIn(agent.login);
	const page = `/desk/cases/${id}`;
	const secret = `internal ${randomUUID()}`;
	for (const [event, fields] of [["assign", { version: "1" }],
	    ["note", { text: secret }], ["ask", { text: "Which model?",
	    version: "3" }]]) {
		const r = await v.post(`${page}/${event}`, fields, { page });
		assert.equal(r.status, 303, `${event}: ${await r.text()}`);
	}
	const seen = await erp.json(`/cases/${id}`);
	assert.equal(seen.state, "awaiting_partner");
	assert.deepEqual(seen.messages.map((m) => m.text), ["Which model?"]);
	for (const path of [`/cases/${id}`, "/cases?view=all", "/activity?since=0"])
		assert.ok(!JSON.stringify(await erp.json(path)).includes(secret), path);
	assert.ok((await (await v.get(page)).text()).includes(secret));
});

test("another partner's case is absent, by id, list and file", async () => {
	const [row] = sql(`select c.public_id as id, a.public_id as file
	    from cases.head c join cases.attachment a on a.case_id = c.id
	    join core.partner p on p.id = c.partner_id
	    where p.slug = '${slugOf(first)}' limit 1`);
	const foreign = new Machine(slugOf(other));
	for (const path of [`/cases/${row.id}`, `/cases/${row.id}/files/${row.file}`])
		assert.equal((await foreign.fetch(path)).status, 404);
	const list = await foreign.json("/cases?view=all&limit=200");
	assert.ok(!JSON.stringify(list).includes(row.id));
	const reply = await foreign.fetch(`/cases/${row.id}/reply`, {
		method: "POST", body: '{"text": "x"}',
		headers: { "content-type": "application/json" } });
	assert.equal(reply.status, 404);
});

test("a ServiceCase document opens a case and is answered by its status",
    async () => {
	const [sender] = sql(`select p.slug from exchange.agreement a
	    join core.partner p on p.id = a.partner_id
	    where a.guides ? 'case' and a.valid_until is null limit 1`);
	assert.ok(sender, "a demo partner exchanges cases");
	const erp = new Machine(sender.slug);
	const own = `C-${randomUUID().slice(0, 8)}`;
	const xml = `<?xml version="1.0" encoding="UTF-8"?>
<ServiceCase xmlns="urn:kontor:service-case:1"><ID>${own}-1</ID>
<IssueDate>2026-11-22</IssueDate><Action>open</Action>
<PartnerCaseID>${own}</PartnerCaseID><CaseTypeCode>complaint</CaseTypeCode>
<Subject>Wrong colour</Subject><Symptom>blue &amp; not red</Symptom>
<Product><SerialID>HX-77</SerialID></Product></ServiceCase>`;
	const r = await erp.send(xml, "application/xml", { prefer: "wait=10" });
	assert.equal(r.status, 200);
	const doc = await r.json();
	assert.equal(doc.state, "applied", JSON.stringify(doc.findings));
	const [row] = sql(`select c.public_id as id, c.symptom from cases.head c
	    where c.partner_case_id = '${own}'`);
	assert.equal(row.symptom, "blue & not red");
	const v = await new Visitor().signIn(agent.login);
	await v.post(`/desk/cases/${row.id}/assign`, { version: "1" },
	    { page: `/desk/cases/${row.id}` });
	const out = await until("the status document", () => sql(`select
	    d.public_id as id from exchange.document d where d.type = 'case_status'
	    and d.state = 'ready' and d.canonical ->> 'partner_case_id' = '${own}'`)[0]);
	const answer = await (await erp.fetch(`/documents/${out.id}/bytes`)).text();
	assert.match(answer, /<StatusCode>open<\/StatusCode>/);
	assert.match(answer, new RegExp(`<PartnerCaseID>${own}`));
});

test("a question about an order line stands at the line and in the case",
    async () => {
	const v = await new Visitor().signIn(first.login);
	const erp = new Machine(slugOf(first));
	const { items } = await erp.json("/orders?view=open&limit=50");
	const o = await erp.json(`/orders/${items.find((x) =>
	    x.state !== "draft").id}`);
	const [line] = o.lines;
	const order = `/distributor/orders/${o.id}`;
	const form = `/distributor/cases/new?order_line=${line.id}`;
	assert.ok((await (await v.get(order)).text()).includes(`href="${form}"`));
	const page = await (await v.get(form)).text();
	assert.ok(page.includes(`${o.number} / ${line.line_id}`));
	const send = (subject) => v.post("/distributor/cases", { subject,
	    case_type: "enquiry", priority: "normal", order_line: line.id },
	    { page: form });
	const again = await send("");
	assert.equal(again.status, 422);
	assert.ok((await again.text()).includes(
	    `name="order_line" value="${line.id}"`), "the line is not forgotten");
	const subject = `Which flange? ${randomUUID()}`;
	const r = await send(subject);
	assert.equal(r.status, 303, await r.clone().text());
	const made = new URL(r.headers.get("location"), URL_BASE).pathname;
	assert.ok((await (await v.get(made)).text()).includes(`href="${order}"`));
	assert.ok((await (await v.get(order)).text()).includes(subject));
	const shown = await erp.json(`/orders/${o.id}`);
	assert.equal(shown.lines[0].questions[0].subject, subject);
});

test("an account manager logs a request for a distributor", async () => {
	const am = await new Visitor().signIn("manager.one");
	const erp = new Machine("nordlicht");
	const [{ id }] = sql(`select public_id as id from core.partner
	    where slug = 'nordlicht'`);
	const page = `/desk/partners/${id}/cases/new`;
	assert.ok((await (await am.get(`/desk/partners/${id}`)).text())
	    .includes(`href="${page}"`));
	const subject = `By telephone ${randomUUID()}`;
	const send = (fields) => am.post(`/desk/partners/${id}/cases`,
	    { case_type: "request", priority: "normal", _back: page,
	    ...fields }, { page });
	const bad = await send({ subject: "", serial: "HX-9" });
	assert.equal(bad.status, 422);
	const again = await bad.text();
	assert.match(again, /HX-9/);
	assert.match(again, /Nordlicht Handel, purchasing/);
	const r = await send({ subject });
	assert.equal(r.status, 303, await r.clone().text());
	const made = new URL(r.headers.get("location"), URL_BASE).pathname
	    .split("/").pop();
	const seen = await erp.json(`/cases/${made}`);
	assert.equal(seen.origin, "desk");
	assert.match(seen.entered_by, /Account manager one/);
	const other = await new Visitor().signIn("manager.two");
	assert.equal((await other.get(page)).status, 404);
	const keeper = await new Visitor().signIn("administrator");
	assert.equal((await keeper.get(page)).status, 403);
});
