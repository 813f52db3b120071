-- SPDX-License-Identifier: Apache-2.0
--
-- Items: taken in from a list, found, priced.
\ir lib/start.sql
\ir lib/orders.sql

-- Row errors; nothing is stored.
select item.import('[{"number": "", "name_en": "x"}, {"number": "Q1",
	"name_en": "", "gtin": "4006381333932", "unit": "pieces",
	"supplier": "alpha", "partner": "nobody", "price": "1.2.3",
	"stock": "many", "warranty_months": "long", "valid_from": "soon"},
	{"number": "Q2", "name_en": "ok", "price": "1"},
	{"number": "Q3", "name_en": "good"}]', false) as r \gset
select is((select array_agg(format('%s %s', e ->> 'row', e ->> 'code')
	order by e ->> 'row', e ->> 'code')
	from jsonb_array_elements(:'r'::jsonb -> 'errors') e),
	array['1 item.number', '2 item.date', '2 item.gtin', '2 item.name',
	'2 item.partner', '2 item.price', '2 item.stock', '2 item.supplier',
	'2 item.unit', '2 item.warranty', '3 item.price.partner'],
	'each wrong cell is named with its row');
select is((select count(*) from item.item where number ~ '^Q'), 0::bigint,
	'with an error nothing is stored');
select is(item.import('[{"number": "Q3", "name_en": "good"}]', true)
	->> 'dry_run', 'true', 'a dry run says so');
select is((select count(*) from item.item where number ~ '^Q'), 0::bigint,
	'and stores nothing');
select is(item.import('[{"number": "Q3", "name_en": "good", "price": "1,50",
	"partner": "alpha"}]', false) #>> '{errors}', '[]', 'a good row is taken');
select is((select amount from item.price p join item.item i
	on i.id = p.item_id where i.number = 'Q3'), 1.5, 'comma or point');
select item.import('[{"number": "Q3", "name_en": "", "unit": "MTR",
	"supplier": "delta"}]', false) is not null as ok \gset
select item.import('[{"number": "Q3", "name_en": "", "name_de": "gut",
	"supplier": "delta"}]', false) is not null as ok \gset
select is((select concat_ws(' ', name_en, name_de, unit) from item.item
	where number = 'Q3'), 'good gut MTR', 'an empty cell leaves what is there');
select item.import('[{"number": "Q3", "name_en": "", "supplier": "beta"}]',
	false) is not null as ok \gset
select is((select array_agg(p.slug || ' ' || preferred order by p.slug)
	from item.source s join core.partner p on p.id = s.partner_id
	join item.item i on i.id = s.item_id where i.number = 'Q3'),
	array['beta true', 'delta false'], 'one supplier is preferred');
select ok(item.gtin_is('4006381333931'), 'a GTIN has a check digit');
select ok(not item.gtin_is('4006381333930'), 'which has to be right');

-- Prices.
select is((item.price_of(:alpha, i.id, 1, 'EUR', core.today())).amount,
	100.0, 'a price counts from its quantity on') from item.item i
	where number = 'P1';
select is((item.price_of(:alpha, i.id, 150, 'EUR', core.today())).amount,
	90.0, 'more is cheaper') from item.item i where number = 'P1';
select is((item.price_of(:alpha, i.id, 1, 'USD', core.today())).amount,
	null, 'no price in another currency') from item.item i
	where number = 'P1';
select is((item.price_of(:alpha, i.id, 1, 'EUR', '2025-12-31')).amount,
	null, 'nor before its day') from item.item i where number = 'P1';
select is(item.resolve(:alpha, '{"buyers_item_id": "AP1"}'),
	(select id from item.item where number = 'P1'),
	'a partner''s number means the partner''s item');
select is(item.resolve(:alpha, '{"buyers_item_id": "GP1"}'), null,
	'and nobody else''s');

-- The search of a new order.
select pg_temp.ask('distributor', 'items_list', :'ann', '{"q": "pum"}') as s
	\gset
select is(:'s'::jsonb #>> '{data,items,0,number}', 'P1', 'found by name');
select is(:'s'::jsonb #>> '{data,items,0,price,amount}', '100.00',
	'with the own price');
select is(:'s'::jsonb #>> '{data,items,0,prices,0,from}', '100',
	'and its breaks');
select is(:'s'::jsonb #>> '{data,items,0,available,value}', '12',
	'and what is there');
select ok(:'s' !~ 'Beta|"60[.]00"|"B1"', 'supplier and cost stay in the house');
select is(jsonb_array_length(pg_temp.ask('distributor', 'items_list', :'ann',
	'{"limit": "2"}') #> '{data,items}'), 2, 'lists page');
select pg_temp.ask('distributor', 'items_list', :'ann', jsonb_build_object(
	'limit', '2', 'after', pg_temp.ask('distributor', 'items_list', :'ann',
	'{"limit": "2"}') #>> '{data,next}')) as s \gset
select is(:'s'::jsonb #>> '{data,items,0,number}', 'P3',
	'the next page goes on');
select throws_ok(format($$ select pg_temp.ask('supplier', 'items_list', %L)
	$$, :'bob'), 'PT403', null, 'suppliers have no catalogue');
select throws_ok(format($$ select pg_temp.ask('distributor', 'items_list',
	%L, '{"colour": "red"}') $$, :'ann'), 'PT400', null,
	'an unknown member is refused');
\ir lib/end.sql
