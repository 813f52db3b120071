/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "web/schema.h"

static const struct {
	const char *name, *type, *format, *pattern;
} types[] = {
    {"text", "string", NULL, NULL},
    {"line", "string", NULL, NULL},
    {"decimal", "string", NULL, "^[-+]?[0-9]+([.,][0-9]+)?$"},
    {"date", "string", "date", NULL},
    {"uuid", "string", "uuid", NULL},
    {"bool", "boolean", NULL, NULL},
};

/* Without the mark that makes it optional. */
static struct span
plain(const char *s)
{
	struct span n = span_of(s);

	return span_ends(n, "?") ? span_sub(n, 0, n.n - 1) : n;
}

json_t *
schema_scalar(const char *type, struct arena *a)
{
	json_t *v = repr_json_object(a);
	struct span name = plain(type);

	if (span_is(name, "int")) {
		/* Forms and queries send digits. */
		json_t *both = repr_json_array(a);

		(void)json_array_append(
		    both, repr_json_string(a, span_of("integer")));
		(void)json_array_append(
		    both, repr_json_string(a, span_of("string")));
		repr_json_set(v, "type", both);
	}
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (!span_is(name, types[i].name))
			continue;
		repr_json_set_str(v, "type", types[i].type);
		repr_json_set_str(v, "format", types[i].format);
		repr_json_set_str(v, "pattern", types[i].pattern);
	}
	return v;
}

static bool
optional(const char *key, const json_t *shape)
{
	const char *type = json_string_value(shape);

	return span_ends(span_of(key), "?") ||
	       (type && span_ends(span_of(type), "?"));
}

static json_t *
object(json_t *shape, struct arena *a)
{
	json_t *v = repr_json_object(a), *members = repr_json_object(a);
	json_t *required = repr_json_array(a), *s;
	struct span name;
	const char *key;

	json_object_foreach(shape, key, s)
	{
		name = plain(key);
		repr_json_set(members, arena_str(a, name), schema_of(s, a));
		if (!optional(key, s))
			(void)json_array_append(
			    required, repr_json_string(a, name));
	}
	repr_json_set_str(v, "type", "object");
	repr_json_set(v, "properties", members);
	if (json_array_size(required))
		repr_json_set(v, "required", required);
	return v;
}

json_t *
schema_of(json_t *shape, struct arena *a)
{
	json_t *v;

	if (json_is_string(shape))
		return schema_scalar(json_string_value(shape), a);
	if (json_is_object(shape))
		return object(shape, a);
	v = repr_json_object(a);
	repr_json_set_str(v, "type", json_is_array(shape) ? "array" : "object");
	if (json_is_array(shape))
		repr_json_set(
		    v, "items", schema_of(json_array_get(shape, 0), a));
	return v;
}

void
schema_query(json_t *shape, json_t *out, struct arena *a)
{
	const char *key;
	json_t *s;

	json_object_foreach(shape, key, s)
	{
		json_t *v = repr_json_object(a);

		if (!json_is_string(s) || !strcmp(key, "id"))
			continue;
		repr_json_set(v, "name", repr_json_string(a, plain(key)));
		repr_json_set_str(v, "in", "query");
		if (!optional(key, s))
			repr_json_set(v, "required", json_true());
		repr_json_set(
		    v, "schema", schema_scalar(json_string_value(s), a));
		(void)json_array_append(out, v);
	}
}

static const char frame[] =
    "{\"openapi\":\"3.1.0\","
    "\"info\":{\"title\":\"Kontor\",\"version\":\"1\","
    "\"description\":\"Orders and documents of the house's partners. "
    "Decimals and dates are strings. Lists have items and next.\"},"
    "\"servers\":[{\"url\":\"%s/api/v1\"}],"
    "\"security\":[{\"client\":[]}],"
    "\"components\":{"
    "\"securitySchemes\":{\"client\":{\"type\":\"oauth2\",\"flows\":{"
    "\"clientCredentials\":{\"tokenUrl\":\"%s/api/v1/token\","
    "\"scopes\":{}}}}},"
    "\"parameters\":{"
    "\"idempotency_key\":{\"name\":\"Idempotency-Key\",\"in\":\"header\","
    "\"description\":\"The same key and body get the first answer again.\","
    "\"schema\":{\"type\":\"string\",\"maxLength\":128}},"
    "\"if_match\":{\"name\":\"If-Match\",\"in\":\"header\","
    "\"description\":\"The ETag of the version that was seen.\","
    "\"schema\":{\"type\":\"string\"}}},"
    "\"responses\":{"
    "\"nothing\":{\"description\":\"Done\"},"
    "\"unchanged\":{\"description\":\"As If-None-Match says\"},"
    "\"problem\":{\"description\":\"Refused, and why\",\"content\":{"
    "\"application/problem+json\":{\"schema\":{"
    "\"$ref\":\"#/components/schemas/problem\"}}}}},"
    "\"schemas\":{\"list\":{\"type\":\"object\","
    "\"required\":[\"items\",\"next\"],\"properties\":{"
    "\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
    "\"next\":{\"type\":[\"string\",\"null\"]}}},"
    "\"problem\":{\"type\":\"object\","
    "\"required\":[\"type\",\"title\",\"status\",\"detail\",\"code\","
    "\"trace_id\"],\"properties\":{\"type\":{\"type\":\"string\"},"
    "\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
    "\"detail\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},"
    "\"trace_id\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\","
    "\"items\":{\"type\":\"object\",\"required\":[\"code\",\"detail\"],"
    "\"properties\":{\"pointer\":{\"type\":\"string\"},"
    "\"code\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"}}}},"
    "\"current\":{}}}}}}";

const char *
schema_frame(const char *base_url, struct arena *a)
{
	return arena_printf(a, frame, base_url, base_url);
}
