// RUN: %cc %cflags %s -o %t %libs && %timeout %t
// Under acc_test hours of sleeping take no time: the clock jumps to the next deadline when nothing is ready, stands
// still while something runs, and waits for real I/O.
#include "echo.h"
#include "acc/uv.h"

static double real(void)
{
    return (double)uv_hrtime() / 1e9;
}
static bool near(double a, double b)
{
    return a - b < 1e-6 && b - a < 1e-6;
}

/* ---- hours ---- */

static double times[8];
static int ntimes;
static void note(void *l)
{
    times[ntimes++] = acc_time(l);
}
static void again(void *l)
{
    if (++ntimes < 5) acc_call_soon(l, again, l);
}

static void hours(void)
{
    double began = real();
    acc_loop *l = acc_test_loop(0, 0);
    CHECK(acc_time(l) == 0);
    acc_handle h = acc_call_later(l, 7200, note, l);
    CHECK(acc_handle_when(h) == 7200);
    acc_call_later(l, 0.25, note, l);
    acc_call_at(l, 3600, note, l);
    acc_call_at(l, -1, note, l);
    acc_run_until_complete(l, acc_sleep(86400));
    CHECK(ntimes == 4 && times[0] == 0 && times[1] == 0.25 && times[2] == 3600 && times[3] == 7200);
    CHECK(acc_time(l) == 86400);
    ntimes = 0;
    acc_call_soon(l, again, l);
    acc_call_later(l, 1, note, l); /* not before all that can run has run */
    acc_run_until_complete(l, acc_sleep(2));
    CHECK(ntimes == 6 && times[5] == 86401);
    CHECK(acc_run_forever(l) == ACC_EDEADLOCK);
    CHECK(acc_time(l) == 86402);
    acc_loop_close(l);
    CHECK(real() - began < 10);
}

/* ---- by hand, and refused ---- */

static void busy(void *l)
{
    CHECK(acc_test_advance(l, 5) == 0);
}
static void refused(void *l)
{
    CHECK(acc_test_begin(l, 0, 0) == UV_EBUSY);
    ntimes++;
}

static void by_hand(void)
{
    acc_loop *l = acc_test_loop(0, 0);
    ntimes = 0;
    acc_call_later(l, 1, busy, l);
    acc_call_later(l, 3, note, l);
    acc_call_later(l, 4, note, l);
    acc_run_until_complete(l, acc_sleep(5.5));
    CHECK(ntimes == 2 && times[0] == 6 && times[1] == 6 && acc_time(l) == 6);
    CHECK(acc_test_advance(l, -1) == 0 && acc_time(l) == 6);
    acc_call_soon(l, refused, l);
    acc_run_until_complete(l, acc_sleep(0));
    CHECK(ntimes == 3);
    CHECK(acc_test_begin(l, 0, 0) == 0 && acc_time(l) == 6);
    CHECK(acc_test_begin(l, 0, 2) == UV_EINVAL && acc_test_begin(NULL, 0, 0) == UV_EINVAL);
    CHECK(acc_test_loop(0, 4) == NULL);
    acc_loop_close(l);

    l = acc_loop_new();
    CHECK(acc_test_advance(l, 1) == UV_EINVAL && acc_test_io_wait(l, 1) == UV_EINVAL);
    CHECK(acc_test_on_generation(l, NULL, NULL) == UV_EINVAL);
    acc_call_later(l, 1, note, l);
    CHECK(acc_test_begin(l, 0, 0) == UV_EBUSY);
    CHECK(acc_test_begin(l, 7, ACC_TEST_REAL_CLOCK) == 0 && acc_time(l) > 1);
    CHECK(acc_test_on_generation(l, NULL, NULL) == 0 && acc_test_advance(l, 1) == UV_EINVAL);
    double began = real();
    acc_run_until_complete(l, acc_sleep(0.02)); /* a real one */
    CHECK(real() - began >= 0.02);
    acc_loop_close(l);
}

/* ---- real I/O ---- */

static void io(void)
{
    double began = real();
    acc_loop *l = acc_get_event_loop();
    acc_listener *listener = NULL;
    CHECK(acc_test_begin(l, 0, 0) == 0);
    CHECK(acc_test_io_wait(l, 0.05) == 0);
    CHECK(acc_tcp_listen("127.0.0.1", 0, 16, &listener) == 0);
    acc_go(server(listener));
    acc_handle late = acc_call_later(l, 36000, note, l);
    ntimes = 0;
    CHECK(acc_run_until_complete(l, client("127.0.0.1", acc_listener_port(listener), 50, 1000)) == 50000);
    CHECK(ntimes == 0 && acc_time(l) == 0);
    acc_run_until_complete(l, acc_sleep(40000)); /* the listener does not keep it */
    CHECK(ntimes == 1 && acc_time(l) == 40000);
    acc_handle_cancel(late);
    acc_listener_close(listener);
    acc_run(acc_sleep(0));
    CHECK(real() - began < 20);
}

/* A hold: somebody outside may come, so the clock is as slow as the real one. */
static void held(void)
{
    acc_loop *l = acc_test_loop(0, 0);
    double began = real();
    CHECK(acc_loop_hold(l) == 0);
    acc_run_until_complete(l, acc_sleep(0.03));
    CHECK(real() - began >= 0.03 && near(acc_time(l), 0.03));
    acc_loop_release(l);
    acc_run_until_complete(l, acc_sleep(3000));
    CHECK(near(acc_time(l), 3000.03) && real() - began < 10);
    acc_loop_close(l);
}

/* ---- the hook ---- */

static unsigned long stop_at, seen;
static bool hook(acc_loop *l, unsigned long generation, void *arg)
{
    CHECK(arg == &seen && generation == seen + 1 && acc_current_task() == NULL);
    (void)l;
    if (generation == stop_at) return false;
    seen = generation;
    return true;
}

static void hooked(void)
{
    acc_loop *l = acc_test_loop(0, 0);
    CHECK(acc_test_on_generation(l, hook, &seen) == 0);
    acc_run_until_complete(l, acc_sleep(0)); /* start, the end of the yield, the joiner */
    CHECK(seen == 3);
    CHECK(acc_test_on_generation(l, hook, &seen) == 0);
    seen = 0, stop_at = 3, ntimes = 0;
    future(int) t = acc_loop_spawn(l, loop(10));
    acc_run_until_complete(l, t);
    CHECK(acc_loop_error(l) == ACC_ESTOPPED && seen == 2 && !acc_future_done(t));
    stop_at = 0;
    CHECK(acc_run_until_complete(l, t) == 90 && seen > 10);
    acc_unref(t);
    acc_loop_close(l);
}

int main(void)
{
    trace_off = true;
    hours();
    by_hand();
    io();
    held();
    hooked();
    return 0;
}
