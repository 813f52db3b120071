-- SPDX-License-Identifier: Apache-2.0
--
-- Cases about lines of an order. Whoever sees the line sees those cases that
-- he may see anyway; a supplier none. The house also finds at a supplier's
-- line what the distributor asked about the line it delivers.

-- The cases about each line of an order that has any, newest first.
--   questions  [{"id", "number", "case_type", "subject", "state", "tone",
--              "created_at"}]
create or replace function cases.questions(of_order bigint)
returns table (line bigint, questions json)
language plpgsql stable as $$
begin
	return query select l.id, json_agg(json_build_object('id', c.public_id,
			'number', c.number, 'case_type', c.case_type,
			'subject', c.subject, 'state', c.state,
			'tone', cases.tone(c), 'created_at', c.created_at)
			order by c.id desc)
		from orders.line l
		join cases.head c on c.order_line_id in (l.id, l.linked_line_id)
		where l.order_id = of_order
		group by l.id;
end
$$;

-- What a case about an order line of a partner starts with.
create or replace function cases.line_draft(line uuid, partner bigint)
returns jsonb
language plpgsql stable as $$
begin
	return (select jsonb_build_object('order_line', l.public_id,
			'order', h.number, 'line_id', l.line_id, 'item', i.number,
			'case_type', 'enquiry', 'subject', left(concat_ws(' ',
			h.number, '/', l.line_id, '–', case core.me_language()
				when 'de' then i.name_de else i.name_en end), 200))
		from orders.line l join orders.head h on h.id = l.order_id
		left join item.item i on i.id = l.item_id
		where l.public_id = line_draft.line and h.kind = 'sales'
		and h.partner_id = line_draft.partner);
end
$$;
