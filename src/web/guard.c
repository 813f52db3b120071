/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "web/guard.h"
#include "web/router.h"

static enum guard_verdict
refuse(struct guard *g, int status, const char *code)
{
	g->status = status;
	g->code = code;
	return GUARD_REFUSE;
}

/* Index behind the first blank line; 0 while there is none. */
static size_t
head_end(struct span s)
{
	for (size_t i = 3; i < s.n; i++)
		if (s.p[i] == '\n' && !memcmp(s.p + i - 3, "\r\n\r\n", 4))
			return i + 1;
	return 0;
}

/* Visible ASCII and blanks, every CR before an LF, every LF after a CR. */
static bool
clean(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\r' && i + 1 < s.n && s.p[i + 1] != '\n')
			return false;
		if (c == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			return false;
		if (c != '\r' && c != '\n' && (c < 0x20 || c > 0x7e))
			return false;
	}
	return true;
}

static bool
token_is(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) &&
		    !strchr("!#$%&'*+-.^_`|~", s.p[i]))
			return false;
	return s.n > 0;
}

static bool
next_line(struct span *rest, struct span *line)
{
	size_t n = span_find_str(*rest, "\r\n");

	if (n == 0 || n >= rest->n)
		return false;
	*line = span_sub(*rest, 0, n);
	*rest = span_sub(*rest, n + 2, rest->n);
	return true;
}

/* METHOD SP target SP HTTP/1.1 */
static enum guard_verdict
check_line(
    struct span line, enum web_method *m, struct span *path, struct guard *g)
{
	struct span rest = line, name = span_cut(&rest, ' ');
	struct span target = span_cut(&rest, ' ');

	if (!token_is(name) || target.n == 0 || target.p[0] != '/' ||
	    span_find(target, '#') < target.n)
		return refuse(g, 400, "http.request_line");
	if (!span_is(rest, "HTTP/1.1") && !span_is(rest, "HTTP/1.0"))
		return refuse(g, 400, "http.version");
	*m = web_method(name);
	if (*m == 0)
		return refuse(g, 501, "http.method.unknown");
	if (target.n > GUARD_TARGET_MAX)
		return refuse(g, 414, "http.target.long");
	*path = span_cut(&target, '?');
	return GUARD_PASS;
}

struct heads {
	int hosts, lengths, lines;
	bool multipart;
	unsigned long long length;
};

static enum guard_verdict
check_header(struct span line, struct heads *h, struct guard *g)
{
	struct span value = line, name = span_cut(&value, ':');

	h->lines++;
	/* A name with a blank before the colon, or a folded line. */
	if (value.p == NULL || !token_is(name))
		return refuse(g, 400, "http.header");
	value = span_trim(value);
	if (value.n == 0)
		return refuse(g, 400, "http.header");
	if (span_case_is(name, "host"))
		h->hosts++;
	else if (name.n > 4 && span_case_is(span_sub(name, 0, 4), "host"))
		return refuse(
		    g, 400, "http.header"); /* Kore takes it for host */
	else if (span_case_is(name, "content-type"))
		h->multipart =
		    span_case_is(span_sub(value, 0, 19), "multipart/form-data");
	else if (span_case_is(name, "transfer-encoding"))
		return refuse(g, 400, "http.framing");
	else if (span_case_is(name, "expect") || span_case_is(name, "upgrade"))
		return refuse(g, 400, "http.header");
	else if (span_case_is(name, "content-length")) {
		if (h->lengths++ || value.n > 15 ||
		    !span_uint(value, &h->length))
			return refuse(g, 400, "http.framing");
	}
	return GUARD_PASS;
}

static enum guard_verdict
check_body(struct span path, enum web_method m, const struct heads *h,
    size_t arrived, struct guard *g)
{
	struct arena *a;
	struct route_path p;
	size_t max = 16u << 10;

	if (h->length && m != WEB_POST && m != WEB_PUT && m != WEB_PATCH)
		return refuse(g, 400, "http.framing");
	/* Nothing may follow the body: one request a connection. */
	if (arrived > h->length)
		return refuse(g, 400, "http.framing");
	g->length = h->length;
	if (h->length <= max)
		return GUARD_PASS;
	a = arena_new();
	if (route_path_read(path, a, &p, NULL) == RC_OK)
		max = route_body_max(&p, m, h->multipart);
	arena_free(a);
	if (h->length > max)
		return refuse(g, 413, "http.body.size");
	return GUARD_PASS;
}

enum guard_verdict
guard_check(struct span bytes, struct guard *g)
{
	size_t end = head_end(bytes);
	struct span rest = span_sub(bytes, 0, end), line, path;
	struct heads h = {0};
	enum guard_verdict v;
	enum web_method m;

	*g = (struct guard){.head = end};
	if (bytes.n && !isupper((unsigned char)bytes.p[0]))
		return refuse(g, 400, "http.request_line");
	/* What is wrong already need not be waited for. */
	if (!clean(end ? rest : bytes))
		return refuse(g, 400, "http.framing");
	if (end == 0)
		return bytes.n < GUARD_HEAD_MAX
			   ? GUARD_MORE
			   : refuse(g, 431, "http.header.size");
	if (!next_line(&rest, &line))
		return refuse(g, 400, "http.request_line");
	if ((v = check_line(line, &m, &path, g)) != GUARD_PASS)
		return v;
	while (next_line(&rest, &line))
		if ((v = check_header(line, &h, g)) != GUARD_PASS)
			return v;
	if (h.lines > GUARD_HEADERS_MAX)
		return refuse(g, 431, "http.header.size");
	if (h.hosts != 1)
		return refuse(g, 400, "http.host");
	return check_body(path, m, &h, bytes.n - end, g);
}
