-- SPDX-License-Identifier: Apache-2.0
--
-- Documents handed in and read as the worker does it.

-- Hands bytes in and answers the key of the document.
create function pg_temp.hand_in(login text, who text, body text,
	more jsonb default '{}') returns bigint
language plpgsql as $$
declare
	answer jsonb := pg_temp.ask(login, 'documents_create', who,
		'{"media_type": "application/edifact", "filename": "a.edi"}' || more,
		convert_to(body, 'UTF8'));
begin
	return (select d.id from exchange.document d
		where d.public_id::text = answer #>> '{data,id}');
end
$$;

-- Runs a statement as the worker does: for the partner of the document.
create function pg_temp.work(document bigint, statement text) returns text
language plpgsql as $$
declare
	j bigint;
begin
	insert into core.job (kind, input, partner_id, state, run_at)
	select 'test', '{}', d.partner_id, 'running', core.now()
	from exchange.document d where d.id = work.document returning id into j;
	return pg_temp.as_login('worker', format('select (%s)::text
		from (select core.work_as(%s)) w', statement, j));
end
$$;

-- What the reader would find: one interchange of these messages.
create function pg_temp.read(ref text, messages jsonb, more jsonb default '{}')
returns jsonb language sql as $$
	select jsonb_build_object('family', 'edifact', 'findings', '[]'::jsonb,
		'interchanges', jsonb_build_array(jsonb_build_object(
		'control_ref', ref, 'verdict', 'accepted', 'agreement',
		(select a.public_id from exchange.agreement a join core.partner p
			on p.id = a.partner_id where p.slug = 'alpha'
			and a.valid_until is null order by a.id limit 1),
		'sender', '{"id": "2900000000117", "qualifier": "14"}'::jsonb,
		'receiver', '{"id": "2900000000018", "qualifier": "14"}'::jsonb,
		'findings', '[]'::jsonb, 'messages', messages) || more))
$$;

create function pg_temp.message(ref text, canonical jsonb,
	verdict text default 'accepted') returns jsonb language sql as $$
	select jsonb_build_object('ref', ref, 'type', 'ORDERS', 'version',
		'D:96A:UN', 'guide', 'edifact/orders-d96a', 'offset', 0, 'length', 99,
		'segments', 9, 'verdict', verdict, 'canonical', canonical,
		'locators', '{"/lines/0/item/gtin": {"offset": 55, "segment": 4,
		"tag": "LIN"}, "/number": {"offset": 9, "segment": 2}}'::jsonb,
		'findings', '[]'::jsonb)
$$;

create function pg_temp.doc(number text, lines jsonb, more jsonb default '{}')
returns jsonb language sql as $$
	select jsonb_build_object('type', 'order', 'function', 'original',
		'number', number, 'issue_date', core.today(), 'currency', 'EUR',
		'requested_date', core.today() + 9, 'parties',
		'{"buyer": {"gln": "2900000000117"}, "seller":
		{"gln": "2900000000018"}, "ship_to": {"assigned_by_buyer": "W1"}}'
		::jsonb, 'lines', lines) || more
$$;

create function pg_temp.accept(document bigint, result jsonb) returns jsonb
language sql as $$
	select pg_temp.work(document, format('exchange.accept(%s, %L::jsonb)',
		document, result))::jsonb
$$;

create function pg_temp.rules(document bigint) returns text[]
language sql as $$
	select array_agg(f.rule order by f.id) from exchange.finding f
	where f.document_id = document
$$;
