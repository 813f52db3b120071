-- SPDX-License-Identifier: Apache-2.0
--
-- A despatch that came as a document and is corrected by a form: what the form
-- has no field for stays as it stood.

-- Packages with the weight and count that they had.
create or replace function orders.keep_packages(d orders.despatch,
    packages jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(case when k.id is null then p
	    else jsonb_strip_nulls(jsonb_build_object('weight',
	        trim_scale(k.weight)::text)) || p || jsonb_build_object('count',
	        k.count::text) end order by n), '[]')
	from jsonb_array_elements(packages) with ordinality t (p, n)
	left join orders.package k on k.despatch_id = d.id
	and k.position::text = p ->> 'id');
end
$$;

-- Lines with the best-before date that their lot had.
--   typed  the rows of the form, in the same order
create or replace function orders.keep_lines(d orders.despatch, lines jsonb,
    typed jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(case when x.day is null then e
	    else jsonb_build_object('best_before_date', x.day) || e end
	    order by n), '[]')
	from jsonb_array_elements(lines) with ordinality t (e, n)
	left join lateral (select p.best_before_date as day
	    from orders.packed p join orders.line l on l.id = p.line_id
	    where p.despatch_id = d.id
	    and l.public_id = core.try_uuid(typed #>> array[(n - 1)::text, 'line'])
	    and p.lot is not distinct from e #>> '{item,lot}'
	    order by p.package::text is distinct from e ->> 'package', p.id
	    limit 1) x on true);
end
$$;

-- The typed content with all that; carrier code, unit of weight, references
-- and texts beyond those of the form, too.
create or replace function orders.despatch_keep(d orders.despatch, doc jsonb,
    typed jsonb)
returns jsonb language plpgsql stable as $$
declare
	same boolean := doc #>> '{carrier,name}' is not distinct from d.carrier;
begin
	if d.id is null then
		return doc;
	end if;
	return doc || jsonb_build_object('carrier', case when same then
	        jsonb_strip_nulls(jsonb_build_object('scac', d.scac)) else '{}'
	        end || coalesce(doc -> 'carrier', '{}'),
	    'totals', jsonb_strip_nulls(jsonb_build_object('weight_unit',
	        d.weight_unit)) || coalesce(doc -> 'totals', '{}'),
	    'refs', coalesce(doc -> 'refs', '[]') || jsonb_path_query_array(
	        d.refs, '$[*] ? (@.kind != "delivery_note")'),
	    'text', coalesce(doc -> 'text', '[]') || (d.texts - 0),
	    'packages', orders.keep_packages(d, doc -> 'packages'),
	    'lines', orders.keep_lines(d, doc -> 'lines', typed));
end
$$;
