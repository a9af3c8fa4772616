/* SPDX-License-Identifier: MIT */
/* waitq.h: the wait queue under mutexes, events, conditions, semaphores, barriers and queues.
 *
 * A waiter is a small coroutine in the frame of who waits, so that the queue learns when a woken
 * one runs.  It stands in one of two lists of its queue until then:
 *
 *     first_ <-> ... <-> last_     waits, in order
 *     woken_ <-> ...               was woken, possibly with something, and has not run yet
 *
 * When it runs it leaves its list (waiter_leave).  If it then has a failure, a cancellation that
 * came in between or its destruction, it has not got what it was given: its resume function gives
 * that back, which usually gives it to the next.  That is the give-back hook, and all there is to
 * cancellation: one that only waits is simply taken off.
 *
 * Invariant: who stands in a list points to its queue; who points to none has no business with the
 * object any more, whose memory may be gone. */
#ifndef ACC_WAITQ_H
#define ACC_WAITQ_H

#include "internal.h"

enum waiter_state {
    WAITER_WAITS,
    WAITER_WOKEN, /* has to look again when it runs */
    WAITER_GIVEN, /* with something that it gives back if it fails */
};

/* What waiters of one kind do. */
struct waiter_kind {
    acc_wait_ops wait; /* .cancel: waiter_cancel */
    acc_resume *resume;
};
void waiter_cancel(acc_task *t, void *obj, int err);

/* Suspends the running task at the end of q: NULL.  Or answers self, with self->err set. */
acc_coro *waitq_wait(acc_coro *self, acc__waiter *w, struct acc__waitq *q,
                     const struct waiter_kind *kind);

/* Puts w among the woken ones, though its task waits for something else: until waiter_leave it sees
 * that the object is there, by w->queue_. */
void waitq_watch(acc__waiter *w, struct acc__waitq *q);

/* For resume functions: w runs, and stands in no list any more.  Its queue, or NULL if it had left
 * before; *given: it has something that must be given back when it fails. */
struct acc__waitq *waiter_leave(acc__waiter *w, bool *given);

/* The default of a resume function: says what it is, which is always this. */
extern const acc_info waiter_info;
acc_coro *waiter_odd(acc_coro *self);

/* Wakes the first that waits, in the state WAITER_WOKEN or WAITER_GIVEN.  It, or NULL. */
acc__waiter *waitq_wake(struct acc__waitq *q, enum waiter_state state);
/* Wakes it with err, and lets it go: it has nothing to do with the queue any more. */
acc__waiter *waitq_release(struct acc__waitq *q, int err);
/* The object goes away: all fail with UV_ECANCELED. */
void waitq_end(struct acc__waitq *q);

/* lock.c.  Whether the running task may unlock it; unlocks it, whoever holds it; its holder leaves it
 * to whoever unlocks it. */
bool mutex_held(const acc_mutex *m);
void mutex_pass(acc_mutex *m);
void mutex_leave(acc_mutex *m);
/* How tasks wait for one. */
extern const struct waiter_kind mutex_kind;
/* Of the mutex that somebody waits for so: to be compared only, it may have ended; NULL: anybody may
 * unlock it. */
acc_task *mutex_holder(void *waiter);

/* A failure without waiting. */
static inline acc_coro *wait_fails(acc_coro *self, int err)
{
    self->err = err;
    return self;
}

#endif
