-- SPDX-License-Identifier: Apache-2.0
--
-- Cases as documents: ServiceCase in, ServiceCaseStatus out. The numbers of
-- both sides stand in both; messages carry a sequence, so that a repeated
-- document says nothing twice.

-- A time as documents write it: RFC 3339, UTC, to the second.
create or replace function cases.instant(t timestamptz) returns text
language sql immutable as $$
	select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;

-- The status document of a case; public words only.
create or replace function cases.canonical(c cases.head) returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('type', 'case_status',
		'message_number', c.number || '-' || c.version,
		'issue_date', core.today(), 'number', c.number,
		'partner_case_id', c.partner_case_id, 'case_type', c.case_type,
		'priority', c.priority, 'status', c.state,
		'response_due', cases.instant(c.response_due_at),
		'solution_due', cases.instant(c.solution_due_at),
		'resolution_code', c.resolution_code,
		'messages', (select jsonb_agg(jsonb_build_object(
				'sequence', n::text, 'at', cases.instant(at),
				'author_role', side, 'text', text) order by n)
			from (select row_number() over (order by m.id) as n,
				m.created_at as at, m.side, left(m.text, 4000) as text
				from cases.message m where m.case_id = c.id
				and m.visibility = 'public') x)))
$$;

-- Sends the state to the partner's system, where its agreement asks for it.
create or replace function cases.send_status(c cases.head) returns void
language plpgsql volatile as $$
begin
	perform exchange.send(c.partner_id, 'case_status', cases.canonical(c),
		core.now(), 'case', c.public_id);
end
$$;

-- The case that a document means, by either number; visible ones only.
create or replace function cases.find(doc jsonb) returns cases.head
language sql stable as $$
	select c from cases.head c where c.partner_id = core.me_partner()
	and case when doc ? 'number' then c.number = doc ->> 'number'
		else c.partner_case_id = doc ->> 'partner_case_id' end
$$;

create or replace function cases.outcome(effect text, c cases.head,
	findings jsonb default '[]')
returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('effect', effect,
		'findings', findings, 'object_type', case when c.id is not null
		then 'case' end, 'object_id', c.public_id, 'object_number', c.number))
$$;

-- The words of a document that are not in the case yet.
create or replace function cases.add_words(c cases.head, doc jsonb,
	document bigint)
returns void
language plpgsql volatile as $$
declare
	m jsonb;
begin
	for m in select x from jsonb_array_elements(doc -> 'messages') x
		where not exists (select from cases.message s
			where s.case_id = c.id and s.side = 'partner'
			and s.sequence = (x ->> 'sequence')::int)
		order by (x ->> 'sequence')::int
	loop
		perform cases.say(c, 'public', m ->> 'text', document,
			(m ->> 'sequence')::int);
	end loop;
end
$$;

-- A new case from a document: its facts under the names that cases.open knows.
create or replace function cases.open_document(doc jsonb, document bigint)
returns cases.head
language plpgsql volatile as $$
declare
	c cases.head;
begin
	c := cases.open(doc || jsonb_build_object(
		'serial', doc #>> '{product,serial}',
		'item', coalesce(doc #>> '{product,item,sellers_item_id}',
			doc #>> '{product,item,gtin}'),
		'order_line', cases.order_line(core.me_partner(),
			doc #>> '{order_line,order_number}',
			doc #>> '{order_line,line_id}')), document);
	perform cases.add_words(c, doc, document);
	return c;
end
$$;

-- An existing case goes on as a document says.
create or replace function cases.continue_document(c cases.head, doc jsonb,
	document bigint)
returns cases.head
language plpgsql volatile as $$
declare
	event constant text := case doc ->> 'action' when 'add_message'
		then 'reply' else doc ->> 'action' end;
	words constant text := coalesce(doc #>> '{messages,0,text}', '-');
begin
	if event <> 'reply' then
		c := cases.step(c, event, jsonb_build_object('text', words),
			by_rule => true);
		return c;
	end if;
	perform core.step('case', c.state, 'reply', true);
	perform cases.add_words(c, doc, document);
	perform core.fire('case', 'cases.head', c.id, 'reply', true);
	perform cases.run_clock(cases.lock(c.public_id), false);
	perform cases.announce(cases.lock(c.public_id), 'reply', c.state);
	return cases.lock(c.public_id);
end
$$;

-- A refusal of the rules as findings of the document: the rule is named after
-- the refusal's code, returns.line.over becomes business.returns_line_over.
create or replace function cases.refused(code text, detail text)
returns jsonb
language sql immutable as $$
	select jsonb_agg(orders.finding(replace(e ->> 'code', '.', '_'), 'error',
		coalesce(e ->> 'pointer', ''), e #>> '{args,found}', null,
		coalesce(e -> 'args', '{}')))
	from (select coalesce(nullif(detail, ''), '{}')::jsonb) x (d)
	cross join jsonb_array_elements(case
		when jsonb_array_length(d -> 'errors') > 0 then d -> 'errors'
		else jsonb_build_array(jsonb_build_object('code', code, 'args',
			d -> 'args')) end) e
$$;

-- A ServiceCase. Opening a case again under the same own number is a repeat
-- and has no effect.
create or replace function cases.handle(partner bigint, canonical jsonb,
	document bigint, dry boolean)
returns jsonb
language plpgsql volatile as $$
declare
	c cases.head := cases.find(canonical);
	said text;
begin
	if canonical ->> 'action' = 'open' and c.id is not null then
		return cases.outcome('duplicate', c, jsonb_build_array(
			orders.finding('case_twice', 'warning', '/partner_case_id',
			canonical ->> 'partner_case_id', null)));
	elsif canonical ->> 'action' <> 'open' and c.id is null then
		return cases.outcome('none', c, jsonb_build_array(orders.finding(
			'case_unknown', 'error', '/number', coalesce(
			canonical ->> 'number', canonical ->> 'partner_case_id'),
			null)));
	elsif dry then
		return cases.outcome(case when c.id is null then 'created'
			else 'applied' end, c);
	elsif c.id is null then
		return cases.outcome('created', cases.open_document(canonical, document));
	end if;
	return cases.outcome('applied', cases.continue_document(c, canonical,
		document));
exception when others then
	if sqlstate not like 'PT4%' then
		raise;
	end if;
	get stacked diagnostics said = pg_exception_detail;
	return cases.outcome('none', null, cases.refused(sqlerrm, said));
end
$$;

select exchange.handle_with('case', 'cases.handle');
