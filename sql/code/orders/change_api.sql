-- SPDX-License-Identifier: Apache-2.0
--
-- Asking for changes and answering them, by people and by machines.

-- The order as the form of a change shows it: lines with what they ask for
-- now; locked ones have left or ended.
create or replace function orders.change_form(h orders.head)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object(
	    'requested_date', h.requested_date,
	    'ship_to', (select a.public_id from core.address a
	        where a.id = (orders.find_address(h.partner_id, h.ship_to)).id),
	    'lines', (select coalesce(jsonb_agg(jsonb_build_object('line_id',
	        l.line_id, 'item', i.number, 'name', case core.me_language()
	        when 'de' then i.name_de else i.name_en end, 'quantity',
	        trim_scale(orders.still_wanted(l))::text, 'unit', l.unit,
	        'requested_date', coalesce(l.requested_date::text, ''), 'price',
	        case when h.kind = 'purchase' then orders.plain(l.price) end)
	        order by l.position), '[]')
	        from orders.line l left join item.item i on i.id = l.item_id
	        where l.order_id = h.id and l.shipped = 0
	        and not orders.line_over(l.state))));
end
$$;

-- The form's input as a canonical order_change: lines that were emptied are
-- deleted, lines without number are added.
create or replace function orders.change_form_doc(h orders.head,
    input jsonb)
returns jsonb language plpgsql stable as $$
declare
	draft jsonb := orders.clean_change(input, h.kind);
	a core.address;
begin
	select * into a from core.address x where x.partner_id = h.partner_id
	    and x.public_id = core.try_uuid(draft ->> 'ship_to');
	if draft ? 'ship_to' and a.id is null then
		perform core.fail(422, 'orders.invalid', null, jsonb_build_array(
		    core.wrong('/ship_to', 'orders.address.unknown')));
	end if;
	return jsonb_strip_nulls(jsonb_build_object('type', 'order_change',
	    'function', 'change', 'number', draft ->> 'partner_number',
	    'order_number', h.partner_number, 'issue_date', core.today(),
	    'requested_date', draft ->> 'requested_date', 'parties', case
	    when a.id is not null then jsonb_build_object('ship_to',
	        orders.address_party(a)) end,
	    'text', case when draft ? 'text' then jsonb_build_array(
	        jsonb_build_object('kind', 'note', 'value', draft ->> 'text'))
	        end, 'lines', orders.change_form_lines(h, draft)));
end
$$;

-- A date that the form only repeats is none: then another day of the whole
-- order holds for the line. So with a price.
create or replace function orders.change_form_lines(h orders.head,
    draft jsonb)
returns jsonb language plpgsql stable as $$
declare
	w orders.change := orders.change_waiting(h);
begin
	return (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'line_id', nullif(e ->> 'line_id', ''),
	    'action', case when coalesce(e ->> 'line_id', '') = '' then '1'
	        when coalesce(e ->> 'remove', '') <> ''
	        or coalesce(e ->> 'quantity', '') = '' then '2' else '3' end,
	    'item', case when coalesce(e ->> 'line_id', '') = ''
	        then jsonb_build_object('any', trim(e ->> 'item')) end,
	    'ordered', core.try_decimal(e ->> 'quantity')::text,
	    -- what was ordered at first may be wanted again
	    'again', core.try_decimal(e ->> 'quantity') = l.ordered
	        and l.ordered <> orders.still_wanted(l) or null,
	    'price_amount', trim_scale(nullif(core.try_decimal(e ->> 'price'),
	        l.price))::text, 'price_base', case when e ->> 'price' <> ''
	        then nullif(trim_scale(l.price_base), 1)::text end,
	    'requested_date', nullif(nullif(e ->> 'requested_date', ''),
	        orders.repeated_day(l, w, draft)))) order by ord), '[]')
	    from jsonb_array_elements(draft -> 'lines')
	        with ordinality t (e, ord)
	    left join orders.line l on l.order_id = h.id
	        and l.line_id = e ->> 'line_id');
end
$$;

-- The day of a line that says nothing of its own when the form has it. What a
-- waiting change asks of a line is put back first, hence its day has to be
-- said again, unless it is the order's and that becomes another one.
create or replace function orders.repeated_day(l orders.line,
    w orders.change, draft jsonb)
returns text language plpgsql stable as $$
declare
	d jsonb := (select x from jsonb_array_elements(orders.undecided(w)) x
	    where x ->> 'line_id' = l.line_id);
	day text := w.head #>> '{requested_date,new}';
begin
	return case when d is null then l.requested_date::text
	    when d #>> '{new,date}' = day and draft ->> 'requested_date' <> day
	        then day
	    else d #>> '{old,date}' end;
end
$$;

-- What was typed, lines as a list, each with the place where it was typed.
--   kind  of the order: only the house names prices, to its suppliers
create or replace function orders.clean_change(input jsonb, kind text)
returns jsonb language plpgsql stable as $$
declare
	typed jsonb := orders.numbered_rows(input);
	wrong jsonb;
begin
	select jsonb_agg(core.wrong('/lines/' || l.key || '/' || m,
	    'member.unknown')) into wrong
	from jsonb_each(typed) l, jsonb_object_keys(case jsonb_typeof(l.value)
	    when 'object' then l.value else '{"": 0}' end) m
	where m not in ('line_id', 'item', 'quantity', 'requested_date', 'name',
	    'unit', 'remove') and (m <> 'price' or kind = 'sales');
	perform core.fail_if_wrong(wrong);
	select jsonb_agg(core.wrong('/lines/' || l.key || '/' || m.key,
	    case when m.key = 'requested_date' then 'value.date'
	    when core.try_decimal(m.value) >= 0 then 'value.decimals'
	    else 'value.decimal' end)) into wrong
	from jsonb_each(typed) l, jsonb_each_text(l.value) m
	where m.value <> '' and case when m.key in ('quantity', 'price')
	    then core.try_quantity(m.value) >= 0 is not true
	    when m.key = 'requested_date' then core.try_date(m.value) is null end;
	perform core.fail_if_wrong(wrong);
	return jsonb_strip_nulls(jsonb_build_object(
	    'partner_number', nullif(trim(input ->> 'partner_number'), ''),
	    'requested_date', nullif(input ->> 'requested_date', ''),
	    'ship_to', nullif(input ->> 'ship_to', ''),
	    'text', nullif(input ->> 'text', ''), 'lines', (
	        select coalesce(jsonb_agg(l.value || jsonb_build_object('at',
	            l.key) order by l.key::int), '[]') from jsonb_each(typed) l
	        where l.key ~ '^[0-9]{1,4}$' and concat(l.value ->> 'item',
	            l.value ->> 'quantity', l.value ->> 'line_id') <> '')));
end
$$;

-- The distributor's order that a change is asked of; locked, in the version
-- that the caller saw.
create or replace function orders.order_to_change(input jsonb,
    lock boolean)
returns orders.head language plpgsql volatile as $$
declare
	h orders.head := orders.by_id(input);
begin
	perform orders.refuse_no_buyer(h);
	if lock then
		perform orders.lock_family(h.id);
		select * into h from orders.head where id = h.id for update;
		perform core.check_version(h.version, input);
	end if;
	perform orders.refuse_unchangeable(h);
	return h;
end
$$;

-- Only the buyer asks for changes: a distributor of his orders, an account
-- manager for the house of those to suppliers.
create or replace function orders.refuse_no_buyer(h orders.head)
returns void language plpgsql stable as $$
begin
	if h.state = 'draft' then
		perform core.fail_absent();
	elsif not orders.side('orders.buy', h.kind, core.me_portal()) then
		perform core.fail(403, 'state.denied', jsonb_build_object('event',
		    'change', 'state', h.state));
	end if;
end
$$;

-- The form of a change, filled with what the order asks for now.
--   input   id, from uuid? = a written change to go on with
--   result  {"draft": {"requested_date", "ship_to", "text", "partner_number",
--             "lines": [{"line_id", "item", "name", "quantity", "unit",
--             "requested_date", "price"}]}, "state", "kind": "sales|purchase",
--             "asks": true, the seller has to agree,
--             "replaces": number of the change that waits | null, "order": {"id",
--             "number", "version", "state"}, "addresses", "currency", "items"}
--   errors  409 orders.change.late, orders.change.pending
create or replace function api.orders_change_new(input jsonb)
returns core.answer language plpgsql stable as $$
declare
	h orders.head := orders.by_id(input);
	draft jsonb := orders.change_form(h);
	c orders.change;
	waiting orders.change;
begin
	perform orders.refuse_no_buyer(h);
	perform orders.refuse_unchangeable(h);
	waiting := orders.change_waiting(h);
	select * into c from orders.change x where x.order_id = h.id
	    and x.state = 'draft' and x.public_id
	    = core.try_uuid(input ->> 'from');
	if c.id is null and waiting.kind = 'change' then
		c := waiting;
	end if;
	if c.id is not null then
		draft := orders.change_draft_form(draft, c, orders.added_ids(waiting));
	end if;
	return core.ok(orders.both(orders.form_json(h.partner_id, draft),
	    json_build_object('state', h.state, 'kind', h.kind,
	    'replaces', waiting.number, 'asks', h.kind = 'purchase'
	    or h.state not in ('submitted', 'acknowledged', 'conditional'), 'order', json_build_object('id',
	    h.public_id, 'number', h.number, 'version', h.version, 'state',
	    h.state))), h.version);
end
$$;
select core.operation('orders_change_new', permission => 'orders.buy',
    input => '{"id": "uuid", "from": "uuid?"}');

-- The price that a difference asks for, by the base that the line has now.
create or replace function orders.form_price(d jsonb)
returns text language sql immutable as $$
	select orders.plain((d #>> '{new,price}')::numeric
	    * coalesce((d #>> '{old,base}')::numeric, 1)
	    / coalesce((d #>> '{new,base}')::numeric, 1))
$$;

-- The form with what a written change asks for.
--   known  lines that the change that waits would add: named by their numbers
create or replace function orders.change_draft_form(form jsonb,
    c orders.change, known text[])
returns jsonb language plpgsql stable as $$
declare
	lines jsonb;
begin
	select coalesce(jsonb_agg(case when d is null then e
	    when d ->> 'action' = '2' then e || '{"quantity": ""}'
	    else e || jsonb_build_object('quantity', d #>> '{new,quantity}',
	        'requested_date', d #>> '{new,date}') || case when e ? 'price'
	        then jsonb_build_object('price', orders.form_price(d))
	        else '{}' end end order by ord), '[]')
	into lines
	from jsonb_array_elements(form -> 'lines') with ordinality t (e, ord)
	left join lateral (select x from jsonb_array_elements(c.lines) x
	    where x ->> 'line_id' = e ->> 'line_id' and (x ->> 'action' <> '1'
	        or x ->> 'line_id' = any (known))) f (d) on true;
	select lines || coalesce(jsonb_agg(jsonb_strip_nulls(
	    jsonb_build_object('line_id', case when d ->> 'line_id'
	        = any (known) then d -> 'line_id' end, 'item', i.number,
	    'name', case core.me_language() when 'de' then i.name_de
	        else i.name_en end, 'quantity', d #>> '{new,quantity}',
	    'requested_date', d #>> '{new,date}'))), '[]') into lines
	from jsonb_array_elements(c.lines) d
	join item.item i on i.id = (d ->> 'item')::bigint
	where d ->> 'action' = '1' and not lines @> jsonb_build_array(
	    jsonb_build_object('line_id', d -> 'line_id', 'item', i.number));
	return form || jsonb_strip_nulls(jsonb_build_object(
	    'partner_number', c.partner_number,
	    'requested_date', c.head #> '{requested_date,new}',
	    'ship_to', (select a.public_id from core.address a
	        where a.id = (orders.find_address(c.partner_id,
	            c.head #> '{ship_to,new}')).id),
	    'text', c.asked #> '{text,0,value}', 'lines', lines));
end
$$;

-- Writes a change; with event send it goes out at once, else its difference
-- is shown first. While another one waits, it takes its place, with what the
-- other asks for and this one does not name.
--   input   id, version, event "preview" = written only | "send" (form field
--           _event), partner_number?, requested_date?, ship_to?, text?,
--           reason_code?, lines [{"line_id"?, "item", "quantity",
--           "requested_date"?, "remove"?, "price"? (an order to a supplier)}]:
--           with line_id a line of the order (no quantity: it is deleted),
--           without a line to be added; lines not named stay
--   result  201, location /orders/<id>/changes/<change>, the change
--   errors  422 orders.invalid as orders_create, orders.change.nothing,
--           orders.change.back (what is asked stands already), at lines
--           orders.change.linked (it is for a distributor's line),
--           orders.change.added (a further line for a supplier); 409 orders.change.late, orders.change.pending; 412, 428
create or replace function api.orders_change(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.order_to_change(input, true);
	doc jsonb := orders.change_form_doc(h, input);
	w orders.change := orders.change_waiting(h);
	plan jsonb := orders.change_plan(h, doc, w);
	wrong jsonb := orders.form_errors(plan -> 'findings',
	    orders.clean_change(input, h.kind))
	    || orders.linked_errors(h, plan -> 'lines', input);
	c orders.change;
begin
	if wrong <> '[]' then
		perform core.fail(422, 'orders.invalid', null, wrong);
	elsif plan -> 'lines' = '[]' and plan -> 'head' = '{}'
	    and (w.id is not null or not doc ? 'text') then
		perform core.fail(422, case when w.id is null
		    then 'orders.change.nothing' else 'orders.change.back' end);
	end if;
	update orders.change x set state = 'withdrawn', partner_number = null
	where x.order_id = h.id and x.state = 'draft';
	c := orders.change_write(h, 'change', plan -> 'head', plan -> 'lines',
	    doc, orders.why_of(input), orders.origin_me());
	if coalesce(input ->> 'event', input ->> '_event', 'preview') = 'send' then
		c := orders.change_send(c);
		select * into h from orders.head where id = h.id;
	end if;
	return core.created('/orders/' || h.public_id || '/changes/'
	    || c.public_id, orders.change_page(c, h), c.version);
end
$$;
select core.operation('orders_change', permission => 'orders.buy',
    writes => true, input => '{"id": "uuid", "partner_number": "line?",
    "requested_date": "date?", "ship_to": "line?", "text": "text?",
    "reason_code": "line?",
    "lines": "json?", "event": "line?", "_event": "line?"}');

-- A change with its order: the change's members and
--   "order": {"id", "number", "version", "state", "partner_number"}
create or replace function orders.change_page(c orders.change,
    h orders.head)
returns json language plpgsql stable as $$
begin
	return orders.both(orders.change_json(c, h), json_build_object('order',
	    json_build_object('id', h.public_id, 'number', h.number,
	    'version', h.version, 'state', h.state, 'order_kind', h.kind,
	    'partner_number', h.partner_number)));
end
$$;

-- A change of an order; 404 when there is none for the caller.
create or replace function orders.change_of(input jsonb, h orders.head)
returns orders.change language plpgsql stable as $$
declare
	c orders.change;
begin
	select * into c from orders.change x where x.order_id = h.id
	    and x.public_id = core.input_id(input, 'change')
	    and (x.sent_at is not null
	    or orders.side('orders.buy', h.kind, core.me_portal()));
	if c.id is null then
		perform core.fail_absent();
	end if;
	return c;
end
$$;

-- One change, old and new side by side.
create or replace function api.orders_change_show(input jsonb)
returns core.answer language plpgsql stable as $$
declare
	h orders.head := orders.by_id(input);
	c orders.change := orders.change_of(input, h);
begin
	return core.ok(orders.change_page(c, h), c.version);
end
$$;
select core.operation('orders_change_show', permission => 'orders.read',
    input => '{"id": "uuid", "change": "uuid"}');

-- Why something is asked or refused.
create or replace function orders.why_of(input jsonb)
returns jsonb language plpgsql stable as $$
declare
	why jsonb := jsonb_strip_nulls(jsonb_build_object(
	    'code', nullif(input ->> 'reason_code', ''),
	    'text', nullif(input ->> 'reason_text', '')));
begin
	perform orders.refuse_reason(why);
	return why;
end
$$;

-- Buyer and seller may act at the same time: the first one counts, the other is
-- told what became of the change.
create or replace function orders.refuse_over(c orders.change, event text)
returns void language plpgsql stable as $$
begin
	if event in ('withdraw', 'accept', 'refuse')
	    and c.state not in ('draft', 'pending') then
		perform core.fail(409, 'orders.change.over', jsonb_build_object(
		    'state', c.state, 'change', c.number));
	end if;
end
$$;

-- A step of a change.
--   events  send, discard (its author, while it is only written); withdraw
--           (the buyer, while it waits); accept, refuse {"reason_code",
--           "reason_text"?} (the seller)
--   input   id, change, event, version of the change
--   errors  409 orders.change.over (decided or taken back meanwhile),
--           orders.change.stale (the order changed since it was written),
--           orders.change.late, orders.change.pending,
--           orders.change.elsewhere (suppliers answer for it),
--           orders.change.theirs (a distributor's), orders.event.illegal; 422 orders.reason.wanted; 412, 428
create or replace function api.orders_change_event(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.by_id(input);
	c orders.change := orders.change_of(input, h);
	event text := input ->> 'event';
	why jsonb := orders.why_of(input);
begin
	perform orders.lock_family(h.id);
	select * into h from orders.head x where x.id = h.id for update;
	select * into c from orders.change x where x.id = c.id for update;
	perform orders.refuse_over(c, event);
	perform core.check_version(c.version, input);
	perform orders.step('order_change', c.state, event, h.kind);
	case event
	when 'send' then perform orders.change_send(c);
	when 'withdraw' then
		perform orders.change_withdraw(c, orders.origin_me());
	when 'discard' then
		update orders.change x set state = 'withdrawn',
		    partner_number = null, version = x.version + 1
		where x.id = c.id;
	else
		perform orders.change_decide(c, event, why, orders.origin_me());
	end case;
	select * into c from orders.change x where x.id = c.id;
	select * into h from orders.head x where x.id = h.id;
	return (200, c.version, '/orders/' || h.public_id,
	    orders.change_page(c, h))::core.answer;
end
$$;
select core.operation('orders_change_event', permission => 'orders.act',
    writes => true, input => '{"id": "uuid", "change": "uuid",
    "event": "line", "reason_code": "line?", "reason_text": "text?"}');
