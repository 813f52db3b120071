/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl document: what the portal would say about a file, without portal
 * and without database.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "edi/ack.h"
#include "guide/document.h"
#include "main/ctl.h"
#include "repr/jsonout.h"
#include "repr/text.h"

#define RESULT_MAX (1u << 30)

struct job {
	const char *verb;
	const char *guides, *schemas, *guide, *assets;
	bool json;
	struct arena *a; /* of all files */
	struct guides *loaded;
	struct text *text; /* NULL: no sentences */
	const struct text_locale *en, *de;
};

/* One file. */
struct sheet {
	const char *name;
	struct arena *a;
	struct span bytes;
	struct edi_file *file;
	struct buf out;
	json_t *result;
};

static int
usage(FILE *f)
{
	(void)fputs(
	    "usage: kontorctl document check [--guide NAME] [--json] FILE...\n"
	    "       kontorctl document ack FILE        print what answers it\n"
	    "       kontorctl document canonical FILE  print what it says\n"
	    "options:\n"
	    "  --guide NAME   read every message by this guide\n"
	    "  --guides DIR   folder of the guides (partner_dir)\n"
	    "  --schemas DIR  folder of the OASIS UBL 2.1 schemas "
	    "(ubl_schemas)\n"
	    "  --json         one JSON object a line\n"
	    "exit status: 0 all valid, 1 some invalid, 2 wrong use\n",
	    f);
	return f == stderr ? CTL_USAGE : CTL_OK;
}

static const char *
setting(struct job *j, const char *key, const char *fallback)
{
	const char *path = getenv("KONTOR_CONF"), *var = getenv("KONTOR_VAR");
	struct conf *conf;
	struct err err;
	const char *v;

	if (path == NULL && var != NULL)
		path = arena_printf(j->a, "%s/kontor.conf", var);
	if (path == NULL)
		path = "ops/kontor.conf";
	if (conf_load(path, j->a, &conf, &err) != RC_OK)
		return fallback;
	v = conf_get(conf, key, fallback);
	return v != NULL && v[0] ? v : fallback;
}

static int
prepare(struct job *j)
{
	struct err err = {.rc = RC_OK};

	if (j->guides == NULL)
		j->guides = setting(j, "partner_dir", "partners");
	if (j->schemas == NULL)
		j->schemas = setting(j, "ubl_schemas", NULL);
	j->assets = setting(j, "asset_dir", "assets");
	if (guides_load(j->guides, j->a, NULL, &j->loaded, &err) != RC_OK) {
		(void)fprintf(stderr, "kontorctl: %s\n", err.text);
		return CTL_USAGE;
	}
	if (j->guide && guides_named(j->loaded, span_of(j->guide)) == NULL) {
		(void)fprintf(stderr, "kontorctl: no guide %s\n", j->guide);
		return CTL_USAGE;
	}
	if (text_load(arena_printf(j->a, "%s/text", j->assets), j->a, &j->text,
		&err) != RC_OK)
		return CTL_OK; /* findings without sentences */
	j->en = text_locale(j->text, "en", NULL);
	j->de = text_locale(j->text, "de", NULL);
	return CTL_OK;
}

static bool
read_input(struct sheet *s, struct err *err)
{
	size_t max = EDI_LIMITS.bytes + 1;
	enum rc rc;

	if (strcmp(s->name, "-") == 0)
		rc = file_read("/dev/stdin", max, s->a, &s->bytes, err);
	else
		rc = file_read(s->name, max, s->a, &s->bytes, err);
	return rc == RC_OK;
}

/* Reads and judges; false when the file itself cannot be read. */
static bool
read_sheet(const struct job *j, struct sheet *s)
{
	struct document_options o = {.schemas = j->schemas, .guide = j->guide};
	struct err err = {.rc = RC_OK};

	if (!read_input(s, &err) ||
	    document_read(j->loaded, s->bytes, NULL, &o, s->a, &s->out,
		&s->file, &err) != RC_OK ||
	    repr_json_trusted(buf_span(&s->out), s->a, &s->result, &err) !=
		RC_OK) {
		(void)fprintf(stderr, "kontorctl: %s: %s\n", s->name, err.text);
		return false;
	}
	return true;
}

/* A name in a finding's sentence: a member of the finding or of its args. */
static const json_t *
finding_member(const void *ctx, struct span dotted)
{
	const json_t *f = ctx, *v;
	char name[64];

	if (dotted.n == 0 || dotted.n >= sizeof name)
		return NULL;
	memcpy(name, dotted.p, dotted.n);
	name[dotted.n] = '\0';
	v = json_object_get(f, name);
	return v ? v : json_object_get(json_object_get(f, "args"), name);
}

static struct span
sentence(const struct text_locale *l, const json_t *finding, struct arena *a)
{
	struct text_args args = {finding_member, finding};
	struct span out = {NULL, 0};
	char key[160];
	struct buf b;

	if (l == NULL)
		return out;
	buf_init(&b, 65536);
	(void)snprintf(
	    key, sizeof key, "finding.%s.what", repr_json_str(finding, "rule"));
	if (text_format(l, span_of(key), &args, &b) ||
	    text_format(l, span_of("finding.any.what"), &args, &b))
		out = arena_span(a, buf_span(&b));
	buf_done(&b);
	return out;
}

static void
say_place(const json_t *f)
{
	long long segment = repr_json_int(f, "segment", 0);
	long long element = repr_json_int(f, "element", 0);
	long long component = repr_json_int(f, "component", 0);
	const char *tag = repr_json_str(f, "tag");
	const char *xpath = repr_json_str(f, "xpath");

	if (segment)
		(void)printf(xpath ? " line %lld" : " segment %lld", segment);
	if (tag)
		(void)printf(" %s", tag);
	if (element)
		(void)printf(" element %lld", element);
	if (component)
		(void)printf(" component %lld", component);
	if (xpath)
		(void)printf(" %s", xpath);
	(void)printf(" (byte %lld)", repr_json_int(f, "offset", 0));
}

static void
say_finding(const struct job *j, const struct sheet *s, const json_t *f)
{
	static const char *const VALUES[] = {"found", "expected", "repair"};
	struct span what = sentence(j->en, f, s->a);

	(void)printf(
	    "  %s %s", repr_json_str(f, "severity"), repr_json_str(f, "rule"));
	say_place(f);
	for (size_t i = 0; i < 3; i++) {
		const char *v = repr_json_str(f, VALUES[i]);

		if (v)
			(void)printf(", %s \"%s\"", VALUES[i], v);
	}
	(void)printf("\n");
	if (what.n)
		(void)printf("    %.*s\n", (int)what.n, what.p);
}

/* Calls seen for every finding: of the file, interchanges, groups, messages.
 */
static void
each_finding(const json_t *node,
    void (*seen)(
	const struct job *, struct sheet *, const json_t *, struct jsonout *),
    const struct job *j, struct sheet *s, struct jsonout *out)
{
	static const char *const BELOW[] = {
	    "interchanges", "groups", "messages"};
	const json_t *list = json_object_get(node, "findings");
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v) seen(j, s, v, out);
	for (size_t k = 0; k < 3; k++) {
		json_array_foreach(json_object_get(node, BELOW[k]), i, v)
		    each_finding(v, seen, j, s, out);
	}
}

static void
seen_text(
    const struct job *j, struct sheet *s, const json_t *f, struct jsonout *out)
{
	(void)out;
	say_finding(j, s, f);
}

/* The finding as the reader made it, with sentences. */
static void
seen_json(
    const struct job *j, struct sheet *s, const json_t *f, struct jsonout *out)
{
	struct buf b;

	buf_init(&b, 1u << 20);
	repr_json_write(f, &b);
	if (j->en != NULL && b.n > 1) {
		struct jsonout t;

		b.n--; /* reopen the object */
		buf_putc(&b, ',');
		jo_begin(&t, &b);
		buf_puts(&b, "\"text\":");
		jo_open(&t, NULL, '{');
		jo_string(&t, "en", sentence(j->en, f, s->a));
		jo_string(&t, "de", sentence(j->de, f, s->a));
		jo_close(&t);
		buf_putc(&b, '}');
	}
	jo_raw(out, NULL, buf_span(&b));
	buf_done(&b);
}

static const json_t *
first_message(const struct sheet *s)
{
	return repr_json_at(s->result, "interchanges.0.messages.0");
}

static const char *
level(const struct job *j, const struct sheet *s)
{
	const json_t *m = first_message(s);

	if (m == NULL)
		return s->file->ninterchanges ? "envelope" : "syntax";
	if (repr_json_str(m, "guide"))
		return "message";
	if (s->file->family == EDI_UBL && j->schemas)
		return "schema";
	return s->file->family == EDI_UBL || s->file->family == EDI_XML
		   ? "syntax"
		   : "envelope";
}

static void
check_json(const struct job *j, struct sheet *s)
{
	const json_t *m = first_message(s);
	struct jsonout out;
	struct buf b;

	buf_init(&b, RESULT_MAX);
	jo_begin(&out, &b);
	jo_open(&out, NULL, '{');
	jo_cstr(&out, "file", s->name);
	jo_cstr(&out, "family", edi_family_name(s->file->family));
	jo_cstr(&out, "type", repr_json_str(m, "type"));
	jo_cstr(&out, "version", repr_json_str(m, "version"));
	jo_cstr(&out, "verdict", edi_is_valid(s->file) ? "valid" : "invalid");
	jo_cstr(&out, "level", level(j, s));
	if (repr_json_str(m, "guide"))
		jo_cstr(&out, "guide", repr_json_str(m, "guide"));
	else
		jo_null(&out, "guide");
	jo_open(&out, "findings", '[');
	each_finding(s->result, seen_json, j, s, &out);
	jo_close(&out);
	jo_close(&out);
	buf_putc(&b, '\n');
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

static void
check_text(const struct job *j, struct sheet *s)
{
	const json_t *m = first_message(s);
	const char *type = repr_json_str(m, "type");
	const char *version = repr_json_str(m, "version");
	const char *guide = repr_json_str(m, "guide");

	(void)printf("%s: %s (%s%s%s%s%s%s%s)\n", s->name,
	    edi_is_valid(s->file) ? "valid" : "invalid",
	    edi_family_name(s->file->family), type ? " " : "", type ? type : "",
	    version ? " " : "", version ? version : "", guide ? ", guide " : "",
	    guide ? guide : "");
	each_finding(s->result, seen_text, j, s, NULL);
}

static int
run_check(const struct job *j, struct sheet *s)
{
	if (j->json)
		check_json(j, s);
	else
		check_text(j, s);
	return edi_is_valid(s->file) ? CTL_OK : CTL_FAILED;
}

static int
run_ack(const struct job *j, struct sheet *s)
{
	struct edi_ack_options o = {span_of("1"), clock_wall()};
	int rc = CTL_FAILED;
	struct buf b;
	struct err err;

	(void)j;
	buf_init(&b, RESULT_MAX);
	for (size_t i = 0; i < s->file->ninterchanges; i++) {
		if (edi_ack_write(s->file->interchanges[i], &o, &b, &err) ==
		    RC_OK)
			rc = CTL_OK;
		else
			(void)fprintf(
			    stderr, "kontorctl: %s: %s\n", s->name, err.text);
	}
	(void)fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
	return rc;
}

static int
run_canonical(const struct job *j, struct sheet *s)
{
	const json_t *list = json_object_get(s->result, "interchanges");
	int rc = CTL_FAILED;
	size_t i, k;
	json_t *ix, *m;
	struct buf b;

	(void)j;
	buf_init(&b, RESULT_MAX);
	json_array_foreach(list, i, ix){
	    json_array_foreach(json_object_get(ix, "messages"), k, m){
		const json_t *c = json_object_get(m, "canonical");

	if (c == NULL)
		continue;
	repr_json_write(c, &b);
	buf_putc(&b, '\n');
	rc = CTL_OK;
}
}
(void)fwrite(b.p, 1, b.n, stdout);
buf_done(&b);
return rc;
}

static const struct {
	const char *verb;
	int (*run)(const struct job *j, struct sheet *s);
} VERBS[] = {
    {"check", run_check},
    {"ack", run_ack},
    {"canonical", run_canonical},
};
#define NVERBS (sizeof VERBS / sizeof *VERBS)

static int
one_file(const struct job *j, const char *name)
{
	struct sheet s = {.name = name, .a = arena_new()};
	int rc = CTL_USAGE;

	buf_init(&s.out, RESULT_MAX);
	if (read_sheet(j, &s)) {
		for (size_t i = 0; i < NVERBS; i++) {
			if (strcmp(j->verb, VERBS[i].verb) == 0)
				rc = VERBS[i].run(j, &s);
		}
	}
	buf_done(&s.out);
	arena_free(s.a);
	return rc;
}

static bool
known(const char *verb)
{
	for (size_t i = 0; i < NVERBS; i++) {
		if (strcmp(verb, VERBS[i].verb) == 0)
			return true;
	}
	return false;
}

/* 0 to go on, else the exit status plus one. */
static int
options(struct job *j, int argc, char **argv)
{
	static const struct option LONG[] = {
	    {"guide", required_argument, NULL, 'g'},
	    {"guides", required_argument, NULL, 'd'},
	    {"schemas", required_argument, NULL, 's'},
	    {"json", no_argument, NULL, 'j'},
	    {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", LONG, NULL)) != -1) {
		if (c == 'g')
			j->guide = optarg;
		else if (c == 'd')
			j->guides = optarg;
		else if (c == 's')
			j->schemas = optarg;
		else if (c == 'j')
			j->json = true;
		else
			return 1 + usage(c == 'h' ? stdout : stderr);
	}
	return 0;
}

int
ctl_document(int argc, char **argv)
{
	struct job j = {.a = arena_new()};
	int rc = options(&j, argc, argv), worst = CTL_OK;

	if (rc == 0 && (optind + 1 >= argc || !known(argv[optind])))
		rc = 1 + usage(stderr);
	if (rc == 0) {
		j.verb = argv[optind];
		worst = prepare(&j);
		for (int i = optind + 1; worst != CTL_USAGE && i < argc; i++) {
			int one = one_file(&j, argv[i]);

			worst = one > worst ? one : worst;
		}
	}
	arena_free(j.a);
	return rc ? rc - 1 : worst;
}
