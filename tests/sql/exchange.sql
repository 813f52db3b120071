-- SPDX-License-Identifier: Apache-2.0
--
-- Documents: stored before they are read, applied message by message, never
-- twice, answered.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql

-- Storing.
select pg_temp.ask('distributor', 'documents_create', :'erp', '{"media_type":
	"application/edifact"}', 'UNA:+.? ''UNB+1'''::bytea) as r \gset
select is(:'r'::jsonb ->> 'status', '202', 'bytes are stored');
select matches(:'r'::jsonb ->> 'location', '^/documents/', 'with a place');
select is(:'r'::jsonb #>> '{data,state}', 'received', 'and not read yet');
select is((select count(*) from core.job where kind = 'document_read'),
	1::bigint, 'a job will read them');
select throws_ok(format($$ select pg_temp.ask('distributor',
	'documents_create', %L, '{}', '') $$, :'erp'), 'PT422',
	'documents.empty', 'nothing is not a document');
select throws_ok(format($$ select pg_temp.ask('distributor',
	'documents_create', %L, '{}', decode(repeat('00', 10485761), 'hex')) $$,
	:'erp'), 'PT413', 'documents.size', 'ten mebibytes at most');
select pg_temp.ask('distributor', 'documents_bytes', :'erp',
	jsonb_build_object('id', :'r'::jsonb #>> '{data,id}')) as b \gset
select is(decode(:'b'::jsonb #>> '{data,base64}', 'base64'),
	'UNA:+.? ''UNB+1'''::bytea, 'the bytes come back unchanged');
select is(:'b'::jsonb #>> '{data,sha256}', :'r'::jsonb #>> '{data,sha256}',
	'with their digest');
select pg_temp.ask('distributor', 'documents_create', :'erp', '{}',
	decode(repeat('4142', 1200000), 'hex')) #>> '{data,id}' as big \gset
select is((select count(*) from exchange.chunk c join exchange.document d
	on d.sha256 = c.sha256 where d.public_id::text = :'big'), 3::bigint,
	'large ones lie in pieces');
select throws_ok(format($$ select pg_temp.ask('distributor',
	'documents_bytes', %L, %L) $$, :'gus', jsonb_build_object('id', :'big')),
	'PT404', 'absent', 'another partner''s bytes are absent');

-- An order.
select pg_temp.hand_in('distributor', :'erp', 'one') as d1 \gset
select pg_temp.accept(:d1, pg_temp.read('100', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E1', '[{"line_id": "1", "item":
	{"gtin": "4006381333931"}, "ordered": "4", "unit_code": "EA",
	"price_amount": "100.00"}, {"line_id": "2", "item": {"buyers_item_id":
	"AP2"}, "ordered": "3"}]'))))) as a \gset
select is(:'a'::jsonb ->> 'state', 'applied', 'a good order is applied');
select is(:'a'::jsonb #>> '{interchanges,0,ack}', 'contrl',
	'and will be acknowledged');
select is((select state || ' ' || source from orders.head
	where partner_number = 'E1'), 'acknowledged edi', 'it is an order now');
select is((select ship_to ->> 'name' from orders.head
	where partner_number = 'E1'), 'Alpha store',
	'its place of delivery is known by number');
select is((select count(*) from orders.head p join orders.head s
	on s.id = p.linked_order_id where s.partner_number = 'E1'), 1::bigint,
	'and it is bought');
select is((pg_temp.accept(:d1, '{}')) ->> 'done', 'true',
	'accepting twice has no effect');
select isnt(pg_temp.work(:d1, format('exchange.store_ack(%s, 0,
	''ACK''::bytea, ''{"control_ref": "1", "verdict": "accepted"}'')', :d1)),
	null, 'the acknowledgement is kept');

-- The same again.
select pg_temp.hand_in('distributor', :'erp', 'one') as d2 \gset
select pg_temp.accept(:d2, pg_temp.read('100', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E1', '[]'))))) as a \gset
select is(:'a'::jsonb #>> '{interchanges,0,effect}', 'duplicate',
	'the same interchange has no effect');
select is(pg_temp.rules(:d2), array['business.interchange_repeated'],
	'and says so');
select is((select array_agg(exchange.bytes_of(x.id)) from exchange.document x
	where x.ack_of in (:d1, :d2)), array['ACK', 'ACK']::bytea[],
	'the first acknowledgement goes out again');
select pg_temp.hand_in('distributor', :'erp', 'other') as d3 \gset
select pg_temp.accept(:d3, pg_temp.read('100', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E2', '[{"line_id": "1", "item":
	{"gtin": "4006381333931"}, "ordered": "4"}]'))))) as a \gset
select is(:'a'::jsonb ->> 'state', 'rejected',
	'other content under a used number is rejected');
select is(:'a'::jsonb #>> '{interchanges,0,findings,0,contrl}', '26',
	'by code 26');
select is((select count(*) from orders.head where partner_number = 'E2'),
	0::bigint, 'and has no effect');
update exchange.agreement set options = options || '{"reuse_after": 30}'
where partner_id = :alpha;
select pg_temp.hand_in('distributor', :'ann', 'later') as d4 \gset
update core.clock set shift = '31 days';
select is(pg_temp.accept(:d4, pg_temp.read('100', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E3', '[{"line_id": "1", "item":
	{"gtin": "4006381333931"}, "ordered": "4"}]'))))) ->> 'state', 'applied',
	'unless the agreement lets numbers start again');
update core.clock set shift = '0';

-- The order's number.
select pg_temp.hand_in('distributor', :'erp', 'again') as d5 \gset
select pg_temp.accept(:d5, pg_temp.read('101', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E1', '[{"line_id": "1", "item":
	{"gtin": "4006381333931"}, "ordered": "5"}]'))))) as a \gset
select is(:'a'::jsonb ->> 'state', 'quarantined',
	'another order under a used number needs attention');
select is(pg_temp.rules(:d5), array['business.number_used'], 'and says why');
select is((select blocks from exchange.interchange where document_id = :d5),
	false, 'its interchange number is not used up');
select pg_temp.hand_in('distributor', :'erp', 'copy') as d6 \gset
select pg_temp.accept(:d6, pg_temp.read('102', jsonb_build_array(
	pg_temp.message('1', (select content from orders.version v
	join orders.head h on h.id = v.order_id where h.partner_number = 'E1'))
	))) as a \gset
select is(:'a'::jsonb ->> 'state', 'applied',
	'an equal original is accepted');
select is(pg_temp.rules(:d6), array['business.duplicate'], 'with a warning');
select is((select count(*) from orders.head where partner_number = 'E1'),
	1::bigint, 'and has no effect');

-- What the house does not know.
select pg_temp.hand_in('distributor', :'erp', 'wrong') as d7 \gset
select pg_temp.accept(:d7, pg_temp.read('103', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E7', '[{"line_id": "1", "item":
	{"gtin": "4006381333932"}, "ordered": "4", "unit_code": "KGM"},
	{"line_id": "1", "item": {"sellers_item_id": "P1"}, "ordered": "0"},
	{"line_id": "3", "item": {"sellers_item_id": "P1"}, "ordered": "2",
	"unit_code": "KGM", "price_amount": "80"}]', '{"parties": {"buyer":
	{"gln": "2900000000124"}, "seller": {"gln": "2900000000124"}, "ship_to":
	{"gln": "1"}}, "currency": "USD"}')),
	pg_temp.message('2', pg_temp.doc('E8', '[{"line_id": "1", "item":
	{"sellers_item_id": "P1"}, "ordered": "1"}]'))))) as a \gset
select is((select array_agg(distinct r order by r)
	from unnest(pg_temp.rules(:d7)) r), array['business.buyer_unknown',
	'business.currency', 'business.item_unknown', 'business.line_twice',
	'business.price_missing', 'business.quantity', 'business.seller_unknown',
	'business.ship_to_unknown', 'business.unit'], 'all findings are collected');
select is(:'a'::jsonb ->> 'state', 'quarantined', 'the document is held');
select is((select state from orders.head where partner_number = 'E8'),
	'acknowledged', 'one bad message does not stop the next');
select is((select content ->> 'segment' from exchange.finding
	where document_id = :d7 and rule = 'business.item_unknown'), '4',
	'a business finding knows its segment');
select pg_temp.hand_in('distributor', :'erp', 'stranger') as d8 \gset
select is(pg_temp.accept(:d8, pg_temp.read('104', '[]', '{"agreement":
	null}')) ->> 'state', 'quarantined', 'an unknown sender is held');
select is(pg_temp.rules(:d8), array['business.agreement_unknown'],
	'and it says so');
select pg_temp.hand_in('distributor', :'erp', 'bad') as d9 \gset
select is(pg_temp.accept(:d9, pg_temp.read('105', jsonb_build_array(
	pg_temp.message('1', '{}', 'rejected')))) ->> 'state', 'rejected',
	'what does not fit the guide is rejected');
select pg_temp.hand_in('distributor', :'erp', 'dead') as d10 \gset
select pg_temp.work(:d10, format('exchange.read_failed(%s, ''died'')', :d10))
	\g /dev/null
select is((select state from exchange.document where id = :d10),
	'quarantined', 'what cannot be read is held');
select pg_temp.hand_in('distributor', :'erp', 'test') as d11 \gset
select pg_temp.accept(:d11, pg_temp.read('106', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E9', '[{"line_id": "1", "item":
	{"sellers_item_id": "P1"}, "ordered": "1"}]'))), '{"test": true}'))
	\g /dev/null
select is((select count(*) from orders.head where partner_number = 'E9'),
	0::bigint, 'a test has no effect');
select pg_temp.hand_in('distributor', :'erp', 'tested') as d16 \gset
select is(pg_temp.accept(:d16, pg_temp.read('100', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E9', '[{"line_id": "1", "item":
	{"sellers_item_id": "P1"}, "ordered": "1"}]'))), '{"test": true}'))
	->> 'state', 'applied', 'and numbers of its own');

-- What other systems leave out or write otherwise.
update exchange.agreement set ours = '{"id": "8590309000006"}'
where partner_id = :alpha;
select is((select array_agg(orders.seller_is(:alpha, p, h) order by n)
	from core.house h, (values (1, '{"gln": "2900000000018"}'::jsonb),
	(2, '{"gln": "8590309000006"}'), (3, '{"gln": "2900000000124"}'),
	(4, '{"name": "Whoever"}'), (5, null)) v (n, p)),
	'{t,t,f,t,t}'::boolean[], 'the seller may be named as the agreement says');
update exchange.agreement set ours = '{"id": "2900000000018",
	"qualifier": "14"}' where partner_id = :alpha;
select is(orders.currency_of(:alpha, '{"currency": "USD"}'), 'USD',
	'an order is in the currency that it names');
select is(orders.currency_of(:alpha, '{}'), 'EUR', 'else in the house''s');
update item.price set currency = 'USD' where partner_id = :gamma;
select is(orders.currency_of(:gamma, '{}'), 'USD',
	'or in that of the partner''s prices, when all are in another one');
update item.price set currency = 'GBP' where partner_id = :gamma
	and item_id = (select id from item.item where number = 'P1');
select is(orders.currency_of(:gamma, '{}'), 'EUR', 'never in a guessed one');
select is((select array_agg(item.by_gtin(g) is not null order by n)
	from (values (1, '4006381333931'), (2, '04006381333931'),
	(3, '14006381333938'), (4, '400638133393'), (5, 'x'), (6, null))
	v (n, g)), '{t,t,f,f,f,f}'::boolean[],
	'zeros in front make no other GTIN');

select item.import('[{"number": "P8", "name_en": "Priceless"}]', false)
	is not null as ok \gset
select pg_temp.hand_in('distributor', :'erp', 'price') as d16 \gset
select is(pg_temp.accept(:d16, pg_temp.read('111', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E16', '[{"line_id": "1", "item":
	{"sellers_item_id": "P8"}, "ordered": "1", "price_amount": "50",
	"price_base": "10"}]', '{"parties": {"ship_to": {"gln":
	"2900000000117"}}}'))))) ->> 'state', 'applied',
	'an item without price is sold at the price that the order names');
select is(pg_temp.rules(:d16), array['business.price_missing'],
	'with a warning');
select is((select l.price / l.price_base || ' ' || (h.ship_to ->> 'name')
	from orders.line l join orders.head h on h.id = l.order_id
	where h.partner_number = 'E16'), '5.0000000000000000 Alpha store',
	'the buyer''s own number means his usual place');

-- A long batch is applied in portions, and goes on where it stopped.
select pg_temp.hand_in('distributor', :'erp', 'batch') as d15 \gset
select pg_temp.read('110', (select jsonb_agg(pg_temp.message(i::text,
	pg_temp.doc('L' || i, '[{"line_id": "1", "item": {"sellers_item_id":
	"P4"}, "ordered": "1"}]'))) from generate_series(1, 150) i)) as batch \gset
select is(pg_temp.accept(:d15, :'batch'::jsonb), '{"more": true}'::jsonb,
	'a hundred messages at a time');
select is((select count(*) from orders.head where partner_number ~ '^L'),
	100::bigint, 'these stand');
select is(pg_temp.accept(:d15, :'batch'::jsonb) ->> 'state', 'applied',
	'the rest follows');
select is((select count(*) from orders.head where partner_number ~ '^L'),
	150::bigint, 'none is missing, none doubled');

-- Replay: a new attempt when the house has learned the item.
select item.import('[{"number": "P9", "gtin": "4012345678901", "name_en":
	"New", "supplier": "beta", "partner": "alpha", "price": "1",
	"valid_from": "2026-01-01"}]', false) is not null as ok \gset
select pg_temp.ask('distributor', 'documents_event', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:d7), 'event', 'replay'))
	as r \gset
select is(:'r'::jsonb ->> 'status', '202', 'a document is read again');
select is((select parent_id || ' ' || attempt from exchange.document
	where public_id::text = :'r'::jsonb #>> '{data,id}'), :d7 || ' 2',
	'as a new attempt linked to the first');
select is((select state from exchange.document where id = :d7), 'replayed',
	'the first is over');
select throws_ok(format($$ select pg_temp.ask('distributor',
	'documents_event', %L, %L) $$, :'ann', jsonb_build_object('id',
	exchange.document_uuid(:d1), 'event', 'replay')), 'PT409', null,
	'what was applied is not replayed');

-- Replay of a batch of which a part was applied: the rest is, once.
select pg_temp.hand_in('distributor', :'erp', 'half') as d20 \gset
select pg_temp.read('120', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E20', '[{"line_id": "1", "item":
	{"sellers_item_id": "P1"}, "ordered": "1"}]')),
	pg_temp.message('2', pg_temp.doc('E21', '[{"line_id": "1", "item":
	{"sellers_item_id": "P21"}, "ordered": "1"}]')))) as half \gset
select is(pg_temp.accept(:d20, :'half'::jsonb) ->> 'state', 'quarantined',
	'one order of two is applied');
select item.import('[{"number": "P21", "name_en": "Late", "supplier": "beta",
	"partner": "alpha", "price": "1", "valid_from": "2026-01-01"}]', false)
	is not null as ok \gset
select pg_temp.ask('distributor', 'documents_event', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:d20), 'event', 'replay'))
	#>> '{data,id}' as r \gset
select id as d21 from exchange.document where public_id::text = :'r' \gset
select is(pg_temp.accept(:d21, :'half'::jsonb) ->> 'state', 'applied',
	'read again, the other is, too');
select is((select array_agg(h.partner_number order by h.id) from orders.head h
	where h.partner_number in ('E20', 'E21')), array['E20', 'E21'],
	'each is one order');
select is((select array_agg(m.effect order by m.position)
	from exchange.message m where m.document_id = :d21),
	array['duplicate', 'created'], 'and the attempt says which it made');
select pg_temp.hand_in('distributor', :'erp', 'half') as d22 \gset
select is(pg_temp.accept(:d22, :'half'::jsonb) #>> '{interchanges,0,effect}',
	'duplicate', 'handed in again it is a repeat');

-- Preview and commit.
select pg_temp.hand_in('distributor', :'ann', 'look', '{"preview": "on"}')
	as d12 \gset
select is(pg_temp.accept(:d12, pg_temp.read('107', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E10', '[{"line_id": "1", "item":
	{"sellers_item_id": "P1"}, "ordered": "1"}]'))))) ->> 'state', 'preview',
	'a preview is only looked at');
select is((select count(*) from orders.head where partner_number = 'E10'),
	0::bigint, 'nothing happens before commit');
select is(pg_temp.ask('distributor', 'documents_event', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:d12), 'event', 'commit'))
	->> 'status', '202', 'commit reads it for good');

-- A look at what is then read again by others comes too late.
select pg_temp.hand_in('distributor', :'erp', 'late') as d30 \gset
select pg_temp.accept(:d30, pg_temp.read('130', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E30', '[{"line_id": "1", "item":
	{"sellers_item_id": "NONE"}, "ordered": "1"}]'))))) \g /dev/null
select pg_temp.ask('distributor', 'documents_event', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:d30), 'event', 'try'))
	#>> '{data,id}' as r \gset
select id as d31 from exchange.document where public_id::text = :'r' \gset
select is(pg_temp.accept(:d31, pg_temp.read('130', jsonb_build_array(
	pg_temp.message('1', pg_temp.doc('E30', '[{"line_id": "1", "item":
	{"sellers_item_id": "NONE"}, "ordered": "1"}]'))))) ->> 'state',
	'preview', 'tried, it is only looked at');
select is(pg_temp.ask('distributor', 'documents_event', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:d30), 'event', 'replay'))
	->> 'status', '202', 'meanwhile it is read again');
select throws_ok(format($$ select pg_temp.ask('distributor', 'documents_event',
	%L, '{"id": "%s", "event": "commit"}') $$, :'ann',
	exchange.document_uuid(:d31)), 'PT409', 'state.illegal',
	'what was looked at is not read a second time');
select is((select count(*) from exchange.document where parent_id = :d31),
	0::bigint, 'nor is anything left of it');

-- Files that are only checked wait in bounded number.
select is((select count(*) from generate_series(1, 20) n where pg_temp.ask(
	'distributor', 'documents_check', :'ann', '{"media_type": "text/plain"}',
	'UNA') ->> 'status' = '202'), 20::bigint, 'twenty files may wait');
select throws_ok(format($$ select pg_temp.ask('distributor', 'documents_check',
	%L, '{"media_type": "text/plain"}', 'UNA') $$, :'ann'), 'PT429',
	'rate.exceeded', 'no more');
select is(pg_temp.ask('distributor', 'documents_check', :'gus',
	'{"media_type": "text/plain"}', 'UNA') ->> 'status', '202',
	'another partner does not wait for that');

-- What goes wrong beneath the rules: kept and told without the database's
-- words, or tried again when it may pass.
create function core.test_fault(partner bigint, canonical jsonb,
	document bigint, dry boolean) returns jsonb
language plpgsql as $$
begin
	raise exception using errcode = canonical ->> 'number',
		message = 'inner words';
end
$$;
select exchange.handle_with('fault', 'core.test_fault') \g /dev/null
create function pg_temp.fault(ref text, code text) returns bigint
language plpgsql as $$
declare
	d bigint := pg_temp.hand_in('distributor', (select 'token '
		|| pg_temp.hash('alpha-erp')), 'fault ' || ref);
begin
	perform pg_temp.accept(d, pg_temp.read(ref, jsonb_build_array(
		pg_temp.message('1', jsonb_build_object('type', 'fault',
		'number', code)))));
	return d;
end
$$;
select pg_temp.fault('140', '22012') as d25 \gset
select is(pg_temp.rules(:d25), array['business.failed'],
	'a fault is a finding');
select is((select content::text ~ 'inner words' from exchange.finding
	where document_id = :d25), false, 'without the database''s words');
select throws_ok($$select pg_temp.fault('141', '53100')$$, '53100', null,
	'a full disk is no property of a document');

-- A return's number stands for one content.
set local session_replication_role = replica;
update orders.line l set state = 'shipped', open = 0, confirmed = ordered,
	shipped = ordered from orders.head h
where h.id = l.order_id and h.partner_number = 'E20';
update orders.schedule s set kind = 'confirmed' from orders.line l,
	orders.head h where l.id = s.line_id and h.id = l.order_id
	and h.partner_number = 'E20';
set local session_replication_role = origin;
create function pg_temp.back(ref text, reason text) returns jsonb
language plpgsql as $$
declare
	d bigint := pg_temp.hand_in('distributor', (select 'token '
		|| pg_temp.hash('alpha-erp')), 'return ' || ref);
begin
	perform pg_temp.accept(d, pg_temp.read(ref, jsonb_build_array(
		pg_temp.message('1', jsonb_build_object('type', 'return_request',
		'number', 'RR1', 'lines', jsonb_build_array(jsonb_build_object(
		'line_id', '1', 'order_number', 'E20', 'order_line_id', '1',
		'quantity', '1', 'reason_code', reason, 'expected_resolution',
		'credit')))))));
	return (select jsonb_build_array(m.effect, pg_temp.rules(d))
		from exchange.message m where m.document_id = d);
end
$$;
select is(pg_temp.back('130', 'defective'), '["created", null]'::jsonb,
	'a return by document');
select is(pg_temp.back('131', 'defective'),
	'["duplicate", ["business.return_twice"]]'::jsonb, 'the same again');
select is(pg_temp.back('132', 'surplus'),
	'["none", ["business.returns_number_used"]]'::jsonb,
	'another under its number is refused');

-- Going out.
select d.id as out from exchange.document d where d.type = 'order_response'
	order by d.id limit 1 \gset
select is(pg_temp.work(:out, format('exchange.write_start(%s) ->> ''family''',
	:out)), 'edifact', 'the writer gets what it needs');
select pg_temp.work(:out, format('exchange.written(%s, ''UNA''::bytea)',
	:out)) \g /dev/null
select is(pg_temp.ask('distributor', 'documents_list', :'erp',
	'{"direction": "out", "state": "ready", "type": "order_response"}')
	#>> '{data,items,0,state}', 'ready', 'what is written may be fetched');
select is(pg_temp.ask('distributor', 'documents_event', :'erp',
	jsonb_build_object('id', exchange.document_uuid(:out), 'event',
	'collect')) #>> '{data,state}', 'collected', 'and is collected');
select is(pg_temp.ask('distributor', 'documents_event', :'erp',
	jsonb_build_object('id', exchange.document_uuid(:out), 'event',
	'collect')) #>> '{data,state}', 'collected', 'once or twice');
select is((select array_agg(control ->> 'interchange' order by id)
	from exchange.document where direction = 'out' and control is not null),
	(select array_agg(n::text) from (select (control ->> 'interchange')::int n
	from exchange.document where direction = 'out' and control is not null
	order by 1) t), 'control numbers rise');

-- A supplier answers by document.
select number as po from orders.head where kind = 'purchase'
	and linked_order_id = (select id from orders.head
	where partner_number = 'E1') \gset
select exchange.agreement_load(:beta, '{"name": "b", "family": "edifact",
	"theirs": {"id": "B"}}') ->> 'id' as bag \gset
select pg_temp.hand_in('supplier', :'berp', 'answer') as d13 \gset
select is(pg_temp.accept(:d13, pg_temp.read('1', jsonb_build_array(
	pg_temp.message('1', jsonb_build_object('type', 'order_response',
	'order_number', :'po', 'number', 'R1', 'response_code', 'CA', 'lines',
	jsonb_build_array(jsonb_build_object('line_id', '10', 'action', '3',
	'confirmed', '3', 'backordered', '1', 'schedule', jsonb_build_array(
	jsonb_build_object('quantity', '3', 'date', core.today() + 9),
	jsonb_build_object('quantity', '1', 'date', core.today() + 20))),
	'{"line_id": "20", "action": "7", "reason": {"code": "capacity"}}'
	::jsonb)))), jsonb_build_object('agreement', :'bag'))) ->> 'state',
	'applied', 'an answer is applied');
select is(pg_temp.line_state(pg_temp.sold('E1', '1')), 'proposed',
	'and reaches the distributor at once');
select is(pg_temp.line_state(pg_temp.sold('E1', '2')), 'rejected',
	'line by line');
select is((select v.pointer || ' ' || v.source from orders.value v
	join orders.line l on l.id = v.line_id where l.public_id::text
	= pg_temp.bought('E1', '1') and v.field = 'confirmed_quantity'),
	'/lines/0/confirmed edi', 'each value knows its place in the document');
select pg_temp.hand_in('supplier', :'berp', 'answer2') as d14 \gset
select is(pg_temp.accept(:d14, pg_temp.read('2', jsonb_build_array(
	pg_temp.message('1', '{"type": "order_response", "order_number": "PO-1",
	"response_code": "AP"}')), jsonb_build_object('agreement', :'bag')))
	->> 'state', 'quarantined', 'an answer to nothing is held');

-- Screens.
select pg_temp.ask('distributor', 'documents_show', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:d5), 'tab', 'raw'))
	as s \gset
select is(:'s'::jsonb #>> '{data,raw,segments,0,text}', 'again',
	'the raw text is shown by segment');
select is(:'s'::jsonb #>> '{data,findings,0,rule}',
	'business.number_used', 'with its findings');
select is(pg_temp.ask('distributor', 'documents_show', :'ann',
	jsonb_build_object('id', exchange.document_uuid(:d5), 'tab', 'raw',
	'pointer', '/number')) #>> '{data,raw,segments,0,cited}', 'false',
	'a place beyond the text is not cited');
select is(exchange.cited(d, '/number'), '{9}', 'a value leads to its segment')
	from exchange.document d where d.id = :d5;
select is(exchange.cited(d, '/lines/0/item/gtin/x'), '{55}',
	'or to the nearest place above') from exchange.document d
	where d.id = :d5;
select is(pg_temp.ask('desk', 'documents_list', :'joe') #> '{data,items}',
	'[]'::jsonb, 'an account manager sees assigned partners'' only');
select throws_ok(format($$ select pg_temp.ask('distributor',
	'documents_show', %L, %L) $$, :'gus', jsonb_build_object('id',
	exchange.document_uuid(:d5))), 'PT404', 'absent',
	'another partner''s document is absent');
select is(exchange.segment_end('UNA', 'edifact'), '''',
	'a torn service string names no terminator');
set constraints all immediate;
select pass('everything adds up');
\ir lib/end.sql
