-- SPDX-License-Identifier: Apache-2.0
--
-- Who reaches announcements: a partner those sent to him, without seeing whom
-- else; the desk what it wrote and what its partners were told.

select core.isolate('news.recipient');
select core.isolate('news.reading',
	visible => 'person_id = (select core.me_person())');
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
	where r.announcement_id = announcement.id));
create policy worker on news.announcement to kontor_worker using (true);
create policy admin on news.announcement to kontor_admin using (true)
	with check (true);
