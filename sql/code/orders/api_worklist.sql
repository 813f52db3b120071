-- SPDX-License-Identifier: Apache-2.0
--
-- The supplier's worklist: lines, not orders.

-- Does a line belong to a view of the worklist?
create or replace function orders.in_worklist(l orders.line, view text,
    today date)
returns boolean language sql immutable as $$
	select case view when 'to_confirm' then l.state = 'open'
	    when 'late' then orders.line_late(l, today)
	    when 'ready_to_ship' then l.state in
	        ('accepted', 'part_shipped', 'backordered')
	    else true end
$$;

-- Until when a line that nobody has answered has to be: sorted by first.
create or replace function orders.answer_due(l orders.line, due timestamptz)
returns timestamptz language sql immutable as $$
	select case when l.state = 'open' then coalesce(due, 'infinity')
	    else 'infinity' end
$$;

-- When a line has to be delivered: sorted by next.
create or replace function orders.work_date(l orders.line)
returns date language sql immutable as $$
	select coalesce(l.expected_date, l.requested_date, 'infinity')
$$;

-- Keys of the lines of all open orders, in the worklist's order: what is
-- unanswered by the time when its answer is due, then the rest by date.
create or replace function orders.worklist_all(ids bigint[], keys jsonb,
    most int, whose bigint[])
returns bigint[] language plpgsql stable as $$
begin
	return array(select l.id
	    from orders.line l join orders.head h on h.id = l.order_id
	    where h.kind = 'purchase' and orders.is_open(h.state)
	    and orders.is_whose(h, whose)
	    and (ids is null or h.id = any (ids))
	    and (keys is null or (orders.answer_due(l, h.response_due),
	        orders.work_date(l), l.id) > ((keys ->> 0)::timestamptz,
	        (keys ->> 1)::date, (keys ->> 2)::bigint))
	    order by orders.answer_due(l, h.response_due),
	        orders.work_date(l), l.id limit most);
end
$$;

-- Keys of the lines of another view: something of them still moves, and
-- line_work_idx has those. How many, the planner does not know of a supplier:
-- both sides are read once, not one for each row of the other.
create or replace function orders.worklist_some(view text, ids bigint[],
    keys jsonb, most int, whose bigint[])
returns bigint[] language plpgsql stable set enable_nestloop = off as $$
declare
	today date := core.today();
begin
	return array(select l.id
	    from orders.line l join orders.head h on h.id = l.order_id
	    where h.kind = 'purchase' and orders.is_open(h.state)
	    and not orders.line_over(l.state)
	    and orders.in_worklist(l, view, today)
	    and orders.is_whose(h, whose)
	    and (ids is null or h.id = any (ids))
	    and (keys is null or (orders.answer_due(l, h.response_due),
	        orders.work_date(l), l.id) > ((keys ->> 0)::timestamptz,
	        (keys ->> 1)::date, (keys ->> 2)::bigint))
	    order by orders.answer_due(l, h.response_due),
	        orders.work_date(l), l.id limit most);
end
$$;

-- All lines begin with the unanswered ones whose answer is due: a page that
-- these fill needs no look at the others.
create or replace function orders.worklist_find(view text, q text,
    keys jsonb, most int, whose bigint[])
returns bigint[] language plpgsql stable as $$
declare
	ids bigint[] := case when q is not null then orders.found(q, true) end;
	first bigint[];
begin
	if view <> 'all' then
		return orders.worklist_some(view, ids, keys, most, whose);
	end if;
	first := orders.worklist_some('to_confirm', ids, keys, most, whose);
	return case when orders.worklist_keys(first[most]) ->> 0 <> 'infinity'
	    then first else orders.worklist_all(ids, keys, most, whose) end;
end
$$;

create or replace function orders.worklist_keys(last bigint)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_array(orders.answer_due(l, h.response_due),
	        orders.work_date(l), l.id)
	    from orders.line l join orders.head h on h.id = l.order_id
	    where l.id = last);
end
$$;

-- The views as tabs, each with its count; read as worklist_some reads.
create or replace function orders.worklist_views(wanted text,
    whose bigint[])
returns json language plpgsql stable set enable_nestloop = off as $$
declare
	today date := core.today();
begin
	return (with o as materialized (select h.id, h.line_count
	    from orders.head h
	    where h.kind = 'purchase' and orders.is_open(h.state)
	    and orders.is_whose(h, whose))
	select json_agg(json_build_object('name', v.name, 'count', v.n,
	    'current', v.name = wanted) order by v.ord)
	from (select
	        count(*) filter (where orders.in_worklist(l, 'to_confirm',
	            today)) as a,
	        count(*) filter (where orders.in_worklist(l, 'late', today)) as b,
	        count(*) filter (where orders.in_worklist(l, 'ready_to_ship',
	            today)) as c
	    from orders.line l join o on o.id = l.order_id
	    where not orders.line_over(l.state)) n,
	(select coalesce(sum(o.line_count), 0) as d from o) every,
	lateral (values (1, 'to_confirm', n.a), (2, 'late', n.b),
	    (3, 'ready_to_ship', n.c), (4, 'all', every.d)) v (ord, name, n));
end
$$;

-- The caller's own answers that may still be taken back.
create or replace function orders.worklist_undo()
returns json language plpgsql stable as $$
declare
	t timestamptz := core.now();
begin
	return (select json_build_object('until', max(l.undo_until),
	    'items', json_agg(l.public_id order by l.id))
	    from orders.line l
	    where l.undo_until > t and l.partner_id = core.me_partner()
	    having count(*) > 0);
end
$$;

create or replace function orders.worklist_rows(ids bigint[])
returns json language plpgsql stable as $$
declare
	portal text := core.me_portal();
	today date := core.today();
	t timestamptz := core.now();
	allowed jsonb := orders.actions_map('order_line', 'purchase');
	people jsonb := orders.people_map();
begin
	return (select coalesce(json_agg(orders.both(orders.line_core_json(l,
	    h.kind, h.currency, i, portal, orders.line_late(l, today)),
	    json_build_object('order', json_build_object('id', h.public_id,
	        'number', h.number, 'version', h.version, 'state', h.state),
	    'response_due', h.response_due,
	    'overdue', coalesce(h.response_due < t and l.state = 'open', false),
	    'ship_to', orders.party_json(h.ship_to),
	    'responsible', people -> h.responsible_id::text,
	    'next_date', h.next_date, 'actions', to_json(a.actions),
	    'can', orders.can(a.actions))) order by n.ord), '[]')
	from unnest(ids) with ordinality n (id, ord)
	join orders.line l on l.id = n.id
	join orders.head h on h.id = l.order_id
	left join item.item i on i.id = l.item_id,
	lateral (select orders.line_actions(l, h.state, allowed, false, false, t)
	    actions) a);
end
$$;

-- The supplier's lines to work on: what is unanswered, by the time when its
-- answer is due, then the rest by date.
--   input   view to_confirm|late|ready_to_ship|all = to_confirm, q text?,
--           whose mine|all|nobody|id of a colleague (orders.whose_name),
--           after text?, limit int = 50, sort, columns, saved
--   result  {"items": [row], "next", "view", "q", "views": [{"name", "count",
--            "current"}], "undo": {"until": ts, "items": ["<line>", …]} | null,
--            "announcements": [the newest 2, shape: news.brief],
--            "whose", "people", "whoses", "everybody" (orders.whose_json),
--            "actions": ["confirm", "propose", "reject", "ship", "assign"],
--            "can": {…}} and what core.list_answer adds
--   row     a line as above (without history, shipments, linked, hold) and
--           {"order": {"id", "number": "PO-45000171", "version", "state"},
--            "response_due": ts | null, "overdue": false,
--            "ship_to": party | null, "next_date": date | null,
--            "responsible": {"id", "name", "me", "stands_in"} | null}
create or replace function api.worklist_list(input jsonb)
returns json language plpgsql stable as $$
declare
	asked jsonb := core.list_open('worklist', input);
	wanted text := asked ->> 'view';
	most int := core.list_limit(asked);
	ids bigint[];
	actions text[] := case when core.me_may('orders.sell')
	    then array['confirm', 'propose', 'reject', 'ship', 'retract'] else '{}'
	    end;
	whose json := orders.whose_json('worklist', asked);
begin
	if json_array_length(whose -> 'people') > 0 and core.me_may('orders.assign') then
		actions := actions || 'assign'::text;
	end if;
	ids := orders.worklist_by(asked, core.cursor_read('worklist_list', asked),
	    most + 1);
	return core.list_answer('worklist', asked, orders.both(json_build_object(
	    'items', orders.worklist_rows(ids[1:most]),
	    'next', case when cardinality(ids) > most then core.cursor_make(
	        'worklist_list', asked, case when asked ? 'sort' then
	        core.list_keys('worklist', asked ->> 'sort', 'orders.line l join '
	            || 'orders.head h on h.id = l.order_id', 'l.id', ids[most])
	        else orders.worklist_keys(ids[most]) end) end,
	    'view', wanted, 'q', coalesce(asked ->> 'q', ''),
	    'views', orders.worklist_views(wanted, orders.whose(asked)),
	    'undo', orders.worklist_undo(),
	    'announcements', news.current(2),
	    'downloads', exchange.download_families(),
	    'actions', to_json(actions),
	    'can', orders.can(actions)), whose));
end
$$;
select core.operation('worklist_list', permission => 'worklist.read', input =>
    '{"view": "line?", "q": "line?", "whose": "line?", "sort": "line?",
    "columns": "line?", "saved": "uuid?", "after": "line?", "limit": "int?"}');
