-- SPDX-License-Identifier: Apache-2.0
--
-- After orders.sql: what supplier beta says of the line that delivers a line of
-- a sales order, on screen and, after documents.sql, by document.

-- One step of it; answers the item's result.
create function pg_temp.say(event text, number text, line text,
	more jsonb default '{}') returns jsonb
language sql as $$
	select pg_temp.line_event('supplier', pg_temp.hash('bob'), event,
		pg_temp.bought(number, line), more)
$$;
-- So many days from today, as a step or a row takes it.
create function pg_temp.ahead(days int) returns jsonb language sql as $$
	select jsonb_build_object('date', core.today() + days)
$$;
-- A supplier's document about one line, as the worker hands it over.
create function pg_temp.respond(of_number text, of_line text, says jsonb)
returns jsonb language plpgsql as $$
declare
	document bigint := pg_temp.hand_in('supplier', pg_temp.hash('bob'),
		'UNB' || core.uuid7());
begin
	return (select orders.handle_response(l.partner_id, jsonb_build_object(
		'type', 'order_response', 'standard', 'edifact', 'response_code',
		'CA', 'order_number', h.number, 'lines', jsonb_build_array(
		jsonb_build_object('line_id', l.line_id) || says)), document, false)
		from orders.line l join orders.head h on h.id = l.order_id
		where l.public_id::text = pg_temp.bought(of_number, of_line));
end
$$;
