// SPDX-License-Identifier: Apache-2.0
// "View as partner" over all routes: what is read answers, what writes is
// refused by the server, every page says what it is, everything leaves a trace.
import assert from "node:assert/strict";
import test from "node:test";
import { sql, until, Visitor } from "../lib/kontor.mjs";
import { doorsOf, routes } from "../lib/routes.mjs";

const NOBODY_ID = "01900000-0000-7000-8000-00000000dead";
const fill = (path) => path.replace(/:event/, "cancel")
    .replace(/:\w+/g, NOBODY_ID);
const partner = (slug) => sql(`select public_id as id, name, id as key
    from core.partner where slug = '${slug}'`)[0];

/** Signs in at the desk and looks through a partner's eyes. */
async function look(slug, name = "manager.one", reason = "asked by phone")
{
	const p = partner(slug);
	const v = await new Visitor().signIn(name);
	const page = `/desk/partners/${p.id}`;
	const r = await v.post("/view", { partner: p.id, reason },
	    { page: "/desk/home" });
	return { v, p, r, page };
}

const audit = (p, kind) => sql(`select result, operation, object, account,
    detail from core.audit where kind = '${kind}' and partner_id = ${p.key}
    order by id desc limit 400`);

for (const [slug, door] of [["elbe", "supplier"], ["nordlicht", "distributor"]])
	test(`a view of ${slug} reads everything and writes nothing`,
	    async (t) => {
		const { v, p, r, page } = await look(slug);
		assert.equal(r.status, 303, await r.text());
		assert.match(r.headers.get("location"), new RegExp(`^/${door}/`));
		const mine = routes.filter((x) => doorsOf(x).includes(door));
		await t.test("pages say what they are", async () => {
			const home = await (await v.get(`/${door}/home`)).text();
			assert.match(home, /class="viewing bar"/);
			assert.doesNotMatch(home, /documents\/new/,
			    "nothing is offered that would be refused");
			assert.ok(home.includes(p.name));
			assert.match(home, /asked by phone/);
		});
		await t.test("what is read answers", async () => {
			const own = await new Visitor().signIn(`${slug}.admin`);
			for (const x of mine.filter((y) => y.method === "GET" &&
			    !y.path.includes(":"))) {
				const ask = async (who) => (await who.get(
				    `/${door}${x.path}`, "application/json")).status;
				const [{ permission }] = sql(`select permission
				    from core.operation where name = '${x.operation}'`);
				const reads = permission.endsWith(".read") ||
				    permission === "account.own";
				assert.equal(await ask(v), reads ? await ask(own) : 403,
				    x.path);
			}
		});
		await t.test("a file comes, and counts as taken by nobody",
		    async () => {
			const file = () => sql(`select h.public_id as of,
			    a.public_id as id, a.fetched_at from orders.attachment a
			    join orders.head h on h.id = a.order_id
			    where a.partner_id = ${p.key} and a.withdrawn_at is null
			    and a.visibility = 'public'
			    order by a.fetched_at is null desc, a.id limit 1`)[0];
			const f = file();
			assert.equal((await v.get(`/${door}/orders/${f.of}/files/${
			    f.id}`, "*/*")).status, 200);
			assert.deepEqual(file(), f);
		});
		await t.test("what writes is refused", async () => {
			const token = await v.formToken(`/${door}/home`);
			const writing = mine.filter((y) => y.method !== "GET");
			assert.ok(writing.length > 5);
			for (const x of writing) {
				const path = `/${door}${fill(x.path)}`;
				const a = x.input === "BYTES" ? await v.fetch(path, {
					method: "POST", body: upload(token),
					headers: { origin: "https://" + new URL(r.url).host,
					    accept: "application/json" } })
				    : await v.post(path, { form_token: token },
					{ accept: "application/json" });
				const said = await a.json();
				assert.deepEqual([a.status, said.code],
				    [403, "view.read_only"],
				    `${path} ${JSON.stringify(said)}`);
			}
		});
		await t.test("another door stays shut", async () => {
			for (const d of ["desk", "supplier", "distributor"])
				if (d !== door)
					assert.equal((await v.get(`/${d}/home`)).status, 404);
		});
		await t.test("everything leaves a trace", async () => {
			const began = audit(p, "view")[0];
			assert.equal(began.result, "ok");
			assert.equal(began.detail.reason, "asked by phone");
			await until("the pages in the audit", () => {
				const seen = audit(p, "read").map((x) => x.object);
				return seen.includes(`/${door}/home`) &&
				    seen.includes(`/${door}/orders`);
			});
			await until("the refusals", () => audit(p, "denial")
			    .some((x) => x.result === "view.read_only"));
		});
		await t.test("one step leads back", async () => {
			const back = await v.post("/membership", { membership: "desk",
			    next: page }, { page: `/${door}/home` });
			assert.equal(back.status, 303);
			assert.equal(back.headers.get("location"), page);
			const desk = await v.get(page);
			assert.equal(desk.status, 200);
			assert.doesNotMatch(await desk.text(), /class="viewing/);
			assert.equal(audit(p, "view")[0].result, "replaced");
		});
	});

/** A file as a form sends it. */
function upload(token)
{
	const form = new FormData();
	form.set("form_token", token);
	form.set("file", new Blob(["UNB+x'"]), "x.edi");
	return form;
}

test("only the house may look, and only where it looks after", async () => {
	const agent = await look("elbe", "agent.one");
	assert.equal(agent.r.status, 403);
	const foreign = await look("neckar");
	assert.equal(foreign.r.status, 404, "another manager's partner");
	const silent = await look("elbe", "manager.one", " ");
	assert.equal(silent.r.status, 422, "no reason");
	const v = await new Visitor().signIn("elbe.admin");
	const r = await v.post("/view", { partner: partner("nordlicht").id,
	    reason: "x" }, { page: "/supplier/home" });
	assert.equal(r.status, 403);
	const nobody = await new Visitor().post("/view", { partner: "x" },
	    { page: "/login" });
	assert.ok([303, 403].includes(nobody.status));
});

test("the step needs the form's own token", async () => {
	const v = await new Visitor().signIn("manager.one");
	const r = await v.post("/view", { partner: partner("elbe").id,
	    reason: "x", form_token: "no" });
	assert.equal(r.status, 403);
});
