/* SPDX-License-Identifier: MIT */
/* acc.h: async and await for C, on libuv.  What programs include, in .ac files and in plain C.
 *
 * Conventions.  `int` results are 0 or positive, or one negative code: libuv's UV_E... or ours
 * (ACC_E...), see acc_strerror.  Times are seconds, kept inside as nanoseconds of the monotonic
 * clock; INFINITY (and anything over 146 years) never comes, what is not a number counts as 0.
 * Out-parameters come last and are not touched on failure.  Everything belongs to one thread, that of
 * its loop, except where a comment says "any thread".  `T` below is any unqualified
 * type a function may return, and `future(T)` stands for a pointer; the typed names are macros that
 * evaluate each argument once.
 *
 * Ownership
 *
 *   you hold                   released by                              how
 *   -------------------------  ---------------------------------------  --------------------
 *   a coroutine (not started)  what starts it: await, acc_spawn,        acc_close, if it is
 *                              acc_go, acc_run, acc_loop_spawn          never started
 *   a task (acc_spawn, also    you; await and acc_run only borrow it    acc_unref, acc_detach
 *   acc_spawn_eager)
 *   a plain future             you; await and acc_run only borrow it    acc_unref
 *   an acc_handle              nobody, it is a value                    -
 *   an acc_callback            who takes it (acc_call_soon, ...)        after run or cancel
 *   a mutex, event, condition, you: a struct where you put it           acc_mutex_destroy, ...
 *   semaphore, barrier
 *   a queue (acc_queue_new)    you; items are copied in and out         acc_queue_free
 *   a stream                   you                                      acc_stream_close
 *   a listener                 you                                      acc_listener_close
 *   a loop (acc_loop_new,      you                                      acc_loop_close
 *   acc_test_loop)
 *   a task-local value         the task, and copies those it makes      when they have ended
 *   this thread's loop         you, or the acc_run that used it         acc_loop_close
 *   an attached loop           you                                      acc_loop_detach
 *   a hold (acc_loop_hold)     who took it, any thread                  acc_loop_release
 *   a submission               you, any thread                          acc_submission_release
 *   a wakeup                   you                                      acc_wakeup_close
 *   what is given to acc_gather, acc_race, acc_wait_for, acc_shield,
 *   acc_join, acc_as_completed, acc_group_spawn, acc_group_go:
 *     a coroutine              it; acc_group_spawn gives you the task   acc_unref
 *     a task, a plain future   you; held there until it is done with    acc_unref
 *   an acc_completed           you; it holds the tasks of coroutines    acc_completed_free
 *   an acc_timeout, acc_group  nobody, it is a value; with leaves it    -
 *
 * The loop holds a reference of its own to every task until it is done; who waits for a future
 * holds one while it waits.  So a task that nobody else holds still runs to its end. */
#ifndef ACC_ACC_H
#define ACC_ACC_H

#include "abi.h"
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
#error "acc.h is a C header"
#endif

typedef struct acc_loop acc_loop;
typedef struct acc_stream acc_stream;
typedef struct acc_listener acc_listener;

/* ---- future(T) ---- */

/* What an async function returning T gives to the rest of the program: a pointer from whose type T
 * can be read back. Compatible wherever T is; never called. */
#define future(...) __typeof__(__typeof__(__VA_ARGS__)(**)(struct acc_coro *))

/* A T *, for typing only. Here and below (f)[0], not *f, which a function allows too: acc_run(main_task)
 * for acc_run(main_task()) would compile, and run what is no coroutine. */
#define acc__p(f)                ((__typeof__(((f)[0])(0)) *)0)
#define acc__is_void(f, yes, no) _Generic((f)[0], void (*)(struct acc_coro *) : yes, default : no)
/* T; char for void, so that it can be stored. */
#define acc__T(f)                __typeof__(*acc__is_void(f, (char *)0, acc__p(f)))
#define acc__size_of(f)          acc__is_void(f, 0, sizeof(acc__T(f)))
#define acc__zero(f)             (&(acc__T(f)){0})
/* The T at address p; an expression of type void for void. */
#define acc__load(f, p)          acc__is_void(f, (void)(p), *(acc__T(f) *)acc__placed(f, p))
/* Where that T can be read: blocks are aligned to 16, one that wants more is copied. */
#define acc__placed(f, p)        acc__align(acc__zero(f), (p), sizeof(acc__T(f)), _Alignof(acc__T(f)))
/* The same where nobody need look at it: clang takes a volatile access for an effect, others for a
 * value that is not used. */
#define acc__unused(f, p)        acc__is_void(f, (void)(p), *(volatile acc__T(f) *)(p))

/* p, which must be a T *, a void *, or NULL.  No association for others: an error, for of conversions in
 * macros of system headers, as these may be, compilers say nothing. */
struct acc__no_value;
#if __STDC_VERSION__ > 202300L
#define acc__nullptr , __typeof__(nullptr) : 0
#else
#define acc__nullptr
#endif
#define acc__out(f, p)                                                                             \
    ((void)_Generic((p), __typeof__(acc__is_void(f, (struct acc__no_value *)0, acc__p(f))) : 0,    \
                    void * : 0 acc__nullptr),                                                      \
     (void *)(p))

const void *acc__copied(void *to, const void *from, size_t size);
static inline const void *acc__align(void *room, const void *p, size_t size, size_t align)
{
    return align > 16 ? acc__copied(room, p, size) : p;
}

/* ---- errors ---- */

/* What a code means, in words; "unknown error" for one that is neither libuv's nor ours.  Any
 * thread. */
const char *acc_strerror(int code);
/* The constant's name, as "UV_ECONNRESET" or "ACC_ECANCELED"; "UNKNOWN".  Any thread. */
const char *acc_err_name(int code);

/* ---- the loop ---- */

/* A new loop, or NULL when out of memory or file descriptors.  It belongs to the thread that makes it,
 * which alone runs, uses and closes it: a thread that shall run one makes it.  For others: thread.h.
 * After fork() the child may not use, nor close, the loops of its parent, whose descriptors it shares;
 * let it call exec or _exit, or fork before there is a loop.  SIGPIPE is ignored from then on, if its
 * action was the default one: writing to who is gone is UV_EPIPE. */
acc_loop *acc_loop_new(void);

/* This thread's loop, made on first use; NULL when it could not be made. */
acc_loop *acc_get_event_loop(void);

/* The loop that is running on this thread, NULL when none is. */
acc_loop *acc_get_running_loop(void);

/* Closes and frees a loop.  Queued callbacks are dropped, tasks that are not done are destroyed
 * where they are suspended (their cleanups run) and reported to the exception handler, open handles
 * are closed, the program's own (uv.h) without a callback.  Requests under way (uv_cancel comes too late
 * for some) are waited for; what their callbacks put in ends likewise.  0; UV_EBUSY: it, or another loop
 * on this thread, is running; UV_EPERM: it is another thread's; then nothing was done.  An attached one:
 * acc_loop_detach.  NULL is allowed. */
int acc_loop_close(acc_loop *loop);

/* Seconds of the monotonic clock, read now; under test (test.h) those of the virtual one. */
double acc_time(acc_loop *loop);

/* Runs until acc_loop_stop: 0.  ACC_EDEADLOCK: nothing was left that could wake anybody, which is not
 * reported.  UV_EBUSY: a loop runs on this thread already; UV_EPERM: it is another thread's;
 * UV_ENOTSUP: it is attached; UV_EINVAL: NULL. */
int acc_run_forever(acc_loop *loop);

/* Makes the loop return at the end of its present generation (of its first one, when it does not
 * run yet).  Of an attached one (uv.h): stops the host's uv_run.  From tasks, callbacks and outside; on
 * other threads post it: acc_call_soon_threadsafe. */
void acc_loop_stop(acc_loop *loop);

/* T acc_run_until_complete(acc_loop *loop, future(T) f): runs `loop` until f is done and gives its
 * value.  Takes a coroutine, borrows a task or future.  On failure a zeroed T; acc_loop_error(loop)
 * tells the code: that of f, ACC_EDEADLOCK (and a report on stderr) when nothing is left that could
 * wake f, ACC_ESTOPPED after acc_loop_stop, ACC_EOTHERLOOP when f is another loop's, UV_EBUSY when a
 * loop runs on this thread, UV_EINVAL when f is NULL, UV_EALREADY for a coroutine that somebody awaits or
 * steps, UV_ENOTSUP when it is attached.  A coroutine that is refused is closed.  On another thread than
 * the loop's, or without a loop: refused, which the exception handler is told (UV_EPERM, UV_EINVAL), not
 * acc_loop_error.  What else is pending stays so. */
#define acc_run_until_complete(loop, f)                                                            \
    __extension__({                                                                                \
        acc__T(f) acc__value_;                                                                     \
        acc__run_until_complete((loop), (void *)(f), &acc__value_, sizeof acc__value_,             \
                                acc__size_of(f));                                                  \
        acc__unused(f, &acc__value_);                                                              \
    })

/* Of the last acc_run_until_complete on this loop: 0 or the code of the failure; UV_EINVAL for NULL. */
int acc_loop_error(acc_loop *loop);

/* T acc_run(future(T) f): a whole program.  Runs f on this thread's loop, then cancels the tasks
 * that are left and waits for them, and closes the loop (life.h).  Takes a coroutine, borrows a task or
 * future.  A failure of f is told to the exception handler and gives a zeroed T; acc_run_error tells
 * the code. */
#define acc_run(f)                                                                                 \
    __extension__({                                                                                \
        acc__T(f) acc__value_;                                                                     \
        acc__run((void *)(f), &acc__value_, sizeof acc__value_, acc__size_of(f));                  \
        acc__unused(f, &acc__value_);                                                              \
    })

/* While a hold is outstanding the loop waits even if it sees nothing that could wake it, and its
 * memory stays although it be closed.  Threads that will hand something over have one: thread.h.  0;
 * ACC_ECLOSED: it is closed, no hold was taken; UV_EINVAL: no loop.  Any thread that knows the loop to
 * be there, no signal handler; never waits. */
int acc_loop_hold(acc_loop *loop);
/* Gives one back; if it was the last, what can be woken no more is told of a deadlock.  Any thread;
 * more often than acc_loop_hold: nothing while the loop is open.  NULL is allowed. */
void acc_loop_release(acc_loop *loop);

/* ---- failures nobody handles ---- */

/* What the exception handler is told.  Valid during the call. */
typedef struct acc_failure {
    const char *message; /* what happened, a clause without full stop */
    int error;           /* the code, 0 when there is none */
    const char *task;    /* name of the task, NULL when it was none */
    future(void) future; /* the task or future, borrowed; NULL when it was none */
    /* Where a task failed: the `throw`, or the await of the future that had failed. */
    const char *function; /* NULL: not known */
    const char *file;     /* NULL: not known */
    unsigned line;        /* of that file; 0: not known, only the function is */
} acc_failure;
typedef void acc_exception_handler(acc_loop *loop, const acc_failure *failure, void *arg);

/* Replaces the handler; NULL brings back the default, which prints to stderr.  The handler is called
 * on the loop's thread, within whatever happened to be running; it may use everything that a
 * callback may.  What is reported while it runs goes to the default.  A failure that nobody looked at is
 * told to the loop of its task or future while that is open; what belongs to none to the running loop,
 * else this thread's. */
void acc_loop_set_exception_handler(acc_loop *loop, acc_exception_handler *handler, void *arg);
/* Calls the loop's handler; the default one if it has none, for NULL, and from within a handler. */
void acc_loop_call_exception_handler(acc_loop *loop, const acc_failure *failure);

/* ---- callbacks ---- */

/* Names one scheduled callback; a plain value.  All zero: none.  Using it late, twice, after the loop
 * was closed or on another thread is harmless, and does nothing. */
typedef struct acc_handle {
    unsigned slot, generation;
    double when_;
} acc_handle;

/* acc_handle acc_call_soon(acc_loop *loop, void (*f)(void *), void *arg)
 * acc_handle acc_call_soon(acc_loop *loop, acc_callback callback)
 *   Runs f(arg) once, in the next generation, after everything queued before it.
 * acc_handle acc_call_later(acc_loop *loop, double seconds, f, arg), or (loop, seconds, callback)
 * acc_handle acc_call_at(acc_loop *loop, double when, f, arg), or (loop, when, callback)
 *   Runs it when that time has come, never before; `when` as acc_time.  Past and negative times are
 * due now.  Equal deadlines run in the order they were made.  Each takes the callback, and drops it
 * once: after its run, when it is cancelled, or when the loop is closed.  Out of memory, without a loop
 * (acc_get_running_loop outside of one) or a function: a handle with generation 0, the callback is
 * dropped now.  From callbacks, tasks and outside, on the loop's thread; never runs the callback
 * itself. */
#define acc__pick3(a, b, c, name, ...)    name
#define acc__pick4(a, b, c, d, name, ...) name
#define acc_call_soon(...)                                                                         \
    acc__pick3(__VA_ARGS__, acc__call_soon, acc__call_soon_callback, ~)(__VA_ARGS__)
#define acc_call_later(...)                                                                        \
    acc__pick4(__VA_ARGS__, acc__call_later, acc__call_later_callback, ~, ~)(__VA_ARGS__)
#define acc_call_at(...)                                                                           \
    acc__pick4(__VA_ARGS__, acc__call_at, acc__call_at_callback, ~, ~)(__VA_ARGS__)

/* The callback will not run, and is dropped now.  Nothing when it ran, runs or was cancelled
 * before. */
void acc_handle_cancel(acc_handle handle);
/* Whether acc_handle_cancel came before its run.  Exact until its slot has been used 32 times more.
 */
bool acc_handle_cancelled(acc_handle handle);
/* The time it was due at, as acc_time; 0 for acc_call_soon. */
static inline double acc_handle_when(acc_handle handle)
{
    return handle.when_;
}

/* ---- futures ---- */

/* future(T) acc_future_new(T): a pending future, one reference, yours.  Never NULL: out of memory
 * gives one that has failed with ACC_ENOMEM. */
#define acc_future_new(...)                                                                        \
    ((future(__VA_ARGS__))acc__future_new(acc__size_of((future(__VA_ARGS__))0)))

/* int acc_future_set_result(future(T) f, T value): done; wakes who waits, in the order they came.
 * UV_EALREADY: it is done, nothing happened.  UV_EINVAL: not made by acc_future_new.  Here and below, in
 * debug mode, UV_EPERM: on another thread than its loop's, nothing happened. */
#define acc_future_set_result(f, ...)                                                              \
    acc__future_set_result((void *)(f), (acc__T(f)[1]){__VA_ARGS__}, acc__size_of(f))
/* The same for T = void. */
#define acc_future_set_done(f)        acc__future_set_result((void *)(f), NULL, 0)
/* int acc_future_set_error(future(T) f, int code): failed with a negative code (ACC_ECANCELED:
 * cancelled).  As acc_future_set_result; UV_EINVAL also for a code that is not negative. */
#define acc_future_set_error(f, code) acc__future_set_error((void *)(f), (code))

/* T acc_future_result(future(T) f): the value; a zeroed T when it failed or is not done (aborts
 * under ACC_DEBUG=1 when it is not done). */
#define acc_future_result(f)    acc__load(f, acc__future_result((void *)(f), acc__zero(f)))
/* int acc_future_error(future(T) f): 0, the code it failed with, or ACC_EPENDING.  Counts as having
 * looked. */
#define acc_future_error(f)     acc__future_error((void *)(f))
/* bool acc_future_done(future(T) f): it has a value or has failed. */
#define acc_future_done(f)      acc__future_done((void *)(f))
/* bool acc_future_cancelled(future(T) f): it is done by cancellation. */
#define acc_future_cancelled(f) acc__future_cancelled((void *)(f))
/* int acc_future_cancel(future(T) f): a plain future fails with ACC_ECANCELED for all who wait; a
 * task as acc_task_cancel.  1; 0: it was done already; UV_EINVAL: NULL or a coroutine. */
#define acc_future_cancel(f)    acc__cancel((void *)(f))

/* acc_handle acc_future_add_done_callback(future(T) f, void (*cb)(void *), void *arg), or (f,
 * callback): when f is done cb(arg) is queued as by acc_call_soon, in order with the others that wait;
 * now, if it is done already.  It holds no reference: if the last one goes before f is done, the
 * callback is dropped.  Does not count as looking at a failure.  Generation 0: as acc_call_soon, or a
 * coroutine that is no task; the callback was dropped. */
#define acc_future_add_done_callback(...)                                                          \
    acc__pick3(__VA_ARGS__, acc__add_done, acc__add_done_callback, ~)(__VA_ARGS__)
/* int acc_future_remove_done_callback(future(T) f, void (*cb)(void *)): cancels all of that
 * function that wait for f (those that are queued already run); how many. */
#define acc_future_remove_done_callback(f, cb) acc__remove_done((void *)(f), (cb))

/* future(T) acc_ref(future(T) f): one more reference, and f.  On the loop's thread. */
#define acc_ref(f)    ((__typeof__((f)[0]) *)acc__ref((void *)(f)))
/* void acc_unref(future(T) f): gives back one reference.  NULL is allowed. */
#define acc_unref(f)  acc__unref((void *)(f))
/* void acc_detach(future(T) task): gives back the reference to a task whose result nobody wants. It
 * runs on; should it fail, the exception handler is told. */
#define acc_detach(f) acc__unref((void *)(f))
/* void acc_close(future(T) c): drops a coroutine that was never started (its arguments are
 * released, its body never runs), or one driven by acc_step, which is destroyed where it stands. */
#define acc_close(f)  acc__unref((void *)(f))

/* ---- tasks ---- */

/* future(T) acc_spawn(future(T) coroutine): makes it a task of the running loop (else of this
 * thread's) and gives it back; takes the coroutine, you hold the task.  It starts in the next
 * generation, in order, and runs to its end whoever holds it.  Allocates nothing, cannot fail.  What is
 * no coroutine (a task, a future, one that has failed with ACC_ENOMEM), or without a loop: given back as
 * it is.  From tasks, callbacks and outside; never runs the task itself (acc_spawn_eager does). */
#define acc_spawn(f)            ((__typeof__((f)[0]) *)acc__spawn((void *)(f)))
/* The same on a loop, which need not run.  On that loop's thread. */
#define acc_loop_spawn(loop, f) ((__typeof__((f)[0]) *)acc__loop_spawn((loop), (void *)(f)))
/* void acc_go(future(T) coroutine): spawns and detaches.  The exception handler is told if the call had
 * no memory for its coroutine. */
#define acc_go(f)               acc__go((void *)(f))

/* int acc_task_cancel(future(T) task): asks it to end.  Where it is suspended it fails with
 * ACC_ECANCELED at its next turn, even if it was woken already; before its start its body never
 * runs; what it awaits is cancelled too, a task is waited for.  A task that cancels itself fails at
 * its next suspension, in the generation after it.  1; 0: it is done; UV_EINVAL: NULL, or a coroutine
 * that is no task; a plain future is cancelled.  Never suspends, runs nothing: from anywhere on the
 * loop's thread.  The request counts until it is taken back. */
#define acc_task_cancel(f)     acc__cancel((void *)(f))
/* int acc_task_cancelling(future(T) task): requests made and not taken back, also after its end; 0 for
 * what is no task. */
#define acc_task_cancelling(f) acc__cancelling((void *)(f))
/* int acc_task_uncancel(future(T) task): takes one back; how many are left, 0 for what is no task.
 * With the last one a cancellation that has not arrived does not: a task that was woken already goes on
 * with what it was woken with, one that has not started starts; a wait that was ended for the request
 * stays ended.  From anywhere on the loop's thread. */
#define acc_task_uncancel(f)   acc__uncancel((void *)(f))

/* const char *acc_task_name(future(T) task): the name it was given, else its function's.  Valid
 * until it is set again or the task is freed. */
#define acc_task_name(f)           acc__task_name((void *)(f))
/* int acc_task_set_name(future(T) task, const char *name): copies it.  0; ACC_ENOMEM: it keeps the old
 * one; UV_EINVAL: NULL, or no task. */
#define acc_task_set_name(f, name) acc__task_set_name((void *)(f), (name))

/* The task that runs, borrowed; NULL in callbacks and outside. */
future(void) acc_current_task(void);
/* Writes up to `cap` tasks of the loop that are not done to `out` (NULL if cap is 0), borrowed; how
 * many there are. */
size_t acc_all_tasks(acc_loop *loop, future(void) * out, size_t cap);

/* bool acc_step(future(T) c, T *out): runs a coroutine by hand, outside any loop, up to its next
 * suspension.  True when it is done: *out has the value unless it failed (acc_future_error).  False
 * when it is suspended, or running already; what waits for something does not move before that happened.
 * It sleeps on the loop that runs, else this thread's; once that is closed it sleeps for ever.  The
 * coroutine stays yours: acc_close, which destroys it at once, or when this returns if it is running; so
 * it must not be closed by an exception handler, or by what is told of a cancellation (wrap.h). */
#define acc_step(f, out)                                                                           \
    acc__step((void *)(f), acc__out(f, out), acc__size_of(f))

/* ---- sleeping ---- */

/* A coroutine that is done that many seconds after it is awaited or begins as a task, never before;
 * 0 or less: after one turn through the ready queue.  Fails with ACC_ECANCELED, ACC_ENOMEM. */
future(void) acc_sleep(double seconds);

/* ---- memory and diagnosis ---- */

/* All memory of the runtime and of libuv comes from here; sizes are never 0. */
typedef struct acc_allocator {
    void *(*malloc)(size_t size);
    void *(*realloc)(void *p, size_t size);
    void *(*calloc)(size_t count, size_t size);
    void (*free)(void *p);
} acc_allocator;

/* To be called before anything else of acc and libuv.  0, UV_EINVAL when one is missing. */
int acc_set_allocator(const acc_allocator *allocator);

/* ---- TCP ---- */

/* int acc_tcp_listen(const char *host, int port, int backlog, acc_listener **out): listens on the
 * running loop (else this thread's).  host: an address or a name (looked up at once, which may
 * block), NULL for all addresses; port: 0 to 65535, 0: any free one; backlog: how many connections the
 * kernel keeps until they are accepted (listen(2)).  0, UV_EINVAL for another port, ACC_ENOMEM, or what
 * the system says.  The listener is yours. */
int acc_tcp_listen(const char *host, int port, int backlog, acc_listener **out);
/* The port it listens on, or a negative code. */
int acc_listener_port(acc_listener *listener);
/* Stops listening and frees it once libuv is through with it; who waits in acc_accept gets
 * UV_ECANCELED; connections that nobody took are closed.  As acc_stream_close, closing the loop does it.
 * NULL is allowed. */
void acc_listener_close(acc_listener *listener);

/* Waits for a connection: 0 and a stream that is yours in *out, or a negative code: UV_ECANCELED when
 * the listener is closed, ACC_EOTHERLOOP, ACC_ENOMEM, or what the system says.  Connections are handed
 * out to who waits in order.  Cancelling it loses none. */
future(int) acc_accept(acc_listener *listener, acc_stream **out);

/* Connects to a host: an address, or a name, whose addresses are tried in turn.  0 and a stream
 * that is yours in *out, or a negative code, of the last address that was tried: UV_EINVAL for no host or
 * a port beyond 65535, ACC_ENOMEM, UV_EAI_... of the look-up, or what the system says.  The host is
 * copied. */
future(int) acc_tcp_connect(const char *host, int port, acc_stream **out);

/* Waits for some bytes: how many were put into `buf`, 0 at the end of the stream, or a negative
 * code.  UV_EBUSY while somebody else reads, UV_EINVAL for a size of 0, UV_ECANCELED when it is closed
 * meanwhile, ACC_EOTHERLOOP.  buf must stay until it is done; cancelling it loses no bytes. */
future(long) acc_read(acc_stream *stream, void *buf, size_t size);

/* Hands over all the bytes: `size`, or a negative code (of an earlier write too).  Waits while more
 * is queued than the high-water mark of 64 KiB.  What the system does not take at once is copied;
 * so after cancelling it is sent all the same.  UV_ECANCELED when it is closed meanwhile,
 * ACC_EOTHERLOOP, ACC_ENOMEM. */
future(long) acc_write(acc_stream *stream, const void *buf, size_t size);

/* Closes it, after sending what is queued; who waits for it gets UV_ECANCELED.  Freed once libuv is
 * through with it; use it no more.  Returns at once, and says nothing of how the sending went: what is
 * still queued when the loop is closed is not sent.  Closing the loop closes it, and frees it: then this
 * may not be called any more.  NULL is allowed. */
void acc_stream_close(acc_stream *stream);

/* ---- what the macros stand on; use the names above ---- */

void acc__run_until_complete(acc_loop *loop, void *f, void *value, size_t room, size_t size);
void acc__run(void *f, void *value, size_t room, size_t size);
acc_handle acc__call_soon(acc_loop *loop, void (*f)(void *), void *arg);
acc_handle acc__call_soon_callback(acc_loop *loop, acc_callback callback);
acc_handle acc__call_later(acc_loop *loop, double seconds, void (*f)(void *), void *arg);
acc_handle acc__call_later_callback(acc_loop *loop, double seconds, acc_callback callback);
acc_handle acc__call_at(acc_loop *loop, double when, void (*f)(void *), void *arg);
acc_handle acc__call_at_callback(acc_loop *loop, double when, acc_callback callback);
void *acc__future_new(size_t size);
int acc__future_set_result(void *f, const void *value, size_t size);
int acc__future_set_error(void *f, int code);
const void *acc__future_result(void *f, const void *zero);
int acc__future_error(void *f);
bool acc__future_done(const void *f);
bool acc__future_cancelled(const void *f);
acc_handle acc__add_done(void *f, void (*cb)(void *), void *arg);
acc_handle acc__add_done_callback(void *f, acc_callback callback);
int acc__remove_done(void *f, void (*cb)(void *));
void *acc__loop_spawn(acc_loop *loop, void *coroutine);
int acc__cancel(void *f);
int acc__cancelling(const void *f);
int acc__uncancel(void *f);
const char *acc__task_name(void *f);
int acc__task_set_name(void *f, const char *name);
bool acc__step(void *c, void *out, size_t size);

/* ---- operations the translator awaits without a frame of their own (see abi.h) ---- */

struct acc_sleep__wait {
    unsigned long long timer_[2];
};
acc_coro *acc__sleep(acc_coro *self, struct acc_sleep__wait *w, double seconds);
static inline acc_coro *acc_sleep__suspend(acc_coro *self, struct acc_sleep__wait *w,
                                           double seconds)
{
    if (!(seconds > 0)) return acc__yield(self);
    return acc__sleep(self, w, seconds);
}

struct acc_read__wait {
    acc_task *task_;
    acc_stream *stream_;
    char *buf_;
    size_t size_;
    long value;
};
acc_coro *acc_read__await(acc_coro *self, struct acc_read__wait *w, acc_stream *stream, void *buf,
                          size_t size);

struct acc_write__wait {
    acc_stream *stream_;
    long value;
};
acc_coro *acc_write__await(acc_coro *self, struct acc_write__wait *w, acc_stream *stream,
                           const void *buf, size_t size);

struct acc_accept__wait {
    acc_listener *listener_;
    acc_stream *stream_, **out_, *old_;
    int value;
};
acc_coro *acc_accept__await(acc_coro *self, struct acc_accept__wait *w, acc_listener *listener,
                            acc_stream **out);

struct acc_tcp_connect__wait {
    void *op_;
    acc_stream **out_, *old_;
    int value;
};
acc_coro *acc_tcp_connect__await(acc_coro *self, struct acc_tcp_connect__wait *w, const char *host,
                                 int port, acc_stream **out);

#include "life.h"
#include "generator.h"
#include "scope.h"
#include "test.h"
#include "lock.h"
#include "queue.h"
#include "thread.h"
#include "wrap.h"

#include "combine.h"

#endif
