-- SPDX-License-Identifier: Apache-2.0
--
-- Announcements: one in two languages that some have read, one in German
-- alone, one that was withdrawn.

create function pg_temp.demo_announce(days int, facts jsonb)
returns news.announcement language plpgsql as $$
declare
	a news.announcement;
begin
	update core.clock set fixed = date_trunc('hour',
		transaction_timestamp()) - make_interval(days => days);
	perform core.seal(jsonb_build_object('k', 'person', 'id', u.id,
		'portal', 'desk', 'roles', '["account_manager"]'::jsonb,
		'name', u.name, 'channel', 'portal', 'lang', 'en'))
	from core.person u where u.uid = 'manager.one';
	insert into news.announcement (subject_en, text_en, subject_de, text_de,
		shown_until, person_id, created_at)
	values (facts ->> 'subject_en', facts ->> 'text_en',
		facts ->> 'subject_de', facts ->> 'text_de',
		core.today() + (facts ->> 'days')::int, core.me_person(),
		core.now())
	returning * into a;
	perform news.send(a, array(select p.id from core.partner p
		join core.assignment m on m.partner_id = p.id
		where m.person_id = core.me_person() order by p.id));
	return a;
end
$$;

do $$
declare
	a news.announcement;
	slug text;
begin
	if exists (select from news.announcement) then
		return;
	end if;
	a := pg_temp.demo_announce(9, '{"subject_en": "Summer party",
		"text_en": "We will be in touch.", "days": 30}');
	update news.announcement x set withdrawn_at = core.now(),
		withdrawn_by = core.me_person() where x.id = a.id;
	perform pg_temp.demo_announce(6, '{"subject_de":
		"Neue Preisliste ab Januar", "text_de":
		"Die neue Preisliste gilt für Bestellungen ab dem 2. Januar."}');
	a := pg_temp.demo_announce(2, jsonb_build_object('days', 40,
		'subject_en', 'Warehouse closed on 24 and 31 December',
		'text_en', 'Goods that arrive on these days are received on '
		|| '2 January. Please plan your shipments accordingly.',
		'subject_de', 'Lager am 24. und 31. Dezember geschlossen',
		'text_de', 'Waren, die an diesen Tagen eintreffen, werden am '
		|| '2. Januar vereinnahmt. Bitte planen Sie Ihre Lieferungen '
		|| 'entsprechend.'));
	foreach slug in array array['donau', 'elbe'] loop
		perform pg_temp.demo_act_as(slug);
		perform news.mark(a, false);
	end loop;
	update core.clock set fixed = null;
	perform set_config('kontor.me', '', true);
end
$$;
