-- SPDX-License-Identifier: Apache-2.0
--
-- Another item instead of the one ordered: the seller offers it with his
-- answer, the buyer decides. It flows to the distributor whose order is
-- delivered by it, and is never accepted by the system.

-- The item that a seller names, by our number, its GTIN or, of a supplier, his
-- own number; null when it is not known, not his to deliver, or sold in another
-- unit.
create or replace function orders.substitute_find(l orders.line, spec jsonb)
returns bigint language plpgsql stable as $$
declare
	said text := spec ->> 'any';
	found bigint;
begin
	found := coalesce(item.by_gtin(coalesce(spec ->> 'gtin', said)),
	    (select i.id from item.item i where i.number in (said,
	        spec ->> 'buyers_item_id') limit 1),
	    (select s.item_id from item.source s where s.partner_id = l.partner_id
	        and s.suppliers_item_id in (said, spec ->> 'sellers_item_id')
	        limit 1));
	return (select i.id from item.item i where i.id = found and i.active
	    and orders.same_unit(i.unit, l.unit)
	    and (l.linked_line_id is null or exists (select from item.source s
	        where s.item_id = i.id and s.partner_id = l.partner_id)));
end
$$;

-- The item offered by an answer; null for none, or for the one ordered.
--   a  input of order_lines_event: substitute, a number or canonical item
create or replace function orders.substitute_of(l orders.line, a jsonb)
returns bigint language plpgsql stable as $$
declare
	given jsonb := a -> 'substitute';
	found bigint;
begin
	if coalesce(given, 'null') in ('null', '""', '{}') then
		return null;
	elsif jsonb_typeof(given) = 'string' then
		given := jsonb_build_object('any', trim(given #>> '{}'));
	end if;
	found := orders.substitute_find(l, given);
	if found is null then
		perform core.fail(422, 'orders.substitute.unknown', null,
		    jsonb_build_array(core.wrong('/substitute',
		    'orders.substitute.unknown')));
	end if;
	return nullif(found, l.item_id);
end
$$;

-- An item as a line of an order of this kind names it.
create or replace function orders.item_spec(of_item bigint, partner bigint,
    kind text)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_strip_nulls(case kind when 'purchase' then
	    jsonb_build_object('gtin', i.gtin, 'buyers_item_id', i.number,
	        'sellers_item_id', (select s.suppliers_item_id
	            from item.source s where s.item_id = i.id
	            and s.partner_id = partner), 'name', i.name_en)
	    else jsonb_build_object('gtin', i.gtin, 'sellers_item_id', i.number,
	        'buyers_item_id', (select r.buyers_item_id from item.reference r
	            where r.item_id = i.id and r.partner_id = partner limit 1),
	        'name', i.name_en) end)
	    from item.item i where i.id = of_item);
end
$$;

-- The buyer accepts: the line is for the other item from now on.
create or replace function orders.take_substitute(l orders.line)
returns orders.line language plpgsql as $$
declare
	changed orders.line;
begin
	if l.substitute_id is null then
		return l;
	end if;
	update orders.line u set item_id = l.substitute_id,
	    original_id = coalesce(l.original_id, l.item_id),
	    substitute_id = null, item = orders.item_spec(l.substitute_id,
	        l.partner_id, h.kind)
	from orders.head h where h.id = l.order_id and u.id = l.id
	returning u.* into changed;
	return changed;
end
$$;

-- What the distributor pays for the item that a supplier offers instead, where
-- it is not what he pays for the one ordered. Is no other item offered any more,
-- the house asks again what it asked for the one ordered, unless that was agreed.
--   other  the item offered instead, or null
create or replace function orders.substitute_price(s orders.line,
    other bigint)
returns numeric language plpgsql stable as $$
declare
	listed numeric;
begin
	if other is null and s.substitute_id is null then
		return s.offered_price;
	end if;
	select p.amount * s.price_base / p.base into listed
	from orders.head h, orders.listed(s.partner_id, coalesce(other,
	    s.item_id), h.currency, s.ordered) p
	where h.id = s.order_id;
	if other is not null then
		return nullif(listed, s.price);
	elsif exists (select from core.state_history x
	    where x.machine = 'order_line' and x.object_id = s.public_id
	    and x.new_state = 'accepted') then
		return null;
	end if;
	return orders.asked_price(s.partner_id, s.price, listed);
end
$$;

-- An item as lines show it beside their own.
create or replace function orders.item_short(of_item bigint)
returns json language plpgsql stable as $$
begin
	return (select json_build_object('number', i.number, 'name',
	    case core.me_language() when 'de' then i.name_de else i.name_en end,
	    'gtin', i.gtin) from item.item i where i.id = of_item);
end
$$;
