-- SPDX-License-Identifier: Apache-2.0
--
-- The calendar behind a secret address: what it holds, for whom, until when.
\ir lib/start.sql
\ir lib/orders.sql

select pg_temp.person('ira', 'agent') as ira \gset
insert into core.membership (person_id, portal, partner_id, roles, seen_at)
select p.id, s.portal, s.partner_id, s.roles, core.now()
from core.person p join core.session s on s.person_id = p.id;
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form('F1',
	'[{"item": "P1", "quantity": "4"}, {"item": "P2", "quantity": "2"}]'))
	\g /dev/null
select pg_temp.line_event('supplier', :'bob', 'confirm', pg_temp.bought('F1',
	'10')) \g /dev/null
select pg_temp.later() \g /dev/null

-- The last part of somebody's address, and what is behind it.
create function pg_temp.key(login text, who text, event text default 'make')
returns text language sql as $$
	select split_part(pg_temp.ask(login, 'account_calendar', who,
		jsonb_build_object('event', event)) #>> '{data,calendar,path}', '/', 3)
$$;
create function pg_temp.ics(key text) returns text language plpgsql as $$
begin
	return convert_from(decode(pg_temp.ask('public', 'calendar_bytes', '',
		jsonb_build_object('key', key)) #>> '{data,base64}', 'base64'),
		'UTF8');
exception when sqlstate 'PT404' then
	return null;
end
$$;
create function pg_temp.events(key text) returns bigint language sql as $$
	select count(*) from regexp_matches(pg_temp.ics(key), 'BEGIN:VEVENT', 'g')
$$;

-- Who may.
select throws_ok(format($$select pg_temp.key('desk', %L)$$, :'ida'), 'PT403',
	'permission.denied', 'an administrator has none');
select is(pg_temp.ask('desk', 'account_show', :'ida') #> '{data,calendar}',
	'null', 'nor is one offered');
select is(pg_temp.ask('distributor', 'account_show', :'ann')
	#>> '{data,calendar,path}', null, 'nobody has one unasked');
select throws_ok(format($$select pg_temp.key('distributor', %L, 'guess')$$,
	:'ann'), 'PT422', null, 'it is made or revoked');
select pg_temp.key('distributor', :'ann') as ann_key \gset
select pg_temp.key('distributor', :'gus') as gus_key \gset
select pg_temp.key('supplier', :'bob') as bob_key \gset
select pg_temp.key('supplier', :'dan') as dan_key \gset
select pg_temp.key('desk', :'amy') as amy_key \gset
select pg_temp.key('desk', :'joe') as joe_key \gset
select pg_temp.key('desk', :'ira') as ira_key \gset
select matches(:'ann_key'::text, '^[0-9a-f]{96}$', 'an address cannot be guessed');

-- What is in it.
select pg_temp.ics(:'ann_key') as ics \gset
select is(pg_temp.events(:'ann_key'), 1::bigint,
	'the line that is promised, not the other');
select ok(position('UID:' || pg_temp.sold('F1', '10') || '@kontor'
	in :'ics') > 0, 'known by its line');
select ok(position('DTSTART;VALUE=DATE:' || to_char(core.today() + 10,
	'YYYYMMDD') in :'ics') > 0, 'on its day');
select matches(:'ics'::text, 'SUMMARY:SO-\d+ / 10 – 4 × Pump', 'in few words');
select matches(:'ics'::text, 'STATUS:CONFIRMED', 'as promised');
select ok(:'ics' ~ e'^BEGIN:VCALENDAR\r\n.*END:VCALENDAR\r\n$'
	and replace(:'ics', e'\r\n', '') !~ e'[\r\n]', 'lines end as they must');
select is(pg_temp.ics(:'ann_key'), :'ics'::text, 'the same again');
select is(pg_temp.events(:'bob_key'), 1::bigint, 'the supplier has his line');
select ok(position('Alpha' in pg_temp.ics(:'bob_key')) = 0
	and position('SO-' in pg_temp.ics(:'bob_key')) = 0,
	'and learns nothing of the distributor');
select is(pg_temp.events(:'amy_key'), 2::bigint,
	'the account manager has both sides');
select is(array[pg_temp.events(:'gus_key'), pg_temp.events(:'dan_key'),
	pg_temp.events(:'joe_key')], array[0, 0, 0]::bigint[], 'others nothing');
select is(pg_temp.events(:'ira_key'), 2::bigint, 'an agent has everybody''s');

-- A deputy has the partners of whom he stands in for, as long as he does.
insert into core.deputy (public_id, person_id, deputy_id, since, until)
select core.uuid7(), a.id, j.id, core.today(), core.today() + 3
from core.person a, core.person j where a.uid = 'amy' and j.uid = 'joe';
select is(pg_temp.events(:'joe_key'), 2::bigint,
	'a deputy has the lines that he looks after now');
update core.deputy set ended_at = core.now();
select is(pg_temp.events(:'joe_key'), 0::bigint, 'and no longer than that');

-- The day moves, the event stays.
select pg_temp.line_event('supplier', :'bob', 'expect', pg_temp.bought('F1',
	'10'), jsonb_build_object('date', core.today() + 20)) \g /dev/null
select pg_temp.later() \g /dev/null
select ok(position('UID:' || pg_temp.sold('F1', '10') || '@kontor'
	in pg_temp.ics(:'ann_key')) > 0 and position('DTSTART;VALUE=DATE:'
	|| to_char(core.today() + 20, 'YYYYMMDD')
	in pg_temp.ics(:'ann_key')) > 0, 'a moved day moves the same event');
select matches(pg_temp.ics(:'ann_key'), 'STATUS:TENTATIVE',
	'which is no promise any more');
select ok((regexp_match(pg_temp.ics(:'ann_key'), 'SEQUENCE:(\d+)'))[1]::int
	> (regexp_match(:'ics', 'SEQUENCE:(\d+)'))[1]::int, 'and says it is newer');

-- How values are written.
select is(orders.ics_text(e'a,b;c\\d\ne\tf'), 'a\,b\;c\\d\ne f',
	'special characters are escaped');
select is((select max(octet_length(l)) <= 75 from regexp_split_to_table(
	orders.ics_line('SUMMARY', repeat('aäβ€', 60)), e'\r\n') l), true,
	'long lines are folded');
select is(replace(orders.ics_line('SUMMARY', repeat('aäβ€', 60)), e'\r\n ',
	''), 'SUMMARY:' || repeat('aäβ€', 60) || e'\r\n', 'and lose nothing');

-- Until when.
select is(pg_temp.ics(left(:'ann_key', 32) || substr(:'bob_key', 33)), null,
	'an address made up leads nowhere');
select is(pg_temp.ics('x'), null, 'nor does nonsense');
select pg_temp.key('distributor', :'ann') as again \gset
select is(pg_temp.ics(:'ann_key'), null, 'a new address ends the former');
select is(pg_temp.events(:'again'), 1::bigint, 'and works itself');
update core.partner set status = 'suspended' where id = :alpha;
select is(pg_temp.ics(:'again'), null, 'not for a suspended partner');
update core.partner set status = 'active' where id = :alpha;
update core.person set disabled_at = core.now() where uid = 'ann';
select is(pg_temp.ics(:'again'), null, 'nor for a person shut out');
update core.person set disabled_at = null where uid = 'ann';
delete from core.membership where person_id = (select id from core.person
	where uid = 'ann');
select is(pg_temp.ics(:'again'), null, 'nor for one who has left');
select pg_temp.key('supplier', :'bob', 'revoke') \g /dev/null
select is(pg_temp.ics(:'bob_key'), null, 'a revoked address leads nowhere');
select is(pg_temp.ask('supplier', 'account_show', :'bob')
	#>> '{data,calendar,path}', null, 'and is no longer shown');
update core.person set checked_at = core.now() - interval '1 hour';
update core.session set ended_at = core.now();
select set_eq('select uid from core.directory_due()', array['ann', 'gus',
	'dan', 'amy', 'joe', 'ira', 'bob', 'ida'],
	'who has an address, or belongs somewhere, is looked up in the directory '
	|| 'without a session');
\ir lib/end.sql
