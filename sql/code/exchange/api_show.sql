-- SPDX-License-Identifier: Apache-2.0
--
-- One document: what happened, what to do, where.

-- The steps that the caller may take with a document now.
create or replace function exchange.document_actions(d exchange.document)
returns text[] language plpgsql stable as $$
declare
	m jsonb := core.me();
begin
	return array(select t.event from core.transition t
	    where t.machine = 'document' and t.state = d.state
	    and core.identity_may(m, t.permission)
	    and case t.event when 'accept' then exchange.acceptable(d)
	        when 'correct' then d.direction = 'in'
	            and exchange.editable(d) is not null
	        when 'try' then d.direction = 'in' else true end
	    order by t.position);
end
$$;

-- Takes a step of the document machine; refuses what is not possible now.
create or replace function exchange.step(d exchange.document, event text)
returns void language plpgsql as $$
declare
	becomes text := core.step('document', d.state, event);
begin
	perform set_config('kontor.step', event, true);
	update exchange.document x set state = becomes, version = x.version + 1,
	    collected_at = case when event = 'collect' then core.now()
	        else x.collected_at end
	where x.id = d.id;
	perform set_config('kontor.step', '', true);
	if event = 'collect' then
		perform exchange.fetched(d.id);
	end if;
	perform core.emit(d.partner_id, 'document.' || becomes, 'document',
	    d.public_id, d.number, '{}', null, d.public_id);
end
$$;

-- A finding as answers show it.
create or replace function exchange.finding_json(f exchange.finding,
    ref text)
returns json language sql stable as $$
	select json_build_object('rule', f.rule, 'severity', f.severity,
	    'message', ref, 'segment', f.content -> 'segment',
	    'position', f.content -> 'position', 'tag', f.content ->> 'tag',
	    'element', f.content -> 'element',
	    'component', f.content -> 'component',
	    'offset', f.content -> 'offset', 'xpath', f.content ->> 'xpath',
	    'pointer', f.content ->> 'pointer', 'found', f.content ->> 'found',
	    'expected', f.content ->> 'expected',
	    'args', coalesce(f.content -> 'args', '{}')
	        || jsonb_strip_nulls(jsonb_build_object(
	        'column', f.content -> 'column', 'row', f.content -> 'row')),
	    'repair', f.content ->> 'repair', 'contrl', f.content ->> 'contrl',
	    'x12', f.content -> 'x12')
$$;

create or replace function exchange.findings_json(d exchange.document,
    message bigint default null)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(exchange.finding_json(f, m.ref)
	    order by f.severity, (f.content ->> 'offset')::bigint nulls last,
	    f.id), '[]')
	from exchange.finding f
	left join exchange.message m on m.id = f.message_id
	where f.document_id = d.id
	and (message is null or f.message_id = message));
end
$$;

create or replace function exchange.messages_json(d exchange.document)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('id', m.public_id,
	    'ref', m.ref, 'type', m.type, 'message_type', m.message_type,
	    'version', m.release, 'guide', m.guide, 'verdict', m.verdict,
	    'effect', m.effect, 'object', case when m.object_id is not null then
	        json_build_object('type', m.object_type, 'id', m.object_id,
	        'number', m.object_number) end,
	    'offset', m.byte_offset, 'length', m.byte_length,
	    'segments', m.segments, 'canonical', m.canonical,
	    'locators', m.locators,
	    'lines', jsonb_array_length(case jsonb_typeof(m.canonical -> 'lines')
	        when 'array' then m.canonical -> 'lines' else '[]' end),
	    'findings', exchange.findings_json(d, m.id)) order by m.position),
	    '[]')
	from (select * from exchange.message x where x.document_id = d.id
	    order by x.position limit 200) m);
end
$$;

-- Where in the bytes a value stands: the offsets of what a pointer into the
-- canonical document names, or else of the nearest place above it.
--   about  the object whose message is meant, where a document has several
--   said   the value, to tell it from others beneath the pointer: the last of
--          several dates
create or replace function exchange.cited(d exchange.document, pointer text,
    about uuid default null, said text default null)
returns bigint[] language plpgsql stable as $$
declare
	places bigint[];
	exact bigint[];
begin
	while coalesce(pointer, '') <> '' loop
		select array_agg(t.at order by t.at), array_agg(t.at order by t.at)
		    filter (where t.value = said) into places, exact
		from (select (l.value ->> 'offset')::bigint as at, m.canonical
		        #>> string_to_array(substr(l.key, 2), '/') as value
		    from exchange.message m, jsonb_each(m.locators) l
		    where m.document_id = d.id
		    and (about is null or m.object_id = about)
		    and (l.key = pointer or l.key like pointer || '/%')) t;
		places := coalesce(exact, places);
		exit when places <> '{}';
		pointer := regexp_replace(pointer, '/[^/]*$', '');
	end loop;
	return coalesce(places, '{}');
end
$$;

-- Where the text that is shown begins, so that what is cited is in it: at the
-- start, at the message that holds it, or a little before it.
create or replace function exchange.raw_from(d exchange.document,
    place bigint)
returns bigint language plpgsql stable as $$
declare
	m exchange.message;
	head bytea;
begin
	if coalesce(place, 0) < 61440 then
		return 0;
	end if;
	select * into m from exchange.message x
	where x.document_id = d.id and x.byte_offset <= place
	order by x.byte_offset desc limit 1;
	if place - m.byte_offset < 61440 then
		return m.byte_offset;
	end if;
	head := substr(exchange.bytes_of(d.id), place::int - 4095, 4096);
	return place - 4096 + coalesce(nullif(position(convert_to(
	    exchange.segment_end(exchange.as_text(substr(exchange.bytes_of(d.id),
	    1, 200)), d.family), 'UTF8') in head), 0), 4096);
end
$$;

-- The bytes that are shown: 64 KiB at most, no character cut in two.
create or replace function exchange.raw_bytes(d exchange.document,
    start bigint)
returns bytea language plpgsql stable as $$
declare
	raw bytea := substr(exchange.bytes_of(d.id), start::int + 1, 65536);
	n int := length(raw);
begin
	if d.size <= start + n then
		return raw;
	end if;
	while n > length(raw) - 4 and get_byte(raw, n - 1) >= 128 loop
		n := n - 1;
	end loop;
	return substr(raw, 1, n);
end
$$;

-- A text cut into its segments, each with what ends it. In EDIFACT what is
-- released by a question mark ends none. XML is cut into lines, or into
-- elements where somebody wrote it without any.
create or replace function exchange.split(body text, cut text, family text)
returns table (n bigint, seg text) language plpgsql immutable as $$
#variable_conflict use_column
declare
	-- characters for private use, which stand in no document
	ends constant text := U&'\E000';
	marked text;
begin
	if family = 'edifact' then
		marked := replace(replace(replace(replace(replace(body,
		    '??', U&'\E001'), '?' || cut, U&'\E002'), cut, cut || ends),
		    U&'\E002', '?' || cut), U&'\E001', '??');
	else
		marked := replace(body, cut, cut || ends);
	end if;
	if family not in ('edifact', 'x12') and length(body) > 400
	    * (1 + length(marked) - length(body)) then
		marked := replace(marked, '><', '>' || ends || '<');
	end if;
	return query select t.n, t.seg
	from regexp_split_to_table(marked, ends) with ordinality t (seg, n)
	where t.seg <> '';
end
$$;

-- How many segments stand before a place.
create or replace function exchange.segments_before(d exchange.document,
    place bigint, cut text)
returns int language plpgsql stable as $$
declare
	head text;
begin
	if place = 0 then
		return 0;
	end if;
	head := convert_from(substr(exchange.bytes_of(d.id), 1, place::int),
	    'LATIN1');
	if d.family = 'edifact' then
		head := replace(replace(head, '??', ''), '?' || cut, '');
	end if;
	return (length(head) - length(replace(head, cut, ''))) / length(cut);
end
$$;

-- The elements of a published guide by segment (in XML: none) and field, with
-- their number in the standard and their name in the reader's language.
create or replace function exchange.element_names(guide text)
returns table (tag text, field text, element text, name text)
language plpgsql stable as $$
begin
	return query with r as materialized (select e.n, e.x,
	        g.family in ('edifact', 'x12') as segments, count(e.x ->> 'place') over (order by e.n) as place
	    from exchange.guide g,
	    jsonb_array_elements(coalesce(g.page -> core.me_language(),
	        g.page -> 'en') -> 'rows') with ordinality e (x, n)
	    where g.name = element_names.guide)
	select distinct on (1, 2) case when v.segments and v.x ? 'value'
	        then substring(p.x ->> 'place' from '([A-Z][A-Z0-9]{1,2})([+*:]|$)')
	        end,
	    regexp_replace(v.x ->> 'field', '^(/|below\.[^.]+\.)|\[.*$', '', 'g'),
	    coalesce(nullif(v.x ->> 'value', '.'), p.x ->> 'place'),
	    v.x ->> 'meaning'
	from r v join r p on p.place = v.place and p.x ? 'place'
	where v.x ? 'field' and v.x ? 'meaning'
	order by 1, 2, v.n;
end
$$;

-- "/lines/0/item/gtin" as the guide calls it where it stands: "item.gtin".
create or replace function exchange.pointer_field(pointer text)
returns text language sql immutable as $$
	select replace(regexp_replace(regexp_replace(pointer, '/\d+$', ''),
	    '^/(.*/\d+/)?', ''), '/', '.')
$$;

-- What the guide takes from each segment (line), as its number and the members
-- of the canonical document, "/lines/0/ordered /lines/0/unit_code", and the
-- names of the elements: [{"element": "6060", "name": "ordered quantity"}].
--   starts  offsets of the segments, rising
create or replace function exchange.meanings(d exchange.document,
    starts bigint[])
returns table (n int, means text, names json) language plpgsql stable as $$
begin
	return query select width_bucket((l.value ->> 'offset')::bigint, starts),
	    string_agg(l.key, ' ' order by (l.value ->> 'offset')::bigint, l.key),
	    json_agg(json_build_object('element', e.element, 'name', e.name)
	        order by (l.value ->> 'offset')::bigint, l.key)
	        filter (where e.name is not null)
	from exchange.message m cross join jsonb_each(m.locators) l
	left join exchange.element_names(m.guide) e
	on e.field = exchange.pointer_field(l.key)
	and e.tag is not distinct from l.value ->> 'tag'
	where m.document_id = d.id
	  and (l.value ->> 'offset')::bigint between starts[1]
	      and starts[1] + 65536
	group by 1;
end
$$;

-- Text of a document, one segment (or line) each, with those marked that a
-- finding points at, and cited those that a value came from, each with what
-- the guide takes from it. Null for what is no text; at most 64 KiB, around
-- what is cited.
create or replace function exchange.raw_json(d exchange.document,
    pointer text, about uuid default null, said text default null)
returns json language plpgsql stable as $$
declare
	places bigint[] := exchange.cited(d, pointer, about, said);
	start bigint := exchange.raw_from(d, places[1]);
	raw bytea := exchange.raw_bytes(d, start);
	body text := exchange.as_text(raw);
	-- a byte is a character, or a character one byte and more
	narrow boolean := octet_length(body) <> length(raw);
	top text := case when start = 0 then body else exchange.as_text(substr(
	    exchange.bytes_of(d.id), 1, 200)) end;
	cut text := exchange.segment_end(top, d.family);
	-- UNA is no segment: findings count from UNB
	before int := (d.family = 'edifact' and top ~ '^UNA')::int
	    - exchange.segments_before(d, start, cut);
begin
	if body is null then
		return null;
	end if;
	return (with t as (select n, btrim(seg, E'\r\n') as seg,
	        case when narrow then length(seg) else octet_length(seg) end
	            as size
	    from exchange.split(body, cut, d.family)),
	s as materialized (select t.*, start + sum(t.size) over (order by n)
	        - t.size as at from t),
	w as materialized (select * from exchange.meanings(d,
	    (select array_agg(s.at::bigint order by s.n) from s))),
	c as (select min(s.n) as n from s, unnest(places) p
	    where p >= s.at and p < s.at + s.size)
	select json_build_object('truncated', d.size > start + 65536,
	    'from', start, 'pointer', nullif(pointer, ''), 'segments',
	    coalesce(json_agg(json_build_object('n', s.n - before,
	        'offset', s.at, 'tag', left(ltrim(s.seg), 3),
	        'text', s.seg, 'means', w.means, 'names', w.names,
	        'marked', f.rules is not null, 'cited', exists (
	            select from unnest(places) p
	            where p >= s.at and p < s.at + s.size),
	        'first', s.n is not distinct from c.n,
	        'findings', coalesce(f.rules, '[]')) order by s.n), '[]'))
	from s cross join c left join w on w.n = s.n
	left join lateral (select json_agg(x.rule) as rules
	    from exchange.finding x where x.document_id = d.id
	    and case when x.content ? 'offset' then
	        (x.content ->> 'offset')::bigint >= s.at
	        and (x.content ->> 'offset')::bigint < s.at + s.size
	        else x.content ->> 'segment' = (s.n - before)::text end) f on true
	where s.seg <> '');
end
$$;

-- One document as answers show it, whatever was done with it.
create or replace function exchange.show_json(d exchange.document, tab text,
    pointer text default null, about uuid default null,
    said text default null)
returns json language plpgsql stable as $$
declare
	actions text[] := exchange.document_actions(d);
	tabs text[] := array['readable', 'raw', 'canonical', 'acks', 'history']
	    || case when 'correct' = any (actions) then array['correct']
	        else '{}' end;
	partner core.partner;
begin
	if core.me_portal() = 'desk' then
		select * into partner from core.partner p where p.id = d.partner_id;
	end if;
	return orders.both(orders.both(exchange.row_json(d,
	    orders.partner_json(partner)), json_build_object('tab', tab,
	    'tabs', (select json_agg(json_build_object('name', t,
	        'current', t = tab)) from unnest(tabs) t),
	    'media_type', d.media_type, 'sha256', encode(d.sha256, 'hex'),
	    'channel', d.channel, 'person', core.person_name(d.person_id),
	    'client', exchange.client_name(d.client_id),
	    'agreement', (select json_build_object('id', a.public_id,
	        'name', a.name, 'version', a.version)
	        from exchange.agreement a where a.id = d.agreement_id),
	    'guide', d.guide, 'verdict', d.verdict, 'preview', d.preview,
	    'received_at', d.received_at, 'read_at', d.read_at,
	    'ready_at', d.ready_at, 'collected_at', d.collected_at,
	    'attempt', d.attempt, 'note', d.note, 'waived', d.waived,
	    'assignee', core.person_name(d.assignee_id),
	    'mine', d.assignee_id = core.me_person(),
	    'text', case when tab = 'correct' then exchange.editable(d) end,
	    'changes', exchange.changes_json(d))), json_build_object(
	    'findings', exchange.findings_json(d),
	    'messages', exchange.messages_json(d),
	    'canonical', d.canonical,
	    'differences', exchange.differences_json(d),
	    'raw', case when tab = 'raw' then exchange.raw_json(d, pointer, about,
	        said)
	        end,
	    'objects', exchange.objects_json(d),
	    'acks', exchange.rows(array(select x.id from exchange.document x
	        where x.ack_of = d.id order by x.id)),
	    'ack_of', (select exchange.row_json(x, null)
	        from exchange.document x where x.id = d.ack_of),
	    'parent', (select exchange.row_json(x, null)
	        from exchange.document x where x.id = d.parent_id),
	    'attempts', exchange.rows(array(select x.id from exchange.document x
	        where x.parent_id = d.id order by x.id)),
	    'events', orders.events_json(d.public_id, 50),
	    'actions', to_json(actions), 'can', orders.can(actions)));
end
$$;

-- The number of an object that a document is about.
create or replace function exchange.about_number(kind text, about uuid)
returns text language plpgsql stable as $$
begin
	if kind = 'order' then
		return (select h.number from orders.head h
		    where h.public_id = about);
	elsif kind = 'case' then
		return (select h.number from cases.head h
		    where h.public_id = about);
	elsif kind = 'return' then
		return (select h.number from returns.head h
		    where h.public_id = about);
	elsif kind = 'despatch' then
		return (select d.number from orders.despatch d
		    where d.public_id = about);
	end if;
	return null;
end
$$;

-- What a document made, changed or is about.
create or replace function exchange.objects_json(d exchange.document)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(distinct jsonb_build_object(
	    'type', o.t, 'id', o.i, 'number', o.n)), '[]')
	from (select m.object_type t, m.object_id i, m.object_number n
	        from exchange.message m where m.document_id = d.id
	        and m.object_id is not null
	    union all select d.about_type, d.about,
	        exchange.about_number(d.about_type, d.about)
	        where d.about is not null) o);
end
$$;

-- The name of a partner's machine to those who see the partner.
create or replace function exchange.client_name(client bigint)
returns text language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return (select c.name from core.client c where c.id = client
	    and c.partner_id = any (core.me_partners()));
end
$$;
select core.definer('exchange.client_name(bigint)',
    'reads machine clients of partners that the caller sees',
    'portals', 'worker', 'admin');

-- One document: what happened, what to do, where.
--   input   id uuid, tab readable|raw|canonical|acks|history|correct =
--           readable,
--           pointer text? (into the canonical document; its segments are
--           cited), about uuid? (the object whose message it points into),
--           value text? (which of several beneath the pointer)
--   result  the members of a row and
--           {"tab": "raw", "tabs": [{"name": "readable", "current": true}, …],
--            "media_type": "application/edifact", "sha256": hex,
--            "channel": "api", "person": "…" | null, "client": "…" | null,
--            "agreement": {"id", "name", "version"} | null,
--            "received_at": ts, "read_at": ts | null, "attempt": 1,
--            "assignee": "…" | null, "mine": bool, "note", "waived": [rule],
--            "text": "…" (tab correct), "changes": changes_json | null,
--            "findings": [finding],
--            "messages": [{"id", "ref": "1", "type": "order", "message_type":
--                "ORDERS", "version": "D:96A:UN", "guide": "edifact/orders-d96a",
--                "verdict": "accepted|accepted_with_errors|rejected",
--                "effect": "created|duplicate|applied|none|preview",
--                "object": {"type": "order", "id", "number"} | null, "offset", "length",
--                "canonical": {…}, "findings": [finding],
--                "lines": 3, "locators": {"/number": {…}}}],
--            "raw": {"segments": [{"n": 1, "offset": 0, "tag": "UNB",
--                "text": "UNB+UNOC:3+…'", "marked": false, "cited": false,
--                "first": false, "findings": [..]}], first: of those cited
--                "from": 0, "pointer": "/number" | null,
--                "truncated": false} | null,        tab raw only; text documents
--            "objects": [{"type": "order", "id", "number"}],
--            "acks": [row], "parent": row | null, "attempts": [row],
--            "events": [core.event_json],
--            "actions": ["replay"], "can": {"replay": true}}
--   finding {"rule": "business.item_unknown", "severity": "error|warning",
--            "message": "1" | null, "segment": 14, "position", "tag": "LIN",
--            "element", "component", "offset", "xpath", "pointer":
--            "/lines/1/item", "found": "4711", "expected": "…", "args": {…},
--            "repair": "…" | null, "contrl": "12", "x12": {…}}
--           sentences: finding.<rule>.what|why|do with args (found, expected
--           and the members of args)
--   actions in:  replay (quarantined, rejected; a new attempt, answers its page),
--                commit discard (preview), accept_duplicate no, send_back
--                (quarantined: becomes rejected)
--           out: collect (ready), replay (failed)
create or replace function api.documents_show(input jsonb)
returns core.answer language plpgsql stable as $$
declare
	d exchange.document := exchange.by_id(input);
	tab text := coalesce(nullif(input ->> 'tab', ''), 'readable');
begin
	return core.ok(exchange.show_json(d, tab, input ->> 'pointer',
	    core.try_uuid(input ->> 'about'), input ->> 'value'), d.version);
end
$$;
select core.operation('documents_show', permission => 'documents.read',
    input => '{"id": "uuid", "tab": "line?", "pointer": "line?",
    "about": "uuid?", "value": "line?"}');
