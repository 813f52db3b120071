/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "web/app.h"
#include "web/kore_api.h"
#include "web/state.h"
#include "web/task.h"

struct login {
	size_t name_n, password_n;
	char name[LDAP_NAME_MAX];
	char password[LDAP_PASSWORD_MAX];
};

static void
look(const struct login *l, struct task_found *out)
{
	struct arena *a = arena_new();
	struct ldap_entry e;
	struct buf b;

	buf_init(&b, TASK_ENTRY_MAX);
	if (ldap_login(&app.ldap, span_make(l->name, l->name_n),
		span_make(l->password, l->password_n), a, &e,
		&out->err) == RC_OK) {
		out->err.rc = RC_OK;
		ldap_entry_json(&e, &b);
		if (b.full)
			(void)err_set(&out->err, RC_FAULT, "directory.setup",
			    "the entry is larger than %d bytes",
			    TASK_ENTRY_MAX);
		else
			memcpy(out->entry, b.p, out->n = b.n);
	}
	buf_done(&b);
	arena_free(a);
}

static int
thread(struct kore_task *t)
{
	struct task_found *found;
	struct login l;

	if (kore_task_channel_read(t, &l, sizeof l) != sizeof l)
		return KORE_RESULT_ERROR;
	found = heap_alloc(sizeof *found);
	look(&l, found);
	explicit_bzero(&l, sizeof l);
	kore_task_channel_write(t, found, sizeof *found);
	heap_free(found);
	return KORE_RESULT_OK;
}

static enum flow_step
wait(struct flow *f)
{
	struct state *s = http_state_get(f->kore);

	if (kore_task_state(&s->task) != KORE_TASK_STATE_FINISHED)
		return FLOW_WAIT;
	f->next = s->next;
	return FLOW_ON;
}

enum flow_step
task_login(
    struct flow *f, struct span name, struct span password, flow_fn *next)
{
	struct state *s = http_state_get(f->kore);
	struct login l = {.name_n = name.n, .password_n = password.n};

	/* Longer ones are nobody's; the empty name is refused (AU-1). */
	if (name.n > sizeof l.name)
		l.name_n = 0;
	if (password.n > sizeof l.password)
		l.password_n = 0;
	if (l.name_n)
		memcpy(l.name, name.p, l.name_n);
	if (l.password_n)
		memcpy(l.password, password.p, l.password_n);
	kore_task_create(&s->task, thread);
	kore_task_bind_request(&s->task, f->kore);
	kore_task_run(&s->task);
	kore_task_channel_write(&s->task, &l, sizeof l);
	explicit_bzero(&l, sizeof l);
	s->next = next;
	f->next = wait;
	return FLOW_WAIT;
}

const struct task_found *
task_result(struct flow *f)
{
	struct state *s = http_state_get(f->kore);
	struct task_found *out = ARENA_NEW(f->a, struct task_found);

	if (kore_task_result(&s->task) != KORE_RESULT_OK ||
	    kore_task_channel_read(&s->task, out, sizeof *out) != sizeof *out)
		(void)err_set(
		    &out->err, RC_FAULT, "fault", "the login task has failed");
	return out;
}
