-- SPDX-License-Identifier: Apache-2.0
--
-- Lists as people want them: columns chosen, sorted, kept as views by name.
-- A list is declared once, with its views and columns; what is asked of the
-- database, what the page shows, and tables to take away follow from it.
--
--   select core.declare_list('orders', array['open', 'late', 'all'], $$[
--       {"name": "number", "label": "orders.number", "always": true},
--       {"name": "lines", "label": "orders.lines", "numeric": true,
--           "sort": "h.line_count", "type": "numeric", "more": true}]$$);
--
--   name     also the member of a row, unless cell says where: "item.name",
--            "order.number/line_id" for both
--   label    text key of the heading
--   always   cannot be left out
--   more     not shown unless chosen
--   portals  where it exists; none given: everywhere
--   sort     SQL expression over the list's tables, type its type; filled:
--            never blank, so that an index serves; indexed: one does, so it
--            may be sorted by however many rows there are
--   kind     for tables: text (none given), number, date, instant, money,
--            quantity, list, or the set of labels that names its codes
--   numeric  stands at the right
--
-- api.<name>_list begins with core.list_open and ends with core.list_answer;
-- what else its operation takes (view, q, partner …) is what a view keeps.

create or replace function core.declare_list(name text, views text[],
	columns jsonb)
returns void language sql volatile as $$
	insert into core.list values (name, views, columns)
$$;

-- The columns of a list that exist for the caller, in their order.
create or replace function core.list_columns(list text)
returns setof jsonb language plpgsql stable as $$
begin
	return query select c from core.list d,
		jsonb_array_elements(d.columns) with ordinality x (c, n)
	where d.name = list and (c -> 'portals' is null
		or c -> 'portals' ? core.me_portal()) order by n;
end
$$;

-- What a list may be asked, and a view keeps: what its operation takes, but
-- for where a page begins.
create or replace function core.list_query(list text, input jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_object_agg(m.key, m.value), '{}')
		from core.operation o, jsonb_each_text(list_query.input) m
		where o.name = list || '_list' and o.input ? m.key
		and m.key not in ('after', 'limit', 'saved') and m.value <> '');
end
$$;

-- One column by what sort says: its name, with "-" in front for downwards.
create or replace function core.list_sort(list text, sort text)
returns jsonb language plpgsql stable as $$
begin
	return (select c from core.list_columns(list) c
		where c ->> 'name' = ltrim(sort, '-') and c ? 'sort'
		and sort !~ '^--');
end
$$;

-- What a query says that does not exist (any more).
--   result  [{"member": "columns", "value": "colour"}]
create or replace function core.list_unknown(list text, query jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_build_object('member', u.member,
			'value', left(u.value, 60)) order by u.member, u.value), '[]')
		from (select m.key, m.value from jsonb_each_text(query) m
			where core.list_query(list, jsonb_build_object(m.key, 'x'))
				= '{}'
			union all select 'view', query ->> 'view' from core.list d
			where d.name = list and query ? 'view'
				and query ->> 'view' <> all (d.views)
			union all select 'sort', query ->> 'sort' where query ? 'sort'
				and core.list_sort(list, query ->> 'sort') is null
			union all select 'columns', g
			from string_to_table(query ->> 'columns', ',') g
			where g not in (select c ->> 'name'
				from core.list_columns(list) c)) u (member, value));
end
$$;

-- Names of columns as they are kept: existing ones in their order, commas
-- between.
create or replace function core.list_chosen(list text, chosen text[])
returns text language plpgsql stable as $$
begin
	return (select string_agg(c ->> 'name', ',')
		from core.list_columns(list) c
		where c ->> 'name' = any (chosen) or c -> 'always' = 'true');
end
$$;

-- A query without what does not exist.
create or replace function core.list_clean(list text, query jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_object_agg(m.key, case m.key when 'columns'
			then core.list_chosen(list, string_to_array(m.value, ','))
			else m.value end), '{}')
		from jsonb_each_text(core.list_query(list, query)) m
		where m.key = 'columns' or not core.list_unknown(list, query)
			@> jsonb_build_array(jsonb_build_object('member', m.key)));
end
$$;

-- The caller's view of this id, his own or a colleague's; 404 when there is
-- none.
create or replace function core.list_view_by(id text, list text default null)
returns core.list_view language plpgsql stable as $$
declare
	v core.list_view;
begin
	select * into v from core.list_view x
	where x.public_id = core.try_uuid(list_view_by.id)
	and (list_view_by.list is null or x.list = list_view_by.list);
	if v.id is null then
		perform core.fail_absent();
	end if;
	return v;
end
$$;

-- The view that the caller has his list begin with, if any.
create or replace function core.list_first(list text)
returns core.list_view language plpgsql stable as $$
declare
	v core.list_view;
begin
	select x.* into v from core.list_choice c
	join core.list_view x on x.id = c.view_id
	where c.list = list_first.list;
	return v;
end
$$;

-- What a list is asked: the query as it came; of a view kept (saved, or his
-- first one when nothing is asked) what it keeps and still exists.
--   result  the query's members; view and columns, always; saved, its id;
--           dropped, what was left out; after, limit
create or replace function core.list_open(list text, input jsonb)
returns jsonb language plpgsql stable as $$
declare
	asked jsonb := core.list_query(list, input);
	begins boolean := asked = '{}'
		and coalesce(input ->> 'after', '') = '';
	kept core.list_view;
	unknown jsonb := '[]';
begin
	input := (select coalesce(jsonb_object_agg(m.key, m.value), '{}')
		from jsonb_each(input) m where m.value <> '""');
	if input ? 'saved' then
		kept := core.list_view_by(input ->> 'saved', list);
	elsif begins and core.me_person() is not null then
		kept := core.list_first(list);
	end if;
	if kept.id is not null and begins then
		unknown := core.list_unknown(list, kept.query);
		asked := core.list_clean(list, kept.query);
	elsif asked ?| array['sort', 'columns'] then
		perform core.fail(400, 'input.invalid', null, jsonb_agg(
			core.wrong('/' || (u ->> 'member'), 'list.unknown',
				jsonb_build_object('given', u ->> 'value'))))
		from jsonb_array_elements(core.list_unknown(list,
			asked - 'view')) u having count(*) > 0;
	end if;
	return (select jsonb_build_object('view', d.views[1]) from core.list d
		where d.name = list_open.list) || input || asked || jsonb_build_object(
		'columns', core.list_chosen(list, string_to_array(coalesce(
			asked ->> 'columns', (select c.columns from core.list_choice c
				where c.list = list_open.list),
				core.list_usual(list) ->> 'columns'), ',')),
		'own_columns', asked ? 'columns', 'saved', kept.public_id,
		'dropped', unknown);
end
$$;

-- The same without a sort that would take too long.
create or replace function core.list_unsorted(list text, asked jsonb)
returns jsonb language plpgsql stable as $$
begin
	return case when asked ? 'sort' and not coalesce(core.list_sort(list,
			asked ->> 'sort') ? 'indexed', false) then asked - 'sort'
		|| jsonb_build_object('dropped', asked -> 'dropped'
		|| jsonb_build_array(jsonb_build_object('member', 'sort',
			'value', asked ->> 'sort'))) else asked end;
end
$$;

-- The SQL of a sort: the expression, blanks last, and its direction.
create or replace function core.list_order(list text, sort text,
	out expr text, out type text, out way text)
language plpgsql stable as $$
declare
	c jsonb := core.list_sort(list, sort);
begin
	way := case when sort like '-%' then 'desc' else 'asc' end;
	type := c ->> 'type';
	expr := case when c ? 'filled' then c ->> 'sort' else format(
		'coalesce((%s)::%s, %L)', c ->> 'sort', type, case
		when type = 'text' then '' when way = 'desc' then '-infinity'
		else 'infinity' end) end;
end
$$;

-- Keys of the rows of a list in the order that is asked. The statement's words
-- are the declaration's and the list's; values in it are quoted by the list.
--   source  tables and condition: 'orders.head h where …'
--   id      the column of the key
--   keys    of the last row seen
create or replace function core.list_sorted(list text, sort text, source text,
	id text, keys jsonb, most int)
returns bigint[] language plpgsql stable as $$
declare
	o record := core.list_order(list, sort);
	ids bigint[];
begin
	execute format('select array(select %s from %s%s order by %s %s, %1$s '
		|| '%5$s limit %6$s)', id, source, case when keys is not null then
		format(' and (%s, %s) %s (%L::%s, %L::bigint)', o.expr, id,
			case o.way when 'desc' then '<' else '>' end, keys ->> 0,
			o.type, keys ->> 1) else '' end, o.expr, o.way, most) into ids;
	return ids;
end
$$;

-- The keys of a row in that order, for core.cursor_make.
--   source  the tables, without condition
create or replace function core.list_keys(list text, sort text, source text,
	id text, last bigint)
returns jsonb language plpgsql stable as $$
declare
	o record := core.list_order(list, sort);
	keys jsonb;
begin
	execute format('select jsonb_build_array(%s, %s) from %s where %2$s = $1',
		o.expr, id, source) into keys using last;
	return keys;
end
$$;

-- Rows of a table to take away.
create or replace function core.list_every()
returns int language sql immutable as $$ select 20000 $$;

-- Rows of a page, or all where a table is made of them.
create or replace function core.list_limit(asked jsonb)
returns int language sql immutable as $$
	select case when asked ? 'every' then core.list_every()
		else core.page_limit(asked) end
$$;

-- One row more than a page of a list, sorted as it is asked or else by usual.
--   input   what the page was asked with, after and limit
--   source  the tables; given: the condition
create or replace function core.list_page(list text, usual text, asked jsonb,
	source text, given text, id text)
returns bigint[] language plpgsql stable as $$
begin
	return core.list_sorted(list, coalesce(asked ->> 'sort', usual), source
		|| ' where ' || given, id, core.cursor_read(list || '_list', asked),
		core.list_limit(asked) + 1);
end
$$;

-- The cursor of the next page; null when this is the last.
create or replace function core.list_next(list text, usual text, asked jsonb,
	source text, id text, ids bigint[])
returns text language plpgsql stable as $$
declare
	most int := core.list_limit(asked);
begin
	return case when cardinality(ids) > most then core.cursor_make(
		list || '_list', asked, core.list_keys(list, coalesce(
		asked ->> 'sort', usual), source, id, ids[most])) end;
end
$$;
