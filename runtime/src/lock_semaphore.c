/* SPDX-License-Identifier: MIT */
/* lock_semaphore.c: semaphores, bounded or not, and `with (acc_permit(&s))`.
 *
 * As asyncio's: while somebody was given a permit and has not run yet, who comes anew waits behind
 * it even if more permits are free, and is looked after when that one has run.
 *
 * Invariant: somebody waits while permits are free only if somebody else was woken and will run. */
#include "waitq.h"
#include <limits.h>
#include <stddef.h>

enum { DESTROYED = -1, PLAIN, BOUNDED }; /* acc_semaphore.kind_ */

/* Permits that are free. */
static long value(const acc_semaphore *s)
{
    return s->first_ + s->change_;
}

int acc_semaphore_init(acc_semaphore *s, long permits)
{
    if (!s || permits < 0) return UV_EINVAL;
    *s = (acc_semaphore)ACC_SEMAPHORE_INIT(permits);
    return 0;
}

int acc_bounded_semaphore_init(acc_semaphore *s, long permits)
{
    if (!s || permits < 0) return UV_EINVAL;
    *s = (acc_semaphore)ACC_BOUNDED_SEMAPHORE_INIT(permits);
    return 0;
}

static acc_semaphore *semaphore_of(struct acc__waitq *q)
{
    return (acc_semaphore *)(void *)((char *)q - offsetof(acc_semaphore, waitq_));
}

/* What is free goes to who waits. */
static void semaphore_pass(acc_semaphore *s)
{
    while (value(s) > 0 && waitq_wake(&s->waitq_, WAITER_GIVEN))
        s->change_--;
}

static acc_coro *waiter_resume(acc_coro *self)
{
    if (self->state != 1) return waiter_odd(self);
    bool given;
    struct acc__waitq *q = waiter_leave((acc__waiter *)(void *)self, &given);
    if (given) {
        if (self->err) semaphore_of(q)->change_++;
        semaphore_pass(semaphore_of(q));
    }
    return self->err ? acc__fail(self) : self->awaiter;
}

static const struct waiter_kind kind = {{waiter_cancel, NULL, "a semaphore"}, waiter_resume};

bool acc_semaphore_locked(const acc_semaphore *s)
{
    return s && (value(s) <= 0 || s->kind_ == DESTROYED || s->waitq_.first_ || s->waitq_.woken_);
}

acc_coro *acc_semaphore_acquire__await(acc_coro *self, struct acc_semaphore_acquire__wait *w,
                                       acc_semaphore *s)
{
    int rc = acc_semaphore_try_acquire(s);
    if (rc == 0) return self;
    if (rc != UV_EAGAIN) return wait_fails(self, rc);
    return waitq_wait(self, &w->waiter_, &s->waitq_, &kind);
}

int acc_semaphore_try_acquire(acc_semaphore *s)
{
    if (!s) return UV_EINVAL;
    if (s->kind_ == DESTROYED) return UV_ECANCELED;
    if (acc_semaphore_locked(s)) return UV_EAGAIN;
    s->change_--;
    return 0;
}

int acc_semaphore_release(acc_semaphore *s)
{
    if (!s) return UV_EINVAL;
    if (s->kind_ == DESTROYED) return UV_ECANCELED;
    if (value(s) == LONG_MAX || (s->kind_ == BOUNDED && s->change_ >= 0)) return UV_EINVAL;
    s->change_++;
    if (waitq_wake(&s->waitq_, WAITER_GIVEN)) s->change_--;
    return 0;
}

long acc_semaphore_value(const acc_semaphore *s)
{
    return s && s->kind_ != DESTROYED && value(s) > 0 ? value(s) : 0;
}

void acc_semaphore_destroy(acc_semaphore *s)
{
    if (!s) return;
    s->kind_ = DESTROYED;
    waitq_end(&s->waitq_);
}

/* ---- as a coroutine ---- */

struct acquire_frame {
    acc_coro hd;
    acc_semaphore *s;
    struct acc_semaphore_acquire__wait w;
};
static const acc_info acquire_info = {"acc_semaphore_acquire", NULL, sizeof(struct acquire_frame),
                                      2, NULL};

OP_RESUME(acquire, struct acquire_frame, acc_semaphore_acquire__await(self, &f->w, f->s), (void)f)

future(void) acc_semaphore_acquire(acc_semaphore *s)
{
    struct acquire_frame *f = acc__make(sizeof *f, acquire_resume);
    if (!f) return (future(void))acc__no_memory();
    f->s = s;
    return (future(void))(void *)f;
}

/* ---- as a scope ---- */

static future(void) permit_enter(acc_scope *scope)
{
    acc_semaphore *s = ((acc__permit_scope *)(void *)scope)->semaphore_;
    return acc_semaphore_try_acquire(s) == 0 ? NULL : acc_semaphore_acquire(s);
}

static future(void) permit_exit(acc_scope *scope, int *failure)
{
    int rc = acc_semaphore_release(((acc__permit_scope *)(void *)scope)->semaphore_);
    if (rc == UV_EINVAL && *failure == 0) *failure = rc;
    return NULL;
}

const acc_scope_ops acc__permit_ops = {"semaphore", permit_enter, permit_exit};
