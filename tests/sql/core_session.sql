-- SPDX-License-Identifier: Apache-2.0
\ir lib/start.sql

update core.clock set fixed = '2026-03-02 09:00+00';
select pg_temp.partner('alpha', 'distributor') as alpha \gset
select pg_temp.partner('beta', 'supplier') as beta \gset
select core.admin_group('{"dn": "CN=Alpha Users, OU=groups,DC=demo",
	"role": "distributor_user", "partner": "alpha"}') \g /dev/null
select core.admin_group('{"dn": "cn=alpha admins,ou=groups,dc=demo",
	"role": "distributor_admin", "partner": "alpha"}') \g /dev/null
select core.admin_group('{"dn": "cn=beta users,ou=groups,dc=demo",
	"role": "supplier_user", "partner": "beta"}') \g /dev/null

create function pg_temp.entry(login text, variadic groups text[] default '{}')
returns jsonb language sql as $$
	select jsonb_build_object('id', 'uuid-' || login, 'name', login,
		'display_name', initcap(login), 'mail', login || '@demo.test',
		'dn', format('uid=%s,ou=people,dc=demo', login),
		'groups', array(select format('cn=%s,ou=groups,dc=demo', g)
			from unnest(groups) g))
$$;
create function pg_temp.login(entry jsonb, seed text, more jsonb default '{}')
returns jsonb language sql as $$
	select pg_temp.ask('public', 'session_create', '', jsonb_build_object(
		'entry', entry, 'hash', pg_temp.hash(seed)) || more)
$$;

select is(pg_temp.login(pg_temp.entry('ann', 'Alpha Users', 'alpha admins'),
	's1') ->> 'status', '201', 'a person of one partner gets a session');
select is(pg_temp.ask('distributor', 'account_show', pg_temp.hash('s1'))
	#> '{me,roles}', '["distributor_admin", "distributor_user"]',
	'roles of all groups count, the highest first');
select is(pg_temp.login(pg_temp.entry('joe', 'strangers'), 'j') -> 'data',
	'{"refused": "login.no_portal"}', 'without a portal there is no session');
select is(jsonb_array_length(pg_temp.login(pg_temp.entry('eve', 'alpha users',
	'beta users'), 'e') #> '{data,memberships}'), 2,
	'several memberships are listed to choose from');
select is(pg_temp.login(pg_temp.entry('eve', 'alpha users', 'beta users'),
	'e', jsonb_build_object('membership', 'supplier:' || (select p.public_id
	from core.partner p where p.id = :beta))) #>> '{data,session,portal}',
	'supplier', 'and one of them is chosen');
select is(pg_temp.ask('supplier', 'session_switch', pg_temp.hash('e'),
	jsonb_build_object('hash', pg_temp.hash('e2'), 'membership',
	'distributor:' || (select p.public_id from core.partner p
	where p.id = :alpha))) #>> '{data,session,portal}', 'distributor',
	'a person goes on for another partner');
select throws_ok($$select pg_temp.ask('supplier', 'account_show',
	pg_temp.hash('e'))$$, 'PT401', 'session.ended',
	'which ends the session before');
select throws_ok($$select pg_temp.ask('distributor', 'session_switch',
	pg_temp.hash('e2'), jsonb_build_object('hash', pg_temp.hash('e3'),
	'membership', 'desk'))$$, 'PT404', 'absent',
	'nobody goes where they do not belong');
select is(pg_temp.login(pg_temp.entry('ann', 'alpha users'), 's2',
	jsonb_build_object('replaces', pg_temp.hash('s1'))) ->> 'status', '201',
	'a new login names the session it replaces');
select throws_ok($$select pg_temp.ask('distributor', 'account_show',
	pg_temp.hash('s1'))$$, 'PT401', 'session.ended',
	'and the old identifier dies');

-- Idle and absolute ends
update core.clock set fixed = fixed + interval '29 minutes';
select is(pg_temp.ask('distributor', 'session_touch', pg_temp.hash('s2'))
	->> 'status', '204', 'a session is kept alive by use');
update core.clock set fixed = fixed + interval '29 minutes';
select is(pg_temp.ask('distributor', 'account_show', pg_temp.hash('s2'))
	->> 'status', '200', 'so it outlives half an hour');
update core.clock set fixed = fixed + interval '2 minutes';
select throws_ok($$select pg_temp.ask('distributor', 'account_show',
	pg_temp.hash('s2'))$$, 'PT401', 'session.ended',
	'unused for half an hour it ends');
update core.session set touched_at = core.now() + interval '12 hours'
where jti_hash = decode(pg_temp.hash('s2'), 'hex');
update core.clock set fixed = '2026-03-02 21:00:01+00';
select throws_ok($$select pg_temp.ask('distributor', 'account_show',
	pg_temp.hash('s2'))$$, 'PT401', 'session.ended',
	'after twelve hours it ends in any case');
select core.admin_create('{"dn": "uid=root,ou=people,dc=demo"}') \g /dev/null
select is(pg_temp.login(pg_temp.entry('root'), 'r') #>> '{data,session,portal}',
	'desk', 'the first administrator comes by the entry''s own name');
select throws_ok($$select core.admin_create('{"dn": "uid=x,dc=demo"}')$$,
	'PT409', 'administrator.exists', 'there is one first administrator');
update core.clock set fixed = fixed + interval '16 minutes';
select throws_ok($$select pg_temp.ask('desk', 'account_show',
	pg_temp.hash('r'))$$, 'PT401', 'session.ended',
	'an administrator''s session ends after fifteen minutes');

-- Ending
select core.sweep() \g /dev/null
select pg_temp.login(pg_temp.entry('ann', 'alpha users'), s)
from unnest(array['a', 'b', 'c']) s \g /dev/null
select is(jsonb_array_length(pg_temp.ask('distributor', 'account_show',
	pg_temp.hash('a')) #> '{data,sessions}'), 3, 'live sessions are listed');
select is(pg_temp.ask('distributor', 'session_end', pg_temp.hash('a'))
	-> 'data', '{"ended": 1, "own": true}', 'signing out ends the session');
select is(pg_temp.ask('distributor', 'sessions_end', pg_temp.hash('b'))
	-> 'data', '{"ended": 2, "own": true}', 'all sessions end together');
select throws_ok($$select pg_temp.ask('distributor', 'account_show',
	pg_temp.hash('c'))$$, 'PT401', 'session.ended', 'at once');
update core.clock set fixed = fixed + interval '1 second';

-- The directory, asked again
select pg_temp.login(pg_temp.entry('ann', 'alpha users'), 'd1') \g /dev/null
select is(pg_temp.as_login('worker', $$select string_agg(uid, ',')
	from core.directory_due(1)$$), 'ann',
	'people with live sessions are looked up again first');
update core.person set checked_at = core.now() - interval '14 minutes'
where uid <> 'ann';
select is(pg_temp.as_login('worker', $$select string_agg(uid, ',')
	from core.directory_due()$$), 'ann', 'others not every time');
select is(pg_temp.as_login('worker', format($$select
	core.directory_seen('uuid-ann', %L)$$, pg_temp.entry('ann',
	'alpha users'))), '0', 'nothing ends while nothing has changed');
select is(pg_temp.as_login('worker', format($$select
	core.directory_seen('uuid-ann', %L)$$, pg_temp.entry('ann',
	'alpha users', 'alpha admins'))), '1', 'a change of roles ends sessions');
select pg_temp.login(pg_temp.entry('ann', 'alpha users'), 'd2') \g /dev/null
select is(pg_temp.as_login('worker', $$select
	core.directory_seen('uuid-ann', null)$$), '1',
	'somebody removed loses all sessions');
select pg_temp.login(pg_temp.entry('ann', 'alpha users'), 'd3') \g /dev/null
select core.admin_person('{"login": "ann", "disable": "true"}') \g /dev/null
select throws_ok($$select pg_temp.ask('distributor', 'account_show',
	pg_temp.hash('d3'))$$, 'PT401', 'session.ended',
	'a disabled person is out at once');
select is(pg_temp.login(pg_temp.entry('ann', 'alpha users'), 'd4') -> 'data',
	'{"refused": "login.refused"}', 'and stays out');
update core.partner set status = 'suspended' where id = :alpha;
select is(pg_temp.login(pg_temp.entry('new', 'alpha users'), 'n') -> 'data',
	'{"refused": "login.no_portal"}', 'a suspended partner opens no portal');

-- Settings
update core.partner set status = 'active' where id = :alpha;
select pg_temp.login(pg_temp.entry('zoe', 'alpha users'), 'z') \g /dev/null
select is(pg_temp.ask('distributor', 'account_settings', pg_temp.hash('z'),
	'{"version": "1", "language": "de", "theme": "dark"}')
	#>> '{data,language}', 'de', 'people choose their language');
select is(pg_temp.ask('distributor', 'account_show', pg_temp.hash('z'))
	#>> '{me,language}', 'de', 'and get it from then on');
select throws_ok($$select pg_temp.ask('distributor', 'account_settings',
	pg_temp.hash('z'), '{"version": "2", "language": "fr"}')$$, 'PT422',
	'input.invalid', 'a language that is not offered is refused');

\ir lib/end.sql
