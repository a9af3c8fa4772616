/* SPDX-License-Identifier: MIT */
/* join.c: waiting for one future: acc_join, acc_shield, acc_wait_for.
 *
 * A joiner stands in the future's list of waiters like an awaiting task, with a job of its own, so
 * that it is told that the future is done without its failure.  A shield is told by a
 * done-callback, as asyncio's is, one generation later.  acc_wait_for is an await within a timeout.
 *
 * The value of the last two lies at +32 of their frame, where their own members lie before: it is
 * written last. */
#include "internal.h"

/* ---- acc_join ---- */

_Static_assert(sizeof(struct inward) == sizeof((struct acc__join__wait *)0)->inward_,
               "combine.h gives it room");

static struct inward *join_node(struct acc__join__wait *w)
{
    return (struct inward *)(void *)w->inward_;
}

void join_wake(acc_job *j, acc_coro *f)
{
    struct acc__join__wait *w = (struct acc__join__wait *)(void *)j;
    w->value.err = f->err;
    f->flags |= acc__f_seen;
    task_wake(w->task_, w->cancelled_ ? ACC_ECANCELED : 0);
    acc__unref(f); /* not the last: settle_held has one */
}

static void join_inward(struct inward *i)
{
    struct acc__join__wait *w =
        (struct acc__join__wait *)(void *)((char *)i - offsetof(struct acc__join__wait, inward_));
    (void)acc__cancel(w->future_);
}

static void join_cancel(acc_task *t, void *obj, int err)
{
    struct acc__join__wait *w = obj;
    acc_coro *f = w->future_;
    if (err == ACC_ECANCELED && w->owned_) {
        w->cancelled_ = true;
        if (!inward_cancel(join_node(w))) return;
    }
    (void)waitq_remove(future_waiters(f), &w->job_);
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
    if (w->owned_ && err == ACC_EDESTROYED) child_destroy(f);
    acc__unref(f);
}

acc_coro *join_child(void *obj)
{
    const struct acc__join__wait *w = obj;
    return w->owned_ && !(w->future_->flags & acc__f_done) ? w->future_ : NULL;
}

const acc_wait_ops join_ops = {join_cancel, NULL, "the end of a task"};

acc_coro *join_awaits(void *obj)
{
    return ((struct acc__join__wait *)obj)->future_;
}

acc_coro *acc__join__await(acc_coro *self, struct acc__join__wait *w, void *p)
{
    acc_task *t = acc__tls.task;
    acc_coro *f = p;
    w->value.err = wait_check(t, f);
    if (w->value.err) return self;
    if (f->flags & acc__f_done) {
        f->flags |= acc__f_seen;
        w->value.err = f->err;
        return self;
    }
    if (task_refuses(t, self)) {
        if (f->kind == acc__k_coro) acc__unref(f);
        return task_refused(t, self);
    }
    w->owned_ = f->kind == acc__k_coro;
    if (w->owned_) {
        w->value.err = child_spawn(task_home(t), f);
        if (w->value.err) return self;
    } else {
        acc__ref(f);
    }
    w->cancelled_ = false;
    w->task_ = t;
    w->future_ = f;
    *join_node(w) = (struct inward){.run = join_inward};
    w->job_.leaf = &acc__hooks[HOOK_JOIN];
    waitq_push(future_waiters(f), &w->job_);
    task_wait(t, self, &join_ops, w);
    return NULL;
}

struct join_frame {
    acc_coro hd;
    struct acc_outcome value;
    acc_coro *f; /* one reference of a task or future; the coroutine; NULL: given away */
    struct acc__join__wait w;
};
static const acc_info join_info = {"acc_join", NULL, sizeof(struct join_frame), 2, NULL};

static acc_coro *join_resume(acc_coro *self)
{
    struct join_frame *j = (struct join_frame *)(void *)self;
    acc_coro *f = j->f, *r;
    switch (self->state) {
    case 0:
        if (f && f->kind == acc__k_coro) j->f = NULL;
        r = acc__join__await(self, &j->w, f);
        if (r != self) return acc__suspend(self, 1, r);
        break;
    case 1: break;
    case (unsigned)acc__drop: break;
    default: return acc__odd(self, &join_info);
    }
    acc__unref(j->f);
    if (self->err) return acc__fail(self);
    j->value = j->w.value;
    return self->awaiter;
}

future(struct acc_outcome) acc__join(void *p)
{
    acc_coro *f = p;
    struct join_frame *j = acc__make(sizeof *j, join_resume);
    if (j)
        j->f = f && f->kind != acc__k_coro ? acc__ref(f) : f;
    else if (f && f->kind == acc__k_coro)
        acc__unref(f);
    return (future(struct acc_outcome))(j ? (void *)j : acc__no_memory());
}

/* ---- frames whose value comes last ---- */

/* T of f, to where self's own members lay. */
static acc_coro *value_move(acc_coro *self, acc_coro *f, size_t size)
{
    memcpy(acc__value(self), acc__value(f), size);
    return self->awaiter;
}

static void *frame_new(size_t frame, size_t size, acc_resume *resume, acc_coro *f)
{
    if (size > SIZE_MAX / 2) return NULL;
    if (frame < sizeof(acc_coro) + size) frame = sizeof(acc_coro) + size;
    void *p = acc__make(frame, resume);
    if (!p && f && f->kind == acc__k_coro) acc__unref(f);
    return p;
}

/* ---- acc_shield ---- */

struct shield {
    acc_coro hd;
    acc_coro *f; /* one reference, or the coroutine */
    size_t size;
    acc_task *task; /* suspended here, not woken yet */
    acc_handle watch;
};
static const acc_info shield_info = {"acc_shield", NULL, sizeof(struct shield), 2, NULL};

static void on_shielded_done(void *arg)
{
    struct shield *s = arg;
    acc_task *t = s->task;
    s->task = NULL;
    if (t) task_wake(t, 0);
}

static void shield_cancel(acc_task *t, void *obj, int err)
{
    ((struct shield *)obj)->task = NULL;
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

const acc_wait_ops shield_ops = {shield_cancel, NULL, "a shielded future"};

acc_coro *shield_awaits(void *obj)
{
    return ((struct shield *)obj)->f;
}

/* NULL when it has suspended. */
static acc_coro *shield_await(acc_coro *self, struct shield *s)
{
    acc_task *t = acc__tls.task;
    acc_coro *f = s->f;
    self->err = wait_check(t, f);
    if (self->err || f->flags & acc__f_done) return self;
    if (task_root(t)->flags & acc__f_destroy && task_refuses(t, self)) return self;
    if (f->kind == acc__k_coro) { /* runs, whatever comes */
        self->err = child_spawn(task_home(t), f);
        if (self->err) {
            s->f = NULL;
            return self;
        }
    }
    if (task_refuses(t, self)) return task_refused(t, self);
    s->watch = callback_watch(task_home(t), f, (acc_callback){on_shielded_done, NULL, s});
    if (s->watch.generation == 0) {
        self->err = ACC_ENOMEM;
        return self;
    }
    s->task = t;
    task_wait(t, self, &shield_ops, s);
    return NULL;
}

static acc_coro *shield_resume(acc_coro *self)
{
    struct shield *s = (struct shield *)(void *)self;
    switch (self->state) {
    case 0:
        if (shield_await(self, s) == NULL) return acc__suspend(self, 1, NULL);
        break;
    case 1: break;
    case (unsigned)acc__drop: break;
    default: return acc__odd(self, &shield_info);
    }
    acc_coro *f = s->f, *next;
    acc_handle_cancel(s->watch);
    if (!self->err) {
        f->flags |= acc__f_seen;
        self->err = f->err;
    }
    next = self->err ? acc__fail(self) : value_move(self, f, s->size);
    acc__unref(f);
    return next;
}

void *acc__shield(void *p, size_t size)
{
    acc_coro *f = p;
    struct shield *s = frame_new(sizeof *s, size, shield_resume, f);
    if (!s) return acc__no_memory();
    s->f = f && f->kind != acc__k_coro ? acc__ref(f) : f;
    s->size = size;
    s->task = NULL;
    s->watch = (acc_handle){0};
    return s;
}

/* ---- acc_wait_for ---- */

enum { WAIT_AWAITS = 1, WAIT_ENDS = 2 }; /* states: within the timeout; cancelled at once */

struct wait_for {
    acc_coro hd;
    acc_coro *f;
    size_t size;
    double seconds;
    bool borrowed; /* f came as a task or future: a reference is held */
    acc_timeout limit;
    struct acc__join__wait join;
};
static const acc_info wait_for_info = {"acc_wait_for", NULL, sizeof(struct wait_for), 3, NULL};

/* The await is over: the timeout is left, self->err says how it went. */
static acc_coro *wait_for_done(acc_coro *self, struct wait_for *w)
{
    acc_coro *f = w->f, *next;
    size_t size = w->size;
    bool borrowed = w->borrowed;
    int failure = self->err;
    (void)w->limit.scope.ops->exit(&w->limit.scope, &failure);
    if (self->err && !failure) failure = UV_ETIMEDOUT;
    next = failure ? NULL : value_move(self, f, size);
    acc__await_end(self, f);
    if (borrowed) acc__unref(f);
    self->err = failure;
    return next ? next : acc__fail(self);
}

static acc_coro *wait_for_start(acc_coro *self, struct wait_for *w)
{
    w->limit = acc_timeout_in(w->seconds);
    void *refused = (void *)w->limit.scope.ops->enter(&w->limit.scope);
    if (refused) { /* no memory for the alarm */
        acc__unref(refused);
        acc__unref(w->f);
        return acc__throw(self, ACC_ENOMEM);
    }
    acc_coro *r = acc__await(self, w->f);
    return r == self ? wait_for_done(self, w) : acc__suspend(self, WAIT_AWAITS, r);
}

/* It was cancelled and waited for. */
static acc_coro *wait_for_ended(acc_coro *self, struct wait_for *w)
{
    acc_coro *f = w->f, *next = NULL;
    if (!self->err) {
        f->flags |= acc__f_seen;
        self->err = f->err == ACC_ECANCELED ? UV_ETIMEDOUT : f->err;
        if (!self->err) next = value_move(self, f, w->size);
    }
    acc__unref(f);
    return next ? next : acc__fail(self);
}

/* No time at all. */
static acc_coro *wait_for_end(acc_coro *self, struct wait_for *w)
{
    acc_coro *f = w->f;
    self->err = wait_check(acc__tls.task, f);
    if (self->err) {
        acc__unref(f);
        return acc__fail(self);
    }
    if (f->flags & acc__f_done) {
        f->flags |= acc__f_seen;
        self->err = f->err;
        acc_coro *next = f->err ? acc__fail(self) : value_move(self, f, w->size);
        acc__unref(f);
        return next;
    }
    if (f->kind == acc__k_coro && (self->err = child_spawn(task_home(acc__tls.task), f)) != 0)
        return acc__fail(self);
    (void)acc__cancel(f);
    acc_coro *r = acc__join__await(self, &w->join, f);
    return r == self ? wait_for_ended(self, w) : acc__suspend(self, WAIT_ENDS, r);
}

static acc_coro *wait_for_resume(acc_coro *self)
{
    struct wait_for *w = (struct wait_for *)(void *)self;
    switch (self->state) {
    case 0: return w->seconds > 0 ? wait_for_start(self, w) : wait_for_end(self, w);
    case WAIT_AWAITS: return wait_for_done(self, w);
    case WAIT_ENDS: return wait_for_ended(self, w);
    case (unsigned)acc__drop: acc__unref(w->f); return acc__fail(self);
    default: return acc__odd(self, &wait_for_info);
    }
}

void *acc__wait_for(void *p, size_t size, double seconds)
{
    acc_coro *f = p;
    struct wait_for *w = frame_new(sizeof *w, size, wait_for_resume, f);
    if (!w) return acc__no_memory();
    w->borrowed = f && f->kind != acc__k_coro;
    w->f = w->borrowed ? acc__ref(f) : f;
    w->size = size;
    w->seconds = seconds;
    return w;
}
