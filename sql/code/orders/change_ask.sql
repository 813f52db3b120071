-- SPDX-License-Identifier: Apache-2.0
--
-- What a buyer asks to be changed, as differences: from a form and from a
-- document alike, both as a canonical order_change
-- (docs/features/order-messages.md). A difference of a line is
--   {"at": 0, "line_id": "10", "action": "3", "item": key, "unit": "C62",
--    "old": {"quantity", "date", "wanted", "price"},
--    "new": {"quantity", "date", "wanted", "price", "base", "given"},
--    "outcome": null | "accepted" | "refused"}
-- action 1 added, 2 deleted, 3 changed.

-- What a line asks for now.
create or replace function orders.wish_of(l orders.line)
returns jsonb language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('quantity',
	    trim_scale(orders.still_wanted(l))::text, 'date', l.requested_date,
	    'wanted', case when l.cancelled + l.rejected = 0 then l.wanted end,
	    'price', orders.plain(l.price), 'base',
	    trim_scale(l.price_base)::text))
$$;

-- The price of a quantity by the lists of a partner, as {amount, base}.
create or replace function orders.listed(partner bigint, of_item bigint,
    of_currency text, quantity numeric, out amount numeric, out base numeric)
language plpgsql stable as $$
begin
	select p.amount, p.price_base into amount, base from item.price p
	where p.partner_id = partner and p.item_id = of_item
	  and p.currency = of_currency and p.valid_from <= core.today()
	  and p.min_quantity <= quantity
	order by p.valid_from desc, p.min_quantity desc limit 1;
end
$$;

-- What is to become of a line: as the document says, else as it follows.
create or replace function orders.change_action(l orders.line, e jsonb)
returns text language sql immutable as $$
	select case
	    when core.try_decimal(e ->> 'ordered') = 0 and l.id is not null
	        then '2'
	    when e ->> 'action' in ('1', '2', '3', '4') then e ->> 'action'
	    when l.id is null then '1' else '3' end
$$;

-- What a line is to be, by a line of a change. A document that names the
-- quantity ordered at first repeats it; a form says when it is wanted again.
--   day  wanted day of the whole order, where the change names one
create or replace function orders.new_wish(h orders.head, l orders.line,
    e jsonb, w orders.wanted, day date)
returns jsonb language plpgsql stable as $$
declare
	given numeric := core.try_decimal(e ->> 'ordered');
	quantity numeric := coalesce(case when given is distinct from l.ordered
	    or e ? 'again' then given end, orders.still_wanted(l));
	split jsonb := orders.split_of(e, quantity);
	own date := coalesce(core.try_date(e ->> 'requested_date'),
	    core.try_date(e #>> '{schedule,0,date}'), day);
	listed record;
	said numeric := w.given / coalesce(nullif(w.given_base, 0), 1);
	base numeric;
begin
	select * into listed from orders.listed(h.partner_id,
	    coalesce(l.item_id, w.item), h.currency, quantity);
	base := coalesce(listed.base, l.price_base, nullif(w.given_base, 0), 1);
	return jsonb_strip_nulls(jsonb_build_object(
	    'quantity', trim_scale(quantity)::text,
	    'date', coalesce(own, l.requested_date, h.requested_date),
	    'wanted', coalesce(split, case when own is null
	        and quantity = l.ordered then l.wanted end),
	    'price', orders.plain(case
	        when said is not null then said * base
	        when quantity is distinct from orders.still_wanted(l)
	        then coalesce(listed.amount, l.price) else l.price end),
	    'base', trim_scale(base)::text, 'listed', case when h.kind = 'sales'
	        then orders.plain(listed.amount) end));
end
$$;

-- One line of a change as a difference; null when nothing of it differs.
create or replace function orders.change_line(h orders.head, e jsonb,
    w orders.wanted, day date)
returns jsonb language plpgsql stable as $$
declare
	l orders.line;
	act text;
	old jsonb;
	new jsonb;
begin
	if coalesce(e ->> 'action', '') <> '1' then
		select * into l from orders.line x
		where x.id = orders.line_meant(h.id, e);
	end if;
	act := orders.change_action(l, e);
	if act = '4' then
		return null;
	elsif act <> '2' then
		new := orders.new_wish(h, l, e, w, day);
	end if;
	if l.id is not null then
		old := orders.wish_of(l);
		if act = '3' and new - 'listed' = old then
			return null;
		end if;
	end if;
	return jsonb_strip_nulls(jsonb_build_object('at', w.ord - 1,
	    'line_id', coalesce(l.line_id, e ->> 'line_id'), 'action', act,
	    'line', l.id, 'item', coalesce(l.item_id, w.item), 'unit',
	    coalesce(l.unit, w.known_unit), 'spec', case when act = '1'
	        then e -> 'item' end, 'text', e -> 'text',
	    'old', old, 'new', new));
end
$$;

-- All differences that a canonical order_change means. function replace: lines
-- that it does not name are deleted.
create or replace function orders.change_lines(h orders.head, doc jsonb)
returns jsonb language plpgsql stable as $$
declare
	day date := core.try_date(coalesce(doc ->> 'requested_date',
	    doc ->> 'latest', doc ->> 'earliest'));
	w orders.wanted;
	one jsonb;
	named bigint[] := '{}';
	found jsonb := '[]';
	l orders.line;
begin
	if day = h.requested_date then
		day := null;
	end if;
	foreach w in array orders.resolve(h.partner_id, doc) loop
		one := doc -> 'lines' -> (w.ord - 1);
		named := named || case when coalesce(one ->> 'action', '') <> '1'
		    then orders.line_meant(h.id, one) end;
		one := orders.change_line(h, one, w, day);
		if one is not null then
			found := found || one;
		end if;
	end loop;
	for l in select * from orders.line x where x.order_id = h.id
		and not orders.line_over(x.state) and x.shipped = 0
		and x.id <> all (array_remove(named, null)) order by x.position
	loop
		one := case when doc ->> 'function' = 'replace' then
		    jsonb_build_object('line_id', l.line_id, 'action', '2')
		    when day is not null then jsonb_build_object('line_id',
		    l.line_id, 'requested_date', day) end;
		continue when one is null;
		one := orders.change_line(h, one, row(null, l.line_id, l.item_id,
		    null, l.unit, l.unit, null, null, null, null, null, null, null,
		    null)::orders.wanted, day);
		if one is not null then
			found := found || one;
		end if;
	end loop;
	return orders.number_lines(h, found);
end
$$;

-- Added lines without a number of their own get the next ones.
create or replace function orders.number_lines(h orders.head, lines jsonb)
returns jsonb language plpgsql stable as $$
declare
	next int := (select coalesce(max(x::int), 0) from (
	    select l.line_id from orders.line l where l.order_id = h.id
	    union all select e ->> 'line_id' from orders.change c,
	        jsonb_array_elements(c.lines) e where c.order_id = h.id
	        and c.state = 'pending') n (x)
	    where x ~ '^[0-9]{1,6}$');
	done jsonb := '[]';
	e jsonb;
begin
	for e in select * from jsonb_array_elements(lines) loop
		if e ->> 'action' = '1' and not e ? 'line_id' then
			next := next + 10;
			e := e || jsonb_build_object('line_id', next::text);
		end if;
		done := done || e;
	end loop;
	return done;
end
$$;

-- What changes in the head: the wanted day and the place of delivery.
create or replace function orders.change_head(h orders.head, doc jsonb)
returns jsonb language plpgsql stable as $$
declare
	day date := core.try_date(coalesce(doc ->> 'requested_date',
	    doc ->> 'latest', doc ->> 'earliest'));
	place jsonb := orders.snapshot(h.partner_id, doc #> '{parties,ship_to}');
	result jsonb := '{}';
begin
	if day <> h.requested_date or day is not null
	    and h.requested_date is null then
		result := jsonb_build_object('requested_date',
		    jsonb_build_object('old', h.requested_date, 'new', day));
	end if;
	if place is not null and not orders.same_place(h.partner_id, place,
	    h.ship_to) then
		result := result || jsonb_build_object('ship_to',
		    jsonb_build_object('old', h.ship_to, 'new', place));
	end if;
	return result;
end
$$;

-- Do two parties mean one place of delivery?
create or replace function orders.same_place(partner bigint, a jsonb,
    b jsonb)
returns boolean language plpgsql stable as $$
declare
	x core.address := orders.find_address(partner, a);
	y core.address := orders.find_address(partner, b);
begin
	return coalesce(x.id = y.id, false)
	    or coalesce(a -> 'address' = b -> 'address', false)
	    or coalesce(a = b, false);
end
$$;

-- A difference in the shape in which lines of orders are checked.
create or replace function orders.as_wanted(h orders.head, d jsonb,
    w orders.wanted)
returns orders.wanted language plpgsql stable as $$
begin
	if d ->> 'action' = '3' then
		w.item := (d ->> 'item')::bigint;
		w.known_unit := d ->> 'unit';
		w.price := coalesce(w.price, (d #>> '{new,price}')::numeric);
		w.base := coalesce(w.base, (d #>> '{new,base}')::numeric, 1);
	end if;
	w.line_id := d ->> 'line_id';
	w.ordered := core.try_quantity(d #>> '{new,quantity}');
	w.day := case when d #>> '{new,date}' is distinct from d #>> '{old,date}'
	    then core.try_date(d #>> '{new,date}') end;
	w.wanted := d #> '{new,wanted}';
	return w;
end
$$;

-- Has a change without a difference nothing to say? A text is for a person;
-- what a waiting change asks for is taken back by naming what stands, and only
-- so is a cancellation.
create or replace function orders.says_nothing(doc jsonb, w orders.change)
returns boolean language sql immutable as $$
	select case when w.id is null then not doc ? 'text'
	    else w.kind = 'cancel' and doc ->> 'function' is distinct from 'replace'
	        and coalesce(doc -> 'lines', '[]') = '[]'
	        and not doc ?| array['requested_date', 'latest', 'earliest']
	        and doc #> '{parties,ship_to}' is null end
$$;

-- What is wrong with a change.
--   w  the change that waits and that this one would replace, or nulls
create or replace function orders.change_findings(h orders.head, doc jsonb,
    head jsonb, lines jsonb, w orders.change default null)
returns jsonb language plpgsql stable as $$
declare
	found jsonb := orders.place_findings(h.partner_id,
	    doc #> '{parties,ship_to}');
	known orders.wanted[] := orders.resolve(h.partner_id, doc);
	checked orders.wanted[];
begin
	if not orders.may_change(h.state) or h.change_id is not null then
		return jsonb_build_array(orders.finding(case
		    when h.change_id is not null then 'change_pending'
		    else 'change_late' end, 'error', '/order_number', h.state,
		    null));
	end if;
	select coalesce(array_agg(orders.as_wanted(h, d,
	    known[(d ->> 'at')::int + 1]) order by (d ->> 'at')::int), '{}')
	into checked from jsonb_array_elements(lines) d
	where d ? 'at' and (d ->> 'action' = '1'
	    or d ->> 'action' = '3' and d ? 'line');
	if doc ->> 'currency' <> h.currency then
		found := found || orders.finding('change_currency', 'error',
		    '/currency', doc ->> 'currency', h.currency);
	end if;
	found := found || orders.change_line_findings(h, doc, lines,
	    orders.added_ids(w))
	    || orders.line_findings(checked, h.currency,
	        exchange.terms(h.partner_id));
	if found = '[]' and head = '{}' and lines = '[]'
	    and orders.says_nothing(doc, w) then
		found := jsonb_build_array(orders.finding('change_nothing',
		    'warning', '/lines', null, null));
	end if;
	return found;
end
$$;

-- Lines that are not there, twice there, other ones, or beyond change.
--   again  lines that a waiting change added, and that are asked for again
create or replace function orders.change_line_findings(h orders.head,
    doc jsonb, lines jsonb, again text[])
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(f), '[]')
	    from jsonb_array_elements(lines) d
	    left join orders.line l on l.id = (d ->> 'line')::bigint,
	    lateral (select '/lines/' || coalesce(d ->> 'at', '0') as p,
	        doc -> 'lines' -> (d ->> 'at')::int as e) s,
	    lateral (values
	    (l.id is null and d ->> 'action' <> '1', orders.finding(
	        'line_unknown', 'error', s.p || '/line_id', d ->> 'line_id',
	        null, jsonb_build_object('line', d ->> 'line_id'))),
	    (l.item_id <> orders.find_item(h.partner_id, s.e -> 'item'),
	        orders.finding('line_unknown', 'error', s.p || '/item',
	        d ->> 'line_id', null, jsonb_build_object('line',
	        d ->> 'line_id'))),
	    (d ->> 'action' = '1' and d ->> 'line_id' <> all (again)
	        and exists (select from orders.line x where x.order_id = h.id
	        and x.line_id = d ->> 'line_id'),
	        orders.finding('line_twice', 'error', s.p || '/line_id',
	        d ->> 'line_id', null, jsonb_build_object('line',
	        d ->> 'line_id'))),
	    (d ->> 'action' = '2' and exists (select
	        from jsonb_array_elements(lines) x
	        where x ->> 'line' = d ->> 'line'
	        and (x ->> 'at')::int <> (d ->> 'at')::int),
	        orders.finding('line_twice', 'error', s.p || '/line_id',
	        d ->> 'line_id', null, jsonb_build_object('line',
	        d ->> 'line_id'))),
	    (l.shipped > 0 or orders.line_over(l.state), orders.finding(
	        'change_late', 'error', s.p || '/line_id', l.state, null,
	        jsonb_build_object('line', l.line_id)))) v (wrong, f)
	    where v.wrong);
end
$$;

-- What a distributor still wants of the line that a supplier's line is for;
-- null when it is for none, or that one has ended.
create or replace function orders.sold_wants(line bigint)
returns numeric language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return (select orders.still_wanted(s) from orders.line p
	    join orders.line s on s.id = p.linked_line_id
	    where p.id = sold_wants.line and not orders.line_over(s.state));
end
$$;
select core.definer('orders.sold_wants(bigint)',
    'an account manager may not see the distributor; answers a quantity that his supplier''s line has, too',
    'portals');

-- A change of a supplier's order must not break the distributor's that it is
-- for: the quantity is the distributor's, whose change reaches the supplier by
-- itself; days and prices are the house's matter. Nor does it get lines that
-- nobody ordered.
create or replace function orders.linked_errors(h orders.head, lines jsonb,
    input jsonb)
returns jsonb language plpgsql stable as $$
declare
	typed jsonb := orders.clean_change(input, h.kind) -> 'lines';
begin
	if h.kind <> 'purchase' then
		return '[]';
	end if;
	return (select coalesce(jsonb_agg(case d ->> 'action' when '1'
	    then core.wrong(s.at || '/item', 'orders.change.added')
	    else core.wrong(s.at || '/quantity', 'orders.change.linked',
	        jsonb_build_object('line', d ->> 'line_id', 'expected',
	        trim_scale(w.wants)::text)) end), '[]')
	from jsonb_array_elements(lines) d,
	lateral (select '/lines/' || coalesce(typed #>> array[d ->> 'at', 'at'],
	    '0') as at) s,
	lateral (select orders.sold_wants((d ->> 'line')::bigint) as wants
	    offset 0) w
	where d ->> 'action' = '1' or w.wants
	    <> coalesce((d #>> '{new,quantity}')::numeric, 0)
	and d #>> '{new,quantity}' is distinct from d #>> '{old,quantity}');
end
$$;

-- What makes two changes of one number equal.
create or replace function orders.change_digest(doc jsonb)
returns bytea language sql immutable as $$
	select sha256(convert_to((doc - '{control_ref,message_ref,sender,
	    receiver,standard,version,test}'::text[])::text, 'UTF8'))
$$;
