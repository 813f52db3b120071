-- SPDX-License-Identifier: Apache-2.0
--
-- Three despatch advices of Elbe with packages: one on its way, with serial
-- numbers; one corrected; one that Nordlicht has counted, with a short line.

-- What leaves of an order: its confirmed lines, the first on a pallet in two
-- cartons.
create function pg_temp.demo_despatch(number text, of_order bigint,
	more jsonb)
returns jsonb language sql as $$
	select jsonb_build_object('type', 'despatch', 'number', number,
		'ship_date', core.today(), 'arrival_date', core.today() + 2,
		'carrier', '{"name": "Demo Cargo"}'::jsonb,
		'tracking', 'DC9' || of_order, 'packages',
		'[{"id": "1", "kind": "PX"}, {"id": "2", "parent": "1", "kind": "CT"}]'
			::jsonb,
		'lines', (select jsonb_agg(jsonb_build_object('line_id', l.line_id,
			'order_number', h.number, 'order_line_id', l.line_id,
			'shipped', trim_scale(l.confirmed + l.backordered
				- l.shipped)::text,
			'package', case when l.position = 1 then '2' else '1' end,
			'item', case when l.position = 1 then
				'{"lot": "L-2611"}'::jsonb else '{}' end) order by l.position)
			from orders.line l join orders.head h on h.id = l.order_id
			where h.id = of_order and l.state = 'accepted')) || more
$$;

create function pg_temp.demo_despatches(elbe bigint, picked bigint[])
returns void language plpgsql as $$
declare
	o orders.origin := pg_temp.demo_origin('elbe');
	m orders.despatch;
begin
	perform pg_temp.demo_act_as('elbe');
	perform orders.despatch_place(elbe, pg_temp.demo_despatch('LS-DEMO-1',
		picked[1], '{}'), o, false, true);
	perform orders.despatch_place(elbe, pg_temp.demo_despatch('LS-DEMO-2',
		picked[2], '{"tracking": "DC-WRONG"}'), o, false, true);
	perform orders.despatch_place(elbe, pg_temp.demo_despatch('LS-DEMO-2',
		picked[2], '{"function": "replace"}') || jsonb_build_object('lines',
		(select jsonb_agg(jsonb_build_object('order_number', h.number,
			'order_line_id', l.line_id, 'shipped',
			trim_scale(l.shipped)::text, 'package', '1'))
		from orders.line l join orders.head h on h.id = l.order_id
		where h.id = picked[2] and l.shipped > 0)), o, false, true);
	perform orders.despatch_place(elbe, pg_temp.demo_despatch('LS-DEMO-3',
		picked[3], '{}'), o, false, true);
	select x.* into m from orders.despatch x
	join orders.despatch d on d.id = x.origin_id
	where d.number = 'LS-DEMO-3';
	perform pg_temp.demo_act_as('nordlicht');
	perform orders.receive_all(m, jsonb_build_object('lines', (
		select jsonb_agg(jsonb_build_object('line', i.line_id, 'received',
			trim_scale(greatest(i.quantity - (n = 1)::int, 0))::text))
		from (select x.*, row_number() over (order by x.id) n
			from orders.shipment_line x
			join orders.shipment s on s.id = x.shipment_id
			where s.despatch_id = m.id) i)),
		pg_temp.demo_origin('nordlicht'));
	perform set_config('kontor.me', '', true);
end
$$;

do $$
declare
	elbe bigint := (select id from core.partner where slug = 'elbe');
	picked bigint[] := array(select h.id from orders.head h
		join orders.head s on s.id = h.linked_order_id
		join core.partner p on p.id = s.partner_id and p.slug = 'nordlicht'
		where h.partner_id = elbe and h.state = 'accepted'
		and not exists (select from orders.line l where l.order_id = h.id
			and l.state <> 'accepted')
		and not exists (select from orders.hold x
			join orders.line l on x.line_id in (l.id, l.linked_line_id)
			where l.order_id = h.id)
		and s.status = 'confirmed' order by h.id desc limit 3);
begin
	if cardinality(picked) = 3 and not exists (select from orders.despatch
		where number = 'LS-DEMO-1') then
		perform pg_temp.demo_despatches(elbe, picked);
	end if;
end
$$;
