/* SPDX-License-Identifier: MIT */
/* lock.c: mutexes, and `with (acc_locked(&m))`.
 *
 * Unlocking hands the mutex over: it belongs to who waited longest before that one has run, so
 * nobody gets past.  A free mutex has no waiters.
 *
 * The owner is a task, compared and never looked into, or `anybody`: a lock that was taken by a
 * task that consists of nothing else (acc_spawn(acc_mutex_lock(&m)), as in a gather) or in a
 * callback is there for somebody else to unlock. */
#include "waitq.h"
#include <stddef.h>

static char anybody, destroyed; /* owners; their addresses count */

static acc_mutex *mutex_of(struct acc__waitq *q)
{
    return (acc_mutex *)(void *)((char *)q - offsetof(acc_mutex, waitq_));
}

static acc_resume lock_resume;

/* For whom self takes the mutex. */
static void *owner_of(acc_task *t, acc_coro *self)
{
    if (!t || (self == task_root(t) && self->resume == lock_resume)) return &anybody;
    return t;
}

void mutex_pass(acc_mutex *m)
{
    acc__waiter *w = waitq_wake(&m->waitq_, WAITER_GIVEN);
    m->owner_ = w ? owner_of(w->task_, w->hd_.awaiter) : NULL;
}

void mutex_leave(acc_mutex *m)
{
    m->owner_ = &anybody;
}

static acc_coro *waiter_resume(acc_coro *self)
{
    if (self->state != 1) return waiter_odd(self);
    bool given;
    struct acc__waitq *q = waiter_leave((acc__waiter *)(void *)self, &given);
    if (!self->err) return self->awaiter;
    if (given) mutex_pass(mutex_of(q));
    return acc__fail(self);
}

const struct waiter_kind mutex_kind = {{waiter_cancel, NULL, "a mutex"}, waiter_resume};

acc_task *mutex_holder(void *waiter)
{
    void *owner = mutex_of(((acc__waiter *)waiter)->queue_)->owner_;
    return owner == &anybody ? NULL : owner;
}

acc_coro *acc_mutex_lock__await(acc_coro *self, struct acc_mutex_lock__wait *w, acc_mutex *m)
{
    acc_task *t = acc__tls.task;
    if (!m) return wait_fails(self, UV_EINVAL);
    if (!m->owner_) {
        m->owner_ = owner_of(t, self);
        return self;
    }
    if (m->owner_ == t) return wait_fails(self, ACC_EDEADLOCK);
    if (m->owner_ == &destroyed) return wait_fails(self, UV_ECANCELED);
    return waitq_wait(self, &w->waiter_, &m->waitq_, &mutex_kind);
}

int acc_mutex_try_lock(acc_mutex *m)
{
    if (!m) return UV_EINVAL;
    if (m->owner_) return m->owner_ == &destroyed ? UV_ECANCELED : UV_EBUSY;
    m->owner_ = owner_of(acc__tls.task, NULL);
    return 0;
}

bool mutex_held(const acc_mutex *m)
{
    return m->owner_ && (m->owner_ == &anybody || m->owner_ == acc__tls.task);
}

int acc_mutex_unlock(acc_mutex *m)
{
    if (!m) return UV_EINVAL;
    if (m->owner_ == &destroyed) return UV_ECANCELED;
    if (mutex_held(m)) {
        mutex_pass(m);
        return 0;
    }
    acc_coro *root = acc__tls.task ? task_root(acc__tls.task) : NULL;
    if (!root || !(root->flags & acc__f_destroy)) /* that could not wait for it */
        report_failure(NULL, "a mutex was unlocked that is not held here", UV_EPERM, root);
    return UV_EPERM;
}

bool acc_mutex_locked(const acc_mutex *m)
{
    return m && m->owner_ && m->owner_ != &destroyed;
}

void acc_mutex_destroy(acc_mutex *m)
{
    if (!m) return;
    m->owner_ = &destroyed;
    waitq_end(&m->waitq_);
}

/* ---- as a coroutine ---- */

struct lock_frame {
    acc_coro hd;
    acc_mutex *m;
    struct acc_mutex_lock__wait w;
};
static const acc_info lock_info = {"acc_mutex_lock", NULL, sizeof(struct lock_frame), 2, NULL};

OP_RESUME(lock, struct lock_frame, acc_mutex_lock__await(self, &f->w, f->m), (void)f)

future(void) acc_mutex_lock(acc_mutex *m)
{
    struct lock_frame *f = acc__make(sizeof *f, lock_resume);
    if (!f) return (future(void))acc__no_memory();
    f->m = m;
    return (future(void))(void *)f;
}

/* ---- as a scope ---- */

static future(void) locked_enter(acc_scope *s)
{
    acc_mutex *m = ((acc__locked_scope *)(void *)s)->mutex_;
    return acc_mutex_try_lock(m) == 0 ? NULL : acc_mutex_lock(m);
}

/* What was unlocked in the statement is wrong use, unless the mutex was destroyed. */
static future(void) locked_exit(acc_scope *s, int *failure)
{
    int rc = acc_mutex_unlock(((acc__locked_scope *)(void *)s)->mutex_);
    if (rc == UV_EPERM && *failure == 0) *failure = rc;
    return NULL;
}

const acc_scope_ops acc__locked_ops = {"mutex", locked_enter, locked_exit};
