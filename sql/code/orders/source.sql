-- SPDX-License-Identifier: Apache-2.0
--
-- Sourcing: the house buys what distributors order. A sales order becomes one
-- purchase order for each supplier of its items, line by line.

-- Makes the purchase orders of an acknowledged sales order, once. A supplier
-- whose agreement says auto sees his at once; others wait for an account
-- manager's release. Lines without a supplier are answered by the house.
-- Runs with the owner's eyes: neither side may see the other's rows.
create or replace function orders.source_order(of_order bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	h orders.head;
	s record;
begin
	select * into h from orders.head where id = of_order and kind = 'sales'
	    and state = 'acknowledged' for update;
	if h.id is null or exists (select from orders.head
	    where linked_order_id = of_order) then
		return;
	end if;
	for s in
		select i.partner_id as supplier, array_agg(l.id order by l.position) ids
		from orders.line l
		join item.source i on i.item_id = l.item_id and i.preferred
		join core.partner p on p.id = i.partner_id and p.status = 'active'
		where l.order_id = of_order and l.state = 'open'
		group by i.partner_id order by i.partner_id
	loop
		perform orders.create_purchase(h, s.supplier, s.ids);
	end loop;
end
$$;
select core.definer('orders.source_order(bigint)',
    'a distributor''s order makes orders of suppliers; does nothing twice',
    'portals', 'worker', 'admin');

-- One purchase order for some lines of a sales order, released at once where
-- the agreement says auto. It names the place of
-- delivery, never the distributor or his prices, unless the supplier's
-- agreement says that names may be shown.
create or replace function orders.create_purchase(h orders.head,
    supplier bigint, lines bigint[])
returns bigint language plpgsql as $$
declare
	terms exchange.agreement := exchange.terms(supplier);
	made bigint;
begin
	insert into orders.head (public_id, partner_id, kind, number, order_kind,
	    state, order_version, currency, issue_date, requested_date, ship_to,
	    parties, source, linked_order_id, created_at)
	values (core.uuid7(), supplier, 'purchase',
	    'PO-' || nextval('orders.purchase_number'), h.order_kind, 'draft', 1,
	    h.currency, core.today(), h.requested_date,
	    orders.place_for(supplier, h.ship_to),
	    '{}', 'system', h.id, core.now())
	returning id into made;
	perform orders.create_purchase_lines(h, made, supplier, lines, terms);
	if coalesce(terms.sourcing, 'auto') = 'auto' then
		perform orders.release(made);
	else
		perform orders.refresh(made);
	end if;
	return made;
end
$$;

-- Its lines. What may be shipped above is what both agreements allow: goods go
-- straight to the distributor.
create or replace function orders.create_purchase_lines(h orders.head,
    made bigint, supplier bigint, lines bigint[], terms exchange.agreement)
returns void language plpgsql as $$
declare
	today date := core.today();
begin
	with bought as (
		insert into orders.line (public_id, partner_id, order_id, line_id,
		    position, item_id, item, unit, ordered, requested_date, wanted,
		    price, price_base, open, over_ship, linked_line_id)
		select core.uuid7(), supplier, made,
		    (row_number() over (order by l.position) * 10)::text,
		    row_number() over (order by l.position), l.item_id,
		    jsonb_strip_nulls(jsonb_build_object('gtin', i.gtin,
		        'buyers_item_id', i.number, 'sellers_item_id',
		        s.suppliers_item_id, 'name', i.name_en)),
		    l.unit, l.ordered, l.requested_date, l.wanted, p.amount,
		    coalesce(p.price_base, 1), l.ordered,
		    least((terms.tolerances ->> 'over_ship_percent')::numeric,
		        l.over_ship), l.id
		from orders.line l
		join item.item i on i.id = l.item_id
		join item.source s on s.item_id = i.id and s.partner_id = supplier
		left join lateral (
			select amount, price_base from item.price p
			where p.partner_id = supplier and p.item_id = i.id
			  and p.currency = h.currency and p.valid_from <= today
			  and p.min_quantity <= l.ordered
			order by p.valid_from desc, p.min_quantity desc limit 1
		) p on true
		where l.id = any (lines)
		returning id, ordered, requested_date, wanted
	)
	insert into orders.schedule (partner_id, line_id, kind, quantity, due_on)
	select supplier, b.id, 'open', coalesce((w ->> 'quantity')::numeric,
	    b.ordered), coalesce((w ->> 'date')::date, b.requested_date)
	from bought b left join lateral jsonb_array_elements(b.wanted) w on true;
end
$$;

-- The house sends a purchase order to its supplier.
create or replace function orders.release(of_order bigint)
returns void language plpgsql as $$
declare
	h orders.head;
	terms exchange.agreement;
begin
	select * into h from orders.head where id = of_order for update;
	terms := exchange.terms(h.partner_id);
	perform set_config('kontor.step', 'release', true);
	update orders.head set state = 'submitted', submitted_at = core.now(),
	    response_due = orders.due_after(terms, core.now())
	where id = of_order;
	perform set_config('kontor.step', '', true);
	perform orders.refresh(of_order);
	perform orders.assign_by_duty(h.partner_id, of_order);
	select * into h from orders.head where id = of_order;
	perform core.emit(h.partner_id, 'order.submitted', 'order', h.public_id,
	    h.number, jsonb_build_object('lines', h.line_count));
	if (exchange.wants(h.partner_id, 'order')).id is not null then
		perform exchange.send(h.partner_id, 'order', orders.order_doc(h),
		    core.now(), 'order', h.public_id);
	end if;
end
$$;
