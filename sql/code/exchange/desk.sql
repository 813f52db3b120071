-- SPDX-License-Identifier: Apache-2.0
--
-- What people do with a document that needs attention: look after it, read it
-- again to see what would happen, accept it as it is, correct it; and the same
-- for all that share a cause. Each is a new attempt; what came first stays as
-- it came.

-- Rules that a person may let a document break: what they say is wrong can be
-- true and the business be meant nevertheless.
create or replace function exchange.waivable(rule text)
returns boolean language sql immutable as $$
	select rule in ('business.seller_unknown', 'business.buyer_unknown',
	    'business.ship_to_unknown')
$$;

-- May it be accepted as it is: every error in it is one to be waived?
create or replace function exchange.acceptable(d exchange.document)
returns boolean language plpgsql stable as $$
begin
	return (select coalesce(bool_and(exchange.waivable(f.rule)), false)
	    from exchange.finding f where f.document_id = d.id
	    and f.severity = 'error');
end
$$;

-- Findings of an attempt: what a person has waived is a warning.
create or replace function exchange.waive(document bigint, findings jsonb)
returns jsonb language plpgsql stable as $$
declare
	rules text[] := (select d.waived from exchange.document d
	    where d.id = document);
begin
	if coalesce(rules, '{}') = '{}' then
		return findings;
	end if;
	return (select coalesce(jsonb_agg(case when f ->> 'rule' = any (rules)
	    then f || '{"severity": "warning"}' else f end order by n), '[]')
	from jsonb_array_elements(findings) with ordinality t (f, n));
end
$$;

-- Another attempt at a document's bytes, or at a corrected copy of them.
create or replace function exchange.again(d exchange.document,
    options jsonb default '{}', bytes bytea default null)
returns exchange.document language plpgsql as $$
declare
	made exchange.document;
begin
	if bytes is not null then
		d.sha256 := null;
		d.size := null;
	end if;
	made := exchange.receive(d.partner_id, bytes, options
	    || jsonb_build_object('media_type', d.media_type,
	    'filename', d.filename), d);
	return made;
end
$$;

-- Accepts as it is: read again, with the rules it breaks waived.
create or replace function exchange.accept_as_is(d exchange.document,
    note text)
returns exchange.document language plpgsql as $$
declare
	made exchange.document;
begin
	if not exchange.acceptable(d) then
		perform core.fail(409, 'documents.accept.never');
	end if;
	made := exchange.again(d);
	update exchange.document x set note = accept_as_is.note,
	    waived = array(select distinct f.rule from exchange.finding f
	        where f.document_id = d.id and f.severity = 'error')
	where x.id = made.id returning * into made;
	return made;
end
$$;

-- A document as text; null where it is none or too long to be worked on here.
create or replace function exchange.editable(d exchange.document)
returns text language plpgsql stable as $$
begin
	if coalesce(d.size, 65537) > 65536 then
		return null;
	end if;
	return exchange.as_text(exchange.bytes_of(d.id));
end
$$;

-- UTF-8 where the bytes are, else ISO 8859-1; null for what is no text.
create or replace function exchange.as_text(bytes bytea)
returns text language plpgsql immutable as $$
begin
	if bytes is null or position('\x00'::bytea in bytes) > 0 then
		return null;
	end if;
	return convert_from(bytes, 'UTF8');
exception when character_not_in_repertoire or untranslatable_character then
	return convert_from(bytes, 'LATIN1');
end
$$;

-- Text back to bytes, in the encoding and with the line ends of the original.
create or replace function exchange.as_bytes(body text, like_bytes bytea)
returns bytea language plpgsql immutable as $$
begin
	if position('\x0d'::bytea in like_bytes) = 0 then
		body := replace(body, E'\r\n', E'\n');
	end if;
	if convert_to(exchange.as_text(like_bytes), 'UTF8') = like_bytes then
		return convert_to(body, 'UTF8');
	end if;
	return convert_to(body, 'LATIN1');
exception when untranslatable_character then
	return convert_to(body, 'UTF8');
end
$$;

-- A corrected copy, which is read in place of the original.
create or replace function exchange.correct(d exchange.document, body text,
    note text)
returns exchange.document language plpgsql as $$
declare
	was bytea := exchange.bytes_of(d.id);
	is_now bytea;
	made exchange.document;
begin
	if exchange.editable(d) is null then
		perform core.fail(409, 'documents.correct.never');
	end if;
	is_now := exchange.as_bytes(coalesce(body, ''), was);
	if is_now = was or is_now = '' then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/text',
		    'documents.correct.same')));
	end if;
	made := exchange.again(d, '{}', is_now);
	update exchange.document x set note = correct.note
	where x.id = made.id returning * into made;
	return made;
end
$$;

-- The segments (lines of XML) of a document's text, with what ends them.
create or replace function exchange.segments_of(d exchange.document)
returns text[] language plpgsql stable as $$
declare
	body text := exchange.editable(d);
	cut text := exchange.segment_end(body, d.family);
begin
	return regexp_split_to_array(body, case when cut ~ '[[:alnum:]]'
	    then cut else '\' || cut end);
end
$$;

-- What ends a segment in this text.
create or replace function exchange.segment_end(body text, family text)
returns text language sql immutable as $$
	select case when family = 'x12' and body ~ '^ISA.{103}'
	        then substr(body, 106, 1)
	    when family = 'edifact' and body ~ '^UNA.{6}' then substr(body, 9, 1)
	    when family = 'edifact' then ''''
	    when family = 'x12' then '~' else E'\n' end
$$;

-- What a corrected copy changed, who did it and why; null when it is none.
--   result  {"from": 14, "removed": ["QTY+12:150"], "added": ["QTY+12:120"],
--            "by": "…", "note": "…", "at": ts}
create or replace function exchange.changes_json(d exchange.document)
returns json language plpgsql stable as $$
declare
	first exchange.document;
	a text[];
	b text[];
	head int := 0;
	tail int := 0;
begin
	select * into first from exchange.document x where x.id = d.parent_id;
	if first.sha256 is null or first.sha256 = d.sha256
	    or d.direction = 'out' then
		return null;
	end if;
	a := exchange.segments_of(first);
	b := exchange.segments_of(d);
	while head < least(cardinality(a), cardinality(b))
	    and a[head + 1] = b[head + 1] loop
		head := head + 1;
	end loop;
	while tail < least(cardinality(a), cardinality(b)) - head
	    and a[cardinality(a) - tail] = b[cardinality(b) - tail] loop
		tail := tail + 1;
	end loop;
	return json_build_object('from', head + case
	    when exchange.editable(d) ~ '^UNA' then 0 else 1 end,
	    'removed', a[head + 1:cardinality(a) - tail],
	    'added', b[head + 1:cardinality(b) - tail],
	    'by', core.person_name(d.person_id), 'note', d.note,
	    'at', d.received_at);
end
$$;

-- Somebody at the desk looks after it: the caller, or nobody any more.
create or replace function exchange.assign(d exchange.document,
    to_me boolean)
returns void language plpgsql as $$
begin
	perform core.step('document', d.state, 'assign');
	update exchange.document x set version = x.version + 1,
	    assignee_id = case when to_me then core.me_person() end
	where x.id = d.id;
	perform core.emit(d.partner_id, 'document.assigned', 'document',
	    d.public_id, d.number, json_strip_nulls(json_build_object('to',
	    case when to_me then core.person_name(core.me_person()) end))::jsonb,
	    null, d.public_id, true);
end
$$;

-- Why documents need attention, the commonest first.
--   result  [{"rule": "business.item_unknown", "count": 3}]
create or replace function exchange.causes(who bigint)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(c), '[]') from (
	    select f.rule, count(distinct d.id) as count
	    from exchange.document d
	    join exchange.finding f on f.document_id = d.id
	        and f.severity = 'error'
	    where d.state in ('quarantined', 'rejected') and d.direction = 'in'
	    and (who is null or d.partner_id = who)
	    group by f.rule order by 2 desc, 1 limit 10) c);
end
$$;

-- Documents that need attention for one cause.
create or replace function exchange.of_cause(rule text, who bigint, most int)
returns setof exchange.document language plpgsql stable as $$
begin
	return query select d.* from exchange.document d
	where d.state in ('quarantined', 'rejected') and d.direction = 'in'
	and (who is null or d.partner_id = who)
	and exists (select from exchange.finding f where f.document_id = d.id
	    and f.severity = 'error' and f.rule = of_cause.rule)
	order by d.id limit most;
end
$$;

-- Reads all documents again that share a cause, 200 at most at a time; those
-- that somebody else has taken a step with meanwhile are left to him.
--   input   rule line, partner uuid?
--   result  202 {"count": 3}
create or replace function api.documents_replay(input jsonb)
returns core.answer language plpgsql as $$
declare
	d exchange.document;
	n int := 0;
begin
	for d in select * from exchange.of_cause(input ->> 'rule',
		orders.partner_key(input), 200)
	loop
		select * into d from exchange.document x where x.id = d.id for update;
		continue when d.state not in ('quarantined', 'rejected');
		perform exchange.step(d, 'replay');
		perform exchange.again(d);
		n := n + 1;
	end loop;
	if n = 0 then
		perform core.fail(409, 'documents.replay.none');
	end if;
	return core.accepted('/documents', json_build_object('count', n));
end
$$;
select core.operation('documents_replay', permission => 'documents.replay',
    writes => true, input => '{"rule": "line", "partner": "uuid?"}');
