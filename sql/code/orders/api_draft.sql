-- SPDX-License-Identifier: Apache-2.0
--
-- New orders and drafts. Every function answers 201 or 200
-- with the order as orders_show shows it, unless it says otherwise.

-- The lines of an input by their numbers, whether they came as a list or by
-- numbers, as forms send them.
create or replace function orders.numbered_rows(input jsonb)
returns jsonb language plpgsql immutable as $$
declare
	typed jsonb := input -> 'lines';
begin
	case coalesce(jsonb_typeof(typed), 'null')
	when 'object' then return typed;
	when 'array' then
		return (select coalesce(jsonb_object_agg(ord - 1, e), '{}')
		from jsonb_array_elements(typed) with ordinality t (e, ord));
	when 'null' then return '{}';
	else
		if typed <> '""' then
			perform core.fail_if_wrong(jsonb_build_array(core.wrong('/lines',
			    'value.list')));
		end if;
		return '{}';
	end case;
end
$$;

-- A draft as it is kept: lines as a list, empty ones left out, each with the
-- place where it was typed.
create or replace function orders.clean_draft(input jsonb)
returns jsonb language plpgsql stable as $$
declare
	typed jsonb := orders.numbered_rows(input);
	lines jsonb;
	wrong jsonb;
begin
	select jsonb_agg(core.wrong('/lines/' || l.key || '/' || m,
	    'member.unknown')) into wrong
	from jsonb_each(typed) l, jsonb_object_keys(case jsonb_typeof(l.value)
	    when 'object' then l.value else '{"": 0}' end) m
	where m not in ('item', 'quantity', 'requested_date', 'text', 'name',
	    'unit');
	perform core.fail_if_wrong(wrong);
	select coalesce(jsonb_agg(l.value || jsonb_build_object('at', l.key)
	    order by l.key::int), '[]') into lines
	from jsonb_each(typed) l
	where l.key ~ '^[0-9]{1,4}$'
	  and concat(l.value ->> 'item', l.value ->> 'quantity') <> '';
	return jsonb_strip_nulls(jsonb_build_object(
	    'partner_number', nullif(trim(input ->> 'partner_number'), ''),
	    'requested_date', nullif(input ->> 'requested_date', ''),
	    'order_kind', nullif(input ->> 'order_kind', ''),
	    'ship_to', nullif(input ->> 'ship_to', ''),
	    'text', nullif(input ->> 'text', ''), 'lines', lines));
end
$$;

-- A draft as a canonical order.
create or replace function orders.draft_doc(partner bigint, draft jsonb)
returns jsonb language plpgsql stable as $$
declare
	a core.address;
begin
	select * into a from core.address x where x.partner_id = partner
	    and x.public_id = core.try_uuid(draft ->> 'ship_to');
	return jsonb_strip_nulls(jsonb_build_object('type', 'order',
	    'function', 'original', 'number', draft ->> 'partner_number',
	    'issue_date', core.today(),
	    'kind', coalesce(draft ->> 'order_kind', 'standard'),
	    'currency', (select currency from core.house),
	    'requested_date', draft ->> 'requested_date',
	    'parties', jsonb_build_object('buyer',
	        orders.partner_party(partner), 'seller', orders.house_party(),
	        'ship_to', case when a.id is not null
	            then orders.address_party(a) end),
	    'text', case when draft ? 'text' then jsonb_build_array(
	        jsonb_build_object('kind', 'note', 'value', draft ->> 'text'))
	        end,
	    'lines', (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	        'line_id', (ord * 10)::text,
	        'item', jsonb_build_object('any', trim(e ->> 'item')),
	        'ordered', core.try_decimal(e ->> 'quantity')::text,
	        'requested_date', nullif(e ->> 'requested_date', ''),
	        'text', case when e ->> 'text' <> '' then jsonb_build_array(
	            jsonb_build_object('kind', 'note', 'value', e ->> 'text'))
	            end)) order by ord)
	        from jsonb_array_elements(draft -> 'lines')
	            with ordinality t (e, ord))));
end
$$;

-- Findings about a form's order as errors at what was typed.
create or replace function orders.form_errors(findings jsonb, draft jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(core.wrong(
	    case when f ->> 'pointer' like '/lines/_%' then '/lines/'
	        || (draft #>> array['lines', split_part(f ->> 'pointer', '/', 3),
	            'at']) || case split_part(f ->> 'pointer', '/', 4)
	        when 'item' then '/item' when 'requested_date'
	        then '/requested_date' else '/quantity' end
	    when f ->> 'pointer' = '/number' then '/partner_number'
	    when f ->> 'pointer' = '/parties/ship_to' then '/ship_to'
	    else f ->> 'pointer' end,
	    case f ->> 'rule'
	    when 'business.item_unknown' then 'orders.line.unknown_item'
	    when 'business.price_missing' then 'orders.line.no_price'
	    when 'business.quantity' then 'orders.line.quantity'
	    when 'business.lines_none' then 'orders.line.none'
	    when 'business.date_past' then 'orders.date.past'
	    when 'business.ship_to_unknown' then 'orders.address.unknown'
	    when 'business.number_used' then 'orders.number.used'
	    when 'business.line_unknown' then 'orders.line.unknown'
	    when 'business.change_late' then 'orders.change.line'
	    when 'business.duplicate' then 'orders.number.used'
	    when 'business.partner_blocked' then 'orders.partner.blocked'
	    else f ->> 'rule' end,
	    coalesce(f -> 'args', '{}') || jsonb_strip_nulls(jsonb_build_object(
	        'found', f ->> 'found', 'expected', f ->> 'expected')))), '[]')
	from jsonb_array_elements(findings) f
	where f ->> 'severity' = 'error' or f ->> 'rule' in
	    ('business.date_past', 'business.duplicate'));
end
$$;

-- Lines whose day is none: the day of the order would stand for it.
create or replace function orders.no_days(draft jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(core.wrong('/lines/' || (e ->> 'at')
	    || '/requested_date', 'value.date') order by ord), '[]')
	from jsonb_array_elements(draft -> 'lines') with ordinality t (e, ord)
	where e ->> 'requested_date' <> ''
	and core.try_date(e ->> 'requested_date') is null);
end
$$;

-- Places what a form holds. Refuses with every wrong field.
--   o  whose word it is; the caller's unless one is given
create or replace function orders.submit_draft(partner bigint, draft jsonb,
    of_draft bigint, number text, o orders.origin default null)
returns bigint language plpgsql as $$
declare
	doc jsonb := orders.draft_doc(partner, draft);
	wrong jsonb;
	placed jsonb;
begin
	if not doc ? 'number' then
		doc := doc || jsonb_build_object('number', coalesce(number,
		    'W-' || upper(substr(core.uuid7()::text, 25))));
	end if;
	if draft ? 'ship_to' and doc #> '{parties,ship_to}' is null then
		wrong := jsonb_build_array(core.wrong('/ship_to',
		    'orders.address.unknown'));
	elsif draft ->> 'order_kind' not in ('standard', 'rush', 'spare_parts',
	    'repair') then
		wrong := jsonb_build_array(core.wrong('/order_kind',
		    'orders.kind.unknown'));
	end if;
	wrong := coalesce(wrong, '[]') || orders.no_days(draft);
	placed := orders.place(partner, doc, coalesce(o, orders.origin_me()),
	    wrong <> '[]', of_draft);
	wrong := wrong || orders.form_errors(
	    placed -> 'findings', draft);
	if wrong <> '[]' then
		perform core.fail(422, 'orders.invalid', null, wrong);
	end if;
	return (placed ->> 'order')::bigint;
end
$$;

-- The caller's draft; 409 when it is none any more.
create or replace function orders.draft_of(input jsonb)
returns orders.head language plpgsql stable as $$
declare
	h orders.head := orders.by_id(input);
begin
	if h.state <> 'draft' or h.kind <> 'sales' then
		perform core.fail(409, 'orders.not_draft');
	end if;
	return h;
end
$$;

-- What the form of an order needs beside the draft.
create or replace function orders.form_json(partner bigint, draft jsonb)
returns json language plpgsql stable as $$
begin
	return json_build_object('draft', draft,
	    'addresses', orders.addresses_json(partner),
	    'currency', (select currency from core.house),
	    'blocked', orders.blocked(partner),
	    'items', (select coalesce(json_agg(item.item_json(i, partner)), '[]')
	        from (select distinct item.resolve(partner, jsonb_build_object(
	            'any', trim(e ->> 'item'))) id
	            from jsonb_array_elements(draft -> 'lines') e) n
	        join item.item i on i.id = n.id));
end
$$;

create or replace function orders.addresses_json(partner bigint)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('id', a.public_id,
	    'name', a.name, 'street', array_to_string(a.street, ', '),
	    'postal_code', a.postal_code, 'city', a.city, 'region', a.region,
	    'country', a.country, 'gln', a.gln, 'default', a.preferred)
	    order by a.preferred desc, a.name), '[]')
	from core.address a where a.partner_id = partner and a.active
	and a.kind in ('ship_to', 'main'));
end
$$;

-- An empty form, a copy of an earlier order, or what a template starts.
--   input   copy uuid?, template uuid?
--   result  {"draft": draft, "addresses": [address], "currency": "EUR",
--            "items": [item] of the lines copied,
--            "blocked": false}                 true: no order can be placed
--   draft   {"partner_number": "4711-A", "requested_date": "2026-12-03",
--            "order_kind": "standard|rush|spare_parts|repair",
--            "ship_to": "<address id>", "text": "…",
--            "lines": [{"item": "<item id, number, GTIN or own number>",
--                       "quantity": "4", "requested_date": "2026-12-03",
--                       "text": "…"}]}
create or replace function api.orders_new(input jsonb)
returns json language plpgsql stable as $$
declare
	h orders.head;
	draft jsonb := '{"lines": []}';
begin
	if coalesce(input ->> 'copy', '') <> '' then
		h := orders.by_id(jsonb_build_object('id', input ->> 'copy'));
		draft := orders.copy_draft(h);
	elsif coalesce(input ->> 'template', '') <> '' then
		draft := orders.template_draft(input ->> 'template');
	end if;
	return orders.form_json(core.me_partner(), draft);
end
$$;
select core.operation('orders_new', permission => 'orders.create',
    input => '{"copy": "uuid?", "template": "uuid?"}');

-- Keeps a draft, or submits at once.
--   input   a draft as above and event "save" = draft stays | "submit"
--           (form field _event); empty lines are left out
--   result  201, location /orders/<id>
--   errors  422 orders.invalid with errors at /lines/0/item
--           (orders.line.unknown_item, orders.line.no_price), /lines/0/quantity
--           (orders.line.quantity), /lines (orders.line.none), /ship_to
--           (orders.address.unknown), /partner_number (orders.number.used)
--           409 orders.partner.blocked
create or replace function api.orders_create(input jsonb)
returns core.answer language plpgsql as $$
declare
	partner bigint := core.me_partner();
	draft jsonb := orders.clean_draft(input);
	made bigint;
	h orders.head;
begin
	if coalesce(input ->> 'event', input ->> '_event', 'submit') = 'save' then
		insert into orders.head (public_id, partner_id, kind, number,
		    partner_number, state, issue_date, draft, source, person_id,
		    client_id, created_at)
		values (core.uuid7(), partner, 'sales',
		    'SO-' || nextval('orders.sales_number'),
		    draft ->> 'partner_number', 'draft', core.today(), draft,
		    (orders.origin_me()).source, core.me_person(), core.me_client(),
		    core.now())
		returning id into made;
	else
		made := orders.submit_draft(partner, draft, null, null);
	end if;
	select * into h from orders.head where id = made;
	return core.created('/orders/' || h.public_id, orders.show_json(h),
	    h.version);
end
$$;
select core.operation('orders_create', permission => 'orders.create',
    writes => true, input => '{"partner_number": "line?",
    "requested_date": "date?", "order_kind": "line?", "ship_to": "line?",
    "text": "text?", "lines": "json?", "event": "line?", "_event": "line?"}');

-- A draft with its form: {"draft": draft, "order": {"id", "number", "version"},
--   "addresses", "currency", "items"}; 409 orders.not_draft.
create or replace function api.orders_edit(input jsonb)
returns core.answer language plpgsql stable as $$
declare
	h orders.head := orders.draft_of(input);
begin
	return core.ok(orders.both(orders.form_json(h.partner_id, h.draft),
	    json_build_object('order', json_build_object('id', h.public_id,
	    'number', h.number, 'version', h.version))), h.version);
end
$$;
select core.operation('orders_edit', permission => 'orders.create',
    input => '{"id": "uuid"}');

-- Changes a draft; input as orders_create plus version.
create or replace function api.orders_update(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.draft_of(input);
	typed jsonb := orders.clean_draft(input);
begin
	-- Another may be changing or submitting it just now.
	perform from orders.head where id = h.id for update;
	h := orders.draft_of(input);
	perform core.check_version(h.version, input);
	if coalesce(input ->> 'event', input ->> '_event', 'save') = 'submit' then
		perform orders.submit_draft(h.partner_id, typed, h.id, h.number);
	else
		update orders.head x set draft = typed,
		    partner_number = typed ->> 'partner_number',
		    version = x.version + 1 where x.id = h.id;
	end if;
	select * into h from orders.head where id = h.id;
	return (200, h.version, '/orders/' || h.public_id,
	    orders.show_json(h))::core.answer;
end
$$;
select core.operation('orders_update', permission => 'orders.create',
    writes => true, input => '{"id": "uuid", "partner_number": "line?",
    "requested_date": "date?", "order_kind": "line?", "ship_to": "line?",
    "text": "text?", "lines": "json?", "event": "line?", "_event": "line?"}');
