-- SPDX-License-Identifier: Apache-2.0
--
-- An order comes in: from a form or a document, both as a canonical order.

-- What makes two originals of one number equal.
create or replace function orders.digest(doc jsonb)
returns bytea language sql immutable as $$
	select sha256(convert_to((doc - '{control_ref,message_ref,function,sender,
	    receiver,standard,version,test}'::text[])::text, 'UTF8'))
$$;

-- The party as the order keeps it: as given, filled up from the address that
-- its number means.
create or replace function orders.snapshot(partner bigint, party jsonb)
returns jsonb language plpgsql stable as $$
declare
	a core.address;
begin
	if party is null or party -> 'address' is not null then
		return party;
	end if;
	a := orders.find_address(partner, party);
	if a.id is null then
		return party;
	end if;
	return orders.address_party(a) || party;
end
$$;

-- An address as a canonical party.
create or replace function orders.address_party(a core.address)
returns jsonb language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('gln', a.gln,
	    'assigned_by_buyer', a.code, 'name', a.name,
	    'address', jsonb_build_object('street', to_jsonb(a.street),
	        'city', a.city, 'postal_code', a.postal_code,
	        'region', a.region, 'country', a.country)))
$$;

-- Has this number come before? {} no; a finding (error: other content,
-- warning: the same again) and the order it made.
create or replace function orders.seen(partner bigint, doc jsonb)
returns jsonb language plpgsql stable as $$
declare
	h orders.head;
begin
	select * into h from orders.head
	where partner_id = partner and kind = 'sales' and state <> 'draft'
	  and partner_number = doc ->> 'number';
	if h.id is null then
		return '{}';
	end if;
	return jsonb_build_object('order', h.id, 'same', h.digest
	    = orders.digest(doc), 'finding', case
	    when h.digest = orders.digest(doc) then orders.finding('duplicate',
	        'warning', '/number', h.partner_number, null,
	        jsonb_build_object('order', h.number))
	    else orders.finding('number_used', 'error', '/number',
	        h.partner_number, null,
	        jsonb_build_object('order', h.number)) end);
end
$$;

-- Checks a distributor's canonical order and, without errors, places it: it is
-- submitted, acknowledged by the system when the agreement says so, and
-- sourced from the items' suppliers.
--   dry     true: only checked
--   draft   the draft that becomes the order, else a new row
--   result  {"effect": "created|duplicate|none", "order": key | null,
--           "findings": [finding]}
create or replace function orders.place(partner bigint, doc jsonb,
    o orders.origin, dry boolean default false, draft bigint default null)
returns jsonb language plpgsql as $$
declare
	terms exchange.agreement := exchange.terms(partner);
	lines orders.wanted[];
	found jsonb;
	seen jsonb;
	placed bigint;
begin
	seen := orders.seen(partner, doc);
	if seen <> '{}' then
		return jsonb_build_object('effect', case when (seen ->> 'same')::boolean
		    then 'duplicate' else 'none' end, 'order', seen -> 'order',
		    'findings', jsonb_build_array(seen -> 'finding'));
	end if;
	lines := orders.resolve(partner, doc);
	found := orders.head_findings(partner, doc)
	    || orders.line_findings(lines,
	        orders.currency_of(partner, doc), terms);
	found := exchange.waive(o.document, found);
	if dry or jsonb_path_exists(found, '$[*] ? (@.severity == "error")') then
		return jsonb_build_object('effect', 'none', 'findings', found);
	end if;
	placed := orders.create(partner, doc, lines, terms, o, draft);
	perform orders.submitted(placed, terms, o);
	return jsonb_build_object('effect', 'created', 'order', placed,
	    'findings', found);
end
$$;

-- Stores a checked order and returns its key. Two of one number at once: the
-- second fails on the key and is tried again by its caller, who then sees the
-- first.
create or replace function orders.create(partner bigint, doc jsonb,
    lines orders.wanted[], terms exchange.agreement, o orders.origin,
    of_draft bigint default null)
returns bigint language plpgsql as $$
declare
	h orders.head := orders.head_of(partner, doc, o);
begin
	if of_draft is null then
		insert into orders.head (public_id, partner_id, kind, number,
		    partner_number, order_kind, state, order_version, currency,
		    issue_date, requested_date, ship_to, bill_to, parties, refs,
		    texts, source, person_id, client_id, document_id, digest,
		    created_at, submitted_at)
		values (core.uuid7(), partner, 'sales',
		    'SO-' || nextval('orders.sales_number'), h.partner_number,
		    h.order_kind, 'submitted', 1, h.currency, h.issue_date,
		    h.requested_date, h.ship_to, h.bill_to, h.parties, h.refs,
		    h.texts, h.source, h.person_id, h.client_id, h.document_id,
		    h.digest, h.submitted_at, h.submitted_at)
		returning id into h.id;
	else
		update orders.head x set (state, draft, partner_number, order_kind,
		    order_version, currency, issue_date, requested_date, ship_to,
		    bill_to, parties, refs, texts, source, person_id, client_id,
		    digest, submitted_at) = row('submitted', null,
		    coalesce(h.partner_number, x.number), h.order_kind, 1,
		    h.currency, h.issue_date, h.requested_date, h.ship_to, h.bill_to,
		    h.parties, h.refs, h.texts, h.source, h.person_id, h.client_id,
		    h.digest, h.submitted_at)
		where x.id = of_draft returning x.id into h.id;
	end if;
	insert into orders.version (partner_id, order_id, order_version, content,
	    source, document_id, created_at)
	values (partner, h.id, 1, doc, o.source, o.document, h.submitted_at);
	perform orders.create_lines(partner, h.id, lines, terms);
	return h.id;
end
$$;

-- What the head of an order says, as a row not yet stored.
create or replace function orders.head_of(partner bigint, doc jsonb,
    o orders.origin)
returns orders.head language plpgsql stable as $$
declare
	h orders.head;
begin
	h.partner_number := doc ->> 'number';
	h.order_kind := coalesce(doc ->> 'kind', 'standard');
	h.currency := orders.currency_of(partner, doc);
	h.issue_date := coalesce(core.try_date(doc ->> 'issue_date'),
	    core.today());
	h.requested_date := core.try_date(coalesce(doc ->> 'requested_date',
	    doc ->> 'latest', doc ->> 'earliest'));
	h.ship_to := orders.snapshot(partner, doc #> '{parties,ship_to}');
	h.bill_to := orders.snapshot(partner, doc #> '{parties,bill_to}');
	h.parties := coalesce(doc -> 'parties', '{}');
	h.refs := coalesce(doc -> 'refs', '[]');
	h.texts := coalesce(doc -> 'text', '[]');
	h.source := o.source;
	h.person_id := o.person;
	h.client_id := o.client;
	h.document_id := o.document;
	h.digest := orders.digest(doc);
	h.submitted_at := core.now();
	return h;
end
$$;

-- The lines of a new order, each with its schedule.
create or replace function orders.create_lines(partner bigint,
    of_order bigint, lines orders.wanted[], terms exchange.agreement)
returns void language plpgsql as $$
declare
	percent numeric := coalesce(
	    (terms.tolerances ->> 'price_percent')::numeric, 0);
begin
	with made as (
		insert into orders.line (public_id, partner_id, order_id, line_id,
		    position, item_id, item, unit, ordered, requested_date, wanted,
		    price, price_base, offered_price, texts, open, over_ship)
		select core.uuid7(), partner, of_order, l.line_id, l.ord, l.item,
		    coalesce(l.spec, '{}'), l.known_unit, l.ordered, l.day, l.wanted,
		    case when l.given is null then l.price else l.given
		        * coalesce(l.base / nullif(l.given_base, 0), 1) end,
		    coalesce(l.base, nullif(l.given_base, 0), 1),
		    case when abs(l.given / nullif(l.given_base, 0)
		        - l.price / l.base) > l.price / l.base * percent / 100
		        then l.price end, l.texts, l.ordered,
		    coalesce((terms.tolerances ->> 'over_ship_percent')::numeric, 0)
		from unnest(lines) l
		returning id, ordered, requested_date, wanted
	)
	insert into orders.schedule (partner_id, line_id, kind, quantity, due_on)
	select partner, m.id, 'open', coalesce((w ->> 'quantity')::numeric,
	    m.ordered), coalesce((w ->> 'date')::date, m.requested_date)
	from made m left join lateral jsonb_array_elements(m.wanted) w on true;
end
$$;

-- What follows when a distributor's order stands: the event, the system's
-- acknowledgement, the supplier orders.
create or replace function orders.submitted(of_order bigint,
    terms exchange.agreement, o orders.origin)
returns void language plpgsql as $$
declare
	h orders.head;
	auto boolean := coalesce(terms.acknowledge, 'auto') = 'auto';
begin
	update orders.head set state = case when auto then 'acknowledged'
	        else state end,
	    acknowledged_at = case when auto then core.now() end,
	    response_code = case when auto then 'AB' end,
	    response_due = orders.due_after(terms, core.now())
	where id = of_order;
	perform orders.refresh(of_order);
	select * into h from orders.head where id = of_order;
	perform core.emit(h.partner_id, 'order.submitted', 'order', h.public_id,
	    h.number, jsonb_build_object('partner_number', h.partner_number,
	    'lines', h.line_count), null, exchange.document_uuid(o.document));
	if auto then
		perform orders.acknowledged(h);
	end if;
end
$$;

-- The seller has acknowledged: he says so, and buys what he sold.
create or replace function orders.acknowledged(h orders.head)
returns void language plpgsql as $$
begin
	if h.kind = 'purchase' or core.me_portal() = 'desk' then
		perform core.emit(h.partner_id, 'order.acknowledged', 'order',
		    h.public_id, h.number, jsonb_build_object('code', 'AB'));
	else
		perform core.emit_house(h.partner_id, 'order.acknowledged', 'order',
		    h.public_id, h.number, jsonb_build_object('code', 'AB'));
	end if;
	if h.kind = 'sales' then
		perform orders.send_response(h, 'AB');
		perform orders.source_order(h.id);
	end if;
end
$$;
