/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "repr/json.h"

static void
drop(void *v)
{
	json_decref(v);
}

json_t *
repr_json_keep(struct arena *a, json_t *v)
{
	if (v == NULL)
		fatal("json: a value could not be made");
	arena_defer(a, drop, v);
	return v;
}

/* Nesting as the brackets have it; false past the limit. Strings are skipped,
 * so that brackets in them do not count. */
static bool
depth_fits(struct span s, size_t *at)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '[' || c == '{') {
			*at = i;
			if (++depth > REPR_JSON_DEPTH)
				return false;
		} else if (c == ']' || c == '}') {
			depth--;
		}
	}
	return true;
}

enum rc
repr_json_read(struct span s, struct arena *a, json_t **out, struct err *err)
{
	json_error_t why;
	json_t *v;
	size_t at;

	if (s.n > REPR_JSON_MAX)
		return err_set(err, RC_INPUT, "json.size",
		    "%zu bytes, at most %d are read", s.n, REPR_JSON_MAX);
	at = utf8_check(s);
	if (at < s.n)
		return err_set(
		    err, RC_INPUT, "json.utf8", "not UTF-8 at byte %zu", at);
	if (!depth_fits(s, &at))
		return err_set(err, RC_INPUT, "json.depth",
		    "more than %d levels at byte %zu", REPR_JSON_DEPTH, at);
	v = json_loadb(s.n ? s.p : "", s.n, JSON_REJECT_DUPLICATES, &why);
	if (v == NULL)
		return err_set(err, RC_INPUT, "json.syntax", "%s at byte %d",
		    why.text, why.position);
	*out = repr_json_keep(a, v);
	return RC_OK;
}

enum rc
repr_json_trusted(struct span s, struct arena *a, json_t **out, struct err *err)
{
	json_error_t why;
	json_t *v = json_loadb(s.n ? s.p : "", s.n, JSON_DECODE_ANY, &why);

	if (v == NULL)
		return err_set(err, RC_FAULT, "json.syntax", "%s at byte %d",
		    why.text, why.position);
	*out = repr_json_keep(a, v);
	return RC_OK;
}

json_t *
repr_json_object(struct arena *a)
{
	return repr_json_keep(a, json_object());
}

json_t *
repr_json_array(struct arena *a)
{
	return repr_json_keep(a, json_array());
}

/* A string of any bytes: what is not UTF-8 becomes U+FFFD. */
static json_t *
string_make(struct span s)
{
	struct buf b;
	json_t *v;

	if (utf8_is(s))
		return json_stringn_nocheck(s.n ? s.p : "", s.n);
	buf_init(&b, s.n * 3);
	while (s.n) {
		struct span before = s;
		int32_t c = utf8_next(&s);

		if (c < 0)
			s = span_sub(before, 1, before.n);
		utf8_put(&b, c < 0 ? 0xfffd : (uint32_t)c);
	}
	v = json_stringn_nocheck(b.p, b.n);
	buf_done(&b);
	return v;
}

json_t *
repr_json_string(struct arena *a, struct span s)
{
	return repr_json_keep(a, string_make(s));
}

void
repr_json_set(json_t *object, const char *key, json_t *v)
{
	if (json_object_set(object, key, v) != 0)
		fatal("json: member %s could not be set", key);
}

void
repr_json_set_str(json_t *object, const char *key, const char *s)
{
	if (s && json_object_set_new(object, key, string_make(span_of(s))) != 0)
		fatal("json: member %s could not be set", key);
}

void
repr_json_set_int(json_t *object, const char *key, long long n)
{
	if (json_object_set_new(object, key, json_integer(n)) != 0)
		fatal("json: member %s could not be set", key);
}

const json_t *
repr_json_at(const json_t *v, const char *path)
{
	struct span rest = span_of(path);

	if (rest.n == 0)
		return v;
	while (v && rest.p) {
		struct span name = span_cut(&rest, '.');
		unsigned long long i;

		if (json_is_object(v))
			v = json_object_getn(v, name.p, name.n);
		else if (json_is_array(v) && span_uint(name, &i))
			v = json_array_get(v, (size_t)i);
		else
			v = NULL;
	}
	return v;
}

const char *
repr_json_str(const json_t *v, const char *path)
{
	return json_string_value(repr_json_at(v, path));
}

long long
repr_json_int(const json_t *v, const char *path, long long fallback)
{
	const json_t *n = repr_json_at(v, path);

	return json_is_integer(n) ? json_integer_value(n) : fallback;
}

static int
put(const char *p, size_t n, void *out)
{
	buf_put(out, span_make(p, n));
	return 0;
}

void
repr_json_write(const json_t *v, struct buf *out)
{
	if (json_dump_callback(v, put, out, JSON_COMPACT | JSON_ENCODE_ANY) !=
	    0)
		fatal("json: a value could not be written");
}

void
repr_json_pretty(const json_t *v, struct buf *out)
{
	if (json_dump_callback(v, put, out, JSON_INDENT(2) | JSON_ENCODE_ANY) !=
	    0)
		fatal("json: a value could not be written");
}
