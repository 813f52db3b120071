-- SPDX-License-Identifier: Apache-2.0
--
-- Acknowledgements of every level: what a partner owes, what came, what is
-- overdue, what we answer.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql

select exchange.agreement_load(:alpha, '{"name": "main", "family": "edifact",
	"ours": {"id": "2900000000018", "qualifier": "14"},
	"theirs": {"id": "2900000000117", "qualifier": "14"},
	"guides": {"order": "edifact/orders-d96a"}, "options": {"ack": "contrl"},
	"answer_family": "edifact",
	"answer_guides": {"order_response": "edifact/ordrsp-d96a",
	"ack": "edifact/aperak-d96a"},
	"sends": ["order_response", "ack"], "tolerances": {"days": 1},
	"acks": {"expects": ["syntax", "business"], "syntax_hours": 2}}')
	->> 'version' as v \gset
select is(:'v'::text, '2', 'what is acknowledged is part of the agreement');
select throws_ok(format($$ select exchange.agreement_load(%s, '{"name":
	"main", "family": "edifact", "acks": %s}') $$, :alpha, a), '23514', null,
	'not ' || a) from (values ('{"expects": ["all"]}'),
	('{"syntax_hours": 0}'), ('{"business": "never"}'),
	('{"hours": 4}')) v (a);

-- The lamps of a document as a person sees them: "level state", in order.
create function pg_temp.lamps(document bigint, login text default
	'distributor', who text default null) returns text[]
language sql as $$
	select array_agg(l ->> 'state' order by n) from jsonb_array_elements(
		pg_temp.ask(login, 'documents_show', coalesce(who,
		pg_temp.hash('ann')), jsonb_build_object('id',
		exchange.document_uuid(document))) #> '{data,lamps}')
		with ordinality t (l, n)
$$;

-- An acknowledgement comes: a CONTRL, unless the canonical says otherwise.
create function pg_temp.ack(ref text, canonical jsonb) returns bigint
language plpgsql as $$
declare
	d bigint := pg_temp.hand_in('distributor', 'token '
		|| pg_temp.hash('alpha-erp'), 'ack ' || ref);
begin
	perform pg_temp.accept(d, pg_temp.read(ref, jsonb_build_array(
		pg_temp.message('1', '{"type": "ack", "level": "syntax"}'
		|| canonical) || '{"type": "CONTRL"}')));
	return d;
end
$$;
create function pg_temp.state(document bigint) returns text
language sql as $$
	select d.state || coalesce(' ' || d.verdict, '') from exchange.document d
	where d.id = document
$$;
-- Writes what is pending, as the worker does.
create function pg_temp.write(document bigint) returns void
language sql as $$
	select pg_temp.work(document, format('exchange.written(%s,
		''UNA''::bytea)', document))
$$;
-- The latest document to alpha of a type.
create function pg_temp.latest(kind text) returns bigint
language sql as $$
	select max(d.id) from exchange.document d join core.partner p
	on p.id = d.partner_id and p.slug = 'alpha'
	where d.direction = 'out' and d.type = kind
$$;
create function pg_temp.order_in(ref text, number text,
	item text default 'P1') returns bigint
language plpgsql as $$
declare
	d bigint := pg_temp.hand_in('distributor', 'token '
		|| pg_temp.hash('alpha-erp'), 'order ' || number);
begin
	perform pg_temp.accept(d, pg_temp.read(ref, jsonb_build_array(
		pg_temp.message('1', pg_temp.doc(number, jsonb_build_array(
		jsonb_build_object('line_id', '1', 'item', jsonb_build_object(
		'sellers_item_id', item), 'ordered', '1')),
		jsonb_build_object('control_ref', ref))))));
	return d;
end
$$;

-- In: our answers.
select pg_temp.hand_in('distributor', :'erp', 'unread') as d0 \gset
select is(pg_temp.lamps(:d0), '{accepted,waiting,none,none,none}',
	'what is stored has arrived, and is being read');
select pg_temp.order_in('100', 'A1') as d1 \gset
select is(pg_temp.lamps(:d1), '{accepted,accepted,accepted,accepted,waiting}',
	'an order in good order waits for its answer');
select canonical as ack, id as ackid from exchange.document
where ack_of = :d1 and type = 'ack' \gset
select is((select array_agg(:'ack'::jsonb #>> p order by n) from (values
	(1, '{verdict}'::text[]), (2, '{of,number}'), (3, '{order_number}'),
	(4, '{level}'), (5, '{of,type}'), (6, '{parties,receiver,gln}')) v (n, p)),
	array['accepted', 'A1', 'A1', 'business', 'order', '2900000000117'],
	'it is answered on the level of business');
select is((select family || ' ' || guide || ' ' || state from
	exchange.document where id = :ackid), 'edifact edifact/aperak-d96a pending',
	'by the guide that the agreement names');
select pg_temp.order_in('101', 'A2', 'NOSUCH') as d2 \gset
select is(pg_temp.lamps(:d2), '{accepted,accepted,accepted,rejected,none}',
	'what the business rules refuse is red on their level');
select canonical as ack from exchange.document
where ack_of = :d2 and type = 'ack' \gset
select is((select array_agg(:'ack'::jsonb #>> p order by n) from (values
	(1, '{verdict}'::text[]), (2, '{findings,0,rule}'),
	(3, '{findings,0,code}'), (4, '{findings,0,line_id}'),
	(5, '{findings,0,verdict}'), (6, '{findings,0,pointer}')) v (n, p)),
	array['rejected', 'business.item_unknown', 'P1019', '1', 'rejected',
	'/lines/0/item'], 'and refused with the finding, its code and its line');
select pg_temp.hand_in('distributor', :'erp', 'misfit') as d3 \gset
select pg_temp.accept(:d3, pg_temp.read('102', jsonb_build_array(
	pg_temp.message('1', '{}', 'rejected') || '{"findings": [{"rule":
	"guide.segment.missing", "code": "P0013", "severity": "error"}]}'))) \g /dev/null
select is(pg_temp.lamps(:d3), '{accepted,accepted,rejected,none,none}',
	'what does not fit its guide gets no further');
select is((select count(*) from exchange.document where ack_of = :d3
	and canonical is not null), 0::bigint,
	'and is answered on the level of syntax only');
select pg_temp.accept(pg_temp.hand_in('distributor', :'erp', 'torn'),
	pg_temp.read('103', '[]', '{"verdict": "rejected"}')) \g /dev/null
select is(pg_temp.lamps((select max(id) from exchange.document)),
	'{accepted,rejected,none,none,none}', 'nor does a torn envelope');
update exchange.agreement set acks = acks || '{"business": "errors"}'
where partner_id = :alpha;
select pg_temp.order_in('104', 'A3') as d4 \gset
select is((select count(*) from exchange.document where ack_of = :d4),
	0::bigint, 'an agreement may ask for refusals only');
select pg_temp.order_in('105', 'A4', 'NOSUCH') as d5 \gset
select is((select count(*) from exchange.document where ack_of = :d5),
	1::bigint, 'which do come');

update exchange.agreement set acks = acks - 'business'
where partner_id = :alpha;
select pg_temp.read('106', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('A5', '[{"line_id": "1", "item":
	{"sellers_item_id": "P1"}, "ordered": "1"}]')),
	pg_temp.message('2', pg_temp.doc('A6', '[{"line_id": "1", "item":
	{"sellers_item_id": "NOSUCH"}, "ordered": "1"}]')))) as half \gset
select pg_temp.hand_in('distributor', :'erp', 'half') as h1 \gset
select pg_temp.accept(:h1, :'half'::jsonb) \g /dev/null
select is((select array_agg(canonical ->> 'verdict' order by id)
	from exchange.document where ack_of = :h1 and canonical is not null),
	'{accepted,rejected}', 'each message has its answer');
select pg_temp.ask('distributor', 'documents_event', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:h1), 'event', 'replay'))
	#>> '{data,id}' as r \gset
select id as h2 from exchange.document where public_id::text = :'r' \gset
select pg_temp.accept(:h2, :'half'::jsonb) \g /dev/null
select is((select array_agg(canonical ->> 'verdict' order by id)
	from exchange.document where ack_of = :h2 and canonical is not null),
	'{rejected}', 'read again, only what was not applied is answered again');

create function pg_temp.said(received bigint, family text) returns jsonb
language plpgsql as $$
declare
	d exchange.document;
	m exchange.message;
begin
	select * into d from exchange.document where id = received;
	select * into m from exchange.message x where x.document_id = d.id;
	d.family := said.family;
	return exchange.ack_findings(d, m);
end
$$;
select is(pg_temp.said(:d3, 'edifact'), null,
	'EDIFACT says on the level of business what is business');
select is(pg_temp.said(:d3, 'ubl') #>> '{0,rule}', 'guide.segment.missing',
	'XML says all of it there');
select is(pg_temp.said(:d3, 'ubl') #>> '{0,code}', 'P0013',
	'with the code that the reader gave it');

-- Every rule that a partner may read has a code, and no two share one.
select is((select count(distinct exchange.rule_code('business.' || r))
	from unnest(array['item_unknown', 'quantity', 'ack_unknown', 'nonsense',
	'price_differs']) r), 5::bigint, 'codes differ');
select is(exchange.rule_code('business.never_heard'), 'P1000',
	'an unknown rule has the general one');

-- Out: what the partner owes.
select pg_temp.latest('order_response') as o1 \gset
select is(pg_temp.lamps(:o1), '{waiting,none,none,none,none}',
	'nothing is owed before it is written');
select pg_temp.write(:o1) \g /dev/null
select is(pg_temp.lamps(:o1), '{waiting,waiting,waiting,waiting,none}',
	'then all levels that are agreed');
select is((select array_agg(extract(epoch from due_at - d.ready_at)::int / 3600
	order by l.id) from exchange.level l join exchange.document d
	on d.id = l.document_id where d.id = :o1), '{24,2,2,24}',
	'each within its hours');
select pg_temp.ask('distributor', 'documents_event', :'erp',
	jsonb_build_object('id', exchange.document_uuid(:o1), 'event',
	'collect')) \g /dev/null
select is(pg_temp.lamps(:o1), '{accepted,waiting,waiting,waiting,none}',
	'it is fetched');

-- Overdue: a task of the account manager, with an end.
select exchange.overdue() \g /dev/null
select is((select count(*) from core.event where type = 'document.overdue'),
	0::bigint, 'in time, nobody is told');
update core.clock set shift = shift + interval '3 hours';
update core.session set touched_at = touched_at + interval '3 hours';
update core.access_token set expires_at = expires_at + interval '9 days';
select is(pg_temp.lamps(:o1), '{accepted,overdue,overdue,waiting,none}',
	'what did not come is overdue');
select exchange.overdue() \g /dev/null
select exchange.overdue() \g /dev/null
select is((select array_agg(data -> 'levels') from core.event
	where type = 'document.overdue'),
	array['["interchange", "syntax"]'::jsonb], 'he is told once');
select is((select (n ->> 'count')::int from jsonb_array_elements(pg_temp.ask(
	'desk', 'home', :'amy') #> '{data,needs_you}') n
	where n ->> 'kind' = 'acks'), 1, 'it is on his list');
select is(jsonb_array_length(pg_temp.ask('desk', 'documents_list', :'amy',
	'{"view": "unacknowledged"}') #> '{data,items}'), 1,
	'which leads to the document');
select is((select i ->> 'signal' || ' ' || (i ->> 'acks_overdue') from
	jsonb_array_elements(pg_temp.ask('desk', 'portfolio_list', :'amy')
	#> '{data,items}') i where i ->> 'name' = 'Alpha'), 'documents 1',
	'and the partner shows it');
select is(desk.signal(0, 0, 0, 1, 1, true), 'acks',
	'before what is merely late');
select is(pg_temp.ask('desk', 'documents_list', :'joe', '{"view":
	"unacknowledged"}') #> '{data,items}', '[]'::jsonb,
	'nobody else''s account manager');

-- A CONTRL that accepts, then an APERAK.
select pg_temp.ack('200', jsonb_build_object('verdict', 'accepted', 'of',
	jsonb_build_object('standard', 'edifact', 'control_ref', (select
	control_ref from exchange.document where id = :o1)), 'messages',
	'[{"message_ref": "1", "verdict": "accepted", "findings": []}]'::jsonb))
	as k1 \gset
select is((select state from exchange.document where id = :k1), 'applied',
	'an acknowledgement has effect');
select is((select object_number from exchange.message
	where document_id = :k1), (select number from exchange.document
	where id = :o1), 'on what it means');
select is(pg_temp.lamps(:o1), '{accepted,accepted,accepted,waiting,none}',
	'its levels are green');
select is(pg_temp.state(:o1), 'collected accepted',
	'and the last one is awaited');
select is(exchange.overdue_count(:alpha), 0::bigint, 'the task is over');
select pg_temp.ack('201', jsonb_build_object('level', 'business', 'verdict',
	'accepted', 'number', 'X1', 'of', jsonb_build_object('number', (select
	canonical ->> 'number' from exchange.document where id = :o1))))
	as k2 \gset
select is(pg_temp.lamps(:o1), '{accepted,accepted,accepted,accepted,none}',
	'all are green');
select is(pg_temp.state(:o1), 'acknowledged accepted',
	'the document is acknowledged');
select is((select array_agg(type order by seq) from core.event where
	object_id = exchange.document_uuid(:o1) and seq > (select max(seq)
	from core.event where type = 'document.overdue')),
	'{document.level,document.acknowledged}', 'with its history');
select is(pg_temp.lamps(:k1), '{accepted,accepted,accepted,none,none}',
	'the acknowledgement has lamps of its own, and needs no answer');
select is((select count(*) from exchange.document where ack_of in (:k1, :k2)),
	0::bigint, 'nor gets one');

-- Again, and of nothing.
select pg_temp.ack('202', jsonb_build_object('level', 'business', 'verdict',
	'accepted', 'of', jsonb_build_object('number', (select
	canonical ->> 'number' from exchange.document where id = :o1))))
	as k3 \gset
select is(pg_temp.rules(:k3), '{business.ack_repeated}',
	'a repeated one says so');
select is(pg_temp.state(:k3) || ', ' || pg_temp.state(:o1),
	'applied accepted, acknowledged accepted', 'and is harmless');
select pg_temp.ack('203', '{"verdict": "accepted", "of": {"standard":
	"edifact", "control_ref": "99999"}}') as k4 \gset
select is(pg_temp.rules(:k4), '{business.ack_unknown}',
	'one that fits nothing is explained');
select is((select state from exchange.document where id = :k4),
	'quarantined', 'and kept where somebody sees it');
select pg_temp.work(:d4, format('exchange.store_ack(%s, 0, ''ACK''::bytea,
	''{"control_ref": "777", "verdict": "accepted"}'')', :d4)) \g /dev/null
select is(pg_temp.rules(pg_temp.ack('204', '{"verdict": "accepted", "of":
	{"standard": "edifact", "control_ref": "777"}}')),
	'{business.ack_of_ack}', 'an acknowledgement is not acknowledged');
select is(pg_temp.rules(pg_temp.ack('205', jsonb_build_object('of',
	jsonb_build_object('control_ref', (select control_ref
	from exchange.document where id = :o1))))), '{business.ack_verdict}',
	'no verdict is not guessed');

-- A CONTRL that rejects.
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('A9',
	'[{"item": "P1", "quantity": "4"}]')) \g /dev/null
select pg_temp.latest('order_response') as o2 \gset
select pg_temp.write(:o2) \g /dev/null
create function pg_temp.refuse(ref text, ours bigint) returns bigint
language sql as $$
	select pg_temp.ack(ref, jsonb_build_object('verdict', 'rejected',
		'of', jsonb_build_object('standard', 'edifact', 'control_ref',
		(select control_ref from exchange.document where id = ours)),
		'messages', '[{"message_ref": "1", "verdict": "rejected",
		"findings": [{"position": "4", "elements": [{"element": "3",
		"component": "1", "code": "12"}]}, {"position": "7", "code":
		"13"}]}]'::jsonb))
$$;
select pg_temp.refuse('206', :o2) as k5 \gset
select is(pg_temp.state(:o2), 'rejected rejected',
	'what they reject needs attention');
select is(pg_temp.rules(:o2), '{theirs.value,theirs.missing}',
	'with what they found, in our words');
select is((select array_agg(concat_ws('/', content ->> 'segment',
	content ->> 'element', content ->> 'component') order by id) from
	exchange.finding where document_id = :o2), '{5/2/1,8}',
	'at the segment and element of our bytes');
select is(pg_temp.lamps(:o2), '{accepted,accepted,rejected,none,none}',
	'nothing more is awaited');
update exchange.document set sha256 = exchange.store(partner_id,
	'UNA:+.? ''UNB''UNH''BGM''DTM''RFF''DTM''CUX''NAD'''::bytea) where id = :o2;
select is((select array_agg(g ->> 'tag') from jsonb_array_elements(
	pg_temp.ask('distributor', 'documents_show', :'ann', jsonb_build_object(
	'id', exchange.document_uuid(:o2), 'tab', 'raw'))
	#> '{data,raw,segments}') g where (g ->> 'marked')::boolean),
	'{RFF,NAD}', 'where they are marked');
select is(pg_temp.ask('desk', 'documents_show', :'amy', jsonb_build_object(
	'id', exchange.document_uuid(:o2))) #> '{data,actions}',
	'["replay", "assign"]'::jsonb, 'it may be sent again');
select pg_temp.ask('desk', 'documents_event', :'amy', jsonb_build_object(
	'id', exchange.document_uuid(:o2), 'event', 'replay')) as r \gset
select is(:'r'::jsonb ->> 'status', '202', 'as a new document');
select id as o3 from exchange.document
where public_id::text = :'r'::jsonb #>> '{data,id}' \gset
select is((select (a.canonical = b.canonical and a.control_ref <> b.control_ref
	and a.parent_id = b.id)::text || ' ' || b.state from exchange.document a,
	exchange.document b where a.id = :o3 and b.id = :o2), 'true replayed',
	'with the same content and new numbers');
select pg_temp.refuse('207', :o2) \g /dev/null
select is((select state from exchange.document where id = :o2), 'replayed',
	'what was replaced stays so');

-- Accepted with errors; a verdict that changes.
select pg_temp.write(:o3) \g /dev/null
select pg_temp.refuse('208', :o3) \g /dev/null
select pg_temp.ack('209', jsonb_build_object('verdict',
	'accepted_with_errors', 'code', '35', 'of',
	jsonb_build_object('control_ref', (select control_ref
	from exchange.document where id = :o3)))) \g /dev/null
select is(pg_temp.lamps(:o3),
	'{accepted,accepted,accepted_with_errors,none,none}',
	'the later word counts');
select is((select array_agg(severity || ' ' || rule order by id)
	from exchange.finding where document_id = :o3), array[
	'error theirs.value', 'error theirs.missing',
	'warning theirs.structure'], 'both are kept');

-- One message may judge several documents.
select pg_temp.ack('210', jsonb_build_object('level', 'business', 'verdict',
	'accepted', 'number', 'X2', 'of', jsonb_build_object('number', (select
	canonical ->> 'number' from exchange.document where id = :o1)),
	'further', jsonb_build_array(jsonb_build_object('verdict', 'rejected',
	'of', jsonb_build_object('number', (select canonical ->> 'number'
	from exchange.document where id = :o3)))))) as k6 \gset
select is(pg_temp.rules(:k6), '{business.ack_repeated}',
	'the first is judged on its own');
select is(pg_temp.lamps(:o3),
	'{accepted,accepted,accepted_with_errors,rejected,none}',
	'so is the second');
select is((select state from exchange.document where id = :k6), 'applied',
	'and it has effect');

-- X12: groups and sets, numbers with zeros.
select exchange.agreement_load(:gamma, '{"name": "x", "family": "x12",
	"answer_family": "x12", "sends": ["order_response"], "acks": {"expects":
	["syntax"]}}') is not null as ok \gset
select pg_temp.ask('distributor', 'orders_create', :'gus', pg_temp.form('G1',
	'[{"item": "P1", "quantity": "4"}]')) \g /dev/null
select d.id as x1, d.control_ref as xref from exchange.document d
where d.partner_id = :gamma and d.type = 'order_response' \gset
select pg_temp.write(:x1) \g /dev/null
create function pg_temp.handle(partner bigint, canonical jsonb) returns jsonb
language sql as $$
	select exchange.handle_ack(partner, '{"type": "ack"}' || canonical, null,
		false)
$$;
select is(pg_temp.handle(:gamma, jsonb_build_object('level', 'interchange',
	'verdict', 'accepted', 'of', jsonb_build_object('standard', 'x12',
	'control_ref', lpad(:'xref', 9, '0')))) ->> 'effect', 'applied',
	'a TA1 means the interchange');
select is(pg_temp.lamps(:x1, 'distributor', pg_temp.hash('gus')),
	'{accepted,accepted,waiting,none,none}', 'and no more');
select is(pg_temp.handle(:gamma, jsonb_build_object('level', 'syntax',
	'verdict', 'rejected', 'of', jsonb_build_object('standard', 'x12',
	'group', :'xref'), 'messages', '[{"message_ref": "0001", "verdict":
	"rejected", "codes": ["5", "4"], "findings": [{"tag": "PO1", "position":
	"3", "code": "8", "elements": [{"element": "2", "code": "7", "value":
	"x"}]}]}]'::jsonb))
	->> 'effect', 'applied', 'a 997 means group and set');
select is(pg_temp.rules(:x1), '{theirs.count,theirs.value}',
	'with its codes in words');
select is(pg_temp.handle(:alpha, jsonb_build_object('level', 'syntax',
	'verdict', 'accepted', 'of', jsonb_build_object('standard', 'x12',
	'group', :'xref'))) #>> '{findings,0,rule}', 'business.ack_unknown',
	'never another partner''s');

select is(exchange.said_of(d, c) ->> 'level' || ' ' || (exchange.said_of(d, c)
	->> 'verdict'), w, n) from exchange.document d, (values
	('{"level": "interchange", "verdict": "accepted", "of": {"standard":
	"edifact"}}'::jsonb, 'syntax accepted', 'a CONTRL may accept the whole'),
	('{"level": "interchange", "verdict": "received", "of": {"standard":
	"edifact"}}', 'interchange accepted', 'or say that it was received'),
	('{"level": "syntax", "verdict": "rejected", "of": {"standard":
	"edifact"}}', 'interchange rejected', 'or refuse the whole'),
	('{"level": "syntax", "verdict": "partly", "messages": [{"message_ref":
	"7", "verdict": "rejected"}], "of": {"standard": "x12"}}',
	'syntax accepted', 'a set that is not named is not meant'))
	v (c, w, n) where d.id = :o1;
select is(pg_temp.handle(:gamma, '{"level": "syntax", "verdict": "accepted",
	"of": {"standard": "x12", "group": "1", "group_code": "FA"}}')
	#>> '{findings,0,rule}', 'business.ack_of_ack', 'nor is a 997 answered');

-- What is asked for in the envelope, and what is owed for it.
select is((select array_agg(exchange.agreement_json(a) #>> '{options,
	ack_wanted}') from exchange.agreement a where a.valid_until is null
	and a.partner_id in (:alpha, :gamma)), '{true,NULL}',
	'a CONTRL that is expected is asked for');
select is((select array_agg(exchange.owed(a, t)::text) from (values
	('edifact', '{"ack_wanted": true}'::jsonb, 'order'), ('x12',
	'{"ack_wanted": true}', 'order'), ('x12', '{}', 'order')) v (f, o, t),
	lateral jsonb_populate_record(null::exchange.agreement,
	jsonb_build_object('answer_family', f, 'options', o, 'acks',
	'{}'::jsonb)) a), array['{transport,interchange,syntax}',
	'{transport,interchange}', '{transport}'], 'ISA14 asks for a TA1 only');
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('A10',
	'[{"item": "P1", "quantity": "4"}]')) \g /dev/null
select pg_temp.latest('order_response') as o4 \gset
select is(pg_temp.rules(pg_temp.refuse('220', :o4)), '{business.ack_unknown}',
	'what was never written cannot be meant');
select pg_temp.write(:o4) \g /dev/null
select is(pg_temp.handle(:alpha, jsonb_build_object('test', true, 'level',
	'business', 'verdict', 'accepted', 'of', jsonb_build_object('number',
	(select canonical ->> 'number' from exchange.document where id = :o4))))
	#>> '{findings,0,rule}', 'business.test', 'nor what was no test, by one');
select exchange.agreement_load(:alpha, '{"name": "second", "family": "x12",
	"answer_family": "x12", "answer_guides": {"ack": "x12/824-004010"},
	"sends": ["ack"]}') ->> 'id' as second \gset
select pg_temp.hand_in('distributor', :'erp', 'by the second') as d6 \gset
select pg_temp.accept(:d6, pg_temp.read('221', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('A11', '[{"line_id": "1", "item":
	{"sellers_item_id": "NOSUCH"}, "ordered": "1"}]'))), jsonb_build_object(
	'agreement', :'second'))) \g /dev/null
select is((select guide from exchange.document where ack_of = :d6),
	'x12/824-004010', 'the answer goes the way that the question came');

-- Answers: of a supplier to our order, of the house to a case and a return.
select exchange.agreement_load(:beta, '{"name": "b", "family": "edifact",
	"answer_family": "edifact", "sends": ["order"]}') is not null as ok \gset
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('A12',
	'[{"item": "P1", "quantity": "4"}]')) \g /dev/null
select max(id) as po from exchange.document
where type = 'order' and direction = 'out' \gset
select pg_temp.write(:po) \g /dev/null
select is(pg_temp.lamps(:po, 'supplier', :'bob'),
	'{waiting,none,none,none,waiting}', 'an order waits for its answer');
update core.clock set shift = shift + interval '25 hours';
update core.session set touched_at = core.now(),
	expires_at = expires_at + interval '9 days';
select is(pg_temp.lamps(:po, 'supplier', :'bob'),
	'{overdue,none,none,none,overdue}', 'until it is due');
select pg_temp.line_event('supplier', :'bob', 'confirm',
	pg_temp.bought('A12', '10')) \g /dev/null
select pg_temp.later() \g /dev/null
select is((pg_temp.lamps(:po, 'supplier', :'bob'))[5], 'accepted',
	'and then has it');
select pg_temp.hand_in('distributor', :'erp', 'a case') as d7 \gset
select pg_temp.accept(:d7, pg_temp.read('230', jsonb_build_array(
	pg_temp.message('1', '{"type": "case", "action": "open",
	"partner_case_id": "C-1", "subject": "It drips"}')))) \g /dev/null
select is((pg_temp.lamps(:d7, 'distributor', :'erp'))[5], 'waiting', 'a case waits for its answer');
update cases.head set answered_at = core.now() where partner_case_id = 'C-1';
select is((pg_temp.lamps(:d7, 'distributor', :'erp'))[5], 'accepted', 'and has it');
select exchange.about_number('case', public_id) = number as ok, public_id as c
from cases.head where partner_case_id = 'C-1' \gset
select ok(:'ok', 'a document about it leads there');

-- One that names only the order means what was last sent about it.
select is(pg_temp.handle(:alpha, '{"level": "business", "verdict":
	"accepted", "order_number": "A10"}') ->> 'object_number', (select number
	from exchange.document where id = :o4), 'the number of the order will do');
select is(pg_temp.handle(:alpha, '{"level": "business", "verdict":
	"accepted"}') #>> '{findings,0,rule}', 'business.ack_unknown',
	'nothing at all will not');

-- Among many documents it is found by an index.
insert into exchange.document (public_id, partner_id, direction, state,
	media_type, channel, control_ref, reference, sha256, size, received_at)
select core.uuid7(), :alpha, 'in', 'received', 'text/plain', 'api', n, n,
	'\x00', 1, core.now() from generate_series(1, 9000) n;
analyze exchange.document;
create function pg_temp.scans(index text, canonical text) returns bigint
language plpgsql as $$
declare
	before bigint := pg_stat_get_xact_numscans(index::regclass);
begin
	perform pg_temp.handle((select id from core.partner
		where slug = 'alpha'), canonical::jsonb);
	return pg_stat_get_xact_numscans(index::regclass) - before;
end
$$;
discard plans;
select cmp_ok(pg_temp.scans('exchange.document_sent_idx', '{"level": "syntax",
	"verdict": "accepted", "of": {"control_ref": "987"}}'), '>', 0::bigint,
	'by its control reference');
select cmp_ok(pg_temp.scans('exchange.document_sent_number_idx', '{"level":
	"business", "verdict": "accepted", "of": {"number": "987"}}'), '>',
	0::bigint, 'by its number');
select cmp_ok(pg_temp.scans('exchange.document_sent_reference_idx', '{"level":
	"business", "verdict": "accepted", "order_number": "nowhere"}'), '>',
	0::bigint, 'and by the number of the order');
select throws_ok(format('update exchange.level set answer_id = %s
	where document_id = %s', (select min(id) from exchange.document
	where partner_id <> :alpha), :o4), '23503', null,
	'an answer is the same partner''s');

-- Every code is a cause.
select is((select count(*) from generate_series(1, 60) n where
	exchange.cause_contrl(n::text) is null), 0::bigint, 'every CONTRL code');
\ir lib/end.sql
