-- SPDX-License-Identifier: Apache-2.0
--
-- Returns: asked for by distributors, decided and settled by the house.

create or replace function returns.tone(status text) returns text
language sql stable as $$
	select coalesce((select s.tone from core.machine_state s
		where s.machine = 'return_line' and s.state = status), 'neutral')
$$;

create or replace function returns.row_json(r returns.head) returns jsonb
language sql stable as $$
	select jsonb_build_object('id', r.public_id, 'number', r.number,
		'partner_return_id', r.partner_return_id, 'status', r.status,
		'tone', returns.tone(r.status), 'valid_until', r.valid_until,
		'created_at', r.created_at, 'version', r.version,
		'lines', (select count(*) from returns.line l
			where l.return_id = r.id),
		'orders', (select jsonb_agg(distinct h.number)
			from returns.line l join orders.line o
				on o.id = l.order_line_id
			join orders.head h on h.id = o.order_id
			where l.return_id = r.id),
		'partner', case when core.me_portal() = 'desk' then
			(select jsonb_build_object('id', p.public_id,
				'name', p.name, 'number', p.number)
			from core.partner p where p.id = r.partner_id) end)
$$;

-- Is a return in a view?
create or replace function returns.in_view(status text, view text)
returns boolean
language sql immutable as $$
	select case view
		when 'open' then status in ('requested', 'approved', 'in_transit',
			'received')
		when 'all' then true else status = view end
$$;

select core.declare_list('returns', array['open', 'requested', 'approved',
	'in_transit', 'received', 'settled', 'all'], $$[
	{"name": "number", "label": "returns.number", "always": true,
		"sort": "r.number", "type": "text", "filled": true},
	{"name": "partner", "label": "partner", "portals": ["desk"],
		"cell": "partner.name"},
	{"name": "partner_return_id", "label": "orders.their_number",
		"portals": ["desk"], "sort": "r.partner_return_id", "type": "text"},
	{"name": "partner_return_id", "label": "returns.partner_number",
		"portals": ["distributor", "supplier"],
		"sort": "r.partner_return_id", "type": "text"},
	{"name": "orders", "label": "returns.orders", "kind": "list"},
	{"name": "lines", "label": "returns.lines", "kind": "number",
		"numeric": true},
	{"name": "created_at", "label": "returns.created", "kind": "instant",
		"sort": "r.created_at", "type": "timestamptz", "filled": true},
	{"name": "valid_until", "label": "returns.valid_until", "kind": "date",
		"sort": "r.valid_until", "type": "date"},
	{"name": "status", "label": "status",
		"kind": "return_state"}]$$);

-- A page of returns, newest first.
--   input   view open|requested|approved|in_transit|received|settled|all =
--           open, q text? (number, own number), partner uuid? (desk), after,
--           limit, sort, columns, saved (core.list_open)
--   result  {"items": [row], "next", "view", "q", "views": [{"name", "count",
--           "current"}], "can": {"create": true}, "filtered": false}
--   row     {"id", "number": "RMA-2026-01201", "partner_return_id", "status",
--           "tone", "valid_until": date | null, "created_at", "lines": 2,
--           "orders": ["SO-45000001"], "version", "partner" (desk)}
create or replace function api.returns_list(input jsonb) returns json
language plpgsql stable as $$
declare
	asked jsonb := core.list_open('returns', input);
	wanted text := asked ->> 'view';
	q text := nullif(trim(asked ->> 'q'), '');
	ids bigint[] := core.list_page('returns', '-created_at', asked,
		'returns.head r', concat_ws(' and ',
		format('returns.in_view(r.status, %L)', wanted),
		case when q is not null then format($f$strpos(lower(concat_ws(' ',
			r.number, r.partner_return_id)), lower(%L)) > 0$f$, q) end,
		'r.partner_id = ' || orders.partner_key(asked)), 'r.id');
begin
	return core.list_answer('returns', asked, json_build_object(
		'items', (select coalesce(json_agg(returns.row_json(r)
				order by n), '[]')
			from unnest(ids[:core.list_limit(asked)])
			with ordinality i (id, n) join returns.head r on r.id = i.id),
		'next', core.list_next('returns', '-created_at', asked,
			'returns.head r', 'r.id', ids),
		'view', wanted, 'q', coalesce(q, ''),
		'views', (select json_agg(json_build_object('name', v.name,
				'count', (select count(*) from returns.head r
					where returns.in_view(r.status, v.name)),
				'current', v.name = wanted) order by v.n)
			from unnest(array['open', 'requested', 'approved',
				'received', 'settled', 'all'])
				with ordinality v (name, n)),
		'filtered', q is not null or wanted <> 'all',
		'can', json_build_object('create', core.me_may('returns.create'))));
end
$$;

-- A form: the lines that may go back, of one order or of those shipped last.
--   input   order uuid?, q text? (order number, item)
--   result  {"lines": [{"order_line": uuid, "order": uuid, "order_number",
--           "partner_number", "order_line_id", "item_number", "item_name",
--           "unit", "shipped": "4", "remaining": "3"}], at most 50, "order":
--           uuid | null, "q", "reasons": [code], "wishes": [code]}
create or replace function api.returns_new(input jsonb) returns json
language plpgsql stable as $$
declare
	of_order uuid := core.try_uuid(input ->> 'order');
	q text := lower(trim(coalesce(input ->> 'q', '')));
begin
	return json_build_object(
		'lines', (select coalesce(json_agg(x.j order by x.at desc, x.pos),
				'[]') from (
			select h.created_at as at, l.position as pos,
				json_build_object('order_line', l.public_id,
				'order', h.public_id, 'order_number', h.number,
				'partner_number', h.partner_number,
				'order_line_id', l.line_id,
				'item_number', m.item ->> 'number',
				'item_name', m.item ->> 'name', 'unit', l.unit,
				'shipped', trim_scale(l.shipped)::text, 'remaining',
				trim_scale(r.rest)::text) as j
			from orders.line l join orders.head h on h.id = l.order_id
			cross join lateral returns.remaining(l.id) r (rest)
			cross join lateral returns.item_json(l) m (item)
			where h.kind = 'sales' and l.shipped > 0 and r.rest > 0
			and (of_order is null or h.public_id = of_order)
			and (q = '' or strpos(lower(concat_ws(' ', h.number,
				h.partner_number, m.item ->> 'number',
				m.item ->> 'name')), q) > 0)
			order by h.created_at desc, l.position limit 50) x),
		'order', of_order, 'q', input ->> 'q',
		'reasons', array['defective', 'wrong_item', 'surplus',
			'ordered_in_error', 'damaged_packing', 'not_as_expected',
			'short_dated'],
		'wishes', array['credit', 'replace', 'repair']);
end
$$;

create or replace function returns.line_json(l returns.line) returns json
language sql stable as $$
	select json_build_object('id', l.public_id, 'line_id', l.line_id,
		'order', json_build_object('id', h.public_id, 'number', h.number,
			'partner_number', h.partner_number),
		'order_line_id', o.line_id, 'item', returns.item_json(o),
		'unit', o.unit,
		'serials', l.serials, 'reason_code', l.reason_code,
		'expected_resolution', l.expected_resolution,
		'requested', trim_scale(l.requested)::text,
		'approved', trim_scale(l.approved)::text,
		'received', trim_scale(l.received)::text,
		'rejected', trim_scale(l.rejected)::text,
		'state', l.state, 'tone', returns.tone(l.state),
		'decision_text', l.decision_text, 'resolution', l.resolution,
		'settlement_number', l.settlement_number,
		'decided_at', l.decided_at, 'received_at', l.received_at,
		'settled_at', l.settled_at,
		'can', (select coalesce(json_object_agg(a, true), '{}')
			from json_array_elements_text(core.actions('return_line',
				l.state)) a))
	from orders.line o join orders.head h on h.id = o.order_id
	where o.id = l.order_line_id
$$;

create or replace function returns.show(r returns.head) returns json
language plpgsql stable as $$
declare
	actions jsonb := (select coalesce(jsonb_agg(distinct a), '[]')
		from returns.line l, json_array_elements_text(
			core.actions('return_line', l.state)) a
		where l.return_id = r.id);
begin
	return returns.row_json(r) || jsonb_build_object(
		'origin', r.origin, 'text', r.text, 'decided_at', r.decided_at,
		'person', cases.person_name(r.person_id),
		'case', (select jsonb_build_object('id', c.public_id, 'number',
			c.number) from cases.head c where c.id = r.case_id),
		'items', (select jsonb_agg(returns.line_json(l) order by l.id)
			from returns.line l where l.return_id = r.id),
		'events', core.timeline(r.public_id), 'actions', actions,
		'can', (select coalesce(jsonb_object_agg(a, true), '{}')
			from jsonb_array_elements_text(actions) a));
end
$$;

-- One return with its lines.
--   input   id uuid
--   result  the members of a row and {"origin", "text", "person", "case":
--           {"id", "number"} | null, "decided_at", "items": [{"id",
--           "line_id", "order": {"id", "number", "partner_number"},
--           "order_line_id", "item": {"number", "name"}, "unit", "serials": [], "reason_code",
--           "expected_resolution", "requested": "3", "approved": "2",
--           "received": "0", "rejected": "1", "state", "tone",
--           "decision_text", "resolution", "settlement_number",
--           "decided_at", "received_at", "settled_at", "can": {}}], "events",
--           "actions": ["approve"], "can": {"approve": true}}
create or replace function api.returns_show(input jsonb) returns core.answer
language plpgsql stable as $$
declare
	r returns.head;
begin
	select * into r from returns.head h
	where h.public_id = core.input_id(input);
	if not found then
		perform core.fail_absent();
	end if;
	return core.ok(returns.show(r), r.version);
end
$$;

-- Asks for a return of order lines.
--   input   lines [{order_line uuid, or order_number and order_line_id;
--           quantity, reason_code, expected_resolution, serials?}] (lines
--           without a quantity are left out), text?, partner_return_id?,
--           case_number?
--   result  201, location /returns/<id>, the return
--   errors  422 /lines returns.line.none; /lines/0/order_line
--           returns.line.unknown; /lines/0/quantity returns.line.over
--           {remaining}; /lines/1 returns.line.twice; /partner_return_id
--           returns.number.used
create or replace function api.returns_create(input jsonb)
returns core.answer
language plpgsql volatile as $$
declare
	lines jsonb := returns.wanted(input);
	r returns.head;
begin
	perform core.fail_if_wrong(returns.check_request(lines,
		input ->> 'partner_return_id'));
	r := returns.request(input, lines);
	return core.created('/returns/' || r.public_id, returns.show(r),
		r.version);
end
$$;
