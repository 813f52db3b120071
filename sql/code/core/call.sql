-- SPDX-License-Identifier: Apache-2.0
--
-- api.call: the one statement of a request. It runs with the rights of the
-- portal's login, so the EXECUTE wall stands; core.enter, which may read the
-- session, establishes identity and permission.

-- Counts this call and refuses when the caller exceeds the limit of a minute.
create or replace function core.rate_count(op text, per_minute int)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
	t timestamptz := date_trunc('minute', clock_timestamp());
	n bigint;
begin
	insert into core.rate as r
	values (coalesce(core.me_subject(), ''), op, t, pg_backend_pid(), 1)
	on conflict on constraint rate_pkey do update set used = r.used + 1;
	select sum(r.used) into n from core.rate r
	where r.subject = coalesce(core.me_subject(), '') and r.operation = op
	and r.minute = t;
	if n > per_minute then
		perform core.fail(429, 'rate.exceeded', jsonb_build_object(
			'retry_after', ceil(extract(epoch from t + interval '1 min'
				- clock_timestamp())), 'limit', per_minute));
	end if;
end
$$;

-- Looks up the operation, establishes who calls and whether they may.
create or replace function core.enter(op text, who jsonb,
	out writes boolean, out keyed boolean, out takes_bytes boolean,
	out shape jsonb, out call text, out me json)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	o core.operation;
	identity jsonb;
begin
	select * into o from core.operation x where x.name = op;
	if not found then
		perform core.fail(404, 'operation.unknown');
	end if;
	if o.writes then
		perform set_config('kontor.request',
			(who - 'session' - 'token' - 'csrf')::text, true);
	end if;
	select * into identity, me from core.identify(who);
	if o.permission <> 'public' then
		if me is null then
			perform core.fail(401, 'login.required');
		elsif o.writes and identity ? 'viewing'
			and not core.view_may_call(op) then
			perform core.fail(403, 'view.read_only');
		elsif not core.identity_may(identity, o.permission) then
			perform core.fail(403, case when identity ? 'viewing'
				then 'view.read_only' else 'permission.denied' end,
				jsonb_build_object('permission', o.permission));
		end if;
	end if;
	if o.writes and who ? 'csrf' and me is not null
		and who ->> 'csrf' is distinct from me ->> 'csrf' then
		perform core.fail(403, 'csrf.invalid');
	end if;
	if o.per_minute is not null then
		perform core.rate_count(op, o.per_minute);
	end if;
	writes := o.writes;
	keyed := o.writes and not o.idempotent and who ? 'idempotency_key';
	takes_bytes := o.takes_bytes;
	shape := o.input;
	call := o.call;
end
$$;

-- Runs one operation for one caller.
--   op     its name
--   who    {"session": hash} or {"token": hash} or {}; and ip, lang, trace,
--          idempotency_key, body_sha256, if_match, channel, csrf
--   input  members of path, query and body in one object
--   bytes  the body, where the operation takes bytes
-- Refusals are raised as PTnnn (core.fail).
create or replace function api.call(op text, who jsonb, input jsonb,
	bytes bytea, out status int, out version bigint, out location text,
	out me json, out data json)
language plpgsql volatile as $$
declare
	o record;
	first core.idempotency;
begin
	select * into o from core.enter(op, who);
	me := o.me;
	input := coalesce(input, '{}');
	if o.shape is not null then
		perform core.check_input(o.shape, input, o.writes);
	end if;
	if who ? 'if_match' then
		input := input || jsonb_build_object('version', who -> 'if_match');
	end if;
	if o.keyed then
		first := core.idempotency_find(op, who);
		if first.key is not null then
			status := first.status;
			version := first.version;
			location := first.location;
			data := first.data;
			return;
		end if;
	elsif not o.writes then
		perform set_config('transaction_read_only', 'on', true);
	end if;
	if o.takes_bytes then
		execute o.call into status, version, location, data
		using input, bytes;
	else
		execute o.call into status, version, location, data using input;
	end if;
	if o.keyed then
		perform core.idempotency_keep(op, who, status, version, location,
			data);
	end if;
end
$$;
