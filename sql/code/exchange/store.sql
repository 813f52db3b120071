-- SPDX-License-Identifier: Apache-2.0
--
-- Bytes and the documents they belong to. What the worker needs to read and
-- write one:
--   exchange.read_start(document)            before reading
--   exchange.bytes_chunk(document, seq)      its bytes, 1 MiB each
--   exchange.accept(document, result)        after reading (accept.sql)
--   exchange.store_ack(document, position, bytes, meta)
--   exchange.read_failed(document, reason)   reading was given up
--   exchange.write_start(document)           before writing
--   exchange.written(document, bytes, meta)  after writing
--   exchange.write_failed(document, reason)

select core.add_state('document', s, t, f) from (values
	('received', 'info', false), ('checked', 'info', false),
	('applied', 'ok', true), ('quarantined', 'bad', false),
	('rejected', 'bad', false), ('preview', 'info', false),
	('discarded', 'neutral', true), ('replayed', 'neutral', true),
	('pending', 'info', false), ('ready', 'info', false),
	('collected', 'ok', false), ('acknowledged', 'ok', true),
	('failed', 'bad', false)) v (s, t, f);

select core.add_transition('document', s, e, n, p) from (values
	('', 'receive', 'received', null),
	('', 'send', 'pending', null),
	('', 'answer', 'ready', null),
	('received', 'apply', 'applied', null),
	('received', 'quarantine', 'quarantined', null),
	('received', 'reject', 'rejected', null),
	('received', 'show', 'preview', null),
	('preview', 'commit', 'replayed', 'documents.write'),
	('preview', 'discard', 'discarded', 'documents.write'),
	('quarantined', 'replay', 'replayed', 'documents.replay'),
	('quarantined', 'send_back', 'rejected', 'documents.replay'),
	('rejected', 'replay', 'replayed', 'documents.replay'),
	('quarantined', 'try', 'quarantined', 'documents.replay'),
	('rejected', 'try', 'rejected', 'documents.replay'),
	('quarantined', 'correct', 'replayed', 'documents.correct'),
	('rejected', 'correct', 'replayed', 'documents.correct'),
	('quarantined', 'accept', 'replayed', 'documents.accept'),
	('quarantined', 'assign', 'quarantined', 'documents.manage'),
	('rejected', 'assign', 'rejected', 'documents.manage'),
	('failed', 'assign', 'failed', 'documents.manage'),
	('pending', 'write', 'ready', null),
	('pending', 'fail', 'failed', null),
	('failed', 'replay', 'pending', 'documents.replay'),
	('ready', 'collect', 'collected', 'documents.write'),
	('collected', 'collect', 'collected', null),
	('collected', 'acknowledge', 'acknowledged', null),
	('ready', 'acknowledge', 'acknowledged', null),
	('rejected', 'acknowledge', 'acknowledged', null),
	('ready', 'refuse', 'rejected', null),
	('collected', 'refuse', 'rejected', null),
	('acknowledged', 'refuse', 'rejected', null)) v (s, e, n, p);

select core.guard('document', 'exchange.document');

-- Keeps bytes; the same bytes of one partner are kept once. Returns their
-- digest.
create or replace function exchange.store(partner bigint, bytes bytea)
returns bytea language plpgsql as $$
declare
	digest bytea := sha256(bytes);
begin
	insert into exchange.chunk (partner_id, sha256, seq, bytes)
	select partner, digest, i, substr(store.bytes, i * 1048576 + 1, 1048576)
	from generate_series(0, (length(store.bytes) - 1) / 1048576) i
	on conflict on constraint chunk_pk do nothing;
	return digest;
end
$$;

-- One piece of a document's bytes; null past the end.
create or replace function exchange.bytes_chunk(document bigint, seq int)
returns bytea language plpgsql stable as $$
begin
	return (select c.bytes from exchange.document d
	    join exchange.chunk c on c.partner_id = d.partner_id
	        and c.sha256 = d.sha256 and c.seq = bytes_chunk.seq
	    where d.id = document);
end
$$;

-- All bytes of a document.
create or replace function exchange.bytes_of(document bigint)
returns bytea language plpgsql stable as $$
begin
	return (select string_agg(c.bytes, '' order by c.seq)
	    from exchange.document d
	    join exchange.chunk c on c.partner_id = d.partner_id
	        and c.sha256 = d.sha256
	    where d.id = document);
end
$$;

create or replace function exchange.document_uuid(document bigint)
returns uuid language plpgsql stable as $$
begin
	return (select public_id from exchange.document x where x.id = document);
end
$$;

create or replace function exchange.media_type(family text)
returns text language sql immutable as $$
	select case family when 'edifact' then 'application/edifact'
	    when 'x12' then 'application/edi-x12' when 'csv' then 'text/csv' when 'xlsx' then
	    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
	    else 'application/xml' end
$$;

create or replace function exchange.extension(family text)
returns text language sql immutable as $$
	select case family when 'edifact' then '.edi' when 'x12' then '.x12'
	    when 'csv' then '.csv' when 'xlsx' then '.xlsx'
	    else '.xml' end
$$;

-- Everything that reading a document needs.
--   result  {"document": uuid, "number", "partner": uuid, "partner_number",
--           "media_type", "filename", "size", "chunks", "preview",
--           "state", "received_at", "agreements": [agreement_json]}
create or replace function exchange.read_start(document bigint)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_object('document', d.public_id,
	    'number', d.number, 'partner', p.public_id,
	    'partner_number', p.number, 'media_type', d.media_type,
	    'filename', d.filename, 'size', d.size,
	    'chunks', (d.size - 1) / 1048576 + 1, 'preview', d.preview,
	    'state', d.state, 'received_at', d.received_at,
	    'agreements', (select coalesce(jsonb_agg(exchange.agreement_json(a)
	        order by a.id), '[]') from exchange.agreement a
	        where a.partner_id = d.partner_id and a.valid_until is null))
	from exchange.document d join core.partner p on p.id = d.partner_id
	where d.id = document);
end
$$;

-- Reading was given up, the document needs attention.
create or replace function exchange.read_failed(document bigint, reason text)
returns void language plpgsql as $$
declare
	d exchange.document;
begin
	select * into d from exchange.document x where x.id = document
	    and state = 'received' for update;
	if d.id is not null then
		perform exchange.add_findings(d, null, jsonb_build_array(
		    jsonb_build_object('rule', 'document.read_failed', 'severity',
		    'error', 'args', jsonb_build_object('reason', reason))));
		update exchange.document set state = 'quarantined',
		    version = version + 1, read_at = core.now(), finding_count = 1
		where id = d.id;
		perform core.emit(d.partner_id, 'document.quarantined', 'document',
		    d.public_id, d.number, '{}', null, d.public_id);
	end if;
end
$$;

-- The tone of a document's state.
create or replace function exchange.tone(of_state text)
returns text language plpgsql stable as $$
begin
	return (select s.tone from core.machine_state s
	    where s.machine = 'document' and s.state = of_state);
end
$$;

-- Discards previews that nobody has committed within a day, and what was only
-- checked after an hour; a scheduled job.
create or replace function exchange.sweep()
returns void language plpgsql as $$
begin
	perform set_config('kontor.step', 'discard', true);
	update exchange.document set state = 'discarded', version = version + 1
	where state = 'preview' and received_at < core.now() - interval '1 day';
	perform set_config('kontor.step', '', true);
	delete from exchange.trial
	where asked_at < core.now() - interval '1 hour';
	delete from exchange.download
	where asked_at < core.now() - interval '1 hour';
end
$$;
select core.schedule('documents_sweep', '1 hour');
