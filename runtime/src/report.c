/* SPDX-License-Identifier: MIT */
/* report.c: everything the runtime prints, and the names of errors.
 *
 * Printed only: what the default exception handler is told, the deadlock report, and what debug.c
 * tells in debug mode.  What tasks look like is inspect.c's. */
#include "internal.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- errors ---- */

const char *acc_strerror(int code)
{
    switch (code) {
    case 0: return "success";
#define CASE(name, number, text)                                                                   \
    case ACC_##name: return text;
        ACC_ERRORS(CASE)
#undef CASE
#define CASE(name, text)                                                                           \
    case UV_##name: return text;
        UV_ERRNO_MAP(CASE)
#undef CASE
    }
    return "unknown error";
}

const char *acc_err_name(int code)
{
    switch (code) {
    case 0: return "0";
#define CASE(name, number, text)                                                                   \
    case ACC_##name: return "ACC_" #name;
        ACC_ERRORS(CASE)
#undef CASE
#define CASE(name, text)                                                                           \
    case UV_##name: return "UV_" #name;
        UV_ERRNO_MAP(CASE)
#undef CASE
    }
    return "UNKNOWN";
}
_Static_assert((int)ACC_ENOMEM == (int)UV_ENOMEM, "acc/abi.h spells it out");

/* ---- what goes on ---- */

void report_deadlock(acc_loop *l)
{
    size_t n = acc_all_tasks(l, NULL, 0);
    fprintf(stderr, "acc: deadlock: nothing is left that could wake %s%zu task%s\n",
            n ? "the " : "", n, n == 1 ? "" : "s");
    inspect_tree(l, stderr);
    fflush(stderr);
}

/* ---- the exception handler ---- */

static void default_handler(const acc_failure *f)
{
    fprintf(stderr, "acc: %s", f->message);
    if (f->task) fprintf(stderr, " (task '%s')", f->task);
    const char *name = acc_err_name(f->error);
    if (f->error && !strcmp(name, "UNKNOWN"))
        fprintf(stderr, ": code %d, of the program's own", f->error);
    else if (f->error)
        fprintf(stderr, ": %s: %s", name, acc_strerror(f->error));
    if (f->function && f->line)
        fprintf(stderr, ", at %s:%u in '%s'", f->file, f->line, f->function);
    else if (f->function)
        fprintf(stderr, ", in '%s'%s%s%s", f->function, f->file ? " (" : "", f->file ? f->file : "",
                f->file ? ")" : "");
    fprintf(stderr, "\n");
    fflush(stderr);
}

void acc_loop_set_exception_handler(acc_loop *l, acc_exception_handler *handler, void *arg)
{
    l->handler = handler;
    l->handler_arg = arg;
}

void acc_loop_call_exception_handler(acc_loop *l, const acc_failure *failure)
{
    static ACC__THREAD bool inside; /* what a handler fails with is not told to itself */
    if (!l || !l->handler || inside) {
        default_handler(failure);
        return;
    }
    inside = true;
    l->handler(l, failure, l->handler_arg);
    inside = false;
}

/* f: the task or future it is about, or NULL; l: NULL stands for the running loop, else for the
 * thread's. */
void report_failure(acc_loop *l, const char *message, int error, acc_coro *f)
{
    report_failure_at(l, message, error, f, f ? place_of(f) : (struct place){NULL, 0});
}

void report_failure_at(acc_loop *l, const char *message, int error, acc_coro *f, struct place at)
{
    acc_failure failure = {.message = message, .error = error};
    if (at.info) {
        failure.function = at.info->name;
        failure.file = at.info->file;
        failure.line = at.info->file ? at.line : 0;
    }
    if (f) {
        failure.future = (future(void))(void *)f;
        if (f->kind == acc__k_task) failure.task = task_name(task_of(f));
    }
    if (!l) l = acc__tls.loop;
    if (!l) l = loop_default();
    acc_loop_call_exception_handler(l, &failure);
}

/* ---- two failures at once ---- */

/* The end of a generator that is closed is no failure, and whatever else happens goes before it. */
static int rank_of(int error)
{
    acc_task *t = acc__tls.task;
    if (error == ACC_EDESTROYED) return t && task_is_destroyed(t) ? 2 : -1;
    return error == ACC_ECANCELED;
}

void acc__settle_slow(acc_coro *self, int first)
{
    int second = self->err, lost = second;
    self->err = first;
    if (second && rank_of(second) > rank_of(first)) {
        self->err = second;
        lost = first;
    }
    if (lost && rank_of(lost) == 0)
        report_failure_at(NULL, "a failure was lost to another, before or in a deferred statement", lost,
                          acc__tls.task ? task_root(acc__tls.task) : NULL, place_last(lost));
}
