-- SPDX-License-Identifier: Apache-2.0
--
-- The house logs a case for a distributor: who has called by telephone, say.

-- An empty form for a case of a distributor.
--   input   id of the partner, serial text?, order_line uuid? (one of his)
--   result  the members of cases_new and {"partner": {"id", "name", "number"},
--           "people": [{"id", "name"}] for whom it may be}
create or replace function api.partner_cases_new(input jsonb) returns json
language plpgsql stable as $$
declare
	p core.partner := core.distributor_by_id(input);
begin
	return cases.form_json(jsonb_build_object('serial', input ->> 'serial')
		|| coalesce(cases.line_draft(core.try_uuid(
			input ->> 'order_line'), p.id), '{}'), p.id)
		|| jsonb_build_object('partner', core.partner_brief(p.id),
			'people', cases.people(p.id));
end
$$;

-- Logs a case for a distributor. It is that person's of his who is named, else
-- the company's; his system is told as of any step of the house.
--   input   id of the partner, person uuid?, the rest as cases_create
--   bytes   picture or PDF, at most 10 MiB, or null
--   result  201, location /cases/<id>, the case as cases_show shows it
--   errors  404, 422 as cases_create, /person cases.person.unknown
create or replace function api.partner_cases_create(input jsonb, bytes bytea)
returns core.answer
language plpgsql volatile as $$
declare
	p core.partner := core.distributor_by_id(input);
	person bigint := cases.person_of(p.id, core.try_uuid(input ->> 'person'));
	c cases.head;
begin
	if coalesce(input ->> 'person', '') <> '' and person is null then
		perform core.fail_if_wrong(jsonb_build_array(core.wrong('/person',
			'cases.person.unknown')));
	end if;
	c := cases.log(input, bytes, p.id, person);
	perform cases.send_status(c);
	return core.created('/cases/' || c.public_id, cases.show(c), c.version);
end
$$;

select core.operation('partner_cases_new', permission => 'cases.log',
	input => '{"id": "uuid", "serial": "line?", "order_line": "line?"}');
select core.operation('partner_cases_create', permission => 'cases.log',
	writes => true, input => '{"id": "uuid", "person": "line?",
	"case_type": "line?", "priority": "line?", "subject": "line?",
	"symptom": "text?", "serial": "line?", "item": "line?",
	"order_line": "line?", "partner_case_id": "line?", "filename": "line?",
	"media_type": "line?"}');
