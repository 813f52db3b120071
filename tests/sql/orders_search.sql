-- SPDX-License-Identifier: Apache-2.0
--
-- Any number on paper finds its order; what is another's stays unfound.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form(
	'N_50%-A', '[{"item": "P1", "quantity": "4"}]')) #> '{data}' as o \gset
select :'o'::jsonb ->> 'number' as number \gset

set local session_replication_role = replica;
update orders.line set item = item || '{"buyers_item_id": "BUY-77"}'
where order_id = (select id from orders.head where number = :'number');
insert into orders.despatch (public_id, partner_id, kind, number, ship_date)
select core.uuid7(), partner_id, 'sales', 'LS-900', core.today()
from orders.head where number = :'number' returning id as despatch \gset
insert into orders.shipment (public_id, partner_id, order_id, number,
	ship_date, tracking, despatch_id)
select core.uuid7(), partner_id, id, 'LS-900', core.today(), 'Track1',
	:despatch
from orders.head where number = :'number';
insert into orders.package (partner_id, despatch_id, position, sscc)
select partner_id, id, 1, '340123450000000000' from orders.despatch
where id = :despatch;
set local session_replication_role = origin;

create function pg_temp.found(login text, who text, q text,
	view text default 'open') returns int
language sql as $$
	select jsonb_array_length(pg_temp.ask(login, 'orders_list', who,
		jsonb_build_object('q', q, 'view', view, 'kind',
		case login when 'desk' then 'sales' end)) #> '{data,items}')
$$;

select is(pg_temp.found('distributor', :'ann', q, v), 1,
	format('%s finds the order in view %s', q, v))
from (values (:'number'), (lower(:'number')), (substr(:'number', 5)),
	('n_50%'), ('P1'), ('BUY-77'), ('buy-7'), ('LS-900'), ('ls-9'),
	('TRACK1'), ('340123450000000000')) w (q), (values ('open'), ('all')) v (v);
select is(pg_temp.found('distributor', :'ann', i.gtin), 1,
	'so does the GTIN of an item')
from item.item i where i.number = 'P1' and i.gtin is not null;
select is(pg_temp.found('distributor', :'ann', q, 'all'), 0,
	format('%s finds nothing', q))
from (values ('N_5_'), ('N%A'), ('TRACK'), ('UY-77'), ('\'), ('X')) w (q);
select is(pg_temp.found('distributor', :'gus', q, 'all'), 0,
	format('%s finds nothing of another partner', q))
from (values (:'number'), ('BUY-77'), ('LS-900'), ('Track1')) w (q);
select is(pg_temp.found('desk', :'ida', 'BUY-77', 'all'), 1,
	'the house finds it, too');
select is(pg_temp.found('distributor', :'ann', :'number', 'late'), 0,
	'a view still counts');
\ir lib/end.sql
