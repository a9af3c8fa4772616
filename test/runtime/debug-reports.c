// RUN: %cc %cflags %s -o %t %libs && env ACC_DEBUG=1 %t 2>&1 | FileCheck %s
// RUN: env ACC_DEBUG=0 %t 2>&1 | FileCheck %s --check-prefix=QUIET --allow-empty
// Under ACC_DEBUG=1 slow steps, coroutines that were never awaited and streams that were never
// closed are named.
#include "coro.h"
#include "acc/uv.h"

// QUIET-NOT: acc:

future(int) forgotten;

static void slow(void *l)
{
    uv_sleep(120);
    acc_loop_stop(l);
}

int main(void)
{
    acc_loop *l = acc_get_event_loop();
    acc_close(leaf(1)); /* on purpose: nothing to tell */
    forgotten = leaf(2);
    // CHECK-NOT: leaf
    acc_call_soon(l, slow, l);
    CHECK(acc_run_forever(l) == 0);
    // CHECK: acc: a callback (0x{{[0-9a-f]+}}) ran for {{[0-9.]+}} s without suspending
    CHECK(acc_run_until_complete(l, loop(2)) == 2); /* debug mode runs the same */
    expect("leaf leaf");
    acc_listener *listener;
    CHECK(acc_tcp_listen(NULL, 0, 1, &listener) == 0 && acc_listener_port(listener) > 0);
    CHECK(acc_loop_close(l) == 0);
    // CHECK: acc: a listener was never closed
    // CHECK-NOT: acc:
    // CHECK: acc: coroutine 'leaf' was never awaited
    // CHECK-NOT: acc:
    return 0;
}
