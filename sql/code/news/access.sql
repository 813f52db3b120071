-- SPDX-License-Identifier: Apache-2.0
--
-- Who reaches announcements: a partner those sent to him, without seeing whom
-- else; the desk what it wrote and what its partners were told. What a person
-- has read and put away is written by himself and seen by the desk.

select core.isolate('news.recipient');
select core.isolate('news.reading');
create policy mine on news.reading as restrictive
	to kontor_distributor, kontor_supplier
	using (person_id = (select core.me_person()))
	with check (person_id = (select core.me_person()));
select core.drop_policies('news.announcement');
create policy partner on news.announcement for select
	to kontor_distributor, kontor_supplier
	using (exists (select from news.recipient r
	where r.announcement_id = announcement.id
	and r.partner_id = (select core.me_partner())));
create policy desk on news.announcement to kontor_desk
	using ((select core.me_sees_all())
	or person_id = (select core.me_person())
	or exists (select from news.recipient r
	where r.announcement_id = announcement.id))
	with check ((select core.me_sees_all())
	or person_id = (select core.me_person()));
create policy worker on news.announcement for select to kontor_worker
	using (exists (select from news.recipient r
	where r.announcement_id = announcement.id));
create policy admin on news.announcement to kontor_admin using (true)
	with check (true);

grant usage on schema news to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;
grant select on news.announcement, news.recipient to kontor_worker;
grant select on news.announcement, news.recipient, news.reading
	to kontor_distributor, kontor_supplier, kontor_desk, kontor_admin;
grant insert on news.announcement, news.recipient to kontor_desk,
	kontor_admin;
grant update (withdrawn_by, withdrawn_at) on news.announcement
	to kontor_desk, kontor_admin;
grant insert, update (dismissed_at) on news.reading to kontor_distributor,
	kontor_supplier, kontor_admin;

select core.grant_permission('announcements.read', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin',
	'account_manager', 'agent', 'administrator', 'machine');
select core.grant_permission('announcements.send', 'account_manager',
	'agent', 'administrator');
select core.grant_permission('announcements.dismiss', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin');
