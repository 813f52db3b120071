-- SPDX-License-Identifier: Apache-2.0
--
-- Service cases in every state, logged and answered by the rules under a set
-- clock; and the agreements by which distributors exchange them as XML.

select pg_temp.demo_agreement(s, jsonb_build_object('name', s || '-service',
	'family', 'xml', 'guides', jsonb_build_object('case',
		'xml/service-case-1'), 'options', '{"ack": "none"}'::jsonb,
	'answer_family', 'xml', 'answer_guides', jsonb_build_object(
		'case_status', 'xml/service-case-status-1'),
	'sends', jsonb_build_array('case_status')))
from unnest(array['nordlicht', 'donau', 'tyne']) s;

-- Agents are known before their first login, so that cases can be assigned.
insert into core.person (public_id, uid, name)
select core.uuid7(), u, n from (values
	('agent.one', 'Service agent one (demo)'),
	('agent.two', 'Service agent two (demo)')) v (u, n)
where not exists (select from core.person p where p.uid = v.u);
insert into core.membership (person_id, portal, roles)
select p.id, 'desk', array['agent'] from core.person p
where p.uid in ('agent.one', 'agent.two')
on conflict on constraint membership_key do nothing;

create function pg_temp.demo_agent(login text) returns void
language sql as $$
	select core.seal(jsonb_build_object('k', 'person', 'id', p.id,
		'portal', 'desk', 'roles', '["agent"]'::jsonb, 'name', p.name,
		'channel', 'portal'))
	from core.person p where p.uid = login
$$;

create function pg_temp.demo_at(at timestamptz) returns void
language sql as $$ update core.clock set fixed = at $$;

-- A case and its life: hours pass between its steps.
create function pg_temp.demo_case(slug text, days int, stage text,
	facts jsonb)
returns void
language plpgsql as $$
declare
	started constant timestamptz := date_trunc('hour',
		transaction_timestamp()) - make_interval(days => days, hours => 2);
	c cases.head;
begin
	perform pg_temp.demo_at(started);
	perform pg_temp.demo_act_as(slug);
	c := cases.open(facts);
	if stage = 'new' then
		return;
	elsif stage = 'withdrawn' then
		perform cases.step(c, 'withdraw', '{}');
		return;
	end if;
	perform pg_temp.demo_agent(case when days % 2 = 0 then 'agent.one'
		else 'agent.two' end);
	perform pg_temp.demo_at(started + interval '1 hour');
	c := cases.step(c, 'assign', '{}');
	c := cases.step(c, 'note', '{"text": "Seen before; see the seal bulletin."}');
	if stage = 'taken' then
		return;
	end if;
	c := cases.step(c, 'ask', '{"text": "Please send a photo of the name plate and the error code."}');
	if stage = 'asked' then
		return;
	end if;
	perform pg_temp.demo_act_as(slug);
	perform pg_temp.demo_at(started + interval '90 minutes');
	c := cases.step(c, 'reply', '{"text": "Error code E17, photo follows by mail."}');
	if stage = 'replied' then
		return;
	end if;
	perform pg_temp.demo_agent(case when days % 2 = 0 then 'agent.one'
		else 'agent.two' end);
	perform pg_temp.demo_at(started + interval '110 minutes');
	c := cases.step(c, 'resolve', '{"resolution_code": "part_sent",
		"cause_code": "product", "text": "A new seal kit is on its way to you."}');
	if stage = 'closed' then
		perform pg_temp.demo_act_as(slug);
		perform pg_temp.demo_at(started + interval '115 minutes');
		c := cases.step(c, 'close', '{}');
	end if;
end
$$;

do $$
begin
	if exists (select from cases.head) then
		return;
	end if;
	perform pg_temp.demo_case(s, d, g, jsonb_build_object('case_type', t,
		'priority', p, 'subject', w, 'symptom', y, 'serial', n))
	from (values
	('nordlicht', 0, 'new', 'request', 'high', 'Pump loses pressure',
		'Drops from 6 to 3 bar after ten minutes.', 'HX-2209-001742'),
	('donau', 0, 'new', 'enquiry', 'low', 'Which oil for the gear motor?',
		'The manual names two.', null),
	('tyne', 1, 'taken', 'incident', 'urgent', 'Line stands still',
		'Safety relay does not reset, machine down since 6 a.m.',
		'SR-24-0113'),
	('nordlicht', 1, 'asked', 'request', 'normal', 'Sensor without signal',
		'LED is green, output stays low.', 'MP-18-33207'),
	('donau', 2, 'replied', 'request', 'normal', 'Noise from the drive',
		'Grinding noise at low speed.', 'EM-4410-88'),
	('tyne', 3, 'resolved', 'complaint', 'normal', 'Delivered in the wrong colour',
		'Ordered blue cable glands, received grey ones.', null),
	('nordlicht', 6, 'taken', 'complaint', 'high', 'Seal kit leaks again',
		'Second kit within four weeks.', 'HX-2209-001742'),
	('donau', 9, 'closed', 'request', 'normal', 'Spare fuse needed',
		'Fuse F3 blown.', 'SW-77-1'),
	('tyne', 12, 'closed', 'request', 'low', 'Manual in English',
		'Only a German manual in the box.', null),
	('nordlicht', 15, 'withdrawn', 'enquiry', 'low', 'Paint for the housing',
		'Not needed any more.', null)) v (s, d, g, t, p, w, y, n);
	-- A question about a line of an open order.
	perform pg_temp.demo_case('nordlicht', 1, 'asked', jsonb_build_object(
		'case_type', 'enquiry', 'priority', 'normal', 'order_line', l.id,
		'subject', concat(h.number, ' / ', l.line_id, ' – ', i.name_en),
		'symptom', 'Does it come with the flange of the former model?'))
	from orders.line l join orders.head h on h.id = l.order_id
	join core.partner p on p.id = h.partner_id and p.slug = 'nordlicht'
	join item.item i on i.id = l.item_id
	where h.state = 'accepted' order by h.id desc, l.position limit 1;
	update core.clock set fixed = null;
	perform set_config('kontor.me', '', true);
end
$$;
