-- SPDX-License-Identifier: Apache-2.0
--
-- Invoices of a supplier, as EDIFACT, which the worker reads when it starts:
-- one as agreed, one with a price that was not, one for goods that have not
-- left yet.

-- An INVOIC about the first line of an order.
--   price, quantity  what is charged
create function pg_temp.demo_invoice(ref int, number text, line text,
	price numeric, base numeric, quantity numeric)
returns text language sql as $$
	select format($d$UNA:+.? '
UNB+UNOC:3+2900000000216:14+2900000000018:14+%1$s:0800+%2$s'
UNH+1+INVOIC:D:96A:UN'
BGM+380+R-DEMO-%2$s+9'
DTM+137:20%1$s:102'
RFF+ON:%3$s'
NAD+BY+2900000000018::9'
NAD+SU+2900000000216::9'
CUX+2:EUR:4'
LIN+1'
QTY+47:%7$s'
MOA+203:%8$s'
PRI+AAA:%5$s:::%6$s'
RFF+ON:%3$s:%4$s'
UNS+S'
CNT+2:1'
MOA+79:%8$s'
MOA+125:%8$s'
MOA+124:0'
MOA+77:%8$s'
UNT+19+1'
UNZ+1+%2$s'$d$, to_char(core.today(), 'YYMMDD'), ref, number, line,
		trim_scale(price), trim_scale(base), trim_scale(quantity),
		round(quantity * price / base, 2))
$$;

do $$
declare
	r record;
	n int := 0;
begin
	if exists (select from exchange.document
		where filename like 'demo-invoice-%') then
		return;
	end if;
	for r in (select h.number, l.line_id, l.price, l.price_base, l.shipped
			from orders.head h join orders.line l on l.order_id = h.id
			join core.partner p on p.id = h.partner_id
			where p.slug = 'elbe' and h.kind = 'purchase' and l.shipped > 0
			and h.currency = 'EUR' order by h.id limit 2)
		union all (select h.number, l.line_id, l.price, l.price_base,
			l.ordered
			from orders.head h join orders.line l on l.order_id = h.id
			join core.partner p on p.id = h.partner_id
			where p.slug = 'elbe' and h.kind = 'purchase'
			and l.state = 'accepted' and h.currency = 'EUR'
			order by h.id limit 1)
	loop
		n := n + 1;
		perform pg_temp.demo_receive('elbe', 'demo-invoice-' || n || '.edi',
			'application/edifact', pg_temp.demo_invoice(910 + n, r.number,
			r.line_id, case n when 2 then r.price * 1.1 else r.price end,
			r.price_base, r.shipped));
	end loop;
end
$$;
