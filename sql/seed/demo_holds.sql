-- SPDX-License-Identifier: Apache-2.0
--
-- Values that an account manager holds back, and one that he let go again.

create function pg_temp.demo_hold(line orders.line, why text)
returns void language plpgsql as $$
begin
	perform core.seal(jsonb_build_object('k', 'person', 'id', u.id,
		'portal', 'desk', 'roles', '["account_manager"]'::jsonb,
		'name', u.name, 'channel', 'portal'))
	from core.person u where u.uid = 'manager.one';
	perform orders.hold_line(line, case when why is null
		then 'release_hold' else 'hold' end,
		jsonb_build_object('reason_text', why));
end
$$;

do $$
declare
	l orders.line;
	n int := 0;
begin
	if exists (select from orders.hold) then
		return;
	end if;
	for l in select x.* from orders.line x
		join orders.head h on h.id = x.order_id and h.kind = 'purchase'
		join core.partner p on p.id = h.partner_id and p.slug = 'elbe'
		where x.state = 'accepted' and x.linked_line_id is not null
		and x.expected_date > core.today()
		order by x.id desc limit 3
	loop
		n := n + 1;
		perform pg_temp.demo_hold(l, (array[
			'Date is being clarified with the works',
			'Customer is told by telephone first',
			'Freight was booked for another week'])[n]);
		perform pg_temp.demo_act_as('elbe');
		l := orders.expect_line(l, l.expected_date + 2 + n,
			pg_temp.demo_origin('elbe'));
		if n = 3 then
			perform pg_temp.demo_hold(l, null);
		end if;
		perform orders.settle_family(l.order_id);
	end loop;
	perform set_config('kontor.me', '', true);
end
$$;
