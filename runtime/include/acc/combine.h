/* SPDX-License-Identifier: MIT */
/* combine.h: waiting for several things at once, and scopes that bound them.  acc.h includes it.
 *
 *     int a; double b;
 *     await acc_gather(acc_into(f(1), &a), acc_into(g(), &b));
 *
 *     acc_timeout t = acc_timeout_in(2.0);
 *     with (&t.scope) { n = await acc_read(s, buf, sizeof buf); }
 *     if (t.expired) return -1;
 *
 *     acc_group g = acc_group_init();
 *     with (&g.scope) { acc_group_go(&g, f(1)); acc_group_go(&g, f(2)); }
 *
 * Each of these gives a coroutine: it begins when it is awaited or spawned, and acc_close drops it.
 * Coroutines given to them are taken, and run as tasks of their own; tasks and plain futures are
 * borrowed, and a reference is held from the call until the end.  None may be called where no loop
 * can be made; all belong to the thread of their loop; from callbacks they can be made and spawned.
 *
 * Whatever cannot be waited for fails with a code: UV_EINVAL (NULL), UV_EALREADY (a coroutine that
 * somebody awaits), ACC_EDEADLOCK (the task itself), ACC_EOTHERLOOP, ACC_ENOMEM. */
#ifndef ACC_COMBINE_H
#define ACC_COMBINE_H

#include "acc.h"

/* Seconds that never pass. */
#define ACC_FOREVER __builtin_inf()

/* How a task or future ended: 0, or the code of its failure; ACC_ECANCELED when it was cancelled.
 */
struct acc_outcome {
    int err;
};

/* ---- one ---- */

/* future(struct acc_outcome) acc_join(future(T) f): waits until f is done, and does not fail with
 * it: the outcome says how it went, acc_future_result gives the value.  That f cannot be waited for
 * is the outcome's code too.  Counts as having looked at the failure.  Cancelling who waits leaves
 * a task or future alone; a coroutine, which acc_join has made a task of, is cancelled and waited
 * for. */
#define acc_join(f) acc__join((void *)(f))

/* future(T) acc_shield(future(T) f): as await f, but cancelling who waits leaves f alone: it runs
 * on. The value and the failure are f's. */
#define acc_shield(f) ((__typeof__((f)[0]) *)acc__shield((void *)(f), acc__size_of(f)))

/* future(T) acc_wait_for(future(T) f, double seconds): as await f, for that long at most: then f is
 * cancelled, waited for, and this fails with UV_ETIMEDOUT; or has f's value if it ends with one all
 * the same.  0 or less: f is cancelled at once unless it is done; a coroutine's body never runs.
 * ACC_FOREVER: as await f.  A coroutine runs as part of the awaiting task.  Being cancelled from
 * outside beats a timeout at the same time.  ACC_ENOMEM. */
#define acc_wait_for(f, seconds)                                                                   \
    ((__typeof__((f)[0]) *)acc__wait_for((void *)(f), acc__size_of(f), (seconds)))

/* ---- all of several ---- */

/* One of those that acc_gather and acc_race wait for. */
struct acc_part {
    float bare_; /* a future without its acc_into does not initialise it: an error, not a list without its braces */
    void *future_;
    void *out_;
    size_t size_;
};

/* acc_into(future(T) f, T *p): f, whose value goes to *p; one of the arguments of acc_gather and
 * acc_race.  NULL: nobody wants it; T = void: must be NULL. */
#define acc_into(f, p)                                                                             \
    {                                                                                              \
        0, (void *)(f), acc__out(f, p), acc__size_of(f)                                            \
    }
#define acc__parts(...)                                                                            \
    (const struct acc_part[])                                                                      \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0, 0, 0, (size_t)-1                                                                    \
        }                                                                                          \
    }
enum acc__gather_mode { acc__g_join, acc__g_loose, acc__g_outcomes, acc__g_race };

/* future(void) acc_gather(acc_into(f, &a), acc_into(g, &b), ...): waits for all of them, side by
 * side.  When all have succeeded the values are stored, in the order of the arguments.  When one
 * fails the others are cancelled and waited for, and then it fails with that first failure; no
 * value is stored.  Cancelling it cancels all of them, also the borrowed ones (acc_shield them),
 * waits for them, and fails with ACC_ECANCELED.  Failures behind the first are looked at by nobody,
 * so the exception handler is told of them when their last reference is gone.  The same future may
 * stand there twice. */
#define acc_gather(...) ((future(void))acc__gather(acc__parts(__VA_ARGS__), acc__g_join, NULL))
/* As asyncio.gather: the first failure goes on at once, the others run on and are let go. */
#define acc_gather_loose(...)                                                                      \
    ((future(void))acc__gather(acc__parts(__VA_ARGS__), acc__g_loose, NULL))
/* acc_gather_outcomes(struct acc_outcome *outcomes, acc_into(f, &a), ...): waits for all, does not
 * fail with them.  outcomes has one for each, in order, or is NULL; the value of one that failed is
 * zeroed.  When it is cancelled itself nothing is stored. */
#define acc_gather_outcomes(outcomes, ...)                                                         \
    ((future(void))acc__gather(acc__parts(__VA_ARGS__), acc__g_outcomes, (outcomes)))

/* The same for n futures of one type: future(T) *fs, size_t n, T *out (n values, or NULL; T = void:
 * NULL).  The array is copied.  With n 0 it is done at once. */
#define acc_gather_n(fs, n, out)                                                                   \
    ((future(void))acc__gather_n((fs), (n), acc__out(*(fs), out), acc__size_of(*(fs)),             \
                                 acc__g_join, NULL))
#define acc_gather_loose_n(fs, n, out)                                                             \
    ((future(void))acc__gather_n((fs), (n), acc__out(*(fs), out), acc__size_of(*(fs)),             \
                                 acc__g_loose, NULL))
#define acc_gather_outcomes_n(outcomes, fs, n, out)                                                \
    ((future(void))acc__gather_n((fs), (n), acc__out(*(fs), out), acc__size_of(*(fs)),             \
                                 acc__g_outcomes, (outcomes)))

/* ---- the first of several ---- */

/* future(int) acc_race(acc_into(f, &a), ...): which one (from 0) was done first; its value is
 * stored. The others, also borrowed ones, are cancelled and waited for before it is done.  If the
 * first one failed, it fails with that.  Cancelled as acc_gather. */
#define acc_race(...) ((future(int))acc__gather(acc__parts(__VA_ARGS__), acc__g_race, NULL))
/* The same for n futures of one type; *out is the winner's value.  UV_EINVAL: n is 0. */
#define acc_race_n(fs, n, out)                                                                     \
    ((future(int))acc__gather_n((fs), (n), acc__out(*(fs), out), acc__size_of(*(fs)), acc__g_race, \
                                NULL))

/* When acc_wait is done. */
enum acc_wait_mode {
    ACC_ALL_COMPLETED,
    ACC_FIRST_COMPLETED, /* one is done, however */
    ACC_FIRST_EXCEPTION, /* one has failed, other than by cancellation; or all are done */
};

/* future(int) acc_wait(future(T) *fs, size_t n, enum acc_wait_mode mode, double seconds): waits for
 * tasks and plain futures, and leaves all of them alone: it cancels none, also when the time is up
 * (ACC_FOREVER: it never is) or when it is cancelled itself, and looks at no failure.  How many are
 * done; acc_future_done says which.  Suspends even if all are done.  Fails with UV_EINVAL when n is
 * 0 or one is a coroutine, and when one cannot be waited for; the array is copied. */
#define acc_wait(fs, n, mode, seconds)                                                             \
    acc__wait((fs), ((void)sizeof(acc__p(*(fs))), (n)), (mode), (seconds))

/* ---- one after another, as they end ---- */

typedef struct acc_completed acc_completed;

/* acc_completed *acc_as_completed(future(T) *fs, size_t n, double seconds): n futures to be had in
 * the order in which they end, within that time (ACC_FOREVER).  The array is copied.  Coroutines
 * are taken, and become tasks of the running loop (else this thread's) now: fs[i] is that task, and
 * borrowed from here on; it is valid until acc_completed_free.  NULL when out of memory, and in debug
 * mode where that loop is another thread's: coroutines are closed. */
#define acc_as_completed(fs, n, seconds)                                                           \
    acc__as_completed((fs), ((void)sizeof(acc__p(*(fs))), (n)), (seconds))
/* Waits for the next: its index in fs, -1 when all were given.  fs[i] is done then: await it, or
 * acc_future_error, acc_future_result.  One that cannot be waited for is given all the same, among
 * the first.  Fails with UV_ETIMEDOUT when the time is up before, with UV_ECANCELED when it is freed,
 * also for who was given one and has not run yet, UV_EINVAL (NULL), and ACC_EOTHERLOOP.  Several may
 * wait: each is given another one, in order.  One that is cancelled although it was given one gives
 * it to the next; none is lost. */
future(long) acc_completed_next(acc_completed *completed);
/* Gives back what it holds; what is not done runs on.  NULL is allowed. */
void acc_completed_free(acc_completed *completed);

/* ---- a limit in time: a scope ---- */

/* On expiry the task in the scope is cancelled where it stands, and at the end of the scope that
 * cancellation is taken back, if nobody else asked for one, and is no failure any more.  Only
 * `expired` may be read from outside; it must stay where it is while it is entered. */
typedef struct acc_timeout {
    acc_scope scope;
    bool expired; /* the time was up before the scope was left */
    unsigned char state_;
    bool held_;
    int cancelling_;
    void *task_;
    double when_;
    unsigned long long due_; /* the same, in nanoseconds */
    acc_handle alarm_;
} acc_timeout;

/* A limit that many seconds from now; ACC_FOREVER: none; 0 or less: the first suspension is
 * cancelled (at its next turn). */
acc_timeout acc_timeout_in(double seconds);
/* A limit at that time, as acc_time. */
acc_timeout acc_timeout_at(double when);
/* Moves the limit of an entered scope to `when`, as acc_time (acc_time(loop) + ACC_FOREVER: none).
 * 0; UV_EINVAL: it is not entered; UV_EALREADY: it has expired or is left; ACC_ENOMEM: there is no
 * limit any more.  From callbacks and other tasks too. */
int acc_timeout_reschedule(acc_timeout *timeout, double when);
/* The time it is up at, as acc_time. */
double acc_timeout_when(const acc_timeout *timeout);

/* Entering fails with UV_EINVAL outside a task and for one that was entered before, ACC_ENOMEM. */

/* ---- tasks that end together: a scope ---- */

/* Leaving the scope waits for all tasks of the group.  The first of them to fail cancels the others
 * and the body; when all are done that failure goes on.  So does a failure of the body, which
 * cancels them too.  Failures behind the first are seen by nobody (acc_gather).  Being cancelled
 * from outside cancels all, and goes on when all are done; if something failed as well the failure
 * goes on, and the cancellation at the next suspension.  Read only `error` and `failures`; it must
 * stay where it is until it is left. */
typedef struct acc_group {
    acc_scope scope;
    int error;    /* the first failure that was no cancellation, or 0 */
    int failures; /* how many there were, the body's too */
    unsigned char state_;
    bool aborting_, cancelling_, parent_asked_, pending_, held_;
    struct acc_task *waiter_;
    acc_coro wait_; /* waits for the rest, when the scope is left */
    int *failure_;
    void *parent_, *first_, *last_;
    const acc_info *failed_in_; /* where the first failure was thrown */
    unsigned failed_at_;
} acc_group;

acc_group acc_group_init(void);
/* future(T) acc_group_spawn(acc_group *g, future(T) coroutine): a task of the group; takes the
 * coroutine, you hold the task as after acc_spawn.  May be called until the scope is left, also by
 * the tasks of the group and by callbacks.  Refused: the coroutine is closed, and the future has
 * failed with UV_EINVAL (not entered, left, or no coroutine, which you keep), UV_ECANCELED (the
 * group is ending), ACC_ENOMEM, in debug mode ACC_EOTHERLOOP (on another thread). */
#define acc_group_spawn(g, f) ((__typeof__((f)[0]) *)acc__group_spawn((g), (void *)(f)))
/* int acc_group_go(acc_group *g, future(T) coroutine): the same, nobody holds the task.  0 or the
 * code; of UV_EINVAL the exception handler is told, for few look at this result. */
#define acc_group_go(g, f)    acc__group_go((g), (void *)(f))
/* Cancels the tasks and the body; leaving the scope is then no failure.  Before it is entered: as
 * soon as it is.  Afterwards, or twice: nothing. */
void acc_group_cancel(acc_group *g);

/* ---- what the macros stand on ---- */

/* What is not awaited never begins, and is never given back. */
#define ACC__USE __attribute__((warn_unused_result))

future(struct acc_outcome) acc__join(void *f) ACC__USE;
void *acc__shield(void *f, size_t size) ACC__USE;
void *acc__wait_for(void *f, size_t size, double seconds) ACC__USE;
void *acc__gather(const struct acc_part *parts, enum acc__gather_mode mode,
                  struct acc_outcome *outcomes) ACC__USE;
void *acc__gather_n(const void *fs, size_t n, void *out, size_t size, enum acc__gather_mode mode,
                    struct acc_outcome *outcomes) ACC__USE;
future(int) acc__wait(const void *fs, size_t n, enum acc_wait_mode mode, double seconds) ACC__USE;
acc_completed *acc__as_completed(const void *fs, size_t n, double seconds) ACC__USE;
void *acc__group_spawn(acc_group *g, void *coroutine) ACC__USE;
int acc__group_go(acc_group *g, void *coroutine);

/* ---- leaf operations (abi.h) ---- */

struct acc__join__wait {
    acc_job job_;
    acc_task *task_;
    acc_coro *future_;
    void *inward_[3];
    bool owned_, cancelled_;
    struct acc_outcome value;
};
acc_coro *acc__join__await(acc_coro *self, struct acc__join__wait *w, void *f);

struct acc_completed_next__wait {
    acc__waiter waiter_;
    long value;
};
acc_coro *acc_completed_next__await(acc_coro *self, struct acc_completed_next__wait *w,
                                    acc_completed *completed);

#endif
