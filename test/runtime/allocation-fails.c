// RUN: %cc %cflags %s -o %t %libs && %t
// RUN: env ACC_DEBUG=1 %t
// Whichever allocation fails, every call says so or does its work, nothing leaks, and nothing is
// left undone silently.
#include "echo.h"
#include "failing.h"
#include "acc/uv.h"

static void quiet(acc_loop *l, const acc_failure *f, void *arg)
{
    (void)l, (void)f, (void)arg;
}
static void stop(void *l)
{
    acc_loop_stop(l);
}
static void count(void *n)
{
    ++*(int *)n;
}

/* Everything that allocates, once. */
static void scenario(void)
{
    acc_loop *l = acc_loop_new();
    if (!l) return;
    int ran = 0;
    acc_loop_set_exception_handler(l, quiet, NULL);
    acc_call_soon(l, count, &ran);
    acc_call_later(l, 0.0001, count, &ran);
    future(int) f = acc_future_new(int);
    acc_future_add_done_callback(f, count, &ran);
    future(int) t = acc_loop_spawn(l, join(f));
    acc_task_set_name(t, "named");
    acc_go(acc_sleep(0)); /* of this thread's loop, which is made for it */
    acc_future_set_result(f, 5);
    int v = acc_run_until_complete(l, t);
    CHECK(acc_loop_error(l) == 0 ? v == 5 : acc_loop_error(l) == ACC_ENOMEM);
    acc_unref(t), acc_unref(f);
    acc_run_until_complete(l, call(leaf, 2));
    acc_run_until_complete(l, fail(0, 0.0001));
    acc_run_until_complete(l, acc_sleep(0.0001));
    acc_run_until_complete(l, depth(3, true));
    CHECK(acc_loop_error(l) == 0 || acc_loop_error(l) == ACC_ENOMEM);
    CHECK(acc_loop_close(l) == 0);
    acc_loop_close(acc_get_event_loop());
}

static void network(void)
{
    acc_listener *listener = NULL;
    acc_loop *l = acc_get_event_loop();
    if (!l) return;
    acc_loop_set_exception_handler(l, quiet, NULL);
    if (acc_tcp_listen("127.0.0.1", 0, 16, &listener) == 0) {
        future(void) s = acc_loop_spawn(l, server(listener));
        /* a failed accept ends the server, and the client would wait for ever */
        acc_handle limit = acc_call_later(l, 0.1, stop, l);
        if (limit.generation == 0) acc_loop_stop(l);
        long n =
            acc_run_until_complete(l, client("127.0.0.1", acc_listener_port(listener), 3, 1000));
        CHECK(n == 3000 || n < 1 || acc_loop_error(l) < 0);
        acc_handle_cancel(limit);
        acc_listener_close(listener);
        acc_unref(s);
    }
    acc_run(leaf(1)); /* ends what is left, and closes the loop */
}

static bool once(void (*f)(void), long n)
{
    left = n;
    f();
    bool failed = left < 0;
    left = -1;
    trace_text[0] = 0;
    return failed;
}

int main(void)
{
    acc_allocator missing = failing;
    missing.calloc = NULL;
    CHECK(acc_set_allocator(&missing) == UV_EINVAL && acc_set_allocator(&failing) == 0);
    long n;
    if (!freopen("/dev/null", "w", stderr)) return 1; /* acc_run tells of its failures */
    for (n = 0; once(scenario, n); n++) {
    }
    if (n < 3) return 2;
    for (n = 0; once(network, n); n++) {
    }
    if (n < 3) return 3;
    long after = live; /* what stays is for reuse, and does not grow */
    for (int i = 0; i < 20; i++)
        once(scenario, -1), once(network, -1);
    if (live != after) return 4;
    return 0;
}
