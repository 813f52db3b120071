-- SPDX-License-Identifier: Apache-2.0
--
-- A list as a table to take away (list.sql says what its cells are).

-- The cells of a table to take away: an amount and a quantity are two each.
create or replace function core.list_fields(list text, labels text[])
returns table (n bigint, title text, kind text, cell text, width int)
language plpgsql stable as $$
begin
	return query select row_number() over (order by x.place, f.part),
		f.title, f.kind, f.cell, f.width
	from core.list_columns(list) with ordinality x (c, place),
	lateral (select coalesce(c ->> 'cell', c ->> 'name') as cell,
		coalesce(c ->> 'kind', 'text') as kind) k,
	lateral (values
		(1, c ->> 'label', case when k.kind in ('money', 'quantity')
			then 'number' else k.kind end, k.cell || case k.kind
			when 'money' then '.amount' when 'quantity' then '.value'
			else '' end, case k.kind when 'text' then 24 else 16 end),
		(2, case k.kind when 'money' then 'sheet.order.Currency'
			when 'quantity' then 'sheet.order.Unit' end, 'text', k.cell
			|| case k.kind when 'money' then '.currency' else '.unit' end,
			8)) f (part, title, kind, cell, width)
	where c ->> 'label' = any (labels) and f.title is not null;
end
$$;

-- The text of a cell. A cell names members ("order.number/line_id").
create or replace function core.list_cell(item json, kind text, cell text,
	zone text)
returns text language sql stable as $$
	select case kind when 'instant' then to_char((item #>> string_to_array(
			cell, '.'))::timestamptz at time zone zone,
			'YYYY-MM-DD HH24:MI')
		when 'list' then (select string_agg(coalesce(e ->> 'number',
			e #>> '{}'), ', ') from jsonb_array_elements(item::jsonb
			#> string_to_array(cell, '.')) e)
		else (select string_agg(item #>> string_to_array(p, '.'), '/')
			from string_to_table(cell, '/') p) end
$$;

-- A table of an answer's rows as the page shows them.
--   result  as api.worklist_bytes; titles are text keys
create or replace function core.list_sheet(answer json, format text)
returns json language plpgsql stable as $$
declare
	of_list text := answer ->> 'list';
	shown text[] := array(select c ->> 'label'
		from json_array_elements(answer -> 'columns') c
		where (c ->> 'shown')::boolean);
	zone text := (select h.time_zone from core.house h);
	fields jsonb := (select jsonb_agg(to_jsonb(f) order by f.n)
		from core.list_fields(of_list, shown) f);
begin
	return json_build_object('name', of_list || '-' || core.today(),
		'format', format, 'table', of_list,
		'columns', (select json_agg(json_build_object('name', f ->> 'title',
			'title', f ->> 'title', 'kind', case f ->> 'kind' when 'instant'
			then 'text' when 'list' then 'text' else f ->> 'kind' end,
			'width', f -> 'width')) from jsonb_array_elements(fields) f),
		'rows', (select coalesce(json_agg((select json_agg(core.list_cell(
				i.item, f ->> 'kind', f ->> 'cell', zone))
				from jsonb_array_elements(fields) f) order by i.ord), '[]')
			from json_array_elements(answer -> 'items')
			with ordinality i (item, ord)));
end
$$;
