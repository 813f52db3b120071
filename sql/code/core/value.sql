-- SPDX-License-Identifier: Apache-2.0
--
-- Small values: ids, decimals, dates, money. A function that builds JSON is
-- stable, never immutable: PostgreSQL would not inline it, and a function that
-- is not inlined costs as much as a query.

-- A new id outside: UUIDv7, 48 bits of milliseconds, the rest random.
create or replace function core.uuid7() returns uuid
language sql volatile as $$
	select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
		placing substring(int8send((extract(epoch from clock_timestamp())
			* 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1),
		'hex')::uuid
$$;

-- A number as people and documents write it: a sign, at most 18 digits, point
-- or comma as decimal mark, no thousands mark. Null when it is not one.
create or replace function core.try_decimal(value text) returns numeric
language sql immutable as $$
	select case when trim(value) ~ '^[+-]?0*[0-9]{1,14}([.,][0-9]+)?$'
		and length(regexp_replace(value, '[^0-9]', '', 'g')) <= 18
		then replace(trim(value), ',', '.')::numeric end
$$;

-- A quantity, exactly as it is kept: null when it has more than four decimals.
create or replace function core.try_quantity(value text) returns numeric
language sql immutable as $$
	select case when scale(trim_scale(core.try_decimal(value))) <= 4
		then core.try_decimal(value) end
$$;

-- The same as core.try_decimal; refuses what is not a number. Null and empty give null.
--   pointer  where it stood in the input
create or replace function core.to_decimal(value text, pointer text default '')
returns numeric
language plpgsql immutable as $$
declare
	result numeric := core.try_decimal(value);
begin
	if result is null and trim(value) <> '' then
		perform core.fail(422, 'input.invalid', null,
			jsonb_build_array(core.wrong(pointer, 'value.decimal')));
	end if;
	return result;
end
$$;

-- A quantity of an input; refuses what is none, or too fine.
create or replace function core.to_quantity(value text, pointer text default '')
returns numeric
language plpgsql immutable as $$
declare
	result numeric := core.to_decimal(value, pointer);
begin
	if scale(trim_scale(result)) > 4 then
		perform core.fail(422, 'input.invalid', null,
			jsonb_build_array(core.wrong(pointer, 'value.decimals')));
	end if;
	return result;
end
$$;

-- A calendar day written YYYY-MM-DD; null when it is not one.
create or replace function core.try_date(value text) returns date
language plpgsql immutable as $$
begin
	if value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then
		return make_date(left(value, 4)::int, substr(value, 6, 2)::int,
			right(value, 2)::int);
	end if;
	return null;
exception when datetime_field_overflow then
	return null;
end
$$;

-- An id; null when it is not one.
create or replace function core.try_uuid(value text) returns uuid
language sql immutable as $$
	select case when value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
		then value::uuid end
$$;

-- The id in the input's member id; what is no id is an absent object.
create or replace function core.input_id(input jsonb, member text default 'id')
returns uuid
language plpgsql immutable as $$
declare
	result uuid := core.try_uuid(input ->> member);
begin
	if result is null then
		perform core.fail_absent();
	end if;
	return result;
end
$$;

-- Money as it stands in answers; null when there is no amount.
create or replace function core.money(amount numeric, currency text)
returns json
language sql stable as $$
	select case when amount is not null then
		json_build_object('amount', amount::text, 'currency', currency) end
$$;

-- A page's size: 1 to 200, 50 when nothing is said.
create or replace function core.page_limit(input jsonb) returns int
language sql immutable as $$
	select case when input ->> 'limit' ~ '^[0-9]{1,6}$'
		then greatest(1, least(200, (input ->> 'limit')::int)) else 50 end
$$;
