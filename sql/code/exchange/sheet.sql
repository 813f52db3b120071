-- SPDX-License-Identifier: Apache-2.0
--
-- Sheets (CSV, XLSX) as documents, and what a document would do before it does
-- it: the difference, line by line.

-- A sheet comes from a person or machine of the partner; it names neither
-- sender nor receiver and is answered on the page alone.
create or replace function exchange.is_sheet(family text)
returns boolean language sql immutable as $$
	select coalesce(family in ('csv', 'xlsx'), false)
$$;

-- Runs a message's handler as if it counted, notes what it did and takes it
-- back. What the handler answers, with "changes".
create or replace function exchange.rehearse(call text, d exchange.document,
    canonical jsonb)
returns jsonb language plpgsql as $$
declare
	done jsonb;
	changes jsonb := '[]';
	before bigint := (select coalesce(max(id), 0) from orders.value);
begin
	begin
		execute format('select %s($1, $2, $3, false)', call) into done
		using d.partner_id, canonical, d.id;
		changes := exchange.changes_since(d, before, done);
		raise exception using errcode = 'KT018', message = 'rehearsed';
	exception when sqlstate 'KT018' then
		null;
	end;
	return done - '{object_id,object_number,object_type}'::text[]
	    || case when done ->> 'effect' = 'created' then '{}' else
	        jsonb_strip_nulls(jsonb_build_object(
	        'object_type', done -> 'object_type',
	        'object_id', done -> 'object_id',
	        'object_number', done -> 'object_number')) end
	    || jsonb_build_object('changes', exchange.with_parts_before(changes));
end
$$;

-- Which handlers can be rehearsed: those whose effect is on orders.
create or replace function exchange.can_rehearse(type text)
returns boolean language sql immutable as $$
	select coalesce(type in ('order', 'order_response', 'order_change',
	    'despatch', 'order_status'), false)
$$;

-- Beside what was said of lines: which changes of orders the document answered.
create or replace function exchange.changes_answered(d exchange.document,
    said jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (with a as (select h.number, h.public_id, h.kind, x,
	        jsonb_build_object('number', c.number, 'state', c.state) as answer
	    from orders.change c join orders.head h on h.id = c.order_id
	    cross join lateral jsonb_array_elements(case c.lines when '[]'
	        then '[{}]' else c.lines end) x
	    where c.answer_document_id = d.id)
	select (select coalesce(jsonb_agg(e || coalesce((select
	        jsonb_build_object('change', a.answer) from a
	        where a.number = e ->> 'order'
	        and a.x ->> 'line_id' = e ->> 'line_id'), '{}') order by n), '[]')
	    from jsonb_array_elements(said) with ordinality t (e, n))
	|| (select coalesce(jsonb_agg(jsonb_build_object('order', a.number,
	    'order_id', a.public_id, 'kind', a.kind, 'line_id', a.x -> 'line_id',
	    'key', l.id, 'item', a.x -> 'item', 'unit', a.x -> 'unit',
	    'state', jsonb_build_array(l.state, l.state), 'fields', '[]'::jsonb,
	    'parts', orders.current_parts(l.id), 'new', false,
	    'change', a.answer) order by a.number, l.position), '[]') from a
	join orders.head h on h.public_id = a.public_id
	left join orders.line l on l.order_id = h.id
	    and l.line_id = a.x ->> 'line_id'
	where not exists (select from jsonb_array_elements(said) e
	    where e ->> 'order' = a.number
	    and e ->> 'line_id' = a.x ->> 'line_id')));
end
$$;

-- What was said of lines by this document since then, or the lines of the order
-- that it made.
--   entry  {"order", "order_id", "line_id", "line": uuid, "item", "unit",
--           "place": "/lines/0", "state": [old, new], "fields": [{"field",
--           "old", "new"}], "parts": [new], "new": bool}
create or replace function exchange.changes_since(d exchange.document,
    before bigint, done jsonb)
returns jsonb language plpgsql stable as $$
declare
	made uuid := case when done ->> 'effect' = 'created'
	    and done ->> 'object_type' = 'order'
	    then (done ->> 'object_id')::uuid end;
begin
	if made is not null then
		return exchange.lines_made(made);
	end if;
	return exchange.changes_answered(d, (select coalesce(jsonb_agg(
	    jsonb_build_object('order', h.number,
	    'order_id', h.public_id, 'kind', h.kind, 'line_id', l.line_id, 'line', l.public_id,
	    'key', l.id,
	    'item', l.item_id, 'unit', l.unit, 'place', c.place,
	    'state', jsonb_build_array(c.was, l.state), 'fields', c.fields,
	    'parts', orders.current_parts(l.id), 'new', false)
	    order by h.number, l.position), '[]')
	from (select v.line_id, min(substring(v.pointer from '^/lines/\d+'))
	        as place, min(v.old) filter (where v.field = 'status') as was,
	        coalesce(jsonb_agg(jsonb_build_object('field', v.field,
	            'old', v.old, 'new', v.value) order by v.id)
	            filter (where v.field <> 'status'), '[]') as fields
	    from orders.value v
	    where v.partner_id = d.partner_id and v.id > before
	    and v.document_id = d.id group by v.line_id) c
	join orders.line l on l.id = c.line_id
	join orders.head h on h.id = l.order_id));
end
$$;

create or replace function exchange.lines_made(of_order uuid)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_build_object(
	    'order', h.partner_number, 'kind', h.kind, 'line_id', l.line_id, 'item', l.item_id,
	    'unit', l.unit, 'place', '/lines/' || l.position - 1,
	    'state', jsonb_build_array(null, l.state), 'fields',
	    jsonb_build_array(jsonb_build_object('field', 'price', 'old', null,
	        'new', orders.plain(l.price))), 'parts',
	    orders.current_parts(l.id), 'new', true) order by l.position), '[]')
	from orders.head h join orders.line l on l.order_id = h.id
	where h.public_id = of_order);
end
$$;

-- The rehearsal is over: the schedules are as they were.
create or replace function exchange.with_parts_before(changes jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(c - 'key' || jsonb_build_object(
	    'parts_before', orders.current_parts((c ->> 'key')::bigint))
	    order by n), '[]')
	from jsonb_array_elements(changes) with ordinality t (c, n));
end
$$;

-- Parts as pages show them: what is promised, for when.
create or replace function exchange.parts_json(parts jsonb, unit text)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('kind', p ->> 'kind',
	    'quantity', orders.quantity((p ->> 'quantity')::numeric, unit),
	    'date', p ->> 'date') order by n), '[]')
	from jsonb_array_elements(case jsonb_typeof(parts) when 'array' then parts
	    else '[]' end) with ordinality t (p, n)
	where p ->> 'kind' <> 'cancelled' or jsonb_array_length(parts) = 1);
end
$$;

-- The difference that a preview would make.
--   result  {"total": 993, "errors": 7, "lines": [{"order", "order_id",
--            "line_id", "item": {"number", "name"}, "row": 14 | null,
--            "new": bool, "state", "was", "before": [part], "after": [part],
--            "price": {"old", "new"} | null, "change": {"number", "state"} |
--            null: answered by it, "shipped": {"old": quantity,
--            "new": quantity} | null, "reason": text | null}]}
--           the first 500; part {"kind", "quantity", "date"}
create or replace function exchange.differences_json(d exchange.document)
returns json language plpgsql stable as $$
begin
	if not d.preview or d.state not in ('preview', 'replayed', 'discarded')
	then
		return null;
	end if;
	return (with c as (select m.id, m.locators, e, m.position, n
	    from exchange.message m, jsonb_array_elements(coalesce(m.changes,
	        '[]')) with ordinality t (e, n)
	    where m.document_id = d.id order by m.position, n),
	s as (select * from c limit 500),
	r as (select x.id, substring(l.key from '^/lines/\d+') as place,
	        min((l.value ->> 'segment')::int) as nth
	    from (select distinct on (id) id, locators from s) x,
	        jsonb_each(x.locators) l
	    where l.value ? 'column' group by 1, 2)
	select json_build_object('total', (select count(*) from c),
	    'more', (select count(*) > 500 from c),
	    'errors', (select count(*) from exchange.finding f
	        where f.document_id = d.id and f.severity = 'error'),
	    'lines', (select coalesce(json_agg(exchange.difference_json(s.e,
	        r.nth) order by s.position, s.n), '[]') from s left join r on r.id = s.id
	        and r.place = s.e ->> 'place')));
end
$$;

create or replace function exchange.difference_json(c jsonb, nth int)
returns json language plpgsql stable as $$
begin
	return (select json_build_object('order', c ->> 'order',
	    'order_id', c ->> 'order_id', 'line_id', c ->> 'line_id',
	    'item', (select json_build_object('number', i.number, 'name',
	        case core.me_language() when 'de' then i.name_de
	        else i.name_en end) from item.item i
	        where i.id = (c ->> 'item')::bigint),
	    'row', nth,
	    'new', (c ->> 'new')::boolean, 'state', s.after,
	    'was', case when c #>> '{state,0}' is not null
	        then nullif(s.before, s.after) end,
	    'before', exchange.parts_json(c -> 'parts_before', c ->> 'unit'),
	    'after', exchange.parts_json(c -> 'parts', c ->> 'unit'),
	    'price', (select json_build_object('old', f ->> 'old',
	        'new', f ->> 'new')
	        from jsonb_array_elements(c -> 'fields') f
	        where f ->> 'field' = 'price' limit 1),
	    'change', c -> 'change',
	    'shipped', (select json_build_object('old', orders.quantity(coalesce(
	        (f ->> 'old')::numeric, 0), c ->> 'unit'), 'new', orders.quantity(
	        (f ->> 'new')::numeric, c ->> 'unit'))
	        from jsonb_array_elements(c -> 'fields') f
	        where f ->> 'field' = 'shipped_quantity' limit 1),
	    'reason', (select f ->> 'new'
	        from jsonb_array_elements(c -> 'fields') f
	        where f ->> 'field' = 'reason' limit 1))
	from (select orders.line_status(c #>> '{state,0}', c ->> 'kind',
	        core.me_portal()) as before, orders.line_status(
	        c #>> '{state,1}', c ->> 'kind', core.me_portal()) as after) s);
end
$$;
