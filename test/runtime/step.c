// RUN: %cc %cflags %s -o %t %libs && %t
// acc_step runs a coroutine by hand, one suspension at a time, outside any loop and inside one.
#include "coro.h"

static acc_loop *l;

static void by_hand(void)
{
    int out = -1;
    future(int) c = loop(3);
    CHECK(!acc_step(c, &out) && !acc_step(c, &out) && !acc_step(c, &out));
    expect("leaf leaf leaf");
    CHECK(out == -1 && acc_step(c, &out) && out == 6);
    out = 0;
    CHECK(acc_step(c, &out) && out == 6); /* done stays done */
    acc_close(c);

    c = fail(-4, 0);
    CHECK(!acc_step(c, &out));
    out = 9;
    CHECK(acc_step(c, &out) && out == 9 && acc_future_error(c) == -4);
    acc_close(c);
    expect("fail!");

    c = fail(0, 0);
    CHECK(!acc_step(c, &out));
    acc_close(c); /* destroyed where it stands */
    expect("fail!");

    future(void) v = acc_sleep(0);
    CHECK(!acc_step(v, NULL) && acc_step(v, NULL));
    acc_close(v);
}

static void waiting(void)
{
    int out = 0;
    future(int) x = acc_future_new(int), c = join(x);
    CHECK(!acc_step(c, &out) && !acc_step(c, &out)); /* nothing to step while it waits */
    acc_future_set_result(x, 8);
    CHECK(!acc_future_done(c) && acc_step(c, &out) && out == 8);
    expect("joined");
    acc_close(c), acc_unref(x);
}

static void stop(void *loop)
{
    acc_loop_stop(loop);
}

static void inside(void *arg)
{
    int out = 0;
    future(int) c = loop(1);
    acc_call_soon(l, stop, l);
    CHECK(!acc_step(c, &out) && acc_step(c, &out) && out == 0);
    acc_close(c);
    *(bool *)arg = true;
}

int main(void)
{
    by_hand();
    waiting();
    l = acc_get_event_loop();
    bool ran = false;
    acc_call_soon(l, inside, &ran);
    CHECK(acc_run_forever(l) == 0 && ran); /* the queue survived the steps */
    return acc_loop_close(l);
}
