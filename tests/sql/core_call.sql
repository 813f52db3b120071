-- SPDX-License-Identifier: Apache-2.0
\ir lib/start.sql

set local role kontor_owner;
create function api.probe_show(input jsonb) returns json
language plpgsql stable as $$ begin return json_build_object('partner',
	core.me_partner(), 'portal', core.me_portal(), 'partners',
	(select count(*) from core.partner)); end $$;
create function api.probe_write(input jsonb) returns core.answer
language plpgsql volatile as $$ begin
	perform core.emit(core.me_partner(), 'probe.made', 'probe', core.uuid7(),
		input ->> 'number', jsonb_build_object('a', 1));
	return core.created('/probes/1', json_build_object('number',
		input ->> 'number'), 7); end $$;
create function api.probe_fail(input jsonb) returns json
language plpgsql stable as $$ begin
	perform core.emit(core.me_partner(), 'x', 'x', core.uuid7(), '');
	return null; end $$;
create function api.probe_change(input jsonb) returns json
language plpgsql volatile as $$ begin
	perform core.check_version(3, input); return '{}'; end $$;
create function api.probe_bytes(input jsonb, bytes bytea) returns json
language sql volatile as $$ select json_build_object('n', length(bytes)) $$;
select core.operation('probe_show', 'probes.read',
	input => '{"state": "text?", "limit": "int?"}') \g /dev/null
select core.operation('probe_write', 'probes.write', true) \g /dev/null
select core.operation('probe_fail', 'probes.read') \g /dev/null
select core.operation('probe_change', 'probes.write', true) \g /dev/null
select core.operation('probe_bytes', 'probes.write', true, per_minute => 2)
	\g /dev/null
select core.grant_permission('probes.read', 'distributor_user', 'machine')
	\g /dev/null
select core.grant_permission('probes.write', 'distributor_user', 'machine')
	\g /dev/null
select core.build_wall() \g /dev/null
reset role;

select pg_temp.partner('alpha', 'distributor') as alpha \gset
select pg_temp.partner('beta', 'supplier') as beta \gset
select pg_temp.person('ann', 'distributor_user', :alpha) as ann \gset
select pg_temp.person('ada', 'distributor_admin', :alpha) as ada \gset
select pg_temp.person('bob', 'supplier_user', :beta) as bob \gset
select pg_temp.machine('alpha-erp', :alpha, 'distributor') as erp \gset
select pg_temp.machine('alpha-thin', :alpha, 'distributor', '{orders}')
	as thin \gset

select is(pg_temp.ask('distributor', 'probe_show', :'ann') -> 'data',
	jsonb_build_object('partner', :alpha::int, 'portal', 'distributor',
	'partners', 1), 'an operation knows its caller and sees own rows only');
select is(pg_temp.ask('distributor', 'probe_show', :'ann')
	#>> '{me,partner,name}', 'Alpha', 'the answer says who is calling');
select is(pg_temp.ask('distributor', 'probe_show', :'erp') #>> '{me,client}',
	'alpha-erp', 'a machine is known by its token');
select throws_ok(format($$select pg_temp.ask('distributor', 'probe_show',
	%L)$$, :'ada'), 'PT403', 'permission.denied',
	'who does not hold the permission is refused');
select throws_ok(format($$select pg_temp.ask('distributor', 'probe_show',
	%L)$$, :'thin'), 'PT403', 'permission.denied',
	'a token without the scope is refused');
select throws_ok($$select pg_temp.ask('distributor', 'probe_show')$$, 'PT401',
	'login.required', 'nobody is refused');
select throws_ok($$select pg_temp.ask('distributor', 'probe_show',
	repeat('0', 64))$$, 'PT401', 'session.ended',
	'an unknown session is refused');
select throws_ok($$select pg_temp.ask('distributor', 'probe_show', 'x')$$,
	'PT401', 'login.required', 'a malformed session is refused');
select throws_ok(format($$select pg_temp.ask('supplier', 'probe_show', %L)$$,
	:'ann'), 'PT401', 'session.ended',
	'a session does not open another portal''s login');
select throws_ok(format($$select pg_temp.ask('distributor', 'none', %L)$$,
	:'ann'), 'PT404', 'operation.unknown', 'an unknown operation is absent');
select throws_ok(format($$select pg_temp.as_login('supplier',
	'select api.probe_show(''{}'')')$$), '42501', null,
	'the EXECUTE wall holds where a permission is not held');

select throws_ok(format($$select pg_temp.ask('distributor', 'probe_fail',
	%L)$$, :'ann'), '25006', null, 'a read cannot write');
select is(pg_temp.ask('distributor', 'probe_write', :'ann',
	'{"number": "1"}') - 'me',
	'{"status": 201, "version": 7, "location": "/probes/1",
	"data": {"number": "1"}}', 'a write answers status, version, location');
select is(pg_temp.ask('distributor', 'probe_bytes', :'ann', '{}', 'abc')
	-> 'data', '{"n": 3}', 'bytes reach an operation that takes them');

select throws_ok(format($$select pg_temp.ask('distributor', 'probe_show', %L,
	'{"stat": 1, "limit": "many"}')$$, :'ann'), 'PT400', 'input.invalid',
	'a read refuses unknown and malformed members');
select throws_ok(format($$select pg_temp.ask('distributor', 'probe_change',
	%L)$$, :'ann'), 'PT428', 'version.required',
	'a change must name the version it saw');
select throws_ok(format($$select pg_temp.ask('distributor', 'probe_change',
	%L, '{"version": "2"}')$$, :'ann'), 'PT412', 'version.stale',
	'a stale version is refused');
select is(pg_temp.ask('distributor', 'probe_change', format(
	'{"session": "%s", "if_match": 3}', :'ann')) ->> 'status', '200',
	'If-Match names the version too');
select throws_ok(format($$select pg_temp.ask('distributor', 'probe_write',
	'{"session": "%s", "csrf": "other"}')$$, :'ann'), 'PT403',
	'csrf.invalid', 'another session''s form is refused');

select pg_temp.machine('beta-erp', :beta, 'supplier') as beta_erp \gset
select throws_ok(format($$select pg_temp.ask('supplier', 'probe_show', %L)$$,
	:'beta_erp'), 'PT403', 'permission.denied',
	'a machine may not do what only people of the other side do');

-- Idempotency keys
select set_config('t.key', format('{"session": "%s", "idempotency_key": "k1",
	"body_sha256": "aa"}', :'ann'), true) \g /dev/null
select is(pg_temp.ask('distributor', 'probe_write',
	current_setting('t.key'), '{"number": "8"}') #>> '{data,number}', '8',
	'a key''s first request is carried out');
select is(pg_temp.ask('distributor', 'probe_write',
	current_setting('t.key'), '{"number": "9"}') #>> '{data,number}', '8',
	'a repeated key gets the first answer');
select is((select count(*)::int from core.event e where e.number = '8'), 1,
	'and has no second effect');
select throws_ok($$select pg_temp.ask('distributor', 'probe_write',
	replace(current_setting('t.key'), '"aa"', '"bb"'))$$, 'PT422',
	'idempotency.mismatch', 'the same key with another body is refused');
select is(pg_temp.ask('distributor', 'probe_write', format(
	'{"token": "%s", "idempotency_key": "k1", "body_sha256": "bb"}',
	substr(:'erp', 7)), '{"number": "10"}') #>> '{data,number}', '10',
	'another caller''s key is another key');

select throws_ok(format($$select pg_temp.ask('distributor', 'probe_bytes',
	%L), pg_temp.ask('distributor', 'probe_bytes', %1$L)$$, :'ann'),
	'PT429', 'rate.exceeded', 'a limited operation stops at its limit');

\ir lib/end.sql
