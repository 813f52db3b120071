-- SPDX-License-Identifier: Apache-2.0
--
-- What may happen to a case, and what it brings about.

select core.add_state('case', 'new', 'info');
select core.add_state('case', 'open', 'info');
select core.add_state('case', 'awaiting_partner', 'warn');
select core.add_state('case', 'resolved', 'ok');
select core.add_state('case', 'closed', 'neutral', true);
select core.add_state('case', 'withdrawn', 'neutral', true);

select core.add_transition('case', '', 'create', 'new', 'cases.create');
select core.add_transition('case', 'new', 'assign', 'open', 'cases.work');
select core.add_transition('case', 'open', 'assign', 'open', 'cases.work');
select core.add_transition('case', 'awaiting_partner', 'assign',
	'awaiting_partner', 'cases.work');
select core.add_transition('case', 'new', 'reply', 'new', 'cases.write');
select core.add_transition('case', 'open', 'reply', 'open', 'cases.write');
select core.add_transition('case', 'awaiting_partner', 'reply', 'open',
	'cases.write');
select core.add_transition('case', 'open', 'ask', 'awaiting_partner',
	'cases.work');
select core.add_transition('case', 'new', 'note', 'new', 'cases.note');
select core.add_transition('case', 'open', 'note', 'open', 'cases.note');
select core.add_transition('case', 'awaiting_partner', 'note',
	'awaiting_partner', 'cases.note');
select core.add_transition('case', 'resolved', 'note', 'resolved',
	'cases.note');
select core.add_transition('case', 'closed', 'note', 'closed', 'cases.note');
select core.add_transition('case', 'new', 'attach', 'new', 'cases.write');
select core.add_transition('case', 'open', 'attach', 'open', 'cases.write');
select core.add_transition('case', 'awaiting_partner', 'attach',
	'awaiting_partner', 'cases.write');
select core.add_transition('case', 'open', 'resolve', 'resolved',
	'cases.work');
select core.add_transition('case', 'awaiting_partner', 'resolve', 'resolved',
	'cases.work');
select core.add_transition('case', 'resolved', 'close', 'closed',
	'cases.close');
select core.add_transition('case', 'resolved', 'reopen', 'open',
	'cases.close');
select core.add_transition('case', 'closed', 'reopen', 'open', 'cases.close');
select core.add_transition('case', 'new', 'withdraw', 'withdrawn',
	'cases.withdraw');
select core.guard('case', 'cases.head');

select core.declare_setting('cases.reopen_days', '30',
	'days after closing in which a case may be opened again');
select core.declare_setting('cases.close_days', '14',
	'days after which a resolved case is closed by itself');

insert into cases.calendar values
	('house', 'Europe/Berlin', '08:00', '17:00', '{1,2,3,4,5}')
on conflict on constraint calendar_pkey do nothing;
insert into cases.policy (priority, calendar, response, solution) values
	('urgent', 'house', '2 hours', '9 hours'),
	('high', 'house', '4 hours', '18 hours'),
	('normal', 'house', '9 hours', '45 hours'),
	('low', 'house', '18 hours', '90 hours')
on conflict on constraint policy_pkey do nothing;

-- Appends to the partner's timeline; internal events never reach the partner.
create or replace function cases.tell(c cases.head, what text,
	data jsonb default '{}', internal boolean default false)
returns void
language sql volatile as $$
	select core.emit(c.partner_id, 'case.' || what, 'case', c.public_id,
		c.number, data || jsonb_build_object('subject', c.subject),
		internal => internal, document => (select d.public_id
			from exchange.document d where d.id = c.document_id
			and what = 'opened'))
$$;

create or replace function cases.channel() returns text
language sql stable as $$
	select case core.me() ->> 'channel' when 'portal' then 'portal'
		when 'api' then 'api' else 'edi' end
$$;

-- Adds a message.
--   sequence  number that the partner's system gave it, or null
create or replace function cases.say(c cases.head, visibility text,
	words text, document bigint default null, sequence int default null)
returns void
language plpgsql volatile as $$
begin
	if length(trim(coalesce(words, ''))) = 0 then
		perform core.fail_if_wrong(jsonb_build_array(
			core.wrong('/text', 'value.required')));
	elsif length(words) > 10000 then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/text',
			'value.long', '{"max": 10000}')));
	end if;
	insert into cases.message (partner_id, case_id, visibility, channel, side,
		author_name, person_id, client_id, document_id, sequence, text)
	values (c.partner_id, c.id, say.visibility, cases.channel(),
		core.me_side(), core.me_author(), core.me_person(), core.me_client(),
		say.document, say.sequence, trim(words));
end
$$;

-- Stores a picture or file of a case; the same bytes again change nothing.
--   errors  409 files.full, 422 /file
create or replace function cases.attach(c cases.head, filename text,
	bytes bytea, visibility text default 'public')
returns void
language plpgsql volatile as $$
declare
	fault text := core.file_fault(bytes);
	kind text := core.file_type(bytes);
begin
	if fault is not null then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/file',
			case fault when 'type' then 'cases.attachment.type'
			else 'cases.attachment.size' end)));
	end if;
	perform core.check_files(c.partner_id, bytes);
	insert into cases.attachment (partner_id, case_id, visibility, filename,
		media_type, sha256, bytes, author_name)
	values (c.partner_id, c.id, attach.visibility,
		core.file_name(attach.filename, kind), kind,
		sha256(attach.bytes), attach.bytes, core.me_author())
	on conflict on constraint attachment_once_key do nothing;
	perform cases.tell(c, 'attached');
end
$$;

-- The house's promise for a priority, from a time on.
create or replace function cases.promise(priority text, since timestamptz,
	out version int, out response timestamptz, out solution timestamptz)
language sql stable as $$
	select p.version, cases.due(p.calendar, since, p.response),
		cases.due(p.calendar, since, p.solution)
	from cases.policy p where p.priority = promise.priority
$$;

-- The distributor's own order line by numbers on paper.
create or replace function cases.order_line(partner bigint, order_number text,
	line_number text)
returns bigint
language sql stable as $$
	select l.id from orders.line l join orders.head h on h.id = l.order_id
	where h.partner_id = partner and h.kind = 'sales'
	and order_number in (h.number, h.partner_number)
	and l.line_id = line_number
$$;

-- What is wrong with the facts of a new case of a partner.
create or replace function cases.check_new(facts jsonb, partner bigint)
returns jsonb
language sql stable as $$
	select coalesce(jsonb_agg(w), '[]') from (
	select core.wrong('/subject', 'value.required') as w
	where trim(coalesce(facts ->> 'subject', facts ->> 'symptom', '')) = ''
	union all
	select core.wrong('/subject', 'value.long', '{"max": 200}')
	where length(facts ->> 'subject') > 200
	union all
	select core.wrong('/symptom', 'value.long', '{"max": 10000}')
	where length(facts ->> 'symptom') > 10000
	union all
	select core.wrong('/case_type', 'value.choice')
	where coalesce(facts ->> 'case_type', 'request')
		not in ('request', 'complaint', 'enquiry', 'incident')
	union all
	select core.wrong('/priority', 'value.choice')
	where coalesce(facts ->> 'priority', 'normal')
		not in ('low', 'normal', 'high', 'urgent')
	union all
	select core.wrong('/partner_case_id', 'cases.number.used')
	where cases.number_used(check_new.partner,
		nullif(facts ->> 'partner_case_id', ''))) x
$$;

-- Opens a case for a partner, the caller's unless one is named, and starts its
-- clocks.
--   facts   case_type, priority, subject, symptom, serial, item (any number),
--           partner_case_id, order_line (key inside)
--   person  whose case it is; the caller's unless one is named. Of what the
--           house logs: a person of the partner, or nobody's
create or replace function cases.open(facts jsonb, document bigint default null,
	partner bigint default null, person bigint default null)
returns cases.head
language plpgsql volatile as $$
declare
	c cases.head;
	p record;
begin
	perform core.fail_if_wrong(cases.check_new(facts, coalesce(open.partner,
		core.me_partner())));
	select * into p from cases.promise(coalesce(nullif(
		facts ->> 'priority', ''), 'normal'), core.now());
	insert into cases.head (partner_id, number, partner_case_id, case_type,
		priority, origin, subject, symptom, serial, item_id,
		order_line_id, person_id, client_id, document_id,
		policy_version, response_due_at, solution_due_at)
	values (coalesce(open.partner, core.me_partner()),
		'SR-' || to_char(core.today(), 'YYYY') || '-'
			|| lpad(nextval('cases.number')::text, 5, '0'),
		nullif(facts ->> 'partner_case_id', ''),
		coalesce(nullif(facts ->> 'case_type', ''), 'request'),
		coalesce(nullif(facts ->> 'priority', ''), 'normal'),
		case when core.me_portal() = 'desk' then 'desk'
			else cases.channel() end,
		coalesce(nullif(trim(facts ->> 'subject'), ''),
			left(facts ->> 'symptom', 80)),
		nullif(trim(facts ->> 'symptom'), ''),
		nullif(trim(facts ->> 'serial'), ''),
		(select i.id from item.item i
			where i.number = trim(facts ->> 'item')
			or i.gtin = trim(facts ->> 'item') limit 1),
		(facts ->> 'order_line')::bigint,
		coalesce(open.person, case when core.me_side() = 'partner'
			then core.me_person() end),
		core.me_client(), open.document, p.version, p.response,
		p.solution)
	returning * into c;
	perform cases.tell(c, 'opened', jsonb_build_object('case_type',
		c.case_type, 'priority', c.priority));
	return c;
end
$$;

-- Stops or restarts the solution clock with the state, and notes the first
-- public answer of the house.
create or replace function cases.run_clock(c cases.head, answers boolean)
returns void
language plpgsql volatile as $$
declare
	paused interval := '0';
	cal text := (select p.calendar from cases.policy p
		where p.priority = c.priority);
begin
	if c.paused_at is not null and c.state <> 'awaiting_partner' then
		paused := cases.span(cal, c.paused_at, core.now());
	end if;
	update cases.head h set version = h.version + 1,
		answered_at = coalesce(h.answered_at,
			case when answers then core.now() end),
		solution_due_at = case when paused > '0' then cases.due(cal,
			h.solution_due_at, paused) else h.solution_due_at end,
		paused_at = case when h.state = 'awaiting_partner'
			then coalesce(h.paused_at, core.now()) end
	where h.id = c.id;
end
$$;
