-- SPDX-License-Identifier: Apache-2.0
--
-- Files that people attach to something: what kinds are taken, how they are
-- named, how their bytes are answered.

-- The media type that the bytes show, or null when it is none we take.
create or replace function core.file_type(bytes bytea) returns text
language sql immutable as $$
	select case
		when substr(bytes, 1, 3) = '\xffd8ff' then 'image/jpeg'
		when substr(bytes, 1, 8) = '\x89504e470d0a1a0a' then 'image/png'
		when substr(bytes, 1, 4) = '\x47494638' then 'image/gif'
		when substr(bytes, 1, 4) = '\x52494646'
			and substr(bytes, 9, 4) = '\x57454250' then 'image/webp'
		when substr(bytes, 1, 5) = '\x255044462d' then 'application/pdf'
		end
$$;

-- Why bytes are not taken: type, size (above 10 MiB); null when they are.
create or replace function core.file_fault(bytes bytea) returns text
language sql immutable as $$
	select case when core.file_type(bytes) is null then 'type'
		when length(bytes) > 10485760 then 'size' end
$$;

-- The extensions of a media type that we take, the usual one first.
create or replace function core.file_extensions(media_type text)
returns text[]
language sql immutable as $$
	select case media_type
		when 'image/jpeg' then array['jpg', 'jpeg']
		when 'image/png' then array['png']
		when 'image/gif' then array['gif']
		when 'image/webp' then array['webp']
		when 'application/pdf' then array['pdf']
		end
$$;

-- A name for saving, without what could be more than a name. It ends as files
-- of that type do: another extension is replaced, what looks like none stays
-- and the extension follows.
create or replace function core.file_name(name text, media_type text)
returns text
language sql immutable as $$
	select case when lower(substring(n.name from '[^.]\.([^.]+)$')) = any (e.of)
		and length(n.name) <= 100 then n.name
		else left(rtrim(coalesce(nullif(regexp_replace(n.name,
		'\.[[:alpha:]]{2,5}$', ''), ''), 'file'), '. '), 94)
		|| '.' || e.of[1] end
	from (select rtrim(regexp_replace(coalesce(nullif(name, ''), 'file'),
		'[^[:alnum:]._ -]', '_', 'g'), '. ')) n (name),
		(select core.file_extensions(media_type)) e (of)
$$;

-- Bytes of the files that are kept for a partner, told from their headers.
create or replace function core.files_size(partner bigint) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if core.me_side() <> 'house'
		and files_size.partner is distinct from core.me_partner() then
		return null;
	end if;
	return (select coalesce(sum(s), 0) from (
		select octet_length(o.bytes) from orders.attachment o
		where o.partner_id = files_size.partner
		union all
		select octet_length(c.bytes) from cases.attachment c
		where c.partner_id = files_size.partner) x (s));
end
$$;
select core.definer('core.files_size(bigint)', 'sums up files of a partner, '
	|| 'also those that the caller does not see', 'portals', 'worker', 'admin');

-- Fails when a partner has no room for these bytes.
create or replace function core.check_files(partner bigint, bytes bytea)
returns void
language plpgsql stable as $$
declare
	most bigint := core.setting('files.partner_mib')::bigint;
begin
	if core.files_size(partner) + length(bytes) > most * 1048576 then
		perform core.fail(409, 'files.full',
			jsonb_build_object('most', most));
	end if;
end
$$;
select core.declare_setting('files.partner_mib', '5120',
	'MiB that the files of a partner''s orders and cases may have together');

-- A file as operations on bytes answer it.
create or replace function core.file_json(media_type text, filename text,
	bytes bytea)
returns json
language sql stable as $$
	select json_build_object('media_type', media_type,
		'filename', filename, 'size', length(bytes),
		'sha256', encode(sha256(bytes), 'hex'),
		'base64', translate(encode(bytes, 'base64'), E'\n', ''))
$$;
