-- SPDX-License-Identifier: Apache-2.0
--
-- Order status documents: sent to partners whose agreement wants them, when
-- something of an order has changed and whenever somebody asks; received from
-- suppliers, where they move expected days.

-- A line as the document says it. What left in part names the rest, too.
create or replace function orders.report_line(l orders.line)
returns jsonb language plpgsql stable as $$
declare
	part boolean := l.state = 'part_shipped';
	rest numeric := l.confirmed + l.backordered - l.shipped;
	day date := coalesce(l.expected_date, l.latest_promised_date);
begin
	return jsonb_strip_nulls(jsonb_build_object('line_id', l.line_id,
	    'item', orders.item_named(l), 'status', case l.state when 'short' then 'received'
	        else l.state end,
	    'quantity', trim_scale(case when part then l.shipped
	        when l.state in ('rejected', 'cancelled')
	        then l.rejected + l.cancelled else l.ordered end)::text,
	    'unit_code', l.unit, 'date', case when not part
	        and not orders.line_over(l.state) then day end,
	    'reason', case when l.reason ->> 'text' <> '' then
	        jsonb_build_object('text', l.reason ->> 'text') end,
	    'further', case when part and rest > 0 then jsonb_build_array(
	        jsonb_build_object('status', case when l.backordered > 0
	        then 'backordered' else 'accepted' end, 'quantity',
	        trim_scale(rest)::text, 'unit_code', l.unit, 'date', day)) end));
end
$$;

-- The status of a distributor's order as a canonical document.
create or replace function orders.report_doc(h orders.head)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('type', 'order_status',
	    'number', h.number || '-V' || h.version, 'issue_date', core.today(),
	    'parties', jsonb_build_object(
	        'buyer', coalesce(h.parties -> 'buyer', '{}')
	            || orders.partner_party(h.partner_id),
	        'seller', orders.house_party()),
	    'lines', (select jsonb_agg(orders.report_line(l) || jsonb_build_object(
	        'order_number', h.partner_number, 'sellers_order_number', h.number)
	        order by l.position) from orders.line l where l.order_id = h.id)));
end
$$;

-- The lines as they were last told, or null.
create or replace function orders.reported(h orders.head)
returns jsonb language plpgsql stable as $$
begin
	return (select d.canonical -> 'lines' from exchange.document d
	    where d.about = h.public_id and d.direction = 'out'
	    and d.type = 'order_status' order by d.id desc limit 1);
end
$$;

-- Sends the status of an order. Null: the partner does not want it, or it is
-- what he was told last.
--   asked  also when nothing has changed
create or replace function orders.report(h orders.head, asked boolean)
returns bigint language plpgsql as $$
declare
	a exchange.agreement := exchange.wants(h.partner_id, 'order_status');
	doc jsonb;
begin
	if a.id is null then
		return null;
	end if;
	doc := orders.report_doc(h);
	if not asked and doc -> 'lines' = orders.reported(h) then
		return null;
	end if;
	return exchange.send(h.partner_id, 'order_status', doc, core.now(),
	    'order', h.public_id);
end
$$;

-- May the status of this order be sent? For its page.
create or replace function orders.reports(h orders.head)
returns boolean language plpgsql stable as $$
begin
	return h.kind = 'sales' and h.state <> 'draft'
	    and core.me_may('orders.act') and (exchange.wants(h.partner_id,
	    'order_status')).id is not null;
end
$$;

-- Enters the job that reports a change: once for what changes within two
-- seconds, so that a bulk step is one document.
create or replace function orders.report_later(sales bigint)
returns void language plpgsql as $$
declare
	partner bigint := (select partner_id from orders.head where id = sales);
begin
	if (exchange.wants(partner, 'order_status')).id is not null then
		perform core.enqueue('orders_report', jsonb_build_object('order',
		    sales), partner, core.now() + interval '2 seconds',
		    sales::text);
	end if;
end
$$;

-- The job orders_report. Input {"order": key}.
create or replace function orders.report_job(input jsonb)
returns jsonb language plpgsql as $$
declare
	h orders.head;
begin
	select * into h from orders.head where id = (input ->> 'order')::bigint;
	if h.id is not null then
		perform orders.report(h, false);
	end if;
	return '{}';
end
$$;

-- What is wrong with a supplier's status report about a line, or where it
-- says something else than we know.
create or replace function orders.report_findings(l orders.line, e jsonb,
    pointer text)
returns jsonb language plpgsql stable as $$
begin
	if l.id is null then
		return jsonb_build_array(orders.finding('line_unknown', 'error',
		    pointer || '/line_id', e ->> 'line_id', null));
	elsif e ->> 'status' is distinct from l.state and not (
	    l.state in ('shipped', 'received', 'short')
	    and e ->> 'status' in ('shipped', 'received')) then
		return jsonb_build_array(orders.finding('status_differs', 'warning',
		    pointer || '/status', e ->> 'status', l.state,
		    jsonb_build_object('line', l.line_id)));
	end if;
	return '[]';
end
$$;

-- The purchase order line that a line of a status report is about.
create or replace function orders.line_reported(partner bigint, e jsonb)
returns bigint language plpgsql stable as $$
begin
	return orders.line_meant((orders.purchase_named(partner,
	    e ->> 'order_number')).id, e);
end
$$;

-- A supplier's status report. Days move; quantities and answers do not, which
-- are said by an answer or a despatch advice.
create or replace function orders.handle_status(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	h orders.head := orders.order_charged(partner, canonical);
	found jsonb;
begin
	if h.id is null then
		return orders.outcome('none', null, jsonb_build_array(orders.finding(
		    'order_unknown', 'error', '/lines/0/order_number',
		    canonical #>> '{lines,0,order_number}', null)));
	end if;
	perform orders.lock_family(f) from orders.families(array(
	    select l.order_id from jsonb_array_elements(canonical -> 'lines') e
	    join orders.line l on l.id = orders.line_reported(partner, e))) f;
	select jsonb_agg(f order by ord) into found
	from jsonb_array_elements(canonical -> 'lines') with ordinality t (e, ord)
	left join orders.line l on l.id = orders.line_reported(partner, e),
	lateral jsonb_array_elements(orders.report_findings(l, e,
	    '/lines/' || ord - 1)) f;
	if not (dry or exchange.has_errors(coalesce(found, '[]'))) then
		perform orders.take_status(partner, canonical,
		    orders.origin_document(document));
	end if;
	return orders.outcome(case when exchange.has_errors(
	    coalesce(found, '[]')) then 'none' else 'applied' end, h.id, found);
end
$$;

-- Moves the expected days that a checked status report names.
create or replace function orders.take_status(partner bigint,
    canonical jsonb, o orders.origin)
returns void language plpgsql as $$
declare
	r record;
	l orders.line;
	day date;
	touched bigint[] := '{}';
begin
	for r in select e, ord, orders.line_reported(partner, e) as id
	    from jsonb_array_elements(canonical -> 'lines')
	    with ordinality t (e, ord)
	loop
		select * into l from orders.line where id = r.id for update;
		day := orders.day_reported(r.e);
		if l.state in ('accepted', 'backordered', 'part_shipped')
		    and day <> coalesce(l.expected_date, l.latest_promised_date,
		    day + 1) then
			perform orders.expect_line(l, day, o, null,
			    '/lines/' || r.ord - 1 || '/date');
			perform orders.tell_lines(l.order_id, jsonb_build_object(
			    'expected', jsonb_build_array(l.line_id)));
			touched := touched || l.order_id;
		end if;
	end loop;
	perform orders.settle(id) from (select distinct unnest(touched) as id
	    order by 1) t;
end
$$;

-- The latest day that a line of a report names for what is still to come.
create or replace function orders.day_reported(e jsonb)
returns date language sql immutable as $$
	select max(core.try_date(d)) from (select e ->> 'date' as d
	    where e ->> 'status' not in ('part_shipped', 'shipped', 'received')
	    union all select f ->> 'date'
	    from jsonb_array_elements(coalesce(e -> 'further', '[]')) f) t
$$;

-- Sends the status of an order at once.
--   input   id uuid
--   result  201, location of the document, {"id", "number", "type"}
--   errors  409 orders.report.unwanted: the agreement does not name it
create or replace function api.orders_report(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.by_id(input);
	made bigint;
	d exchange.document;
begin
	if h.state = 'draft' or h.kind <> 'sales' then
		perform core.fail(409, 'orders.event.illegal', jsonb_build_object(
		    'event', 'report', 'state', h.state));
	end if;
	made := orders.report(h, true);
	select * into d from exchange.document where id = made;
	if d.id is null then
		perform core.fail(409, 'orders.report.unwanted');
	end if;
	return core.created('/documents/' || d.public_id, json_build_object(
	    'id', d.public_id, 'number', d.number, 'type', d.type));
end
$$;
select core.operation('orders_report', permission => 'orders.act',
    writes => true, input => '{"id": "uuid"}');
