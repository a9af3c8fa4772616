// RUN: %cc %cflags %s -o %t %libs && %t
// A future is done once; who waits, tasks and callbacks alike, is woken in the order of waiting.
#include "coro.h"
#include "acc/uv.h"

static acc_loop *l;

static void word(void *text)
{
    trace(text);
}
static void other(void *text)
{
    trace(text);
}
static void turn(void)
{
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0);
}

static void order_of_waiting(void)
{
    future(int) f = acc_future_new(int);
    acc_future_add_done_callback(f, word, "first");
    future(int) a = acc_loop_spawn(l, join(f));
    turn();
    acc_future_add_done_callback(f, word, "second");
    acc_handle h = acc_future_add_done_callback(f, word, "cancelled");
    future(int) b = acc_loop_spawn(l, join(f));
    turn();
    acc_future_add_done_callback(f, other, "third");
    acc_handle_cancel(h);
    CHECK(acc_future_set_result(f, 6) == 0);
    expect(""); /* waking only enqueues */
    turn();
    expect("first joined second joined third");
    CHECK(acc_future_set_result(f, 7) == UV_EALREADY && acc_future_set_error(f, -1) == UV_EALREADY);
    CHECK(acc_future_result(f) == 6 && acc_future_result(a) == 6 && acc_future_result(b) == 6);
    acc_future_add_done_callback(f, word, "late");
    expect("");
    turn();
    expect("late");
    acc_unref(a), acc_unref(b), acc_unref(f);
}

static void removing(void)
{
    future(void) f = acc_future_new(void);
    acc_future_add_done_callback(f, word, "a");
    acc_future_add_done_callback(f, other, "b");
    acc_future_add_done_callback(f, word, "c");
    CHECK(acc_future_remove_done_callback(f, word) == 2);
    CHECK(acc_future_remove_done_callback(f, word) == 0);
    acc_future_set_done(f);
    turn();
    expect("b");
    CHECK(acc_future_remove_done_callback(f, other) == 0);
    acc_unref(f);
}

static void cancelling(void)
{
    future(int) f = acc_future_new(int);
    future(int) a = acc_loop_spawn(l, join(f));
    future(int) b = acc_loop_spawn(l, join(f));
    turn();
    CHECK(acc_future_cancel(f) == 1 && acc_future_cancel(f) == 0 && acc_future_cancelled(f));
    turn();
    expect("join! join!");
    CHECK(acc_future_cancelled(a) && acc_future_error(b) == ACC_ECANCELED);
    acc_unref(a), acc_unref(b), acc_unref(f);
}

static void misuse(void)
{
    future(int) t = acc_loop_spawn(l, leaf(1));
    CHECK(acc_future_set_result(t, 1) == UV_EINVAL);
    CHECK(acc_future_set_error((future(int))0, -1) == UV_EINVAL);
    CHECK(acc_run_until_complete(l, t) == 2);
    acc_unref(t);
    acc_unref((future(int))0);
    expect("leaf");
}

int main(void)
{
    l = acc_get_event_loop();
    order_of_waiting();
    removing();
    cancelling();
    misuse();
    return acc_loop_close(l);
}
