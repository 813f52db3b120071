-- SPDX-License-Identifier: Apache-2.0
--
-- Sequences that nobody plans: taken back, said twice, said too late.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/changes.sql
\ir lib/documents.sql
\ir lib/says.sql

create function pg_temp.newest(of_kind text, out id text, out version bigint)
language sql as $$
	select public_id::text, version from orders.despatch
	where kind = of_kind order by orders.despatch.id desc limit 1
$$;
create function pg_temp.responses(number text) returns bigint
language sql as $$
	select count(*) from exchange.document d
	where d.type = 'order_response' and d.direction = 'out'
	and d.canonical ->> 'order_number' = responses.number
$$;

-- Taken back: nothing of it is kept as somebody's word.
select pg_temp.placed('A1', '[{"item": "P1", "quantity": "10"}]') \g /dev/null
select pg_temp.say('propose', 'A1', '10', pg_temp.ahead(20)) \g /dev/null
select pg_temp.say('retract', 'A1', '10') \g /dev/null
select is((select array_agg(v.value) from orders.value v join orders.line l
	on l.id = v.line_id where l.public_id::text = pg_temp.bought('A1', '10')
	and v.field = 'promised_date' and v.superseded_by is null),
	array[null]::text[], 'a promise taken back stands no more');

select pg_temp.say('propose', 'A1', '10', pg_temp.ahead(12)) \g /dev/null
select pg_temp.later() \g /dev/null
select is((select array_agg(e.value::date - core.today() order by d.key)
	from orders.line l join orders.head h on h.id = l.order_id,
	lateral orders.histories(h, 'supplier', l.id) t,
	lateral json_each_text(t.entries) d,
	lateral (select x ->> 'value' as value
		from json_array_elements(t.history) x
		where x ->> 'nr' = d.value) e
	where l.public_id::text = pg_temp.bought('A1', '10')), array[12, 12, 12, 10],
	'each date of a line leads to the entry that says it');

-- An explicit zero ends an order when it cannot be taken back any more.
select pg_temp.answered('A2', '[{"item": "P1", "quantity": "10"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.say('backorder', 'A2', '10', '{"quantity": "0"}') \g /dev/null
select is(pg_temp.purchase_state('A2', '10'), 'accepted',
	'an order whose last line may come back goes on');
select is(pg_temp.say('retract', 'A2', '10') ->> 'state', 'accepted',
	'it comes back');
select pg_temp.later() \g /dev/null
select is(pg_temp.purchase_state('A2', '10'), 'accepted',
	'and its order with it');
select pg_temp.say('backorder', 'A2', '10', '{"quantity": "0"}') \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.purchase_state('A2', '10') || ' '
	|| pg_temp.order_state('A2'), 'cancelled cancelled',
	'after the window both orders are over');

-- A later proposal of the house leaves when it cannot be taken back any more.
select pg_temp.answered('A3', '[{"item": "P4", "quantity": "10"}]', :'bob',
	:'ann', :'dan', :'amy') \g /dev/null
select pg_temp.responses('A3') as before \gset
select pg_temp.line_event('desk', :'amy', 'propose', pg_temp.sold('A3', '10'),
	pg_temp.ahead(25) || '{"reason_code": "transport"}') \g /dev/null
select is(pg_temp.order_state('A3') || ' ' || (pg_temp.responses('A3')
	- :before), 'accepted 0', 'what may be taken back is not sent');
select pg_temp.line_event('desk', :'amy', 'retract', pg_temp.sold('A3', '10'))
	\g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.responses('A3') - :before, 0::bigint, 'nor what was');
select pg_temp.line_event('desk', :'amy', 'propose', pg_temp.sold('A3', '10'),
	pg_temp.ahead(25) || '{"reason_code": "transport"}') \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.order_state('A3') || ' ' || (pg_temp.responses('A3')
	- :before), 'conditional 1', 'after the window it is');

-- Every part is compared with the day for which it is wanted.
select exchange.agreement_load(:beta, '{"name": "main", "family": "portal",
	"tolerances": {"days": 2}}') is not null as ok \gset
select pg_temp.placed('B1', '[{"item": "P1", "quantity": "10"},
	{"item": "P2", "quantity": "10"}]') \g /dev/null
select pg_temp.say('propose', 'B1', '10', jsonb_build_object('schedule',
	jsonb_build_array(pg_temp.ahead(1) || '{"quantity": "5"}',
	pg_temp.ahead(10) || '{"quantity": "5"}'))) \g /dev/null
select pg_temp.say('propose', 'B1', '20', jsonb_build_object('schedule',
	jsonb_build_array(pg_temp.ahead(8) || '{"quantity": "5"}',
	pg_temp.ahead(12) || '{"quantity": "5"}'))) \g /dev/null
select pg_temp.later() \g /dev/null
select is(pg_temp.line_state(pg_temp.bought('B1', '10')), 'proposed',
	'half of it nine days early is no small deviation');
select is(pg_temp.line_state(pg_temp.bought('B1', '20')), 'accepted',
	'two days before and after are');
select is((select orders.days_off(jsonb_populate_record(l, jsonb_build_object(
	'wanted', jsonb_build_array(pg_temp.ahead(1) || '{"quantity": "5"}',
	pg_temp.ahead(11) || '{"quantity": "5"}')))) from orders.line l
	where l.public_id::text = pg_temp.bought('B1', '10')), 1,
	'wanted in parts, each part has its own day');

-- Less than was agreed is never a small deviation by itself.
select pg_temp.answered('B2', '[{"item": "P1", "quantity": "10"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.say('propose', 'B2', '10', pg_temp.ahead(10)
	|| '{"quantity": "6", "reason_code": "capacity"}') \g /dev/null
select pg_temp.later() \g /dev/null
select is((select concat_ws(' ', l.state, trim_scale(l.confirmed),
	trim_scale(l.rejected), trim_scale(l.cancelled)) from orders.line l
	where l.public_id::text = line), 'proposed 6 4 0', who || ' decides')
from (values (pg_temp.bought('B2', '10'), 'the house'),
	(pg_temp.sold('B2', '10'), 'the distributor')) v (line, who);
select pg_temp.line_event('distributor', :'ann', 'accept',
	pg_temp.sold('B2', '10')) \g /dev/null
select is((select array_agg(concat_ws(' ', l.state, trim_scale(l.confirmed))
	order by l.id) from orders.line l where l.public_id::text in (
	pg_temp.bought('B2', '10'), pg_temp.sold('B2', '10'))),
	'{accepted 6,accepted 6}'::text[], 'with his yes it stands on both sides');

-- A substitute that is not offered any more takes its price with it.
insert into item.source (partner_id, item_id, suppliers_item_id, preferred)
select :beta, i.id, 'B4', false from item.item i where i.number = 'P4';
select pg_temp.placed('C1', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.say('propose', 'C1', '10', '{"substitute": "B4"}') \g /dev/null
select pg_temp.later() \g /dev/null
select is((select trim_scale(offered_price) from orders.line
	where public_id::text = pg_temp.sold('C1', '10')), 5::numeric,
	'the other item is offered at its own price');
select pg_temp.say('confirm', 'C1', '10') \g /dev/null
select pg_temp.later() \g /dev/null
select is((select concat_ws(' ', state, trim_scale(price), offered_price)
	from orders.line where public_id::text = pg_temp.sold('C1', '10')),
	'accepted 100', 'the one ordered is sold at the price agreed');
select orders.place(:alpha, pg_temp.doc('C2', '[{"line_id": "10",
	"item": {"sellers_item_id": "P1"}, "ordered": "4", "price_amount": "70"}]'),
	orders.origin_system()) ->> 'effect' as effect \gset
select pg_temp.say('propose', 'C2', '10', '{"substitute": "B4"}') \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.say('confirm', 'C2', '10') \g /dev/null
select pg_temp.later() \g /dev/null
select is((select concat_ws(' ', state, trim_scale(price),
	trim_scale(offered_price)) from orders.line
	where public_id::text = pg_temp.sold('C2', '10')), 'proposed 70 100',
	'what the house asked for it is asked again');

-- A line counts once in a receipt.
select pg_temp.answered('D1', '[{"item": "P1", "quantity": "10"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.say('ship', 'D1', '10') \g /dev/null
select * from pg_temp.newest('sales') as d (id, version) \gset
create function pg_temp.count(counts text[]) returns jsonb
language sql as $$
	select pg_temp.ask('distributor', 'receipts_create', pg_temp.hash('ann'),
		jsonb_build_object('id', d.id, 'version', d.version, 'lines',
		(select jsonb_agg(jsonb_build_object('line', pg_temp.sold('D1', '10'),
			'received', n)) from unnest(counts) n)))
	from pg_temp.newest('sales') d
$$;
select throws_ok('select pg_temp.count(''{4,6}'')', 'PT422', 'input.invalid',
	'a line counted twice in one count is refused');
select is(pg_temp.count('{10}') ->> 'status', '200', 'once is right');

-- What has been counted is over: no further despatch of it.
select orders.despatch_place(:beta, jsonb_build_object('type', 'despatch',
	'number', 'X-2', 'lines', jsonb_build_array(jsonb_build_object(
	'order_number', h.number, 'order_line_id', '10', 'shipped', '1'))),
	orders.origin_system()) #>> '{findings,0,rule}' as rule
from orders.head h where h.public_id::text = pg_temp.po('D1', '10') \gset
select is(:'rule'::text, 'business.despatch_unconfirmed',
	'a despatch of a line that was received is refused with a finding');

-- An invoice that charges a line in two places charges it once each.
select orders.invoice_findings(:beta, '{"type": "invoice", "number": "R1",
	"lines": [{"line_id": "1", "order_line_id": "10", "quantity": "6",
	"price_amount": "60", "amount": "360"}, {"line_id": "2", "order_line_id":
	"10", "quantity": "6", "price_amount": "60", "amount": "360"}]}', h) as f
from orders.head h where h.public_id::text = pg_temp.po('D1', '10') \gset
select is(:'f'::jsonb #>> '{0,found}', '12',
	'two lines of one invoice are added up');
select is(:'f'::jsonb #>> '{0,pointer}', '/lines/1/quantity',
	'and the one that is too much is named');
select is(orders.invoice_findings(:beta, '{"type": "credit", "number": "G1",
	"lines": [{"line_id": "1", "order_line_id": "10", "quantity": "6",
	"price_amount": "60", "amount": "360"}]}', h) #>> '{0,rule}',
	'business.invoice_credited', 'nothing charged, nothing to credit')
from orders.head h where h.public_id::text = pg_temp.po('D1', '10');

-- A quantity below zero takes back what was charged, no more than that.
create function pg_temp.charge(of_type text, named text, quantity text)
returns text language plpgsql as $$
declare
	document bigint := pg_temp.hand_in('supplier', pg_temp.hash('bob'),
		'UNB' || core.uuid7());
begin
	return (select orders.handle_invoice(h.partner_id, jsonb_build_object(
		'type', of_type, 'number', named, 'order_number', h.number, 'lines',
		jsonb_build_array(jsonb_build_object('line_id', '1', 'order_line_id',
		'10', 'quantity', quantity, 'price_amount', '60', 'amount',
		(quantity::numeric * 60)::text))), document, false)
		#>> '{findings,0,rule}' from orders.head h
		where h.public_id::text = pg_temp.po('D1', '10'));
end
$$;
select is(pg_temp.charge(kind, number, n), finding, kind || ' of ' || n)
from (values ('invoice', 'R1', '8', null),
	('invoice', 'R2', '-2', null), ('invoice', 'R3', '-7',
	'business.invoice_credited'), ('credit', 'G1', '-12',
	'business.invoice_quantity')) v (kind, number, n, finding);
create function pg_temp.charged() returns text language sql as $$
	select v.value || ' ' || v.source from orders.value v
	join orders.line l on l.id = v.line_id
	where l.public_id::text = pg_temp.bought('D1', '10')
	and v.field = 'invoiced_quantity' and v.superseded_by is null
$$;
select is(pg_temp.charged(), '11 edi', 'all of it is charged by documents');
select is(pg_temp.ask('desk', 'invoices_event', :'amy', jsonb_build_object(
	'id', v.public_id, 'version', v.version, 'event', 'dispute',
	'reason_text', 'never ordered')) ->> 'status', '200', 'one is disputed')
from orders.invoice v where v.number = 'G1';
select is(pg_temp.charged(), '-1 portal', 'what is left is the house''s word');

-- A despatch that is cancelled leaves the line as late as it was.
select pg_temp.answered('E1', '[{"item": "P1", "quantity": "10"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.say('backorder', 'E1', '10', pg_temp.ahead(30)
	|| '{"quantity": "4"}') \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.say('ship', 'E1', '10', '{"quantity": "6"}') \g /dev/null
select is(pg_temp.ask('supplier', 'despatches_cancel', :'bob',
	jsonb_build_object('id', d.id, 'version', d.version)) ->> 'status', '200',
	'a despatch is cancelled') from pg_temp.newest('purchase') d;
select is(pg_temp.line_state(pg_temp.bought('E1', '10')) || ' '
	|| pg_temp.line_state(pg_temp.sold('E1', '10')),
	'backordered backordered', 'what was late is late again, on both sides');

-- An answer that rejects what was accepted is the explicit zero.
select pg_temp.answered('F1', '[{"item": "P1", "quantity": "10"},
	{"item": "P2", "quantity": "8"}]', :'bob', :'ann') \g /dev/null
select is(pg_temp.respond('F1', '10', '{"action": "7"}') ->> 'effect',
	'applied', 'a document rejects a line that was accepted');
select is((select concat_ws(' ', state, trim_scale(cancelled),
	reason ->> 'code') from orders.line
	where public_id::text = pg_temp.bought('F1', '10')), 'cancelled 10 other',
	'the rest of it is cancelled, as by 0 on the screen');
select is(pg_temp.line_state(pg_temp.sold('F1', '10')), 'cancelled',
	'and the distributor knows');

-- What was put off and partly left before it could be told is told all the same.
select pg_temp.answered('J1', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "4"}]', :'bob', :'ann') \g /dev/null
select pg_temp.say('backorder', 'J1', n, pg_temp.ahead(40)
	|| '{"quantity": "2"}') from unnest('{10,20}'::text[]) n \g /dev/null
select pg_temp.say('ship', 'J1', '10', '{"quantity": "3"}') \g /dev/null
select pg_temp.say('ship', 'J1', '20') \g /dev/null
create function pg_temp.stands(line text) returns text language sql as $$
	select concat_ws(' ', l.state, trim_scale(l.shipped), (select string_agg(
		concat_ws('@', trim_scale(s.quantity), s.due_on - core.today()), ' '
		order by s.due_on, s.kind) from orders.schedule s
		where s.line_id = l.id))
	from orders.line l where l.public_id::text = line
$$;
select is(pg_temp.stands(pg_temp.sold('J1', n)), want,
	'line ' || n || ' of the distributor')
from (values ('10', 'part_shipped 3 2@10 1@40 1@40'),
	('20', 'shipped 4 2@10 2@40')) v (n, want);

-- Another item that left while its value was held is still to be decided on.
select pg_temp.answered('J2', '[{"item": "P1", "quantity": "4"}]', :'bob',
	:'ann') \g /dev/null
select pg_temp.line_event('desk', :'amy', 'hold', pg_temp.sold('J2', '10'),
	'{"reason_text": "wait"}') \g /dev/null
select pg_temp.say('propose', 'J2', '10',
	'{"substitute": "B4", "reason_code": "discontinued"}') \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.line_event('desk', :'amy', 'accept',
	pg_temp.bought('J2', '10')) \g /dev/null
select pg_temp.say('ship', 'J2', '10') \g /dev/null
select pg_temp.line_event('desk', :'amy', 'release_hold',
	pg_temp.sold('J2', '10')) \g /dev/null
select is(pg_temp.stands(pg_temp.sold('J2', '10')), 'proposed 0 4@10',
	'the distributor is asked, nothing is on its way to him yet');
select pg_temp.line_event('distributor', :'ann', 'accept',
	pg_temp.sold('J2', '10')) \g /dev/null
select is(pg_temp.stands(pg_temp.sold('J2', '10')), 'shipped 4 4@10',
	'with his yes it is');

-- Quantities are kept with four decimals; a finer one is refused, not rounded,
-- and so is what no order can be for.
select pg_temp.placed('G1', '[{"item": "P1", "quantity": "100"}]') \g /dev/null
select is(r ->> 'code' || ' ' || (r ->> 'pointer'), 'value.decimals /quantity',
	'parts finer than the schedule are refused at the field')
from pg_temp.say('propose', 'G1', '10', jsonb_build_object('schedule',
	jsonb_build_array(pg_temp.ahead(8) || '{"quantity": "33.33335"}',
	pg_temp.ahead(9) || '{"quantity": "33.33335"}',
	pg_temp.ahead(10) || '{"quantity": "33.3333"}'))) r;
select is(pg_temp.say('propose', 'G1', '10', pg_temp.ahead(10)
	|| jsonb_build_object('price', p)) ->> 'pointer', '/price',
	'a price of ' || p || ' is refused')
from unnest('{-1,1.00005,999999999999999999}'::text[]) p;
select ok(pg_temp.respond('G1', '10', e) -> 'findings' @> jsonb_build_array(
	jsonb_build_object('rule', 'business.' || rule)), e::text)
from (values ('{"action": "3", "confirmed": "33.33335"}'::jsonb,
	'answer_quantity'),
	('{"action": "3", "schedule": [{"quantity": "5", "date": "2099-01-01"},
	{"quantity": "5.00001", "date": "2099-01-02"}]}', 'answer_quantity'),
	('{"action": "3", "rejected": "101"}', 'quantity_over'),
	('{"action": "3", "backordered": "101"}', 'quantity_over')) v (e, rule);
select is(pg_temp.line_state(pg_temp.bought('G1', '10')), 'open',
	'nothing of it counts');
select throws_ok(format('select pg_temp.ask(''distributor'', ''orders_create'',
	%L, pg_temp.form(''G2'', %L))', :'ann', jsonb_build_array(
	jsonb_build_object('item', 'P1', 'quantity', q))), 'PT422',
	'orders.invalid', 'an order of ' || q || ' is refused')
from unnest('{0.00001,1.00005,999999999999999999}'::text[]) q;
select is(orders.place(:alpha, pg_temp.doc('G3', jsonb_build_array(
	'{"line_id": "10", "item": {"sellers_item_id": "P1"}, "ordered": "10"}'
	|| jsonb_build_object('schedule', s))), orders.origin_system())
	#>> '{findings,0,rule}', 'business.schedule_sum', s::text || ' is no schedule')
from unnest(array['[{"quantity": "15", "date": "2099-01-01"},
	{"quantity": "-5", "date": "2099-01-02"}]',
	'[{"quantity": "10", "date": "2099-01-01"}, {"date": "2099-01-02"}]']
	::jsonb[]) s;

-- What was refused in part may be wanted again.
select pg_temp.placed('H1', '[{"item": "P1", "quantity": "100"}]') \g /dev/null
select pg_temp.say('propose', 'H1', '10', pg_temp.ahead(10)
	|| '{"quantity": "80"}') \g /dev/null
select pg_temp.later() \g /dev/null
select pg_temp.line_event('distributor', :'ann', 'accept',
	pg_temp.sold('H1', '10')) \g /dev/null
select pg_temp.change(:'ann', 'H1', '[{"line_id": "10", "quantity": "100"}]')
	\g /dev/null
select is((select lines #>> '{0,new,quantity}' from orders.change
	order by id desc limit 1), '100', 'the form asks for all of it again');

-- Every refusal names its field; what cannot be read is not left out.
select is(pg_temp.say(event, 'G1', '10', more) ->> 'pointer', field,
	event || ' ' || more::text)
from (values ('propose', '{"quantity": "101", "date": "2099-01-01"}'::jsonb,
	'/quantity'), ('propose', '{"quantity": "1", "date": "soon"}', '/date'),
	('propose', '{"quantity": "-1", "date": "2099-01-01"}', '/quantity'),
	('propose', '{"schedule": "x"}', '/schedule'),
	('reject', '{"reason_code": "nonsense"}', '/reason_code'))
	v (event, more, field);
create function pg_temp.fields(op text, input jsonb) returns text
language plpgsql as $$
declare
	detail text;
begin
	perform pg_temp.ask('distributor', op, pg_temp.hash('ann'), input);
	return 'done';
exception when others then
	get stacked diagnostics detail = pg_exception_detail;
	return sqlstate || ' ' || (detail::jsonb #>> '{errors,0,pointer}');
end
$$;
select is(pg_temp.fields('orders_create', pg_temp.form('H2', '"x"')),
	'PT422 /lines', 'lines that are no list');
select is(pg_temp.fields('orders_create', pg_temp.form('H3',
	'[{"item": "P1", "quantity": "1", "requested_date": "2026-13-45"}]')),
	'PT422 /lines/0/requested_date', 'a day that is none');
select is(pg_temp.fields('order_lines_event', '{"event": "cancel", "items": 5}'),
	'PT422 /items', 'items that are no list');
select is(pg_temp.fields('receipts_create', jsonb_build_object('id', d.id,
	'version', d.version, 'lines', jsonb_build_array(jsonb_build_object('line',
	pg_temp.sold('E1', '10'), 'received', '6', 'rejected', 'x')))),
	'PT422 /lines/0/received', 'a count that is none')
from (select pg_temp.say('ship', 'E1', '10', '{"quantity": "6"}')) s,
	pg_temp.newest('sales') d;

-- Two sides of the same businesses lock them in one order, whichever of their
-- own orders is older: else each would wait for the other.
select pg_temp.placed('K1', '[{"item": "P1", "quantity": "1"}]') \g /dev/null
select pg_temp.placed('K2', '[{"item": "P3", "quantity": "1"}]') \g /dev/null
select pg_temp.change(:'ann', 'K1', '[{"item": "P3", "quantity": "1"}]')
	\g /dev/null
select orders.release(h.id) from orders.head h where h.state = 'draft'
	and h.kind = 'purchase' order by h.id \g /dev/null
select cmp_ok(pg_temp.po_key('K1', '20'), '>', pg_temp.po_key('K2', '10'),
	'of two businesses the older one has the newer supplier order');
select is(array(select orders.families(array[pg_temp.po_key('K2', '10'),
	pg_temp.po_key('K1', '20')])), array(select h.id from orders.head h
	where h.partner_number in ('K1', 'K2') order by h.id),
	'both sides begin with the same one');

-- A day of the card is a day of the house.
update core.house set time_zone = 'Europe/Berlin';
update orders.head set submitted_at = (core.today() - 30)::timestamp
	at time zone 'Europe/Berlin' + interval '1 minute'
where public_id::text = pg_temp.po('H1', '10');
select is((select count(*) from orders.score_orders(:beta,
	core.today() - 30, core.today()) s join orders.head h on h.id = s.head
	where h.public_id::text = pg_temp.po('H1', '10')), 1::bigint,
	'an order placed a minute after its midnight is of that day');
\ir lib/end.sql
