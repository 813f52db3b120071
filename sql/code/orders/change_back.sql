-- SPDX-License-Identifier: Apache-2.0
--
-- A change that waits is taken back by its buyer, or another one takes its
-- place, before the seller has answered. What some sellers answered already
-- stays; the rest is as it was, and they are told.

-- Differences of a change that nobody has decided yet.
create or replace function orders.undecided(c orders.change)
returns jsonb language sql stable as $$
	select coalesce(jsonb_agg(d order by ord), '[]')
	from jsonb_array_elements(c.lines) with ordinality t (d, ord)
	where not d ? 'outcome'
$$;

-- Numbers of the lines that a waiting change would add.
create or replace function orders.added_ids(w orders.change)
returns text[] language sql stable as $$
	select array(select d ->> 'line_id'
	    from jsonb_array_elements(orders.undecided(w)) d
	    where d ->> 'action' = '1')
$$;

-- Has another change taken the place of this one?
create or replace function orders.replaced(c orders.change)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.change x
	    where x.replaces_id = c.id and x.sent_at is not null);
end
$$;

-- Did a part of it come true?
create or replace function orders.came_true(c orders.change)
returns boolean language plpgsql stable as $$
begin
	return c.lines @> '[{"outcome": "accepted"}]' or orders.place_agreed(c);
end
$$;

-- What a change means for the version that stands. While another one waits,
-- that is put back to be looked at, and what it asks for and the new one does
-- not name is asked for again; nothing of this stays.
--   w       the change that waits, or nulls
--   result  {"lines", "head", "findings"}
create or replace function orders.change_plan(h orders.head, doc jsonb,
    w orders.change)
returns jsonb language plpgsql as $$
declare
	plan jsonb;
begin
	if w.id is null then
		return orders.change_read(h, doc, w);
	end if;
	begin
		perform orders.change_upward(w, h,
		    orders.line_ids(orders.undecided(w)), 'refused');
		if w.direct <> orders.came_true(w) then
			perform orders.change_head_apply(w, case when w.direct
			    then 'old' else 'new' end);
		end if;
		select * into h from orders.head where id = h.id;
		h.change_id := null;
		h.state := replace(h.state, 'change_pending', 'accepted');
		plan := orders.change_read(h, doc, w);
		raise exception using errcode = 'KTPLN';
	exception when sqlstate 'KTPLN' then
		return plan;
	end;
end
$$;

create or replace function orders.change_read(h orders.head, doc jsonb,
    w orders.change)
returns jsonb language plpgsql stable as $$
declare
	said jsonb := orders.change_said(doc, w);
	lines jsonb := orders.change_lines(h, said);
	head jsonb := orders.change_head(h, said);
begin
	if w.kind = 'change' and doc ->> 'function' is distinct from 'replace'
	then
		lines := orders.change_carried(h, orders.named_ids(h, doc), w)
		    || lines;
		head := orders.head_carried(doc, w) || head;
	end if;
	return jsonb_build_object('lines', lines, 'head', head, 'findings',
	    orders.change_findings(h, said, head, lines, w));
end
$$;

-- A change whose lines are those that a waiting one would add: they are added
-- as it says now, or not at all.
create or replace function orders.change_said(doc jsonb, w orders.change)
returns jsonb language plpgsql stable as $$
begin
	if orders.added_ids(w) = '{}' then
		return doc;
	end if;
	return doc || jsonb_build_object('lines', (select coalesce(jsonb_agg(
	    case when d is null then e
	    when e ->> 'action' = '2' or core.try_decimal(e ->> 'ordered') = 0
	        then e || '{"action": "4"}'
	    else jsonb_build_object('item', d -> 'spec') || e
	        || '{"action": "1"}' end order by ord), '[]')
	    from jsonb_array_elements(doc -> 'lines') with ordinality t (e, ord)
	    left join lateral (select x
	        from jsonb_array_elements(orders.undecided(w)) x
	        where x ->> 'line_id' = e ->> 'line_id'
	        and x ->> 'action' = '1') f (d) on true));
end
$$;

-- Lines that a change says something of.
create or replace function orders.named_ids(h orders.head, doc jsonb)
returns text[] language plpgsql stable as $$
begin
	return array(select coalesce(l.line_id, e ->> 'line_id')
	    from jsonb_array_elements(doc -> 'lines') e
	    left join orders.line l on l.id = orders.line_meant(h.id, e)
	    where coalesce(e ->> 'action', '') not in ('1', '4')
	    or e ->> 'line_id' <> '' and e ->> 'action' = '1');
end
$$;

-- What a waiting change asks for, but lines that the new one names.
create or replace function orders.change_carried(h orders.head,
    named text[], w orders.change)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(d - '{at,before}'::text[]
	    order by ord), '[]')
	from jsonb_array_elements(orders.undecided(w))
	    with ordinality t (d, ord)
	where w.kind = 'change' and d ->> 'line_id' <> all (named));
end
$$;

-- What a waiting change asks of the head, but what the new one names. Where it
-- came true in part, the day is the order's, and so is the place once all who
-- deliver have it.
create or replace function orders.head_carried(doc jsonb, w orders.change)
returns jsonb language sql stable as $$
	select w.head - case when orders.came_true(w) then 'requested_date'
	        else '' end
	    - case when orders.came_true(w) and not orders.place_missing(w)
	        then 'ship_to' else '' end
	    - case when doc ?| array['requested_date', 'latest', 'earliest']
	        then 'requested_date' else '' end
	    - case when doc #> '{parties,ship_to}' is not null then 'ship_to'
	        else '' end
$$;

-- Ends a change that its seller has not answered; his order goes on as it was.
--   word  withdrawn | superseded
create or replace function orders.change_end(k orders.change, word text)
returns void language plpgsql as $$
begin
	perform set_config('kontor.step', case word when 'withdrawn'
	    then 'withdraw' else 'supersede' end, true);
	update orders.change x set state = word, version = x.version + 1,
	    lines = orders.mark_lines(x.lines, orders.line_ids(
	        orders.undecided(x)), word),
	    answered_at = core.now(), applied_at = core.now()
	where x.id = k.id;
	update orders.line set change_id = null where change_id = k.id;
	if k.order_version is not null then
		perform orders.version_falls(k.order_id, k.order_version,
		    'withdrawn');
	end if;
	perform set_config('kontor.step', 'withdraw_change', true);
	update orders.head x set change_id = null,
	    state = case x.state when 'change_pending' then 'accepted'
	        else x.state end,
	    response_due = case when x.state <> 'change_pending'
	        then x.response_due end
	where x.id = k.order_id and x.change_id = k.id;
	perform set_config('kontor.step', '', true);
	perform orders.refresh(k.order_id);
end
$$;

-- The buyer takes back what is not answered yet. Permission and state were
-- checked by the caller, or the document's partner is the buyer.
create or replace function orders.change_withdraw(c orders.change,
    o orders.origin)
returns void language plpgsql as $$
begin
	if c.parent_id is not null then
		perform core.fail(409, 'orders.change.theirs');
	end if;
	update orders.change set withdrawn_at = core.now(),
	    answer_source = o.source, answer_person_id = o.person,
	    answer_client_id = o.client, answer_document_id = o.document
	where id = c.id;
	perform orders.change_recall(c.id);
end
$$;

-- A change is sent: the one that it replaces, and only that one, ends. Answers
-- the order as it is then; it has to be the one that the change was written for.
create or replace function orders.change_make_way(c orders.change,
    h orders.head)
returns orders.head language plpgsql as $$
declare
	w orders.change := orders.change_waiting(h);
	again text[] := orders.added_ids(w);
begin
	if c.replaces_id is distinct from w.id and (w.id is not null
	    or h.change_id is null) then
		perform core.fail(409, 'orders.change.stale', jsonb_build_object(
		    'change', c.number));
	end if;
	perform orders.refuse_unchangeable(h);
	if w.id is null then
		perform orders.refuse_stale(c, again);
		return h;
	end if;
	update orders.change set sent_at = core.now() where id = c.id;
	update orders.change set answer_source = c.source,
	    answer_person_id = c.person_id, answer_client_id = c.client_id,
	    answer_document_id = c.document_id
	where id = w.id;
	perform orders.change_recall(w.id);
	perform orders.refuse_stale(c, again);
	select * into h from orders.head where id = h.id;
	update orders.change x set head = orders.head_since(x.head, h)
	where x.id = c.id and x.head <> '{}';
	return h;
end
$$;

-- A change that was written some time ago is not sent when the order says
-- something else by now: a line that it would change, or add.
--   again  lines that the change which it replaces would have added
create or replace function orders.refuse_stale(c orders.change,
    again text[])
returns void language plpgsql stable as $$
begin
	if c.kind = 'change' and exists (select
	    from jsonb_array_elements(c.lines) d
	    left join orders.line l on l.order_id = c.order_id
	        and l.line_id = d ->> 'line_id'
	    where case d ->> 'action' when '1' then l.id is not null
	        and (l.line_id <> all (again) or not orders.line_over(l.state))
	    else l.id is null or orders.line_over(l.state)
	        or orders.wish_of(l) is distinct from d -> 'old' end)
	then
		perform core.fail(409, 'orders.change.stale', jsonb_build_object(
		    'change', c.number));
	end if;
end
$$;

-- Differences of a head, from what it says now: that is put back if need be. A
-- place that some deliver to by now, and others are asked for again, keeps the
-- one that it was before (was).
create or replace function orders.head_since(head jsonb, h orders.head)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_object_agg(key, value
	    || jsonb_build_object('old', to_jsonb(h) -> key) || case
	    when value -> 'new' = to_jsonb(h) -> key then jsonb_build_object(
	        'was', coalesce(value -> 'was', value -> 'old'))
	    else '{}' end), '{}')
	    from jsonb_each(head));
end
$$;

-- Ends a change that was taken back, or that another one replaced, on both
-- sides. Runs with the owner's eyes: suppliers' orders are concerned, too.
create or replace function orders.change_recall(of_change bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	m orders.change;
	n orders.change;
	h orders.head;
	k orders.change;
	p orders.head;
	ids text[];
begin
	select * into m from orders.change where id = of_change
	    and state = 'pending' and parent_id is null for update;
	select * into n from orders.change where replaces_id = m.id
	    and sent_at is not null;
	if m.id is null or n.id is null and m.withdrawn_at is null then
		return;
	end if;
	select * into h from orders.head where id = m.order_id;
	if h.kind = 'purchase' then
		perform orders.change_end(m, case when n.id is null
		    then 'withdrawn' else 'superseded' end);
		perform orders.change_ended(m.id);
		return;
	end if;
	for k in select * from orders.change where parent_id = m.id
		and state = 'pending' order by id
	loop
		select * into p from orders.head where id = k.order_id;
		perform orders.change_end(k, case when n.id is not null
		    and (orders.part_place(n, p) is not null
		        or orders.change_part(h, n, p) <> '[]')
		    then 'superseded' else 'withdrawn' end);
	end loop;
	ids := orders.line_ids(orders.undecided(m));
	update orders.change set lines = orders.mark_lines(lines, ids,
	    case when n.id is null then 'withdrawn' else 'superseded' end)
	where id = m.id;
	perform orders.change_upward(m, h, ids, 'refused');
	perform orders.change_finish(m.id);
	if n.id is null then
		perform orders.change_let_go(m.id);
	end if;
end
$$;
select core.definer('orders.change_recall(bigint)',
    'a buyer takes back what suppliers were asked; does nothing twice, nor unasked',
    'portals', 'worker', 'admin');

-- Suppliers who were asked by a distributor's change and need not answer any
-- more are told.
create or replace function orders.change_let_go(of_change bigint)
returns void language plpgsql as $$
declare
	k bigint;
begin
	for k in select x.id from orders.change x
		where x.parent_id = of_change and x.state = 'withdrawn' order by 1
	loop
		perform orders.change_ended(k);
	end loop;
end
$$;

-- A supplier hears that he need not answer a change: on the screen and, where
-- nothing takes its place, as a document if he wants.
create or replace function orders.change_ended(of_change bigint)
returns void language plpgsql as $$
declare
	k orders.change;
	p orders.head;
begin
	select * into k from orders.change where id = of_change;
	select * into p from orders.head where id = k.order_id;
	perform core.emit(p.partner_id, case k.state when 'superseded'
	    then 'order.change_superseded' else 'order.change_withdrawn' end,
	    'order', p.public_id, p.number, jsonb_build_object('change', k.number,
	    'kind', k.kind, 'lines', to_jsonb(orders.line_ids(k.lines))));
	if k.state = 'superseded' then
		return;
	end if;
	if (exchange.wants(p.partner_id, 'order_change')).id is not null then
		perform exchange.send(p.partner_id, 'order_change',
		    orders.change_back_doc(p, k), core.now(), 'order', p.public_id);
	end if;
	perform orders.settle(p.id);
end
$$;

-- Differences with the prices that another change asks for.
create or replace function orders.with_prices(part jsonb, own orders.change)
returns jsonb language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(case when o is null then d
	    else jsonb_set(d, '{new}', d -> 'new' || jsonb_build_object('price',
	        o #> '{new,price}', 'base', o #> '{new,base}')) end
	    order by ord), '[]')
	from jsonb_array_elements(part) with ordinality t (d, ord)
	left join lateral (select x
	    from jsonb_array_elements(orders.undecided(own)) x
	    where x ->> 'line_id' = d ->> 'line_id' and d ? 'new'
	    and x #>> '{new,price}' <> x #>> '{old,price}') f (o) on true);
end
$$;

-- The house's own change of a supplier's order gives way to a distributor's,
-- which asks for its lines as well.
create or replace function orders.change_yield(own orders.change,
    p orders.head)
returns orders.head language plpgsql as $$
begin
	perform orders.change_end(own, 'superseded');
	perform orders.change_ended(own.id);
	select * into p from orders.head where id = p.id;
	return p;
end
$$;
