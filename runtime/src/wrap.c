/* SPDX-License-Identifier: MIT */
/* wrap.c: awaitables made of anything that calls back.
 *
 * A watch (acc_future_on_cancel) stands among the waiters of its future and in a list of its
 * loop's. It is the one waiter that is called and not enqueued: between a cancellation and the next
 * generation the operation's callback could come and free what the call needs.  It may give back
 * what holds the future; so future_settle touches the future no more after one.
 *
 * A wait (acc_wait) is an operation of the runtime's own kind, with one acc_wait_ops for all. */
#include "internal.h"

/* ---- watches ---- */

struct watch {
    acc_job job; /* among the waiters of `future` */
    acc_loop *loop;
    struct watch *prev, *next; /* in loop->watches */
    acc_coro *future;
    void (*stop)(void *arg);
    void *arg;
};

static void watch_free(struct watch *w)
{
    if (w->next) w->next->prev = w->prev;
    if (w->prev)
        w->prev->next = w->next;
    else
        w->loop->watches = w->next;
    acc__free(w, sizeof *w);
}

static void watch_stop(struct watch *w)
{
    void (*stop)(void *) = w->stop;
    void *arg = w->arg;
    watch_free(w);
    stop(arg);
}

/* Its future is done. */
void watch_settled(acc_job *j, acc_coro *f)
{
    if (f->err == ACC_ECANCELED)
        watch_stop((struct watch *)(void *)j);
    else
        watch_free((struct watch *)(void *)j);
}

/* The last reference to its future is gone. */
void watch_dropped(acc_job *j)
{
    watch_stop((struct watch *)(void *)j);
}

void watches_close(acc_loop *l)
{
    while (l->watches) {
        acc_coro *f = acc__ref(l->watches->future);
        future_settle(f, ACC_ECANCELED);
        acc__unref(f);
    }
}

int acc__future_on_cancel(void *p, void (*stop)(void *), void *arg)
{
    acc_coro *f = p;
    if (!f || f->kind != acc__k_future || !stop) return UV_EINVAL;
    if (f->flags & acc__f_done) return f->err == ACC_ENOMEM ? (int)ACC_ENOMEM : UV_EALREADY;
    acc_loop *l = future_loop(f);
    if (!l || !loop_is_open(l)) l = loop_current();
    struct watch *w = l ? acc__alloc(sizeof *w) : NULL;
    if (!w) return ACC_ENOMEM;
    *w = (struct watch){{NULL, &acc__hooks[HOOK_WATCH]}, l, NULL, l->watches, f, stop, arg};
    if (w->next) w->next->prev = w;
    l->watches = w;
    waitq_push(future_waiters(f), &w->job);
    return 0;
}

/* ---- waits ---- */

static void wait_cancel(acc_task *t, void *obj, int err)
{
    acc_wait *w = obj;
    if (!w->task_) return; /* its stop asks for the same */
    w->task_ = NULL;
    w->operation_->stop(w);
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

static void wait_give_back(acc_task *t, void *obj)
{
    acc_wait *w = obj;
    (void)t;
    w->operation_->give_back(w);
}

static const acc_wait_ops wait_public_ops = {wait_cancel, wait_give_back, "an operation"};

const char *wait_name(acc_task *t)
{
    const acc_wait_ops *ops = task_ops(t);
    if (!ops) return NULL;
    return ops == &wait_public_ops ? ((acc_wait *)t->obj)->operation_->name : ops->name;
}

acc_coro *acc_wait_begin(acc_coro *self, acc_wait *w, const acc_operation *operation)
{
    acc_task *t = acc__tls.task;
    w->task_ = NULL;
    if (!t) {
        self->err = UV_EINVAL;
        return self;
    }
    if (task_refuses(t, self)) return self;
    w->task_ = t;
    w->operation_ = operation;
    task_wait(t, self, &wait_public_ops, w);
    return NULL;
}

acc_coro *acc_wait_undo(acc_wait *w)
{
    acc_task *t = w->task_;
    w->task_ = NULL;
    t->ops = NULL;
    return t->job.leaf;
}

int acc_wait_end(acc_wait *w, int error)
{
    acc_task *t = w->task_;
    if (error > 0) return UV_EINVAL;
    if (!t) return UV_EALREADY;
    if (debug_wrong_thread(task_loop(t), "an operation was ended")) return UV_EPERM;
    w->task_ = NULL;
    task_wake(t, error);
    return 0;
}

int acc_wait_hand(acc_wait *w)
{
    acc_task *t = w->task_;
    if (!t || !w->operation_->give_back) return acc_wait_end(w, 0);
    if (debug_wrong_thread(task_loop(t), "an operation was ended")) return UV_EPERM;
    w->task_ = NULL;
    task_hand(t);
    return 0;
}

acc_loop *acc_wait_loop(const acc_wait *w)
{
    return task_home(w->task_);
}
