-- SPDX-License-Identifier: Apache-2.0
--
-- What was counted short, damaged or rejected becomes a case.

-- What such a case is about, in the partner's language.
create or replace function orders.short_subject(i orders.receipt_line,
    language text, what text)
returns text language sql immutable as $$
	select case when language = 'de' then case
	    when i.received < i.shipped then 'Fehlmenge'
	    when i.damaged > 0 then 'Beschädigte Ware' else 'Abgelehnte Ware' end
	else case when i.received < i.shipped then 'Short delivery'
	    when i.damaged > 0 then 'Damaged goods' else 'Rejected goods' end end
	    || ': ' || what
$$;

-- Why something was rejected, in the partner's language; a code that only the
-- partner knows as he wrote it.
create or replace function orders.short_why(code text, language text)
returns text language sql immutable as $$
	select case when language = 'de' then case code
	    when 'quality' then 'Qualitätsmangel.'
	    when 'wrong_item' then 'Falscher Artikel.'
	    when 'surplus' then 'Zu viel geliefert.' else code end
	else case code when 'quality' then 'Quality problem.'
	    when 'wrong_item' then 'Wrong item.'
	    when 'surplus' then 'Too much was delivered.' else code end end
$$;

-- The numbers of it, in the partner's language.
create or replace function orders.short_facts(i orders.receipt_line,
    language text, despatch text, unit text)
returns text language sql immutable as $$
	select case when language = 'de' then format('Lieferavis %s: geliefert %s, '
	    'gezählt %s, davon beschädigt %s, abgelehnt %s (%s).', despatch,
	    trim_scale(i.shipped), trim_scale(i.received), trim_scale(i.damaged),
	    trim_scale(i.rejected), unit)
	else format('Despatch advice %s: despatched %s, counted %s, of them '
	    'damaged %s, rejected %s (%s).', despatch, trim_scale(i.shipped),
	    trim_scale(i.received), trim_scale(i.damaged),
	    trim_scale(i.rejected), unit) end
	    || coalesce(E'\n' || orders.short_why(i.reason ->> 'code', language),
	        '')
	    || coalesce(E'\n' || (i.reason ->> 'text'), '')
$$;

-- Opens a case for each line of a count that differs. It belongs to the
-- partner of the despatch and to whoever ordered, so that he sees it.
create or replace function orders.receipt_cases(receipt bigint)
returns void language plpgsql as $$
declare
	i orders.receipt_line;
	l orders.line;
	h orders.head;
	d orders.despatch;
	language text;
	c cases.head;
begin
	for i in select * from orders.receipt_line where receipt_id = receipt_cases.receipt
		and (received < shipped or damaged > 0 or rejected > 0)
		and case_id is null order by id
	loop
		select * into l from orders.line where id = i.line_id;
		select * into h from orders.head where id = l.order_id;
		select x.* into d from orders.despatch x join orders.receipt r
		    on r.despatch_id = x.id where r.id = receipt_cases.receipt;
		select p.language into language from core.partner p
		where p.id = i.partner_id;
		c := cases.open(jsonb_build_object('case_type', 'complaint',
		    'subject', orders.short_subject(i, language,
		        h.number || ' / ' || l.line_id),
		    'symptom', orders.short_facts(i, language, d.number, l.unit),
		    'item', (select m.number from item.item m where m.id = l.item_id),
		    'order_line', l.id), (select document_id from orders.receipt
		    where id = receipt_cases.receipt), i.partner_id, coalesce(case
		        when core.me_partner() = i.partner_id
		        then core.me_person() end, case when h.source <> 'telephone'
		        then h.person_id end));
		update orders.receipt_line set case_id = c.id where id = i.id;
	end loop;
end
$$;
