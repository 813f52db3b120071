-- SPDX-License-Identifier: Apache-2.0
--
-- The intake's peer: the same two commits by the same functions, without HTTP,
-- reader and worker. The reader's result and the acknowledgement are those of
-- a document that was read before; only the numbers differ.

set client_min_messages = warning;
drop schema if exists bench cascade;
create schema bench;
create sequence bench.number;
create table bench.sample as
select d.media_type, encode(exchange.bytes_of(d.id), 'escape') as bytes,
	exchange.bytes_of(a.id) as ack,
	jsonb_build_object('family', d.family, 'findings', '[]'::jsonb,
	    'interchanges', jsonb_build_array(i.content || jsonb_build_object(
	        'agreement', (select g.public_id from exchange.agreement g
	            where g.id = d.agreement_id),
	        'control_ref', i.control_ref, 'verdict', 'accepted',
	        'findings', '[]'::jsonb, 'messages', (select jsonb_agg(
	            jsonb_build_object('ref', m.ref, 'type', m.message_type,
	            'version', m.release, 'guide', m.guide, 'group', 0,
	            'offset', m.byte_offset, 'length', m.byte_length,
	            'segments', m.segments, 'verdict', 'accepted',
	            'canonical', m.canonical, 'locators', m.locators,
	            'findings', '[]'::jsonb))
	            from exchange.message m where m.document_id = d.id))))::text
	    as result
from exchange.document d
join exchange.interchange i on i.document_id = d.id
join exchange.document a on a.ack_of = d.id
where d.public_id = @DOCUMENT@;

create function bench.store() returns int language plpgsql as $$
declare
	s bench.sample;
	n text := 'P' || nextval('bench.number');
begin
	select * into s from bench.sample;
	perform api.call('documents_create', @WHO@::jsonb,
	    jsonb_build_object('media_type', s.media_type), convert_to(replace(
	    replace(s.bytes, @NUMBER@, n), @CONTROL@, n), 'UTF8'));
	return 1;
end
$$;

create function bench.accept() returns int language plpgsql as $$
declare
	s bench.sample;
	j record;
	n text := 'P' || nextval('bench.number') || 'X';
	answer jsonb;
begin
	select * into s from bench.sample;
	select * into j from core.job_claim(array['document_read'], 'bench', 1);
	if j.id is null then
		raise exception 'no document left to accept';
	end if;
	perform core.work_as(j.id);
	perform exchange.read_start((j.input ->> 'document')::bigint);
	answer := exchange.accept((j.input ->> 'document')::bigint, replace(
	    replace(s.result, @NUMBER@, n), @CONTROL@, n)::jsonb);
	if answer ->> 'state' <> 'applied' then
		raise exception 'not applied: %', answer;
	end if;
	perform exchange.store_ack((j.input ->> 'document')::bigint, 0,
	    convert_to(replace(convert_from(s.ack, 'UTF8'), @CONTROL@, n),
	    'UTF8'), jsonb_build_object('control_ref', n, 'verdict', 'accepted'));
	perform core.job_done(j.id);
	return 1;
end
$$;

grant usage on schema bench to kontor_distributor, kontor_worker;
grant select on bench.sample to kontor_distributor, kontor_worker;
grant usage on sequence bench.number to kontor_distributor, kontor_worker;
