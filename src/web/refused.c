/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "web/refused.h"

static const char *const lists[] = {"lines", "items"};

static json_t *
row_of(json_t *data, const char *id)
{
	json_t *row;
	size_t i, k;

	for (i = 0; i < sizeof lists / sizeof *lists; i++)
		json_array_foreach(json_object_get(data, lists[i]), k, row)
		{
			const char *own = repr_json_str(row, "id");

			if (own && strcmp(own, id) == 0)
				return row;
		}
	return NULL;
}

/* The members sent for this row; those of many rows were sent once for all. */
static json_t *
sent_for(struct flow *f, const char *id)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(f->in.json, "items"), i, one)
	{
		const char *line = repr_json_str(one, "line");

		if (line && strcmp(line, id) == 0)
			return one;
	}
	return NULL;
}

/* The member that is wrong, for its field; where the line stands on an order's
 * page, for the summary. */
static void
lead(struct flow *f, json_t *result, const json_t *row, json_t *sent)
{
	const char *pointer = repr_json_str(result, "pointer");
	const char *line_id = repr_json_str(row, "line_id");
	json_t *wrong = repr_json_object(f->a);

	if (pointer && pointer[0] == '/') {
		repr_json_set(wrong, pointer + 1, json_true());
		repr_json_set(sent, "wrong", wrong);
	}
	if (line_id && json_object_get(row, "order") == NULL)
		repr_json_set_str(
		    result, "at", arena_printf(f->a, "line-%s", line_id));
}

void
refused_rows(struct flow *f, json_t *data)
{
	const char *event = repr_json_str(f->result, "event");
	json_t *r;
	size_t i;

	if (data == NULL || event == NULL)
		return;
	json_array_foreach(json_object_get(f->result, "results"), i, r)
	{
		const char *id = repr_json_str(r, "line");
		json_t *row =
		    id && repr_json_str(r, "code") ? row_of(data, id) : NULL;
		json_t *sent = row ? sent_for(f, id) : NULL;
		json_t *v;

		if (sent == NULL)
			continue;
		v = repr_json_object(f->a);
		repr_json_set(v, event, sent);
		repr_json_set(row, "refused", v);
		lead(f, r, row, sent);
	}
}
