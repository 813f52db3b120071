// SPDX-License-Identifier: Apache-2.0
// Every route × every role × {own, another partner's, nobody}: generated from
// the route table, so that a new route is held to the walls at once (AZ-2,
// AZ-3). GET routes with an id are asked for ids of other partners.
import assert from "node:assert/strict";
import test from "node:test";
import { login, logins, Machine, portalOf, sql, URL_BASE, Visitor }
    from "../lib/kontor.mjs";
import { DOORS, doorsOf, routes } from "../lib/routes.mjs";

const ROLES = ["nordlicht.user", "nordlicht.admin", "elbe.user", "elbe.admin",
	"manager.one", "agent.one", "administrator"];
const NOBODY_ID = "00000000-0000-7000-8000-000000000000";
const visitors = {};
for (const name of ROLES)
	visitors[name] = await new Visitor().signIn(name);

const fill = (path, id) => path.replace(":id", id)
    .replace(/:\w+/g, "nothing");
const visits = routes.filter((r) => r.method === "GET" && doorsOf(r));

test("nobody sees nothing behind a door or in the API", async (t) => {
	for (const r of routes)
		for (const door of doorsOf(r))
			await t.test(`${r.method} /${door}${r.path}`, async () => {
				const path = `/${door}${fill(r.path, NOBODY_ID)}`;
				const page = await new Visitor().fetch(path,
				    { method: r.method,
				      headers: { accept: "application/json",
				          origin: URL_BASE } });
				assert.ok([401, 403].includes(page.status),
				    `${path}: ${page.status}`);
				const api = await fetch(
				    `${URL_BASE}/api/v1${fill(r.path, NOBODY_ID)}`,
				    { method: r.method });
				assert.ok([401, 404, 405].includes(api.status),
				    `api ${path}: ${api.status}`);
			});
});

test("a person of one portal gets 404 on the others", async (t) => {
	const portals = Object.fromEntries(logins()
	    .map((l) => [l.login, portalOf(l)]));
	for (const name of ROLES)
		for (const door of DOORS.filter((d) => d !== portals[name]))
			await t.test(`${name} at /${door}`, async () => {
				for (const r of visits.filter(
				    (x) => doorsOf(x).includes(door))) {
					const path = `/${door}${fill(r.path, NOBODY_ID)}`;
					const a = await visitors[name].get(path,
					    "application/json");
					assert.equal(a.status, 404, path);
				}
			});
});

/** Whether a login's role holds the permission of an operation. */
const held = new Set(grants().map((g) => `${g.role} ${g.name}`));
function grants()
{
	return sql(`select r.role, o.name from core.operation o
	    join core.role_permission r on r.permission = o.permission
	    union all select x.role, o.name from core.operation o
	    cross join (select distinct role from core.role_permission) x
	    where o.permission in ('any', 'public')`);
}
function holds(name, operation)
{
	const role = login(name).role.replace(" ", "_");
	return held.has(`${role} ${operation}`);
}

test("every route answers its own people", async (t) => {
	for (const name of ROLES) {
		const door = visitors[name].door.slice(1);
		for (const r of visits.filter((x) => doorsOf(x).includes(door) &&
		    !x.path.includes(":")))
			await t.test(`${name} ${r.path}`, async () => {
				const json = await visitors[name].get(
				    `/${door}${r.path}`, "application/json");
				assert.equal(json.status,
				    holds(name, r.operation) ? 200 : 403,
				    await json.clone().text());
				if (json.status !== 200 || r.page === null)
					return;
				const page = await visitors[name].get(
				    `/${door}${r.path}`);
				assert.equal(page.status, 200);
				assert.match(await page.text(), /<\/html>/);
			});
	}
});

test("a plan that a connection keeps answers like a fresh one", async () => {
	// More often than there are connections times the plans tried first.
	for (const name of ["nordlicht.user", "elbe.user", "manager.one"])
		for (const path of ["/home", "/orders", "/documents"])
			for (let i = 0; i < 48; i++) {
				const r = await visitors[name].get(
				    visitors[name].door + path, "application/json");
				assert.equal(r.status, 200, `${name} ${path} ${i}`);
				await r.arrayBuffer();
			}
});

/** Ids that another partner owns, by the first word of the path. */
const others = {
	orders: (slug) => sql(`select h.public_id as id from orders.head h
	    join core.partner p on p.id = h.partner_id
	    where p.slug <> '${slug}' and h.state <> 'draft' limit 5`),
	documents: (slug) => sql(`select d.public_id as id
	    from exchange.document d join core.partner p on p.id = d.partner_id
	    where p.slug <> '${slug}' limit 5`),
	cases: (slug) => sql(`select to_jsonb(c)->>'public_id' as id
	    from cases.head c join core.partner p on p.id = c.partner_id
	    where p.slug <> '${slug}' limit 5`),
	returns: (slug) => sql(`select to_jsonb(c)->>'public_id' as id
	    from returns.head c join core.partner p on p.id = c.partner_id
	    where p.slug <> '${slug}' limit 5`),
};

function foreign(kind, slug)
{
	try {
		return others[kind]?.(slug) ?? [];
	} catch {
		return [];
	}
}

test("another partner's object answers like a missing one", async (t) => {
	const people = { nordlicht: "nordlicht.admin", elbe: "elbe.admin" };
	for (const [slug, name] of Object.entries(people)) {
		const door = visitors[name].door.slice(1);
		const machine = new Machine(slug);
		for (const r of routes.filter((x) => x.path.includes(":id") &&
		    doorsOf(x).includes(door))) {
			const kind = r.path.split("/")[1];
			for (const { id } of foreign(kind, slug))
				await t.test(`${slug} ${r.method} ${r.path}`, async () => {
					const ask = async (which) => {
						const a = r.method === "GET"
						    ? await visitors[name].get(
							`/${door}${fill(r.path, which)}`,
							"application/json")
						    : await machine.fetch(fill(r.path, which),
							{ method: r.method, body: "{}",
							  headers: { "content-type":
							      "application/json" } });
						const body = await a.json().catch(() => ({}));
						return [a.status, body.code];
					};
					const [status, code] = await ask(id);
					assert.deepEqual([status, code],
					    await ask(NOBODY_ID));
					assert.ok(status >= 400, `${status}`);
				});
		}
	}
});

test("lists, counts and search stay within the partner", async () => {
	for (const [slug, name] of [["nordlicht", "nordlicht.admin"],
	    ["donau", "donau.user"], ["elbe", "elbe.admin"]]) {
		const visitor = visitors[name] ?? await new Visitor().signIn(name);
		const own = new Set(sql(`select h.public_id as id
		    from orders.head h join core.partner p on p.id = h.partner_id
		    where p.slug = '${slug}'`).map((r) => r.id));
		let path = `${visitor.door}/orders?view=all&limit=200`, seen = 0;
		while (path) {
			const page = await visitor.json(path);
			assert.ok(page.items, JSON.stringify(page).slice(0, 300));
			for (const o of page.items)
				assert.ok(own.has(o.id), `${slug} sees ${o.number}`);
			seen += page.items.length;
			path = page.next ? `${visitor.door}/orders?view=all&limit=200` +
			    `&after=${encodeURIComponent(page.next)}` : null;
		}
		assert.ok(seen > 0, `${slug} sees orders of its own`);
		const [stranger] = sql(`select h.number from orders.head h
		    join core.partner p on p.id = h.partner_id
		    where p.slug <> '${slug}' and h.state <> 'draft' limit 1`);
		const found = await visitor.json(
		    `${visitor.door}/orders?view=all&q=${stranger.number}`);
		assert.equal(found.items.length, 0);
	}
});
