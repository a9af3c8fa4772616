// RUN: %cc %cflags %s -o %t %libs && %t 2>&1 | FileCheck %s
// When nothing is left that could wake the program, it is told so, with each task and what it
// awaits, instead of hanging.
#include "coro.h"

int main(void)
{
    acc_loop *l = acc_get_event_loop();
    future(int) never = acc_future_new(int);
    future(int) inner = acc_loop_spawn(l, join(never)), outer = acc_loop_spawn(l, join(inner));
    acc_task_set_name(inner, "inner");
    acc_task_set_name(outer, "outer");
    fprintf(stderr, "begin\n");
    // CHECK: begin
    // CHECK-NEXT: acc: deadlock: nothing is left that could wake the 2 tasks
    // CHECK-DAG: task 'inner': join, awaiting a future
    // CHECK-DAG: task 'outer': join, awaiting task 'inner'
    CHECK(acc_run_until_complete(l, outer) == 0 && acc_loop_error(l) == ACC_EDEADLOCK);
    CHECK(!acc_future_done(outer));
    fprintf(stderr, "end\n");
    // CHECK: end

    acc_future_set_result(never, 4); /* nothing was broken by it */
    CHECK(acc_run_until_complete(l, outer) == 4);
    acc_unref(never), acc_unref(inner), acc_unref(outer);

    CHECK(acc_run_forever(l) == ACC_EDEADLOCK); /* tells by its result only */
    // CHECK-NOT: deadlock
    CHECK(acc_loop_close(l) == 0);
    return 0;
}
