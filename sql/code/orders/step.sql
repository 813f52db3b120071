-- SPDX-License-Identifier: Apache-2.0
--
-- Steps of a whole order, taken by a side: the same for a screen and a
-- document. Permission and state were checked by the caller (orders.step), or
-- the document's partner is the side.

-- Has something of an order been shipped?
create or replace function orders.left_in_part(of_order bigint)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.line
	    where order_id = of_order and shipped > 0);
end
$$;

-- The buyer cancels: every line ends. Not once something was shipped.
--   place  where a document says so
create or replace function orders.cancel_order(h orders.head,
    why jsonb, o orders.origin, place text default null)
returns void language plpgsql as $$
declare
	l orders.line;
	ids text[];
begin
	if orders.left_in_part(h.id) then
		perform core.fail(409, 'orders.event.illegal', jsonb_build_object(
		    'event', 'cancel', 'state', h.state));
	end if;
	perform orders.change_drop(h.id);
	for l in select * from orders.line where order_id = h.id
		and not orders.line_over(state) order by id for update
	loop
		perform orders.cancel_line(l, case l.state when 'proposed'
		    then 'refuse' else 'cancel' end, o, place);
		ids := ids || l.line_id;
	end loop;
	update orders.head set state = 'cancelled', completed_at = core.now(),
	    response_due = null, refusal = nullif(why, '{}'), draft = null
	where id = h.id;
	perform orders.refresh(h.id);
	perform core.emit(h.partner_id, 'order.cancelled', 'order', h.public_id,
	    h.number, why);
	if h.kind = 'purchase' then
		perform orders.change_told(h.id, ids);
	end if;
	perform orders.settle(h.id);
end
$$;

-- The buyer wants to cancel an order that the seller has accepted: the seller
-- has to agree.
create or replace function orders.ask_cancel(h orders.head, why jsonb,
    o orders.origin, asked jsonb default '{"function": "cancel"}')
returns void language plpgsql as $$
declare
	lines jsonb := (select jsonb_agg(jsonb_build_object('line_id',
	    l.line_id, 'action', '2', 'line', l.id, 'item', l.item_id, 'unit',
	    l.unit, 'old', orders.wish_of(l)) order by l.position)
	    from orders.line l where l.order_id = h.id
	    and not orders.line_over(l.state));
begin
	if orders.left_in_part(h.id) or lines is null then
		perform core.fail(409, 'orders.event.illegal', jsonb_build_object(
		    'event', 'cancel', 'state', h.state));
	elsif (orders.change_waiting(h)).kind = 'cancel' then
		perform core.fail(409, 'orders.change.pending');
	end if;
	perform orders.change_send(orders.change_write(h, 'cancel', '{}', lines,
	    asked, why, o));
end
$$;

-- The seller acknowledges; nothing is promised by it.
create or replace function orders.acknowledge(h orders.head)
returns void language plpgsql as $$
begin
	update orders.head set state = 'acknowledged', response_code = 'AB',
	    acknowledged_at = core.now() where id = h.id returning * into h;
	perform orders.refresh(h.id);
	perform orders.acknowledged(h);
end
$$;

-- The seller answers all open lines alike: confirm or reject.
--   place  where a document says so
create or replace function orders.answer_all(h orders.head, event text,
    a jsonb, o orders.origin, place text default null)
returns void language plpgsql as $$
declare
	l orders.line;
	ids text[];
begin
	for l in select * from orders.line where order_id = h.id
		and state = 'open' and change_id is null order by id for update
	loop
		perform orders.answer_line(l, event, a, o, place);
		ids := ids || l.line_id;
	end loop;
	if ids is not null then
		perform orders.tell_lines(h.id, jsonb_build_object(
		    orders.past(event), ids));
	end if;
	perform orders.settle_later(h.id);
end
$$;

-- The buyer decides all proposals alike: accept or refuse.
create or replace function orders.decide_all(h orders.head, event text,
    o orders.origin)
returns void language plpgsql as $$
declare
	l orders.line;
	ids text[];
begin
	for l in select * from orders.line where order_id = h.id
		and state = 'proposed' and change_id is null order by id for update
	loop
		perform orders.decide_line(l, event, o);
		ids := ids || l.line_id;
	end loop;
	if ids is not null then
		perform orders.tell_lines(h.id, jsonb_build_object(
		    orders.past(event), ids));
	end if;
	perform orders.settle(h.id);
end
$$;
