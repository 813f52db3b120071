-- SPDX-License-Identifier: Apache-2.0
--
-- What people and machines do with service cases.

-- The partner's order line that an input names, or null; refused when there is
-- none.
create or replace function cases.input_line(input jsonb, partner bigint)
returns bigint
language plpgsql stable as $$
declare
	line bigint;
begin
	if coalesce(input ->> 'order_line', '') = '' then
		return null;
	end if;
	select l.id into line from orders.line l
	where l.public_id = core.try_uuid(input ->> 'order_line')
	and l.partner_id = input_line.partner;
	if line is null then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong(
			'/order_line', 'cases.order_line.unknown')));
	end if;
	return line;
end
$$;

-- Opens what a form holds, with its picture.
create or replace function cases.log(input jsonb, bytes bytea, partner bigint,
	person bigint default null)
returns cases.head
language plpgsql volatile as $$
declare
	c cases.head := cases.open(input || jsonb_build_object('order_line',
		cases.input_line(input, log.partner)), partner => log.partner,
		person => log.person);
begin
	if length(bytes) > 0 then
		perform cases.attach(c, input ->> 'filename', bytes);
	end if;
	return c;
end
$$;

-- Logs a case. A picture may come with the form.
--   input   case_type request|complaint|enquiry|incident, priority, subject,
--           symptom, serial, item (number or GTIN), order_line uuid?,
--           partner_case_id?; filename, media_type of the picture
--   bytes   picture or PDF, at most 10 MiB, or null
--   result  201, location /cases/<id>, the case as cases_show shows it
--   errors  422 /subject, /symptom, /case_type, /priority,
--           /partner_case_id cases.number.used, /file cases.attachment.type,
--           /order_line cases.order_line.unknown
create or replace function api.cases_create(input jsonb, bytes bytea)
returns core.answer
language plpgsql volatile as $$
declare
	c cases.head := cases.log(input, bytes, core.me_partner());
begin
	return core.created('/cases/' || c.public_id, cases.show(c), c.version);
end
$$;

-- Locks a case for a step.
create or replace function cases.lock(id uuid) returns cases.head
language plpgsql volatile as $$
declare
	c cases.head;
begin
	select * into c from cases.head h where h.public_id = lock.id for update;
	if not found then
		perform core.fail_absent();
	end if;
	return c;
end
$$;

-- The fields that an event needs, checked.
create or replace function cases.check_step(c cases.head, event text,
	input jsonb)
returns void
language plpgsql stable as $$
begin
	if event = 'resolve' then
		perform core.fail_if_wrong((select coalesce(jsonb_agg(w), '[]') from (
			select core.wrong('/resolution_code', 'value.required') as w
			where coalesce(input ->> 'resolution_code', '') not in
				('repaired', 'replaced', 'explained', 'part_sent',
				'no_fault_found', 'not_covered')
			union all
			select core.wrong('/cause_code', 'value.required')
			where c.case_type = 'complaint'
			and coalesce(input ->> 'cause_code', '') not in ('product',
				'delivery', 'documentation', 'handling', 'other')) x));
	elsif event = 'close' and c.case_type = 'complaint'
		and c.resolver_id = core.me_person() then
		perform core.fail(409, 'cases.close.second_person');
	elsif event = 'reopen' and not cases.may_reopen(c) then
		perform core.fail(409, 'cases.reopen.late', jsonb_build_object(
			'days', core.setting('cases.reopen_days')::int));
	end if;
end
$$;

-- The agent named in the input, or the caller.
create or replace function cases.assignee(input jsonb) returns bigint
language plpgsql stable as $$
declare
	wanted uuid := core.try_uuid(input ->> 'assignee');
	person bigint;
begin
	if coalesce(input ->> 'assignee', '') = '' then
		return core.me_person();
	end if;
	person := cases.agent(wanted);
	if person is null then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/assignee',
			'cases.assignee.unknown')));
	end if;
	return person;
end
$$;

-- What an event writes besides the new state.
create or replace function cases.apply(c cases.head, event text, input jsonb,
	bytes bytea)
returns void
language plpgsql volatile as $$
begin
	case event
	when 'assign' then
		update cases.head h set assignee_id = cases.assignee(input)
		where h.id = c.id;
	when 'reply', 'ask' then
		perform cases.say(c, 'public', input ->> 'text');
	when 'note' then
		perform cases.say(c, 'internal', input ->> 'text');
	when 'attach' then
		perform cases.attach(c, input ->> 'filename', bytes);
	when 'resolve' then
		update cases.head h set resolved_at = core.now(),
			resolver_id = core.me_person(),
			resolution_code = input ->> 'resolution_code',
			cause_code = nullif(input ->> 'cause_code', '')
		where h.id = c.id;
		if trim(coalesce(input ->> 'text', '')) <> '' then
			perform cases.say(c, 'public', input ->> 'text');
		end if;
	when 'close' then
		update cases.head h set closed_at = core.now() where h.id = c.id;
	when 'reopen' then
		update cases.head h set closed_at = null, resolved_at = null
		where h.id = c.id;
		perform cases.say(c, 'public', input ->> 'text');
	else
		null;
	end case;
end
$$;

-- What the partner's timeline, and the partner's system, hear of a step.
create or replace function cases.announce(c cases.head, event text, was text)
returns void
language plpgsql volatile as $$
declare
	words constant jsonb := '{"assign": "assigned", "reply": "replied",
		"ask": "asked", "note": "noted", "resolve": "resolved", "close":
		"closed", "reopen": "reopened", "withdraw": "withdrawn"}';
begin
	if words ? event then
		perform cases.tell(c, words ->> event, jsonb_build_object('state',
			c.state, 'old_state', was), event = 'note');
	end if;
	if event not in ('note', 'attach')
		and (core.me_partner() is null or c.state <> was) then
		perform cases.send_status(c);
	end if;
end
$$;

-- Makes an event happen: its fields checked, its effects, the new state, the
-- clocks, and who hears of it.
--   by_rule  true: a document says so, nobody's permission is asked
create or replace function cases.step(c cases.head, event text, input jsonb,
	bytes bytea default null, by_rule boolean default false)
returns cases.head
language plpgsql volatile as $$
declare
	was text := c.state;
begin
	perform core.step('case', c.state, event, by_rule);
	perform cases.check_step(c, event, input);
	perform cases.apply(c, event, input, bytes);
	perform core.fire('case', 'cases.head', c.id, event, by_rule);
	perform cases.run_clock(cases.lock(c.public_id), core.me_side() = 'house'
		and event in ('reply', 'ask', 'resolve'));
	c := cases.lock(c.public_id);
	perform cases.announce(c, event, was);
	return c;
end
$$;

-- One step of a case.
--   events  reply {text}, attach (picture as bytes), withdraw, close,
--           reopen {text}; agents also: assign {assignee uuid?; none: the
--           caller}, ask {text} (waits for the partner, the solution clock
--           stands), note {text} (internal), resolve {resolution_code,
--           cause_code (complaint), text?}
--   input   id, event, version (or If-Match; reply, note and attach do not
--           need one: they only add)
--   result  200, the case
--   errors  404, 409 state.illegal, cases.close.second_person,
--           cases.reopen.late, 412, 422, 428
create or replace function api.cases_event(input jsonb, bytes bytea)
returns core.answer
language plpgsql volatile as $$
declare
	event text := coalesce(input ->> 'event', '');
	c cases.head := cases.lock(core.input_id(input));
begin
	if event not in ('reply', 'note', 'attach') then
		perform core.check_version(c.version, input);
	end if;
	c := cases.step(c, event, input, bytes);
	return core.ok(cases.show(c), c.version);
end
$$;

-- What the clock does: a resolved case that nobody opens again is closed.
create or replace function cases.clock() returns void
language plpgsql volatile as $$
declare
	c cases.head;
begin
	for c in select * from cases.head h where h.state = 'resolved'
		and h.resolved_at + core.setting('cases.close_days')::int
			* interval '1 day' < core.now()
		order by h.id limit 500 for update skip locked
	loop
		perform cases.step(c, 'close', '{}', by_rule => true);
	end loop;
end
$$;
select core.schedule('cases_clock', '15 minutes');

select core.operation('cases_create', permission => 'cases.create',
	writes => true, input => '{"case_type": "line?", "priority": "line?",
	"subject": "line?", "symptom": "text?", "serial": "line?",
	"item": "line?", "order_line": "line?", "partner_case_id": "line?",
	"filename": "line?", "media_type": "line?"}');
select core.operation('cases_event', permission => 'cases.read',
	writes => true, input => '{"id": "line", "event": "line",
	"text": "text?", "assignee": "line?", "resolution_code": "line?",
	"cause_code": "line?", "filename": "line?", "media_type": "line?"}');
