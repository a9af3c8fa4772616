/* SPDX-License-Identifier: MIT */
/* completed.c: acc_as_completed: futures in the order in which they end.
 *
 * Ends come as done-callbacks and are kept in a ring of indexes.  They are not handed over: who waits
 * is promised one, and takes the first when it runs, so who is cancelled in between need only say so.
 * "No more" is said when all have been taken, for until then one may be given back.
 *
 * Invariant: somebody waits only if all that are in the ring are promised. */
#include "waitq.h"

struct awaited {
    acc_completed *of;
    acc_coro *f; /* one reference */
    acc_handle watch;
    bool ours;    /* came as a coroutine */
    bool refused; /* and not held */
};

struct acc_completed {
    struct acc__waitq waiters;
    acc_loop *loop;
    acc_handle alarm;
    size_t n, taken;
    size_t begin, count; /* of the ring of what is done and not taken */
    size_t *ring;        /* n places, behind `at` */
    bool late;           /* the time is up */
    struct awaited at[];
};

static size_t ring_at(const acc_completed *c, size_t i)
{
    return (c->begin + i) % c->n;
}

static bool some_unpromised(const acc_completed *c)
{
    return c->count > c->waiters.given_;
}

/* What who waits behind the promised ones is told: ACC_EPENDING, or the end of its wait. */
static int verdict(const acc_completed *c)
{
    if (c->taken == c->n) return 0;
    return c->late && c->taken + c->count < c->n ? (int)UV_ETIMEDOUT : ACC_EPENDING;
}

/* As many of those who wait as can go on. */
static void completed_serve(acc_completed *c)
{
    while (some_unpromised(c) && waitq_wake(&c->waiters, WAITER_GIVEN))
        continue;
    int err = verdict(c);
    while (err != ACC_EPENDING && waitq_release(&c->waiters, err))
        continue;
}

static long next_take(acc_completed *c)
{
    size_t i = c->ring[c->begin];
    c->begin = ring_at(c, 1);
    c->count--;
    c->taken++;
    completed_serve(c);
    return (long)i;
}

static void on_awaited_done(void *arg)
{
    struct awaited *a = arg;
    acc_completed *c = a->of;
    a->watch = (acc_handle){0};
    c->ring[ring_at(c, c->count++)] = (size_t)(a - c->at);
    completed_serve(c);
}

static void watches_cancel(acc_completed *c)
{
    acc_handle_cancel(c->alarm);
    for (size_t i = 0; i < c->n; i++)
        acc_handle_cancel(c->at[i].watch);
}

static void on_late(void *arg)
{
    acc_completed *c = arg;
    c->late = true;
    watches_cancel(c);
    completed_serve(c);
}

/* ---- the next ---- */

static acc_coro *waiter_resume(acc_coro *self)
{
    if (self->state != 1) return waiter_odd(self);
    struct acc_completed_next__wait *w = (struct acc_completed_next__wait *)(void *)self;
    bool given;
    struct acc__waitq *q = waiter_leave(&w->waiter_, &given);
    if (!given) return self->err ? acc__fail(self) : self->awaiter;
    acc_completed *c = (acc_completed *)(void *)((char *)q - offsetof(acc_completed, waiters));
    if (!self->err)
        w->value = next_take(c);
    else
        completed_serve(c);
    return self->err ? acc__fail(self) : self->awaiter;
}

static const struct waiter_kind kind = {{waiter_cancel, NULL, "the next of several futures"},
                                        waiter_resume};

acc_coro *acc_completed_next__await(acc_coro *self, struct acc_completed_next__wait *w,
                                    acc_completed *c)
{
    acc_loop *l = task_loop(acc__tls.task);
    w->value = -1;
    if (!c || (l && l != c->loop)) return wait_fails(self, c ? (int)ACC_EOTHERLOOP : UV_EINVAL);
    if (some_unpromised(c)) {
        w->value = next_take(c);
        return self;
    }
    int err = verdict(c);
    if (err != ACC_EPENDING) return wait_fails(self, err);
    return waitq_wait(self, &w->waiter_, &c->waiters, &kind);
}

struct next_frame {
    acc_coro hd;
    long value;
    acc_completed *c;
    struct acc_completed_next__wait w;
};
static const acc_info next_info = {"acc_completed_next", NULL, sizeof(struct next_frame), 2, NULL};

OP_RESUME(next, struct next_frame, acc_completed_next__await(self, &f->w, f->c),
          f->value = f->w.value)

future(long) acc_completed_next(acc_completed *c)
{
    struct next_frame *f = acc__make(sizeof *f, next_resume);
    if (!f) return (future(long))acc__no_memory();
    f->c = c;
    return (future(long))(void *)f;
}

/* ---- made and freed ---- */

void acc_completed_free(acc_completed *c)
{
    if (!c) return;
    watches_cancel(c);
    waitq_end(&c->waiters);
    for (size_t i = 0; i < c->n; i++)
        if (!c->at[i].refused) acc__unref(c->at[i].f);
    mem_free(c);
}

static acc_completed *completed_new(acc_loop *l, size_t n)
{
    size_t each = sizeof(struct awaited) + sizeof(size_t);
    if (n > (SIZE_MAX / 2) / each) return NULL;
    acc_completed *c = mem_alloc(sizeof *c + n * each);
    if (!c) return NULL;
    memset(c, 0, sizeof *c + n * each);
    c->loop = l;
    c->n = n;
    c->ring = (size_t *)(void *)(c->at + n);
    return c;
}

/* False: out of memory.  What cannot be waited for counts as done. */
static bool completed_watch(acc_completed *c, size_t i)
{
    struct awaited *a = &c->at[i];
    if (wait_check(acc__tls.task, a->f) < 0) {
        a->refused = true;
        c->ring[c->count++] = i;
        return true;
    }
    a->ours = a->f->kind == acc__k_coro;
    if (a->ours)
        acc__loop_spawn(c->loop, a->f);
    else
        acc__ref(a->f);
    a->watch = callback_watch(c->loop, a->f, (acc_callback){on_awaited_done, NULL, a});
    return a->watch.generation != 0;
}

static bool alarm_set(acc_completed *c, double seconds)
{
    if (seconds >= (double)TIME_NEVER / 1e9) return true;
    c->alarm = acc__call_later(c->loop, seconds, on_late, c);
    return c->alarm.generation != 0;
}

/* Nothing of what was given ever runs. */
static void completed_undo(acc_completed *c, const void *fs, size_t n, size_t begun)
{
    for (size_t i = begun; i < n; i++) /* one that stands there twice is closed once */
        (void)part_take(future_at(fs, i));
    for (size_t i = begun; i < n; i++)
        acc__unref(future_at(fs, i));
    if (!c) return;
    for (size_t i = 0; i < begun; i++)
        if (c->at[i].ours) (void)acc__cancel(c->at[i].f);
    c->n = begun;
    acc_completed_free(c);
}

acc_completed *acc__as_completed(const void *fs, size_t n, double seconds)
{
    acc_loop *l = acc__tls.task ? task_home(acc__tls.task) : loop_current();
    bool mine = l && !debug_wrong_thread(l, "a task was spawned");
    acc_completed *c = mine ? completed_new(l, n) : NULL;
    size_t i = 0;
    bool ok = c && alarm_set(c, seconds);
    for (; ok && i < n; i++) {
        c->at[i].of = c;
        c->at[i].f = future_at(fs, i);
        ok = completed_watch(c, i);
    }
    if (ok) return c;
    completed_undo(c, fs, n, i);
    return NULL;
}
