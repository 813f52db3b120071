-- SPDX-License-Identifier: Apache-2.0
--
-- Changes and cancellations that come as documents, and suppliers' answers to
-- the changes that they were asked.

-- The order that a change of a distributor means, locked: by his number or by
-- ours.
create or replace function orders.order_meant(partner bigint,
    canonical jsonb)
returns orders.head language plpgsql as $$
declare
	h orders.head;
begin
	select * into h from orders.head where partner_id = partner
	    and kind = 'sales' and state <> 'draft'
	    and partner_number = canonical ->> 'order_number';
	if h.id is null then
		select * into h from orders.head where partner_id = partner
		    and kind = 'sales' and state <> 'draft'
		    and number = coalesce(canonical ->> 'sellers_order_number',
		        canonical ->> 'order_number');
	end if;
	if h.id is not null then
		perform orders.lock_family(h.id);
		select * into h from orders.head x where x.id = h.id for update;
	end if;
	return h;
end
$$;

-- One finding as the whole outcome.
create or replace function orders.refused_outcome(h orders.head, rule text,
    severity text, pointer text, seen text, expected text default null)
returns jsonb language plpgsql stable as $$
begin
	return orders.outcome('none', h.id, jsonb_build_array(orders.finding(
	    rule, severity, pointer, seen, expected)));
end
$$;

-- The cancellation of an order that came before. Once the house has accepted
-- it, suppliers and house have to agree. One that bears the number of the change
-- that waits cancels that message, hence the change alone.
create or replace function orders.handle_cancel(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	h orders.head := orders.order_meant(partner, canonical);
	why jsonb := jsonb_strip_nulls(jsonb_build_object('text',
	    canonical #>> '{text,0,value}'));
	w orders.change;
	seen orders.change;
begin
	if h.id is null then
		return orders.refused_outcome(h, 'order_unknown', 'error',
		    '/order_number', canonical ->> 'order_number');
	end if;
	w := orders.change_waiting(h);
	seen := orders.change_numbered(h, canonical);
	if seen.id = w.id and w.kind = 'change' then
		return orders.take_back(h, w, document, dry);
	elsif seen.id is not null then
		return orders.seen_change(h, seen, canonical);
	elsif w.kind = 'cancel' then
		return orders.refused_outcome(h, 'change_pending', 'error',
		    '/order_number', h.state);
	elsif not orders.changeable(h) or orders.left_in_part(h.id) then
		return orders.refused_outcome(h, 'cancel_late', 'error',
		    '/order_number', h.state);
	elsif h.state in ('accepted', 'change_pending') and not dry then
		perform orders.ask_cancel(h, why,
		    orders.origin_document(document), canonical);
	elsif not dry then
		perform orders.cancel_order(h, why,
		    orders.origin_document(document), '/function');
	end if;
	return orders.outcome('applied', h.id, null);
end
$$;

-- A change of an order: function change or replace; cancel as above.
create or replace function orders.handle_change(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	f text := coalesce(canonical ->> 'function', 'change');
	h orders.head;
	seen orders.change;
begin
	if f in ('duplicate', 'copy') then
		return orders.refused_outcome(h, 'copy', 'warning', '/function', f,
		    'original');
	elsif f = 'cancel' then
		return orders.handle_cancel(partner, canonical, document, dry);
	elsif f not in ('change', 'replace') then
		return orders.refused_outcome(h, 'function', 'error', '/function', f,
		    'change');
	end if;
	h := orders.order_meant(partner, canonical);
	if h.id is null then
		return orders.refused_outcome(h, 'order_unknown', 'error',
		    '/order_number', canonical ->> 'order_number');
	end if;
	seen := orders.change_numbered(h, canonical);
	if seen.id is not null then
		return orders.seen_change(h, seen, canonical);
	end if;
	return orders.take_change(h, canonical, document, dry);
end
$$;

-- The change that came before under a document's number.
create or replace function orders.change_numbered(h orders.head,
    canonical jsonb)
returns orders.change language plpgsql stable as $$
declare
	c orders.change;
begin
	select * into c from orders.change x where x.order_id = h.id
	    and x.partner_number = canonical ->> 'number'
	    and x.sent_at is not null;
	return c;
end
$$;

-- A number that came before: the same again has no effect, nor has taking back
-- again what is; another content is refused.
create or replace function orders.seen_change(h orders.head,
    seen orders.change, canonical jsonb)
returns jsonb language plpgsql stable as $$
declare
	same boolean := seen.digest = orders.change_digest(canonical)
	    or canonical ->> 'function' = 'cancel' and seen.state = 'withdrawn';
begin
	return orders.outcome(case when same then 'duplicate' else 'none' end,
	    h.id, jsonb_build_array(orders.finding(case when same
	    then 'duplicate' else 'number_used' end, case when same
	    then 'warning' else 'error' end, '/number', seen.partner_number,
	    null, jsonb_build_object('order', h.number))));
end
$$;

create or replace function orders.take_change(h orders.head,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	w orders.change := orders.change_waiting(h);
	plan jsonb := orders.change_plan(h, canonical, w);
	found jsonb := exchange.waive(document, plan -> 'findings');
	nothing boolean := plan -> 'lines' = '[]' and plan -> 'head' = '{}';
begin
	if dry or exchange.has_errors(found) or nothing
	    and orders.says_nothing(canonical, w) then
		return orders.outcome('none', h.id, found);
	elsif nothing and w.id is not null then
		return orders.take_back(h, w, document, dry);
	end if;
	perform orders.change_send(orders.change_write(h, 'change',
	    plan -> 'head', plan -> 'lines', canonical, null,
	    orders.origin_document(document)));
	return orders.outcome('applied', h.id, found);
end
$$;

-- A document takes back the change that waits.
create or replace function orders.take_back(h orders.head,
    w orders.change, document bigint, dry boolean)
returns jsonb language plpgsql as $$
begin
	if dry then
		return orders.outcome('none', h.id, null);
	end if;
	perform orders.change_withdraw(w, orders.origin_document(document));
	return orders.outcome('applied', h.id, null);
end
$$;

-- An answer that names the version it is about (865) comes too late when the
-- buyer has taken that back or replaced it meanwhile.
create or replace function orders.stale_answer(h orders.head,
    canonical jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(orders.finding('change_over', 'error',
	    '/sequence', canonical ->> 'sequence', h.order_version::text)), '[]')
	    from orders.version v where v.order_id = h.id
	    and v.state = 'withdrawn'
	    and v.order_version::text = canonical ->> 'sequence');
end
$$;

-- What the waiting change of a line asks for, as a quantity.
create or replace function orders.asked_quantity(l orders.line)
returns numeric language plpgsql stable as $$
begin
	return (select max((d #>> '{new,quantity}')::numeric)
	    from orders.change c, jsonb_array_elements(c.lines) d
	    where c.id = l.change_id and d ->> 'line_id' = l.line_id);
end
$$;

-- A supplier's document answers the change that waits: AP accepts it and
-- confirms what was open, RE refuses it, CA accepts it and says more about
-- single lines, unless it rejects a line that was to change: then it refuses.
-- Answers what is left of the answer to be done on the order.
create or replace function orders.answer_change(h orders.head,
    canonical jsonb, code text, o orders.origin)
returns text language plpgsql as $$
declare
	c orders.change;
	said jsonb := canonical -> 'lines';
	no boolean := code = 'RE';
	why jsonb;
begin
	select * into c from orders.change where id = h.change_id for update;
	select no or coalesce(bool_or(e ->> 'action' = '7'), false) into no
	from jsonb_array_elements(said) e
	join orders.line l on l.id = orders.line_meant(h.id, e)
	    and l.change_id = c.id
	join jsonb_array_elements(c.lines) d on d ->> 'line_id' = l.line_id
	    and d ->> 'action' <> '2';
	why := jsonb_build_object('code', coalesce(jsonb_path_query_first(said,
	    '$[*] ? (@.action == "7").reason.code') #>> '{}', 'other'))
	    || jsonb_strip_nulls(jsonb_build_object('text',
	    canonical #>> '{text,0,value}'));
	perform orders.change_decide(c, case when no then 'refuse'
	    else 'accept' end, why, o);
	return case when no then null when code = 'AP' and h.state not in
	    ('submitted', 'acknowledged') then null else code end;
end
$$;

select exchange.handle_with('order_change', 'orders.handle_change');
