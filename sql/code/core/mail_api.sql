-- SPDX-License-Identifier: Apache-2.0
--
-- Mails on the screens: what a person wants to get, on his account page; the
-- outbox, for administrators.

-- The kinds of mail that concern the caller, each with how he gets it; null
-- where there are none.
--   {"address": "…" | null, "kinds": [{"n": 0, "kind", "choices":
--   [{"name": "now|daily|none", "chosen": true}]}]}
create or replace function core.mail_settings() returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	held text[] := array(select jsonb_array_elements_text(
		core.me() -> 'roles'));
	kinds json := (select json_agg(json_build_object(
			'n', k.n - 1, 'kind', k.kind, 'choices', (select json_agg(
				json_build_object('name', x,
				'chosen', x = coalesce(c.choice, k.usual)))
				from unnest(array['now', 'daily', 'none']) x))
			order by k.n)
		from (select *, row_number() over (order by y.kind) as n
			from core.mail_kind y where y.roles && held) k
		left join core.mail_choice c on c.kind = k.kind
			and c.person_id = core.me_person());
begin
	if kinds is null or not core.me_may('account.mails') then
		return null;
	end if;
	return json_build_object('address', (select nullif(p.mail, '')
		from core.person p where p.id = core.me_person()),
		'kinds', kinds);
end
$$;

-- Keeps how the caller wants to get mails; kinds not named stay as they are.
create or replace function core.mail_choose(kinds jsonb) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	mine jsonb := (core.mail_settings() -> 'kinds')::jsonb;
	wrong jsonb := '[]';
	k record;
begin
	for k in select x.value ->> 'kind' as kind, x.value ->> 'choice' as choice,
			x.ordinality - 1 as n
		from jsonb_array_elements(kinds) with ordinality x
	loop
		if not mine @> jsonb_build_array(jsonb_build_object('kind', k.kind,
			'choices', jsonb_build_array(jsonb_build_object('name',
			k.choice)))) then
			wrong := wrong || core.wrong('/kinds/' || k.n || '/choice',
				'value.choice');
			continue;
		end if;
		insert into core.mail_choice (person_id, kind, choice)
		values (core.me_person(), k.kind, k.choice)
		on conflict on constraint mail_choice_pk
		do update set choice = excluded.choice;
	end loop;
	perform core.fail_if_wrong(wrong);
end
$$;

-- What became of a mail.
create or replace function core.mail_state(m core.mail) returns text
language sql stable as $$
	select case when m.sent_at is not null then 'sent'
		when m.failed_at is not null then 'failed'
		when m.error is not null then 'delayed' else 'waiting' end
$$;

create or replace function core.mail_tone(m core.mail) returns text
language sql stable as $$
	select case core.mail_state(m) when 'sent' then 'ok'
		when 'failed' then 'bad' when 'delayed' then 'warn' else 'info' end
$$;

-- Has a mail its place in a view? trouble: given up, or tried in vain.
create or replace function core.mail_in_view(m core.mail, view text)
returns boolean
language sql stable as $$
	select case view when 'sent' then m.sent_at is not null
		when 'waiting' then m.sent_at is null and m.failed_at is null
		else m.failed_at is not null
			or m.sent_at is null and m.error is not null end
$$;

create or replace function core.mail_json(m core.mail) returns json
language sql stable as $$
	select json_build_object('id', m.public_id, 'state', core.mail_state(m),
		'tone', core.mail_tone(m), 'kind', m.kind, 'person', p.name, 'login', p.uid,
		'address', coalesce(m.address, p.mail), 'partner', (select a.name
			from core.partner a where a.id = m.partner_id),
		'events', (select count(*) from core.mail_item i
			where i.mail_id = m.id), 'attempts', m.attempts,
		'made_at', m.made_at, 'tried_at', m.tried_at,
		'send_at', case when m.sent_at is null and m.failed_at is null
			then m.send_at end, 'sent_at', m.sent_at,
		'failed_at', m.failed_at, 'error', m.error,
		'message_id', m.message_id)
	from core.person p where p.id = m.person_id
$$;

-- A page of the outbox, newest first; empty for whom it is not.
create or replace function core.mail_page(input jsonb) returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	shown text := case when input ->> 'view' in ('waiting', 'sent')
		then input ->> 'view' else 'trouble' end;
	may boolean := core.me_may('mails.read');
	most int := core.page_limit(input);
	keys jsonb := core.cursor_read('mails_list', input);
	page core.mail[] := array(select m from core.mail m
		where may and core.mail_in_view(m, shown)
		and (keys is null or m.id < (keys ->> 0)::bigint)
		order by m.id desc limit most + 1);
begin
	return json_build_object('items', (select coalesce(json_agg(
			core.mail_json(m) order by m.id desc), '[]')
			from unnest(page[:most]) m),
		'next', case when cardinality(page) > most then core.cursor_make(
			'mails_list', input, jsonb_build_array((page[most]).id)) end,
		'view', shown, 'views', (select json_agg(json_build_object(
			'name', 'mails_' || v, 'value', v, 'count', (select count(*)
			from core.mail m where may
			and core.mail_in_view(m, v)),
			'current', v = shown))
			from unnest(array['trouble', 'waiting', 'sent']) v));
end
$$;

-- Mails in trouble, for the first page of who looks after them.
create or replace function core.mail_trouble() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select count(*) from core.mail m where core.me_may('mails.read')
	and core.mail_in_view(m, 'trouble')
$$;

-- Lets a mail that is not sent yet go out at once, with all its tries anew.
-- Returns whether there is one.
create or replace function core.mail_anew(id uuid) returns boolean
language plpgsql volatile as $$
begin
	update core.mail m set failed_at = null, error = null, attempts = 0,
		send_at = core.now()
	where m.public_id = mail_anew.id and m.sent_at is null;
	return found;
end
$$;

-- The same for the caller, if he may.
create or replace function core.mail_again(id uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return case when core.me_may('mails.send') then core.mail_anew(id)
		else false end;
end
$$;

-- The same for kontorctl.
create or replace function core.admin_mail_again(id uuid) returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
	select core.mail_anew(id)
$$;

-- The latest mails in trouble, or those of a view, for kontorctl; at most 200.
create or replace function core.admin_mails(view text) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select coalesce(json_agg(core.mail_json(m) order by m.id desc), '[]')
	from (select * from core.mail x
		where core.mail_in_view(x, coalesce(view, 'trouble'))
		order by x.id desc limit 200) m
$$;

select core.definer('core.mail_settings()', 'the caller''s own', 'portals');
select core.definer('core.mail_choose(jsonb)', 'the caller''s own', 'portals');
select core.definer('core.mail_page(jsonb)', 'the outbox of all', 'desk');
select core.definer('core.mail_trouble()', 'counts the outbox of all', 'desk');
select core.definer('core.mail_again(uuid)', 'the outbox of all', 'desk');
select core.definer('core.admin_mail_again(uuid)', 'administration', 'admin');
select core.definer('core.admin_mails(text)', 'administration', 'admin');

select core.grant_permission('account.mails', 'distributor_user',
	'distributor_admin', 'supplier_user', 'supplier_admin', 'agent',
	'account_manager', 'administrator');
select core.grant_permission('mails.read', 'administrator');
select core.grant_permission('mails.send', 'administrator');

-- Keeps how the caller wants to be told by mail.
--   input   kinds [{kind, choice now|daily|none}]
--   result  200, the account as account_show shows it
--   errors  422 /kinds/0/choice
create or replace function api.account_mails(input jsonb) returns core.answer
language plpgsql volatile as $$
begin
	perform core.mail_choose(input -> 'kinds');
	return row(200, null, '/account', core.account())::core.answer;
end
$$;
select core.operation('account_mails', permission => 'account.mails',
	writes => true, idempotent => true,
	input => '{"kinds": [{"kind": "line", "choice": "line"}]}');

-- The outbox: mails given up or tried in vain, waiting, or sent.
--   input   view trouble|waiting|sent = trouble, after, limit
--   result  {"items": [mail], "next", "view", "views": [{"name", "value",
--            "count", "current"}]}
--   mail    {"id", "state": "waiting|delayed|sent|failed", "tone", "kind",
--            "person", "login", "address", "partner", "events", "attempts", "made_at",
--            "tried_at", "send_at", "sent_at", "failed_at", "error",
--            "message_id"}
create or replace function api.mails_list(input jsonb) returns json
language plpgsql stable as $$
begin
	return core.mail_page(input);
end
$$;
select core.operation('mails_list', permission => 'mails.read',
	input => '{"view": "line?", "after": "line?", "limit": "int?"}');

-- Sends a mail again that has not arrived.
--   input   id, event send
--   errors  404, also when it was sent; 422 /event
create or replace function api.mails_event(input jsonb) returns core.answer
language plpgsql volatile as $$
declare
	mail uuid := core.input_id(input, 'id');
begin
	if input ->> 'event' is distinct from 'send' then
		perform core.fail_if_wrong(jsonb_build_array(
			core.wrong('/event', 'value.choice')));
	elsif not core.mail_again(mail) then
		perform core.fail_absent();
	end if;
	perform core.note('admin', 'ok', null, 'mails_event', 'mail ' || mail);
	return core.done('/mails');
end
$$;
select core.operation('mails_event', permission => 'mails.send',
	writes => true, idempotent => true);
