/* SPDX-License-Identifier: MIT */
/* coro.h: async functions written by hand in the shape that the translator emits, for the tests of
 * the runtime.
 *
 * Above each stands the source it stands for.  Between them they have every kind of await: a leaf
 * operation, a child embedded by value, recursion through the free lists, a function pointer, a
 * task or future, and failures. */
#ifndef CORO_H
#define CORO_H

#include "acc/acc.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNUSED __attribute__((unused))

/* Checks stay on under NDEBUG. */
#define CHECK(x)                                                                                   \
    do {                                                                                           \
        if (!(x)) {                                                                                \
            fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #x);                  \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* What happened so far, one word an event; `expect` compares and clears it.  Off: several threads,
 * or too many. */
static char trace_text[4096];
static bool trace_off;

UNUSED static void trace(const char *word)
{
    if (trace_off) return;
    if (trace_text[0]) strcat(trace_text, " ");
    strcat(trace_text, word);
}

UNUSED static void expect_at(const char *file, int line, const char *want)
{
    if (strcmp(trace_text, want) != 0) {
        fprintf(stderr, "%s:%d: events are\n  '%s'\nnot\n  '%s'\n", file, line, trace_text, want);
        abort();
    }
    trace_text[0] = 0;
}
#define expect(want) expect_at(__FILE__, __LINE__, want)

/* async int leaf(int i) { trace("leaf"); await acc_sleep(0); return i * 2; } */
struct leaf__frame {
    acc_coro hd;
    int value;
    int i;
};
static const unsigned leaf__lines[] = {1, 1};
static const acc_info leaf__info = {"leaf", "coro.h", sizeof(struct leaf__frame), 2, leaf__lines};

UNUSED static acc_coro *leaf__resume(acc_coro *self)
{
    struct leaf__frame *f = (struct leaf__frame *)(void *)self;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &leaf__info);
    }
    trace("leaf");
    self->state = 1;
    return acc__yield(self);
S1:
    if (acc__unlikely(self->err)) return acc__fail(self);
    f->value = f->i * 2;
    return self->awaiter;
}

UNUSED static future(int) leaf(int i)
{
    struct leaf__frame *f = acc__make(sizeof *f, leaf__resume);
    if (!f) return (future(int))acc__no_memory();
    f->i = i;
    return (future(int))(void *)f;
}

/* async int loop(int n) { int sum = 0; for (int i = 0; i < n; i++) sum += await leaf(i); return
 * sum; } */
struct loop__frame {
    acc_coro hd;
    int value;
    int n, i, sum;
    union {
        struct leaf__frame leaf;
    } u;
};
static const acc_info loop__info = {"loop", NULL, sizeof(struct loop__frame), 2, NULL};

UNUSED static acc_coro *loop__resume(acc_coro *self)
{
    struct loop__frame *f = (struct loop__frame *)(void *)self;
    acc_coro *r;
    int i, sum;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &loop__info);
    }
    sum = 0;
    for (i = 0; i < f->n; i++) {
        f->u.leaf.i = i;
        acc__enter(&f->u.leaf.hd, self);
        if (acc__unlikely((r = leaf__resume(&f->u.leaf.hd)) != self)) {
            f->i = i, f->sum = sum;
            return acc__suspend_in(self, 1, &f->u.leaf.hd, leaf__resume, r);
S1:;
            i = f->i, sum = f->sum;
        }
        if (acc__unlikely(self->err)) return acc__fail(self);
        sum += f->u.leaf.value;
    }
    f->value = sum;
    return self->awaiter;
}

UNUSED static future(int) loop(int n)
{
    struct loop__frame *f = acc__make(sizeof *f, loop__resume);
    if (!f) return (future(int))acc__no_memory();
    f->n = n;
    return (future(int))(void *)f;
}

/* async long depth(long n, bool sleep) {
 *     if (n == 0) { if (sleep) await acc_sleep(0); return 0; }
 *     return 1 + await depth(n - 1, sleep);
 * } */
struct depth__frame {
    acc_coro hd;
    long value;
    long n;
    bool sleep;
    struct depth__frame *child;
};
static const acc_info depth__info = {"depth", NULL, sizeof(struct depth__frame), 3, NULL};

UNUSED static acc_coro *depth__resume(acc_coro *self)
{
    struct depth__frame *f = (struct depth__frame *)(void *)self, *child;
    acc_coro *r;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    case 2: goto S2;
    default: return acc__odd(self, &depth__info);
    }
    if (f->n == 0) {
        if (f->sleep) {
            self->state = 1;
            return acc__yield(self);
S1:
            if (acc__unlikely(self->err)) return acc__fail(self);
        }
        f->value = 0;
        return self->awaiter;
    }
    child = acc__alloc(sizeof *child);
    if (acc__unlikely(!child)) {
        self->err = ACC_ENOMEM;
        return acc__fail(self);
    }
    child->n = f->n - 1;
    child->sleep = f->sleep;
    acc__enter(&child->hd, self);
    if (acc__unlikely((r = acc__start(&child->hd, depth__resume)) != self)) {
        f->child = child;
        return acc__suspend_in(self, 2, &child->hd, depth__resume, r);
S2:;
        child = f->child;
    }
    if (acc__unlikely(self->err)) {
        acc__free(child, sizeof *child);
        return acc__fail(self);
    }
    f->value = 1 + child->value;
    acc__free(child, sizeof *child);
    return self->awaiter;
}

UNUSED static future(long) depth(long n, bool sleep)
{
    struct depth__frame *f = acc__make(sizeof *f, depth__resume);
    if (!f) return (future(long))acc__no_memory();
    f->n = n;
    f->sleep = sleep;
    return (future(long))(void *)f;
}

/* async int call(future(int) (*fn)(int), int i) { int v = await fn(i); trace("called"); return v +
 * 1; } */
struct call__frame {
    acc_coro hd;
    int value;
    future(int) (*fn)(int);
    int i;
    void *fut;
};
static const acc_info call__info = {"call", NULL, sizeof(struct call__frame), 2, NULL};

UNUSED static acc_coro *call__resume(acc_coro *self)
{
    struct call__frame *f = (struct call__frame *)(void *)self;
    acc_coro *r;
    void *fut;
    int v;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &call__info);
    }
    fut = f->fn(f->i);
    if (acc__unlikely((r = acc__await(self, fut)) != self)) {
        f->fut = fut;
        return acc__suspend(self, 1, r);
S1:;
        fut = f->fut;
    }
    if (acc__unlikely(self->err)) {
        acc__await_end(self, fut);
        return acc__fail(self);
    }
    v = *(int *)acc__value(fut);
    acc__await_end(self, fut);
    trace("called");
    f->value = v + 1;
    return self->awaiter;
}

UNUSED static future(int) call(future(int) (*fn)(int), int i)
{
    struct call__frame *f = acc__make(sizeof *f, call__resume);
    if (!f) return (future(int))acc__no_memory();
    f->fn = fn;
    f->i = i;
    return (future(int))(void *)f;
}

/* async int join(future(int) x) { int v = await x; trace("joined"); return v; }      on failure:
 * trace("join!") x is a task or plain future and only borrowed. */
struct join__frame {
    acc_coro hd;
    int value;
    future(int) x;
};
static const acc_info join__info = {"join", NULL, sizeof(struct join__frame), 2, NULL};

UNUSED static acc_coro *join__resume(acc_coro *self)
{
    struct join__frame *f = (struct join__frame *)(void *)self;
    acc_coro *r;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &join__info);
    }
    if (acc__unlikely((r = acc__await(self, (void *)f->x)) != self)) {
        return acc__suspend(self, 1, r);
S1:;
    }
    if (acc__unlikely(self->err)) {
        acc__await_end(self, (void *)f->x);
        trace("join!");
        return acc__fail(self);
    }
    f->value = *(int *)acc__value((void *)f->x);
    acc__await_end(self, (void *)f->x);
    trace("joined");
    return self->awaiter;
}

UNUSED static future(int) join(future(int) x)
{
    struct join__frame *f = acc__make(sizeof *f, join__resume);
    if (!f) return (future(int))acc__no_memory();
    f->x = x;
    return (future(int))(void *)f;
}

/* async int fail(int code, double seconds) { defer trace("fail!"); await acc_sleep(seconds); throw
 * code; } A code of 0 returns 7 instead. */
struct fail__frame {
    acc_coro hd;
    int value;
    int code;
    double seconds;
    struct acc_sleep__wait w;
};
static const acc_info fail__info = {"fail", NULL, sizeof(struct fail__frame), 2, NULL};

UNUSED static acc_coro *fail__resume(acc_coro *self)
{
    struct fail__frame *f = (struct fail__frame *)(void *)self;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &fail__info);
    }
    self->state = 1;
    return acc_sleep__suspend(self, &f->w, f->seconds);
S1:
    if (acc__unlikely(self->err)) goto U1;
    f->value = 7;
    self->err = f->code;
U1:
    trace("fail!");
    if (acc__unlikely(self->err)) return acc__fail(self);
    return self->awaiter;
}

UNUSED static future(int) fail(int code, double seconds)
{
    struct fail__frame *f = acc__make(sizeof *f, fail__resume);
    if (!f) return (future(int))acc__no_memory();
    f->code = code;
    f->seconds = seconds;
    return (future(int))(void *)f;
}

#endif
