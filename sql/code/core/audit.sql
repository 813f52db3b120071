-- SPDX-License-Identifier: Apache-2.0
--
-- The audit of what is no business event: logins, denials, administration,
-- reads that leave a trace. Append only, through core.note.

-- What the request said about itself (ip, trace, agent); for notes, never for
-- decisions about rights. Set for writing operations only.
create or replace function core.request(member text) returns text
language sql stable as $$
	select nullif(current_setting('kontor.request', true), '')::jsonb
		->> member
$$;

-- Notes something in the audit; who and where are the caller's.
--   kind     login, logout, token, denial, read, admin
--   result   ok, or the code of the refusal
--   account  the name typed or given, where nobody is known yet
create or replace function core.note(kind text, result text,
	account text default null, operation text default null,
	object text default null, detail jsonb default '{}')
returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
	insert into core.audit (at, kind, result, person_id, client_id,
		partner_id, account, portal, operation, object, ip, trace, detail)
	select core.now(), kind, result,
		case when m ->> 'k' = 'person' then m ->> 'id' end::bigint,
		case when m ->> 'k' = 'client' then m ->> 'id' end::bigint,
		(m ->> 'p')::bigint, coalesce(left(account, 200), m ->> 'name'),
		coalesce(m ->> 'portal', core.login_portal()), left(operation, 100),
		left(object, 200), core.request('ip'), core.request('trace'),
		coalesce(detail, '{}')
	from (select core.me() as m) x
$$;
