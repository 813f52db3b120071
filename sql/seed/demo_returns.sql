-- SPDX-License-Identifier: Apache-2.0
--
-- Returns of shipped order lines in every state, made by the rules; the
-- distributors' service agreements carry the documents of both.

select pg_temp.demo_agreement(s, jsonb_build_object('name', s || '-service',
	'family', 'xml', 'guides', jsonb_build_object('case',
		'xml/service-case-1', 'return_request', 'xml/return-request-1'),
	'options', '{"ack": "none"}'::jsonb, 'answer_family', 'xml',
	'answer_guides', jsonb_build_object('case_status',
		'xml/service-case-status-1', 'return_decision',
		'xml/return-decision-1'),
	'sends', jsonb_build_array('case_status', 'return_decision')))
from unnest(array['nordlicht', 'donau', 'tyne']) s;

-- The nth shipped line of a distributor with enough left, as a request.
create function pg_temp.demo_wish(slug text, n int, reason text, wish text)
returns jsonb language sql as $$
	select jsonb_build_array(jsonb_build_object('order_line', l.public_id,
		'quantity', '2', 'reason_code', demo_wish.reason,
		'expected_resolution', demo_wish.wish))
	from orders.line l join orders.head h on h.id = l.order_id
	join core.partner p on p.id = h.partner_id
	where h.kind = 'sales' and p.slug = demo_wish.slug and l.shipped >= 4
	order by l.id offset n limit 1
$$;

create function pg_temp.demo_return(slug text, n int, stage text,
	reason text, wish text)
returns void
language plpgsql as $$
declare
	lines jsonb := pg_temp.demo_wish(slug, n, reason, wish);
	r returns.head;
	step text;
begin
	if lines is null then
		return;
	end if;
	perform pg_temp.demo_at(date_trunc('hour', transaction_timestamp())
		- make_interval(days => n));
	perform pg_temp.demo_act_as(slug);
	r := returns.request(jsonb_build_object('text', case when n % 2 = 0
		then 'Packed in the original box.' end), lines);
	foreach step in array case stage
		when 'refused' then array['refuse']
		when 'approved' then array['approve']
		when 'sent' then array['approve', 'send']
		when 'received' then array['approve', 'send', 'receive']
		when 'settled' then array['approve', 'receive', 'settle']
		when 'cancelled' then array['cancel'] else '{}' end
	loop
		if step in ('send', 'cancel') then
			perform pg_temp.demo_act_as(slug);
		else
			perform pg_temp.demo_agent('agent.one');
		end if;
		perform api.returns_event(jsonb_build_object('id', r.public_id,
			'event', step, 'version', (select h.version from returns.head h
				where h.id = r.id), 'quantity', case when step = 'approve'
				and stage = 'settled' then '1' else '' end,
			'text', case when step = 'refuse' then 'Out of warranty.'
				when stage = 'settled' then 'One piece shows no fault.' end,
			'resolution', 'credit', 'settlement_number', 'CN-10' || n));
	end loop;
end
$$;

do $$
begin
	if exists (select from returns.head) then
		return;
	end if;
	perform pg_temp.demo_return(s, n, g, r, w) from (values
	('nordlicht', 0, 'requested', 'defective', 'replace'),
	('nordlicht', 1, 'approved', 'surplus', 'credit'),
	('nordlicht', 2, 'settled', 'defective', 'credit'),
	('donau', 0, 'requested', 'wrong_item', 'credit'),
	('donau', 1, 'received', 'damaged_packing', 'credit'),
	('donau', 2, 'refused', 'ordered_in_error', 'credit'),
	('tyne', 0, 'sent', 'not_as_expected', 'replace'),
	('tyne', 1, 'cancelled', 'surplus', 'credit')) v (s, n, g, r, w);
	update core.clock set fixed = null;
	perform set_config('kontor.me', '', true);
end
$$;
