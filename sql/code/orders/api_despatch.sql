-- SPDX-License-Identifier: Apache-2.0
--
-- Despatch advices: the list, one of them, its labels.

create or replace function orders.despatch_by_id(input jsonb)
returns orders.despatch language plpgsql stable as $$
declare
	d orders.despatch;
begin
	select * into d from orders.despatch
	where public_id = core.input_id(input);
	if d.id is null then
		perform core.fail_absent();
	end if;
	return d;
end
$$;

create or replace function orders.despatch_in_view(state text, view text)
returns boolean language sql immutable as $$
	select case view when 'sent' then state = 'sent'
	    when 'counted' then state in ('received', 'short')
	    when 'short' then state = 'short' else true end
$$;

-- May something of a line leave now?
create or replace function orders.may_leave(l orders.line)
returns boolean language sql immutable as $$
	select l.state in ('accepted', 'backordered', 'part_shipped')
	    and l.undo_until is null
$$;

-- The next orders of a supplier from which something may leave.
create or replace function orders.ready_json(portal text)
returns json language plpgsql stable as $$
begin
	if portal <> 'supplier' or not core.me_may('despatches.create') then
		return '[]';
	end if;
	return (select coalesce(json_agg(json_build_object('id', x.public_id,
	    'number', x.number, 'lines', (select count(*) from orders.line l
	        where l.order_id = x.id and orders.may_leave(l)),
	    'next_date', x.next_date, 'ship_to', orders.party_json(x.ship_to))
	    order by x.next_date, x.id), '[]')
	from (select * from orders.head h
	    where h.kind = 'purchase' and h.next_date is not null
	    and orders.is_open(h.state) and exists (select from orders.line l
	        where l.order_id = h.id and orders.may_leave(l))
	    order by h.next_date, h.id limit 5) x);
end
$$;

-- How many despatch advices are in these states, or in any, as far as is
-- counted.
create or replace function orders.despatch_count(states text[],
    of_partner bigint)
returns bigint language plpgsql stable as $$
begin
	return (select count(*) from (select from orders.despatch d
	    where (states is null or d.state = any (states))
	    and (of_partner is null or d.partner_id = of_partner)
	    limit orders.most_counted()) t);
end
$$;

-- The views as tabs, each with its count.
create or replace function orders.despatch_views(wanted text,
    of_partner bigint)
returns json language plpgsql stable as $$
begin
	return (select json_agg(json_build_object('name', v.name, 'count', c.n,
	    'more', c.n >= orders.most_counted(), 'current', v.name = wanted)
	    order by v.ord)
	from (values (1, 'sent', array['sent']),
	    (2, 'counted', array['received', 'short']),
	    (3, 'short', array['short']), (4, 'all', null))
	    v (ord, name, states),
	lateral (select orders.despatch_count(v.states, of_partner) as n) c);
end
$$;

-- A page of despatch advices, newest first.
--   input   view sent|counted|short|all = sent, q text?, partner uuid? (desk),
--           after, limit, sort, columns, saved (core.list_open)
--   result  {"items": [row], "next", "view", "q", "views": [{"name", "count",
--           "more", "current"}], "ready": [{"id", "number", "lines", "next_date",
--           "ship_to"}] the next orders to despatch from (supplier)}
--   row     {"id", "number": "LS-77", "kind": "purchase|sales", "state":
--           "sent|received|short|cancelled", "tone", "version",
--           "despatch_version": 1, "ship_date", "arrival_date", "carrier",
--           "scac", "tracking", "packages": 3, "lines": 2, "orders": [{"id",
--           "number", "partner_number"}], "created_at", "received_at",
--           "partner" (desk)}
create or replace function api.despatches_list(input jsonb) returns json
language plpgsql stable as $$
declare
	asked jsonb := core.list_open('despatches', input);
	wanted text := asked ->> 'view';
	of_partner bigint := orders.partner_key(asked);
	portal text := core.me_portal();
	q text := nullif(trim(asked ->> 'q'), '');
	ids bigint[] := core.list_page('despatches', '-created_at', asked,
	    'orders.despatch d', concat_ws(' and ',
	    format('orders.despatch_in_view(d.state, %L)', wanted),
	    'd.partner_id = ' || of_partner, case when q is not null
	    then format('d.id = any (%L::bigint[])', orders.found_despatches(q,
	        of_partner)) end), 'd.id');
begin
	return core.list_answer('despatches', asked, json_build_object('items',
	    (select coalesce(json_agg(orders.despatch_row(d, portal)
	        order by n), '[]') from unnest(ids[:core.list_limit(asked)])
	        with ordinality i (id, n) join orders.despatch d on d.id = i.id),
	    'next', core.list_next('despatches', '-created_at', asked,
	        'orders.despatch d', 'd.id', ids),
	    'view', wanted, 'q', coalesce(asked ->> 'q', ''),
	    'views', orders.despatch_views(wanted, of_partner),
	    'ready', orders.ready_json(portal)));
end
$$;
select core.operation('despatches_list', permission => 'despatches.read',
    input => '{"view": "line?", "q": "line?", "partner": "uuid?",
    "sort": "line?", "columns": "line?", "saved": "uuid?", "after": "line?",
    "limit": "int?"}');

-- One despatch advice with everything about it.
--   input   id uuid
--   result  the members of a row and {"ship_to": party, "weight": "12.5",
--           "weight_unit", "refs", "texts", "source", "person", "document",
--           "package_list": [{"position": 1, "parent", "depth": 0, "kind":
--           "PX", "count": 1, "sscc", "weight", "contents": [content]}],
--           "loose": [content],
--           "line_list": [{"line": uuid, "order": uuid, "order_number",
--           "partner_number", "line_id", "item", "unit", "sent": quantity,
--           "ordered", "shipped", "counted": quantity | null, "differs"}],
--           "versions": [{"despatch_version", "at", "source", "person",
--           "document", "function", "tracking", "carrier", "ship_date",
--           "lines"}], newest first
--           "receipts": [{"number", "receipt_date", "note", "source",
--           "person", "at", "document", "lines": [{"order_number", "line_id",
--           "sent", "received", "rejected", "damaged", "reason", "case"}]}],
--           "documents", "events", "linked": [row] (desk), "numbered": true,
--           "actions": ["correct"], "can": {"correct": true}}
--   content {"order": uuid, "order_number", "line_id", "item", "quantity",
--           "lot", "serials": [], "expiry_date", "best_before_date"}
create or replace function api.despatches_show(input jsonb)
returns core.answer language plpgsql stable as $$
begin
	return orders.despatch_show(orders.despatch_by_id(input));
end
$$;
select core.operation('despatches_show', permission => 'despatches.read',
    input => '{"id": "uuid"}');
