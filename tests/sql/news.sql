-- SPDX-License-Identifier: Apache-2.0
--
-- Announcements: the house tells several partners at once; each sees his own,
-- in his language, and the house who has read it.
\ir lib/start.sql
\ir lib/orders.sql

update core.clock set fixed = '2026-11-23 09:00Z';
select pg_temp.person('abe', 'distributor_user', :alpha) as abe \gset
select pg_temp.person('ira', 'agent') as ira \gset
update core.person set language = 'de' where uid = 'abe';
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select id, 'desk', null, array[r], core.now() from core.person join (values
	('amy', 'account_manager'), ('joe', 'account_manager'),
	('ida', 'administrator')) v (u, r) on uid = u;
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select id, 'distributor', :alpha, array['distributor_user'], core.now()
from core.person where uid in ('ann', 'abe');
update core.session set touched_at = core.now(), created_at = core.now(),
	expires_at = core.now() + interval '12 hours';
update core.access_token set issued_at = core.now(),
	expires_at = core.now() + interval '10 minutes';
select public_id as alpha_id from core.partner where id = :alpha \gset
select public_id as beta_id from core.partner where id = :beta \gset
select public_id as gamma_id from core.partner where id = :gamma \gset

create function pg_temp.send(who text, more jsonb) returns jsonb
language sql as $$
	select pg_temp.ask('desk', 'announcements_create', who, '{"subject_en":
		"Closed on 24 December", "text_en": "We are back on 2 January."}'
		|| more) -> 'data'
$$;
create function pg_temp.picked(variadic ids text[]) returns jsonb
language sql as $$
	select jsonb_build_object('partners', (select jsonb_agg(
		jsonb_build_object('id', i, 'picked', 'true')) from unnest(ids) i))
$$;
create function pg_temp.home(login text, who text) returns text
language sql as $$
	select string_agg(a ->> 'subject', ', ' order by n) from
		jsonb_array_elements(pg_temp.ask(login, 'home', who)
		#> '{data,announcements}') with ordinality x (a, n)
$$;
create function pg_temp.show(login text, who text, id text) returns jsonb
language sql as $$
	select pg_temp.ask(login, 'announcements_show', who,
		jsonb_build_object('id', id)) -> 'data'
$$;
create function pg_temp.act(login text, op text, who text, id text)
returns text language sql as $$
	select pg_temp.ask(login, op, who, jsonb_build_object('id', id))
		->> 'status'
$$;

-- To whom one may write.
select is((select array_agg(p ->> 'name' order by n)
	from jsonb_array_elements(pg_temp.ask('desk', 'announcements_new', :'amy')
	#> '{data,partners}') with ordinality x (p, n)),
	array['Alpha', 'Beta', 'Delta'], 'an account manager chooses among his');
select is(pg_temp.ask('desk', 'announcements_new', :'ira')
	#>> '{data,total}', '4', 'an agent among all');
select is(pg_temp.ask('desk', 'announcements_new', :'joe')
	#>> '{data,total}', '0', 'and who has none, among none');
select is((select array_agg(p ->> 'picked') from jsonb_array_elements(
	pg_temp.ask('desk', 'announcements_new', :'amy', jsonb_build_object(
	'partner', :'beta_id', 'q', 'bet')) #> '{data,partners}') p),
	array['true'], 'one may be found and ticked beforehand');
select throws_ok(format('select pg_temp.ask(%L, %L, %L, %L)', l,
	'announcements_create', w, '{"audience": "all", "subject_en": "x",
	"text_en": "x"}'), s, null, n || ' writes none')
from (values ('distributor', :'ann', 'PT403', 'a distributor'),
	('supplier', :'bob', 'PT403', 'a supplier')) v (l, w, s, n);
select throws_ok(format('select pg_temp.send(%L, %L)', :'amy', m), 'PT422',
	'input.invalid', n) from (values
	('{}'::jsonb, 'nobody is no audience'),
	('{"audience": "everybody"}', 'nor is what nobody knows'),
	(pg_temp.picked(:'gamma_id'), 'a partner of another is refused'),
	('{"audience": "all", "text_en": " "}', 'a subject needs a text'),
	('{"audience": "all", "subject_de": "Nur Betreff"}',
	'in each language'),
	('{"audience": "all", "subject_en": "", "text_en": ""}',
	'and one language is needed'),
	('{"audience": "all", "shown_until": "2026-11-22"}',
	'a day that is over is refused')) v (m, n);

-- Sent.
select pg_temp.send(:'amy', pg_temp.picked(:'alpha_id', :'beta_id')
	|| '{"subject_de": "Am 24. Dezember geschlossen", "text_de":
	"Ab 2. Januar sind wir wieder da.", "shown_until": "2026-12-24"}')
	as sent \gset
select :'sent'::jsonb ->> 'id' as id \gset
select is(:'sent'::jsonb ->> 'partners', '2', 'it goes to those ticked');
select is(pg_temp.home('distributor', :'ann'), 'Closed on 24 December',
	'it stands on the first page');
select is(pg_temp.home('distributor', :'abe'), 'Am 24. Dezember geschlossen',
	'in the reader''s language');
select is(pg_temp.home('supplier', :'bob'), 'Closed on 24 December',
	'for suppliers, too');
select is(pg_temp.home('supplier', :'dan'), null, 'not for others');
select is(pg_temp.show('distributor', :'ann', :'id') ->> 'author', 'House',
	'it is the house''s');
select is(pg_temp.show('desk', :'ira', :'id') ->> 'author', 'Amy',
	'where it is known who wrote it');
select ok(not pg_temp.show('distributor', :'ann', :'id')
	?| array['recipients', 'partners', 'versions'],
	'who else got it is not');
select is(pg_temp.as_login('distributor', format('select count(*)::text from
	(select core.enter(''home'', jsonb_build_object(''session'', %L))) e,
	news.recipient', :'ann')), '1', 'nor is it a row of his');
select throws_ok(format('select pg_temp.show(%L, %L, %L)', l, w, :'id'),
	'PT404', 'absent', n || ' finds none')
from (values ('distributor', :'gus', 'another distributor'),
	('supplier', :'dan', 'another supplier'),
	('desk', :'joe', 'an account manager of none of them')) v (l, w, n);
select is((select array_agg(e.data order by e.seq)
	from core.event e where e.type = 'announcement.sent'),
	array['{}', '{}']::jsonb[],
	'each partner''s timeline tells of it, and none of its words');
select pg_temp.send(:'ira', '{"audience": "supplier", "subject_en": "",
	"text_en": "", "subject_de": "Neue Anschrift", "text_de": "Kaistraße 5"}')
	->> 'id' as german \gset
select is(pg_temp.home('supplier', :'dan'), 'Neue Anschrift',
	'all of a kind are reached');
select is(pg_temp.home('distributor', :'gus'), null, 'and no other');
select is(pg_temp.show('supplier', :'dan', :'german') ->> 'foreign', 'de',
	'the other language is marked');

-- Read.
select is(pg_temp.show('desk', :'amy', :'id') ->> 'partners_read', '0',
	'nobody has read it');
select pg_temp.act('distributor', 'announcements_seen', :'ann', :'id')
	\g /dev/null
select is(pg_temp.show('desk', :'amy', :'id') #>>
	'{recipients,0,readers,0,name}', 'Ann', 'the house sees who has');
select is(pg_temp.show('desk', :'amy', :'id') ->> 'partners_read', '1',
	'and how many');
select is(pg_temp.show('distributor', :'ann', :'id') ->> 'read', 'true',
	'the reader sees it, too');
select is(pg_temp.show('distributor', :'abe', :'id') ->> 'read', 'false',
	'a colleague has not read it by that');
select pg_temp.act('distributor', 'announcements_seen', :'erp', :'id')
	\g /dev/null
select pg_temp.act('desk', 'announcements_seen', :'ida', :'id') \g /dev/null
select is((select count(*) from news.reading), 1::bigint,
	'machines and the house count for nobody');
select is(pg_temp.show('desk', :'ira', :'id') ->> 'partners', '2',
	'an agent sees all');
select is(jsonb_array_length(pg_temp.show('desk', :'amy', :'german')
	-> 'recipients'), 2, 'an account manager what his partners were told');
select is(pg_temp.act('distributor', 'announcements_dismiss', :'ann', :'id'),
	'200', 'put away');
select is(pg_temp.home('distributor', :'ann'), null, 'it leaves the first page');
select is(pg_temp.home('distributor', :'abe'), 'Am 24. Dezember geschlossen',
	'not that of a colleague');
select is(pg_temp.ask('distributor', 'announcements_list', :'ann')
	#>> '{data,items,0,dismissed}', 'true', 'the list keeps it');
select throws_ok(format('select pg_temp.act(%L, ''announcements_dismiss'', %L,
	%L)', l, w, :'id'), s, null, n) from (values
	('distributor', :'gus', 'PT404', 'a stranger puts nothing away'),
	('distributor', :'erp', 'PT403', 'nor does a machine'),
	('desk', :'amy', 'PT403', 'nor the house')) v (l, w, s, n);

-- Answered.
select is(pg_temp.show('distributor', :'abe', :'id') #>> '{can,answer}',
	'true', 'a distributor may answer');
select is(pg_temp.show('supplier', :'bob', :'id') #>> '{can,answer}', null,
	'a supplier has no requests');
select is(pg_temp.ask('distributor', 'cases_new', :'abe', jsonb_build_object(
	'announcement', :'id')) #>> '{data,draft,subject}',
	'Am 24. Dezember geschlossen', 'the request starts with the subject');
select is(pg_temp.ask('distributor', 'cases_new', :'gus', jsonb_build_object(
	'announcement', :'id')) #> '{data,draft}', '{"serial": null}',
	'a stranger''s with nothing');

-- Over, and withdrawn.
update core.clock set fixed = '2026-12-26 09:00Z';
update core.session set touched_at = core.now(),
	expires_at = core.now() + interval '12 hours';
select is(pg_temp.home('distributor', :'abe'), null,
	'after its last day the first page leaves it out');
select is(pg_temp.ask('distributor', 'announcements_list', :'abe')
	#>> '{data,items,0,state}', 'over', 'not the list');
select throws_ok(format('select pg_temp.act(''desk'',
	''announcements_withdraw'', %L, %L)', w, i), s, null, n) from (values
	(:'joe', :'id', 'PT404', 'an account manager of others'),
	(:'amy', :'german', 'PT404', 'nor of a colleague''s'))
	v (w, i, s, n);
select is(pg_temp.act('desk', 'announcements_withdraw', :'amy', :'id'), '200',
	'who wrote it withdraws it');
select throws_ok(format('select pg_temp.act(''desk'',
	''announcements_withdraw'', %L, %L)', :'amy', :'id'), 'PT409',
	'announcements.withdrawn', 'once');
select is(pg_temp.ask('distributor', 'announcements_list', :'abe')
	#>> '{data,items}', '[]', 'partners have it no more');
select is(pg_temp.show('distributor', :'abe', :'id') - 'author' - 'at'
	@> '{"text": null, "subject": null, "state": "withdrawn"}', true,
	'who follows a link learns that it was withdrawn');
select is((select array_agg(e.data order by e.seq) from core.event e
	where e.type = 'announcement.withdrawn'), array['{}', '{}']::jsonb[],
	'timelines say no word of it');
select is(pg_temp.act('desk', 'announcements_withdraw', :'ida', :'german'),
	'200', 'an administrator withdraws any');
select is(pg_temp.home('supplier', :'dan'), null, 'it is gone there');
select is((select array_agg(distinct a.operation) from core.audit a
	where a.operation like 'announcements%' and a.result = 'ok'),
	array['announcements_create', 'announcements_withdraw'],
	'the audit has both');
\ir lib/end.sql
