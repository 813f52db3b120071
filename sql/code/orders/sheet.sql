-- SPDX-License-Identifier: Apache-2.0
--
-- Answers that come as a sheet: each row stands alone, so that a wrong one
-- does not hold up the others; a row that says what is true already moves
-- nothing.

-- Does an answer say of a line what stands there already?
create or replace function orders.says_nothing_new(l orders.line,
    event text, a jsonb)
returns boolean language plpgsql stable as $$
declare
	parts jsonb;
	offered numeric := core.try_decimal(a ->> 'price');
begin
	if l.state = 'open' or event = 'reject' or a ? 'substitute' then
		return false;
	end if;
	parts := orders.answer_parts(l, event, a);
	return orders.sorted_parts(parts)
	    = orders.sorted_parts(orders.current_parts(l.id))
	    and coalesce(offered, l.price) = coalesce(l.offered_price, l.price);
end
$$;

-- What is wrong with rows of a sheet that other documents may say.
--   lines that can be judged are those without an error so far
create or replace function orders.row_findings(h orders.head,
    canonical jsonb, wrong int[])
returns jsonb language plpgsql stable as $$
declare
	found jsonb := '[]';
	e jsonb;
	place text;
	l orders.line;
	same boolean;
	i int := -1;
begin
	for e in select * from jsonb_array_elements(canonical -> 'lines') loop
		i := i + 1;
		continue when i = any (wrong) or orders.only_change(e);
		place := '/lines/' || i;
		select * into l from orders.line
		where id = orders.line_meant(h.id, e);
		same := orders.says_nothing_new(l, 'propose',
		    orders.answer_input(l, e, true));
		if e ->> 'action' = '7' and e -> 'reason' is null
		    and l.rejected < l.ordered - l.cancelled then
			found := found || orders.finding('answer_reason', 'error',
			    place || '/reason', null, 'capacity, material, '
			    'transport, price, discontinued, quality, duplicate, '
			    'not_available, other',
			    jsonb_build_object('line', l.line_id));
		elsif not same and (l.shipped > 0 or l.state not in
		    ('open', 'proposed', 'accepted', 'backordered')) then
			found := found || orders.finding('answer_late', 'error',
			    place || '/confirmed', l.state, null,
			    jsonb_build_object('line', l.line_id));
		elsif not same and core.try_decimal(e ->> 'seen') <> l.version then
			found := found || orders.finding('answer_stale', 'error',
			    place || '/seen', e ->> 'seen', l.version::text,
			    jsonb_build_object('line', l.line_id));
		end if;
	end loop;
	return found;
end
$$;

-- The entries of a list that findings call wrong, from 0.
create or replace function orders.wrong_lines(found jsonb)
returns int[] language sql immutable as $$
	select coalesce(array_agg(distinct substring(f ->> 'pointer'
	    from '^/lines/(\d+)')::int), '{}')
	from jsonb_array_elements(found) f
	where f ->> 'severity' = 'error' and f ->> 'pointer' ~ '^/lines/\d'
$$;

-- The answer without its wrong lines, whose places stay; null when nothing is
-- left of it, or when it is wrong as a whole.
create or replace function orders.without_wrong(canonical jsonb,
    faults jsonb)
returns jsonb language plpgsql immutable as $$
declare
	wrong int[] := orders.wrong_lines(faults);
begin
	if not exchange.is_sheet(canonical ->> 'standard')
	    or canonical ->> 'response_code' is distinct from 'CA'
	    or jsonb_path_exists(faults, '$[*] ? (@.severity == "error"
	        && !(@.pointer like_regex "^/lines/[0-9]"))')
	    or cardinality(wrong) >= jsonb_array_length(canonical -> 'lines')
	then
		return null;
	end if;
	return jsonb_set(canonical, '{lines}', (select jsonb_agg(case
	    when n - 1 = any (wrong) then 'null'::jsonb else e end order by n)
	    from jsonb_array_elements(canonical -> 'lines')
	        with ordinality t (e, n)));
end
$$;

-- An order without a place of delivery goes to the partner's usual one: a
-- sheet seldom says it.
create or replace function orders.with_usual_place(partner bigint,
    canonical jsonb)
returns jsonb language plpgsql stable as $$
declare
	a core.address;
begin
	if not exchange.is_sheet(canonical ->> 'standard')
	    or canonical #> '{parties,ship_to}' is not null then
		return canonical;
	end if;
	select * into a from core.address x
	where x.partner_id = partner and x.active
	  and x.kind in ('ship_to', 'main')
	order by x.preferred desc, x.kind desc, x.id limit 1;
	if a.id is null then
		return canonical;
	end if;
	return canonical || jsonb_build_object('parties', coalesce(
	    canonical -> 'parties', '{}') || jsonb_build_object('ship_to',
	    orders.address_party(a)));
end
$$;
