/* SPDX-License-Identifier: MIT */
/* trace.h: the event log of a scenario, as trace.py writes it; for the .ac files of this folder.
 *
 * say() writes one line.  After count_generations(), which must be the first thing that a scenario
 * does, each line begins with how many generations of the loop have begun since: a callback that
 * queues itself anew stands first in each of them. */
#ifndef TRACE_H
#define TRACE_H

#include <acc/acc.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define UNUSED __attribute__((unused))

/* Two failures as good as any other. */
enum { BOOM = -EIO, BANG = -EPIPE };

static int trace_generation = -1; /* -1: not counted */

__attribute__((format(printf, 1, 2))) UNUSED static void say(const char *format, ...)
{
    va_list arguments;
    if (trace_generation >= 0) printf("%d: ", trace_generation);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

static void trace_tick(void *loop)
{
    if (trace_generation < 0) return;
    trace_generation++;
    acc_call_soon(loop, trace_tick, loop);
}

UNUSED static void count_generations(void)
{
    trace_generation = 0;
    acc_call_soon(acc_get_running_loop(), trace_tick, acc_get_running_loop());
}

/* A failure in a word. */
UNUSED static const char *why(int error)
{
    switch (error) {
    case 0: return "ok";
    case BOOM: return "boom";
    case BANG: return "bang";
    case ACC_ECANCELED: return "cancelled";
    case -EALREADY: return "already";
    case -ETIMEDOUT: return "timed out";
    default: return acc_err_name(error);
    }
}

/* What a future came to.  Does not count as having looked unless it failed. */
#define outcome(f) trace_outcome(acc_future_done(f), acc_future_done(f) ? acc_future_error(f) : 0, (f))
UNUSED static const char *trace_outcome(bool done, int error, future(int) f)
{
    static char text[32];
    if (!done) return "pending";
    if (error) return why(error);
    snprintf(text, sizeof text, "value %d", acc_future_result(f));
    return text;
}

/* A callback that says its argument. */
UNUSED static void say_word(void *word)
{
    say("%s", (const char *)word);
}

UNUSED static void trace_handler(acc_loop *loop, const acc_failure *failure, void *arg)
{
    (void)loop, (void)arg;
    say("handler: %s", why(failure->error));
}

#define SELF acc_current_task()

UNUSED static void trace_begin(const char *name)
{
    printf("== %s\n", name);
    trace_generation = -1;
    acc_loop_set_exception_handler(acc_get_event_loop(), trace_handler, NULL);
}

/* Runs one: `async void name(void)`, as a whole program on a loop of its own. */
#define SCENARIO(name) (trace_begin(#name), (void)acc_run(name()))
/* The same with a clock that jumps, as that of trace.py. */
#define TIMED(name)                                                                                \
    (trace_begin(#name), acc_test_begin(acc_get_event_loop(), 0, 0), (void)acc_run(name()))

#endif
