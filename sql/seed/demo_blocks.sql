-- SPDX-License-Identifier: Apache-2.0
--
-- A block of new orders that was lifted again.

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
