-- SPDX-License-Identifier: Apache-2.0
--
-- Announcements to read, to put away, to write and to withdraw.

-- A page of announcements, newest first.
--   input   after, limit
--   result  {"items": [{"id", "subject", "text", "language", "foreign", "at",
--           "until", "author", "state": shown|over|withdrawn, "tone",
--           "withdrawn_at"; of a partner also "read", "dismissed"; at the desk
--           "partners": 7, "partners_read": 3}], "next", "can": {"send"}}
create or replace function api.announcements_list(input jsonb)
returns json language plpgsql stable as $$
declare
	most int := core.page_limit(input);
	keys jsonb := core.cursor_read('announcements_list', input);
	house boolean := core.me_side() = 'house';
	page news.announcement[];
begin
	page := array(select a from news.announcement a
	    where (house or a.withdrawn_at is null)
	    and (keys is null or (a.created_at, a.id)
	        < ((keys ->> 0)::timestamptz, (keys ->> 1)::bigint))
	    order by a.created_at desc, a.id desc limit most + 1);
	return json_build_object('items', (select coalesce(json_agg(
	        news.brief(a) || case when house then news.counts(a)
	            else news.mine(a) end order by a.created_at desc, a.id desc),
	        '[]') from unnest(page[:most]) a),
	    'next', case when cardinality(page) > most then core.cursor_make(
	        'announcements_list', input, jsonb_build_array(
	        (page[most]).created_at, (page[most]).id)) end,
	    'can', json_build_object('send', core.me_may('announcements.send')));
end
$$;
select core.operation('announcements_list',
    permission => 'announcements.read',
    input => '{"after": "line?", "limit": "int?"}');

-- One announcement as everybody may see it, with what he may do.
create or replace function news.show(a news.announcement)
returns json language plpgsql stable as $$
declare
	house boolean := core.me_side() = 'house';
	gone boolean := a.withdrawn_at is not null;
	mine jsonb := news.mine(a);
	may text[] := array(select e from (values
	    ('withdraw', house and not gone and core.me_may('announcements.send')
	        and (a.person_id = core.me_person() or core.me_sees_all())),
	    ('dismiss', not house and not gone
	        and core.me_may('announcements.dismiss')
	        and not (mine ->> 'dismissed')::boolean),
	    ('answer', not gone and core.me_may('cases.create')))
	    v (e, may) where v.may);
begin
	return to_json(news.brief(a) || case when house then news.counts(a)
	    || jsonb_build_object('versions', (select jsonb_agg(
	        jsonb_build_object('language', l, 'subject', s, 'text', t))
	        from (values ('en', a.subject_en, a.text_en),
	            ('de', a.subject_de, a.text_de)) v (l, s, t)
	        where s is not null), 'recipients', news.recipients(a, 500))
	    when gone then mine || '{"subject": null, "text": null}'
	    else mine end || jsonb_build_object('actions', to_json(may),
	    'can', orders.can(may)));
end
$$;

-- One announcement. Withdrawn, a partner only learns that it was.
--   input   id
--   result  the members of a row and, at the desk, {"versions": [{"language",
--           "subject", "text"}], "recipients": [news.recipients, at most 500]};
--           "actions": ["withdraw"] (desk), ["dismiss", "answer"] (partner),
--           "can"
create or replace function api.announcements_show(input jsonb)
returns json language plpgsql stable as $$
begin
	return news.show(news.by_id(input));
end
$$;
select core.operation('announcements_show',
    permission => 'announcements.read', input => '{"id": "uuid"}');

-- Notes that the caller has opened it. Reads run read-only, so this is a
-- second call.
create or replace function api.announcements_seen(input jsonb)
returns core.answer language plpgsql as $$
begin
	perform news.mark(news.by_id(input), false);
	return core.done();
end
$$;
select core.operation('announcements_seen',
    permission => 'announcements.read', writes => true, idempotent => true,
    input => '{"id": "uuid"}');

-- The caller's first page leaves it out from now on; the list keeps it.
--   result  200, the announcement
create or replace function api.announcements_dismiss(input jsonb)
returns core.answer language plpgsql as $$
declare
	a news.announcement := news.by_id(input);
begin
	perform news.mark(a, true);
	return core.ok(news.show(a));
end
$$;
select core.operation('announcements_dismiss',
    permission => 'announcements.dismiss', writes => true,
    idempotent => true, input => '{"id": "uuid"}');
