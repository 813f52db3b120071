-- SPDX-License-Identifier: Apache-2.0
--
-- Orders as tables to take away: a supplier's lines to be answered, a
-- distributor's orders. The titles of the columns are those by which
-- partners/base/sheet reads them (sheet.<table>.<column> in assets/text).

create or replace function orders.sheet_most()
returns int language sql immutable as $$ select 20000 $$;

-- "csv", "xlsx", or "any": what the reader's program would rather have.
create or replace function orders.sheet_format(input jsonb)
returns text language plpgsql stable as $$
declare
	f text := coalesce(nullif(input ->> 'format', ''), 'any');
begin
	if f not in ('csv', 'xlsx', 'any') then
		perform core.fail(422, 'orders.format', jsonb_build_object('given',
		    f));
	end if;
	return f;
end
$$;

-- A column: its name, what its cells are, how wide it is.
create or replace function orders.sheet_column(name text, kind text,
    width int)
returns json language sql stable as $$
	select json_build_object('name', name, 'kind', kind, 'width', width)
$$;

create or replace function orders.sheet_columns(of_table text)
returns json language sql stable as $$
	select json_agg(orders.sheet_column(c.name, c.kind, c.width) order by c.n)
	from (values
	    ('answer', 1, 'Order', 'text', 14), ('order', 1, 'Number', 'text', 14),
	    ('answer', 2, 'SellersOrder', 'text', 14),
	    ('order', 2, 'OrderDate', 'date', 11),
	    ('order', 3, 'Requested', 'date', 11),
	    ('order', 4, 'ShipTo', 'text', 12),
	    ('answer', 5, 'Line', 'text', 6), ('order', 5, 'Line', 'text', 6),
	    ('answer', 6, 'SellersItem', 'text', 16),
	    ('order', 6, 'BuyersItem', 'text', 16),
	    ('answer', 7, 'BuyersItem', 'text', 16),
	    ('order', 7, 'SellersItem', 'text', 16),
	    ('answer', 8, 'Gtin', 'text', 15), ('order', 8, 'Gtin', 'text', 15),
	    ('answer', 9, 'Name', 'text', 32), ('order', 9, 'Name', 'text', 32),
	    ('answer', 10, 'Ordered', 'number', 10),
	    ('order', 10, 'Ordered', 'number', 10),
	    ('answer', 11, 'Unit', 'text', 6), ('order', 11, 'Unit', 'text', 6),
	    ('answer', 12, 'Requested', 'date', 11),
	    ('answer', 13, 'Price', 'number', 10),
	    ('order', 13, 'Price', 'number', 10),
	    ('answer', 14, 'Currency', 'text', 6),
	    ('order', 14, 'Currency', 'text', 6),
	    ('answer', 15, 'Status', 'line_status', 18),
	    ('order', 15, 'Status', 'line_status', 18),
	    ('answer', 16, 'Version', 'text', 8),
	    ('answer', 17, 'Confirmed', 'number', 10),
	    ('order', 17, 'Confirmed', 'number', 10),
	    ('answer', 18, 'Date', 'date', 11),
	    ('order', 18, 'Promised', 'date', 11),
	    ('answer', 19, 'Backordered', 'number', 12),
	    ('answer', 20, 'BackorderDate', 'date', 14),
	    ('answer', 21, 'OfferedPrice', 'number', 10),
	    ('answer', 22, 'Reason', 'text', 14),
	    ('answer', 23, 'ReasonText', 'text', 32),
	    ('answer', 24, 'AskedQuantity', 'number', 12),
	    ('answer', 25, 'AskedDate', 'date', 14),
	    ('answer', 26, 'ChangeNumber', 'text', 18),
	    ('answer', 27, 'Change', 'text', 14),
	    ('despatch', 1, 'Despatch', 'text', 18),
	    ('despatch', 2, 'Function', 'text', 10),
	    ('despatch', 3, 'ShipDate', 'date', 11),
	    ('despatch', 4, 'Arrival', 'date', 11),
	    ('despatch', 5, 'Carrier', 'text', 16),
	    ('despatch', 6, 'Tracking', 'text', 18),
	    ('despatch', 7, 'ShipTo', 'text', 24),
	    ('despatch', 8, 'Order', 'text', 14),
	    ('despatch', 9, 'Line', 'text', 6),
	    ('despatch', 10, 'SellersItem', 'text', 16),
	    ('despatch', 11, 'BuyersItem', 'text', 16),
	    ('despatch', 12, 'Name', 'text', 32),
	    ('despatch', 13, 'Expected', 'date', 11),
	    ('despatch', 14, 'Left', 'number', 10),
	    ('despatch', 15, 'Unit', 'text', 6),
	    ('despatch', 16, 'Shipped', 'number', 10),
	    ('despatch', 17, 'Package', 'text', 10),
	    ('despatch', 18, 'Sscc', 'text', 20),
	    ('despatch', 19, 'Kind', 'text', 10),
	    ('despatch', 20, 'Lot', 'text', 12),
	    ('despatch', 21, 'Serials', 'text', 24),
	    ('despatch', 22, 'Expiry', 'date', 11))
	    c (of_table, n, name, kind, width)
	where c.of_table = sheet_columns.of_table
$$;

-- The parts of a line that its seller has answered, one a row; what stands
-- beside each other is the nth promise and the nth that is late.
create or replace function orders.sheet_parts(l orders.line)
returns table (n bigint, confirmed numeric, day date, later numeric,
    later_day date)
language plpgsql stable as $$
begin
	if l.state not in ('proposed', 'accepted', 'backordered')
	    or l.shipped > 0 or l.change_id is not null then
		return query select 1::bigint, null::numeric, null::date,
		    null::numeric, null::date;
		return;
	end if;
	return query with p as (select s.kind, s.quantity, s.due_on, row_number()
	        over (partition by s.kind order by s.due_on, s.id) as nth
	    from orders.schedule s where s.line_id = l.id
	    and s.kind in ('confirmed', 'backordered'))
	select g.nth, c.quantity, c.due_on, b.quantity, b.due_on
	from (select distinct nth from p) g
	left join p c on c.nth = g.nth and c.kind = 'confirmed'
	left join p b on b.nth = g.nth and b.kind = 'backordered';
end
$$;

-- Lines of purchase orders, to be answered, with what a waiting change asks;
-- behind those of an order what it wants to add.
create or replace function orders.answer_rows(ids bigint[])
returns json language plpgsql stable as $$
declare
	german boolean := core.me_language() = 'de';
	portal text := core.me_portal();
begin
	return (with r as (select l.order_id, k.ord, s.n, json_build_array(
	    h.number, h.partner_number, l.line_id, l.item ->> 'sellers_item_id',
	    i.number, i.gtin, case when german then i.name_de else i.name_en end,
	    trim_scale(l.ordered)::text, l.unit, l.requested_date,
	    orders.plain(l.price), h.currency, orders.line_status(l.state, h.kind,
	        portal), l.version::text, trim_scale(s.confirmed)::text, s.day,
	    trim_scale(s.later)::text, s.later_day,
	    case when s.n = 1 then orders.plain(l.offered_price) end,
	    case when s.n = 1 then l.reason ->> 'code' end,
	    case when s.n = 1 then l.reason ->> 'text' end,
	    a.cells[1], a.cells[2], a.cells[3], a.cells[4]) as cells
	from unnest(ids) with ordinality k (id, ord)
	join orders.line l on l.id = k.id
	join orders.head h on h.id = l.order_id
	left join item.item i on i.id = l.item_id
	left join orders.change c on c.id = h.change_id
	left join lateral jsonb_array_elements(c.lines) d
	    on d ->> 'line_id' = l.line_id
	cross join lateral orders.asked_cells(d, case when d is not null
	    or c.lines = '[]' then c.number end) a (cells)
	cross join lateral orders.sheet_parts(l) s),
	o as (select order_id, max(ord) as ord from r group by 1)
	select coalesce(json_agg(x.cells order by x.ord, x.n), '[]')
	from (select cells, ord, n from r union all
	    select w.cells, o.ord, 1000 + row_number() over () from
	    orders.added_rows(array(select order_id from o)) w
	    join o on o.order_id = w.order_id) x);
end
$$;

-- Lines from which something may leave, to be filled in: one despatch number
-- for each place, the rest of it empty but for today.
create or replace function orders.despatch_rows(ids bigint[])
returns json language plpgsql stable as $$
declare
	german boolean := core.me_language() = 'de';
	today date := core.today();
begin
	return (with r as (select k.ord, l, h, first_value(k.ord) over (
	        partition by orders.place_of(h) order by k.ord) as place
	    from unnest(ids) with ordinality k (id, ord)
	    join orders.line l on l.id = k.id
	    join orders.head h on h.id = l.order_id
	    where orders.ready(l)),
	n as (select place, orders.despatch_number((r.h)::orders.head) as number
	    from r where ord = place)
	select coalesce(json_agg(json_build_array(n.number, null, today, null,
	    null, null, orders.place_text((r.h).ship_to), (r.h).number,
	    (r.l).line_id,
	    (r.l).item ->> 'sellers_item_id', i.number, case when german
	        then i.name_de else i.name_en end, coalesce((r.l).expected_date,
	        (r.l).requested_date), trim_scale((r.l).confirmed
	        + (r.l).backordered - (r.l).shipped)::text, (r.l).unit, null, null,
	    null, null, null, null, null) order by r.place, r.ord), '[]')
	from r join n on n.place = r.place
	left join item.item i on i.id = (r.l).item_id);
end
$$;

-- Which table of a supplier's lines is wanted: answer, despatch.
create or replace function orders.sheet_wanted(input jsonb)
returns text language plpgsql stable as $$
declare
	wanted text := coalesce(nullif(input ->> 'of', ''), 'answer');
begin
	if wanted not in ('answer', 'despatch')
	    or wanted = 'despatch' and not core.me_may('despatches.create') then
		perform core.fail(422, 'orders.format', jsonb_build_object('given',
		    wanted));
	end if;
	return wanted;
end
$$;

create or replace function orders.sheet_rows(wanted text, ids bigint[])
returns json language plpgsql stable as $$
begin
	return case wanted when 'despatch' then orders.despatch_rows(ids)
	    else orders.answer_rows(ids) end;
end
$$;

-- Lines of sales orders, as they were placed and what is promised of them.
create or replace function orders.order_rows(ids bigint[])
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_array(
	    coalesce(h.partner_number, h.number), h.issue_date, l.requested_date,
	    h.ship_to ->> 'assigned_by_buyer', l.line_id,
	    l.item ->> 'buyers_item_id', i.number, i.gtin,
	    case core.me_language() when 'de' then i.name_de else i.name_en end,
	    trim_scale(l.ordered)::text, l.unit, orders.plain(l.price),
	    h.currency, orders.line_status(l.state, h.kind, core.me_portal()),
	    trim_scale(l.confirmed)::text, l.latest_promised_date)
	    order by k.ord, l.position), '[]')
	from unnest(ids) with ordinality k (id, ord)
	join orders.head h on h.id = k.id
	join orders.line l on l.order_id = h.id
	left join item.item i on i.id = l.item_id);
end
$$;

-- A table as it is sent: the web writes it in the reader's language.
create or replace function orders.sheet_json(of_table text, name text,
    format text, table_rows json)
returns json language plpgsql stable as $$
begin
	if json_array_length(table_rows) > orders.sheet_most() then
		perform core.fail(422, 'orders.sheet.size', jsonb_build_object(
		    'most', orders.sheet_most()));
	end if;
	return json_build_object('name', name, 'format', format,
	    'table', of_table, 'columns', orders.sheet_columns(of_table),
	    'rows', table_rows);
end
$$;

-- The worklist with its present filter, to be filled in and uploaded.
--   input   view, q, whose, sort as worklist_list; format csv|xlsx (else by
--           Accept, csv)
--   result  {"name", "format", "table": "answer", "columns":
--            [{"name", "kind": "text|number|date|line_status", "width"}],
--            "rows": [[text | null, …]]}
create or replace function api.worklist_bytes(input jsonb)
returns json language plpgsql stable as $$
declare
	wanted text := orders.sheet_wanted(input);
	asked jsonb := core.list_open('worklist', case wanted when 'despatch'
	    then '{"view": "ready_to_ship"}' else '{}' end::jsonb || input);
	ids bigint[] := orders.worklist_by(asked, null, orders.sheet_most() + 1);
	name text := case wanted when 'despatch' then 'despatch-'
	    else 'worklist-' end || core.today();
begin
	return orders.sheet_json(wanted, name, orders.sheet_format(input),
	    orders.sheet_rows(wanted, ids));
end
$$;
select core.operation('worklist_bytes', permission => 'worklist.read',
    input => '{"view": "line?", "q": "line?", "whose": "line?",
    "sort": "line?", "format": "line?", "of": "line?"}');

-- Lines of these orders in one table; a supplier's are to be filled in.
create or replace function orders.sheet_of(ids bigint[], of_kind text,
    name text, format text, wanted text default 'answer')
returns json language plpgsql stable as $$
begin
	if of_kind = 'purchase' then
		return orders.sheet_json(wanted, name, format, orders.sheet_rows(
		    wanted, array(select l.id
		    from unnest(ids) with ordinality k (id, ord)
		    join orders.line l on l.order_id = k.id
		    order by k.ord, l.position)));
	end if;
	return orders.sheet_json('order', name, format, orders.order_rows(ids));
end
$$;

-- The orders of a list with its present filter, line by line.
--   input   view, q, kind, partner, whose, sort as orders_list; format csv|xlsx
--   result  as worklist_bytes; table is "order" for sales orders
create or replace function api.orders_list_bytes(input jsonb)
returns json language plpgsql stable as $$
declare
	portal text := core.me_portal();
	asked jsonb := core.list_open('orders', input);
	of_kind text := case portal when 'supplier' then 'purchase'
	    when 'distributor' then 'sales'
	    else coalesce(asked ->> 'kind', 'sales') end;
begin
	return orders.sheet_of(orders.find_by(asked, of_kind, null,
	    orders.sheet_most() + 1, case when portal = 'supplier'
	    then orders.whose(asked, 'all') end), of_kind, 'orders-' || core.today(),
	    orders.sheet_format(input));
end
$$;
select core.operation('orders_list_bytes', permission => 'orders.read',
    input => '{"view": "line?", "q": "line?", "kind": "line?",
    "partner": "uuid?", "whose": "line?", "sort": "line?",
    "format": "line?"}');

-- One order, line by line.
--   input   id uuid, format csv|xlsx, of answer|despatch
create or replace function api.orders_bytes(input jsonb)
returns json language plpgsql stable as $$
declare
	h orders.head := orders.by_id(input);
begin
	return orders.sheet_of(array[h.id], h.kind, h.number,
	    orders.sheet_format(input), orders.sheet_wanted(input));
end
$$;
select core.operation('orders_bytes', permission => 'orders.read',
    input => '{"id": "uuid", "format": "line?", "of": "line?"}');

-- Any list with its present filter, order and columns: the table of the page,
-- to be looked at.
--   input   list; what the list is asked; format csv|xlsx (else by Accept, csv)
--   result  as worklist_bytes; titles are text keys
--   errors  404; 422 orders.sheet.size
create or replace function api.lists_bytes(input jsonb)
returns json language plpgsql stable as $$
declare
	d core.list := core.list_by(input ->> 'list');
	answer json;
begin
	perform core.check_input((select o.input from core.operation o
	    where o.name = d.name || '_list'), input - array['list', 'format'],
	    false);
	execute format('select api.%I($1)', d.name || '_list') into answer
	using (input - array['list', 'format', 'after', 'limit'])
	    || '{"every": true}';
	if answer ->> 'next' is not null then
		perform core.fail(422, 'orders.sheet.size', jsonb_build_object(
		    'most', core.list_every()));
	end if;
	return core.list_sheet(answer, orders.sheet_format(input));
end
$$;
select core.operation('lists_bytes', permission => 'any');
