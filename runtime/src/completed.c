/* SPDX-License-Identifier: MIT */
/* completed.c: acc_as_completed: futures in the order in which they end.
 *
 * Ends come as done-callbacks and are kept in a ring of indexes until somebody asks for the next.
 * Who was handed an index and is cancelled before it runs gives it back to the front.
 *
 * Freed by a job in the ready queue: whoever was handed something stands before it, so giving back
 * never meets freed memory. */
#include "internal.h"

struct awaited {
    acc_completed *of;
    acc_coro *f; /* one reference */
    acc_handle watch;
    bool ours;    /* came as a coroutine */
    bool refused; /* and not held */
};

struct acc_completed {
    struct resource r; /* not in the loop's list: for its job only */
    acc_handle alarm;
    acc_job *waiters;
    size_t n, given;
    size_t begin, count; /* of the ring of what is done and not given */
    size_t *ring;        /* n places, behind `at` */
    bool late;           /* the time is up */
    struct awaited at[];
};

static size_t ring_at(const acc_completed *c, size_t i)
{
    return (c->begin + i) % c->n;
}

static size_t next_take(acc_completed *c)
{
    size_t i = c->ring[c->begin];
    c->begin = ring_at(c, 1);
    c->count--;
    c->given++;
    return i;
}

static void waiter_wake(acc_completed *c, long value, int err)
{
    acc_task *t = (acc_task *)waitq_pop(&c->waiters);
    ((struct acc_completed_next__wait *)t->obj)->value = value;
    task_wake(t, err);
}

/* As many of those who wait as can go on. */
static void completed_serve(acc_completed *c)
{
    while (c->waiters && c->count > 0) {
        acc_task *t = (acc_task *)waitq_pop(&c->waiters);
        ((struct acc_completed_next__wait *)t->obj)->value = (long)next_take(c);
        task_hand(t);
    }
    while (c->waiters && (c->given == c->n || c->late))
        waiter_wake(c, -1, c->given == c->n ? 0 : UV_ETIMEDOUT);
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

static void next_cancel(acc_task *t, void *obj, int err)
{
    struct acc_completed_next__wait *w = obj;
    (void)waitq_remove(&w->from_->waiters, &t->job);
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

static void next_give_back(acc_task *t, void *obj)
{
    struct acc_completed_next__wait *w = obj;
    acc_completed *c = w->from_;
    (void)t;
    c->begin = ring_at(c, c->n - 1);
    c->ring[c->begin] = (size_t)w->value;
    c->count++;
    c->given--;
    completed_serve(c);
}

static const acc_wait_ops next_ops = {next_cancel, next_give_back, "the next of several futures"};

acc_coro *acc_completed_next__await(acc_coro *self, struct acc_completed_next__wait *w,
                                    acc_completed *c)
{
    acc_task *t = acc__tls.task;
    w->value = -1;
    if (c->count > 0)
        w->value = (long)next_take(c);
    else if (c->given < c->n && c->late)
        self->err = UV_ETIMEDOUT;
    else if (c->given < c->n) {
        if (task_refuses(t, self)) return task_refused(t, self);
        w->from_ = c;
        waitq_push(&c->waiters, &t->job);
        task_wait(t, self, &next_ops, w);
        return NULL;
    }
    return self;
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

static void completed_release(struct resource *r)
{
    mem_free(r);
}

void acc_completed_free(acc_completed *c)
{
    if (!c) return;
    watches_cancel(c);
    while (c->waiters)
        waiter_wake(c, -1, UV_ECANCELED);
    for (size_t i = 0; i < c->n; i++)
        if (!c->at[i].refused) acc__unref(c->at[i].f);
    if (loop_is_open(c->r.loop)) {
        c->r.loop->lingering++; /* until its turn, as if a handle were closing */
        resource_release_later(&c->r);
    } else {
        completed_release(&c->r);
    }
}

static acc_completed *completed_new(acc_loop *l, size_t n)
{
    size_t each = sizeof(struct awaited) + sizeof(size_t);
    if (n > (SIZE_MAX / 2) / each) return NULL;
    acc_completed *c = mem_alloc(sizeof *c + n * each);
    if (!c) return NULL;
    memset(c, 0, sizeof *c + n * each);
    c->r.job.leaf = &acc__hooks[HOOK_FREE];
    c->r.loop = l;
    c->r.release = completed_release;
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
        acc__loop_spawn(c->r.loop, a->f);
    else
        acc__ref(a->f);
    a->watch = callback_watch(c->r.loop, a->f, (acc_callback){on_awaited_done, NULL, a});
    return a->watch.generation != 0;
}

static bool alarm_set(acc_completed *c, double seconds)
{
    if (seconds >= (double)TIME_NEVER / 1e9) return true;
    c->alarm = acc__call_later(c->r.loop, seconds, on_late, c);
    return c->alarm.generation != 0;
}

/* Out of memory: nothing of what was given ever runs. */
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
    acc_completed *c = l ? completed_new(l, n) : NULL;
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
