-- SPDX-License-Identifier: Apache-2.0
--
-- Whose orders a supplier's worklist, and his list of orders, show.

-- Which orders a list is asked for: mine (the caller's, those of people for
-- whom he stands in, and nobody's), all, nobody, or the id of a colleague.
--   usual  what a person sees who asks for none of these
create or replace function orders.whose_name(asked jsonb,
    usual text default 'mine')
returns text language plpgsql stable as $$
begin
	return coalesce(nullif(asked ->> 'whose', ''), case when core.me_person()
	    is null or core.me() ? 'viewing' then 'all' else usual end);
end
$$;

-- The same as keys of persons, 0 for nobody; null: all.
create or replace function orders.whose(asked jsonb,
    usual text default 'mine')
returns bigint[] language plpgsql stable as $$
declare
	name text := orders.whose_name(asked, usual);
begin
	return case name when 'all' then null when 'nobody' then '{0}'
	    when 'mine' then 0::bigint || core.stands_for()
	    else array[coalesce(core.fellow(core.try_uuid(name)), -1)] end;
end
$$;

-- Is an order among those asked for? Said so that the planner can tell how many
-- are: most are nobody's, or few are.
create or replace function orders.is_whose(h orders.head, whose bigint[])
returns boolean language sql immutable as $$
	select whose is null or h.responsible_id = any (whose)
	    or 0 = any (whose) and h.responsible_id is null
$$;

-- Colleagues among whom a supplier's orders are divided, the caller first;
-- none where he is alone.
create or replace function orders.people_json()
returns json language plpgsql stable as $$
declare
	people json := core.fellows_json(true);
begin
	return case when json_array_length(people) > 1 then people else '[]' end;
end
$$;

-- A list's address with somebody else's orders.
create or replace function orders.whose_href(list text, asked jsonb,
    whose text)
returns text language plpgsql stable as $$
begin
	return '?' || core.url_query(core.list_query(list, asked)
	    - case when (asked -> 'own_columns')::boolean then ''
	        else 'columns' end
	    || jsonb_build_object('saved', asked ->> 'saved', 'whose', whose));
end
$$;

-- What a list says of it: whose orders it shows, the people among whom they
-- are divided, links to the same of other people (mine, all, and what is shown
-- when that is neither), and where all are, if these are fewer.
--   {"whose": "mine", "people": [{"id", "name", "me"}], "whoses": [{"name",
--    "text": of a colleague | null, "href", "current"}], "everybody": "?…" |
--    null}
create or replace function orders.whose_json(list text, asked jsonb,
    usual text default 'mine')
returns json language plpgsql stable as $$
declare
	now text := orders.whose_name(asked, usual);
	people json := orders.people_json();
begin
	return json_build_object('whose', now, 'people', people, 'whoses', (
	    select json_agg(json_build_object('name', w.name, 'text', (
	        select e ->> 'name' from json_array_elements(people) e
	        where e ->> 'id' = w.name),
	        'href', orders.whose_href(list, asked, w.name),
	        'current', w.name = now) order by w.n)
	    from (select min(n), v from unnest(array['mine', 'all', now])
	        with ordinality x (v, n) group by v) w (n, name)),
	    'everybody', case when now <> 'all' and json_array_length(people) > 0
	        then orders.whose_href(list, asked, 'all') end);
end
$$;

-- Who may be responsible, by key, as answers name him.
--   {"<key>": {"id", "name", "me": false, "stands_in": the caller does so}}
create or replace function orders.people_map()
returns jsonb language plpgsql stable as $$
declare
	me bigint := coalesce(core.me_person(), 0);
	absent bigint[] := array_remove(core.stands_for(), me);
begin
	return (select jsonb_object_agg(f.id, jsonb_build_object(
	    'id', f.public_id, 'name', f.name, 'me', f.id = me,
	    'stands_in', f.id = any (absent))) from core.fellows() f);
end
$$;
