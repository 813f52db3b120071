-- SPDX-License-Identifier: Apache-2.0
--
-- What a mail says of an event beyond its timeline; and no announcement's
-- subject in a timeline, where it would outlive the announcement.

alter table core.mail_kind add column if not exists words text;
comment on column core.mail_kind.words is
    'function(uuid, text) that says, of the event''s object and in a language, '
    'what a mail tells besides the event''s data; null: nothing';

update core.event set data = data - 'subject' - 'language'
    where type in ('announcement.sent', 'announcement.withdrawn');

insert into core.migration (number, name) values (41, 'mail_words')
on conflict do nothing;
