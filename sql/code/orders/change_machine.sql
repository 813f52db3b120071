-- SPDX-License-Identifier: Apache-2.0
--
-- The states of a change that a buyer asks of an order. It is written
-- (draft), sent (pending) and answered by the seller. partly: of several
-- suppliers some accepted. withdrawn: the buyer took it back before it was
-- answered, or cancelled the order meanwhile. superseded: a further change took
-- its place before it was answered.

select core.add_state('order_change', s, t, f) from (values
	('draft', 'neutral', false), ('pending', 'warn', false),
	('accepted', 'ok', true), ('partly', 'warn', true),
	('refused', 'bad', true), ('withdrawn', 'neutral', true),
	('superseded', 'neutral', true)) v (s, t, f);

select core.add_transition('order_change', s, e, n, p) from (values
	('', 'write', 'draft', null),
	('', 'raise', 'pending', null),
	('', 'tell', 'accepted', null),
	('draft', 'send', 'pending', 'orders.buy'),
	('draft', 'discard', 'withdrawn', 'orders.buy'),
	('pending', 'accept', 'accepted', 'orders.sell'),
	('pending', 'refuse', 'refused', 'orders.sell'),
	('pending', 'part', 'partly', null),
	('pending', 'withdraw', 'withdrawn', 'orders.buy'),
	('pending', 'supersede', 'superseded', null)) v (s, e, n, p);

select core.guard('order_change', 'orders.change');

-- States in which an order may be changed: after acceptance the seller has to
-- agree, before it the change stands at once.
create or replace function orders.may_change(state text)
returns boolean language sql immutable as $$
	select state in ('submitted', 'acknowledged', 'conditional', 'accepted')
$$;

-- May the buyer of an order ask for a change, or for another one than that
-- which waits? Not while a distributor's change waits at a supplier.
create or replace function orders.changeable(h orders.head)
returns boolean language plpgsql stable as $$
begin
	if h.change_id is null then
		return orders.may_change(h.state);
	end if;
	return (orders.may_change(h.state) or h.state = 'change_pending')
	    and (orders.change_waiting(h)).id is not null;
end
$$;

-- Refuses a change of an order that may not be changed now.
create or replace function orders.refuse_unchangeable(h orders.head)
returns void language plpgsql stable as $$
begin
	if not orders.changeable(h) then
		perform core.fail(409, case when h.change_id is not null
		    then 'orders.change.pending' else 'orders.change.late' end,
		    jsonb_build_object('state', h.state));
	end if;
end
$$;

-- The change that waits at an order and that its buyer may take back or
-- replace.
create or replace function orders.change_waiting(h orders.head)
returns orders.change language plpgsql stable as $$
declare
	c orders.change;
begin
	select * into c from orders.change x where x.id = h.change_id
	and x.state = 'pending' and x.parent_id is null;
	return c;
end
$$;

-- What is left of a line to be delivered, in the buyer's eyes.
create or replace function orders.still_wanted(l orders.line)
returns numeric language sql immutable as $$
	select l.ordered - l.cancelled - l.rejected
$$;

-- Refuses what would touch a line whose change is not answered yet.
create or replace function orders.refuse_if_changing(l orders.line)
returns void language plpgsql stable as $$
begin
	if l.change_id is not null then
		perform core.fail(409, 'orders.change.pending', jsonb_build_object(
		    'line', l.line_id));
	end if;
end
$$;
