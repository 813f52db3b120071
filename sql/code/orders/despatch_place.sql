-- SPDX-License-Identifier: Apache-2.0
--
-- A supplier's despatch takes effect, or a correction or the cancellation of
-- one: from the form and from a document.

-- Checks a canonical despatch and, without errors, does what it says.
--   fresh   packages without an SSCC get one
--   result  {"effect": "created|applied|duplicate|none", "despatch": key |
--           null, "findings": [finding]}
create or replace function orders.despatch_place(partner bigint, doc jsonb,
    o orders.origin, dry boolean default false, fresh boolean default false)
returns jsonb language plpgsql as $$
declare
	seen record;
	lines jsonb;
	found jsonb;
	d orders.despatch;
begin
	select * into seen from orders.despatch_seen(partner, doc);
	d := seen.old;
	if seen.finding is not null then
		return jsonb_build_object('effect', coalesce(seen.effect, 'none'),
		    'despatch', d.id, 'findings', jsonb_build_array(seen.finding));
	end if;
	lines := orders.despatch_lines(partner, doc);
	perform orders.despatch_lock(d.id, jsonb_build_object('lines', lines));
	if d.id is not null then
		select * into seen from orders.despatch_seen(partner, doc);
		d := seen.old;
	end if;
	found := case when seen.finding is not null
	    then jsonb_build_array(seen.finding)
	    when doc ->> 'function' = 'cancel' then '[]'
	    else orders.despatch_findings(partner, doc, lines, d) end;
	found := exchange.waive(o.document, found);
	if dry or exchange.has_errors(found) then
		return jsonb_build_object('effect', 'none', 'despatch', d.id,
		    'findings', found);
	end if;
	return jsonb_build_object('effect', case when d.id is null
	    then 'created' else 'applied' end, 'despatch',
	    orders.despatch_do(partner, d, doc, lines, o, fresh),
	    'findings', found);
end
$$;

-- Does what a checked despatch says; answers its key.
create or replace function orders.despatch_do(partner bigint,
    d orders.despatch, doc jsonb, lines jsonb, o orders.origin,
    fresh boolean)
returns bigint language plpgsql as $$
declare
	what text := case when d.id is null then 'sent'
	    when doc ->> 'function' = 'cancel' then 'cancelled'
	    else 'corrected' end;
begin
	perform orders.despatches_keep(s.order_id)
	from orders.shipment s where s.despatch_id = d.id;
	if what = 'cancelled' then
		d := orders.despatch_cancel(d, o);
	else
		if what = 'sent' then
			d := orders.despatch_new(partner, 'purchase',
			    orders.despatch_places(lines, doc), o);
		else
			d := orders.despatch_head(d, orders.despatch_places(lines, doc),
			    o);
			perform orders.despatch_touch(d.id);
		end if;
		perform orders.despatch_put(d, orders.despatch_meant(partner, doc,
		    lines, fresh), o);
	end if;
	update orders.despatch set digest = orders.digest(doc)
	where id = d.id returning * into d;
	perform orders.despatch_settle(d, what);
	return d.id;
end
$$;

-- The head of a despatch, with the place of delivery from its orders where it
-- names none.
create or replace function orders.despatch_places(lines jsonb, doc jsonb)
returns jsonb language plpgsql stable as $$
begin
	if doc #> '{parties,ship_to,address}' is not null then
		return doc;
	end if;
	return doc || jsonb_build_object('parties', coalesce(doc -> 'parties',
	    '{}') || jsonb_build_object('ship_to', (select h.ship_to
	    from orders.packed_sums(lines) n
	    join orders.line l on l.id = n.line
	    join orders.head h on h.id = l.order_id limit 1)));
end
$$;

create or replace function orders.goods_outcome(placed jsonb,
    type text default 'despatch')
returns jsonb language plpgsql stable as $$
declare
	d orders.despatch;
begin
	select * into d from orders.despatch
	where id = (placed ->> 'despatch')::bigint;
	return jsonb_strip_nulls(jsonb_build_object('effect',
	    placed ->> 'effect', 'findings', placed -> 'findings',
	    'object_type', case when d.id is not null then type end,
	    'object_id', d.public_id, 'object_number', d.number));
end
$$;

-- A despatch advice of a supplier.
create or replace function orders.handle_despatch(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	placed jsonb;
begin
	if not exists (select from core.partner_role where partner_id = partner
	    and role = 'supplier') then
		return orders.outcome('none', null, jsonb_build_array(orders.finding(
		    'despatch_role', 'error', '', 'despatch', null)));
	end if;
	placed := orders.despatch_place(partner, canonical,
	    orders.origin_document(document), dry, exchange.is_sheet(
	        canonical ->> 'standard'));
	return orders.goods_outcome(placed);
end
$$;
