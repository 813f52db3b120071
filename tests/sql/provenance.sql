-- SPDX-License-Identifier: Apache-2.0
--
-- Where values come from: what each side is told about them, and the way to
-- the segment that says so.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql

insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select id, 'supplier', :beta, '{supplier_user}', core.now()
from core.person where uid = 'bob';

-- An order by document, two of them in one file.
select pg_temp.hand_in('distributor', :'erp', 'xx') as d1 \gset
create function pg_temp.placed(ref text, number text, offsets int)
returns jsonb language sql as $$
	select pg_temp.message(ref, pg_temp.doc(number, '[{"line_id": "1",
		"item": {"sellers_item_id": "P1"}, "ordered": "4",
		"price_amount": "99.00"}, {"line_id": "2", "item":
		{"sellers_item_id": "P3"}, "ordered": "2.50", "requested_date":
		"2030-01-31"}]', '{"requested_date": "2030-01-15"}'))
		|| jsonb_build_object('locators', jsonb_build_object(
		'/requested_date', jsonb_build_object('offset', offsets + 1),
		'/lines/0/ordered', jsonb_build_object('offset', offsets + 2),
		'/lines/1/ordered', jsonb_build_object('offset', offsets + 3)))
$$;
select is(pg_temp.accept(:d1, pg_temp.read('1', jsonb_build_array(
	pg_temp.placed('1', 'V1', 100), pg_temp.placed('2', 'V2', 200))))
	->> 'state', 'applied', 'two orders of one file stand');

-- A line of the order as one side sees it.
create function pg_temp.shown(login text, who text, number text, line text)
returns jsonb language sql as $$
	select l from orders.head h, jsonb_array_elements(pg_temp.ask(login,
		'orders_show', who, jsonb_build_object('id', h.public_id,
		'expand', 'history')) #> '{data,lines}') l
	where shown.number in (h.partner_number, h.number)
	and l ->> 'line_id' = line
$$;
-- The current value of a field, and the entry at a number.
create function pg_temp.now(shown jsonb, field text) returns jsonb
language sql as $$
	select v from jsonb_array_elements(shown -> 'history') v
	where v ->> 'field' = field and (v ->> 'current')::boolean
$$;
create function pg_temp.entry(shown jsonb, nr text) returns jsonb
language sql as $$
	select v from jsonb_array_elements(shown -> 'history') v
	where v ->> 'nr' = nr
$$;

select pg_temp.shown('distributor', :'ann', 'V2', '2') as l \gset
select is(pg_temp.now(:'l', 'ordered_quantity') ->> 'value', '2.5',
	'what was ordered has its value');
select is(pg_temp.now(:'l', 'ordered_quantity') ->> 'pointer',
	'/lines/1/ordered', 'its place');
select is(pg_temp.now(:'l', 'ordered_quantity') #>> '{document,number}',
	(select number from exchange.document where id = :d1), 'its document');
select is(pg_temp.now(:'l', 'ordered_quantity') ->> 'client', 'alpha-erp',
	'who sent it');
select is(pg_temp.now(:'l', 'ordered_quantity') ->> 'organisation', 'Alpha',
	'and for whom');
select is(pg_temp.now(:'l', 'requested_date') ->> 'pointer',
	'/lines/1/requested_date', 'a line''s own wanted date');
select is(pg_temp.now(:'l', 'price') -> 'document', 'null',
	'a price that the buyer did not name comes from no document');
select is(pg_temp.now(:'l', 'price') ->> 'source', 'system',
	'but from the price list');
select is(pg_temp.now(:'l', 'price') ->> 'organisation', 'House',
	'of the house');
select is(pg_temp.now(pg_temp.shown('distributor', :'ann', 'V2', '1'),
	'requested_date') ->> 'pointer', '/requested_date',
	'a date of the whole order is found in its head');
select is(pg_temp.now(pg_temp.shown('distributor', :'ann', 'V2', '1'),
	'price') ->> 'pointer', '/lines/0/price_amount', 'a named price');

-- The way to the segment, of the right message.
select is(exchange.cited(d, '/lines/1/ordered'), '{103,203}',
	'a place alone is found in every message')
	from exchange.document d where d.id = :d1;
select is(exchange.cited(d, '/lines/1/ordered', h.public_id), '{203}',
	'with the order, in its own')
	from exchange.document d, orders.head h
	where d.id = :d1 and h.partner_number = 'V2';
select is(exchange.cited(d, '/lines', h.public_id, '2.50'), '{203}',
	'of several beneath a place the one that says the value')
	from exchange.document d, orders.head h
	where d.id = :d1 and h.partner_number = 'V2';
select is(exchange.cited(d, '/lines', h.public_id, '77'), '{202,203}',
	'or all of them') from exchange.document d, orders.head h
	where d.id = :d1 and h.partner_number = 'V2';
select throws_ok(format($$ select pg_temp.ask('distributor', 'documents_show',
	%L, %L) $$, :'gus', jsonb_build_object('id', exchange.document_uuid(:d1),
	'tab', 'raw', 'pointer', '/lines/1/ordered')), 'PT404', 'absent',
	'nobody else is led there');

-- The supplier's word, said by document, reaches the distributor as the
-- house's.
select exchange.agreement_load(:beta, '{"name": "b", "family": "edifact",
	"theirs": {"id": "B"}}') ->> 'id' as bag \gset
select number as po from orders.head where kind = 'purchase'
	and partner_id = :beta and linked_order_id = (select id from orders.head
	where partner_number = 'V1') \gset
select pg_temp.hand_in('supplier', :'berp', 'answer') as d2 \gset
select is(pg_temp.accept(:d2, pg_temp.read('1', jsonb_build_array(
	pg_temp.message('1', jsonb_build_object('type', 'order_response',
	'order_number', :'po', 'number', 'R1', 'response_code', 'CA', 'lines',
	'[{"line_id": "10", "action": "3", "confirmed": "3", "backordered": "1",
	"schedule": [{"quantity": "3", "date": "2030-01-20"}, {"quantity": "1",
	"date": "2030-02-10"}], "price_amount": "61", "reason": {"code":
	"capacity", "text": "Beta is on holiday"}}]'::jsonb))),
	jsonb_build_object('agreement', :'bag'))) ->> 'state', 'applied',
	'an answer by document');
select pg_temp.shown('supplier', :'bob', :'po', '10') as b \gset
select is(pg_temp.now(:'b', 'promised_date') ->> 'pointer',
	'/lines/0/schedule', 'the supplier finds his own words');
select is(pg_temp.now(:'b', 'promised_date') #>> '{document,number}',
	(select number from exchange.document where id = :d2), 'in his document');
select is(pg_temp.now(:'b', 'price') ->> 'value', '61.00', 'his price');
select is((select v -> 'superseded_by' ->> 'value'
	from jsonb_array_elements(:'b'::jsonb -> 'history') v
	where v ->> 'field' = 'price' and v ->> 'value' = '60.00'), '61.00',
	'and what it replaced');
-- decided by the house, so that it flows
select pg_temp.line_event('desk', :'amy', 'accept',
	pg_temp.bought('V1', '1')) \g /dev/null
select is(pg_temp.now(pg_temp.shown('supplier', :'bob', :'po', '10'),
	'price') ->> 'value', '61.00', 'an agreed price is not lost');
select pg_temp.shown('distributor', :'ann', 'V1', '1') as l \gset
select is(pg_temp.now(:'l', 'promised_date') ->> 'value', '2030-02-10',
	'the promise reaches the distributor');
select is(pg_temp.now(:'l', 'promised_date') ->> 'source', 'shared',
	'passed on');
select is(pg_temp.now(:'l', 'promised_date') ->> 'organisation', 'House',
	'by the house');
select ok(position('Beta' in :'l') = 0 and position('"61' in :'l') = 0
	and position(:'po' in :'l') = 0 and position('holiday' in :'l') = 0,
	'without the supplier''s name, price, number or words');
select is(pg_temp.now(:'l', 'promised_date') -> 'origin', 'null',
	'nor the way to him');
select is(pg_temp.now(:'l', 'reason') ->> 'value', 'capacity',
	'only the code of his reason');
select pg_temp.shown('desk', :'amy', 'V1', '1') as k \gset
select is(pg_temp.now(:'k', 'promised_date') #>> '{origin,document,number}',
	(select number from exchange.document where id = :d2),
	'the desk is led to the supplier''s document');
select is(pg_temp.now(:'k', 'promised_date') #>> '{origin,pointer}',
	'/lines/0/schedule', 'and its place, value by value');
select is(pg_temp.now(:'k', 'promised_date') #>> '{origin,partner,name}',
	'Beta', 'and his name');
select is(pg_temp.ask('distributor', 'orders_show', :'ann',
	jsonb_build_object('id', public_id)) #>> '{data,linked}', '[]',
	'linked orders are not told') from orders.head
	where partner_number = 'V1';

-- Four dates, each with its entry.
select is((select array_agg(coalesce(x ->> 'date', '-') order by n)
	from jsonb_array_elements(:'l'::jsonb -> 'dates') with ordinality
	t (x, n)), array['2030-01-15', '2030-02-10', '2030-02-10', '2030-02-10'],
	'four dates');
select is((select array_agg(pg_temp.entry(:'l', x ->> 'entry') ->> 'value'
	order by n) from jsonb_array_elements(:'l'::jsonb -> 'dates')
	with ordinality t (x, n)), array['2030-01-15', '2030-02-10',
	'2030-02-10', '2030-02-10'], 'lead to the entries that say them');
select pg_temp.line_event('distributor', :'ann', 'accept',
	pg_temp.sold('V1', '1')) \g /dev/null
select pg_temp.line_event('supplier', :'bob', 'expect',
	pg_temp.bought('V1', '1'), '{"date": "2030-03-01"}') \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.shown('distributor', :'ann', 'V1', '1') as l \gset
select is((select array_agg(pg_temp.entry(:'l', x ->> 'entry') ->> 'value'
	order by n) from jsonb_array_elements(:'l'::jsonb -> 'dates')
	with ordinality t (x, n)), array['2030-01-15', '2030-02-10',
	'2030-02-10', '2030-03-01'], 'the expected date moves, the promise stays');
select is(pg_temp.now(pg_temp.shown('supplier', :'bob', :'po', '10'),
	'expected_date') ->> 'person', 'Bob', 'whoever typed it is named at home');
select isnt(pg_temp.now(pg_temp.shown('supplier', :'bob', :'po', '10'),
	'expected_date') ->> 'event', null, 'with the entry of the timeline');
select is(pg_temp.now(:'l', 'expected_date') ->> 'person', null,
	'and not abroad');

-- An answer that says everything at once.
select number as po2 from orders.head where kind = 'purchase'
	and partner_id = :beta and linked_order_id = (select id from orders.head
	where partner_number = 'V2') \gset
select pg_temp.hand_in('supplier', :'berp', 'answer 2') as d3 \gset
select is(pg_temp.accept(:d3, pg_temp.read('2', jsonb_build_array(
	pg_temp.message('1', jsonb_build_object('type', 'order_response',
	'order_number', :'po2', 'number', 'R2', 'response_code', 'AP'))),
	jsonb_build_object('agreement', :'bag'))) ->> 'state', 'applied',
	'all as ordered');
select is(pg_temp.now(pg_temp.shown('supplier', :'bob', :'po2', '10'),
	'confirmed_quantity') ->> 'pointer', '/response_code',
	'each line leads to the word that said it for all');

-- What is shown of a long document begins near what is cited.
create function pg_temp.long(body text, encoding text) returns json
language plpgsql as $$
declare
	d exchange.document;
begin
	select * into d from exchange.document where state = 'applied'
	order by id desc limit 1;
	d.sha256 := exchange.store(d.partner_id, convert_to(body, encoding));
	update exchange.document set sha256 = d.sha256, size = octet_length(
		convert_to(body, encoding)), family = 'edifact' where id = d.id
	returning * into d;
	update exchange.message set locators = jsonb_build_object('/x',
		jsonb_build_object('offset', position('QTY+77' in body) - 1
		+ case encoding when 'UTF8' then octet_length(left(body,
			position('QTY+77' in body))) - position('QTY+77' in body)
			else 0 end)) where document_id = d.id;
	return exchange.raw_json(d, '/x');
end
$$;
select is((select array_agg(s ->> 'text' || (s ->> 'n'))
	from json_array_elements(r -> 'segments') s
	where (s ->> 'cited')::boolean), array['QTY+77:1''20002'],
	format('a segment far behind is cited, in %s', e))
from (values ('LATIN1'), ('UTF8')) v (e), lateral (select pg_temp.long(
	'UNB+x''' || repeat('FTX+ä?''''', 20000) || 'QTY+77:1''' || repeat(
	'LIN''', 30000), e) r) x;
select is((select array_agg(s ->> 'text' || (s ->> 'n'))
	from json_array_elements(r -> 'segments') s
	where (s ->> 'cited')::boolean), array['QTY+77:1''102'],
	format('one behind umlauts is cited exactly, in %s', e))
from (values ('LATIN1'), ('UTF8')) v (e), lateral (select pg_temp.long(
	'UNB+x''' || repeat('FTX+äöü''', 100) || 'QTY+77:1''', e) r) x;
\ir lib/end.sql
