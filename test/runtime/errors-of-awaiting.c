// RUN: %cc %cflags %s -o %t %libs && %t
// Awaiting yourself, a running coroutine, or another loop's future is an error and not a hang.
#include "coro.h"
#include "acc/uv.h"

static acc_loop *l;

static void turn(acc_loop *on)
{
    acc_loop_stop(on);
    CHECK(acc_run_forever(on) == 0);
}

int main(void)
{
    l = acc_get_event_loop();
    future(int) t = acc_loop_spawn(l, join(NULL));
    ((struct join__frame *)(void *)t)->x = t;
    turn(l);
    CHECK(acc_future_error(t) == ACC_EDEADLOCK);
    acc_unref(t);

    t = acc_loop_spawn(l, join(NULL));
    turn(l);
    CHECK(acc_future_error(t) == UV_EINVAL);
    acc_unref(t);

    future(int) c = leaf(1);
    future(int) first = acc_loop_spawn(l, join(c)), second = acc_loop_spawn(l, join(c));
    turn(l);
    CHECK(acc_future_error(second) == UV_EALREADY && !acc_future_done(first));
    acc_task_set_name(second, "x");
    turn(l);
    CHECK(acc_future_error(first) == 0 && acc_future_result(first) == 2);
    acc_unref(first), acc_unref(second);

    acc_loop *other = acc_loop_new();
    future(int) its = acc_loop_spawn(other, leaf(2));
    t = acc_loop_spawn(l, join(its));
    turn(l);
    CHECK(acc_future_error(t) == ACC_EOTHERLOOP);
    acc_unref(t);
    acc_run_until_complete(l, its);
    CHECK(acc_loop_error(l) == ACC_EOTHERLOOP);
    CHECK(acc_run_until_complete(other, its) == 4);

    future(int) f = acc_future_new(int); /* belongs to who awaits it first */
    future(int) mine = acc_loop_spawn(l, join(f)), theirs = acc_loop_spawn(other, join(f));
    turn(l), turn(other);
    CHECK(acc_future_error(theirs) == ACC_EOTHERLOOP && !acc_future_done(mine));
    acc_future_set_result(f, 9);
    CHECK(acc_run_until_complete(l, mine) == 9);
    acc_unref(its), acc_unref(f), acc_unref(mine), acc_unref(theirs);
    CHECK(acc_loop_close(other) == 0);
    return acc_loop_close(l);
}
