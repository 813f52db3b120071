-- SPDX-License-Identifier: Apache-2.0
--
-- After changes.sql and documents.sql: changes and their answers as documents.

-- A change as alpha's document says it; answers its document's key.
create function pg_temp.sent(ref text, canonical jsonb) returns bigint
language plpgsql as $$
declare
	d bigint := pg_temp.hand_in('distributor', pg_temp.hash('ann'), ref);
begin
	perform pg_temp.accept(d, pg_temp.read(ref, jsonb_build_array(
		pg_temp.message('1', '{"type": "order_change"}' || canonical))));
	return d;
end
$$;
-- A supplier's answer to an order of his.
create function pg_temp.said(of_order text, code text, lines jsonb
	default '[]') returns jsonb language sql as $$
	select orders.handle_response(h.partner_id, jsonb_build_object('type',
		'order_response', 'order_number', h.number, 'response_code', code,
		'lines', lines), pg_temp.hand_in('supplier', pg_temp.hash('bob'),
		of_order || code || random()), false)
	from orders.head h where h.public_id::text = of_order
$$;
