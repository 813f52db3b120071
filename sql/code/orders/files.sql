-- SPDX-License-Identifier: Apache-2.0
--
-- Files that people attach to an order. The partner of the order and the house
-- see them, internal ones the house alone. What the house passes on to a linked
-- order is a file of its own there: it says who passed it on, never whose it
-- was.

-- Linked orders that a file of this order may be passed on to, for the house
-- only; those of partners whom the caller sees.
create or replace function orders.linked_heads(h orders.head)
returns setof orders.head language plpgsql stable as $$
begin
	return query select o.* from orders.head o
	    where core.me_side() = 'house'
	    and (o.id = h.linked_order_id or o.linked_order_id = h.id)
	    order by o.id;
end
$$;

-- May the caller attach files now? Not to a draft of his own, nor to one that
-- he cannot see.
create or replace function orders.may_attach(h orders.head)
returns boolean language plpgsql stable as $$
begin
	return (h.state <> 'draft' or h.kind = 'purchase')
	    and core.me_may('orders.attach');
end
$$;

-- Of files, functions take what they need, never the row: a row as an argument
-- is made with its bytes read in.

-- Did the caller attach what this person or client attached?
create or replace function orders.file_mine(person bigint, client bigint)
returns boolean language plpgsql stable as $$
begin
	return coalesce(file_mine.person = core.me_person(),
	    file_mine.client = core.me_client(), false);
end
$$;

-- What the caller may do with a file now: withdraw while nobody else has taken
-- it; the house also internal and publish (its own files), share.
create or replace function orders.file_actions(side text, visibility text,
    fetched boolean, mine boolean, attaches boolean, shares boolean)
returns text[] language plpgsql stable as $$
declare
	house boolean := core.me_side() = 'house' and attaches;
begin
	return array(select e from (values
	    ('withdraw', attaches and not fetched and mine),
	    ('share', shares and visibility = 'public'),
	    ('internal', house and side = 'house' and not fetched
	        and visibility = 'public'),
	    ('publish', house and visibility = 'internal')) v (e, may)
	where may);
end
$$;

-- Where the house has passed a file on to, and where it came from.
--   result  [{"id": order, "number", "kind", "partner", "from": it came from
--           there}] | null
create or replace function orders.file_shares(file bigint, origin bigint)
returns json language plpgsql stable as $$
begin
	if core.me_side() <> 'house' then
		return null;
	end if;
	return (select json_agg(json_build_object('id', o.public_id,
	    'number', o.number, 'kind', o.kind, 'partner',
	    core.partner_brief(o.partner_id), 'from', x.id = file_shares.origin)
	    order by x.id)
	from orders.attachment x join orders.head o on o.id = x.order_id
	where (x.origin_id = file_shares.file or x.id = file_shares.origin)
	and x.withdrawn_at is null);
end
$$;

-- Files of an order, oldest first.
--   result  [{"id", "filename", "media_type", "size", "sha256", "image",
--           "author", "side": partner|house, "visibility", "internal", "at",
--           "fetched": somebody else took it, "shares": [{"id", "number",
--           "kind", "partner", "from"}] | null (desk), "actions", "can"}]
create or replace function orders.files_json(h orders.head)
returns json language plpgsql stable as $$
declare
	attaches boolean := orders.may_attach(h);
	shares boolean := core.me_may('orders.share')
	    and exists (select from orders.linked_heads(h));
begin
	return (select coalesce(json_agg(json_build_object('id', a.public_id,
	    'filename', a.filename, 'media_type', a.media_type,
	    'size', length(a.bytes), 'sha256', encode(a.sha256, 'hex'),
	    'image', a.media_type like 'image/%', 'author', case a.side when 'house'
	        then core.staff_seen(a.author_name) else a.author_name end,
	    'side', a.side, 'visibility', a.visibility,
	    'internal', a.visibility = 'internal', 'at', a.created_at,
	    'fetched', a.fetched_at is not null, 'shares',
	    orders.file_shares(a.id, a.origin_id), 'actions', to_json(f.actions),
	    'can', orders.can(f.actions)) order by a.id), '[]')
	from orders.attachment a cross join lateral (select
	    orders.file_actions(a.side, a.visibility, a.fetched_at is not null,
	    orders.file_mine(a.person_id, a.client_id), attaches, shares)) f (actions)
	where a.order_id = h.id and a.withdrawn_at is null);
end
$$;

-- Says on the order's timeline what happened to a file; inside the house when
-- the partner does not see the file. What was passed on is told to the partner
-- without its name: a name that says too much is gone with the file.
create or replace function orders.tell_file(h orders.head,
    a orders.attachment, what text, more jsonb default '{}',
    internal boolean default false)
returns void language plpgsql as $$
declare
	inside boolean := internal or a.visibility = 'internal'
	    or h.kind = 'purchase' and h.submitted_at is null;
	nameless boolean := a.origin_id is not null and not inside;
begin
	perform core.emit(h.partner_id, 'order.file.' || case
	    when nameless and what = 'attached' then 'received'
	    when nameless and what = 'withdrawn' then 'recalled'
	    else what end, 'order', h.public_id, h.number,
	    case when nameless then '{}'::jsonb
	    else jsonb_build_object('filename', a.filename) end
	    || jsonb_build_object('file', a.public_id,
	    'sha256', encode(a.sha256, 'hex')) || more, internal => inside);
end
$$;

-- Fails when an order or its partner has no room for another file.
create or replace function orders.check_room(h orders.head, bytes bytea)
returns void language plpgsql as $$
declare
	most constant int := 50;
begin
	if (select count(*) >= most from orders.attachment a
	    where a.order_id = h.id and a.withdrawn_at is null) then
		perform core.fail(409, 'orders.files.many',
		    jsonb_build_object('most', most));
	end if;
	perform core.check_files(h.partner_id, bytes);
end
$$;

-- Stores a file of an order; the same bytes again change nothing.
--   inside  only the house sees it
--   origin  the file of the linked order that is passed on
--   result  null when it is there already
--   errors  409 orders.files.many, files.full
create or replace function orders.attach(h orders.head, filename text,
    bytes bytea, inside boolean default false, origin bigint default null)
returns orders.attachment language plpgsql as $$
declare
	made orders.attachment;
	kind text := core.file_type(bytes);
begin
	perform orders.check_room(h, bytes);
	insert into orders.attachment (partner_id, order_id, visibility,
	    filename, media_type, sha256, bytes, side, author_name, person_id,
	    client_id, origin_id, created_at)
	values (h.partner_id, h.id, case when attach.inside then 'internal'
	        else 'public' end,
	    core.file_name(attach.filename, kind), kind,
	    sha256(attach.bytes), attach.bytes, core.me_side(),
	    core.me_author(), core.me_person(), core.me_client(), attach.origin,
	    core.now())
	on conflict (partner_id, order_id, sha256, visibility)
	where withdrawn_at is null do nothing returning * into made;
	if made.id is not null then
		perform orders.tell_file(h, made, 'attached');
	end if;
	return made;
end
$$;
