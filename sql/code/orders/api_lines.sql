-- SPDX-License-Identifier: Apache-2.0
--
-- Steps of many lines at once.

-- The items of a bulk request: [{"line", …}] whatever way they were given,
-- each with the members given once for all.
create or replace function orders.bulk_items(input jsonb)
returns jsonb language plpgsql stable as $$
declare
	given jsonb := coalesce(input -> 'items', '[]');
	common jsonb := input - array['items', 'lines', 'event', 'version',
	    'matching', 'view', 'q', 'sort', 'whose', 'person'];
	items jsonb;
begin
	if jsonb_typeof(given) not in ('object', 'array') then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/items',
		    'value.list')));
	elsif jsonb_typeof(given) = 'object' then
		given := (select coalesce(jsonb_agg(value order by
		    lpad(key, 6, '0')), '[]') from jsonb_each(given));
	end if;
	if jsonb_typeof(input -> 'lines') = 'array' then
		given := given || coalesce((select jsonb_agg(jsonb_build_object(
		    'line', v)) from jsonb_array_elements(input -> 'lines') v), '[]');
	elsif jsonb_typeof(input -> 'lines') = 'string' then
		given := given || jsonb_build_array(jsonb_build_object('line',
		    input ->> 'lines'));
	end if;
	if coalesce(input ->> 'matching', '') <> '' then
		given := orders.matching_items(input);
	end if;
	select coalesce(jsonb_agg(common || e), '[]') into items
	from jsonb_array_elements(given) e
	where coalesce(e ->> 'line', '') <> '';
	if jsonb_array_length(items) not between 1 and 500 then
		perform core.fail(422, 'orders.bulk.size', jsonb_build_object(
		    'given', jsonb_array_length(items), 'most', 500));
	end if;
	return items;
end
$$;

-- The lines of the worklist that its view and search show, the first 500 of
-- them, in its order, of those whose it shows.
create or replace function orders.matching_items(input jsonb)
returns jsonb language plpgsql stable as $$
declare
	asked jsonb := '{"view": "to_confirm"}' || core.list_clean('worklist',
	    input - 'columns');
begin
	if core.me_portal() <> 'supplier' then
		perform core.fail(403, 'state.denied', jsonb_build_object(
		    'event', input ->> 'event', 'state', 'worklist'));
	end if;
	return (select coalesce(jsonb_agg(jsonb_build_object('line', l.public_id)
	    order by n.place), '[]')
	from unnest(orders.worklist_by(asked, null, 500))
	    with ordinality n (id, place)
	join orders.line l on l.id = n.id);
end
$$;

-- Locks the businesses that the lines belong to, in one order for everybody.
create or replace function orders.lock_families(items jsonb)
returns void language plpgsql as $$
declare
	lines uuid[] := array(select core.try_uuid(e ->> 'line')
	    from jsonb_array_elements(items) e);
begin
	perform orders.lock_family(f) from orders.families(array(
	    select l.order_id from orders.line l
	    where l.public_id = any (lines))) f;
end
$$;

-- One line's step. Raises what refuses it.
create or replace function orders.line_event(l orders.line, h orders.head,
    event text, a jsonb, o orders.origin)
returns orders.line language plpgsql as $$
begin
	if a ? 'version' and a ->> 'version' <> l.version::text then
		perform core.fail(412, 'version.stale',
		    orders.last_change(h.public_id), null,
		    jsonb_build_object('version', l.version));
	elsif event <> 'release_hold' and not orders.is_open(h.state)
	    and coalesce(l.undo_until, '-infinity') <= core.now() then
		perform core.fail(409, 'orders.event.illegal', jsonb_build_object(
		    'event', event, 'state', h.state));
	end if;
	perform orders.step('order_line', l.state, event, h.kind);
	if event not in ('hold', 'release_hold') then
		perform orders.refuse_if_changing(l);
	end if;
	if orders.is_answer(event) and orders.answered_elsewhere(l) then
		perform core.fail(409, 'orders.line.supplied', jsonb_build_object(
		    'event', event));
	end if;
	case event
	when 'confirm', 'propose', 'reject', 'backorder' then
		return orders.answer_line(l, event, a, o);
	when 'retract' then return orders.retract_line(l, o);
	when 'expect' then
		return orders.expect_line(l, core.try_date(a ->> 'date'), o);
	when 'accept', 'refuse' then return orders.decide_line(l, event, o);
	when 'cancel' then return orders.cancel_line(l, event, o);
	when 'ship' then
		return orders.ship_line(l, coalesce(core.to_quantity(
		    a ->> 'quantity', '/quantity'),
		    l.confirmed + l.backordered - l.shipped),
		    orders.shipment_of(h, a), o);
	when 'hold', 'release_hold' then
		return orders.hold_line(l, event, a);
	end case;
end
$$;

-- One item of a bulk request: done, or why not.
--   shipments  number of this request's shipment, by order
create or replace function orders.bulk_one(one jsonb, event text,
    o orders.origin, shipments jsonb)
returns jsonb language plpgsql as $$
declare
	l orders.line;
	h orders.head;
	detail text;
begin
	select * into l from orders.line
	where public_id = core.try_uuid(one ->> 'line') for update;
	select * into h from orders.head where id = l.order_id;
	if h.id is null then
		return jsonb_build_object('line', one ->> 'line', 'status', 404,
		    'code', 'orders.line.unknown', 'args', '{}'::jsonb);
	end if;
	if event = 'ship' and shipments ? h.public_id::text
	    and coalesce(one ->> 'number', '') = '' then
		one := one || jsonb_build_object('number',
		    shipments ->> h.public_id::text);
	end if;
	begin
		l := orders.line_event(l, h, event, one, o);
	exception when others then
		if sqlstate not like 'PT%' then
			raise;
		end if;
		get stacked diagnostics detail = pg_exception_detail;
		return jsonb_build_object('line', l.public_id, 'order', h.public_id,
		    'key', h.id, 'number', h.number || '/' || l.line_id,
		    'status', substr(sqlstate, 3)::int, 'code', case when sqlerrm
		        = 'input.invalid' then coalesce(detail::jsonb
		        #>> '{errors,0,code}', sqlerrm) else sqlerrm end,
		    'args', coalesce(nullif(detail::jsonb -> 'args', '{}'),
		        detail::jsonb #> '{errors,0,args}', '{}'),
		    'pointer', detail::jsonb #> '{errors,0,pointer}',
		    'state', l.state, 'version', l.version, 'undo_until', null);
	end;
	return jsonb_build_object('line', l.public_id, 'order', h.public_id,
	    'key', h.id, 'line_id', l.line_id,
	    'number', h.number || '/' || l.line_id, 'status', 200,
	    'code', null, 'args', '{}'::jsonb, 'pointer', null,
	    'state', l.state, 'version', l.version,
	    'undo_until', l.undo_until, 'shipment', case event when 'ship' then
	        (select s.number from orders.shipment s where s.order_id = h.id
	        order by s.id desc limit 1) end);
end
$$;

-- After a bulk step: each order is brought up to date once, and told once; of
-- many orders by jobs, so that the answer to hundreds of lines need not wait
-- for what follows from them.
create or replace function orders.bulk_end(results jsonb, event text)
returns void language plpgsql as $$
declare
	few constant int := 10;
	many boolean := (select count(distinct e ->> 'key') > few
	    from jsonb_array_elements(results) e where e ->> 'status' = '200');
	r record;
begin
	for r in select key, jsonb_agg(line) as lines,
	    orders.told(jsonb_agg(jsonb_build_array(step, line))) as told
		from (select (e ->> 'key')::bigint as key, e -> 'line_id' as line,
		        orders.past(case when event = 'backorder'
		        and e ->> 'state' not in ('backordered', 'part_shipped')
		        then 'end'
		        else event end) as step
		    from jsonb_array_elements(results) e
		    where e ->> 'status' = '200') x
		group by 1 order by 1
	loop
		if event not in ('hold', 'release_hold') then
			perform orders.tell_lines(r.key, r.told);
		end if;
		if event = 'cancel' and exists (select from orders.head
		    where id = r.key and kind = 'purchase') then
			perform orders.change_told(r.key, array(
			    select jsonb_array_elements_text(r.lines)));
		end if;
		if event = 'release_hold' then
			perform orders.settle_family(r.key);
		else
			perform orders.settle_later(r.key, many);
		end if;
	end loop;
end
$$;

-- The same event for up to 500 lines, one result each, order kept.
--   input   {"event": "confirm", "items": [{"line": uuid, "version": 3?, …}],
--            … members of an item given once for all}
--           items may also be {"0": {…}, "3": {…}} as forms send them; entries
--           without "line" are left out; "lines": [uuid, …] is short for items;
--           "matching": "1" with "view", "q", "sort" and "whose" of the
--           worklist means all of its lines, the first 500
--   events  confirm            as ordered (code 5)
--           propose            {"schedule": [{"quantity", "date"}], or "date",
--                              "quantity"?, "backorder": {"quantity", "date"}?,
--                              "price"?, "substitute"? (number of the item
--                              offered instead), "reason_code"?, "reason_text"?}
--                              what is neither confirmed nor backordered of
--                              the ordered quantity is rejected (explicit zero);
--                              of an accepted line with a reason
--           backorder          {"quantity"?, "date"} of an accepted line, or
--                              of what has not left of it;
--                              quantity "0": remainder cancelled
--           reject             {"reason_code", "reason_text"?} reason mandatory
--           ship               {"quantity"?, "ship_date"?, "carrier",
--                              "tracking", "number"?}; all lines of one call and
--                              order become one shipment
--           expect             {"date", "reason_code"?}  expected date only,
--                              the promise stays
--           retract            takes the last answer back inside the window
--           accept refuse      distributor (or account manager): a proposal
--           cancel             distributor: an unshipped line
--           hold {"reason_text"} release_hold     account manager
--           assign {"person": id|me|nobody}   supplier: who is responsible for
--                              the lines' orders
--   reason_code  capacity material transport price discontinued quality
--           duplicate not_available other
--   result  200 {"event": "confirm", "done": 5, "failed": 1, "results":
--            [{"line": uuid, "order": uuid, "number": "PO-…/10", "status": 200,
--              "code": null, "args": {}, "pointer": null, "state": "accepted",
--              "version": 4, "undo_until": ts | null}],
--            "undo": {"event": "retract", "until": ts, "lines": [uuid, …]} | null}
--   errors in results  409 orders.event.illegal, 412 version.stale, 404
--           orders.line.unknown, 422 orders.reason.wanted,
--           orders.quantity.over, orders.quantity.sum, orders.date.wanted,
--           orders.substitute.unknown, orders.change.pending (409),
--           orders.date.past, orders.undo.over, orders.ship.over
create or replace function api.order_lines_event(input jsonb)
returns core.answer language plpgsql as $$
declare
	items jsonb := orders.bulk_items(input);
	event text := input ->> 'event';
	o orders.origin := orders.origin_me();
	-- of hundreds, none is written again for the next
	each jsonb[] := '{}';
	results jsonb;
	shipments jsonb := '{}';
	undo jsonb;
	one jsonb;
begin
	if event = 'assign' then
		return orders.hand_over_lines(items, input);
	end if;
	perform orders.lock_families(items);
	for one in select * from jsonb_array_elements(items) loop
		one := orders.bulk_one(one, event, o, shipments);
		each := each || one;
		if one ->> 'shipment' is not null then
			shipments := shipments || jsonb_build_object(one ->> 'order',
			    one -> 'shipment');
		end if;
	end loop;
	results := to_jsonb(each);
	perform orders.bulk_end(results, event);
	select jsonb_build_object('event', 'retract',
	    'until', max(e ->> 'undo_until'), 'lines', jsonb_agg(e -> 'line'))
	into undo from jsonb_array_elements(results) e
	where e ->> 'undo_until' is not null having count(*) > 0;
	return core.ok(json_build_object('event', event,
	    'done', (select count(*) from jsonb_array_elements(results) e
	        where e ->> 'status' = '200'),
	    'failed', (select count(*) from jsonb_array_elements(results) e
	        where e ->> 'status' <> '200'),
	    'results', (select jsonb_agg(e - array['key', 'line_id', 'shipment'])
	        from jsonb_array_elements(results) e), 'undo', undo));
end
$$;
select core.operation('order_lines_event', permission => 'orders.act',
    writes => true, input => '{"event": "line", "items": "json?",
    "lines": "json?", "matching": "line?", "view": "line?", "q": "line?",
    "sort": "line?", "whose": "line?", "person": "line?",
    "date": "date?", "quantity": "decimal?",
    "schedule": "json?", "backorder": "json?", "price": "decimal?",
    "substitute": "line?",
    "reason_code": "line?", "reason_text": "text?", "ship_date": "date?",
    "carrier": "line?", "tracking": "line?", "number": "line?"}');
