-- SPDX-License-Identifier: Apache-2.0
--
-- After orders.sql: orders by their number, changes asked and answered.

-- Public ids of a distributor's order and of the one that delivers a line.
create function pg_temp.so(number text) returns text language sql as $$
	select public_id::text from orders.head where partner_number = so.number
$$;
create function pg_temp.po_key(number text, line text) returns bigint
language sql as $$
	select order_id from orders.line
	where public_id::text = pg_temp.bought(po_key.number, po_key.line)
$$;
create function pg_temp.po(number text, line text) returns text
language sql as $$
	select public_id::text from orders.head
	where id = pg_temp.po_key(po.number, po.line)
$$;

create function pg_temp.show(login text, who text, id text) returns jsonb
language sql as $$
	select pg_temp.ask(login, 'orders_show', who,
		jsonb_build_object('id', id))
$$;

-- One step of an order in the version that it has.
create function pg_temp.step(login text, who text, of_order text,
	event text, more jsonb default '{}') returns jsonb language sql as $$
	select pg_temp.ask(login, 'orders_event', who, jsonb_build_object('id',
		of_order, 'event', event, 'version', (select version from orders.head
		where public_id::text = of_order)) || more)
$$;

-- A distributor asks for a change.
create function pg_temp.change(who text, number text, lines jsonb,
	more jsonb default '{"event": "send"}') returns jsonb language sql as $$
	select pg_temp.ask('distributor', 'orders_change', who,
		jsonb_build_object('id', pg_temp.so(change.number), 'version',
		(select version from orders.head
			where partner_number = change.number), 'lines', lines) || more)
$$;

-- A step of the newest change of an order.
create function pg_temp.change_step(login text, who text, of_order text,
	event text, more jsonb default '{}') returns jsonb language sql as $$
	select pg_temp.ask(login, 'orders_change_event', who, jsonb_build_object(
		'id', of_order, 'change', c.public_id, 'version', c.version, 'event',
		event) || more)
	from orders.change c join orders.head h on h.id = c.order_id
	where h.public_id::text = of_order order by c.id desc limit 1
$$;

-- The code by which a statement is refused.
create function pg_temp.refusal(statement text) returns text
language plpgsql as $$
begin
	execute statement;
	return 'done';
exception when others then
	return sqlerrm;
end
$$;

-- The versions of an order, with their states.
create function pg_temp.version(number text) returns text
language sql as $$
	select string_agg(v.order_version || ' ' || v.state, ', '
		order by v.order_version)
	from orders.version v join orders.head h on h.id = v.order_id
	where h.partner_number = version.number
$$;

-- The state of the newest change of a distributor's order.
create function pg_temp.change_state(number text) returns text
language sql as $$
	select c.state from orders.change c join orders.head h
		on h.id = c.order_id where h.partner_number = change_state.number
	order by c.id desc limit 1
$$;
create function pg_temp.changes(of_order text) returns int language sql as $$
	select count(*)::int from orders.change c join orders.head h
		on h.id = c.order_id where h.public_id::text = of_order
$$;

-- An order of alpha's with its supplier orders released.
create function pg_temp.placed(number text, lines jsonb) returns void
language plpgsql as $$
declare
	h orders.head;
begin
	perform pg_temp.ask('distributor', 'orders_create', pg_temp.hash('ann'),
		pg_temp.form(placed.number, lines));
	for h in select * from orders.head where kind = 'purchase'
		and state = 'draft'
	loop
		perform orders.release(h.id);
	end loop;
end
$$;

-- The same, confirmed by everybody.
create function pg_temp.answered(number text, lines jsonb, bob text,
	ann text, dan text default null, amy text default null) returns void
language plpgsql as $$
declare
	l record;
begin
	perform pg_temp.placed(answered.number, lines);
	for l in select s.line_id, s.public_id, p.slug from orders.line s
		join orders.head h on h.id = s.order_id
		left join orders.line b on b.linked_line_id = s.id
		left join core.partner p on p.id = b.partner_id
		where h.partner_number = answered.number order by s.position
	loop
		perform pg_temp.line_event(case when l.slug is null then 'desk'
			else 'supplier' end, case l.slug when 'beta' then bob
			when 'delta' then dan else amy end, 'confirm', coalesce(
			pg_temp.bought(answered.number, l.line_id),
			l.public_id::text));
	end loop;
	perform pg_temp.later();
end
$$;
