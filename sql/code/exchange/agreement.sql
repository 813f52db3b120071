-- SPDX-License-Identifier: Apache-2.0
--
-- Agreements: how a partner's documents are read, what he wants to get, what
-- needs no question.

-- The agreement that rules a partner's orders: the one in force, the oldest
-- where there are several. A row of nulls when there is none.
create or replace function exchange.terms(partner bigint)
returns exchange.agreement language plpgsql stable as $$
declare
	a exchange.agreement;
begin
	select * into a from exchange.agreement g
	where g.partner_id = partner and g.valid_until is null
	order by g.id limit 1;
	return a;
end
$$;

-- An agreement as the reader and the writer of documents get it. Who expects a
-- CONTRL asks for it in UNB.
create or replace function exchange.agreement_json(a exchange.agreement)
returns jsonb language sql immutable as $$
	select jsonb_build_object('id', a.public_id, 'name', a.name,
	    'version', a.version, 'family', a.family, 'direction', 'in',
	    'guides', a.guides, 'ours', a.ours, 'theirs', a.theirs,
	    'options', case when a.answer_family = 'edifact'
	        and a.acks -> 'expects' ? 'syntax'
	        then '{"ack_wanted": true}' || a.options else a.options end,
	    'acks', a.acks, 'time_zone', a.time_zone,
	    'answer', jsonb_build_object('family', a.answer_family,
	        'guides', a.answer_guides, 'guide',
	        a.answer_guides ->> 'order_response'))
$$;

-- Stores a new version of an agreement, as kontorctl partner load does; the
-- version before ends. Loading the same again changes nothing.
--   a       {"name", "family", "ours": {"id", "qualifier"}, "theirs",
--           "guides": {"order": "edifact/orders-d96a"}, "options",
--           "answer_family", "answer_guides", "sends": ["order_response"],
--           "acks": {"expects": ["syntax"], "syntax_hours": 4, …},
--           "acknowledge", "sourcing", "tolerances", "response_hours",
--           "response_calendar", "remind_hours", "escalate_hours",
--           "shows_names", "time_zone"}
--   result  {"id", "version", "changed": true}
create or replace function exchange.agreement_load(partner bigint, a jsonb,
    dry_run boolean default false)
returns jsonb language plpgsql as $$
declare
	old exchange.agreement;
	new exchange.agreement;
begin
	select * into old from exchange.agreement
	where partner_id = partner and name = a ->> 'name'
	  and valid_until is null for update;
	new := jsonb_populate_record(null::exchange.agreement,
	    '{"ours": {}, "theirs": {}, "guides": {}, "options": {},
	    "answer_guides": {}, "sends": [], "acks": {}, "acknowledge": "auto",
	    "sourcing": "auto", "tolerances": {}, "response_hours": 24,
	    "remind_hours": 4, "escalate_hours": 0,
	    "shows_names": false, "time_zone": "UTC"}' || a);
	new.id := old.id;
	new.public_id := coalesce(old.public_id, core.uuid7());
	new.partner_id := partner;
	new.version := coalesce(old.version, 1);
	new.valid_from := coalesce(old.valid_from, core.now());
	if dry_run or new is not distinct from old then
		return jsonb_build_object('id', new.public_id, 'version',
		    new.version, 'changed', new is distinct from old);
	end if;
	if old.id is not null then
		update exchange.agreement set valid_until = core.now()
		where id = old.id;
		new.public_id := core.uuid7();
		new.version := old.version + 1;
		new.valid_from := core.now();
	end if;
	perform exchange.agreement_insert(new);
	return jsonb_build_object('id', new.public_id, 'version', new.version,
	    'changed', true);
end
$$;

create or replace function exchange.agreement_insert(a exchange.agreement)
returns void language sql as $$
	insert into exchange.agreement (public_id, partner_id, name, version,
	    family, ours, theirs, guides, options, answer_family, answer_guides,
	    sends, acks, acknowledge, sourcing, tolerances, response_hours,
	    remind_hours, escalate_hours, response_calendar, shows_names, time_zone, valid_from)
	values (a.public_id, a.partner_id, a.name, a.version, a.family, a.ours,
	    a.theirs, a.guides, a.options, a.answer_family, a.answer_guides,
	    a.sends, a.acks, a.acknowledge, a.sourcing, a.tolerances,
	    a.response_hours, a.remind_hours, a.escalate_hours,
	    a.response_calendar, a.shows_names, a.time_zone, a.valid_from)
$$;

-- The next control number of an agreement, never given twice; the row lock
-- lasts until the document's transaction ends. Not in language sql: there the
-- plan of a first caller, with his row security, would serve a later one of
-- another identity in the same transaction.
create or replace function exchange.next_number(partner bigint,
    agreement text, counter text)
returns bigint language plpgsql as $$
declare
	n bigint;
begin
	insert into exchange.counter as c (partner_id, agreement_name, name, last)
	values (partner, agreement, counter, 1)
	on conflict on constraint counter_pk do update set last = c.last + 1
	returning last into n;
	return n;
end
$$;
