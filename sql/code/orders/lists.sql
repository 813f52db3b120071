-- SPDX-License-Identifier: Apache-2.0
--
-- The lists of this area: views and columns (core/list.sql).

select core.declare_list('orders', array['open', 'late', 'week', 'unanswered',
    'overdue', 'decisions', 'drafts', 'held', 'all'], $$[
    {"name": "number", "label": "orders.number", "always": true,
        "sort": "h.number", "type": "text"},
    {"name": "partner", "label": "partner", "portals": ["desk"],
        "cell": "partner.name", "type": "text", "sort":
        "(select p.name from core.partner p where p.id = h.partner_id)"},
    {"name": "partner_number", "label": "orders.their_number",
        "portals": ["desk"]},
    {"name": "partner_number", "label": "orders.partner_number",
        "portals": ["distributor", "supplier"]},
    {"name": "issue_date", "label": "orders.issue_date", "kind": "date",
        "sort": "h.issue_date", "type": "date"},
    {"name": "requested_date", "label": "orders.wanted", "kind": "date",
        "sort": "h.requested_date", "type": "date", "more": true},
    {"name": "lines", "label": "orders.lines", "kind": "number",
        "numeric": true},
    {"name": "open_lines", "label": "orders.open_lines", "kind": "number",
        "numeric": true, "sort": "h.open_lines", "type": "numeric",
        "more": true},
    {"name": "next_date", "label": "orders.next_date", "kind": "date",
        "sort": "h.next_date", "type": "date"},
    {"name": "total", "label": "orders.total", "kind": "money",
        "numeric": true, "sort": "h.total", "type": "numeric", "more": true},
    {"name": "open_value", "label": "orders.open_value", "kind": "money",
        "numeric": true, "sort": "h.open_value", "type": "numeric"},
    {"name": "response_due", "label": "orders.response_due",
        "kind": "instant", "sort": "h.response_due", "type": "timestamptz",
        "more": true},
    {"name": "source", "label": "orders.source", "kind": "source",
        "more": true},
    {"name": "responsible", "label": "whose.person", "portals": ["supplier"],
        "cell": "responsible.name", "more": true},
    {"name": "status", "label": "status", "kind": "order_status"}]$$);

select core.declare_list('worklist', array['to_confirm', 'late',
    'ready_to_ship', 'all'], $$[
    {"name": "line", "label": "orders.line", "always": true,
        "cell": "order.number/line_id", "sort": "h.number || '/' || l.line_id",
        "type": "text"},
    {"name": "item", "label": "orders.item", "cell": "item.name"},
    {"name": "ordered", "label": "orders.quantity", "kind": "quantity",
        "numeric": true, "sort": "l.ordered", "type": "numeric"},
    {"name": "price", "label": "orders.price", "kind": "money",
        "numeric": true, "sort": "l.price", "type": "numeric", "more": true},
    {"name": "amount", "label": "orders.amount", "kind": "money",
        "numeric": true, "more": true},
    {"name": "requested_date", "label": "orders.wanted", "kind": "date",
        "sort": "l.requested_date", "type": "date"},
    {"name": "confirmed", "label": "orders.confirmed", "kind": "quantity"},
    {"name": "expected_date", "label": "label.date.expected", "kind": "date",
        "sort": "l.expected_date", "type": "date", "more": true},
    {"name": "shipped", "label": "orders.shipped", "kind": "quantity",
        "numeric": true, "more": true},
    {"name": "ship_to", "label": "orders.ship_to", "cell": "ship_to.name",
        "more": true},
    {"name": "responsible", "label": "whose.person",
        "cell": "responsible.name", "more": true},
    {"name": "response_due", "label": "orders.response_due",
        "kind": "instant", "sort": "h.response_due", "type": "timestamptz"},
    {"name": "status", "label": "status", "kind": "line_status"}]$$);

select core.declare_list('despatches', array['sent', 'counted', 'short',
    'all'], $$[
    {"name": "number", "label": "despatches.number", "always": true,
        "sort": "d.number", "type": "text", "filled": true},
    {"name": "partner", "label": "partner", "portals": ["desk"],
        "cell": "partner.name"},
    {"name": "orders", "label": "orders.title", "kind": "list"},
    {"name": "ship_date", "label": "despatches.ship_date", "kind": "date",
        "sort": "d.ship_date", "type": "date"},
    {"name": "arrival_date", "label": "despatches.arrival_date", "kind": "date",
        "sort": "d.arrival_date", "type": "date"},
    {"name": "carrier", "label": "orders.carrier"},
    {"name": "packages", "label": "despatches.packages",
        "kind": "number", "numeric": true},
    {"name": "lines", "label": "orders.lines", "kind": "number",
        "numeric": true},
    {"name": "created_at", "label": "lists.created", "more": true,
        "kind": "instant",
        "sort": "d.created_at", "type": "timestamptz", "filled": true},
    {"name": "status", "label": "status", "cell": "state",
        "kind": "despatch_state"}]$$);

select core.declare_list('invoices', array['open', 'matched', 'disputed',
    'accepted', 'all'], $$[
    {"name": "number", "label": "invoices.number", "always": true,
        "sort": "v.number", "type": "text", "filled": true},
    {"name": "partner", "label": "partner", "portals": ["desk"],
        "cell": "partner.name"},
    {"name": "order", "label": "invoices.order",
        "cell": "order.number"},
    {"name": "issue_date", "label": "invoices.issue_date", "kind": "date",
        "sort": "v.issue_date", "type": "date"},
    {"name": "due_date", "label": "invoices.due_date", "kind": "date",
        "sort": "v.due_date", "type": "date"},
    {"name": "amount", "label": "invoices.amount", "kind": "money",
        "numeric": true,
        "sort": "v.amount", "type": "numeric"},
    {"name": "differences", "label": "invoices.differences", "kind": "number",
        "numeric": true},
    {"name": "created_at", "label": "lists.created", "more": true,
        "kind": "instant",
        "sort": "v.created_at", "type": "timestamptz", "filled": true},
    {"name": "status", "label": "status", "cell": "state",
        "kind": "invoice_state"}]$$);

select core.declare_list('holds', array['held', 'released'], $$[
    {"name": "line", "label": "orders.line", "always": true,
        "cell": "order.number/line_id"},
    {"name": "partner", "label": "partner", "cell": "partner.name"},
    {"name": "reason", "label": "holds.reason", "sort": "x.reason",
        "type": "text"},
    {"name": "held_at", "label": "holds.held", "kind": "instant",
        "sort": "x.held_at",
        "type": "timestamptz", "filled": true},
    {"name": "outcome", "label": "holds.outcome", "kind": "instant",
        "cell": "released_at"}]$$);

-- Keys of the orders that a list is asked for, in its order.
create or replace function orders.find_by(asked jsonb, of_kind text, keys jsonb,
    most int, whose bigint[])
returns bigint[] language plpgsql stable as $$
declare
	portal text := core.me_portal();
	view text := asked ->> 'view';
	of_partner bigint := orders.partner_key(asked);
	words text := nullif(trim(asked ->> 'q'), '');
begin
	if asked ->> 'sort' is null then
		return orders.find(view, of_kind, of_partner, words, portal, keys,
		    most, whose);
	end if;
	return core.list_sorted('orders', asked ->> 'sort',
	    'orders.head h where ' || concat_ws(' and ',
	    case when view = 'held' then format('%L = ''desk'' and '
	        || 'orders.is_held(h.id)', portal)
	    else format('orders.in_view(h, %L, %L, %L, %L)', view, portal,
	        core.today(), core.now()) end,
	    case when view <> 'all' then 'orders.is_live(h.state)' end,
	    'h.kind = ' || quote_literal(of_kind),
	    'h.partner_id = ' || of_partner,
	    format('orders.is_whose(h, %L)', whose),
	    case when words is not null then format('h.id = any (%L::bigint[])',
	        orders.found(words, view <> 'all', of_kind,
	        of_partner)) end), 'h.id', keys, most);
end
$$;

-- core.list_sorted, read as orders.worklist_some reads.
create or replace function orders.worklist_sorted(sort text, source text,
    keys jsonb, most int)
returns bigint[] language plpgsql stable set enable_nestloop = off as $$
begin
	return core.list_sorted('worklist', sort, source, 'l.id', keys, most);
end
$$;

-- Keys of the worklist's lines, in its order.
create or replace function orders.worklist_by(asked jsonb, keys jsonb, most int)
returns bigint[] language plpgsql stable as $$
declare
	view text := asked ->> 'view';
	words text := nullif(trim(asked ->> 'q'), '');
	whose bigint[] := orders.whose(asked);
	source text;
begin
	if asked ->> 'sort' is null then
		return orders.worklist_find(view, words, keys, most, whose);
	end if;
	source := 'orders.line l join orders.head h on h.id = l.order_id where '
	    || concat_ws(' and ', 'h.kind = ''purchase''',
	    'orders.is_open(h.state)', format('orders.in_worklist(l, %L, %L)',
	        view, core.today()),
	    case when view <> 'all' then 'not orders.line_over(l.state)' end,
	    format('orders.is_whose(h, %L)', whose),
	    case when words is not null then format('h.id = any (%L::bigint[])',
	        orders.found(words, true)) end);
	if view = 'all' then
		return core.list_sorted('worklist', asked ->> 'sort', source, 'l.id',
		    keys, most);
	end if;
	return orders.worklist_sorted(asked ->> 'sort', source, keys, most);
end
$$;
