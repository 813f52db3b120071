-- SPDX-License-Identifier: Apache-2.0
--
-- The clock of an answer. The partner's agreement says within how many hours
-- the seller answers (all hours, or opening hours of a calendar), how long
-- before that he is reminded, and when the account manager is told that the
-- answer is missing. Each is said once for each due time, and kept.

-- When an answer asked for at a time is due.
create or replace function orders.due_after(terms exchange.agreement,
    since timestamptz)
returns timestamptz language plpgsql stable as $$
declare
	hours int := coalesce(terms.response_hours, 24);
begin
	if terms.response_calendar is null then
		return since + make_interval(hours => hours);
	end if;
	return coalesce(cases.due(terms.response_calendar, since,
	    make_interval(hours => hours)), since + make_interval(hours => hours));
end
$$;

-- Does the house itself owe an answer to lines of a sales order? Where
-- suppliers answer, their clocks run.
create or replace function orders.house_answers(of_order bigint)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.line l where l.order_id = of_order
	    and l.state = 'open' and not exists (select from orders.line p
	        where p.linked_line_id = l.id));
end
$$;

-- The account managers of a partner, for those who tell them.
create or replace function core.managers_of(partner bigint)
returns jsonb language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return (select coalesce(jsonb_agg(u.name order by u.name), '[]')
	from core.person u
	where u.id in (select a.person_id from core.assignment a
	    where a.partner_id = managers_of.partner
	    union select d.deputy_id from core.deputy d
	    join core.assignment a on a.person_id = d.person_id
	    where a.partner_id = managers_of.partner and d.ended_at is null
	    and d.partner_id is null and core.today() between d.since and d.until));
end
$$;
select core.definer('core.managers_of(bigint)',
    'names account managers; asked by the worker only', 'worker');

-- Keeps that something was said about a due time; false when it was before.
create or replace function orders.remember_told(h orders.head, kind text,
    told jsonb)
returns boolean language plpgsql as $$
begin
	insert into orders.reminder (partner_id, order_id, kind, due_at, told_at,
	    told)
	values (h.partner_id, h.id, remember_told.kind, h.response_due,
	    core.now(), remember_told.told)
	on conflict on constraint reminder_order_key do nothing;
	return found;
end
$$;

-- Reminds of one order, or reports that its answer is missing. A supplier is
-- reminded on his timeline, which names who is responsible and his deputies;
-- what the house owes a distributor is the account manager's, inside the
-- house.
create or replace function orders.tell_due(h orders.head, kind text)
returns void language plpgsql as $$
declare
	inside boolean := h.kind = 'sales' or kind = 'escalated';
	told jsonb := case when inside then core.managers_of(h.partner_id)
	    else orders.responsible_names(h.id) end;
begin
	if not orders.remember_told(h, kind, told) then
		return;
	end if;
	perform core.emit(h.partner_id, 'order.' || kind, 'order', h.public_id,
	    h.number, jsonb_build_object('due_at', h.response_due,
	    'open_lines', h.open_lines, 'to', (select string_agg(x, ', ')
	        from jsonb_array_elements_text(told) x)), null, null, inside);
	if kind = 'escalated' and h.kind = 'purchase' then
		perform core.emit(h.partner_id, 'order.overdue', 'order', h.public_id,
		    h.number, jsonb_build_object('due_at', h.response_due, 'to', (
		    select string_agg(x, ', ') from jsonb_array_elements_text(
		    orders.responsible_names(h.id)) x)));
	end if;
end
$$;

-- Orders whose answer is due soon or missing, each with what is to be said
-- and was not yet.
create or replace function orders.due_now()
returns table (id bigint, kind text) language plpgsql stable as $$
#variable_conflict use_column
declare
	t timestamptz := core.now();
begin
	return query
	with p as materialized (select x.partner_id,
	        coalesce(a.remind_hours, 4) as remind,
	        coalesce(a.escalate_hours, 0) as escalate
	    from (select distinct h.partner_id from orders.head h
	        where h.response_due is not null) x,
	    lateral exchange.terms(x.partner_id) a)
	select h.id, k.kind
	from orders.head h join p on p.partner_id = h.partner_id,
	lateral (values ('reminded', p.remind > 0 and h.response_due > t
	        and h.response_due <= t + make_interval(hours => p.remind)),
	    ('escalated', h.response_due
	        <= t - make_interval(hours => p.escalate))) k (kind, due)
	where h.response_due is not null and k.due
	and (h.kind = 'purchase' or orders.house_answers(h.id))
	and not exists (select from orders.reminder r where r.order_id = h.id
	    and r.kind = k.kind and r.due_at = h.response_due)
	order by h.response_due, h.id;
end
$$;

-- A scheduled job of the house.
create or replace function orders.clock()
returns void language plpgsql as $$
declare
	r record;
	h orders.head;
begin
	for r in select * from orders.due_now() loop
		select * into h from orders.head x where x.id = r.id
		for update skip locked;
		if h.response_due is not null then
			perform orders.tell_due(h, r.kind);
		end if;
	end loop;
end
$$;
select core.schedule('orders_clock', '1 minute');

-- The clock of an order that waits for an answer, and why it stands so; null
-- when nothing is awaited.
--   {"due": ts, "since": ts, "hours": 24, "calendar": "house" | null,
--   "overdue": false, "remind_at": ts | null, "reminded_at": ts | null,
--   "escalated_at": ts | null, "told": ["…"]}      the last two for the desk
create or replace function orders.clock_json(h orders.head, portal text)
returns json language plpgsql stable as $$
declare
	terms exchange.agreement;
	reminded orders.reminder;
	escalated orders.reminder;
begin
	if h.response_due is null then
		return null;
	end if;
	terms := exchange.terms(h.partner_id);
	select * into reminded from orders.reminder r where r.order_id = h.id
	and r.kind = 'reminded' and r.due_at = h.response_due;
	if portal = 'desk' then
		select * into escalated from orders.reminder r where r.order_id = h.id
		and r.kind = 'escalated' and r.due_at = h.response_due;
	end if;
	return json_build_object('due', h.response_due, 'since', coalesce((
	        select max(c.sent_at) from orders.change c where c.order_id = h.id
	        and h.state = 'change_pending'), h.submitted_at),
	    'hours', coalesce(terms.response_hours, 24),
	    'calendar', terms.response_calendar,
	    'overdue', h.response_due < core.now(),
	    'remind_at', h.response_due - make_interval(hours => nullif(coalesce(
	        terms.remind_hours, 4), 0)),
	    'reminded_at', reminded.told_at, 'escalated_at', escalated.told_at,
	    'told', coalesce(escalated.told, '[]'));
end
$$;

-- How many unanswered orders of those that the caller sees were asked for
-- again and are not overdue yet.
create or replace function orders.reminded_count()
returns bigint language plpgsql stable as $$
begin
	return (select count(*) from orders.reminder r
	    join orders.head h on h.id = r.order_id
	    where r.kind = 'reminded' and r.due_at = h.response_due
	    and h.response_due > core.now());
end
$$;

-- Mails have a point as long as the other side is waited for.
create or replace function orders.awaits_seller(of_order uuid)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.head h where h.public_id = of_order
	    and h.response_due is not null);
end
$$;
create or replace function orders.awaits_buyer(of_order uuid)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.head h where h.public_id = of_order
	    and h.state = 'conditional');
end
$$;
create or replace function orders.asks_nothing(of_order uuid)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.head h where h.public_id = of_order
	    and h.change_id is null);
end
$$;
-- Who of the partner is responsible, for the worker's house job.
create or replace function orders.answers_for(of_order uuid)
returns setof bigint language sql stable as $$
	select orders.responsible(h.id) from orders.head h
	where h.public_id = of_order
$$;
select core.mails('order.reminded', 'now', 'orders.awaits_seller',
    'orders.answers_for', 'supplier_user', 'supplier_admin', 'account_manager');
select core.mails('order.overdue', 'now', 'orders.awaits_seller',
    'orders.answers_for', 'supplier_user', 'supplier_admin');
select core.mails('order.escalated', 'now', 'orders.awaits_seller', null,
    'account_manager');
select core.mails('order.change_sent', 'now', 'orders.awaits_seller',
    'orders.answers_for', 'supplier_user', 'supplier_admin');
select core.mails('order.change_withdrawn', 'now', 'orders.asks_nothing',
    'orders.answers_for', 'supplier_user', 'supplier_admin');
select core.mails('order.assigned', 'now', 'orders.is_handed',
    'orders.answers_for', 'supplier_user', 'supplier_admin');
select core.mails('order.left', 'now', 'orders.awaits_seller',
    'orders.answers_for', 'supplier_user', 'supplier_admin');
select core.mails('order.conditional', 'now', 'orders.awaits_buyer',
    'orders.answers_for', 'distributor_user', 'distributor_admin');

select core.isolate('orders.reminder');
-- What the house owes a distributor is its own affair.
create policy theirs on orders.reminder as restrictive
	to kontor_supplier using (kind = 'reminded');
create policy inside on orders.reminder as restrictive
	to kontor_distributor using (false);
revoke all on orders.reminder from kontor_public, kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;
grant select on orders.reminder to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;
grant insert on orders.reminder to kontor_worker;
