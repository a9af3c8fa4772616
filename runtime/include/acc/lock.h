/* SPDX-License-Identifier: MIT */
/* lock.h: what tasks of one loop wait for each other with: mutex, event, condition, semaphore,
 * barrier.  acc.h includes it.  Queues are in queue.h.
 *
 * All of them are plain structs that lie wherever their owner puts them: static, in a struct, in
 * the frame of an async function.  Each has a static initialiser (of a mutex and an event it is
 * all zero) and an `init` that does the same.  Nothing is allocated: who waits has its place in
 * the list in its own frame.
 *
 *   acc_mutex m = ACC_MUTEX_INIT;
 *   with (acc_locked(&m)) { ... await ... }
 *
 * Waiting is first come, first served, and nobody gets past: what is given up (a mutex, a permit)
 * belongs to who waited longest before anybody else can ask.  Who is cancelled after it was given
 * something, and before it ran, gives it back, and the next one gets it: nothing is lost.
 *
 * What is wrong use fails the await with a code, and is a negative result of what does not wait.
 * An object belongs to the thread of the loop whose tasks wait for it; tasks of another loop fail
 * with ACC_EOTHERLOOP while anybody waits.  What does not wait may be called from callbacks too.
 * Nothing here suspends but what says that it waits.
 *
 * Before its memory goes away, `destroy` it if tasks may still wait for it: they fail with
 * UV_ECANCELED, also those that were given it and have not run yet, and the runtime does not touch
 * it any more.  In an async function `defer acc_mutex_destroy(&m);` behind the declaration does
 * that.  A destroyed object fails every operation with UV_ECANCELED until it is initialised anew.
 * It may not be copied or moved while anybody waits or holds it. */
#include "acc.h" /* includes this file in its turn */

#ifndef ACC_LOCK_H
#define ACC_LOCK_H

/* ---- what they all stand on; not for use by itself ---- */

typedef struct acc__waiter acc__waiter;

/* Who waits for one thing, in order, and who was woken and has not run yet. */
struct acc__waitq {
    acc__waiter *first_, *last_;
    acc__waiter *woken_;
    unsigned waiting_, given_;
};

/* One of them; lies in the frame of who waits. */
struct acc__waiter {
    acc_coro hd_; /* what the loop resumes: so it is known when a woken one runs */
    acc__waiter *next_, *prev_;
    struct acc__waitq *queue_;
    acc_task *task_;
    int state_;
};

/* ---- mutex ---- */

/* Held by one task at a time, across awaits. */
typedef struct acc_mutex {
    struct acc__waitq waitq_;
    void *owner_;
} acc_mutex;

/* clang-format off */
#define ACC_MUTEX_INIT {{0, 0, 0, 0, 0}, 0}
/* clang-format on */
static inline void acc_mutex_init(acc_mutex *m)
{
    *m = (acc_mutex)ACC_MUTEX_INIT;
}

/* Ends it; see above.  Who holds it keeps thinking so: its unlock is UV_ECANCELED. */
void acc_mutex_destroy(acc_mutex *m);

/* Waits until the task that awaits this holds the mutex; a free one is taken without suspending.
 * Fails with ACC_EDEADLOCK when the task holds it already, UV_ECANCELED when it is destroyed,
 * ACC_EOTHERLOOP, ACC_ECANCELED (then it does not hold it).  A coroutine of it that is spawned by
 * itself, acc_spawn(acc_mutex_lock(&m)), takes it for whoever unlocks it. */
future(void) acc_mutex_lock(acc_mutex *m);

/* Takes it if it is free: 0.  UV_EBUSY: it is held, by whomever.  UV_ECANCELED.  From a callback
 * it is taken for whoever unlocks it. */
int acc_mutex_try_lock(acc_mutex *m);

/* Gives it to who waits longest, who runs in the next generation, or frees it: 0.  UV_EPERM: the
 * running task does not hold it; nothing happened, and the exception handler was told, for few look
 * at this result.  UV_ECANCELED: it was destroyed. */
int acc_mutex_unlock(acc_mutex *m);

/* Whether anybody holds it, or was given it and has not run yet. */
bool acc_mutex_locked(const acc_mutex *m);

/* `with (acc_locked(&m)) statement`: the statement runs with the mutex held, which is unlocked on
 * every way out of it.  Entering is acc_mutex_lock.  An acc_scope * to what lives to the end of the
 * block around the `with`; nothing is allocated when the mutex is free. */
typedef struct acc__locked_scope {
    acc_scope scope;
    acc_mutex *mutex_;
} acc__locked_scope;
extern const acc_scope_ops acc__locked_ops;
#define acc_locked(m) (&(struct acc__locked_scope){{&acc__locked_ops}, (m)}.scope)

/* ---- event ---- */

/* Happened, or not yet. */
typedef struct acc_event {
    struct acc__waitq waitq_;
    int set_;
} acc_event;

/* clang-format off */
#define ACC_EVENT_INIT {{0, 0, 0, 0, 0}, 0}
/* clang-format on */
static inline void acc_event_init(acc_event *e)
{
    *e = (acc_event)ACC_EVENT_INIT;
}

/* Ends it; see above.  Who was woken by acc_event_set is through already. */
void acc_event_destroy(acc_event *e);

/* Waits until it is set; does not suspend if it is.  Who was woken goes on even if it is cleared
 * before it runs.  Fails with UV_ECANCELED when it is destroyed, ACC_EOTHERLOOP, ACC_ECANCELED. */
future(void) acc_event_wait(acc_event *e);

/* Wakes all who wait, in order; they run in the next generation.  0, UV_ECANCELED. */
int acc_event_set(acc_event *e);
/* Who waits from now on waits for the next acc_event_set.  0, UV_ECANCELED. */
int acc_event_clear(acc_event *e);
bool acc_event_is_set(const acc_event *e);

/* ---- condition ---- */

/* Tells tasks that what they wait for under a mutex may have come about:
 *
 *   with (acc_locked(&m)) {
 *       while (!ready) await acc_condition_wait(&c);
 *       ...
 *   } */
typedef struct acc_condition {
    struct acc__waitq waitq_;
    acc_mutex *mutex_;
} acc_condition;

/* clang-format off */
#define ACC_CONDITION_INIT(mutex) {{0, 0, 0, 0, 0}, (mutex)}
/* clang-format on */
/* mutex: borrowed; several conditions may share one. */
static inline void acc_condition_init(acc_condition *c, acc_mutex *mutex)
{
    *c = (acc_condition)ACC_CONDITION_INIT(mutex);
}

/* Ends it; see above.  Its mutex is left alone. */
void acc_condition_destroy(acc_condition *c);

/* Unlocks the mutex, waits to be notified, and locks it again before it is done, however it ends:
 * also when it fails, also when it is cancelled, and then it waits for the mutex all the same
 * (cancelled meanwhile too, it is remembered).  A notification that a cancelled one had got goes on
 * to another.  So look at what you wait for again, in a loop.  Fails with UV_EPERM when the task
 * does not hold the mutex, UV_ECANCELED when the condition is destroyed, ACC_EOTHERLOOP,
 * ACC_ECANCELED.  Only if the mutex itself is destroyed, or the task is destroyed while another
 * holds it, it ends without the mutex.  Spawned by itself it waits for whoever holds the mutex. */
future(void) acc_condition_wait(acc_condition *c);

/* Wakes the n that wait longest; they run once they hold the mutex.  How many there were; UV_EPERM
 * when nobody holds the mutex, UV_ECANCELED. */
int acc_condition_notify(acc_condition *c, unsigned n);
int acc_condition_notify_all(acc_condition *c);

/* ---- semaphore ---- */

/* A number of permits. */
typedef struct acc_semaphore {
    struct acc__waitq waitq_;
    long change_; /* permits given back less those taken */
    long first_;  /* permits at the start */
    int kind_;    /* 0: plain, 1: bounded, -1: destroyed */
} acc_semaphore;

/* clang-format off */
#define ACC_SEMAPHORE_INIT(permits) {{0, 0, 0, 0, 0}, 0, (permits), 0}
/* The same, but more permits than at the start are an error. */
#define ACC_BOUNDED_SEMAPHORE_INIT(permits) {{0, 0, 0, 0, 0}, 0, (permits), 1}
/* clang-format on */

/* permits: 0 or more.  0, UV_EINVAL. */
int acc_semaphore_init(acc_semaphore *s, long permits);
int acc_bounded_semaphore_init(acc_semaphore *s, long permits);

/* Ends it; see above. */
void acc_semaphore_destroy(acc_semaphore *s);

/* Waits for a permit and takes it; does not suspend if there is one and nobody was before.  Fails
 * with UV_ECANCELED when it is destroyed, ACC_EOTHERLOOP, ACC_ECANCELED (then it has none). */
future(void) acc_semaphore_acquire(acc_semaphore *s);

/* Takes one if acc_semaphore_acquire would not wait: 0.  UV_EAGAIN, UV_ECANCELED. */
int acc_semaphore_try_acquire(acc_semaphore *s);

/* Gives one back, by whomever: 0.  UV_EINVAL: a bounded one has all of its permits, or there would
 * be more than a long holds; nothing happened.  UV_ECANCELED. */
int acc_semaphore_release(acc_semaphore *s);

/* Permits that are free: 0 or more.  It may be more than 0 while acc_semaphore_acquire still waits
 * behind who was given one and has not run yet. */
long acc_semaphore_value(const acc_semaphore *s);
/* Whether acc_semaphore_acquire would wait. */
bool acc_semaphore_locked(const acc_semaphore *s);

/* `with (acc_permit(&s)) statement`: the statement runs with a permit; as acc_locked. */
typedef struct acc__permit_scope {
    acc_scope scope;
    acc_semaphore *semaphore_;
} acc__permit_scope;
extern const acc_scope_ops acc__permit_ops;
#define acc_permit(s) (&(struct acc__permit_scope){{&acc__permit_ops}, (s)}.scope)

/* ---- barrier ---- */

/* Lets tasks through by the number: each waits until that many have come. */
typedef struct acc_barrier {
    struct acc__waitq waitq_;
    int parties_;
    int state_;
} acc_barrier;

/* clang-format off */
#define ACC_BARRIER_INIT(parties) {{0, 0, 0, 0, 0}, (parties), 0}
/* clang-format on */
/* parties: 1 or more.  0, UV_EINVAL. */
int acc_barrier_init(acc_barrier *b, int parties);

/* Ends it; see above.  Who was let through is through already. */
void acc_barrier_destroy(acc_barrier *b);

/* Waits for the others: 0 .. parties - 1, another one for each of a round, in the order in which
 * they came.  The last one does not suspend.  Who is cancelled while it waits counts as not come.
 * Fails with ACC_EBROKEN when the barrier is broken or reset meanwhile, UV_EINVAL when it has less
 * than 1 party, UV_ECANCELED when it is destroyed, ACC_EOTHERLOOP, ACC_ECANCELED. */
future(int) acc_barrier_wait(acc_barrier *b);

/* Who waits fails with ACC_EBROKEN; the barrier is as new, also if it was broken.  0,
 * UV_ECANCELED. */
int acc_barrier_reset(acc_barrier *b);
/* Breaks it: who waits fails with ACC_EBROKEN, and so does every acc_barrier_wait until
 * acc_barrier_reset.  0, UV_ECANCELED. */
int acc_barrier_abort(acc_barrier *b);
bool acc_barrier_broken(const acc_barrier *b);
/* How many wait for the rest of a round. */
int acc_barrier_waiting(const acc_barrier *b);
int acc_barrier_parties(const acc_barrier *b);

/* ---- operations the translator awaits without a frame of their own (see abi.h) ---- */

struct acc_mutex_lock__wait {
    acc__waiter waiter_;
};
acc_coro *acc_mutex_lock__await(acc_coro *self, struct acc_mutex_lock__wait *w, acc_mutex *m);

struct acc_event_wait__wait {
    acc__waiter waiter_;
};
acc_coro *acc_event_wait__await(acc_coro *self, struct acc_event_wait__wait *w, acc_event *e);

struct acc_condition_wait__wait {
    acc_coro hd_;
    acc_condition *condition_;
    acc_mutex *mutex_;
    int err_;      /* what it fails with once it has the mutex */
    bool anybody_; /* it is all its task does: for whoever holds the mutex */
    acc__waiter waiter_;
    acc__waiter watch_; /* stands with the mutex, to hear of its end */
    struct acc_mutex_lock__wait lock_;
};
acc_coro *acc_condition_wait__await(acc_coro *self, struct acc_condition_wait__wait *w,
                                    acc_condition *c);

struct acc_semaphore_acquire__wait {
    acc__waiter waiter_;
};
acc_coro *acc_semaphore_acquire__await(acc_coro *self, struct acc_semaphore_acquire__wait *w,
                                       acc_semaphore *s);

struct acc_barrier_wait__wait {
    acc__waiter waiter_;
    int value;
};
acc_coro *acc_barrier_wait__await(acc_coro *self, struct acc_barrier_wait__wait *w, acc_barrier *b);

#endif
