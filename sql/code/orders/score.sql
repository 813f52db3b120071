-- SPDX-License-Identifier: Apache-2.0
--
-- How well a supplier keeps his word. All lines wanted in a period count, on
-- every basis the same ones (docs/features/scorecards.md):
--   requested, first, latest, expected   all of it left by that day; a line
--           without the day does not count, one not yet due neither
--   filled  all of what the house did not cancel itself has left; not yet due
--           does not count
--   answered  orders placed in the period, answered before they were due
--   documents of the supplier that were applied, first attempts
-- A line whose objection was accepted does not count for that measure.

select core.add_state('contest', s, t, f) from (values
	('open', 'info', false), ('accepted', 'ok', true),
	('rejected', 'neutral', true)) v (s, t, f);
select core.add_transition('contest', s, e, n, p) from (values
	('', 'object', 'open', null),
	('open', 'accept', 'accepted', 'contests.decide'),
	('open', 'reject', 'rejected', 'contests.decide')) v (s, e, n, p);
select core.guard('contest', 'orders.contest');

-- The measures about lines, in their order.
create or replace function orders.measures()
returns text[] language sql immutable as $$
	select array['requested', 'first', 'latest', 'expected', 'filled']
$$;

-- The lines of a supplier wanted in a period, with what measures ask of them.
--   left_on  day when the last of it left; null while something is missing
--   wanted   what the house did not cancel itself; what the supplier's own
--           word cancelled counts as missing
create or replace function orders.score_lines(partner bigint, since date,
    until date)
returns table (line bigint, head bigint, requested date, first date,
    latest date, expected date, left_on date, wanted numeric, shipped numeric)
language plpgsql stable as $$
begin
	return query select l.id, l.order_id, l.requested_date,
	    l.first_promised_date, l.latest_promised_date,
	    coalesce(l.expected_date, l.latest_promised_date),
	    case when w.n > 0 and l.shipped >= w.n then s.day end, w.n, l.shipped
	from orders.line l
	join orders.head h on h.id = l.order_id and h.kind = 'purchase'
	    and h.submitted_at is not null,
	lateral (select l.ordered - case when l.cancelled > 0 and not exists (
	        select from orders.value v where v.line_id = l.id
	        and v.field = 'cancelled_quantity' and v.superseded_by is null
	        and v.organisation_id = l.partner_id)
	    then l.cancelled else 0 end as n) w
	left join lateral (select max(x.ship_date) as day
	    from orders.shipment_line i
	    join orders.shipment x on x.id = i.shipment_id
	    where i.line_id = l.id) s on true
	where l.partner_id = partner
	and l.requested_date between since and until and w.n > 0;
end
$$;

-- Is a line good for a measure? Null: it does not count.
create or replace function orders.scored(measure text, basis date,
    left_on date, wanted numeric, shipped numeric, today date)
returns boolean language sql immutable as $$
	select case when measure = 'filled' then
	    case when shipped >= wanted then true
	        when basis < today then false end
	else case when left_on <= basis then true
	        when left_on > basis or basis < today then false end end
$$;

-- Every line that counts for a measure.
create or replace function orders.score_rows(partner bigint,
    of_measure text, since date, until date)
returns table (line bigint, head bigint, basis date, left_on date,
    wanted numeric, shipped numeric, good boolean)
language plpgsql stable as $$
declare
	today date := core.today();
begin
	return query select s.line, s.head, m.basis, s.left_on, s.wanted,
	    s.shipped, orders.scored(of_measure, m.basis, s.left_on, s.wanted,
	    s.shipped, today)
	from orders.score_lines(partner, since, until) s,
	lateral (select case of_measure when 'first' then s.first
	    when 'latest' then s.latest when 'expected' then s.expected
	    else s.requested end as basis) m
	where orders.scored(of_measure, m.basis, s.left_on, s.wanted, s.shipped,
	    today) is not null
	and not exists (select from orders.contest c where c.line_id = s.line
	    and c.measure = of_measure and c.state = 'accepted');
end
$$;

-- Orders of a supplier placed in a period that count for answering.
create or replace function orders.score_orders(partner bigint, since date,
    until date)
returns table (head bigint, submitted_at timestamptz, due timestamptz,
    answered_at timestamptz, good boolean)
language plpgsql stable as $$
declare
	terms exchange.agreement := exchange.terms(partner);
	t timestamptz := core.now();
begin
	return query select h.id, h.submitted_at, d.at, h.answered_at,
	    coalesce(h.answered_at, t) <= d.at
	from orders.head h,
	lateral (select orders.due_after(terms, h.submitted_at) as at) d
	where h.partner_id = partner and h.kind = 'purchase'
	and h.submitted_at >= core.day_begins(since)
	and h.submitted_at < core.day_begins(until + 1)
	and (h.answered_at is not null or d.at < t and h.state in
	    ('submitted', 'acknowledged'));
end
$$;

-- Documents of a supplier that count for quality: what he sent first, apart
-- from acknowledgements and what was only tried.
create or replace function orders.score_documents(partner bigint,
    since date, until date)
returns table (document bigint, good boolean)
language plpgsql stable as $$
begin
	return query select d.id, d.state = 'applied' from exchange.document d
	where d.partner_id = partner and d.direction = 'in'
	and d.received_at >= core.day_begins(since)
	and d.received_at < core.day_begins(until + 1)
	and d.parent_id is null and not d.test and not d.preview
	and d.type <> 'ack' and d.state in ('applied', 'rejected',
	    'quarantined', 'failed');
end
$$;

-- For each measure about lines, how many lines count and how many are good:
-- what score_rows gives, in one pass.
create or replace function orders.score_counts(partner bigint, since date,
    until date)
returns table (measure text, n bigint, good bigint)
language plpgsql stable as $$
declare
	today date := core.today();
begin
	return query with g as (
	    select orders.counted(m, 'requested', orders.scored('requested',
	            s.requested, s.left_on, s.wanted, s.shipped, today)) as a,
	        orders.counted(m, 'first', orders.scored('first', s.first,
	            s.left_on, s.wanted, s.shipped, today)) as b,
	        orders.counted(m, 'latest', orders.scored('latest', s.latest,
	            s.left_on, s.wanted, s.shipped, today)) as c,
	        orders.counted(m, 'expected', orders.scored('expected', s.expected,
	            s.left_on, s.wanted, s.shipped, today)) as d,
	        orders.counted(m, 'filled', orders.scored('filled', s.requested,
	            s.left_on, s.wanted, s.shipped, today)) as e
	    from orders.score_lines(partner, since, until) s
	    left join (select x.line_id, array_agg(x.measure) as m
	        from orders.contest x where x.partner_id = partner
	        and x.state = 'accepted' group by x.line_id) x
	        on x.line_id = s.line
	), t as (
	    select count(a) as na, count(*) filter (where a) as ga,
	        count(b) as nb, count(*) filter (where b) as gb,
	        count(c) as nc, count(*) filter (where c) as gc,
	        count(d) as nd, count(*) filter (where d) as gd,
	        count(e) as ne, count(*) filter (where e) as ge from g)
	select v.* from t, lateral (values ('requested', na, ga),
	    ('first', nb, gb), ('latest', nc, gc), ('expected', nd, gd),
	    ('filled', ne, ge)) v (measure, n, good);
end
$$;

-- What a line is for a measure, unless an objection was accepted.
create or replace function orders.counted(contested text[], measure text,
    good boolean)
returns boolean language sql immutable as $$
	select case when measure = any (contested) then null else good end
$$;

-- Of the orders placed in a period, how many were answered in time.
create or replace function orders.score_answers(partner bigint, since date,
    until date)
returns jsonb language plpgsql stable as $$
begin
	return (select orders.score_json('answered', count(*), count(*) filter
	    (where good), 0) || jsonb_build_object('hours', round((
	    percentile_cont(0.5) within group (order by extract(epoch
	    from s.answered_at - s.submitted_at)) / 3600)::numeric, 1))
	from orders.score_orders(partner, since, until) s);
end
$$;

-- The card of a supplier: for each measure how many count and how many are
-- good.
--   result  [{"measure", "count": 40, "good": 38, "percent": "95.0" | null,
--           "contested": 1, "tone"}], and "hours" for answered: median
create or replace function orders.score(partner bigint, since date,
    until date)
returns jsonb language plpgsql stable as $$
declare
	lines jsonb;
	documents jsonb;
begin
	select jsonb_agg(orders.score_json(t.measure, t.n, t.good, (select
	        count(*) from orders.contest c where c.partner_id = partner
	        and c.measure = t.measure and c.state = 'open'))
	        order by array_position(orders.measures(), t.measure))
	into lines from orders.score_counts(partner, since, until) t;
	select orders.score_json('documents', count(*), count(*) filter
	    (where good), 0) into documents
	from orders.score_documents(partner, since, until);
	return lines || orders.score_answers(partner, since, until)
	    || documents;
end
$$;

create or replace function orders.score_json(measure text, n bigint,
    good bigint, contested bigint)
returns jsonb language plpgsql immutable as $$
declare
	percent numeric := round(100.0 * good / nullif(n, 0), 1);
begin
	return jsonb_build_object('measure', measure, 'count', n, 'good', good,
	    'percent', percent::text, 'contested', contested, 'tone',
	    case when percent is null then 'neutral' when percent >= 95 then 'ok'
	    when percent >= 80 then 'warn' else 'bad' end);
end
$$;
