-- SPDX-License-Identifier: Apache-2.0
--
-- Steps of orders. Every function answers 201 or 200
-- with the order as orders_show shows it, unless it says otherwise.

-- Who moved an order last, and when, as far as the caller may know.
create or replace function orders.last_change(of_order uuid)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_object('by', core.actor_seen(e), 'at', e.at)
	from core.event e where e.object_id = of_order
	order by e.seq desc limit 1);
end
$$;

-- As core.check_version, and says who was quicker.
create or replace function orders.check_seen(h orders.head, input jsonb)
returns void language plpgsql stable as $$
begin
	if coalesce(input ->> 'version', h.version::text) <> h.version::text then
		perform core.fail(412, 'version.stale',
		    orders.last_change(h.public_id), null,
		    jsonb_build_object('version', h.version));
	end if;
	perform core.check_version(h.version, input);
end
$$;

-- What an event does; the step was allowed.
create or replace function orders.do_event(h orders.head, event text,
    next text, input jsonb)
returns void language plpgsql as $$
declare
	o orders.origin := orders.origin_me();
	why jsonb := orders.why_of(input);
begin
	case event
	when 'submit' then
		perform orders.submit_draft(h.partner_id, h.draft, h.id, h.number);
	when 'release' then perform orders.release(h.id);
	when 'acknowledge' then perform orders.acknowledge(h);
	when 'confirm' then perform orders.answer_all(h, 'confirm', '{}', o);
	when 'reject' then
		perform orders.answer_all(h, 'reject', input, o);
	when 'respond' then perform orders.respond(h);
	when 'accept', 'refuse' then perform orders.decide_all(h, event, o);
	when 'cancel' then
		if h.state in ('accepted', 'change_pending') then
			perform orders.ask_cancel(h, why, o);
		else
			perform orders.cancel_order(h, why, o);
		end if;
	when 'discard' then
		update orders.head set state = next, draft = null,
		    version = version + 1 where id = h.id;
		perform orders.refresh(h.id);
	when 'close' then
		update orders.head set state = next where id = h.id;
		perform orders.refresh(h.id);
		perform core.emit(h.partner_id, 'order.closed', 'order',
		    h.public_id, h.number);
	end case;
end
$$;

-- The seller says that his answer is complete: nothing waits any longer to be
-- taken back. Refused while a line is unanswered.
create or replace function orders.respond(h orders.head)
returns void language plpgsql as $$
declare
	missing jsonb := (select jsonb_agg(line_id order by position)
	    from orders.line where order_id = h.id and state = 'open');
begin
	if missing is not null then
		perform core.fail(422, 'orders.response.incomplete',
		    jsonb_build_object('lines', missing));
	end if;
	update orders.line set undo_until = null, previous = null
	where order_id = h.id and undo_until is not null;
	perform orders.settle(h.id);
end
$$;

-- One step of an order.
--   events  submit discard (draft), cancel {reason_code, reason_text},
--           accept refuse (distributor: all lines waiting for a decision),
--           acknowledge (AB), confirm (supplier: all open lines as requested,
--           AP), respond (supplier: CA; 422 orders.response.incomplete while a
--           line is unanswered), reject {reason_code, reason_text} (RE),
--           release (account manager: supplier order to the supplier)
--   input   id, event, version (or If-Match)
--   errors  409 orders.event.illegal, 412, 428
create or replace function api.orders_event(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.by_id(input);
	event text := input ->> 'event';
	next text;
begin
	perform orders.check_seen(h, input);
	perform orders.lock_family(h.id);
	select * into h from orders.head where id = h.id for update;
	perform orders.check_seen(h, input);
	next := orders.step('order', h.state, event, h.kind);
	if h.kind = 'sales' and event in ('confirm', 'reject', 'respond')
	    and exists (select from orders.head p where p.linked_order_id = h.id)
	then
		perform core.fail(409, 'orders.line.supplied', jsonb_build_object(
		    'event', event));
	end if;
	if h.change_id is not null and (event <> 'cancel'
	    or not orders.changeable(h)) then
		perform core.fail(409, 'orders.change.pending');
	end if;
	if (event = 'release') <> (h.kind = 'purchase' and h.state = 'draft') then
		perform core.fail(409, 'orders.event.illegal', jsonb_build_object(
		    'event', event, 'state', h.state));
	end if;
	perform orders.do_event(h, event, next, input);
	select * into h from orders.head where id = h.id;
	return (200, h.version, '/orders/' || h.public_id,
	    orders.show_json(h))::core.answer;
end
$$;
select core.operation('orders_event', permission => 'orders.act',
    writes => true, input => '{"id": "uuid", "event": "line",
    "reason_code": "line?", "reason_text": "text?"}');
