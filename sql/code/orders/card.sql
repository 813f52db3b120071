-- SPDX-License-Identifier: Apache-2.0
--
-- Scorecards of suppliers with very many lines are counted by a job every hour
-- and when an objection is decided; others whenever somebody looks.

-- From so many lines wanted in a year on.
create or replace function orders.many_lines()
returns int language sql immutable as $$
	select 5000
$$;

create or replace function orders.has_many_lines(partner bigint)
returns boolean language plpgsql stable as $$
begin
	return (select count(*) = orders.many_lines() from (select
	    from orders.line l where l.partner_id = partner
	    and l.requested_date between core.today() - 365 and core.today()
	    limit orders.many_lines()) t);
end
$$;

-- The card of a supplier as it is shown. What is objected to is of now.
--   made_at  when it was counted; null: now
create or replace function orders.shown_card(partner bigint, days int,
    out measures jsonb, out made_at timestamptz)
language plpgsql stable as $$
declare
	until date := core.today();
begin
	select c.measures, c.made_at into measures, made_at from orders.card c
	where c.partner_id = partner and c.days = shown_card.days
	and c.made_at > core.now() - interval '1 day';
	if measures is null then
		measures := orders.score(partner, until - days, until);
		return;
	end if;
	measures := (select jsonb_agg(m || jsonb_build_object('contested', (
	    select count(*) from orders.contest c where c.partner_id = partner
	    and c.measure = m ->> 'measure' and c.state = 'open')) order by place)
	from jsonb_array_elements(measures) with ordinality t (m, place));
end
$$;

-- Has the cards of a supplier counted, or of all.
create or replace function orders.count_cards(only_partner bigint default null)
returns void language plpgsql as $$
begin
	perform core.enqueue('orders_card', jsonb_build_object('partner', p.id),
	    p.id, core.now(), 'card-' || p.id)
	from core.partner p join core.partner_role r on r.partner_id = p.id
	where r.role = 'supplier' and p.status = 'active'
	and (only_partner is null or p.id = only_partner)
	and orders.has_many_lines(p.id);
end
$$;
select core.schedule('orders_cards', '1 hour');

-- Counts the cards of a supplier.
create or replace function orders.card_job(input jsonb)
returns void language plpgsql as $$
declare
	partner bigint := (input ->> 'partner')::bigint;
	until date := core.today();
begin
	insert into orders.card (partner_id, days, measures, made_at)
	select partner, d, orders.score(partner, until - d, until), core.now()
	from unnest(array[30, 90, 365]) d
	on conflict on constraint card_pk do update
	set measures = excluded.measures, made_at = excluded.made_at;
end
$$;
