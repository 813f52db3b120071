-- SPDX-License-Identifier: Apache-2.0
--
-- The first screen of each portal. Each number carries the link to its rows
-- (path without the door).

grant usage on schema desk to kontor_distributor, kontor_supplier,
	kontor_desk, kontor_worker, kontor_admin;

select core.grant_permission('home.read', 'distributor_user',
    'distributor_admin', 'supplier_user', 'supplier_admin',
    'account_manager', 'agent', 'administrator', 'machine');

-- One number with its link.
create or replace function desk.kpi(name text, n bigint, tone text,
    href text)
returns json language sql stable as $$
	select json_build_object('name', name, 'value', n,
	    'tone', case when n = 0 then 'neutral' else tone end, 'href', href)
$$;

-- One thing that waits for the caller; nothing when there is none.
create or replace function desk.need(kind text, n bigint, href text)
returns jsonb language sql stable as $$
	select case when n > 0 then jsonb_build_array(jsonb_build_object(
	    'kind', kind, 'count', n, 'href', href)) else '[]' end
$$;

-- Documents in trouble, of those the caller sees.
create or replace function desk.documents_failed()
returns bigint language plpgsql stable as $$
begin
	return (select count(*) from exchange.document
	    where state in ('quarantined', 'failed')
	    or (state = 'rejected' and received_at > core.now()
	        - interval '7 days'));
end
$$;

-- Lines that arrive in the next seven days.
create or replace function desk.arriving(most int)
returns json language plpgsql stable as $$
declare
	today date := core.today();
begin
	return (select coalesce(json_agg(json_build_object('order',
	    json_build_object('id', h.public_id, 'number', h.number,
	        'partner_number', h.partner_number), 'line_id', l.line_id,
	    'item', json_build_object('number', i.number, 'name',
	        case core.me_language() when 'de' then i.name_de
	        else i.name_en end),
	    'date', l.expected_date, 'quantity', orders.quantity(
	        l.confirmed + l.backordered - l.shipped, l.unit),
	    'status', orders.line_status(l.state, h.kind, 'distributor'),
	    'tone', orders.tone(orders.line_status(l.state, h.kind,
	        'distributor'), false)) order by l.expected_date, l.id), '[]')
	from (select * from orders.line x
	    where x.expected_date between today and today + 6
	    and x.state in ('accepted', 'backordered', 'part_shipped')
	    order by x.expected_date, x.id limit most) l
	join orders.head h on h.id = l.order_id and orders.is_open(h.state)
	join item.item i on i.id = l.item_id);
end
$$;

-- Counts of orders, as views count them.
create or replace function desk.order_counts(portal text)
returns record language plpgsql stable as $$
declare
	today date := core.today();
	t timestamptz := core.now();
	c record;
begin
	select count(*) filter (where orders.in_view(h, 'open', portal, today, t))
	        as open,
	    count(*) filter (where orders.in_view(h, 'late', portal, today, t))
	        as late,
	    count(*) filter (where orders.in_view(h, 'week', portal, today, t))
	        as week,
	    count(*) filter (where orders.in_view(h, 'unanswered', portal, today, t))
	        as unanswered,
	    count(*) filter (where h.state = 'draft') as drafts,
	    count(*) filter (where orders.in_view(h, 'overdue', portal, today, t))
	        as overdue,
	    count(*) filter (where h.status = 'undecided'
	        and h.kind = 'purchase') as decisions
	into c from orders.head h
	where orders.is_live(h.state)
	and (portal <> 'desk' or h.kind = 'purchase' or h.state <> 'draft');
	return c;
end
$$;

create or replace function desk.home_distributor()
returns json language plpgsql stable as $$
declare
	c record := desk.order_counts('distributor');
	failed bigint := desk.documents_failed();
begin
	return json_build_object('needs_you',
	    desk.need('decisions', c.unanswered, '/orders?view=unanswered')
	    || desk.need('drafts', c.drafts, '/orders?view=drafts')
	    || desk.need('documents', failed, '/documents?view=attention'),
	    'kpis', json_build_array(
	        desk.kpi('orders_open', c.open, 'info', '/orders?view=open'),
	        desk.kpi('orders_late', c.late, 'bad', '/orders?view=late'),
	        desk.kpi('orders_week', c.week, 'ok', '/orders?view=week'),
	        desk.kpi('documents_failed', failed, 'bad',
	            '/documents?view=attention')),
	    'arriving', desk.arriving(10), 'announcements', news.current(3),
	    'orders', orders.rows(orders.find('all', 'sales', null, null,
	        'distributor', null, 5), 'distributor'),
	    'first_use', c.open + c.drafts = 0);
end
$$;

create or replace function desk.home_supplier()
returns json language plpgsql stable as $$
declare
	failed bigint := desk.documents_failed();
	c record := desk.order_counts('supplier');
	views jsonb := orders.worklist_views('all', orders.whose('{}'))::jsonb;
	n jsonb := (select jsonb_object_agg(v ->> 'name', v -> 'count')
	    from jsonb_array_elements(views) v);
begin
	return json_build_object('needs_you',
	    desk.need('to_confirm', (n ->> 'to_confirm')::bigint,
	        '/worklist?view=to_confirm')
	    || desk.need('changes', (select count(*) from orders.head h
	        where h.kind = 'purchase' and h.change_id is not null),
	        '/orders?view=unanswered')
	    || desk.need('overdue', c.overdue, '/orders?view=overdue')
	    || desk.need('reminded', orders.reminded_count(),
	        '/orders?view=unanswered')
	    || desk.need('documents', failed, '/documents?view=attention'),
	    'kpis', json_build_array(
	        desk.kpi('to_confirm', (n ->> 'to_confirm')::bigint, 'info',
	            '/worklist?view=to_confirm'),
	        desk.kpi('late', (n ->> 'late')::bigint, 'bad',
	            '/worklist?view=late'),
	        desk.kpi('ready_to_ship', (n ->> 'ready_to_ship')::bigint, 'ok',
	            '/worklist?view=ready_to_ship'),
	        desk.kpi('documents_failed', failed, 'bad',
	            '/documents?view=attention')),
	    'announcements', news.current(3),
	    'orders', orders.rows(orders.find('unanswered', 'purchase', null,
	        null, 'supplier', null, 10), 'supplier'));
end
$$;

create or replace function desk.home_desk()
returns json language plpgsql stable as $$
declare
	c record := desk.order_counts('desk');
	failed bigint := desk.documents_failed();
begin
	return json_build_object('needs_you',
	    desk.need('overdue', c.overdue,
	        '/orders?view=overdue&kind=purchase')
	    || desk.need('decisions', c.decisions,
	        '/orders?view=decisions&kind=purchase')
	    || desk.need('releases', c.drafts, '/orders?view=drafts')
	    || desk.need('held', orders.held_count(), '/holds')
	    || desk.need('documents', failed, '/documents?view=attention')
	    || desk.need('acks', exchange.overdue_count(),
	        '/documents?view=unacknowledged')
	    || desk.need('mails', core.mail_trouble(), '/mails'),
	    'kpis', json_build_array(
	        desk.kpi('orders_open', c.open, 'info', '/orders?view=open'),
	        desk.kpi('orders_late', c.late, 'bad', '/orders?view=late'),
	        desk.kpi('unanswered', c.unanswered, 'warn',
	            '/orders?view=unanswered'),
	        desk.kpi('documents_failed', failed, 'bad',
	            '/documents?view=attention')),
	    'orders', desk.unanswered(10),
	    'documents', exchange.rows(array(select d.id
	        from exchange.document d where d.state in ('quarantined', 'failed')
	        order by d.received_at desc, d.id desc limit 10)));
end
$$;

-- Supplier orders that wait for an answer, first due first.
create or replace function desk.unanswered(most int)
returns json language plpgsql stable as $$
begin
	return orders.rows(array(select h.id from orders.head h
	    where h.kind = 'purchase'
	    and h.state in ('submitted', 'acknowledged', 'change_pending')
	    order by h.response_due nulls last, h.id limit most), 'desk');
end
$$;

-- Home.
--   result  distributor:
--           {"needs_you": [{"kind": "decisions|drafts|documents", "count": 2,
--              "href": "/orders?view=unanswered"}],
--            "kpis": [{"name": "orders_open|orders_late|orders_week|
--              documents_failed", "value": 7, "tone": "info", "href": "…"}],
--            "arriving": [{"order": {"id", "number", "partner_number"},
--              "line_id", "item": {"number", "name"}, "date", "quantity",
--              "status", "tone"}],
--            "orders": [row of orders_list, newest 5], "first_use": false,
--            "announcements": [the newest 3, shape: news.brief]}
--           supplier: needs_you (to_confirm, overdue, reminded), kpis (to_confirm, late,
--            ready_to_ship, documents_failed), orders, announcements
--           desk: needs_you (overdue, quarantined, releases, decisions,
--            held, documents, acks: acknowledgements overdue, mails: not
--            delivered), kpis, orders (unanswered purchase orders by due time),
--            documents (rows of documents_list in quarantine)
--           everybody: columns, show of orders (core.list_answer)
create or replace function api.home(input jsonb)
returns json language plpgsql stable as $$
begin
	return orders.both(case core.me_portal() when 'distributor'
	    then desk.home_distributor() when 'supplier'
	    then desk.home_supplier() else desk.home_desk() end,
	    json_build_object('columns', core.list_heads('orders',
	    core.list_usual('orders'), '{}', false), 'show',
	    core.list_show('orders', core.list_usual('orders'))));
end
$$;
select core.operation('home', permission => 'home.read', input => '{}');
