-- SPDX-License-Identifier: Apache-2.0
--
-- Despatch advices: made, corrected before receipt, cancelled. Every version
-- is kept. The content that functions hand each other is
--   {"head": {"ship_date", "arrival_date", "carrier", "scac", "tracking",
--        "weight", "weight_unit"},
--    "packages": [{"position", "parent", "kind", "count", "sscc", "weight"}],
--    "lines": [{"line": key, "package": position | null, "quantity", "lot",
--        "serials": [], "expiry_date", "best_before_date"}]}

select core.add_state('despatch', s, t, f) from (values
	('sent', 'info', false), ('received', 'ok', true),
	('short', 'bad', true), ('cancelled', 'neutral', true)) v (s, t, f);
select core.add_transition('despatch', s, e, n, p) from (values
	('', 'send', 'sent', null),
	('sent', 'correct', 'sent', 'despatches.create'),
	('sent', 'cancel', 'cancelled', 'despatches.create'),
	('sent', 'receive', 'received', 'receipts.create'),
	('sent', 'count_short', 'short', null)) v (s, e, n, p);
select core.guard('despatch', 'orders.despatch');

-- May it still be corrected? Before anything of it was counted, and while no
-- order of it is closed.
create or replace function orders.despatch_may_change(d orders.despatch)
returns boolean language plpgsql stable as $$
begin
	return d.state = 'sent' and d.origin_id is null and not exists (
	    select from orders.shipment s
	    left join orders.shipment_line i on i.shipment_id = s.id
	    join orders.head h on h.id = s.order_id
	    where s.despatch_id = d.id
	    and (i.counted is not null or h.state = 'closed'));
end
$$;

-- A new despatch from the head of a canonical one.
create or replace function orders.despatch_new(partner bigint,
    of_kind text, doc jsonb, o orders.origin, origin bigint default null)
returns orders.despatch language plpgsql as $$
declare
	d orders.despatch;
begin
	insert into orders.despatch (public_id, partner_id, kind, number,
	    ship_date, source, origin_id, created_at)
	values (core.uuid7(), partner, of_kind, doc ->> 'number',
	    coalesce(core.try_date(doc ->> 'ship_date'), core.today()),
	    case o.source when 'shared' then 'system' else o.source end, origin,
	    core.now())
	returning * into d;
	return orders.despatch_head(d, doc, o);
end
$$;

-- Sets what a despatch says of itself, and who said it last.
create or replace function orders.despatch_head(d orders.despatch,
    doc jsonb, o orders.origin)
returns orders.despatch language plpgsql as $$
declare
	set_to orders.despatch;
	day date := coalesce(core.try_date(doc ->> 'ship_date'), d.ship_date);
begin
	update orders.despatch set ship_date = day,
	    arrival_date = case when core.try_date(doc ->> 'arrival_date')
	        is not null then greatest(core.try_date(doc ->> 'arrival_date'),
	        day) end,
	    carrier = nullif(trim(doc #>> '{carrier,name}'), ''),
	    scac = nullif(trim(doc #>> '{carrier,scac}'), ''),
	    tracking = nullif(trim(doc ->> 'tracking'), ''),
	    ship_to = nullif(doc #> '{parties,ship_to}', 'null'),
	    weight = core.try_decimal(doc #>> '{totals,weight}'),
	    weight_unit = case when doc #>> '{totals,weight}' is not null
	        then coalesce(doc #>> '{totals,weight_unit}', 'KGM') end,
	    refs = coalesce(doc -> 'refs', '[]'),
	    texts = coalesce(doc -> 'text', '[]'),
	    source = case o.source when 'shared' then 'system' else o.source end,
	    person_id = o.person, client_id = o.client, document_id = o.document
	where id = d.id returning * into set_to;
	update orders.shipment set ship_date = set_to.ship_date,
	    carrier = set_to.carrier, tracking = set_to.tracking
	where despatch_id = d.id;
	return set_to;
end
$$;

-- What a despatch holds now.
create or replace function orders.despatch_content(d orders.despatch)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_build_object('head', jsonb_build_object('ship_date',
	    d.ship_date, 'arrival_date', d.arrival_date, 'carrier', d.carrier,
	    'scac', d.scac, 'tracking', d.tracking, 'weight',
	    trim_scale(d.weight)::text, 'weight_unit', d.weight_unit),
	'packages', (select coalesce(jsonb_agg(jsonb_build_object('position',
	    p.position, 'parent', p.parent, 'kind', p.kind, 'count', p.count,
	    'sscc', p.sscc, 'weight', trim_scale(p.weight)::text)
	    order by p.position), '[]')
	    from orders.package p where p.despatch_id = d.id),
	'lines', (select coalesce(jsonb_agg(jsonb_build_object('line', p.line_id,
	    'package', p.package, 'quantity', trim_scale(p.quantity)::text,
	    'lot', p.lot, 'serials', to_jsonb(p.serials), 'expiry_date',
	    p.expiry_date, 'best_before_date', p.best_before_date)
	    order by p.id), '[]')
	    from orders.packed p where p.despatch_id = d.id));
end
$$;

-- The quantities of a list of content lines, one row a line of an order.
create or replace function orders.packed_sums(lines jsonb)
returns table (line bigint, quantity numeric, place text, origin bigint)
language sql immutable as $$
	select (e ->> 'line')::bigint, sum((e ->> 'quantity')::numeric),
	    min(e ->> 'place'), max((e ->> 'origin')::bigint)
	from jsonb_array_elements(lines) e group by 1 order by 1
$$;

-- Makes this the content of a despatch: what it held before comes back, what
-- it holds now leaves. Lines are locked in one order for everybody.
create or replace function orders.despatch_put(d orders.despatch,
    content jsonb, o orders.origin)
returns void language plpgsql as $$
declare
	before jsonb := orders.despatch_content(d) -> 'lines';
	r record;
	l orders.line;
begin
	delete from orders.packed where despatch_id = d.id;
	delete from orders.package where despatch_id = d.id;
	perform orders.despatch_pack(d, content);
	for r in select line, coalesce(b.quantity, 0) was,
		coalesce(n.quantity, 0) as now, n.place, n.origin
		from orders.packed_sums(before) b
		full join orders.packed_sums(content -> 'lines') n using (line)
		order by line
	loop
		select * into l from orders.line where id = r.line for update;
		perform orders.shipment_put(d, l, r.now);
		if r.now <> r.was then
			l := orders.ship_total(l, l.shipped + r.now - r.was, o, r.place,
			    r.origin);
		end if;
		perform orders.say_carrier(l, d, o, 'carrier', d.carrier);
		perform orders.say_carrier(l, d, o, 'tracking', d.tracking);
	end loop;
end
$$;

-- Stores packages and what lies in them.
create or replace function orders.despatch_pack(d orders.despatch,
    content jsonb)
returns void language plpgsql as $$
begin
	insert into orders.package (partner_id, despatch_id, position, parent,
	    kind, count, sscc, weight)
	select d.partner_id, d.id, (p ->> 'position')::int,
	    (p ->> 'parent')::int, p ->> 'kind',
	    coalesce((p ->> 'count')::int, 1), p ->> 'sscc',
	    core.try_decimal(p ->> 'weight')
	from jsonb_array_elements(content -> 'packages') p;
	insert into orders.packed (partner_id, despatch_id, package, line_id,
	    quantity, lot, serials, expiry_date, best_before_date)
	select d.partner_id, d.id, (e ->> 'package')::int,
	    (e ->> 'line')::bigint, (e ->> 'quantity')::numeric, e ->> 'lot',
	    array(select jsonb_array_elements_text(coalesce(e -> 'serials',
	        '[]'))), core.try_date(e ->> 'expiry_date'),
	    core.try_date(e ->> 'best_before_date')
	from jsonb_array_elements(content -> 'lines') with ordinality t (e, ord)
	order by ord;
end
$$;

-- One line's sum in its shipment; nothing of it any more: no row.
create or replace function orders.shipment_put(d orders.despatch,
    l orders.line, total numeric)
returns void language plpgsql as $$
declare
	s bigint := orders.shipment_in(d, l.order_id);
begin
	if total = 0 then
		delete from orders.shipment_line
		where shipment_id = s and line_id = l.id;
		return;
	end if;
	insert into orders.shipment_line (partner_id, shipment_id, line_id,
	    quantity)
	values (l.partner_id, s, l.id, total)
	on conflict on constraint shipment_line_key
	do update set quantity = excluded.quantity;
end
$$;

-- Who carries a line, or under which number: a value with an origin, too.
create or replace function orders.say_carrier(l orders.line,
    d orders.despatch, o orders.origin, field text, said text)
returns void language plpgsql as $$
begin
	perform orders.say(l, jsonb_build_object(field, said), o,
	    case when o.document is not null then '' end,
	    case when o.source = 'shared' then (select max(v.id)
	        from orders.value v join orders.line p on p.id = v.line_id
	        where p.linked_line_id = l.id and v.field = say_carrier.field) end,
	    case field when 'carrier' then '/carrier/name' else '/tracking' end);
end
$$;

-- A change after a version was kept makes a new one.
create or replace function orders.despatch_touch(of_despatch bigint)
returns void language plpgsql as $$
begin
	update orders.despatch d set version = d.version + 1,
	    despatch_version = d.despatch_version + exists (select from
	        orders.despatch_version v where v.despatch_id = d.id
	        and v.despatch_version = d.despatch_version)::int
	where d.id = of_despatch;
end
$$;

-- Keeps the versions of an order's despatches that are not kept yet.
create or replace function orders.despatches_keep(of_order bigint)
returns void language plpgsql as $$
begin
	insert into orders.despatch_version (partner_id, despatch_id,
	    despatch_version, content, source, person_id, client_id, document_id,
	    created_at)
	select d.partner_id, d.id, d.despatch_version, orders.despatch_doc(d),
	    d.source, d.person_id, d.client_id, d.document_id, core.now()
	from orders.despatch d
	where d.id in (select s.despatch_id from orders.shipment s
	    where s.order_id = of_order)
	and not exists (select from orders.despatch_version v
	    where v.despatch_id = d.id
	    and v.despatch_version = d.despatch_version);
end
$$;

-- Locks the orders of a despatch and of new lines, in one order for everybody.
create or replace function orders.despatch_lock(of_despatch bigint,
    content jsonb)
returns void language plpgsql as $$
begin
	perform orders.lock_family(f) from orders.families(array(
	    select s.order_id from orders.shipment s
	    where s.despatch_id = of_despatch
	    union select l.order_id from orders.packed_sums(content -> 'lines') n
	    join orders.line l on l.id = n.line)) f;
	perform from orders.despatch where id = of_despatch for update;
end
$$;

-- After a despatch was made or changed: kept, told, carried over.
create or replace function orders.despatch_settle(d orders.despatch,
    what text)
returns void language plpgsql as $$
declare
	r record;
begin
	perform orders.despatches_keep(s.order_id)
	from orders.shipment s where s.despatch_id = d.id;
	perform core.emit(d.partner_id, 'despatch.' || what, 'despatch',
	    d.public_id, d.number, jsonb_build_object('version',
	    d.despatch_version), null, exchange.document_uuid(d.document_id));
	for r in select s.order_id, jsonb_agg(l.line_id order by l.position)
		filter (where l.id is not null) as lines
		from orders.shipment s
		left join orders.shipment_line i on i.shipment_id = s.id
		left join orders.line l on l.id = i.line_id
		where s.despatch_id = d.id group by 1 order by 1
	loop
		if r.lines is not null and what <> 'cancelled' then
			perform orders.tell_lines(r.order_id, jsonb_build_object(
			    'shipped', r.lines));
		end if;
		perform orders.settle(r.order_id);
	end loop;
end
$$;

-- Cancels a despatch: nothing of it left.
create or replace function orders.despatch_cancel(d orders.despatch,
    o orders.origin)
returns orders.despatch language plpgsql as $$
begin
	perform orders.despatch_put(d, '{"packages": [], "lines": []}', o);
	perform orders.despatch_touch(d.id);
	perform set_config('kontor.step', 'cancel', true);
	update orders.despatch set state = 'cancelled', person_id = o.person,
	    client_id = o.client, document_id = coalesce(o.document, document_id)
	where id = d.id returning * into d;
	perform set_config('kontor.step', '', true);
	return d;
end
$$;
