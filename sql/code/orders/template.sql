-- SPDX-License-Identifier: Apache-2.0
--
-- Templates: what a distributor orders again and again, kept by name from an
-- order. A new order starts from it; prices and dates are those of that day.

-- What an order leaves for another one: kind, items and quantities.
create or replace function orders.copy_draft(h orders.head)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('order_kind', h.order_kind,
	    'lines', coalesce(h.draft -> 'lines', (select jsonb_agg(
	        jsonb_build_object('item', i.number,
	        'quantity', trim_scale(l.ordered)::text, 'name',
	        case core.me_language() when 'de' then i.name_de
	            else i.name_en end, 'unit', i.unit) order by l.position)
	        from orders.line l join item.item i on i.id = l.item_id
	        where l.order_id = h.id), '[]')));
end
$$;

-- The draft that a template starts; 404 when it is not the caller's.
create or replace function orders.template_draft(id text)
returns jsonb language plpgsql stable as $$
declare
	t orders.template;
begin
	select * into t from orders.template x
	where x.public_id = core.try_uuid(template_draft.id);
	if t.id is null then
		perform core.fail_absent();
	end if;
	return t.content || jsonb_build_object('lines', (select jsonb_agg(
	    e || jsonb_build_object('name', case core.me_language() when 'de'
	        then i.name_de else i.name_en end, 'unit', i.unit) order by n)
	    from jsonb_array_elements(t.content -> 'lines')
	        with ordinality x (e, n)
	    left join item.item i on i.number = e ->> 'item'));
end
$$;

-- The caller's templates by name.
--   input   after, limit
--   result  {"items": [{"id", "name", "lines": 3, "person", "created_at",
--           "first": ["Pump HX 16"] (at most three items), "others": 0}],
--           "next",
--           "can": {"create": true}}
create or replace function api.templates_list(input jsonb)
returns json language plpgsql stable as $$
declare
	most int := core.page_limit(input);
	keys jsonb := core.cursor_read('templates_list', input);
	found orders.template[];
begin
	found := array(select t from orders.template t
	    where keys is null or (lower(t.name), t.id)
	        > (keys ->> 0, (keys ->> 1)::bigint)
	    order by lower(t.name), t.id limit most + 1);
	return json_build_object('items', (select coalesce(json_agg(
	        json_build_object('id', t.public_id, 'name', t.name,
	        'lines', jsonb_array_length(t.content -> 'lines'),
	        'person', core.person_name(t.person_id),
	        'created_at', t.created_at, 'first', (select json_agg(
	            case core.me_language() when 'de' then i.name_de
	            else i.name_en end order by n)
	            from jsonb_array_elements(t.content -> 'lines')
	                with ordinality x (e, n)
	            join item.item i on i.number = e ->> 'item'
	            where n <= 3), 'others', greatest(jsonb_array_length(
	            t.content -> 'lines') - 3, 0)) order by lower(t.name), t.id), '[]')
	        from unnest(found[:most]) t),
	    'next', case when cardinality(found) > most then core.cursor_make(
	        'templates_list', input, jsonb_build_array(
	        lower((found[most]).name), (found[most]).id)) end,
	    'can', '{"create": true}'::json);
end
$$;
select core.operation('templates_list', permission => 'orders.create',
    input => '{"after": "line?", "limit": "int?"}');

-- Keeps an order as a template.
--   input   id of the order, name
--   result  201, location /templates, {"id", "name"}
--   errors  404; 422 /name (templates.name.used), orders.line.none
create or replace function api.templates_create(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.by_id(input);
	called text := trim(coalesce(input ->> 'name', ''));
	draft jsonb := orders.copy_draft(h);
	made orders.template;
begin
	perform core.fail_if_wrong((select coalesce(jsonb_agg(w), '[]') from (
	    select core.wrong('/name', 'value.required') w where called = ''
	    union all
	    select core.wrong('/name', 'value.long', '{"max": 80}')
	    where length(called) > 80
	    union all
	    select core.wrong('/name', 'orders.line.none')
	    where draft -> 'lines' = '[]') x));
	insert into orders.template (public_id, partner_id, name, content,
	    person_id, created_at)
	values (core.uuid7(), core.me_partner(), called, draft || jsonb_build_object(
	    'lines', (select jsonb_agg(jsonb_build_object('item', e -> 'item',
	        'quantity', e -> 'quantity') order by n)
	        from jsonb_array_elements(draft -> 'lines')
	            with ordinality x (e, n))), core.me_person(), core.now())
	on conflict (partner_id, lower(name)) do nothing returning * into made;
	if made.id is null then
		perform core.fail_if_wrong(jsonb_build_array(
		    core.wrong('/name', 'templates.name.used')));
	end if;
	return core.created('/templates', json_build_object('id',
	    made.public_id, 'name', made.name), null);
end
$$;
select core.operation('templates_create', permission => 'orders.create',
    writes => true, input => '{"id": "uuid", "name": "line?"}');

-- Removes a template; orders made from it stay.
--   input   id
--   result  200, location /templates
--   errors  404
create or replace function api.templates_delete(input jsonb)
returns core.answer language plpgsql as $$
begin
	delete from orders.template t where t.public_id = core.input_id(input);
	if not found then
		perform core.fail_absent();
	end if;
	return row(200, null, '/templates', '{}'::json)::core.answer;
end
$$;
select core.operation('templates_delete', permission => 'orders.create',
    writes => true, input => '{"id": "uuid"}');
