-- SPDX-License-Identifier: Apache-2.0
--
-- Reading order of the code: everything here is reloaded whole at each deploy,
-- in one transaction, as kontor_owner. Read by psql and by `kontorctl migrate`;
-- both know exactly this format: a line starting with `--` or an empty line
-- says nothing; every other line is `\ir PATH`, the path of an SQL file (without
-- psql commands) relative to this one. Functions that are gone from schema api
-- disappear; start.sql empties the registries and finish.sql, always last,
-- checks them and grants.

\ir core/start.sql
\ir core/fail.sql
\ir core/now.sql
\ir core/value.sql
\ir core/identity.sql
\ir core/operation.sql
\ir core/input.sql
\ir core/isolate.sql
\ir core/paging.sql
\ir core/tell.sql
\ir core/event.sql
\ir core/state.sql
\ir core/job.sql
\ir core/idempotency.sql
\ir core/call.sql
\ir core/roles.sql
\ir core/audit.sql
\ir core/throttle.sql
\ir core/partner.sql
\ir core/session.sql
\ir core/directory.sql
\ir core/client.sql
\ir core/admin.sql
\ir core/admin_partner.sql
\ir core/admin_look.sql
\ir core/rules.sql
\ir core/api.sql
\ir core/access.sql
\ir item/rules.sql
\ir item/access.sql
\ir exchange/agreement.sql
\ir exchange/store.sql
\ir exchange/levels.sql
\ir exchange/send.sql
\ir orders/types.sql
\ir orders/status.sql
\ir orders/machine.sql
\ir orders/check.sql
\ir orders/answer.sql
\ir orders/sscc.sql
\ir orders/despatch.sql
\ir orders/ship.sql
\ir orders/despatch_doc.sql
\ir orders/despatch_check.sql
\ir orders/despatch_place.sql
\ir orders/documents.sql
\ir orders/place.sql
\ir orders/source.sql
\ir orders/share_despatch.sql
\ir orders/settle.sql
\ir orders/receipt.sql
\ir orders/advance.sql
\ir orders/step.sql
\ir orders/api_list.sql
\ir orders/provenance.sql
\ir orders/line_json.sql
\ir orders/api_show.sql
\ir orders/api_worklist.sql
\ir orders/api_draft.sql
\ir orders/api_event.sql
\ir orders/api_lines.sql
\ir item/api.sql
\ir orders/access.sql
\ir exchange/accept.sql
\ir exchange/ack_in.sql
\ir exchange/ack_out.sql
\ir exchange/lamps.sql
\ir exchange/api_show.sql
\ir exchange/api_list.sql
\ir exchange/desk.sql
\ir exchange/access.sql
\ir exchange/trial.sql
\ir exchange/guide.sql
\ir orders/handle.sql
\ir orders/invoice.sql
\ir orders/api_invoice.sql
\ir orders/report.sql
\ir orders/handle_receipt.sql
\ir desk/home.sql
\ir desk/partners.sql
\ir cases/people.sql
\ir cases/clock.sql
\ir cases/rules.sql
\ir cases/documents.sql
\ir orders/receipt_case.sql
\ir cases/api_read.sql
\ir cases/api_write.sql
\ir cases/access.sql
\ir returns/rules.sql
\ir returns/documents.sql
\ir returns/api.sql
\ir returns/steps.sql
\ir returns/access.sql
\ir core/finish.sql
