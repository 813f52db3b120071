-- SPDX-License-Identifier: Apache-2.0
--
-- Mails: who is told of what, how he wants it, and what becomes of a mail.
\ir lib/start.sql
\ir lib/orders.sql

-- A Monday at eight, UTC; everybody has an address, in a directory read lately.
select pg_temp.person('bea', 'supplier_admin', :beta) as bea \gset
update core.session set expires_at = 'infinity', idle = '10 years',
	created_at = '2026-01-01', touched_at = '2026-11-23 08:00+00';
update core.clock set fixed = '2026-11-23 08:00+00';
insert into core.membership (person_id, portal, partner_id, roles)
select s.person_id, s.portal, s.partner_id, s.roles from core.session s
	where s.person_id in (select id from core.person where uid in
	('ann', 'gus', 'bob', 'bea', 'dan', 'amy', 'joe', 'ida'));
update core.person set mail = uid || '@example.org', checked_at = 'infinity';
update core.person set language = 'de' where uid = 'bea';

-- The worker's jobs, of a partner or the house's.
create function pg_temp.work(statement text, partner bigint default null)
returns text language plpgsql as $$
declare
	j bigint;
begin
	insert into core.job (kind, input, state, run_at, partner_id)
	values ('test', '{}', 'running', core.now(), partner)
	returning id into j;
	return pg_temp.as_login('worker', format('select (%s)::text
		from (select core.work_as(%s)) w', statement, j));
end
$$;
create function pg_temp.round() returns void language plpgsql as $$
begin
	perform pg_temp.work('select core.mail_round()');
end
$$;
create function pg_temp.at(t text) returns void language plpgsql as $$
begin
	update core.clock set fixed = t::timestamptz;
	perform pg_temp.work('select orders.clock()');
	perform pg_temp.round();
end
$$;
-- Mails that wait, as "kind of person: events", and jobs to send them.
create function pg_temp.mails() returns text language sql as $$
	select coalesce(string_agg(format('%s to %s: %s', m.kind, p.uid, (select
		count(*) from core.mail_item i where i.mail_id = m.id)), ', '
		order by m.kind, p.uid), '')
	from core.mail m join core.person p on p.id = m.person_id
	where m.attempts = 0 and m.sent_at is null
$$;
create function pg_temp.mail(reader text) returns bigint language sql as $$
	select max(m.id) from core.mail m join core.person p
	on p.id = m.person_id where p.uid = reader
$$;
create function pg_temp.text(mail bigint, partner bigint default null)
returns jsonb language sql as $$
	select pg_temp.work(format('select core.mail_text(core.mail_start(%s, %L))',
		mail, 'mail.example'), partner)::jsonb
$$;
-- The reader's try ends, or one that was begun at another time.
create function pg_temp.ended(reader text, how text, why text default null,
	claim timestamptz default null)
returns text language sql as $$
	select pg_temp.work(format('select core.mail_ended(%s, %L, %L, %L)', m.id,
		how, why, coalesce(claim, m.tried_at)))
	from core.mail m where m.id = pg_temp.mail(reader)
$$;
create function pg_temp.queued(reader text) returns bigint language sql as $$
	select count(*) from core.job where kind = 'mail_send'
	and state = 'queued' and input ->> 'mail' = pg_temp.mail(reader)::text
$$;

select exchange.agreement_load(:beta, '{"name": "b", "family": "portal",
	"response_hours": 24, "remind_hours": 6, "escalate_hours": 2}')
	is not null as ok \gset
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form(n,
	'[{"item": "P1", "quantity": "4"}]')) from unnest(array['M1', 'M2']) n
	\g /dev/null
select h.public_id as po, h.number as no from orders.head h
	where kind = 'purchase' and partner_id = :beta order by id limit 1 \gset
select pg_temp.round() \g /dev/null
select is(pg_temp.mails(), '', 'a new order is told on the screen only');

-- Reminders.
select pg_temp.at('2026-11-24 02:00+00') \g /dev/null
select is(pg_temp.mails(), 'order.reminded to bea: 2, order.reminded to bob: 2',
	'the supplier''s people are reminded, of both orders in one mail each');
select is((select array_agg(distinct j.partner_id) from core.job j
	where j.kind = 'mail_send'), array[:beta]::bigint[],
	'sent by jobs of that partner');
select pg_temp.round() \g /dev/null
select is((select count(*) from core.job j where j.kind = 'mail_send'),
	2::bigint, 'each by one');
select is(pg_temp.text(pg_temp.mail('bob'), :delta), null,
	'a job of another partner has no part in it');
select pg_temp.text(pg_temp.mail('bob'), :beta) as bobs \gset
select is(:'bobs'::jsonb - '{mail,claim,items,message_id,house,time_zone}'::text[],
	'{"kind": "order.reminded", "portal": "supplier", "name": "Bob", "n": 2,
	"address": "bob@example.org", "language": "en", "about": null}',
	'it knows its reader');
select is((:'bobs'::jsonb #>> '{items,0,href}'), '/orders/' || :'po',
	'its links lead to the orders');
select matches(:'bobs'::jsonb ->> 'message_id', '^[0-9a-f-]{36}@mail.example$',
	'it is known by an id');
select doesnt_match(:'bobs'::text, '[Aa]lpha|Ann|ann@|SO-|"M1',
	'and says nothing of the distributor');
select is(pg_temp.text(pg_temp.mail('bea'), :beta) ->> 'language', 'de',
	'each reader has his own language');

-- One try at a time.
update core.job set state = 'running' where kind = 'mail_send';
select pg_temp.round() \g /dev/null
select is(pg_temp.queued('bob'), 0::bigint,
	'while a job is at a mail no other one is made');
select is(pg_temp.text(pg_temp.mail('bob'), :beta), null,
	'and one that is there has no part in it');
select pg_temp.ended('bob', 'void', null, '2026-11-24 01:00+00') \g /dev/null
select is((select attempts from core.mail where id = pg_temp.mail('bob')), 1,
	'nor does it count a try, or take the mail away');
update core.clock set fixed = '2026-11-24 02:05+00';
select pg_temp.round() \g /dev/null
select is(pg_temp.queued('bob'), 1::bigint,
	'when the worker died the mail is due again after a while');
update core.clock set fixed = '2026-11-24 02:00+00';

-- Who is responsible is told instead of all, as long as he can be reached.
update orders.head set responsible_id = (select id from core.person
	where uid = 'bea') where public_id = :'po';
create function pg_temp.told() returns text language sql as $$
	select string_agg(p.uid, ' ' order by p.uid) from core.event e,
	core.mail_readers(e) r join core.person p on p.id = r.person_id
	where e.type = 'order.reminded' and e.number = (select number
		from orders.head where responsible_id is not null)
$$;
select is(pg_temp.told(), 'bea', 'who is responsible is told alone');
update core.person set mail = '' where uid = 'bea';
select is(pg_temp.told(), 'bob', 'but somebody is');
update core.person set mail = 'bea@example.org' where uid = 'bea';
update orders.head set responsible_id = null where public_id = :'po';

-- Tries.
select pg_temp.ended('bob', 'again', 'it is away') \g /dev/null
select is((select array[attempts::text, error, (send_at - core.now())::text]
	from core.mail where id = pg_temp.mail('bob')),
	'{1,"it is away",00:01:00}', 'a try that failed is repeated, and shown');
update core.job set state = 'done' where kind = 'mail_send';
update core.clock set fixed = '2026-11-24 02:02+00';
select pg_temp.round() \g /dev/null
select is(pg_temp.queued('bob'), 1::bigint, 'when it is time');
select is(pg_temp.text(pg_temp.mail('bob'), :beta) ->> 'message_id',
	:'bobs'::jsonb ->> 'message_id', 'under the same id');
select pg_temp.ended('bob', 'again', 'late', '2026-11-24 02:00+00')
	\g /dev/null
select is((select array[error, (send_at - core.now())::text] from core.mail
	where id = pg_temp.mail('bob')), '{it is away,00:05:00}',
	'what a try that was overtaken came to does not count');
select pg_temp.ended('bob', 'never', '550 no such user') \g /dev/null
select ok((select failed_at is not null from core.mail
	where id = pg_temp.mail('bob')), 'what the server refuses is given up');
select pg_temp.ended('bea', 'sent') \g /dev/null
select is(pg_temp.text(pg_temp.mail('bea'), :beta), null,
	'what was sent is not sent again');
select pg_temp.ended(w, 'void') from unnest(array['bea', 'bob']) w
	\g /dev/null
select is((select count(*) from core.mail m join core.mail_item i
	on i.mail_id = m.id where m.id in (pg_temp.mail('bea'),
	pg_temp.mail('bob'))), 4::bigint,
	'nor forgotten by a job that finds nothing to do, nor what was given up');
select is(pg_temp.ask('desk', 'mails_list', :'ida') #>>
	'{data,items,0,error}', '550 no such user', 'an administrator sees why');
select ok(pg_temp.ask('desk', 'home', :'ida') #> '{data,needs_you}'
	@> '[{"kind": "mails", "count": 1}]', 'and that there is something to do');
select ok(not pg_temp.ask('desk', 'home', :'amy') #> '{data,needs_you}'
	@> '[{"kind": "mails"}]', 'others need not care');
select throws_ok(format($$select pg_temp.ask('desk', 'mails_list', %L)$$,
	:'amy'), 'PT403', 'permission.denied', 'nor may they look');
create function pg_temp.desk(who text, statement text) returns text
language sql as $$
	select pg_temp.as_login('desk', format('select (%s)::text from (select '
		'core.enter(''home'', jsonb_build_object(''session'', %L))) e',
		statement, who))
$$;
select is(pg_temp.desk(:'amy', 'select core.mail_page(''{"view": "sent"}'')')
	::jsonb #> '{items}', '[]', 'by no other way, either');
select isnt(pg_temp.desk(:'ida', 'select core.mail_page(''{"view": "sent"}'')')
	::jsonb #> '{items}', '[]', 'which an administrator has');
select is(pg_temp.desk(:'amy', format('select core.mail_again(%L)',
	m.public_id)), 'false', 'nor send one again')
from core.mail m where m.failed_at is not null;
select throws_ok(format($$select pg_temp.ask('supplier', 'mails_list', %L)$$,
	:'bob'), null, null, 'no partner looks into the outbox');
select m.public_id as failed from core.mail m where m.failed_at is not null \gset
select is(pg_temp.ask('desk', 'mails_event', :'ida', jsonb_build_object('id',
	:'failed', 'event', 'send')) ->> 'status', '204', 'he sends it again');
select pg_temp.round() \g /dev/null
select is((select array[attempts::text, failed_at::text] from core.mail
	where public_id = :'failed'), '{0,null}', 'and it is due');
select throws_ok(format($$select pg_temp.ask('desk', 'mails_event', %L, %L)$$,
	:'ida', jsonb_build_object('id', m.public_id, 'event', 'send')), 'PT404',
	null, 'not one that was sent') from core.mail m where sent_at is not null;

-- Escalations.
select pg_temp.at('2026-11-24 10:00+00') \g /dev/null
select is(pg_temp.mails(), 'order.escalated to amy: 2, order.overdue to bea: 2,'
	' order.overdue to bob: 2, order.reminded to bob: 2',
	'the account manager is told, no other one; the supplier that he is late');
select is((select partner_id from core.mail where id = pg_temp.mail('amy')),
	null, 'the desk''s mail is the house''s');
select ok(pg_temp.text(pg_temp.mail('amy')) #> '{items}' @> jsonb_build_array(
	jsonb_build_object('number', :'no', 'internal', true)),
	'which may tell what is inside');
select ok(not pg_temp.text(pg_temp.mail('bob'), :beta) #> '{items}'
	@> '[{"internal": true}]', 'a partner''s never does');

-- What has no point any more is left out.
select pg_temp.line_event('supplier', :'bob', 'confirm', l.public_id::text)
	from orders.line l join orders.head h on h.id = l.order_id
	where h.public_id = :'po' \g /dev/null
update core.clock set fixed = fixed + interval '10 seconds';
select pg_temp.later() \g /dev/null
select is(jsonb_array_length(pg_temp.text(pg_temp.mail('bea'), :beta)
	-> 'items'), 1, 'an order that was answered meanwhile is not urged');

-- Choices.
select is((select string_agg(k ->> 'kind', ' ' order by k ->> 'n')
	from jsonb_array_elements(pg_temp.ask('distributor', 'account_show', :'ann')
	#> '{data,mails,kinds}') k), 'announcement.sent document.rejected '
	|| 'order.conditional',
	'a person chooses among what concerns him');
select ok(pg_temp.ask('supplier', 'account_mails', :'bob', '{"kinds":
	[{"kind": "order.overdue", "choice": "none"},
	{"kind": "order.reminded", "choice": "daily"}]}')
	#> '{data,mails,kinds}' @> '[{"kind": "order.overdue", "choices":
	[{"name": "none", "chosen": true}]}]', 'and keeps it');
select throws_ok(format($$select pg_temp.ask('supplier', 'account_mails', %L,
	'{"kinds": [{"kind": %s, "choice": %s}]}')$$, :'bob', k, c), 'PT422', null,
	format('but not %s %s', k, c)) from (values
	('"order.escalated"', '"now"'), ('"order.overdue"', '"often"')) v (k, c);
select pg_temp.ask('distributor', 'orders_create', :'ann', pg_temp.form(n,
	'[{"item": "P1", "quantity": "4"}]')) from unnest(array['M3', 'M4']) n
	\g /dev/null
update core.person set mail = null where uid = 'bea';
select is(pg_temp.ask('supplier', 'account_show', :'bea') #> '{data,mails}'
	-> 'address', 'null', 'who has no address is told so');
delete from core.mail;
select pg_temp.at('2026-11-25 05:00+00') \g /dev/null
select is(pg_temp.mails(), 'daily to bob: 2',
	'what is wanted daily waits; nobody without an address gets any');
select is((select send_at from core.mail), '2026-11-25 06:00+00',
	'until seven, where he is');
select pg_temp.at('2026-11-25 12:01+00') \g /dev/null
select is(pg_temp.mails(), 'daily to bob: 2, order.escalated to amy: 2',
	'and what is not wanted is not made');

-- Changes and deviations.
delete from core.mail;
select pg_temp.line_event('supplier', :'bob', 'propose', l.public_id::text,
	'{"quantity": "3", "date": "2026-12-24"}')
	from orders.line l join orders.head h on h.id = l.order_id
	where h.kind = 'purchase' and h.state = 'submitted' \g /dev/null
update core.clock set fixed = fixed + interval '10 seconds';
select pg_temp.later() \g /dev/null
select pg_temp.round() \g /dev/null
select matches(pg_temp.mails(), '^order.conditional to ann: \d+$',
	'the distributor is told of a deviation, nobody else');
select ok(pg_temp.text(pg_temp.mail('ann'), :alpha)::text !~* 'beta|bob|PO-',
	'and learns nothing of the supplier');

-- Announcements of the house.
delete from core.mail;
select pg_temp.ask('desk', 'announcements_create', :'amy', '{"audience":
	"supplier", "subject_en": "Closed", "text_en": "Until Monday.",
	"subject_de": "Zu", "text_de": "Bis Montag."}')
	#>> '{data,id}' as news \gset
select pg_temp.round() \g /dev/null
select is(pg_temp.mails(), 'announcement.sent to bob: 1, announcement.sent to '
	|| 'dan: 1', 'people of each partner are told of an announcement');
select pg_temp.text(pg_temp.mail('bob'), :beta) as text \gset
select is(:'text'::jsonb #>> '{items,0,data,subject}', 'Closed',
	'with its subject');
update core.person set language = 'de' where uid = 'dan';
select is(pg_temp.text(pg_temp.mail('dan'), :delta)
	#>> '{items,0,data,subject}', 'Zu', 'in the reader''s language');
update core.mail set send_at = core.now() where id = pg_temp.mail('dan');
select is(:'text'::jsonb #>> '{items,0,href}', '/announcements/' || :'news',
	'and where it stands');
select pg_temp.ask('desk', 'announcements_withdraw', :'amy',
	jsonb_build_object('id', :'news')) \g /dev/null
select is(pg_temp.text(pg_temp.mail('dan'), :delta) ->> 'n', '0',
	'a withdrawn one has no point');

-- A round takes reader by reader.
delete from core.mail;
insert into core.mail_notice select seq from core.event
	where type in ('announcement.sent', 'order.escalated', 'order.conditional');
select pg_temp.round() \g /dev/null
select is(array_agg(person_id order by id), array_agg(person_id
	order by person_id, id), 'a round takes its readers by their keys')
from core.mail having count(*) > 2;

-- People who have left.
delete from core.mail;
insert into core.mail_notice select max(seq) from core.event
	where type = 'order.conditional' and partner_id = :alpha;
select pg_temp.round() \g /dev/null
select pg_temp.work(format('select core.directory_seen(%L, null)',
	'entry-ann')) \g /dev/null
select is(pg_temp.text(pg_temp.mail('ann'), :alpha), null,
	'who has left gets nothing');
select is((select count(*) from core.mail), 0::bigint, 'nor is it kept');
select pg_temp.work(format('select core.directory_seen(%L, %L)', 'entry-gus',
	'{"id": "entry-gus", "name": "gus", "dn": "cn=gus", "mail": "g@new.example",
	"groups": []}')) \g /dev/null
select is((select mail from core.person where uid = 'gus'), 'g@new.example',
	'a new address is known when the directory is read again');
insert into core.mail (public_id, person_id, portal, partner_id, kind, made_at,
	send_at)
select core.uuid7(), p.id, 'supplier', :delta, 'daily', core.now(), core.now()
	from core.person p where p.uid = 'dan';
update core.job set state = 'done' where kind = 'mail_send';
update core.person set checked_at = '2026-11-25 09:00+00' where uid = 'dan';
select pg_temp.round() \g /dev/null
select is((select count(*) from core.job where kind = 'mail_send'
	and state = 'queued'), 0::bigint,
	'nothing is sent to an address that was last read long ago');
select is((select array_agg(uid) from core.directory_due() where uid = 'dan'),
	'{dan}', 'it is read again first');
\ir lib/end.sql
