/* SPDX-License-Identifier: MIT */
/* waitq.c: the wait queue; waitq.h says what it is. */
#include "waitq.h"

static void waiter_unlink(acc__waiter *w)
{
    struct acc__waitq *q = w->queue_;
    if (!q) return;
    bool waits = w->state_ == WAITER_WAITS;
    if (w->next_)
        w->next_->prev_ = w->prev_;
    else if (waits)
        q->last_ = w->prev_;
    if (w->prev_)
        w->prev_->next_ = w->next_;
    else if (waits)
        q->first_ = w->next_;
    else
        q->woken_ = w->next_;
    if (waits) q->waiting_--;
    if (w->state_ == WAITER_GIVEN) q->given_--;
    w->queue_ = NULL;
}

void waiter_cancel(acc_task *t, void *obj, int err)
{
    waiter_unlink(obj);
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

acc_coro *waitq_wait(acc_coro *self, acc__waiter *w, struct acc__waitq *q,
                     const struct waiter_kind *kind)
{
    acc_task *t = acc__tls.task;
    acc_loop *mine = task_loop(t), *its = q->first_ ? task_loop(q->first_->task_) : NULL;
    if (mine && its && mine != its) return wait_fails(self, ACC_EOTHERLOOP);
    if (task_refuses(t, self)) return task_refused(t, self);
    acc__enter(&w->hd_, self);
    w->hd_.resume = kind->resume;
    w->hd_.state = 1;
    w->queue_ = q;
    w->task_ = t;
    w->state_ = WAITER_WAITS;
    w->next_ = NULL;
    w->prev_ = q->last_;
    *(q->last_ ? &q->last_->next_ : &q->first_) = w;
    q->last_ = w;
    q->waiting_++;
    task_wait(t, &w->hd_, &kind->wait, w);
    return NULL;
}

struct acc__waitq *waiter_leave(acc__waiter *w, bool *given)
{
    struct acc__waitq *q = w->queue_;
    *given = q && w->state_ == WAITER_GIVEN;
    waiter_unlink(w);
    return q;
}

const acc_info waiter_info = {"wait", NULL, sizeof(acc__waiter), 2, NULL};

acc_coro *waiter_odd(acc_coro *self)
{
    return acc__odd(self, &waiter_info);
}

static void woken_add(acc__waiter *w, struct acc__waitq *q, enum waiter_state state)
{
    w->queue_ = q;
    w->state_ = (int)state;
    w->prev_ = NULL;
    w->next_ = q->woken_;
    if (w->next_) w->next_->prev_ = w;
    q->woken_ = w;
    if (state == WAITER_GIVEN) q->given_++;
}

void waitq_watch(acc__waiter *w, struct acc__waitq *q)
{
    w->task_ = NULL;
    woken_add(w, q, WAITER_WOKEN);
}

/* In debug mode: who would wake it runs on another thread, and must not. */
static bool waiter_elsewhere(const acc__waiter *w)
{
    return debug_wrong_thread(task_loop(w->task_), "a task was woken");
}

acc__waiter *waitq_wake(struct acc__waitq *q, enum waiter_state state)
{
    acc__waiter *w = q->first_;
    if (!w || waiter_elsewhere(w)) return NULL;
    waiter_unlink(w);
    woken_add(w, q, state);
    task_wake(w->task_, 0);
    return w;
}

acc__waiter *waitq_release(struct acc__waitq *q, int err)
{
    acc__waiter *w = q->first_;
    if (!w || waiter_elsewhere(w)) return NULL;
    waiter_unlink(w);
    task_wake(w->task_, err);
    return w;
}

void waitq_end(struct acc__waitq *q)
{
    while (waitq_release(q, UV_ECANCELED))
        continue;
    while (q->woken_) {
        acc__waiter *w = q->woken_;
        waiter_unlink(w);
        if (w->task_ && w->task_->job.leaf == &w->hd_) task_spoil(w->task_, UV_ECANCELED);
    }
}
