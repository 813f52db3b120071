-- SPDX-License-Identifier: Apache-2.0
--
-- Where the values of an order's lines come from: each with who said it, for
-- whom, by which channel, in which place of which document, when, and what
-- took its place. What was ordered at first is kept once, in orders.version;
-- what was said later is in orders.value. Nothing of another partner's order
-- is told but to the desk: what flowed across is the house's word.

-- Where the order as placed says a line's value: the member of its canonical
-- line, or of the head where the line leaves it to the head.
--   e  the canonical line, doc the canonical order, place the line's pointer
create or replace function orders.wanted_at(e jsonb, doc jsonb, place text)
returns text language sql immutable as $$
	select case
	    when e ->> 'requested_date' <> '' then place || '/requested_date'
	    when e #>> '{schedule,0,date}' <> '' then place || '/schedule/0/date'
	    when doc ->> 'requested_date' <> '' then '/requested_date'
	    when doc ->> 'latest' <> '' then '/latest'
	    when doc ->> 'earliest' <> '' then '/earliest' end
$$;

-- What the lines of an order said at first.
--   of_line  one line of it; null: all
create or replace function orders.first_values(h orders.head, of_line bigint)
returns table (line bigint, field text, value text, pointer text)
language plpgsql stable as $$
#variable_conflict use_column
declare
	v orders.version;
begin
	select * into v from orders.version x
	where x.order_id = h.id and x.order_version = 1;
	return query
	with d as (select coalesce(e ->> 'line_id', n::text) as line_id, e,
	        '/lines/' || n - 1 as place
	    from jsonb_array_elements(v.content -> 'lines')
	        with ordinality t (e, n))
	select l.id, f.field, f.value, f.pointer
	from orders.line l left join d on d.line_id = l.line_id,
	lateral (values
	    ('ordered_quantity', coalesce(trim_scale(core.try_decimal(
	        d.e ->> 'ordered')), trim_scale(l.ordered))::text,
	        d.place || '/ordered'),
	    ('requested_date', case when d.e is null then l.requested_date::text
	        else coalesce(nullif(d.e ->> 'requested_date', ''),
	        d.e #>> '{schedule,0,date}', v.content ->> 'requested_date',
	        v.content ->> 'latest', v.content ->> 'earliest') end,
	        orders.wanted_at(d.e, v.content, d.place)),
	    ('price', orders.plain(coalesce(core.try_decimal(
	        d.e ->> 'price_amount'), l.price)),
	        case when d.e ->> 'price_amount' <> ''
	        then d.place || '/price_amount' end)) f (field, value, pointer)
	where l.order_id = h.id and l.id = coalesce(of_line, l.id)
	and f.value is not null and (v.id is null or d.e is not null);
end
$$;

-- All values of an order's lines, each with its number in its line; what the
-- order said at first has no key and comes first.
--   of_line  one line of it; null: all
create or replace function orders.said(h orders.head, of_line bigint)
returns table (line bigint, nr bigint, field text, value text, old text,
    person bigint, client bigint, organisation bigint, source text,
    document bigint, pointer text, said_at timestamptz,
    received_at timestamptz, origin bigint, next bigint)
language plpgsql stable as $$
#variable_conflict use_column
begin
	return query
	with a as (
		select f.line, 0::bigint as id, f.field, f.value, null::text as old,
		    case when g.given then h.person_id end as person_id,
		    case when g.given then h.client_id end as client_id,
		    case when g.given and h.kind = 'sales'
		        and h.source <> 'telephone' then h.partner_id end
		        as organisation_id,
		    case when g.given then h.source else 'system' end as source,
		    case when g.given then h.document_id end as document_id,
		    case when h.document_id is not null then f.pointer end as pointer,
		    coalesce(h.submitted_at, h.created_at) as said_at,
		    coalesce(h.submitted_at, h.created_at) as received_at,
		    null::bigint as origin_id
		from orders.first_values(h, of_line) f,
		-- a price that the buyer did not name is the house's, as is what
		-- it wrote down by telephone
		lateral (select f.pointer is not null or f.field <> 'price' as given) g
		union all
		select v.line_id, v.id, v.field, v.value, v.old, v.person_id,
		    v.client_id, v.organisation_id, v.source, v.document_id, v.pointer,
		    v.said_at, v.received_at, v.origin_id
		from orders.value v where v.order_id = h.id
		and v.line_id = coalesce(of_line, v.line_id)
	), b as (
		-- saying again what was ordered is no new value
		select a.* from (select a.*, lag(a.id) over w as before,
		        lag(a.value) over w as was
		    from a window w as (partition by a.line, a.field order by a.id)) a
		where a.before is distinct from 0 or a.value is distinct from a.was
	), n as (
		select b.*, row_number() over (partition by b.line
		    order by b.id, b.field) as nr from b
	)
	select n.line, n.nr, n.field, n.value, coalesce(n.old, lag(n.value) over w),
	    n.person_id, n.client_id, n.organisation_id, n.source, n.document_id,
	    n.pointer, n.said_at, n.received_at, n.origin_id, lead(n.nr) over w
	from n window w as (partition by n.line, n.field order by n.id);
end
$$;

-- The word of another order that a value repeats, for the house only.
create or replace function orders.origin_json(value bigint)
returns json language plpgsql stable as $$
begin
	return (select json_build_object('order', json_build_object(
	        'id', h.public_id, 'number', h.number),
	    'partner', orders.partner_json(p), 'source', v.source,
	    'person', core.person_name(v.person_id), 'said_at', v.said_at,
	    'document', case when d.id is not null then json_build_object(
	        'id', d.public_id, 'number', d.number) end, 'pointer', v.pointer)
	from orders.value v join orders.head h on h.id = v.order_id
	left join core.partner p on p.id = h.partner_id
	left join exchange.document d on d.id = v.document_id
	where v.id = origin_json.value);
end
$$;

-- The histories of an order's lines, oldest first, and where each of the four
-- dates of a line stands in it: the entry that says that day.
--   history  [value] (shape: api_show.sql)
--   entries  {"requested": 2, "first_promised": 5, "latest_promised": 9,
--            "expected": 9}, numbers of entries
--   of_line  one line of it; null: all
create or replace function orders.histories(h orders.head, portal text,
    of_line bigint)
returns table (line bigint, history json, entries json)
language plpgsql stable as $$
#variable_conflict use_column
declare
	house text := (select name from core.house);
begin
	return query
	with s as materialized (select * from orders.said(h, of_line)),
	e as (select x.at, min(x.seq) as seq from (select y.at, y.seq
	        from core.event y where y.object_id = h.public_id
	        order by y.seq desc limit 50) x group by x.at)
	select s.line, json_agg(json_build_object('nr', s.nr, 'field', s.field,
	    'numeric', s.field = 'price' or s.field like '%\_quantity',
	    'value', s.value, 'old', s.old, 'said_at', s.said_at,
	    'received_at', s.received_at,
	    'person', case when s.person is not null
	        then core.person_name(s.person) end,
	    'client', case when s.client is not null
	        then exchange.client_name(s.client) end,
	    'organisation', coalesce(p.name, house), 'source', s.source,
	    'document', case when d.id is not null then json_build_object(
	        'id', d.public_id, 'number', d.number) end,
	    'pointer', s.pointer, 'event', case when d.id is null then e.seq end,
	    'current', s.next is null, 'superseded_by', case
	        when u.nr is not null then json_build_object('nr', u.nr,
	        'value', u.value, 'received_at', u.received_at) end,
	    'origin', case when portal = 'desk' and s.origin is not null
	        then orders.origin_json(s.origin) end) order by s.nr),
	    json_build_object(
	    'requested', max(s.nr) filter (where s.field = 'requested_date'
	        and s.next is null),
	    'first_promised', min(s.nr) filter (where s.field = 'promised_date'
	        and s.value = l.first_promised_date::text),
	    'latest_promised', max(s.nr) filter (where s.field = 'promised_date'
	        and s.value = l.latest_promised_date::text),
	    'expected', max(s.nr) filter (where s.field in ('promised_date',
	        'expected_date') and s.value = l.expected_date::text))
	from s join orders.line l on l.id = s.line
	left join s u on u.line = s.line and u.nr = s.next
	left join core.partner p on p.id = s.organisation
	left join exchange.document d on d.id = s.document
	left join e on e.at = s.received_at
	group by s.line;
end
$$;

-- The four dates of a line, each with the entry of its history that says it,
-- where that is asked for.
create or replace function orders.dates_json(l orders.line, entries json)
returns json language sql stable as $$
	select json_build_array(
	    json_build_object('name', 'requested', 'date', l.requested_date, 'said', l.requested_date is not null,
	        'entry', entries -> 'requested'),
	    json_build_object('name', 'first_promised',
	        'date', l.first_promised_date,
	        'said', l.first_promised_date is not null,
	        'entry', entries -> 'first_promised'),
	    json_build_object('name', 'latest_promised',
	        'date', l.latest_promised_date, 'said', l.latest_promised_date is not null,
	        'entry', entries -> 'latest_promised'),
	    json_build_object('name', 'expected', 'date', l.expected_date, 'said', l.expected_date is not null,
	        'entry', entries -> 'expected'))
$$;
