-- SPDX-License-Identifier: Apache-2.0
--
-- What arrived: counted by the distributor, or by an agent of the house, once
-- for each line of a despatch. A difference opens a case.

-- Counts a quantity of a line as received. What came above the despatch is
-- surplus. When nothing of a shipped line is uncounted any more, it is
-- received, or short.
create or replace function orders.count_line(l orders.line,
    sent numeric, counted numeric, o orders.origin,
    place text default null, origin bigint default null)
returns orders.line language plpgsql as $$
declare
	changed orders.line;
	next text := l.state;
begin
	if l.state = 'shipped' and not exists (select from orders.shipment_line i
	    where i.line_id = l.id and i.counted is null) then
		next := case when l.received + counted >= l.shipped
		    then 'received' else 'short' end;
	end if;
	perform set_config('kontor.step', case next when 'received'
	    then 'receive' else 'count_short' end, true);
	update orders.line set version = version + 1, state = next,
	    received = received + counted,
	    surplus = surplus + greatest(counted - sent, 0)
	where id = l.id returning * into changed;
	perform set_config('kontor.step', '', true);
	perform orders.say(changed, jsonb_build_object('received_quantity',
	    trim_scale(changed.received)::text, 'status', changed.state), o,
	    place, origin, '/received');
	return changed;
end
$$;

-- Lines that became shipped after all of them was counted (their rest was
-- cancelled) are received or short, too.
create or replace function orders.count_rest(of_order bigint)
returns void language plpgsql as $$
declare
	l orders.line;
begin
	for l in select * from orders.line x where x.order_id = of_order
		and x.state = 'shipped' and x.undo_until is null and exists (
		    select from orders.shipment_line i where i.line_id = x.id)
		and not exists (select from orders.shipment_line i
		    where i.line_id = x.id and i.counted is null)
		order by id
	loop
		perform orders.count_line(l, 0, 0, orders.origin_system());
	end loop;
end
$$;

-- The lines of a despatch with what is counted of them: typed or given counts
-- over nothing. Result: [{"line": key, "sent", "received", "rejected",
-- "damaged", "reason", "place"}]; refuses a line that is not in it, one that
-- was counted before and quantities that make no sense.
create or replace function orders.receipt_lines(d orders.despatch,
    counts jsonb)
returns jsonb language plpgsql stable as $$
declare
	wrong jsonb;
begin
	select jsonb_agg(core.wrong(coalesce(c ->> 'place', '/lines')
	    || case when i.id is null or i.counted is not null or again then ''
	        when not v.whole then '/received'
	        when v.rejected > v.received then '/rejected' else '/damaged' end,
	    case when i.id is null then 'orders.receipt.line'
	    when i.counted is not null or again then 'orders.receipt.twice'
	    else 'orders.receipt.quantity' end) order by ord) into wrong
	from (select e, ord, row_number() over (partition by e ->> 'line'
	        order by ord) > 1
	    from jsonb_array_elements(counts) with ordinality t (e, ord))
	    t (c, ord, again)
	left join orders.shipment s on s.despatch_id = d.id and exists (
	    select from orders.line l where l.id = (c ->> 'line')::bigint
	    and l.order_id = s.order_id)
	left join orders.shipment_line i on i.shipment_id = s.id
	    and i.line_id = (c ->> 'line')::bigint,
	lateral (select (core.try_quantity(c ->> 'received') >= 0
	    and core.try_quantity(coalesce(c ->> 'rejected', '0')) >= 0
	    and core.try_quantity(coalesce(c ->> 'damaged', '0')) >= 0)
	        is true as whole,
	    coalesce(core.try_decimal(c ->> 'received'), 0) as received,
	    coalesce(core.try_decimal(c ->> 'rejected'), 0) as rejected,
	    coalesce(core.try_decimal(c ->> 'damaged'), 0) as damaged) v
	where i.id is null or i.counted is not null or again or not v.whole
	    or v.rejected > v.received or v.damaged > v.received;
	perform core.fail_if_wrong(wrong);
	return (select coalesce(jsonb_agg(c || jsonb_build_object('sent',
	    trim_scale(i.quantity)::text) order by i.line_id), '[]')
	from jsonb_array_elements(counts) c
	join orders.shipment_line i on i.line_id = (c ->> 'line')::bigint
	join orders.shipment s on s.id = i.shipment_id
	where s.despatch_id = d.id);
end
$$;

-- Stores a count of some lines of a despatch and what follows from it.
--   a       number, receipt_date, note, lines as receipt_lines answers them
--   result  the count's key
create or replace function orders.receive(d orders.despatch, a jsonb,
    o orders.origin, digest bytea default null, origin bigint default null)
returns bigint language plpgsql as $$
declare
	made bigint;
	e jsonb;
	l orders.line;
	shared bigint;
begin
	insert into orders.receipt (public_id, partner_id, number, despatch_id,
	    receipt_date, note, source, person_id, client_id, document_id, digest,
	    origin_id, created_at)
	values (core.uuid7(), d.partner_id, coalesce(nullif(trim(a ->> 'number'),
	    ''), d.number || '-R' || (select count(*) + 1 from orders.receipt
	        where despatch_id = d.id)), d.id,
	    coalesce(core.try_date(a ->> 'receipt_date'), core.today()),
	    nullif(trim(a ->> 'note'), ''), o.source, o.person, o.client,
	    o.document, receive.digest, origin, core.now())
	returning id into made;
	for e in select * from jsonb_array_elements(a -> 'lines') loop
		select * into l from orders.line where id = (e ->> 'line')::bigint
		for update;
		update orders.shipment_line i
		set counted = (e ->> 'received')::numeric
		from orders.shipment s where s.id = i.shipment_id
		    and s.despatch_id = d.id and i.line_id = l.id;
		shared := case when origin is not null then (select max(v.id)
		    from orders.value v where v.line_id = l.linked_line_id
		    and v.field = 'received_quantity') end;
		l := orders.count_line(l, (e ->> 'sent')::numeric,
		    (e ->> 'received')::numeric, o, e ->> 'place', shared);
		insert into orders.receipt_line (partner_id, receipt_id, line_id,
		    shipped, received, rejected, damaged, reason)
		values (d.partner_id, made, l.id, (e ->> 'sent')::numeric,
		    (e ->> 'received')::numeric, coalesce(core.try_decimal(
		    e ->> 'rejected'), 0), coalesce(core.try_decimal(
		    e ->> 'damaged'), 0), nullif(e -> 'reason', '{}'));
	end loop;
	perform orders.receipt_told(d, made);
	return made;
end
$$;

-- The despatch is counted when every line of it is; whoever knows of it is
-- told.
create or replace function orders.receipt_told(d orders.despatch,
    made bigint)
returns void language plpgsql as $$
declare
	whole boolean := not exists (select from orders.shipment s
	    join orders.shipment_line i on i.shipment_id = s.id
	    where s.despatch_id = d.id and i.counted is null);
	less boolean := exists (select from orders.shipment s
	    join orders.shipment_line i on i.shipment_id = s.id
	    where s.despatch_id = d.id and i.counted < i.quantity);
	r record;
begin
	perform set_config('kontor.step', case when less then 'count_short'
	    else 'receive' end, true);
	update orders.despatch set version = version + 1,
	    state = case when not whole then state when less then 'short'
	        else 'received' end,
	    received_at = case when whole then core.now() end
	where id = d.id;
	perform set_config('kontor.step', '', true);
	perform core.emit(d.partner_id, case when exists (
	    select from orders.receipt_line where receipt_id = made
	    and received < shipped) then 'despatch.short'
	    else 'despatch.received' end, 'despatch', d.public_id, d.number,
	    '{}', null, exchange.document_uuid((select document_id
	    from orders.receipt where id = made)));
	for r in select l.order_id, orders.told(jsonb_agg(jsonb_build_array(
	        case when i.received < i.shipped then 'short' else 'received' end,
	        l.line_id) order by l.position)) told
		from orders.receipt_line i join orders.line l on l.id = i.line_id
		where i.receipt_id = made group by 1 order by 1
	loop
		perform orders.tell_lines(r.order_id, r.told);
	end loop;
end
$$;

-- The distributor's count reaches the supplier whose despatch it was: his
-- lines are received, he gets a receipt where agreed. Words stay here.
create or replace function orders.hand_down_receipt(receipt bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	r orders.receipt;
	d orders.despatch;
	lines jsonb;
	key bigint;
	made orders.receipt;
begin
	select x.* into r from orders.receipt x where x.id = hand_down_receipt.receipt;
	select o.* into d from orders.despatch m
	join orders.despatch o on o.id = m.origin_id where m.id = r.despatch_id;
	if d.id is null or exists (select from orders.receipt x
	    where x.origin_id = r.id) then
		return;
	end if;
	select jsonb_agg(jsonb_build_object('line', l.id, 'sent',
	    i.quantity::text, 'received', c.received::text, 'rejected',
	    c.rejected::text, 'damaged', c.damaged::text, 'reason',
	    c.reason - 'text') order by l.id) into lines
	from orders.receipt_line c
	join orders.line l on l.linked_line_id = c.line_id
	join orders.shipment s on s.despatch_id = d.id and s.order_id = l.order_id
	join orders.shipment_line i on i.shipment_id = s.id and i.line_id = l.id
	where c.receipt_id = r.id and i.counted is null;
	if lines is null then
		return;
	end if;
	key := orders.receive(d, jsonb_build_object('receipt_date',
	    r.receipt_date, 'lines', lines), row('shared', null, null, null, null,
	    r.created_at)::orders.origin, null, r.id);
	perform orders.settle(s.order_id) from orders.shipment s
	where s.despatch_id = d.id;
	select * into made from orders.receipt where id = key;
	perform orders.send_receipt(made);
end
$$;
select core.definer('orders.hand_down_receipt(bigint)',
    'a distributor''s count reaches the supplier; does nothing twice',
    'portals', 'worker', 'admin');

-- A count by somebody who may: stored, cases opened for differences, carried
-- over to the supplier. Locks the orders first.
create or replace function orders.receive_all(d orders.despatch, a jsonb,
    o orders.origin, digest bytea default null)
returns bigint language plpgsql as $$
declare
	made bigint;
begin
	perform orders.despatch_lock(d.id, '{"lines": []}');
	select * into d from orders.despatch where id = d.id;
	if d.state <> 'sent' then
		perform core.fail(409, 'orders.despatch.over', jsonb_build_object(
		    'number', d.number, 'state', d.state));
	end if;
	made := orders.receive(d, a || jsonb_build_object('lines',
	    orders.receipt_lines(d, a -> 'lines')), o, digest);
	perform orders.receipt_cases(made);
	perform orders.hand_down_receipt(made);
	perform orders.settle(s.order_id) from orders.shipment s
	where s.despatch_id = d.id;
	return made;
end
$$;
