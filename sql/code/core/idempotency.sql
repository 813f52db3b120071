-- SPDX-License-Identifier: Apache-2.0
--
-- Idempotency keys: a repeated request gets the first answer. A refusal is not
-- kept, since it changed nothing.

-- The first answer to this key, or null when it is new. While another request
-- with the key runs: 409; when the key came with another body: 422.
create or replace function core.idempotency_find(op text, who jsonb)
returns core.idempotency
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	caller text := core.me_subject();
	given text := who ->> 'idempotency_key';
	first core.idempotency;
begin
	if given !~ '^[!-~]{1,200}$' then
		perform core.fail(400, 'idempotency.key');
	end if;
	if not pg_try_advisory_xact_lock(
		hashtextextended(concat_ws('|', caller, op, given), 7)) then
		perform core.fail(409, 'idempotency.in_progress');
	end if;
	select * into first from core.idempotency i
	where i.subject = caller
	and i.operation = op and i.key = given;
	if not found then
		return null;
	elsif first.body_sha256 <> coalesce(who ->> 'body_sha256', '') then
		perform core.fail(422, 'idempotency.mismatch');
	end if;
	return first;
end
$$;

-- Keeps the answer, in the transaction of the change.
create or replace function core.idempotency_keep(op text, who jsonb,
	status int, version bigint, location text, data json)
returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
	insert into core.idempotency
	values (core.me_subject(), op, who ->> 'idempotency_key',
		coalesce(who ->> 'body_sha256', ''), status, version, location,
		data, core.now())
$$;
