-- SPDX-License-Identifier: Apache-2.0
--
-- Three hundred orders of the last six weeks, placed, answered, decided and
-- shipped by the rules, day by day under a set clock.

-- What happens to each order: when it is placed, answered and shipped, in
-- days from today, and how.
create temp table demo_plan on commit drop as
with s as (
	select i, (array['new', 'new', 'new', 'overdue', 'overdue', 'part',
		'part', 'week', 'week', 'week', 'week', 'far', 'far', 'late', 'late',
		'late', 'proposed', 'proposed', 'decided', 'rejected',
		'line_rejected', 'backordered', 'part_shipped', 'part_shipped',
		'completed', 'completed', 'completed', 'closed', 'cancelled',
		'draft'])[1 + i % 30] as stage
	from generate_series(1, 300) i
), d as (
	select i, stage, case
		when stage in ('new', 'draft') then 0
		when stage in ('overdue') then -2 - i % 3
		when stage in ('part', 'proposed', 'decided') then -1 - i % 2
		when stage in ('rejected', 'line_rejected', 'cancelled') then -3 - i % 20
		when stage in ('week', 'far', 'backordered') then -8 - i % 7
		else -22 - i % 22 end as day
	from s
)
select i, stage, day,
	(array['nordlicht', 'donau', 'nordlicht', 'donau', 'tyne'])[1 + i % 5]
		as distributor,
	case when stage in ('new', 'overdue', 'part') or day < -24
		then (array['elbe', 'isar', 'neckar', 'severn'])[1 + i % 4]
		else (array['elbe', 'isar', 'severn'])[1 + i % 3] end as supplier,
	case stage when 'week' then i % 7 when 'far' then 14 + i % 20
		when 'late' then -1 - i % 9 when 'backordered' then i % 5
		when 'part_shipped' then -2 + i % 7
		when 'completed' then day + 9 when 'closed' then day + 8
		else 6 + i % 15 end as wanted,
	case when stage in ('new', 'overdue', 'draft', 'cancelled') then null
		else least(day + (i % 3 = 0)::int, 0) end as answered,
	case when stage in ('completed', 'closed') then day + 8
		when stage = 'part_shipped' then day + 12 end as shipped
from d;

-- The clock of the rules: this many days from today, at this hour.
create function pg_temp.demo_clock(day int, hour numeric)
returns void language sql as $$
	update core.clock set fixed = transaction_timestamp()
		+ make_interval(days => day, mins => case when day < 0
		then (hour * 60)::int - 720 else ((hour - 16) * 15)::int end)
$$;

-- Somebody of a partner, speaking in the portal.
create function pg_temp.demo_origin(slug text)
returns orders.origin language sql as $$
	select row('portal', (select id from core.person
		where uid = demo_origin.slug || '.user'), null, p.id, null,
		core.now())::orders.origin
	from core.partner p where p.slug = demo_origin.slug
$$;

create function pg_temp.demo_act_as(slug text)
returns void language sql as $$
	select core.seal(jsonb_build_object('k', 'person', 'id', u.id,
		'p', p.id, 'portal', r.role, 'roles', jsonb_build_array(
		r.role || '_user'), 'name', u.name, 'channel', 'portal'))
	from core.partner p join core.partner_role r on r.partner_id = p.id
	join core.person u on u.uid = demo_act_as.slug || '.user'
	where p.slug = demo_act_as.slug
$$;

-- What a distributor types: one to three items of one supplier, now and then
-- one of another.
create function pg_temp.demo_draft(plan demo_plan)
returns jsonb language sql as $$
	select jsonb_build_object('requested_date', core.today()
			+ (plan.wanted - plan.day),
		'ship_to', (select a.public_id from core.address a
			join core.partner p on p.id = a.partner_id
			where p.slug = plan.distributor and a.kind = 'ship_to' limit 1),
		'order_kind', case when plan.i % 17 = 0 then 'rush'
			when plan.i % 13 = 0 then 'spare_parts' else 'standard' end,
		'lines', (select jsonb_agg(jsonb_build_object('item', x.number,
			'quantity', (1 + (plan.i * 7 + x.n * 5) % 60)::text))
			from (select n, number from (
				select d.n, d.number, row_number() over (order by
					(d.n * 7919 + plan.i * 104729) % 1009) k
				from demo_item d where d.supplier = plan.supplier) o
				where k <= 1 + plan.i % 3
			union all select n, number from demo_item
				where plan.i % 6 = 0 and supplier <> plan.supplier
				and supplier in ('elbe', 'isar')
				and n % 15 = plan.i % 15 limit 5) x))
$$;

create function pg_temp.demo_place(plan demo_plan)
returns void language plpgsql as $$
declare
	partner bigint := (select id from core.partner
		where slug = plan.distributor);
	no text := case plan.distributor when 'nordlicht' then '45'
		when 'donau' then 'D-26-' else 'TS' end || (10000 + plan.i);
	draft jsonb := pg_temp.demo_draft(plan);
begin
	perform pg_temp.demo_act_as(plan.distributor);
	if plan.stage = 'draft' then
		insert into orders.head (public_id, partner_id, kind, number, state,
			issue_date, draft, source, person_id, created_at)
		values (core.uuid7(), partner, 'sales',
			'SO-' || nextval('orders.sales_number'), 'draft', core.today(),
			draft, 'portal', core.me_person(), core.now());
		return;
	end if;
	perform orders.place(partner, orders.draft_doc(partner, draft)
		|| jsonb_build_object('number', no),
		pg_temp.demo_origin(plan.distributor));
	if plan.supplier = 'severn' and plan.i % 5 > 0 then
		perform orders.release(h.id) from orders.head h
		join orders.head s on s.id = h.linked_order_id
		where s.partner_id = partner and s.partner_number = no
		and h.state = 'draft';
	end if;
	if plan.stage = 'cancelled' then
		perform orders.cancel_order(h, '{"code": "other"}',
			pg_temp.demo_origin(plan.distributor))
		from orders.head h where h.partner_id = partner
		and h.partner_number = no;
	end if;
end
$$;

-- The purchase lines of a planned order, with what the supplier does.
create function pg_temp.demo_lines(plan demo_plan)
returns table (line orders.line, supplier text, head orders.head)
language sql as $$
	select l, p.slug, h
	from orders.head s
	join core.partner d on d.id = s.partner_id and d.slug = plan.distributor
	join orders.head h on h.linked_order_id = s.id and h.state <> 'draft'
	join core.partner p on p.id = h.partner_id
	join orders.line l on l.order_id = h.id
	where s.kind = 'sales' and s.partner_number like '%' || (10000 + plan.i)
	order by l.id
$$;

-- Neckar has not been heard of for more than two weeks.
create function pg_temp.demo_answer(plan demo_plan)
returns void language plpgsql as $$
declare
	r record;
	e text;
	a jsonb;
	k int := 0;
begin
	for r in select * from pg_temp.demo_lines(plan)
		where not (supplier = 'neckar' and plan.day > -17)
	loop
		k := k + 1;
		continue when plan.stage = 'part' and k > 1
			or (r.line).state <> 'open';
		perform pg_temp.demo_act_as(r.supplier);
		e := 'confirm';
		a := '{}';
		if plan.stage in ('proposed', 'decided') and k = 1 then
			e := 'propose';
			a := case when plan.i % 4 = 0 then jsonb_build_object('price',
				round((r.line).price * 1.08, 2)::text) else
				jsonb_build_object('date', (r.line).requested_date + 6,
				'reason_code', 'capacity') end;
		elsif plan.stage = 'rejected'
			or plan.stage = 'line_rejected' and k = 1 then
			e := 'reject';
			a := '{"reason_code": "discontinued",
				"reason_text": "no longer made"}';
		end if;
		perform orders.answer_line(r.line, e, a,
			pg_temp.demo_origin(r.supplier));
		perform orders.tell_lines((r.head).id, jsonb_build_object(
			orders.past(e), jsonb_build_array((r.line).line_id)));
	end loop;
end
$$;

create function pg_temp.demo_later(plan demo_plan)
returns void language plpgsql as $$
declare
	r record;
	s orders.head;
begin
	for r in select distinct (head).id as id, (head).linked_order_id as sales
		from pg_temp.demo_lines(plan) loop
		perform orders.settle(r.id);
		select * into s from orders.head where id = r.sales;
	end loop;
	if plan.stage = 'decided' and s.status = 'undecided' then
		perform pg_temp.demo_act_as(plan.distributor);
		perform orders.decide_all(s, 'accept',
			pg_temp.demo_origin(plan.distributor));
	elsif plan.stage = 'backordered' then
		for r in select * from pg_temp.demo_lines(plan)
			where (line).state = 'accepted' limit 1
		loop
			perform pg_temp.demo_act_as(r.supplier);
			perform orders.answer_line(r.line, 'backorder', jsonb_build_object(
				'quantity', ceil((r.line).ordered / 3)::int::text,
				'date', (core.today() + 24)::text,
				'reason_code', 'material'),
				pg_temp.demo_origin(r.supplier));
		end loop;
	end if;
end
$$;

create function pg_temp.demo_ship(plan demo_plan)
returns void language plpgsql as $$
declare
	r record;
	k int := 0;
begin
	for r in select * from pg_temp.demo_lines(plan)
		where (line).state in ('accepted', 'backordered')
	loop
		k := k + 1;
		continue when plan.stage = 'part_shipped' and k > 1;
		perform pg_temp.demo_act_as(r.supplier);
		perform orders.ship_line(r.line, case plan.stage when 'part_shipped'
			then ceil((r.line).confirmed / 2) else (r.line).confirmed end,
			orders.shipment_of(r.head, jsonb_build_object(
				'number', 'LS-' || (r.head).id, 'carrier', 'Demo Cargo',
				'tracking', 'DC' || (900000 + plan.i))),
			pg_temp.demo_origin(r.supplier));
		perform orders.tell_lines((r.head).id, jsonb_build_object('shipped',
			jsonb_build_array((r.line).line_id)));
	end loop;
	perform orders.settle(h.id) from (select distinct (head).id
		from pg_temp.demo_lines(plan)) h;
	if plan.stage = 'closed' then
		perform core.seal('{"k": "admin", "portal": "admin",
			"name": "Kontor", "roles": []}');
		update orders.head h set state = 'closed' from core.partner p
		where p.id = h.partner_id and h.state = 'completed'
		and p.slug = plan.distributor
		and h.partner_number like '%' || (10000 + plan.i);
		perform orders.refresh(h.id) from orders.head h
		where h.state = 'closed' and h.status <> 'closed';
	end if;
end
$$;

do $$
declare
	d int;
begin
	if exists (select from orders.head) then
		return;
	end if;
	create temp table demo_sends on commit drop as
		select id, sends from exchange.agreement;
	update exchange.agreement set sends = '{}';
	for d in -45 .. 0 loop
		if d % 12 = 0 then
			analyze orders.head, orders.line, orders.schedule, orders.value,
				core.event, item.item, item.price;
		end if;
		perform pg_temp.demo_clock(d, 8);
		perform pg_temp.demo_place(p) from demo_plan p
		where day = d and (stage <> 'new' or i % 3 > 0) order by i;
		perform pg_temp.demo_clock(d, 11);
		perform pg_temp.demo_answer(p) from demo_plan p
		where answered = d order by i;
		perform pg_temp.demo_clock(d, 12);
		perform pg_temp.demo_later(p) from demo_plan p
		where answered = d order by i;
		perform pg_temp.demo_clock(d, 13);
		perform orders.settle(l.order_id) from (select distinct order_id
			from orders.line where undo_until is not null) l;
		perform pg_temp.demo_ship(p) from demo_plan p
		where shipped = d order by i;
	end loop;
	-- The last ones are answered by documents, too, as all are from now on.
	update exchange.agreement a set sends = s.sends
	from demo_sends s where s.id = a.id;
	perform pg_temp.demo_place(p) from demo_plan p
	where stage = 'new' and i % 3 = 0 order by i;
	update core.clock set fixed = null;
	perform set_config('kontor.me', '', true);
end
$$;
