// RUN: %cc %cflags %s -o %t %libs && %timeout %t 2>&1 | FileCheck %s
// A loop dumps its tasks when the signal comes, if that was asked for, also while it waits for I/O; a deadlock is still
// seen; asking again and taking it back.
#include "coro.h"
#include "acc/inspect.h"
#include "acc/uv.h"
#include <signal.h>

static void interrupt(void *unused)
{
    (void)unused;
    raise(SIGUSR1);
}

/* On a host's loop: nothing of it is left behind. */
static void attached(void)
{
    uv_loop_t host;
    CHECK(uv_loop_init(&host) == 0);
    acc_loop *l = acc_loop_attach(&host);
    CHECK(acc_loop_dump_on_signal(l, SIGUSR1) == 0);
    CHECK(acc_loop_detach(l, NULL, NULL) == 0);
    uv_run(&host, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&host) == 0);
}

int main(void)
{
    attached();
    acc_loop *l = acc_loop_new();
    CHECK(acc_loop_dump_on_signal(l, -1) == UV_EINVAL && acc_loop_dump_on_signal(NULL, SIGUSR1) == UV_EINVAL);
    CHECK(acc_loop_dump_on_signal(l, 0) == 0);
    CHECK(acc_loop_dump_on_signal(l, SIGKILL) < 0);
    CHECK(acc_loop_dump_on_signal(l, SIGUSR2) == 0 && acc_loop_dump_on_signal(l, SIGUSR1) == 0);
    future(int) never = acc_future_new(int), t = acc_loop_spawn(l, join(never));
    acc_task_set_name(t, "waiting");
    acc_call_later(l, 0.001, interrupt, NULL);
    fprintf(stderr, "begin\n");
    // CHECK: begin
    // CHECK-NEXT: acc: 2 tasks
    // CHECK-NEXT: task 'waiting': join, awaiting a future
    // CHECK-NEXT: task 'acc_sleep': acc_sleep, awaiting sleep({{.*}})
    acc_run_until_complete(l, acc_sleep(0.05));
    fprintf(stderr, "again\n");
    // CHECK-NEXT: again
    acc_call_soon(l, interrupt, NULL); /* now the sleep has not begun */
    // CHECK-NEXT: acc: 2 tasks
    // CHECK-NEXT: 'waiting'
    // CHECK-NEXT: 'acc_sleep'
    acc_run_until_complete(l, acc_sleep(0.05));
    CHECK(acc_run_forever(l) == ACC_EDEADLOCK);
    CHECK(acc_loop_dump_on_signal(l, 0) == 0);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    acc_run_until_complete(l, acc_sleep(0.01));
    acc_future_set_result(never, 1);
    CHECK(acc_run_until_complete(l, t) == 1);
    acc_unref(never), acc_unref(t);
    CHECK(acc_loop_close(l) == 0);
    fprintf(stderr, "end\n");
    // CHECK-NEXT: end
    return 0;
}
