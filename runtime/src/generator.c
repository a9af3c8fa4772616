/* SPDX-License-Identifier: MIT */
/* generator.c: generators, plain and asynchronous.
 *
 * A generator is a coroutine whose awaiter is whoever wants its next value.  `yield` leaves the value
 * behind the header, says so in a flag, and resumes the awaiter; without that flag the awaiter sees that
 * it has ended.  A plain one never suspends in between, so a local awaiter does.  An asynchronous one
 * runs as a part of the task that asks: what it awaits suspends that task.
 *
 * Closing is destruction: it is resumed with ACC_EDESTROYED at its `yield`, and a further `yield` fails
 * likewise.  What an asynchronous one awaits then may suspend as long as a task waits for it; one that is
 * merely released cannot wait.
 *
 * Invariant: it is driven by one at a time (acc__g_driven). */
#include "internal.h"

static bool is_generator(const acc_coro *c)
{
    return c->kind == acc__k_generator || c->kind == acc__k_async_generator;
}

static bool is_started(const acc_coro *c)
{
    return c->state != 0;
}

static void generator_end(acc_coro *c, int err)
{
    c->flags = (unsigned short)((c->flags & ~(acc__g_driven | acc__g_given)) | acc__f_done);
    c->err = err;
}

/* Runs it up to its next value or its end, here and now. */
static bool generator_run(acc_coro *c)
{
    acc_coro sink = {0}, *next;
    c->refs++; /* it may be released by what it runs */
    c->awaiter = &sink;
    c->flags = (unsigned short)((c->flags & ~acc__g_given) | acc__g_driven);
    for (next = c->resume(c); next && next != &sink; next = next->resume(next)) {}
    c->flags &= (unsigned short)~acc__g_driven;
    bool given = c->flags & acc__g_given;
    if (!given) generator_end(c, sink.err);
    return given;
}

static bool can_run(const acc_coro *c)
{
    return c && c->kind == acc__k_generator && !(c->flags & acc__f_done) &&
           !(c->flags & (acc__g_driven | acc__g_closing));
}

int acc__more(void *gen, acc__size size)
{
    acc_coro *c = gen;
    if (!can_run(c)) return 0;
    if (is_started(c)) memset(acc__value(c), 0, size);
    bool given = generator_run(c);
    acc__unref(c);
    return given;
}

static bool next_value(acc_coro *c, const void *sent, void *out, size_t size)
{
    if (!can_run(c)) return false;
    if (is_started(c)) {
        if (sent)
            memcpy(acc__value(c), sent, size);
        else
            memset(acc__value(c), 0, size);
    }
    bool given = generator_run(c);
    if (given && out) memcpy(out, acc__value(c), size);
    acc__unref(c);
    return given;
}

bool acc__next(void *g, void *out, size_t size)
{
    return next_value(g, NULL, out, size);
}

bool acc__send(void *g, const void *value, void *out, size_t size)
{
    return next_value(g, value, out, size);
}

bool acc__generator_done(const void *g)
{
    const acc_coro *c = g;
    return !c || c->flags & acc__f_done;
}

int acc__generator_error(void *g)
{
    acc_coro *c = g;
    if (!c || !(c->flags & acc__f_done)) return 0;
    c->flags |= acc__f_seen;
    return c->err;
}

const void *acc__generator_result(void *g, const void *zero)
{
    const acc_coro *c = g;
    return c && c->flags & acc__f_done && c->err == 0 && is_generator(c) ? acc__value(g) : zero;
}

/* ---- closing ---- */

/* An asynchronous one that nobody waits for: it runs as a task that is being destroyed, so nothing that
 * it awaits suspends. */
static void generator_destroy(acc_coro *c)
{
    struct acc__thread *th = &acc__tls;
    acc_task *before = th->task;
    c->flags |= acc__g_closing;
    c->err = ACC_EDESTROYED;
    if (c->kind == acc__k_async_generator) {
        c->flags |= acc__f_destroy;
        th->task = task_of(c);
    }
    (void)generator_run(c);
    th->task = before;
    c->refs--;
    if (c->err == ACC_EDESTROYED) c->err = 0;
}

/* What was never started gives back its arguments; what stands at a `yield` ends there. */
void generator_release(acc_coro *c)
{
    c->refs = 1; /* while its cleanup runs */
    if (c->flags & acc__f_done) return;
    if (is_started(c)) {
        generator_destroy(c);
    } else {
        acc_coro sink = {0};
        c->awaiter = &sink;
        c->state = (unsigned)acc__drop;
        c->err = ACC_EDESTROYED;
        (void)c->resume(c);
        generator_end(c, 0);
    }
}

/* Closes it for `self`, who held it: what it failed with. */
static int generator_finish(acc_coro *c)
{
    if (is_generator(c) && c->flags & acc__g_driven) { /* by itself: it cannot ask itself */
        acc__unref(c);
        return UV_EINVAL;
    }
    if (!(c->flags & acc__f_done) && is_generator(c) && is_started(c)) generator_destroy(c);
    int err = c->flags & acc__f_done ? c->err : 0;
    c->flags |= acc__f_seen;
    acc__unref(c);
    return err;
}

void acc__enough(acc_coro *self, void *gen)
{
    int first = self->err;
    self->err = 0;
    if (gen) self->err = generator_finish(gen);
    acc__settle(self, first);
}

/* ---- yield from ---- */

int acc__from_next(acc_coro *self, void *w, acc__size size)
{
    acc_coro *c = w;
    if (self->err == 0 && c && next_value(c, acc__value(self), acc__value(self), size)) return 1;
    if (self->err == 0 && c && c->flags & acc__f_done && c->err == 0 && is_generator(c))
        memcpy(acc__value(self), acc__value(c), size);
    else
        memset(acc__value(self), 0, size);
    acc__enough(self, c);
    return 0;
}

/* ---- asynchronous ones ---- */

acc_coro *acc__anext(acc_coro *self, void *gen, acc__size size)
{
    acc_coro *c = gen;
    if (c && c->kind == acc__k_future && c->flags & acc__f_done) { /* without memory */
        self->err = c->err;
        return self;
    }
    if (!c || c->kind != acc__k_async_generator || c->flags & acc__g_driven) {
        self->err = UV_EINVAL;
        return self;
    }
    c->flags &= (unsigned short)~acc__g_given;
    if (c->flags & acc__f_done) return self;
    if (is_started(c)) memset(acc__value(c), 0, size);
    c->flags |= acc__g_driven;
    c->awaiter = self;
    return acc__start(c, c->resume);
}

int acc__given(void *gen)
{
    acc_coro *c = gen;
    if (!(c->flags & acc__g_given)) {
        generator_end(c, 0);
        return 0;
    }
    c->flags &= (unsigned short)~acc__g_driven;
    return 1;
}

/* What had failed before lies where a task counts its cancellations. */
void acc__aclosed(acc_coro *self, void *gen)
{
    acc_coro *c = gen;
    acc_task *t = acc__tls.task;
    int first = (int)task_of(c)->cancels;
    bool destroyed = t && task_root(t)->flags & acc__f_destroy;
    generator_end(c, 0);
    acc__unref(c);
    if (self->err == ACC_EDESTROYED && !destroyed) self->err = 0;
    acc__settle(self, first);
}

acc_coro *acc__aclose(acc_coro *self, void *gen)
{
    acc_coro *c = gen;
    if (!c) return self;
    if (c->kind != acc__k_async_generator || c->flags & acc__f_done || !is_started(c)) {
        acc__unref(c);
        return self;
    }
    if (c->flags & acc__g_driven) { /* it failed, and was not looked at since; or another drives it */
        if (c->awaiter == self && c != self) generator_end(c, 0);
        acc__unref(c);
        return self;
    }
    task_of(c)->cancels = (unsigned)self->err;
    self->err = 0;
    c->flags = (unsigned short)((c->flags & ~acc__g_given) | acc__g_closing | acc__g_driven);
    c->err = ACC_EDESTROYED;
    c->awaiter = self;
    acc_coro *next = acc__start(c, c->resume);
    if (next == self) acc__aclosed(self, c);
    return next;
}
