-- SPDX-License-Identifier: Apache-2.0
--
-- Acknowledgements that come: matched to what we sent, whose levels and state
-- follow. What a canonical ack holds is described in docs/features/documents.md.

-- References of X12 are padded with zeros, ours are not.
create or replace function exchange.same_ref(ours text, theirs text)
returns boolean language sql immutable as $$
	select theirs is null or ours = theirs
	    or ltrim(ours, '0') = ltrim(theirs, '0')
$$;

-- The agreement that an incoming document was read by, by name; known before
-- the document itself says so.
create or replace function exchange.read_by(document bigint, control_ref text)
returns text language plpgsql stable as $$
begin
	return (select a.name from exchange.interchange i
	    join exchange.agreement a on a.public_id
	        = core.try_uuid(i.content ->> 'agreement')
	    where i.document_id = document
	    order by (i.control_ref = read_by.control_ref) desc, i.id desc
	    limit 1);
end
$$;

-- The document, among those that were ready, that an acknowledgement means: by
-- control reference or group, else by its own number (for which some repeat the
-- control reference), else by the number of the order; of the same agreement
-- before others, the latest before earlier ones. Each question names the
-- direction, or the partial indexes of what was sent would not serve it.
create or replace function exchange.sent(partner bigint, canonical jsonb,
    agreement text)
returns exchange.document language plpgsql stable as $$
declare
	o jsonb := coalesce(canonical -> 'of', '{}');
	ref text := coalesce(o ->> 'control_ref', o ->> 'group');
	d exchange.document;
begin
	if ref is not null then
		select x.* into d from exchange.document x
		left join exchange.agreement a on a.id = x.agreement_id
		where x.partner_id = partner and x.direction = 'out'
		and x.ready_at is not null
		and x.control_ref in (ref, ltrim(ref, '0'))
		and x.family = coalesce(o ->> 'standard', x.family)
		and exchange.same_ref(x.control ->> 'group', o ->> 'group')
		    is not false
		and exchange.same_ref(x.control ->> 'message', o ->> 'message_ref')
		    is not false
		order by (a.name = agreement) desc nulls last, x.id desc limit 1;
	end if;
	if d.id is null and o ->> 'number' is not null then
		select x.* into d from exchange.document x
		where x.partner_id = partner and x.direction = 'out'
		and x.ready_at is not null
		and x.canonical ->> 'number' = o ->> 'number'
		order by (x.type = o ->> 'type') desc nulls last, x.id desc limit 1;
	end if;
	if d.id is null and ref is null and o ->> 'number' is not null then
		select x.* into d from exchange.document x
		where x.partner_id = partner and x.direction = 'out'
		and x.ready_at is not null
		and x.control_ref = o ->> 'number' and x.control is not null
		order by x.id desc limit 1;
	end if;
	if d.id is null and ref is null and o ->> 'number' is null then
		select x.* into d from exchange.document x
		where x.partner_id = partner and x.direction = 'out'
		and x.ready_at is not null
		and x.reference = sent.canonical ->> 'order_number'
		and x.type <> 'ack'
		order by x.id desc limit 1;
	end if;
	return d;
end
$$;

-- A code at its place: {"position", "tag", "element", "component", "found",
-- "contrl" | "x12": {place: code}}. Elements of CONTRL count the tag as 1.
create or replace function exchange.coded(standard text, place text,
    code text, f jsonb, e jsonb default '{}')
returns jsonb language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('position', f -> 'position',
	    'tag', f -> 'tag', 'element', case when standard = 'x12'
	        then e -> 'element' else to_jsonb(nullif(core.try_decimal(
	        e ->> 'element') - 1, 0)::text) end,
	    'component', e -> 'component', 'found', e -> 'value')
	    || case when standard = 'x12' then jsonb_build_object('x12',
	        jsonb_build_object(place, code))
	        else jsonb_build_object('contrl', code) end)
$$;

-- What is wrong with segments and elements, one finding each.
create or replace function exchange.coded_list(standard text, list jsonb)
returns jsonb language sql stable as $$
	select coalesce(jsonb_agg(x.f order by t.n, x.n), '[]')
	from jsonb_array_elements(list) with ordinality t (e, n),
	lateral (select 0 as n, exchange.coded(standard, 'segment',
	        e ->> 'code', e) as f
	        where coalesce(jsonb_array_length(e -> 'elements'), 0) = 0
	    union all select i, exchange.coded(standard, 'element',
	        l ->> 'code', e, l)
	    from jsonb_array_elements(e -> 'elements')
	        with ordinality u (l, i)) x
$$;

-- The codes of an envelope, a group or a message as a whole. AK502 5 only says
-- that segments are in error.
create or replace function exchange.coded_whole(standard text, place text,
    o jsonb)
returns jsonb language sql stable as $$
	select coalesce(jsonb_agg(exchange.coded(standard, place, c, o, o)), '[]')
	from (select o ->> 'code' as c union all
	    select jsonb_array_elements_text(o -> 'codes')) x
	where c is not null and not (place = 'set' and c = '5')
$$;

-- What an acknowledgement says of that document, of its one message where it
-- names messages one by one; those that it does not name share the verdict on
-- the whole. {"level", "verdict", "findings"}. A CONTRL that accepts without
-- naming messages accepts them; "received" says no more than that the envelope
-- is readable.
create or replace function exchange.said_of(d exchange.document,
    canonical jsonb)
returns jsonb language plpgsql stable as $$
declare
	standard text := coalesce(canonical #>> '{of,standard}', d.family);
	level text := canonical ->> 'level';
	verdict text := canonical ->> 'verdict';
	m jsonb;
begin
	if level = 'business' then
		return jsonb_build_object('level', level, 'verdict', verdict,
		    'findings', coalesce(canonical -> 'findings', '[]'));
	end if;
	select e into m from (select jsonb_array_elements(coalesce(
	        canonical -> 'messages', '[]') || jsonb_path_query_array(canonical,
	        '$.groups[*].messages[*]')) e) x
	where exchange.same_ref(d.control ->> 'message', e ->> 'message_ref')
	order by e ->> 'verdict' = 'rejected' desc limit 1;
	level := case when m is not null then 'syntax'
	    when verdict = 'received' then 'interchange'
	    when level = 'interchange' and verdict = 'accepted'
	        and standard = 'edifact' then 'syntax'
	    when verdict = 'rejected' and standard = 'edifact' then 'interchange'
	    else level end;
	return jsonb_build_object('level', level,
	    'verdict', case coalesce(m ->> 'verdict', verdict)
	        when 'received' then 'accepted' when 'partly' then 'accepted'
	        else coalesce(m ->> 'verdict', verdict) end,
	    'findings', exchange.coded_whole(standard, case level
	        when 'interchange' then 'ta1' else 'group' end, canonical)
	        || exchange.coded_whole(standard, 'set', coalesce(m, '{}'))
	        || exchange.coded_list(standard, coalesce(m -> 'findings', '[]')));
end
$$;

-- The cause behind a code of CONTRL 0085.
create or replace function exchange.cause_contrl(code text)
returns text language sql immutable as $$
	select case
	    when code = '13' then 'missing' when code = '12' then 'value'
	    when code in ('14', '15') then 'unsupported'
	    when code in ('16', '30', '31', '32', '33', '34', '35', '36')
	        then 'structure'
	    when code = '29' then 'count' when code = '28' then 'reference'
	    when code in ('19', '20', '21', '22', '37', '38') then 'characters'
	    when code in ('39', '40') then 'length'
	    when code = '26' then 'duplicate' when code = '25' then 'test'
	    when code in ('7', '17', '23', '43') then 'party'
	    when code = '2' then 'version' else 'unspecified' end
$$;

-- The cause behind codes of TA1, AK3 (segment), AK4 (element), AK5 (set) and
-- AK9 (group).
create or replace function exchange.cause_x12(c jsonb)
returns text language sql immutable as $$
	select case
	    when c ->> 'element' in ('1', '2') then 'missing'
	    when c ->> 'element' in ('7', '8', '9') then 'value'
	    when c ->> 'element' in ('4', '5') then 'length'
	    when c ->> 'element' = '6' then 'characters'
	    when c ? 'element' then 'structure'
	    when c ->> 'segment' = '3' then 'missing'
	    when c ->> 'segment' = '8' then 'value'
	    when c ? 'segment' then 'structure'
	    when c ->> 'set' in ('1', '6') then 'unsupported'
	    when c ->> 'set' in ('3', '7', '23') then 'reference'
	    when c ->> 'set' = '4' then 'count'
	    when c ->> 'set' = '2' then 'structure'
	    when c ->> 'group' in ('1', '2') then 'version'
	    when c ->> 'group' in ('4', '6', '19') then 'reference'
	    when c ->> 'group' = '5' then 'count'
	    when c ->> 'group' = '3' then 'structure'
	    when c ->> 'ta1' in ('005', '006', '007', '008', '009') then 'party'
	    when c ->> 'ta1' in ('002', '003', '017') then 'version'
	    when c ->> 'ta1' in ('001', '018') then 'reference'
	    when c ->> 'ta1' = '025' then 'duplicate'
	    when c ->> 'ta1' = '020' then 'test'
	    when c ->> 'ta1' = '021' then 'count'
	    when c ->> 'ta1' in ('004', '022', '023', '026', '027')
	        then 'structure'
	    when c ->> 'ta1' in ('014', '015') then 'value'
	    else 'unspecified' end
$$;

-- A finding of the partner about our document, in our words: rule theirs.*,
-- at the segment of our bytes that he names.
create or replace function exchange.theirs(d exchange.document, level text,
    verdict text, f jsonb)
returns jsonb language sql immutable as $$
	select jsonb_strip_nulls(jsonb_build_object('rule', 'theirs.' || case
	        when level = 'business' then 'business'
	        when f ? 'x12' then exchange.cause_x12(f -> 'x12')
	        else exchange.cause_contrl(f ->> 'contrl') end,
	    'severity', case verdict when 'rejected' then 'error'
	        else 'warning' end,
	    'segment', case when level <> 'business' then core.try_decimal(
	        f ->> 'position') + case d.family when 'edifact' then 1
	        when 'x12' then 2 end end,
	    'position', core.try_decimal(f ->> 'position'), 'tag', f -> 'tag',
	    'element', core.try_decimal(f ->> 'element'),
	    'component', core.try_decimal(f ->> 'component'),
	    'found', coalesce(f -> 'found', f -> 'value'),
	    'contrl', f -> 'contrl', 'x12', f -> 'x12',
	    'args', jsonb_strip_nulls(jsonb_build_object('level', level,
	        'code', coalesce(f -> 'code', f -> 'contrl', (select to_jsonb(v)
	        from jsonb_each_text(f -> 'x12') x (k, v) limit 1)),
	        'text', coalesce(f -> 'text', f -> 'title'),
	        'line', f -> 'line_id'))))
$$;

-- The event that a verdict makes happen to a document in this state; null for
-- none. A document is acknowledged when nothing but its fetching is awaited.
create or replace function exchange.ack_event(d exchange.document,
    level text, verdict text)
returns text language plpgsql stable as $$
begin
	if verdict = 'rejected' then
		return case when d.state in ('ready', 'collected', 'acknowledged')
		    then 'refuse' end;
	elsif d.state not in ('ready', 'collected', 'rejected')
	    or level = 'interchange' or exists (select from exchange.level x
	        where x.document_id = d.id and x.level <> 'transport'
	        and x.state in ('awaited', 'rejected')) then
		return null;
	end if;
	return 'acknowledge';
end
$$;

-- The document becomes acknowledged, accepted with errors or rejected.
create or replace function exchange.settle(d exchange.document,
    said jsonb, answer bigint)
returns void language plpgsql as $$
declare
	level text := said ->> 'level';
	verdict text := said ->> 'verdict';
	event text := exchange.ack_event(d, level, verdict);
	becomes text := case event when 'refuse' then 'rejected'
	    when 'acknowledge' then 'acknowledged' else d.state end;
begin
	perform set_config('kontor.step', coalesce(event, ''), true);
	update exchange.document x set state = becomes,
	    version = x.version + 1,
	    verdict = case when x.verdict <> 'accepted'
	        and said ->> 'verdict' = 'accepted'
	        and becomes <> 'acknowledged' then x.verdict
	        else said ->> 'verdict' end,
	    acknowledged_at = case event when 'acknowledge' then core.now()
	        else x.acknowledged_at end,
	    finding_count = (select count(*) from exchange.finding f
	        where f.document_id = x.id)
	where x.id = d.id;
	perform set_config('kontor.step', '', true);
	perform core.emit(d.partner_id, case event
	    when 'refuse' then 'document.rejected'
	    when 'acknowledge' then 'document.acknowledged'
	    else 'document.level' end, 'document', d.public_id, d.number,
	    jsonb_build_object('level', level, 'verdict', verdict), null,
	    exchange.document_uuid(answer));
end
$$;

-- What was said is written down.
create or replace function exchange.take_ack(d exchange.document,
    said jsonb, answer bigint)
returns void language plpgsql as $$
declare
	level text := said ->> 'level';
	verdict text := said ->> 'verdict';
	findings jsonb := said -> 'findings';
begin
	if verdict <> 'accepted' and findings = '[]' then
		findings := '[{}]';
	end if;
	if verdict <> 'accepted' then
		perform exchange.add_findings(d, null, (select jsonb_agg(
		    exchange.theirs(d, level, verdict, f))
		    from jsonb_array_elements(findings) f));
	end if;
	perform exchange.fetched(d.id);
	perform exchange.came(d, level, verdict, answer);
	if level = 'syntax' then
		perform exchange.came(d, 'interchange', 'accepted', answer);
	end if;
	perform exchange.settle(d, said, answer);
	if verdict = 'rejected' then
		perform exchange.await_no_more(d.id);
	end if;
end
$$;

create or replace function exchange.ack_outcome(effect text,
    d exchange.document, findings jsonb default '[]')
returns jsonb language sql immutable as $$
	select jsonb_strip_nulls(jsonb_build_object('effect', effect,
	    'findings', findings, 'object_type', case when d.id is not null
	    then 'document' end, 'object_id', d.public_id,
	    'object_number', d.number))
$$;

-- An acknowledgement of any level and family. A repeated one is harmless; one
-- that fits nothing is kept with the reason.
create or replace function exchange.take_one_ack(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	d exchange.document := exchange.sent(partner, canonical,
	    exchange.read_by(document, canonical ->> 'control_ref'));
	said jsonb;
begin
	if canonical #>> '{of,group_code}' = 'FA' then
		return exchange.ack_outcome('none', null, jsonb_build_array(
		    orders.finding('ack_of_ack', 'warning', '/of',
		    canonical #>> '{of,group}', null)));
	elsif d.id is null then
		return exchange.ack_outcome('none', d, jsonb_build_array(
		    orders.finding('ack_unknown', 'error', '/of', coalesce(
		    canonical #>> '{of,control_ref}', canonical #>> '{of,group}',
		    canonical #>> '{of,number}', canonical ->> 'order_number'),
		    null)));
	end if;
	select * into d from exchange.document x where x.id = d.id for update;
	said := exchange.said_of(d, canonical);
	if (canonical ->> 'test')::boolean and not d.test then
		return exchange.ack_outcome('none', d, jsonb_build_array(
		    orders.finding('test', 'warning', '/test', 'true', null)));
	elsif d.type = 'ack' and (d.canonical is null
	    or said ->> 'level' = 'business') then
		return exchange.ack_outcome('none', d, jsonb_build_array(
		    orders.finding('ack_of_ack', 'warning', '/of', d.number, null)));
	elsif coalesce(said ->> 'verdict', '') not in ('accepted',
	    'accepted_with_errors', 'rejected') then
		return exchange.ack_outcome('none', d, jsonb_build_array(
		    orders.finding('ack_verdict', 'error', '/verdict',
		    said ->> 'verdict', null)));
	elsif exists (select from exchange.level x where x.document_id = d.id
	    and x.level = said ->> 'level' and x.state = said ->> 'verdict') then
		return exchange.ack_outcome('duplicate', d, jsonb_build_array(
		    orders.finding('ack_repeated', 'warning', '/of', d.number,
		    null)));
	elsif not dry then
		perform exchange.take_ack(d, said, document);
	end if;
	return exchange.ack_outcome('applied', d);
end
$$;

-- Several documents judged by one message: each like an answer of its own.
create or replace function exchange.handle_ack(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	outcome jsonb := exchange.take_one_ack(partner, canonical - 'further',
	    document, dry);
	frame jsonb := canonical - array['further', 'verdict', 'of', 'order_number',
	    'order_date', 'refs', 'findings'];
	findings jsonb := outcome -> 'findings';
	one jsonb;
	part jsonb;
begin
	for one in select value
	    from jsonb_array_elements(coalesce(canonical -> 'further', '[]'))
	loop
		part := exchange.take_one_ack(partner, frame || one, document, dry);
		findings := findings || (part -> 'findings');
		if outcome ->> 'effect' <> 'applied' then
			outcome := part;
		end if;
	end loop;
	return outcome || jsonb_build_object('findings', findings);
end
$$;

select exchange.handle_with('ack', 'exchange.handle_ack');
