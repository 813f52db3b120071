-- SPDX-License-Identifier: Apache-2.0
--
-- After start.sql: a small world to trade in. Distributors alpha and gamma,
-- suppliers beta and delta, four items, prices, agreements, people.

update core.house set name = 'House', gln = '2900000000018',
	currency = 'EUR', time_zone = 'UTC';
select pg_temp.partner('alpha', 'distributor') as alpha \gset
select pg_temp.partner('gamma', 'distributor') as gamma \gset
select pg_temp.partner('beta', 'supplier') as beta \gset
select pg_temp.partner('delta', 'supplier') as delta \gset
select pg_temp.person('ann', 'distributor_user', :alpha) as ann \gset
select pg_temp.person('gus', 'distributor_user', :gamma) as gus \gset
select pg_temp.person('bob', 'supplier_user', :beta) as bob \gset
select pg_temp.person('dan', 'supplier_user', :delta) as dan \gset
select pg_temp.person('amy', 'account_manager') as amy \gset
select pg_temp.person('joe', 'account_manager') as joe \gset
select pg_temp.person('ida', 'administrator') as ida \gset
select pg_temp.machine('alpha-erp', :alpha, 'distributor') as erp \gset
select pg_temp.machine('beta-erp', :beta, 'supplier') as berp \gset
insert into core.assignment (partner_id, person_id)
select p.id, u.id from core.partner p, core.person u
where u.uid = 'amy' and p.slug in ('alpha', 'beta', 'delta');
insert into core.address (public_id, partner_id, kind, name, code, street,
	postal_code, city, country, preferred)
values (core.uuid7(), :alpha, 'ship_to', 'Alpha store', 'W1', '{Road 1}',
	'20000', 'Town', 'DE', true);
insert into core.partner_identifier (partner_id, kind, value)
values (:alpha, 'gln', '2900000000117'), (:gamma, 'gln', '2900000000124');

select item.import((select jsonb_agg(r) from (values
	('{"number": "P1", "gtin": "4006381333931", "name_en": "Pump", "name_de":
	"Pumpe", "unit": "C62", "supplier": "beta", "suppliers_item_id": "B1",
	"partner": "beta", "price": "60", "valid_from": "2026-01-01",
	"stock": "12"}'::jsonb),
	('{"number": "P2", "name_en": "Seal", "name_de": "Dichtung",
	"supplier": "beta", "partner": "beta", "price": "6",
	"valid_from": "2026-01-01"}'),
	('{"number": "P3", "name_en": "Sensor", "name_de": "Sensor",
	"supplier": "delta", "partner": "delta", "price": "30",
	"valid_from": "2026-01-01"}'),
	('{"number": "P4", "name_en": "House part", "name_de": "Hausteil"}'))
	v (r)), false) is not null as ok \gset
select item.import((select jsonb_agg(jsonb_build_object('number', i,
	'partner', p, 'price', a, 'valid_from', '2026-01-01', 'buyers_item_id',
	upper(left(p, 1)) || i)) from (values ('P1', '100'), ('P2', '10'),
	('P3', '50'), ('P4', '5')) i (i, a), (values ('alpha'), ('gamma')) p (p)),
	false) is not null as ok \gset
select item.import('[{"number": "P1", "partner": "alpha", "price": "90",
	"min_quantity": "100", "valid_from": "2026-01-01"}]', false)
	is not null as ok \gset

select exchange.agreement_load(:alpha, '{"name": "main", "family": "edifact",
	"ours": {"id": "2900000000018", "qualifier": "14"},
	"theirs": {"id": "2900000000117", "qualifier": "14"},
	"guides": {"order": "edifact/orders-d96a"}, "options": {"ack": "contrl"},
	"answer_family": "edifact",
	"answer_guides": {"order_response": "edifact/ordrsp-d96a"},
	"sends": ["order_response"], "tolerances": {"days": 1}}')
	is not null as ok \gset
select exchange.agreement_load(:delta, '{"name": "main", "family": "portal",
	"sourcing": "manual"}') is not null as ok \gset

-- An order as a form sends it: lines are {"item", "quantity"}.
create function pg_temp.form(number text, lines jsonb, more jsonb default '{}')
returns jsonb language sql as $$
	select jsonb_build_object('partner_number', number, 'requested_date',
		core.today() + 10, 'lines', lines) || more
$$;

-- The purchase line (its public id) that delivers a line of a sales order.
create function pg_temp.bought(number text, line text) returns text
language sql as $$
	select p.public_id::text from orders.line p
	join orders.line s on s.id = p.linked_line_id
	join orders.head h on h.id = s.order_id
	where h.partner_number = bought.number and s.line_id = line
$$;

-- The sales line itself.
create function pg_temp.sold(number text, line text) returns text
language sql as $$
	select s.public_id::text from orders.line s
	join orders.head h on h.id = s.order_id
	where h.partner_number = sold.number and s.line_id = line and h.kind = 'sales'
$$;

-- One event for one line; answers the item's result.
create function pg_temp.line_event(login text, who text, event text,
	line text, more jsonb default '{}') returns jsonb
language sql as $$
	select pg_temp.ask(login, 'order_lines_event', who, jsonb_build_object(
		'event', event, 'items', jsonb_build_array(jsonb_build_object(
		'line', line) || more))) #> '{data,results,0}'
$$;

-- The undo window is over, and the worker has looked.
create function pg_temp.later() returns void
language plpgsql as $$
declare
	j record;
begin
	update core.clock set shift = shift + interval '5 seconds';
	for j in select input from core.job where kind = 'orders_settle'
		and state = 'queued' order by id
	loop
		perform orders.settle_job(j.input);
	end loop;
	update core.job set state = 'done', finished_at = core.now()
	where kind = 'orders_settle' and state = 'queued';
end
$$;

create function pg_temp.order_state(number text) returns text
language sql as $$
	select h.state from orders.head h
	where h.partner_number = order_state.number or h.number = order_state.number
$$;
create function pg_temp.purchase_state(number text, line text) returns text
language sql as $$
	select h.state from orders.line l join orders.head h on h.id = l.order_id
	where l.public_id::text = pg_temp.bought(purchase_state.number, line)
$$;
create function pg_temp.line_state(line text) returns text
language sql as $$
	select l.state from orders.line l where l.public_id::text = line
$$;
