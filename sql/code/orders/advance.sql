-- SPDX-License-Identifier: Apache-2.0
--
-- The state of an order follows from its lines: answered when the seller has
-- answered every line and nothing of it can be taken back any more, agreed
-- when nothing is left to decide, completed when all lines have ended.

-- Drops a purchase order before its release; nobody outside knows of it, so
-- nobody is told.
create or replace function orders.discard(of_order bigint)
returns void language sql as $$
	update orders.head set state = 'cancelled', completed_at = core.now()
	where id = of_order
$$;

create or replace function orders.advance(of_order bigint)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	h orders.head;
	c record;
begin
	perform orders.count_rest(of_order);
	select * into h from orders.head where id = of_order;
	select count(*)::int as lines,
	    count(*) filter (where state = 'open' or undo_until is not null)::int
	        as unanswered,
	    count(*) filter (where state = 'proposed')::int as proposed,
	    count(*) filter (where state = 'proposed'
	        and undo_until is null)::int as offered,
	    count(*) filter (where answer = '5' and state <> 'cancelled')::int
	        as agreed,
	    count(*) filter (where state = 'rejected')::int as rejected,
	    count(*) filter (where state in ('rejected', 'cancelled'))::int as dead,
	    count(*) filter (where shipped > 0)::int as moving,
	    count(*) filter (where orders.line_over(state))::int as over
	into c from orders.line where order_id = of_order;
	if h.state = 'draft' and h.kind = 'purchase' and c.dead = c.lines then
		perform orders.discard(of_order);
	end if;
	if h.state in ('submitted', 'acknowledged') and c.unanswered = 0 then
		perform orders.answered(h, case when c.agreed = c.lines then 'AP'
		    when c.rejected = c.lines then 'RE'
		    when c.dead = c.lines and c.rejected = 0 then 'X' else 'CA' end);
		select * into h from orders.head where id = of_order;
	end if;
	if h.state = 'accepted' and c.offered > 0 then
		h := orders.move(h, 'propose', 'conditional');
		perform orders.respond_again(h);
	end if;
	if h.state = 'conditional' and c.proposed = 0 and c.unanswered = 0 then
		h := case when c.dead = c.lines
		    then orders.move(h, 'cancel', 'cancelled')
		    else orders.move(h, 'accept', 'accepted') end;
	end if;
	if h.state = 'completed' and c.over < c.lines then
		h := orders.move(h, 'recall', 'in_fulfilment');
	end if;
	if h.state = 'in_fulfilment' and c.moving = 0 then
		h := orders.move(h, 'recall', 'accepted');
	elsif h.state = 'accepted' and c.moving > 0 then
		h := orders.move(h, 'despatch', 'in_fulfilment');
	elsif h.state = 'accepted' and c.dead = c.lines and c.unanswered = 0 then
		h := orders.move(h, 'cancel', 'cancelled');
	end if;
	if h.state = 'in_fulfilment' and c.over = c.lines and c.unanswered = 0 then
		h := orders.move(h, 'complete', 'completed');
	end if;
	perform orders.refresh(of_order);
end
$$;
select core.definer('orders.advance(bigint)',
    'derives an order''s state, also of a linked order; harmless to call',
    'portals', 'worker', 'admin');

-- One step of an order by rule, with its event.
create or replace function orders.move(h orders.head, step text, next text)
returns orders.head language plpgsql as $$
declare
	moved orders.head;
begin
	perform set_config('kontor.step', step, true);
	update orders.head set state = next, response_due = null,
	    completed_at = case when next in ('completed', 'cancelled', 'rejected')
	        then core.now() end
	where id = h.id returning * into moved;
	perform set_config('kontor.step', '', true);
	perform core.emit(h.partner_id, 'order.' || next, 'order', h.public_id,
	    h.number, '{}');
	return moved;
end
$$;

-- The seller's answer is complete: AP, CA or RE; X when the buyer cancelled
-- every line before. A distributor gets it as a document, too.
create or replace function orders.answered(h orders.head, code text)
returns void language plpgsql as $$
begin
	update orders.head set answered_at = core.now(),
	    response_code = nullif(code, 'X') where id = h.id;
	h := orders.move(h, case code when 'AP' then 'confirm'
	    when 'RE' then 'reject' when 'X' then 'cancel' else 'respond' end,
	    case code when 'AP' then 'accepted' when 'RE' then 'rejected'
	    when 'X' then 'cancelled' else 'conditional' end);
	if h.kind = 'sales' and code <> 'X' then
		perform orders.send_response(h, code);
	end if;
end
$$;

-- A later proposal of the seller is told by another answer.
create or replace function orders.respond_again(h orders.head)
returns void language plpgsql as $$
begin
	if h.kind = 'sales' then
		update orders.head set response_code = 'CA' where id = h.id;
		perform orders.send_response(h, 'CA');
	end if;
end
$$;

-- Steps taken by people wait out their window; this looks again afterwards.
--   apart  true: all of it is left to the job
create or replace function orders.settle_later(of_order bigint,
    apart boolean default false)
returns void language plpgsql as $$
declare
	due timestamptz := (select max(undo_until) from orders.line
	    where order_id = of_order);
	partner bigint;
begin
	if due is null and not apart then
		perform orders.settle(of_order);
		return;
	end if;
	select partner_id into partner from orders.head where id = of_order;
	due := coalesce(due, core.now());
	perform core.enqueue('orders_settle', jsonb_build_object('order',
	    of_order), partner, due, of_order || '@' || extract(epoch from due));
	if not apart then
		perform orders.advance(of_order);
	end if;
end
$$;

-- The job orders_settle. Input {"order": key}; answers {"order": number}.
create or replace function orders.settle_job(input jsonb)
returns jsonb language plpgsql as $$
begin
	perform orders.settle((input ->> 'order')::bigint);
	return '{}';
end
$$;
