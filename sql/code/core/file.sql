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

-- A name for saving, without what could be more than a name.
create or replace function core.file_name(name text) returns text
language sql immutable as $$
	select left(regexp_replace(coalesce(nullif(name, ''), 'file'),
		'[^[:alnum:]._ -]', '_', 'g'), 100)
$$;

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
