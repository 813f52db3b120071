-- SPDX-License-Identifier: Apache-2.0
--
-- The guides' pages, as kontorctl guide publish makes them from partners/.

create table if not exists exchange.guide (
	name text not null constraint guide_pk primary key,
	family text not null,
	type text not null,
	version text not null,
	document text not null,
	identity text,
	page jsonb not null,
	sample text,
	published_at timestamptz not null
);
comment on table exchange.guide is 'what each guide says, for people';
comment on column exchange.guide.name is 'edifact/orders-d96a';
comment on column exchange.guide.family is 'edifact, x12, ubl, xml';
comment on column exchange.guide.type is 'type as the standard says';
comment on column exchange.guide.version is 'version that is written';
comment on column exchange.guide.document is 'type of the canonical document';
comment on column exchange.guide.identity is 'everything that selects it';
comment on column exchange.guide.page is
    '{"en": {"rows", "rules", "lost"}, "de": …}';
comment on column exchange.guide.sample is 'a document as the guide writes it';
comment on column exchange.guide.published_at is 'when it last changed';

insert into core.migration (number, name) values (13, 'guide')
on conflict do nothing;
