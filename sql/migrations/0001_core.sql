-- SPDX-License-Identifier: Apache-2.0
--
-- The shared machinery's tables: who (partners, people, machines, sessions),
-- what may be done (operations, permissions, transitions), what happened
-- (events, history, audit) and what is still to do (jobs). Run as
-- kontor_owner; row security and grants are code (sql/code/core/access.sql).

do $$
begin
	execute format('revoke all on database %I from public',
		current_database());
	execute format('grant connect on database %I to kontor_public, '
		|| 'kontor_distributor, kontor_supplier, kontor_desk, '
		|| 'kontor_worker, kontor_admin', current_database());
end
$$;

-- Nothing is executable by everybody; the end of sql/code/load.sql grants.
alter default privileges for role kontor_owner
	revoke execute on functions from public;

create schema if not exists core;
comment on schema core is 'shared machinery: identity, operations, events, jobs';
create schema if not exists api;
comment on schema api is 'what the web may call: one function per operation';
create schema if not exists crypto;
comment on schema crypto is 'pgcrypto, for the owner''s functions only';
create extension if not exists pgcrypto schema crypto;
grant usage on schema core, api to kontor_public, kontor_distributor,
	kontor_supplier, kontor_desk, kontor_worker, kontor_admin;

create table if not exists core.migration (
	number int constraint migration_pkey primary key,
	name text not null,
	applied_at timestamptz not null default transaction_timestamp()
);
comment on table core.migration is 'migrations that this database has had';
comment on column core.migration.number is 'the number in front of the file name';
comment on column core.migration.name is 'the rest of the file name';
comment on column core.migration.applied_at is 'when it was applied';

create table if not exists core.clock (
	one boolean constraint clock_pkey primary key default true
		constraint clock_one check (one),
	fixed timestamptz,
	shift interval not null default '0'
);
comment on table core.clock is 'one row: what core.now() says; tests set it';
comment on column core.clock.one is 'always true: there is one row';
comment on column core.clock.fixed is 'the time that stands still, or null';
comment on column core.clock.shift is 'added to the real time';
insert into core.clock default values on conflict do nothing;

-- Column defaults of later migrations need these two before the code, which
-- replaces them, is loaded.
create or replace function core.now() returns timestamptz
language sql stable as $$ select transaction_timestamp() $$;
create or replace function core.uuid7() returns uuid
language sql volatile as $$ select gen_random_uuid() $$;

-- Defaults of columns need these two; sql/code/core says the same again.
create or replace function core.now() returns timestamptz
language plpgsql stable as $$
begin
	return (select coalesce(c.fixed, transaction_timestamp() + c.shift)
		from core.clock c);
end
$$;

create or replace function core.uuid7() returns uuid
language sql volatile as $$
	select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
		placing substring(int8send((extract(epoch from clock_timestamp())
			* 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1),
		'hex')::uuid
$$;

create table if not exists core.setting (
	name text constraint setting_pkey primary key,
	value text not null,
	meaning text not null
);
comment on table core.setting is 'limits and defaults that an administrator may change';
comment on column core.setting.name is 'dotted name, e.g. session.idle_minutes';
comment on column core.setting.value is 'the value as text';
comment on column core.setting.meaning is 'what it does, with its unit';

create table if not exists core.secret (
	purpose text constraint secret_pkey primary key,
	key bytea not null constraint secret_long check (length(key) >= 32),
	created_at timestamptz not null default transaction_timestamp()
);
comment on table core.secret is 'keys that never leave the database, one per purpose';
comment on column core.secret.purpose is 'identity, cursor';
comment on column core.secret.key is 'random bytes made in this database';
comment on column core.secret.created_at is 'when it was made';
insert into core.secret (purpose, key)
select p, crypto.gen_random_bytes(32) from unnest(array['identity', 'cursor']) p
on conflict do nothing;

create table if not exists core.house (
	one boolean constraint house_pkey primary key default true
		constraint house_one check (one),
	name text not null,
	gln text,
	duns text,
	vat_id text,
	language text not null default 'en',
	time_zone text not null default 'Europe/Berlin',
	currency text not null default 'EUR',
	address jsonb not null default '{}'
);
comment on table core.house is 'one row: the company that runs this Kontor';
comment on column core.house.one is 'always true: there is one row';
comment on column core.house.name is 'legal name, as on documents';
comment on column core.house.gln is 'global location number, 13 digits';
comment on column core.house.duns is 'D-U-N-S number, 9 digits';
comment on column core.house.vat_id is 'VAT number with country prefix';
comment on column core.house.language is 'language used where a reader has none: en, de';
comment on column core.house.time_zone is 'IANA zone of the house''s calendar days';
comment on column core.house.currency is 'ISO 4217 code of its own prices';
comment on column core.house.address is 'street[], postal_code, city, region, country';
insert into core.house (name) values ('Kontor') on conflict do nothing;

-- Partners ------------------------------------------------------------------

create sequence if not exists core.partner_number start 10001;
create table if not exists core.partner (
	id bigint generated always as identity constraint partner_pkey primary key,
	public_id uuid not null constraint partner_public_id_key unique,
	number text not null constraint partner_number_key unique,
	slug text constraint partner_slug_key unique,
	name text not null,
	registration_name text,
	vat_id text,
	language text not null default 'en',
	time_zone text not null default 'Europe/Berlin',
	tier text,
	parent_id bigint constraint partner_parent_fkey references core.partner,
	status text not null default 'active' constraint partner_status_check
		check (status in ('invited', 'registering', 'pending', 'active',
			'suspended')),
	version bigint not null default 1,
	created_at timestamptz not null default transaction_timestamp()
);
comment on table core.partner is 'parties outside the house: distributors, suppliers, or both';
comment on column core.partner.id is 'key inside; named partner_id elsewhere';
comment on column core.partner.public_id is 'id outside (UUIDv7)';
comment on column core.partner.number is 'number that people use, from a sequence';
comment on column core.partner.slug is 'name of its folder under partners/';
comment on column core.partner.name is 'legal name';
comment on column core.partner.registration_name is 'name in the register, where it differs';
comment on column core.partner.vat_id is 'VAT number with country prefix';
comment on column core.partner.language is 'language of mails and documents: en, de';
comment on column core.partner.time_zone is 'IANA zone of times without a zone';
comment on column core.partner.tier is 'grade in the partner programme';
comment on column core.partner.parent_id is 'the partner it belongs to';
comment on column core.partner.status is 'only active partners log in or are read';
comment on column core.partner.version is 'counts changes, for If-Match';
comment on column core.partner.created_at is 'when it was entered';

create table if not exists core.partner_role (
	partner_id bigint not null constraint partner_role_partner_fkey
		references core.partner,
	role text not null constraint partner_role_check
		check (role in ('distributor', 'supplier')),
	constraint partner_role_pkey primary key (partner_id, role)
);
comment on table core.partner_role is 'what a partner is to the house; may be both';
comment on column core.partner_role.partner_id is 'the partner';
comment on column core.partner_role.role is 'distributor or supplier';

create table if not exists core.partner_identifier (
	id bigint generated always as identity
		constraint partner_identifier_pkey primary key,
	partner_id bigint not null constraint partner_identifier_partner_fkey
		references core.partner,
	kind text not null constraint partner_identifier_kind_check check (kind in
		('gln', 'duns', 'vat', 'assigned_by_house', 'assigned_by_partner',
		'edifact', 'x12', 'peppol')),
	qualifier text not null default '',
	value text not null constraint partner_identifier_value_check
		check (value <> ''),
	constraint partner_identifier_key unique (kind, qualifier, value)
);
create index if not exists partner_identifier_partner_idx
	on core.partner_identifier (partner_id, kind);
comment on table core.partner_identifier is 'numbers by which documents name a partner; written by administrators only';
comment on column core.partner_identifier.id is 'key inside';
comment on column core.partner_identifier.partner_id is 'whose number';
comment on column core.partner_identifier.kind is 'gln, duns, vat; assigned_by_house: our number for it; assigned_by_partner: its number for us; edifact, x12, peppol: interchange address';
comment on column core.partner_identifier.qualifier is 'code list of an interchange address, e.g. 14 or ZZ';
comment on column core.partner_identifier.value is 'the number itself, without blanks';

create table if not exists core.address (
	id bigint generated always as identity constraint address_pkey primary key,
	public_id uuid not null constraint address_public_id_key unique,
	partner_id bigint not null constraint address_partner_fkey
		references core.partner,
	kind text not null constraint address_kind_check
		check (kind in ('main', 'ship_to', 'bill_to', 'ship_from')),
	name text not null,
	gln text,
	code text,
	street text[] not null default '{}',
	postal_code text,
	city text,
	region text,
	country text,
	contact jsonb not null default '{}',
	preferred boolean not null default false,
	active boolean not null default true,
	constraint address_partner_key unique (partner_id, id)
);
create index if not exists address_partner_idx
	on core.address (partner_id, kind);
comment on table core.address is 'where a partner receives goods and bills';
comment on column core.address.id is 'key inside';
comment on column core.address.public_id is 'id outside (UUIDv7)';
comment on column core.address.partner_id is 'whose address';
comment on column core.address.kind is 'main, ship_to, bill_to, ship_from';
comment on column core.address.name is 'name on the label';
comment on column core.address.gln is 'global location number of this place';
comment on column core.address.code is 'the partner''s own code for this place';
comment on column core.address.street is 'street lines, in order';
comment on column core.address.postal_code is 'postal code';
comment on column core.address.city is 'city';
comment on column core.address.region is 'state or province';
comment on column core.address.country is 'ISO 3166 alpha-2';
comment on column core.address.contact is 'name, phone, mail';
comment on column core.address.preferred is 'chosen when nothing is said';
comment on column core.address.active is 'false: kept for old orders only';

-- People --------------------------------------------------------------------

create table if not exists core.person (
	id bigint generated always as identity constraint person_pkey primary key,
	public_id uuid not null constraint person_public_id_key unique,
	entry_uuid text constraint person_entry_uuid_key unique,
	uid text not null,
	dn text,
	name text not null,
	mail text,
	language text constraint person_language_check
		check (language in ('en', 'de')),
	time_zone text,
	theme text not null default 'auto' constraint person_theme_check
		check (theme in ('auto', 'light', 'dark')),
	not_before timestamptz not null default '-infinity',
	disabled_at timestamptz,
	checked_at timestamptz,
	login_at timestamptz,
	version bigint not null default 1,
	created_at timestamptz not null default transaction_timestamp()
);
create index if not exists person_uid_idx on core.person (uid);
comment on table core.person is 'people who may log in, as the directory last described them';
comment on column core.person.id is 'key inside';
comment on column core.person.public_id is 'id outside (UUIDv7)';
comment on column core.person.entry_uuid is 'the directory entry''s unique id: the account''s key; null until the first login of somebody announced beforehand';
comment on column core.person.uid is 'login name at the last login';
comment on column core.person.dn is 'distinguished name at the last login';
comment on column core.person.name is 'name shown to others';
comment on column core.person.mail is 'mail address';
comment on column core.person.language is 'en, de; null: the browser decides';
comment on column core.person.time_zone is 'IANA zone; null: the partner''s or the house''s';
comment on column core.person.theme is 'auto, light, dark';
comment on column core.person.not_before is 'sessions older than this are dead';
comment on column core.person.disabled_at is 'since when the person is shut out';
comment on column core.person.checked_at is 'when the directory entry was last read';
comment on column core.person.login_at is 'last login';
comment on column core.person.version is 'counts changes of the settings, for If-Match';
comment on column core.person.created_at is 'when first seen';

create table if not exists core.role (
	name text constraint role_pkey primary key,
	portal text not null constraint role_portal_check
		check (portal in ('distributor', 'supplier', 'desk', 'machine')),
	rank int not null
);
comment on table core.role is 'roles of people and machines';
comment on column core.role.name is 'stable name, translated by label.role';
comment on column core.role.portal is 'the portal that its holders enter';
comment on column core.role.rank is 'higher may grant lower in the same portal';

create table if not exists core.directory_group (
	id bigint generated always as identity
		constraint directory_group_pkey primary key,
	dn text not null constraint directory_group_dn_check check (dn = lower(dn)),
	role text not null constraint directory_group_role_fkey
		references core.role on update cascade,
	partner_id bigint constraint directory_group_partner_fkey
		references core.partner,
	constraint directory_group_key
		unique nulls not distinct (dn, role, partner_id)
);
create index if not exists directory_group_partner_idx
	on core.directory_group (partner_id);
comment on table core.directory_group is 'which directory group gives which role for which partner';
comment on column core.directory_group.id is 'key inside';
comment on column core.directory_group.dn is 'full distinguished name in lower case, without blanks after commas';
comment on column core.directory_group.role is 'the role given; its portal is the portal entered';
comment on column core.directory_group.partner_id is 'the partner acted for; null at the desk';

create table if not exists core.membership (
	person_id bigint not null constraint membership_person_fkey
		references core.person,
	portal text not null,
	partner_id bigint constraint membership_partner_fkey
		references core.partner,
	roles text[] not null,
	seen_at timestamptz not null default transaction_timestamp(),
	constraint membership_key
		unique nulls not distinct (person_id, portal, partner_id)
);
create index if not exists membership_partner_idx
	on core.membership (partner_id);
comment on table core.membership is 'where people belong, as the directory last said';
comment on column core.membership.person_id is 'who';
comment on column core.membership.portal is 'distributor, supplier, desk';
comment on column core.membership.partner_id is 'for whom; null at the desk';
comment on column core.membership.roles is 'roles held there, highest first';
comment on column core.membership.seen_at is 'when the directory said so';

create table if not exists core.assignment (
	partner_id bigint not null constraint assignment_partner_fkey
		references core.partner,
	person_id bigint not null constraint assignment_person_fkey
		references core.person,
	since timestamptz not null default transaction_timestamp(),
	constraint assignment_pkey primary key (partner_id, person_id)
);
create index if not exists assignment_person_idx on core.assignment (person_id);
comment on table core.assignment is 'which account managers look after which partners';
comment on column core.assignment.partner_id is 'the partner';
comment on column core.assignment.person_id is 'the account manager';
comment on column core.assignment.since is 'since when';

create table if not exists core.session (
	id bigint generated always as identity constraint session_pkey primary key,
	public_id uuid not null constraint session_public_id_key unique,
	jti_hash bytea not null constraint session_jti_hash_key unique
		constraint session_jti_hash_check check (length(jti_hash) = 32),
	person_id bigint not null constraint session_person_fkey
		references core.person,
	portal text not null constraint session_portal_check
		check (portal in ('distributor', 'supplier', 'desk')),
	partner_id bigint constraint session_partner_fkey references core.partner,
	roles text[] not null,
	csrf text not null,
	ip text,
	agent text,
	created_at timestamptz not null,
	touched_at timestamptz not null,
	idle interval not null,
	expires_at timestamptz not null,
	ended_at timestamptz,
	end_reason text,
	constraint session_partner_portal check
		((portal = 'desk') = (partner_id is null))
);
create index if not exists session_live_idx
	on core.session (person_id) where ended_at is null;
create index if not exists session_partner_idx on core.session (partner_id);
comment on table core.session is 'browser sessions; the row is asked at every request';
comment on column core.session.id is 'key inside';
comment on column core.session.public_id is 'id shown in the list of sessions';
comment on column core.session.jti_hash is 'SHA-256 of the identifier in the cookie''s token';
comment on column core.session.person_id is 'whose session';
comment on column core.session.portal is 'the portal it may use';
comment on column core.session.partner_id is 'the partner acted for; null at the desk';
comment on column core.session.roles is 'roles held, highest first';
comment on column core.session.csrf is 'random value that forms must carry';
comment on column core.session.ip is 'address at login';
comment on column core.session.agent is 'browser at login';
comment on column core.session.created_at is 'login';
comment on column core.session.touched_at is 'last use, to the minute';
comment on column core.session.idle is 'ends when unused for so long';
comment on column core.session.expires_at is 'ends then in any case';
comment on column core.session.ended_at is 'when it was ended';
comment on column core.session.end_reason is 'logout, everywhere, replaced, directory, administrator, expired';

-- Machines ------------------------------------------------------------------

create table if not exists core.client (
	id bigint generated always as identity constraint client_pkey primary key,
	public_id uuid not null constraint client_public_id_key unique,
	client_id text not null constraint client_client_id_key unique,
	partner_id bigint not null constraint client_partner_fkey
		references core.partner,
	portal text not null constraint client_portal_check
		check (portal in ('distributor', 'supplier')),
	name text not null,
	scopes text[] not null default '{*}',
	not_before timestamptz not null default '-infinity',
	disabled_at timestamptz,
	created_at timestamptz not null default transaction_timestamp()
);
create index if not exists client_partner_idx on core.client (partner_id);
comment on table core.client is 'partners'' systems that call the API';
comment on column core.client.id is 'key inside';
comment on column core.client.public_id is 'id outside (UUIDv7)';
comment on column core.client.client_id is 'the name that it gives itself in assertions';
comment on column core.client.partner_id is 'the partner acted for';
comment on column core.client.portal is 'the side on which it acts';
comment on column core.client.name is 'name shown to people';
comment on column core.client.scopes is 'areas allowed: first part of a permission, or * for all';
comment on column core.client.not_before is 'tokens older than this are dead';
comment on column core.client.disabled_at is 'since when it is shut out';
comment on column core.client.created_at is 'when it was entered';

create table if not exists core.client_key (
	client_id bigint not null constraint client_key_client_fkey
		references core.client,
	kid text not null,
	alg text not null default 'ES256' constraint client_key_alg_check
		check (alg in ('ES256')),
	pem text not null,
	created_at timestamptz not null default transaction_timestamp(),
	withdrawn_at timestamptz,
	constraint client_key_pkey primary key (client_id, kid)
);
comment on table core.client_key is 'public keys with which clients sign assertions';
comment on column core.client_key.client_id is 'whose key';
comment on column core.client_key.kid is 'name of the key in the assertion''s header';
comment on column core.client_key.alg is 'the one algorithm it may be used with';
comment on column core.client_key.pem is 'public key, PEM';
comment on column core.client_key.created_at is 'when it was entered';
comment on column core.client_key.withdrawn_at is 'since when it is refused';

create table if not exists core.access_token (
	jti_hash bytea constraint access_token_pkey primary key
		constraint access_token_jti_hash_check check (length(jti_hash) = 32),
	client_id bigint not null constraint access_token_client_fkey
		references core.client,
	partner_id bigint not null constraint access_token_partner_fkey
		references core.partner,
	scopes text[] not null,
	issued_at timestamptz not null,
	expires_at timestamptz not null,
	revoked_at timestamptz
);
create index if not exists access_token_client_idx
	on core.access_token (client_id);
create index if not exists access_token_partner_idx
	on core.access_token (partner_id);
create index if not exists access_token_expires_idx
	on core.access_token (expires_at);
comment on table core.access_token is 'access tokens given out, asked at every request';
comment on column core.access_token.jti_hash is 'SHA-256 of the token''s jti';
comment on column core.access_token.client_id is 'to whom it was given';
comment on column core.access_token.partner_id is 'the partner acted for';
comment on column core.access_token.scopes is 'areas allowed with this token';
comment on column core.access_token.issued_at is 'when it was given';
comment on column core.access_token.expires_at is 'when it ends';
comment on column core.access_token.revoked_at is 'when it was revoked';

create table if not exists core.assertion (
	client_id bigint not null constraint assertion_client_fkey
		references core.client,
	jti_hash bytea not null,
	expires_at timestamptz not null,
	constraint assertion_pkey primary key (client_id, jti_hash)
);
create index if not exists assertion_expires_idx on core.assertion (expires_at);
comment on table core.assertion is 'assertions already used; each is good once';
comment on column core.assertion.client_id is 'who used it';
comment on column core.assertion.jti_hash is 'SHA-256 of its jti';
comment on column core.assertion.expires_at is 'when the row may go';

-- Throttles and audit -------------------------------------------------------

create table if not exists core.login_throttle (
	kind text not null constraint login_throttle_kind_check
		check (kind in ('account', 'address', 'pair')),
	key bytea not null,
	failures int not null default 0,
	next_at timestamptz not null default '-infinity',
	updated_at timestamptz not null,
	constraint login_throttle_pkey primary key (kind, key)
);
comment on table core.login_throttle is 'failed logins in a row and when the next try is allowed';
comment on column core.login_throttle.kind is 'account: from places new to the account; address: any account new there; pair: this account from this place';
comment on column core.login_throttle.key is 'SHA-256 of the typed name, the address, or both';
comment on column core.login_throttle.failures is 'failures in a row';
comment on column core.login_throttle.next_at is 'no try is made before';
comment on column core.login_throttle.updated_at is 'last try';

create table if not exists core.login_known (
	account bytea not null,
	source bytea not null,
	seen_at timestamptz not null,
	constraint login_known_pkey primary key (account, source)
);
comment on table core.login_known is 'places from which an account has logged in: strangers'' failures do not count there';
comment on column core.login_known.account is 'SHA-256 of the login name';
comment on column core.login_known.source is 'SHA-256 of the address or device';
comment on column core.login_known.seen_at is 'last success from there';

create unlogged table if not exists core.rate (
	subject text not null,
	operation text not null,
	minute timestamptz not null,
	backend int not null,
	used int not null,
	constraint rate_pkey primary key (subject, operation, minute, backend)
);
comment on table core.rate is 'calls per caller, operation and minute, where the operation is limited';
comment on column core.rate.subject is 'p<person> or c<client>';
comment on column core.rate.operation is 'the operation';
comment on column core.rate.minute is 'start of the minute';
comment on column core.rate.backend is 'counting process, so that callers do not wait for each other';
comment on column core.rate.used is 'calls counted';

create table if not exists core.audit (
	id bigint generated always as identity constraint audit_pkey primary key,
	at timestamptz not null,
	kind text not null,
	result text not null,
	person_id bigint,
	client_id bigint,
	partner_id bigint,
	account text,
	portal text,
	operation text,
	object text,
	ip text,
	trace text,
	detail jsonb not null default '{}'
);
create index if not exists audit_at_idx on core.audit (at, id);
create index if not exists audit_partner_idx on core.audit (partner_id, id);
create index if not exists audit_person_idx on core.audit (person_id, id);
comment on table core.audit is 'logins, denials, administration, audited reads; append only';
comment on column core.audit.id is 'key inside, in order of entry';
comment on column core.audit.at is 'when';
comment on column core.audit.kind is 'login, logout, token, denial, read, admin';
comment on column core.audit.result is 'ok, or the code of the refusal';
comment on column core.audit.person_id is 'who, when a person';
comment on column core.audit.client_id is 'who, when a machine';
comment on column core.audit.partner_id is 'acting for whom';
comment on column core.audit.account is 'the name typed or given';
comment on column core.audit.portal is 'where';
comment on column core.audit.operation is 'what was called';
comment on column core.audit.object is 'on what: type and id';
comment on column core.audit.ip is 'from where';
comment on column core.audit.trace is 'incident id of the request';
comment on column core.audit.detail is 'further facts; never secrets';

-- Operations and permissions ------------------------------------------------

create table if not exists core.operation (
	name text constraint operation_pkey primary key,
	permission text not null,
	writes boolean not null,
	idempotent boolean not null,
	takes_bytes boolean not null,
	per_minute int,
	input jsonb,
	call text not null
);
comment on table core.operation is 'every operation; refilled at each load of the code';
comment on column core.operation.name is 'name of the function in schema api';
comment on column core.operation.permission is 'public, any (signed in), or a permission';
comment on column core.operation.writes is 'false: runs in a read-only transaction';
comment on column core.operation.idempotent is 'true: harmless to repeat, idempotency keys are not kept';
comment on column core.operation.takes_bytes is 'true: gets the body as second argument';
comment on column core.operation.per_minute is 'calls allowed per caller and minute; null: not limited here';
comment on column core.operation.input is 'shape of the input (core.check_input); null: not checked here';
comment on column core.operation.call is 'the statement that api.call executes';

create table if not exists core.role_permission (
	role text not null constraint role_permission_role_fkey
		references core.role on update cascade,
	permission text not null,
	constraint role_permission_pkey primary key (role, permission)
);
comment on table core.role_permission is 'who holds which permission; refilled at each load of the code';
comment on column core.role_permission.role is 'the role';
comment on column core.role_permission.permission is 'area.verb, e.g. orders.read';

create table if not exists core.definer (
	signature text constraint definer_pkey primary key,
	logins text[] not null,
	reason text not null
);
comment on table core.definer is 'every SECURITY DEFINER function, who may execute it and why it is one; refilled at each load';
comment on column core.definer.signature is 'schema.name(argument types)';
comment on column core.definer.logins is 'login roles that may execute it; empty: internal';
comment on column core.definer.reason is 'why it needs the owner''s rights';

create table if not exists core.idempotency (
	subject text not null,
	operation text not null,
	key text not null,
	body_sha256 text not null,
	status int not null,
	version bigint,
	location text,
	data json,
	created_at timestamptz not null,
	constraint idempotency_pkey primary key (subject, operation, key)
);
create index if not exists idempotency_created_idx
	on core.idempotency (created_at);
comment on table core.idempotency is 'first answers to requests with an idempotency key';
comment on column core.idempotency.subject is 'p<person> or c<client>';
comment on column core.idempotency.operation is 'the operation';
comment on column core.idempotency.key is 'the caller''s key';
comment on column core.idempotency.body_sha256 is 'hash of the request: another one is refused';
comment on column core.idempotency.status is 'status answered';
comment on column core.idempotency.version is 'version answered';
comment on column core.idempotency.location is 'location answered';
comment on column core.idempotency.data is 'body answered';
comment on column core.idempotency.created_at is 'when; kept for 48 hours';

-- Events, states, jobs ------------------------------------------------------

create table if not exists core.event (
	seq bigint generated always as identity constraint event_pkey primary key,
	tx bigint not null,
	at timestamptz not null,
	partner_id bigint not null constraint event_partner_fkey
		references core.partner,
	internal boolean not null default false,
	type text not null,
	object_type text not null,
	object_id uuid not null,
	number text,
	data jsonb not null default '{}',
	cause jsonb,
	document uuid,
	actor_name text not null,
	actor_person bigint,
	actor_client bigint,
	portal text not null,
	channel text not null,
	trace text
);
create index if not exists event_partner_idx
	on core.event (partner_id, tx, seq);
create index if not exists event_object_idx
	on core.event (object_id, partner_id, seq);
create index if not exists event_order_idx on core.event (tx, seq);
comment on table core.event is 'what happened, one row per partner whose timeline shows it; append only';
comment on column core.event.seq is 'number of the event';
comment on column core.event.tx is 'transaction that wrote it: gives an order without gaps for readers';
comment on column core.event.at is 'when';
comment on column core.event.partner_id is 'on whose timeline';
comment on column core.event.internal is 'true: for the house only';
comment on column core.event.type is 'dotted name, e.g. order.line.confirmed';
comment on column core.event.object_type is 'order, order_line, document, …';
comment on column core.event.object_id is 'public id of the object';
comment on column core.event.number is 'number of the object, for people';
comment on column core.event.data is 'what changed: old and new values';
comment on column core.event.cause is 'what brought it about: event, rule, place in a document';
comment on column core.event.document is 'public id of the document that said so';
comment on column core.event.actor_name is 'who, in words';
comment on column core.event.actor_person is 'who, when a person';
comment on column core.event.actor_client is 'who, when a machine';
comment on column core.event.portal is 'distributor, supplier, desk, worker, system';
comment on column core.event.channel is 'portal, api, document, system';
comment on column core.event.trace is 'incident id of the request';

create table if not exists core.machine_state (
	machine text not null,
	state text not null,
	tone text not null constraint machine_state_tone_check check (tone in
		('neutral', 'info', 'ok', 'warn', 'bad')),
	position int not null,
	final boolean not null default false,
	constraint machine_state_pkey primary key (machine, state)
);
comment on table core.machine_state is 'states of each machine with their look; refilled at each load';
comment on column core.machine_state.machine is 'name of the machine, e.g. order';
comment on column core.machine_state.state is 'name of the state, translated by label.<machine>_state';
comment on column core.machine_state.tone is 'how a badge shows it';
comment on column core.machine_state.position is 'order in filters and precedence';
comment on column core.machine_state.final is 'true: nothing more happens';

create table if not exists core.transition (
	machine text not null,
	state text not null,
	event text not null,
	next text not null,
	permission text,
	position int not null,
	constraint transition_pkey primary key (machine, state, event)
);
create index if not exists transition_next_idx
	on core.transition (machine, state, next);
comment on table core.transition is 'every legal step of every machine; refilled at each load';
comment on column core.transition.machine is 'name of the machine';
comment on column core.transition.state is 'state before; empty: creation';
comment on column core.transition.event is 'what is done, translated by label.<machine>_event';
comment on column core.transition.next is 'state after';
comment on column core.transition.permission is 'who may; null: nobody by hand, rules only';
comment on column core.transition.position is 'order of the buttons';

create table if not exists core.state_history (
	id bigint generated always as identity
		constraint state_history_pkey primary key,
	partner_id bigint not null,
	machine text not null,
	object_id uuid not null,
	old_state text not null,
	event text not null,
	new_state text not null,
	at timestamptz not null,
	actor_name text not null,
	actor_person bigint,
	actor_client bigint
);
create index if not exists state_history_object_idx
	on core.state_history (object_id, id);
create index if not exists state_history_partner_idx
	on core.state_history (partner_id, id);
comment on table core.state_history is 'every step that an object took; written by the guard trigger, append only';
comment on column core.state_history.id is 'key inside, in order';
comment on column core.state_history.partner_id is 'partner of the object';
comment on column core.state_history.machine is 'name of the machine';
comment on column core.state_history.object_id is 'public id of the object';
comment on column core.state_history.old_state is 'state before';
comment on column core.state_history.event is 'what was done';
comment on column core.state_history.new_state is 'state after';
comment on column core.state_history.at is 'when';
comment on column core.state_history.actor_name is 'who, in words';
comment on column core.state_history.actor_person is 'who, when a person';
comment on column core.state_history.actor_client is 'who, when a machine';

create table if not exists core.job (
	id bigint generated always as identity constraint job_pkey primary key,
	kind text not null,
	input jsonb not null default '{}',
	partner_id bigint constraint job_partner_fkey references core.partner,
	key text,
	state text not null default 'queued' constraint job_state_check
		check (state in ('queued', 'running', 'done', 'dead')),
	attempts int not null default 0,
	run_at timestamptz not null,
	worker text,
	lease_until timestamptz,
	error text,
	result jsonb,
	created_at timestamptz not null default transaction_timestamp(),
	finished_at timestamptz
);
create unique index if not exists job_key_key
	on core.job (kind, key) where state = 'queued' and key is not null;
create index if not exists job_due_idx
	on core.job (run_at, id) where state = 'queued';
create index if not exists job_lease_idx
	on core.job (lease_until) where state = 'running';
create index if not exists job_finished_idx
	on core.job (finished_at) where state in ('done', 'dead');
create index if not exists job_partner_idx on core.job (partner_id, id);
comment on table core.job is 'work for kontor-worker';
comment on column core.job.id is 'key inside, in order of entry';
comment on column core.job.kind is 'name in src/jobs/jobs.def';
comment on column core.job.input is 'what the job needs to know';
comment on column core.job.partner_id is 'whose data it may touch; null: the house''s own work';
comment on column core.job.key is 'a queued job of the same kind and key is not entered twice';
comment on column core.job.state is 'queued, running, done, dead (given up, needs attention)';
comment on column core.job.attempts is 'times that it was begun';
comment on column core.job.run_at is 'not before';
comment on column core.job.worker is 'who works on it';
comment on column core.job.lease_until is 'when it is taken back from a worker that went silent';
comment on column core.job.error is 'why the last attempt failed';
comment on column core.job.result is 'what came out';
comment on column core.job.created_at is 'when it was entered';
comment on column core.job.finished_at is 'when it was done or given up';

create table if not exists core.job_schedule (
	kind text constraint job_schedule_pkey primary key,
	every interval not null,
	last_at timestamptz not null default '-infinity'
);
comment on table core.job_schedule is 'jobs that come back by the clock';
comment on column core.job_schedule.kind is 'kind of the job';
comment on column core.job_schedule.every is 'how often';
comment on column core.job_schedule.last_at is 'when it was last entered';

insert into core.migration (number, name) values (1, 'core')
on conflict do nothing;
