/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "guide/sheet_shape.h"

/* What the file is refused for; the reader's code says which rule. */
static void
refused(struct edi_file *f, const struct err *err)
{
	enum edi_rule_id rule = EDI_R_SHEET_SYNTAX;

	if (strcmp(err->code, "sheet.rows") == 0 ||
	    strcmp(err->code, "sheet.columns") == 0 ||
	    strcmp(err->code, "sheet.size") == 0)
		rule = EDI_R_SHEET_SIZE;
	if (strcmp(err->code, "sheet.entity") == 0)
		rule = EDI_R_XML_DOCTYPE;
	edi_found(
	    &f->findings, edi_find(&f->findings, rule), span_of(err->text));
}

/* Something about a title. */
static struct edi_finding *
titled(struct edi_file *f, enum edi_rule_id rule, const struct sheet_row *row,
    uint32_t column)
{
	struct edi_finding *x = edi_find(&f->findings, rule);

	x->offset = row->offset;
	x->segment = row->number;
	edi_column(column + 1, x->tag);
	x->element = (uint16_t)(column + 1);
	edi_found(&f->findings, x, row->cells[column].text);
	return x;
}

static void
judge_titles(
    struct edi_file *f, const struct shape *s, const struct sheet_row *row)
{
	for (uint32_t i = 0; i < row->ncells; i++)
		if (s->unknown[i])
			(void)titled(f, EDI_R_SHEET_COLUMN_UNKNOWN, row, i);
		else if (s->twice[i])
			(void)titled(f, EDI_R_SHEET_COLUMN_TWICE, row, i);
	for (size_t i = 0; i < s->ncolumns; i++) {
		const struct column *c = &s->columns[i];
		if (c->at || !c->must)
			continue;
		struct edi_finding *x =
		    edi_find(&f->findings, EDI_R_SHEET_COLUMN_MISSING);
		x->offset = row->offset;
		x->segment = row->number;
		edi_expected(&f->findings, x, "%.*s",
		    (int)c->titles[s->german].n, c->titles[s->german].p);
	}
}

/* The rows that say something, as messages. */
static void
messages(struct edi_file *f, const struct shape *s, const struct sheet *t,
    const struct edi_limits *limits, struct arena *a)
{
	struct edi_interchange *ix = ARENA_NEW(a, struct edi_interchange);

	ix->syntax = (struct edi_syntax){
	    .family = f->family, .charset = EDI_UTF8, .decimal = '.'};
	ix->header = true;
	ix->length = f->nbytes;
	edi_findings_init(&ix->findings, a, limits->findings);
	shape_messages(s, t, limits, ix, a);
	if (ix->nmessages == 0) {
		(void)edi_find(&f->findings, EDI_R_SHEET_EMPTY);
		return;
	}
	f->interchanges = ARENA_ARRAY(a, struct edi_interchange *, 1);
	f->interchanges[0] = ix;
	f->ninterchanges = f->interchanges_cap = 1;
	f->nmessages = ix->nmessages;
}

/* Text may be anything: only one that begins like a table is one. */
static bool
begins_as_table(struct span bytes)
{
	struct span line = span_sub(bytes, 0, span_find(bytes, '\n'));

	return edi_sniff(bytes) == EDI_UNKNOWN && line.n < 65536 &&
	       (memchr(line.p, ';', line.n) || memchr(line.p, ',', line.n) ||
		   memchr(line.p, '\t', line.n));
}

static bool
is_sheet(const struct guides *gs, struct span bytes, struct span wanted,
    struct arena *a)
{
	size_t titles = sheet_before_titles(bytes);
	struct span line = span_sub(bytes, 0,
	    titles + span_find(span_sub(bytes, titles, bytes.n), '\n'));
	struct sheet head;
	struct shape s;

	if (sheet_is_xlsx(bytes))
		return true;
	if (bytes.n == 0 || !begins_as_table(bytes) ||
	    sheet_read(line, a, &head, NULL) != RC_OK || head.nrows == 0)
		return false;
	return shape_find(gs, wanted, &head.rows[0], &s, a);
}

struct edi_file *
guide_sheet(const struct guides *gs, struct span bytes, struct span wanted,
    const struct edi_limits *limits, struct arena *a,
    const struct guide **guide)
{
	struct edi_file *f;
	struct sheet t;
	struct shape s;
	struct err err;

	*guide = NULL;
	if (limits == NULL)
		limits = &EDI_LIMITS;
	if (bytes.n > limits->bytes || !is_sheet(gs, bytes, wanted, a))
		return NULL;
	f = ARENA_NEW(a, struct edi_file);
	f->family = sheet_is_xlsx(bytes) ? EDI_XLSX : EDI_CSV;
	f->nbytes = bytes.n;
	edi_findings_init(&f->findings, a, limits->findings);
	if (sheet_read(bytes, a, &t, &err) != RC_OK) {
		refused(f, &err);
		return f;
	}
	if (t.nrows == 0 || !shape_find(gs, wanted, &t.rows[0], &s, a)) {
		(void)edi_find(&f->findings, EDI_R_SHEET_TITLES);
		return f;
	}
	s.comma = t.comma || s.german;
	judge_titles(f, &s, &t.rows[0]);
	if (f->findings.errors)
		return f;
	*guide = s.guide;
	messages(f, &s, &t, limits, a);
	return f;
}

/* Is one of the rows below the node faulty? */
static bool
faulty(const struct edi_node *n, const struct edi_findings *fs)
{
	for (size_t i = 0; i < fs->n; i++)
		if (fs->list[i].severity == EDI_ERROR &&
		    fs->list[i].segment == n->line)
			return true;
	for (n = n->child; n; n = n->next)
		if (n->child && faulty(n, fs))
			return true;
	return false;
}

bool
guide_sheet_spare(const struct guide *g, struct edi_message *m)
{
	const struct gword *entry =
	    g->source->rows ? g->source->rows->next : NULL;
	const struct gword *apart = entry ? entry->next : NULL;
	struct edi_node *root = (struct edi_node *)(uintptr_t)m->root;
	struct edi_node *before = NULL, *next;
	size_t left = 0, out = 0;

	if (!apart || !span_is(apart->word, "apart") || !m->findings.errors ||
	    m->findings.left_out)
		return false;
	for (struct edi_node *n = (struct edi_node *)(uintptr_t)root->child; n;
	     n = next) {
		next = (struct edi_node *)(uintptr_t)n->next;
		if (!span_is(n->name, SHEET_ENTRY) ||
		    !faulty(n, &m->findings)) {
			left += span_is(n->name, SHEET_ENTRY);
			before = n;
			continue;
		}
		out++;
		if (before)
			before->next = next;
		else
			root->child = next;
	}
	return out && left;
}

/* A cell that is read twice, alone and in a sum, is wrong once. */
static bool
said_before(const struct edi_findings *fs, size_t i)
{
	const struct edi_finding *f = &fs->list[i];

	for (size_t k = 0; f->element && k < i; k++)
		if (fs->list[k].rule == f->rule &&
		    fs->list[k].segment == f->segment &&
		    fs->list[k].element == f->element)
			return true;
	return false;
}

void
guide_sheet_explain(struct edi_findings *fs)
{
	for (size_t i = fs->n; i > 0; i--)
		if (said_before(fs, i - 1))
			edi_findings_drop(fs, i - 1);
	for (size_t i = 0; i < fs->n; i++) {
		struct edi_finding *f = &fs->list[i];

		if (f->rule == &EDI_RULES[EDI_R_GUIDE_VALUE_NUMBER] ||
		    f->rule == &EDI_RULES[EDI_R_GUIDE_VALUE_MARK])
			edi_expected(fs, f, "1234.5, 1234,5");
		else if (f->rule == &EDI_RULES[EDI_R_GUIDE_VALUE_DATE])
			edi_expected(fs, f, "2026-12-31, 31.12.2026");
	}
}

/* The nth code that the guide knows for a column; empty without codes. */
static struct span
nth_code(const struct guide *g, const struct column *c, unsigned nth)
{
	for (uint16_t i = 0; i < g->nnodes; i++) {
		const struct gnode *n = &g->nodes[i];
		const struct gleaf *l = &g->leaves[n->leaf];

		if (span_eq(n->name, c->name) && n->nleaves && l->nalts &&
		    l->alts[0].map && l->alts[0].map->n)
			return l->alts[0]
			    .map->entries[nth % l->alts[0].map->n]
			    .code;
	}
	return (struct span){NULL, 0};
}

static struct span
sample_of(const struct guide *g, const struct column *c, unsigned nth)
{
	static const char *const BY_KIND[] = {[SHEET_TEXT] = "ABC",
	    [SHEET_NUMBER] = "1",
	    [SHEET_DATE] = "2026-12-31"};
	struct span code = nth_code(g, c, nth);

	return code.n ? code : span_of(BY_KIND[c->kind]);
}

void
guide_sheet_sample(
    const struct guide *g, unsigned nth, struct arena *a, struct buf *out)
{
	struct shape *s = ARENA_NEW(a, struct shape);
	struct sheet_column *columns;
	struct span *cells;

	shape_of(g, s);
	columns = ARENA_ARRAY(a, struct sheet_column, s->ncolumns);
	cells = ARENA_ARRAY(a, struct span, s->ncolumns);
	for (size_t i = 0; i < s->ncolumns; i++) {
		columns[i] = (struct sheet_column){
		    s->columns[i].titles[0], s->columns[i].kind, 12};
		cells[i] = sample_of(g, &s->columns[i], nth);
	}
	sheet_write_csv(&(struct sheet_table){.columns = columns,
			    .ncolumns = s->ncolumns,
			    .cells = cells,
			    .nrows = 1},
	    false, out);
}
