-- SPDX-License-Identifier: Apache-2.0
--
-- The steps of a return, line by line.

-- Members given for one line, over those given for all.
create or replace function returns.given(l returns.line, input jsonb)
returns jsonb
language sql stable as $$
	select (input - 'lines') || coalesce((select w
		from jsonb_array_elements(case jsonb_typeof(input -> 'lines')
			when 'array' then input -> 'lines' when 'object' then
			(select jsonb_agg(e.value) from jsonb_each(input -> 'lines') e)
			else '[]' end) w
		where w ->> 'line' in (l.public_id::text, l.line_id) limit 1), '{}')
$$;

-- Is the line meant: named in the input, or none is named at all?
create or replace function returns.meant(l returns.line, input jsonb)
returns boolean
language sql stable as $$
	select input -> 'lines' is null or jsonb_typeof(input -> 'lines')
			not in ('array', 'object')
		or returns.given(l, input) ? 'line'
$$;

-- Where the members of a line stand in the input: /lines/0, or nowhere.
create or replace function returns.place(l returns.line, input jsonb)
returns text
language sql stable as $$
	select coalesce((select '/lines/' || n - 1
		from jsonb_array_elements(case jsonb_typeof(input -> 'lines')
			when 'array' then input -> 'lines' else '[]' end)
			with ordinality x (w, n)
		where w ->> 'line' in (l.public_id::text, l.line_id) limit 1), '')
$$;

-- What is wrong with the values of a step of one line.
create or replace function returns.check_step(l returns.line, event text,
	given jsonb, pointer text)
returns jsonb
language plpgsql stable as $$
declare
	quantity numeric := core.try_quantity(given ->> 'quantity');
	most numeric := case event when 'approve' then l.requested
		else l.approved end;
begin
	if event in ('approve', 'receive') and coalesce(given ->> 'quantity', '')
		<> '' and (quantity is null or quantity < 0 or quantity > most)
	then
		return jsonb_build_array(core.wrong(pointer || '/quantity',
			'returns.quantity.over', jsonb_build_object('most',
				trim_scale(most)::text)));
	elsif (event = 'refuse' or event = 'approve' and quantity < l.requested)
		and trim(coalesce(given ->> 'text', '')) = '' then
		return jsonb_build_array(core.wrong(pointer || '/text',
			'returns.reason.wanted'));
	elsif event = 'settle' and coalesce(given ->> 'resolution', '')
		not in ('credit', 'replace') then
		return jsonb_build_array(core.wrong(pointer || '/resolution',
			'value.choice'));
	elsif event = 'settle'
		and trim(coalesce(given ->> 'settlement_number', '')) = '' then
		return jsonb_build_array(core.wrong(pointer
			|| '/settlement_number', 'value.required'));
	end if;
	return '[]';
end
$$;

-- Writes the quantities of a step of one line.
create or replace function returns.apply(l returns.line, event text,
	given jsonb)
returns void
language plpgsql volatile as $$
declare
	quantity numeric := core.try_quantity(given ->> 'quantity');
begin
	case event
	when 'approve' then
		update returns.line x set approved = coalesce(quantity, l.requested),
			rejected = l.requested - coalesce(quantity, l.requested),
			decision_text = nullif(trim(given ->> 'text'), ''),
			decided_at = core.now()
		where x.id = l.id;
	when 'refuse' then
		update returns.line x set rejected = l.requested,
			decision_text = trim(given ->> 'text'),
			decided_at = core.now()
		where x.id = l.id;
	when 'receive' then
		update returns.line x set received = coalesce(quantity, l.approved),
			received_at = core.now()
		where x.id = l.id;
		perform returns.count_back(l.order_line_id,
			coalesce(quantity, l.approved));
	when 'settle' then
		update returns.line x set resolution = given ->> 'resolution',
			settlement_number = trim(given ->> 'settlement_number'),
			settled_at = core.now()
		where x.id = l.id;
	else
		null;
	end case;
end
$$;

-- What partner and partner's system hear.
create or replace function returns.announce(r returns.head, event text,
	lines int)
returns void
language plpgsql volatile as $$
begin
	if event = 'approve' then
		update returns.head h set valid_until = coalesce(h.valid_until,
			core.today() + core.setting('returns.valid_days')::int)
		where h.id = r.id;
	end if;
	perform returns.tell(r, case event when 'approve' then 'approved'
		when 'refuse' then 'refused' when 'send' then 'sent'
		when 'receive' then 'received' when 'settle' then 'settled'
		else 'cancelled' end, jsonb_build_object('lines', lines));
	if event in ('approve', 'refuse', 'receive', 'settle')
		and r.status <> 'requested' then
		perform returns.send_decision(r.id);
	end if;
end
$$;

-- One step of a return, for the lines named or for all that can take it.
--   events  cancel, send (distributor: the goods are on their way); agents:
--           approve {quantity?, text (when less than asked)}, refuse {text},
--           receive {quantity?}, settle {resolution credit|replace,
--           settlement_number}
--   input   id, event, version, lines? [{"line": uuid or line_id, and the
--           members above}]; members outside lines count for all
--   result  200, the return
--   errors  409 state.illegal, 412, 422 /lines/0/quantity
--           returns.quantity.over, /lines/0/text returns.reason.wanted, 428
create or replace function api.returns_event(input jsonb)
returns core.answer
language plpgsql volatile as $$
declare
	step text := coalesce(input ->> 'event', '');
	r returns.head;
	l returns.line;
	wrong jsonb := '[]';
	n int := 0;
begin
	select * into r from returns.head h
	where h.public_id = core.input_id(input) for update;
	if not found then
		perform core.fail_absent();
	end if;
	perform core.check_version(r.version, input);
	for l in select * from returns.line x where x.return_id = r.id
		and returns.meant(x, input) order by x.id
	loop
		if input -> 'lines' is null and not exists (select
			from core.transition t where t.machine = 'return_line'
			and t.state = l.state
			and t.event = step) then
			continue;
		end if;
		perform core.step('return_line', l.state, step);
		wrong := wrong || returns.check_step(l, step,
			returns.given(l, input), returns.place(l, input));
		perform core.fail_if_wrong(wrong);
		perform returns.apply(l, step, returns.given(l, input));
		perform core.fire('return_line', 'returns.line', l.id, step);
		n := n + 1;
	end loop;
	if n = 0 then
		perform core.fail(409, 'state.illegal', jsonb_build_object(
			'machine', 'return_line', 'state', r.status, 'event', step));
	end if;
	r := returns.refresh(r.id);
	perform returns.announce(r, step, n);
	select * into r from returns.head h where h.id = r.id;
	return core.ok(returns.show(r), r.version);
end
$$;

-- What the clock does: an approval that was not used in time expires.
create or replace function returns.clock() returns void
language plpgsql volatile as $$
declare
	r returns.head;
begin
	for r in select * from returns.head h where h.valid_until < core.today()
		and exists (select from returns.line l where l.return_id = h.id
			and l.state = 'approved')
		order by h.id limit 500 for update skip locked
	loop
		perform core.fire('return_line', 'returns.line', l.id, 'expire',
			true) from returns.line l
		where l.return_id = r.id and l.state = 'approved';
		r := returns.refresh(r.id);
		perform returns.tell(r, 'expired', '{}');
		perform returns.send_decision(r.id);
	end loop;
end
$$;
select core.schedule('returns_clock', '15 minutes');

select core.operation('returns_list', permission => 'returns.read',
	input => '{"view": "line?", "q": "line?", "partner": "line?",
	"sort": "line?", "columns": "line?", "saved": "uuid?", "after": "line?",
	"limit": "int?"}');
select core.operation('returns_new', permission => 'returns.create',
	input => '{"order": "line?", "q": "line?"}');
select core.operation('returns_show', permission => 'returns.read',
	input => '{"id": "line"}');
select core.operation('returns_create', permission => 'returns.create',
	writes => true, input => '{"lines": "json?", "text": "text?",
	"partner_return_id": "line?", "case_number": "line?"}');
select core.operation('returns_event', permission => 'returns.read',
	writes => true, input => '{"id": "line", "event": "line",
	"lines": "json?", "text": "text?", "quantity": "line?",
	"resolution": "line?", "settlement_number": "line?"}');
