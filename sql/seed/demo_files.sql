-- SPDX-License-Identifier: Apache-2.0
--
-- Files of orders: a drawing of the distributor's that the house has passed on
-- to the supplier, a certificate of the supplier's, a note inside the house.

-- A page of PDF with one line on it.
create function pg_temp.demo_pdf(words text) returns bytea
language sql as $$
	select convert_to('%PDF-1.4' || E'\n'
		|| '1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj' || E'\n'
		|| '2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj' || E'\n'
		|| '3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 420 298] '
		|| '/Contents 4 0 R /Resources <</Font <</F <</Type /Font '
		|| '/Subtype /Type1 /BaseFont /Helvetica>> >> >> >> endobj' || E'\n'
		|| '4 0 obj <</Length ' || 40 + length(words) || '>> stream' || E'\n'
		|| 'BT /F 16 Tf 40 220 Td (' || rpad(words, 11 + length(words))
		|| ') Tj ET' || E'\n' || 'endstream endobj' || E'\n'
		|| 'trailer <</Root 1 0 R>>' || E'\n' || '%%EOF' || E'\n', 'UTF8')
$$;

do $$
declare
	sale orders.head;
	bought orders.head;
	a orders.attachment;
	desk constant jsonb := (select jsonb_build_object('k', 'person',
		'id', u.id, 'portal', 'desk', 'roles', '["account_manager"]'::jsonb,
		'name', u.name, 'channel', 'portal') from core.person u
		where u.uid = 'manager.one');
begin
	if exists (select from orders.attachment) then
		return;
	end if;
	select o.* into bought from orders.head o
	join core.partner p on p.id = o.partner_id and p.slug = 'elbe'
	join orders.head s on s.id = o.linked_order_id
	join core.partner d on d.id = s.partner_id and d.slug = 'nordlicht'
	where o.kind = 'purchase' and o.state = 'submitted'
	order by o.id desc limit 1;
	select * into sale from orders.head s where s.id = bought.linked_order_id;
	if sale.id is null then
		return;
	end if;
	perform pg_temp.demo_act_as('nordlicht');
	a := orders.attach(sale, 'Flange drawing A4.pdf',
		pg_temp.demo_pdf('Flange, 4 holes'));
	perform core.seal(desk);
	perform orders.share_file(sale, a, jsonb_build_object('order',
		bought.public_id, 'filename', 'Flange drawing.pdf'));
	perform orders.attach(sale, 'Freight offer.pdf',
		pg_temp.demo_pdf('Freight by road'), true);
	perform pg_temp.demo_act_as('elbe');
	perform orders.attach(bought, 'Material certificate 3.1.pdf',
		pg_temp.demo_pdf('Certificate 3.1'));
	perform set_config('kontor.me', '', true);
end
$$;
