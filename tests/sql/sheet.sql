-- SPDX-License-Identifier: Apache-2.0
--
-- Answers that come as a sheet: a person sees first what would change, line by
-- line; wrong rows stand alone; what is there already moves nothing.

\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql
\ir lib/changes.sql

select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('S1',
	'[{"item": "P1", "quantity": "4"}, {"item": "P2", "quantity": "10"}]'))
	is not null as ok \gset
select h.number as po, h.id as pokey from orders.head h
	join orders.line l on l.order_id = h.id
	where l.public_id::text = pg_temp.bought('S1', '10') limit 1 \gset

-- What the reader makes of a sheet's rows.
create function pg_temp.rows(po text, lines jsonb, family text default 'csv')
returns jsonb language sql as $$
	select jsonb_build_object('family', family, 'findings', '[]'::jsonb,
		'interchanges', jsonb_build_array(jsonb_build_object('verdict',
		'accepted', 'findings', '[]'::jsonb, 'messages',
		jsonb_build_array(jsonb_build_object('ref', po, 'type',
		'OrderResponse', 'version', '1', 'guide', 'sheet/order-response-1',
		'offset', 0, 'length', 9, 'segments', 2, 'verdict', 'accepted',
		'findings', '[]'::jsonb, 'canonical', jsonb_build_object('type',
		'order_response', 'standard', family, 'number', po, 'order_number', po,
		'response_code', 'CA', 'lines', lines), 'locators', (
		select jsonb_object_agg('/lines/' || n - 1 || '/' || k,
			jsonb_build_object('offset', n * 20, 'segment', n + 1, 'tag', 'C',
			'element', 3, 'xpath', 'C' || n + 1, 'column', initcap(k)))
		from jsonb_array_elements(lines) with ordinality t (e, n),
		unnest(array['line_id', 'confirmed']) k))))))
$$;

create function pg_temp.differences(who text, document bigint) returns jsonb
language sql as $$
	select pg_temp.ask('supplier', 'documents_show', who, jsonb_build_object(
		'id', exchange.document_uuid(document))) #> '{data,differences}'
$$;

create function pg_temp.findings(document bigint) returns text[]
language sql as $$
	select array_agg(concat_ws(' ', f.rule, f.content ->> 'segment',
		f.content ->> 'found', f.content ->> 'expected') order by f.id)
	from exchange.finding f where f.document_id = document
$$;

select pg_temp.rows(:'po', jsonb_build_array(
	jsonb_build_object('line_id', '10', 'action', '3', 'confirmed', '4',
	'schedule', jsonb_build_array(jsonb_build_object('quantity', '3'),
	jsonb_build_object('quantity', '1', 'date', core.today() + 20))),
	'{"line_id": "20", "action": "3", "confirmed": "11"}'::jsonb,
	'{"line_id": "30", "action": "3", "confirmed": "1"}'::jsonb)) as sheet
	\gset
select pg_temp.hand_in('supplier', :'bob', 'rows') as d1 \gset
select is(pg_temp.accept(:d1, :'sheet') ->> 'state', 'preview',
	'a sheet of a person is shown first, whether he asked or not');
select is(pg_temp.line_state(pg_temp.bought('S1', '10')), 'open',
	'and nothing is applied');
select is((select count(*) from orders.value v where v.document_id = :d1),
	0::bigint, 'nobody has said anything');
select is(pg_temp.differences(:'bob', :d1) ->> 'total', '1',
	'the difference names the line that would change');
select is(pg_temp.differences(:'bob', :d1) #>> '{lines,0,before,0,kind}', 'open',
	'as it is');
select is(pg_temp.differences(:'bob', :d1) #>> '{lines,0,after,1,date}',
	(core.today() + 20)::text, 'and as it would be');
select is(pg_temp.differences(:'bob', :d1) #>> '{lines,0,after,0,date}',
	(core.today() + 10)::text, 'a part without a date is for the wanted one');
select is(pg_temp.differences(:'bob', :d1) #>> '{lines,0,row}', '2',
	'with its row');
select is(pg_temp.findings(:d1), array['business.quantity_over 3 11 10',
	'business.line_unknown 4 30'],
	'each wrong row is named by row, found and expected');
select throws_ok(format($$ select pg_temp.ask('supplier', 'documents_show', %L,
	'{"id": "%s"}') $$, :'dan', exchange.document_uuid(:d1)), 'PT404', null,
	'another supplier sees nothing of it');

select pg_temp.ask('supplier', 'documents_event', :'bob', jsonb_build_object(
	'id', exchange.document_uuid(:d1), 'event', 'commit')) #>> '{data,id}' as r
	\gset
select id as d2 from exchange.document where public_id::text = :'r' \gset
select is(pg_temp.accept(:d2, :'sheet') ->> 'state', 'applied',
	'committed, the right rows count');
select is(pg_temp.line_state(pg_temp.bought('S1', '10')), 'proposed',
	'the line is answered');
select is(pg_temp.line_state(pg_temp.bought('S1', '20')), 'open',
	'the wrong row has moved nothing');
select is((select array_agg(distinct v.source) from orders.value v
	where v.document_id = :d2), array['import'], 'it is known as a sheet');
select throws_ok(format($$ select pg_temp.ask('supplier', 'documents_event', %L,
	'{"id": "%s", "event": "commit"}') $$, :'bob',
	exchange.document_uuid(:d1)), 'PT409', 'state.illegal',
	'nobody commits twice');
select is((select count(*) from exchange.document where ack_of in (:d1, :d2)),
	0::bigint, 'a sheet is answered on the page alone');

select pg_temp.hand_in('supplier', :'bob', 'again') as d3 \gset
select pg_temp.accept(:d3, :'sheet') \g /dev/null
select is(pg_temp.differences(:'bob', :d3) ->> 'total', '0',
	'the same sheet once more changes nothing');

-- What only a sheet can get wrong.
select pg_temp.hand_in('supplier', :'bob', 'wrong') as d4 \gset
select pg_temp.accept(:d4, pg_temp.rows(:'po', jsonb_build_array(
	'{"line_id": "10", "action": "3", "confirmed": "2", "seen": "1"}'::jsonb,
	'{"line_id": "20", "action": "7", "confirmed": "0"}'::jsonb))) \g /dev/null
select is(pg_temp.rules(:d4), array['business.answer_stale',
	'business.answer_reason'],
	'a row that is out of date, a refusal without reason');
select is((select content -> 'row' from exchange.finding
	where document_id = :d4 and rule = 'business.answer_reason'), '3',
	'an empty cell is found in its row');
select pg_temp.hand_in('supplier', :'bob', 'less') as d5 \gset
select pg_temp.accept(:d5, pg_temp.rows(:'po', '[{"line_id": "20",
	"action": "3", "confirmed": "-1"}]', 'xlsx')) \g /dev/null
select is(pg_temp.rules(:d5), array['business.answer_quantity'],
	'less than nothing');
select pg_temp.hand_in('supplier', :'berp', 'machine') as d6 \gset
select is(pg_temp.accept(:d6, pg_temp.rows(:'po', '[{"line_id": "20",
	"action": "7", "confirmed": "0", "reason": {"code": "capacity"}}]'))
	->> 'state', 'applied', 'what a machine hands in counts at once');
select is(pg_temp.line_state(pg_temp.bought('S1', '20')), 'rejected',
	'zero with a reason is a refusal');
select pg_temp.hand_in('supplier', :'berp', 'late') as d7 \gset
select is(pg_temp.accept(:d7, pg_temp.rows(:'po', '[{"line_id": "20",
	"action": "3", "confirmed": "5"}]')) ->> 'state', 'rejected',
	'a sheet of which nothing counts is refused');
select is(pg_temp.rules(:d7), array['business.answer_late'],
	'what was refused is not answered again');
select pg_temp.hand_in('supplier', :'berp', 'foreign') as d8 \gset
select pg_temp.accept(:d8, pg_temp.rows('PO-0', '[{"line_id": "20",
	"action": "3", "confirmed": "5"}]')) \g /dev/null
select is(pg_temp.rules(:d8), array['business.order_unknown'],
	'an order of nobody');

-- Orders of distributors: a wrong row holds up its order.
select pg_temp.hand_in('distributor', :'ann', 'order') as d9 \gset
select jsonb_set(jsonb_set(pg_temp.rows('S2', '[{"line_id": "1", "ordered": "2",
	"item": {"sellers_item_id": "P1"}}]'),
	'{interchanges,0,messages,0,canonical,type}', '"order"'),
	'{interchanges,0,messages,0,canonical,function}', '"original"') as order1
	\gset
select pg_temp.accept(:d9, :'order1') \g /dev/null
select is(pg_temp.ask('distributor', 'documents_show', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:d9)))
	#>> '{data,differences,lines,0,new}', 'true', 'a new order is shown');
select is((select count(*) from orders.head where partner_number = 'S2'),
	0::bigint, 'before it is placed');
select pg_temp.ask('distributor', 'documents_event', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:d9), 'event', 'commit'))
	#>> '{data,id}' as r \gset
select id as d10 from exchange.document where public_id::text = :'r' \gset
select is(pg_temp.accept(:d10, :'order1') ->> 'state', 'applied',
	'then it is placed');
select is((select ship_to ->> 'assigned_by_buyer' from orders.head
	where partner_number = 'S2'), 'W1',
	'and goes where the partner''s goods usually go');

-- A row that is wrong about a change holds up none that is right.
select pg_temp.answered('S3', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]', :'bob', :'ann') \g /dev/null
select h.number as po3 from orders.head h
	where h.public_id::text = pg_temp.po('S3', '10') \gset
select pg_temp.change(:'ann', 'S3', '[{"line_id": "10", "quantity": "3"}]')
	\g /dev/null
create function pg_temp.change_rows(po text, one jsonb, two jsonb)
returns jsonb language sql as $$
	select pg_temp.rows(po, jsonb_build_array('{"line_id": "10"}'::jsonb
		|| one, '{"line_id": "10", "action": "3", "confirmed": "3"}'::jsonb
		|| two, jsonb_build_object('line_id', '20', 'action', '3',
		'confirmed', '10', 'schedule', jsonb_build_array(jsonb_build_object(
		'quantity', '10', 'date', core.today() + 30)), 'reason',
		'{"code": "transport"}'::jsonb)))
$$;
select pg_temp.hand_in('supplier', :'berp', 'gone') as d11 \gset
select is(pg_temp.accept(:d11, pg_temp.change_rows(:'po3', '{"change":
	"accept", "change_number": "C-0"}', '{}')) ->> 'state', 'applied',
	'the row that is right counts');
select is(pg_temp.rules(:d11), array['business.change_none',
	'business.change_pending'], 'each of the others is named');
select is((select latest_promised_date - core.today() from orders.line
	where public_id::text = pg_temp.bought('S3', '20')), 30,
	'its line has moved');
select is(pg_temp.line_state(pg_temp.bought('S3', '10'))
	|| ' ' || pg_temp.change_state('S3'), 'accepted pending',
	'the change still waits');
select pg_temp.hand_in('supplier', :'berp', 'both') as d12 \gset
select is(pg_temp.accept(:d12, jsonb_insert(pg_temp.change_rows(:'po3',
	'{"change": "accept"}', '{}'),
	'{interchanges,0,messages,0,canonical,lines,1}', '{"line_id": "10",
	"change": "refuse", "reason": {"code": "other"}}')) ->> 'state',
	'applied', 'beside yes and no, too');
select is(pg_temp.rules(:d12), array['business.change_mixed',
	'business.change_mixed', 'business.change_pending'],
	'all three are named');
select pg_temp.hand_in('supplier', :'berp', 'right') as d13 \gset
select is(pg_temp.accept(:d13, pg_temp.change_rows(:'po3', '{"change":
	"accept"}', '{}')) ->> 'state', 'applied', 'with the right word');
select is(pg_temp.rules(:d13), null, 'nothing is wrong');

\ir lib/end.sql
