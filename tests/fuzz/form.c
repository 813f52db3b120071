/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms from outside, as address, body and upload; and templates and
 * sentences, which are ours but read bytes all the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "repr/form.h"
#include "repr/message.h"
#include "repr/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
render(struct span s, struct arena *a)
{
	const struct template_options o = {.trim = s.n % 2 == 0};
	struct template_set *set = template_set_new(&o, a);
	struct buf out;

	buf_init(&out, 1024 * 1024);
	if (template_set_add(set, "a", s, NULL) == RC_OK &&
	    template_set_link(set, NULL) == RC_OK)
		(void)!template_render(template_find(set, "a"),
		    json_object_get(repr_json_object(a), "x"), NULL, &out,
		    NULL);
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = {.p = (const char *)data, .n = size};
	struct arena *a = arena_new();
	const struct message *m;
	struct form_file file;
	struct buf b;
	json_t *v;

	buf_init(&b, 64 * 1024 * 1024);
	if (form_read(s, a, &v, NULL) == RC_OK)
		repr_json_write(v, &b);
	if (form_multipart(s, span_of("multipart/form-data; boundary=x"), a,
		&file, &v, NULL) == RC_OK)
		repr_json_write(v, &b);
	(void)!message_compile(s, a, &m, NULL);
	render(s, a);
	buf_done(&b);
	arena_free(a);
	return 0;
}
