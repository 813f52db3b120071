-- SPDX-License-Identifier: Apache-2.0
--
-- Checks of an order against what the house knows. The same for a form and for
-- a document: both are canonical orders (docs/features/documents.md).

-- The currency of a canonical order: the one it names; else the house's own
-- where the partner has prices in it, else the only one that he has prices in.
create or replace function orders.currency_of(partner bigint, doc jsonb)
returns text language plpgsql stable as $$
declare
	own text := (select currency from core.house);
	single text;
begin
	if doc ->> 'currency' <> '' then
		return doc ->> 'currency';
	elsif exists (select from item.price p where p.partner_id = partner
	    and p.currency = own) then
		return own;
	end if;
	select min(p.currency) into single from item.price p
	where p.partner_id = partner having min(p.currency) = max(p.currency);
	return coalesce(single, own);
end
$$;

-- The parts that a line of an order is wanted in: a single one says no more than
-- a day, unless it is of another quantity than the line.
create or replace function orders.split_of(e jsonb, ordered numeric)
returns jsonb language sql immutable as $$
	select case when jsonb_array_length(e -> 'schedule') > 1
	    or core.try_decimal(e #>> '{schedule,0,quantity}') <> ordered
	    then e -> 'schedule' end
$$;

-- Is a quantity one that can be kept, and what it costs?
create or replace function orders.quantity_ok(n numeric)
returns boolean language sql immutable as $$
	select coalesce(n > 0 and n < 1000000000, false)
$$;

-- Is a price one that can be kept, and what so many cost? None is.
create or replace function orders.price_ok(price numeric, quantity numeric)
returns boolean language sql immutable as $$
	select coalesce(price >= 0 and price < 1000000000
	    and price * quantity < 1000000000000, true)
$$;

-- The lines of a canonical order with item, price and unit as known here.
create or replace function orders.resolve(partner bigint, doc jsonb)
returns orders.wanted[] language plpgsql stable as $$
declare
	today date := core.today();
	day date := core.try_date(coalesce(doc ->> 'requested_date',
	    doc ->> 'latest', doc ->> 'earliest'));
	money text := orders.currency_of(partner, doc);
	lines orders.wanted[];
begin
	select array_agg(row(l.ord, coalesce(l.e ->> 'line_id', l.ord::text), i.id,
	    l.e -> 'item', l.e ->> 'unit_code', i.unit, l.ordered,
	    coalesce(core.try_date(l.e ->> 'requested_date'), core.try_date(
	        l.e #>> '{schedule,0,date}'), day),
	    orders.split_of(l.e, l.ordered),
	    core.try_decimal(l.e ->> 'price_amount'),
	    coalesce(core.try_decimal(l.e ->> 'price_base'), 1),
	    p.amount, p.price_base, coalesce(l.e -> 'text', '[]')
	    )::orders.wanted order by l.ord)
	into lines
	from (select e, ord::int, core.try_quantity(e ->> 'ordered') ordered
	    from jsonb_array_elements(doc -> 'lines') with ordinality t (e, ord)) l
	left join lateral (select orders.find_item(partner, l.e -> 'item') id
	    offset 0) f on true
	left join item.item i on i.id = f.id and i.active
	left join lateral (
		select p.amount, p.price_base from item.price p
		where p.partner_id = partner and p.item_id = i.id
		  and p.currency = money and p.valid_from <= today
		  and p.min_quantity <= l.ordered
		order by p.valid_from desc, p.min_quantity desc limit 1
	) p on true;
	return coalesce(lines, '{}');
end
$$;

-- The item meant, or null. Numbers are tried from the surest on.
create or replace function orders.find_item(partner bigint, spec jsonb)
returns bigint language plpgsql stable as $$
declare
	found bigint;
begin
	found := item.by_gtin(spec ->> 'gtin');
	if found is null then
		select i.id into found from item.item i
		where i.number = spec ->> 'sellers_item_id';
	end if;
	if found is null then
		select r.item_id into found from item.reference r
		where r.partner_id = partner
		  and r.buyers_item_id = spec ->> 'buyers_item_id';
	end if;
	if found is null and spec ? 'any' then
		found := item.resolve(partner, spec);
	end if;
	return found;
end
$$;

-- One finding of a business rule, in the shape of the reader's.
create or replace function orders.finding(rule text, severity text,
    pointer text, seen text, expected text, args jsonb default '{}')
returns jsonb language sql immutable as $$
	select jsonb_strip_nulls(jsonb_build_object('rule', 'business.' || rule,
	    'severity', severity, 'pointer', pointer, 'found', seen,
	    'expected', expected, 'args', jsonb_strip_nulls(args)))
$$;

-- Does a unit count single pieces?
create or replace function orders.counted(unit text)
returns boolean language sql immutable as $$
	select unit in ('C62', 'EA', 'H87', 'PCE', 'NAR')
$$;

-- Units that count single pieces are one and the same.
create or replace function orders.same_unit(a text, b text)
returns boolean language sql immutable as $$
	select a = b or orders.counted(a) and orders.counted(b)
$$;

-- What is wrong with the lines.
create or replace function orders.line_findings(lines orders.wanted[],
    money text, terms exchange.agreement)
returns jsonb language plpgsql stable as $$
declare
	percent numeric := coalesce(
	    (terms.tolerances ->> 'price_percent')::numeric, 0);
	today date := core.today();
	result jsonb;
begin
	select jsonb_agg(v.finding || jsonb_build_object(
	    'args', v.finding -> 'args' || jsonb_build_object('line', l.line_id),
	    'pointer', '/lines/' || l.ord - 1 || (v.finding ->> 'pointer'))
	    order by l.ord)
	into result
	from unnest(lines) l, lateral (values
	(case when l.item is null then orders.finding('item_unknown', 'error',
	    '/item', coalesce(l.spec ->> 'gtin', l.spec ->> 'sellers_item_id',
	        l.spec ->> 'buyers_item_id', l.spec ->> 'any',
	        l.spec ->> 'manufacturers_item_id', ''), null,
	    jsonb_build_object('name', l.spec ->> 'name')) end),
	(case when not orders.quantity_ok(l.ordered) then
	    orders.finding('quantity', 'error', '/ordered',
	        coalesce(l.ordered::text, ''), case when l.ordered > 0
	        then '< 1000000000' else '> 0' end) end),
	(case when not orders.price_ok(l.given / nullif(l.given_base, 0),
	    l.ordered) then orders.finding('price_range', 'error',
	    '/price_amount', l.given::text, orders.plain(l.price)) end),
	(case when l.item is not null and l.unit is not null
	    and not orders.same_unit(l.unit, l.known_unit) then
	    orders.finding('unit', 'error', '/unit_code', l.unit, l.known_unit) end),
	(case when l.item is not null and l.ordered > 0 and l.price is null then
	    orders.finding('price_missing', case when l.given is null
	        then 'error' else 'warning' end, '/item',
	        l.spec ->> 'sellers_item_id', money) end),
	(case when abs(l.given / nullif(l.given_base, 0) - l.price / l.base)
	    > l.price / l.base * percent / 100 then
	    orders.finding('price_differs', 'warning', '/price_amount',
	        trim_scale(l.given)::text, orders.plain(l.price)) end),
	(case when l.day < today then orders.finding('date_past', 'warning',
	    '/requested_date', l.day::text, today::text) end),
	(case when (select sum(core.try_quantity(s ->> 'quantity')) <> l.ordered
	    or bool_or(coalesce(core.try_quantity(s ->> 'quantity'), 0) <= 0)
	    from jsonb_array_elements(l.wanted) s) then
	    orders.finding('schedule_sum', 'error', '/schedule', (select
	        trim_scale(sum(core.try_decimal(s ->> 'quantity')))::text
	        from jsonb_array_elements(l.wanted) s),
	        trim_scale(l.ordered)::text) end)
	) v (finding)
	where v.finding is not null;
	return coalesce(result, '[]') || orders.twice_findings(lines);
end
$$;

-- Line numbers that stand twice.
create or replace function orders.twice_findings(lines orders.wanted[])
returns jsonb language plpgsql immutable as $$
begin
	return (select coalesce(jsonb_agg(orders.finding('line_twice', 'error',
	    '/lines/' || ord - 1 || '/line_id', line_id, null,
	    jsonb_build_object('line', line_id))), '[]')
	from (select ord, line_id, row_number() over
	    (partition by line_id order by ord) n from unnest(lines)) t
	where n > 1);
end
$$;

-- What is wrong with the head: parties, currency, number, function.
create or replace function orders.head_findings(partner bigint, doc jsonb)
returns jsonb language plpgsql stable as $$
declare
	found jsonb;
	seller jsonb := doc #> '{parties,seller}';
	buyer jsonb := doc #> '{parties,buyer}';
	house core.house;
begin
	select * into house from core.house;
	found := orders.partner_findings(partner);
	if not orders.seller_is(partner, seller, house) then
		found := found || orders.finding('seller_unknown', 'error',
		    '/parties/seller', coalesce(seller ->> 'gln', seller ->> 'duns'),
		    coalesce(house.gln, house.duns));
	end if;
	if not orders.buyer_is(partner, buyer) then
		found := found || orders.finding('buyer_unknown', 'error',
		    '/parties/buyer', coalesce(buyer ->> 'gln', buyer ->> 'duns',
		        buyer ->> 'assigned_by_seller'), null,
		    jsonb_build_object('name', buyer ->> 'name'));
	end if;
	if coalesce(doc ->> 'number', '') = '' then
		found := found || orders.finding('number_missing', 'error',
		    '/number', null, null);
	end if;
	if jsonb_array_length(coalesce(doc -> 'lines', '[]')) = 0 then
		found := found || orders.finding('lines_none', 'error', '/lines',
		    '0', '1');
	end if;
	if doc ->> 'currency' <> house.currency and not exists (select from item.price
	    where partner_id = partner and currency = doc ->> 'currency') then
		found := found || orders.finding('currency', 'error', '/currency',
		    doc ->> 'currency', house.currency);
	end if;
	return found || orders.place_findings(partner, doc #> '{parties,ship_to}');
end
$$;

-- Is this party the house? Its own numbers count, and the one by which an
-- agreement lets the partner address it: many keep an older or another's number
-- for the same seller. A party without numbers says nothing to the contrary.
create or replace function orders.seller_is(partner bigint, party jsonb,
    house core.house)
returns boolean language plpgsql stable as $$
begin
	return coalesce(party ->> 'gln' <> house.gln
	        or party ->> 'duns' <> house.duns, false) is false
	    or exists (select from exchange.agreement a
	        where a.partner_id = partner and a.valid_until is null
	        and a.ours ->> 'id' in (party ->> 'gln', party ->> 'duns'));
end
$$;

-- Is this party the partner? Only numbers that the house keeps can say no.
create or replace function orders.buyer_is(partner bigint, party jsonb)
returns boolean language plpgsql stable as $$
begin
	return (select coalesce(bool_or(i.value = g.value), true)
	from (values ('gln', party ->> 'gln'), ('duns', party ->> 'duns'),
	    ('assigned_by_house', party ->> 'assigned_by_seller')) g (kind, value)
	join core.partner_identifier i
	    on i.partner_id = partner and i.kind = g.kind
	where g.value is not null);
end
$$;

-- The address of a partner that a party means by number, if there is one; the
-- partner's own GLN means his usual place.
create or replace function orders.find_address(partner bigint, party jsonb)
returns core.address language plpgsql stable as $$
declare
	a core.address;
begin
	select * into a from core.address x
	where x.partner_id = partner and x.active
	  and (x.gln = party ->> 'gln' or x.code = party ->> 'assigned_by_buyer')
	order by x.id limit 1;
	if a.id is null and exists (select from core.partner_identifier i
	    where i.partner_id = partner and i.kind = 'gln'
	    and i.value = party ->> 'gln') then
		select * into a from core.address x
		where x.partner_id = partner and x.active
		  and x.kind in ('ship_to', 'main')
		order by x.preferred desc, x.kind desc, x.id limit 1;
	end if;
	return a;
end
$$;

-- A delivery place given by a number alone has to be known.
create or replace function orders.place_findings(partner bigint, party jsonb)
returns jsonb language plpgsql stable as $$
declare
	given text := coalesce(party ->> 'gln', party ->> 'assigned_by_buyer',
	    party ->> 'duns');
	known core.address;
begin
	if given is null or party ? 'name' or party ? 'address' then
		return '[]';
	end if;
	known := orders.find_address(partner, party);
	if known.id is not null then
		return '[]';
	end if;
	return jsonb_build_array(orders.finding('ship_to_unknown', 'error',
	    '/parties/ship_to', given, null));
end
$$;
