-- SPDX-License-Identifier: Apache-2.0
--
-- Scorecards on screens and over HTTP; objections to what they count.

-- The supplier whose card is asked for: the caller, or at the desk the one
-- named. Null at the desk without one.
create or replace function orders.scored_partner(input jsonb)
returns core.partner language plpgsql stable as $$
declare
	p core.partner;
begin
	if core.me_portal() <> 'desk' then
		select * into p from core.partner where id = core.me_partner();
	elsif coalesce(input ->> 'partner', '') <> '' then
		select * into p from core.partner x
		where x.public_id = core.try_uuid(input ->> 'partner')
		and exists (select from core.partner_role r
		    where r.partner_id = x.id and r.role = 'supplier');
		if p.id is null then
			perform core.fail_absent();
		end if;
	end if;
	return p;
end
$$;

-- The days of the period: 30, 90 or 365 up to today.
create or replace function orders.score_days(input jsonb)
returns int language sql immutable as $$
	select case when input ->> 'days' in ('30', '365')
	    then (input ->> 'days')::int else 90 end
$$;

-- A supplier's card, or at the desk without a supplier all cards beside each
-- other.
--   input   partner uuid? (desk), days 30|90|365 = 90
--   result  {"days", "since", "until", "counted_at": ts | null (now: when the
--           oldest of the cards was counted), "partner": {"id", "name",
--           "number"} | null, "periods": [{"days", "current"}], "measures": [{"measure",
--           "count", "good", "percent": "95.0" | null, "contested", "tone",
--           "hours"?}], "suppliers": [{"partner", "measures"}] at the desk
--           without a partner, "contests": [contest], newest 20}
--   contest {"id", "version", "measure", "state", "tone", "reason", "answer",
--           "person", "at", "order": {"id", "number"}, "line_id", "partner",
--           "can": {"accept": true}}
create or replace function api.scorecard_show(input jsonb)
returns json language plpgsql stable as $$
declare
	p core.partner := orders.scored_partner(input);
	days int := orders.score_days(input);
	until date := core.today();
	since date := until - days;
	cards jsonb;
	counted_at timestamptz;
begin
	select jsonb_agg(jsonb_build_object('partner', orders.partner_json(x),
	    'measures', c.measures) order by x.name), min(c.made_at)
	into cards, counted_at
	from core.partner x join core.partner_role r on r.partner_id = x.id
	and r.role = 'supplier', lateral orders.shown_card(x.id, days) c
	where p.id is null or x.id = p.id;
	return json_build_object('days', days, 'since', since, 'until', until,
	    'counted_at', counted_at,
	    'partner', orders.partner_json(p),
	    'periods', (select json_agg(json_build_object('days', d,
	        'current', d = days) order by d) from unnest(array[30, 90, 365]) d),
	    'measures', case when p.id is not null
	        then cards #> '{0,measures}' end,
	    'suppliers', case when p.id is null then cards end,
	    'contests', (select coalesce(json_agg(orders.contest_json(c)
	        order by c.state <> 'open', c.created_at desc), '[]')
	        from (select * from orders.contest x
	        where p.id is null or x.partner_id = p.id
	        order by x.created_at desc, x.id desc limit 20) c));
end
$$;
select core.operation('scorecard_show', permission => 'scorecards.read',
    input => '{"partner": "uuid?", "days": "int?"}');

create or replace function orders.contest_json(c orders.contest)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_object('id', c.public_id,
	    'version', c.version, 'measure', c.measure, 'state', c.state,
	    'tone', (core.state_json('contest', c.state)) ->> 'tone',
	    'reason', c.reason, 'answer', c.answer,
	    'person', core.person_name(c.person_id), 'at', c.created_at,
	    'order', jsonb_build_object('id', h.public_id, 'number', h.number),
	    'line_id', l.line_id, 'partner', case when core.me_portal() = 'desk'
	        then (select orders.partner_json(p) from core.partner p
	        where p.id = c.partner_id) end,
	    'can', (select coalesce(jsonb_object_agg(a, true), '{}')
	        from json_array_elements_text(core.actions('contest',
	        c.state)) a))
	    from orders.line l join orders.head h on h.id = l.order_id
	    where l.id = c.line_id);
end
$$;

-- What a number of the card counts, bad ones first, at most 500.
--   input   measure, partner uuid? (desk), days
--   result  {"measure", "days", "partner", "count", "good", "items": [row],
--           "more": false}
--   row     of lines {"line", "order": {"id", "number"}, "line_id", "item",
--           "basis": date, "left_on": date | null, "wanted", "shipped",
--           "good", "contest": {"state", "tone"} | null, "can": {"contest"}};
--           of answered {"order", "submitted_at", "due", "answered_at",
--           "good"}; of documents {"document": row of documents_list, "good"}
create or replace function api.scorecard_rows(input jsonb)
returns json language plpgsql stable as $$
declare
	p core.partner := orders.scored_partner(input);
	measure text := input ->> 'measure';
	days int := orders.score_days(input);
	until date := core.today();
	most constant int := 500;
	items json;
begin
	if p.id is null or not measure = any (orders.measures()
	    || array['answered', 'documents']) then
		perform core.fail_absent();
	end if;
	items := case measure when 'answered'
	    then orders.score_order_rows(p.id, until - days, until, most + 1)
	    when 'documents'
	    then orders.score_document_rows(p.id, until - days, until, most + 1)
	    else orders.score_line_rows(p.id, measure, until - days, until,
	        most + 1) end;
	return json_build_object('measure', measure, 'days', days,
	    'partner', orders.partner_json(p),
	    'items', (select coalesce(json_agg(x order by place), '[]')
	        from json_array_elements(items) with ordinality t (x, place)
	        where place <= most),
	    'more', json_array_length(items) > most);
end
$$;
select core.operation('scorecard_rows', permission => 'scorecards.read',
    input => '{"measure": "line", "partner": "uuid?", "days": "int?"}');

create or replace function orders.score_line_rows(partner bigint,
    of_measure text, since date, until date, most int)
returns json language plpgsql stable as $$
declare
	may boolean := core.me_may('contests.create');
begin
	return (select coalesce(json_agg(json_build_object('line', l.public_id,
	    'order', json_build_object('id', h.public_id, 'number', h.number),
	    'line_id', l.line_id, 'item', orders.line_item(l), 'basis', r.basis,
	    'left_on', r.left_on, 'wanted', orders.quantity(r.wanted, l.unit),
	    'shipped', orders.quantity(r.shipped, l.unit), 'good', r.good,
	    'contest', case when c.id is not null then json_build_object('state',
	        c.state, 'tone', (core.state_json('contest', c.state)) ->> 'tone')
	        end, 'can', case when may and not r.good and c.id is null
	        then '{"contest": true}' else '{}' end::json)
	    order by r.good, r.basis desc, l.id), '[]')
	from (select * from orders.score_rows(partner, of_measure, since,
	    until) s order by s.good, s.basis desc, s.line limit most) r
	join orders.line l on l.id = r.line
	join orders.head h on h.id = r.head
	left join orders.contest c on c.line_id = l.id
	    and c.measure = of_measure);
end
$$;

create or replace function orders.score_order_rows(partner bigint,
    since date, until date, most int)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('order',
	    json_build_object('id', h.public_id, 'number', h.number),
	    'submitted_at', r.submitted_at, 'due', r.due,
	    'answered_at', r.answered_at, 'good', r.good)
	    order by r.good, r.submitted_at desc), '[]')
	from (select * from orders.score_orders(partner, since, until) s
	    order by s.good, s.submitted_at desc limit most) r
	join orders.head h on h.id = r.head);
end
$$;

create or replace function orders.score_document_rows(partner bigint,
    since date, until date, most int)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('document',
	    json_build_object('id', d.public_id, 'number', d.number,
	    'type', d.type, 'state', d.state, 'tone', exchange.tone(d.state),
	    'received_at', d.received_at), 'good', r.good)
	    order by r.good, d.received_at desc), '[]')
	from (select * from orders.score_documents(partner, since, until) s
	    order by s.good, s.document desc limit most) r
	join exchange.document d on d.id = r.document);
end
$$;

-- A supplier objects to a line that counts against him.
--   input   line uuid, measure, reason_text
--   result  201, the contest
--   errors  404; 409 contests.twice; 422 /measure value.choice, /reason_text
--           orders.reason.wanted
create or replace function api.contests_create(input jsonb)
returns core.answer language plpgsql as $$
declare
	l orders.line;
	h orders.head;
	c orders.contest;
	why text := nullif(trim(input ->> 'reason_text'), '');
begin
	select * into l from orders.line
	where public_id = core.try_uuid(input ->> 'line');
	select * into h from orders.head where id = l.order_id
	    and kind = 'purchase';
	if h.id is null then
		perform core.fail_absent();
	elsif not input ->> 'measure' = any (orders.measures()) then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/measure',
		    'value.choice')));
	elsif why is null then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong(
		    '/reason_text', 'orders.reason.wanted')));
	end if;
	insert into orders.contest (public_id, partner_id, line_id, measure,
	    reason, person_id, client_id, created_at)
	values (core.uuid7(), l.partner_id, l.id, input ->> 'measure',
	    left(why, 500), core.me_person(), core.me_client(), core.now())
	on conflict on constraint contest_line_key do nothing returning * into c;
	if c.id is null then
		perform core.fail(409, 'contests.twice');
	end if;
	perform core.emit(l.partner_id, 'order.line.contested', 'order',
	    h.public_id, h.number, jsonb_build_object('lines',
	    jsonb_build_array(l.line_id), 'measure', c.measure, 'reason', why));
	return core.created('/scorecard', orders.contest_json(c)::json,
	    c.version);
end
$$;
select core.operation('contests_create', permission => 'contests.create',
    writes => true, input => '{"line": "uuid", "measure": "line",
    "reason_text": "text?"}');

-- The account manager decides about an objection.
--   input   id, event accept|reject, version, reason_text
--   errors  404, 409 state.illegal, 412, 422 orders.reason.wanted, 428
create or replace function api.contests_event(input jsonb)
returns core.answer language plpgsql as $$
declare
	c orders.contest;
	l orders.line;
	h orders.head;
	why text := nullif(trim(input ->> 'reason_text'), '');
begin
	select * into c from orders.contest
	where public_id = core.input_id(input) for update;
	if c.id is null then
		perform core.fail_absent();
	end if;
	perform core.check_version(c.version, input);
	perform core.step('contest', c.state, input ->> 'event');
	if why is null then
		perform core.fail(422, 'orders.reason.wanted', null,
		    jsonb_build_array(core.wrong('/reason_text',
		    'orders.reason.wanted')));
	end if;
	perform core.fire('contest', 'orders.contest', c.id, input ->> 'event');
	update orders.contest x set answer = left(why, 500),
	    decided_by = core.me_person(), decided_at = core.now(),
	    version = x.version + 1 where x.id = c.id returning * into c;
	perform orders.count_cards(c.partner_id);
	select * into l from orders.line where id = c.line_id;
	select * into h from orders.head where id = l.order_id;
	perform core.emit(c.partner_id, 'order.line.contest_' || c.state, 'order',
	    h.public_id, h.number, jsonb_build_object('lines',
	    jsonb_build_array(l.line_id), 'measure', c.measure, 'reason', why));
	return (200, c.version, '/scorecard',
	    orders.contest_json(c)::json)::core.answer;
end
$$;
select core.operation('contests_event', permission => 'contests.decide',
    writes => true, input => '{"id": "uuid", "event": "line",
    "reason_text": "text?"}');
