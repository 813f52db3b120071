-- SPDX-License-Identifier: Apache-2.0
--
-- One order with everything about it. The same in every portal; what a caller
-- may not know is not in his rows.

-- The order that an input names; 404 when there is none for the caller.
create or replace function orders.by_id(input jsonb)
returns orders.head language plpgsql stable as $$
declare
	h orders.head;
begin
	select * into h from orders.head where public_id = core.input_id(input);
	if h.id is null or (h.kind = 'sales' and h.state = 'draft'
	    and core.me_portal() = 'desk') then
		perform core.fail_absent();
	end if;
	return h;
end
$$;

-- A party as answers show it.
create or replace function orders.party_json(p jsonb)
returns jsonb language sql immutable as $$
	select case when p is not null and p <> '{}' then
	    (p - 'address') || coalesce(p -> 'address', '{}') end
$$;

-- Other parties of an order; the house and the partner as documents name
-- them, unless the document named them.
create or replace function orders.parties_json(h orders.head)
returns json language plpgsql stable as $$
declare
	house jsonb := orders.house_party();
	partner jsonb := orders.partner_party(h.partner_id);
begin
	return json_build_object(
	    'buyer', orders.party_json(case h.kind when 'sales'
	        then partner || coalesce(h.parties -> 'buyer', '{}')
	        else house end),
	    'seller', orders.party_json(case h.kind when 'sales' then house
	        else partner end),
	    'ship_to', orders.party_json(h.ship_to),
	    'bill_to', orders.party_json(h.bill_to),
	    'end_customer', orders.party_json(h.parties -> 'end_customer'));
end
$$;

-- Documents of an order: those it came from or was answered by, and ours.
create or replace function orders.documents_json(h orders.head)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('id', d.public_id,
	    'number', d.number, 'direction', d.direction, 'type', d.type,
	    'family', d.family, 'state', d.state, 'tone', exchange.tone(d.state),
	    'at', coalesce(d.ready_at, d.received_at)) order by d.id), '[]')
	from exchange.document d
	where d.about = h.public_id or d.id in (select m.document_id
	    from exchange.message m where m.object_id = h.public_id));
end
$$;

create or replace function orders.shipments_json(h orders.head)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('id', s.public_id,
	    'despatch', (select d.public_id from orders.despatch d
	        where d.id = s.despatch_id),
	    'number', s.number, 'ship_date', s.ship_date, 'carrier', s.carrier,
	    'tracking', s.tracking, 'lines', (select json_agg(json_build_object(
	        'line_id', l.line_id, 'quantity',
	        orders.quantity(i.quantity, l.unit)) order by l.position)
	        from orders.shipment_line i join orders.line l on l.id = i.line_id
	        where i.shipment_id = s.id)) order by s.id), '[]')
	from orders.shipment s where s.order_id = h.id);
end
$$;

-- Linked orders, for the house only.
create or replace function orders.linked_json(h orders.head, portal text)
returns json language plpgsql stable as $$
begin
	if portal <> 'desk' then
		return '[]';
	end if;
	return (select coalesce(json_agg(json_build_object('id', o.public_id,
	    'number', o.number, 'kind', o.kind, 'state', o.state,
	    'status', orders.order_status(o.status, o.kind, portal),
	    'tone', orders.tone(orders.order_status(o.status, o.kind, portal),
	        false), 'partner', orders.partner_json(p)) order by o.id), '[]')
	from orders.head o join core.partner p on p.id = o.partner_id
	where o.id = h.linked_order_id or o.linked_order_id = h.id);
end
$$;

create or replace function orders.events_json(object uuid, most int)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(core.event_json(e) order by e.seq desc),
	    '[]') from (select * from core.event x where x.object_id = object
	        order by x.seq desc limit most) e);
end
$$;

-- Do suppliers answer for this order?
create or replace function orders.supplied(of_order bigint)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.head p
	    where p.linked_order_id = of_order);
end
$$;

-- What the caller may do with the whole order now.
create or replace function orders.order_actions(h orders.head)
returns text[] language plpgsql stable as $$
declare
	portal text := core.me_portal();
	allowed text[];
begin
	select array_agg(a.event) into allowed
	from jsonb_array_elements_text(orders.actions_map('order', h.kind)
	    -> h.state) a (event)
	where case a.event
	    when 'release' then h.kind = 'purchase'
	    when 'submit' then h.kind = 'sales'
	    when 'discard' then h.kind = 'sales'
	    when 'confirm' then h.kind = 'purchase' or not orders.supplied(h.id)
	    when 'reject' then h.kind = 'purchase' or not orders.supplied(h.id)
	    when 'respond' then not orders.supplied(h.id) and not exists (select from orders.line
	        where order_id = h.id and state = 'open')
	    when 'cancel' then not orders.left_in_part(h.id)
	    else true end
	and (h.change_id is null or a.event = 'cancel' and orders.changeable(h)
	    and (orders.change_waiting(h)).kind = 'change');
	if orders.side('orders.buy', h.kind, portal)
	    and core.me_may('orders.buy') and orders.changeable(h) then
		allowed := allowed || 'change'::text;
	end if;
	if portal = 'distributor' and core.me_may('orders.create') then
		allowed := allowed || 'template'::text;
	end if;
	if orders.may_attach(h) then
		allowed := allowed || 'attach'::text;
	end if;
	if h.kind = 'sales' and core.me_may('cases.log') then
		allowed := allowed || 'log_case'::text;
	end if;
	if h.kind = 'sales' and h.state <> 'draft'
	    and core.me_may('cases.create') then
		allowed := allowed || 'ask'::text;
	end if;
	if portal = 'distributor' and h.state <> 'draft' then
		allowed := allowed || 'copy'::text;
	elsif portal = 'distributor' then
		allowed := allowed || 'edit'::text;
	elsif portal = 'supplier' and core.me_may('despatches.create')
	    and exists (select from orders.line l where l.order_id = h.id
	        and l.state in ('accepted', 'backordered', 'part_shipped')) then
		allowed := allowed || 'despatch'::text;
	end if;
	if portal = 'supplier' and orders.is_open(h.state)
	    and core.me_may('orders.assign')
	    and json_array_length(orders.people_json()) > 0 then
		allowed := allowed || 'assign'::text;
	end if;
	return coalesce(allowed, '{}');
end
$$;

-- Which deviations the agreement lets pass without a decision, and how much
-- more than confirmed may leave; null where none.
create or replace function orders.tolerance_json(h orders.head)
returns json language plpgsql stable as $$
declare
	t jsonb := coalesce((exchange.terms(h.partner_id)).tolerances, '{}');
	days int := nullif((t ->> 'days')::int, 0);
	quantity numeric := nullif((t ->> 'quantity_percent')::numeric, 0);
	price numeric := nullif((t ->> 'price_percent')::numeric, 0);
	more numeric := nullif((select max(over_ship) from orders.line
	    where order_id = h.id), 0);
begin
	return json_build_object('days', days,
	    'quantity_percent', trim_scale(quantity)::text,
	    'price_percent', trim_scale(price)::text,
	    'over_ship_percent', trim_scale(more)::text,
	    'none', coalesce(days, quantity, price) is null);
end
$$;

-- One order as answers show it, whatever was done with it.
--   input  of orders_show: which lines, and how much of them
create or replace function orders.show_json(h orders.head,
    input jsonb default '{}')
returns json language plpgsql stable as $$
declare
	portal text := core.me_portal();
	actions text[] := orders.order_actions(h);
	partner core.partner;
	paged jsonb := orders.lines_page(h, input);
	decisions int;
	unanswered int;
begin
	if portal = 'desk' then
		select * into partner from core.partner where id = h.partner_id;
	end if;
	select count(*) filter (where state = 'proposed'),
	    count(*) filter (where state = 'open') into decisions, unanswered
	from orders.line where order_id = h.id;
	return orders.both(orders.both(orders.row_json(h, portal, core.today(),
	    core.now(), orders.partner_json(partner)),
	    json_build_object('order_version', h.order_version,
	    'order_kind', h.order_kind, 'response_code', h.response_code,
	    'submitted_at', h.submitted_at,
	    'acknowledged_at', h.acknowledged_at, 'answered_at', h.answered_at,
	    'person', coalesce(core.person_name(h.person_id), case h.source
	        when 'telephone' then (select name from core.house) end),
	    'document', (
	        select json_build_object('id', d.public_id, 'number', d.number)
	        from exchange.document d where d.id = h.document_id),
	    'texts', h.texts, 'refs', h.refs)), orders.both(
	    orders.parties_json(h), json_build_object(
	    'lines', orders.lines_json(h, portal, coalesce(paged, '{}') || case
	        when input ->> 'expand' = 'history' then '{"said": true}'
	        else '{}' end::jsonb),
	    'lines_page', paged - '{first,last}'::text[],
	    'shipments', orders.shipments_json(h),
	    'documents', orders.documents_json(h),
	    'attachments', orders.files_json(h),
	    'invoices', orders.invoices_json(h),
	    'reports', orders.reports(h),
	    'downloads', exchange.download_families(),
	    'events', orders.events_json(h.public_id, 50),
	    'linked', orders.linked_json(h, portal), 'refusal', h.refusal,
	    'changes', orders.changes_json(h, portal),
	    'versions', orders.versions_json(h),
	    'clock', orders.clock_json(h, portal), 'draft', h.draft,
	    'tolerance', case when h.state <> 'draft'
	        then orders.tolerance_json(h) end,
	    'decisions', case when orders.side('orders.buy', h.kind, portal)
	        then decisions else 0 end,
	    'unanswered', case when orders.side('orders.sell', h.kind, portal)
	        then unanswered else 0 end,
	    'responsible', case when portal = 'supplier'
	        then orders.people_map() -> h.responsible_id::text end,
	    'people', case when 'assign' = any (actions)
	        then orders.people_json() else '[]' end,
	    'actions', to_json(actions), 'can', orders.can(actions))));
end
$$;

create or replace function orders.show(h orders.head,
    input jsonb default '{}')
returns core.answer language plpgsql stable as $$
begin
	return core.ok(orders.show_json(h, input), h.version);
end
$$;

-- One order with everything about it.
--   input   id uuid; of its lines at most limit int? (100, at most 500), the
--           page on which line? stands; expand? history: who said what of them
--   result  the members of a row above and
--           {"order_version": 1, "order_kind": "standard",
--            "response_code": "CA" | null, "submitted_at": ts,
--            "acknowledged_at": ts | null, "answered_at": ts | null,
--            "person": "Dana Distributor" | null,
--            "document": {"id", "number"} | null,        the one it came from
--            "buyer": party | null, "seller": party | null,
--            "ship_to": party | null, "bill_to": party | null,
--            "end_customer": party | null,
--            "texts": [{"kind", "language", "value"}],
--            "refs": [{"kind", "number"}],
--            "lines": [line], "lines_page": {"from": 101, "to": 200,
--              "count": 500, "pages": [{"line": first of the page, "from",
--              "to", "current"}]} | null, where they do not fit on one page,
--            "shipments": [shipment],
--            "documents": [{"id", "number", "direction": "in", "type": "order",
--                           "family": "edifact", "state": "applied", "at": ts}],
--            "attachments": [file of orders.files_json],
--            "invoices": [row of invoices_list], of a purchase order
--            "reports": true,      status documents are agreed (orders_report)
--            "events": [event], newest first, at most 50
--            "linked": [{"id", "number", "kind", "state", "status", "tone",
--                        "partner": {"id", "name"}}],    desk only, else []
--            "refusal": {"code": "…", "text": "…"} | null,
--            "changes": [change], newest first, shape: change_json.sql
--            "versions": [{"version": 1, "state": "pending|in_force|former|
--              refused", "source", "document": {"id", "number"} | null,
--              "created_at": ts}], oldest first
--            "clock": {"due", "since", "hours", "calendar", "overdue",
--              "remind_at", "reminded_at", "escalated_at", "told": ["…"]} | null,
--                          of the awaited answer (orders.clock_json)
--            "tolerance": {"days": 1 | null, "quantity_percent": "2" | null,
--              "price_percent", "over_ship_percent", "none": every deviation
--              is decided upon},
--            "draft": input of orders_create | null,
--            "decisions": 2,       lines waiting for the caller's decision
--            "unanswered": 1,      lines the caller, as seller, has to answer
--            "responsible": {"id", "name", "me", "stands_in"} | null, who of
--                          the supplier, to him only
--            "people": [{"id", "name", "me"}], to whom the caller may hand it
--            "actions": ["cancel"], "can": {"cancel": true}}
--   line    {"id": "0190…", "line_id": "10", "version": 3,
--            "item": {"id", "number", "name", "gtin", "buyers_item_id",
--                     "sellers_item_id"},
--            "unit": "C62", "ordered": quantity, "open": quantity,
--            "confirmed": quantity, "backordered": quantity,
--            "rejected": quantity, "cancelled": quantity, "shipped": quantity,
--            "received": quantity, "counted": bool,
--            "price": money | null, "price_base": "1",
--            "offered_price": money | null,   supplier asks another one
--            "amount": money | null,
--            "requested_date": date | null, "first_promised_date": date | null,
--            "latest_promised_date": date | null, "expected_date": date | null,
--            "state": "proposed", "status": "decision_wanted", "tone": "info",
--            "late": false, "split": true, "answer": "3" | null,
--            "deviates": {"date": true, "quantity": false, "price": false,
--                "expected": false},     expected is not what was promised last
--            "substitute": {"number", "name", "gtin"} | null,  offered instead
--            "original": {"number", "name", "gtin"} | null,    first ordered
--            "changing": false,              a change of it waits for an answer
--            "reason": {"code": "capacity", "text": "…"} | null,
--            "undo_until": ts | null,        "retract" is in actions until then
--            "schedule": [{"kind": "confirmed", "quantity": quantity,
--                          "date": "2026-12-03"}],
--            "promise": {"parts": [{"quantity", "date"}], "backorder":
--            {"quantity", "date"} | null} | null,   where an answer starts
--            "shipments": [{"id", "number", "ship_date", "quantity": quantity,
--                           "carrier", "tracking"}],
--            "questions": [{"id", "number", "case_type", "subject", "state",
--              "tone", "created_at"}], cases about it, newest first; "ask" in
--              the order's actions: the caller may open one
--            "history": [value] | null, oldest first, where asked for
--            "dates": [{"name": "requested|first_promised|latest_promised|
--              expected", "date": date | null, "said": true, "entry": nr |
--              null}], where entry is the nr of the value that says it
--            "hold": {"reason": "…", "person": "…", "at": ts} | null,   desk
--            "linked": [{"line": uuid, "order": uuid, "number", "line_id",
--                        "partner": {"id", "name"}, "state"}],          desk
--            "actions": ["accept", "refuse"], "can": {"accept": true, …}}
--   line status  to_confirm waiting decision_wanted proposed confirmed
--           backordered part_shipped shipped received short rejected cancelled
--   value   {"nr": 5, "field": "promised_date", "numeric": false,
--            "value": "2026-12-09",
--            "old": "2026-12-03" | null, "said_at": ts, "received_at": ts,
--            "person": "…" | null, "client": "…" | null, "organisation": "…",
--            "source": "portal|edi|api|import|telephone|shared|system",
--            "document": {"id", "number"} | null, "pointer": "/lines/1/…" | null,
--            "event": seq | null,      of the timeline, where no document says it
--            "current": true,
--            "superseded_by": {"nr", "value", "received_at"} | null,
--            "origin": {"order", "partner", "document", "pointer", "person",
--              "source", "said_at"} | null}         desk only: of a value shared
--   fields  ordered_quantity requested_date price status confirmed_quantity
--           backordered_quantity rejected_quantity cancelled_quantity
--           promised_date backorder_date shipped_quantity expected_date reason
--           substitute received_quantity invoiced_quantity carrier tracking
--   party   {"name", "street": ["…"], "postal_code", "city", "region",
--            "country", "gln", "assigned_by_buyer", …}
--   shipment {"id", "despatch": uuid, "number": "LS-77", "ship_date", "carrier", "tracking",
--            "lines": [{"line_id", "quantity": quantity}]}
--   event   core.event_json: {"seq", "at", "type", "object", "id",
--            "number", "actor", "portal", "channel", "internal", "data",
--            "cause", "document"}
create or replace function api.orders_show(input jsonb)
returns core.answer language plpgsql stable as $$
declare
	h orders.head := orders.by_id(input);
begin
	if input ->> 'expand' not in ('', 'history') then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/expand',
		    'value.choice')));
	end if;
	return orders.show(h, input);
end
$$;
select core.operation('orders_show', permission => 'orders.read',
    input => '{"id": "uuid", "line": "line?", "limit": "int?",
    "expand": "line?"}');

-- One line of an order with who said what of it, and when.
--   input   id uuid, line, as its order numbers it
--   result  {"order": {"id", "number", "state", "order_kind",
--            "partner_number"}, "line": line, whose values say which of the
--            dates they are: "dates": ["requested"]}
create or replace function api.orders_line_show(input jsonb)
returns json language plpgsql stable as $$
declare
	h orders.head := orders.by_id(input);
	portal text := core.me_portal();
	l orders.line;
	shown json;
begin
	select * into l from orders.line x where x.order_id = h.id
	and x.line_id = input ->> 'line';
	if l.id is null then
		perform core.fail_absent();
	end if;
	shown := orders.lines_json(h, portal, jsonb_build_object('first',
	    l.position, 'last', l.position, 'said', true, 'only', l.id)) -> 0;
	return json_build_object('order', json_build_object('id', h.public_id,
	    'number', h.number, 'state', h.state, 'order_kind', h.kind,
	    'partner_number', h.partner_number), 'line', orders.both(shown,
	    json_build_object('history', orders.dated(shown))));
end
$$;
select core.operation('orders_line_show', permission => 'orders.read',
    input => '{"id": "uuid", "line": "line"}');

-- The history of a line, each value with the dates that it is.
create or replace function orders.dated(line json)
returns json language plpgsql stable as $$
begin
	return (select json_agg(orders.both(v, json_build_object('dates', array(
	        select d ->> 'name' from json_array_elements(line -> 'dates') d
	        where d ->> 'entry' = v ->> 'nr'))) order by n)
	    from json_array_elements(line -> 'history') with ordinality t (v, n));
end
$$;
