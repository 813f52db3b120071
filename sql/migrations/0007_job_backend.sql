-- SPDX-License-Identifier: Apache-2.0
--
-- A job remembers the connection that claimed it, so that the job of a dead
-- worker is taken back at once and not when its claim runs out.

alter table core.job add column if not exists backend int;
comment on column core.job.backend is 'server process of the connection that claimed it';

insert into core.migration (number, name) values (7, 'job_backend')
on conflict do nothing;
