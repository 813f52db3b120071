-- SPDX-License-Identifier: Apache-2.0
--
-- Business hours. A span of them is an interval of opening time: eight hours
-- from Friday noon end on Monday.

-- The opening windows of a calendar that end after a time, in order.
--   days  how many calendar days to look ahead
create or replace function cases.windows(calendar text, since timestamptz,
	days int)
returns table (opens timestamptz, closes timestamptz)
language sql stable as $$
	select greatest((d.day + c.opens) at time zone c.time_zone, since),
		(d.day + c.closes) at time zone c.time_zone
	from cases.calendar c
	cross join lateral (select (since at time zone c.time_zone)::date + n
		as day from generate_series(0, days) n) d
	where c.name = windows.calendar
	and extract(isodow from d.day)::int = any (c.weekdays)
	and not exists (select from cases.holiday h
		where h.calendar = c.name and h.on_date = d.day)
	and (d.day + c.closes) at time zone c.time_zone > since
	order by 1
$$;

-- When so many business hours after `since` are over.
create or replace function cases.due(calendar text, since timestamptz,
	span interval)
returns timestamptz
language sql stable as $$
	select w.closes - (w.total - span) from (
		select x.opens, x.closes,
			sum(x.closes - x.opens) over (order by x.opens) as total
		from cases.windows(calendar, since, 30
			+ (extract(epoch from span) / 3600)::int) x) w
	where w.total >= span order by w.opens limit 1
$$;

-- Business hours between two times.
create or replace function cases.span(calendar text, since timestamptz,
	until timestamptz)
returns interval
language sql stable as $$
	select coalesce(sum(least(w.closes, until) - w.opens), '0')
	from cases.windows(calendar, since,
		greatest(0, until::date - since::date) + 2) w
	where w.opens < until
$$;
