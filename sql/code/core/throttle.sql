-- SPDX-License-Identifier: Apache-2.0
--
-- The login throttle (AU-6). A try is counted before it is made, so parallel
-- tries count too. Three counters: the account from this place, the account
-- from places new to it, and the address for accounts new there. Where an
-- account has logged in before, only the first one holds: strangers cannot
-- shut out the real user.

create or replace function core.login_delay(failures int) returns interval
language sql stable as $$
	select case when failures < core.setting('login.free_failures')::int
		then interval '0'
		else make_interval(secs => least(
			core.setting('login.longest_delay')::numeric,
			2 ^ least(failures - core.setting('login.free_failures')::int,
				30))::int) end
$$;

-- The counters of a try, in the order in which they are locked.
create or replace function core.login_counters(account text, ip text)
returns table (kind text, key bytea)
language sql stable
set search_path = pg_catalog, pg_temp as $$
	with k as (select sha256(convert_to(lower(trim(account)), 'UTF8')) as a,
		sha256(convert_to(coalesce(ip, ''), 'UTF8')) as s)
	select v.kind, v.key from k, lateral (values
		('account', k.a), ('address', k.s), ('pair', sha256(k.a || k.s)))
		v (kind, key)
	where v.kind = 'pair' or not exists (select from core.login_known n
		where n.account = k.a and n.source = k.s)
	order by v.kind
$$;

-- May a login be tried now? Counts the try as failed until it succeeds.
-- Returns null, or the seconds to wait; -1: until an administrator lets go on.
create or replace function core.login_try(account text, ip text)
returns int
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
	t timestamptz := core.now();
	wait interval;
	most int;
begin
	insert into core.login_throttle as x (kind, key, updated_at)
	select c.kind, c.key, t from core.login_counters(account, ip) c
	on conflict on constraint login_throttle_pkey do update set failures =
		case when x.kind = 'address' and x.updated_at < t - interval '1 hour'
		then 0 else x.failures end;
	select max(x.next_at) filter (where x.next_at > t) - t,
		max(x.failures) filter (where x.kind <> 'address')
	into wait, most
	from core.login_throttle x
	join core.login_counters(account, ip) c using (kind, key);
	if most >= core.setting('login.most_failures')::int then
		return -1;
	elsif wait > interval '0' then
		return ceil(extract(epoch from wait));
	end if;
	update core.login_throttle x set failures = x.failures + 1,
		next_at = t + core.login_delay(x.failures + 1), updated_at = t
	from core.login_counters(account, ip) c
	where x.kind = c.kind and x.key = c.key;
	return null;
end
$$;

-- Takes back the count of a try that proved nothing (the directory was away).
create or replace function core.login_untry(account text, ip text)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp as $$
	update core.login_throttle x set failures = greatest(x.failures - 1, 0),
		next_at = core.now() + core.login_delay(greatest(x.failures - 1, 0))
	from core.login_counters(account, ip) c
	where x.kind = c.kind and x.key = c.key
$$;

-- The login succeeded: forgets the account's failures, takes back the count
-- of the address, and knows the place from now on.
create or replace function core.login_succeeded(account text, ip text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
	a bytea := sha256(convert_to(lower(trim(account)), 'UTF8'));
	s bytea := sha256(convert_to(coalesce(ip, ''), 'UTF8'));
begin
	perform core.login_untry(account, ip);
	delete from core.login_throttle x
	where (x.kind, x.key) in (('account', a), ('pair', sha256(a || s)));
	insert into core.login_known as n values (a, s, core.now())
	on conflict on constraint login_known_pkey
	do update set seen_at = excluded.seen_at;
end
$$;
