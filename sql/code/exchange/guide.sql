-- SPDX-License-Identifier: Apache-2.0
--
-- The published guides: what a document may contain and what it means. The
-- base guides are everybody's; a partner's own are his whose agreement names
-- them, and the desk's.

revoke all on exchange.guide from kontor_public, kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant select on exchange.guide to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_admin;
grant insert, update, delete on exchange.guide to kontor_admin;

-- The guides that a partner's agreements name.
create or replace function exchange.guides_of(partner bigint)
returns text[] language plpgsql stable as $$
begin
	return array(select guide from exchange.agreement a,
	    unnest(array[a.guides, a.answer_guides]) named,
	    jsonb_each_text(named) v,
	    regexp_split_to_table(v.value, '[, ]+') guide
	    where a.partner_id = partner and a.valid_until is null);
end
$$;

select core.drop_policies('exchange.guide');
create policy partner on exchange.guide for select
	to kontor_distributor, kontor_supplier
	using (name ~ '^(edifact|x12|ubl|xml)/' or name = any (
	    exchange.guides_of((select core.me_partner()))));
create policy desk on exchange.guide for select to kontor_desk using (true);
create policy admin on exchange.guide to kontor_admin
	using (true) with check (true);

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
	from exchange.guide g), 'next', null);
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
	where x.name = (input ->> 'family') || '/' || (input ->> 'name');
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
