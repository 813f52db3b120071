-- SPDX-License-Identifier: Apache-2.0
--
-- Somebody of the house writes to several of his partners.

-- Partners that may be written to: active ones that the caller sees.
--   kind  distributor, supplier, or null: all
create or replace function news.reachable(kind text default null)
returns setof core.partner language plpgsql stable as $$
begin
	return query select p.* from core.partner p
	    where p.status = 'active' and exists (select
	        from core.partner_role r where r.partner_id = p.id
	        and r.role in ('distributor', 'supplier')
	        and (reachable.kind is null or r.role = reachable.kind));
end
$$;

-- An empty form.
--   input   q text? (name or number), partner uuid? (ticked)
--   result  {"partners": [{"id", "name", "number", "kind", "picked": false}]
--           (suppliers behind distributors, by name, at most 500), "total": 7,
--           "more": false, "q", "today": date}
create or replace function api.announcements_new(input jsonb)
returns json language plpgsql stable as $$
declare
	q text := nullif(trim(input ->> 'q'), '');
	picked uuid := core.try_uuid(input ->> 'partner');
	most constant int := 500;
	total int := (select count(*) from news.reachable());
begin
	return json_build_object('partners', (select coalesce(json_agg(
	        json_build_object('id', p.public_id, 'name', p.name,
	        'number', p.number, 'kind', p.kind,
	        'picked', p.public_id = picked) order by p.kind, p.name, p.id),
	        '[]')
	        from (select x.*, (select min(r.role) from core.partner_role r
	            where r.partner_id = x.id
	            and r.role in ('distributor', 'supplier')) as kind
	            from news.reachable() x
	            where q is null or x.name ilike '%' || q || '%'
	            or x.number = q
	            order by x.public_id = picked desc nulls last, kind, x.name,
	            x.id limit most) p),
	    'total', total, 'more', total > most or q is not null,
	    'q', coalesce(q, ''), 'today', core.today());
end
$$;
select core.operation('announcements_new',
    permission => 'announcements.send',
    input => '{"q": "line?", "partner": "line?"}');

-- What is wrong with the words: one language at least, each of them whole.
create or replace function news.check(input jsonb)
returns jsonb language plpgsql stable as $$
declare
	until date := core.try_date(nullif(input ->> 'shown_until', ''));
begin
	return (select coalesce(jsonb_agg(w), '[]') from (
	    select core.wrong('/subject_en', 'announcements.language') w
	    where concat(input ->> 'subject_en', input ->> 'text_en',
	        input ->> 'subject_de', input ->> 'text_de') ~ '^\s*$'
	    union all
	    select core.wrong('/' || missing, 'value.required')
	    from unnest(array['en', 'de']) l,
	    lateral (values ('subject_' || l, 'text_' || l),
	        ('text_' || l, 'subject_' || l)) v (missing, other)
	    where coalesce(input ->> missing, '') ~ '^\s*$'
	    and coalesce(input ->> other, '') !~ '^\s*$'
	    union all
	    select core.wrong('/' || m, 'value.long', jsonb_build_object('max', n))
	    from (values ('subject_en', 200), ('subject_de', 200),
	        ('text_en', 10000), ('text_de', 10000)) v (m, n)
	    where length(input ->> m) > n
	    union all
	    select core.wrong('/shown_until', 'announcements.until')
	    where until < core.today()) x);
end
$$;

-- The partners that an input means: those ticked, or all of a kind.
create or replace function news.audience(input jsonb)
returns bigint[] language plpgsql stable as $$
declare
	wanted text := coalesce(nullif(input ->> 'audience', ''), 'picked');
	ids uuid[];
	meant bigint[];
begin
	if wanted <> 'picked' then
		return array(select p.id from news.reachable(
		    nullif(wanted, 'all')) p order by p.id);
	end if;
	ids := array(select distinct core.try_uuid(e ->> 'id')
	    from jsonb_array_elements(coalesce(input -> 'partners', '[]')) e
	    where coalesce(e ->> 'picked', '') in ('true', 'on', '1'));
	meant := array(select p.id from news.reachable() p
	    where p.public_id = any (ids) order by p.id);
	if cardinality(meant) < cardinality(ids) then
		perform core.fail_if_wrong(jsonb_build_array(
		    core.wrong('/partners', 'announcements.partner')));
	end if;
	return meant;
end
$$;

-- Stores it for each partner and tells each on his timeline, where no word of it
-- stands: it may be withdrawn.
create or replace function news.send(a news.announcement, partners bigint[])
returns void language plpgsql as $$
begin
	insert into news.recipient (partner_id, announcement_id)
	select p, a.id from unnest(partners) p;
	perform core.emit(p.id, 'announcement.sent', 'announcement', a.public_id,
	    null)
	from core.partner p where p.id = any (partners) order by p.id;
end
$$;

-- Has a mail about it still a point?
create or replace function news.awaits_reader(announcement uuid)
returns boolean language plpgsql stable as $$
begin
	return exists (select from news.announcement a
	    where a.public_id = awaits_reader.announcement
	    and news.state(a) = 'shown');
end
$$;

-- What a mail says of it: its subject, in the reader's language.
create or replace function news.mail_words(announcement uuid, language text)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_build_object('subject',
	    news.words(a, mail_words.language) -> 'subject')
	    from news.announcement a
	    where a.public_id = mail_words.announcement);
end
$$;
select core.mails('announcement.sent', 'now', 'news.awaits_reader', null,
    'distributor_user', 'distributor_admin', 'supplier_user',
    'supplier_admin');
select core.mail_says('announcement.sent', 'news.mail_words');

-- Sends an announcement to several partners.
--   input   audience picked|all|distributor|supplier = picked, partners [{id,
--           picked}], subject_en, text_en, subject_de, text_de, shown_until
--           date?
--   result  201, location /announcements/<id>
--   errors  422 /subject_en announcements.language, /subject_…, /text_…,
--           /shown_until announcements.until, /audience announcements.nobody,
--           /partners announcements.partner
create or replace function api.announcements_create(input jsonb)
returns core.answer language plpgsql as $$
declare
	partners bigint[];
	a news.announcement;
	said constant jsonb := jsonb_strip_nulls((select jsonb_object_agg(m,
	    nullif(trim(input ->> m), '')) from unnest(array['subject_en',
	    'text_en', 'subject_de', 'text_de']) m));
begin
	if coalesce(nullif(input ->> 'audience', ''), 'picked')
	    not in ('picked', 'all', 'distributor', 'supplier') then
		perform core.fail_if_wrong(jsonb_build_array(
		    core.wrong('/audience', 'value.choice')));
	end if;
	partners := news.audience(input);
	perform core.fail_if_wrong(news.check(input) || case
	    when cardinality(partners) = 0 then jsonb_build_array(
	    core.wrong('/audience', 'announcements.nobody')) else '[]' end);
	insert into news.announcement (subject_en, text_en, subject_de, text_de,
	    shown_until, person_id, created_at)
	values (said ->> 'subject_en', said ->> 'text_en',
	    said ->> 'subject_de', said ->> 'text_de',
	    core.try_date(nullif(input ->> 'shown_until', '')),
	    core.me_person(), core.now())
	returning * into a;
	perform news.send(a, partners);
	perform core.note('admin', 'ok', null, 'announcements_create',
	    'announcement ' || a.public_id, jsonb_build_object('partners',
	    cardinality(partners)));
	return core.created('/announcements/' || a.public_id, news.show(a));
end
$$;
select core.operation('announcements_create',
    permission => 'announcements.send', writes => true,
    input => '{"audience": "line?", "partners?": [{"id": "uuid",
    "picked": "bool?"}], "subject_en": "line?", "text_en": "text?",
    "subject_de": "line?", "text_de": "text?", "shown_until": "date?"}');

-- Takes an announcement back: partners do not see it any more. Who wrote it
-- may, and who sees all partners.
--   input   id
--   result  200, the announcement
--   errors  404, 409 announcements.withdrawn
create or replace function api.announcements_withdraw(input jsonb)
returns core.answer language plpgsql as $$
declare
	a news.announcement := news.by_id(input);
begin
	if a.person_id <> core.me_person() and not core.me_sees_all() then
		perform core.fail_absent();
	end if;
	update news.announcement x set withdrawn_by = core.me_person(),
	    withdrawn_at = core.now()
	where x.id = a.id and x.withdrawn_at is null returning * into a;
	if a.id is null then
		perform core.fail(409, 'announcements.withdrawn');
	end if;
	perform core.emit(p.id, 'announcement.withdrawn', 'announcement',
	    a.public_id, null)
	from news.recipient r join core.partner p on p.id = r.partner_id
	where r.announcement_id = a.id order by p.id;
	perform core.note('admin', 'ok', null, 'announcements_withdraw',
	    'announcement ' || a.public_id);
	return core.ok(news.show(a));
end
$$;
select core.operation('announcements_withdraw',
    permission => 'announcements.send', writes => true,
    input => '{"id": "uuid"}');
