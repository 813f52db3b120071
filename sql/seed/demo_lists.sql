-- SPDX-License-Identifier: Apache-2.0
--
-- Views that people keep of their lists; some are shared with colleagues.

insert into core.list_view (public_id, person_id, portal, partner_id, list,
	name, query, shared, created_at)
select core.uuid7(), u.id, v.portal, p.id, v.list, v.name, v.query::jsonb,
	v.shared, core.now()
from (values
	('nordlicht.user', 'distributor', 'nordlicht', 'orders',
	'Largest open value', false, '{"view": "open", "sort": "-open_value",
	"columns": "number,partner_number,next_date,open_value,status"}'),
	('elbe.admin', 'supplier', 'elbe', 'worklist', 'Gear units', true,
	'{"view": "all", "q": "EL-11", "sort": "requested_date", "columns":
	"line,item,ordered,requested_date,ship_to,status"}'),
	('manager.one', 'desk', null, 'orders', 'Unanswered, largest first', true,
	'{"view": "unanswered", "sort": "-total", "columns":
	"number,partner,total,response_due,status"}'))
	v (who, portal, slug, list, name, shared, query)
join core.person u on u.uid = v.who
left join core.partner p on p.slug = v.slug
on conflict (person_id, portal, (coalesce(partner_id, 0)), list,
	(lower(name))) do nothing;
