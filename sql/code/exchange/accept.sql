-- SPDX-License-Identifier: Apache-2.0
--
-- What was read takes effect: message by message, in one transaction with the
-- findings and the acknowledgement. The reader's result and the answer are
-- described in docs/features/documents.md.

-- Says which function applies documents of a canonical type:
--   f(partner bigint, canonical jsonb, document bigint, dry boolean)
--   returns jsonb {"effect": "created|applied|duplicate|none", "findings":
--   [finding], "object_type", "object_id", "object_number"}
-- It raises nothing that a sender could cause; what it raises is undone and
-- becomes a finding.
create or replace function exchange.handle_with(type text, call text)
returns void language sql as $$
	insert into exchange.handler values (type, call)
	on conflict on constraint handler_pk do update set call = excluded.call
$$;
delete from exchange.handler;

-- Stores findings of a document or of one of its messages.
create or replace function exchange.add_findings(d exchange.document,
    message bigint, findings jsonb)
returns void language plpgsql as $$
begin
	if jsonb_array_length(findings) > 0 then
		insert into exchange.finding (partner_id, document_id, message_id,
		    rule, severity, content, found_at)
		select d.partner_id, d.id, message, f ->> 'rule',
		    coalesce(f ->> 'severity', 'error'), f, core.now()
		from jsonb_array_elements(findings) f;
	end if;
end
$$;

create or replace function exchange.has_errors(findings jsonb)
returns boolean language sql immutable as $$
	select jsonb_path_exists(findings, '$[*] ? (@.severity == "error")')
$$;

-- Whose word a document is, for the timeline.
create or replace function exchange.sender(d exchange.document)
returns jsonb language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return jsonb_build_object('p', d.partner_id, 'document', d.public_id,
	    'channel', case when exchange.is_sheet(d.family) then 'import'
	        else 'edi' end,
	    'portal', (select role from core.partner_role
	        where partner_id = d.partner_id order by role limit 1))
	    || coalesce((select jsonb_build_object('k', 'person', 'id', id,
	        'name', name) from core.person where id = d.person_id),
	    (select jsonb_build_object('k', 'client', 'id', id, 'name', name)
	        from core.client where id = d.client_id),
	    (select jsonb_build_object('name', name) from core.partner
	        where id = d.partner_id));
end
$$;

select core.definer('exchange.sender(exchange.document)',
    'names the person or machine that sent a document', 'worker');

-- Applies one message; what fails is undone alone.
create or replace function exchange.apply(d exchange.document, m jsonb,
    dry boolean)
returns jsonb language plpgsql as $$
declare
	f text;
	done jsonb;
begin
	-- an answer that says nothing of ours is only kept
	if m ->> 'type' in ('CONTRL', '997', '999', 'TA1')
	    and not m ? 'canonical' then
		return jsonb_build_object('effect', 'none', 'findings', '[]'::jsonb);
	end if;
	select call into f from exchange.handler
	where type = m #>> '{canonical,type}';
	if f is null then
		return jsonb_build_object('effect', 'none', 'findings',
		    jsonb_build_array(orders.finding('type_unsupported', 'error',
		    '', coalesce(m #>> '{canonical,type}', m ->> 'type'), null)));
	end if;
	for i in 1 .. 2 loop
		begin
			if dry and exchange.can_rehearse(m #>> '{canonical,type}') then
				return exchange.rehearse(f, d, m -> 'canonical');
			end if;
			perform core.acting_for(exchange.sender(d));
			execute format('select %s($1, $2, $3, $4)', f) into done
			using d.partner_id, m -> 'canonical', d.id, dry;
			perform core.acting_for(null);
			return done;
		exception
		when serialization_failure or deadlock_detected then
			raise;
		when unique_violation then
			continue when i = 1;
			done := exchange.failed(sqlstate, sqlerrm);
		when others then
			-- what the database lacks now it may have at the next try
			if left(sqlstate, 2) in ('53', '55', '57', '58') then
				raise;
			end if;
			return exchange.failed(sqlstate, sqlerrm);
		end;
	end loop;
	return done;
end
$$;

-- A message that could not be applied. The sender reads the code of a rule
-- that refused it; what the database says in its own words is for the log.
create or replace function exchange.failed(code text, said text)
returns jsonb language plpgsql as $$
begin
	if code not like 'PT%' then
		raise log 'message not applied: % %', code, said;
	end if;
	return jsonb_build_object('effect', 'none', 'findings',
	    jsonb_build_array(orders.finding('failed', 'error', '', code, null,
	    jsonb_build_object('reason', case when code like 'PT%'
	        then said end))));
end
$$;

-- The attempts that went before this one, keys of documents.
create or replace function exchange.attempts_before(d exchange.document)
returns bigint[] language plpgsql stable as $$
declare
	found bigint[] := '{}';
	parent bigint := d.parent_id;
begin
	while parent is not null loop
		found := found || parent;
		select x.parent_id into parent from exchange.document x
		where x.id = parent;
	end loop;
	return found;
end
$$;

-- What an earlier attempt made of a message, as this attempt's result; null
-- when it had no effect yet.
create or replace function exchange.done_before(d exchange.document,
    place int, message_ref text)
returns jsonb language plpgsql stable as $$
begin
	if d.parent_id is null then
		return null;
	end if;
	return (select jsonb_build_object('effect', 'duplicate', 'findings',
	        '[]'::jsonb, 'object_type', m.object_type,
	        'object_id', m.object_id, 'object_number', m.object_number)
	    from exchange.message m
	    where m.document_id = any (exchange.attempts_before(d))
	    and m.position = place and m.ref is not distinct from message_ref
	    and m.effect in ('created', 'applied')
	    order by m.id desc limit 1);
end
$$;

-- One message: applied where it may be, stored with its findings.
--   effect  what the interchange already says of all its messages, or null
-- Answers whether it had effect.
create or replace function exchange.accept_message(d exchange.document,
    interchange bigint, m jsonb, place int, effect text)
returns boolean language plpgsql as $$
declare
	made bigint;
	verdict text := coalesce(m ->> 'verdict', 'rejected');
	done jsonb := jsonb_build_object('effect', coalesce(effect, 'none'),
	    'findings', '[]'::jsonb);
begin
	if effect is null and verdict <> 'rejected' then
		if coalesce((m #>> '{canonical,test}')::boolean, d.test)
		    and m #>> '{canonical,type}' is distinct from 'ack' then
			done := jsonb_build_object('effect', 'none', 'findings',
			    jsonb_build_array(orders.finding('test', 'warning', '/test',
			    'true', null)));
		else
			done := coalesce(exchange.done_before(d, place, m ->> 'ref'),
			    exchange.apply(d, m, d.preview));
		end if;
	end if;
	insert into exchange.message (public_id, partner_id, document_id,
	    interchange_id, position, ref, type, message_type, release, guide,
	    byte_offset, byte_length, segments, verdict, effect, object_type,
	    object_id, object_number, canonical, locators, changes)
	values (core.uuid7(), d.partner_id, d.id, interchange, place,
	    m ->> 'ref', coalesce(m #>> '{canonical,type}',
	        case when m ->> 'type' in ('CONTRL', '997', '999', 'TA1')
	            then 'ack' end),
	    m ->> 'type', m ->> 'version',
	    m ->> 'guide', (m ->> 'offset')::bigint, (m ->> 'length')::bigint,
	    (m ->> 'segments')::int, case when exchange.has_errors(
	        done -> 'findings') then 'rejected' else verdict end,
	    case when d.preview then 'preview' else done ->> 'effect' end,
	    done ->> 'object_type', (done ->> 'object_id')::uuid,
	    done ->> 'object_number', m -> 'canonical', m -> 'locators',
	    case when d.preview then done -> 'changes' end)
	returning id into made;
	perform exchange.add_findings(d, made, coalesce(m -> 'findings', '[]')
	    || exchange.located(done -> 'findings', m -> 'locators'));
	return done ->> 'effect' in ('created', 'applied');
end
$$;

-- Of a sheet: the row that an entry's values came from, where the one value
-- meant is an empty cell.
create or replace function exchange.row_of(pointer text, locators jsonb)
returns jsonb language plpgsql immutable as $$
begin
	return (select jsonb_build_object('segment', l.value -> 'segment',
	    'offset', l.value -> 'offset', 'row', l.value -> 'segment')
	from jsonb_each(locators) l
	where l.key like substring(pointer from '^/lines/\d+/') || '%'
	  and l.value ? 'column'
	order by (l.value ->> 'segment')::int limit 1);
end
$$;

-- Business findings with the place in the bytes of what they point at, or of
-- the nearest place above it.
create or replace function exchange.located(findings jsonb, locators jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(coalesce((
	    select l.value from jsonb_each(locators) l
	    where f ->> 'pointer' = l.key or f ->> 'pointer' like l.key || '/%'
	        or l.key like (f ->> 'pointer') || '/%'
	    order by (f ->> 'pointer' = l.key) desc,
	        (l.key like (f ->> 'pointer') || '/%') desc, length(l.key) desc
	    limit 1), exchange.row_of(f ->> 'pointer', locators), '{}') || f),
	    '[]')
	from jsonb_array_elements(findings) f);
end
$$;

-- Has this interchange come before, other than as an earlier attempt at the
-- same document? A finding, or null. Another one of the
-- same key waits here until this one is committed.
create or replace function exchange.repeated(d exchange.document, key jsonb,
    digest bytea, options jsonb, out first exchange.interchange,
    out finding jsonb)
language plpgsql as $$
begin
	perform pg_advisory_xact_lock(hashtextextended(
	    d.partner_id || key::text, 11));
	select * into first from exchange.interchange i
	where i.partner_id = d.partner_id and i.blocks
	  and i.standard = key ->> 'standard' and i.sender = key ->> 'sender'
	  and i.receiver = key ->> 'receiver'
	  and i.control_ref = key ->> 'control_ref'
	  and i.document_id <> all (exchange.attempts_before(d))
	  and (not options ? 'reuse_after' or i.accepted_at > core.now()
	      - make_interval(days => (options ->> 'reuse_after')::int))
	order by i.id desc limit 1;
	if first.id is null then
		return;
	end if;
	finding := orders.finding(case when first.digest = digest
	        then 'interchange_repeated' else 'interchange_reused' end,
	    case when first.digest = digest then 'warning' else 'error' end,
	    '', key ->> 'control_ref', null, jsonb_build_object('document',
	    (select number from exchange.document where id = first.document_id)))
	    || case when first.digest = digest then '{}' else
	    '{"contrl": "26", "x12": {"ta1": "025"}}' end::jsonb;
end
$$;

-- Stores an interchange when it is met first: known or not, new or repeated.
-- What holds for all its messages is kept in content: effect, said (findings).
create or replace function exchange.open_interchange(d exchange.document,
    ix jsonb, place int)
returns exchange.interchange language plpgsql as $$
declare
	i exchange.interchange;
	a exchange.agreement := exchange.agreement_of(d, ix);
	key jsonb := exchange.interchange_key(d, ix);
	first exchange.interchange;
	seen record;
	said jsonb;
	effect text;
begin
	select * into i from exchange.interchange x
	where x.document_id = d.id and x.position = place;
	if i.id is not null then
		return i;
	elsif a.id is null and not exchange.is_sheet(d.family) then
		-- unless the reader has said so in its own words
		if not coalesce(jsonb_path_exists(ix -> 'findings',
		    '$[*] ? (@.rule starts with "agreement.")'), false) then
			said := orders.finding('agreement_unknown', 'error', '',
			    key ->> 'sender', null, jsonb_build_object('receiver',
			    key ->> 'receiver'));
		end if;
		effect := 'none';
	elsif ix ->> 'verdict' = 'rejected' then
		effect := 'none';
	elsif key ->> 'control_ref' <> ''
	    and not coalesce((ix ->> 'test')::boolean, d.test) then
		select * into seen from exchange.repeated(d, key,
		    exchange.digest_of(d, ix), a.options);
		first := seen.first;
		said := seen.finding;
		effect := case said ->> 'severity' when 'warning' then 'duplicate'
		    when 'error' then 'none' end;
	end if;
	insert into exchange.interchange (partner_id, document_id, position,
	    standard, sender, receiver, control_ref, digest, verdict, ack_kind,
	    content, accepted_at)
	values (d.partner_id, d.id, place, key ->> 'standard', key ->> 'sender',
	    key ->> 'receiver', key ->> 'control_ref',
	    exchange.digest_of(d, ix), case when a.id is not null
	        and said ->> 'severity' = 'error' then 'rejected'
	        else ix ->> 'verdict' end, exchange.ack_kind(d, a, effect),
	    (ix - 'messages' - 'findings') || jsonb_build_object('effect', effect,
	        'said', case when said is null then '[]'::jsonb
	        else jsonb_build_array(said) end), core.now())
	returning * into i;
	perform exchange.add_findings(d, null, coalesce(ix -> 'findings', '[]')
	    || (i.content -> 'said'));
	if effect = 'duplicate' and first.ack_document_id is not null
	    and not d.preview then
		perform exchange.repeat_ack(d.id, first.ack_document_id);
	end if;
	return i;
end
$$;

create or replace function exchange.agreement_of(d exchange.document,
    ix jsonb)
returns exchange.agreement language plpgsql stable as $$
declare
	a exchange.agreement;
begin
	select * into a from exchange.agreement x
	where x.partner_id = d.partner_id
	  and x.public_id = core.try_uuid(ix ->> 'agreement');
	if a.id is null and exchange.is_sheet(d.family) then
		a := exchange.terms(d.partner_id);
	end if;
	return a;
end
$$;

-- Applies the messages of an interchange that are not stored yet, at most so
-- many; says how many it applied and how many are left.
create or replace function exchange.accept_some(d exchange.document,
    i exchange.interchange, ix jsonb, most int, out applied int,
    out remain int)
language plpgsql as $$
declare
	stored int := (select count(*) from exchange.message
	    where interchange_id = i.id);
	used boolean := i.blocks;
	m jsonb;
	n int := stored;
begin
	for m in select e from jsonb_array_elements(ix -> 'messages')
		with ordinality t (e, ord)
		where ord > stored and ord <= stored + most order by ord
	loop
		used := exchange.accept_message(d, i.id, m,
		    i.position * 10000 + n, i.content ->> 'effect') or used;
		n := n + 1;
	end loop;
	if used and not i.blocks and not d.preview then
		update exchange.interchange set blocks = true where id = i.id;
	end if;
	applied := n - stored;
	remain := jsonb_array_length(coalesce(ix -> 'messages', '[]')) - n;
end
$$;

-- What is said about an interchange when all its messages are stored.
create or replace function exchange.interchange_answer(d exchange.document,
    ix jsonb, place int)
returns jsonb language plpgsql as $$
declare
	i exchange.interchange;
	a exchange.agreement := exchange.agreement_of(d, ix);
begin
	select * into strict i from exchange.interchange x
	where x.document_id = d.id and x.position = place;
	return jsonb_build_object('ack', i.ack_kind, 'ack_control_ref',
	    case when i.ack_kind <> 'none' then exchange.next_number(d.partner_id,
	        a.name, 'interchange')::text end,
	    'agreement', a.public_id, 'verdict', i.verdict,
	    'effect', i.content -> 'effect',
	    'reused', i.verdict = 'rejected'
	        and exchange.has_errors(i.content -> 'said'),
	    'findings', i.content -> 'said',
	    'messages', exchange.message_answers(i, ix));
end
$$;

-- {"ref", "verdict" (syntax), "applied", "wrong" (business), "findings" (those
-- added here)} of each message.
create or replace function exchange.message_answers(i exchange.interchange,
    ix jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_build_object('ref', m.ref,
	    'verdict', coalesce(e ->> 'verdict', 'rejected'),
	    'applied', m.effect in ('created', 'applied', 'duplicate'),
	    'wrong', m.verdict = 'rejected'
	        and coalesce(e ->> 'verdict', 'rejected') <> 'rejected',
	    'findings', f.list) order by m.position), '[]')
	from exchange.message m
	join jsonb_array_elements(ix -> 'messages') with ordinality t (e, ord)
	    on m.position = i.position * 10000 + ord - 1,
	lateral (select coalesce(jsonb_agg(x.content order by x.id), '[]') list
	    from exchange.finding x where x.message_id = m.id
	    and x.rule like 'business.%') f
	where m.interchange_id = i.id);
end
$$;

create or replace function exchange.ack_kind(d exchange.document,
    a exchange.agreement, effect text)
returns text language sql immutable as $$
	select case when d.preview or a.id is null or effect = 'duplicate'
	    or exchange.is_sheet(d.family)
	    then 'none' else coalesce(a.options ->> 'ack', case a.family
	    when 'edifact' then 'contrl' when 'x12' then '997' else 'none' end)
	    end
$$;

create or replace function exchange.digest_of(d exchange.document, ix jsonb)
returns bytea language sql immutable as $$
	select coalesce(decode(ix ->> 'sha256', 'hex'), d.sha256)
$$;

create or replace function exchange.interchange_key(d exchange.document,
    ix jsonb)
returns jsonb language sql stable as $$
	select jsonb_build_object('standard', coalesce(ix ->> 'standard',
	        ix ->> 'family', d.family),
	    'sender', concat_ws(':', ix #>> '{sender,qualifier}',
	        ix #>> '{sender,id}'),
	    'receiver', concat_ws(':', ix #>> '{receiver,qualifier}',
	        ix #>> '{receiver,id}'),
	    'control_ref', coalesce(ix ->> 'control_ref', ''))
$$;

-- A document's result takes effect: a hundred messages at most each time, so
-- that a long batch neither holds locks for minutes nor begins again when the
-- worker dies. The acknowledgement goes with the last.
--   document  key of a document in state received
--   result    what the reader found, the same each time
--   answer    {"more": true} when messages are left: commit and call again;
--             {"state", "interchanges": [{"ack": "contrl|997|999|none",
--             "ack_control_ref", "agreement", "verdict", "reused", "findings",
--             "messages": [{"ref", "verdict", "applied", "findings"}]}]};
--             {"state", "done": true} when it was accepted before
create or replace function exchange.accept(document bigint, result jsonb)
returns jsonb language plpgsql as $$
declare
	d exchange.document;
	ix jsonb;
	place int := 0;
	budget int := 100;
	n record;
	answers jsonb := '[]';
	state text;
begin
	select * into d from exchange.document x where x.id = document for update;
	if d.id is null or d.state <> 'received' then
		return jsonb_build_object('done', true, 'state', d.state);
	end if;
	d.family := coalesce(result ->> 'family', 'unknown');
	if exchange.is_sheet(d.family) then
		-- whoever says what comes of it asks what it is; a person sees first
		-- what a sheet would do
		d.preview := d.preview or (d.person_id is not null
		    and d.parent_id is null);
		update exchange.document x set family = d.family,
		    preview = d.preview where x.id = d.id;
	end if;
	d.test := coalesce((result #>> '{interchanges,0,test}')::boolean, false);
	for ix in select * from jsonb_array_elements(result -> 'interchanges') loop
		select * into n from exchange.accept_some(d,
		    exchange.open_interchange(d, ix, place), ix, budget);
		if n.remain > 0 then
			return '{"more": true}';
		end if;
		budget := budget - n.applied;
		place := place + 1;
	end loop;
	for place in 0 .. place - 1 loop
		answers := answers || exchange.interchange_answer(d,
		    result #> array['interchanges', place::text], place);
	end loop;
	perform exchange.add_findings(d, null,
	    coalesce(result -> 'findings', '[]'));
	state := exchange.state_of(d, answers);
	perform exchange.accepted(d, result, answers, state);
	return jsonb_build_object('state', state, 'interchanges', answers);
end
$$;

-- applied when every message was; quarantined when the house can help (an
-- unknown sender or business errors), or only a part was applied; rejected
-- when the sender has to.
create or replace function exchange.state_of(d exchange.document,
    answers jsonb)
returns text language sql immutable as $$
	select case when d.preview then 'preview'
	    -- rows that are wrong are for the partner, the others have counted
	    when exchange.is_sheet(d.family) then case when jsonb_path_exists(
	        answers, '$[*].messages[*] ? (@.applied == true)')
	        or not jsonb_path_exists(answers, '$[*].messages[*] ?
	        (@.wrong == true || @.verdict == "rejected")')
	        and jsonb_path_exists(answers, '$[*].messages[*]')
	        then 'applied' else 'rejected' end
	    when jsonb_path_exists(answers, '$[*] ? (@.agreement == null)')
	        then 'quarantined'
	    when jsonb_path_exists(answers, '$[*].messages[*] ?
	        (@.wrong == true)') then 'quarantined'
	    when not jsonb_path_exists(answers, '$[*].messages[*]')
	        or jsonb_path_exists(answers, '$[*] ? (@.verdict == "rejected")')
	        or not jsonb_path_exists(answers, '$[*].messages[*] ?
	            (@.verdict != "rejected")') then 'rejected'
	    when jsonb_path_exists(answers, '$[*].messages[*] ?
	        (@.verdict == "rejected")') then 'quarantined'
	    else 'applied' end
$$;

-- Writes down what the document turned out to be.
create or replace function exchange.accepted(d exchange.document,
    result jsonb, answers jsonb, outcome text)
returns void language plpgsql as $$
declare
	m record;
begin
	select count(*)::int as n, count(distinct type)::int as types,
	    min(type) as type, min(canonical ->> 'number') as reference,
	    min(guide) as guide
	into m from exchange.message where document_id = d.id;
	update exchange.document x set state = outcome, version = x.version + 1,
	    family = d.family, test = d.test, read_at = core.now(),
	    type = case when m.types > 1 then 'mixed'
	        else coalesce(m.type, 'unknown') end,
	    reference = m.reference || case when m.n > 1
	        then ' +' || m.n - 1 else '' end,
	    control_ref = result #>> '{interchanges,0,control_ref}',
	    guide = m.guide, agreement_id = (select a.id
	        from exchange.agreement a where a.public_id
	        = core.try_uuid(answers #>> '{0,agreement}')),
	    verdict = case outcome when 'rejected' then 'rejected'
	        when 'applied' then 'accepted' else 'accepted_with_errors' end,
	    finding_count = (select count(*) from exchange.finding f
	        where f.document_id = d.id)
	where x.id = d.id;
	perform core.emit(d.partner_id, 'document.' || outcome, 'document',
	    d.public_id, d.number, jsonb_strip_nulls(jsonb_build_object(
	    'type', m.type, 'reference', m.reference)), null, d.public_id);
	perform exchange.answer_messages(d);
end
$$;

-- Was the document the partner's, and is it still rejected? Then a mail about it
-- has a point.
create or replace function exchange.rejected_in(of_document uuid)
returns boolean language plpgsql stable as $$
begin
	return exists (select from exchange.document d
	    where d.public_id = of_document and d.direction = 'in'
	    and d.state = 'rejected');
end
$$;
select core.mails('document.rejected', 'now', 'exchange.rejected_in', null,
    'distributor_user', 'distributor_admin', 'supplier_user',
    'supplier_admin');
