-- SPDX-License-Identifier: Apache-2.0
--
-- Changes of an order as answers show them: what was, what is asked, what
-- became of it.
--   change  {"id", "order_id": id of the order, "open": not decided yet, or refused lately,
--            "number": "SO-45000171-C1", "partner_number": "AE-7" | null,
--            "kind": "change|cancel", "state": "pending", "tone": "warn",
--            "version": 2, "order_version": 2 | null, "direct": false,
--            "replaces": "SO-45000171-C0" | null,
--            "replaced_by": {"id", "number"} | null,
--            "withdrawn": true,    taken back or superseded; answer says by whom
--            "requested_date": {"old", "new"} | null,
--            "ship_to": {"old": party, "new": party} | null,
--            "places": which lines go there or do not: orders.places_json,
--            "texts": [{"value"}], "lines": [line],
--            "reason": {"code", "text"} | null,
--            "refusal": {"code", "text"} | null,
--            "created_at", "sent_at", "answered_at": ts | null,
--            "person": "…" | null, "source": "portal",
--            "document": {"id", "number"} | null,
--            "answer": {"person", "source", "document"} | null,
--            "actions": ["accept", "refuse"], "can": {…}}
--   line    {"line_id": "10", "action": "3", "item": {"number", "name"},
--            "old": wish | null, "new": wish | null,
--            "differs": {"quantity": true, "date": false, "price": false},
--            "outcome": "accepted" | "refused" | null}
--   wish    {"quantity": quantity, "date": date, "price": money,
--            "schedule": [{"quantity": quantity, "date": date}]}
--   state   draft pending accepted partly refused withdrawn superseded

create or replace function orders.wish_json(wish jsonb, unit text,
    currency text)
returns json language plpgsql stable as $$
begin
	if wish is null then
		return null;
	end if;
	return json_build_object('quantity', orders.quantity(
	    (wish ->> 'quantity')::numeric, unit), 'date', wish ->> 'date',
	    'price', orders.money((wish ->> 'price')::numeric, currency),
	    'schedule', (select coalesce(json_agg(json_build_object('quantity',
	        orders.quantity((p ->> 'quantity')::numeric, unit), 'date',
	        p ->> 'date')), '[]')
	        from jsonb_array_elements(wish -> 'wanted') p));
end
$$;

create or replace function orders.change_line_json(d jsonb, currency text)
returns json language plpgsql stable as $$
declare
	i item.item;
begin
	select * into i from item.item x where x.id = (d ->> 'item')::bigint;
	return json_build_object('line_id', d ->> 'line_id',
	    'action', d ->> 'action', 'item', json_build_object('number',
	        i.number, 'name', case core.me_language() when 'de'
	        then i.name_de else i.name_en end),
	    'old', orders.wish_json(d -> 'old', d ->> 'unit', currency),
	    'new', orders.wish_json(d -> 'new', d ->> 'unit', currency),
	    'differs', json_build_object(
	        'quantity', d #>> '{old,quantity}' <> d #>> '{new,quantity}',
	        'date', d #>> '{old,date}' is distinct from d #>> '{new,date}'
	            or d #> '{old,wanted}' is distinct from d #> '{new,wanted}',
	        'price', d #>> '{old,price}' is distinct from d #>> '{new,price}'),
	    'outcome', d ->> 'outcome');
end
$$;

-- What the caller may do with a change now.
create or replace function orders.change_actions(c orders.change,
    kind text)
returns text[] language plpgsql stable as $$
declare
	portal text := core.me_portal();
begin
	return case
	    when c.state = 'draft' and orders.side('orders.buy', kind, portal)
	        and core.me_may('orders.buy') then '{send,discard,edit}'
	    when c.state = 'pending' and c.parent_id is null
	        and orders.side('orders.buy', kind, portal)
	        and core.me_may('orders.buy') then '{withdraw}'
	    when c.state = 'pending' and core.me_may('orders.sell')
	        and orders.side('orders.sell', kind, portal)
	        and (kind = 'purchase' or orders.waits_for_house(c))
	        then '{accept,refuse}' else '{}' end;
end
$$;

create or replace function orders.change_json(c orders.change,
    h orders.head)
returns json language plpgsql stable as $$
declare
	actions text[] := orders.change_actions(c, h.kind);
begin
	return orders.both(json_build_object('id', c.public_id,
	    'order_id', h.public_id, 'open', c.state in ('draft', 'pending')
	        or c.state in ('refused', 'partly') and not exists (
	        select from orders.change x where x.order_id = h.id
	        and x.id > c.id),
	    'number', c.number, 'partner_number', c.partner_number,
	    'kind', c.kind, 'state', c.state, 'tone', (select s.tone
	        from core.machine_state s where s.machine = 'order_change'
	        and s.state = c.state), 'version', c.version,
	    'order_version', c.order_version, 'direct', c.direct,
	    'replaces', (select x.number from orders.change x
	        where x.id = c.replaces_id),
	    'replaced_by', (select json_build_object('id', x.public_id,
	        'number', x.number) from orders.change x
	        where x.replaces_id = c.id and x.sent_at is not null),
	    'requested_date', c.head -> 'requested_date',
	    'ship_to', case when c.head ? 'ship_to' then json_build_object(
	        'old', orders.party_json(nullif(coalesce(
	        c.head #> '{ship_to,was}', c.head #> '{ship_to,old}'), 'null')),
	        'new', orders.party_json(c.head #> '{ship_to,new}'))
	        end, 'places', orders.places_json(c, h.kind),
	    'texts', coalesce(c.asked -> 'text', '[]'),
	    'lines', (select coalesce(json_agg(orders.change_line_json(d,
	        h.currency) order by ord), '[]')
	        from jsonb_array_elements(c.lines) with ordinality t (d, ord))),
	    json_build_object('withdrawn', c.state in ('withdrawn', 'superseded'),
	    'reason', c.reason, 'refusal', c.refusal,
	    'created_at', c.created_at, 'sent_at', c.sent_at,
	    'answered_at', c.answered_at, 'person',
	    core.person_name(c.person_id), 'source', c.source,
	    'document', orders.document_json(c.document_id),
	    'answer', case when c.answer_source is not null then
	        json_build_object('person', core.person_name(c.answer_person_id),
	        'source', c.answer_source, 'document',
	        orders.document_json(c.answer_document_id)) end,
	    'actions', to_json(actions), 'can', orders.can(actions)));
end
$$;

create or replace function orders.document_json(document bigint)
returns json language plpgsql stable as $$
begin
	return (select json_build_object('id', d.public_id, 'number', d.number)
	    from exchange.document d where d.id = document);
end
$$;

-- The changes of an order, newest first; what is only written is its author's.
create or replace function orders.changes_json(h orders.head, portal text)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(orders.change_json(c, h)
	    order by c.id desc), '[]') from orders.change c
	    where c.order_id = h.id and c.sent_at is not null);
end
$$;

-- The versions of an order.
create or replace function orders.versions_json(h orders.head)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object(
	    'version', v.order_version, 'state', v.state, 'source', v.source,
	    'document', orders.document_json(v.document_id),
	    'created_at', v.created_at) order by v.order_version), '[]')
	    from orders.version v where v.order_id = h.id);
end
$$;
