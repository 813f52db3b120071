-- SPDX-License-Identifier: Apache-2.0
--
-- Counting what arrived: a distributor his own, an agent for the house.

-- The despatch that the caller may count.
create or replace function orders.despatch_to_count(input jsonb)
returns orders.despatch language plpgsql stable as $$
declare
	d orders.despatch := orders.despatch_by_id(input);
begin
	if core.me_portal() = 'supplier' then
		perform core.fail_absent();
	elsif d.state <> 'sent' then
		perform core.fail(409, 'orders.despatch.over', jsonb_build_object(
		    'number', d.number, 'state', d.state));
	end if;
	return d;
end
$$;

-- The lines of a despatch that are still to be counted.
--   input   id uuid of the despatch
--   result  {"despatch": {"id", "number", "ship_date", "carrier", "tracking",
--           "version"}, "receipt_date": today, "lines": [{"line": uuid,
--           "order_number", "partner_number", "line_id", "item_number",
--           "item_name", "unit", "sent": "4", "received": "4"}],
--           "packages": as despatches_show shows them}
create or replace function api.receipts_new(input jsonb)
returns core.answer language plpgsql stable as $$
declare
	d orders.despatch := orders.despatch_to_count(input);
begin
	return core.ok(json_build_object('despatch', json_build_object('id',
	    d.public_id, 'number', d.number, 'ship_date', d.ship_date,
	    'carrier', d.carrier, 'tracking', d.tracking, 'version', d.version),
	    'receipt_date', core.today(), 'packages', orders.packages_json(d),
	    'lines', (select coalesce(json_agg(json_build_object('line',
	        l ->> 'line', 'order_number', l ->> 'order_number',
	        'partner_number', l ->> 'partner_number', 'line_id',
	        l ->> 'line_id', 'item_number', l #>> '{item,number}',
	        'item_name', l #>> '{item,name}', 'unit', l ->> 'unit',
	        'sent', l ->> 'quantity_sent', 'received',
	        l ->> 'quantity_sent')), '[]')
	        from json_array_elements(orders.despatch_lines_json(d)) l
	        where l ->> 'counted' is null)), d.version);
end
$$;
select core.operation('receipts_new', permission => 'receipts.create',
    input => '{"id": "uuid"}');

-- The counts of the form: lines with a quantity; 0 counts, nothing does not.
create or replace function orders.typed_counts(input jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'line', coalesce(l.id, 0), 'received', e ->> 'received',
	    'rejected', nullif(e ->> 'rejected', ''),
	    'damaged', nullif(e ->> 'damaged', ''),
	    'reason', nullif(jsonb_strip_nulls(jsonb_build_object('code',
	        nullif(e ->> 'reason_code', ''), 'text',
	        nullif(trim(e ->> 'note'), ''))), '{}'), 'place', e ->> 'at'))
	    order by ord), '[]')
	from jsonb_array_elements(orders.form_rows(input -> 'lines', 'lines'))
	    with ordinality t (e, ord)
	left join orders.line l on l.public_id = core.try_uuid(e ->> 'line')
	where coalesce(trim(e ->> 'received'), '') <> '');
end
$$;

-- Counts lines of a despatch, each once. What is less, damaged or rejected
-- opens a case.
--   input   id uuid of the despatch, number? (of the receipt), receipt_date?,
--           note?, lines [{"line": uuid, "received", "rejected"?, "damaged"?,
--           "reason_code"?, "note"?}]; version (or If-Match)
--   reason_code  why it was rejected: quality wrong_item surplus
--   result  200, the despatch as despatches_show shows it
--   errors  409 orders.despatch.over; 422 orders.line.none,
--           orders.receipt.line, orders.receipt.twice, orders.receipt.quantity
create or replace function api.receipts_create(input jsonb)
returns core.answer language plpgsql as $$
declare
	d orders.despatch := orders.despatch_to_count(input);
	counts jsonb := orders.typed_counts(input);
begin
	perform core.check_version(d.version, input);
	if counts = '[]' then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/lines',
		    'orders.line.none')));
	end if;
	perform core.fail_if_wrong((select jsonb_agg(core.wrong((c ->> 'place')
	    || '/reason_code', 'value.choice')) from jsonb_array_elements(counts) c
	    where c #>> '{reason,code}' not in ('quality', 'wrong_item',
	        'surplus')));
	perform orders.receive_all(d, jsonb_build_object('number',
	    input -> 'number', 'receipt_date', input -> 'receipt_date', 'note',
	    input -> 'note', 'lines', counts), orders.origin_me());
	select * into d from orders.despatch where id = d.id;
	return (200, d.version, '/despatches/' || d.public_id,
	    (orders.despatch_show(d)).data)::core.answer;
end
$$;
select core.operation('receipts_create', permission => 'receipts.create',
    writes => true, input => '{"id": "uuid", "number": "line?",
    "receipt_date": "date?", "note": "text?", "lines": "json?"}');
