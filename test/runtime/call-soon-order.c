// RUN: %cc %cflags %s -o %t %libs && %t
// Callbacks and tasks share one first-in-first-out queue; what one queues runs in the next
// generation; cancelling in the middle disturbs nobody.
#include "coro.h"

static acc_loop *l;
static acc_handle handles[8];

static void word(void *text)
{
    trace(text);
}
static void nest(void *text)
{
    trace(text);
    acc_call_soon(l, word, "nested");
}
static void cancel_third(void *text)
{
    trace(text);
    acc_handle_cancel(handles[2]); /* behind this one in the same generation */
    acc_handle_cancel(handles[0]); /* this one: it runs already */
}
static void cancel_last(void *text)
{
    trace(text);
    acc_handle_cancel(handles[3]);
    acc_call_soon(l, word, "after");
}
static void stop(void *unused)
{
    (void)unused;
    acc_loop_stop(l);
}
static void run(void)
{
    acc_call_soon(l, stop, NULL);
    CHECK(acc_run_forever(l) == 0);
}

int main(void)
{
    l = acc_get_event_loop();
    acc_call_soon(l, nest, "a");
    acc_call_soon(l, word, "b");
    future(int) t = acc_loop_spawn(l, leaf(1));
    acc_call_soon(l, word, "c");
    acc_call_soon(l, stop, NULL);
    acc_call_soon(l, word, "d"); /* of the generation that is stopped: still runs */
    CHECK(acc_run_forever(l) == 0);
    expect("a b leaf c d");
    run();
    expect("nested");
    CHECK(acc_future_done(t) && acc_future_result(t) == 2);
    acc_unref(t);

    handles[0] = acc_call_soon(l, cancel_third, "0");
    handles[1] = acc_call_soon(l, word, "1");
    handles[2] = acc_call_soon(l, word, "2");
    handles[3] = acc_call_soon(l, word, "3");
    run();
    expect("0 1 3");
    CHECK(acc_handle_cancelled(handles[2]) && !acc_handle_cancelled(handles[1]));
    CHECK(!acc_handle_cancelled(handles[0]));

    handles[0] = acc_call_soon(l, word, "0");
    handles[1] = acc_call_soon(l, cancel_last, "1");
    handles[2] = acc_call_soon(l, word, "2");
    acc_handle_cancel(handles[0]); /* the first, before the loop runs */
    acc_handle_cancel(handles[0]);
    acc_call_soon(l, stop, NULL);
    handles[3] = acc_call_soon(l, word, "3"); /* the last of its generation */
    CHECK(acc_run_forever(l) == 0);
    run();
    expect("1 2 after");

    acc_handle none = {0};
    acc_handle_cancel(none);
    CHECK(!acc_handle_cancelled(none) && acc_handle_when(none) == 0);
    return acc_loop_close(l);
}
