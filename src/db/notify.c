/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "db/notify.h"
#include "repr/json.h"

const char notify_listen[] = "listen event; listen session";

static void
text(const json_t *v, const char *key, char out[NOTIFY_TEXT])
{
	const char *s = repr_json_str(v, key);

	/* What does not fit is no id of ours. */
	if (s && strlen(s) < NOTIFY_TEXT)
		memcpy(out, s, strlen(s) + 1);
}

static enum rc
read_object(struct span payload, struct notice *out, struct err *err)
{
	struct arena *a = arena_new();
	json_t *v;
	enum rc rc = repr_json_trusted(payload, a, &v, err);

	if (rc == RC_OK) {
		out->seq = repr_json_int(v, "seq", 0);
		text(v, "partner", out->partner);
		text(v, "type", out->type);
		text(v, "object", out->object);
		text(v, "id", out->id);
	}
	arena_free(a);
	return rc;
}

enum rc
notify_read(const char *channel, const char *payload, struct notice *out,
    struct err *err)
{
	*out = (struct notice){.session = !strcmp(channel, "session")};
	if (read_object(span_of(payload), out, err) != RC_OK)
		return err_set(err, RC_INPUT, "notify.payload",
		    "channel %s: payload is not JSON", channel);
	return RC_OK;
}
