-- SPDX-License-Identifier: Apache-2.0
--
-- Despatch advices as answers show them.

create or replace function orders.despatch_tone(state text)
returns text language plpgsql stable as $$
begin
	return (select s.tone from core.machine_state s
	    where s.machine = 'despatch' and s.state = despatch_tone.state);
end
$$;

-- Orders that a despatch holds goods of.
create or replace function orders.despatch_orders(of_despatch bigint)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('id', h.public_id,
	    'number', h.number, 'partner_number', h.partner_number)
	    order by h.id), '[]')
	from orders.shipment s join orders.head h on h.id = s.order_id
	where s.despatch_id = of_despatch);
end
$$;

create or replace function orders.despatch_row(d orders.despatch,
    portal text)
returns json language plpgsql stable as $$
begin
	return json_build_object('id', d.public_id, 'number', d.number,
	    'kind', d.kind, 'state', d.state,
	    'tone', orders.despatch_tone(d.state), 'version', d.version,
	    'despatch_version', d.despatch_version, 'ship_date', d.ship_date,
	    'arrival_date', d.arrival_date, 'carrier', d.carrier,
	    'scac', d.scac, 'tracking', d.tracking,
	    'packages', (select coalesce(sum(p.count), 0) from orders.package p
	        where p.despatch_id = d.id),
	    'lines', (select count(distinct p.line_id) from orders.packed p
	        where p.despatch_id = d.id),
	    'orders', orders.despatch_orders(d.id),
	    'created_at', d.created_at, 'received_at', d.received_at,
	    'partner', case when portal = 'desk' then
	        core.partner_brief(d.partner_id) end);
end
$$;

-- What lies in a package (null: loose).
create or replace function orders.packed_json(d orders.despatch, place int)
returns json language plpgsql stable as $$
declare
	german boolean := core.me_language() = 'de';
begin
	return (select coalesce(json_agg(json_build_object('order', h.public_id,
	    'order_number', h.number, 'line_id', l.line_id,
	    'item', json_build_object('number', i.number, 'gtin', i.gtin,
	        'name', case when german then i.name_de else i.name_en end),
	    'quantity', orders.quantity(p.quantity, l.unit), 'lot', p.lot,
	    'serials', to_json(p.serials), 'expiry_date', p.expiry_date,
	    'best_before_date', p.best_before_date) order by p.id), '[]')
	from orders.packed p join orders.line l on l.id = p.line_id
	join orders.head h on h.id = l.order_id
	left join item.item i on i.id = l.item_id
	where p.despatch_id = d.id and p.package is not distinct from place);
end
$$;

-- The packages, each behind the one around it, with how deep it lies.
create or replace function orders.packages_json(d orders.despatch)
returns json language plpgsql stable as $$
begin
	return (with recursive tree as (
		select p.*, 0 as depth, array[p.position] as path
		from orders.package p
		where p.despatch_id = d.id and p.parent is null
		union all
		select p.*, t.depth + 1, t.path || p.position
		from tree t join orders.package p on p.despatch_id = d.id
		    and p.parent = t.position
		where p.position <> all (t.path)
	) select coalesce(json_agg(json_build_object('position', t.position,
	    'depth', t.depth, 'kind', t.kind, 'count', t.count, 'sscc', t.sscc,
	    'weight', trim_scale(t.weight)::text, 'parent', t.parent,
	    'contents', orders.packed_json(d, t.position)) order by t.path), '[]')
	from tree t);
end
$$;

-- The lines of a despatch: what left, and what was counted of it.
create or replace function orders.despatch_lines_json(d orders.despatch)
returns json language plpgsql stable as $$
declare
	german boolean := core.me_language() = 'de';
begin
	return (select coalesce(json_agg(json_build_object('line', l.public_id,
	    'order', h.public_id, 'order_number', h.number,
	    'partner_number', h.partner_number, 'line_id', l.line_id,
	    'item', json_build_object('number', i.number, 'gtin', i.gtin, 'name',
	        case when german then i.name_de else i.name_en end),
	    'unit', l.unit, 'sent', orders.quantity(n.quantity, l.unit),
	    'quantity_sent', trim_scale(n.quantity)::text,
	    'ordered', orders.quantity(l.ordered, l.unit),
	    'shipped', orders.quantity(l.shipped, l.unit),
	    'counted', case when n.counted is not null
	        then orders.quantity(n.counted, l.unit) end,
	    'differs', n.counted <> n.quantity) order by h.id, l.position), '[]')
	from orders.shipment s
	join orders.shipment_line n on n.shipment_id = s.id
	join orders.line l on l.id = n.line_id
	join orders.head h on h.id = l.order_id
	left join item.item i on i.id = l.item_id
	where s.despatch_id = d.id);
end
$$;

-- The versions of a despatch, newest first.
create or replace function orders.despatch_versions_json(d orders.despatch)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object(
	    'despatch_version', v.despatch_version, 'at', v.created_at,
	    'source', v.source, 'person', core.person_name(v.person_id),
	    'document', case when x.id is not null then json_build_object('id',
	        x.public_id, 'number', x.number) end,
	    'function', v.content ->> 'function',
	    'tracking', v.content ->> 'tracking',
	    'carrier', v.content #>> '{carrier,name}',
	    'ship_date', v.content ->> 'ship_date', 'lines', (
	        select coalesce(json_agg(json_build_object('order_number',
	        e ->> 'order_number', 'line_id', e ->> 'order_line_id',
	        'quantity', json_build_object('value', e ->> 'shipped', 'unit',
	            e ->> 'unit_code'), 'package', e ->> 'package') order by n),
	        '[]') from jsonb_array_elements(coalesce(v.content -> 'lines',
	            '[]')) with ordinality t (e, n)))
	    order by v.despatch_version desc), '[]')
	from orders.despatch_version v
	left join exchange.document x on x.id = v.document_id
	where v.despatch_id = d.id);
end
$$;

-- The counts of a despatch. A case is named to those who may see it.
create or replace function orders.receipts_json(d orders.despatch)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('number', r.number,
	    'receipt_date', r.receipt_date, 'note', r.note, 'source', r.source,
	    'person', core.person_name(r.person_id), 'at', r.created_at,
	    'document', case when x.id is not null then json_build_object('id',
	        x.public_id, 'number', x.number) end,
	    'lines', (select json_agg(json_build_object('order_number', h.number,
	        'line_id', l.line_id, 'sent', orders.quantity(i.shipped, l.unit),
	        'received', orders.quantity(i.received, l.unit),
	        'rejected', case when i.rejected > 0
	            then orders.quantity(i.rejected, l.unit) end,
	        'damaged', case when i.damaged > 0
	            then orders.quantity(i.damaged, l.unit) end,
	        'reason', i.reason, 'case', (select json_build_object('id',
	            c.public_id, 'number', c.number) from cases.head c
	            where c.id = i.case_id)) order by i.id)
	        from orders.receipt_line i join orders.line l on l.id = i.line_id
	        join orders.head h on h.id = l.order_id
	        where i.receipt_id = r.id)) order by r.id), '[]')
	from orders.receipt r left join exchange.document x on x.id = r.document_id
	where r.despatch_id = d.id);
end
$$;

-- What the caller may do with a despatch now.
create or replace function orders.despatch_actions(d orders.despatch)
returns text[] language plpgsql stable as $$
declare
	portal text := core.me_portal();
begin
	return array(select a from unnest(array['correct', 'cancel', 'receive'])
	    a where case a when 'receive' then d.state = 'sent'
	        and core.me_may('receipts.create')
	        and (portal = 'distributor' and d.kind = 'sales'
	            or portal = 'desk')
	    else portal = 'supplier' and d.kind = 'purchase'
	        and core.me_may('despatches.create')
	        and orders.despatch_may_change(d) end);
end
$$;

-- The other side of a despatch, for the house only.
create or replace function orders.despatch_linked(d orders.despatch,
    portal text)
returns json language plpgsql stable as $$
begin
	if portal <> 'desk' then
		return '[]';
	end if;
	return (select coalesce(json_agg(orders.despatch_row(o, portal)
	    order by o.id), '[]') from orders.despatch o
	    where o.id = d.origin_id or o.origin_id = d.id);
end
$$;

create or replace function orders.despatch_show(d orders.despatch)
returns core.answer language plpgsql stable as $$
declare
	portal text := core.me_portal();
	actions text[] := orders.despatch_actions(d);
begin
	return core.ok(orders.both(orders.despatch_row(d, portal),
	    json_build_object('ship_to', orders.party_json(d.ship_to),
	    'weight', trim_scale(d.weight)::text, 'weight_unit', d.weight_unit,
	    'refs', d.refs, 'texts', d.texts, 'source', d.source,
	    'person', core.person_name(d.person_id), 'document', (
	        select json_build_object('id', x.public_id, 'number', x.number)
	        from exchange.document x where x.id = d.document_id),
	    'package_list', orders.packages_json(d),
	    'loose', orders.packed_json(d, null),
	    'line_list', orders.despatch_lines_json(d),
	    'versions', orders.despatch_versions_json(d),
	    'receipts', orders.receipts_json(d),
	    'documents', (select coalesce(json_agg(json_build_object('id',
	        x.public_id, 'number', x.number, 'direction', x.direction,
	        'type', x.type, 'family', x.family, 'state', x.state)
	        order by x.id), '[]') from exchange.document x
	        where x.about = d.public_id or x.id in (select m.document_id
	            from exchange.message m where m.object_id = d.public_id)),
	    'events', orders.events_json(d.public_id, 50),
	    'linked', orders.despatch_linked(d, portal),
	    'numbered', exists (select from orders.package p
	        where p.despatch_id = d.id and p.sscc is not null),
	    'actions', to_json(actions), 'can', orders.can(actions))), d.version);
end
$$;
