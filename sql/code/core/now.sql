-- SPDX-License-Identifier: Apache-2.0
--
-- Time and settings. What is asked often is plpgsql, here and elsewhere: its
-- plans are kept, while an SQL function that reads a table is planned anew by
-- every statement.
--
-- Rules ask core.now(), never the database's own clock, so
-- that tests can set it (core.clock).

-- The instant of this transaction, as rules see it.
create or replace function core.now() returns timestamptz
language plpgsql stable as $$
begin
	return (select coalesce(c.fixed, transaction_timestamp() + c.shift)
		from core.clock c);
end
$$;

-- The house's calendar day.
create or replace function core.today() returns date
language plpgsql stable as $$
begin
	return (select (core.now() at time zone h.time_zone)::date
		from core.house h);
end
$$;

-- When a calendar day of the house begins.
create or replace function core.day_begins(day date) returns timestamptz
language plpgsql stable as $$
begin
	return (select day::timestamp at time zone h.time_zone
		from core.house h);
end
$$;

-- A setting's value as text; null when there is none of that name.
create or replace function core.setting(name text) returns text
language plpgsql stable as $$
begin
	return (select s.value from core.setting s
		where s.name = setting.name);
end
$$;

-- Declares a setting with its default; a value already changed is kept.
create or replace function core.declare_setting(name text, value text,
	meaning text)
returns void
language sql as $$
	insert into core.setting (name, value, meaning)
	values (name, value, meaning)
	on conflict on constraint setting_pkey
	do update set meaning = excluded.meaning
$$;
