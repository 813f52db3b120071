-- SPDX-License-Identifier: Apache-2.0
--
-- The builder of despatch advices: made and corrected by hand, with the same
-- checks as a document.

-- Rows of one form: more lines leave in several despatches.
create or replace function orders.builder_most()
returns int language sql immutable as $$ select 500 $$;

-- Fields of one form that are taken; a row has 12 of them, a package 4.
create or replace function orders.form_fields()
returns int language sql immutable as $$ select 8000 $$;

-- Rows that a form has room for beside those that the despatch holds.
create or replace function orders.builder_room(d orders.despatch)
returns int language plpgsql stable as $$
begin
	return (orders.form_fields() - 100 - 4 * (select count(*)
	    from orders.package where despatch_id = d.id)) / 12
	    - (select count(*) from orders.packed where despatch_id = d.id);
end
$$;

-- May something of a line leave now?
create or replace function orders.ready(l orders.line)
returns boolean language sql immutable as $$
	select l.state in ('accepted', 'backordered', 'part_shipped')
	    and l.undo_until is null and l.change_id is null
	    and l.confirmed + l.backordered > l.shipped
$$;

-- The lines of a form: of a despatch all that it holds; then those from which
-- something may leave to the place of an order, that order's first, as far as
-- there is room.
--   picked  none but these lines
create or replace function orders.builder_ids(h orders.head,
    d orders.despatch, picked bigint[])
returns bigint[] language plpgsql stable as $$
declare
	here text := orders.place_of(h);
	held bigint[] := array(select distinct p.line_id from orders.packed p
	    where p.despatch_id = d.id);
begin
	return array(select l.id from orders.line l
	    join orders.head o on o.id = l.order_id
	    where o.kind = 'purchase' and o.partner_id = h.partner_id
	    and (o.id = h.id or orders.place_of(o) = here or l.id = any (held))
	    and (l.id = any (held) or orders.ready(l))
	    and (picked is null or l.id = any (picked))
	    order by l.id = any (held) desc, o.id <> h.id, o.id, l.position
	    limit greatest(cardinality(held), least(orders.builder_most(),
	        cardinality(held) + orders.builder_room(d))));
end
$$;

-- Those lines as rows. Filled in are those of the order, on demand of all to
-- its place; those of a despatch with what it holds of them.
--   d           the despatch that is corrected, or null
--   everything  fill in all
create or replace function orders.builder_lines(h orders.head,
    d orders.despatch, everything boolean, picked bigint[])
returns json language plpgsql stable as $$
declare
	german boolean := core.me_language() = 'de';
	ids bigint[] := orders.builder_ids(h, d, picked);
begin
	return (select coalesce(json_agg(json_build_object('line', l.public_id,
	    'order_number', o.number, 'order_line_id', l.line_id,
	    'label', o.number || ' / ' || l.line_id || ' · ' || i.number,
	    'item_number', i.number, 'item_name', case when german
	        then i.name_de else i.name_en end, 'unit', l.unit,
	    'left', trim_scale(m.rest)::text, 'expected_date', coalesce(
	        l.expected_date, l.requested_date),
	    'quantity', case when d.id is not null
	        then trim_scale(p.quantity)::text when t.due
	        then trim_scale(m.rest)::text end,
	    'package', case when d.id is not null then p.package::text
	        when t.due then '1' end, 'lot', p.lot,
	    'serials', array_to_string(p.serials, ', '),
	    'expiry_date', p.expiry_date)
	    order by o.id <> h.id, o.id, l.position, p.id), '[]')
	from orders.line l join orders.head o on o.id = l.order_id
	left join item.item i on i.id = l.item_id
	left join orders.packed p on p.despatch_id = d.id and p.line_id = l.id,
	lateral (select l.confirmed + l.backordered - l.shipped + coalesce((
	    select sum(x.quantity) from orders.packed x
	    where x.despatch_id = d.id and x.line_id = l.id), 0) as rest) m,
	lateral (select o.id = h.id or everything as due) t
	where l.id = any (ids));
end
$$;

-- The packages of the form: those of the despatch and empty ones.
create or replace function orders.builder_packages(d orders.despatch)
returns json language plpgsql stable as $$
declare
	used int := coalesce((select max(position) from orders.package
	    where despatch_id = d.id), 0);
begin
	return (select json_agg(json_build_object('id', n, 'kind', p.kind,
	    'sscc', p.sscc, 'parent', p.parent, 'weight',
	    trim_scale(p.weight)::text) order by n)
	from generate_series(1, greatest(used + 2, 4)) n
	left join orders.package p on p.despatch_id = d.id and p.position = n);
end
$$;

create or replace function orders.builder_json(h orders.head,
    d orders.despatch, everything boolean default false,
    picked bigint[] default null)
returns json language plpgsql stable as $$
declare
	lines json := orders.builder_lines(h, d, everything, picked);
begin
	return json_build_object('order', json_build_object('id', h.public_id,
	    'number', h.number), 'ship_to', orders.party_json(h.ship_to),
	    'despatch', case when d.id is not null then json_build_object('id',
	        d.public_id, 'number', d.number, 'version', d.version) end,
	    'numbers', orders.gs1_prefix(h.partner_id) is not null,
	    'form', json_build_object('number', d.number, 'ship_date',
	        coalesce(d.ship_date, core.today()), 'arrival_date',
	        d.arrival_date, 'carrier', d.carrier, 'scac', d.scac,
	        'tracking', d.tracking, 'weight', trim_scale(d.weight)::text,
	        'delivery_note', (select r ->> 'number'
	            from jsonb_array_elements(d.refs) r
	            where r ->> 'kind' = 'delivery_note' limit 1),
	        'text', d.texts #>> '{0,value}'),
	    'packages', orders.builder_packages(d),
	    'fewer', d.id is null and not everything and exists (
	        select from json_array_elements(lines) l
	        where l ->> 'quantity' is null),
	    'lines', lines);
end
$$;

-- Rows of a form, {"0": {…}} or a list, as a list, each with its place.
create or replace function orders.form_rows(typed jsonb, name text)
returns jsonb language plpgsql stable as $$
begin
	if jsonb_typeof(typed) = 'object' then
		return (select coalesce(jsonb_agg(value || jsonb_build_object('at',
		    '/' || name || '/' || key, 'n', key::int) order by key::int),
		    '[]') from jsonb_each(typed)
		    where key ~ '^[0-9]{1,4}$' and jsonb_typeof(value) = 'object');
	end if;
	return (select coalesce(jsonb_agg(e || jsonb_build_object('at', '/' || name
	    || '/' || ord - 1, 'n', ord - 1) order by ord), '[]')
	from jsonb_array_elements(case jsonb_typeof(typed) when 'array'
	    then typed else '[]' end) with ordinality t (e, ord)
	where jsonb_typeof(e) = 'object');
end
$$;

-- The lines of the form that hold something: with a quantity.
create or replace function orders.builder_typed(input jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(e order by ord), '[]')
	from jsonb_array_elements(orders.form_rows(input -> 'lines', 'lines')
	    || orders.form_rows(input -> 'more', 'more'))
	    with ordinality t (e, ord)
	where coalesce(e ->> 'line', '') <> ''
	and coalesce(trim(e ->> 'quantity'), '') not in ('', '0'));
end
$$;

-- The packages of the form that are meant: named by a line or by a package in
-- it, or with a number of their own.
create or replace function orders.builder_used(input jsonb, typed jsonb)
returns jsonb language plpgsql stable as $$
declare
	all_rows jsonb := orders.form_rows(input -> 'packages', 'packages');
	named text[] := array(select trim(e ->> 'package')
	    from jsonb_array_elements(typed) e
	    where trim(e ->> 'package') <> ''
	    union select trim(p ->> 'parent')
	    from jsonb_array_elements(all_rows) p
	    where trim(p ->> 'parent') <> '');
begin
	return (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'id', n.id, 'kind', coalesce(nullif(p ->> 'kind', ''), 'CT'),
	    'count', '1', 'sscc', orders.sscc_plain(p ->> 'sscc'),
	    'parent', nullif(trim(p ->> 'parent'), ''),
	    'weight', nullif(trim(p ->> 'weight'), ''),
	    'at', coalesce(p ->> 'at', '/packages'))) order by length(n.id),
	    n.id), '[]')
	from (select coalesce(nullif(trim(p ->> 'id'), ''),
	        ((p ->> 'n')::int + 1)::text) as id, p
	    from jsonb_array_elements(all_rows) p
	    union all select id, '{}' from unnest(named) id
	    where id ~ '^[0-9]{1,4}$' and id::int
	        > jsonb_array_length(all_rows)) n
	where n.id = any (named) or orders.sscc_plain(p ->> 'sscc') is not null);
end
$$;

-- What was typed as a canonical despatch.
create or replace function orders.builder_doc(input jsonb, typed jsonb,
    packages jsonb, given text)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('type', 'despatch',
	    'number', given, 'ship_date', nullif(input ->> 'ship_date', ''),
	    'arrival_date', nullif(input ->> 'arrival_date', ''),
	    'carrier', jsonb_build_object('name', nullif(trim(
	        input ->> 'carrier'), ''), 'scac', nullif(trim(
	        input ->> 'scac'), '')),
	    'tracking', nullif(trim(input ->> 'tracking'), ''),
	    'refs', case when trim(input ->> 'delivery_note') <> '' then
	        jsonb_build_array(jsonb_build_object('kind', 'delivery_note',
	        'number', trim(input ->> 'delivery_note'))) end,
	    'text', case when trim(input ->> 'text') <> '' then
	        jsonb_build_array(jsonb_build_object('kind', 'note', 'value',
	        trim(input ->> 'text'))) end,
	    'totals', jsonb_build_object('weight', core.try_decimal(
	        input ->> 'weight')::text), 'packages', packages, 'lines', (
	    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	        'line_id', ord::text, 'order_number', h.number,
	        'order_line_id', l.line_id,
	        'item', jsonb_build_object('lot', nullif(trim(e ->> 'lot'), ''),
	            'serials', nullif(to_jsonb(regexp_split_to_array(trim(
	            both ', ' || E'\r\n\t' from e ->> 'serials'),
	            '[,;\s]+')), '[""]')),
	        'shipped', coalesce(core.try_decimal(e ->> 'quantity')::text,
	            e ->> 'quantity'),
	        'package', nullif(trim(e ->> 'package'), ''),
	        'expiry_date', nullif(e ->> 'expiry_date', ''))) order by ord),
	        '[]')
	    from jsonb_array_elements(typed) with ordinality t (e, ord)
	    left join orders.line l on l.public_id = core.try_uuid(e ->> 'line')
	    left join orders.head h on h.id = l.order_id)));
end
$$;

-- Findings about a typed despatch as errors at what was typed.
create or replace function orders.builder_errors(findings jsonb, typed jsonb,
    packages jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(core.wrong(coalesce(case p[2]
	    when 'lines' then typed #>> array[p[3], 'at'] || case p[4]
	        when 'package' then '/package' when 'item' then '/serials'
	        when 'order_number' then '' when 'order_line_id' then ''
	        else '/quantity' end
	    when 'packages' then packages #>> array[p[3], 'at'] || '/' || p[4]
	    end, f ->> 'pointer'), case replace(f ->> 'rule', 'business.', '')
	    when 'ship_over' then 'orders.despatch.most'
	    when 'despatch_quantity' then 'orders.line.quantity'
	    when 'despatch_line_unknown' then 'orders.line.unknown'
	    when 'order_unknown' then 'orders.line.unknown'
	    when 'despatch_unconfirmed' then 'orders.event.illegal'
	    when 'change_pending' then 'orders.change.pending'
	    when 'sscc' then 'orders.despatch.sscc'
	    when 'sscc_twice' then 'orders.despatch.sscc_twice'
	    when 'serial_twice' then 'orders.despatch.serial_twice'
	    when 'despatch_serials' then 'orders.despatch.serials'
	    when 'despatch_dates' then 'orders.despatch.dates'
	    when 'despatch_number_used' then 'orders.number.used'
	    when 'despatch_empty' then 'orders.line.none'
	    when 'despatch_over' then 'orders.despatch.over'
	    else 'orders.despatch.package' end, jsonb_strip_nulls(
	        jsonb_build_object('found', f -> 'found', 'expected',
	        f -> 'expected')))), '[]')
	from jsonb_array_elements(findings) f,
	lateral (select string_to_array(f ->> 'pointer', '/') as p) x
	where f ->> 'severity' = 'error' or f ->> 'rule' in
	    ('business.despatch_serials', 'business.despatch_dates'));
end
$$;

-- Does what was typed. Refuses with every wrong field.
create or replace function orders.builder_place(h orders.head,
    d orders.despatch, input jsonb)
returns orders.despatch language plpgsql as $$
declare
	typed jsonb := orders.builder_typed(input);
	packages jsonb := orders.builder_used(input, typed);
	doc jsonb := orders.despatch_keep(d, orders.builder_doc(input, typed,
	    packages, coalesce(d.number, nullif(trim(input ->> 'number'), ''),
	    orders.despatch_number(h))), typed) || jsonb_build_object('function',
	    case when d.id is null then 'original' else 'replace' end);
	placed jsonb;
	wrong jsonb;
begin
	placed := orders.despatch_place(h.partner_id, doc, orders.origin_me(),
	    true, true);
	wrong := orders.builder_errors(placed -> 'findings', typed, packages);
	if core.try_decimal(input ->> 'weight') is null
	    and trim(input ->> 'weight') <> '' then
		wrong := wrong || core.wrong('/weight', 'value.decimal');
	end if;
	if wrong <> '[]' then
		perform core.fail(422, 'orders.despatch.invalid', null, wrong);
	end if;
	placed := orders.despatch_place(h.partner_id, doc, orders.origin_me(),
	    false, true);
	select * into d from orders.despatch
	where id = (placed ->> 'despatch')::bigint;
	return d;
end
$$;

-- The caller's purchase order from which he despatches.
create or replace function orders.despatch_from(input jsonb)
returns orders.head language plpgsql stable as $$
declare
	h orders.head := orders.by_id(input);
begin
	if h.kind <> 'purchase' then
		perform core.fail_absent();
	end if;
	return h;
end
$$;

-- What a new despatch starts with: what may leave to the place of an order.
--   input   id uuid of the order, all bool = false: fill in the lines of other
--           orders, too
--   result  {"order": {"id", "number"}, "ship_to": party, "despatch": null,
--           "numbers": true when packages get numbers, "form": {"number",
--           "ship_date", "arrival_date", "carrier", "scac", "tracking",
--           "weight", "delivery_note", "text"}, "packages": [{"id": 1, "kind",
--           "sscc", "parent", "weight"}], "lines": [{"line": uuid,
--           "order_number", "order_line_id", "label", "item_number",
--           "item_name", "unit", "left": "4", "expected_date", "quantity",
--           "package", "lot", "serials", "expiry_date"}], "fewer": true when
--           lines of other orders are not filled in}
create or replace function api.despatches_new(input jsonb)
returns json language plpgsql stable as $$
begin
	return orders.builder_json(orders.despatch_from(input), null,
	    coalesce((nullif(input ->> 'all', ''))::boolean, false));
end
$$;
select core.operation('despatches_new', permission => 'despatches.create',
    input => '{"id": "uuid", "all": "bool?"}');

-- Enters a despatch advice.
--   input   id uuid of an order of the same place, number?, ship_date?,
--           arrival_date?, carrier?, scac?, tracking?, weight?,
--           delivery_note?, text?, packages [{"id"? (else its place, from 1),
--           "kind": "CT", "sscc"? (else made), "parent"?: id, "weight"?}],
--           lines [{"line": uuid, "quantity", "package"?: id, "lot"?,
--           "serials"? (with commas or blanks between), "expiry_date"?}];
--           one line may stand in several packages; more: further lines
--   result  201, location /despatches/<id>, the despatch
--   errors  422 orders.despatch.invalid with errors at what was typed
create or replace function api.despatches_create(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.despatch_from(input);
	d orders.despatch := orders.builder_place(h, null, input);
	shown core.answer := orders.despatch_show(d);
begin
	return core.created('/despatches/' || d.public_id, shown.data, d.version);
end
$$;
select core.operation('despatches_create', permission =>
    'despatches.create', writes => true, input => '{"id": "uuid",
    "number": "line?", "ship_date": "date?", "arrival_date": "date?",
    "carrier": "line?", "scac": "line?", "tracking": "line?",
    "weight": "line?", "delivery_note": "line?", "text": "text?",
    "packages": "json?", "lines": "json?", "more": "json?"}');

-- The despatch that a caller may correct.
create or replace function orders.despatch_own(input jsonb)
returns orders.despatch language plpgsql stable as $$
declare
	d orders.despatch := orders.despatch_by_id(input);
begin
	if d.kind <> 'purchase' then
		perform core.fail_absent();
	elsif not orders.despatch_may_change(d) then
		perform core.fail(409, 'orders.despatch.over', jsonb_build_object(
		    'number', d.number, 'state', d.state));
	end if;
	return d;
end
$$;

-- An order of a despatch: the form's place.
create or replace function orders.despatch_first(d orders.despatch)
returns orders.head language plpgsql stable as $$
declare
	h orders.head;
begin
	select x.* into h from orders.head x
	join orders.shipment s on s.order_id = x.id
	where s.despatch_id = d.id order by x.id limit 1;
	return h;
end
$$;

-- A despatch as its correction starts. Result: as despatches_new, with
-- "despatch": {"id", "number", "version"}.
--   errors  409 orders.despatch.over when it was counted or cancelled; 422
--           orders.despatch.form when a form does not hold all of it: what is
--           left out of one would leave the despatch
create or replace function api.despatches_edit(input jsonb)
returns core.answer language plpgsql stable as $$
declare
	d orders.despatch := orders.despatch_own(input);
begin
	if orders.builder_room(d) < 0 then
		perform core.fail(422, 'orders.despatch.form', jsonb_build_object(
		    'number', d.number, 'lines', (select count(*)
		    from orders.packed p where p.despatch_id = d.id)));
	end if;
	return core.ok(orders.builder_json(orders.despatch_first(d), d),
	    d.version);
end
$$;
select core.operation('despatches_edit', permission => 'despatches.create',
    input => '{"id": "uuid"}');

-- Corrects a despatch before anything of it was counted; input as
-- despatches_create, with the version (or If-Match). Lines that are not named
-- leave it; what the form has no field for stays (orders.despatch_keep).
create or replace function api.despatches_update(input jsonb)
returns core.answer language plpgsql as $$
declare
	d orders.despatch := orders.despatch_own(input);
begin
	perform core.check_version(d.version, input);
	d := orders.builder_place(orders.despatch_first(d), d, input);
	return (200, d.version, '/despatches/' || d.public_id,
	    (orders.despatch_show(d)).data)::core.answer;
end
$$;
select core.operation('despatches_update', permission =>
    'despatches.create', writes => true, input => '{"id": "uuid",
    "number": "line?", "ship_date": "date?", "arrival_date": "date?",
    "carrier": "line?", "scac": "line?", "tracking": "line?",
    "weight": "line?", "delivery_note": "line?", "text": "text?",
    "packages": "json?", "lines": "json?", "more": "json?"}');

-- Cancels a despatch before anything of it was counted: the goods did not
-- leave. Input: id, version (or If-Match).
create or replace function api.despatches_cancel(input jsonb)
returns core.answer language plpgsql as $$
declare
	d orders.despatch := orders.despatch_own(input);
begin
	perform orders.despatch_lock(d.id, '{"lines": []}');
	d := orders.despatch_own(input);
	perform core.check_version(d.version, input);
	perform orders.despatches_keep(s.order_id)
	from orders.shipment s where s.despatch_id = d.id;
	d := orders.despatch_cancel(d, orders.origin_me());
	perform orders.despatch_settle(d, 'cancelled');
	return (200, d.version, '/despatches/' || d.public_id,
	    (orders.despatch_show(d)).data)::core.answer;
end
$$;
select core.operation('despatches_cancel', permission =>
    'despatches.create', writes => true, input => '{"id": "uuid"}');
