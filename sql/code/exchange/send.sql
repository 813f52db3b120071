-- SPDX-License-Identifier: Apache-2.0
--
-- Outgoing documents: asked for by a rule, written by the worker, fetched by
-- the partner.

-- The agreement by which a partner gets documents of this type, or nothing: the
-- one that a document belongs to which this one answers or replaces, else the
-- oldest.
create or replace function exchange.wants(partner bigint, type text,
    after bigint default null)
returns exchange.agreement language plpgsql stable as $$
declare
	a exchange.agreement;
begin
	select * into a from exchange.agreement g
	where g.partner_id = partner and g.valid_until is null
	  and g.answer_family is not null and wants.type = any (g.sends)
	order by (after is not null and g.name = (select o.name
	    from exchange.document x join exchange.agreement o
	    on o.id = x.agreement_id where x.id = after)) desc nulls last, g.id
	limit 1;
	return a;
end
$$;

-- Puts a document on its way if the partner's agreement wants this type: a
-- pending document with its control numbers and a job to write it. Returns
-- its key, or null when nothing is to be sent.
--   about_type, about  what it is about, e.g. 'order' and its public id
--   ack_of             the document that it answers
--   again              the refused document that it replaces
create or replace function exchange.send(partner bigint, type text,
    canonical jsonb, run_at timestamptz default core.now(),
    about_type text default null, about uuid default null,
    ack_of bigint default null, again bigint default null)
returns bigint language plpgsql as $$
declare
	a exchange.agreement := exchange.wants(partner, type,
	    coalesce(ack_of, again));
	made bigint;
	n bigint;
begin
	if a.id is null then
		return null;
	end if;
	n := exchange.next_number(partner, a.name, 'interchange');
	insert into exchange.document (public_id, partner_id, direction, state,
	    family, type, media_type, channel, control_ref, reference,
	    agreement_id, guide, about_type, about, canonical, control, ack_of,
	    parent_id, test, received_at)
	values (core.uuid7(), partner, 'out', 'pending', a.answer_family,
	    send.type, exchange.media_type(a.answer_family), 'system', n::text,
	    coalesce(canonical ->> 'order_number', canonical ->> 'number'), a.id,
	    substring(a.answer_guides ->> send.type from '^[^, ]+$'),
	    send.about_type, send.about,
	    send.canonical, jsonb_build_object('interchange', n::text,
	        'group', n::text, 'message', '1'), send.ack_of, send.again,
	    coalesce((canonical ->> 'test')::boolean, false), core.now())
	returning id into made;
	perform core.enqueue('document_write',
	    jsonb_build_object('document', made), partner, run_at);
	return made;
end
$$;

-- Everything that writing a document needs.
--   result  {"document": uuid, "number", "partner": uuid, "type", "family",
--           "guide", "state", "canonical", "agreement": agreement_json,
--           "control": {"interchange": "17", "group": "17", "message": "1"},
--           "language": "de", "now": ts}
create or replace function exchange.write_start(document bigint)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_object('document', d.public_id,
	    'number', d.number, 'partner', p.public_id, 'type', d.type,
	    'family', d.family, 'guide', d.guide, 'state', d.state,
	    'canonical', d.canonical, 'agreement', exchange.agreement_json(a),
	    'control', d.control, 'language', p.language, 'now', core.now())
	from exchange.document d join core.partner p on p.id = d.partner_id
	join exchange.agreement a on a.id = d.agreement_id
	where d.id = document);
end
$$;

-- The document is written: its bytes are kept and the partner may fetch it.
--   meta  {"media_type", "filename", "guide"}, each optional
create or replace function exchange.written(document bigint, bytes bytea,
    meta jsonb default '{}')
returns void language plpgsql as $$
declare
	d exchange.document;
begin
	select * into d from exchange.document x where x.id = document
	    and direction = 'out' and state = 'pending' for update;
	if d.id is null then
		return;
	end if;
	update exchange.document set state = 'ready', version = version + 1,
	    sha256 = exchange.store(d.partner_id, bytes), size = length(bytes),
	    media_type = coalesce(meta ->> 'media_type', media_type),
	    filename = coalesce(meta ->> 'filename',
	        d.number || exchange.extension(d.family)),
	    guide = coalesce(meta ->> 'guide', guide),
	    read_at = core.now(), ready_at = core.now()
	where id = d.id;
	perform exchange.await(d);
	perform core.emit(d.partner_id, 'document.ready', 'document',
	    d.public_id, d.number, jsonb_build_object('type', d.type,
	    'reference', d.reference), null, d.public_id);
end
$$;

-- Writing was given up; a person has to look.
create or replace function exchange.write_failed(document bigint,
    reason text)
returns void language plpgsql as $$
declare
	d exchange.document;
begin
	update exchange.document x set state = 'failed', version = x.version + 1,
	    finding_count = x.finding_count + 1
	where x.id = document and x.state = 'pending' returning * into d;
	if d.id is not null then
		perform exchange.add_findings(d, null, jsonb_build_array(
		    jsonb_build_object('rule', 'document.write_failed', 'severity',
		    'error', 'args', jsonb_build_object('reason', reason))));
		perform core.emit(d.partner_id, 'document.failed', 'document',
		    d.public_id, d.number, '{}', null, d.public_id, true);
	end if;
end
$$;

-- Keeps the acknowledgement of an interchange; the partner may fetch it.
--   place  the interchange's position in the document, from 0
--   meta   {"control_ref", "verdict", "media_type"?, "filename"?}
-- Returns the public id of the new document.
create or replace function exchange.store_ack(document bigint, place int,
    bytes bytea, meta jsonb)
returns uuid language plpgsql as $$
declare
	d exchange.document;
	made exchange.document;
begin
	select * into strict d from exchange.document x where x.id = document;
	insert into exchange.document (public_id, partner_id, direction, state,
	    family, type, media_type, sha256, size, test, channel, control_ref,
	    reference, agreement_id, ack_of, verdict, received_at, read_at,
	    ready_at)
	values (core.uuid7(), d.partner_id, 'out', 'ready', d.family, 'ack',
	    coalesce(meta ->> 'media_type', exchange.media_type(d.family)),
	    exchange.store(d.partner_id, bytes), length(bytes), d.test, 'system',
	    meta ->> 'control_ref', d.control_ref, d.agreement_id, d.id,
	    meta ->> 'verdict', core.now(), core.now(), core.now())
	returning * into made;
	update exchange.document set filename = coalesce(meta ->> 'filename',
	    made.number || exchange.extension(d.family)) where id = made.id;
	update exchange.interchange set ack_document_id = made.id
	where document_id = d.id and position = place;
	perform core.emit(d.partner_id, 'document.ready', 'document',
	    made.public_id, made.number, jsonb_build_object('type', 'ack',
	    'reference', d.number), null, made.public_id);
	return made.public_id;
end
$$;

-- The first acknowledgement again: another document with the same bytes.
create or replace function exchange.repeat_ack(document bigint, first bigint)
returns void language sql as $$
	insert into exchange.document (public_id, partner_id, direction, state,
	    family, type, media_type, filename, sha256, size, test, channel,
	    control_ref, reference, agreement_id, ack_of, parent_id, verdict,
	    received_at, read_at, ready_at)
	select core.uuid7(), a.partner_id, 'out', 'ready', a.family, 'ack',
	    a.media_type, a.filename, a.sha256, a.size, a.test, 'system',
	    a.control_ref, a.reference, a.agreement_id, document, a.id, a.verdict,
	    core.now(), core.now(), core.now()
	from exchange.document a where a.id = first
$$;

-- The content of a refused document once more, as a new document.
create or replace function exchange.send_again(d exchange.document)
returns exchange.document language plpgsql as $$
declare
	made exchange.document;
	key bigint := exchange.send(d.partner_id, d.type, d.canonical,
	    core.now(), d.about_type, d.about, d.ack_of, d.id);
begin
	if key is null then
		perform core.fail(409, 'documents.unwanted');
	end if;
	perform exchange.await_no_more(d.id);
	select * into made from exchange.document where id = key;
	return made;
end
$$;
