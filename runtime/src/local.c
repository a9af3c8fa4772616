/* SPDX-License-Identifier: MIT */
/* local.c: task-local values.
 *
 * A set of values is counted and copied before it is changed while anybody else holds it; so a task
 * inherits by holding the set of who spawned it.  What runs outside tasks has the thread's set; a
 * callback runs with the set of who scheduled it in place of that.
 *
 * Programs that use none pay nothing: the first value that is set makes this thread's tasks be
 * spawned the long way (acc__tls.done is 0 from then on), which inherits. */
#include "internal.h"

struct cell {
    unsigned refs;
    _Alignas(16) char bytes[];
};

struct locals {
    unsigned refs;
    unsigned count;
    struct {
        const void *key;
        struct cell *cell;
    } at[];
};

ACC__THREAD bool local_used;
static ACC__THREAD struct locals *ambient; /* outside tasks */

static void cell_release(struct cell *c)
{
    if (--c->refs == 0) mem_free(c);
}

void local_release(struct locals *s)
{
    if (!s || --s->refs > 0) return;
    for (unsigned i = 0; i < s->count; i++)
        cell_release(s->at[i].cell);
    mem_free(s);
}

static struct locals *locals_now(void)
{
    acc_task *t = acc__tls.task;
    if (!t) return ambient;
    return task_root(t)->flags & acc__f_locals ? t->locals : NULL;
}

/* s: a reference that is handed over. */
static void task_set_locals(acc_task *t, struct locals *s)
{
    t->locals = s;
    task_root(t)->flags |= acc__f_locals;
}

static void locals_set_now(struct locals *s)
{
    struct locals *old = locals_now();
    if (acc__tls.task)
        task_set_locals(acc__tls.task, s);
    else
        ambient = s;
    local_release(old);
}

struct locals *local_hold(void)
{
    struct locals *s = local_used ? locals_now() : NULL;
    if (s) s->refs++;
    return s;
}

void local_inherit(acc_task *t)
{
    struct locals *s = local_hold();
    if (s) task_set_locals(t, s);
}

void local_forget(acc_task *t)
{
    acc_coro *root = task_root(t);
    if (!(root->flags & acc__f_locals)) return;
    root->flags &= (unsigned short)~acc__f_locals;
    local_release(t->locals);
}

void local_run(struct locals *s, void (*run)(void *), void *arg)
{
    struct locals *before = ambient;
    ambient = s;
    run(arg);
    local_release(ambient);
    ambient = before;
}

void local_thread_free(void)
{
    local_release(ambient);
    ambient = NULL;
}

/* ---- getting and setting ---- */

static unsigned find(const struct locals *s, const void *key)
{
    unsigned i = 0;
    while (i < s->count && s->at[i].key != key)
        i++;
    return i;
}

const void *acc__local_get(const void *key, const void *initial, const void *zero)
{
    const struct locals *s = locals_now();
    unsigned i = s ? find(s, key) : 0;
    if (s && i < s->count) return s->at[i].cell->bytes;
    return initial ? initial : zero;
}

/* A set of one's own with room for `count`, and what is in s but for `without`. */
static struct locals *locals_copy(const struct locals *s, unsigned count, const void *without)
{
    struct locals *n = mem_alloc(sizeof *n + count * sizeof n->at[0]);
    if (!n) return NULL;
    n->refs = 1;
    n->count = 0;
    for (unsigned i = 0; s && i < s->count; i++) {
        if (s->at[i].key == without) continue;
        n->at[n->count] = s->at[i];
        n->at[n->count++].cell->refs++;
    }
    return n;
}

/* The first value of this thread. */
static void local_begin(void)
{
    local_used = true;
    acc__tls.done = NULL;
    mem_thread_used();
}

int acc__local_set(const void *key, const void *value, size_t size)
{
    struct locals *s = locals_now();
    unsigned i = s ? find(s, key) : 0;
    bool there = s && i < s->count;
    if (there && s->refs == 1 && s->at[i].cell->refs == 1) {
        memcpy(s->at[i].cell->bytes, value, size);
        return 0;
    }
    struct cell *c = mem_alloc(sizeof *c + size);
    struct locals *n = c ? locals_copy(s, (s ? s->count : 0) + !there, key) : NULL;
    if (!n) {
        mem_free(c);
        return ACC_ENOMEM;
    }
    c->refs = 1;
    memcpy(c->bytes, value, size);
    n->at[n->count].key = key;
    n->at[n->count++].cell = c;
    if (!local_used) local_begin();
    locals_set_now(n);
    return 0;
}

int acc__local_clear(const void *key)
{
    struct locals *s = locals_now();
    if (!s || find(s, key) == s->count) return 0;
    struct locals *n = locals_copy(s, s->count - 1, key);
    if (!n) return ACC_ENOMEM;
    locals_set_now(n);
    return 0;
}
