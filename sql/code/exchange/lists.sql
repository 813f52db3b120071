-- SPDX-License-Identifier: Apache-2.0
--
-- The list of documents: views and columns (core/list.sql). Sorted by time
-- however many there are, otherwise as long as they are counted to the end.

select core.declare_list('documents', array['all', 'attention',
    'unacknowledged', 'in', 'out'], $$[
    {"name": "number", "label": "documents.number", "always": true,
        "sort": "d.number", "type": "text", "filled": true},
    {"name": "type", "label": "documents.type", "kind": "doc_type"},
    {"name": "direction", "label": "documents.direction", "more": true,
        "kind": "direction"},
    {"name": "partner", "label": "partner", "portals": ["desk"],
        "cell": "partner.name", "type": "text", "sort":
        "(select p.name from core.partner p where p.id = d.partner_id)"},
    {"name": "reference", "label": "documents.reference", "type": "text",
        "sort": "coalesce(d.reference, d.control_ref)"},
    {"name": "control_ref", "label": "documents.control_ref", "more": true,
        "sort": "d.control_ref", "type": "text"},
    {"name": "format", "label": "documents.format", "cell": "family",
        "kind": "family"},
    {"name": "filename", "label": "documents.filename", "more": true,
        "sort": "d.filename", "type": "text"},
    {"name": "size", "label": "documents.size", "more": true,
        "kind": "number", "numeric": true, "sort": "d.size",
        "type": "numeric"},
    {"name": "findings", "label": "documents.finding_count", "more": true,
        "cell": "finding_count", "kind": "number", "numeric": true,
        "sort": "d.finding_count", "type": "numeric", "filled": true},
    {"name": "at", "label": "documents.at", "kind": "instant",
        "sort": "d.received_at", "type": "timestamptz", "filled": true,
        "indexed": true},
    {"name": "status", "label": "status", "cell": "state",
        "kind": "doc_state"}]$$);

-- The documents that a list is asked for, as a condition.
create or replace function exchange.wanted(asked jsonb)
returns text language plpgsql stable as $$
declare
	wanted text := asked ->> 'view';
	who bigint := orders.partner_key(asked);
	q text := nullif(trim(asked ->> 'q'), '');
begin
	return concat_ws(' and ', 'true',
	    case when asked ? 'state' then format('d.state = any (%L::text[])',
	        string_to_array(asked ->> 'state', ',')) end,
	    'd.direction = ' || quote_literal(coalesce(asked ->> 'direction',
	        case when wanted in ('in', 'out') then wanted end)),
	    'd.type = ' || quote_literal(asked ->> 'type'),
	    'd.partner_id = ' || who,
	    case when wanted = 'attention'
	        then 'exchange.needs_attention(d.state)' end,
	    case when wanted = 'unacknowledged' then format(
	        'd.id = any (%L::bigint[])', exchange.overdue_documents()) end,
	    case when asked ? 'rule' then format('exists (select from '
	        || 'exchange.finding f where f.document_id = d.id and '
	        || 'f.rule = %L and f.severity = ''error'')', asked ->> 'rule') end,
	    case when q is not null then format('d.id = any (%L::bigint[])',
	        exchange.found(q, who)) end);
end
$$;
