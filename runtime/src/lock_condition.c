/* SPDX-License-Identifier: MIT */
/* lock_condition.c: condition variables.
 *
 * Waiting is a coroutine that awaits two waiters in turn: its place at the condition, then the
 * mutex, for as long as it takes, whatever failed before: that is remembered and goes on when the
 * mutex is held.  The waiter at the condition stands in its list of woken ones until all is over,
 * so that a notification can be passed on at the end; another stands with the mutex all the time,
 * so that both can be destroyed meanwhile. */
#include "waitq.h"
#include <limits.h>

static bool is_destroyed(const acc_condition *c)
{
    return !c->mutex_;
}

/* Stays in its list: the whole wait is not over. */
static acc_coro *waiter_resume(acc_coro *self)
{
    if (self->state != 1) return waiter_odd(self);
    return self->err ? acc__fail(self) : self->awaiter;
}

static acc_resume condition_resume;

static const struct waiter_kind kind = {{waiter_cancel, NULL, "a condition"}, waiter_resume};

static const acc_info condition_wait_info = {"acc_condition_wait", NULL,
                                             sizeof(struct acc_condition_wait__wait), 3, NULL};

static acc_coro *condition_end(acc_coro *self, struct acc_condition_wait__wait *f)
{
    bool given, locked = !self->err;
    struct acc__waitq *q = waiter_leave(&f->waiter_, &given);
    if (locked && f->anybody_) mutex_leave(f->mutex_);
    waiter_leave(&f->watch_, &(bool){false});
    self->err = f->err_;
    if (!self->err) return self->awaiter;
    if (given) (void)waitq_wake(q, WAITER_GIVEN);
    return acc__fail(self);
}

static acc_coro *wait_resume(acc_coro *self)
{
    struct acc_condition_wait__wait *f = (struct acc_condition_wait__wait *)(void *)self;
    acc_coro *r = self;
    switch (self->state) {
    case 0:
        f->waiter_.queue_ = NULL; /* it stands nowhere if a task that was cancelled is refused */
        r = waitq_wait(self, &f->waiter_, &f->condition_->waitq_, &kind);
        if (r == self) return acc__fail(self); /* the mutex was not unlocked yet */
        waitq_watch(&f->watch_, &f->mutex_->waitq_);
        mutex_pass(f->mutex_);
        return acc__suspend(self, 1, r);
    case 1: break;
    case 2: goto locked;
    default: return acc__odd(self, &condition_wait_info);
    }
    f->err_ = self->err;
    r = self;
    do {
        self->err = f->watch_.queue_ ? 0 : UV_ECANCELED;
        if (!self->err) r = acc_mutex_lock__await(self, &f->lock_, f->mutex_);
        if (r != self) return acc__suspend(self, 2, r);
    locked:
        if (self->err && (!f->err_ || acc__is_cancel(self->err))) f->err_ = self->err;
    } while (self->err == ACC_ECANCELED);
    return condition_end(self, f);
}

acc_coro *acc_condition_wait__await(acc_coro *self, struct acc_condition_wait__wait *w,
                                    acc_condition *c)
{
    if (!c) return wait_fails(self, UV_EINVAL);
    if (is_destroyed(c)) return wait_fails(self, UV_ECANCELED);
    w->anybody_ = self == task_root(acc__tls.task) && self->resume == condition_resume;
    if (w->anybody_ ? !acc_mutex_locked(c->mutex_) : !mutex_held(c->mutex_))
        return wait_fails(self, UV_EPERM);
    w->condition_ = c;
    w->mutex_ = c->mutex_;
    acc__enter(&w->hd_, self);
    w->hd_.resume = wait_resume;
    return wait_resume(&w->hd_);
}

int acc_condition_notify(acc_condition *c, unsigned n)
{
    int woken = 0;
    if (!c) return UV_EINVAL;
    if (is_destroyed(c)) return UV_ECANCELED;
    if (!acc_mutex_locked(c->mutex_)) return UV_EPERM;
    while (n-- > 0 && waitq_wake(&c->waitq_, WAITER_GIVEN))
        woken++;
    return woken;
}

int acc_condition_notify_all(acc_condition *c)
{
    return acc_condition_notify(c, UINT_MAX);
}

void acc_condition_destroy(acc_condition *c)
{
    if (!c) return;
    c->mutex_ = NULL;
    waitq_end(&c->waitq_);
}

/* ---- as a coroutine ---- */

struct condition_frame {
    acc_coro hd;
    acc_condition *c;
    struct acc_condition_wait__wait w;
};
static const acc_info condition_info = {"acc_condition_wait", NULL, sizeof(struct condition_frame),
                                        2, NULL};

OP_RESUME(condition, struct condition_frame, acc_condition_wait__await(self, &f->w, f->c), (void)f)

future(void) acc_condition_wait(acc_condition *c)
{
    struct condition_frame *f = acc__make(sizeof *f, condition_resume);
    if (!f) return (future(void))acc__no_memory();
    f->c = c;
    return (future(void))(void *)f;
}
