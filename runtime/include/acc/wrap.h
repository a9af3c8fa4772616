/* SPDX-License-Identifier: MIT */
/* wrap.h: making anything that calls back an awaitable, with cancellation.  acc.h includes it.
 *
 * Two ways; docs/wrapping.md has worked examples of both.
 *
 * With a future: make one, start the operation, set the future in its callback.  Whoever awaits the
 * future may be cancelled; acc_future_on_cancel tells the operation.  One allocation an operation,
 * no new type, and several may await it.
 *
 * As an operation of its own, which .ac files await without any allocation: what it keeps lies in
 * the awaiting frame.  For a name NAME of yours, in a header:
 *
 *     struct NAME__wait { acc_wait wait; ...; int value; };     value: the result; none for void
 *     acc_coro *NAME__await(acc_coro *self, struct NAME__wait *w, int argument);
 *     future(int) NAME(int argument);                           for where no frame awaits it
 *
 * `await NAME(3)` then calls NAME__await with self, a struct that is valid while it waits and some
 * time before and after, and the arguments; `NAME(3)` anywhere else calls the function. */
#ifndef ACC_WRAP_H
#define ACC_WRAP_H

#include "acc.h"

/* ---- with a future ---- */

/* int acc_future_on_cancel(future(T) f, void (*stop)(void *), void *arg)
 *   Calls stop(arg) at once, wherever that happens, when nobody will want the result of f any more
 *   although it is pending:
 *     f is cancelled: by acc_future_cancel, because a task that awaits it is, by acc_future_set_error
 *     with ACC_ECANCELED, or because the loop that it belongs to is closed;
 *     or its last reference was given back.
 *   Never after f was set, and not twice; once it was called, f must not be touched again.  So the
 *   operation needs no reference of its own: until stop is called f is there, and from then on the
 *   operation has only itself to end and its memory to free.
 *   `stop` must not suspend, run a loop, or give back references to f that are not its caller's; it may
 *   do anything else, such as uv_close, uv_cancel, or free.  The awaiting tasks run afterwards.  A task
 *   that is destroyed only stops to wait for f, which goes on for the others.
 *   0; UV_EALREADY: it is done, stop is not called; UV_EINVAL: not made by acc_future_new, or no
 *   function; ACC_ENOMEM.  Several may be set; each is called, in order.  On the loop's thread. */
#define acc_future_on_cancel(f, stop, arg) acc__future_on_cancel((void *)(f), (stop), (arg))

/* ---- as an operation of its own ---- */

/* First in a NAME__wait.  Its fields are the runtime's. */
typedef struct acc_wait acc_wait;

/* One constant for each NAME. */
typedef struct acc_operation {
    /* What reports say a task awaits. */
    const char *name;
    /* The task that waits is cancelled or destroyed: take the operation back.  w is where
     * acc_wait_begin put it and goes away soon after: nothing may touch it again, so acc_wait_end
     * must not come any more.  What cannot be taken back (a request that a thread is working on)
     * must live on the heap, with all that it uses, and be told to forget w.  Must not suspend or
     * run a loop. */
    void (*stop)(acc_wait *w);
    /* The task was cancelled or destroyed after acc_wait_hand and before it ran: the result is
     * taken back from *w, passed on to who waits next or closed.  NULL: nothing is ever handed
     * over. */
    void (*give_back)(acc_wait *w);
} acc_operation;

struct acc_wait {
    acc_task *task_; /* NULL: ended */
    const acc_operation *operation_;
};

/* First in NAME__await, before the operation starts: the task waits from now on.  NULL: start it,
 * and answer NULL too (or acc_wait_undo).  Else nothing may be started and NAME__await answers what
 * this did: the task was cancelled or is being destroyed and self->err is set. To be called from
 * NAME__await only, in a task.  Not reached when there is nothing to wait for: then set w->value
 * and answer self.  Does not suspend by itself. */
acc_coro *acc_wait_begin(acc_coro *self, acc_wait *w, const acc_operation *operation);

/* The operation could not be started: the task does not wait after all.  Set w->value before, and
 * let NAME__await answer what this does.  Only between acc_wait_begin and the end of NAME__await.
 */
acc_coro *acc_wait_undo(acc_wait *w);

/* The operation is over: the task goes on in the next generation.  Set w->value before.  error: 0,
 * or the negative code that the await fails with.  0; UV_EALREADY: it had ended; UV_EINVAL: a
 * positive error; in debug mode UV_EPERM on another thread.  From callbacks on the loop's thread, also
 * before NAME__await has returned; other threads: through acc_call_soon_threadsafe.  After `stop` there
 * is no w any more. */
int acc_wait_end(acc_wait *w, int error);

/* The same without error, when *w holds something that must not be lost (a connection, a lock, an
 * item): should the task be cancelled before it runs, give_back is called.  Results as acc_wait_end. */
int acc_wait_hand(acc_wait *w);

/* The loop whose libuv the operation belongs on: that of the task that waits.  Valid from
 * acc_wait_begin until it ended. */
acc_loop *acc_wait_loop(const acc_wait *w);

/* ---- what the macros stand on; use the names above ---- */

int acc__future_on_cancel(void *f, void (*stop)(void *), void *arg);

#endif
