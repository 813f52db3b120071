-- SPDX-License-Identifier: Apache-2.0
--
-- The line of lamps of a document: transport, interchange, syntax, business,
-- answer. For what we sent it says what the partner owes and what came; for
-- what came, what we found and whether our answer is out.
--   lamp   {"level", "state": "none|waiting|overdue|accepted|
--          accepted_with_errors|rejected", "tone", "due_at": ts | null,
--          "at": ts | null, "document": {"id", "number"} | null}

create or replace function exchange.lamp_tone(state text)
returns text language sql immutable as $$
	select case state when 'accepted' then 'ok'
	    when 'accepted_with_errors' then 'warn' when 'rejected' then 'bad'
	    when 'overdue' then 'bad' when 'waiting' then 'info'
	    else 'neutral' end
$$;

-- answer is the document that says so.
create or replace function exchange.lamp(level text, state text,
    due timestamptz default null, at timestamptz default null,
    answer bigint default null)
returns jsonb language plpgsql stable as $$
begin
	state := case when state = 'waiting' and due < core.now() then 'overdue'
	    else coalesce(state, 'none') end;
	return jsonb_build_object('level', level, 'state', state,
	    'tone', exchange.lamp_tone(state),
	    'due_at', case when state in ('waiting', 'overdue') then due end,
	    'at', case when state not in ('none', 'waiting', 'overdue')
	        then at end,
	    'document', case when answer is not null then (
	        select jsonb_build_object('id', x.public_id, 'number', x.number)
	        from exchange.document x where x.id = answer) end);
end
$$;

-- One level of a document that we sent. An acknowledgement of syntax has no
-- row: it is only to be fetched.
create or replace function exchange.lamp_out(d exchange.document,
    of_level text)
returns jsonb language plpgsql stable as $$
declare
	l exchange.level;
begin
	select * into l from exchange.level x
	where x.document_id = d.id and x.level = of_level;
	if l.id is null then
		return exchange.lamp(of_level, case when of_level <> 'transport'
		        then 'none' when d.collected_at is not null then 'accepted'
		        when d.state in ('pending', 'ready') then 'waiting' end,
		    null, d.collected_at);
	end if;
	return exchange.lamp(of_level, case when l.state <> 'awaited' then l.state
	        when d.state in ('ready', 'collected', 'acknowledged')
	        then 'waiting' end, l.due_at, l.came_at, l.answer_id);
end
$$;

-- What a document asks an answer for: the order that we sent it about; the
-- orders, the case, the return that it made.
create or replace function exchange.asked(d exchange.document,
    out kind text, out ids uuid[])
language plpgsql stable as $$
begin
	if d.direction = 'out' then
		kind := case when d.type = 'order' then 'order' end;
		ids := array[d.about];
	else
		select max(m.object_type), array_agg(distinct m.object_id)
		into kind, ids from exchange.message m
		where m.document_id = d.id and m.object_id is not null
		and m.type in ('order', 'case', 'return_request');
	end if;
end
$$;

-- How many of these are answered, until when the rest has to be, since when.
create or replace function exchange.answered(d exchange.document,
    kind text, ids uuid[], out n bigint, out done bigint,
    out due timestamptz, out at timestamptz)
language plpgsql stable as $$
begin
	if kind = 'order' then
		select count(*), count(h.answered_at), min(h.response_due),
		    max(h.answered_at) into n, done, due, at
		from orders.head h where h.public_id = any (ids);
	elsif kind = 'case' then
		select count(*), count(h.answered_at), min(h.response_due_at),
		    max(h.answered_at) into n, done, due, at
		from cases.head h where h.public_id = any (ids);
	elsif kind = 'return' then
		select count(*), count(h.decided_at), d.received_at
		    + make_interval(hours => coalesce((exchange.terms(
		    d.partner_id)).response_hours, 24)), max(h.decided_at)
		into n, done, due, at
		from returns.head h where h.public_id = any (ids);
	end if;
end
$$;

-- Whether the question is answered, and by which document.
create or replace function exchange.lamp_answer(d exchange.document)
returns jsonb language plpgsql stable as $$
declare
	q record := exchange.asked(d);
	o record;
	reply bigint;
begin
	if q.kind is null then
		return exchange.lamp('answer', 'none');
	end if;
	o := exchange.answered(d, q.kind, q.ids);
	if coalesce(o.n, 0) = 0 then
		return exchange.lamp('answer', 'none');
	elsif o.done < o.n then
		return exchange.lamp('answer', 'waiting', o.due);
	elsif d.direction = 'in' then
		select max(x.id) into reply from exchange.document x
		where x.about = q.ids[1] and x.type in ('order_response',
		    'case_status', 'return_decision');
	else
		select max(m.document_id) into reply from exchange.message m
		where m.object_id = q.ids[1] and m.type = 'order_response';
	end if;
	return exchange.lamp('answer', 'accepted', null, o.at, reply);
end
$$;

-- How far a received document got: the states of interchange, syntax and
-- business. What was stopped on one level does not reach the next.
create or replace function exchange.reached(d exchange.document,
    out interchange text, out syntax text, out business text)
language plpgsql stable as $$
declare
	i record;
	m record;
	misfit bigint;
begin
	if d.read_at is null then
		interchange := 'waiting';
		return;
	end if;
	select count(*) as n, count(*) filter (where x.verdict = 'rejected')
	    as bad into i from exchange.interchange x where x.document_id = d.id;
	select count(*) as n, count(*) filter (where x.verdict = 'rejected')
	        as bad, bool_and(x.type is not distinct from 'ack') as acks
	into m from exchange.message x where x.document_id = d.id;
	select count(distinct x.id) into misfit from exchange.finding f
	join exchange.message x on x.id = f.message_id
	where f.document_id = d.id and f.severity = 'error'
	and f.rule not like 'business.%' and x.verdict = 'rejected';
	interchange := exchange.share(i.n, case when i.n = 0 then 1 else i.bad end);
	if interchange <> 'rejected' and m.n > 0 then
		syntax := exchange.share(m.n, misfit);
	end if;
	if misfit < m.n and not m.acks and syntax is not null then
		business := exchange.share(m.n - misfit, m.bad - misfit);
	end if;
end
$$;

-- The verdict on the whole when so many of n are bad.
create or replace function exchange.share(n bigint, bad bigint)
returns text language sql immutable as $$
	select case when bad = 0 then 'accepted' when bad >= n then 'rejected'
	    else 'accepted_with_errors' end
$$;

-- Our answers to a received document: on the level of syntax (no canonical
-- content) or of business.
create or replace function exchange.our_answer(d exchange.document,
    business boolean)
returns bigint language plpgsql stable as $$
begin
	return (select max(x.id) from exchange.document x
	    where x.ack_of = d.id and (x.canonical is not null) = business);
end
$$;

create or replace function exchange.lamps_in(d exchange.document)
returns jsonb language plpgsql stable as $$
declare
	r record := exchange.reached(d);
	ack bigint := exchange.our_answer(d, false);
begin
	return jsonb_build_array(
	    exchange.lamp('transport', 'accepted', null, d.received_at),
	    exchange.lamp('interchange', r.interchange, null, d.read_at, ack),
	    exchange.lamp('syntax', r.syntax, null, d.read_at, ack),
	    exchange.lamp('business', r.business, null, d.read_at,
	        exchange.our_answer(d, true)),
	    exchange.lamp_answer(d));
end
$$;

create or replace function exchange.lamps(d exchange.document)
returns jsonb language plpgsql stable as $$
begin
	if d.direction = 'in' then
		return exchange.lamps_in(d);
	end if;
	return jsonb_build_array(exchange.lamp_out(d, 'transport'),
	    exchange.lamp_out(d, 'interchange'), exchange.lamp_out(d, 'syntax'),
	    exchange.lamp_out(d, 'business'), exchange.lamp_answer(d));
end
$$;
