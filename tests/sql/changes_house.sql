-- SPDX-License-Identifier: Apache-2.0
--
-- The house, as the buyer, changes its orders to suppliers.
\ir lib/start.sql
\ir lib/orders.sql
\ir lib/documents.sql
\ir lib/changes.sql

-- The house asks for a change of a supplier's order.
create function pg_temp.ask_supplier(who text, of_order text, lines jsonb,
	more jsonb default '{}') returns jsonb language sql as $$
	select pg_temp.ask('desk', 'orders_change', who, jsonb_build_object('id',
		of_order, 'version', (select version from orders.head
		where public_id::text = of_order), 'lines', lines, 'event', 'send')
		|| more)
$$;
-- What a refused change says of its fields.
create function pg_temp.wrong(statement text) returns jsonb
language plpgsql as $$
declare
	said text;
begin
	execute statement;
	return null;
exception when others then
	get stacked diagnostics said = pg_exception_detail;
	return said::jsonb -> 'errors';
end
$$;
create function pg_temp.bought_line(number text, line text)
returns orders.line language sql as $$
	select l from orders.line l
	where public_id::text = pg_temp.bought(bought_line.number, line)
$$;

select pg_temp.answered('H1', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]', :'bob', :'ann') \g /dev/null
select pg_temp.po('H1', '10') as po \gset

-- Who may.
select is(pg_temp.show('desk', :'amy', :'po') #>> '{data,can,change}', 'true',
	'an account manager may change it');
select is(pg_temp.show('supplier', :'bob', :'po') #>> '{data,can,change}',
	null, 'its supplier may not');
select is(pg_temp.show('desk', :'amy', pg_temp.so('H1'))
	#>> '{data,can,change}', null, 'nor the house the distributor''s');
select is(pg_temp.refusal(format($$ select pg_temp.ask_supplier(%L, %L, '[]')
	$$, :'amy', pg_temp.so('H1'))), 'state.denied', 'whatever it says');
select is(pg_temp.refusal(format($$ select pg_temp.ask_supplier(%L, %L, '[]')
	$$, :'joe', :'po')), 'absent', 'another account manager finds no order');
select is(pg_temp.refusal(format($$ select pg_temp.ask_supplier(%L, %L, '[]')
	$$, :'ida', :'po')), 'permission.denied', 'an administrator buys nothing');

-- The form.
select pg_temp.ask('desk', 'orders_change_new', :'amy', jsonb_build_object(
	'id', :'po')) -> 'data' as f \gset
select is(:'f'::jsonb #>> '{draft,lines,0,price}', '60.00',
	'the form has the house''s price');
select is((:'f'::jsonb ->> 'kind') || ' ' || (:'f'::jsonb ->> 'asks'),
	'purchase true', 'and says that the supplier is asked');
select is((pg_temp.ask('distributor', 'orders_change_new', :'ann',
	jsonb_build_object('id', pg_temp.so('H1'))) #>> '{data,draft,lines,0}')
	::jsonb ? 'price', false, 'a distributor names no price');

-- A line for a distributor keeps the quantity that he wants.
select is(pg_temp.wrong(format($$ select pg_temp.ask_supplier(%L, %L,
	'[{"line_id": "10", "quantity": "3"}, {"line_id": "20",
	"quantity": ""}]') $$, :'amy', :'po')), '[{"pointer": "/lines/0/quantity",
	"code": "orders.change.linked", "args": {"line": "10", "expected": "4"}},
	{"pointer": "/lines/1/quantity", "code": "orders.change.linked",
	"args": {"line": "20", "expected": "10"}}]',
	'neither less nor nothing: his order would break');
select is(pg_temp.wrong(format($$ select pg_temp.ask_supplier(%L, %L,
	'[{"line_id": "10", "quantity": "5"}]') $$, :'amy', :'po'))
	#>> '{0,code}', 'orders.change.linked', 'nor more than he ordered');
select is(pg_temp.wrong(format($$ select pg_temp.ask_supplier(%L, %L,
	'[{"line_id": "10", "quantity": "4", "price": "dear"}]') $$, :'amy',
	:'po')) #>> '{0,code}', 'value.decimal', 'a price is a number');
select is(pg_temp.wrong(format($$ select pg_temp.ask_supplier(%L, %L,
	'[{"item": "P2", "quantity": "4"}]') $$, :'amy', :'po'))
	#>> '{0,code}', 'orders.change.added', 'lines are not added to it');

-- Another price and another day.
select pg_temp.ask_supplier(:'amy', :'po', jsonb_build_array(
	jsonb_build_object('line_id', '10', 'quantity', '4', 'price', '55',
	'requested_date', core.today() + 10), jsonb_build_object('line_id', '20',
	'quantity', '10', 'price', '6.00', 'requested_date', core.today() + 9)),
	'{"reason_code": "price", "text": "As agreed on the phone"}') as r \gset
select is(:'r'::jsonb #>> '{data,state}', 'pending', 'the supplier is asked');
select is((select string_agg(concat_ws(' ', e ->> 'line_id',
	e #>> '{new,price}', (e #>> '{new,date}')::date - core.today()), ', ')
	from jsonb_array_elements(:'r'::jsonb #> '{data,lines}') l,
	orders.change c, jsonb_array_elements(c.lines) e
	where c.public_id::text = :'r'::jsonb #>> '{data,id}'
	and e ->> 'line_id' = l ->> 'line_id'), '10 55.00 10, 20 6.00 9',
	'for what is different');
select is(pg_temp.purchase_state('H1', '10') || ' '
	|| pg_temp.order_state('H1'), 'change_pending accepted',
	'his order waits, the distributor''s does not');
select is(pg_temp.show('supplier', :'bob', :'po') #>> '{data,status}',
	'change_wanted', 'he sees it');
select pg_temp.show('supplier', :'bob', :'po') #> '{data,changes,0}' as c \gset
select is(:'c'::jsonb -> 'actions', '["accept", "refuse"]'::jsonb,
	'and may answer');
select is((:'c'::jsonb #>> '{lines,0,old,price,amount}') || ' '
	|| (:'c'::jsonb #>> '{lines,0,new,price,amount}') || ' '
	|| (:'c'::jsonb #>> '{reason,code}'), '60.00 55.00 price',
	'old beside new, and why');
select is(:'c'::jsonb #>> '{person}', null, 'not who at the house');
select is(pg_temp.show('desk', :'amy', :'po') #>> '{data,changes,0,person}',
	'Amy', 'which the desk knows');
select is(pg_temp.show('desk', :'amy', :'po') #> '{data,changes,0,actions}',
	'["withdraw"]'::jsonb, 'whose it is to take back');
select pg_temp.change_step('supplier', :'bob', :'po', 'accept') \g /dev/null
select pg_temp.later() \g /dev/null
select is((select array[price, offered_price, ordered, confirmed]
	from pg_temp.bought_line('H1', '10')),
	array[55, null, 4, 4]::numeric[], 'accepted, the price stands');
select is((select (latest_promised_date - core.today())::text || ' ' || state
	from pg_temp.bought_line('H1', '20')), '9 accepted', 'so does the day');
select is((select source || ' ' || coalesce(p.name, 'House')
	from orders.value v left join core.partner p on p.id = v.organisation_id
	where v.line_id = (pg_temp.bought_line('H1', '10')).id
	and v.field = 'price' order by v.id desc limit 1), 'portal House',
	'as the house''s word');
select is((select price from orders.line where public_id::text
	= pg_temp.sold('H1', '10')), 100::numeric,
	'the distributor''s price is another matter');
select is((select (latest_promised_date - core.today())::text
	from orders.line where public_id::text = pg_temp.sold('H1', '20')), '9',
	'he gets the earlier day');
select is(pg_temp.order_state('H1'), 'accepted', 'and his order stands');

-- Refused, taken back, replaced: as with a distributor's.
select pg_temp.ask_supplier(:'amy', :'po', '[{"line_id": "10",
	"quantity": "4", "price": "50"}]') \g /dev/null
select pg_temp.change_step('supplier', :'bob', :'po', 'refuse',
	'{"reason_code": "price"}') \g /dev/null
select is((pg_temp.bought_line('H1', '10')).price, 55::numeric,
	'refused, the former price stands');
select pg_temp.ask_supplier(:'amy', :'po', '[{"line_id": "10",
	"quantity": "4", "price": "51"}]') \g /dev/null
select pg_temp.ask_supplier(:'amy', :'po', '[{"line_id": "20",
	"quantity": "10", "price": "5"}]') \g /dev/null
select is((select string_agg(e ->> 'line_id' || ' ' || (e #>> '{new,price}'),
	', ') from orders.change c, jsonb_array_elements(c.lines) e
	where c.order_id = pg_temp.po_key('H1', '10') and c.state = 'pending'),
	'10 51.00, 20 5.00', 'a further change asks for both');
select is(pg_temp.change_step('desk', :'amy', :'po', 'withdraw')
	#>> '{data,state}', 'withdrawn', 'and is taken back');
select is(pg_temp.purchase_state('H1', '10'), 'accepted', 'his order goes on');

-- A distributor's change comes while the house's own waits.
select pg_temp.ask_supplier(:'amy', :'po', '[{"line_id": "10",
	"quantity": "4", "price": "52"}, {"line_id": "20", "quantity": "10",
	"price": "4"}]') \g /dev/null
select pg_temp.change(:'ann', 'H1', '[{"line_id": "20", "quantity": "12"}]')
	\g /dev/null
select is((select string_agg(concat_ws(' ', e ->> 'line_id',
	e #>> '{new,quantity}', e #>> '{new,price}'), ', ')
	from orders.change c, jsonb_array_elements(c.lines) e
	where c.order_id = pg_temp.po_key('H1', '10') and c.state = 'pending'),
	'10 4 52.00, 20 12 4.00', 'the supplier is asked for both at once');
select is(pg_temp.refusal(format($$ select pg_temp.ask_supplier(%L, %L,
	'[{"line_id": "10", "quantity": "4", "price": "1"}]') $$, :'amy', :'po')),
	'orders.change.pending', 'the house does not replace the distributor''s');
select pg_temp.change_step('supplier', :'bob', :'po', 'accept') \g /dev/null
select is((select array[l.price, s.ordered] from pg_temp.bought_line('H1',
	'10') l, orders.line s where s.public_id::text = pg_temp.sold('H1', '20')),
	array[52, 12]::numeric[], 'and both stand');

-- Replaced by way of the form, a price is asked for again.
select pg_temp.ask_supplier(:'amy', :'po', '[{"line_id": "10",
	"quantity": "4", "price": "49"}]') \g /dev/null
select pg_temp.ask('desk', 'orders_change_new', :'amy', jsonb_build_object(
	'id', :'po')) #> '{data,draft,lines}' as lines \gset
select is((select string_agg(e ->> 'price', ', ')
	from jsonb_array_elements(:'lines'::jsonb) e), '49.00, 4.00',
	'the form has the price that is asked already');
select pg_temp.ask_supplier(:'amy', :'po', (select jsonb_agg((e
	- '{name,unit}'::text[]) || case e ->> 'line_id' when '20'
	then '{"price": "3.5"}' else '{}' end::jsonb)
	from jsonb_array_elements(:'lines'::jsonb) e)) \g /dev/null
select is((select string_agg(e ->> 'line_id' || ' ' || (e #>> '{new,price}'),
	', ' order by e ->> 'line_id')
	from orders.change c, jsonb_array_elements(c.lines) e
	where c.order_id = pg_temp.po_key('H1', '10') and c.state = 'pending'),
	'10 49.00, 20 3.50', 'sent on, it asks for both');
select pg_temp.change_step('desk', :'amy', :'po', 'withdraw') \g /dev/null

-- What was written for another quantity is not sent.
select pg_temp.ask_supplier(:'amy', :'po', '[{"line_id": "20",
	"quantity": "12", "price": "3"}]', '{"event": "preview"}') \g /dev/null
select pg_temp.change(:'ann', 'H1', '[{"line_id": "20", "quantity": "14"}]')
	\g /dev/null
select pg_temp.change_step('supplier', :'bob', :'po', 'accept') \g /dev/null
select is((select pg_temp.refusal(format($$ select pg_temp.ask('desk',
	'orders_change_event', %L, %L) $$, :'amy', jsonb_build_object('id', :'po',
	'change', c.public_id, 'version', c.version, 'event', 'send')))
	from orders.change c where order_id = pg_temp.po_key('H1', '10')
	and state = 'draft'), 'orders.change.stale',
	'the supplier is not asked for less than the distributor wants by now');

-- An order that its supplier has not answered yet.
select pg_temp.placed('H2', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.ask_supplier(:'amy', pg_temp.po('H2', '10'),
	'[{"line_id": "10", "quantity": "4", "price": "58"}]') \g /dev/null
select is((select array[price, open] from pg_temp.bought_line('H2', '10')),
	array[60, 4]::numeric[], 'is asked for, too, never edited');
select pg_temp.change_step('supplier', :'bob', pg_temp.po('H2', '10'),
	'accept') \g /dev/null
select is((select state || ' ' || price::int from pg_temp.bought_line('H2',
	'10')), 'open 58', 'accepted, it stays to be answered');

-- What waits ends with the order.
select pg_temp.placed('H4', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.ask_supplier(:'amy', pg_temp.po('H4', '10'),
	'[{"line_id": "10", "quantity": "4", "price": "58"}]') \g /dev/null
select pg_temp.step('distributor', :'ann', pg_temp.so('H4'), 'cancel')
	\g /dev/null
select is((select string_agg(kind || ' ' || state, ', ' order by id)
	from orders.change where order_id = pg_temp.po_key('H4', '10'))
	|| ' ' || pg_temp.purchase_state('H4', '10'),
	'change withdrawn, cancel accepted cancelled',
	'cancelled, nothing waits any more');
select pg_temp.placed('H5', '[{"item": "P1", "quantity": "4"}]') \g /dev/null
select pg_temp.ask_supplier(:'amy', pg_temp.po('H5', '10'),
	'[{"line_id": "10", "quantity": "4", "price": "58"}]') \g /dev/null
select pg_temp.step('desk', :'amy', pg_temp.po('H5', '10'), 'cancel',
	'{"reason_code": "other"}') \g /dev/null
select is((select string_agg(kind || ' ' || state, ', ' order by id)
	from orders.change where order_id = pg_temp.po_key('H5', '10'))
	|| ' ' || pg_temp.purchase_state('H5', '10'),
	'change withdrawn, cancel accepted cancelled', 'by the house as well');

-- A line whose distributor's line has ended is free.
select pg_temp.answered('H3', '[{"item": "P1", "quantity": "4"},
	{"item": "P2", "quantity": "10"}]', :'bob', :'ann') \g /dev/null
update orders.line set linked_line_id = null where public_id::text
	= pg_temp.bought('H3', '20');
select pg_temp.ask_supplier(:'amy', pg_temp.po('H3', '10'),
	'[{"line_id": "20", "quantity": "3"}]') \g /dev/null
select pg_temp.change_step('supplier', :'bob', pg_temp.po('H3', '10'),
	'accept') \g /dev/null
select is((select ordered from orders.line l where order_id
	= pg_temp.po_key('H3', '10') and line_id = '20'), 3::numeric,
	'what is for no distributor is the house''s to change');

set constraints all immediate;
select is((select count(*) from orders.line where ordered
	<> open + confirmed + backordered + rejected + cancelled), 0::bigint,
	'quantities add up');
\ir lib/end.sql
