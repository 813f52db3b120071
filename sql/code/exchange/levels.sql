-- SPDX-License-Identifier: Apache-2.0
--
-- What a partner owes for a document that we sent, and until when: he fetches
-- it (transport), says that the envelope is readable (interchange), that the
-- message fits its guide (syntax), that it is applied or refused (business).
-- The agreement says which he sends (acks.expects) and within how many hours.
-- Answers to orders have due times of their own (response_hours).

-- Hours that an agreement leaves for a level.
create or replace function exchange.ack_hours(a exchange.agreement,
    level text)
returns int language sql immutable as $$
	select coalesce((a.acks ->> case level when 'interchange'
	        then 'syntax_hours' else level || '_hours' end)::int,
	    case when level in ('transport', 'business') then 24 else 4 end)
$$;

-- Does the partner send this kind of answer?
create or replace function exchange.expects(a exchange.agreement, kind text)
returns boolean language sql immutable as $$
	select coalesce(a.acks -> 'expects' ? kind, false)
$$;

-- The levels that a partner owes for a document of this type. An
-- acknowledgement is never acknowledged on its own level. ack_wanted asks for
-- a CONTRL by UNB 0031, but only for a TA1 by ISA14.
create or replace function exchange.owed(a exchange.agreement, type text)
returns text[] language sql immutable as $$
	select array['transport']
	    || case when exchange.expects(a, 'syntax')
	        or a.options -> 'ack_wanted' = 'true'
	        then array['interchange'] else '{}' end
	    || case when exchange.expects(a, 'syntax')
	        or a.options -> 'ack_wanted' = 'true' and a.answer_family <> 'x12'
	        then array['syntax'] else '{}' end
	    || case when exchange.expects(a, 'business') and type <> 'ack'
	        then array['business'] else '{}' end
$$;

-- From now on these are awaited; called when the document may be fetched.
create or replace function exchange.await(d exchange.document)
returns void language plpgsql as $$
declare
	a exchange.agreement;
begin
	select * into a from exchange.agreement x where x.id = d.agreement_id;
	insert into exchange.level (partner_id, document_id, level, due_at)
	select d.partner_id, d.id, l, core.now()
	    + make_interval(hours => exchange.ack_hours(a, l))
	from unnest(exchange.owed(a, d.type)) l
	on conflict on constraint level_document_key do nothing;
end
$$;

-- The partner has fetched it.
create or replace function exchange.fetched(document bigint)
returns void language plpgsql as $$
begin
	update exchange.level set state = 'accepted', came_at = core.now()
	where document_id = document and level = 'transport'
	and state = 'awaited';
end
$$;

-- A level came. answer is the document that brought it.
create or replace function exchange.came(d exchange.document, level text,
    verdict text, answer bigint)
returns void language plpgsql as $$
begin
	insert into exchange.level as x (partner_id, document_id, level, state,
	    came_at, answer_id)
	values (d.partner_id, d.id, came.level, verdict, core.now(), answer)
	on conflict on constraint level_document_key do update
	set state = excluded.state, came_at = excluded.came_at,
	    answer_id = excluded.answer_id;
end
$$;

-- Nothing more is awaited of a document that is refused or replaced.
create or replace function exchange.await_no_more(document bigint)
returns void language plpgsql as $$
begin
	update exchange.level set due_at = null
	where document_id = document and state = 'awaited';
end
$$;

-- How many documents of those that the caller sees lack something that should
-- have come.
create or replace function exchange.overdue_count(partner bigint
    default null)
returns bigint language plpgsql stable as $$
begin
	return (select count(distinct document_id) from exchange.level
	    where state = 'awaited' and due_at < core.now()
	    and (partner is null or partner_id = partner));
end
$$;

-- Tells the account manager, once a document, that something is overdue; a
-- scheduled job.
create or replace function exchange.overdue()
returns void language plpgsql as $$
declare
	d record;
begin
	for d in with late as (
			update exchange.level set told_at = core.now()
			where state = 'awaited' and due_at < core.now()
			and told_at is null
			returning document_id, level, due_at)
		select x.partner_id, x.public_id, x.number, x.type, x.reference,
		    array_agg(l.level) levels, min(l.due_at) due_at
		from late l join exchange.document x on x.id = l.document_id
		group by x.id order by x.id
	loop
		perform core.emit(d.partner_id, 'document.overdue', 'document',
		    d.public_id, d.number, jsonb_build_object('levels', d.levels,
		    'due_at', d.due_at, 'type', d.type, 'reference', d.reference),
		    null, d.public_id);
	end loop;
end
$$;
select core.schedule('documents_overdue', '5 minutes');
