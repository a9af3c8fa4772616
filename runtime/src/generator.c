/* SPDX-License-Identifier: MIT */
/* generator.c: generators, plain and asynchronous.
 *
 * A generator is a coroutine whose awaiter is whoever wants its next value.  `yield` leaves the value
 * behind the header, says so in a flag, and resumes the awaiter; without that flag the awaiter sees that
 * it has ended.  A plain one never suspends in between, so a local awaiter does.  An asynchronous one
 * runs as a part of the task that asks: what it awaits suspends that task.
 *
 * `yield from` runs nothing: it puts the other generator below this one.  Whoever drives a generator
 * runs the last of those below it directly, and what stands above again when that one has ended:
 *
 *     driven -> ... -> above <-> below -> last       strand.leaf of the driven one: last
 *
 * So a value costs the same however long the chain is, and so does the C stack.
 *
 * Closing is destruction: it is resumed with ACC_EDESTROYED at its `yield`, and a further `yield` fails
 * likewise, those below before it.  What an asynchronous one awaits then may suspend as long as a task
 * waits for it; one that is merely released cannot wait.
 *
 * Invariant: it is driven by one at a time (acc__g_driven; of a chain, its last). */
#include "internal.h"

/* Of a plain generator, where a task has its own. */
struct strand {
    acc_coro *below; /* acc__g_delegates: what its `yield from` passes on */
    acc_coro *above; /* acc__g_delegated: whose `yield from` it is */
    acc_coro *leaf;  /* acc__g_delegates, and not delegated: the last below it; NULL: not known */
};
_Static_assert(sizeof(struct strand) <= sizeof(acc_task), "it takes a task's place");

static struct strand *strand_of(acc_coro *c)
{
    return (struct strand *)(void *)task_of(c);
}

/* Who runs when c is asked for a value. */
static acc_coro *chain_last(acc_coro *c)
{
    if (!(c->flags & acc__g_delegates)) return c;
    if (!(c->flags & acc__g_delegated) && strand_of(c)->leaf) return strand_of(c)->leaf;
    while (c->flags & acc__g_delegates)
        c = strand_of(c)->below;
    return c;
}

static bool is_driven(acc_coro *c)
{
    return chain_last(c)->flags & acc__g_driven;
}

static void chain_link(acc_coro *above, acc_coro *below)
{
    above->flags |= acc__g_delegates;
    below->flags |= acc__g_delegated;
    strand_of(above)->below = below;
    strand_of(above)->leaf = NULL;
    strand_of(below)->above = above;
}

/* Answers what stood above. */
static acc_coro *chain_unlink(acc_coro *below)
{
    acc_coro *above = strand_of(below)->above;
    above->flags &= (unsigned short)~acc__g_delegates;
    below->flags &= (unsigned short)~acc__g_delegated;
    strand_of(below)->leaf = NULL;
    return above;
}

/* What its head remembers of the chain that c stands in is true no more, or is `last`. */
static void chain_note(acc_coro *c, acc_coro *last)
{
    for (; c->flags & acc__g_delegated; last = NULL)
        c = strand_of(c)->above;
    if (c->flags & acc__g_delegates) strand_of(c)->leaf = last;
}

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

/* Runs this one until it gives something, passes on another one, or ends. */
static void generator_step(acc_coro *c)
{
    acc_coro sink = {0}, *next;
    c->refs++; /* it may be released by what it runs */
    c->awaiter = &sink;
    c->flags = (unsigned short)((c->flags & ~acc__g_given) | acc__g_driven);
    for (next = c->resume(c); next && next != &sink; next = next->resume(next)) {}
    c->flags &= (unsigned short)~acc__g_driven;
    if (!(c->flags & acc__g_given)) generator_end(c, sink.err);
    c->refs--; /* not the last: who drives it, or who stands above it, has one */
}

/* Runs c up to its next value or its end, here and now: who gave the value; NULL: it has ended. */
static acc_coro *generator_run(acc_coro *c)
{
    acc_coro *last = chain_last(c);
    c->refs++;
    chain_note(c, NULL);
    if (!last->err && !(last->flags & acc__f_done) && stack_is_deep()) {
        last->err = ACC_EDEPTH;
        if (!is_started(last)) last->state = (unsigned)acc__drop;
    }
    for (;;) {
        if (!(last->flags & acc__f_done)) generator_step(last);
        if (last->flags & acc__f_done) {
            if (last == c) break;
            last = chain_unlink(last);
        } else {
            if (!(last->flags & acc__g_delegates)) break;
            last = chain_last(last);
        }
    }
    bool given = !(last->flags & acc__f_done);
    chain_note(c, given ? last : NULL);
    return given ? last : NULL;
}

static bool can_run(acc_coro *c)
{
    if (!c || c->kind != acc__k_generator || c->flags & acc__f_done) return false;
    return !(c->flags & acc__g_closing) && !is_driven(c);
}

static void value_set(acc_coro *c, const void *sent, size_t size)
{
    acc_coro *last = chain_last(c);
    if (!is_started(last) || last->flags & acc__f_done || !size) return;
    if (sent)
        memcpy(acc__value(last), sent, size);
    else
        memset(acc__value(last), 0, size);
}

int acc__more(void *gen, acc__size size)
{
    acc_coro *c = gen, *by;
    if (!can_run(c)) return 0;
    value_set(c, NULL, size);
    by = generator_run(c);
    if (by && by != c) memcpy(acc__value(c), acc__value(by), size);
    acc__unref(c);
    return by != NULL;
}

static bool next_value(acc_coro *c, const void *sent, void *out, size_t size)
{
    if (!can_run(c)) return false;
    value_set(c, sent, size);
    acc_coro *by = generator_run(c);
    if (by && out) memcpy(out, acc__value(by), size);
    acc__unref(c);
    return by != NULL;
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

/* An asynchronous one that nobody waits for runs as a task that is being destroyed, so nothing that it
 * awaits suspends. */
static void generator_destroy_one(acc_coro *c)
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

/* Those below it first. */
static void generator_destroy(acc_coro *c)
{
    acc_coro *last = chain_last(c);
    chain_note(c, NULL);
    for (acc_coro *above; last != c; last = above) {
        above = chain_unlink(last);
        above->flags |= acc__g_driven; /* it runs next, and cannot be asked before */
        if (!(last->flags & acc__f_done) && is_started(last)) generator_destroy_one(last);
    }
    generator_destroy_one(c);
}

/* What stands at a `yield` ends there. */
void generator_release(acc_coro *c)
{
    c->refs = 1; /* while its cleanup runs */
    if (!(c->flags & acc__f_done)) generator_destroy(c);
}

/* Closes it for `self`, who held it: what it failed with. */
static int generator_finish(acc_coro *c)
{
    if (is_generator(c) && is_driven(c)) { /* by itself: it cannot ask itself */
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

static bool can_delegate(const acc_coro *self, acc_coro *c)
{
    if (self->kind != acc__k_generator || self->flags & acc__g_closing || !can_run(c)) return false;
    return !(c->flags & acc__g_delegated);
}

/* Who drives self runs c then, and self again when c has ended.  What two pass on at once, or an
 * asynchronous one does, is asked for each value. */
int acc__from_next(acc_coro *self, void *w, acc__size size)
{
    acc_coro *c = w;
    if (self->flags & acc__g_delegates && strand_of(self)->below == c) chain_note(chain_unlink(c), NULL);
    if (self->err == 0 && c && can_delegate(self, c)) {
        value_set(c, acc__value(self), size);
        chain_link(self, c);
        return 1;
    }
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
    bool destroyed = t && task_is_destroyed(t);
    generator_end(c, 0);
    acc__unref(c);
    if (self->err == ACC_EDESTROYED && !destroyed) self->err = 0;
    acc__settle(self, first);
}

acc_coro *acc__aclose(acc_coro *self, void *gen)
{
    acc_coro *c = gen;
    if (!c) return self;
    bool open = c->kind == acc__k_async_generator && !(c->flags & acc__f_done);
    if (open && c->flags & acc__g_driven) {
        /* It failed, perhaps before it suspended at all, and was not looked at since; or another
         * drives it. */
        if (c->awaiter == self && c != self) generator_end(c, 0);
        open = false;
    }
    if (!open || !is_started(c)) {
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
