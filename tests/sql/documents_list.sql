-- SPDX-License-Identifier: Apache-2.0
--
-- The list of documents: filters, columns, sorted within bounds, views kept.
\ir lib/start.sql
\ir lib/orders.sql

insert into exchange.document (public_id, partner_id, direction, state, family,
	type, media_type, filename, sha256, size, channel, reference, control_ref,
	finding_count, received_at)
select core.uuid7(), case when n % 5 = 0 then :gamma else :alpha end, 'in',
	'received', 'edifact', case n % 2 when 0 then 'order' else 'invoice' end,
	'application/edifact', 'f' || n % 7 || '.edi', sha256(n::text::bytea),
	1 + n * 37 % 101, 'edi', case when n % 3 > 0 then 'R' || n * 7 % 31 end,
	'C' || n, n % 4, core.now() - n * interval '1 hour'
from generate_series(1, 40) n;
select array(select d.id from exchange.document d where d.partner_id = :alpha
	and d.control_ref ~ '^C\d+$' order by d.id limit 6) as some \gset
set local session_replication_role = replica;
update exchange.document d set state = 'quarantined'
where d.id = any (:'some'::bigint[]);
set local session_replication_role = origin;
insert into exchange.finding (partner_id, document_id, rule, severity, content)
select :alpha, i, 'test.rule', 'error', '{}'
from unnest((:'some'::bigint[])[:2]) i;

create function pg_temp.list(who text, more jsonb default '{}',
	login text default 'distributor') returns jsonb language sql as $$
	select pg_temp.ask(login, 'documents_list', who, more) -> 'data'
$$;
-- Control references of all pages, two rows each.
create function pg_temp.refs(who text, more jsonb) returns text[]
language plpgsql as $$
declare
	page jsonb;
	found_ones text[] := '{}';
	after text := '';
begin
	loop
		page := pg_temp.list(who, more || jsonb_build_object('limit', 2,
			'after', after));
		found_ones := found_ones || array(select i ->> 'control_ref'
			from jsonb_array_elements(page -> 'items') i);
		after := page ->> 'next';
		exit when after is null;
	end loop;
	return found_ones;
end
$$;
create temp view own as select d.* from exchange.document d
where d.partner_id = :alpha;

-- What is asked is what is there, whatever it is sorted by.
select is(pg_temp.refs(:'ann', m), array(select control_ref from own d
	where (m ->> 'direction' is null or direction = m ->> 'direction')
	and (m ->> 'type' is null or type = m ->> 'type')
	and (m ->> 'state' is null or state = any (string_to_array(
		m ->> 'state', ',')))
	and (m ->> 'view' is distinct from 'attention' or state = 'quarantined')
	and (m ->> 'rule' is null or id = any ((:'some'::bigint[])[:2]))
	order by received_at desc, id desc), m::text)
from (values ('{}'::jsonb), ('{"type": "order"}'), ('{"view": "attention"}'),
	('{"view": "in", "state": "received,checked"}'), ('{"direction": "out"}'),
	('{"view": "attention", "rule": "test.rule"}')) v (m);
select is(pg_temp.refs(:'ann', '{"sort": "at"}'), array(select control_ref
	from own order by received_at, id), 'oldest first');
select is(pg_temp.refs(:'ann', '{"sort": "-size"}'), array(select control_ref
	from own order by size desc, id desc), 'largest first');
select is(pg_temp.refs(:'ann', '{"sort": "reference"}'), array(select
	control_ref from own order by coalesce(reference, control_ref), id),
	'by what stands in the column');
select is(pg_temp.refs(:'ann', '{"sort": "-findings", "view": "attention"}'),
	array(select control_ref from own where state = 'quarantined'
	order by finding_count desc, id desc), 'within a view');
select is(pg_temp.refs(:'ann', '{"sort": "filename", "q": "C7"}'), '{C7}',
	'what is found');
select throws_ok(format($$ select pg_temp.list(%L, '{"sort": "%s"}') $$,
	:'ann', s), 'PT400', null, format('by %s it cannot be sorted', s))
from unnest(array['status', 'partner', 'd.id']) s;
select is(pg_temp.refs(:'gus', '{"sort": "size"}'), array(select d.control_ref
	from exchange.document d where d.partner_id = :gamma
	order by size, id), 'others see their own');

-- Above the bound of what is counted, by time only.
create or replace function orders.most_counted() returns int
language sql immutable as $$ select 10 $$;
select pg_temp.list(:'ann', '{"sort": "-size"}') as many \gset
select is(:'many'::jsonb #> '{dropped,0}', '{"member": "sort", "value":
	"-size"}', 'of very many a sort without an index is left out, and said');
select is((select array_agg(c ->> 'name') from jsonb_array_elements(
	:'many'::jsonb -> 'columns') c where c ->> 'sort' is not null), '{at}',
	'only time is offered');
select is(pg_temp.refs(:'ann', '{"sort": "at"}'), array(select control_ref
	from own order by received_at, id), 'by time they are sorted still');
select is(pg_temp.list(:'ann', '{"sort": "-size", "view": "attention"}')
	-> 'dropped', '[]', 'few in a view are, by anything');

-- Columns, views kept, a table to take away.
select is((select array_agg(c ->> 'name') from jsonb_array_elements(
	pg_temp.list(:'ann') -> 'columns') c where (c ->> 'shown')::boolean),
	'{number,type,reference,format,at,status}', 'the usual columns');
select is((select c ->> 'label' from jsonb_array_elements(pg_temp.list(:'ida',
	'{}', 'desk') -> 'columns') c where c ->> 'name' = 'partner'), 'partner',
	'the desk has the partner');
select pg_temp.ask('distributor', 'views_create', :'ann', '{"list":
	"documents", "name": "x", "query": {"view": "attention", "rule":
	"test.rule", "columns": "number,size"}}') #>> '{data,id}' as kept \gset
select is(jsonb_array_length(pg_temp.list(:'ann', jsonb_build_object('saved',
	:'kept')) -> 'items'), 2, 'a view keeps the cause');
select is(pg_temp.list(:'ann', jsonb_build_object('saved', :'kept'))
	-> 'show', '{"number": {"as": "documents.number"}, "size": {"as":
	"documents.size"}}', 'and the columns');
select throws_ok(format($$ select pg_temp.list(%L, '{"saved": "%s"}') $$,
	:'gus', :'kept'), 'PT404', null, 'nobody else opens it');
select is(pg_temp.ask('distributor', 'lists_bytes', :'ann', '{"list":
	"documents", "view": "attention", "columns": "number,size,status", "sort":
	"size", "format": "csv"}') #> '{data,rows}', (select jsonb_agg(
	jsonb_build_array(number, size::text, state) order by size, id) from own
	where state = 'quarantined'), 'a table has what is shown');
\ir lib/end.sql
