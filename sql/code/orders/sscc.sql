-- SPDX-License-Identifier: Apache-2.0
--
-- Serial shipping container codes: 18 digits, the last one a check digit, the
-- first ones an extension digit and the GS1 prefix of who numbers the package.

select core.declare_setting('gs1.prefix', '',
	'GS1 company prefix of the house; packages get their numbers from it where a supplier has no prefix of his own');

-- The check digit behind these digits (GS1, modulo 10, weights 3 and 1).
create or replace function orders.check_digit(digits text)
returns text language sql immutable as $$
	select ((10 - sum(substr(reverse(digits), i, 1)::int
	    * case i % 2 when 1 then 3 else 1 end) % 10) % 10)::text
	from generate_series(1, length(digits)) i
$$;

create or replace function orders.sscc_ok(code text)
returns boolean language sql immutable as $$
	select code ~ '^[0-9]{18}$'
	    and right(code, 1) = orders.check_digit(left(code, 17))
$$;

-- The digits of an SSCC as people type and scan it: blanks and the
-- application identifier (00) in front do not count.
create or replace function orders.sscc_plain(typed text)
returns text language sql immutable as $$
	select case when length(d) = 20 and d like '00%' then substr(d, 3)
	    else d end
	from (select nullif(regexp_replace(typed, '[^0-9A-Za-z]', '', 'g'), '')
	    as d) x
$$;

-- The prefix from which packages of a partner are numbered, or null.
create or replace function orders.gs1_prefix(partner bigint)
returns text language plpgsql stable as $$
begin
	return coalesce(core.identifier_of(partner, 'gs1_prefix'),
	    nullif(core.setting('gs1.prefix'), ''));
end
$$;

-- A number that no package had before; null when nobody has given a prefix.
create or replace function orders.next_sscc(partner bigint)
returns text language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	p text := orders.gs1_prefix(partner);
	n bigint;
	digits text;
begin
	if p is null then
		return null;
	end if;
	insert into orders.sscc_counter as c (prefix, last) values (p, 1)
	on conflict on constraint sscc_counter_pk do update set last = c.last + 1
	returning last into n;
	digits := lpad(n::text, 17 - length(p), '0');
	digits := left(digits, 1) || p || substr(digits, 2);
	return digits || orders.check_digit(digits);
end
$$;
select core.definer('orders.next_sscc(bigint)',
    'counts the numbers of packages of all partners; tells a new one',
    'portals', 'worker', 'admin');
