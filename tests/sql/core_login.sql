-- SPDX-License-Identifier: Apache-2.0
\ir lib/start.sql

update core.clock set fixed = '2026-03-02 09:00+00';
create function pg_temp.try(account text, ip text) returns text
language sql as $$
	select pg_temp.ask('public', 'login_check', jsonb_build_object('ip', ip)
		::text, jsonb_build_object('account', account)) #>> '{data,wait}'
$$;
create function pg_temp.fail(account text, ip text, times int) returns text
language plpgsql as $$
declare
	w text;
begin
	for i in 1 .. times loop
		w := pg_temp.try(account, ip);
	end loop;
	return w;
end
$$;

select is(pg_temp.fail('ann', '192.0.2.1', 5), null,
	'AU-6: five tries are free');
select is(pg_temp.try('ann', '192.0.2.1'), '1',
	'AU-6: then comes a delay of a second');
update core.clock set fixed = fixed + interval '1 second';
select is(pg_temp.try('ann', '192.0.2.1'), null, 'after which one may try');
select is(pg_temp.try('ann', '192.0.2.1'), '2', 'AU-6: and the delay doubles');
select is(pg_temp.try('ann', '198.51.100.7'), '2',
	'AU-6: the account waits wherever the try comes from');
select is(pg_temp.try('bob', '192.0.2.1'), '2',
	'AU-6: the address waits whoever is tried');
select is(pg_temp.try('bob', '198.51.100.8'), null, 'others do not wait');

select core.admin_group('{"dn": "cn=m,dc=demo", "role": "agent"}')
	\g /dev/null
create function pg_temp.login(name text, ip text) returns text
language sql as $$
	select pg_temp.ask('public', 'session_create', jsonb_build_object('ip',
		ip)::text, jsonb_build_object('hash', pg_temp.hash(name || ip),
		'entry', jsonb_build_object('id', name, 'name', name, 'dn',
		'uid=' || name, 'groups', array['cn=m,dc=demo']))) ->> 'status'
$$;
select pg_temp.try('carl', '203.0.113.5') \g /dev/null
select is(pg_temp.login('carl', '203.0.113.5'), '201',
	'the real user logs in at home');
select pg_temp.fail('carl', '198.51.100.9', 40) \g /dev/null
select isnt(pg_temp.try('carl', '198.51.100.10'), null,
	'strangers make the account wait elsewhere');
select is(pg_temp.try('carl', '203.0.113.5'), null,
	'AU-6: but do not shut out the real user at home');
select is((select x.failures from core.login_throttle x
	where x.kind = 'account' and x.key = sha256('carl')), 5,
	'a refused try is not counted');

update core.login_throttle set failures = 100, next_at = '-infinity';
select is(pg_temp.try('ann', '203.0.113.77'), '-1',
	'AU-6: after a hundred failures nobody may go on');
select core.admin_throttle('{"login": "ann"}') \g /dev/null
select is(pg_temp.try('ann', '203.0.113.77'), null,
	'until an administrator lets them');

select pg_temp.fail('dora', '203.0.113.88', 1) \g /dev/null
select pg_temp.ask('public', 'login_failed', '{"ip": "203.0.113.88"}',
	'{"account": "dora", "reason": "away"}') \g /dev/null
select is((select max(x.failures) from core.login_throttle x
	where x.kind = 'account' and x.key = sha256('dora')), 0,
	'a silent directory does not count against anybody');
select pg_temp.ask('public', 'login_failed', '{"ip": "203.0.113.88"}',
	'{"account": "dora", "reason": "refused"}') \g /dev/null
select is((select a.result || ' ' || a.ip from core.audit a
	where a.account = 'dora' order by a.id desc limit 1),
	'login.refused 203.0.113.88', 'AD-1: a failed login is remembered');

-- Machines
select pg_temp.partner('alpha', 'distributor') as alpha \gset
select core.admin_client('{"partner": "alpha", "kid": "k1", "pem": "PEM"}')
	\g /dev/null
select is(pg_temp.ask('public', 'client_key', '', '{"client_id": "alpha"}')
	#>> '{data,keys,0,pem}', 'PEM', 'a client''s keys are found');
select is(pg_temp.ask('public', 'client_key', '', '{"client_id": "nobody"}')
	->> 'data', null, 'an unknown client has none');
select set_config('t.token', jsonb_build_object('client_id', 'alpha',
	'assertion_hash', pg_temp.hash('a1'), 'assertion_expires',
	extract(epoch from core.now())::bigint + 300, 'hash', pg_temp.hash('t1'),
	'expires', extract(epoch from core.now())::bigint + 600)::text, true)
	\g /dev/null
select is(pg_temp.ask('public', 'token_create', '',
	current_setting('t.token')::jsonb) ->> 'status', '201',
	'a verified assertion buys a token');
select is(pg_temp.ask('public', 'token_create', '',
	current_setting('t.token')::jsonb || jsonb_build_object('hash',
	pg_temp.hash('t2'))) -> 'data', '{"refused": "token.replayed"}',
	'AU-10: an assertion is good once');
select is(pg_temp.ask('distributor', 'activity_list', 'token '
	|| pg_temp.hash('t1')) ->> 'status', '200', 'the token opens the API');
update core.clock set fixed = fixed + interval '10 minutes';
select throws_ok($$select pg_temp.ask('distributor', 'activity_list',
	'token ' || pg_temp.hash('t1'))$$, 'PT401', 'token.invalid',
	'SE-4: for ten minutes');
update core.clock set fixed = fixed - interval '9 minutes';
select core.admin_client_end('{"client_id": "alpha", "kid": "k1"}')
	\g /dev/null
select throws_ok($$select pg_temp.ask('distributor', 'activity_list',
	'token ' || pg_temp.hash('t1'))$$, 'PT401', 'token.invalid',
	'SE-7: withdrawing a key kills the tokens given before');
select is(pg_temp.ask('public', 'client_key', '', '{"client_id": "alpha"}')
	#> '{data,keys}', '[]', 'and the key is gone');

\ir lib/end.sql
