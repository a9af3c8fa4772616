// RUN: %cc %cflags %s -o %t %libs && %t
// acc_future_on_cancel calls once, when a pending future is cancelled, however that comes, dropped,
// or left behind by its loop; never after it was set.
#include "coro.h"
#include <uv.h>

static int stops;
static future(int) seen; /* what the next stop finds must have this done, if set */
static void stop(void *arg)
{
    ++*(int *)arg;
    if (seen) CHECK(acc_future_cancelled(seen));
}
/* Gives back what may be the last reference, and more. */
static void stop_and_unref(void *arg)
{
    stops++;
    acc_unref((future(int))arg);
}
static acc_loop *l;
static void turn(void)
{
    acc_loop_stop(l);
    acc_run_forever(l);
}
static void quiet(acc_loop *loop_, const acc_failure *f, void *arg)
{
    (void)loop_, (void)f, (void)arg;
}
static void plus(void *n)
{
    ++*(int *)n;
}

static void set(void)
{
    future(int) f = acc_future_new(int);
    CHECK(acc_future_on_cancel(f, stop, &stops) == 0);
    CHECK(acc_future_set_result(f, 1) == 0);
    CHECK(acc_future_on_cancel(f, stop, &stops) == UV_EALREADY);
    acc_future_cancel(f);
    acc_unref(f);
    f = acc_future_new(int);
    CHECK(acc_future_on_cancel(f, NULL, &stops) == UV_EINVAL);
    CHECK(acc_future_on_cancel(f, stop, &stops) == 0);
    acc_future_set_error(f, UV_EPIPE);
    CHECK(acc_future_error(f) == UV_EPIPE);
    acc_unref(f);
    f = leaf(1);
    CHECK(acc_future_on_cancel(f, stop, &stops) == UV_EINVAL);
    acc_close(f);
    CHECK(acc_future_on_cancel((future(int))NULL, stop, &stops) == UV_EINVAL);
    CHECK(stops == 0);
}

static void cancelled(void)
{
    int done = 0, second = 0;
    future(int) f = seen = acc_future_new(int);
    CHECK(acc_future_on_cancel(f, stop, &stops) == 0);
    acc_future_add_done_callback(f, plus, &done);
    CHECK(acc_future_on_cancel(f, stop, &second) == 0);
    CHECK(acc_future_cancel(f) == 1 && stops == 1 && second == 1 && done == 0);
    CHECK(acc_future_cancel(f) == 0 && stops == 1);
    turn();
    CHECK(done == 1);
    acc_unref(f);

    f = seen = acc_future_new(int); /* by a task that awaits it */
    stops = 0;
    CHECK(acc_future_on_cancel(f, stop, &stops) == 0);
    future(int) a = acc_loop_spawn(l, join(f)), b = acc_loop_spawn(l, join(f));
    turn();
    CHECK(acc_task_cancel(a) == 1 && stops == 1);
    CHECK(acc_future_set_result(f, 2) == UV_EALREADY);
    acc_run_until_complete(l, b);
    CHECK(acc_future_cancelled(a) && acc_future_cancelled(b) && stops == 1);
    acc_unref(a), acc_unref(b), acc_unref(f);
    seen = NULL;
}

static void dropped(void)
{
    future(int) f = acc_future_new(int);
    stops = 0;
    CHECK(acc_future_on_cancel(f, stop, &stops) == 0 && acc_future_on_cancel(f, stop, &stops) == 0);
    acc_unref(f);
    CHECK(stops == 2);
    f = acc_ref(acc_future_new(int));
    CHECK(acc_future_on_cancel(f, stop_and_unref, f) == 0);
    acc_future_add_done_callback(f, plus, &stops);
    acc_future_cancel(f);
    CHECK(stops == 3);
    acc_unref(f);
    turn();
    CHECK(stops == 4);
    f = acc_future_new(int); /* the last one goes in the middle of the cancellation */
    CHECK(acc_future_on_cancel(f, stop_and_unref, f) == 0 && acc_future_on_cancel(f, stop, &stops) == 0);
    acc_future_cancel(f);
    CHECK(stops == 6);
}

static void closed(void)
{
    future(int) f = acc_future_new(int), g = acc_future_new(int), h = acc_future_new(int);
    stops = 0;
    acc_loop *mine = l = acc_loop_new();
    acc_loop_set_exception_handler(l, quiet, NULL);
    future(int) t = acc_loop_spawn(l, join(f));
    turn();
    CHECK(acc_future_on_cancel(f, stop, &stops) == 0);
    CHECK(acc_future_on_cancel(g, stop, &stops) == 0); /* of no loop: this thread's */
    future(int) u = acc_loop_spawn(l, join(h));
    turn();
    CHECK(acc_future_on_cancel(h, stop_and_unref, h) == 0);
    CHECK(acc_loop_close(mine) == 0 && stops == 2 && acc_future_cancelled(f));
    CHECK(acc_loop_close(acc_get_event_loop()) == 0 && stops == 3 && acc_future_cancelled(g));
    acc_unref(t), acc_unref(u), acc_unref(f), acc_unref(g);
}

int main(void)
{
    l = acc_get_event_loop();
    set();
    cancelled();
    dropped();
    closed();
    return 0;
}
