-- SPDX-License-Identifier: Apache-2.0
--
-- A line of an order as answers show it (shape: api_show.sql).

-- The name of a person to those who may know it: his own organisation and the
-- house.
create or replace function core.person_name(person bigint)
returns text language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	if person is null then
		return null;
	end if;
	return (select p.name from core.person p where p.id = person
	    and (core.me_portal() in ('desk', 'admin') or exists (
	        select from core.membership m where m.person_id = p.id
	        and m.partner_id = core.me_partner())));
end
$$;
select core.definer('core.person_name(bigint)',
    'reads people; answers for one''s own organisation and the house only',
    'portals', 'worker', 'admin');

-- Does this event say something about a line's delivery?
create or replace function orders.is_answer(event text)
returns boolean language sql immutable as $$
	select event in ('confirm', 'propose', 'reject', 'backorder', 'ship',
	    'expect', 'retract')
$$;

-- A sales line that a supplier delivers is answered by that supplier: the
-- house holds his word back or lets it through, but does not say it itself.
create or replace function orders.answered_elsewhere(l orders.line)
returns boolean language plpgsql stable as $$
begin
	return l.linked_line_id is null and exists (select from orders.line p
	    where p.linked_line_id = l.id);
end
$$;

-- What the caller may do with a line now.
--   allowed  orders.actions_map of lines
--   linked   a supplier answers for it (orders.answered_elsewhere)
create or replace function orders.line_actions(l orders.line,
    head_state text, allowed jsonb, held boolean, linked boolean,
    t timestamptz)
returns text[] language plpgsql immutable as $$
begin
	if head_state in ('draft', 'cancelled', 'closed', 'completed', 'rejected')
	    and (l.undo_until is null or l.undo_until <= t) then
		return array(select a from jsonb_array_elements_text(
		    allowed -> l.state) a where a = 'release_hold' and held);
	end if;
	return array(select a from jsonb_array_elements_text(
	    allowed -> l.state) a
	    where not (linked and orders.is_answer(a))
	    and (l.change_id is null or a in ('hold', 'release_hold')) and case a when 'retract' then l.undo_until > t
	        when 'hold' then not held
	        when 'release_hold' then held
	        when 'cancel' then l.shipped = 0 else true end);
end
$$;

create or replace function orders.schedule_json(l orders.line)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('kind', s.kind,
	    'quantity', orders.quantity(s.quantity, l.unit), 'date', s.due_on)
	    order by s.due_on nulls last, s.id), '[]')
	from orders.schedule s where s.line_id = l.id);
end
$$;

create or replace function orders.line_shipments_json(l orders.line)
returns json language plpgsql stable as $$
begin
	if l.shipped = 0 then
		return '[]';
	end if;
	return (select coalesce(json_agg(json_build_object('id', s.public_id,
	    'number', s.number, 'ship_date', s.ship_date, 'quantity',
	    orders.quantity(i.quantity, l.unit), 'carrier', s.carrier,
	    'tracking', s.tracking) order by s.id), '[]')
	from orders.shipment_line i join orders.shipment s on s.id = i.shipment_id
	where i.line_id = l.id);
end
$$;

-- The lines of linked orders, for the house only.
create or replace function orders.line_links_json(l orders.line)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('line', o.public_id,
	    'order', h.public_id, 'number', h.number, 'line_id', o.line_id,
	    'partner', json_build_object('id', p.public_id, 'name', p.name),
	    'state', o.state) order by o.id), '[]')
	from orders.line o join orders.head h on h.id = o.order_id
	join core.partner p on p.id = o.partner_id
	where o.id = l.linked_line_id or o.linked_line_id = l.id);
end
$$;

-- A line's item as it was ordered, named in the caller's language.
create or replace function orders.line_item(l orders.line)
returns jsonb language plpgsql stable as $$
begin
	return l.item || coalesce((select jsonb_build_object('name',
	    case core.me_language() when 'de' then i.name_de else i.name_en end)
	    from item.item i where i.id = l.item_id), '{}');
end
$$;

-- What lists and the order have in common about a line.
--   i  its item, in the caller's language
create or replace function orders.line_core_json(l orders.line, kind text,
    currency text, i item.item, portal text, late boolean)
returns json language plpgsql stable as $$
declare
	seen text := orders.line_status(l.state, kind, portal);
begin
	return json_build_object('id', l.public_id, 'line_id', l.line_id,
	    'version', l.version,
	    'item', json_build_object('id', i.public_id, 'number', i.number,
	        'name', case core.me_language() when 'de' then i.name_de
	            else i.name_en end, 'gtin', i.gtin,
	        'buyers_item_id', l.item ->> 'buyers_item_id',
	        'sellers_item_id', coalesce(l.item ->> 'sellers_item_id',
	            case when kind = 'sales' then i.number end)),
	    'unit', l.unit, 'ordered', orders.quantity(l.ordered, l.unit),
	    'open', orders.quantity(l.open, l.unit),
	    'confirmed', orders.quantity(l.confirmed, l.unit),
	    'backordered', orders.quantity(l.backordered, l.unit),
	    'rejected', orders.quantity(l.rejected, l.unit),
	    'cancelled', orders.quantity(l.cancelled, l.unit),
	    'shipped', orders.quantity(l.shipped, l.unit),
	    'received', orders.quantity(l.received, l.unit),
	    'counted', l.received > 0 or l.state in ('received', 'short'),
	    'price', orders.money(l.price, currency),
	    'price_base', trim_scale(l.price_base)::text,
	    'offered_price', orders.money(l.offered_price, currency),
	    'amount', orders.money(round(l.ordered * l.price / l.price_base, 2),
	        currency),
	    'requested_date', l.requested_date,
	    'first_promised_date', l.first_promised_date,
	    'latest_promised_date', l.latest_promised_date,
	    'expected_date', l.expected_date, 'state', l.state, 'status', seen,
	    'tone', orders.tone(seen, late), 'late', late,
	    'answer', l.answer, 'deviates', json_build_object(
	        'date', coalesce(l.latest_promised_date <> l.requested_date, false),
	        'quantity', l.answer = '3' and l.confirmed < l.ordered,
	        'price', l.offered_price is not null,
	        'expected', coalesce(l.expected_date <> l.latest_promised_date,
	            false)),
	    'substitute', orders.item_short(l.substitute_id),
	    'original', orders.item_short(l.original_id),
	    'changing', l.change_id is not null,
	    'reason', l.reason, 'undo_until', l.undo_until,
	    'schedule', orders.schedule_json(l));
end
$$;

create or replace function orders.line_late(l orders.line, today date)
returns boolean language sql immutable as $$
	select coalesce(not orders.line_over(l.state)
	    and coalesce(l.expected_date, l.requested_date) < today, false)
$$;

-- Where a changed answer starts: what is promised now, or was wanted while
-- nothing is. Null when the caller may not answer.
create or replace function orders.promise_json(l orders.line,
    actions text[])
returns json language plpgsql stable as $$
declare
	parts jsonb;
begin
	if not 'propose' = any (actions) then
		return null;
	end if;
	parts := case when l.state in ('open', 'rejected')
	    then orders.wanted_parts(l) else orders.current_parts(l.id) end;
	return json_build_object(
	    'parts', coalesce(jsonb_path_query_array(parts,
	        '$[*] ? (@.kind == "confirmed")'), '[]'),
	    'backorder', jsonb_path_query_first(parts,
	        '$[*] ? (@.kind == "backordered")'));
end
$$;

-- Lines of an order.
--   of_lines  {"first", "last": positions of those to be shown; absent: all,
--             "said": true, with their histories, "only": the one line}
create or replace function orders.lines_json(h orders.head, portal text,
    of_lines jsonb)
returns json language plpgsql stable as $$
declare
	today date := core.today();
	t timestamptz := core.now();
	allowed jsonb := orders.actions_map('order_line', h.kind);
begin
	return (select coalesce(json_agg(orders.both(orders.line_core_json(l,
	    h.kind, h.currency, i, portal, orders.line_late(l, today)),
	    json_build_object('split', json_array_length(orders.schedule_json(l))
	        > 1, 'shipments', orders.line_shipments_json(l),
	    'questions', coalesce(q.questions, '[]'),
	    'history', case when of_lines ? 'said' then coalesce(y.history,
	        '[]') end, 'dates', orders.dates_json(l, y.entries),
	    'hold', case when x.id is not null then json_build_object('reason',
	        x.reason, 'person', core.person_name(x.person_id),
	        'at', x.held_at) end,
	    'linked', case when portal = 'desk' then orders.line_links_json(l)
	        else '[]' end, 'actions', to_json(a.actions),
	    'promise', orders.promise_json(l, a.actions),
	    'can', orders.can(a.actions))) order by l.position), '[]')
	from orders.line l
	left join item.item i on i.id = l.item_id
	left join lateral (select * from orders.hold_of(l, portal)) x on true
	left join cases.questions(h.id) q on q.line = l.id
	left join lateral (select * from orders.histories(h, portal,
	    (of_lines ->> 'only')::bigint) where of_lines ? 'said' offset 0) y
	    on y.line = l.id,
	lateral (select orders.line_actions(l, h.state, allowed,
	    x.id is not null, portal = 'desk'
	    and orders.answered_elsewhere(l), t) actions) a
	where l.order_id = h.id and (not of_lines ? 'first' or l.position
	    between (of_lines ->> 'first')::int and (of_lines ->> 'last')::int));
end
$$;

-- The page of lines that an input asks for: the one in which its line stands.
--   result  null when all fit on one, else {"first", "last": positions,
--           "from": 101, "to": 200, "count": 500, "pages": [{"line", "from",
--           "to", "current"}]}
create or replace function orders.lines_page(h orders.head, input jsonb)
returns jsonb language plpgsql stable as $$
declare
	most int := least(greatest(coalesce((input ->> 'limit')::int, 100), 1),
	    500);
begin
	return (with n as (select l.line_id, l.position,
	        (row_number() over (order by l.position))::int - 1 as i
	    from orders.line l where l.order_id = h.id),
	p as (select i / most as nr, min(position) as first,
	        max(position) as last, min(i) + 1 as from_i, max(i) + 1 as to_i,
	        (array_agg(line_id order by i))[1] as line,
	        bool_or(line_id = input ->> 'line') as meant
	    from n group by 1),
	c as (select coalesce(min(nr) filter (where meant), 0) as nr,
	        max(to_i) as count, count(*) as pages from p)
	select jsonb_build_object('first', p.first, 'last', p.last,
	    'from', p.from_i, 'to', p.to_i, 'count', c.count, 'pages', (
	        select jsonb_agg(jsonb_build_object('line', x.line,
	            'from', x.from_i, 'to', x.to_i, 'current', x.nr = c.nr)
	            order by x.nr) from p x))
	from c join p on p.nr = c.nr where c.pages > 1);
end
$$;
