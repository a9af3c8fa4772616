// RUN: %cc %cflags %s -o %t %libs && %t
// Neither callbacks that queue themselves nor timers that are due at once keep the loop from I/O.
#include "coro.h"
#include "acc/uv.h"

static acc_loop *l;
static uv_async_t async;
static bool over;
static int rounds;

/* The loop has looked at I/O once when it begins to run; this is for a later look. */
static bool go_on(void)
{
    if (++rounds == 1000) uv_async_send(&async);
    return !over;
}

static void again_soon(void *unused)
{
    (void)unused;
    if (go_on()) acc_call_soon(l, again_soon, NULL);
}
static void again_later(void *unused)
{
    (void)unused;
    if (go_on()) acc_call_later(l, 0, again_later, NULL);
}
static void stop(void *unused)
{
    (void)unused;
    over = true;
    acc_loop_stop(l);
}
static void on_async(uv_async_t *a)
{
    uv_close((uv_handle_t *)a, NULL);
    acc_call_soon(l, stop, NULL);
}

static void under(void (*load)(void *))
{
    over = false;
    rounds = 0;
    CHECK(uv_async_init(acc_uv_loop(l), &async, on_async) == 0);
    acc_call_soon(l, load, NULL);
    CHECK(acc_run_forever(l) == 0); /* or the test times out */
    acc_call_later(l, 0.01, stop, NULL);
    over = false;
    acc_call_soon(l, load, NULL);
    CHECK(acc_run_forever(l) == 0); /* a timer is not starved either */
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0); /* what was left of the load, and the closing */
}

int main(void)
{
    l = acc_get_event_loop();
    under(again_soon);
    under(again_later);
    return acc_loop_close(l);
}
