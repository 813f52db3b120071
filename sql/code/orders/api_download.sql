-- SPDX-License-Identifier: Apache-2.0
--
-- What of orders is taken away as EDIFACT, X12 or UBL: a supplier's answers, to
-- be filled in, or his orders; a distributor's orders.

-- The answer to a purchase order as it stands: what is not answered is as
-- ordered.
create or replace function orders.answer_doc(h orders.head)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('type', 'order_response',
	    'number', h.number || '-CA', 'issue_date', core.today(),
	    'order_number', h.number, 'order_date', h.issue_date,
	    'sellers_order_number', h.partner_number, 'response_code', 'CA',
	    'currency', h.currency, 'parties', jsonb_build_object(
	        'buyer', orders.house_party(),
	        'seller', orders.partner_party(h.partner_id)),
	    'lines', (select jsonb_agg(orders.answer_line_doc(l)
	        order by l.position) from orders.line l
	        where l.order_id = h.id and l.state <> 'cancelled')));
end
$$;

create or replace function orders.answer_line_doc(l orders.line)
returns jsonb language plpgsql stable as $$
declare
	parts jsonb := case when l.state = 'open' then orders.wanted_parts(l)
	    else orders.current_parts(l.id) end;
begin
	return jsonb_strip_nulls(jsonb_build_object('line_id', l.line_id,
	    'action', coalesce(case when l.state <> 'open' then l.answer end, '5'),
	    'item', l.item - 'any' || (select jsonb_strip_nulls(jsonb_build_object(
	        'buyers_item_id', i.number, 'gtin', i.gtin, 'name', i.name_en))
	        from item.item i where i.id = l.item_id),
	    'ordered', trim_scale(l.ordered)::text, 'unit_code', l.unit,
	    'confirmed', trim_scale(orders.parts_sum(parts, 'confirmed'))::text,
	    'backordered', trim_scale(nullif(orders.parts_sum(parts,
	        'backordered'), 0))::text,
	    'schedule', (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	        'quantity', p -> 'quantity', 'date', p -> 'date'))
	        order by p ->> 'kind' desc, p ->> 'date')
	        from jsonb_array_elements(parts) p
	        where p ->> 'kind' in ('confirmed', 'backordered')
	        and p ->> 'quantity' <> '0'),
	    'price_amount', orders.plain(coalesce(l.offered_price, l.price)),
	    'price_base', trim_scale(nullif(l.price_base, 1))::text,
	    'reason', l.reason));
end
$$;

-- A distributor's order in his own words.
create or replace function orders.sales_doc(h orders.head)
returns jsonb language plpgsql stable as $$
begin
	return orders.order_doc(h) || jsonb_build_object(
	    'number', coalesce(h.partner_number, h.number), 'parties',
	    jsonb_strip_nulls(jsonb_build_object(
	        'buyer', coalesce(h.parties -> 'buyer', '{}')
	            || orders.partner_party(h.partner_id),
	        'seller', orders.house_party(), 'ship_to', h.ship_to)),
	    'lines', (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	        'line_id', l.line_id, 'item', l.item - 'any'
	            || jsonb_strip_nulls(jsonb_build_object('sellers_item_id',
	            i.number, 'gtin', i.gtin, 'name', i.name_en)),
	        'ordered', trim_scale(l.ordered)::text, 'unit_code', l.unit,
	        'price_amount', orders.plain(l.price), 'price_base',
	        trim_scale(nullif(l.price_base, 1))::text, 'requested_date',
	        l.requested_date, 'schedule', l.wanted)) order by l.position)
	        from orders.line l left join item.item i on i.id = l.item_id
	        where l.order_id = h.id and l.state <> 'cancelled'));
end
$$;

-- The orders that are meant: one, or those of the worklist's present filter.
create or replace function orders.download_orders(input jsonb)
returns bigint[] language plpgsql stable as $$
declare
	h orders.head;
begin
	if input ->> 'order' <> '' then
		h := orders.by_id(jsonb_build_object('id', input -> 'order'));
		return array(select h.id where h.state <> 'draft' and exists (
		    select from orders.line l where l.order_id = h.id
		    and l.state <> 'cancelled'));
	end if;
	return array(select l.order_id from unnest(orders.worklist_find(
	    coalesce(nullif(input ->> 'view', ''), 'to_confirm'),
	    nullif(trim(input ->> 'q'), ''), null, orders.sheet_most(),
	    orders.whose(input)))
	    with ordinality k (id, n) join orders.line l on l.id = k.id
	    and l.state <> 'cancelled'
	    group by 1 order by min(k.n));
end
$$;

-- Asks for a file of one order, or of a supplier's worklist.
--   input   order uuid? (else the worklist: view, q, whose), format edifact|x12|ubl,
--           document order|answer (supplier; answer)
--   result  202, location /downloads/<id>, {"id", "state": "received"}
--   errors  422 orders.format (no agreement of this family), downloads.many
create or replace function api.orders_download(input jsonb)
returns core.answer language plpgsql as $$
declare
	wanted text := input ->> 'format';
	a exchange.agreement := exchange.agreement_in(core.me_partner(), wanted);
	ids bigint[] := orders.download_orders(input);
	answers boolean := core.me_portal() = 'supplier'
	    and coalesce(input ->> 'document', 'answer') <> 'order';
	made exchange.download;
begin
	if wanted not in ('edifact', 'x12', 'ubl') or a.id is null then
		perform core.fail(422, 'orders.format', jsonb_build_object('given',
		    wanted));
	elsif cardinality(ids) not between 1 and 500 then
		perform core.fail(422, 'downloads.many', jsonb_build_object('given',
		    cardinality(ids), 'most', 500));
	end if;
	insert into exchange.download (public_id, partner_id, family, name,
	    content, asked_at)
	values (core.uuid7(), core.me_partner(), wanted, (select case when
	    cardinality(ids) = 1 then h.number else 'worklist-' || core.today() end
	    from orders.head h where h.id = ids[1]), (select jsonb_agg(
	    exchange.download_entry(a, wanted, case when answers
	        then orders.answer_doc(h) when h.kind = 'sales'
	        then orders.sales_doc(h) else orders.order_doc(h) end,
	        answers or h.kind = 'sales', k.n) order by k.n)
	    from unnest(ids) with ordinality k (id, n)
	    join orders.head h on h.id = k.id), core.now())
	returning * into made;
	perform core.enqueue('document_download', jsonb_build_object('download',
	    made.id), made.partner_id);
	return core.accepted('/downloads/' || made.public_id,
	    json_build_object('id', made.public_id, 'state', 'received'));
end
$$;
select core.operation('orders_download', permission => 'orders.read',
    writes => true, input => '{"order": "uuid?", "format": "line",
    "document": "line?", "view": "line?", "q": "line?", "whose": "line?"}');
