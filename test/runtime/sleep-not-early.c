// RUN: %cc %cflags %s -o %t %libs && %t
// A sleep takes at least its time, sleeps overlap, and the shorter one wakes first.
#include "coro.h"

int main(void)
{
    acc_loop *l = acc_get_event_loop();
    static const double seconds[] = {0.4001, 0.0102, 0.2003, 1e-9, 0.00015};
    enum { N = sizeof seconds / sizeof *seconds };
    future(int) t[N];
    double start = acc_time(l);
    for (int i = 0; i < N; i++)
        t[i] = acc_loop_spawn(l, fail(0, seconds[i]));
    acc_run_until_complete(l, t[1]);
    CHECK(acc_time(l) - start >= seconds[1]);
    CHECK(acc_future_done(t[3]) && acc_future_done(t[4]) && !acc_future_done(t[2]) &&
          !acc_future_done(t[0]));
    acc_run_until_complete(l, t[0]);
    CHECK(acc_time(l) - start >= seconds[0] && acc_future_done(t[2]));
    for (int i = 0; i < N; i++)
        acc_unref(t[i]);

    start = acc_time(l);
    acc_run_until_complete(l, acc_sleep(0.005)); /* as a coroutine */
    CHECK(acc_time(l) - start >= 0.005);
    return acc_loop_close(l);
}
