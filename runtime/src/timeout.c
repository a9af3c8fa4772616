/* SPDX-License-Identifier: MIT */
/* timeout.c: a scope with a limit in time.
 *
 * The alarm is a scheduled callback of the loop, so that it takes its turn and can be called off.
 * When it runs it cancels the task like anybody else would; leaving the scope takes that one
 * request back and, if nobody has asked since the scope was entered, clears the cancellation.  The
 * rule of counting is that of asyncio.timeout (CPython 3.13, Lib/asyncio/timeouts.py). */
#include "internal.h"

enum { CREATED, ENTERED, EXPIRING, LEFT };

static void on_alarm(void *arg)
{
    acc_timeout *t = arg;
    t->state_ = EXPIRING;
    t->expired = true;
    (void)acc__cancel(t->task_);
}

static int alarm_set(acc_timeout *t)
{
    acc_loop *l = scope_home(t->task_);
    t->alarm_ = (acc_handle){0};
    if (t->due_ >= TIME_NEVER) return 0;
    t->alarm_ = t->due_ > loop_clock(l)
                    ? callback_at(l, t->when_, t->due_, (acc_callback){on_alarm, NULL, t})
                    : acc__call_soon(l, on_alarm, t);
    return t->alarm_.generation ? 0 : ACC_ENOMEM;
}

static future(void) timeout_enter(acc_scope *s)
{
    acc_timeout *t = (acc_timeout *)s;
    void *task = (void *)acc_current_task();
    if (t->state_ != CREATED || !task) return (future(void))(void *)coro_failing(UV_EINVAL);
    t->task_ = task;
    int rc = alarm_set(t);
    if (rc < 0) return (future(void))(void *)coro_failing(rc);
    t->held_ = scope_hold(task);
    t->state_ = ENTERED;
    t->cancelling_ = acc__cancelling(t->task_);
    return NULL;
}

static future(void) timeout_exit(acc_scope *s, int *failure)
{
    acc_timeout *t = (acc_timeout *)s;
    bool expiring = t->state_ == EXPIRING;
    acc_handle_cancel(t->alarm_);
    t->state_ = LEFT;
    bool ours = expiring && acc__uncancel(t->task_) <= t->cancelling_;
    if (ours && *failure == ACC_ECANCELED) *failure = 0;
    if (t->held_) acc__unref(t->task_);
    t->task_ = NULL;
    return NULL;
}

static const acc_scope_ops timeout_ops = {"timeout", timeout_enter, timeout_exit};

acc_timeout acc_timeout_at(double when)
{
    return (acc_timeout){.scope = {&timeout_ops}, .when_ = when, .due_ = time_at(when)};
}

acc_timeout acc_timeout_in(double seconds)
{
    acc_loop *l = loop_current();
    uint64_t now = l ? loop_clock(l) : 0;
    acc_timeout t = acc_timeout_at((double)now / 1e9 + seconds);
    t.due_ = time_after(now, seconds); /* as a sleep of that length, to the nanosecond */
    return t;
}

int acc_timeout_reschedule(acc_timeout *t, double when)
{
    if (t->state_ == CREATED) return UV_EINVAL;
    if (t->state_ != ENTERED) return UV_EALREADY;
    t->when_ = when;
    t->due_ = time_at(when);
    acc_handle_cancel(t->alarm_);
    return alarm_set(t);
}

double acc_timeout_when(const acc_timeout *t)
{
    return t->when_;
}
