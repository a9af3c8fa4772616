/* SPDX-License-Identifier: MIT */
/* thread.h: what other threads, and signal handlers, may do with a loop.  acc.h includes it.
 *
 * A loop, its tasks, futures, streams and bindings belong to one thread.  Of the functions that
 * take a loop only those here, acc_loop_hold and acc_loop_release may be called from others; from a
 * signal handler only acc_wakeup_send.
 *
 * How long a loop may be used.  A loop that is closed takes nothing more (ACC_ECLOSED), but its
 * memory must still be there to say so.  So a thread that may outlive the loop holds it: the hold
 * is taken while the loop is known to be open (best before the thread is started, on the loop's own
 * thread), and until acc_loop_release every function below may be called, closed loop or not:
 *
 *     acc_loop_hold(loop);                        // on the loop's thread
 *     pthread_create(&thread, NULL, work, loop);
 *     ...
 *     acc_call_soon_threadsafe(loop, f, arg);     // in `work`, as often as it likes
 *     acc_loop_release(loop);                     // its last word
 *
 * A hold also says that somebody is still to come: while one is outstanding the loop waits, and
 * does not report a deadlock.  It does not keep anybody from closing the loop.
 *
 * Memory.  An allocator set by acc_set_allocator must then be one for several threads, as malloc
 * is. A binding (acc_bind) may be made on one thread and run on another if no futures are among its
 * arguments; futures are counted without locks, and only by their loop's thread. */
#ifndef ACC_THREAD_H
#define ACC_THREAD_H

#include "acc.h"

/* int acc_call_soon_threadsafe(acc_loop *loop, void (*f)(void *), void *arg)
 * int acc_call_soon_threadsafe(acc_loop *loop, acc_callback callback)
 *   Runs f(arg) once on the loop's thread, in the generation after the loop has next looked for
 *   events; what one thread hands over runs in the order in which it did.  Takes the callback, and
 *   drops it exactly once: after its run, or without it when the loop is closed first (there), or
 *   when this fails (here).
 *   0: it will run, or be dropped by acc_loop_close.  ACC_ECLOSED: the loop is closed.  ACC_ENOMEM;
 *   UV_EINVAL: no loop or no function.
 *   Any thread, the loop's own too; tasks and callbacks; not from signal handlers.  Never waits for
 *   the loop, never runs the callback itself.  Does not keep the loop running after it was called:
 *   see acc_loop_hold. */
#define acc_call_soon_threadsafe(...)                                                              \
    acc__pick3(__VA_ARGS__, acc__call_threadsafe, acc__call_threadsafe_callback, ~)(__VA_ARGS__)

/* ---- wakeups: from signal handlers ---- */

/* Something that can be sent from anywhere, with neither lock nor allocation. */
typedef struct acc_wakeup acc_wakeup;

/* Makes one that runs f(arg) on the loop.  0, and *out is yours: acc_wakeup_close.  UV_EINVAL: no
 * loop or function; ACC_ENOMEM or what libuv says.  As long as it is open the loop counts it as
 * something that may still wake it.  Only on the loop's thread. */
int acc_wakeup_new(acc_loop *loop, void (*f)(void *), void *arg, acc_wakeup **out);

/* Makes f run soon, as a callback of the loop.  What was sent before f begins is one with it: many
 * sends may be one run, but after each send f begins once more.  0; ACC_ECLOSED: the loop was
 * closed. Any thread, signal handlers too (async-signal-safe; errno is kept); not during or after
 * acc_wakeup_close.  Does not wait. */
int acc_wakeup_send(acc_wakeup *wakeup);

/* f runs no more, not even for what was sent already.  Who sends must have ended: a signal handler
 * put away, a thread joined.  acc_loop_close ends a wakeup without freeing it: sending then is
 * still allowed, and this frees it.  On the loop's thread; on any after the loop was closed.  From
 * f too. NULL is allowed. */
void acc_wakeup_close(acc_wakeup *wakeup);

/* ---- submissions: an async function run on the loop for another thread ---- */

/* acc_submission(T): names one, with the type of its result.  NULL is one that failed with
 * ACC_ENOMEM: everything below takes it.  Every function on it: any thread but no signal handler.
 */
struct acc__submission;
#define acc_submission(...) __typeof__(__typeof__(__VA_ARGS__)(**)(struct acc__submission *))

/* acc_submission(T) acc_submit(acc_loop *loop, future(T) (*make)(A *), A *arg)
 * acc_submission(T) acc_submit(loop, make, arg, void (*drop)(void *))
 *   Calls make(arg) on the loop's thread and runs the coroutine it gives as a task there.  `make`
 * is an async function with one pointer as parameter, or a plain one that makes a coroutine (so
 * that it is made where it belongs) or answers a task or future, whose reference it gives away.
 *   drop(arg) is called on the loop's thread when the task has ended, or without it having begun
 *   (on this one if that is so at once); after that somebody may learn that it is done.
 * acc_submission(void) acc_submit(acc_loop *loop, acc_callback callback)
 *   Runs a plain callback there; done when it has run.
 *   Out of memory: NULL.  A closed loop: done at once, with ACC_ECLOSED.  The submission is yours:
 *   acc_submission_release.  Does not keep the loop from ending: see acc_loop_hold. */
#define acc_submit(...)                                                                            \
    acc__pick4(__VA_ARGS__, acc__submit_owned, acc__submit_made, acc__submit_callback,             \
               ~)(__VA_ARGS__)

/* int acc_submission_wait(acc_submission(T) s, double seconds, T *out): blocks this thread until it
 * is done, at most so many seconds (0: only looks, negative: for ever).  0, and its value in *out
 * (NULL: not wanted); or the code it failed with: ACC_ECANCELED, ACC_ECLOSED if the loop was closed
 * before it began, ACC_EDESTROYED if afterwards.  ACC_EPENDING: not done yet.  ACC_EDEADLOCK: not
 * done, and this is the loop's own thread, which would wait for itself. */
#define acc_submission_wait(s, seconds, out)                                                       \
    acc__submission_wait((void *)(s), (seconds), acc__out(acc__submitted(s), out))

/* bool acc_submission_done(acc_submission(T) s) */
#define acc_submission_done(s) acc__submission_done((void *)(s))

/* int acc_submission_cancel(acc_submission(T) s): asks it to end, as acc_task_cancel on the loop's
 * thread; what has not begun never begins.  1; 0: done already.  Does not wait: afterwards
 * acc_submission_wait tells how it ended. */
#define acc_submission_cancel(s) acc__submission_cancel((void *)(s))

/* int acc_submission_on_done(s, void (*f)(void *), void *arg), or (s, callback): runs it once: on
 * the loop's thread when it is done, or here at once when it is done already.  Takes the callback.
 * 0; UV_EALREADY: one was set, this one was dropped; ACC_ENOMEM for NULL (dropped). */
#define acc_submission_on_done(...)                                                                \
    acc__pick3(__VA_ARGS__, acc__submission_told, acc__submission_told_callback, ~)(__VA_ARGS__)

/* void acc_submission_release(acc_submission(T) s): gives it back.  It runs on all the same; if it
 * fails and nobody can see that any more, the loop's exception handler is told.  NULL is allowed.
 */
#define acc_submission_release(s) acc__submission_release((void *)(s))

/* ---- what the macros stand on; use the names above ---- */

/* A future(T), for typing only. */
#define acc__submitted(s)    ((future(__typeof__((*(s))(0))))0)
#define acc__made(make, arg) __typeof__((*(make)(arg))(0))
#define acc__made_by(l, make, arg, drop)                                                           \
    ((acc_submission(acc__made(make, arg)))acc__submit(                                            \
        (l), (void *(*)(void *))(make), (acc_callback){NULL, (drop), (arg)},                       \
        acc__size_of((future(acc__made(make, arg)))0)))
#define acc__submit_made(l, make, arg)        acc__made_by(l, make, arg, NULL)
#define acc__submit_owned(l, make, arg, drop) acc__made_by(l, make, arg, drop)
#define acc__submit_callback(l, callback)                                                          \
    ((acc_submission(void))acc__submit((l), NULL, (callback), 0))
#define acc__submission_told(s, f, arg)                                                            \
    acc__submission_on_done((void *)(s), (acc_callback){(f), NULL, (arg)})
#define acc__submission_told_callback(s, callback) acc__submission_on_done((void *)(s), (callback))

int acc__call_threadsafe(acc_loop *loop, void (*f)(void *), void *arg);
int acc__call_threadsafe_callback(acc_loop *loop, acc_callback callback);
void *acc__submit(acc_loop *loop, void *(*make)(void *), acc_callback callback, size_t size);
int acc__submission_wait(void *s, double seconds, void *out);
bool acc__submission_done(void *s);
int acc__submission_cancel(void *s);
int acc__submission_on_done(void *s, acc_callback callback);
void acc__submission_release(void *s);

#endif
