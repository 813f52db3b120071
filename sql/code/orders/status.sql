-- SPDX-License-Identifier: Apache-2.0
--
-- What is derived: a line's status from its state, an order's status, dates
-- and values from its lines. Nobody types a status.

-- A line's status in the eyes of a portal. An open line of a purchase order
-- is to be confirmed by the supplier and waited for by everybody else; a
-- proposal is decided by the buyer: the distributor, or the house at a
-- supplier.
create or replace function orders.line_status(state text, kind text,
    portal text)
returns text language sql immutable as $$
	select case
	    when state = 'open' then
	        case when (kind = 'purchase') = (portal = 'supplier')
	            and portal <> 'distributor' then 'to_confirm'
	        else 'waiting' end
	    when state = 'proposed' then
	        case when (kind = 'sales' and portal = 'distributor')
	            or (kind = 'purchase' and portal = 'desk')
	        then 'decision_wanted' else 'proposed' end
	    when state = 'accepted' then 'confirmed'
	    else state end
$$;

-- The stored status of an order, seen by a portal: unanswered and undecided
-- say whose move it is.
create or replace function orders.order_status(status text, kind text,
    portal text)
returns text language sql immutable as $$
	select case status
	    when 'unanswered' then orders.line_status('open', kind, portal)
	    when 'undecided' then orders.line_status('proposed', kind, portal)
	    when 'change_pending' then case when kind = 'purchase'
	        and portal = 'supplier' then 'change_wanted' else status end
	    else status end
$$;

-- Tone of a status (ux-guide section 4): info your move, ok settled, warn at
-- risk, bad late or refused, neutral closed or waiting.
create or replace function orders.tone(status text, late boolean)
returns text language sql immutable as $$
	select case
	    when status in ('cancelled', 'closed', 'completed', 'draft', 'shipped',
	        'received') then 'neutral'
	    when late or status in ('rejected', 'short') then 'bad'
	    when status in ('to_confirm', 'decision_wanted', 'change_wanted') then 'info'
	    when status in ('backordered', 'partly_confirmed', 'proposed',
	        'change_pending') then 'warn'
	    when status in ('confirmed', 'part_shipped') then 'ok'
	    else 'neutral' end
$$;

-- A line that nothing more happens to.
create or replace function orders.line_over(state text)
returns boolean language sql immutable as $$
	select state in ('rejected', 'cancelled', 'shipped', 'received', 'short')
$$;

-- The status of an order, to be stored. What counts first:
--   1  its state, where that says it all: draft, cancelled, rejected, closed,
--      completed, change_pending
--   2  undecided         a line is proposed
--   3  unanswered        every line is open
--   4  partly_confirmed  some lines are open
--   5  part_shipped      something left, something is still to come
--   6  backordered       a line is backordered
--   7  shipped           everything that was promised left
--   8  confirmed
create or replace function orders.derive_status(state text, lines int,
    open int, proposed int, moving int, backordered int, over int,
    shipped int)
returns text language sql immutable as $$
	select case
	    when state in ('draft', 'cancelled', 'rejected', 'closed', 'completed',
	        'change_pending') then state
	    when proposed > 0 then 'undecided'
	    when open = lines then 'unanswered'
	    when open > 0 then 'partly_confirmed'
	    when moving > 0 and over < lines then 'part_shipped'
	    when backordered > 0 then 'backordered'
	    when over = lines and shipped > 0 then 'shipped'
	    when over = lines then 'rejected'
	    else 'confirmed' end
$$;

-- Derives what orders.head keeps about its lines and counts its version up.
-- Always with the owner's eyes: it is called by rules that have them and by
-- others in one transaction, and each change of eyes is a new plan.
create or replace function orders.refresh(of_order bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
	update orders.head h
	set version = h.version + 1, line_count = t.lines,
	    open_lines = t.lines - t.over, next_date = t.next_date,
	    total = t.total, open_value = t.open_value,
	    status = orders.derive_status(case when h.change_id is null
	        then h.state else 'change_pending' end, t.lines, t.open, t.proposed,
	        t.moving, t.backordered, t.over, t.shipped)
	from (
		select count(*)::int as lines,
		    count(*) filter (where state = 'open')::int as open,
		    count(*) filter (where state = 'proposed')::int proposed,
		    count(*) filter (where shipped > 0)::int moving,
		    count(*) filter (where state = 'backordered')::int backordered,
		    count(*) filter (where orders.line_over(state))::int as over,
		    count(*) filter (where state in
		        ('shipped', 'received', 'short'))::int shipped,
		    min(coalesce(expected_date, requested_date))
		        filter (where not orders.line_over(state)) next_date,
		    coalesce(sum(round(ordered * price / price_base, 2)), 0) total,
		    coalesce(sum(round(greatest(open + confirmed + backordered
		        - shipped, 0) * price / price_base, 2)), 0) open_value
		from orders.line where order_id = of_order
	) t
	where h.id = of_order;
end
$$;
select core.definer('orders.refresh(bigint)',
    'derives an order''s figures, also of a linked order; harmless to call',
    'portals', 'worker', 'admin');

-- Money and quantities as they stand in answers: no needless zeros, money
-- with two decimals at least.
create or replace function orders.plain(amount numeric)
returns text language sql immutable as $$
	select case when scale(trim_scale(amount)) < 2 then round(amount, 2)::text
	    else trim_scale(amount)::text end
$$;
create or replace function orders.money(amount numeric, currency text)
returns json language sql stable as $$
	select case when amount is not null then json_build_object('amount',
	    orders.plain(amount), 'currency', currency) end
$$;
create or replace function orders.quantity(value numeric, unit text)
returns json language sql stable as $$
	select json_build_object('value', trim_scale(value)::text, 'unit', unit)
$$;

-- {"a": true, "b": true} of {a, b}, for templates.
create or replace function orders.can(actions text[])
returns json language sql immutable as $$
	select coalesce(json_object_agg(a, true), '{}') from unnest(actions) a
$$;

-- The schedule of a line is the truth: its sums are the line's quantities.
-- Runs at commit as whoever commits, hence with the owner's eyes.
create or replace function orders.check_schedule()
returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	line bigint;
	bad text;
begin
	if tg_table_name = 'line' then
		line := new.id;
	elsif tg_op = 'DELETE' then
		line := old.line_id;
	else
		line := new.line_id;
	end if;
	select l.line_id into bad
	from orders.line l, lateral (
		select coalesce(sum(quantity) filter (where kind = 'open'), 0) o,
		    coalesce(sum(quantity) filter (where kind = 'confirmed'), 0) c,
		    coalesce(sum(quantity) filter (where kind = 'backordered'), 0) b,
		    coalesce(sum(quantity) filter (where kind = 'rejected'), 0) r,
		    coalesce(sum(quantity) filter (where kind = 'cancelled'), 0) x
		from orders.schedule where line_id = l.id
	) s
	where l.id = line and (l.open <> s.o or l.confirmed <> s.c
	    or l.backordered <> s.b or l.rejected <> s.r or l.cancelled <> s.x);
	if bad is not null then
		raise exception using errcode = '23514',
		    constraint = 'schedule_sum_check',
		    message = 'schedule and quantities of line ' || bad || ' differ';
	end if;
	return null;
end
$$;
select core.definer('orders.check_schedule()',
    'a commit checks rows of several partners');

do $$
begin
	drop trigger if exists schedule_sum on orders.line;
	create constraint trigger schedule_sum after insert or update of open,
	    confirmed, backordered, rejected, cancelled on orders.line
	    deferrable initially deferred
	    for each row execute function orders.check_schedule();
	drop trigger if exists schedule_sum on orders.schedule;
	create constraint trigger schedule_sum after insert or update or delete
	    on orders.schedule deferrable initially deferred
	    for each row execute function orders.check_schedule();
end
$$;
