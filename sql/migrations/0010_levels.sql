-- SPDX-License-Identifier: Apache-2.0
--
-- Levels of acknowledgement: what the partner owes for a document that we
-- sent, until when, and what came. What we owe for his is read off his
-- document itself (sql/code/exchange/lamps.sql).

alter table exchange.agreement add column if not exists acks jsonb
    not null default '{}';
comment on column exchange.agreement.acks is
    'acknowledgements: expects [syntax, business], transport_hours, syntax_hours, business_hours, business (always, errors)';

do $$
begin
	if not exists (select from pg_constraint
		where conname = 'agreement_acks_check') then
		alter table exchange.agreement add constraint agreement_acks_check
		    check (jsonb_typeof(acks) = 'object'
		    and coalesce(acks -> 'expects', '[]')
		        <@ '["syntax", "business"]'
		    and coalesce(acks ->> 'business', 'always')
		        in ('always', 'errors')
		    and not jsonb_path_exists(acks, '$.keyvalue() ?
		        (@.key like_regex "_hours$") ? (!(@.value >= 1
		        && @.value <= 8760))')
		    and not jsonb_path_exists(acks, '$.keyvalue() ?
		        (!(@.key == "expects" || @.key == "business"
		        || @.key == "transport_hours" || @.key == "syntax_hours"
		        || @.key == "business_hours"))'));
	end if;
end
$$;

create table if not exists exchange.level (
	id bigint generated always as identity,
	partner_id bigint not null,
	document_id bigint not null,
	level text not null,
	state text not null default 'awaited',
	due_at timestamptz,
	told_at timestamptz,
	came_at timestamptz,
	answer_id bigint,
	constraint level_pk primary key (id),
	constraint level_document_key unique (partner_id, document_id, level),
	constraint level_document_fk foreign key (partner_id, document_id)
	    references exchange.document (partner_id, id),
	constraint level_answer_fk foreign key (answer_id)
	    references exchange.document (id),
	constraint level_level_check check (level in
	    ('transport', 'interchange', 'syntax', 'business')),
	constraint level_state_check check (state in
	    ('awaited', 'accepted', 'accepted_with_errors', 'rejected'))
);
create index if not exists level_document_idx on exchange.level (document_id);
create index if not exists level_due_idx on exchange.level (due_at)
    where state = 'awaited';
create index if not exists level_answer_idx on exchange.level (answer_id)
    where answer_id is not null;
comment on table exchange.level is
    'how far the partner has acknowledged a document that we sent: one row for each level that is awaited or has come';
comment on column exchange.level.id is 'key inside';
comment on column exchange.level.partner_id is 'the partner';
comment on column exchange.level.document_id is 'the document that we sent';
comment on column exchange.level.level is
    'transport, interchange, syntax or business';
comment on column exchange.level.state is
    'awaited, or the verdict that came';
comment on column exchange.level.due_at is
    'until when it has to come; null: whenever it comes';
comment on column exchange.level.told_at is
    'when the account manager was told that it is overdue';
comment on column exchange.level.came_at is 'when it came';
comment on column exchange.level.answer_id is
    'the document that brought it; null: it was fetched';

create index if not exists document_sent_idx on exchange.document
    (partner_id, control_ref) where direction = 'out';
create index if not exists document_sent_number_idx on exchange.document
    (partner_id, (canonical ->> 'number'))
    where direction = 'out' and canonical is not null;

insert into core.migration (number, name) values (10, 'levels')
on conflict do nothing;
