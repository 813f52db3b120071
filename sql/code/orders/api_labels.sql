-- SPDX-License-Identifier: Apache-2.0
--
-- Labels of packages: what stands on them; the server draws them as PDF.

-- An address as lines of a label.
create or replace function orders.address_lines(party jsonb)
returns text language sql immutable as $$
	select concat_ws(E'\n', p ->> 'name', (
	    select string_agg(s, E'\n') from jsonb_array_elements_text(
	    case jsonb_typeof(p -> 'street') when 'array' then p -> 'street'
	    else '[]' end) s), nullif(trim(concat_ws(' ', nullif(concat_ws('-',
	        p ->> 'country', p ->> 'postal_code'), ''), p ->> 'city')), ''))
	from (select orders.party_json(party)) x (p)
$$;

-- Who sends: the house, unless the caller is the supplier and may show his
-- name.
create or replace function orders.label_sender(d orders.despatch)
returns text language plpgsql stable as $$
begin
	return orders.address_lines(case when d.kind = 'purchase'
	    and coalesce((exchange.terms(d.partner_id)).shows_names, false)
	    then orders.partner_party(d.partner_id) || (
	        select jsonb_build_object('address', jsonb_build_object('street',
	        to_jsonb(a.street), 'postal_code', a.postal_code, 'city', a.city,
	        'country', a.country)) from core.address a
	        where a.partner_id = d.partner_id
	        order by a.kind = 'ship_from' desc, a.kind = 'main' desc limit 1)
	    else orders.house_party() end);
end
$$;

-- What lies in a package and those within it, a line of text each.
create or replace function orders.label_contents(d orders.despatch,
    place int)
returns json language plpgsql stable as $$
declare
	german boolean := core.me_language() = 'de';
begin
	return (with recursive inside as (
		select place as position
		union
		select k.position from inside i join orders.package k
		    on k.despatch_id = d.id and k.parent = i.position
	) select coalesce(json_agg(concat_ws(' ', trim_scale(p.quantity),
	    nullif(l.unit, 'C62'), '×', i.number, case when german
	        then i.name_de else i.name_en end, '[' || p.lot || ']')
	    order by p.id), '[]')
	from orders.packed p join orders.line l on l.id = p.line_id
	left join item.item i on i.id = l.item_id
	where p.despatch_id = d.id
	and p.package in (select position from inside));
end
$$;

-- The labels of a despatch, one for each package with a number.
--   input   id uuid
--   result  {"media_type": "application/pdf", "filename": "LS-77.pdf",
--           "labels": [{"sscc", "qr": its address in the web by GS1 Digital
--           Link, "fields": [{"name": "to", "value", "large"}],
--           "contents": ["4 × EL-1010 Electric motor"]}]}
--   errors  404 when no package has a number
create or replace function api.despatch_labels_bytes(input jsonb)
returns json language plpgsql stable as $$
declare
	d orders.despatch := orders.despatch_by_id(input);
	sender text := orders.label_sender(d);
	numbers text := (select string_agg(orders.their_order_number(h), ', '
	    order by h.id) from orders.shipment s
	    join orders.head h on h.id = s.order_id where s.despatch_id = d.id);
	many bigint := (select count(*) from orders.package
	    where despatch_id = d.id);
	labels json;
begin
	select json_agg(json_build_object('sscc', p.sscc,
	    'qr', 'https://id.gs1.org/00/' || p.sscc,
	    'fields', json_build_array(
	        json_build_object('name', 'from', 'value', sender),
	        json_build_object('name', 'to', 'value',
	            orders.address_lines(d.ship_to), 'large', true),
	        json_build_object('name', 'order', 'value',
	            numbers),
	        json_build_object('name', 'despatch', 'value',
	            d.number),
	        json_build_object('name', 'carrier', 'value',
	            concat_ws(' ', d.carrier, d.tracking)),
	        json_build_object('name', 'package', 'value',
	            p.position || ' / ' || many)),
	    'contents', orders.label_contents(d, p.position)) order by p.position)
	into labels from orders.package p
	where p.despatch_id = d.id and p.sscc is not null;
	if labels is null then
		perform core.fail_absent();
	end if;
	return json_build_object('media_type', 'application/pdf', 'filename',
	    d.number || '.pdf', 'labels', labels);
end
$$;
select core.operation('despatch_labels_bytes', permission =>
    'despatches.read', input => '{"id": "uuid"}');
