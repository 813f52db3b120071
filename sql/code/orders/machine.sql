-- SPDX-License-Identifier: Apache-2.0
--
-- The states of an order and of its lines (product.md section 4). Permission
-- orders.sell is the seller's hand, orders.buy the buyer's, orders.manage an
-- account manager's; which side a caller is on, orders.side says. Without a
-- permission only rules take the step.

select core.add_state('order', s, t, f) from (values
	('draft', 'neutral', false), ('submitted', 'info', false),
	('acknowledged', 'info', false), ('conditional', 'warn', false),
	('accepted', 'ok', false), ('change_pending', 'warn', false),
	('in_fulfilment', 'ok', false), ('completed', 'neutral', false),
	('rejected', 'bad', true), ('cancelled', 'neutral', true),
	('closed', 'neutral', true)) v (s, t, f);

select core.add_transition('order', s, e, n, p) from (values
	('', 'submit', 'submitted', null),
	('', 'save', 'draft', null),
	('draft', 'submit', 'submitted', 'orders.buy'),
	('draft', 'release', 'submitted', 'orders.manage'),
	('draft', 'discard', 'cancelled', 'orders.buy'),
	('submitted', 'acknowledge', 'acknowledged', 'orders.sell'),
	('submitted', 'confirm', 'accepted', 'orders.sell'),
	('submitted', 'respond', 'conditional', 'orders.sell'),
	('submitted', 'reject', 'rejected', 'orders.sell'),
	('submitted', 'cancel', 'cancelled', 'orders.buy'),
	('acknowledged', 'confirm', 'accepted', 'orders.sell'),
	('acknowledged', 'respond', 'conditional', 'orders.sell'),
	('acknowledged', 'reject', 'rejected', 'orders.sell'),
	('acknowledged', 'cancel', 'cancelled', 'orders.buy'),
	('conditional', 'accept', 'accepted', 'orders.buy'),
	('conditional', 'refuse', 'conditional', 'orders.buy'),
	('conditional', 'cancel', 'cancelled', 'orders.buy'),
	('accepted', 'change', 'change_pending', null),
	('change_pending', 'accept_change', 'accepted', null),
	('change_pending', 'refuse_change', 'accepted', null),
	('change_pending', 'withdraw_change', 'accepted', null),
	('change_pending', 'cancel', 'change_pending', 'orders.buy'),
	('accepted', 'propose', 'conditional', null),
	('accepted', 'despatch', 'in_fulfilment', null),
	('accepted', 'cancel', 'change_pending', 'orders.buy'),
	('accepted', 'end', 'cancelled', null),
	('change_pending', 'accept_cancel', 'cancelled', null),
	('in_fulfilment', 'complete', 'completed', null),
	('in_fulfilment', 'recall', 'accepted', null),
	('completed', 'recall', 'in_fulfilment', null),
	('completed', 'close', 'closed', 'orders.manage')) v (s, e, n, p);

select core.add_state('order_line', s, t, f) from (values
	('open', 'info', false), ('proposed', 'warn', false),
	('accepted', 'ok', false), ('backordered', 'warn', false),
	('part_shipped', 'ok', false), ('shipped', 'neutral', false),
	('received', 'neutral', true), ('short', 'bad', true),
	('rejected', 'bad', true), ('cancelled', 'neutral', true))
	v (s, t, f);

select core.add_transition('order_line', s, e, n, p) from (values
	('', 'order', 'open', null),
	('open', 'confirm', 'accepted', 'orders.sell'),
	('open', 'propose', 'proposed', 'orders.sell'),
	('open', 'reject', 'rejected', 'orders.sell'),
	('open', 'cancel', 'cancelled', 'orders.buy'),
	('proposed', 'confirm', 'accepted', 'orders.sell'),
	('proposed', 'propose', 'proposed', 'orders.sell'),
	('proposed', 'reject', 'rejected', 'orders.sell'),
	('proposed', 'accept', 'accepted', 'orders.buy'),
	('proposed', 'refuse', 'cancelled', 'orders.buy'),
	('proposed', 'retract', 'open', 'orders.sell'),
	('accepted', 'propose', 'proposed', 'orders.sell'),
	('accepted', 'backorder', 'backordered', 'orders.sell'),
	('accepted', 'end', 'cancelled', null),
	('accepted', 'ship', 'shipped', 'orders.sell'),
	('accepted', 'ship_part', 'part_shipped', null),
	('accepted', 'expect', 'accepted', 'orders.sell'),
	('accepted', 'cancel', 'cancelled', 'orders.buy'),
	('accepted', 'retract', 'open', 'orders.sell'),
	('backordered', 'confirm', 'accepted', 'orders.sell'),
	('backordered', 'propose', 'proposed', 'orders.sell'),
	('backordered', 'backorder', 'backordered', 'orders.sell'),
	('backordered', 'ship', 'shipped', 'orders.sell'),
	('backordered', 'ship_part', 'part_shipped', null),
	('backordered', 'expect', 'backordered', 'orders.sell'),
	('backordered', 'end', 'cancelled', null),
	('backordered', 'cancel', 'cancelled', 'orders.buy'),
	('backordered', 'retract', 'open', 'orders.sell'),
	('part_shipped', 'ship', 'shipped', 'orders.sell'),
	('part_shipped', 'ship_part', 'part_shipped', null),
	('part_shipped', 'backorder', 'part_shipped', 'orders.sell'),
	('part_shipped', 'retract', 'part_shipped', 'orders.sell'),
	('part_shipped', 'expect', 'part_shipped', 'orders.sell'),
	('part_shipped', 'end', 'shipped', null),
	('part_shipped', 'recall', 'accepted', null),
	('part_shipped', 'recall_late', 'backordered', null),
	('shipped', 'correct', 'part_shipped', null),
	('shipped', 'retract', 'part_shipped', 'orders.sell'),
	('shipped', 'recall', 'accepted', null),
	('shipped', 'ship', 'shipped', null),
	('shipped', 'receive', 'received', null),
	('shipped', 'count_short', 'short', null),
	('rejected', 'retract', 'open', 'orders.sell'),
	('rejected', 'restore', 'proposed', null),
	('cancelled', 'retract', 'accepted', 'orders.sell'),
	('cancelled', 'restore', 'backordered', null),
	('proposed', 'reopen', 'open', null),
	('accepted', 'reopen', 'open', null),
	('backordered', 'reopen', 'open', null),
	('open', 'restore_proposed', 'proposed', null),
	('open', 'restore_accepted', 'accepted', null),
	('open', 'restore_backordered', 'backordered', null),
	('cancelled', 'restore_open', 'open', null),
	('cancelled', 'restore_proposed', 'proposed', null),
	('cancelled', 'restore_accepted', 'accepted', null),
	('cancelled', 'restore_backordered', 'backordered', null),
	('open', 'hold', 'open', 'orders.manage'),
	('proposed', 'hold', 'proposed', 'orders.manage'),
	('accepted', 'hold', 'accepted', 'orders.manage'),
	('backordered', 'hold', 'backordered', 'orders.manage'),
	('part_shipped', 'hold', 'part_shipped', 'orders.manage'),
	('rejected', 'hold', 'rejected', 'orders.manage'),
	('open', 'release_hold', 'open', 'orders.manage'),
	('proposed', 'release_hold', 'proposed', 'orders.manage'),
	('accepted', 'release_hold', 'accepted', 'orders.manage'),
	('backordered', 'release_hold', 'backordered', 'orders.manage'),
	('part_shipped', 'release_hold', 'part_shipped', 'orders.manage'),
	('shipped', 'release_hold', 'shipped', 'orders.manage'),
	('received', 'release_hold', 'received', 'orders.manage'),
	('short', 'release_hold', 'short', 'orders.manage'),
	('rejected', 'release_hold', 'rejected', 'orders.manage'),
	('cancelled', 'release_hold', 'cancelled', 'orders.manage'))
	v (s, e, n, p);

select core.guard('order', 'orders.head');
select core.guard('order_line', 'orders.line');

-- Is the caller on the side that a permission belongs to? The house sells to
-- distributors and buys from suppliers.
create or replace function orders.side(permission text, kind text,
    portal text)
returns boolean language sql immutable as $$
	select case permission
	    when 'orders.sell' then portal = case kind
	        when 'purchase' then 'supplier' else 'desk' end
	    when 'orders.buy' then portal = case kind
	        when 'sales' then 'distributor' else 'desk' end
	    else portal = 'desk' end
$$;

-- What the caller may do, by state: {"open": ["confirm", …], …}.
create or replace function orders.actions_map(of_machine text, kind text)
returns jsonb language plpgsql stable as $$
declare
	m jsonb := core.me();
	held text[];
begin
	select array_agg(p) into held
	from unnest(array['orders.sell', 'orders.buy', 'orders.manage']) p
	where orders.side(p, kind, m ->> 'portal') and core.identity_may(m, p);
	return coalesce((select jsonb_object_agg(state, events) from (
		select t.state, jsonb_agg(t.event order by t.position) events
		from core.transition t
		where t.machine = of_machine and t.permission = any (held)
		group by t.state) s), '{}');
end
$$;

-- The step that an event makes; refuses with 409 what is not possible now and
-- with 403 what is another's to do.
create or replace function orders.step(machine text, state text, event text,
    kind text)
returns text language plpgsql stable as $$
declare
	t core.transition;
	m jsonb := core.me();
begin
	select * into t from core.transition x where x.machine = step.machine
	    and x.state = step.state and x.event = step.event;
	if not found or t.permission is null then
		perform core.fail(409, 'orders.event.illegal', jsonb_build_object(
		    'event', event, 'state', state));
	elsif not orders.side(t.permission, kind, m ->> 'portal')
	    or not core.identity_may(m, t.permission) then
		perform core.fail(403, 'state.denied', jsonb_build_object(
		    'event', event, 'state', state));
	end if;
	return t.next;
end
$$;
