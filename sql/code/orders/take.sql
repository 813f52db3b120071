-- SPDX-License-Identifier: Apache-2.0
--
-- An account manager takes an order that a distributor gives by telephone: the
-- distributor's own form, filled in by the house, placed by the same rules.

-- An empty form for an order of a distributor.
--   input   id of the partner
--   result  the members of orders_new and {"partner": {"id", "name", "number"}}
create or replace function api.partner_orders_new(input jsonb)
returns json language plpgsql stable as $$
declare
	p core.partner := core.distributor_by_id(input);
begin
	return orders.both(orders.form_json(p.id, '{"lines": []}'),
	    json_build_object('partner', core.partner_brief(p.id)));
end
$$;
select core.operation('partner_orders_new', permission => 'orders.take',
    input => '{"id": "uuid"}');

-- Places an order for a distributor. It is the house's word by telephone: who
-- wrote it down stands in its history, to the distributor as the house.
--   input   id of the partner, the rest as orders_create; drafts are not kept
--   result  201, location /orders/<id>, the order as orders_show shows it
--   errors  404, 422 as orders_create
create or replace function api.partner_orders_create(input jsonb)
returns core.answer language plpgsql as $$
declare
	p core.partner := core.distributor_by_id(input);
	o orders.origin := orders.origin_me();
	made bigint;
	h orders.head;
begin
	o.source := 'telephone';
	made := orders.submit_draft(p.id, orders.clean_draft(input), null, null,
	    o);
	select * into h from orders.head where id = made;
	return core.created('/orders/' || h.public_id, orders.show_json(h),
	    h.version);
end
$$;
select core.operation('partner_orders_create', permission => 'orders.take',
    writes => true, input => '{"id": "uuid", "partner_number": "line?",
    "requested_date": "date?", "order_kind": "line?", "ship_to": "line?",
    "text": "text?", "lines": "json?", "event": "line?"}');

-- Items as that distributor sees them, with his prices; input and result as
-- items_list.
create or replace function api.partner_items_list(input jsonb)
returns json language plpgsql stable as $$
declare
	p core.partner := core.distributor_by_id(input);
begin
	return item.find('partner_items_list', p.id, input);
end
$$;
select core.operation('partner_items_list', permission => 'orders.take',
    input => '{"id": "uuid", "q": "line?", "after": "line?",
    "limit": "int?"}');
