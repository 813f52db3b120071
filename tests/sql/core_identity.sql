-- SPDX-License-Identifier: Apache-2.0
-- A seal of another transaction, for the last test.
begin;
select core.seal('{"k": "person", "p": 1, "roles": []}') \g /dev/null
select current_setting('kontor.me') as old \gset
rollback;
\ir lib/start.sql

select pg_temp.partner('alpha', 'distributor') as alpha \gset
select pg_temp.partner('beta', 'distributor') as beta \gset
select pg_temp.person('ann', 'distributor_user', :alpha) as ann \gset
select set_config('t.call', format('api.call(''activity_list'', '
	|| '''{"session": "%s"}'', ''{}'', null)', :'ann'), true) \g /dev/null

select is(pg_temp.as_login('distributor', 'select core.me_partner()'), null,
	'AZ-7: without identity there is no partner');
select is(pg_temp.as_login('distributor',
	'select count(*) from core.partner'), '0', 'AZ-7: and nothing is seen');
select is(pg_temp.as_login('distributor', format('select (select c.status '
	|| 'from %s c) || '' '' || core.me_partner()',
	current_setting('t.call'))), '200 ' || :'alpha',
	'api.call seals the identity for its transaction');
select throws_ok(format($$select pg_temp.as_login('distributor', 'select
	set_config(''kontor.me'', repeat(''0'', 64) || ''{"k": "person", "p":
	%s, "portal": "distributor", "roles": []}'', true), core.me_partner()')$$,
	:beta), '42501', 'identity.seal',
	'AZ-8: a made-up identity breaks the seal');
select throws_ok(format($$select pg_temp.as_login('distributor', 'select c.status,
	set_config(''kontor.me'', replace(current_setting(''kontor.me''),
	''"p": %s'', ''"p": %s''), true), core.me_partner() from %s c')$$,
	:alpha, :beta, replace(current_setting('t.call'), '''', '''''')),
	'42501', 'identity.seal', 'AZ-8: a changed one too');
select throws_ok($$select pg_temp.as_login('distributor',
	'select core.seal(''{}'')')$$, '42501', null,
	'AZ-8: a login cannot seal');
select throws_ok($$select pg_temp.as_login('distributor',
	'select core.identify_session(''{"session": "' || repeat('0', 64)
	|| '"}'')')$$, '42501', null,
	'nor read sessions');
select core.seal('{"k": "person", "p": 1, "roles": []}') \g /dev/null
select is(core.me_partner(), 1::bigint, 'the owner''s functions can');
select throws_ok($$select pg_temp.as_login('desk',
	'select core.me_partner()')$$, '42501', 'identity.seal',
	'AZ-8: a seal is good for its login only');
select set_config('kontor.me', :'old', true) \g /dev/null
select throws_ok('select core.me_partner()', '42501', 'identity.seal',
	'AZ-8: a seal is good for its transaction only');

\ir lib/end.sql
