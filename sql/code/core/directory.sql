-- SPDX-License-Identifier: Apache-2.0
--
-- The directory, asked again: a job re-reads the entries of everybody who has
-- a live session, and sessions whose ground is gone end (AU-12).

select core.schedule('directory_check', '30 seconds');

-- Whose entries to read: everybody with a live session and, every quarter of an
-- hour, who belongs somewhere or has a calendar's address; longest unread
-- first.
create or replace function core.directory_due(most int default 1000)
returns table (entry_uuid text, uid text)
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select p.entry_uuid, p.uid from core.person p,
	lateral (select exists (select from core.session s
		where s.person_id = p.id and s.ended_at is null
		and s.expires_at > core.now()
		and s.touched_at > core.now() - s.idle) as here) l
	where p.entry_uuid is not null and (l.here
	or p.checked_at < core.now() - interval '15 minutes' and (exists (select
		from core.membership m where m.person_id = p.id) or exists (select
		from core.feed f where f.person_id = p.id
		and f.revoked_at is null)))
	order by l.here desc, p.checked_at nulls first limit most
$$;

-- What the directory said about one account.
--   entry  as at login; null: it is gone or may not log in any more
-- Returns how many sessions ended: all when it is gone, else those whose
-- membership is gone or whose roles have changed.
create or replace function core.directory_seen(entry_uuid text, entry jsonb)
returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
	p core.person;
	s core.session;
	n int := 0;
begin
	select * into p from core.person x
	where x.entry_uuid = directory_seen.entry_uuid;
	if not found then
		return 0;
	end if;
	if entry is not null then
		p := core.person_of(entry);
	end if;
	perform core.remember_memberships(p.id,
		coalesce(entry, '{"groups": []}'));
	update core.person x set checked_at = core.now() where x.id = p.id;
	for s in select * from core.session x
		where x.person_id = p.id and x.ended_at is null
		and case when x.viewing is not null then not core.view_lasts(
			x.person_id, x.partner_id, x.viewing) else not exists (select from core.membership m
			where m.person_id = p.id and m.portal = x.portal
			and m.partner_id is not distinct from x.partner_id
			and m.roles = x.roles) end
	loop
		perform core.session_close(s, 'directory');
		n := n + 1;
	end loop;
	if n > 0 then
		perform core.note('logout', 'directory', p.uid, null,
			'person ' || p.public_id, jsonb_build_object('ended', n));
	end if;
	return n;
end
$$;
