/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "db/sql_text.h"

static size_t
skip_to(struct span s, size_t at, const char *end)
{
	size_t n = strlen(end);

	for (; at + n <= s.n; at++)
		if (memcmp(s.p + at, end, n) == 0)
			return at + n;
	return s.n;
}

/* After the quote that closes what opens at `at`; '' and "" stay inside. */
static size_t
skip_quoted(struct span s, size_t at)
{
	char quote = s.p[at];
	bool escapes = quote == '\'' && at > 0 &&
		       (s.p[at - 1] == 'E' || s.p[at - 1] == 'e') &&
		       (at == 1 || !isalnum((unsigned char)s.p[at - 2]));

	for (at++; at < s.n; at++) {
		if (escapes && s.p[at] == '\\')
			at++;
		else if (s.p[at] == quote)
			return at + 1;
	}
	return s.n;
}

/* Length of the tag "$…$" at `at`, or 0. */
static size_t
dollar_tag(struct span s, size_t at)
{
	size_t n = 1;

	if (at > 0 &&
	    (isalnum((unsigned char)s.p[at - 1]) || s.p[at - 1] == '_'))
		return 0;
	while (at + n < s.n &&
	       (isalpha((unsigned char)s.p[at + n]) || s.p[at + n] == '_' ||
		   (n > 1 && isdigit((unsigned char)s.p[at + n]))))
		n++;
	return at + n < s.n && s.p[at + n] == '$' ? n + 1 : 0;
}

static size_t
skip_dollars(struct span s, size_t at, size_t n)
{
	for (size_t i = at + n; i + n <= s.n; i++)
		if (memcmp(s.p + i, s.p + at, n) == 0)
			return i + n;
	return s.n;
}

static size_t
skip_comment(struct span s, size_t at)
{
	int depth = 0;

	while (at + 1 < s.n) {
		if (s.p[at] == '/' && s.p[at + 1] == '*') {
			depth++;
			at += 2;
		} else if (s.p[at] == '*' && s.p[at + 1] == '/') {
			at += 2;
			if (--depth == 0)
				return at;
		} else {
			at++;
		}
	}
	return s.n;
}

/* Past the token at `at`: a quoted thing or comment whole, else one byte. */
static size_t
step(struct span s, size_t at)
{
	char c = s.p[at], next = at + 1 < s.n ? s.p[at + 1] : '\0';
	size_t n;

	if (c == '\'' || c == '"')
		return skip_quoted(s, at);
	if (c == '-' && next == '-')
		return skip_to(s, at, "\n");
	if (c == '/' && next == '*')
		return skip_comment(s, at);
	if (c == '$' && (n = dollar_tag(s, at)))
		return skip_dollars(s, at, n);
	return at + 1;
}

static bool
is_gap(struct span s, size_t at)
{
	char c = s.p[at], next = at + 1 < s.n ? s.p[at + 1] : '\0';

	return isspace((unsigned char)c) || (c == '-' && next == '-') ||
	       (c == '/' && next == '*');
}

static void
advance(struct sql_text *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->line += t->rest.p[i] == '\n';
	t->rest = span_sub(t->rest, n, t->rest.n);
}

bool
sql_text_next(struct sql_text *t, struct span *statement, unsigned *line)
{
	size_t at = 0;

	while (at < t->rest.n && is_gap(t->rest, at))
		at = step(t->rest, at);
	advance(t, at);
	if (t->rest.n == 0)
		return false;
	*line = t->line;
	for (at = 0; at < t->rest.n && t->rest.p[at] != ';';)
		at = step(t->rest, at);
	if (at < t->rest.n)
		at++;
	*statement = span_sub(t->rest, 0, at);
	advance(t, at);
	return true;
}
