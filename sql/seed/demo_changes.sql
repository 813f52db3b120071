-- SPDX-License-Identifier: Apache-2.0
--
-- Changes of some orders of the demo: waiting, replaced by a further one,
-- taken back, accepted, refused, one of an order that nobody has answered, a
-- cancellation that waits, one by which the house asks a supplier for better
-- prices, and an item offered instead of another.

-- The n-th order of a distributor in a state that one supplier delivers.
create function pg_temp.demo_order(buyer text, seller text, in_state text,
	n int) returns orders.head language sql as $$
	select h from orders.head h
	join core.partner d on d.id = h.partner_id and d.slug = buyer
	where h.kind = 'sales' and h.state = in_state and h.change_id is null
	and not exists (select from orders.line l where l.order_id = h.id
		and (l.shipped > 0 or orders.line_over(l.state)))
	and exists (select from orders.head p join core.partner s
		on s.id = p.partner_id where p.linked_order_id = h.id
		and s.slug = seller and p.submitted_at is not null)
	order by h.id desc offset n limit 1
$$;

-- The distributor asks: another quantity of the first line, a later day for the
-- last, or the end of it all.
create function pg_temp.demo_ask(h orders.head, buyer text, of_kind text,
	more int default 5) returns void language plpgsql as $$
declare
	doc jsonb;
	plan jsonb;
begin
	if h.id is null then
		return;
	end if;
	perform pg_temp.demo_act_as(buyer);
	if of_kind = 'cancel' then
		perform orders.ask_cancel(h, '{"code": "not_available",
			"text": "our customer has withdrawn"}',
			pg_temp.demo_origin(buyer));
		return;
	end if;
	select jsonb_build_object('type', 'order_change', 'function', 'change',
		'order_number', h.partner_number, 'lines', jsonb_agg(case
		when l.position = 1 then jsonb_build_object('line_id', l.line_id,
			'action', '3', 'ordered', (l.ordered + more)::text)
		else jsonb_build_object('line_id', l.line_id, 'action', '3',
			'requested_date', l.requested_date + 7) end order by l.position))
	into doc from orders.line l where l.order_id = h.id;
	plan := orders.change_plan(h, doc, orders.change_waiting(h));
	perform orders.change_send(orders.change_write(h, 'change',
		plan -> 'head', plan -> 'lines', doc, null,
		pg_temp.demo_origin(buyer)));
end
$$;

-- The house asks a supplier for prices that are lower by two percent.
create function pg_temp.demo_house(seller text) returns void
language plpgsql as $$
declare
	p orders.head;
	doc jsonb;
begin
	select h.* into p from orders.head h
	join core.partner s on s.id = h.partner_id and s.slug = seller
	where h.kind = 'purchase' and h.state = 'accepted'
	and h.change_id is null and not exists (select from orders.line l
		where l.order_id = h.id and (l.shipped > 0
		or orders.line_over(l.state)))
	order by h.id desc limit 1;
	if p.id is null then
		return;
	end if;
	select jsonb_build_object('type', 'order_change', 'function', 'change',
		'order_number', p.number, 'lines', jsonb_agg(jsonb_build_object(
		'line_id', l.line_id, 'action', '3', 'price_amount',
		round(l.price * 0.98, 2)::text, 'price_base', l.price_base::text)
		order by l.position))
	into doc from orders.line l where l.order_id = p.id;
	perform set_config('kontor.me', '', true);
	perform orders.change_send(orders.change_write(p, 'change', '{}',
		orders.change_lines(p, doc), doc, '{"code": "price"}',
		row('portal', null, null, null, null, core.now())::orders.origin));
end
$$;

-- All suppliers of an order answer its change.
create function pg_temp.demo_reply(h orders.head, event text)
returns void language plpgsql as $$
declare
	r record;
begin
	for r in select x as c, p.slug from orders.change x
		join orders.head o on o.id = x.order_id
		join core.partner p on p.id = o.partner_id
		where o.linked_order_id = h.id and x.state = 'pending' order by x.id
	loop
		perform pg_temp.demo_act_as(r.slug);
		perform orders.change_decide(r.c, event, case event when 'refuse'
			then '{"code": "capacity", "text": "made already"}'::jsonb
			end, pg_temp.demo_origin(r.slug));
	end loop;
end
$$;

-- A supplier without the item offers another of his.
create function pg_temp.demo_instead(seller text) returns void
language plpgsql as $$
declare
	l orders.line;
	other text;
begin
	select x.* into l from orders.line x join orders.head h
		on h.id = x.order_id join core.partner p on p.id = h.partner_id
	where p.slug = seller and h.kind = 'purchase' and x.state = 'open'
	and h.state = 'submitted' and h.change_id is null
	order by x.id limit 1;
	select i.number into other from item.item i
	join item.source s on s.item_id = i.id and s.partner_id = l.partner_id
	where i.unit = l.unit and i.id <> l.item_id order by i.id limit 1;
	if other is null then
		return;
	end if;
	perform pg_temp.demo_act_as(seller);
	perform orders.answer_line(l, 'propose', jsonb_build_object('substitute',
		other, 'reason_code', 'discontinued'), pg_temp.demo_origin(seller));
	update orders.line set undo_until = core.now() where id = l.id;
	perform orders.settle(l.order_id);
end
$$;

do $$
declare
	h orders.head;
begin
	if exists (select from orders.change where kind = 'cancel'
		and state = 'pending') then
		return;
	end if;
	h := pg_temp.demo_order('nordlicht', 'elbe', 'accepted', 0);
	perform pg_temp.demo_ask(h, 'nordlicht', 'change');
	select * into h from orders.head x where x.id = h.id;
	perform pg_temp.demo_ask(h, 'nordlicht', 'change', 8);
	h := pg_temp.demo_order('nordlicht', 'elbe', 'accepted', 0);
	perform pg_temp.demo_ask(h, 'nordlicht', 'change', 3);
	perform orders.change_withdraw(c, pg_temp.demo_origin('nordlicht'))
	from orders.change c where c.order_id = h.id and c.state = 'pending';
	perform pg_temp.demo_ask(h, 'nordlicht', 'change');
	perform pg_temp.demo_reply(h, 'refuse');
	h := pg_temp.demo_order('donau', 'elbe', 'accepted', 0);
	perform pg_temp.demo_ask(h, 'donau', 'change');
	perform pg_temp.demo_reply(h, 'accept');
	perform pg_temp.demo_ask(pg_temp.demo_order('donau', 'isar',
		'accepted', 0), 'donau', 'cancel');
	perform pg_temp.demo_ask(pg_temp.demo_order('nordlicht', 'isar',
		'acknowledged', 0), 'nordlicht', 'change');
	perform pg_temp.demo_house('isar');
	perform pg_temp.demo_instead('elbe');
	perform set_config('kontor.me', '', true);
end
$$;
