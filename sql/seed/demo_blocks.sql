-- SPDX-License-Identifier: Apache-2.0
--
-- A block of new orders that was lifted again, and a template to order from.

insert into orders.block (partner_id, kind, reason, person_id, blocked_at,
	lifted_by, lifted_at, lift_reason)
select p.id, 'credit', 'Three invoices were more than 60 days late.', u.id,
	transaction_timestamp() - interval '40 days', u.id,
	transaction_timestamp() - interval '31 days', 'Paid'
from core.partner p join core.assignment a on a.partner_id = p.id
join core.person u on u.id = a.person_id
where p.slug = 'tyne'
and not exists (select from orders.block b where b.partner_id = p.id)
order by u.id limit 1;

-- And a template of a distributor's usual order.
insert into orders.template (public_id, partner_id, name, content)
select core.uuid7(), p.id, 'Monthly stock', jsonb_build_object('order_kind',
	'standard', 'lines', (select jsonb_agg(jsonb_build_object('item',
	i.number, 'quantity', (2 * n)::text) order by n) from (select x.number,
	row_number() over (order by x.id) n from item.item x
	where x.active and x.unit = 'C62' order by x.id limit 4) i))
from core.partner p where p.slug = 'nordlicht'
on conflict do nothing;
