-- SPDX-License-Identifier: Apache-2.0
--
-- Returns as documents: ReturnRequest in, ReturnDecision out.

-- One line of the decision document.
create or replace function returns.line_canonical(l returns.line)
returns jsonb
language sql stable as $$
	select jsonb_build_object('line_id', l.line_id,
		'order_number', coalesce(h.partner_number, h.number),
		'order_line_id', o.line_id, 'unit_code', o.unit,
		'requested', trim_scale(l.requested)::text,
		'approved', trim_scale(l.approved)::text,
		'received', trim_scale(l.received)::text,
		'rejected', trim_scale(l.rejected)::text, 'status', l.state,
		'resolution', l.resolution,
		'settlement_number', l.settlement_number,
		'text', l.decision_text)
	from orders.line o join orders.head h on h.id = o.order_id
	where o.id = l.order_line_id
$$;

-- The decision document of a return.
create or replace function returns.canonical(r returns.head) returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('type', 'return_decision',
		'number', r.number || '-' || r.version,
		'issue_date', core.today(), 'return_request', r.partner_return_id,
		'rma_number', r.number, 'status', r.status,
		'valid_until', r.valid_until,
		'lines', (select jsonb_agg(returns.line_canonical(l) order by l.id)
			from returns.line l where l.return_id = r.id)))
$$;

-- Sends the decision to the partner's system, where its agreement asks for it.
create or replace function returns.send_decision(of_return bigint)
returns void
language plpgsql volatile as $$
declare
	r returns.head;
begin
	select * into r from returns.head h where h.id = of_return;
	perform exchange.send(r.partner_id, 'return_decision',
		returns.canonical(r), core.now(), 'return', r.public_id);
end
$$;

create or replace function returns.outcome(effect text, r returns.head,
	findings jsonb default '[]')
returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('effect', effect,
		'findings', findings, 'object_type', case when r.id is not null
		then 'return' end, 'object_id', r.public_id,
		'object_number', r.number))
$$;

-- Did this request make that return? Not when the same number came with other
-- content, or by another channel.
create or replace function returns.same(r returns.head, canonical jsonb)
returns boolean
language plpgsql stable as $$
begin
	return exists (select from exchange.message m
		where m.document_id = r.document_id and m.object_id = r.public_id
		and orders.digest(m.canonical) = orders.digest(same.canonical));
end
$$;

-- A ReturnRequest. Its number again is a repeat and has no effect; with other
-- content it is refused.
create or replace function returns.handle(partner bigint, canonical jsonb,
	document bigint, dry boolean)
returns jsonb
language plpgsql volatile as $$
declare
	facts constant jsonb := canonical || jsonb_build_object(
		'partner_return_id', canonical ->> 'number');
	r returns.head;
	wrong jsonb;
begin
	select * into r from returns.head h where h.partner_id = partner
	and h.partner_return_id = canonical ->> 'number';
	if found and not returns.same(r, canonical) then
		return returns.outcome('none', r, cases.refused('returns.number.used',
			jsonb_build_object('args', jsonb_build_object('found',
			canonical ->> 'number'))::text));
	elsif found then
		return returns.outcome('duplicate', r, jsonb_build_array(
			orders.finding('return_twice', 'warning', '/number',
			canonical ->> 'number', null)));
	end if;
	wrong := returns.check_request(canonical -> 'lines', null);
	if wrong <> '[]' then
		return returns.outcome('none', null, cases.refused('input.invalid',
			jsonb_build_object('errors', wrong)::text));
	elsif not dry then
		r := returns.request(facts, canonical -> 'lines', document);
		perform returns.send_decision(r.id);
	end if;
	return returns.outcome('created', r);
end
$$;

select exchange.handle_with('return_request', 'returns.handle');
