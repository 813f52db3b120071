-- SPDX-License-Identifier: Apache-2.0
--
-- The event stream: timelines, audit of business and live updates read it.
-- Append only: logins may insert what core.emit inserts and nothing else, and
-- a trigger fills in who, where and when from the sealed identity.

-- The acting identity as a partner may know it: what another partner's person
-- or machine brings about on his timeline is the house's doing.
create or replace function core.seen_by(partner bigint) returns jsonb
language plpgsql stable as $$
declare
	m jsonb := core.me();
begin
	return case when (m ->> 'p')::bigint <> partner then '{}' else m end;
end
$$;

-- Who acts on a partner's timeline: the caller, or, while a document of the
-- partner is applied, who sent it (core.acting_for); nobody, {}, where the house
-- does something by itself (core.emit_house).
create or replace function core.doing(partner bigint) returns jsonb
language plpgsql stable as $$
declare
	sender jsonb := nullif(current_setting('kontor.sender', true), '');
begin
	if current_setting('kontor.house', true) = 'on' then
		return '{}';
	elsif (sender ->> 'p')::bigint = partner then
		return sender;
	end if;
	return core.seen_by(partner);
end
$$;

-- From now on, in this transaction, a document's sender acts on his partner's
-- timeline; null: no longer.
--   sender  {"p": partner, "k": "person|client", "id", "name", "portal",
--           "channel": "edi|import", "document": public id}
create or replace function core.acting_for(sender jsonb) returns void
language plpgsql volatile as $$
begin
	perform set_config('kontor.sender', coalesce(sender::text, ''), true);
end
$$;

-- Fills in what the writer may not choose.
create or replace function core.event_fill() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	m jsonb := case new.object_type when 'document'
	    then core.seen_by(new.partner_id)
	    else core.doing(new.partner_id) end;
begin
	new.tx := pg_current_xact_id()::text::bigint;
	new.at := core.now();
	new.actor_person := case when m ->> 'k' = 'person' then m ->> 'id' end;
	new.actor_client := case when m ->> 'k' = 'client' then m ->> 'id' end;
	new.actor_name := coalesce(m ->> 'name', 'Kontor');
	new.portal := coalesce(m ->> 'portal', 'system');
	new.channel := coalesce(m ->> 'channel', 'system');
	new.document := coalesce(new.document, (m ->> 'document')::uuid);
	new.trace := m ->> 'trace';
	return new;
end
$$;

create or replace trigger event_fill before insert on core.event
	for each row execute function core.event_fill();

-- Tells listeners, at commit.
create or replace function core.event_tell() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
	perform core.tell('event', json_build_object('seq', new.seq,
		'partner', (select p.public_id from core.partner p
			where p.id = new.partner_id),
		'type', new.type, 'object', new.object_type,
		'id', new.object_id, 'internal', new.internal)::text);
	return null;
end
$$;

do $$
begin
	drop trigger if exists event_tell on core.event;
	create constraint trigger event_tell after insert on core.event
		deferrable initially deferred
		for each row execute function core.event_tell();
end
$$;

-- Appends an event to a partner's timeline.
--   type         dotted, e.g. order.line.confirmed
--   object_type  order, order_line, document, …; object_id its public id
--   data         what changed: {"old": …, "new": …} or facts
--   cause        what brought it about: {"event": seq} or {"rule": …,
--                "offset": …, "pointer": …} of the document
--   document     public id of the document that said so
--   internal     true: never shown to the partner
create or replace function core.emit(partner_id bigint, type text,
	object_type text, object_id uuid, number text, data jsonb default '{}',
	cause jsonb default null, document uuid default null,
	internal boolean default false)
returns void
language plpgsql volatile as $$
begin
	insert into core.event (partner_id, type, object_type, object_id, number,
		data, cause, document, internal)
	values (partner_id, type, object_type, object_id, number,
		coalesce(data, '{}'), cause, document, internal);
end
$$;

-- A name of the house's staff, as the reader may know it.
create or replace function core.staff_seen(name text) returns text
language plpgsql stable as $$
begin
	return case when core.me_portal() in ('distributor', 'supplier')
		then (select h.name from core.house h) else name end;
end
$$;

-- Who did it, as the reader may know it: to partners what the house's staff
-- does is the house's doing. Only where people talk to each other, in cases
-- and returns, do they know by name whom they talk to.
create or replace function core.actor_seen(e core.event) returns text
language sql stable as $$
	select case when e.portal in ('desk', 'admin')
		and e.object_type not in ('case', 'return')
		then core.staff_seen(e.actor_name) else e.actor_name end
$$;

-- The same as the house's own doing, whoever gave cause to it.
create or replace function core.emit_house(partner_id bigint, type text,
	object_type text, object_id uuid, number text, data jsonb default '{}')
returns void
language plpgsql volatile as $$
begin
	perform set_config('kontor.house', 'on', true);
	perform core.emit(partner_id, type, object_type, object_id, number, data);
	perform set_config('kontor.house', '', true);
end
$$;

-- An event as answers show it.
create or replace function core.event_json(e core.event) returns json
language sql stable as $$
	select json_build_object('seq', e.seq, 'at', e.at, 'type', e.type,
		'object', e.object_type, 'id', e.object_id, 'number', e.number,
		'actor', core.actor_seen(e), 'portal', e.portal, 'channel', e.channel,
		'internal', e.internal, 'data', e.data, 'cause', e.cause,
		'document', e.document)
$$;

-- What happened to one object, oldest first, as far as the caller may see.
create or replace function core.timeline(object_id uuid, most int default 200)
returns json
language plpgsql stable as $$
begin
	return (select coalesce(json_agg(core.event_json(e) order by e.seq), '[]')
		from (select * from core.event x
			where x.object_id = timeline.object_id
			order by x.seq desc limit most) e);
end
$$;

-- Events after the one named, in an order in which none can turn up late:
-- those of transactions that may still be open are left for the next call.
create or replace function core.events_after(since bigint, most int)
returns setof core.event
language plpgsql stable as $$
declare
	from_tx bigint;
	-- Older ones are over in any case; says so also after a restore into a
	-- cluster that counts transactions anew.
	horizon bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
begin
	select e.tx into from_tx from core.event e where e.seq = since;
	return query select * from core.event e
		where (e.tx, e.seq) > (coalesce(from_tx, 0), coalesce(since, 0))
		and e.tx < horizon
		order by e.tx, e.seq limit most;
end
$$;
