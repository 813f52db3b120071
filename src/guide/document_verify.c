/* SPDX-License-Identifier: Apache-2.0
 *
 * Nothing leaves before our own reader has read it back to the same canonical
 * document.
 */
#include <string.h>

#include "guide/agreement.h"
#include "guide/impl.h"
#include "guide/same.h"
#include "guide/write.h"

/* Why our own reader refuses what was written: its first error. */
static enum rc
refused(const json_t *message, struct err *err)
{
	const json_t *fs = json_object_get(message, "findings");
	const json_t *f = json_array_get(fs, 0);

	for (size_t i = 0; i < json_array_size(fs); i++) {
		const char *severity =
		    repr_json_str(json_array_get(fs, i), "severity");
		if (severity && strcmp(severity, "error") == 0) {
			f = json_array_get(fs, i);
			break;
		}
	}
	const char *part[] = {repr_json_str(f, "rule"), repr_json_str(f, "tag"),
	    repr_json_str(f, "xpath"), repr_json_str(f, "found"),
	    repr_json_str(f, "expected")};
	for (size_t i = 0; i < 5; i++)
		part[i] = part[i] ? part[i] : "";
	return err_set(err, RC_INPUT, "write.readback",
	    "our own reader refuses the document: %s at %s%s %lld, found "
	    "\"%s\", expected \"%s\"",
	    part[0], part[1], part[2],
	    (long long)repr_json_int(f, "element", 0), part[3], part[4]);
}

enum rc
document_verify(const struct guides *gs, const json_t *agreement,
    const json_t *canonical, struct span bytes, struct arena *a,
    struct err *err)
{
	const struct guide *g = agreement_writes(gs, agreement, canonical, a);
	struct document_options o = {
	    .guide = g ? guide_name(g) : NULL, .need_guide = true};
	struct buf result;
	json_t *read;

	if (!g)
		return err_set(err, RC_ABSENT, "guide.absent",
		    "the agreement names no guide");
	buf_init(&result, SIZE_MAX / 8);
	enum rc rc = document_read(gs, bytes, NULL, &o, a, &result, NULL, err);
	struct span text_of = arena_span(a, buf_span(&result));
	buf_done(&result);
	if (rc == RC_OK)
		rc = repr_json_trusted(text_of, a, &read, err);
	if (rc != RC_OK)
		return rc;
	const json_t *m = repr_json_at(read, "interchanges.0.messages.0");
	const char *verdict = repr_json_str(m, "verdict");
	if (!verdict || strcmp(verdict, "accepted") != 0)
		return refused(m, err);
	return guide_compare(
	    g, canonical, json_object_get(m, "canonical"), a, err);
}
