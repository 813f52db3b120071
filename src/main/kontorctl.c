/* SPDX-License-Identifier: Apache-2.0
 *
 * kontorctl: administration from a shell. See docs/manual/kontorctl.1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/ctl.h"

static const struct ctl_command COMMANDS[] = {
    {"migrate", NULL, "[--sql DIR] [--user ROLE]",
	"bring the database up to date: roles, migrations, code",
	{"sql=", "user="}, 0, 0, ctl_migrate},
    {"admin", "create", "LOGIN | --dn DN",
	"give the first administrator access, once", {"dn="}, 0, 1,
	ctl_admin_create},
    {"group", "add", "--dn DN --role ROLE [--partner P]",
	"let a directory group's members act in a role",
	{"dn=", "role=", "partner="}, 0, 0, ctl_group_add},
    {"group", "remove", "--dn DN [--role ROLE]", "take that away",
	{"dn=", "role="}, 0, 0, ctl_group_remove},
    {"person", "end", "LOGIN [--disable | --enable]",
	"end somebody's sessions, shut them out or let them in again",
	{"disable", "enable"}, 1, 1, ctl_person_end},
    {"person", "unlock", "LOGIN", "forget somebody's failed logins", {NULL}, 1,
	1, ctl_person_unlock},
    {"setting", "set", "NAME VALUE", "change a limit or default", {NULL}, 2, 2,
	ctl_setting_set},
    {"partner", "load", "DIR [--dry-run]",
	"import a partner's agreements, parties and items", {"dry-run"}, 1, 1,
	ctl_partner_load},
    {"guide", "list", "[--guides DIR]", "list the guides", {"guides="}, 0, 0,
	ctl_guide_list},
    {"guide", "lint", "[DIR]", "check the guides of a folder", {NULL}, 0, 1,
	ctl_guide_lint},
    {"guide", "sample", "[NAME...] [--canonical] [--guides DIR]",
	"print the samples that guides make", {"canonical", "guides="}, 0,
	CTL_WORDS_MAX, ctl_guide_sample},
    {"guide", "doc", "[NAME...] [--lang en|de] [--guides DIR]",
	"print the pages that describe guides, in Markdown",
	{"lang=", "guides="}, 0, CTL_WORDS_MAX, ctl_guide_doc},
    {"guide", "diff", "NAME NAME [--lang en|de] [--guides DIR]",
	"say what the second guide says otherwise", {"lang=", "guides="}, 2, 2,
	ctl_guide_diff},
    {"guide", "publish", "[--guides DIR]",
	"show the pages of the guides on the portal", {"guides="}, 0, 0,
	ctl_guide_publish},
    {"guide", "coverage",
	"[NAME] [--samples DIR] [--generated] [--unused] [--guides DIR]",
	"say which places, values and codes the kept samples use",
	{"samples=", "generated", "unused", "guides="}, 0, 1,
	ctl_guide_coverage},
    {"item", "import", "FILE [--dry-run]",
	"import items, prices and suppliers from CSV", {"dry-run"}, 1, 1,
	ctl_item_import},
    {"client", "add",
	"--partner P (--key FILE | --generate FILE) [--id ID] [--portal P] "
	"[--scope NAMES]",
	"register a partner's system and its public key",
	{"partner=", "key=", "generate=", "id=", "portal=", "scope="}, 0, 0,
	ctl_client_add},
    {"client", "list", "[--partner P]", "list the registered systems",
	{"partner="}, 0, 0, ctl_client_list},
    {"client", "revoke", "--id ID [--kid KID]",
	"end a system's tokens and shut it out, or withdraw one key",
	{"id=", "kid="}, 0, 0, ctl_client_revoke},
    {"client", "assertion", "--id ID --key FILE [--issuer URL]",
	"print a signed assertion for POST /api/v1/token",
	{"id=", "key=", "issuer="}, 0, 0, ctl_client_assertion},
    {"token", NULL, "--client ID [--scope NAMES]",
	"print an access token for a client", {"client=", "scope="}, 0, 0,
	ctl_token},
    {"demo", "logins", "", "list the demo logins of a private set-up", {NULL},
	0, 0, ctl_demo_logins},
    {"job", "list", "[--state STATE]", "list background jobs", {"state="}, 0, 0,
	ctl_job_list},
    {"job", "retry", "ID", "let a dead job run again", {NULL}, 1, 1,
	ctl_job_retry},
    {"mail", "list", "[--view VIEW]", "list mails that have not arrived",
	{"view="}, 0, 0, ctl_mail_list},
    {"mail", "send", "ID", "send such a mail again", {NULL}, 1, 1,
	ctl_mail_send},
    {"status", NULL, "", "say whether the database answers and what waits",
	{NULL}, 0, 0, ctl_status},
};
#define NCOMMANDS (sizeof COMMANDS / sizeof *COMMANDS)

/* Reads its own command line; absent in a build without it. */
#pragma weak ctl_document

static void
print_usage(FILE *f, const struct ctl_command *c)
{
	(void)fprintf(f, "  kontorctl %s%s%s%s%s\n", c->noun,
	    c->verb ? " " : "", c->verb ? c->verb : "", c->usage[0] ? " " : "",
	    c->usage);
}

static int
help(FILE *f, const char *noun)
{
	(void)fprintf(f, "usage: kontorctl NOUN [VERB] [--json] [--help] …\n");
	for (size_t i = 0; i < NCOMMANDS; i++) {
		if (noun && strcmp(noun, COMMANDS[i].noun) != 0)
			continue;
		print_usage(f, &COMMANDS[i]);
		(void)fprintf(f, "      %s\n", COMMANDS[i].about);
	}
	if (noun == NULL && ctl_document)
		(void)fprintf(f,
		    "  kontorctl document check | ack | canonical | convert "
		    "| repair | bench FILE\n"
		    "      check a file without any server; document --help "
		    "tells more\n");
	(void)fprintf(f,
	    "exit status: 0 done, 1 failed, 2 wrong use, 3 not found, "
	    "4 conflict, 5 not reachable\n");
	return f == stderr ? CTL_USAGE : CTL_OK;
}

int
ctl_usage(const struct ctl *c, const char *text)
{
	(void)fprintf(stderr, "kontorctl: %s\n", text);
	print_usage(stderr, c->command);
	return CTL_USAGE;
}

static const struct ctl_command *
find(int argc, char **argv, int *used)
{
	for (size_t i = 0; i < NCOMMANDS; i++) {
		const struct ctl_command *c = &COMMANDS[i];

		if (argc < 2 || strcmp(argv[1], c->noun) != 0)
			continue;
		if (c->verb == NULL) {
			*used = 2;
			return c;
		}
		if (argc > 2 && strcmp(argv[2], c->verb) == 0) {
			*used = 3;
			return c;
		}
	}
	return NULL;
}

/* Says what is wrong with these words, and what could be meant. */
static int
no_command(int argc, char **argv)
{
	const char *noun = NULL;

	for (size_t i = 0; argc > 1 && i < NCOMMANDS; i++)
		if (strcmp(argv[1], COMMANDS[i].noun) == 0)
			noun = COMMANDS[i].noun;
	if (argc > 2 && noun)
		(void)fprintf(
		    stderr, "kontorctl: %s has no %s\n", noun, argv[2]);
	else if (argc > 1 && noun == NULL)
		(void)fprintf(stderr, "kontorctl: no command %s\n", argv[1]);
	return help(stderr, noun);
}

/* Takes one option and says how many arguments it used; 0: unknown. */
static int
take_option(struct ctl *c, const char *arg, const char *next)
{
	for (size_t i = 0; i < CTL_OPTIONS_MAX && c->command->options[i]; i++) {
		const char *name = c->command->options[i];
		size_t n = strcspn(name, "=");

		if (strncmp(arg, name, n) != 0)
			continue;
		if (name[n] == '\0' && arg[n] == '\0') {
			c->values[i] = "";
			return 1;
		}
		if (name[n] && arg[n] == '=') {
			c->values[i] = arg + n + 1;
			return 1;
		}
		if (name[n] && arg[n] == '\0' && next) {
			c->values[i] = next;
			return 2;
		}
	}
	return 0;
}

static int
parse(struct ctl *c, int argc, char **argv)
{
	int i = 0;

	while (i < argc) {
		const char *arg = argv[i];
		int used = 1;

		if (strcmp(arg, "--help") == 0)
			return -1;
		if (strcmp(arg, "--json") == 0)
			c->json = true;
		else if (strncmp(arg, "--", 2) == 0)
			used = take_option(
			    c, arg + 2, i + 1 < argc ? argv[i + 1] : NULL);
		else if (c->nwords < c->command->max_words)
			c->words[c->nwords++] = arg;
		else
			used = 0;
		if (used == 0)
			return ctl_usage(
			    c, arena_printf(c->a, "cannot use %s here", arg));
		i += used;
	}
	if (c->nwords < c->command->min_words)
		return ctl_usage(c, "a word is missing");
	return CTL_OK;
}

static enum rc
load_conf(struct ctl *c, struct err *err)
{
	const char *path = getenv("KONTOR_CONF"), *var = getenv("KONTOR_VAR");

	if (path == NULL && var)
		path = arena_printf(c->a, "%s/kontor.conf", var);
	if (path && conf_load(path, c->a, &c->conf, err) == RC_OK)
		return RC_OK;
	if (path && getenv("KONTOR_CONF"))
		return err->rc;
	if (conf_load("ops/kontor.conf", c->a, &c->conf, err) == RC_OK)
		return RC_OK;
	return err->rc == RC_ABSENT ? conf_load(NULL, c->a, &c->conf, err)
				    : err->rc;
}

static int
run(int argc, char **argv)
{
	struct ctl c = {0};
	struct err err = {0};
	int used = 0, rc;

	c.command = find(argc, argv, &used);
	if (c.command == NULL)
		return no_command(argc, argv);
	c.a = arena_new();
	rc = parse(&c, argc - used, argv + used);
	if (rc < 0) {
		print_usage(stdout, c.command);
		(void)printf("      %s\n", c.command->about);
		rc = CTL_OK;
	} else if (rc == CTL_OK) {
		rc = load_conf(&c, &err) == RC_OK ? c.command->run(&c)
						  : ctl_fail(&c, &err);
	}
	arena_free(c.a);
	return rc;
}

int
main(int argc, char **argv)
{
	const char *noun = argc > 1 ? argv[1] : "";

	if (strcmp(noun, "--help") == 0 || strcmp(noun, "help") == 0)
		return help(stdout, NULL);
	if (argc > 2 && strcmp(argv[2], "--help") == 0 &&
	    strcmp(noun, "document") != 0)
		return help(stdout, noun);
	if (strcmp(noun, "document") == 0 && ctl_document)
		return ctl_document(argc - 1, argv + 1);
	return run(argc, argv);
}
