-- SPDX-License-Identifier: Apache-2.0
--
-- Views that people keep of lists, and their columns.

-- Views that one person may keep of one list.
create or replace function core.list_most()
returns int language sql immutable as $$ select 30 $$;

-- Bytes that what a view keeps may have.
create or replace function core.list_long()
returns int language sql immutable as $$ select 4096 $$;

-- What is wrong with what a view is to keep: its values are those that the list
-- may be asked.
create or replace function core.list_given_wrong(list text, query jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select core.check_members(o.input, query, '/query')
		from core.operation o where o.name = list || '_list');
end
$$;

-- What an input keeps: an object, or its text from a form; nothing when it is
-- neither.
create or replace function core.list_given(list text, input jsonb)
returns jsonb language plpgsql stable as $$
declare
	given jsonb := input -> 'query';
	long jsonb := jsonb_build_array(core.wrong('/query', 'value.long',
		jsonb_build_object('max', core.list_long())));
begin
	if octet_length(given #>> '{}') > core.list_long() then
		perform core.fail_if_wrong(long);
	elsif jsonb_typeof(given) = 'string' then
		given := (given #>> '{}')::jsonb;
	end if;
	given := core.list_query(list, case jsonb_typeof(given) when 'object'
		then given else '{}' end);
	perform core.fail_if_wrong(core.list_given_wrong(list, given));
	return core.list_clean(list, given);
exception when invalid_text_representation then
	return '{}';
when untranslatable_character then
	perform core.fail_if_wrong(jsonb_build_array(
		core.wrong('/query', 'input.text')));
when statement_too_complex then
	perform core.fail_if_wrong(long);
end
$$;

-- The list of this name; 404 when there is none or it is not for the caller.
create or replace function core.list_by(name text)
returns core.list language plpgsql stable as $$
declare
	d core.list;
begin
	select x.* into d from core.list x
	join core.operation o on o.name = x.name || '_list'
	where x.name = list_by.name and core.me_may(o.permission);
	if d.name is null then
		perform core.fail_absent();
	end if;
	return d;
end
$$;

-- What is wrong with a view's name.
create or replace function core.list_name_wrong(called text)
returns jsonb language sql stable as $$
	select case when called = '' then jsonb_build_array(
			core.wrong('/name', 'value.required'))
		when length(called) > 60 then jsonb_build_array(
			core.wrong('/name', 'value.long', '{"max": 60}'))
		else '[]' end
$$;

-- How the caller wants a list from now on; null leaves as it is.
create or replace function core.list_choose(of_list text, chosen text,
	first bigint, clear boolean default false)
returns void language plpgsql volatile as $$
begin
	insert into core.list_choice as c (person_id, portal, partner_id, list,
		columns, view_id)
	values (core.me_person(), core.me_portal(), core.me_partner(), of_list,
		chosen, first)
	on conflict (person_id, portal, (coalesce(partner_id, 0)), list)
	do update set columns = case when clear then excluded.columns
			else coalesce(excluded.columns, c.columns) end,
		view_id = coalesce(excluded.view_id, c.view_id);
end
$$;

-- A view as it stands among all that the caller keeps.
create or replace function core.list_view_json(v core.list_view)
returns json language plpgsql stable as $$
declare
	query jsonb := core.list_clean(v.list, v.query);
begin
	return json_build_object('id', v.public_id, 'list', v.list,
		'name', v.name, 'query', query, 'mine',
		v.person_id = core.me_person(), 'shared', v.shared,
		'first', coalesce((core.list_first(v.list)).id = v.id, false),
		'by', case when v.person_id <> core.me_person()
			then core.person_name(v.person_id) end,
		'view', query ->> 'view', 'q', query ->> 'q',
		'sorted', (select c ->> 'label' from core.list_sort(v.list,
			query ->> 'sort') c),
		'shows', (select coalesce(json_agg(c ->> 'label'), '[]')
			from core.list_columns(v.list) c where c ->> 'name'
			= any (string_to_array(query ->> 'columns', ','))),
		'dropped', core.list_unknown(v.list, v.query));
end
$$;

-- Every view that the caller may use, list by list.
--   result  {"items": [view], "next": null, "keeps": {"own", "share"}}
--   view    {"id", "list": "orders", "name", "query", "mine", "shared",
--           "first", "by": person | null, "view", "q", "sorted": label | null,
--           "shows": [label], "dropped": [{"member", "value"}]}
create or replace function api.views_list(input jsonb)
returns json language plpgsql stable as $$
declare
	may boolean := not core.me() ? 'viewing';
begin
	return json_build_object('items', (select coalesce(json_agg(
			core.list_view_json(v) order by v.list, lower(v.name), v.id),
			'[]') from core.list_view v join core.list d
			on d.name = v.list), 'next', null,
		'keeps', json_build_object('own', may, 'share', may
			and core.me_may('views.share')));
end
$$;
select core.operation('views_list', permission => 'account.own',
	input => '{}');

-- Keeps a view of a list.
--   input   list, name, query (an object or its text), first bool?
--   result  201, location the list with this view
--   errors  404; 422 /name (list.name.used, list.most), /query
create or replace function api.views_create(input jsonb)
returns core.answer language plpgsql volatile as $$
declare
	d core.list := core.list_by(input ->> 'list');
	called text := trim(coalesce(input ->> 'name', ''));
	v core.list_view;
begin
	perform core.fail_if_wrong(core.list_name_wrong(called) || case
		when (select count(*) from core.list_view x where x.list = d.name
			and x.person_id = core.me_person()) >= core.list_most()
		then jsonb_build_array(core.wrong('/name', 'list.most',
			jsonb_build_object('most', core.list_most()))) else '[]' end);
	insert into core.list_view (public_id, person_id, portal, partner_id,
		list, name, query, created_at)
	values (core.uuid7(), core.me_person(), core.me_portal(),
		core.me_partner(), d.name, called, core.list_given(d.name, input),
		core.now())
	on conflict (person_id, portal, (coalesce(partner_id, 0)), list,
		(lower(name))) do nothing
	returning * into v;
	if v.id is null then
		perform core.fail_if_wrong(jsonb_build_array(
			core.wrong('/name', 'list.name.used')));
	end if;
	if input ->> 'first' in ('true', 'on', '1') then
		perform core.list_choose(d.name, null, v.id);
	end if;
	return core.created('/' || d.name || '?saved=' || v.public_id,
		json_build_object('id', v.public_id, 'name', v.name));
end
$$;
select core.operation('views_create', permission => 'account.own',
	writes => true, input => '{"list": "line", "name": "line?",
	"query": "json?", "first": "bool?"}');

-- Changes one of the caller's own views; 409 when it is a colleague's.
create or replace function core.list_view_change(v core.list_view,
	event text, called text, query jsonb)
returns void language plpgsql volatile as $$
begin
	if v.person_id <> core.me_person() then
		perform core.fail(409, 'list.colleague');
	elsif event = 'delete' then
		delete from core.list_view x where x.id = v.id;
		return;
	elsif event = 'rename' then
		perform core.fail_if_wrong(core.list_name_wrong(called));
	end if;
	update core.list_view x set name = case event when 'rename'
			then called else x.name end,
		query = case event when 'replace' then list_view_change.query
			else x.query end,
		shared = case event when 'share' then true when 'unshare'
			then false else x.shared end
	where x.id = v.id;
exception when unique_violation then
	perform core.fail_if_wrong(jsonb_build_array(
		core.wrong('/name', 'list.name.used')));
end
$$;

-- One step of a view: rename (name), replace (query), share with colleagues
-- (who administer), unshare, delete; first: the list begins with it, unfirst:
-- no longer.
--   input   id, event, name?, query?
--   errors  404; 409 list.colleague; 422 /name, /query
create or replace function api.views_event(input jsonb)
returns core.answer language plpgsql volatile as $$
declare
	v core.list_view := core.list_view_by(input ->> 'id');
	event text := input ->> 'event';
begin
	if event = 'first' then
		perform core.list_choose(v.list, null, v.id);
	elsif event = 'unfirst' then
		update core.list_choice c set view_id = null where c.view_id = v.id;
	elsif event in ('share', 'unshare') and not core.me_may('views.share') then
		perform core.fail(403, 'permission.denied',
			'{"permission": "views.share"}');
	elsif event in ('rename', 'replace', 'share', 'unshare', 'delete') then
		perform core.list_view_change(v, event,
			trim(coalesce(input ->> 'name', '')),
			core.list_given(v.list, input));
	else
		perform core.fail(404, 'operation.unknown');
	end if;
	return core.ok('{}'::json);
end
$$;
select core.operation('views_event', permission => 'account.own',
	writes => true, input => '{"id": "uuid", "event": "line",
	"name": "line?", "query": "json?"}');

-- Chooses the columns of a list: from now on, or in a view of one's own
-- (saved), where they wait for being kept with it.
--   input   list, columns [name], reset bool?: the usual ones; query, saved
--           uuid?: what the list is asked at the moment
--   result  200, location the list as it was
--   errors  404; 422 /query
create or replace function api.columns_choose(input jsonb)
returns core.answer language plpgsql volatile as $$
declare
	d core.list := core.list_by(input ->> 'list');
	query jsonb := core.list_given(d.name, input) - 'columns';
	saved text := nullif(input ->> 'saved', '');
	chosen text := case when coalesce(input ->> 'reset', '') = ''
		and jsonb_typeof(input -> 'columns') = 'array'
		then core.list_chosen(d.name, array(
			select jsonb_array_elements_text(input -> 'columns'))) end;
begin
	if saved is null then
		perform core.list_choose(d.name, chosen, null, true);
	else
		query := query || jsonb_build_object('columns', chosen, 'saved',
			(core.list_view_by(saved, d.name)).public_id);
	end if;
	return row(200, null, '/' || d.name || '?' || core.url_query(query),
		json_build_object('columns', chosen))::core.answer;
end
$$;
select core.operation('columns_choose', permission => 'account.own',
	writes => true, idempotent => true, input => '{"list": "line",
	"columns": "json?", "reset": "bool?", "query": "json?",
	"saved": "uuid?"}');

select core.grant_permission('views.share', 'distributor_admin',
	'supplier_admin', 'account_manager', 'administrator');
