-- SPDX-License-Identifier: Apache-2.0
--
-- What kontorctl does, as kontor_admin over the unix socket. Each function
-- takes and answers JSON and notes itself in the audit.

-- Finds a partner by number, slug or id; refuses when there is none.
create or replace function core.admin_partner_key(name text) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
declare
	k bigint := core.partner_key(name);
begin
	if k is null then
		perform core.fail(404, 'partner.unknown',
			jsonb_build_object('partner', name));
	end if;
	return k;
end
$$;

-- Maps a directory group (or one person's entry) to a role.
--   input  {dn, role, partner?}; partner by number, slug or id
create or replace function core.admin_group(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	o core.role;
	partner bigint;
begin
	select * into o from core.role x where x.name = input ->> 'role'
	and x.portal <> 'machine';
	if not found then
		perform core.fail(422, 'role.unknown',
			jsonb_build_object('role', input ->> 'role'));
	elsif (o.portal = 'desk') <> (coalesce(input ->> 'partner', '') = '') then
		perform core.fail(422, 'role.partner',
			jsonb_build_object('role', o.name));
	end if;
	if o.portal <> 'desk' then
		partner := core.admin_partner_key(input ->> 'partner');
	end if;
	insert into core.directory_group (dn, role, partner_id)
	values (core.plain_dn(input ->> 'dn'), o.name, partner)
	on conflict do nothing;
	perform core.note('admin', 'ok', null, 'group', input ->> 'dn', input);
	return json_build_object('dn', core.plain_dn(input ->> 'dn'),
		'role', o.name);
end
$$;

-- Takes a mapping away; the directory job ends the sessions that stood on it.
create or replace function core.admin_group_remove(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	n int;
begin
	delete from core.directory_group g
	where g.dn = core.plain_dn(input ->> 'dn')
	and g.role = coalesce(input ->> 'role', g.role);
	get diagnostics n = row_count;
	perform core.note('admin', 'ok', null, 'group remove', input ->> 'dn',
		input);
	return json_build_object('removed', n);
end
$$;

-- The first administrator (AU-11): the directory entry that kontorctl found.
-- Works while there is no administrator; later ones come from groups.
--   input  {dn, force?}
create or replace function core.admin_create(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	lock table core.directory_group in share row exclusive mode;
	if exists (select from core.directory_group g
		where g.role = 'administrator')
		and coalesce(input ->> 'force', '') <> 'true' then
		perform core.fail(409, 'administrator.exists');
	end if;
	return core.admin_group(jsonb_build_object('dn', input ->> 'dn',
		'role', 'administrator'));
end
$$;

-- Enters or changes a machine client and adds a key to it.
--   input  {partner, pem, kid, client_id?, name?, portal?, scopes?: []}
-- client_id defaults to the partner's slug or number, portal to its role.
create or replace function core.admin_client(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	a core.partner;
	c core.client;
	side text;
begin
	select * into a from core.partner p
	where p.id = core.admin_partner_key(input ->> 'partner');
	select coalesce(input ->> 'portal', min(r.role)) into side
	from core.partner_role r where r.partner_id = a.id
	and r.role = coalesce(input ->> 'portal', r.role);
	if not exists (select from core.partner_role r
		where r.partner_id = a.id and r.role = side) then
		perform core.fail(422, 'client.portal');
	end if;
	insert into core.client as x (public_id, client_id, partner_id, portal,
		name, scopes)
	values (core.uuid7(), coalesce(input ->> 'client_id', a.slug, a.number),
		a.id, side, coalesce(input ->> 'name', a.name),
		case when input ? 'scopes' then array(select
			jsonb_array_elements_text(input -> 'scopes'))
		else '{*}' end)
	on conflict on constraint client_client_id_key do update
	set name = excluded.name, scopes = excluded.scopes
	where x.partner_id = excluded.partner_id
	returning * into c;
	if c.id is null then
		perform core.fail(409, 'client.taken');
	end if;
	insert into core.client_key (client_id, kid, pem)
	values (c.id, input ->> 'kid', input ->> 'pem')
	on conflict on constraint client_key_pkey
	do update set pem = excluded.pem, withdrawn_at = null;
	perform core.note('admin', 'ok', c.client_id, 'client', input ->> 'kid');
	return json_build_object('client_id', c.client_id, 'portal', c.portal,
		'kid', input ->> 'kid');
end
$$;

-- Withdraws a key, or shuts the whole client out; its tokens die at once.
--   input  {client_id, kid?}
create or replace function core.admin_client_end(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	c core.client;
begin
	update core.client x set not_before = core.now(),
		disabled_at = case when input ? 'kid' then x.disabled_at
			else core.now() end
	where x.client_id = input ->> 'client_id' returning * into c;
	if not found then
		perform core.fail(404, 'client.unknown');
	end if;
	update core.client_key k set withdrawn_at = core.now()
	where k.client_id = c.id and k.kid = input ->> 'kid';
	perform core.note('admin', 'ok', c.client_id, 'client end',
		input ->> 'kid');
	return json_build_object('client_id', c.client_id);
end
$$;

-- Enters a token that kontorctl signed: an operator's short cut.
--   input  {client_id, hash, expires}
create or replace function core.admin_token(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	c core.client;
begin
	select * into c from core.client x
	where x.client_id = input ->> 'client_id' and x.disabled_at is null;
	if not found then
		perform core.fail(404, 'client.unknown');
	end if;
	perform core.token_enter(c, input);
	perform core.note('admin', 'ok', c.client_id, 'token');
	return json_build_object('client_id', c.client_id, 'portal', c.portal,
		'partner', (select a.public_id from core.partner a
			where a.id = c.partner_id),
		'scope', array_to_string(core.scopes_of(c.scopes), ' '));
end
$$;

-- Gives partners to an account manager, who need not have logged in yet.
--   input  {login, partner, remove?}
create or replace function core.admin_assign(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	who bigint;
	a bigint := core.admin_partner_key(input ->> 'partner');
begin
	select p.id into who from core.person p
	where p.uid = lower(input ->> 'login') order by p.id desc limit 1;
	if who is null then
		insert into core.person (public_id, uid, name)
		values (core.uuid7(), lower(input ->> 'login'), input ->> 'login')
		returning id into who;
	end if;
	if input ->> 'remove' = 'true' then
		delete from core.assignment x
		where x.partner_id = a and x.person_id = who;
	else
		insert into core.assignment (partner_id, person_id)
		values (a, who) on conflict do nothing;
	end if;
	perform core.note('admin', 'ok', input ->> 'login', 'assign', null, input);
	return json_build_object('login', input ->> 'login');
end
$$;

-- Ends somebody's sessions.
--   input  {login, disable?: true | false}
create or replace function core.admin_person(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	n int;
begin
	update core.person p set not_before = core.now(),
		disabled_at = case input ->> 'disable' when 'true' then core.now()
			when 'false' then null else p.disabled_at end
	where p.uid = lower(input ->> 'login');
	if not found then
		perform core.fail(404, 'person.unknown');
	end if;
	select count(core.session_close(s, 'administrator')) into n
	from core.session s join core.person p on p.id = s.person_id
	where p.uid = lower(input ->> 'login') and s.ended_at is null;
	perform core.note('admin', 'ok', input ->> 'login', 'person', null, input);
	return json_build_object('ended', n);
end
$$;

-- Forgets failed logins: of one name, of one address, or all.
--   input  {login?, ip?}
create or replace function core.admin_throttle(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	n int;
	everything boolean := not input ?| array['login', 'ip'];
begin
	delete from core.login_throttle x
	where everything or x.kind = 'pair' or x.key in (
		sha256(convert_to(lower(trim(input ->> 'login')), 'UTF8')),
		sha256(convert_to(input ->> 'ip', 'UTF8')));
	get diagnostics n = row_count;
	perform core.note('admin', 'ok', null, 'throttle', null, input);
	return json_build_object('forgotten', n);
end
$$;

-- Sets the clock of rules, in databases for tests and demonstrations only.
--   input  {fixed?: instant, shift?: interval}; {} gives the real time back
create or replace function core.admin_clock(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	if core.setting('clock.may_be_set') is distinct from 'yes' then
		perform core.fail(403, 'clock.fixed');
	end if;
	update core.clock set fixed = (input ->> 'fixed')::timestamptz,
		shift = coalesce((input ->> 'shift')::interval, '0');
	return json_build_object('now', core.now());
end
$$;

-- Changes a setting that exists.
--   input  {name, value}
create or replace function core.admin_setting(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	update core.setting s set value = input ->> 'value'
	where s.name = input ->> 'name';
	if not found then
		perform core.fail(404, 'setting.unknown');
	end if;
	perform core.note('admin', 'ok', null, 'setting', input ->> 'name', input);
	return json_build_object('name', input ->> 'name',
		'value', input ->> 'value');
end
$$;

-- Says who the house is; members not given stay.
--   input  {name, gln, duns, vat_id, language, time_zone, currency, address}
create or replace function core.admin_house(input jsonb) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	update core.house h set name = coalesce(input ->> 'name', h.name),
		gln = coalesce(input ->> 'gln', h.gln),
		duns = coalesce(input ->> 'duns', h.duns),
		vat_id = coalesce(input ->> 'vat_id', h.vat_id),
		language = coalesce(input ->> 'language', h.language),
		time_zone = coalesce(input ->> 'time_zone', h.time_zone),
		currency = coalesce(input ->> 'currency', h.currency),
		address = coalesce(input -> 'address', h.address);
	perform core.note('admin', 'ok', null, 'house', null, input);
	return (select row_to_json(h) from core.house h);
end
$$;
