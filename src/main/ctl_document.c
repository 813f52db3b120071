/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl document: what the portal would say about a file, without portal
 * and without database. This file has the command line; see kontorctl-document
 * (1).
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/ctl_document.h"

/* Options by the letter that stands for them, and what they want. */
static const struct {
	char letter;
	const char *line;
} OPTIONS[] = {
    {'g', "  --guide NAME     read every message by this guide\n"},
    {'j', "  --json           one JSON object a line for each file\n"},
    {'s', "  --schemas DIR    the OASIS UBL 2.1 schemas (ubl_schemas)\n"},
    {'d', "  --guides DIR     folder of the guides (partner_dir)\n"},
    {'r', "  --ref N          control reference of what is written "
	  "(1)\n"},
    {'a', "  --as WHAT        999 instead of 997; business: APERAK, 824 or "
	  "ApplicationResponse\n"},
    {'t', "  --to WHAT        as edifact:ORDERS:D.96A, x12:850:004010, "
	  "ubl:Order:2.1,\n                   or the name of a guide\n"},
    {'F', "  --sender ID[:Q]  who sends it; else as the file has it\n"},
    {'T', "  --receiver ID[:Q]  who receives it\n"},
    {'S', "  --set FIELD=VALUE  what the file leaves open, as "
	  "currency=EUR\n"},
    {'m', "  --message N      the Nth message only\n"},
    {'l', "  --limit SIZE     read files up to SIZE, as 2G, with any number "
	  "of\n                   segments and messages\n"},
    {'c', "  --check          with guide, findings and canonical documents\n"},
    {'L', "  --lang en|de     what people read; else as LC_ALL, LC_MESSAGES "
	  "or LANG\n                   say\n"},
    {'q', "  --quiet          no progress on the terminal\n"},
};

static const struct verb {
	const char *name, *words, *about, *letters;
	/* NULL: the command reads by itself */
	bool (*read)(const struct doc_job *j, struct doc_sheet *s);
	int (*run)(const struct doc_job *j, struct doc_sheet *s);
	bool one; /* takes one file only */
} VERBS[] = {
    {"check", "FILE...", "say whether files are valid, and every fault",
	"gjsdlLq", doc_stream, doc_check, false},
    {"ack", "FILE", "print what acknowledges a file", "gsdraq", doc_read,
	doc_ack, true},
    {"canonical", "FILE",
	"print what a file says, one JSON object a line for each message",
	"gsdLq", doc_read, doc_canonical, true},
    {"convert", "--to FAMILY:TYPE:VERSION FILE",
	"write what a file says as another message, read it back, compare",
	"tgsdrFTSmLq", doc_read, doc_convert, true},
    {"repair", "FILE",
	"print a file with what is certainly wrong put right, and say what",
	"gsdLq", doc_read, doc_repair, true},
    {"bench", "FILE",
	"measure reading a file beside a plain loop over its bytes", "gsdlc",
	NULL, doc_bench, true},
};
#define NVERBS (sizeof VERBS / sizeof *VERBS)

static const char STATUS[] =
    "FILE may be \"-\" for standard input.\n"
    "exit status: 0 all valid, 1 some invalid or refused, 2 wrong use\n";

static int
usage(FILE *f, const struct verb *v)
{
	for (size_t i = 0; i < NVERBS; i++) {
		if (v && v != &VERBS[i])
			continue;
		(void)fprintf(f, "%s kontorctl document %s [options] %s\n",
		    v || i == 0 ? "usage:" : "      ", VERBS[i].name,
		    VERBS[i].words);
		(void)fprintf(f, "           %s\n", VERBS[i].about);
	}
	(void)fputs("options:\n", f);
	for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
		if (v == NULL || strchr(v->letters, OPTIONS[i].letter))
			(void)fputs(OPTIONS[i].line, f);
	}
	(void)fputs(STATUS, f);
	return f == stderr ? CTL_USAGE : CTL_OK;
}

static int
one_file(const struct doc_job *j, const struct verb *v, const char *name)
{
	struct doc_sheet s = {.name = name, .a = arena_new()};
	int rc = CTL_USAGE;

	if (v->read == NULL || v->read(j, &s))
		rc = v->run(j, &s);
	arena_free(s.a);
	return rc;
}

static const struct verb *
verb_of(const char *name)
{
	for (size_t i = 0; i < NVERBS; i++) {
		if (strcmp(name, VERBS[i].name) == 0)
			return &VERBS[i];
	}
	return NULL;
}

/* "500000", "20M", "2G"; 0 for anything else. */
static size_t
size_of(const char *s)
{
	static const char UNITS[] = "KMG";
	struct span number = span_of(s);
	unsigned long long n;
	unsigned shift = 0;

	for (unsigned i = 0; i < 3 && !shift && number.n; i++) {
		if (number.p[number.n - 1] == UNITS[i])
			shift = 10 * (i + 1);
	}
	if (!span_uint(span_sub(number, 0, number.n - (shift > 0)), &n) ||
	    n > SIZE_MAX >> (shift + 2))
		return 0;
	return (size_t)n << shift;
}

static void
take(struct doc_job *j, int letter)
{
	switch (letter) {
	case 'g':
		j->guide = optarg;
		break;
	case 'd':
		j->guides = optarg;
		break;
	case 's':
		j->schemas = optarg;
		break;
	case 'r':
		j->ref = optarg;
		break;
	case 'a':
		j->as = optarg;
		break;
	case 't':
		j->to = optarg;
		break;
	case 'F':
		j->sender = optarg;
		break;
	case 'T':
		j->receiver = optarg;
		break;
	case 'S':
		if (j->nsets < sizeof j->sets / sizeof *j->sets)
			j->sets[j->nsets++] = optarg;
		break;
	case 'm':
		j->message = strtol(optarg, NULL, 10);
		break;
	case 'l':
		j->limit = size_of(optarg);
		break;
	case 'L':
		j->lang = optarg;
		break;
	case 'c':
		j->check = true;
		break;
	case 'j':
		j->json = true;
		break;
	default:
		j->quiet = true;
		break;
	}
}

/* 0 to go on, else the exit status plus one. */
static int
options(struct doc_job *j, const struct verb *v, int argc, char **argv)
{
	static const struct option LONG[] = {
	    {"guide", required_argument, NULL, 'g'},
	    {"guides", required_argument, NULL, 'd'},
	    {"schemas", required_argument, NULL, 's'},
	    {"ref", required_argument, NULL, 'r'},
	    {"as", required_argument, NULL, 'a'},
	    {"to", required_argument, NULL, 't'},
	    {"sender", required_argument, NULL, 'F'},
	    {"receiver", required_argument, NULL, 'T'},
	    {"set", required_argument, NULL, 'S'},
	    {"message", required_argument, NULL, 'm'},
	    {"limit", required_argument, NULL, 'l'},
	    {"lang", required_argument, NULL, 'L'},
	    {"check", no_argument, NULL, 'c'},
	    {"json", no_argument, NULL, 'j'},
	    {"quiet", no_argument, NULL, 'q'},
	    {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", LONG, NULL)) != -1) {
		if (c == 'h')
			return 1 + usage(stdout, v);
		if (c == '?')
			return 1 + usage(stderr, v);
		if (!strchr(v->letters, c)) {
			(void)fprintf(stderr,
			    "kontorctl: document %s has no such option\n",
			    v->name);
			return 1 + usage(stderr, v);
		}
		take(j, c);
		if (c == 'l' && j->limit == 0) {
			(void)fprintf(
			    stderr, "kontorctl: no size: %s\n", optarg);
			return 1 + usage(stderr, v);
		}
	}
	return 0;
}

static int
run(struct doc_job *j, const struct verb *v, int argc, char **argv)
{
	int rc = options(j, v, argc, argv), worst;

	if (rc)
		return rc - 1;
	if (optind >= argc || (v->one && optind + 1 < argc)) {
		(void)fprintf(stderr, "kontorctl: %s\n",
		    optind >= argc ? "a file is missing" : "one file only");
		return usage(stderr, v);
	}
	j->lang = ctl_lang(j->lang);
	if (j->lang == NULL) {
		(void)fputs("kontorctl: languages are en and de\n", stderr);
		return usage(stderr, v);
	}
	worst = doc_prepare(j);
	if (worst != CTL_OK)
		return worst;
	for (int i = optind; i < argc; i++) {
		int one = one_file(j, v, argv[i]);

		worst = one > worst ? one : worst;
	}
	return worst;
}

int
ctl_document(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	const struct verb *v = verb_of(name);
	struct doc_job j = {.ref = "1"};
	int rc;

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return usage(stdout, NULL);
	if (v == NULL) {
		if (name[0])
			(void)fprintf(
			    stderr, "kontorctl: document has no %s\n", name);
		return usage(stderr, NULL);
	}
	j.a = arena_new();
	rc = run(&j, v, argc - 1, argv + 1);
	arena_free(j.a);
	return rc;
}
