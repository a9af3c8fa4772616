// RUN: %cc %cflags %s -o %t %libs && %t
// Closing destroys what is suspended, in its own cleanups too, drops what is queued, and is refused
// while the loop runs.
#include "coro.h"
#include "acc/uv.h"

static int reports;
static acc_loop *l;

static void handler(acc_loop *loop, const acc_failure *f, void *arg)
{
    (void)arg;
    CHECK(loop == l && f->task);
    reports++;
}

static void refused(void *word)
{
    CHECK(acc_loop_close(l) == UV_EBUSY);
    CHECK(acc_run_forever(l) == UV_EBUSY);
    CHECK(acc_run_until_complete(l, leaf(1)) == 0 && acc_loop_error(l) == UV_EBUSY);
    trace(word);
    acc_loop_stop(l);
}

static void on_timer(uv_timer_t *t)
{
    trace("uv");
    acc_loop_stop(t->data);
}

int main(void)
{
    l = acc_loop_new();
    acc_loop_set_exception_handler(l, handler, NULL);
    acc_call_soon(l, refused, "refused");
    CHECK(acc_run_forever(l) == 0);
    expect("refused");

    future(int) never = acc_future_new(int);
    future(int) asleep = acc_loop_spawn(l, fail(0, 1000)),
                waiting = acc_loop_spawn(l, join(asleep));
    future(int) blocked = acc_loop_spawn(l, join(never)), yielding = acc_loop_spawn(l, fail(0, 0));
    acc_loop_stop(l);
    acc_run_forever(l);
    future(int) unstarted = acc_loop_spawn(l, fail(0, 0));
    acc_call_soon(l, refused, "never");
    acc_call_later(l, 0, refused, "never");
    future(void) f = acc_future_new(void);
    acc_future_add_done_callback(f, refused, "never");
    uv_timer_t timer;
    uv_timer_init(acc_uv_loop(l), &timer);
    timer.data = l;
    uv_timer_start(&timer, on_timer, 0, 0);
    CHECK(acc_loop_close(l) == 0);
    expect(
        "join! join! fail! fail!"); /* who first waited last goes first; queued ones last */
    CHECK(reports == 5);
    CHECK(acc_future_error(asleep) == ACC_EDESTROYED &&
          acc_future_error(waiting) == ACC_EDESTROYED);
    CHECK(acc_future_error(yielding) == ACC_EDESTROYED &&
          acc_future_error(unstarted) == ACC_EDESTROYED);
    CHECK(!acc_future_done(never) && acc_future_set_result(never, 1) == 0);
    acc_unref(never), acc_unref(asleep), acc_unref(waiting), acc_unref(blocked),
        acc_unref(yielding);
    acc_unref(unstarted), acc_unref(f);

    l = acc_loop_new(); /* a handle of the user's own wakes the loop like any other */
    uv_timer_init(acc_uv_loop(l), &timer);
    timer.data = l;
    uv_timer_start(&timer, on_timer, 1, 0);
    CHECK(acc_run_forever(l) == 0);
    expect("uv");
    CHECK(acc_loop_close(l) == 0 && acc_loop_close(NULL) == 0);
    return 0;
}
