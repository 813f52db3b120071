-- SPDX-License-Identifier: Apache-2.0
--
-- Steps with files of an order.

-- Attaches a file to an order.
--   input   id of the order, filename, media_type, internal bool? (house only)
--   bytes   picture or PDF, at most 10 MiB
--   result  201, location /orders/<id>, the order as orders_show shows it
--   errors  404, 409 orders.event.illegal (a draft), orders.files.many,
--           files.full, 422 /file value.required, orders.file.type, orders.file.size
create or replace function api.order_files_create(input jsonb, bytes bytea)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.by_id(input);
	fault text := case when coalesce(length(bytes), 0) = 0
	    then 'value.required' else case core.file_fault(bytes)
	    when 'type' then 'orders.file.type'
	    when 'size' then 'orders.file.size' end end;
	inside boolean := core.me_side() = 'house'
	    and coalesce(input ->> 'internal', '') in ('true', 'on', '1');
begin
	perform core.fail_if_wrong(jsonb_build_array(
	    core.wrong('/file', fault))) where fault is not null;
	select * into h from orders.head where id = h.id for update;
	if not orders.may_attach(h) then
		perform core.fail(409, 'orders.event.illegal', jsonb_build_object(
		    'event', 'attach', 'state', h.state));
	end if;
	perform orders.attach(h, input ->> 'filename', bytes, inside);
	return core.created('/orders/' || h.public_id, orders.show_json(h),
	    h.version);
end
$$;
select core.operation('order_files_create', permission => 'orders.attach',
    writes => true, input => '{"id": "uuid", "filename": "line?",
    "media_type": "line?", "internal": "bool?"}');

-- The file of an order that an input names; 404 when there is none for the
-- caller.
create or replace function orders.file_by_id(h orders.head, input jsonb)
returns orders.attachment language plpgsql stable as $$
declare
	a orders.attachment;
begin
	select * into a from orders.attachment x where x.order_id = h.id
	and x.public_id = core.input_id(input, 'file')
	and x.withdrawn_at is null;
	if a.id is null then
		perform core.fail_absent();
	end if;
	return a;
end
$$;

-- The bytes of a file: {"media_type", "filename", "size", "sha256",
-- "base64"}.
--   input  id uuid of the order, file uuid
create or replace function api.order_files_bytes(input jsonb)
returns json language plpgsql stable as $$
declare
	a orders.attachment := orders.file_by_id(orders.by_id(input), input);
begin
	return core.file_json(a.media_type, a.filename, a.bytes);
end
$$;
select core.operation('order_files_bytes', permission => 'orders.read',
    input => '{"id": "uuid", "file": "uuid"}');

-- Notes that a file is taken by somebody else than who attached it; from then
-- on it is not withdrawn. Reads run read-only, so this is a call of its own,
-- before the bytes are read; looking through a partner's eyes notes nothing.
--   input   id uuid of the order, file uuid
--   errors  404, also when the file is withdrawn at this moment
create or replace function api.order_files_seen(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.by_id(input);
	file uuid := core.input_id(input, 'file');
begin
	if not core.me() ? 'viewing' then
		update orders.attachment x set fetched_at = core.now()
		where x.order_id = h.id and x.public_id = file
		and x.fetched_at is null and x.withdrawn_at is null
		and not orders.file_mine(x.person_id, x.client_id);
	end if;
	if not exists (select from orders.attachment x where x.order_id = h.id
	    and x.public_id = file and x.withdrawn_at is null) then
		perform core.fail_absent();
	end if;
	return core.done();
end
$$;
select core.operation('order_files_seen', permission => 'orders.read',
    writes => true, idempotent => true,
    input => '{"id": "uuid", "file": "uuid"}');

-- Passes a file on to a linked order, as a file of the house there, under a
-- name that somebody chose for it: its own may say whose it was.
create or replace function orders.share_file(h orders.head,
    a orders.attachment, input jsonb)
returns void language plpgsql as $$
declare
	wanted uuid := core.try_uuid(input ->> 'order');
	named text := nullif(trim(input ->> 'filename'), '');
	target orders.head;
	made orders.attachment;
begin
	perform core.fail_if_wrong(jsonb_build_array(
	    core.wrong('/filename', 'value.required'))) where named is null;
	select * into target from orders.linked_heads(h) o
	where o.public_id = wanted;
	if target.id is null then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/order',
		    'orders.file.order')));
	end if;
	made := orders.attach(target, named, a.bytes, origin => a.id);
	if made.id is null then
		perform core.fail(409, 'orders.file.there', jsonb_build_object(
		    'number', target.number));
	end if;
	update orders.attachment x set fetched_at = coalesce(x.fetched_at,
	    core.now()) where x.id = a.id;
	perform orders.tell_file(h, a, 'shared', jsonb_build_object('to',
	    target.number), internal => true);
	perform core.note('admin', 'ok', null, 'order_files_event',
	    'order ' || h.public_id, jsonb_build_object('event', 'share',
	    'file', a.public_id, 'order', target.public_id, 'as',
	    made.public_id));
end
$$;

-- Shows a file of the house to the partner, or to the house alone: for the
-- partner it is withdrawn. Who took it inside the house does not count once the
-- partner sees it.
create or replace function orders.show_file(h orders.head,
    a orders.attachment, visibility text)
returns void language plpgsql as $$
begin
	if exists (select from orders.attachment x where x.order_id = h.id
	    and x.sha256 = a.sha256 and x.visibility = show_file.visibility
	    and x.withdrawn_at is null) then
		perform core.fail(409, 'orders.file.there', jsonb_build_object(
		    'number', h.number));
	end if;
	if show_file.visibility = 'internal' then
		perform orders.tell_file(h, a, 'withdrawn');
	end if;
	update orders.attachment x set visibility = show_file.visibility,
	    fetched_at = null
	where x.id = a.id returning * into a;
	perform orders.tell_file(h, a, case a.visibility when 'public'
	    then 'attached' else 'internal' end);
end
$$;

-- One step of a file.
--   events  withdraw (who attached it, while nobody else has taken it); desk:
--           internal, publish (files of the house), share {order uuid of a
--           linked order, filename: its name there}
--   input   id of the order, file, event
--   result  200, the order as orders_show shows it
--   errors  404, 409 orders.file.illegal (fetched), orders.file.there, 422
--           /event, /filename, /order orders.file.order; share also 409
--           orders.files.many, files.full
create or replace function api.order_files_event(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.by_id(input);
	a orders.attachment;
	event text := input ->> 'event';
begin
	perform orders.lock_family(h.id);
	select * into h from orders.head where id = h.id for update;
	-- Who takes it now waits, or this does.
	perform from orders.attachment x where x.order_id = h.id
	and x.public_id = core.input_id(input, 'file') for update;
	a := orders.file_by_id(h, input);
	if event not in ('withdraw', 'internal', 'publish', 'share') then
		perform core.fail_if_wrong(jsonb_build_array(
		    core.wrong('/event', 'value.choice')));
	elsif event <> all (orders.file_actions(a.side, a.visibility,
	    a.fetched_at is not null, orders.file_mine(a.person_id, a.client_id),
	    orders.may_attach(h), core.me_may('orders.share'))) then
		perform core.fail(409, 'orders.file.illegal', jsonb_build_object(
		    'event', event, 'fetched', a.fetched_at is not null));
	end if;
	case event
	when 'withdraw' then
		update orders.attachment x set bytes = null,
		    withdrawn_at = core.now() where x.id = a.id;
		perform orders.tell_file(h, a, 'withdrawn');
	when 'internal' then perform orders.show_file(h, a, 'internal');
	when 'publish' then perform orders.show_file(h, a, 'public');
	when 'share' then perform orders.share_file(h, a, input);
	end case;
	return core.ok(orders.show_json(h), h.version);
end
$$;
select core.operation('order_files_event', permission => 'orders.attach',
    writes => true, input => '{"id": "uuid", "file": "uuid",
    "event": "line", "order": "line?", "filename": "line?"}');
