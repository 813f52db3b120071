-- SPDX-License-Identifier: Apache-2.0
--
-- A house with a history: :orders orders, half of distributors, half those to
-- suppliers made from them, numbered from :first, two lines each, made in the
-- year that ended :ago years ago (0); of the oldest :closed (39 of 40) nothing
-- moves any more, the others are open, all of them with one supplier. With
-- documents, messages, versions, schedules, values, shipments and events, as
-- the rules leave them. Rules do not run: run as superuser, in one
-- transaction, in a set-up for measuring only.

\if :{?closed}
\else
\set closed '39 / 40'
\endif
\if :{?ago}
\else
\set ago 0
\endif
set local session_replication_role = replica;
set local client_min_messages = warning;

create temp table bench_base on commit drop as select
	coalesce((select max(id) from orders.head), 0) + 1 as head,
	coalesce((select max(id) from orders.line), 0) + 1 as line,
	coalesce((select max(id) from exchange.document), 0) + 1 as document,
	coalesce((select max(id) from orders.shipment), 0) + 1 as shipment,
	coalesce((select max(id) from orders.despatch), 0) + 1 as despatch,
	array(select p.id from core.partner p join core.partner_role r
	    on r.partner_id = p.id where r.role = 'distributor'
	    and p.status = 'active' order by p.id) as buyers,
	array(select p.id from core.partner p join core.partner_role r
	    on r.partner_id = p.id where r.role = 'supplier'
	    and p.status = 'active' order by p.slug) as sellers,
	array(select i.id from item.item i where i.active order by i.id) as items,
	(select x.sha256 from exchange.document x where x.sha256 is not null
	    order by x.id limit 1) as sha256;

-- One row for each business: a distributor's order and the supplier's.
create temp table bench_pair on commit drop as
select :first + n as k, b.head + 2 * n as sales, b.head + 2 * n + 1 as purchase,
	b.line + 4 * n as line, b.document + n as document,
	b.shipment + n as shipment, b.despatch + n as despatch,
	b.buyers[1 + n % cardinality(b.buyers)] as buyer,
	case when open then b.sellers[1]
	    else b.sellers[1 + n % cardinality(b.sellers)] end as seller,
	at, at::date as day, open, open and n % 2 = 0 as answered
from bench_base b, lateral (select n, n >= :orders / 2 * :closed as open,
	now() - interval '1 year' * (:ago + 1 - n / (:orders / 2.0)) as at
	from generate_series(0, :orders / 2 - 1) n) g;

insert into orders.head (id, public_id, partner_id, kind, number,
	partner_number, state, status, order_version, issue_date,
	requested_date, next_date, source, document_id, linked_order_id,
	response_code, response_due, total, open_value, line_count, open_lines,
	created_at, submitted_at, answered_at, completed_at, digest)
overriding system value
select case kind when 'sales' then sales else purchase end, gen_random_uuid(),
	case kind when 'sales' then buyer else seller end, kind,
	case kind when 'sales' then 'SO-8' else 'PO-8' end || lpad(k::text, 8, '0'),
	case kind when 'sales' then 'H' || lpad(k::text, 8, '0') end,
	case when not open then 'completed' when answered then 'accepted'
	    else 'submitted' end,
	case when not open then 'completed' when answered then 'confirmed'
	    else 'unanswered' end,
	1, day, day + 14, case when open then day + 14 end, 'edi',
	case kind when 'sales' then document end,
	case kind when 'purchase' then sales end,
	case when not open or answered then 'AP' end,
	case when open and not answered and kind = 'purchase'
	    then at + interval '1 day' end, 150, case when open then 150 else 0 end,
	2, case when open then 2 else 0 end, at, at,
	case when not open or answered then at end,
	case when not open then at + interval '14 days' end,
	sha256(k::text::bytea)
from bench_pair, (values ('sales'), ('purchase')) v (kind);

insert into orders.version (partner_id, order_id, order_version, content,
	source, document_id, created_at)
select buyer, sales, 1, jsonb_build_object('type', 'order', 'number',
	'H' || lpad(k::text, 8, '0'), 'lines', '[{"line_id": "10", "ordered": "5"},
	{"line_id": "20", "ordered": "5"}]'::jsonb), 'edi', document, at
from bench_pair;

insert into orders.line (id, public_id, partner_id, order_id, line_id,
	position, item_id, item, unit, ordered, requested_date, price, state,
	answer, answered_at, open, confirmed, shipped, first_promised_date,
	latest_promised_date, expected_date, linked_line_id)
overriding system value
select p.line + 2 * (kind = 'purchase')::int + n, gen_random_uuid(),
	case kind when 'sales' then buyer else seller end,
	case kind when 'sales' then sales else purchase end, (10 + 10 * n)::text,
	n + 1, b.items[1 + (k * 7 + n) % cardinality(b.items)],
	jsonb_build_object('buyers_item_id', 'B' || (k * 7 + n) % 60), 'C62', 5,
	day + 14, 15, case when not open then 'shipped' when answered
	    then 'accepted' else 'open' end,
	case when not open or answered then '5' end,
	case when not open or answered then at end,
	case when open and not answered then 5 else 0 end,
	case when not open or answered then 5 else 0 end,
	case when open then 0 else 5 end, day + 14, day + 14, day + 14,
	case kind when 'purchase' then p.line + n end
from bench_pair p, bench_base b, (values ('sales'), ('purchase')) v (kind),
	generate_series(0, 1) n;

insert into orders.schedule (partner_id, line_id, kind, quantity, due_on)
select partner_id, id, case when open > 0 then 'open' else 'confirmed' end, 5,
	requested_date
from orders.line where id >= (select line from bench_base);

insert into orders.value (partner_id, order_id, line_id, field, value,
	organisation_id, source, document_id, said_at, received_at)
select l.partner_id, l.order_id, l.id, f, case f when 'status' then l.state
	else '5' end, l.partner_id, 'edi', null, l.answered_at, l.answered_at
from orders.line l, unnest(array['status', 'confirmed_quantity']) f
where l.id >= (select line from bench_base) and l.answered_at is not null;

insert into orders.despatch (id, public_id, partner_id, kind, number,
	ship_date, carrier, tracking, source, created_at)
overriding system value
select p.despatch, gen_random_uuid(), buyer, 'sales',
	'SO-8' || lpad(k::text, 8, '0') || '-1', day + 10, 'Demo freight',
	'TR' || lpad(k::text, 10, '0'), 'edi', at + interval '10 days'
from bench_pair p where not open;

insert into orders.shipment (id, public_id, partner_id, order_id, number,
	ship_date, carrier, tracking, created_at, despatch_id)
overriding system value
select p.shipment, gen_random_uuid(), buyer, sales,
	'SO-8' || lpad(k::text, 8, '0') || '-1', day + 10, 'Demo freight',
	'TR' || lpad(k::text, 10, '0'), at + interval '10 days', p.despatch
from bench_pair p where not open;

insert into orders.shipment_line (partner_id, shipment_id, line_id, quantity)
select buyer, p.shipment, p.line + n, 5
from bench_pair p, generate_series(0, 1) n where not open;

insert into exchange.document (id, public_id, partner_id, direction, state,
	family, type, media_type, sha256, size, channel, control_ref, reference,
	verdict, received_at, read_at)
overriding system value
select p.document, gen_random_uuid(), buyer, 'in', 'applied', 'edifact',
	'order', 'application/edifact', b.sha256, 1400, 'api',
	'H' || lpad(k::text, 8, '0'), 'H' || lpad(k::text, 8, '0'), 'accepted',
	at, at
from bench_pair p, bench_base b;

insert into exchange.interchange (partner_id, document_id, position, standard,
	sender, receiver, control_ref, digest, verdict, content, accepted_at)
select buyer, document, 0, 'edifact', 'BENCH', 'HOUSE',
	'H' || lpad(k::text, 8, '0'), sha256(k::text::bytea), 'accepted', '{}', at
from bench_pair;

insert into exchange.message (public_id, partner_id, document_id, position,
	ref, type, message_type, release, guide, verdict, effect, object_type,
	object_id, object_number, canonical)
select gen_random_uuid(), p.buyer, p.document, 0, '1', 'order', 'ORDERS',
	'D.96A', 'edifact/orders-d96a', 'accepted', 'created', 'order',
	h.public_id, h.number, jsonb_build_object('type', 'order', 'number',
	h.partner_number)
from bench_pair p join orders.head h on h.id = p.sales;

insert into core.event (tx, at, partner_id, type, object_type, object_id,
	number, actor_name, portal, channel)
select 1, h.created_at, h.partner_id, case h.kind when 'sales'
	then 'order.submitted' else 'order.acknowledged' end, 'order',
	h.public_id, h.number, 'Bench', case h.kind when 'sales'
	then 'distributor' else 'supplier' end, 'edi'
from orders.head h where h.id >= (select head from bench_base);

select setval(pg_get_serial_sequence(t, 'id'), m) from (
	select 'orders.despatch' as t, max(id) as m from orders.despatch
	union all select 'orders.head', max(id) from orders.head union all
	select 'orders.line', max(id) from orders.line union all
	select 'orders.shipment', max(id) from orders.shipment union all
	select 'exchange.document', max(id) from exchange.document) s;
