-- SPDX-License-Identifier: Apache-2.0
--
-- Two suppliers divide their work: Elbe by rules, and at Isar somebody is away
-- and has a deputy. People who may log in but have not yet are entered as their
-- first login will find them.

insert into core.person (public_id, uid, name)
select core.uuid7(), u, n from (values
	('elbe.admin', 'Elbe Motoren, management (demo)'),
	('isar.admin', 'Isar Sensorik, management (demo)')) v (u, n)
where not exists (select from core.person p where p.uid = v.u);

insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select u.id, 'supplier', p.id, array['supplier_' || split_part(u.uid, '.', 2)],
	core.now()
from core.person u join core.partner p on p.slug = split_part(u.uid, '.', 1)
where u.uid in ('elbe.user', 'elbe.admin', 'isar.user', 'isar.admin')
on conflict do nothing;

insert into orders.duty (public_id, partner_id, person_id, country,
	postal_code, item, created_at)
select core.uuid7(), p.id, u.id, v.country, v.postal, v.item, core.now()
from (values ('elbe.user', 'DE', '24', null), ('elbe.user', null, null,
	'EL-12'), ('isar.user', 'DE', null, null)) v (who, country, postal, item)
join core.person u on u.uid = v.who
join core.partner p on p.slug = split_part(v.who, '.', 1)
on conflict on constraint duty_same_key do nothing;

select orders.assign_by_duty(p.id) from core.partner p
where p.slug in ('elbe', 'isar');

insert into core.deputy (public_id, partner_id, person_id, deputy_id, since,
	until, created_at)
select core.uuid7(), p.id, u.id, s.id, core.today(), core.today() + 13,
	core.now()
from core.partner p join core.person u on u.uid = 'isar.user'
join core.person s on s.uid = 'isar.admin'
where p.slug = 'isar' and not exists (select from core.deputy d
	where d.partner_id = p.id);
