-- SPDX-License-Identifier: Apache-2.0
--
-- What the page of a list needs beside its rows (list.sql): headings, links,
-- the views that the caller keeps.

-- A text as a query's value.
create or replace function core.url_encode(value text)
returns text language sql immutable as $$
	select coalesce(string_agg(case
		when c ~ '^[A-Za-z0-9_.~,-]$' then c
		else regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')),
			'(..)', '%\1', 'g') end, '' order by n), '')
	from string_to_table(value, null) with ordinality t (c, n)
$$;

-- A query as it stands behind "?".
create or replace function core.url_query(query jsonb)
returns text language sql immutable as $$
	select coalesce(string_agg(m.key || '=' || core.url_encode(m.value), '&'
		order by m.key = 'saved', m.key <> 'view', m.key), '')
	from jsonb_each_text(query) m where m.value is not null
$$;

-- The partner that the desk looks at only, with a link to all.
create or replace function core.list_partner(query jsonb)
returns json language plpgsql stable as $$
begin
	return (select json_build_object('id', p.public_id, 'name', p.name,
		'all', '?' || core.url_query(query - 'partner'))
		from core.partner p where core.me_portal() = 'desk'
		and p.public_id = core.try_uuid(query ->> 'partner'));
end
$$;

-- A list's answer with what its page needs: columns (sort is a link), the
-- chosen ones by name (show), query and links, views kept.
--   data      the rows and everything else
--   sortable  may it be sorted now, by columns without an index, too?
--   result    data and {"list": "orders", "columns": [{"name", "label",
--             "shown", "always", "numeric", "sort": "?…" | null, "sorted":
--             "ascending" | "descending" | null}], "show": {"number": {"as":
--             label}}, "query": {"view", "q", "columns", …}, "link": the query
--             for other pages of this list, "scope": what every view of it
--             keeps, "hidden": [{"name", "value"}] of it for a search, "send":
--             a link for others, "sort", "saved": [view],
--             "kept": view | null, "dropped": [{"member", "value"}],
--             "of_partner": {"id", "name", "all"} | null (desk),
--             "keeps": {"own": true, "share": true}}
--   view      {"id", "name", "mine", "shared", "first", "current", "by":
--             person | null, "changed": asked otherwise than kept}
create or replace function core.list_answer(list text, asked jsonb, data json,
	sortable boolean default true)
returns json language plpgsql stable as $$
declare
	own text[] := case when not (asked -> 'own_columns')::boolean
		then array['columns'] end;
	view jsonb := jsonb_build_object('view', data ->> 'view');
	full_query jsonb := core.list_query(list, asked) || view;
	context jsonb := jsonb_build_object('saved', asked ->> 'saved');
	query jsonb := full_query - coalesce(own, '{}');
	saved json := core.list_saved(list, full_query, asked ->> 'saved');
	may boolean := core.me_person() is not null and not core.me() ? 'viewing';
begin
	return (left(data::text, -1) || ',' || substr(json_build_object(
		'list', list, 'columns', core.list_heads(list, asked, query
			|| context, sortable),
		'show', core.list_show(list, asked),
		'query', full_query, 'link', core.url_query(query || context),
		'scope', coalesce('&' || nullif(core.url_query(query
			- array['view', 'q', 'sort', 'columns']), ''), ''),
		'hidden', (select coalesce(json_agg(json_build_object('name', m.key,
				'value', m.value)), '[]')
			from jsonb_each_text(query || context) m
			where m.key <> 'q' and m.value is not null),
		'send', '?' || core.url_query(full_query), 'sort', query ->> 'sort',
		'saved', saved, 'kept', (select s from json_array_elements(saved) s
			where (s ->> 'current')::boolean),
		'dropped', asked -> 'dropped',
		'of_partner', core.list_partner(query || context),
		'keeps', json_build_object('own', may, 'share', may
			and core.me_may('views.share')))::text, 2))::json;
end
$$;

-- What a list shows of itself where it stands on another page.
create or replace function core.list_usual(list text)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_build_object('columns', (select string_agg(c ->> 'name', ',')
		from core.list_columns(list) c where c -> 'more' is null));
end
$$;

-- The chosen columns by name, for templates.
create or replace function core.list_show(list text, asked jsonb)
returns json language plpgsql stable as $$
begin
	return (select json_object_agg(c ->> 'name', json_build_object('as',
			c ->> 'label'))
		from core.list_columns(list) c where c ->> 'name'
			= any (string_to_array(asked ->> 'columns', ',')));
end
$$;

-- The headings of a list.
create or replace function core.list_heads(list text, asked jsonb, query jsonb,
	sortable boolean)
returns json language plpgsql stable as $$
declare
	shown text[] := string_to_array(asked ->> 'columns', ',');
	sort text := query ->> 'sort';
begin
	return (select json_agg(json_build_object('name', c ->> 'name',
		'label', c ->> 'label', 'shown', c ->> 'name' = any (shown),
		'always', coalesce(c -> 'always', 'false'),
		'numeric', coalesce(c -> 'numeric', 'false'),
		'sort', case when c ? case when sortable then 'sort'
			else 'indexed' end then '?'
			|| core.url_query(query || jsonb_build_object('sort',
			case sort when c ->> 'name' then '-' else '' end
			|| (c ->> 'name'))) end,
		'sorted', case sort when c ->> 'name' then 'ascending'
			when '-' || (c ->> 'name') then 'descending' end))
		from core.list_columns(list) c);
end
$$;

-- The caller's views of a list and those that colleagues share, by name.
create or replace function core.list_saved(list text, query jsonb,
	current text)
returns json language plpgsql stable as $$
declare
	me bigint := core.me_person();
	first bigint := (core.list_first(list)).id;
	usual jsonb := (select jsonb_build_object('view', d.views[1], 'columns',
		list_saved.query -> 'columns') from core.list d
		where d.name = list_saved.list);
begin
	return (select coalesce(json_agg(json_build_object('id', v.public_id,
		'name', v.name, 'mine', v.person_id = me, 'shared', v.shared,
		'first', coalesce(v.id = first, false),
		'current', v.public_id::text = coalesce(current, ''),
		'by', case when v.person_id <> me
			then core.person_name(v.person_id) end,
		'changed', v.public_id::text = current and list_saved.query
			<> usual || core.list_clean(v.list, v.query))
		order by lower(v.name), v.id), '[]')
		from core.list_view v where v.list = list_saved.list
		and me is not null);
end
$$;
