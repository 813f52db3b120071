-- SPDX-License-Identifier: Apache-2.0
--
-- Checks of a supplier's despatch advice against his orders: the same for a
-- form and for a document, both are canonical despatches.

-- The order line that a line of a despatch means: by order and line number,
-- by order and item, or, where no order is named, by an item of which only one
-- line is still to come.
create or replace function orders.despatch_line_meant(partner bigint,
    e jsonb)
returns bigint language plpgsql stable as $$
declare
	of_order bigint := (select id from orders.head
	    where partner_id = partner and kind = 'purchase' and state <> 'draft'
	    and number = e ->> 'order_number');
begin
	if of_order is not null then
		return orders.line_meant(of_order, (e - 'line_id')
		    || jsonb_strip_nulls(jsonb_build_object('line_id',
		    e -> 'order_line_id')));
	elsif e ? 'order_number' then
		return null;
	end if;
	return (select min(l.id) from orders.line l
	    join orders.head h on h.id = l.order_id
	    join item.item i on i.id = l.item_id
	    where l.partner_id = partner and h.kind = 'purchase'
	    and l.state in ('accepted', 'backordered', 'part_shipped')
	    and (i.id = item.by_gtin(e #>> '{item,gtin}')
	        or i.number = e #>> '{item,buyers_item_id}'
	        or l.item ->> 'sellers_item_id' = e #>> '{item,sellers_item_id}')
	    having count(*) = 1);
end
$$;

-- The lines of a canonical despatch with the order lines that they mean:
-- content lines, each with its place, what was given, and the line's own unit.
create or replace function orders.despatch_lines(partner bigint, doc jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_build_object('line', l.id,
	    'quantity', trim_scale(core.try_quantity(e ->> 'shipped'))::text,
	    'given', e ->> 'shipped', 'unit_given', e ->> 'unit_code',
	    'unit', l.unit, 'package', e ->> 'package',
	    'order_number', coalesce(e ->> 'order_number',
	        doc ->> 'order_number'),
	    'order_line_id', coalesce(e ->> 'order_line_id',
	        e #>> '{item,gtin}', e #>> '{item,sellers_item_id}',
	        e #>> '{item,buyers_item_id}'),
	    'lot', e #>> '{item,lot}', 'serials', coalesce(
	        e #> '{item,serials}', '[]'),
	    'expiry_date', e ->> 'expiry_date',
	    'best_before_date', e ->> 'best_before_date',
	    'item', e -> 'item', 'place', '/lines/' || ord - 1) order by ord),
	    '[]')
	from jsonb_array_elements(coalesce(doc -> 'lines', '[]'))
	    with ordinality t (e, ord)
	left join orders.line l on l.id = orders.despatch_line_meant(partner,
	    jsonb_strip_nulls(jsonb_build_object('order_number',
	        doc -> 'order_number')) || t.e));
end
$$;

-- The content that a canonical despatch means. Packages get the numbers of
-- their places; several of one id share what is in them. Where a package has
-- no SSCC and one can be made, fresh says so.
create or replace function orders.despatch_meant(partner bigint, doc jsonb,
    lines jsonb, fresh boolean default false)
returns jsonb language plpgsql as $$
declare
	packages jsonb := (select coalesce(jsonb_agg(p || jsonb_build_object(
	    'position', ord) order by ord), '[]') from jsonb_array_elements(
	    coalesce(doc -> 'packages', '[]')) with ordinality t (p, ord));
	places jsonb := (select coalesce(jsonb_object_agg(id, n), '{}') from (
	    select p ->> 'id' as id, min((p ->> 'position')::int) n
	    from jsonb_array_elements(packages) p group by 1) x);
begin
	return jsonb_build_object('packages', (
	    select coalesce(jsonb_agg(jsonb_build_object('position',
	        p -> 'position', 'parent', nullif(places -> (p ->> 'parent'),
	        p -> 'position'), 'kind', p -> 'kind', 'count',
	        greatest(trunc(core.try_decimal(p ->> 'count'))::int, 1),
	        'sscc', coalesce(orders.sscc_plain(p ->> 'sscc'),
	            case when fresh then orders.next_sscc(partner) end),
	        'weight', p -> 'weight') order by (p ->> 'position')::int), '[]')
	    from jsonb_array_elements(packages) p),
	'lines', (select coalesce(jsonb_agg((e - array['given', 'unit_given',
	        'item', 'unit', 'order_number', 'order_line_id']) || jsonb_build_object(
	        'package', places -> (e ->> 'package')) order by ord), '[]')
	    from jsonb_array_elements(lines) with ordinality t (e, ord)));
end
$$;

-- What is wrong with single lines.
create or replace function orders.despatch_line_findings(partner bigint,
    lines jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(v.f || jsonb_build_object('pointer',
	    (e ->> 'place') || (v.f ->> 'pointer')) order by ord), '[]')
	from jsonb_array_elements(lines) with ordinality t (e, ord)
	left join orders.line l on l.id = (t.e ->> 'line')::bigint, lateral (values
	(case when l.id is null and not exists (select from orders.head h
	    where h.partner_id = partner and h.kind = 'purchase'
	    and h.state <> 'draft' and h.number = e ->> 'order_number')
	    and e ->> 'order_number' is not null then orders.finding(
	    'order_unknown', 'error', '/order_number', e ->> 'order_number', null)
	when l.id is null then orders.finding('despatch_line_unknown', 'error',
	    '/order_line_id', e ->> 'order_line_id', null, jsonb_build_object(
	    'order', e ->> 'order_number')) end),
	(case when coalesce((e ->> 'quantity')::numeric, 0) <= 0 then
	    orders.finding('despatch_quantity', 'error', '/shipped',
	    coalesce(e ->> 'given', ''), '> 0', jsonb_build_object('line',
	    l.line_id)) end),
	(case when not orders.same_unit(coalesce(e ->> 'unit_given', l.unit),
	    l.unit) then orders.finding('despatch_unit', 'error', '/unit_code',
	    e ->> 'unit_given', l.unit, jsonb_build_object('line', l.line_id))
	    end),
	(orders.other_item_finding(l, e -> 'item', 'despatch_item', '')),
	(case when l.state in ('open', 'proposed', 'rejected', 'cancelled',
	    'received', 'short') then
	    orders.finding('despatch_unconfirmed', 'error', '/order_line_id',
	    l.state, null, jsonb_build_object('line', l.line_id)) end),
	(case when l.change_id is not null then orders.finding('change_pending',
	    'error', '/order_line_id', l.line_id, null, jsonb_build_object('line',
	    l.line_id)) end),
	(case when jsonb_array_length(e -> 'serials') > 0
	    and jsonb_array_length(e -> 'serials') <> (e ->> 'quantity')::numeric
	    then orders.finding('despatch_serials', 'warning', '/item/serials',
	    jsonb_array_length(e -> 'serials')::text, e ->> 'quantity',
	    jsonb_build_object('line', l.line_id)) end)) v (f)
	where v.f is not null);
end
$$;

-- More than the agreement allows of one line, all packages together.
create or replace function orders.despatch_over(lines jsonb,
    old orders.despatch)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(orders.finding('ship_over', 'error',
	    n.place || '/shipped', trim_scale(n.quantity)::text,
	    trim_scale(m.most)::text, jsonb_build_object('line', l.line_id))),
	    '[]')
	from orders.packed_sums(lines) n
	join orders.line l on l.id = n.line
	left join orders.packed_sums(orders.despatch_content(old) -> 'lines') b
	    on b.line = n.line,
	lateral (select orders.ship_most(l) - l.shipped
	    + coalesce(b.quantity, 0) as most) m
	where l.state in ('accepted', 'backordered', 'part_shipped', 'shipped')
	and n.quantity > m.most);
end
$$;

-- What is wrong with packages and serial numbers.
create or replace function orders.package_findings(partner bigint,
    doc jsonb, lines jsonb, old orders.despatch)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(v.f order by ord), '[]')
	from jsonb_array_elements(coalesce(doc -> 'packages', '[]'))
	    with ordinality t (p, ord),
	lateral (select orders.sscc_plain(p ->> 'sscc')) s (code), lateral (values
	(case when not orders.sscc_ok(s.code) then orders.finding('sscc', 'error',
	    '/packages/' || ord - 1 || '/sscc', p ->> 'sscc', case when s.code
	    ~ '^[0-9]{17,18}$' then left(s.code, 17)
	        || orders.check_digit(left(s.code, 17)) end)
	when exists (select from orders.package k
	    where k.partner_id = partner and k.sscc = s.code
	    and k.despatch_id is distinct from old.id) then
	    orders.finding('sscc_used', 'warning', '/packages/' || ord - 1
	    || '/sscc', s.code, null)
	when 1 < (select count(*) from jsonb_array_elements(doc -> 'packages') k
	    where orders.sscc_plain(k ->> 'sscc') = s.code) then
	    orders.finding('sscc_twice', 'error', '/packages/' || ord - 1
	    || '/sscc', s.code, null) end),
	(case when p ->> 'parent' = p ->> 'id' or p ->> 'parent' not in (
	    select k ->> 'id' from jsonb_array_elements(doc -> 'packages') k)
	    then orders.finding('package_parent', 'error', '/packages/' || ord - 1
	    || '/parent', p ->> 'parent', null) end)) v (f)
	where v.f is not null)
	|| (select coalesce(jsonb_agg(orders.finding('serial_twice', 'error',
	    x.place || '/item/serials', x.serial, null)), '[]')
	from (select min(e ->> 'place') place, serial
	    from jsonb_array_elements(lines) e, jsonb_array_elements_text(
	        e -> 'serials') serial
	    group by e ->> 'line', serial having count(*) > 1) x)
	|| (select coalesce(jsonb_agg(orders.finding('package_unknown', 'error',
	    (e ->> 'place') || '/package', e ->> 'package', null)), '[]')
	from jsonb_array_elements(lines) e
	where e ->> 'package' is not null and e ->> 'package' not in (select coalesce(k ->> 'id', '')
	    from jsonb_array_elements(coalesce(doc -> 'packages', '[]')) k));
end
$$;

-- Where the goods of an order go: the same for whoever names the address
-- alone, or its number and name as well; nobody knows it: of no other order.
create or replace function orders.place_of(h orders.head)
returns text language sql immutable as $$
	select coalesce(nullif(h.ship_to -> 'address', '{}')::text,
	    h.ship_to ->> 'gln', h.ship_to ->> 'assigned_by_buyer',
	    'order ' || h.id)
$$;

-- The same for people.
create or replace function orders.place_text(ship_to jsonb)
returns text language sql immutable as $$
	select coalesce(nullif(concat_ws(' ', ship_to #>> '{address,postal_code}',
	    ship_to #>> '{address,city}'), ''), ship_to ->> 'gln',
	    ship_to ->> 'assigned_by_buyer')
$$;

-- One despatch is for one place; a document that names several is believed to
-- know better, a sheet may have its numbers mixed up.
create or replace function orders.place_findings(doc jsonb, lines jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(orders.finding('despatch_places',
	    case when exchange.is_sheet(doc ->> 'standard') then 'error'
	    else 'warning' end, (p.e ->> 'place') || '/order_number', p.place,
	    p.usual)), '[]')
	from (select x.e, x.key, x.place, first_value(x.key) over w as first,
	        first_value(x.place) over w as usual,
	        row_number() over (partition by x.key order by x.ord) as nth
	    from (select t.e, t.ord, orders.place_of(h) as key,
	            orders.place_text(h.ship_to) as place
	        from jsonb_array_elements(lines) with ordinality t (e, ord)
	        join orders.line l on l.id = (t.e ->> 'line')::bigint
	        join orders.head h on h.id = l.order_id
	        where h.ship_to is not null) x
	    window w as (order by x.ord)) p
	where p.nth = 1 and p.key <> p.first);
end
$$;

-- All that is wrong with a despatch.
--   old  the one that it corrects, or null
create or replace function orders.despatch_findings(partner bigint,
    doc jsonb, lines jsonb, old orders.despatch)
returns jsonb language plpgsql stable as $$
declare
	found jsonb := '[]';
begin
	if coalesce(trim(doc ->> 'number'), '') = '' then
		found := found || orders.finding('despatch_number', 'error',
		    '/number', null, null);
	end if;
	if lines = '[]' then
		found := found || orders.finding('despatch_empty', 'error', '/lines',
		    '0', '1');
	end if;
	if core.try_date(doc ->> 'arrival_date')
	    < core.try_date(doc ->> 'ship_date') then
		found := found || orders.finding('despatch_dates', 'warning',
		    '/arrival_date', doc ->> 'arrival_date', doc ->> 'ship_date');
	end if;
	return found || orders.place_findings(doc, lines)
	    || orders.despatch_line_findings(partner, lines)
	    || orders.despatch_over(lines, old)
	    || orders.package_findings(partner, doc, lines, old);
end
$$;

-- Did the same document come before, though another one has corrected the
-- despatch since? It must not undo that. Of sheets people decide.
create or replace function orders.despatch_said(old orders.despatch,
    doc jsonb, f text)
returns boolean language plpgsql stable as $$
begin
	return doc ? 'standard' and not exchange.is_sheet(doc ->> 'standard')
	    and old.state <> 'cancelled' and f <> 'cancel'
	    and exists (select from exchange.message m
	        where m.object_id = old.public_id and m.type = 'despatch'
	        and m.effect in ('created', 'applied')
	        and m.canonical ->> 'standard' = doc ->> 'standard'
	        and coalesce(m.canonical ->> 'function', 'original') = f
	        and orders.digest(m.canonical) = orders.digest(doc));
end
$$;

-- Has a despatch of this number come before? Says what follows: a finding
-- that ends it, or the despatch to correct.
create or replace function orders.despatch_seen(partner bigint, doc jsonb,
    out old orders.despatch, out finding jsonb, out effect text)
language plpgsql stable as $$
declare
	f text := coalesce(doc ->> 'function', 'original');
begin
	select * into old from orders.despatch
	where partner_id = partner and kind = 'purchase'
	    and number = doc ->> 'number';
	if old.id is not null and (old.digest = orders.digest(doc)
	    and (f = 'cancel') = (old.state = 'cancelled')
	    or orders.despatch_said(old, doc, f)) then
		finding := orders.finding('despatch_twice', 'warning', '/number',
		    old.number, null);
		effect := 'duplicate';
	elsif f in ('duplicate', 'copy') then
		finding := orders.finding('copy', 'warning', '/function', f,
		    'original');
	elsif f not in ('original', 'replace', 'change', 'cancel') then
		finding := orders.finding('despatch_function', 'error', '/function',
		    f, 'original, change, replace, cancel');
	elsif old.id is null and f <> 'original' then
		finding := orders.finding('despatch_unknown', 'error', '/number',
		    doc ->> 'number', null);
	elsif old.id is not null and f = 'original'
	    and doc ->> 'standard' is distinct from 'ubl' then
		finding := orders.finding('despatch_number_used', 'error', '/number',
		    old.number, null);
	elsif old.id is not null and not orders.despatch_may_change(old) then
		finding := orders.finding('despatch_over', 'error', '/number',
		    old.state, null);
	end if;
end
$$;
