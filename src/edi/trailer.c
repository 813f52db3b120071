/* SPDX-License-Identifier: Apache-2.0
 *
 * What every trailer (UNT, UNE, UNZ, SE, GE, IEA) claims: a count in its first
 * element and, in its second, the reference of what it ends. And what has more
 * places than exist.
 */
#include <string.h>

#include "edi/reader.h"

struct edi_finding *
edi_find_here(struct edi_reader *r, enum edi_rule_id rule, unsigned element)
{
	return edi_find_at(
	    &r->ix->findings, rule, &r->seg, element, element ? 1 : 0, 0);
}

void
edi_check_count(struct edi_reader *r, struct edi_findings *fs,
    enum edi_rule_id rule, size_t real)
{
	unsigned long long claimed;
	struct edi_finding *f;

	if (span_uint(edi_raw(&r->seg, 1, 1, 1), &claimed) && claimed == real)
		return;
	f = edi_find_at(fs, rule, &r->seg, 1, 1, 0);
	edi_expected(fs, f, "%zu", real);
	edi_repair_value(
	    fs, f, &r->seg, span_of(arena_printf(fs->a, "%zu", real)));
}

void
edi_check_reference(struct edi_reader *r, struct edi_findings *fs,
    enum edi_rule_id rule, struct span first)
{
	struct span v = edi_value(&r->seg, 2, 1, 1, fs->a);
	struct edi_finding *f;

	if (span_eq(v, first))
		return;
	f = edi_find_at(fs, rule, &r->seg, 2, 1, 0);
	edi_expected(fs, f, "%.*s", (int)first.n, first.p ? first.p : "");
	if (first.n == 0)
		return;
	edi_repair_value(fs, f, &r->seg, first);
	if (r->seg.nelements == 0 && f->fix.n) /* behind the missing count */
		f->fix = span_sub(f->fix, 1, f->fix.n);
}

/* The last component that says something. */
static unsigned
filled(const struct edi_segment *s, unsigned element)
{
	unsigned n = edi_components(s, element, 1);

	while (n && edi_raw(s, element, 1, n).n == 0)
		n--;
	return n;
}

void
edi_check_places(struct edi_reader *r, struct edi_findings *fs,
    enum edi_rule_id rule, const char *most)
{
	const struct edi_segment *s = &r->seg;
	size_t n = strlen(most);

	if (s->nelements <= n && s->ntokens == s->nelements + 1U)
		return;
	for (unsigned e = 1; e <= s->nelements; e++) {
		unsigned room = e <= n ? (unsigned)(most[e - 1] - '0') : 0;

		if (filled(s, e) <= room)
			continue;
		edi_find_at(fs, rule, s, e, 1, room ? room + 1 : 0);
		return;
	}
}
