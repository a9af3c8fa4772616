// RUN: %cc %cflags %s -o %t %libs && %timeout %t
// A loop attached to a host's uv_loop_t: tasks live in the host's uv_run, the host's callbacks may
// use them, threads reach them, and detaching leaves the host's loop running and nothing behind.
#include "echo.h"
#include "acc/uv.h"
#include <pthread.h>

static uv_loop_t host;
static acc_loop *l;
static int ran, ended;

static void plus(void *n)
{
    ++*(int *)n;
    CHECK(acc_get_running_loop() == l);
}
static void on_detached(void *arg)
{
    ++*(int *)arg;
}
static void quiet(acc_loop *loop_, const acc_failure *f, void *arg)
{
    (void)loop_, (void)f, (void)arg;
}
static void attach(void)
{
    l = acc_loop_attach(&host);
    CHECK(l && acc_get_event_loop() == l && acc_uv_loop(l) == &host && !acc_get_running_loop());
    acc_loop_set_exception_handler(l, quiet, NULL);
}
static void detach(void)
{
    int detached = 0;
    CHECK(acc_loop_detach(l, on_detached, &detached) == 0 && detached == 0);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0 && detached == 1);
}

/* Without anything of the host's. */
static void alone(void)
{
    ran = 0;
    attach();
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0); /* does not stay */
    future(int) a = acc_loop_spawn(l, fail(0, 0.002)), b = acc_spawn(leaf(3));
    acc_call_soon(l, plus, &ran);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0);
    CHECK(acc_future_result(a) == 7 && acc_future_result(b) == 6 && ran == 1);
    acc_call_later(l, 0.001, plus, &ran);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0 && ran == 2);
    acc_unref(a), acc_unref(b);

    a = acc_spawn(leaf(4));
    for (int i = 0; i < 3; i++)
        uv_run(&host, i ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    CHECK(acc_future_result(a) == 8);
    acc_unref(a);
    detach();
}

/* The host's callbacks. */
static future(int) asked;
static uv_timer_t tick;

static void on_answer(uv_timer_t *t)
{
    CHECK(!acc_get_running_loop() && !acc_current_task());
    CHECK(acc_future_set_result(asked, 5) == 0);
    uv_timer_stop(t);
    acc_go(leaf(1));
    acc_call_soon(acc_get_event_loop(), plus, &ran);
    acc_call_later(l, 0.002, plus, &ran);
}
static void on_cancel(uv_timer_t *t)
{
    acc_task_cancel((future(int))t->data);
    uv_timer_stop(t);
}

static void hosts_callbacks(void)
{
    attach();
    ran = 0;
    asked = acc_future_new(int);
    future(int) a = acc_spawn(join(asked)), b = acc_spawn(fail(0, 1000));
    uv_timer_start(&tick, on_answer, 2, 0);
    acc_task_cancel(b);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0);
    CHECK(acc_future_result(a) == 5 && ran == 2 && acc_future_cancelled(b));
    acc_unref(a), acc_unref(asked), acc_unref(b);
    a = acc_spawn(fail(0, 1000));
    tick.data = (void *)a;
    uv_timer_start(&tick, on_cancel, 2, 0);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0 && acc_future_cancelled(a));
    acc_unref(a);
    detach();
}

static void refused(void)
{
    attach();
    CHECK(acc_run_until_complete(l, leaf(1)) == 0 && acc_loop_error(l) == UV_ENOTSUP);
    CHECK(acc_run_forever(l) == UV_ENOTSUP);
    CHECK(acc_run(leaf(1)) == 0 && acc_run_error() == UV_ENOTSUP);
    CHECK(acc_test_begin(l, 1, 0) == UV_ENOTSUP && !acc_loop_attach(NULL));
    CHECK(acc_loop_detach(NULL, NULL, NULL) == UV_EINVAL);
    detach();
    acc_loop *own = acc_get_event_loop();
    CHECK(acc_loop_detach(own, NULL, NULL) == UV_EINVAL);
    attach();
    CHECK(acc_loop_close(l) == 0 && acc_get_event_loop() == own);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0 && acc_loop_close(own) == 0);
}

/* acc_loop_stop stops the host's; closing refuses in a callback of acc. */
static void stop(void *unused)
{
    (void)unused;
    CHECK(acc_loop_close(l) == UV_EBUSY && acc_loop_detach(l, NULL, NULL) == UV_EBUSY);
    acc_loop_stop(l);
}
static void stopped(void)
{
    attach();
    future(int) a = acc_spawn(fail(0, 0.02));
    acc_call_later(l, 0.001, stop, NULL);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) != 0 && !acc_future_done(a));
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0 && acc_future_done(a));
    acc_unref(a);
    detach();
}

/* Another thread holds it. */
static void *thread(void *arg)
{
    (void)arg;
    uv_sleep(5);
    CHECK(acc_call_soon_threadsafe(l, plus, &ran) == 0);
    acc_loop_release(l);
    return NULL;
}
static void threads(void)
{
    pthread_t t;
    attach();
    ran = 0;
    CHECK(acc_loop_hold(l) == 0 && pthread_create(&t, NULL, thread, NULL) == 0);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0 && ran == 1);
    pthread_join(t, NULL);
    acc_call_soon_threadsafe(l, plus, &ran); /* dropped */
    CHECK(acc_loop_hold(l) == 0);
    detach();
    CHECK(acc_call_soon_threadsafe(l, plus, &ran) == ACC_ECLOSED && ran == 1);
    acc_loop_release(l);
}

/* Detached in the middle of everything, from a callback of the host's, whose timer ticks on. */
static int ticks;
static void on_tick(uv_timer_t *t)
{
    ticks++;
    if (ticks == 3) CHECK(acc_loop_detach(l, on_detached, &ended) == 0);
    if (ticks == 8) uv_timer_stop(t);
}
static void in_the_middle(void)
{
    acc_listener *listener = NULL;
    attach();
    ended = ticks = 0;
    CHECK(acc_tcp_listen("127.0.0.1", 0, 16, &listener) == 0);
    int port = acc_listener_port(listener);
    acc_go(server(listener));
    acc_go(client("127.0.0.1", port, 1000000, 100));
    acc_go(client("localhost", port, 1000000, 100));
    acc_go(fail(0, 1000));
    acc_call_later(l, 1000, plus, &ran);
    asked = acc_future_new(int);
    acc_go(join(asked));
    uv_timer_start(&tick, on_tick, 1, 1);
    CHECK(uv_run(&host, UV_RUN_DEFAULT) == 0 && ticks == 8 && ended == 1);
    acc_unref(asked);

    attach(); /* a look-up has just begun */
    acc_go(client("localhost", port, 1, 100));
    uv_run(&host, UV_RUN_NOWAIT);
    detach();
}

/* The host's loop is run by a task of another loop. */
static void inside(void *arg)
{
    acc_loop *other = acc_get_running_loop();
    CHECK(other && other != l && uv_run(&host, UV_RUN_DEFAULT) == 0);
    CHECK(acc_get_running_loop() == other);
    ++*(int *)arg;
}
static void count(void *arg)
{
    ++*(int *)arg;
}
static void nested(void)
{
    acc_loop *own = acc_get_event_loop();
    attach();
    int n = 0;
    ran = 0;
    acc_call_soon(own, inside, &n);
    acc_call_soon(own, count, &n);
    acc_call_soon(l, plus, &ran);
    future(int) a = acc_loop_spawn(l, fail(0, 0.001));
    future(int) b = acc_loop_spawn(own, leaf(2));
    CHECK(acc_run_until_complete(own, b) == 4 && n == 2 && ran == 1 && acc_future_result(a) == 7);
    acc_unref(a), acc_unref(b);
    detach();
    CHECK(acc_get_event_loop() == own && acc_loop_close(own) == 0);
}

int main(void)
{
    trace_off = true;
    CHECK(uv_loop_init(&host) == 0);
    uv_timer_init(&host, &tick);
    alone();
    hosts_callbacks();
    if (!freopen("/dev/null", "w", stderr)) return 1; /* acc_run tells why not */
    refused();
    stopped();
    threads();
    in_the_middle();
    nested();
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&host, UV_RUN_DEFAULT);
    return uv_loop_close(&host) == 0 ? 0 : 1;
}
