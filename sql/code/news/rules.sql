-- SPDX-License-Identifier: Apache-2.0
--
-- Announcements: what the house tells several partners at once. Each reader
-- gets his language, or the other one where there is nothing in his.

-- The words for a language.
--   result  {"subject", "text", "language", "foreign": "de" | null (the
--           language, when it is not the one asked for)}
create or replace function news.words(a news.announcement, language text)
returns jsonb language plpgsql stable as $$
declare
	spoken text := case when a.subject_en is null then 'de'
	    when a.subject_de is null then 'en'
	    when words.language = 'de' then 'de' else 'en' end;
begin
	return jsonb_build_object('subject', case spoken when 'de'
	        then a.subject_de else a.subject_en end,
	    'text', case spoken when 'de' then a.text_de else a.text_en end,
	    'language', spoken,
	    'foreign', nullif(spoken, words.language));
end
$$;

-- Is it still on first pages: shown, over (its last day has passed), or
-- withdrawn?
create or replace function news.state(a news.announcement)
returns text language plpgsql stable as $$
begin
	return case when a.withdrawn_at is not null then 'withdrawn'
	    when a.shown_until < core.today() then 'over' else 'shown' end;
end
$$;

-- An announcement as everybody may see it.
create or replace function news.brief(a news.announcement)
returns jsonb language plpgsql stable as $$
declare
	state text := news.state(a);
begin
	return news.words(a, core.me_language()) || jsonb_build_object(
	    'id', a.public_id, 'at', a.created_at, 'until', a.shown_until,
	    'author', core.staff_seen(core.person_name(a.person_id)), 'state', state,
	    'tone', case state when 'shown' then 'ok' else 'neutral' end,
	    'withdrawn_at', a.withdrawn_at);
end
$$;

-- One that the input names; 404 when there is none for the caller.
create or replace function news.by_id(input jsonb)
returns news.announcement language plpgsql stable as $$
declare
	a news.announcement;
begin
	select * into a from news.announcement x
	where x.public_id = core.input_id(input);
	if a.id is null then
		perform core.fail_absent();
	end if;
	return a;
end
$$;

-- What the caller did with it: {"read": true, "dismissed": false}.
create or replace function news.mine(a news.announcement)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_object('read', count(*) > 0, 'dismissed',
	    count(r.dismissed_at) > 0) from news.reading r
	where r.announcement_id = a.id and r.person_id = core.me_person());
end
$$;

-- Notes that the caller has read it. People of partners are meant; what the
-- house or a machine reads counts for nobody.
create or replace function news.mark(a news.announcement, dismissed boolean)
returns void language plpgsql as $$
begin
	if core.me_side() = 'house' or core.me_person() is null then
		return;
	end if;
	insert into news.reading (partner_id, announcement_id, person_id,
	    read_at, dismissed_at)
	values (core.me_partner(), a.id, core.me_person(), core.now(),
	    case when dismissed then core.now() end)
	on conflict (partner_id, announcement_id, person_id) do update
	    set dismissed_at = coalesce(news.reading.dismissed_at,
	        excluded.dismissed_at);
end
$$;

-- Whom it was sent to and who has read it, for the house: of the partners that
-- the caller sees.
--   result  [{"partner": {"id", "name", "number"}, "read": 2, "first_at": ts |
--           null, "readers": [{"name", "at", "dismissed_at"}]}]
create or replace function news.recipients(a news.announcement, most int)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('partner',
	    json_build_object('id', p.public_id, 'name', p.name,
	        'number', p.number), 'read', r.n, 'first_at', r.first_at,
	    'readers', r.readers) order by p.name, p.id), '[]')
	from (select * from news.recipient x where x.announcement_id = a.id
	    order by x.id limit most) c
	join core.partner p on p.id = c.partner_id
	cross join lateral (select count(*) as n, min(r.read_at) as first_at,
	    coalesce(json_agg(json_build_object('name',
	        core.person_name(r.person_id), 'at', r.read_at, 'dismissed_at',
	        r.dismissed_at) order by r.read_at, r.id), '[]') as readers
	    from news.reading r where r.announcement_id = a.id
	    and r.partner_id = c.partner_id) r);
end
$$;

-- How many partners have it, and how many of them have read it.
create or replace function news.counts(a news.announcement)
returns jsonb language plpgsql stable as $$
begin
	return jsonb_build_object('partners', (select count(*)
	        from news.recipient c where c.announcement_id = a.id),
	    'partners_read', (select count(distinct r.partner_id)
	        from news.reading r where r.announcement_id = a.id));
end
$$;

-- Announcements for a partner's first page, newest first: not withdrawn, not
-- over, not put away by this person.
create or replace function news.current(most int)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(b || jsonb_build_object('text',
	    case when length(b ->> 'text') > 280
	        then left(b ->> 'text', 280) || '…' else b ->> 'text' end)
	    order by (s.a).created_at desc, (s.a).id desc), '[]')
	from (select x as a from news.recipient c
	    join news.announcement x on x.id = c.announcement_id
	    where x.withdrawn_at is null
	    and (x.shown_until is null or x.shown_until >= core.today())
	    and not exists (select from news.reading r
	        where r.announcement_id = x.id
	        and r.person_id = core.me_person()
	        and r.dismissed_at is not null)
	    order by x.created_at desc, x.id desc limit most) s,
	lateral news.brief(s.a) b);
end
$$;

-- What a request starts with that answers an announcement.
create or replace function news.case_draft(announcement uuid)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_object('case_type', 'enquiry', 'subject',
	    left(news.words(a, core.me_language()) ->> 'subject', 200))
	from news.announcement a where a.public_id = case_draft.announcement
	and a.withdrawn_at is null);
end
$$;
