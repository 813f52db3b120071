-- SPDX-License-Identifier: Apache-2.0
--
-- A change is written, sent, and raised on the suppliers' orders it concerns.
-- Before the seller has accepted, it stands at once; after, the order waits
-- (change_pending). A supplier's order is never edited silently: it gets a
-- change of its own that the supplier accepts or refuses.

-- Writes a change down; nobody but its author knows of it yet. It remembers
-- the one that waits, which it would replace.
create or replace function orders.change_write(h orders.head, of_kind text,
    head jsonb, lines jsonb, asked jsonb, why jsonb, o orders.origin)
returns orders.change language plpgsql as $$
declare
	c orders.change;
begin
	insert into orders.change (public_id, partner_id, order_id, kind, number,
	    partner_number, head, lines, asked, reason, digest, source, person_id,
	    client_id, document_id, created_at, replaces_id)
	values (core.uuid7(), h.partner_id, h.id, of_kind, h.number || '-C'
	    || (select count(*) + 1 from orders.change x
	        where x.order_id = h.id),
	    nullif(asked ->> 'number', ''), change_write.head,
	    change_write.lines, asked, nullif(why, '{}'),
	    orders.change_digest(asked), o.source, o.person, o.client, o.document,
	    core.now(), (orders.change_waiting(h)).id)
	returning * into c;
	return c;
end
$$;

-- Whose word a change is.
create or replace function orders.origin_change(c orders.change)
returns orders.origin language plpgsql stable as $$
begin
	return row(c.source, c.person_id, c.client_id, case when c.source
	    <> 'system' and orders.house_decides(c) then c.partner_id end,
	    c.document_id, coalesce(c.sent_at,
	    core.now()))::orders.origin;
end
$$;

-- The next version of an order, in a state of its own.
create or replace function orders.version_add(h orders.head,
    content jsonb, in_state text, o orders.origin)
returns int language plpgsql as $$
declare
	v int := 1 + coalesce((select max(x.order_version) from orders.version x
	    where x.order_id = h.id), 0);
begin
	insert into orders.version (partner_id, order_id, order_version, content,
	    source, document_id, state, created_at)
	values (h.partner_id, h.id, v, content, o.source, o.document, in_state,
	    core.now());
	return v;
end
$$;

-- The content of the version that stands; a supplier's order gets its first
-- version when it is first changed.
create or replace function orders.content_now(h orders.head)
returns jsonb language plpgsql as $$
declare
	content jsonb := (select x.content from orders.version x
	    where x.order_id = h.id and x.state = 'in_force'
	    order by x.order_version desc limit 1);
begin
	if content is null then
		content := orders.order_doc(h);
		perform orders.version_add(h, content, 'in_force',
		    orders.origin_system());
	end if;
	return content;
end
$$;

-- Makes a version the one that stands.
create or replace function orders.version_stands(of_order bigint, v int)
returns void language plpgsql as $$
begin
	update orders.version set state = 'former'
	where order_id = of_order and state = 'in_force' and order_version <> v;
	update orders.version set state = 'in_force'
	where order_id = of_order and order_version = v;
	update orders.head set order_version = v where id = of_order;
end
$$;

-- Takes a version back that was refused or withdrawn: the former one stands.
create or replace function orders.version_falls(of_order bigint, v int,
    becomes text default 'refused')
returns void language plpgsql as $$
declare
	was text := (select state from orders.version
	    where order_id = of_order and order_version = v);
begin
	update orders.version set state = becomes
	where order_id = of_order and order_version = v;
	if was = 'in_force' then
		perform orders.version_stands(of_order, (select max(order_version)
		    from orders.version where order_id = of_order
		    and state = 'former'));
	end if;
end
$$;

-- Sends a written change. The order and all linked with it are locked.
create or replace function orders.change_send(c orders.change)
returns orders.change language plpgsql as $$
declare
	h orders.head;
	o orders.origin := orders.origin_change(c);
	v int;
begin
	select * into h from orders.head where id = c.order_id for update;
	h := orders.change_make_way(c, h);
	if c.kind = 'change' then
		v := orders.version_add(h, orders.changed_content(
		    orders.content_now(h), c, c.lines), 'pending', o);
	end if;
	update orders.change x set state = 'pending', version = x.version + 1,
	    direct = h.kind = 'sales' and h.state <> 'accepted',
	    order_version = v, sent_at = core.now(), lines = case
	        when h.kind = 'sales' and h.state <> 'accepted' then orders.with_snapshots(h, x.lines) else x.lines end
	where x.id = c.id returning * into c;
	update orders.head set change_id = c.id where id = h.id;
	update orders.line l set change_id = c.id, undo_until = null,
	    previous = null
	where l.order_id = h.id and l.line_id = any (orders.line_ids(c.lines));
	if c.direct then
		perform orders.change_stand(h, c, o);
	elsif h.state = 'accepted' then
		perform orders.change_wait(h, 'change');
	end if;
	perform orders.change_announce(h, c);
	perform orders.change_raise(c.id);
	select * into c from orders.change where id = c.id;
	return c;
end
$$;

-- Tells that a change was sent, and answers that it came.
create or replace function orders.change_announce(h orders.head,
    c orders.change)
returns void language plpgsql as $$
begin
	perform core.emit(h.partner_id, 'order.change_sent', 'order',
	    h.public_id, h.number, jsonb_build_object('change', c.number,
	    'kind', c.kind, 'lines', to_jsonb(orders.line_ids(c.lines))), null,
	    exchange.document_uuid(c.document_id));
	perform orders.refresh(h.id);
	if h.kind = 'sales' then
		perform orders.send_change_answer(h, c, 'AB');
	end if;
end
$$;

create or replace function orders.with_snapshots(h orders.head, lines jsonb)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(case when l.id is null then d
	        else d || jsonb_build_object('before',
	            orders.line_snapshot(l)) end order by ord), '[]')
	    from jsonb_array_elements(lines) with ordinality t (d, ord)
	    left join orders.line l on l.order_id = h.id
	        and l.line_id = d ->> 'line_id');
end
$$;

-- A change of an order that nobody has accepted yet stands at once.
create or replace function orders.change_stand(h orders.head,
    c orders.change, o orders.origin)
returns void language plpgsql as $$
declare
	d jsonb;
	l orders.line;
begin
	for d in select * from jsonb_array_elements(c.lines) loop
		select * into l from orders.line where order_id = h.id
		and line_id = d ->> 'line_id' for update;
		l := orders.apply_line(h, l, d, o);
		update orders.line set change_id = c.id where id = l.id;
	end loop;
	perform orders.change_head_apply(c, 'new');
	if c.order_version is not null then
		perform orders.version_stands(h.id, c.order_version);
	end if;
end
$$;

-- An accepted order waits for the seller's word.
create or replace function orders.change_wait(h orders.head, step text)
returns void language plpgsql as $$
begin
	perform set_config('kontor.step', step, true);
	update orders.head set state = 'change_pending',
	    response_due = orders.due_after(exchange.terms(h.partner_id),
	        core.now())
	where id = h.id;
	perform set_config('kontor.step', '', true);
end
$$;

-- The head of an order after a change, or as it was before.
--   side  new | old
create or replace function orders.change_head_apply(c orders.change,
    side text)
returns void language plpgsql as $$
begin
	update orders.head set
	    requested_date = case when c.head ? 'requested_date'
	        then (c.head #>> array['requested_date', side])::date
	        else requested_date end,
	    ship_to = case when c.head ? 'ship_to'
	        then nullif(c.head #> array['ship_to', side], 'null')
	        else ship_to end,
	    texts = case when side = 'new' then texts || coalesce(
	        c.asked -> 'text', '[]') else texts end
	where id = c.order_id;
end
$$;

-- Raises a sent change of a distributor's order on the orders of suppliers
-- that it concerns, once. What no supplier has a say in is settled: at once
-- where the order was not accepted yet, else by an account manager. Runs with
-- the owner's eyes: the distributor does not know who delivers.
create or replace function orders.change_raise(of_change bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	c orders.change;
	h orders.head;
	p orders.head;
	part jsonb;
	asked text[] := '{}';
begin
	select * into c from orders.change where id = of_change
	    and state = 'pending' and parent_id is null for update;
	select * into h from orders.head where id = c.order_id;
	if c.id is null or exists (select from orders.change
	    where parent_id = c.id) then
		return;
	elsif h.kind = 'purchase' then
		perform orders.change_deliver(h, c);
		return;
	end if;
	for p in select * from orders.head x where x.linked_order_id = h.id
		and (x.state = 'draft' or orders.is_open(x.state)) order by x.id
	loop
		part := orders.change_part(h, c, p);
		if p.state = 'draft' then
			perform orders.change_draft(p, part);
		elsif part <> '[]' or orders.part_place(c, p) is not null then
			perform orders.change_child(c, p, part);
			asked := asked || array(select d ->> 'parent'
			    from jsonb_array_elements(part) d);
		end if;
	end loop;
	perform orders.drafts_follow(h.id);
	perform orders.change_unasked(h, c, asked);
	perform orders.change_let_go(c.replaces_id);
	perform orders.change_finish(c.id);
end
$$;
select core.definer('orders.change_raise(bigint)',
    'a distributor''s change raises changes on suppliers'' orders; does nothing twice',
    'portals', 'worker', 'admin');

-- Lines of which no supplier is asked: already despatched ones are refused;
-- of an order not accepted yet the others stand, and what was added is bought.
create or replace function orders.change_unasked(h orders.head,
    c orders.change, asked text[])
returns void language plpgsql as $$
declare
	gone text[] := array(select s.line_id from orders.line s
	    join orders.line p on p.linked_line_id = s.id
	    where s.order_id = h.id and p.shipped > 0
	    and s.line_id = any (orders.line_ids(c.lines)));
	free text[] := array(select x from unnest(orders.line_ids(c.lines)) x
	    where x <> all (asked) and x <> all (gone));
	l orders.line;
begin
	update orders.change set lines = orders.mark_lines(lines, gone,
	    'refused') where id = c.id;
	for l in select * from orders.line where order_id = h.id and c.direct
		and line_id = any (gone)
	loop
		perform orders.restore_line(l, d -> 'before', orders.origin_system())
		from jsonb_array_elements(c.lines) d
		where d ->> 'line_id' = l.line_id;
	end loop;
	if not c.direct then
		return;
	end if;
	update orders.change set lines = orders.mark_lines(lines, free,
	    'accepted') where id = c.id;
	update orders.line set change_id = null where order_id = h.id
	and line_id = any (free || gone);
	perform orders.source_added(h, free);
end
$$;

-- Buys lines that were added to an order which was sourced before.
create or replace function orders.source_added(h orders.head, ids text[])
returns void language plpgsql as $$
declare
	s record;
begin
	if h.state = 'submitted' then
		return;
	end if;
	for s in select i.partner_id as supplier,
		array_agg(l.id order by l.position) as lines
		from orders.line l
		join item.source i on i.item_id = l.item_id and i.preferred
		join core.partner p on p.id = i.partner_id and p.status = 'active'
		where l.order_id = h.id and l.state = 'open'
		and l.line_id = any (ids) and not exists (select from orders.line x
		    where x.linked_line_id = l.id)
		group by 1 order by 1
	loop
		perform orders.create_purchase(h, s.supplier, s.lines);
	end loop;
end
$$;
