-- SPDX-License-Identifier: Apache-2.0
--
-- A change is answered: accepted it takes effect on both sides, refused the
-- former version stands. A distributor's change that concerns several
-- suppliers is over when all have answered; it may come true in part.

-- The seller's word on a change. Permission and state were checked by the
-- caller, or the document's partner is the seller.
create or replace function orders.change_decide(c orders.change,
    event text, why jsonb, o orders.origin)
returns void language plpgsql as $$
begin
	if event = 'refuse' and coalesce(why, '{}') = '{}' then
		perform core.fail(422, 'orders.reason.wanted');
	end if;
	if orders.house_decides(c) then
		perform orders.change_house(c, event, why, o);
		return;
	end if;
	perform set_config('kontor.step', event, true);
	update orders.change x set state = case event when 'accept'
	    then 'accepted' else 'refused' end, version = x.version + 1,
	    refusal = case when event = 'refuse' then why end,
	    answered_at = o.said_at, answer_source = o.source,
	    answer_person_id = o.person, answer_client_id = o.client,
	    answer_document_id = o.document
	where x.id = c.id;
	perform set_config('kontor.step', '', true);
	perform orders.change_settle(c.id);
end
$$;

-- Is it a change of a distributor's order, which the house answers?
create or replace function orders.house_decides(c orders.change)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.head where id = c.order_id
	    and kind = 'sales');
end
$$;

-- Lines of a distributor's change that no supplier is asked about and that
-- nobody has decided yet.
create or replace function orders.house_lines(c orders.change)
returns text[] language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return array(select d ->> 'line_id' from jsonb_array_elements(c.lines) d
	    where not d ? 'outcome' and not exists (select from orders.change k,
	        jsonb_array_elements(k.lines) e where k.parent_id = c.id
	        and e ->> 'parent' = d ->> 'line_id'));
end
$$;

select core.definer('orders.house_lines(orders.change)',
    'an account manager may not see every supplier; answers line numbers',
    'portals', 'worker', 'admin');

-- Does a distributor's change wait for an account manager?
create or replace function orders.waits_for_house(c orders.change)
returns boolean language plpgsql stable as $$
begin
	return c.state = 'pending' and (orders.house_lines(c) <> '{}'
	    or c.lines = '[]' and not orders.asks_suppliers(c));
end
$$;

create or replace function orders.house_asked(of_change bigint)
returns boolean language plpgsql stable as $$
begin
	return (select orders.waits_for_house(c) from orders.change c
	    where c.id = of_change);
end
$$;

-- An account manager decides for the house on the lines that it delivers.
create or replace function orders.change_house(c orders.change, event text,
    why jsonb, o orders.origin)
returns void language plpgsql as $$
declare
	ids text[] := orders.house_lines(c);
	h orders.head;
begin
	if not orders.waits_for_house(c) then
		perform core.fail(409, 'orders.change.elsewhere');
	end if;
	select * into h from orders.head where id = c.order_id;
	update orders.change x set version = x.version + 1, refusal = case
	    when event = 'refuse' then why else refusal end,
	    lines = orders.mark_lines(x.lines, ids, case event when 'accept'
	        then 'accepted' else 'refused' end),
	    answer_source = o.source, answer_person_id = o.person
	where x.id = c.id returning * into c;
	perform orders.change_upward(c, h, ids, case event when 'accept'
	    then 'accepted' else 'refused' end);
	perform orders.change_finish(c.id);
end
$$;

-- A supplier's decided change takes effect, once. Runs with the owner's eyes:
-- his word moves a distributor's order.
create or replace function orders.change_settle(of_change bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	c orders.change;
	m orders.change;
	p orders.head;
	ids text[];
begin
	select * into c from orders.change where id = of_change
	    and state in ('accepted', 'refused') and applied_at is null
	    for update;
	if c.id is null then
		return;
	end if;
	update orders.change set applied_at = core.now() where id = c.id;
	select * into p from orders.head where id = c.order_id;
	select * into m from orders.change where id = c.parent_id for update;
	if m.id is not null then
		ids := array(select d ->> 'parent'
		    from jsonb_array_elements(c.lines) d);
		update orders.change set lines = orders.mark_lines(lines, ids,
		    c.state), refusal = coalesce(orders.told_reason(c), refusal)
		where id = m.id returning * into m;
		perform orders.change_upward(m, s, ids, c.state)
		from orders.head s where s.id = m.order_id;
	end if;
	perform orders.change_downward(c, p);
	perform orders.change_over(c, p, c.state);
	if m.id is not null then
		perform orders.change_finish(m.id);
	end if;
	perform orders.settle(p.id);
end
$$;
select core.definer('orders.change_settle(bigint)',
    'a supplier''s answer to a change moves a distributor''s order; does nothing twice',
    'portals', 'worker', 'admin');

-- Why a supplier refuses, as his distributor may read it: the code.
create or replace function orders.told_reason(c orders.change)
returns jsonb language sql stable as $$
	select case when c.refusal is not null then jsonb_build_object('code',
	    case when c.refusal ->> 'code' = any (orders.reason_codes())
	        then c.refusal ->> 'code' else 'other' end) end
$$;

-- Decided lines of a distributor's change: accepted ones take effect where
-- they did not at once, refused ones are put back where they did; so are those
-- that he takes back.
create or replace function orders.change_upward(m orders.change,
    h orders.head, ids text[], outcome text)
returns void language plpgsql as $$
declare
	d jsonb;
	l orders.line;
	o orders.origin := orders.origin_change(m);
begin
	for d in select x from jsonb_array_elements(m.lines) x
		where x ->> 'line_id' = any (ids)
	loop
		l := null;
		select * into l from orders.line where order_id = h.id
		and line_id = d ->> 'line_id' for update;
		if outcome = 'accepted' and not m.direct then
			l := orders.apply_line(h, l, d, o);
		elsif outcome = 'refused' and m.direct then
			if d ? 'before' then
				l := orders.restore_line(l, d -> 'before',
				    orders.origin_system());
			else
				l := orders.cancel_line(l, 'cancel',
				    orders.origin_system());
			end if;
		end if;
		update orders.line set change_id = null where id = l.id;
	end loop;
end
$$;

-- What a supplier accepted takes effect on his order. A line that he had
-- answered is confirmed anew by it; one that he had not stays to be answered.
create or replace function orders.change_downward(c orders.change,
    p orders.head)
returns void language plpgsql as $$
declare
	d jsonb;
	l orders.line;
	was text;
	asked orders.origin := case when c.parent_id is null
	    then orders.origin_change(c) else orders.origin_system() end;
	o orders.origin := row(coalesce(c.answer_source, 'system'),
	    c.answer_person_id, c.answer_client_id, c.partner_id,
	    c.answer_document_id, coalesce(c.answered_at, core.now()));
begin
	update orders.line set change_id = null where change_id = c.id;
	if c.state <> 'accepted' then
		return;
	end if;
	for d in select * from jsonb_array_elements(c.lines) loop
		l := null;
		select * into l from orders.line where order_id = p.id
		and line_id = d ->> 'line_id' for update;
		was := coalesce(l.state, case when p.state = 'change_pending'
		    then 'accepted' else 'open' end);
		l := orders.apply_line(p, l, d || jsonb_strip_nulls(
		    jsonb_build_object('sold', orders.sold_line(p, d))), asked);
		if l.state = 'open' and was <> 'open' then
			perform orders.put_line(l, 'confirm', 'accepted',
			    orders.wanted_parts(l), null, null, o, null);
		end if;
	end loop;
	perform orders.change_head_apply(c, 'new');
end
$$;

-- The order of a decided change goes on: with its new version, with the former
-- one, or it is cancelled.
create or replace function orders.change_over(c orders.change,
    h orders.head, outcome text)
returns void language plpgsql as $$
declare
	ended boolean := c.kind = 'cancel' and outcome = 'accepted';
	back boolean := outcome in ('withdrawn', 'superseded');
	step text := case when ended then 'accept_cancel'
	    when back then 'withdraw_change'
	    when outcome = 'refused' then 'refuse_change'
	    else 'accept_change' end;
begin
	if c.order_version is not null and outcome <> 'partly' then
		if outcome = 'accepted' then
			perform orders.version_stands(h.id, c.order_version);
		else
			perform orders.version_falls(h.id, c.order_version, case
			    when back then 'withdrawn' else 'refused' end);
		end if;
	end if;
	select * into h from orders.head where id = h.id;
	perform set_config('kontor.step', step, true);
	update orders.head x set change_id = null,
	    state = case when ended then 'cancelled'
	        when h.state = 'change_pending' then 'accepted'
	        else h.state end,
	    completed_at = case when ended then core.now() end,
	    refusal = case when ended then c.reason else x.refusal end,
	    response_due = case when h.state = 'change_pending' or ended
	        then null else x.response_due end
	where x.id = h.id;
	perform set_config('kontor.step', '', true);
	perform orders.refresh(h.id);
	perform core.emit(h.partner_id, case when ended then 'order.cancelled'
	    when outcome = 'accepted' then 'order.change_accepted'
	    when outcome = 'refused' then 'order.change_refused'
	    when outcome = 'withdrawn' then 'order.change_withdrawn'
	    when outcome = 'superseded' then 'order.change_superseded'
	    else 'order.change_partly' end, 'order', h.public_id, h.number,
	    jsonb_build_object('change', c.number, 'kind', c.kind, 'lines',
	    to_jsonb(orders.line_ids(c.lines)), 'reason', c.refusal), null,
	    exchange.document_uuid(c.answer_document_id));
end
$$;

-- A distributor's change is over when every line of it is decided.
create or replace function orders.change_finish(of_change bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	m orders.change;
	h orders.head;
	outcome text;
begin
	select * into m from orders.change where id = of_change
	    and state = 'pending' for update;
	if m.id is null or exists (select from orders.change
	        where parent_id = m.id and state = 'pending')
	    or exists (select from jsonb_array_elements(m.lines) d
	        where not d ? 'outcome')
	    or m.lines = '[]' and not m.direct and m.answer_source is null
	        and not exists (select from orders.change
	        where parent_id = m.id) then
		return;
	end if;
	outcome := orders.change_outcome(m);
	perform set_config('kontor.step', case outcome when 'accepted'
	    then 'accept' when 'refused' then 'refuse' when 'withdrawn'
	    then 'withdraw' when 'superseded' then 'supersede' else 'part' end,
	    true);
	update orders.change x set state = outcome, version = x.version + 1,
	    answered_at = core.now(), applied_at = core.now()
	where x.id = m.id returning * into m;
	perform set_config('kontor.step', '', true);
	perform orders.change_conclude(m, outcome);
end
$$;
select core.definer('orders.change_finish(bigint)',
    'looks at what several suppliers answered; does nothing too early or twice',
    'portals', 'worker', 'admin');

-- What became of a change as a whole: of its lines, and of the place where
-- suppliers were asked about that alone.
create or replace function orders.change_outcome(m orders.change)
returns text language plpgsql stable as $$
declare
	said text[] := array(select d ->> 'outcome'
	    from jsonb_array_elements(m.lines) d union all
	    select k.state from orders.change k where k.parent_id = m.id
	    and (m.lines = '[]' or k.lines = '[]') union all select 'refused'
	    where m.lines = '[]' and m.refusal is not null
	    union all select 'withdrawn' where m.lines = '[]'
	    and (m.withdrawn_at is not null or orders.replaced(m)));
begin
	return case when said <@ array['accepted'] then 'accepted'
	    when 'accepted' = any (said) then 'partly'
	    when orders.replaced(m) then 'superseded'
	    when m.withdrawn_at is not null then 'withdrawn'
	    else 'refused' end;
end
$$;

-- The head, the versions and the answer to the distributor.
create or replace function orders.change_conclude(m orders.change,
    outcome text)
returns void language plpgsql as $$
declare
	h orders.head;
	p bigint;
begin
	select * into h from orders.head where id = m.order_id;
	if outcome in ('accepted', 'partly') and not m.direct then
		perform orders.change_head_apply(m, 'new');
	elsif outcome not in ('accepted', 'partly') and m.direct then
		perform orders.change_head_apply(m, 'old');
	end if;
	perform orders.drafts_follow(m.order_id);
	if outcome = 'partly' and m.kind = 'change' then
		perform orders.change_partly(m, h);
	end if;
	select * into h from orders.head where id = h.id;
	update orders.line set change_id = null where change_id = m.id;
	perform orders.change_over(m, h, outcome);
	if not m.direct then
		perform orders.source_added(h, array(select d ->> 'line_id'
		    from jsonb_array_elements(m.lines) d
		    where d ->> 'outcome' = 'accepted'));
	end if;
	select * into h from orders.head where id = m.order_id;
	perform orders.change_answered(h, m, outcome);
	if orders.replaced(m) then
		return;
	end if;
	for p in select id from orders.head where linked_order_id = h.id
		and orders.is_open(state) order by id
	loop
		perform orders.settle(p);
	end loop;
	perform orders.advance(h.id);
end
$$;

-- The distributor's answer, as a document. A change that another one replaced
-- is answered with that one, unless a part of it came true.
create or replace function orders.change_answered(h orders.head,
    m orders.change, outcome text)
returns void language plpgsql as $$
begin
	if outcome <> 'superseded' and (not m.direct or outcome <> 'accepted')
	then
		perform orders.send_change_answer(h, m, case outcome
		    when 'accepted' then 'AP' when 'withdrawn' then 'AP'
		    when 'refused' then 'RE' else 'CA' end);
	end if;
end
$$;

-- What came true of a change is a version of its own.
create or replace function orders.change_partly(m orders.change,
    h orders.head)
returns void language plpgsql as $$
declare
	done jsonb := (select coalesce(jsonb_agg(d), '[]')
	    from jsonb_array_elements(m.lines) d
	    where d ->> 'outcome' = 'accepted');
	base jsonb;
	v int;
begin
	perform orders.version_falls(h.id, m.order_version);
	select * into h from orders.head where id = h.id;
	base := orders.content_now(h);
	v := orders.version_add(h, orders.changed_content(base, m, done),
	    'pending', orders.origin_change(m));
	perform orders.version_stands(h.id, v);
end
$$;

-- The buyer cancels the whole order while a change of it waits: the change is
-- given up, on both sides; so is what the house asked of its suppliers.
create or replace function orders.change_drop(of_order bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	c orders.change;
begin
	for c in select x.* from orders.change x
		where x.state = 'pending' and x.order_id = any (array(
		    select of_order union all select h.id from orders.head h
		    where h.linked_order_id = of_order))
		order by x.id desc
	loop
		perform orders.change_end(c, 'withdrawn');
	end loop;
end
$$;
select core.definer('orders.change_drop(bigint)',
    'a cancelled order takes its waiting changes with it, on both sides',
    'portals', 'worker', 'admin');
