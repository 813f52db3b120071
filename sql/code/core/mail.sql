-- SPDX-License-Identifier: Apache-2.0
--
-- What people are told by mail. An event whose type is declared here
-- (core.mails) leaves a notice; the worker gathers notices (core.mail_round)
-- into mails: one for each person, kind and partner, or one a day for those who
-- want it so, an event once. A mail holds no text: it is written when it is
-- sent, in the reader's language, from the events as his portal shows them.
--
-- To tell of another event: one core.mails() beside the code that emits it, and
-- the sentences label.mail_kind.<type> (its subject, and its name among the
-- settings) and mail.<type> (what it asks for).

-- Leaves a notice of an event that is told by mail.
create or replace function core.mail_notice() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
	insert into core.mail_notice values (new.seq);
	return null;
end
$$;

-- Declares an event that is told by mail. The trigger names the types itself, so
-- that other events cost nothing.
--   kind   its type
--   usual  now, daily or none: for those who have not chosen
--   still  function(uuid) that says of the event's object whether the mail has
--          a point at the time it is sent; asked as the worker, with the
--          partner's rows alone
--   whom   function(uuid) that says who is responsible for the object: the others
--          are told only when none of these has an address; null: all are told
--   roles  whom it concerns; of events inside the house only the partner's
--          account managers are told, of others only the partner's people
create or replace function core.mails(kind text, usual text, still text,
	whom text, variadic roles text[])
returns void
language plpgsql as $$
begin
	insert into core.mail_kind (kind, roles, usual, still, whom)
	values (mails.kind, mails.roles, mails.usual,
		mails.still::regproc::text, mails.whom::regproc::text);
	execute format('create or replace trigger mail_notice after insert '
		|| 'on core.event for each row when (new.type = any (%L)) '
		|| 'execute function core.mail_notice()', array(select k.kind
			from core.mail_kind k order by k.kind));
end
$$;

-- Declares what mails say of such an event that its timeline does not: what may
-- be taken back, and must be gone then.
--   words  function(uuid, text) that adds to the event's data, of its object, in
--          the reader's language; asked as the worker, as still is
create or replace function core.mail_says(kind text, words text)
returns void
language plpgsql as $$
begin
	update core.mail_kind k set words = mail_says.words::regproc::text
	where k.kind = mail_says.kind;
end
$$;

-- Those responsible for the object of an event who have an address.
create or replace function core.mail_whom(e core.event) returns bigint[]
language plpgsql stable as $$
declare
	whom text := (select k.whom from core.mail_kind k
		where k.kind = e.type);
	people bigint[] := '{}';
begin
	if whom is not null and not e.internal then
		execute format('select array(select %s($1))', whom) into people
		using e.object_id;
	end if;
	return array(select p.id from core.person p
		where p.id = any (people) and p.mail <> '');
end
$$;

-- Who is to be told of an event: whom it concerns, who has an address and did
-- not bring it about.
create or replace function core.mail_readers(e core.event)
returns table (person_id bigint, portal text, partner_id bigint, choice text)
language plpgsql stable as $$
#variable_conflict use_column
declare
	chosen bigint[] := core.mail_whom(e);
begin
	return query
	select p.id, m.portal, m.partner_id, coalesce(c.choice, k.usual)
	from core.mail_kind k
	join core.membership m on m.roles && k.roles and case when e.internal
		then m.portal = 'desk'
			and e.partner_id = any (core.looks_after(m.person_id))
		else m.partner_id = e.partner_id end
	join core.person p on p.id = m.person_id
	left join core.mail_choice c on c.person_id = p.id and c.kind = k.kind
	where k.kind = e.type and p.disabled_at is null and p.mail <> ''
	and p.id is distinct from e.actor_person
	and (chosen = '{}' or p.id = any (chosen));
end
$$;

-- When a mail of a kind goes out: at once, but not again within some minutes;
-- what happens meanwhile goes with it. Or in the morning, where the reader is.
create or replace function core.mail_time(p core.person, partner bigint,
	kind text)
returns timestamptz
language plpgsql stable as $$
declare
	zone text := core.person_zone(p, partner);
	morning timestamptz;
begin
	if mail_time.kind = 'daily' then
		morning := ((core.now() at time zone zone)::date
			+ core.setting('mail.daily_at')::time) at time zone zone;
		return case when morning > core.now() then morning
			else morning + interval '1 day' end;
	end if;
	return greatest(core.now(), (select max(m.tried_at) + make_interval(
			mins => core.setting('mail.pause_minutes')::int)
		from core.mail m where m.person_id = p.id
		and m.kind = mail_time.kind));
end
$$;

-- The time zone in which a person reads: his own, his partner's, the house's.
create or replace function core.person_zone(p core.person, partner bigint)
returns text
language sql stable as $$
	select coalesce(p.time_zone, (select a.time_zone from core.partner a
		where a.id = partner), h.time_zone) from core.house h
$$;

-- Puts an event into the person's mail that has not been tried yet, or into a
-- new one.
create or replace function core.mail_add(event_seq bigint, reader bigint,
	portal text, partner bigint, kind text)
returns void
language plpgsql volatile as $$
declare
	p core.person;
	mail bigint;
begin
	select * into p from core.person x where x.id = reader
	for no key update;
	select m.id into mail from core.mail m
	where m.person_id = p.id and m.portal = mail_add.portal
	and m.partner_id is not distinct from partner and m.kind = mail_add.kind
	and m.attempts = 0 and m.sent_at is null and m.failed_at is null
	order by m.id limit 1 for update;
	if mail is null then
		insert into core.mail (public_id, person_id, portal, partner_id,
			kind, made_at, send_at)
		values (core.uuid7(), p.id, portal, partner, kind, core.now(),
			core.mail_time(p, partner, kind)) returning id into mail;
	end if;
	insert into core.mail_item (mail_id, event_seq, person_id)
	values (mail, event_seq, p.id)
	on conflict on constraint mail_item_once_key do nothing;
end
$$;

-- Makes mails of what was noticed, and jobs of the mails that are due to people
-- whose entry in the directory was read lately (core.directory_due sees to it).
-- Readers are taken by their keys, as each is locked until the round ends: two
-- rounds at a time must not wait for each other.
create or replace function core.mail_round() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	r record;
begin
	for r in with noticed as (delete from core.mail_notice n
			where n.event_seq in (select x.event_seq
				from core.mail_notice x order by x.event_seq
				limit 1000 for update skip locked)
			returning n.event_seq)
		select v.seq, x.person_id, x.portal, case x.portal when 'desk'
			then null else x.partner_id end as partner,
			case x.choice when 'daily' then 'daily' else v.type end as kind
		from noticed n join core.event v on v.seq = n.event_seq
		cross join core.mail_readers(v) x where x.choice <> 'none'
		order by x.person_id, v.seq
	loop
		perform core.mail_add(r.seq, r.person_id, r.portal, r.partner, r.kind);
	end loop;
	perform core.enqueue('mail_send', jsonb_build_object('mail', m.id),
		m.partner_id, core.now(), m.id::text)
	from core.mail m join core.person p on p.id = m.person_id
	where m.sent_at is null and m.failed_at is null
	and m.send_at <= core.now()
	and p.checked_at > core.now() - interval '1 hour';
end
$$;
select core.schedule('mail_round', '10 seconds');

-- Begins a try: whom the mail goes to as things stand now, and its events; null
-- when there is nothing to do: it is not due, another job is at it, or nobody is
-- there to get it. The job must be the partner's. A mail that is begun is not due
-- for five minutes, longer than a try takes: should the worker die, it is tried
-- again then. "claim" says which try it is.
--   domain  of the Message-ID
create or replace function core.mail_start(mail bigint, domain text)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	m core.mail;
	p core.person;
	inside boolean;
begin
	select * into m from core.mail x where x.id = mail
	and x.sent_at is null and x.failed_at is null
	and x.send_at <= core.now()
	and x.partner_id is not distinct from core.me_partner() for update;
	if m.id is null then
		return null;
	end if;
	select x.* into p from core.person x
	join core.membership b on b.person_id = x.id and b.portal = m.portal
	and b.partner_id is not distinct from m.partner_id
	left join core.partner a on a.id = b.partner_id
	where x.id = m.person_id and x.disabled_at is null and x.mail <> ''
	and coalesce(a.status, 'active') = 'active';
	if p.id is null then
		delete from core.mail x where x.id = m.id;
		return null;
	end if;
	update core.mail x set attempts = x.attempts + 1, tried_at = core.now(),
		send_at = core.now() + interval '5 minutes',
		address = p.mail, language = coalesce(p.language, (select a.language
			from core.partner a where a.id = x.partner_id), h.language),
		message_id = coalesce(x.message_id, x.public_id || '@' || domain)
	from core.house h where x.id = m.id returning x.* into m;
	inside := m.portal = 'desk';
	return jsonb_build_object('mail', m.id, 'claim', m.tried_at,
		'kind', m.kind, 'portal', m.portal, 'inside', inside, 'name', p.name,
		'address', m.address, 'language', m.language,
		'time_zone', core.person_zone(p, m.partner_id),
		'message_id', m.message_id, 'house', (select h.name
			from core.house h), 'events', (select jsonb_agg(e.seq)
			from core.mail_item i join core.event e on e.seq = i.event_seq
			where i.mail_id = m.id and (not inside or e.partner_id
				= any (core.looks_after(p.id)))));
end
$$;

-- Has the mail of an event still a point?
create or replace function core.mail_still(e core.event) returns boolean
language plpgsql stable as $$
declare
	still text := (select k.still from core.mail_kind k
		where k.kind = e.type);
	yes boolean := true;
begin
	if still is not null then
		execute format('select %s($1)', still) into yes using e.object_id;
	end if;
	return yes;
end
$$;

-- The data of an event as a mail tells it, in a language.
create or replace function core.mail_data(e core.event, language text)
returns jsonb
language plpgsql stable as $$
declare
	words text := (select k.words from core.mail_kind k
		where k.kind = e.type);
	more jsonb;
begin
	if words is not null then
		execute format('select %s($1, $2)', words) into more
		using e.object_id, language;
	end if;
	return e.data || coalesce(more, '{}');
end
$$;

-- A mail as it is written: begun, and its events, the first fifty of them. Runs
-- as the worker for the job's partner, so that row security leaves out what is
-- another's; what is inside the house goes to the desk only.
--   result  {mail, claim, kind, portal, name, address, language, time_zone,
--           message_id, house, n: events, items: [event, with "href" and, at
--           the desk, "partner"], about: the object, where all are about one}
create or replace function core.mail_text(start jsonb) returns jsonb
language plpgsql volatile as $$
declare
	inside boolean := (start -> 'inside')::boolean;
	all_events core.event[] := array(select e from core.event e
		where e.seq in (select x::bigint
			from jsonb_array_elements_text(start -> 'events') x)
		and (inside or not e.internal)
		and core.mail_still(e) order by e.seq);
begin
	return start - '{inside,events}'::text[] || jsonb_build_object(
		'n', cardinality(all_events), 'items', (select coalesce(jsonb_agg(
			core.event_json(e)::jsonb || jsonb_build_object('href',
			format('/%ss/%s', e.object_type, e.object_id),
			'data', core.mail_data(e, start ->> 'language'),
			'time_zone', start ->> 'time_zone',
			'partner', (select a.name from core.partner a
				where a.id = e.partner_id and inside))
			order by e.seq), '[]') from unnest(all_events[:50]) e),
		'about', (select min(e.object_id::text) from unnest(all_events) e
			having count(distinct e.object_id) = 1));
end
$$;

-- Ends a try. What was sent is sent; whatever else a try came to counts only
-- while no other one was begun.
--   how    sent; again: after a wait that grows to four hours, for two days;
--          later: nothing was tried, in ten minutes; never: given up; void:
--          nothing is left to be said
--   claim  of the try; null: nothing was tried
create or replace function core.mail_ended(mail bigint, how text,
	error text, claim timestamptz)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	t timestamptz := core.now();
	waits int[] := '{1,5,15,60,120,240}';
	m core.mail;
begin
	select * into m from core.mail x where x.id = mail
	and x.sent_at is null and (how = 'sent' or x.failed_at is null
		and case when claim is null then x.send_at <= t
			else x.tried_at = claim end) for update;
	if how = 'void' then
		delete from core.mail x where x.id = m.id;
		return;
	end if;
	update core.mail x set error = left(mail_ended.error, 500),
		sent_at = case when how = 'sent' then t end,
		failed_at = case when how = 'never'
			or how = 'again' and m.attempts >= 16 then t end,
		send_at = case how when 'later' then t + interval '10 minutes'
			when 'again' then t + make_interval(mins
				=> waits[least(m.attempts, 6)]) else m.send_at end
	where x.id = m.id;
end
$$;

select core.declare_setting('mail.daily_at', '07:00',
	'when the mail of the day goes out, in the reader''s time zone');
select core.declare_setting('mail.pause_minutes', '5',
	'within so many minutes nobody gets a second mail of the same kind');
select core.declare_setting('mail.keep_days', '90',
	'after so many days mails are forgotten');

select core.seclude('core.mail', 'core.mail_item', 'core.mail_choice',
	'core.mail_notice');
grant select on core.mail_kind to kontor_worker;
select core.definer('core.mail_notice()', 'trigger: leaves notices');
select core.definer('core.mail_round()',
	'finds the readers of events of all partners', 'worker');
select core.definer('core.mail_start(bigint,text)',
	'reads the person of a mail of the job''s partner', 'worker');
select core.definer('core.mail_ended(bigint,text,text,timestamptz)',
	'notes what became of a mail', 'worker');
