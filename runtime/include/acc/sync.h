/* SPDX-License-Identifier: MIT */
/* sync.h: the plain sequential program of a source with async and await.
 *
 * `acc --sync` puts this file in front of a unit in abi.h's place; included first by hand it does the
 * same for any C compiler, so that editors and other tools read .ac files.  The dialect's words go, a
 * future(T) is a T, a call of an async function runs it at once, and what suspends blocks.
 *
 * Good for programs of one task that await direct calls.  What needs a second task (acc_spawn,
 * acc_call_soon, futures completed by somebody else) is not declared here: using it is an error. */
#ifndef ACC_SYNC_H
#define ACC_SYNC_H
#define ACC_ACC_H /* acc.h has nothing to add */

#include "abi.h"
#include <stdbool.h>
#include <stddef.h>

#define async
#define await
#define yield
#define from
#define _Async
#define _Await
#define future(...) __typeof__(__VA_ARGS__)

typedef struct acc_loop acc_loop;

const char *acc_strerror(int code);
const char *acc_err_name(int code);

#define acc_run(...) (__VA_ARGS__)
#define acc_run_until_complete(loop, ...) ((void)(loop), __VA_ARGS__)

/* There is nothing in the loop but its address. */
static inline acc_loop *acc_get_event_loop(void) {
    static char loop;
    return (acc_loop *)(void *)&loop;
}
static inline acc_loop *acc_get_running_loop(void) { return acc_get_event_loop(); }
static inline acc_loop *acc_loop_new(void) { return acc_get_event_loop(); }
static inline int acc_loop_close(acc_loop *loop) {
    (void)loop;
    return 0;
}
static inline int acc_loop_error(acc_loop *loop) {
    (void)loop;
    return 0;
}

/* No system header comes before the program's feature-test macros: on Linux these are the declarations
 * of <time.h>, and a struct timespec is two longs. */
struct timespec;
int nanosleep(const struct timespec *time, struct timespec *rest);
int clock_gettime(int clock, struct timespec *time);

static inline double acc_time(acc_loop *loop) {
    long t[2] = {0, 0};
    (void)loop;
    clock_gettime(1, (struct timespec *)(void *)t);
    return (double)t[0] + (double)t[1] * 1e-9;
}

static inline void acc_sleep(double seconds) {
    long t[2];
    if (!(seconds > 0)) return;
    t[0] = (long)seconds;
    t[1] = (long)((seconds - (double)t[0]) * 1e9);
    while (nanosleep((const struct timespec *)(void *)t, (struct timespec *)(void *)t) != 0) continue;
}

#endif
