-- SPDX-License-Identifier: Apache-2.0
--
-- A seller's word on a line: what is promised of it, for when, what is not.
-- Parts are [{"kind": "confirmed", "quantity": "100", "date": "2026-12-03"}].

-- The parts that were wanted.
create or replace function orders.wanted_parts(l orders.line)
returns jsonb language plpgsql stable as $$
begin
	if l.wanted is not null and l.cancelled = 0 then
		return (select jsonb_agg(jsonb_build_object('kind', 'confirmed',
		    'quantity', trim_scale((w ->> 'quantity')::numeric)::text,
		    'date', w ->> 'date') order by w ->> 'date')
		from jsonb_array_elements(l.wanted) w);
	end if;
	return jsonb_build_array(jsonb_build_object('kind', 'confirmed',
	    'quantity', trim_scale(l.ordered - l.cancelled)::text,
	    'date', l.requested_date::text));
end
$$;

-- The parts as they stand in the schedule now.
create or replace function orders.current_parts(line bigint)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_build_object('kind', kind,
	        'quantity', trim_scale(quantity)::text, 'date', due_on::text)
	        order by kind, due_on, quantity), '[]')
	    from orders.schedule where line_id = line);
end
$$;

-- Parts in one order, so that equal ones compare equal.
create or replace function orders.sorted_parts(parts jsonb)
returns jsonb language plpgsql immutable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'quantity',
	    trim_scale(quantity)::text, 'date', day::text)
	    order by kind, day, quantity), '[]')
	from (select p ->> 'kind' as kind, (p ->> 'date')::date as day,
	        sum((p ->> 'quantity')::numeric) quantity
	    from jsonb_array_elements(parts) p group by 1, 2) t
	where quantity > 0);
end
$$;

create or replace function orders.parts_sum(parts jsonb, of_kind text)
returns numeric language plpgsql immutable as $$
begin
	return (select coalesce(sum((p ->> 'quantity')::numeric), 0)
	from jsonb_array_elements(parts) p where p ->> 'kind' = of_kind);
end
$$;

-- The same of every kind, and the last day that is promised.
create or replace function orders.parts_sums(parts jsonb, out open numeric,
    out confirmed numeric, out backordered numeric, out rejected numeric,
    out cancelled numeric, out promised date)
language plpgsql immutable as $$
declare
	p jsonb;
	n numeric;
begin
	open := 0;
	confirmed := 0;
	backordered := 0;
	rejected := 0;
	cancelled := 0;
	for p in select * from jsonb_array_elements(parts) loop
		n := (p ->> 'quantity')::numeric;
		if p ->> 'kind' in ('confirmed', 'backordered') then
			promised := greatest(promised, (p ->> 'date')::date);
		end if;
		case p ->> 'kind' when 'open' then open := open + n;
		when 'confirmed' then confirmed := confirmed + n;
		when 'backordered' then backordered := backordered + n;
		when 'rejected' then rejected := rejected + n;
		when 'cancelled' then cancelled := cancelled + n;
		end case;
	end loop;
end
$$;

-- 5 as ordered, 3 changed, 7 nothing of it.
create or replace function orders.action_of(l orders.line, parts jsonb,
    price numeric)
returns text language plpgsql stable as $$
declare
	wanted jsonb := orders.wanted_parts(l);
	said jsonb := (select coalesce(jsonb_agg(p), '[]')
	    from jsonb_array_elements(parts) p where p ->> 'kind' <> 'cancelled'
	    and (p ->> 'quantity')::numeric > 0);
begin
	if not said @? '$[*] ? (@.kind == "confirmed" '
	    '|| @.kind == "backordered")' then
		return '7';
	elsif (price is null or price = l.price) and l.substitute_id is null
	    and (said = wanted
	    or orders.sorted_parts(said) = orders.sorted_parts(wanted)) then
		return '5';
	end if;
	return '3';
end
$$;

-- The member of a line of a canonical document that says a value.
create or replace function orders.said_in(field text)
returns text language sql immutable as $$
	select case field when 'status' then '/action'
	    when 'ordered_quantity' then '/ordered'
	    when 'requested_date' then '/requested_date'
	    when 'confirmed_quantity' then '/confirmed'
	    when 'backordered_quantity' then '/backordered'
	    when 'rejected_quantity' then '/rejected'
	    when 'shipped_quantity' then '/shipped'
	    when 'received_quantity' then '/received'
	    when 'invoiced_quantity' then '/quantity'
	    when 'promised_date' then '/schedule' when 'expected_date' then '/date'
	    when 'price' then '/price_amount'
	    when 'substitute' then '/substitute_item'
	    when 'reason' then '/reason' else '' end
$$;

-- Where a document says a value, when it speaks about a line at this place;
-- what stands in its head, stands there for all lines.
create or replace function orders.said_where(place text, field text)
returns text language sql immutable as $$
	select case when place not like '/lines/%' then place
	    when field in ('carrier', 'tracking') then '/' || field
	    else place || orders.said_in(field) end
$$;

-- Writes who said what; the value said before is superseded, never changed.
--   document_pointer  the line's place in the document, or the member of its
--                     head that says it for all lines
--   origin            a value of the linked line from which these flowed
--   suffix            member below document_pointer that says it, where the
--                     document is no answer
create or replace function orders.say(l orders.line, fields jsonb,
    o orders.origin, document_pointer text default null,
    origin bigint default null, suffix text default null)
returns void language plpgsql as $$
declare
	t timestamptz := core.now();
	linked bigint := case when origin is not null then (
	    select x.line_id from orders.value x where x.id = origin) end;
begin
	-- a price that is no longer offered is the agreed one again
	with said as (select g.key as field, v.id, v.value as old, g.ord,
	        case when g.key = 'price' and g.value is null
	            then orders.plain(l.price) else g.value end as value
	    from jsonb_each_text(fields) with ordinality g (key, value, ord)
	    left join orders.value v on v.line_id = l.id and v.field = g.key
	        and v.superseded_by is null
	    where coalesce(v.value, '0') is distinct from coalesce(g.value, '0')),
	made as (insert into orders.value (partner_id, order_id, line_id, field,
	        value, old, person_id, client_id, organisation_id, source,
	        document_id, pointer, said_at, received_at, origin_id)
	    select l.partner_id, l.order_id, l.id, f.field, f.value, f.old,
	        o.person, o.client, o.organisation, o.source, o.document,
	        coalesce(document_pointer || suffix,
	            orders.said_where(document_pointer, f.field)),
	        coalesce(u.said_at, o.said_at), t, coalesce(u.id, origin)
	    from said f left join lateral (select max(x.id) as id,
	            max(x.said_at) as said_at
	        from orders.value x where x.line_id = linked
	        and x.field = f.field and x.superseded_by is null) u on true
	    where f.field <> 'price' or f.value is distinct from f.old
	    order by f.ord
	    returning id, field)
	update orders.value v set superseded_by = m.id
	from made m join said f on f.field = m.field
	where v.id = f.id;
end
$$;

-- What a line says of itself, as values.
create or replace function orders.line_values(l orders.line)
returns jsonb language plpgsql stable as $$
declare
	substitute text;
begin
	if l.substitute_id is not null then
		substitute := (select i.number from item.item i
		    where i.id = l.substitute_id);
	end if;
	return jsonb_build_object('status', l.state,
	    'confirmed_quantity', trim_scale(l.confirmed)::text,
	    'backordered_quantity', trim_scale(l.backordered)::text,
	    'rejected_quantity', trim_scale(l.rejected)::text,
	    'cancelled_quantity', trim_scale(l.cancelled)::text,
	    'shipped_quantity', trim_scale(l.shipped)::text,
	    'promised_date', l.latest_promised_date::text,
	    'expected_date', nullif(l.expected_date, l.latest_promised_date)::text,
	    'price', orders.plain(l.offered_price),
	    'substitute', substitute,
	    'reason', nullif(concat_ws(': ', l.reason ->> 'code',
	        l.reason ->> 'text'), ''));
end
$$;

-- Puts a line into a new state with these parts; the schedule, the sums and
-- the provenance follow. step names the event where two lead to one state.
--   undo  until when it may be taken back (l.previous is what comes back
--         then); null: not at all
create or replace function orders.put_line(l orders.line, step text,
    next text, parts jsonb, offer numeric, why jsonb, o orders.origin,
    undo timestamptz, place text default null, origin bigint default null)
returns orders.line language plpgsql as $$
declare
	s record := orders.parts_sums(parts);
	-- what is replaced or taken back before it left was never promised
	first date := case when l.previous is not null
	    and l.undo_until > core.now()
	    then (l.previous ->> 'first_promised_date')::date
	    else l.first_promised_date end;
	changed orders.line;
begin
	with gone as (delete from orders.schedule where line_id = l.id)
	insert into orders.schedule (partner_id, line_id, kind, quantity, due_on)
	select l.partner_id, l.id, p ->> 'kind', (p ->> 'quantity')::numeric,
	    (p ->> 'date')::date
	from jsonb_array_elements(parts) p
	where (p ->> 'quantity')::numeric > 0;
	perform set_config('kontor.step', step, true);
	update orders.line u set state = next, version = u.version + 1,
	    open = s.open, confirmed = s.confirmed, backordered = s.backordered,
	    rejected = s.rejected, cancelled = s.cancelled,
	    answer = orders.action_of(l, parts, offer), reason = why,
	    offered_price = nullif(offer, l.price), answered_at = core.now(),
	    first_promised_date = coalesce(first, s.promised),
	    latest_promised_date = coalesce(s.promised, u.latest_promised_date),
	    expected_date = coalesce(s.promised, u.expected_date),
	    undo_until = undo, previous = case when undo is not null
	        then l.previous end, substitute_id = l.substitute_id
	where u.id = l.id returning u.* into changed;
	perform set_config('kontor.step', '', true);
	perform orders.say(changed, orders.line_values(changed), o, place, origin);
	return changed;
end
$$;

-- Refuses more than is left of a line to be answered.
create or replace function orders.fail_over(most numeric, given numeric)
returns void language plpgsql stable as $$
declare
	args jsonb := jsonb_build_object('ordered', trim_scale(most)::text,
	    'given', trim_scale(given)::text);
begin
	perform core.fail(422, 'orders.quantity.over', args, jsonb_build_array(
	    core.wrong('/quantity', 'orders.quantity.over', args)));
end
$$;

-- The parts that an answer means. Refuses what does not add up.
--   a  input of order_lines_event: schedule, date, quantity, backorder
create or replace function orders.answer_parts(l orders.line, event text,
    a jsonb)
returns jsonb language plpgsql stable as $$
declare
	base numeric := l.ordered - l.cancelled;
	parts jsonb := '[]';
	later jsonb := a -> 'backorder';
	rest numeric;
begin
	if event = 'confirm' then
		parts := orders.wanted_parts(l);
	elsif event = 'propose' then
		parts := orders.typed_parts(coalesce(a -> 'schedule',
		    jsonb_build_array(jsonb_build_object('quantity',
		    coalesce(nullif(a ->> 'quantity', ''), trim_scale(base)::text),
		    'date', coalesce(nullif(a ->> 'date', ''),
		        l.requested_date::text)))), 'confirmed');
		if coalesce(later ->> 'quantity', '') not in ('', '0') then
			parts := parts || orders.typed_parts(jsonb_build_array(later),
			    'backordered');
		end if;
	end if;
	rest := base - orders.parts_sum(parts, 'confirmed')
	    - orders.parts_sum(parts, 'backordered');
	if rest < 0 then
		perform orders.fail_over(base, base - rest);
	end if;
	return parts || jsonb_build_array(
	    jsonb_build_object('kind', 'rejected', 'quantity', rest::text),
	    jsonb_build_object('kind', 'cancelled', 'quantity',
	        l.cancelled::text));
end
$$;

-- Parts as people and documents give them: each with quantity and date.
create or replace function orders.typed_parts(typed jsonb, as_kind text)
returns jsonb language plpgsql stable as $$
declare
	parts jsonb := '[]';
	p jsonb;
	n numeric;
begin
	if jsonb_typeof(typed) = 'object' then
		typed := (select jsonb_agg(value) from jsonb_each(typed));
	elsif jsonb_typeof(typed) <> 'array' then
		perform core.fail(422, 'input.invalid', null, jsonb_build_array(
		    core.wrong('/schedule', 'value.list')));
	end if;
	for p in select * from jsonb_array_elements(typed) loop
		continue when coalesce(p ->> 'quantity', '') in ('', '0')
		    and coalesce(p ->> 'date', '') = '';
		n := core.to_quantity(p ->> 'quantity', '/quantity');
		if n is null or n < 0 then
			perform core.fail(422, 'orders.quantity.sum',
			    jsonb_build_object('given', p ->> 'quantity'),
			    jsonb_build_array(core.wrong('/quantity',
			    'orders.quantity.sum')));
		elsif core.try_date(p ->> 'date') is null then
			perform core.fail(422, 'orders.date.wanted',
			    jsonb_build_object('given', p ->> 'date'),
			    jsonb_build_array(core.wrong('/date',
			    'orders.date.wanted')));
		end if;
		parts := parts || jsonb_build_array(jsonb_build_object('kind', as_kind,
		    'quantity', trim_scale(n)::text, 'date', p ->> 'date'));
	end loop;
	return parts;
end
$$;

-- The first parts that are promised of a line, up to a quantity: what is
-- confirmed before what is backordered, each by its date.
create or replace function orders.first_parts(of_line bigint, upto numeric)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_build_object('kind', p.kind,
	    'quantity', trim_scale(least(p.quantity, upto - p.before))::text,
	    'date', p.due_on) order by p.before), '[]')
	from (select s.kind, s.quantity, s.due_on, sum(s.quantity) over w
	        - s.quantity as before
	    from orders.schedule s where s.line_id = of_line
	    and s.kind in ('confirmed', 'backordered')
	    window w as (order by s.kind = 'backordered', s.due_on, s.id)) p
	where p.before < upto);
end
$$;

-- What an accepted line becomes when a part of it is late or will not come;
-- the parts before it stay as they were promised.
--   a  quantity: how much (default all that is not shipped); date: the new
--      promise; quantity 0: the remainder is cancelled
create or replace function orders.backorder_parts(l orders.line, a jsonb)
returns jsonb language plpgsql stable as $$
declare
	left_over numeric := l.confirmed + l.backordered - l.shipped;
	given numeric := core.to_quantity(a ->> 'quantity', '/quantity');
	n numeric := coalesce(nullif(given, 0), left_over);
	day date := case when given is distinct from 0
	    then core.try_date(a ->> 'date') end;
	keep numeric := l.confirmed + l.backordered - n;
begin
	if n < 0 then
		perform core.fail(422, 'orders.quantity.sum',
		    jsonb_build_object('given', a ->> 'quantity'),
		    jsonb_build_array(core.wrong('/quantity',
		    'orders.quantity.sum')));
	elsif n > left_over then
		perform orders.fail_over(left_over, n);
	elsif day is null and given is distinct from 0 then
		perform core.fail(422, 'orders.date.wanted', null, jsonb_build_array(
		    core.wrong('/date', 'orders.date.wanted')));
	end if;
	return orders.first_parts(l.id, keep) || jsonb_build_array(
	    jsonb_build_object('kind', case when day is null then 'cancelled'
	        else 'backordered' end, 'quantity', n::text, 'date', day),
	    jsonb_build_object('kind', 'cancelled', 'quantity',
	        l.cancelled::text),
	    jsonb_build_object('kind', 'rejected', 'quantity',
	        l.rejected::text));
end
$$;

-- Until when a step may be taken back: people have a window, machines none.
create or replace function orders.undo_until(o orders.origin)
returns timestamptz language plpgsql stable as $$
begin
	return case when o.source = 'portal' then core.now() + make_interval(
	    secs => coalesce(core.setting('undo_window')::float, 3)) end;
end
$$;

-- The line as it was before an answer that can still be taken back; else as it
-- is, if this one can be taken back.
create or replace function orders.before_answer(l orders.line,
    undo timestamptz)
returns jsonb language plpgsql stable as $$
begin
	if l.undo_until > core.now() and l.previous is not null then
		return l.previous;
	end if;
	return case when undo is not null then to_jsonb(l) - 'previous'
	    || jsonb_build_object('parts', orders.current_parts(l.id)) end;
end
$$;

-- Nobody promises a day that has gone by; one promised earlier may stand.
create or replace function orders.refuse_past(l orders.line, parts jsonb,
    o orders.origin)
returns void language plpgsql stable as $$
declare
	today date := core.today();
	day date := (select min((p ->> 'date')::date)
	    from jsonb_array_elements(parts) p
	    where p ->> 'kind' in ('confirmed', 'backordered')
	    and (p ->> 'quantity')::numeric > 0
	    and (p ->> 'date')::date < today and not exists (
	        select from orders.schedule s where s.line_id = l.id
	        and s.due_on = (p ->> 'date')::date));
begin
	if o.source in ('portal', 'api') and day is not null then
		perform core.fail(422, 'orders.date.past', jsonb_build_object(
		    'given', day), jsonb_build_array(core.wrong('/date',
		    'orders.date.past', jsonb_build_object('given', day))));
	end if;
end
$$;

-- The codes by which a reason is given.
create or replace function orders.reason_codes()
returns text[] language sql immutable as $$
	select array['capacity', 'material', 'transport', 'price', 'discontinued',
	    'quality', 'duplicate', 'not_available', 'other']
$$;

-- Refuses a reason by a code that nobody could read.
create or replace function orders.refuse_reason(why jsonb)
returns void language plpgsql stable as $$
begin
	if why ->> 'code' <> all (orders.reason_codes()) then
		perform core.fail(422, 'input.invalid', null, jsonb_build_array(
		    core.wrong('/reason_code', 'value.choice')));
	end if;
end
$$;

-- Why a seller answers so; what he takes back of his word needs a reason. A
-- document that has no room for one says "other".
create or replace function orders.reason_given(a jsonb, step text, was text,
    o orders.origin)
returns jsonb language plpgsql stable as $$
declare
	why jsonb := jsonb_strip_nulls(jsonb_build_object('code',
	    nullif(a ->> 'reason_code', ''), 'text',
	    nullif(a ->> 'reason_text', '')));
	later boolean := step = 'propose' and was in ('accepted', 'backordered');
begin
	if o.source in ('portal', 'api') then
		perform orders.refuse_reason(why);
	end if;
	if why <> '{}' or not (step = 'reject' or later) then
		return nullif(why, '{}');
	elsif later and o.source not in ('portal', 'api') then
		return '{"code": "other"}';
	end if;
	perform core.fail(422, 'orders.reason.wanted', null, jsonb_build_array(
	    core.wrong('/reason_code', 'orders.reason.wanted')));
end
$$;

-- The price that a seller asks; null for none.
create or replace function orders.typed_price(l orders.line, a jsonb)
returns numeric language plpgsql stable as $$
declare
	price numeric := core.to_quantity(a ->> 'price', '/price');
begin
	if not orders.price_ok(price, l.ordered / l.price_base) then
		perform core.fail(422, 'input.invalid', null, jsonb_build_array(
		    core.wrong('/price', 'orders.price.range')));
	end if;
	return price;
end
$$;

-- The seller answers a line: confirm, propose, reject, backorder.
create or replace function orders.answer_line(l orders.line, event text,
    a jsonb, o orders.origin, place text default null)
returns orders.line language plpgsql as $$
declare
	why jsonb;
	offered numeric := orders.typed_price(l, a);
	undo timestamptz := orders.undo_until(o);
	parts jsonb;
	step text := event;
	next text;
begin
	perform orders.refuse_if_changing(l);
	l.previous := orders.before_answer(l, undo);
	l.substitute_id := case when event = 'propose'
	    then orders.substitute_of(l, a) end;
	if event = 'backorder' then
		parts := orders.backorder_parts(l, a);
		if orders.parts_sum(parts, 'backordered') > 0 then
			next := case when l.shipped > 0 then l.state
			    else 'backordered' end;
		else
			step := 'end';
			next := case when orders.parts_sum(parts, 'confirmed') = 0
			    then 'cancelled' when l.shipped > 0 then 'shipped'
			    else l.state end;
		end if;
	else
		parts := orders.answer_parts(l, event, a);
		step := case orders.action_of(l, parts, offered)
		    when '5' then 'confirm' when '3' then 'propose'
		    else 'reject' end;
		next := case step when 'confirm' then 'accepted'
		    when 'propose' then 'proposed' else 'rejected' end;
	end if;
	why := orders.reason_given(a, case event when 'reject' then event
	    else step end, coalesce(l.previous ->> 'state', l.state), o);
	if event <> 'confirm' then
		perform orders.refuse_past(l, parts, o);
	end if;
	return orders.put_line(l, step, next, parts, offered, why, o, undo,
	    place);
end
$$;

-- Takes the last answer back while its window is open: the line is as it was
-- before, and the history says so.
create or replace function orders.retract_line(l orders.line,
    o orders.origin)
returns orders.line language plpgsql as $$
declare
	was jsonb := l.previous;
	changed orders.line;
begin
	l.substitute_id := (was ->> 'substitute_id')::bigint;
	if coalesce(l.undo_until <= core.now(), true) then
		perform core.fail(409, 'orders.undo.over');
	end if;
	perform orders.put_line(l, 'retract', was ->> 'state', was -> 'parts',
	    (was ->> 'offered_price')::numeric, nullif(was -> 'reason', 'null'),
	    o, null);
	update orders.line set previous = null, undo_until = null,
	    answer = was ->> 'answer',
	    answered_at = (was ->> 'answered_at')::timestamptz,
	    first_promised_date = (was ->> 'first_promised_date')::date,
	    latest_promised_date = (was ->> 'latest_promised_date')::date,
	    expected_date = (was ->> 'expected_date')::date
	where id = l.id returning * into changed;
	perform orders.say(changed, orders.line_values(changed), o);
	return changed;
end
$$;

-- Moves the expected date; the promise stays.
create or replace function orders.expect_line(l orders.line, day date,
    o orders.origin, origin bigint default null, pointer text default null)
returns orders.line language plpgsql as $$
declare
	changed orders.line;
begin
	if day is null then
		perform core.fail(422, 'orders.date.wanted', null,
		    jsonb_build_array(core.wrong('/date', 'orders.date.wanted')));
	end if;
	perform orders.refuse_past(l, jsonb_build_array(jsonb_build_object(
	    'kind', 'confirmed', 'quantity', '1', 'date', day)), o);
	update orders.line set expected_date = day, version = version + 1
	where id = l.id returning * into changed;
	perform orders.say(changed, jsonb_build_object('expected_date',
	    day::text), o, pointer, origin);
	return changed;
end
$$;

-- The buyer's decision on a proposal: accept, or refuse, which cancels it.
create or replace function orders.decide_line(l orders.line, event text,
    o orders.origin)
returns orders.line language plpgsql as $$
declare
	changed orders.line;
begin
	if event = 'accept' then
		perform set_config('kontor.step', 'accept', true);
		update orders.line set state = 'accepted', version = version + 1,
		    price = coalesce(offered_price, price), offered_price = null,
		    undo_until = null, previous = null
		where id = l.id returning * into changed;
		perform set_config('kontor.step', '', true);
		changed := orders.take_substitute(changed);
		perform orders.say(changed, jsonb_build_object('status', 'accepted'),
		    o);
		return changed;
	end if;
	return orders.cancel_line(l, event, o);
end
$$;

-- Cancels what is left of an unshipped line.
create or replace function orders.cancel_line(l orders.line, step text,
    o orders.origin, place text default null)
returns orders.line language plpgsql as $$
begin
	if l.shipped > 0 then
		perform core.fail(409, 'orders.event.illegal', jsonb_build_object(
		    'event', step, 'state', l.state));
	end if;
	return orders.put_line(l, step, 'cancelled', jsonb_build_array(
	    jsonb_build_object('kind', 'cancelled', 'quantity',
	    l.ordered::text)), l.offered_price, l.reason, o, null, place);
end
$$;
