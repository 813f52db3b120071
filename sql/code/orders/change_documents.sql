-- SPDX-License-Identifier: Apache-2.0
--
-- Changes as canonical documents: asked of a supplier, answered to a
-- distributor.

-- A change of a supplier's order. A cancellation carries a note, since
-- OrderCancellation asks for one: its number.
create or replace function orders.change_doc(p orders.head, k orders.change)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('type', 'order_change',
	    'function', k.kind, 'number', k.number, 'issue_date', core.today(),
	    'order_number', p.number, 'order_date', p.issue_date,
	    'sequence', k.order_version::text, 'currency', p.currency,
	    'sellers_order_number', p.partner_number,
	    'parties', jsonb_build_object('buyer', orders.house_party(),
	        'seller', orders.partner_party(p.partner_id), 'ship_to',
	        case when k.kind = 'change' then coalesce(
	        k.head #> '{ship_to,new}', p.ship_to) end),
	    'text', case when k.kind = 'cancel' then jsonb_build_array(
	        jsonb_build_object('value', k.number)) end,
	    'lines', case when k.kind = 'change' then (
	        select jsonb_agg(orders.change_doc_line(d, l) order by ord)
	        from jsonb_array_elements(k.lines) with ordinality t (d, ord)
	        left join orders.line l on l.id = (d ->> 'line')::bigint) end));
end
$$;

create or replace function orders.change_doc_line(d jsonb, l orders.line)
returns jsonb language plpgsql stable as $$
declare
	wish jsonb := coalesce(d -> 'new', (d -> 'old')
	    || '{"quantity": "0"}');
begin
	return jsonb_strip_nulls(jsonb_build_object('line_id', d ->> 'line_id',
	    'action', d ->> 'action', 'item', coalesce(l.item, d -> 'spec'),
	    'ordered', wish ->> 'quantity', 'unit_code', d ->> 'unit',
	    'price_amount', wish ->> 'price', 'price_base',
	    nullif(wish ->> 'base', '1'), 'requested_date', wish ->> 'date',
	    'schedule', wish -> 'wanted'));
end
$$;

-- The house's answer to a distributor's change: AB it came, AP it stands, RE
-- the former version stands, CA a part of it stands (every line of the order).
create or replace function orders.send_change_answer(h orders.head,
    c orders.change, code text)
returns void language plpgsql as $$
declare
	doc jsonb;
begin
	if (exchange.wants(h.partner_id, 'order_response')).id is null then
		return;
	end if;
	doc := orders.response_doc(h, code) || jsonb_build_object('number',
	    c.number || '-' || code, 'sequence', coalesce(
	    c.order_version::text, '1'));
	if code = 'RE' and c.refusal ? 'text' then
		doc := doc || jsonb_build_object('text', jsonb_build_array(
		    jsonb_build_object('value', c.refusal ->> 'text')));
	end if;
	perform exchange.send(h.partner_id, 'order_response', doc, core.now(),
	    'order', h.public_id);
end
$$;
