// RUN: %cc %cflags %s -o %t %libs && %t
// Each shape of await that the translator emits runs to its value on the runtime.
#include "coro.h"

int main(void)
{
    acc_loop *l = acc_get_event_loop();
    CHECK(acc_run_until_complete(l, leaf(4)) == 8);
    expect("leaf");
    CHECK(acc_run_until_complete(l, loop(4)) == 12);
    expect("leaf leaf leaf leaf");
    CHECK(acc_run_until_complete(l, depth(100, false)) == 100);
    CHECK(acc_run_until_complete(l, depth(100, true)) == 100);
    CHECK(acc_run_until_complete(l, call(leaf, 3)) == 7);
    expect("leaf called");

    future(int) t = acc_loop_spawn(l, leaf(5));
    CHECK(acc_run_until_complete(l, join(t)) == 10);
    expect("leaf joined");
    CHECK(acc_future_done(t) && acc_future_result(t) == 10);
    acc_unref(t);

    CHECK(acc_run_until_complete(l, fail(-7, 0)) == 0);
    CHECK(acc_loop_error(l) == -7);
    expect("fail!");
    CHECK(acc_run_until_complete(l, fail(0, 0.001)) == 7);
    CHECK(acc_loop_error(l) == 0);
    expect("fail!");
    CHECK(acc_loop_close(l) == 0);
    CHECK(acc_run(leaf(21)) == 42);
    return 0;
}
