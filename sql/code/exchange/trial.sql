-- SPDX-License-Identifier: Apache-2.0
--
-- The check page: a file is read like any other and forgotten. It is held
-- against syntax, guide and agreement; what the house knows of items and
-- prices only a preview tells.

select core.isolate('exchange.trial');
grant select, insert on exchange.trial to kontor_distributor, kontor_supplier;
grant select, update (bytes, result) on exchange.trial to kontor_worker;
grant select, delete on exchange.trial to kontor_worker, kontor_admin;

-- The page: {"max_size": 10485760}
create or replace function api.documents_check_new(input jsonb)
returns json language sql stable as $$
	select json_build_object('max_size', 10485760)
$$;
select core.operation('documents_check_new', permission => 'documents.write',
    input => '{}');

-- Refuses more files than the worker will have read in a moment: they would
-- fill the disk and keep documents waiting.
create or replace function exchange.check_waiting()
returns void language plpgsql stable as $$
begin
	if (select count(*) from exchange.trial t where t.result is null
	    and t.partner_id = core.me_partner()) >= 20 then
		perform core.fail(429, 'rate.exceeded',
		    jsonb_build_object('retry_after', 10));
	end if;
end
$$;

-- Takes a file to be checked.
--   input   filename line?, media_type line?
--   bytes   1 .. 10 MiB
--   result  202, location /documents/check/<id>, {"id", "state": "received"}
--   errors  422 documents.empty, 413 documents.size, 429 rate.exceeded (20
--           wait to be read)
create or replace function api.documents_check(input jsonb, bytes bytea)
returns core.answer language plpgsql as $$
declare
	t exchange.trial;
begin
	perform exchange.check_size(bytes);
	perform exchange.check_waiting();
	insert into exchange.trial (public_id, partner_id, filename, size, bytes,
	    asked_at)
	values (core.uuid7(), core.me_partner(),
	    left(nullif(input ->> 'filename', ''), 255), length(bytes), bytes,
	    core.now())
	returning * into t;
	perform core.enqueue('document_check', jsonb_build_object('trial', t.id),
	    t.partner_id);
	return core.accepted('/documents/check/' || t.public_id,
	    json_build_object('id', t.public_id, 'state', 'received'));
end
$$;
select core.operation('documents_check', permission => 'documents.write',
    writes => true, input => '{"media_type": "line?", "filename": "line?"}');

-- Everything that the worker needs: {"agreements": […]}; null when it is gone
-- or was read.
create or replace function exchange.trial_start(trial bigint)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_object('agreements',
	    (select coalesce(jsonb_agg(exchange.agreement_json(a) order by a.id),
	        '[]') from exchange.agreement a
	        where a.partner_id = t.partner_id and a.valid_until is null))
	from exchange.trial t where t.id = trial and t.result is null);
end
$$;

create or replace function exchange.trial_bytes(trial bigint)
returns bytea language plpgsql stable as $$
begin
	return (select t.bytes from exchange.trial t where t.id = trial);
end
$$;

-- It was read; the file itself is forgotten.
create or replace function exchange.tried(trial bigint, result jsonb)
returns void language plpgsql as $$
begin
	update exchange.trial t set result = tried.result, bytes = null
	where t.id = trial;
end
$$;

-- Findings of every level, in the shape of a document's.
create or replace function exchange.trial_findings(result jsonb)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(exchange.finding_json(
	    jsonb_populate_record(null::exchange.finding, jsonb_build_object(
	    'severity', coalesce(f ->> 'severity', 'error'), 'content', f)
	    || jsonb_build_object('rule', f -> 'rule')), ref)
	    order by f ->> 'severity', (f ->> 'offset')::bigint nulls last), '[]')
	from (select f, null as ref
	        from jsonb_path_query(result, '$.findings[*]') f
	    union all select f, null
	        from jsonb_path_query(result, '$.interchanges[*].findings[*]') f
	    union all select f, m ->> 'ref'
	        from jsonb_path_query(result, '$.interchanges[*].messages[*]') m,
	        jsonb_path_query(m, '$.findings[*]') f) t);
end
$$;

-- What was found.
--   input   id uuid
--   result  {"id", "state": "received" | "checked", "filename", "size",
--           "family", "valid": bool, "messages": [{"ref", "message_type",
--           "version", "guide", "verdict", "type", "number", "lines"}],
--           "findings": [finding]}
create or replace function api.documents_checked(input jsonb)
returns json language plpgsql stable as $$
declare
	t exchange.trial;
	found json;
begin
	select * into t from exchange.trial x
	where x.public_id = core.input_id(input);
	if t.id is null then
		perform core.fail_absent();
	end if;
	found := exchange.trial_findings(t.result);
	return json_build_object('id', t.public_id, 'state', case
	    when t.result is null then 'received' else 'checked' end,
	    'filename', t.filename, 'size', t.size,
	    'family', t.result ->> 'family',
	    'valid', t.result is not null and not exchange.has_errors(
	        found::jsonb),
	    'messages', (select coalesce(json_agg(json_build_object(
	        'ref', m ->> 'ref', 'message_type', m ->> 'type',
	        'version', m ->> 'version', 'guide', m ->> 'guide',
	        'verdict', m ->> 'verdict', 'type', m #>> '{canonical,type}',
	        'number', m #>> '{canonical,number}', 'lines',
	        jsonb_array_length(coalesce(m #> '{canonical,lines}', '[]')))),
	        '[]') from jsonb_path_query(t.result,
	        '$.interchanges[*].messages[0 to 199]') m),
	    'findings', found);
end
$$;
select core.operation('documents_checked', permission => 'documents.write',
    input => '{"id": "uuid"}');
