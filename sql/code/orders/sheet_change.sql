-- SPDX-License-Identifier: Apache-2.0
--
-- A sheet answers the change that an order waits for: a row says accept or
-- refuse, beside the change's number as it was downloaded. A change is answered
-- as a whole; what a row says of its line beside that counts afterwards.

-- Does a row say nothing but its word on the change?
create or replace function orders.only_change(e jsonb)
returns boolean language sql immutable as $$
	select e ? 'change' and not e ?| array['confirmed', 'backordered',
	    'schedule', 'price_amount']
$$;

-- Does a change of the order concern that line, as one to be added, too?
create or replace function orders.change_names(h orders.head, line_id text)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.change c,
	    jsonb_array_elements(c.lines) d
	    where c.order_id = h.id and d ->> 'line_id' = change_names.line_id);
end
$$;

-- The change that a row answers: the one that it names, else the newest.
create or replace function orders.change_of_row(h orders.head, e jsonb)
returns orders.change language plpgsql stable as $$
declare
	c orders.change;
begin
	select * into c from orders.change x where x.order_id = h.id
	and x.sent_at is not null
	and x.number = coalesce(e ->> 'change_number', x.number)
	order by x.id desc limit 1;
	return c;
end
$$;

-- What is wrong with one row's word on a change; null: nothing.
--   mixed  another row says the opposite
create or replace function orders.change_row_wrong(h orders.head, e jsonb,
    place text, mixed boolean, reason boolean)
returns jsonb language plpgsql stable as $$
declare
	c orders.change := orders.change_of_row(h, e);
	done text := case c.state when 'accepted' then 'accept'
	    when 'refused' then 'refuse' end;
	waits text := (select number from orders.change x
	    where x.id = h.change_id);
begin
	if mixed then
		return orders.finding('change_mixed', 'error', place || '/change',
		    e ->> 'change', 'accept, refuse');
	elsif c.id is distinct from h.change_id and (done is distinct from
	    e ->> 'change' or h.change_id is not null) or c.id is null then
		return orders.finding('change_none', 'error', place || '/change',
		    e ->> 'change_number', waits);
	elsif e ->> 'change' = 'refuse' and not reason
	    and c.id = h.change_id then
		return orders.finding('answer_reason', 'error', place || '/reason',
		    null, 'capacity, material, transport, price, discontinued, '
		    'quality, duplicate, not_available, other',
		    jsonb_build_object('line', e ->> 'line_id'));
	end if;
	return null;
end
$$;

-- What is wrong with the rows of an order about its change. While no row that
-- is right answers it, its lines cannot be answered.
--   wrong  rows with an error already, from 0
create or replace function orders.change_row_findings(h orders.head,
    canonical jsonb, wrong int[])
returns jsonb language plpgsql stable as $$
declare
	rows jsonb := canonical -> 'lines';
	mixed boolean := (select count(distinct e ->> 'change') > 1
	    from jsonb_array_elements(rows) e);
	reason boolean := exists (select from jsonb_array_elements(rows)
	    with ordinality t (e, n) where e ->> 'change' = 'refuse'
	    and e ? 'reason' and n - 1 <> all (wrong));
	said boolean := false;
	found jsonb := '[]';
	f jsonb;
	e jsonb;
	i int := -1;
begin
	for e in select * from jsonb_array_elements(rows) loop
		i := i + 1;
		continue when i = any (wrong) or not e ? 'change';
		f := orders.change_row_wrong(h, e, '/lines/' || i, mixed, reason);
		said := said or f is null;
		found := found || coalesce(f, '[]');
	end loop;
	return found || case when said then '[]' else orders.waiting_findings(h,
	    rows, wrong) end;
end
$$;

-- Rows without a word on the change whose lines wait for it.
create or replace function orders.waiting_findings(h orders.head,
    rows jsonb, wrong int[])
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(orders.finding('change_pending',
	    'error', '/lines/' || t.n - 1 || '/confirmed', e ->> 'confirmed',
	    null, jsonb_build_object('line', e ->> 'line_id')) order by t.n), '[]')
	from jsonb_array_elements(rows) with ordinality t (e, n)
	join orders.line l on l.id = orders.line_meant(h.id, t.e)
	where l.change_id is not null and not e ? 'change'
	and t.n - 1 <> all (wrong));
end
$$;

-- The rows' word on the waiting change takes effect.
create or replace function orders.change_by_sheet(h orders.head,
    canonical jsonb, o orders.origin)
returns void language plpgsql as $$
declare
	c orders.change;
	word text := jsonb_path_query_first(canonical,
	    '$.lines[*].change') #>> '{}';
	why jsonb := jsonb_path_query_first(canonical,
	    '$.lines[*] ? (@.change == "refuse").reason');
begin
	select * into c from orders.change where id = h.change_id for update;
	if word is not null then
		perform orders.change_decide(c, word, case when word = 'refuse'
		    then jsonb_strip_nulls(jsonb_build_object('code', coalesce(
		        why ->> 'code', 'other'), 'text', why ->> 'text')) end, o);
	end if;
end
$$;

-- What the waiting change asks of a line, as the table shows it.
--   d  the line in the change; null where the change is about the head alone
create or replace function orders.asked_cells(d jsonb, number text)
returns text[] language sql immutable as $$
	select array[case when d ->> 'action' = '2' then '0'
	    else d #>> '{new,quantity}' end, d #>> '{new,date}', number, null]
$$;

-- Lines that waiting changes of these orders want to add: rows of the table.
create or replace function orders.added_rows(of_orders bigint[])
returns table (order_id bigint, cells json) language plpgsql stable as $$
begin
	return query select h.id, json_build_array(h.number, h.partner_number,
	    d ->> 'line_id', null, i.number, i.gtin, case core.me_language()
	        when 'de' then i.name_de else i.name_en end, null, d ->> 'unit',
	    null, d #>> '{new,price}', h.currency, null, null, null, null, null,
	    null, null, null, null, a.cells[1], a.cells[2], a.cells[3], null)
	from orders.head h
	join orders.change c on c.id = h.change_id
	cross join lateral jsonb_array_elements(c.lines) d
	left join item.item i on i.id = (d ->> 'item')::bigint
	cross join lateral orders.asked_cells(d, c.number) a (cells)
	where h.id = any (of_orders) and d ->> 'action' = '1';
end
$$;
