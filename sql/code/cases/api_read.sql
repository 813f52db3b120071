-- SPDX-License-Identifier: Apache-2.0
--
-- Service cases to look at. The same shapes in every portal; what a caller may
-- not see is not in the rows.

-- Is a promise broken: no answer, or no solution, in time?
create or replace function cases.late(c cases.head) returns boolean
language sql stable as $$
	select c.state in ('new', 'open', 'awaiting_partner')
		and (c.answered_at is null and c.response_due_at < core.now()
		or c.paused_at is null and c.solution_due_at < core.now())
$$;

-- Colour of a case: late and unanswered first.
create or replace function cases.tone(c cases.head) returns text
language sql stable as $$
	select case when c.state in ('closed', 'withdrawn') then 'neutral'
		when c.state = 'resolved' then 'ok'
		when cases.late(c) then 'bad'
		when c.state = 'awaiting_partner' then 'warn'
		else 'info' end
$$;

create or replace function cases.row_json(c cases.head) returns jsonb
language sql stable as $$
	select jsonb_build_object('id', c.public_id, 'number', c.number,
		'partner_case_id', c.partner_case_id, 'case_type', c.case_type,
		'priority', c.priority, 'subject', c.subject,
		'serial', c.serial, 'state', c.state, 'tone', cases.tone(c),
		'late', cases.late(c), 'response_due', c.response_due_at,
		'solution_due', c.solution_due_at, 'due', case
			when c.state not in ('new', 'open') then null
			when c.answered_at is null then c.response_due_at
			else c.solution_due_at end,
		'answered', c.answered_at is not null,
		'assignee', cases.person_name(c.assignee_id),
		'created_at', c.created_at, 'version', c.version,
		'partner', case when core.me_portal() = 'desk' then
			(select jsonb_build_object('id', p.public_id,
				'name', p.name, 'number', p.number)
			from core.partner p where p.id = c.partner_id) end,
		'last', (select jsonb_build_object('at', m.created_at,
				'author', m.author_name, 'side', m.side,
				'text', left(m.text, 120))
			from cases.message m where m.case_id = c.id
			and m.visibility = 'public' order by m.id desc limit 1))
$$;

-- Is a case in a view?
--   views  open: something is still to do; late; mine: assigned to me;
--          unassigned; waiting: for the partner; all
create or replace function cases.in_view(c cases.head, view text)
returns boolean
language sql stable as $$
	select case view
		when 'open' then c.state in ('new', 'open', 'awaiting_partner')
		when 'late' then cases.late(c)
		when 'mine' then c.assignee_id = core.me_person()
			and c.state in ('new', 'open', 'awaiting_partner')
		when 'unassigned' then c.assignee_id is null
			and c.state in ('new', 'open')
		when 'waiting' then c.state = 'awaiting_partner'
		when 'resolved' then c.state = 'resolved'
		else true end
$$;

create or replace function cases.views(current_view text) returns json
language sql stable as $$
	select json_agg(json_build_object('name', v.name, 'count',
		(select count(*) from cases.head c where cases.in_view(c, v.name)),
		'current', v.name = current_view) order by v.n)
	from unnest(case when core.me_portal() = 'desk'
		then array['open', 'late', 'mine', 'unassigned', 'waiting', 'all']
		else array['open', 'waiting', 'resolved', 'all'] end)
		with ordinality v (name, n)
$$;

select core.declare_list('cases', array['open', 'late', 'mine', 'unassigned',
	'waiting', 'resolved', 'all'], $$[
	{"name": "number", "label": "cases.number", "always": true,
		"sort": "c.number", "type": "text", "filled": true},
	{"name": "partner", "label": "partner", "portals": ["desk"],
		"cell": "partner.name"},
	{"name": "subject", "label": "cases.subject", "sort": "c.subject",
		"type": "text"},
	{"name": "serial", "label": "cases.serial", "sort": "c.serial",
		"type": "text"},
	{"name": "priority", "label": "cases.priority", "kind": "priority",
		"type": "numeric",
		"sort": "array_position(array['urgent', 'high', 'normal', 'low'], c.priority)"},
	{"name": "last", "label": "cases.last", "cell": "last.at",
		"kind": "instant"},
	{"name": "due", "label": "cases.due", "kind": "instant"},
	{"name": "solution_due", "label": "cases.solution_due", "more": true,
		"kind": "instant",
		"sort": "c.solution_due_at", "type": "timestamptz", "filled": true},
	{"name": "assignee", "label": "cases.assignee", "more": true},
	{"name": "created_at", "label": "lists.created", "more": true,
		"kind": "instant",
		"sort": "c.created_at", "type": "timestamptz", "filled": true},
	{"name": "status", "label": "status", "cell": "state",
		"kind": "case_state"}]$$);

-- A page of cases: the desk's queue by next breach, a partner's list newest
-- first.
--   input   view open|late|mine|unassigned|waiting|resolved|all = open,
--           q text? (number, own number, serial, subject), partner uuid?
--           (desk), serial text?, after text?, limit int = 50, sort, columns,
--           saved (core.list_open)
--   result  {"items": [row], "next", "view", "q", "views": [{"name", "count",
--           "current"}], "can": {"create": true}, "filtered": false}
--   row     {"id", "number": "SR-2026-00417", "partner_case_id", "case_type",
--           "priority", "subject", "serial", "state", "tone", "late",
--           "response_due": ts, "solution_due": ts, "due": ts | null (the
--           promise that breaks next), "answered": false, "assignee": "…" |
--           null, "created_at": ts, "version": 3, "partner": {"id", "name",
--           "number"} | null (desk), "last": {"at", "author", "side", "text"}}
create or replace function api.cases_list(input jsonb) returns json
language plpgsql stable as $$
declare
	asked jsonb := core.list_open('cases', input);
	wanted text := asked ->> 'view';
	q text := trim(coalesce(asked ->> 'q', ''));
	usual text := case core.me_portal() when 'desk' then 'solution_due'
		else '-created_at' end;
	ids bigint[] := core.list_page('cases', usual, asked, 'cases.head c',
		concat_ws(' and ', format('cases.in_view(c, %L)', wanted),
		case when q <> '' then format($f$concat_ws(' ', c.number,
			c.partner_case_id, c.serial, c.subject) ilike %L$f$, '%'
			|| replace(replace(replace(q, '\', '\\'), '%', '\%'), '_', '\_')
			|| '%') end, 'c.serial = ' || quote_literal(asked ->> 'serial'),
		'c.partner_id = ' || orders.partner_key(asked)), 'c.id');
begin
	return core.list_answer('cases', asked, json_build_object(
		'items', (select coalesce(json_agg(cases.row_json(c) order by n), '[]')
			from unnest(ids[:core.list_limit(asked)])
			with ordinality i (id, n) join cases.head c on c.id = i.id),
		'next', core.list_next('cases', usual, asked, 'cases.head c', 'c.id',
			ids),
		'view', wanted, 'q', q, 'views', cases.views(wanted),
		'filtered', q <> '' or wanted <> 'all',
		'can', json_build_object('create', core.me_may('cases.create'))));
end
$$;

-- What the form of a new case needs: what it starts with, and what is known.
create or replace function cases.form_json(draft jsonb, partner bigint)
returns jsonb
language plpgsql stable as $$
begin
	return jsonb_build_object('draft', draft,
		'case_types', array['request', 'complaint', 'enquiry', 'incident'],
		'priorities', (select json_agg(json_build_object('code', p.priority,
				'response_hours', extract(epoch from p.response) / 3600,
				'solution_hours', extract(epoch from p.solution) / 3600,
				'response_due', d.response, 'solution_due', d.solution,
				'usual', p.priority = 'normal')
				order by p.response desc)
			from cases.policy p
			cross join lateral cases.promise(p.priority, core.now()) d),
		'earlier', (select coalesce(json_agg(cases.row_json(c)), '[]')
			from (select * from cases.head x
			where x.serial = nullif(draft ->> 'serial', '')
			and x.partner_id = form_json.partner
			order by x.id desc limit 5) c));
end
$$;

-- An empty form for a new case.
--   input   serial text?, order_line uuid? (started from a line),
--           announcement uuid? (answers one)
--   result  {"draft": {"serial", and of a line "order_line", "order",
--           "line_id", "item", "case_type", "subject"}, "case_types": [code],
--           "priorities": [{"code", "response_hours", "solution_hours",
--           "response_due": ts, "solution_due": ts}], "earlier": [row] of this
--           serial number}
create or replace function api.cases_new(input jsonb) returns json
language plpgsql stable as $$
begin
	return cases.form_json(jsonb_build_object('serial', input ->> 'serial')
		|| coalesce(cases.line_draft(core.try_uuid(
			input ->> 'order_line'), core.me_partner()), news.case_draft(
			core.try_uuid(input ->> 'announcement')), '{}'),
		core.me_partner());
end
$$;

create or replace function cases.message_json(m cases.message) returns json
language sql stable as $$
	select json_build_object('id', m.public_id, 'at', m.created_at,
		'author', m.author_name, 'side', m.side, 'channel', m.channel,
		'visibility', m.visibility, 'internal', m.visibility = 'internal',
		'text', m.text)
$$;

create or replace function cases.files_json(c cases.head) returns json
language sql stable as $$
	select coalesce(json_agg(json_build_object('id', a.public_id,
		'filename', a.filename, 'media_type', a.media_type,
		'size', length(a.bytes), 'sha256', encode(a.sha256, 'hex'),
		'image', a.media_type like 'image/%', 'author', a.author_name,
		'visibility', a.visibility, 'at', a.created_at) order by a.id),
		'[]')
	from cases.attachment a where a.case_id = c.id
$$;

-- Is a closed case young enough to be opened again?
create or replace function cases.may_reopen(c cases.head) returns boolean
language sql stable as $$
	select c.closed_at is null or c.closed_at
		+ core.setting('cases.reopen_days')::int * interval '1 day'
		> core.now()
$$;

-- Events of the case that the caller may make happen now. A complaint is
-- closed by somebody else than resolved it.
create or replace function cases.actions(c cases.head) returns jsonb
language sql stable as $$
	select coalesce(jsonb_agg(a.event), '[]')
	from jsonb_array_elements_text(core.actions('case', c.state)::jsonb) a
		(event)
	where not (a.event = 'close' and c.case_type = 'complaint'
		and c.resolver_id = core.me_person())
	and not (a.event = 'reopen' and c.state = 'closed'
		and not cases.may_reopen(c))
$$;

create or replace function cases.show(c cases.head) returns json
language plpgsql stable as $$
declare
	actions jsonb := cases.actions(c);
begin
	return cases.row_json(c) || jsonb_build_object(
		'origin', c.origin, 'symptom', c.symptom,
		'person', cases.person_name(c.person_id),
		'entered_by', case when c.origin = 'desk' then (select e.actor_name
			from core.event e where e.object_id = c.public_id
			and e.type = 'case.opened' order by e.seq limit 1) end,
		'item', (select jsonb_build_object('number', i.number, 'name',
				case core.me_language() when 'de'
				then i.name_de else i.name_en end)
			from item.item i where i.id = c.item_id),
		'order_line', (select jsonb_build_object('order', h.public_id,
				'number', h.number, 'line_id', l.line_id)
			from orders.line l join orders.head h on h.id = l.order_id
			where l.id = c.order_line_id),
		'answered_at', c.answered_at, 'resolved_at', c.resolved_at,
		'closed_at', c.closed_at, 'paused_at', c.paused_at,
		'resolution_code', c.resolution_code, 'cause_code', c.cause_code,
		'calendar', (select jsonb_build_object('opens',
				left(k.opens::text, 5), 'closes',
				left(k.closes::text, 5), 'time_zone', k.time_zone)
			from cases.policy p join cases.calendar k
			on k.name = p.calendar where p.priority = c.priority),
		'messages', (select coalesce(jsonb_agg(cases.message_json(m)
				order by m.id), '[]')
			from cases.message m where m.case_id = c.id),
		'attachments', cases.files_json(c),
		'events', core.timeline(c.public_id),
		'agents', case when actions ? 'assign' then cases.agents() end,
		'resolutions', array['repaired', 'replaced', 'explained',
			'part_sent', 'no_fault_found', 'not_covered'],
		'causes', array['product', 'delivery', 'documentation', 'handling',
			'other'],
		'actions', actions, 'can', (select coalesce(jsonb_object_agg(a, true),
			'{}') from jsonb_array_elements_text(actions) a));
end
$$;

-- One case with everything about it.
--   input   id uuid
--   result  the members of a row and {"origin", "symptom", "person",
--           "entered_by": who of the house logged it | null, "item":
--           {"number", "name"} | null, "order_line": {"order", "number",
--           "line_id"} | null, "answered_at", "resolved_at", "closed_at",
--           "paused_at", "resolution_code", "cause_code", "calendar": {"opens",
--           "closes", "time_zone"}, "messages": [{"id", "at", "author",
--           "side": partner|house, "channel", "visibility", "internal",
--           "text"}], "attachments": [{"id", "filename", "media_type", "size",
--           "sha256", "image", "author", "at"}], "events": [event],
--           "agents": [{"id", "name"}] (who may be assigned),
--           "resolutions": [code], "causes": [code], "actions": ["reply"],
--           "can": {"reply": true}}
create or replace function api.cases_show(input jsonb) returns core.answer
language plpgsql stable as $$
declare
	c cases.head;
begin
	select * into c from cases.head h where h.public_id = core.input_id(input);
	if not found then
		perform core.fail_absent();
	end if;
	return core.ok(cases.show(c), c.version);
end
$$;

-- The bytes of an attachment: {"media_type", "filename", "size", "sha256",
-- "base64"}.
--   input  id uuid of the case, file uuid of the attachment
create or replace function api.cases_bytes(input jsonb) returns json
language plpgsql stable as $$
declare
	a cases.attachment;
begin
	select f.* into a from cases.attachment f
	join cases.head c on c.id = f.case_id
	where f.public_id = core.input_id(input, 'file')
	and c.public_id = core.input_id(input);
	if not found then
		perform core.fail_absent();
	end if;
	return core.file_json(a.media_type, a.filename, a.bytes);
end
$$;

select core.operation('cases_list', permission => 'cases.read',
	input => '{"view": "line?", "q": "line?", "partner": "line?",
	"serial": "line?", "sort": "line?", "columns": "line?",
	"saved": "uuid?", "after": "line?", "limit": "int?"}');
select core.operation('cases_new', permission => 'cases.create',
	input => '{"serial": "line?", "order_line": "line?",
	"announcement": "line?"}');
select core.operation('cases_show', permission => 'cases.read',
	input => '{"id": "line"}');
select core.operation('cases_bytes', permission => 'cases.read',
	input => '{"id": "line", "file": "line"}');
