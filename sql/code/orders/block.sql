-- SPDX-License-Identifier: Apache-2.0
--
-- Order and credit blocks: an account manager takes no new orders of a
-- distributor, with a reason that stays in the house. Orders that stand go on.

-- Are new orders of this partner refused? Only said of partners that the
-- caller sees (access.sql).
create or replace function orders.blocked(partner bigint)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.block b where b.partner_id = partner
	    and b.lifted_at is null);
end
$$;

-- What is wrong with the partner himself: he is not active, or blocked.
create or replace function orders.partner_findings(partner bigint)
returns jsonb language plpgsql stable as $$
declare
	state text;
begin
	select case when p.status = 'active' and orders.blocked(p.id)
	    then 'blocked' else p.status end into state
	from core.partner p where p.id = partner;
	if state = 'active' then
		return '[]';
	end if;
	return jsonb_build_array(orders.finding('partner_blocked', 'error',
	    '/parties/buyer', state, 'active'));
end
$$;

-- The blocks of a partner, newest first, for the house.
create or replace function orders.blocks_json(partner bigint)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('kind', b.kind,
	    'reason', b.reason, 'person', core.person_name(b.person_id),
	    'at', b.blocked_at, 'lifted_at', b.lifted_at,
	    'lifted_by', core.person_name(b.lifted_by),
	    'lift_reason', b.lift_reason) order by b.id desc), '[]')
	from (select * from orders.block x where x.partner_id = partner
	    order by x.id desc limit 20) b);
end
$$;

-- What the caller may do about it at the partner's page.
create or replace function orders.block_actions(partner bigint, kind text)
returns text[] language plpgsql stable as $$
begin
	return case when kind is distinct from 'distributor'
	        or not core.me_may('partners.block') then '{}'
	    when orders.blocked(partner) then array['unblock']
	    else array['block'] end::text[];
end
$$;

create or replace function orders.set_block(p core.partner, kind text,
    why text)
returns void language plpgsql as $$
begin
	perform core.fail_if_wrong((select coalesce(jsonb_agg(w), '[]') from (
	    select core.wrong('/kind', 'value.choice') w
	    where coalesce(kind, '') not in ('order', 'credit')
	    union all
	    select core.wrong('/reason', 'value.required')
	    where coalesce(why, '') = '') x));
	insert into orders.block (partner_id, kind, reason, person_id, blocked_at)
	values (p.id, kind, why, core.me_person(), core.now())
	on conflict (partner_id) where lifted_at is null do nothing;
	if not found then
		perform core.fail(409, 'partners.block.twice');
	end if;
end
$$;

create or replace function orders.lift_block(p core.partner, why text)
returns text language plpgsql as $$
declare
	was text;
begin
	update orders.block b set lifted_at = core.now(),
	    lifted_by = core.me_person(), lift_reason = why
	where b.partner_id = p.id and b.lifted_at is null
	returning b.kind into was;
	if not found then
		perform core.fail(409, 'partners.block.none');
	end if;
	return was;
end
$$;

-- Blocks new orders of a distributor, or lifts the block.
--   input   id, event block {kind order|credit, reason} | unblock {reason?}
--   result  200, the partner as partners_show shows it
--   errors  404 (also of suppliers), 409 partners.block.twice,
--           partners.block.none, 422 /event, /kind, /reason
create or replace function api.partners_event(input jsonb)
returns core.answer language plpgsql as $$
declare
	p core.partner;
	event text := input ->> 'event';
	kind text := nullif(input ->> 'kind', '');
	why text := nullif(left(trim(input ->> 'reason'), 500), '');
begin
	select * into p from core.partner x
	where x.public_id = core.input_id(input) and exists (select
	    from core.partner_role r where r.partner_id = x.id
	    and r.role = 'distributor');
	if p.id is null then
		perform core.fail_absent();
	elsif event = 'block' then
		perform orders.set_block(p, kind, why);
	elsif event = 'unblock' then
		kind := orders.lift_block(p, why);
	else
		perform core.fail_if_wrong(jsonb_build_array(
		    core.wrong('/event', 'value.choice')));
	end if;
	perform core.emit(p.id, case event when 'block' then 'partner.blocked'
	    else 'partner.unblocked' end, 'partner',
	    p.public_id, p.number, jsonb_strip_nulls(jsonb_build_object(
	    'kind', kind, 'reason', why)), internal => true);
	perform core.note('admin', 'ok', null, 'partners_event',
	    'partner ' || p.public_id, jsonb_strip_nulls(jsonb_build_object(
	    'event', event, 'kind', kind, 'reason', why)));
	return api.partners_show(jsonb_build_object('id', p.public_id));
end
$$;
select core.grant_permission('partners.block', 'account_manager');
select core.operation('partners_event', permission => 'partners.block',
    writes => true, input => '{"id": "uuid", "event": "line",
    "kind": "line?", "reason": "line?"}');
