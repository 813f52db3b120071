-- SPDX-License-Identifier: Apache-2.0
\ir lib/start.sql

select pg_temp.partner('alpha', 'distributor') as alpha \gset
select pg_temp.partner('beta', 'distributor') as beta \gset
select pg_temp.person('ann', 'distributor_user', :alpha) as ann \gset
select pg_temp.person('bob', 'distributor_admin', :beta) as bob \gset
select pg_temp.person('agnes', 'agent') as agnes \gset
select pg_temp.person('mona', 'account_manager') as mona \gset

set local session_replication_role = replica;
-- An order of which five pieces of one line were shipped, none of another.
insert into orders.head (partner_id, kind, number, partner_number, state,
	status, issue_date, public_id)
values (:alpha, 'sales', 'SO-TEST', '4711', 'in_fulfilment', 'shipped',
	core.today(), core.uuid7()) returning id as head, public_id as order \gset
insert into orders.line (partner_id, order_id, line_id, position, item, unit,
	ordered, open, confirmed, shipped, state, public_id)
values (:alpha, :head, '10', 1, '{"number": "P16", "name": "Pump"}', 'C62', 5,
	0, 5, 5, 'shipped', core.uuid7()) returning id as line, public_id as shipped \gset
insert into orders.line (partner_id, order_id, line_id, position, item, unit,
	ordered, open, confirmed, shipped, state, public_id)
values (:alpha, :head, '20', 2, '{"number": "S1"}', 'C62', 5, 0, 5, 0,
	'accepted', core.uuid7()) returning public_id as unshipped \gset

set local session_replication_role = origin;

create function pg_temp.wish(line uuid, quantity text) returns jsonb
language sql as $$ select jsonb_build_object('lines', jsonb_build_array(
	jsonb_build_object('order_line', line, 'quantity', quantity,
	'reason_code', 'defective', 'expected_resolution', 'credit'))) $$;
-- The first wrong field of a refused request: pointer, code and arguments.
create function pg_temp.refused(login text, op text, who text, input jsonb)
returns text
language plpgsql as $$
declare
	d text;
begin
	perform pg_temp.ask(login, op, who, input);
	return 'accepted';
exception when others then
	get stacked diagnostics d = pg_exception_detail;
	return concat_ws(' ', sqlerrm, d::jsonb #>> '{errors,0,pointer}',
		d::jsonb #>> '{errors,0,code}',
		d::jsonb #>> '{errors,0,args,remaining}');
end
$$;

-- Asking
select is(pg_temp.refused('distributor', 'returns_create', :'ann',
	pg_temp.wish(:'shipped', '6')),
	'input.invalid /lines/0/quantity returns.line.over 5',
	'more than was shipped is refused, and what remains is named');
select is(pg_temp.refused('distributor', 'returns_create', :'ann',
	pg_temp.wish(:'unshipped', '1')),
	'input.invalid /lines/0/quantity returns.line.over 0',
	'nothing goes back of what was not shipped');
select is(pg_temp.refused('distributor', 'returns_create', :'bob',
	pg_temp.wish(:'shipped', '1')),
	'input.invalid /lines/0/order_line returns.line.unknown',
	'another partner''s order line is unknown');
select is(pg_temp.refused('distributor', 'returns_create', :'ann',
	'{"lines": []}'), 'input.invalid /lines returns.line.none',
	'a return has lines');
select is(pg_temp.refused('distributor', 'returns_create', :'ann',
	pg_temp.wish(:'shipped', '1') #- '{lines,0,reason_code}'),
	'input.invalid /lines/0/reason_code value.choice',
	'a return has a reason');
select is(pg_temp.refused('distributor', 'returns_create', :'ann',
	jsonb_set(pg_temp.wish(:'shipped', '1'), '{lines}',
	(pg_temp.wish(:'shipped', '3') -> 'lines')
	|| (pg_temp.wish(:'shipped', '3') -> 'lines'))),
	'input.invalid /lines/1 returns.line.twice',
	'one order line stands once in a request');

select pg_temp.ask('distributor', 'returns_create', :'ann',
	pg_temp.wish(:'shipped', '3')) as made \gset
select :'made'::jsonb #>> '{data,id}' as id \gset
select is((:'made'::jsonb ->> 'status')::int, 201, 'a return is asked for');
select matches(:'made'::jsonb #>> '{data,number}', '^RMA-\d{4}-\d{5}$',
	'it has a number');
select is(pg_temp.refused('distributor', 'returns_create', :'ann',
	pg_temp.wish(:'shipped', '3')),
	'input.invalid /lines/0/quantity returns.line.over 2',
	'what was asked for already does not remain');
select is(pg_temp.ask('distributor', 'returns_new', :'ann',
	jsonb_build_object('order', :'order')) #>> '{data,lines,0,remaining}',
	'2', 'the form offers what remains');
select is(pg_temp.ask('distributor', 'returns_create', :'ann',
	'{"lines": {"0": {"order_number": "4711", "order_line_id": "10",
	"quantity": "1,0", "reason_code": "surplus", "expected_resolution":
	"credit"}, "1": {"quantity": ""}}}') ->> 'status', '201',
	'lines are found by the numbers on paper, as forms send them');

-- Isolation
select throws_ok(format($$select pg_temp.ask('distributor', 'returns_show',
	%L, jsonb_build_object('id', %L))$$, :'bob', :'id'), 'PT404', 'absent',
	'another partner''s return is absent');
select is(jsonb_array_length(pg_temp.ask('distributor', 'returns_list',
	:'bob', '{"view": "all"}') #> '{data,items}'), 0,
	'another partner''s list is empty');
select throws_ok(format($$select pg_temp.ask('desk', 'returns_show', %L,
	jsonb_build_object('id', %L))$$, :'mona', :'id'), 'PT404', 'absent',
	'an account manager sees assigned partners only');

-- Deciding
select throws_ok(format($$select pg_temp.ask('distributor', 'returns_event',
	%L, jsonb_build_object('id', %L, 'event', 'approve', 'version', 1))$$,
	:'ann', :'id'), 'PT403', 'state.denied', 'nobody approves for himself');
select throws_ok(format($$select pg_temp.ask('desk', 'returns_event', %L,
	jsonb_build_object('id', %L, 'event', 'approve'))$$, :'agnes', :'id'),
	'PT428', 'version.required', 'a step names the version it saw');
select is(pg_temp.refused('desk', 'returns_event', :'agnes',
	jsonb_build_object('id', :'id', 'event', 'approve', 'version', 1,
	'quantity', '4', 'text', 'x')),
	'input.invalid /quantity returns.quantity.over',
	'no more is approved than was asked for');
select is(pg_temp.refused('desk', 'returns_event', :'agnes',
	jsonb_build_object('id', :'id', 'event', 'approve', 'version', 1,
	'quantity', '2')), 'input.invalid /text returns.reason.wanted',
	'who approves less says why');
select is(pg_temp.refused('desk', 'returns_event', :'agnes',
	jsonb_build_object('id', :'id', 'event', 'refuse', 'version', 1)),
	'input.invalid /text returns.reason.wanted',
	'who refuses says why');
select pg_temp.ask('desk', 'returns_event', :'agnes', jsonb_build_object('id',
	:'id', 'event', 'approve', 'version', 1, 'lines', jsonb_build_array(
	jsonb_build_object('line', '10', 'quantity', '2', 'text',
	'one is out of warranty')))) -> 'data' as approved \gset
select is(concat_ws('/', j ->> 'requested', j ->> 'approved',
	j ->> 'received', j ->> 'rejected'), '3/2/0/1',
	'a line shows its four quantities')
from (select :'approved'::jsonb #> '{items,0}' as j) x;
select is((:'approved'::jsonb ->> 'valid_until')::date,
	core.today() + 30, 'an approval is valid for thirty days');
select is(pg_temp.refused('distributor', 'returns_create', :'ann',
	pg_temp.wish(:'shipped', '3')),
	'input.invalid /lines/0/quantity returns.line.over 2',
	'what was turned down may be asked for again');

-- Receiving and settling
select is(pg_temp.refused('desk', 'returns_event', :'agnes',
	jsonb_build_object('id', :'id', 'event', 'receive', 'version', 2,
	'quantity', '3')),
	'input.invalid /quantity returns.quantity.over',
	'no more is received than was approved');
select is(pg_temp.ask('desk', 'returns_event', :'agnes', jsonb_build_object(
	'id', :'id', 'event', 'receive', 'version', 2)) #>> '{data,status}',
	'received', 'the goods arrive');
select is((select returned::int from orders.line where id = :line), 2,
	'the order line counts what came back');
select is(pg_temp.refused('desk', 'returns_event', :'agnes',
	jsonb_build_object('id', :'id', 'event', 'settle', 'version', 3,
	'resolution', 'credit')),
	'input.invalid /settlement_number value.required',
	'a settlement names its paper');
select is(pg_temp.ask('desk', 'returns_event', :'agnes', jsonb_build_object(
	'id', :'id', 'event', 'settle', 'version', 3, 'resolution', 'credit',
	'settlement_number', 'CN-1')) #>> '{data,status}', 'settled',
	'it is settled by a credit note');
select throws_ok(format($$select pg_temp.ask('distributor', 'returns_event',
	%L, jsonb_build_object('id', %L, 'event', 'cancel', 'version', 4))$$,
	:'ann', :'id'), 'PT409', 'state.illegal',
	'what is settled is not cancelled');
select is((select array_agg(e.type order by e.seq) from core.event e
	where e.object_id = :'id'), array['return.requested', 'return.approved',
	'return.received', 'return.settled'],
	'each step stands on the partner''s feed');

-- The clock ends approvals that were not used.
select pg_temp.ask('distributor', 'returns_create', :'ann',
	pg_temp.wish(:'shipped', '1')) #>> '{data,id}' as late \gset
select pg_temp.ask('desk', 'returns_event', :'agnes', jsonb_build_object('id',
	:'late', 'event', 'approve', 'version', 1)) \g /dev/null
update returns.head set valid_until = core.today() - 1
where public_id = :'late';
select core.seal('{"k": "worker", "portal": "worker", "roles": []}') \g /dev/null
select returns.clock() \g /dev/null
select is((select status from returns.head where public_id = :'late'),
	'expired', 'an approval that was not used in time expires');

\ir lib/end.sql
