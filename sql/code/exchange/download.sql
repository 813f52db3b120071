-- SPDX-License-Identifier: Apache-2.0
--
-- Orders and answers to be filled in, as EDIFACT, X12 or UBL to take away. The
-- worker writes them by the guides; a copy is no document: it has no number
-- among those sent, and nobody owes an acknowledgement.

select core.isolate('exchange.download');
grant select, insert on exchange.download to kontor_distributor,
	kontor_supplier;
grant select, update (bytes, reason) on exchange.download to kontor_worker;
grant select, delete on exchange.download to kontor_worker, kontor_admin;

-- The agreement of a family that a partner has, or nothing.
create or replace function exchange.agreement_in(partner bigint,
    of_family text)
returns exchange.agreement language plpgsql stable as $$
declare
	a exchange.agreement;
begin
	select * into a from exchange.agreement x
	where x.partner_id = partner and x.valid_until is null
	  and of_family in (x.family, x.answer_family)
	order by (x.family = of_family) desc, x.id limit 1;
	return a;
end
$$;

-- The families that the caller can take documents away in.
create or replace function exchange.download_families()
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(f order by n), '[]')
	from unnest(array['ubl', 'edifact', 'x12']) with ordinality t (f, n)
	where (exchange.agreement_in(core.me_partner(), f)).id is not null);
end
$$;

-- The guide of the base by which a type is written.
create or replace function exchange.base_guide(family text, type text)
returns text language sql immutable as $$
	select case family || ' ' || type
	    when 'edifact order' then 'edifact/orders-d96a'
	    when 'x12 order' then 'x12/850-004010'
	    when 'ubl order' then 'ubl/order-2.1'
	    when 'edifact order_response' then 'edifact/ordrsp-d96a'
	    when 'x12 order_response' then 'x12/855-004010'
	    when 'ubl order_response' then 'ubl/order-response-2.1' end
$$;

-- One document as the worker writes it.
--   own  the partner is its sender
create or replace function exchange.download_entry(a exchange.agreement,
    family text, canonical jsonb, own boolean, nth bigint)
returns jsonb language plpgsql stable as $$
declare
	n text := ((extract(epoch from core.now())::bigint + nth)
	    % 1000000000)::text;
begin
	return jsonb_build_object('agreement', jsonb_build_object(
	    'ours', case when own then a.theirs else a.ours end,
	    'theirs', case when own then a.ours else a.theirs end,
	    'options', a.options - 'ack', 'guides', jsonb_build_object(
	        canonical ->> 'type', coalesce(
	        case when family = a.family then a.guides ->> (canonical ->> 'type')
	        end, case when family = a.answer_family then
	        a.answer_guides ->> (canonical ->> 'type') end,
	        exchange.base_guide(family, canonical ->> 'type')))),
	    'canonical', canonical, 'control', jsonb_build_object(
	        'interchange', n, 'group', n, 'message', '1'));
end
$$;

-- Everything that the worker needs; null when it is gone or was written.
create or replace function exchange.download_start(download bigint)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_object('family', d.family,
	    'documents', d.content) from exchange.download d
	where d.id = download and d.bytes is null and d.reason is null);
end
$$;

create or replace function exchange.downloaded(download bigint, bytes bytea)
returns void language sql as $$
	update exchange.download d set bytes = downloaded.bytes
	where d.id = download
$$;

create or replace function exchange.download_failed(download bigint,
    why text)
returns void language sql as $$
	update exchange.download d set reason = why where d.id = download
$$;

create or replace function exchange.download_by_id(input jsonb)
returns exchange.download language plpgsql stable as $$
declare
	d exchange.download;
begin
	select * into d from exchange.download x
	where x.public_id = core.input_id(input);
	if d.id is null then
		perform core.fail_absent();
	end if;
	return d;
end
$$;

create or replace function exchange.download_name(d exchange.download)
returns text language sql immutable as $$
	select d.name || case when d.family = 'ubl'
	    and jsonb_array_length(d.content) > 1 then '.zip'
	    else exchange.extension(d.family) end
$$;

-- How far it is.
--   input   id uuid
--   result  {"id", "state": "received" | "ready" | "failed", "family",
--            "filename", "documents": 3, "reason": text | null}
create or replace function api.downloads_show(input jsonb)
returns json language plpgsql stable as $$
declare
	d exchange.download := exchange.download_by_id(input);
begin
	return json_build_object('id', d.public_id, 'state', case
	    when d.bytes is not null then 'ready'
	    when d.reason is not null then 'failed' else 'received' end,
	    'family', d.family, 'filename', exchange.download_name(d),
	    'documents', jsonb_array_length(d.content), 'reason', d.reason);
end
$$;
select core.operation('downloads_show', permission => 'orders.read',
    input => '{"id": "uuid"}');

-- The file.
--   errors  409 downloads.unready
create or replace function api.downloads_bytes(input jsonb)
returns json language plpgsql stable as $$
declare
	d exchange.download := exchange.download_by_id(input);
	name text := exchange.download_name(d);
begin
	if d.bytes is null then
		perform core.fail(409, 'downloads.unready');
	end if;
	return json_build_object('media_type', case when name like '%.zip'
	    then 'application/zip' else exchange.media_type(d.family) end,
	    'filename', name, 'size', length(d.bytes), 'base64',
	    translate(encode(d.bytes, 'base64'), E'\n', ''));
end
$$;
select core.operation('downloads_bytes', permission => 'orders.read',
    input => '{"id": "uuid"}');
