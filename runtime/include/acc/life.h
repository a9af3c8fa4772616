/* SPDX-License-Identifier: MIT */
/* life.h: how a program begins, is interrupted, and ends.  acc.h includes it. */
#ifndef ACC_LIFE_H
#define ACC_LIFE_H

#include "acc.h"

/* ---- the ending of acc_run ----
 *
 * When what acc_run runs is done, every task that is left is cancelled and waited for; so are those
 * that their cleanups spawn meanwhile, again until none is left.  Failures among them go to the
 * exception handler.  Then the loop is closed.  A task that goes on in spite of its cancellation is
 * waited for no longer than the grace period, which begins with the ending: then it is destroyed
 * where it is suspended and the exception handler is told.  (A function that never returns to the
 * loop cannot be ended by it.)  acc_loop_stop does not stop the ending. */

/* How long the ending of acc_run on this loop waits for cancelled tasks, in seconds: 10 unless this
 * is called.  0: destroys at once what has not ended by the first look at it; INFINITY or any
 * negative number: waits for ever.  From callbacks and tasks too; takes effect if the ending has not
 * begun. */
void acc_loop_set_grace(acc_loop *loop, double seconds);

/* How the last acc_run of this thread ended: 0, or the code it failed with: that of what it ran,
 * ACC_EINTERRUPTED, ACC_EDEADLOCK, ACC_ESTOPPED, UV_EBUSY, UV_EINVAL, ACC_ENOMEM. */
int acc_run_error(void);

/* ---- SIGINT ----
 *
 * While acc_run (and so an `async main`) runs on the main thread, the first SIGINT cancels what it
 * runs, and the second ends the process, as any SIGINT without a handler does, whatever the program
 * is doing then, also in a callback that never returns.  What was cancelled may clean up, and may
 * go on (acc_task_uncancel).  If it ends by this cancellation, or has a value before it waits again,
 * acc_run prints nothing, gives a zeroed T, and acc_run_error says ACC_EINTERRUPTED; an `async main`
 * exits with status 130.  By then the remaining tasks were ended as always; a SIGINT during that ending
 * ends the process.
 *
 * Nothing of this happens when SIGINT is ignored or the program has a handler of its own as acc_run
 * begins, and on other threads; a handler installed meanwhile is left alone.  Afterwards SIGINT does
 * what it did before.  acc_run_until_complete and acc_run_forever do not touch signals. */

/* ---- debug mode ----
 *
 * On for all loops under ACC_DEBUG=1 in the environment, for one by acc_loop_set_debug.  It tells on
 * stderr:
 *   what ran for long without suspending: a task, by name and place; a callback, also one of another
 *     thread or of a wakeup, by its address (and its name, where the dynamic linker knows it);
 *   calls from another thread than the loop's: to schedule, set, cancel, spawn, stop, uncancel, end an
 *     acc_wait, or wake who waits for a lock or queue.  They are refused: a handle of generation 0,
 *     UV_EPERM, a future that has failed with ACC_EOTHERLOOP, nobody woken.  (Not seen is what
 *     touches nobody's wait: reading a queue's size, taking a free lock, counting references);
 *   streams, listeners and loops that were never closed.
 * Under ACC_DEBUG=1 also, when a loop is closed:
 *   coroutines made while it ran that were never awaited;
 *   tasks and futures made then that failed and nobody looked at, or that were not released;
 * what is awaited or released although its last reference was given back, or a coroutine after it was
 *   awaited, until its memory is used again; the await fails with UV_EALREADY;
 * and, when the process ends, coroutines made while no loop ran that were never awaited.
 *
 * A place `in 'f' at or after x.ac:12` names the function whose await was the last before it, in the
 * innermost call.  What is made in callbacks or outside has none.  Switched off, none of it is
 * paid for. */

/* Between two steps.  Of the list above, what says "under ACC_DEBUG=1" does not follow this. */
void acc_loop_set_debug(acc_loop *loop, bool on);
bool acc_loop_debug(acc_loop *loop);
/* How many seconds a step or callback may take: 0.1 unless this is called. */
void acc_loop_set_slow(acc_loop *loop, double seconds);

/* ---- task-local values ----
 *
 * A key is a variable of static storage, written at file scope:
 *
 *     static acc_local(int) depth;                                        unset: 0
 *     acc_local(struct user) user = acc_local_default(struct user, {7});  unset: this
 *
 * Each task has values of its own.  It begins with those of what made it, as they are then: of the
 * task or callback that called acc_spawn, acc_go and the like.  What either sets afterwards, the
 * other does not see.  A callback runs with the values that were current when it was scheduled
 * (acc_call_soon and the like, acc_future_add_done_callback), one that comes from another thread or a
 * wakeup with those that the loop's thread has outside; what it sets is gone after it.  Outside of
 * tasks and callbacks each thread has values, which the tasks made there begin with.
 * Coroutines that a task awaits are part of it.  Finding a value takes time in proportion to how
 * many are set.  A program that sets none pays nothing. */

/* The type of a key for values of type T, which may be of any object type that can be assigned. */
struct acc__local;
#define acc_local(...) __typeof__(__typeof__(__VA_ARGS__)(**)(struct acc__local *))
/* acc_local_default(T, initialiser): initialises a key at file scope with a value for where it is not
 * set. */
#define acc_local_default(T, ...)                                                                  \
    ((__typeof__(__typeof__(T)(**)(struct acc__local *)))(void *)(__typeof__(T)[1]){__VA_ARGS__})

/* T acc_local_get(key): the current value, else the default, else a zeroed T. */
#define acc_local_get(key)                                                                         \
    (*(const acc__T(key) *)acc__placed(                                                            \
        key, acc__local_get(&(key), (const void *)(key), acc__zero(key))))
/* int acc_local_set(key, T value): 0; ACC_ENOMEM: it is as it was.  To restore it, set what
 * acc_local_get said before. */
#define acc_local_set(key, ...)                                                                    \
    acc__local_set(&(key), (acc__T(key)[1]){__VA_ARGS__}, sizeof(acc__T(key)))
/* int acc_local_clear(key): it is not set any more.  0; ACC_ENOMEM: it is as it was. */
#define acc_local_clear(key) acc__local_clear(&(key))

/* ---- starting at once ---- */

/* future(T) acc_spawn_eager(future(T) coroutine): acc_spawn, but the task begins within the call and
 * runs up to its first suspension; so one that never suspends is done when this returns, without a
 * turn of the loop.  acc_current_task() is the new task meanwhile.  In callbacks as well as in
 * tasks.  As acc_spawn, with the first step in the next generation, where no loop runs on this
 * thread or its stack is nearly used up.  The task is yours: acc_unref. */
#define acc_spawn_eager(f) ((__typeof__((f)[0]) *)acc__spawn_eager((void *)(f)))

/* ---- what the macros stand on ---- */

const void *acc__local_get(const void *key, const void *initial, const void *zero);
int acc__local_set(const void *key, const void *value, size_t size);
int acc__local_clear(const void *key);
void *acc__spawn_eager(void *coroutine);

#endif
