-- SPDX-License-Identifier: Apache-2.0
--
-- The list of orders.
--
-- The same shapes in every portal; what a caller may not know is not in his
-- rows. Quantities are {"value": "4", "unit": "C62"}, money is {"amount":
-- "12.50", "currency": "EUR"}, `tone` is info|ok|warn|bad|neutral (ux-guide
-- section 4), `actions` lists the events allowed now and `can` says the same
-- as members, for templates: {"confirm": true}.

-- The partner named in an input, as a key; 0, which nobody has, for a
-- stranger; null when none is named.
create or replace function orders.partner_key(input jsonb)
returns bigint language plpgsql stable as $$
begin
	if coalesce(input ->> 'partner', '') = '' then
		return null;
	end if;
	return coalesce((select p.id from core.partner p
	    where p.public_id = core.try_uuid(input ->> 'partner')), 0);
end
$$;

-- States in which an order still moves.
create or replace function orders.is_open(state text)
returns boolean language sql immutable as $$
	select state not in ('draft', 'completed', 'closed', 'cancelled',
	    'rejected')
$$;

-- Does anything of an order still move, drafts included? Every view but all
-- shows such orders only: its own indexes are as small as they are few.
create or replace function orders.is_live(state text)
returns boolean language sql immutable as $$
	select state not in ('completed', 'closed', 'cancelled', 'rejected')
$$;

-- Does an order belong to a view, in the eyes of a portal? unanswered is what
-- waits for the caller: decisions of a distributor, answers of a supplier; at
-- the desk what waits for a supplier or for the house. overdue: a supplier's
-- answer is. The time is handed in: asked for here it would be for each row.
create or replace function orders.in_view(h orders.head, view text,
    portal text, today date, t timestamptz)
returns boolean language sql stable as $$
	select case view
	    when 'open' then orders.is_open(h.state)
	    when 'late' then orders.is_open(h.state) and h.next_date < today
	    when 'week' then orders.is_open(h.state)
	        and h.next_date between today and today + 6
	    when 'unanswered' then case portal
	        when 'distributor' then h.status = 'undecided'
	        when 'supplier' then h.status in
	            ('unanswered', 'partly_confirmed')
	            and h.state in ('submitted', 'acknowledged')
	            or h.status = 'change_pending'
	        else h.kind = 'purchase' and (h.state in ('submitted',
	            'acknowledged') or h.status = 'change_pending') end
	    when 'overdue' then h.kind = 'purchase'
	        and h.response_due < t
	    when 'decisions' then h.status = 'undecided'
	        or h.change_id is not null and h.kind = 'sales'
	        and orders.house_asked(h.change_id)
	    when 'drafts' then h.state = 'draft'
	    else true end
	    and (portal <> 'desk' or h.kind = 'purchase' or h.state <> 'draft')
$$;

-- Does the desk hold a value of the order back? A function of its own, as only
-- the desk may read holds: a query that names the table is refused to others
-- as soon as its plan is kept.
create or replace function orders.is_held(of_order bigint)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.hold x
	    join orders.line l on l.id = x.line_id
	    where x.released_at is null and l.order_id = of_order);
end
$$;

-- Keys of the orders of a view, in its order: late and week by next date,
-- unanswered and overdue by the time when the answer is due (a distributor
-- decides newest first), others newest first.
create or replace function orders.find(view text, of_kind text,
    of_partner bigint, q text, portal text, keys jsonb, most int,
    whose bigint[] default null)
returns bigint[] language plpgsql stable as $$
declare
	today date := core.today();
	t timestamptz := core.now();
	ids bigint[] := case when q is not null
	    then orders.found(q, view <> 'all', of_kind, of_partner) end;
begin
	if view in ('late', 'week') then
		return array(select h.id from orders.head h
		    where orders.is_live(h.state)
		    and (of_kind is null or h.kind = of_kind)
		    and (of_partner is null or h.partner_id = of_partner)
		    and orders.in_view(h, view, portal, today, t)
		    and orders.is_whose(h, whose)
		    and (q is null or h.id = any (ids))
		    and (keys is null or (h.next_date, h.id)
		        > ((keys ->> 0)::date, (keys ->> 1)::bigint))
		    order by h.next_date, h.id limit most);
	elsif view = 'all' then
		return orders.find_all(of_kind, of_partner, ids, portal, keys, most,
		    whose);
	elsif view in ('unanswered', 'overdue') and portal <> 'distributor' then
		return array(select h.id from orders.head h
		    where orders.is_live(h.state)
		    and (of_kind is null or h.kind = of_kind)
		    and (of_partner is null or h.partner_id = of_partner)
		    and orders.in_view(h, view, portal, today, t)
		    and orders.is_whose(h, whose)
		    and (q is null or h.id = any (ids))
		    and (keys is null or (coalesce(h.response_due, 'infinity'), h.id)
		        > ((keys ->> 0)::timestamptz, (keys ->> 1)::bigint))
		    order by coalesce(h.response_due, 'infinity'), h.id limit most);
	end if;
	return array(select h.id from orders.head h
	    where orders.is_live(h.state)
	    and (of_kind is null or h.kind = of_kind)
	    and (of_partner is null or h.partner_id = of_partner)
	    and case when view = 'held' then portal = 'desk'
	            and orders.is_held(h.id)
	        else orders.in_view(h, view, portal, today, t) end
	    and orders.is_whose(h, whose)
	    and (q is null or h.id = any (ids))
	    and (keys is null or (h.created_at, h.id)
	        < ((keys ->> 0)::timestamptz, (keys ->> 1)::bigint))
	    order by h.created_at desc, h.id desc limit most);
end
$$;

-- The same for the view of everything: those of the given keys, or all.
create or replace function orders.find_all(of_kind text, of_partner bigint,
    ids bigint[], portal text, keys jsonb, most int, whose bigint[])
returns bigint[] language plpgsql stable as $$
declare
	today date := core.today();
	at timestamptz := coalesce((keys ->> 0)::timestamptz, 'infinity');
	last bigint := coalesce((keys ->> 1)::bigint, 0);
begin
	if ids is not null then
		return array(select h.id from orders.head h
		    where h.id = any (ids)
		    and (of_kind is null or h.kind = of_kind)
		    and (of_partner is null or h.partner_id = of_partner)
		    and orders.in_view(h, 'all', portal, today, null)
		    and orders.is_whose(h, whose)
		    and (h.created_at, h.id) < (at, last)
		    order by h.created_at desc, h.id desc limit most);
	elsif whose is not null then
		return orders.find_whose(whose, at, last, most);
	end if;
	return array(select h.id from orders.head h
	    where (of_kind is null or h.kind = of_kind)
	    and (of_partner is null or h.partner_id = of_partner)
	    and orders.in_view(h, 'all', portal, today, null)
	    and (h.created_at, h.id) < (at, last)
	    order by h.created_at desc, h.id desc limit most);
end
$$;

-- The newest of some people's (0: nobody's) among all purchase orders. The few
-- of each are looked up in head_whose_idx: somebody may have none of very many.
create or replace function orders.find_whose(whose bigint[], at timestamptz,
    last bigint, most int)
returns bigint[] language plpgsql stable as $$
begin
	return array(select o.id from (
	    select n.* from unnest(whose) w, lateral (
	        select h.created_at, h.id from orders.head h
	        where h.kind = 'purchase' and h.responsible_id = w
	        and (h.created_at, h.id) < (at, last)
	        order by h.created_at desc, h.id desc limit most) n
	    union all (select h.created_at, h.id from orders.head h
	        where 0 = any (whose) and h.kind = 'purchase'
	        and h.responsible_id is null and (h.created_at, h.id) < (at, last)
	        order by h.created_at desc, h.id desc limit most)) o
	    order by o.created_at desc, o.id desc limit most);
end
$$;

create or replace function orders.list_keys(last bigint, view text)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_array(case when view in ('late', 'week')
	    then to_jsonb(h.next_date)
	    when view in ('unanswered', 'overdue')
	        and core.me_portal() <> 'distributor'
	    then to_jsonb(coalesce(h.response_due, 'infinity'))
	    else to_jsonb(h.created_at) end, h.id)
	    from orders.head h where h.id = last);
end
$$;

-- Above this, orders are no longer counted: there are "more".
create or replace function orders.most_counted()
returns int language sql immutable as $$
	select 10000
$$;

create or replace function orders.count_all(of_kind text, of_partner bigint,
    portal text, whose bigint[])
returns bigint language plpgsql stable as $$
begin
	if whose is not null then
		return least(orders.most_counted(), (select sum(n.n)
		    from unnest(whose) w, lateral (select count(*) as n from (
		        select from orders.head h where h.kind = 'purchase'
		        and h.responsible_id = w
		        limit orders.most_counted()) t) n)
		    + (select count(*) from (select from orders.head h
		        where 0 = any (whose) and h.kind = 'purchase'
		        and h.responsible_id is null
		        limit orders.most_counted()) t));
	end if;
	return (select count(*) from (select from orders.head h
	    where (of_kind is null or h.kind = of_kind)
	    and (of_partner is null or h.partner_id = of_partner)
	    and orders.in_view(h, 'all', portal, null, null)
	    limit orders.most_counted()) t);
end
$$;

-- The views as tabs, each with its count.
create or replace function orders.list_views(wanted text, of_kind text,
    of_partner bigint, portal text, whose bigint[])
returns json language plpgsql stable as $$
declare
	today date := core.today();
	t timestamptz := core.now();
begin
	return (select json_agg(json_build_object('name', v.name, 'count', v.n,
	    'more', v.n >= orders.most_counted(), 'current', v.name = wanted)
	    order by v.ord)
	from (select count(*) filter (where orders.in_view(h, 'open', portal,
	            today, t)) as open,
	        count(*) filter (where orders.in_view(h, 'late', portal,
	            today, t)) as late,
	        count(*) filter (where orders.in_view(h, 'week', portal,
	            today, t)) as week,
	        count(*) filter (where orders.in_view(h, 'unanswered', portal,
	            today, t)) as unanswered,
	        count(*) filter (where orders.in_view(h, 'overdue', portal,
	            today, t)) as overdue,
	        count(*) filter (where orders.in_view(h, 'decisions', portal,
	            today, t)) as decisions,
	        count(*) filter (where orders.in_view(h, 'drafts', portal,
	            today, t)) as drafts
	    from orders.head h
	    where orders.is_live(h.state) and (of_kind is null or h.kind = of_kind)
	    and (of_partner is null or h.partner_id = of_partner)
	    and orders.is_whose(h, whose)) c,
	lateral (values (1, 'open', c.open), (2, 'late', c.late),
	    (3, 'week', c.week), (4, 'unanswered', c.unanswered),
	    (5, 'overdue', c.overdue), (6, 'decisions', c.decisions),
	    (7, 'drafts', c.drafts), (8, 'held', orders.held_count()),
	    (9, 'all', orders.count_all(of_kind, of_partner, portal, whose)))
	    v (ord, name, n)
	where (v.name <> 'drafts' or portal <> 'supplier')
	  and (v.name <> 'overdue' or portal <> 'distributor')
	  and (v.name not in ('decisions', 'held') or portal = 'desk'));
end
$$;

create or replace function orders.held_count()
returns bigint language plpgsql stable as $$
begin
	if core.me_portal() <> 'desk' then
		return 0;
	end if;
	return (select count(distinct l.order_id) from orders.hold x
	    join orders.line l on l.id = x.line_id where x.released_at is null);
end
$$;

-- A partner as answers name it.
create or replace function orders.partner_json(p core.partner)
returns json language sql stable as $$
	select case when p.id is not null then json_build_object(
	    'id', p.public_id, 'name', p.name, 'number', p.number) end
$$;

-- Two objects as one, members in their order.
create or replace function orders.both(a json, b json)
returns json language sql immutable as $$
	select (left(a::text, -1) || ',' || substr(b::text, 2))::json
$$;

-- The row of one order.
create or replace function orders.row_json(h orders.head, portal text,
    today date, t timestamptz, partner json)
returns json language plpgsql stable as $$
declare
	seen text := orders.order_status(h.status, h.kind, portal);
	late boolean := coalesce(orders.is_open(h.state)
	    and h.next_date < today, false);
begin
	return json_build_object('id', h.public_id, 'number', h.number,
	    'kind', h.kind, 'partner_number', h.partner_number,
	    'partner', partner, 'state', h.state, 'status', seen,
	    'tone', orders.tone(seen, late), 'late', late,
	    'issue_date', h.issue_date, 'requested_date', h.requested_date,
	    'next_date', h.next_date, 'response_due', h.response_due,
	    'overdue', coalesce(h.response_due < t, false),
	    'lines', case when h.draft is not null
	        then jsonb_array_length(coalesce(h.draft -> 'lines', '[]'))
	        else h.line_count end,
	    'open_lines', h.open_lines, 'source', h.source,
	    'total', orders.money(h.total, h.currency),
	    'open_value', orders.money(h.open_value, h.currency),
	    'version', h.version);
end
$$;

-- The rows of orders, in the order of the keys.
create or replace function orders.rows(ids bigint[], portal text)
returns json language plpgsql stable as $$
declare
	today date := core.today();
	t timestamptz := core.now();
	people jsonb := case when portal = 'supplier' then orders.people_map() end;
begin
	return (select coalesce(json_agg(case when portal = 'supplier'
	    then orders.both(r, json_build_object('responsible',
	        people -> h.responsible_id::text)) else r end
	    order by i.ord), '[]')
	from unnest(ids) with ordinality i (id, ord)
	join orders.head h on h.id = i.id
	left join core.partner p on p.id = h.partner_id,
	lateral (select orders.row_json(h, portal, today, t, case when portal
	    = 'desk' then orders.partner_json(p) end) r) j);
end
$$;

-- A page of orders, newest first (view late and week: next date first).
--   input   view open|late|week|unanswered|decisions|held|drafts|all = open,
--           q text? (any number on paper), kind sales|purchase?,
--           partner uuid? (desk), whose text? (suppliers: orders.whose_name,
--           all unless it says otherwise), after text?, limit int = 50, sort, columns,
--           saved (core.list_open)
--   result  {"items": [row], "next": text | null, "view": "open", "q": "",
--            "kind": null, "partner": null,
--            "views": [{"name": "open", "count": 12, "more": false: counted to
--                       the end, "current": true}, …],
--            "actions": ["create"], "can": {"create": true}}; of suppliers
--            orders.whose_json; and what core.list_answer adds
--   row     {"id": "0190…", "number": "SO-45000171", "kind": "sales",
--            "partner_number": "4711-A",       distributor's or supplier's own
--            "partner": {"id", "name", "number"} | null,          desk only
--            "state": "conditional", "status": "decision_wanted",
--            "tone": "info", "late": false, "issue_date": "2026-11-20",
--            "requested_date": "2026-12-03", "next_date": "2026-12-09" | null,
--            "response_due": "2026-11-21T09:00:00Z" | null, "overdue": false,
--            "lines": 3, "open_lines": 1, "source": "portal",
--            "total": money, "open_value": money, "version": 7,
--            "responsible": {"id", "name", "me", "stands_in"} | null,
--                                                         suppliers only}
--   state   draft submitted acknowledged accepted conditional rejected
--           change_pending in_fulfilment completed closed cancelled
--   status  draft to_confirm waiting decision_wanted partly_confirmed
--           confirmed backordered part_shipped shipped rejected cancelled
--           completed closed change_pending held
--           (derived from the lines; precedence in orders.order_status)
create or replace function api.orders_list(input jsonb)
returns json language plpgsql stable as $$
declare
	portal text := core.me_portal();
	asked jsonb := core.list_open('orders', input);
	wanted text := asked ->> 'view';
	only_kind text := case portal when 'distributor' then 'sales'
	    when 'supplier' then 'purchase' else asked ->> 'kind' end;
	most int := core.list_limit(asked);
	whose bigint[] := case when portal = 'supplier'
	    then orders.whose(asked, 'all') end;
	views json := orders.list_views(wanted, only_kind,
	    orders.partner_key(asked), portal, whose);
	few boolean := wanted <> 'all' or asked ? 'q' or not exists (
	    select from json_array_elements(views) v
	    where v ->> 'name' = 'all' and (v ->> 'more')::boolean);
	ids bigint[];
	data json;
	may_create boolean := portal = 'distributor'
	    and core.me_may('orders.create');
begin
	asked := case when few then asked else core.list_unsorted('orders', asked) end;
	ids := orders.find_by(asked, only_kind,
	    core.cursor_read('orders_list', asked), most + 1, whose);
	data := json_build_object(
	    'items', orders.rows(ids[1:most], portal),
	    'next', case when cardinality(ids) > most then core.cursor_make(
	        'orders_list', asked, case when asked ? 'sort' then
	        core.list_keys('orders', asked ->> 'sort', 'orders.head h',
	            'h.id', ids[most]) else orders.list_keys(ids[most], wanted)
	        end) end,
	    'view', wanted, 'q', coalesce(asked ->> 'q', ''),
	    'kind', only_kind, 'partner', asked ->> 'partner', 'views', views,
	    'actions', case when may_create then '["create"]'
	        else '[]' end::json,
	    'can', case when may_create then '{"create": true}'
	        else '{}' end::json);
	if portal = 'supplier' then
		data := orders.both(data, orders.whose_json('orders', asked, 'all'));
	end if;
	return core.list_answer('orders', asked, data, few);
end
$$;
select core.operation('orders_list', permission => 'orders.read', input =>
    '{"view": "line?", "q": "line?", "kind": "line?", "partner": "uuid?",
    "whose": "line?", "sort": "line?", "columns": "line?", "saved": "uuid?", "after": "line?",
    "limit": "int?"}');
