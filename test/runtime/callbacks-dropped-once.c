// RUN: %cc %cflags %s -o %t %libs && %t
// A callback with arguments is dropped exactly once: after its run, when it is cancelled, or when
// its loop is closed.
#include "coro.h"

static int ran, dropped;

static void on_run(void *arg)
{
    ran++;
    CHECK(*(int *)arg == 7);
}
static void on_drop(void *arg)
{
    dropped++;
    free(arg);
}
static acc_callback made(void)
{
    int *arg = malloc(sizeof *arg);
    *arg = 7;
    return (acc_callback){on_run, on_drop, arg};
}
static void counted(int runs, int drops)
{
    CHECK(ran == runs && dropped == drops);
    ran = dropped = 0;
}
static void turn(acc_loop *l)
{
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0);
}

int main(void)
{
    acc_loop *l = acc_loop_new();
    acc_call_soon(l, made());
    counted(0, 0);
    turn(l);
    counted(1, 1);

    acc_handle h = acc_call_soon(l, made());
    acc_handle_cancel(h);
    counted(0, 1);
    acc_handle_cancel(h);
    turn(l);
    counted(0, 0);

    h = acc_call_later(l, 1000, made());
    CHECK(acc_handle_when(h) > acc_time(l) + 900);
    acc_handle_cancel(h);
    counted(0, 1);
    acc_call_at(l, acc_time(l) - 5, made());
    turn(l);
    counted(1, 1);

    future(void) f = acc_future_new(void);
    acc_future_add_done_callback(f, made());
    h = acc_future_add_done_callback(f, made());
    acc_handle_cancel(h);
    counted(0, 1);
    acc_future_set_done(f);
    counted(0, 0);
    acc_loop *own = acc_get_event_loop(); /* where the callback of a future that has no loop goes */
    turn(own);
    counted(1, 1);
    acc_unref(f);

    f = acc_future_new(void);
    acc_future_add_done_callback(f, made());
    acc_unref(f); /* can never be done */
    counted(0, 1);

    acc_call_soon(l, made());
    acc_call_later(l, 1000, made());
    h = acc_call_soon(l, made());
    CHECK(acc_loop_close(l) == 0);
    counted(0, 3);
    acc_handle_cancel(h); /* late: harmless */
    counted(0, 0);
    return acc_loop_close(own);
}
