-- SPDX-License-Identifier: Apache-2.0
--
-- Invoices and credit notes of suppliers on screens and over HTTP.

create or replace function orders.invoice_row(v orders.invoice)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_build_object('id', v.public_id, 'number', v.number,
	    'kind', v.kind, 'state', v.state, 'tone', (core.state_json('invoice',
	        v.state)) ->> 'tone', 'version', v.version,
	    'issue_date', v.issue_date, 'due_date', v.due_date,
	    'amount', orders.money(v.amount, v.currency),
	    'created_at', v.created_at, 'order', (select jsonb_build_object('id',
	        h.public_id, 'number', h.number)
	        from orders.head h where h.id = v.order_id),
	    'differences', jsonb_array_length(v.findings) + (select
	        coalesce(sum(jsonb_array_length(i.findings)), 0)
	        from orders.invoice_line i where i.invoice_id = v.id),
	    'partner', case when core.me_portal() = 'desk' then (
	        select orders.partner_json(p) from core.partner p
	        where p.id = v.partner_id) end);
end
$$;

-- Invoices attached to an order, newest last; for an order's page.
create or replace function orders.invoices_json(h orders.head)
returns json language plpgsql stable as $$
begin
	if h.kind <> 'purchase' or not core.me_may('invoices.read') then
		return '[]';
	end if;
	return (select coalesce(json_agg(orders.invoice_row(v) order by v.id),
	    '[]') from orders.invoice v where v.order_id = h.id);
end
$$;

-- Is an invoice in a view?
create or replace function orders.invoice_in(state text, view text)
returns boolean language sql immutable as $$
	select case view when 'open' then state in ('differs', 'disputed')
	    when 'all' then true else state = view end
$$;

-- A page of invoices, newest first.
--   input   view open|matched|accepted|disputed|all = open, q text? (number,
--           order number), partner uuid? (desk), after, limit, sort, columns,
--           saved (core.list_open)
--   result  {"items": [row], "next", "view", "q", "views": [{"name", "count",
--           "current"}], "filtered": false}
--   row     {"id", "number": "R-77", "kind": "invoice|credit", "state",
--           "tone", "issue_date", "due_date": date | null, "amount": money,
--           "created_at", "order": {"id", "number"}, "differences": 2,
--           "version", "partner" (desk)}
create or replace function api.invoices_list(input jsonb)
returns json language plpgsql stable as $$
declare
	asked jsonb := core.list_open('invoices', input);
	wanted text := asked ->> 'view';
	q text := nullif(trim(asked ->> 'q'), '');
	ids bigint[] := core.list_page('invoices', '-created_at', asked,
	    'orders.invoice v', concat_ws(' and ',
	    format('orders.invoice_in(v.state, %L)', wanted),
	    'v.partner_id = ' || orders.partner_key(asked),
	    case when q is not null then format('v.id = any (%L::bigint[])',
	        orders.found_invoices(q, orders.partner_key(asked))) end),
	    'v.id');
begin
	return core.list_answer('invoices', asked, json_build_object('items',
	    (select coalesce(json_agg(orders.invoice_row(v) order by n), '[]')
	        from unnest(ids[:core.list_limit(asked)])
	        with ordinality i (id, n) join orders.invoice v on v.id = i.id),
	    'next', core.list_next('invoices', '-created_at', asked,
	        'orders.invoice v', 'v.id', ids),
	    'view', wanted, 'q', coalesce(q, ''), 'views', (select json_agg(
	        json_build_object('name', n.name, 'count', (select count(*)
	            from orders.invoice v
	            where orders.invoice_in(v.state, n.name)),
	        'current', n.name = wanted) order by n.place)
	        from unnest(array['open', 'matched', 'disputed', 'accepted',
	        'all']) with ordinality n (name, place)),
	    'filtered', q is not null or wanted <> 'all'));
end
$$;
select core.operation('invoices_list', permission => 'invoices.read',
    input => '{"view": "line?", "q": "line?", "partner": "uuid?",
    "sort": "line?", "columns": "line?", "saved": "uuid?", "after": "line?",
    "limit": "int?"}');

-- The caller's invoice; 404 when there is none.
create or replace function orders.invoice_by_id(input jsonb)
returns orders.invoice language plpgsql stable as $$
declare
	v orders.invoice;
begin
	select * into v from orders.invoice
	where public_id = core.input_id(input);
	if v.id is null then
		perform core.fail_absent();
	end if;
	return v;
end
$$;

create or replace function orders.invoice_line_json(i orders.invoice_line,
    currency text)
returns json language plpgsql stable as $$
declare
	l orders.line;
begin
	select * into l from orders.line where id = i.line_id;
	return json_build_object('line_ref', i.line_ref,
	    'line_id', l.line_id, 'item', coalesce(orders.line_item(l), '{}') || i.item,
	    'quantity', orders.quantity(i.quantity, coalesce(i.unit, l.unit)),
	    'price', orders.money(i.price, currency),
	    'price_base', trim_scale(i.price_base)::text,
	    'amount', orders.money(i.amount, currency),
	    'shipped', case when l.id is not null
	        then orders.quantity(l.shipped, l.unit) end,
	    'agreed', orders.money(l.price, currency), 'findings', i.findings);
end
$$;

create or replace function orders.invoice_json(v orders.invoice)
returns json language plpgsql stable as $$
declare
	actions json := core.actions('invoice', v.state);
begin
	return orders.invoice_row(v) || jsonb_build_object(
	    'credited', v.credited, 'net', orders.money(v.net, v.currency),
	    'tax', orders.money(v.tax, v.currency), 'findings', v.findings,
	    'reason', v.reason, 'decided_at', v.decided_at,
	    'person', core.person_name(v.person_id), 'document', (
	        select jsonb_build_object('id', d.public_id, 'number', d.number)
	        from exchange.document d where d.id = v.document_id),
	    'lines', (select coalesce(jsonb_agg(orders.invoice_line_json(i,
	        v.currency) order by i.position), '[]')
	        from orders.invoice_line i where i.invoice_id = v.id),
	    'actions', actions, 'can', (select coalesce(jsonb_object_agg(a, true),
	        '{}') from json_array_elements_text(actions) a));
end
$$;

-- One invoice or credit note.
--   input   id uuid
--   result  the members of a row and {"credited": number of the invoice that
--           a credit is for | null, "net", "tax", "findings": [finding] of the
--           whole, "reason", "person", "decided_at", "document": {"id",
--           "number"}, "lines": [{"line_ref", "line_id" of the order | null,
--           "item", "quantity", "price", "price_base", "amount", "shipped",
--           "agreed", "findings": [finding]}], "actions", "can"}
create or replace function api.invoices_show(input jsonb)
returns core.answer language plpgsql stable as $$
declare
	v orders.invoice := orders.invoice_by_id(input);
begin
	return core.ok(orders.invoice_json(v), v.version);
end
$$;
select core.operation('invoices_show', permission => 'invoices.read',
    input => '{"id": "uuid"}');

-- Accepts an invoice as it is, or disputes it. Both need a reason, which the
-- supplier reads.
--   input   id, event accept|dispute, version, reason_text
--   errors  409 state.illegal, 412, 422 orders.reason.wanted, 428
create or replace function api.invoices_event(input jsonb)
returns core.answer language plpgsql as $$
declare
	v orders.invoice := orders.invoice_by_id(input);
	why text := nullif(trim(input ->> 'reason_text'), '');
	h orders.head;
begin
	perform core.check_version(v.version, input);
	perform core.step('invoice', v.state, input ->> 'event');
	if why is null then
		perform core.fail(422, 'orders.reason.wanted', null,
		    jsonb_build_array(core.wrong('/reason_text',
		    'orders.reason.wanted')));
	end if;
	update orders.invoice x set reason = left(why, 500),
	    person_id = core.me_person(), decided_at = core.now(),
	    version = x.version + 1
	where x.id = v.id and x.version = v.version;
	if not found then
		perform core.fail(412, 'version.stale');
	end if;
	perform core.fire('invoice', 'orders.invoice', v.id, input ->> 'event');
	-- what is disputed counts no more, accepted it counts again
	perform orders.say_charged(l, orders.origin_me(), null)
	from orders.line l where l.id in (select i.line_id
	    from orders.invoice_line i where i.invoice_id = v.id);
	select * into h from orders.head where id = v.order_id;
	perform core.emit(h.partner_id, 'order.' || v.kind || '_'
	    || case input ->> 'event' when 'accept' then 'accepted'
	    else 'disputed' end, 'order', h.public_id, h.number,
	    jsonb_build_object('invoice', v.number, 'reason', why));
	v := orders.invoice_by_id(input);
	return (200, v.version, '/invoices/' || v.public_id,
	    orders.invoice_json(v))::core.answer;
end
$$;
select core.operation('invoices_event', permission => 'invoices.decide',
    writes => true, input => '{"id": "uuid", "event": "line",
    "reason_text": "text?"}');
