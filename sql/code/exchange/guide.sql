-- SPDX-License-Identifier: Apache-2.0
--
-- The published guides: what a document may contain and what it means. The
-- base guides are everybody's; a partner's own are seen by those who see an
-- agreement that names them.

revoke all on exchange.guide from kontor_public, kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant select on exchange.guide to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_admin;
grant insert, update, delete on exchange.guide to kontor_admin;

-- Makes these the published guides; others are withdrawn.
--   list    [{"name", "family", "type", "version", "document", "identity",
--           "page": {"en", "de"}, "sample"?}]
--   result  {"published": 40, "withdrawn": 0}
create or replace function exchange.guides_publish(list jsonb)
returns jsonb language plpgsql as $$
declare
	gone int;
begin
	delete from exchange.guide g where not exists (
	    select from jsonb_array_elements(list) e
	    where e ->> 'name' = g.name);
	get diagnostics gone = row_count;
	insert into exchange.guide (name, family, type, version, document,
	    identity, page, sample, published_at)
	select e ->> 'name', e ->> 'family', e ->> 'type', e ->> 'version',
	    e ->> 'document', e ->> 'identity', e -> 'page', e ->> 'sample',
	    core.now()
	from jsonb_array_elements(list) e
	on conflict on constraint guide_pk do update set family = excluded.family,
	    type = excluded.type, version = excluded.version,
	    document = excluded.document, identity = excluded.identity,
	    page = excluded.page, sample = excluded.sample,
	    published_at = excluded.published_at
	where (guide.page, guide.sample, guide.identity) is distinct from
	    (excluded.page, excluded.sample, excluded.identity);
	return jsonb_build_object('published', jsonb_array_length(list),
	    'withdrawn', gone);
end
$$;

-- May the caller see this guide?
create or replace function exchange.guide_seen(name text)
returns boolean language plpgsql stable as $$
begin
	return name ~ '^(edifact|x12|ubl|xml)/' or exists (
	    select from exchange.agreement a,
	        jsonb_each_text(a.guides || a.answer_guides) v
	    where a.valid_until is null and v.value = guide_seen.name);
end
$$;

-- The guides, by document and family; all of them at once.
--   result  {"items": [{"name", "document", "family", "type", "version",
--           "identity"}], "next": null}
create or replace function api.guides_list(input jsonb)
returns json language plpgsql stable as $$
begin
	return json_build_object('items', (select coalesce(json_agg(
	    json_build_object('name', g.name, 'document', g.document,
	    'family', g.family, 'type', g.type, 'version', g.version,
	    'identity', g.identity) order by g.document, g.family, g.name), '[]')
	from exchange.guide g where exchange.guide_seen(g.name)), 'next', null);
end
$$;
select core.operation('guides_list', permission => 'documents.read',
    input => '{}');

-- One guide in the reader's language.
--   input   family line, name line (edifact, orders-d96a)
--   result  {"name", "family", "type", "version", "document", "identity",
--           "rows": […], "rules": […], "lost": […], "sample": text | null}
create or replace function api.guides_show(input jsonb)
returns json language plpgsql stable as $$
declare
	g exchange.guide;
	page jsonb;
begin
	select * into g from exchange.guide x
	where x.name = (input ->> 'family') || '/' || (input ->> 'name')
	  and exchange.guide_seen(x.name);
	if g.name is null then
		perform core.fail_absent();
	end if;
	page := coalesce(g.page -> core.me_language(), g.page -> 'en');
	return json_build_object('name', g.name, 'family', g.family,
	    'type', g.type, 'version', g.version, 'document', g.document,
	    'identity', g.identity, 'rows', page -> 'rows',
	    'rules', page -> 'rules', 'lost', page -> 'lost',
	    'sample', g.sample);
end
$$;
select core.operation('guides_show', permission => 'documents.read',
    input => '{"family": "line", "name": "line"}');
