/* SPDX-License-Identifier: MIT */
/* sync.h: the plain sequential program of a source with async and await.
 *
 * `acc --sync` puts this file in front of a unit in abi.h's place and takes the dialect's words out
 * itself.  Included first by hand it does nearly the same for any C compiler, by macros, so that
 * editors and other tools read .ac files: a future(T) is a T, a call of an async function runs it
 * at once, and what suspends blocks.
 *
 * Good for programs of one task that await each coroutine where they make it.  What needs a second
 * task, a callback, or a future completed by somebody else is not declared here: acc refuses it
 * with a message, the macros by poison.  What blocks has the meaning acc.h gives it; but for
 * acc_sleep it is in the runtime's library. */
#ifndef ACC_SYNC_H
#define ACC_SYNC_H
/* These have nothing to add: */
#define ACC_ACC_H
#define ACC_COMBINE_H
#define ACC_GENERATOR_H
#define ACC_INSPECT_H
#define ACC_LIFE_H
#define ACC_LOCK_H
#define ACC_QUEUE_H
#define ACC_SCOPE_H
#define ACC_TEST_H
#define ACC_THREAD_H
#define ACC_WRAP_H

#include "abi.h"
#include <stdbool.h>
#include <stddef.h>

#if !defined __ACC__ && !defined ACC__WORDS_ARE_GONE
#define async
#define await
#define yield
#define from
#define _Async
#define _Await
#define future(...) __typeof__(__VA_ARGS__)
#define throw       for (int acc__code_ = 0;; acc__sync_throw(acc__code_)) acc__code_ =
#define acc_run(...) (__VA_ARGS__)
#define acc_run_until_complete(loop, ...) ((void)(loop), __VA_ARGS__)
#pragma GCC poison acc_spawn acc_loop_spawn acc_go acc_bind acc_call_soon acc_call_later acc_call_at
#pragma GCC poison acc_run_forever acc_loop_stop acc_future_new acc_future_set_result acc_future_set_done
#pragma GCC poison acc_future_set_error acc_future_result acc_future_error acc_future_done
#pragma GCC poison acc_future_cancel acc_future_add_done_callback acc_task_cancel acc_current_task
#pragma GCC poison acc_ref acc_unref acc_detach acc_close acc_step acc_exception_handler
#elif defined __ACC__
#define future(...) __typeof__(__VA_ARGS__) __attribute__((acc__future)) /* acc looks where it stands */
#endif

typedef struct acc_loop acc_loop;
typedef struct acc_stream acc_stream;
typedef struct acc_listener acc_listener;

const char *acc_strerror(int code);
const char *acc_err_name(int code);

/* ---- the loop: there is nothing in it but its address ---- */

static inline acc_loop *acc_get_event_loop(void)
{
    static char loop;
    return (acc_loop *)(void *)&loop;
}
static inline acc_loop *acc_get_running_loop(void)
{
    return acc_get_event_loop();
}
static inline acc_loop *acc_loop_new(void)
{
    return acc_get_event_loop();
}
static inline int acc_loop_close(acc_loop *loop)
{
    (void)loop;
    return 0;
}
static inline int acc_loop_error(acc_loop *loop)
{
    (void)loop;
    return 0;
}

/* A failure nobody handles: is told on stderr, and the program ends with status 1. */
void acc__sync_throw(int code) __attribute__((noreturn));

/* ---- time ---- */

/* No system header comes before the program's feature-test macros: on Linux these are the
 * declarations of <time.h>, and a struct timespec is two longs. */
struct timespec;
int nanosleep(const struct timespec *time, struct timespec *rest);
int clock_gettime(int clock, struct timespec *time);

static inline double acc_time(acc_loop *loop)
{
    long t[2] = {0, 0};
    (void)loop;
    clock_gettime(1, (struct timespec *)(void *)t);
    return (double)t[0] + (double)t[1] * 1e-9;
}

static inline void acc_sleep(double seconds)
{
    long t[2];
    if (!(seconds > 0)) return;
    t[0] = (long)seconds;
    t[1] = (long)((seconds - (double)t[0]) * 1e9);
    while (nanosleep((const struct timespec *)(void *)t, (struct timespec *)(void *)t) != 0)
        continue;
}

/* ---- TCP: each call blocks until it is done ---- */

int acc_tcp_listen(const char *host, int port, int backlog, acc_listener **out);
int acc_listener_port(acc_listener *listener);
void acc_listener_close(acc_listener *listener) __asm__("acc__sync_listener_close");
void acc_stream_close(acc_stream *stream) __asm__("acc__sync_stream_close");
int acc_accept(acc_listener *listener, acc_stream **out) __asm__("acc__sync_accept");
int acc_tcp_connect(const char *host, int port, acc_stream **out) __asm__("acc__sync_tcp_connect");
long acc_read(acc_stream *stream, void *buf, size_t size) __asm__("acc__sync_read");
long acc_write(acc_stream *stream, const void *buf, size_t size) __asm__("acc__sync_write");

/* ---- memory ---- */

typedef struct acc_allocator {
    void *(*malloc)(size_t size);
    void *(*realloc)(void *p, size_t size);
    void *(*calloc)(size_t count, size_t size);
    void (*free)(void *p);
} acc_allocator;
int acc_set_allocator(const acc_allocator *allocator);

#endif
