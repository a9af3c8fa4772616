/* SPDX-License-Identifier: MIT */
/* place.c: where failures come from.
 *
 * A `throw` tells its function and line; a failed await of a future tells where it stands. Each
 * thread remembers those of the last few tasks, which is enough: a failure travels to the end of its
 * task in one go, but for what is deferred, or is caught. When a task ends by failure and its place
 * is remembered, it is kept in fields of the task that nothing uses any more (obj and mark), and who
 * awaits the task takes it from there.  Nothing of this is reached while nothing fails.
 *
 * It is for people to read: a failure that told no place may get that of an earlier one of the same
 * task, if both have the same code.
 *
 * Invariant: of a task that is done by failure, obj is the acc_info of the place, or NULL. */
#include "internal.h"

enum { REMEMBERED = 8 };

static ACC__THREAD struct remembered {
    struct place at;
    acc_task *task; /* in which it happened, NULL: in none */
    int error;      /* 0: none */
} last[REMEMBERED];
static ACC__THREAD unsigned next;
static ACC__THREAD acc_coro *told; /* noted by acc__await, its acc__await_end is still to follow */

static struct remembered *place_find(const acc_task *t)
{
    for (unsigned i = 0; i < REMEMBERED; i++)
        if (last[i].error && last[i].task == t) return &last[i];
    return NULL;
}

/* Of this failure of a task, if it is remembered. */
static struct remembered *place_find_of(const acc_task *t, int error)
{
    struct remembered *r = place_find(t);
    return r && r->error == error ? r : NULL;
}

static void place_note(const acc_info *in, unsigned line, int error)
{
    struct remembered *r = place_find(acc__tls.task);
    if (!r) r = &last[next++ % REMEMBERED];
    *r = (struct remembered){{in, line}, acc__tls.task, error};
    told = NULL;
}

void place_tell(struct place at, int error)
{
    if (at.info) place_note(at.info, at.line, error);
}

void acc__raise_at(acc_coro *self, int code, const acc_info *in, unsigned line)
{
    acc__raise(self, code);
    place_note(in, line, self->err);
}

/* Who awaits, as far as it can be told: a coroutine that was called directly and has not suspended yet
 * has no valid `resume` to ask, the root of a task always has. */
static acc_coro *place_user(acc_coro *self, const acc_info **info)
{
    acc_task *t = acc__tls.task;
    acc_coro *root = t ? task_root(t) : NULL;
    *info = root ? coro_describe(root) : NULL;
    return root ? root : self;
}

struct place place_of_state(acc_coro *c, const acc_info *in)
{
    bool known = in && in->lines && c->state < in->nstates;
    return (struct place){in, known ? in->lines[c->state] : 0};
}

static bool place_is_of(int error)
{
    return place_find_of(acc__tls.task, error) != NULL;
}

/* The place that a done task keeps. */
static bool place_take(acc_coro *f, int error)
{
    struct place at = place_of(f);
    if (f->kind != acc__k_task || !(f->flags & acc__f_done) || f->err != error || !at.info) return false;
    place_note(at.info, at.line, error);
    return true;
}

void place_adopt(acc_coro *f)
{
    (void)place_take(f, f->err);
}

void place_await_failed(acc_coro *self, acc_coro *f, bool suspended)
{
    int error = self->err;
    const acc_info *in;
    if (acc__is_cancel(error)) return;
    if (suspended && told == f && place_is_of(error)) {
        told = NULL;
        return;
    }
    if (f->kind == acc__k_running && place_is_of(error)) return;
    if (!place_take(f, error)) {
        acc_coro *c = place_user(self, &in);
        struct place at = place_of_state(c, in);
        place_note(in, suspended && c == self ? at.line : 0, error);
    }
    told = suspended ? NULL : f;
}

void place_keep(acc_coro *root, int error)
{
    acc_task *t = task_of(root);
    t->obj = NULL;
    if (error == 0 || acc__is_cancel(error)) return;
    struct remembered *r = place_find_of(t, error);
    const acc_info *in = r ? r->at.info : coro_describe(root);
    t->obj = (void *)(uintptr_t)in;
    t->mark = r ? r->at.line : 0;
    if (r) r->error = 0;
}

struct place place_of(acc_coro *f)
{
    struct place none = {NULL, 0};
    if (f->kind != acc__k_task || !(f->flags & acc__f_done) || f->err == 0 || acc__is_cancel(f->err)) return none;
    return (struct place){task_of(f)->obj, task_of(f)->mark};
}

struct place place_last(int error)
{
    struct place none = {NULL, 0};
    const struct remembered *r = place_find_of(acc__tls.task, error);
    return r ? r->at : none;
}
