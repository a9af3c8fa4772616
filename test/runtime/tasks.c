// RUN: %cc %cflags %s -o %t %libs && %t
// Tasks start in the order of their making, have names, are listed until they are done, and live on
// without their maker.
#include "coro.h"

static acc_loop *l;
static acc_failure seen;
static int reports;

static void turn(void)
{
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0);
}
static void handler(acc_loop *loop, const acc_failure *f, void *arg)
{
    CHECK(loop == l && arg == &reports);
    seen = *f;
    CHECK(f->task && strcmp(f->task, "fail") == 0);
    CHECK(f->future != NULL);
    reports++;
}

static void names_and_lists(void)
{
    future(void) all[8];
    future(int) a = acc_loop_spawn(l, loop(3)), b = acc_loop_spawn(l, fail(0, 0.001));
    CHECK(acc_all_tasks(l, NULL, 0) == 2 && acc_all_tasks(l, all, 8) == 2);
    CHECK((void *)all[0] == (void *)a && (void *)all[1] == (void *)b);
    CHECK(strcmp(acc_task_name(a), "loop") == 0);
    CHECK(acc_task_set_name(a, "mine") == 0 && strcmp(acc_task_name(a), "mine") == 0);
    CHECK(acc_task_set_name(a, "other") == 0 && strcmp(acc_task_name(a), "other") == 0);
    turn();
    CHECK(acc_all_tasks(l, all, 1) == 2);
    CHECK(strcmp(acc_task_name(b), "fail") == 0);
    acc_run_until_complete(l, a);
    acc_run_until_complete(l, b);
    CHECK(acc_all_tasks(l, all, 8) == 0);
    CHECK(strcmp(acc_task_name(a), "other") == 0 && strcmp(acc_task_name(b), "fail") == 0);
    CHECK(acc_current_task() == NULL);
    acc_unref(a), acc_unref(b);
    trace_text[0] = 0;
}

static void nobody_looks(void)
{
    acc_loop_set_exception_handler(l, handler, &reports);
    future(int) t = acc_loop_spawn(l, fail(-5, 0));
    acc_detach(t); /* before it ran */
    turn(), turn();
    CHECK(reports == 1 && seen.error == -5);
    t = acc_loop_spawn(l, fail(-6, 0));
    turn(), turn();
    CHECK(reports == 1);
    acc_unref(t); /* the last look that there could have been */
    CHECK(reports == 2 && seen.error == -6);
    t = acc_loop_spawn(l, fail(-7, 0));
    turn(), turn();
    CHECK(acc_future_error(t) == -7);
    acc_unref(t);
    CHECK(reports == 2);
    t = acc_loop_spawn(l, fail(-8, 0));
    future(int) j = acc_loop_spawn(l, join(t));
    turn(), turn(), turn();
    CHECK(acc_future_error(j) == -8);
    acc_unref(t), acc_unref(j);
    CHECK(reports == 2);
    acc_loop_set_exception_handler(l, NULL, NULL);
    expect("fail! fail! fail! fail! join!");
}

int main(void)
{
    l = acc_get_event_loop();
    names_and_lists();
    nobody_looks();

    future(int) t = acc_spawn(leaf(3)); /* outside a running loop: this thread's */
    CHECK(acc_spawn(t) == t);           /* no coroutine any more */
    future(int) none = NULL, no_task = acc_future_new(int);
    CHECK(acc_task_cancelling(none) == 0 && acc_task_uncancel(none) == 0);
    CHECK(acc_task_cancelling(no_task) == 0 && acc_task_uncancel(no_task) == 0);
    acc_unref(no_task);
    acc_go(call(leaf, 1));
    CHECK(acc_run_until_complete(l, t) == 6);
    acc_unref(t);
    turn();
    expect("leaf leaf called");
    return acc_loop_close(l);
}
