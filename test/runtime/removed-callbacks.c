// RUN: %cc %cflags %s -o %t %libs && %t
// The drop of a done-callback that is removed may set its future, add to it, remove and cancel others,
// and let go of it.
#include "coro.h"

static future(int) f;
static int ran, dropped;
static acc_handle third;

static void on_run(void *arg)
{
    (void)arg;
    ran++;
}
static void on_removed(void *arg)
{
    (void)arg;
    abort();
}
static void on_drop(void *arg)
{
    if (dropped++) return;
    CHECK(acc_handle_cancelled(third)); /* all are out already */
    acc_handle_cancel(third);
    CHECK(acc_future_remove_done_callback(f, on_removed) == 0);
    acc_future_add_done_callback(f, on_run, NULL);
    CHECK(acc_future_set_result(f, 3) == 0);
    if (arg) acc_unref(f);
}

static void once_with(void *let_go)
{
    acc_loop *l = acc_get_event_loop();
    acc_callback removed = {on_removed, on_drop, let_go};
    ran = dropped = 0;
    f = acc_future_new(int);
    acc_future_add_done_callback(f, on_run, NULL);
    acc_future_add_done_callback(f, removed);
    acc_future_add_done_callback(f, on_run, NULL);
    acc_future_add_done_callback(f, removed);
    third = acc_future_add_done_callback(f, removed);
    acc_future_add_done_callback(f, on_run, NULL);
    future(int) same = acc_ref(f);
    CHECK(acc_future_remove_done_callback(f, on_removed) == 3 && dropped == 3);
    CHECK(acc_future_remove_done_callback(same, on_removed) == 0);
    CHECK(acc_run_until_complete(l, same) == 3);
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0 && ran == 4);
    acc_unref(same);
    if (!let_go) acc_unref(f);
}

int main(void)
{
    once_with(NULL);
    once_with(&ran);
    return acc_loop_close(acc_get_event_loop());
}
