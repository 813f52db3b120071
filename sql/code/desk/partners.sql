-- SPDX-License-Identifier: Apache-2.0
--
-- The desk's partners: who needs attention and why, one partner with
-- everything that happened.

-- What is known of each partner that the caller sees, in one pass.
create or replace function desk.figures(only_partner bigint default null)
returns table (id bigint, orders_open bigint, orders_late bigint,
    unanswered bigint, overdue bigint, decisions bigint, value numeric,
    documents_failed bigint, acks_overdue bigint, last_at timestamptz)
language plpgsql stable as $$
#variable_conflict use_column
declare
	today date := core.today();
	t timestamptz := core.now();
begin
	return query
	with h as (
		select h.partner_id as id,
		    count(*) filter (where orders.is_open(h.state)) as orders_open,
		    count(*) filter (where orders.is_open(h.state)
		        and h.next_date < today) as orders_late,
		    count(*) filter (where h.kind = 'purchase'
		        and h.state in ('submitted', 'acknowledged')) as unanswered,
		    count(*) filter (where h.kind = 'purchase'
		        and h.state in ('submitted', 'acknowledged')
		        and h.response_due < t) as overdue,
		    count(*) filter (where h.status = 'undecided') as decisions,
		    coalesce(sum(h.open_value) filter (where orders.is_open(h.state)),
		        0) as value
		from orders.head h
		where orders.is_live(h.state)
		and (only_partner is null or h.partner_id = only_partner)
		group by h.partner_id
	), d as (
		select d.partner_id as id, count(*) as documents_failed
		from exchange.document d
		where d.state in ('quarantined', 'failed')
		and (only_partner is null or d.partner_id = only_partner)
		group by d.partner_id
	), l as (
		select l.partner_id as id, count(distinct l.document_id)
		    as acks_overdue
		from exchange.level l where l.state = 'awaited' and l.due_at < t
		and (only_partner is null or l.partner_id = only_partner)
		group by l.partner_id
	)
	select p.id, coalesce(h.orders_open, 0), coalesce(h.orders_late, 0),
	    coalesce(h.unanswered, 0), coalesce(h.overdue, 0),
	    coalesce(h.decisions, 0), coalesce(h.value, 0),
	    coalesce(d.documents_failed, 0), coalesce(l.acks_overdue, 0), e.at
	from core.partner p
	left join h on h.id = p.id left join d on d.id = p.id
	left join l on l.id = p.id
	left join lateral (select x.at from core.event x
	    where x.partner_id = p.id and x.portal in ('distributor', 'supplier')
	    order by x.at desc limit 1) e on true
	where only_partner is null or p.id = only_partner;
end
$$;

-- The worst thing about a partner, in one word.
create or replace function desk.signal(overdue bigint, late bigint,
    documents bigint, acks bigint, unanswered bigint, silent boolean)
returns text language sql immutable as $$
	select case when overdue > 0 then 'overdue' when documents > 0
	    then 'documents' when acks > 0 then 'acks' when late > 0 then 'late'
	    when silent then 'silent' when unanswered > 0 then 'unanswered'
	    else 'quiet' end
$$;

create or replace function desk.signal_rank(signal text)
returns int language sql immutable as $$
	select array_position(array['overdue', 'documents', 'acks', 'late',
	    'silent', 'unanswered', 'quiet'], signal)
$$;

create or replace function desk.signal_tone(signal text)
returns text language sql immutable as $$
	select case signal when 'overdue' then 'bad' when 'documents' then 'bad'
	    when 'acks' then 'warn' when 'late' then 'warn'
	    when 'silent' then 'warn' when 'unanswered' then 'info'
	    else 'ok' end
$$;

-- Partners with their figures, as rows.
create or replace function desk.partner_rows(input jsonb)
returns table (id bigint, name text, kind text, signal text, silent boolean,
    overdue bigint, late bigint, unanswered bigint, documents bigint,
    row_json json)
language plpgsql stable as $$
#variable_conflict use_column
declare
	t timestamptz := core.now();
	q text := nullif(trim(input ->> 'q'), '');
	money text := (select currency from core.house);
begin
	return query
	select p.id, p.name, r.role, s.signal, f.last_at < t - interval '14 days'
	    or f.last_at is null, f.overdue, f.orders_late, f.unanswered,
	    f.documents_failed,
	    json_build_object('id', p.public_id, 'number', p.number,
	    'name', p.name, 'kind', r.role, 'tier', p.tier, 'state', p.status,
	    'tone', desk.signal_tone(s.signal), 'signal', s.signal,
	    'orders_open', f.orders_open, 'orders_late', f.orders_late,
	    'unanswered', f.unanswered, 'overdue', f.overdue,
	    'decisions', f.decisions, 'documents_failed', f.documents_failed,
	    'acks_overdue', f.acks_overdue,
	    'open_value', orders.money(f.value, money), 'last_at', f.last_at,
	    'silent', f.last_at < t - interval '14 days' or f.last_at is null,
	    'silent_days', floor(extract(epoch from t - f.last_at) / 86400))
	from desk.figures() f join core.partner p on p.id = f.id
	join core.partner_role r on r.partner_id = p.id,
	lateral (select desk.signal(f.overdue, f.orders_late, f.documents_failed,
	    f.acks_overdue, f.unanswered, coalesce(f.last_at < t - interval '14 days', true))
	    as signal) s
	where (coalesce(input ->> 'kind', '') in ('', r.role))
	and (q is null or p.name ilike '%' || q || '%' or p.number = q
	    or p.slug = q);
end
$$;

create or replace function desk.in_view(view text, overdue bigint,
    late bigint, unanswered bigint, documents bigint, silent boolean)
returns boolean language sql immutable as $$
	select case view when 'unanswered' then unanswered > 0
	    when 'silent' then silent when 'trouble' then documents > 0
	    when 'late' then late > 0 else true end
$$;

-- The desk's partners, the worst first.
--   input   view all|unanswered|silent|trouble|late = all, kind
--           distributor|supplier?, q text?, after, limit
--   result  {"items": [row], "next", "view", "views": […], "q", "kind",
--            "kpis": [{"name": "unanswered|silent|documents|late|decisions",
--            "value", "tone", "href"}],
--            "unanswered": [row of orders_list of supplier orders waiting for
--            an answer, first due first, 10]}
--   row     {"id", "number", "name", "kind": "distributor", "tier": null,
--            "state": "active", "tone": "bad", "signal": "overdue|late|
--            documents|acks|unanswered|silent|quiet", "orders_open": 12,
--            "orders_late": 2, "unanswered": 3, "overdue": 1,
--            "documents_failed": 1, "acks_overdue": 0, "open_value": money, "last_at": ts | null,
--            "silent": true, "silent_days": 17 | null}
create or replace function api.portfolio_list(input jsonb)
returns json language plpgsql stable as $$
declare
	wanted text := coalesce(nullif(input ->> 'view', ''), 'all');
	most int := core.page_limit(input);
	skip int := coalesce((core.cursor_read('portfolio_list', input)
	    ->> 0)::int, 0);
	c record := desk.order_counts('desk');
	page json;
	views json;
	n int;
begin
	with r as materialized (
		select x.*, desk.in_view(wanted, overdue, late, unanswered, documents,
		    silent) as shown,
		    row_number() over (partition by desk.in_view(wanted, overdue,
		    late, unanswered, documents, silent)
		    order by desk.signal_rank(signal), name, id) as k
		from desk.partner_rows(input) x
	)
	select json_agg(row_json order by k) filter (where shown
	        and k > skip and k <= skip + most),
	    count(*) filter (where shown),
	    json_build_array(
	    json_build_object('name', 'all', 'count', count(*),
	        'current', wanted = 'all'),
	    json_build_object('name', 'unanswered', 'count',
	        count(*) filter (where unanswered > 0),
	        'current', wanted = 'unanswered'),
	    json_build_object('name', 'silent', 'count',
	        count(*) filter (where silent), 'current', wanted = 'silent'),
	    json_build_object('name', 'trouble', 'count',
	        count(*) filter (where documents > 0),
	        'current', wanted = 'trouble'),
	    json_build_object('name', 'late', 'count',
	        count(*) filter (where late > 0), 'current', wanted = 'late'))
	into page, n, views from r;
	return json_build_object('items', coalesce(page, '[]'),
	    'next', case when n > skip + most then core.cursor_make(
	        'portfolio_list', input, jsonb_build_array(skip + most)) end,
	    'view', wanted, 'views', views, 'q', coalesce(input ->> 'q', ''),
	    'kind', input ->> 'kind', 'kpis', json_build_array(
	        desk.kpi('unanswered', c.unanswered, 'warn',
	            '/orders?view=unanswered'),
	        desk.kpi('overdue', c.overdue, 'bad', '/orders?view=overdue'),
	        desk.kpi('decisions', c.decisions, 'info',
	            '/orders?view=decisions&kind=purchase'),
	        desk.kpi('orders_late', c.late, 'bad', '/orders?view=late'),
	        desk.kpi('documents_failed', desk.documents_failed(), 'bad',
	            '/documents?view=attention'),
	        desk.kpi('acks_overdue', exchange.overdue_count(), 'warn',
	            '/documents?view=unacknowledged')),
	    'unanswered', desk.unanswered(10));
end
$$;
select core.operation('portfolio_list', permission => 'partners.read',
    input => '{"view": "line?", "kind": "line?", "q": "line?",
    "after": "line?", "limit": "int?"}');

-- partners_list: the same rows by name, {"items", "next", "q", "kind"}.
create or replace function api.partners_list(input jsonb)
returns json language plpgsql stable as $$
declare
	most int := core.page_limit(input);
	keys jsonb := core.cursor_read('partners_list', input);
	page json;
	last jsonb;
	n int;
begin
	select json_agg(row_json order by name, id) filter (where k <= most),
	    (array_agg(jsonb_build_array(name, id) order by name, id))[most],
	    count(*)
	into page, last, n
	from (select *, row_number() over (order by name, id) as k
	    from desk.partner_rows(input) x
	    where keys is null or (x.name, x.id)
	        > (keys ->> 0, (keys ->> 1)::bigint)
	    order by name, id limit most + 1) r;
	return json_build_object('items', coalesce(page, '[]'),
	    'next', case when n > most then core.cursor_make('partners_list',
	        input, last) end, 'q', coalesce(input ->> 'q', ''),
	    'kind', input ->> 'kind');
end
$$;
select core.operation('partners_list', permission => 'partners.read',
    input => '{"q": "line?", "kind": "line?", "after": "line?",
    "limit": "int?"}');

-- People of a partner and account managers; what the desk may know of them.
create or replace function desk.people(partner bigint)
returns json language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	if not partner = any (core.me_partners()) then
		return '[]';
	end if;
	return (select coalesce(json_agg(json_build_object('name', u.name,
	    'role', m.roles[1], 'last_at', u.login_at) order by u.name), '[]')
	from core.membership m join core.person u on u.id = m.person_id
	where m.partner_id = people.partner);
end
$$;
create or replace function desk.managers(partner bigint)
returns json language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
begin
	return (select coalesce(json_agg(u.name order by u.name), '[]')
	from core.assignment a join core.person u on u.id = a.person_id
	where a.partner_id = managers.partner
	and a.partner_id = any (core.me_partners()));
end
$$;
select core.definer('desk.people(bigint)',
    'reads people of a partner that the caller sees', 'desk', 'admin');
select core.definer('desk.managers(bigint)',
    'reads account managers of a partner that the caller sees', 'desk',
    'admin');

-- Share of purchase orders answered in time in the last 90 days, as the
-- supplier's card has it.
create or replace function desk.answered_in_time(partner bigint)
returns int language plpgsql stable as $$
declare
	answers jsonb := (select m from orders.card c,
	    jsonb_array_elements(c.measures) m where c.partner_id = partner
	    and c.days = 90 and c.made_at > core.now() - interval '1 day'
	    and m ->> 'measure' = 'answered');
begin
	if answers is null then
		answers := orders.score_answers(partner, core.today() - 90,
		    core.today());
	end if;
	return round((answers ->> 'percent')::numeric);
end
$$;

create or replace function desk.partner_kpis(p core.partner, f record,
    kind text)
returns json language plpgsql stable as $$
declare
	mine text := 'partner=' || p.public_id;
	money text := (select currency from core.house);
begin
	return jsonb_build_array(
	    desk.kpi('orders_open', f.orders_open, 'info',
	        '/orders?view=open&' || mine),
	    desk.kpi('orders_late', f.orders_late, 'bad',
	        '/orders?view=late&' || mine))
	    || case kind when 'supplier' then jsonb_build_array(
	        desk.kpi('unanswered', f.unanswered, 'warn',
	            '/orders?view=unanswered&' || mine),
	        json_build_object('name', 'answered_in_time', 'value',
	            desk.answered_in_time(p.id), 'unit', 'percent',
	            'tone', 'neutral', 'href', '/orders?view=all&' || mine))
	    else '[]' end
	    || jsonb_build_array(json_build_object('name', 'open_value',
	        'amount', orders.money(f.value, money), 'tone', 'neutral',
	        'href', '/orders?view=open&' || mine),
	        desk.kpi('documents_failed', f.documents_failed, 'bad',
	            '/documents?view=attention&' || mine),
	        desk.kpi('acks_overdue', f.acks_overdue, 'warn',
	            '/documents?view=unacknowledged&' || mine));
end
$$;

create or replace function desk.facts(p core.partner)
returns json language plpgsql stable as $$
begin
	return json_build_object('legal_name', coalesce(p.registration_name,
	        p.name), 'vat_id', p.vat_id,
	    'gln', (select min(value) from core.partner_identifier
	        where partner_id = p.id and kind = 'gln'),
	    'duns', (select min(value) from core.partner_identifier
	        where partner_id = p.id and kind = 'duns'),
	    'country', (select min(country) from core.address
	        where partner_id = p.id and kind = 'main'),
	    'account_managers', desk.managers(p.id));
end
$$;

create or replace function desk.agreements(partner bigint)
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('id', a.public_id,
	    'name', a.name, 'family', a.family, 'version', a.version,
	    'answer_family', a.answer_family, 'acknowledge', a.acknowledge,
	    'sourcing', a.sourcing, 'tolerances', a.tolerances,
	    'response_hours', a.response_hours,
	    'response_calendar', a.response_calendar,
	    'remind_hours', a.remind_hours,
	    'escalate_hours', a.escalate_hours, 'valid_from', a.valid_from)
	    order by a.id), '[]')
	from exchange.agreement a
	where a.partner_id = partner and a.valid_until is null);
end
$$;

-- The kinds of objects that a tab of a partner's feed tells of. Of all, each
-- is found by the one before: they are few, their events are not.
create or replace function desk.feed_kinds(partner bigint, tab text)
returns text[] language plpgsql stable as $$
begin
	if tab <> 'all' then
		return case tab when 'orders' then array['order']
		    when 'documents' then array['document']
		    when 'people' then array['person', 'session']
		    else array[tab] end;
	end if;
	return array(with recursive k (kind) as (
	    (select e.object_type from core.event e
	    where e.partner_id = partner order by e.object_type limit 1)
	    union all select (select e.object_type from core.event e
	        where e.partner_id = partner and e.object_type > k.kind
	        order by e.object_type limit 1) from k where k.kind is not null)
	select k.kind from k where k.kind is not null);
end
$$;

-- The feed of a partner: every event of its timeline, by kind of object.
create or replace function desk.feed(partner bigint, tab text, keys jsonb,
    most int)
returns setof core.event language plpgsql stable as $$
declare
	before bigint := coalesce((keys ->> 0)::bigint, 9223372036854775807);
begin
	return query select e.* from unnest(desk.feed_kinds(partner, tab)) k,
	lateral (select * from core.event x where x.partner_id = partner
	    and x.object_type = k and x.seq < before
	    order by x.seq desc limit most) e
	order by e.seq desc limit most;
end
$$;

-- One partner.
--   input   id uuid, tab all|orders|documents|people = all, after text?
--   result  {"id", "number", "name", "kind", "state", "language", "time_zone",
--            "tone", "signal",
--            "facts": {"legal_name", "vat_id", "gln", "duns", "country",
--              "account_managers": ["…"]},
--            "kpis": [{"name": "orders_open|orders_late|unanswered|open_value|
--              documents_failed|acks_overdue|answered_in_time", "value": 12 | null, "unit":
--              "percent"|null, "amount": money|null, "tone", "href"}],
--            "agreements": [{"id", "name", "family", "version", "answer_family",
--              "acknowledge", "sourcing", "response_hours",
--              "response_calendar", "remind_hours", "escalate_hours",
--              "valid_from"}],
--            "people": [{"name", "role", "last_at"}],
--            "tabs": [{"name", "count": null, "current"}], "tab",
--            "events": [core.event_json], "next",
--            "blocks": [{"kind": "order|credit", "reason", "person", "at",
--              "lifted_at", "lifted_by", "lift_reason"}], of new orders,
--              newest first: the first one stands while lifted_at is null
--            "actions": ["view", "block"], "can": {"view": true, …}}
create or replace function api.partners_show(input jsonb)
returns core.answer language plpgsql stable as $$
declare
	p core.partner;
	f record;
	kind text;
	tab text := coalesce(nullif(input ->> 'tab', ''), 'all');
	most int := core.page_limit(input);
	events core.event[];
	signal text;
	actions text[];
begin
	select * into p from core.partner x
	where x.public_id = core.input_id(input);
	if p.id is null then
		perform core.fail_absent();
	end if;
	actions := case when p.status = 'active' and core.me_may('partners.view')
	    then array['view'] else '{}' end;
	select min(role) into kind from core.partner_role
	where partner_id = p.id;
	actions := actions || orders.block_actions(p.id, kind)
	    || case when p.status = 'active' and kind = 'distributor'
	        and core.me_may('cases.log') then array['log_case'] else '{}' end
	    || case when p.status = 'active' and kind = 'distributor'
	        and core.me_may('orders.take') then array['take_order']
	        else '{}' end;
	select * into f from desk.figures(p.id);
	signal := desk.signal(f.overdue, f.orders_late, f.documents_failed,
	    f.acks_overdue, f.unanswered, coalesce(f.last_at < core.now() - interval '14 days',
	    true));
	events := array(select e from desk.feed(p.id, tab,
	    core.cursor_read('partners_show', input), most + 1) e);
	return core.ok(json_build_object('id', p.public_id, 'number', p.number,
	    'name', p.name, 'kind', kind, 'state', p.status,
	    'language', p.language, 'time_zone', p.time_zone,
	    'tone', desk.signal_tone(signal), 'signal', signal,
	    'last_at', f.last_at, 'blocks', orders.blocks_json(p.id), 'facts', desk.facts(p),
	    'kpis', desk.partner_kpis(p, f, kind),
	    'agreements', desk.agreements(p.id), 'people', desk.people(p.id),
	    'tabs', (select json_agg(json_build_object('name', t, 'count', null,
	        'current', t = tab) order by n)
	        from unnest(array['all', 'orders', 'case', 'return', 'documents',
	        'people']) with ordinality x (t, n)), 'tab', tab,
	    'events', (select coalesce(json_agg(core.event_json(e)
	        order by e.seq desc), '[]') from unnest(events[1:most]) e),
	    'next', case when cardinality(events) > most then core.cursor_make(
	        'partners_show', input, jsonb_build_array(events[most].seq)) end,
	    'actions', to_json(actions), 'can', orders.can(actions)), p.version);
end
$$;
select core.operation('partners_show', permission => 'partners.read',
    input => '{"id": "uuid", "tab": "line?", "after": "line?",
    "limit": "int?"}');

select core.grant_permission('partners.read', 'account_manager', 'agent',
    'administrator');
