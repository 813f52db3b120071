/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields in the words of people: "parties.buyer.address.city" is "buyer, city"
 * (assets/text, guides.json, "guide.word.").
 */
#include "guide/rows.h"
#include "repr/text.h"

/* What only holds others says nothing of its own. */
static bool
holder(struct span part)
{
	return span_is(part, "parties") || span_is(part, "address") ||
	       span_is(part, "item");
}

bool
guide_spoken(const struct text_locale *words, struct span part, struct buf *out)
{
	char key[80];

	(void)snprintf(key, sizeof key, "guide.word.%.*s", (int)part.n, part.p);
	return words && text_format(words, span_of(key), NULL, out);
}

static void
add(const struct text_locale *words, struct span part, struct buf *out)
{
	size_t before = out->n;

	if (before)
		buf_puts(out, ", ");
	if (part.n && guide_spoken(words, part, out))
		return;
	out->n = before;
	if (out->p)
		out->p[before] = '\0';
}

void
guide_meaning(
    const struct text_locale *words, struct span field, struct buf *out)
{
	struct buf b;

	buf_init(&b, 4096);
	while (words && field.p) {
		struct span part = span_cut(&field, '.');
		struct span list = span_cut(&part, '[');
		struct span rest = part;

		if (span_starts(list, "/"))
			list = span_sub(list, 1, list.n);
		if (!field.p || !holder(list))
			add(words, list, &b);
		(void)span_cut(&rest, '=');
		if (rest.p)
			add(words, span_cut(&rest, ']'), &b);
	}
	buf_put(out, buf_span(&b));
	buf_done(&b);
}
