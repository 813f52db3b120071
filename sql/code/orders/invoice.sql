-- SPDX-License-Identifier: Apache-2.0
--
-- Invoices and credit notes of suppliers: attached to the purchase order that
-- they name, and compared with what was agreed and delivered. Nothing is
-- corrected: a difference is told, and an account manager accepts or disputes
-- it. Shapes: docs/features/invoices.md.

select core.add_state('invoice', s, t, f) from (values
	('matched', 'ok', false), ('differs', 'warn', false),
	('accepted', 'neutral', true), ('disputed', 'bad', false))
	v (s, t, f);
select core.add_transition('invoice', s, e, n, p) from (values
	('', 'match', 'matched', null),
	('', 'differ', 'differs', null),
	('differs', 'accept', 'accepted', 'invoices.decide'),
	('differs', 'dispute', 'disputed', 'invoices.decide'),
	('matched', 'dispute', 'disputed', 'invoices.decide'),
	('disputed', 'accept', 'accepted', 'invoices.decide')) v (s, e, n, p);
select core.guard('invoice', 'orders.invoice');

-- How much of an order line was charged less what was credited, invoices in
-- dispute apart.
create or replace function orders.charged(line bigint)
returns numeric language plpgsql stable as $$
begin
	return (select coalesce(sum(case v.kind when 'invoice' then i.quantity
	        else -i.quantity end), 0)
	    from orders.invoice_line i join orders.invoice v on v.id = i.invoice_id
	    where i.line_id = line and v.state <> 'disputed');
end
$$;

-- Shorter: a warning about an invoice.
create or replace function orders.differs(wrong boolean, rule text,
    pointer text, seen text, expected text, line text default null)
returns jsonb language sql immutable as $$
	select case when wrong then jsonb_build_array(orders.finding(
	    'invoice_' || rule, 'warning', pointer, seen, expected,
	    jsonb_build_object('line', line))) else '[]' end
$$;

-- What the allowances and charges of a line or a document add to it.
create or replace function orders.charges(allowances jsonb)
returns numeric language sql immutable as $$
	select coalesce(sum(case a ->> 'charge' when 'true' then 1 else -1 end
	    * core.try_decimal(a ->> 'amount')), 0)
	from jsonb_array_elements(coalesce(allowances, '[]')) a
$$;

-- How a line of an invoice differs from its order line.
--   e        line of the canonical invoice
--   percent  price difference that the agreement tolerates
--   sooner   what earlier lines of the same invoice say of that order line
create or replace function orders.invoice_line_findings(e jsonb,
    l orders.line, of_kind text, pointer text, percent numeric,
    sooner numeric)
returns jsonb language plpgsql stable as $$
declare
	n text := e ->> 'line_id';
	q numeric := core.try_decimal(e ->> 'quantity');
	price numeric := core.try_decimal(e ->> 'price_amount');
	base numeric := coalesce(nullif(core.try_decimal(
	    e ->> 'price_base'), 0), 1);
	amount numeric := core.try_decimal(e ->> 'amount');
	worth numeric := round(q * price / base, 2);
	-- what it charges; a quantity below zero takes back, in a credit it charges
	more numeric := case of_kind when 'invoice' then q else -q end;
	before numeric;
	other jsonb;
	found jsonb;
begin
	found := orders.differs(abs(amount - worth) > 0.01 and abs(amount - worth
	    - orders.charges(e -> 'allowances')) > 0.01, 'amount',
	    pointer || '/amount', orders.plain(amount),
	    orders.plain(worth + orders.charges(e -> 'allowances')), n);
	if l.id is null then
		return orders.differs(true, 'line_unknown', pointer,
		    coalesce(e ->> 'order_line_id', n), null, n) || found;
	end if;
	before := orders.charged(l.id) + case of_kind when 'invoice' then sooner
	    else -sooner end;
	other := orders.other_item_finding(l, e -> 'item', 'invoice_item',
	    pointer);
	return found || orders.differs(other is not null, 'item',
	    pointer || '/item', other ->> 'found', other ->> 'expected', n)
	|| orders.differs(e ->> 'unit_code' is not null
	    and not orders.same_unit(e ->> 'unit_code', l.unit), 'unit',
	    pointer || '/unit_code', e ->> 'unit_code', l.unit, n)
	|| orders.differs(more > 0 and before + more > greatest(l.shipped,
	    l.received), 'quantity', pointer || '/quantity',
	    trim_scale(before + more)::text, trim_scale(greatest(l.shipped,
	    l.received))::text, n)
	|| orders.differs(more < 0 and -more > before, 'credited',
	    pointer || '/quantity', trim_scale(-more)::text,
	    trim_scale(greatest(before, 0))::text, n)
	|| orders.differs(of_kind = 'invoice'
	    and abs(price / base - l.price / l.price_base) * 100
	    > percent * l.price / l.price_base, 'price',
	    pointer || '/price_amount', orders.plain(price),
	    orders.plain(l.price * base / l.price_base), n);
end
$$;

-- How the figures of the whole differ from each other and from the order. A
-- minor unit per line is rounding.
create or replace function orders.invoice_head_findings(doc jsonb,
    h orders.head)
returns jsonb language plpgsql stable as $$
declare
	t jsonb := coalesce(doc -> 'totals', '{}');
	few numeric := 0.01 * greatest(jsonb_array_length(doc -> 'lines'), 1);
	lines numeric := orders.net_of_lines(doc);
	net numeric := lines + orders.charges(doc -> 'allowances');
	given numeric := core.try_decimal(t ->> 'lines');
	tax numeric := coalesce(core.try_decimal(t ->> 'tax'), 0);
	total numeric := core.try_decimal(t ->> 'amount');
begin
	return orders.differs(doc ->> 'currency' <> h.currency, 'currency',
	    '/currency', doc ->> 'currency', h.currency)
	|| orders.differs(abs(given - lines) > few, 'lines_sum', '/totals/lines',
	    orders.plain(given), orders.plain(lines))
	|| orders.differs(abs(total - net - tax) > few, 'total',
	    '/totals/amount', orders.plain(total), orders.plain(net + tax))
	|| orders.differs(doc ->> 'type' = 'credit' and doc ? 'invoice_number'
	    and not exists (select from orders.invoice v
	        where v.partner_id = h.partner_id and v.kind = 'invoice'
	        and v.number = doc ->> 'invoice_number'), 'unknown',
	    '/invoice_number', doc ->> 'invoice_number', null);
end
$$;

create or replace function orders.net_of_lines(doc jsonb)
returns numeric language sql immutable as $$
	select coalesce(sum(core.try_decimal(e ->> 'amount')), 0)
	from jsonb_array_elements(doc -> 'lines') e
$$;

-- The order line that an invoice line is for: of the order that it names, else
-- of the invoice's; by number, then by item.
create or replace function orders.line_charged(partner bigint,
    h orders.head, e jsonb)
returns bigint language plpgsql stable as $$
declare
	other orders.head;
begin
	if e ->> 'order_number' is distinct from h.number
	    and e ? 'order_number' then
		other := orders.purchase_named(partner, e ->> 'order_number');
		if other.id is null then
			return null;
		end if;
	end if;
	return orders.line_meant(coalesce(other.id, h.id), case
	    when e ? 'order_line_id' then e || jsonb_build_object('line_id',
	        e -> 'order_line_id') else e - 'line_id' end);
end
$$;

-- The order that an invoice is for: the one it names, or its lines do.
create or replace function orders.order_charged(partner bigint, doc jsonb)
returns orders.head language plpgsql stable as $$
declare
	h orders.head;
	given text;
begin
	for given in select doc ->> 'order_number' union all
	    select e ->> 'order_number'
	    from jsonb_array_elements(doc -> 'lines') e
	loop
		h := orders.purchase_named(partner, given);
		exit when h.id is not null;
	end loop;
	return h;
end
$$;

-- Has an invoice of this number come before? As orders.seen.
create or replace function orders.invoice_seen(partner bigint, doc jsonb)
returns jsonb language plpgsql stable as $$
declare
	v orders.invoice;
begin
	select * into v from orders.invoice where partner_id = partner
	    and kind = doc ->> 'type' and number = doc ->> 'number';
	if v.id is null then
		return '{}';
	end if;
	return jsonb_build_object('order', v.order_id, 'effect',
	    case when v.digest = orders.digest(doc) then 'duplicate'
	    else 'none' end, 'finding', orders.finding(
	    case when v.digest = orders.digest(doc) then 'invoice_duplicate'
	    else 'invoice_number_used' end, case
	    when v.digest = orders.digest(doc) then 'warning' else 'error' end,
	    '/number', v.number, null));
end
$$;

-- Everything an invoice differs in, with the pointers of its places.
create or replace function orders.invoice_findings(partner bigint,
    doc jsonb, h orders.head)
returns jsonb language plpgsql stable as $$
declare
	percent numeric := coalesce(((exchange.terms(partner)).tolerances
	    ->> 'price_percent')::numeric, 0);
	found jsonb;
begin
	select jsonb_agg(f order by ord) into found
	from (select e, ord, l, coalesce(sum(core.try_decimal(
	        e ->> 'quantity')) over (partition by l.id order by ord
	        rows between unbounded preceding and 1 preceding), 0) as sooner
	    from jsonb_array_elements(doc -> 'lines') with ordinality t (e, ord)
	    left join orders.line l
	        on l.id = orders.line_charged(partner, h, t.e)) x,
	lateral jsonb_array_elements(orders.invoice_line_findings(e, l,
	    doc ->> 'type', '/lines/' || ord - 1, percent, sooner)) f;
	return orders.invoice_head_findings(doc, h) || coalesce(found, '[]');
end
$$;

-- An invoice or credit note of a supplier.
create or replace function orders.handle_invoice(partner bigint,
    canonical jsonb, document bigint, dry boolean)
returns jsonb language plpgsql as $$
declare
	h orders.head := orders.order_charged(partner, canonical);
	seen jsonb := orders.invoice_seen(partner, canonical);
	found jsonb;
begin
	if coalesce(canonical ->> 'function', 'original') <> 'original' then
		return orders.outcome('none', h.id, jsonb_build_array(
		    orders.finding('invoice_function', 'error', '/function',
		    canonical ->> 'function', 'original')));
	elsif h.id is null then
		return orders.outcome('none', null, jsonb_build_array(orders.finding(
		    'order_unknown', 'error', '/order_number',
		    canonical ->> 'order_number', null)));
	elsif seen <> '{}' then
		return orders.outcome(seen ->> 'effect',
		    (seen ->> 'order')::bigint, jsonb_build_array(seen -> 'finding'));
	end if;
	-- its lines may be for other orders, too
	perform orders.lock_family(f) from orders.families(h.id || array(
	    select l.order_id from jsonb_array_elements(canonical -> 'lines') e
	    join orders.line l on l.id = orders.line_charged(partner, h, e))) f;
	found := orders.invoice_findings(partner, canonical, h);
	if not dry then
		perform orders.keep_invoice(h, canonical, document, found);
	end if;
	return orders.outcome('applied', h.id, found);
end
$$;

-- Stores an invoice with its differences and tells of it.
create or replace function orders.keep_invoice(h orders.head, doc jsonb,
    document bigint, differences jsonb)
returns void language plpgsql as $$
declare
	v orders.invoice;
	net numeric := orders.net_of_lines(doc)
	    + orders.charges(doc -> 'allowances');
	tax numeric := core.try_decimal(doc #>> '{totals,tax}');
begin
	insert into orders.invoice (public_id, partner_id, order_id, kind, number,
	    credited, state, issue_date, due_date, currency, net, tax, amount,
	    findings, digest, document_id, created_at)
	values (core.uuid7(), h.partner_id, h.id, doc ->> 'type',
	    doc ->> 'number', doc ->> 'invoice_number', case differences when '[]'
	    then 'matched' else 'differs' end, coalesce(core.try_date(
	    doc ->> 'issue_date'), core.today()), core.try_date(doc ->> 'due_date'),
	    coalesce(doc ->> 'currency', h.currency), net, tax, coalesce(
	    core.try_decimal(doc #>> '{totals,amount}'), net + coalesce(tax, 0)),
	    (select coalesce(jsonb_agg(f), '[]') from jsonb_array_elements(differences) f
	        where f ->> 'pointer' not like '/lines/%'),
	    orders.digest(doc), document, core.now())
	returning * into v;
	perform orders.keep_invoice_lines(v, h, doc, differences,
	    orders.origin_document(document));
	perform core.emit(h.partner_id, 'order.' || case when differences = '[]'
	    then v.kind else v.kind || '_differs' end, 'order', h.public_id,
	    h.number, jsonb_build_object('invoice', v.number));
end
$$;

-- A mail about it has a point as long as nobody has decided.
create or replace function orders.awaits_invoice(of_order uuid)
returns boolean language plpgsql stable as $$
begin
	return exists (select from orders.invoice v
	    join orders.head h on h.id = v.order_id
	    where h.public_id = of_order and v.state = 'differs');
end
$$;
select core.mails('order.invoice_differs', 'daily', 'orders.awaits_invoice',
    null, 'supplier_user', 'supplier_admin');

-- How much of a line is charged now, and by whose word.
create or replace function orders.say_charged(l orders.line,
    o orders.origin, place text)
returns void language plpgsql as $$
begin
	perform orders.say(l, jsonb_build_object('invoiced_quantity',
	    trim_scale(orders.charged(l.id))::text), o, place);
end
$$;

create or replace function orders.keep_invoice_lines(v orders.invoice,
    h orders.head, doc jsonb, differences jsonb, o orders.origin)
returns void language plpgsql as $$
declare
	r record;
	l orders.line;
begin
	for r in select e, ord,
	    orders.line_charged(v.partner_id, h, e) as line_id
	    from jsonb_array_elements(doc -> 'lines') with ordinality t (e, ord)
	loop
		insert into orders.invoice_line (partner_id, invoice_id, position,
		    line_ref, line_id, item, quantity, unit, price, price_base,
		    amount, findings)
		values (v.partner_id, v.id, r.ord, coalesce(r.e ->> 'line_id',
		    r.ord::text), r.line_id, coalesce(r.e -> 'item', '{}'),
		    coalesce(core.try_decimal(r.e ->> 'quantity'), 0),
		    r.e ->> 'unit_code', core.try_decimal(r.e ->> 'price_amount'),
		    coalesce(nullif(core.try_decimal(r.e ->> 'price_base'), 0), 1),
		    coalesce(core.try_decimal(r.e ->> 'amount'), 0),
		    (select coalesce(jsonb_agg(f), '[]')
		    from jsonb_array_elements(differences) f where f ->> 'pointer' = '/lines/'
		    || r.ord - 1 or f ->> 'pointer' like '/lines/' || r.ord - 1
		    || '/%'));
		select * into l from orders.line where id = r.line_id;
		if l.id is not null then
			perform orders.say_charged(l, o, '/lines/' || r.ord - 1);
		end if;
	end loop;
end
$$;
