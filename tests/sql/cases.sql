-- SPDX-License-Identifier: Apache-2.0
\ir lib/start.sql

-- A Monday, 10:00 in Berlin.
update core.clock set fixed = '2026-11-23 09:00Z';
select pg_temp.partner('alpha', 'distributor') as alpha \gset
select pg_temp.partner('beta', 'distributor') as beta \gset
select pg_temp.person('ann', 'distributor_user', :alpha) as ann \gset
select pg_temp.person('abe', 'distributor_user', :alpha) as abe \gset
select pg_temp.person('ada', 'distributor_admin', :alpha) as ada \gset
select pg_temp.person('bob', 'distributor_admin', :beta) as bob \gset
select pg_temp.person('agnes', 'agent') as agnes \gset
select pg_temp.person('mona', 'account_manager') as mona \gset
select pg_temp.machine('alpha-erp', :alpha, 'distributor') as erp \gset
insert into core.membership (person_id, portal, roles)
select p.id, 'desk', array['agent'] from core.person p where p.uid = 'agnes';
insert into core.assignment (partner_id, person_id)
select :alpha, p.id from core.person p where p.uid = 'mona';

-- Business hours
select is(cases.due('house', '2026-11-20 14:00Z', '2 hours'),
	'2026-11-20 16:00Z'::timestamptz, 'a span ends at closing time, not later');
select is(cases.due('house', '2026-11-20 15:00Z', '2 hours'),
	'2026-11-23 08:00Z'::timestamptz, 'a span goes on after the weekend');
select is(cases.due('house', '2026-11-22 12:00Z', '9 hours'),
	'2026-11-23 16:00Z'::timestamptz, 'a span begins when the house opens');
insert into cases.holiday values ('house', '2026-11-24', 'test');
select is(cases.due('house', '2026-11-23 15:00Z', '2 hours'),
	'2026-11-25 08:00Z'::timestamptz, 'a holiday does not count');
select is(cases.span('house', '2026-11-20 15:00Z', '2026-11-23 08:00Z'),
	'2 hours'::interval, 'hours between two times leave the weekend out');
delete from cases.holiday;

-- Opening
select pg_temp.ask('distributor', 'cases_create', :'ann', '{"case_type":
	"request", "subject": "Pump loses pressure", "serial": "HX-1",
	"symptom": "drops to 3 bar"}') as made \gset
select :'made'::jsonb #>> '{data,id}' as id \gset
select is((:'made'::jsonb ->> 'status')::int, 201, 'a request is logged');
select matches(:'made'::jsonb #>> '{data,number}', '^SR-2026-\d{5}$',
	'it has a number');
select is((:'made'::jsonb #>> '{data,response_due}')::timestamptz,
	'2026-11-24 09:00Z'::timestamptz, 'it says until when it is answered');
select is(:'made'::jsonb ->> 'location', '/cases/' || :'id',
	'the answer says where it stands');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_create', %L,
	'{"case_type": "wish", "subject": " "}')$$, :'ann'), 'PT422',
	'input.invalid', 'a case without words or of no type is refused');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_create', %L,
	'{"subject": "x", "order_line": "nonsense"}')$$, :'ann'), 'PT422',
	'input.invalid', 'an order line that is not the caller''s is refused');
select is(pg_temp.ask('distributor', 'cases_create', :'ada', '{"subject":
	"numbered", "partner_case_id": "A-1"}') ->> 'status', '201',
	'the partner''s own number is kept');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_create', %L,
	'{"subject": "again", "partner_case_id": "A-1"}')$$, :'ann'), 'PT422',
	'input.invalid', 'a number of a colleague''s case is not taken twice');

select is(pg_temp.ask('distributor', 'cases_create', :'erp', '{"subject":
	"by machine"}') #>> '{data,origin}', 'api', 'a machine logs a case');

-- Who sees what
select is(pg_temp.ask('distributor', 'cases_show', :'ada',
	jsonb_build_object('id', :'id')) ->> 'status', '200',
	'the partner''s administrator sees a colleague''s case');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_show', %L,
	jsonb_build_object('id', %L))$$, :'abe', :'id'), 'PT404', 'absent',
	'a colleague without the right does not');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_show', %L,
	jsonb_build_object('id', %L))$$, :'bob', :'id'), 'PT404', 'absent',
	'another partner''s case is absent');
select is(jsonb_array_length(pg_temp.ask('distributor', 'cases_list', :'bob',
	'{"view": "all"}') #> '{data,items}'), 0,
	'another partner''s list is empty');
select is((pg_temp.ask('distributor', 'cases_list', :'bob', '{"view": "all"}')
	#>> '{data,views,3,count}')::int, 0, 'and so is its count');
select is(jsonb_array_length(pg_temp.ask('desk', 'cases_list', :'agnes',
	'{"view": "open"}') #> '{data,items}'), 3, 'the queue has all cases');

-- The agent's work
select throws_ok(format($$select pg_temp.ask('desk', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'assign'))$$, :'agnes', :'id'),
	'PT428', 'version.required', 'a step names the version it saw');
select throws_ok(format($$select pg_temp.ask('desk', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'assign', 'version', 9))$$,
	:'agnes', :'id'), 'PT412', 'version.stale', 'a stale step is refused');
select is(pg_temp.ask('desk', 'cases_event', :'agnes', jsonb_build_object(
	'id', :'id', 'event', 'assign', 'version', 1)) #>> '{data,state}',
	'open', 'an agent takes a case');
select is(pg_temp.ask('desk', 'cases_event', :'agnes', jsonb_build_object(
	'id', :'id', 'event', 'note', 'text', 'secret seal issue'))
	->> 'status', '200', 'an agent writes an internal note');
select is(pg_temp.ask('distributor', 'cases_show', :'ann',
	jsonb_build_object('id', :'id'))::text ~ 'secret', false,
	'a partner never sees an internal note');
select is(jsonb_path_query_array(pg_temp.ask('distributor', 'activity_list',
	:'abe'), '$.data.items[*] ? (@.object == "case")'), '[]'::jsonb,
	'a colleague''s case is not on everybody''s feed');
select isnt(jsonb_path_query_array(pg_temp.ask('distributor', 'activity_list',
	:'ann'), '$.data.items[*] ? (@.object == "case")'), '[]'::jsonb,
	'one''s own is');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_create', %L,
	'{"subject": "x", "assignee_id": "1"}')$$, :'ann'), 'PT422',
	'input.invalid', 'members that nobody knows are refused');
select is(pg_temp.ask('distributor', 'activity_list', :'ada',
	'{"since": "0"}')::text ~ 'noted', false,
	'nor that there is one');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'note', 'text', 'x'))$$, :'ann',
	:'id'), 'PT403', 'state.denied', 'a partner writes no internal note');
select is(pg_temp.ask('desk', 'cases_event', :'agnes', jsonb_build_object(
	'id', :'id', 'event', 'ask', 'text', 'Which pressure?', 'version', 3))
	#>> '{data,state}', 'awaiting_partner', 'an agent asks the partner');

-- The clock stands while the partner is asked: four hours, then it goes on.
update core.clock set fixed = '2026-11-23 13:00Z';
update core.session set touched_at = core.now();
select is((pg_temp.ask('distributor', 'cases_event', :'ann',
	jsonb_build_object('id', :'id', 'event', 'reply', 'text', '3 bar'))
	#>> '{data,solution_due}')::timestamptz,
	cases.due('house', '2026-11-23 09:00Z', '49 hours'),
	'waiting for the partner does not count');
select is(pg_temp.ask('distributor', 'cases_show', :'ann',
	jsonb_build_object('id', :'id')) #>> '{data,state}', 'open',
	'the partner''s answer opens the case again');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'reply', 'text', ' '))$$, :'ann',
	:'id'), 'PT422', 'input.invalid', 'an empty message is refused');
select throws_ok(format($$select pg_temp.ask('desk', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'resolve', 'version', 5))$$,
	:'agnes', :'id'), 'PT422', 'input.invalid',
	'a case is resolved with a code');
select is(pg_temp.ask('desk', 'cases_event', :'agnes', jsonb_build_object(
	'id', :'id', 'event', 'resolve', 'version', 5, 'resolution_code',
	'repaired', 'text', 'Seal changed')) #>> '{data,state}', 'resolved',
	'an agent resolves the case');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'withdraw', 'version', 6))$$,
	:'ann', :'id'), 'PT409', 'state.illegal',
	'what is not in the table of states is refused');
select is(pg_temp.ask('distributor', 'cases_event', :'ann',
	jsonb_build_object('id', :'id', 'event', 'close', 'version', 6))
	#>> '{data,state}', 'closed', 'the partner closes it');
select is(pg_temp.ask('distributor', 'cases_event', :'ann',
	jsonb_build_object('id', :'id', 'event', 'reopen', 'version', 7,
	'text', 'It drops again')) #>> '{data,state}', 'open',
	'and opens it again');
update cases.head set state = 'resolved' where public_id = :'id';
update cases.head set state = 'closed', closed_at = core.now()
	- interval '31 days' where public_id = :'id';
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'reopen', 'version', 8, 'text',
	'x'))$$, :'ann', :'id'), 'PT409', 'cases.reopen.late',
	'not after thirty days');

-- A complaint is closed by somebody else than resolved it.
select pg_temp.ask('distributor', 'cases_create', :'ada', '{"case_type":
	"complaint", "subject": "Late"}') #>> '{data,id}' as complaint \gset
select pg_temp.ask('desk', 'cases_event', :'agnes', jsonb_build_object('id',
	:'complaint', 'event', 'assign', 'version', 1)) \g /dev/null
select throws_ok(format($$select pg_temp.ask('desk', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'resolve', 'version', 2,
	'resolution_code', 'explained'))$$, :'agnes', :'complaint'), 'PT422',
	'input.invalid', 'a complaint is resolved with its cause');
select pg_temp.ask('desk', 'cases_event', :'agnes', jsonb_build_object('id',
	:'complaint', 'event', 'resolve', 'version', 2, 'resolution_code',
	'explained', 'cause_code', 'delivery')) \g /dev/null
select throws_ok(format($$select pg_temp.ask('desk', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'close', 'version', 3))$$,
	:'agnes', :'complaint'), 'PT409', 'cases.close.second_person',
	'whoever resolved a complaint does not close it');

-- Logged by the house
insert into core.membership (person_id, portal, partner_id, roles)
select p.id, 'distributor', :alpha, array['distributor_user']
from core.person p where p.uid in ('ann', 'abe');
select public_id as alpha_id from core.partner where id = :alpha \gset
select public_id as beta_id from core.partner where id = :beta \gset
select public_id as abe_id from core.person where uid = 'abe' \gset
create function pg_temp.log(who text, partner text, more jsonb default '{}')
returns jsonb language sql as $$
	select pg_temp.ask('desk', 'partner_cases_create', who, jsonb_build_object(
		'id', partner, 'subject', 'by telephone') || more)
$$;
select is((select array_agg(p ->> 'name') from jsonb_array_elements(
	pg_temp.ask('desk', 'partner_cases_new', :'mona', jsonb_build_object('id',
	:'alpha_id')) #> '{data,people}') p), array['Abe', 'Ann'],
	'the form names the partner''s people');
select pg_temp.log(:'mona', :'alpha_id', jsonb_build_object('person',
	:'abe_id', 'partner_case_id', 'A-2')) as logged \gset
select is(:'logged'::jsonb #>> '{data,state}', 'new',
	'an account manager logs a case');
select is(:'logged'::jsonb #>> '{data,origin}', 'desk', 'as the house''s word');
select is(pg_temp.ask('distributor', 'cases_show', :'abe', jsonb_build_object(
	'id', :'logged'::jsonb #>> '{data,id}')) #>> '{data,entered_by}', 'Mona',
	'the person for whom it is sees who did');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_show', %L,
	jsonb_build_object('id', %L))$$, :'ann', :'logged'::jsonb #>> '{data,id}'),
	'PT404', 'absent', 'a colleague does not see it');
select is(pg_temp.log(:'agnes', :'alpha_id') #>> '{data,person}', null,
	'an agent logs one that is nobody''s in particular');
select throws_ok(format('select pg_temp.log(%L, %L, %L)', w, i, m), s, null, n)
from (values
	(:'mona', :'beta_id', '{}'::jsonb, 'PT404', 'not for others'' partners'),
	(:'agnes', :'beta_id', jsonb_build_object('person', :'abe_id'), 'PT422',
	'not for another partner''s person'),
	(:'mona', :'alpha_id', '{"partner_case_id": "A-2"}', 'PT422',
	'not under a number taken'),
	(:'mona', :'alpha_id', '{"subject": " "}', 'PT422', 'not without words'))
	v (w, i, m, s, n);
select throws_ok(format($$select pg_temp.ask('distributor',
	'partner_cases_create', %L, jsonb_build_object('id', %L, 'subject',
	'x'))$$, :'ada', :'alpha_id'), 'PT403', 'permission.denied',
	'a partner logs his own');

-- Pictures
select is(pg_temp.ask('distributor', 'cases_create', :'ann', '{"subject":
	"with photo", "filename": "../a b.png"}', '\x89504e470d0a1a0a00')
	#>> '{data,attachments,0,filename}', '.._a b.png',
	'a picture is kept under a harmless name');
select is(pg_temp.ask('distributor', 'cases_create', :'ann', '{"subject":
	"with plan", "filename": "plan.bat"}', '%PDF-1.4 <script>')
	#>> '{data,attachments,0,filename}', 'plan.pdf',
	'and ends as files of its type do');
select throws_ok(format($$select pg_temp.ask('distributor', 'cases_create', %L,
	'{"subject": "x", "filename": "a.png"}', '\x3c68746d6c3e')$$, :'ann'),
	'PT422', 'input.invalid', 'what is no picture is refused, whatever its name');

-- The account manager sees it on the partner's feed
select ok((select count(*) from core.event e where e.partner_id = :alpha
	and e.type = 'case.opened') >= 4, 'events stand on the partner''s feed');
select is(pg_temp.ask('desk', 'cases_show', :'mona', jsonb_build_object('id',
	:'complaint')) #>> '{data,actions}', '["note"]',
	'an account manager reads a complaint and may only note');
select throws_ok(format($$select pg_temp.ask('desk', 'cases_event', %L,
	jsonb_build_object('id', %L, 'event', 'close', 'version', 3))$$, :'mona',
	:'complaint'), 'PT403', 'state.denied', 'and does not close it');

-- The clock closes what stays resolved.
update cases.head set resolved_at = core.now() - interval '13 days'
where public_id = :'complaint';
select core.seal('{"k": "worker", "portal": "worker", "roles": []}') \g /dev/null
select cases.clock() \g /dev/null
select is((select state from cases.head where public_id = :'complaint'),
	'resolved', 'a resolved case stays open for two weeks');
update cases.head set resolved_at = core.now() - interval '15 days'
where public_id = :'complaint';
select cases.clock() \g /dev/null
select is((select state from cases.head where public_id = :'complaint'),
	'closed', 'and is closed by the clock then');

\ir lib/end.sql
