-- SPDX-License-Identifier: Apache-2.0
--
-- Changes as canonical documents: asked of a supplier, answered to a
-- distributor.

-- A change of a supplier's order. A cancellation carries a note, since
-- OrderCancellation asks for one: its number. One that replaces another says
-- which, and what becomes of lines that only the other named.
create or replace function orders.change_doc(p orders.head, k orders.change)
returns jsonb language plpgsql stable as $$
declare
	old orders.change;
	lines jsonb;
begin
	select * into old from orders.change x where x.id = k.replaces_id;
	lines := k.lines || orders.lines_back(old, orders.line_ids(k.lines));
	return jsonb_strip_nulls(jsonb_build_object('type', 'order_change',
	    'function', k.kind, 'number', k.number, 'issue_date', core.today(),
	    'order_number', p.number, 'order_date', p.issue_date,
	    'sequence', k.order_version::text, 'currency', p.currency,
	    'sellers_order_number', p.partner_number,
	    'parties', jsonb_build_object('buyer', orders.house_party(),
	        'seller', orders.partner_party(p.partner_id), 'ship_to',
	        case when k.kind = 'change' then orders.place_party(coalesce(
	        k.head #> '{ship_to,new}', p.ship_to)) end),
	    'text', orders.change_notes(k, old.number),
	    'lines', case when k.kind = 'change' then (
	        select jsonb_agg(orders.change_doc_line(d, l) order by ord)
	        from jsonb_array_elements(lines) with ordinality t (d, ord)
	        left join orders.line l on l.id = (d ->> 'line')::bigint) end));
end
$$;

create or replace function orders.change_notes(k orders.change, old text)
returns jsonb language sql stable as $$
	select nullif(case when k.kind = 'cancel' then jsonb_build_array(
	        jsonb_build_object('value', k.number)) else '[]' end
	    || case when old is not null then jsonb_build_array(
	        jsonb_build_object('value', old)) else '[]' end
	    || case when k.parent_id is null then coalesce(k.asked -> 'text',
	        '[]') else '[]' end, '[]')
$$;

-- Lines of a change that is given up, as they stand: what was to be added is
-- not there, everything else is as it was.
create or replace function orders.lines_back(k orders.change, but text[])
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(case d ->> 'action' when '1'
	    then d - 'new' || jsonb_build_object('action', '2', 'old', d -> 'new')
	    else d || jsonb_build_object('action', '3', 'new', d -> 'old') end
	    order by ord), '[]')
	from jsonb_array_elements(k.lines) with ordinality t (d, ord)
	where d ->> 'line_id' <> all (but));
end
$$;

-- A change that the buyer takes back: a further change, back to the version
-- that stands. A cancellation by number would be read as one of the order. Its
-- note names the change that is taken back.
create or replace function orders.change_back_doc(p orders.head,
    k orders.change)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('type', 'order_change',
	    'function', 'change', 'number', k.number || '-W', 'issue_date',
	    core.today(), 'order_number', p.number, 'order_date', p.issue_date,
	    'currency', p.currency, 'sellers_order_number', p.partner_number,
	    'requested_date', k.head #> '{requested_date,old}',
	    'parties', jsonb_build_object('buyer', orders.house_party(),
	        'seller', orders.partner_party(p.partner_id),
	        'ship_to', orders.place_party(p.ship_to)),
	    'text', jsonb_build_array(jsonb_build_object('value', k.number)),
	    'lines', (select jsonb_agg(orders.change_doc_line(d, l) order by ord)
	        from jsonb_array_elements(orders.lines_back(k, '{}'))
	            with ordinality t (d, ord)
	        left join orders.line l on l.id = (d ->> 'line')::bigint)));
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
-- the former version stands, CA a part of it stands (every line of the order);
-- AP, numbered -W, that it is taken back and what version stands.
create or replace function orders.send_change_answer(h orders.head,
    c orders.change, code text)
returns void language plpgsql as $$
declare
	doc jsonb;
begin
	if (exchange.wants(h.partner_id, 'order_response')).id is null then
		return;
	end if;
	doc := orders.response_doc(h, code) || case when c.state = 'withdrawn'
	    then jsonb_build_object('number', c.number || '-W', 'sequence',
	        h.order_version::text)
	    else jsonb_build_object('number', c.number || '-' || code,
	        'sequence', coalesce(c.order_version::text, '1')) end;
	if code = 'RE' and c.refusal ? 'text' then
		doc := doc || jsonb_build_object('text', jsonb_build_array(
		    jsonb_build_object('value', c.refusal ->> 'text')));
	end if;
	perform exchange.send(h.partner_id, 'order_response', doc, core.now(),
	    'order', h.public_id);
end
$$;
