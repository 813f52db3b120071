-- SPDX-License-Identifier: Apache-2.0
--
-- Who of a supplier works on an order. Everybody of the organisation sees and
-- answers all of its orders; who is responsible decides what the worklist
-- shows first and who is reminded. An order of nobody is everybody's.

-- Does a rule of a supplier fit an order of his?
create or replace function orders.duty_fits(d orders.duty, h orders.head)
returns boolean language plpgsql stable as $$
begin
	if d.country is not null and not coalesce(
	    h.ship_to #>> '{address,country}' = d.country
	    and starts_with(upper(replace(coalesce(
	        h.ship_to #>> '{address,postal_code}', ''), ' ', '')),
	        coalesce(d.postal_code, '')), false) then
		return false;
	end if;
	return d.item is null or exists (select from orders.line l
	    where l.order_id = h.id and (
	    starts_with(upper(l.item ->> 'buyers_item_id'), d.item)
	    or starts_with(upper(l.item ->> 'sellers_item_id'), d.item)));
end
$$;

-- How exact a rule is: one of place and item before one of either, then by
-- how much of the postcode and the number it says.
create or replace function orders.duty_weight(d orders.duty)
returns int language sql immutable as $$
	select case when d.country is not null and d.item is not null
	        then 1000 else 0 end
	    + length(coalesce(d.postal_code, '') || coalesce(d.item, ''))
$$;

-- Whose an order is by the supplier's rules: of those that fit and name
-- somebody who is still there the most exact one, then the oldest.
create or replace function orders.duty_of(h orders.head)
returns bigint language plpgsql stable as $$
begin
	return (select d.person_id from orders.duty d
	    where d.partner_id = h.partner_id and orders.duty_fits(d, h)
	    and d.person_id in (select core.people_of('supplier', h.partner_id))
	    order by orders.duty_weight(d) desc, d.id limit 1);
end
$$;

-- Gives a supplier's open orders, or one of them, that are nobody's to whom
-- his rules name; tells how many. By a new rule only what it fits can change.
create or replace function orders.assign_by_duty(partner bigint,
    of_order bigint default null, new_duty bigint default null)
returns int language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	d orders.duty;
	n int;
begin
	select * into d from orders.duty x where x.id = new_duty;
	if not exists (select from orders.duty x where x.partner_id = partner) then
		return 0;
	end if;
	update orders.head h set responsible_id = x.who
	from (select o.id, orders.duty_of(o) as who from orders.head o
	    where o.partner_id = partner and o.kind = 'purchase'
	    and (of_order is null or o.id = of_order)
	    and o.submitted_at is not null and o.responsible_id is null
	    and orders.is_live(o.state)
	    and (d.id is null or orders.duty_fits(d, o))) x
	where h.id = x.id and x.who is not null;
	get diagnostics n = row_count;
	return n;
end
$$;
select core.definer('orders.assign_by_duty(bigint,bigint,bigint)',
    'follows the supplier''s own rules; harmless to call', 'portals',
    'worker', 'admin');

-- Who of its partner is responsible for an order today, his deputies
-- included; nobody: all of them. Of a sales order it is who placed it.
create or replace function orders.responsible(of_order bigint)
returns setof bigint language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	h orders.head;
	who bigint;
begin
	select * into h from orders.head o where o.id = of_order;
	who := case h.kind when 'purchase' then h.responsible_id
	    else h.person_id end;
	return query select p from core.people_of(case h.kind when 'purchase'
	    then 'supplier' else 'distributor' end, h.partner_id) p
	where p = who or p in (select core.stand_ins(who, h.partner_id));
end
$$;
select core.definer('orders.responsible(bigint)',
    'reads who works for a partner; asked by the worker', 'worker', 'admin');

-- Their names, for those who tell them.
create or replace function orders.responsible_names(of_order bigint)
returns jsonb language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return (select coalesce(jsonb_agg(u.name order by u.name), '[]')
	from core.person u where u.id in (select orders.responsible(of_order)));
end
$$;
select core.definer('orders.responsible_names(bigint)',
    'reads who works for a partner; asked by the worker', 'worker', 'admin');

-- Orders become somebody's, or everybody's again; tells how many did.
create or replace function orders.hand_over(ids bigint[], person bigint)
returns int language plpgsql as $$
declare
	h orders.head;
	n int := 0;
begin
	for h in select * from orders.head o where o.id = any (ids)
		and o.kind = 'purchase' and orders.is_open(o.state)
		and o.responsible_id is distinct from person
		order by o.id for update
	loop
		update orders.head o set responsible_id = person where o.id = h.id;
		perform core.emit(h.partner_id, 'order.assigned', 'order',
		    h.public_id, h.number, jsonb_build_object(
		    'to', core.person_name(person),
		    'from', core.person_name(h.responsible_id)));
		n := n + 1;
	end loop;
	return n;
end
$$;

-- The key of the person in an input: the id of a colleague, me, or nobody
-- (null).
create or replace function orders.heir(input jsonb)
returns bigint language plpgsql stable as $$
declare
	given text := input ->> 'person';
	who bigint;
begin
	if core.me_portal() <> 'supplier' or not core.me_may('orders.assign') then
		perform core.fail(403, 'permission.denied');
	elsif given = 'nobody' then
		return null;
	end if;
	who := case when given = 'me' then core.me_person()
	    else core.fellow(core.try_uuid(given)) end;
	if who is null then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/person',
		    'orders.person.unknown')));
	end if;
	return who;
end
$$;

-- Hands over the orders of lines, as a bulk step of the worklist.
create or replace function orders.hand_over_lines(items jsonb, input jsonb)
returns core.answer language plpgsql as $$
declare
	who bigint := orders.heir(input);
	lines uuid[] := array(select core.try_uuid(e ->> 'line')
	    from jsonb_array_elements(items) e);
	results jsonb;
begin
	perform orders.hand_over(array(select l.order_id from orders.line l
	    where l.public_id = any (lines)), who);
	select jsonb_agg(jsonb_build_object('line', e ->> 'line',
	    'order', h.public_id, 'number', h.number || '/' || l.line_id,
	    'status', case when h.id is null then 404 else 200 end,
	    'code', case when h.id is null then 'orders.line.unknown' end,
	    'args', '{}'::jsonb, 'pointer', null, 'state', l.state,
	    'version', l.version, 'undo_until', null) order by x.n) into results
	from jsonb_array_elements(items) with ordinality x (e, n)
	left join orders.line l on l.public_id = core.try_uuid(x.e ->> 'line')
	left join orders.head h on h.id = l.order_id;
	return core.ok(json_build_object('event', 'assign',
	    'done', (select count(*) from jsonb_array_elements(results) e
	        where e ->> 'status' = '200'),
	    'failed', (select count(*) from jsonb_array_elements(results) e
	        where e ->> 'status' <> '200'),
	    'results', results, 'undo', null));
end
$$;

-- Is an order that was handed over still somebody's, and open?
create or replace function orders.is_handed(of_order uuid)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.head h where h.public_id = of_order
	    and h.responsible_id is not null and orders.is_open(h.state));
end
$$;

-- Somebody has left a supplier: his open orders go to his deputy of today, or
-- to nobody.
create or replace function orders.leave_behind(person bigint, partner bigint)
returns void language plpgsql as $$
declare
	gone text := (select u.name from core.person u where u.id = person);
	heir record;
	h orders.head;
begin
	select u.id, u.name into heir from core.stand_ins(person, partner) s
	join core.person u on u.id = s
	where u.id in (select core.people_of('supplier', partner)) limit 1;
	for h in select * from orders.head o where o.responsible_id = person
		and o.partner_id = partner and orders.is_live(o.state)
		order by o.id for update
	loop
		update orders.head o set responsible_id = heir.id where o.id = h.id;
		perform core.emit(h.partner_id, 'order.left', 'order', h.public_id,
		    h.number, jsonb_build_object('left', gone, 'to', heir.name));
	end loop;
end
$$;

create or replace function orders.membership_gone()
returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
	perform orders.leave_behind(old.person_id, old.partner_id);
	return null;
end
$$;
select core.definer('orders.membership_gone()',
    'trigger: the directory knows of no orders');

create or replace function orders.person_disabled()
returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
	perform orders.leave_behind(new.id, m.partner_id) from core.membership m
	where m.person_id = new.id and m.portal = 'supplier';
	return null;
end
$$;
select core.definer('orders.person_disabled()',
    'trigger: who shuts somebody out knows of no orders');

create or replace trigger membership_gone after delete on core.membership
	for each row when (old.portal = 'supplier')
	execute function orders.membership_gone();
create or replace trigger person_disabled
	after update of disabled_at on core.person
	for each row when (old.disabled_at is null and new.disabled_at is not null)
	execute function orders.person_disabled();

-- Who of a supplier does what is no affair of the house.
create policy theirs on core.event as restrictive to kontor_desk
	using (type not in ('order.assigned', 'order.left'));

select core.isolate('orders.duty');
revoke all on orders.duty from kontor_public, kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant select, insert, delete on orders.duty to kontor_supplier, kontor_admin;
