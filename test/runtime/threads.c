// RUN: %cc %cflags %s -o %t %libs && %t
// Each thread has a loop of its own, and the blocks of threads that ended serve those that follow.
#include "coro.h"
#include <pthread.h>

static void *run(void *unused)
{
    (void)unused;
    for (int i = 0; i < 20; i++) {
        acc_loop *l = acc_get_event_loop();
        future(long) t = acc_loop_spawn(l, depth(2000, true));
        CHECK(acc_run_until_complete(l, t) == 2000);
        acc_unref(t);
        acc_handle h = acc_call_soon(l, free, NULL);
        acc_handle_cancel(h);
        CHECK(acc_run_until_complete(l, fail(0, 0.0001)) == 7);
        CHECK(acc_loop_close(l) == 0);
    }
    CHECK(acc_run(depth(100000, false)) == 100000);
    return NULL;
}

int main(void)
{
    trace_off = true;
    pthread_t threads[4];
    pthread_attr_t small;
    pthread_attr_init(&small);
    CHECK(pthread_attr_setstacksize(&small, 128 * 1024) ==
          0); /* leaves no room for direct calls: still right */
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 4; i++)
            CHECK(pthread_create(&threads[i], i % 2 ? &small : NULL, run, NULL) == 0);
        for (int i = 0; i < 4; i++)
            CHECK(pthread_join(threads[i], NULL) == 0);
    }
    return 0;
}
