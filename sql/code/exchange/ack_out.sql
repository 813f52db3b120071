-- SPDX-License-Identifier: Apache-2.0
--
-- Business answers that we write: APERAK, 824, ApplicationResponse, by the
-- guide that the agreement names for ack, to partners who have ack among what
-- they want (sends). acks.business = errors leaves out those that only accept.

-- What a sentence about a finding may name.
create or replace function exchange.sentence_args(content jsonb)
returns jsonb language sql immutable as $$
	select nullif(jsonb_strip_nulls(coalesce(content -> 'args', '{}')
	    || jsonb_build_object('tag', content -> 'tag', 'position',
	    content -> 'position', 'element', content -> 'element', 'component',
	    content -> 'component')), '{}')
$$;

-- The findings of a message as an answer carries them: those of the business
-- rules; in XML, which has no answer on the level of syntax, all. found,
-- expected and args are for the sentence that the worker writes into text.
create or replace function exchange.ack_findings(d exchange.document,
    m exchange.message)
returns jsonb language plpgsql stable as $$
begin
	return (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'code', coalesce(f.content ->> 'code', exchange.rule_code(f.rule)),
	    'rule', f.rule,
	    'severity', f.severity, 'pointer', f.content ->> 'pointer',
	    'line_id', l.line_id, 'verdict', case when l.line_id is not null then
	        case f.severity when 'error' then 'rejected'
	        else 'accepted_with_errors' end end,
	    'found', f.content ->> 'found', 'expected', f.content ->> 'expected',
	    'args', exchange.sentence_args(f.content))) order by f.id)
	from exchange.finding f, lateral (select m.canonical #>> array['lines',
	    substring(f.content ->> 'pointer' from '^/lines/(\d+)'), 'line_id']
	    as line_id) l
	where f.message_id = m.id
	and (f.rule like 'business.%' or d.family in ('ubl', 'xml')));
end
$$;

-- The code of a business rule in partners' systems: P and four digits, kept for
-- ever; a new rule is added at the end. The rules of the reader bring their own
-- (src/edi/finding.h), below P1000.
create or replace function exchange.rule_code(rule text)
returns text language sql immutable as $$
	select 'P' || 1000 + coalesce(array_position(array[
	    'agreement_unknown', 'interchange_repeated', 'interchange_reused',
	    'type_unsupported', 'test', 'failed', 'role', 'copy', 'function',
	    'partner_blocked', 'seller_unknown', 'buyer_unknown',
	    'ship_to_unknown', 'number_missing', 'number_used', 'duplicate',
	    'lines_none', 'line_twice', 'item_unknown', 'quantity', 'unit',
	    'price_missing', 'price_differs', 'date_past', 'schedule_sum',
	    'currency', 'order_unknown', 'order_over', 'response_code',
	    'line_unknown', 'quantity_over', 'cancel_late',
	    'returns_number_used', 'ack_unknown', 'ack_repeated', 'ack_of_ack',
	    'ack_verdict', 'case_twice', 'case_unknown',
	    'cases_attachment_size', 'cases_attachment_type',
	    'cases_number_used', 'cases_order_line_unknown',
	    'cases_reopen_late', 'return_twice', 'returns_line_none',
	    'returns_line_over', 'returns_line_twice', 'returns_line_unknown',
	    'returns_quantity_over', 'returns_reason_wanted', 'state_illegal',
	    'value_choice', 'value_decimal', 'value_long', 'value_required',
	    'invoice_amount', 'invoice_line_unknown', 'invoice_unit',
	    'invoice_quantity', 'invoice_credited', 'invoice_price',
	    'invoice_currency', 'invoice_lines_sum', 'invoice_total',
	    'invoice_unknown', 'invoice_duplicate', 'invoice_number_used',
	    'invoice_function', 'status_differs',
	    'despatch_role', 'despatch_function', 'despatch_number',
	    'despatch_number_used', 'despatch_twice', 'despatch_unknown',
	    'despatch_over', 'despatch_empty', 'despatch_dates',
	    'despatch_line_unknown', 'despatch_quantity', 'despatch_unit',
	    'despatch_unconfirmed', 'ship_over', 'despatch_serials',
	    'serial_twice', 'sscc', 'sscc_used', 'sscc_twice', 'package_parent',
	    'package_unknown', 'receipt_role', 'receipt_function',
	    'receipt_despatch', 'receipt_twice', 'receipt_over',
	    'receipt_empty', 'receipt_line', 'receipt_counted',
	    'receipt_quantity',
	    'change_late', 'change_pending', 'change_nothing', 'change_over',
	    'answer_reason', 'answer_late', 'answer_stale', 'answer_quantity',
	    'despatch_places', 'change_mixed', 'change_none', 'answer_unit',
	    'answer_currency', 'answer_item', 'answer_twice',
	    'answer_schedule', 'answer_differs', 'answer_number_used',
	    'answer_duplicate', 'answer_price', 'price_range',
	    'change_currency', 'despatch_item', 'receipt_unit', 'receipt_item',
	    'invoice_item'],
	    substr(rule, 10)), 0)
$$;

-- A party as answers name it.
create or replace function exchange.ack_party(p jsonb)
returns jsonb language sql immutable as $$
	select jsonb_strip_nulls(jsonb_build_object('gln', p -> 'gln',
	    'duns', case when not p ? 'gln' then p -> 'duns' end,
	    'name', p -> 'name'))
$$;

-- The business answer to one message.
create or replace function exchange.ack_doc(d exchange.document,
    m exchange.message)
returns jsonb language plpgsql stable as $$
declare
	findings jsonb := exchange.ack_findings(d, m);
begin
	return jsonb_strip_nulls(jsonb_build_object('type', 'ack',
	    'level', 'business', 'number', d.number || '-' || m.position + 1,
	    'issue_date', core.today(), 'verdict', case
	        when m.verdict = 'rejected' then 'rejected'
	        when findings is not null then 'accepted_with_errors'
	        else 'accepted' end,
	    'of', jsonb_build_object('standard', d.family, 'type', m.type,
	        'control_ref', m.canonical ->> 'control_ref',
	        'number', m.canonical ->> 'number',
	        'date', m.canonical ->> 'issue_date'),
	    'order_number', coalesce(m.canonical ->> 'order_number',
	        case when m.type = 'order' then m.canonical ->> 'number' end),
	    'parties', jsonb_build_object('sender', exchange.ack_party(
	        orders.house_party()), 'receiver', exchange.ack_party(
	        orders.partner_party(d.partner_id))),
	    'test', nullif(d.test, false), 'findings', findings));
end
$$;

-- Answers each message of a document that reached the business rules, in XML
-- also those that did not; once, when the last is applied. What has no number
-- cannot be named in an answer.
create or replace function exchange.answer_messages(d exchange.document)
returns void language plpgsql as $$
declare
	a exchange.agreement := exchange.wants(d.partner_id, 'ack', d.id);
	m exchange.message;
begin
	if a.id is null or d.preview or exchange.is_sheet(d.family) then
		return;
	end if;
	for m in select x.* from exchange.message x where x.document_id = d.id
		and x.canonical ->> 'number' is not null
		and x.type is distinct from 'ack'
		and (d.family in ('ubl', 'xml') or not exists (
		    select from exchange.finding f
		    where f.message_id = x.id and f.severity = 'error'
		    and f.rule not like 'business.%'))
		and (x.verdict = 'rejected'
		    or a.acks ->> 'business' is distinct from 'errors')
		and (x.verdict = 'rejected' or x.effect <> 'none' or d.test)
		and exchange.done_before(d, x.position, x.ref) is null
		order by x.position
	loop
		perform exchange.send(d.partner_id, 'ack', exchange.ack_doc(d, m),
		    core.now(), null, null, d.id);
	end loop;
end
$$;
