-- SPDX-License-Identifier: Apache-2.0
--
-- Documents for people and machines: the list, the bytes, handing in.

-- The row of one document; the lamps of very many take long.
create or replace function exchange.row_json(d exchange.document,
    partner json, lit boolean default true)
returns json language plpgsql stable as $$
begin
	return json_build_object('id', d.public_id, 'number', d.number,
	    'direction', d.direction, 'family', d.family, 'type', d.type,
	    'partner', partner, 'reference', d.reference,
	    'control_ref', d.control_ref, 'state', d.state,
	    'tone', exchange.tone(d.state), 'filename', d.filename,
	    'size', d.size, 'test', d.test, 'finding_count', d.finding_count,
	    'lamps', case when lit then exchange.lamps(d) end,
	    'at', coalesce(d.ready_at, d.received_at), 'version', d.version);
end
$$;

-- Rows of documents in the order of the keys; with the partner at the desk.
create or replace function exchange.rows(ids bigint[],
    lit boolean default true)
returns json language plpgsql stable as $$
declare
	desk boolean := core.me_portal() = 'desk';
begin
	return (select coalesce(json_agg(exchange.row_json(d,
	    case when desk then orders.partner_json(p) end, lit)
	    order by i.ord), '[]')
	from unnest(ids) with ordinality i (id, ord)
	join exchange.document d on d.id = i.id
	join core.partner p on p.id = d.partner_id);
end
$$;

-- What needs somebody: quarantined and rejected ones that came, failed ones
-- that go.
create or replace function exchange.needs_attention(state text)
returns boolean language sql immutable as $$
	select state in ('quarantined', 'rejected', 'failed', 'preview')
$$;

-- Documents that lack what should have come.
create or replace function exchange.overdue_documents()
returns bigint[] language plpgsql stable as $$
begin
	return array(select distinct l.document_id from exchange.level l
	    where l.state = 'awaited' and l.due_at < core.now());
end
$$;

-- Keys of documents that a word means: the newest by a part of their number,
-- reference or file name, or by their control reference; however old, by their
-- number, as answers to it, or as about the order of that number. With the
-- owner's eyes, so it looks at the caller's partners itself.
create or replace function exchange.found(q text, of_partner bigint)
returns bigint[] language plpgsql stable security definer
set search_path = pg_catalog, crypto, pg_temp as $$
declare
	partners bigint[] := core.me_partners(of_partner);
	part text := '%' || orders.pattern(q) || '%';
	named uuid[] := array(select h.public_id from orders.head h
	    where h.id = any (orders.found_whole(q, orders.looked_among(partners,
	        false, null))));
begin
	return array(select d.id from (select * from exchange.document x
	        where x.partner_id = any (partners)
	        order by x.received_at desc, x.id desc limit orders.most_read()) d
	        where upper(d.number) like part or upper(d.reference) like part
	        or upper(d.filename) like part or d.control_ref = q
	        order by d.received_at desc, d.id desc limit orders.most_found())
	    || array(select d.id from exchange.document d
	        where d.number = upper(q) and d.partner_id = any (partners))
	    || array(select d.id from exchange.document d
	        where d.partner_id = any (partners) and d.direction = 'out'
	        and (d.reference = q or d.control_ref = q)
	        limit orders.most_found())
	    || array(select m.document_id from exchange.message m
	        where m.object_id = any (named) and m.partner_id = any (partners)
	        limit orders.most_found())
	    || array(select d.id from exchange.document d
	        where d.about = any (named) and d.partner_id = any (partners)
	        limit orders.most_found());
end
$$;
select core.definer('exchange.found(text,bigint)',
    'looks for numbers among the caller''s partners by indexes that row '
    || 'security keeps him from', 'portals');

-- How many documents came or went, as far as is counted: partner by partner,
-- from document_way_idx alone.
create or replace function exchange.way_count(way text, who bigint)
returns bigint language plpgsql stable as $$
begin
	return (select count(*) from (select from core.partner p,
	    lateral (select from exchange.document d where d.partner_id = p.id
	        and d.direction = way limit orders.most_counted()) d
	    where who is null or p.id = who limit orders.most_counted()) t);
end
$$;

-- The views with their counts, each from an index alone.
create or replace function exchange.views(wanted text, who bigint)
returns json language plpgsql stable as $$
begin
	return (select json_agg(json_build_object('name', v.name,
	    'count', least(v.n, orders.most_counted()),
	    'more', v.n >= orders.most_counted(), 'current', v.name = wanted)
	    order by v.ord)
	from (select exchange.way_count('in', who) as i,
	        exchange.way_count('out', who) as o) c,
	(select count(*) as a from exchange.document d
	    where exchange.needs_attention(d.state)
	    and (who is null or d.partner_id = who)) r,
	lateral (values (1, 'attention', r.a),
	    (2, 'unacknowledged', exchange.overdue_count(who)), (3, 'in', c.i),
	    (4, 'out', c.o), (5, 'all', c.i + c.o)) v (ord, name, n));
end
$$;

-- A page of documents, newest first.
--   input   direction in|out?, state text? (comma list), type text?, q text?
--           (number, control reference, order number), partner uuid? (desk),
--           view attention|unacknowledged|in|out|all = all, after text?,
--           rule text? (those with an error of this rule), limit int = 50,
--           sort, columns, saved (core.list_open)
--   result  {"items": [row], "next", "view", "views": [{"name", "count",
--            "more", "current"}], "direction", "state", "q", "actions", "can",
--            "causes": [{"rule", "count"}] (view attention)} and what
--            core.list_answer adds
--   row     {"id": "0190…", "number": "D-000123", "direction": "in",
--            "family": "edifact|x12|ubl|xml|unknown", "type": "order",
--            "partner": {"id", "name", "number"} | null (desk),
--            "reference": "PO-4711" | null, "control_ref": "00042" | null,
--            "state": "quarantined", "tone": "bad", "filename": "o.edi",
--            "size": 1234, "test": false, "finding_count": 2,
--            "lamps": [lamp, 5] (exchange.lamps), "at": ts, "version": 2}
--   state   in:  received checked applied quarantined rejected preview discarded
--           out: pending ready collected acknowledged failed
create or replace function api.documents_list(input jsonb)
returns json language plpgsql stable as $$
declare
	asked jsonb := core.list_open('documents', input);
	who bigint := orders.partner_key(asked);
	wanted text := asked ->> 'view';
	views json := exchange.views(wanted, who);
	few boolean := asked ? 'q' or not exists (
	    select from json_array_elements(views) v
	    where (v ->> 'current')::boolean and (v ->> 'more')::boolean);
	ids bigint[];
	write boolean := core.me_may('documents.write');
begin
	asked := case when few then asked
	    else core.list_unsorted('documents', asked) end;
	ids := core.list_page('documents', '-at', asked, 'exchange.document d',
	    exchange.wanted(asked), 'd.id');
	return core.list_answer('documents', asked, json_build_object(
	    'items', exchange.rows(ids[:core.list_limit(asked)],
	        not asked ? 'every'),
	    'next', core.list_next('documents', '-at', asked,
	        'exchange.document d', 'd.id', ids),
	    'view', wanted, 'views', views,
	    'direction', asked ->> 'direction', 'state', asked ->> 'state',
	    'type', asked ->> 'type', 'q', coalesce(asked ->> 'q', ''),
	    'partner', asked ->> 'partner',
	    'causes', case when wanted = 'attention' and core.me_may(
	        'documents.replay') then exchange.causes(who) else '[]' end,
	    'actions', case when write then '["create"]' else '[]' end::json,
	    'can', case when write then '{"create": true}' else '{}' end::json,
	    'rule', asked ->> 'rule'), few);
end
$$;
select core.operation('documents_list', permission => 'documents.read',
    input => '{"direction": "line?", "state": "line?", "type": "line?",
    "q": "line?", "partner": "uuid?", "view": "line?", "rule": "line?",
    "sort": "line?", "columns": "line?", "saved": "uuid?", "after": "line?",
    "limit": "int?"}');

-- The document that an input names; 404 when there is none for the caller.
create or replace function exchange.by_id(input jsonb)
returns exchange.document language plpgsql stable as $$
declare
	d exchange.document;
begin
	select * into d from exchange.document x
	where x.public_id = core.input_id(input);
	if d.id is null then
		perform core.fail_absent();
	end if;
	return d;
end
$$;

-- The bytes as they came or went.
--   result  {"media_type": "application/edifact", "filename": "D-000123.edi",
--            "size": 1234, "sha256": hex, "base64": "…"}
create or replace function api.documents_bytes(input jsonb)
returns json language plpgsql stable as $$
declare
	d exchange.document := exchange.by_id(input);
begin
	if d.sha256 is null then
		perform core.fail_absent();
	end if;
	return json_build_object('media_type', d.media_type,
	    'filename', coalesce(d.filename,
	        d.number || exchange.extension(d.family)), 'size', d.size,
	    'sha256', encode(d.sha256, 'hex'), 'base64',
	    translate(encode(exchange.bytes_of(d.id), 'base64'), E'\n', ''));
end
$$;
select core.operation('documents_bytes', permission => 'documents.read',
    input => '{"id": "uuid"}');

-- The upload page: {"families": ["edifact", "x12", "ubl"], "max_size": 10485760,
--   "agreements": [{"id", "name", "family", "version"}], "recent": [row]}
create or replace function api.documents_new(input jsonb)
returns json language plpgsql stable as $$
begin
	return json_build_object('families', '["edifact", "x12", "ubl"]'::json,
	    'max_size', 10485760, 'agreements', (
	        select coalesce(json_agg(json_build_object('id', a.public_id,
	        'name', a.name, 'family', a.family, 'version', a.version)
	        order by a.id), '[]') from exchange.agreement a
	        where a.valid_until is null and a.family <> 'portal'),
	    'recent', exchange.rows(array(select d.id from exchange.document d
	        where d.direction = 'in' order by d.received_at desc, d.id desc
	        limit 5)));
end
$$;
select core.operation('documents_new', permission => 'documents.write',
    input => '{}');

-- Stores bytes as a received document and asks the worker to read it.
create or replace function exchange.receive(partner bigint, bytes bytea,
    input jsonb, of_document exchange.document default null)
returns exchange.document language plpgsql as $$
declare
	d exchange.document;
	digest bytea := coalesce((of_document).sha256,
	    exchange.store(partner, bytes));
begin
	insert into exchange.document (public_id, partner_id, direction, state,
	    media_type, filename, sha256, size, preview, channel, person_id,
	    client_id, parent_id, attempt, received_at)
	values (core.uuid7(), partner, 'in', 'received',
	    coalesce(input ->> 'media_type', 'application/octet-stream'),
	    left(nullif(input ->> 'filename', ''), 255), digest,
	    coalesce((of_document).size, length(bytes)),
	    coalesce(input ->> 'preview', '') in ('true', 'on', '1'),
	    coalesce(core.me() ->> 'channel', 'system'), core.me_person(),
	    core.me_client(), (of_document).id,
	    coalesce((of_document).attempt, 0) + 1, core.now())
	returning * into d;
	perform core.enqueue('document_read', jsonb_build_object('document',
	    d.id), partner);
	perform core.emit(partner, 'document.received', 'document', d.public_id,
	    d.number, '{}', null, d.public_id);
	return d;
end
$$;

-- Refuses a file that is empty or too large.
create or replace function exchange.check_size(bytes bytea)
returns void language plpgsql stable as $$
begin
	if coalesce(length(bytes), 0) = 0 then
		perform core.fail(422, 'documents.empty');
	elsif length(bytes) > 10485760 then
		perform core.fail(413, 'documents.size',
		    jsonb_build_object('most', 10485760));
	end if;
end
$$;

-- Stores bytes; they are committed before this answers.
--   input   media_type text, filename text?, preview bool = false
--   bytes   1 .. 10 MiB
--   result  202, location /documents/<id>, {"id", "number", "state":
--           "received", "sha256", "size", "version"}
--   errors  422 documents.empty, 413 documents.size
create or replace function api.documents_create(input jsonb, bytes bytea)
returns core.answer language plpgsql as $$
declare
	d exchange.document;
begin
	perform exchange.check_size(bytes);
	d := exchange.receive(core.me_partner(), bytes, input);
	return row(202, d.version, '/documents/' || d.public_id,
	    json_build_object('id', d.public_id, 'number', d.number,
	    'state', d.state, 'sha256', encode(d.sha256, 'hex'),
	    'size', d.size, 'version', d.version))::core.answer;
end
$$;
select core.operation('documents_create', permission => 'documents.write',
    writes => true, input => '{"media_type": "line?", "filename": "line?",
    "preview": "bool?"}');

-- What a step makes of an incoming document: the new attempt, or nothing. A
-- preview of a document that was read again meanwhile comes too late.
create or replace function exchange.attempt(d exchange.document, event text,
    input jsonb)
returns exchange.document language plpgsql as $$
declare
	made exchange.document;
	first exchange.document;
	note text := nullif(trim(input ->> 'note'), '');
begin
	if event = 'commit' and d.parent_id is not null then
		select * into first from exchange.document x
		where x.id = d.parent_id for update;
		perform exchange.step(first, 'replay');
	end if;
	case event when 'replay', 'commit' then
		made := exchange.again(d);
	when 'try' then
		made := exchange.again(d, '{"preview": "true"}');
	when 'correct' then
		made := exchange.correct(d, input ->> 'text', note);
	when 'accept' then
		made := exchange.accept_as_is(d, note);
	else
		null;
	end case;
	return made;
end
$$;

-- One step of a document: collect; replay, try (shows first what would
-- happen), correct {text, note?}, accept {note?}; commit, discard, send_back;
-- assign {to: me | none}.
--   input   id, event, version? (collect, commit and discard need none)
--           replay of a refused outgoing document sends its content again, under
--           new control numbers
--   result  200 the document; a new attempt: 202 and its location
create or replace function api.documents_event(input jsonb)
returns core.answer language plpgsql as $$
declare
	d exchange.document := exchange.by_id(input);
	event text := input ->> 'event';
	made exchange.document;
begin
	select * into d from exchange.document x where x.id = d.id for update;
	if input ? 'version' then
		perform core.check_version(d.version, input);
	end if;
	if event = 'collect' and d.state in ('collected', 'acknowledged') then
		return core.ok(exchange.show_json(d, 'readable'), d.version);
	elsif event in ('try', 'correct', 'accept') and d.direction = 'out' then
		perform core.fail(409, 'state.illegal', jsonb_build_object(
		    'machine', 'document', 'state', d.state, 'event', event));
	elsif event = 'assign' then
		perform exchange.assign(d, coalesce(input ->> 'to', 'me') = 'me');
	elsif event = 'try' then
		perform core.step('document', d.state, event);
	else
		perform exchange.step(d, event);
	end if;
	if d.direction = 'in' then
		made := exchange.attempt(d, event, input);
	elsif event = 'replay' and d.state = 'rejected' then
		made := exchange.send_again(d);
	elsif event = 'replay' then
		perform core.enqueue('document_write',
		    jsonb_build_object('document', d.id), d.partner_id);
	end if;
	if made.id is not null then
		return core.accepted('/documents/' || made.public_id,
		    exchange.show_json(made, 'readable'));
	end if;
	select * into d from exchange.document x where x.id = d.id;
	return (200, d.version, '/documents/' || d.public_id,
	    exchange.show_json(d, 'readable'))::core.answer;
end
$$;
select core.operation('documents_event', permission => 'documents.act',
    writes => true, input => '{"id": "uuid", "event": "line", "text": "text?",
    "note": "line?", "to": "line?"}');
