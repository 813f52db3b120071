/* SPDX-License-Identifier: Apache-2.0
 *
 * A finding: which rule, where, what was found, what was expected. Rules stand
 * in one table, edi/rules.def; their sentences in assets/text under
 * "finding.<rule>.what", ".why", ".do". CONTRL, TA1, 997, pages, mail and API
 * are all written from findings.
 */
#ifndef EDI_FINDING_H
#define EDI_FINDING_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

enum edi_severity {
	EDI_WARNING,
	EDI_ERROR,
};

/* Where the fault weighs: what is refused because of it. */
enum edi_scope {
	EDI_S_FILE,
	EDI_S_INTERCHANGE,
	EDI_S_GROUP,
	EDI_S_MESSAGE,
};

enum edi_rule_id {
#define RULE(name, id, scope, severity, contrl, ta1, ak3, ak4, ak5, ak9)       \
	EDI_R_##name,
#include "edi/rules.def"
#undef RULE
	EDI_R_COUNT
};

/* Codes are NULL or 0 where a standard has none for the rule. */
struct edi_rule {
	const char *id; /* "edifact.unt.count" */
	enum edi_scope scope;
	enum edi_severity severity;
	uint8_t contrl;  /* 0085 */
	const char *ta1; /* TA105 */
	const char *ak3; /* AK304: segment */
	const char *ak4; /* AK403: element */
	const char *ak5; /* AK502: set */
	const char *ak9; /* AK905: group */
};
extern const struct edi_rule EDI_RULES[EDI_R_COUNT];

/* A further value for the sentence: {name}. */
struct edi_arg {
	const char *name;
	struct span value;
};

#define EDI_FINDING_ARGS 4

/* All texts are UTF-8 and live in the arena of the list. 0 means "none". */
struct edi_finding {
	const struct edi_rule *rule;
	enum edi_severity severity; /* the rule's, unless a guide says other */
	size_t offset;              /* byte in the file */
	uint32_t segment;           /* number in the interchange; XML: line */
	uint32_t position;          /* in the message; UNH, ST are 1 */
	uint16_t element;           /* the first after the tag is 1 */
	uint16_t repeat;
	uint16_t component;
	char tag[4];
	const char *xpath;   /* XML */
	const char *pointer; /* in the canonical document */
	struct span found;
	struct span expected;
	struct span repair; /* the right value, where that is certain */
	struct span fix;    /* bytes to put there instead; NULL p: none known */
	size_t fix_at;      /* offset in the file */
	size_t fix_length;  /* bytes that give way */
	struct edi_arg args[EDI_FINDING_ARGS];
};

struct edi_findings {
	struct edi_finding *list;
	size_t n, cap;
	size_t max;      /* 0: EDI_LIMITS.findings */
	size_t errors;   /* of error severity, those left out included */
	size_t left_out; /* beyond max */
	struct edi_finding *unseen; /* the present one beyond max */
	struct arena *a;            /* owns everything in the list */
};

void edi_findings_init(struct edi_findings *fs, struct arena *a, size_t max);

/* A new finding to fill in; beyond the limit one that nobody will see. */
struct edi_finding *edi_find(struct edi_findings *fs, enum edi_rule_id rule);

/* The same with a severity that differs from the rule's. */
struct edi_finding *edi_find_as(
    struct edi_findings *fs, enum edi_rule_id rule, enum edi_severity severity);

/* Takes a finding back that turned out to be part of another: list[i]. */
void edi_findings_drop(struct edi_findings *fs, size_t i);

struct edi_segment;

/*
 * The same at a place of a segment: offset, numbers, tag and found are filled
 * in. element, repeat and component may be 0.
 */
struct edi_finding *edi_find_at(struct edi_findings *fs, enum edi_rule_id rule,
    const struct edi_segment *s, unsigned element, unsigned repeat,
    unsigned component);

struct edi_node;

/* The same at a node of an XML document. */
struct edi_finding *edi_find_node(
    struct edi_findings *fs, enum edi_rule_id rule, const struct edi_node *n);

/* Texts are cut at 200 bytes, made valid UTF-8 and copied to the arena. */
void edi_found(struct edi_findings *fs, struct edi_finding *f, struct span s);
void edi_expected(struct edi_findings *fs, struct edi_finding *f,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void edi_repair(struct edi_findings *fs, struct edi_finding *f,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/*
 * What to do about it: `length` bytes at offset `at` give way to `put`, which
 * is copied. See edi/repair.h.
 */
void edi_fix(struct edi_findings *fs, struct edi_finding *f, size_t at,
    size_t length, struct span put);

/* Proposes a value for the element that the finding is about: its text, and
 * its bytes with release characters and missing separators. s is the
 * finding's segment. */
void edi_repair_value(struct edi_findings *fs, struct edi_finding *f,
    const struct edi_segment *s, struct span value);

void edi_arg(struct edi_findings *fs, struct edi_finding *f, const char *name,
    struct span value);

/* The rule of that name; NULL when there is none. */
const struct edi_rule *edi_rule(struct span id);

/*
 * The rule's code in business answers (APERAK, 824, ApplicationResponse), of
 * which partners may keep a list: P, the syntax's list, the number in it. P00
 * CONTRL 0085, P01 TA105, P03 AK304, P04 AK403, P05 AK502, P09 AK905: "P0012".
 * Other rules have "P1000"; those of the database follow it.
 */
#define EDI_CODE_MAX 8
const char *edi_rule_code(const struct edi_rule *r, char code[EDI_CODE_MAX]);

/* Appends the finding as a JSON object, the list as an array. */
void edi_finding_json(struct buf *out, const struct edi_finding *f);
void edi_findings_json(struct buf *out, const struct edi_findings *fs);

#endif
