-- SPDX-License-Identifier: Apache-2.0
--
-- Values held back: what a supplier said about a line does not reach the
-- distributor while an account manager holds it, with a reason. Only the house
-- knows. Let go, the value flows at once.

-- The line and the one linked with it: a hold on either holds the value.
create or replace function orders.held_pair(l orders.line)
returns bigint[] language plpgsql stable as $$
begin
	return array_remove(array[l.id, l.linked_line_id], null) || array(
	    select p.id from orders.line p where p.linked_line_id = l.id);
end
$$;

-- The hold on a line's value, for the house only.
create or replace function orders.hold_of(l orders.line, portal text)
returns setof orders.hold language plpgsql stable as $$
begin
	if portal = 'desk' then
		return query select * from orders.hold x
		    where x.line_id = any (orders.held_pair(l))
		    and x.released_at is null order by x.line_id <> l.id, x.id limit 1;
	end if;
end
$$;

-- Holds the value of a line back, or lets it go. Refuses what is done already.
create or replace function orders.hold_line(l orders.line, event text,
    a jsonb)
returns orders.line language plpgsql as $$
declare
	why text := left(trim(a ->> 'reason_text'), 500);
	since timestamptz;
begin
	if event = 'hold' and coalesce(why, '') = '' then
		perform core.fail(422, 'orders.reason.wanted');
	elsif event = 'hold' and exists (select from orders.hold_of(l, 'desk'))
	then
		perform core.fail(409, 'orders.hold.twice');
	elsif event = 'hold' then
		insert into orders.hold (partner_id, line_id, reason, person_id,
		    held_at)
		values (l.partner_id, l.id, why, core.me_person(), core.now());
	else
		update orders.hold x set released_at = core.now(),
		    released_by = core.me_person()
		where x.line_id = any (orders.held_pair(l)) and x.released_at is null
		returning x.reason, x.held_at into why, since;
		if not found then
			perform core.fail(409, 'orders.hold.none');
		end if;
	end if;
	perform core.emit(l.partner_id, 'order.line.' || orders.past(event),
	    'order', h.public_id, h.number, jsonb_strip_nulls(jsonb_build_object(
	    'lines', jsonb_build_array(l.line_id), 'reason', why,
	    'since', since)), internal => true)
	from orders.head h where h.id = l.order_id;
	return l;
end
$$;

-- Brings a business up to date from its suppliers' side: what waited flows.
create or replace function orders.settle_family(of_order bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	p bigint;
begin
	for p in select h.id from orders.head h where h.kind = 'purchase'
		and (h.id = of_order or h.linked_order_id = of_order) order by h.id
	loop
		perform orders.settle(p);
	end loop;
	perform orders.settle(of_order);
end
$$;
select core.definer('orders.settle_family(bigint)',
    'moves linked orders of several partners by the rules; harmless to call',
    'portals', 'worker', 'admin');

-- What waits behind a hold: values of the supplier's line that the
-- distributor's line does not show yet; [] where the caller sees one only.
--   [{"field": "promised_date", "value": "2026-12-09", "shown": "2026-12-03"
--   | null, "numeric": false}]
create or replace function orders.waiting_json(l orders.line)
returns json language plpgsql stable as $$
declare
	p orders.line;
	s orders.line;
begin
	select * into p from orders.line x where x.id = any (orders.held_pair(l))
	and x.linked_line_id is not null order by x.id limit 1;
	select * into s from orders.line x where x.id = p.linked_line_id;
	if p.id is null or s.id is null then
		return '[]';
	end if;
	return (select coalesce(json_agg(json_build_object('field', f.key,
	    'value', f.value, 'shown', t.value,
	    'numeric', f.key like '%\_quantity') order by f.key), '[]')
	from jsonb_each_text(orders.line_values(p)) f
	join jsonb_each_text(orders.line_values(s)) t on t.key = f.key
	where f.key not in ('price', 'reason')
	and coalesce(f.value, '0') is distinct from coalesce(t.value, '0'));
end
$$;

create or replace function orders.hold_row(x orders.hold)
returns json language plpgsql stable as $$
declare
	l orders.line;
	h orders.head;
	p core.partner;
begin
	select * into l from orders.line y where y.id = x.line_id;
	select * into h from orders.head y where y.id = l.order_id;
	select * into p from core.partner y where y.id = x.partner_id;
	return json_build_object('id', l.public_id, 'order', json_build_object(
	    'id', h.public_id, 'number', h.number, 'kind', h.kind),
	    'line_id', l.line_id, 'version', l.version,
	    'item', (select json_build_object('number', i.number,
	        'name', case core.me_language() when 'de' then i.name_de
	            else i.name_en end) from item.item i where i.id = l.item_id),
	    'partner', orders.partner_json(p), 'reason', x.reason,
	    'person', core.person_name(x.person_id), 'held_at', x.held_at,
	    'released_by', core.person_name(x.released_by),
	    'released_at', x.released_at,
	    'waiting', case when x.released_at is null
	        then orders.waiting_json(l) else '[]' end,
	    'can', json_build_object('release_hold', x.released_at is null
	        and core.me_may('orders.manage')));
end
$$;

-- Values held back, or let go again, the latest first.
--   input   view held|released = held, q text? (any number, or words of the
--           reason), partner uuid?, after, limit, sort, columns, saved
--           (core.list_open)
--   result  {"items": [row], "next", "view", "q", "partner", "views": [{"name",
--            "count", "current"}], "actions": [], "can": {}}
--   row     {"id": "<line>", "order": {"id", "number", "kind"}, "line_id",
--            "version", "item": {"number", "name"}, "partner", "reason",
--            "person", "held_at", "released_by", "released_at",
--            "waiting": [{"field", "value", "shown", "numeric"}],
--            "can": {"release_hold": true}}
create or replace function api.holds_list(input jsonb)
returns json language plpgsql stable as $$
declare
	asked jsonb := core.list_open('holds', input);
	shown text := case asked ->> 'view' when 'released' then 'released'
	    else 'held' end;
	words text := nullif(trim(asked ->> 'q'), '');
	whose bigint := orders.partner_key(asked);
	source text := 'orders.hold x join orders.line l on l.id = x.line_id';
	ids bigint[] := core.list_page('holds', '-held_at', asked, source,
	    concat_ws(' and ', case shown when 'held' then 'x.released_at is null'
	        else 'x.released_at is not null' end, 'x.partner_id = ' || whose,
	    case when words is not null then format('(x.reason ilike %L or '
	        || 'l.order_id = any (%L::bigint[]))', '%' || words || '%',
	        orders.found(words, false)) end), 'x.id');
begin
	return core.list_answer('holds', asked, json_build_object('items',
	    (select coalesce(json_agg(orders.hold_row(x) order by n), '[]')
	        from unnest(ids[:core.list_limit(asked)])
	        with ordinality i (id, n) join orders.hold x on x.id = i.id),
	    'next', core.list_next('holds', '-held_at', asked, source, 'x.id',
	        ids),
	    'view', shown, 'q', coalesce(asked ->> 'q', ''),
	    'partner', asked ->> 'partner',
	    'views', (select json_build_array(
	        json_build_object('name', 'held', 'count', count(*) filter
	            (where x.released_at is null), 'current', shown = 'held'),
	        json_build_object('name', 'released', 'count', count(*) filter
	            (where x.released_at is not null),
	            'current', shown = 'released'))
	        from orders.hold x where whose is null or x.partner_id = whose),
	    'actions', '[]'::json, 'can', '{}'::json));
end
$$;
select core.grant_permission('holds.read', 'account_manager', 'agent',
	'administrator');
select core.operation('holds_list', permission => 'holds.read', input =>
    '{"view": "line?", "q": "line?", "partner": "uuid?", "sort": "line?",
    "columns": "line?", "saved": "uuid?", "after": "line?", "limit": "int?"}');
