// RUN: %cc %cflags %s -o %t %libs && %timeout %t
// Whichever allocation fails, posts, submissions, wakeups, attached loops and watched futures say so,
// nothing leaks, and every callback is dropped once.
#include "coro.h"
#include "failing.h"
#include "acc/uv.h"

static int made, dropped, stops;

static void nothing(void *arg)
{
    (void)arg;
}
static void count(void *n)
{
    ++*(int *)n;
}
static acc_callback item(void)
{
    made++;
    return (acc_callback){nothing, count, &dropped};
}
static void quiet(acc_loop *l, const acc_failure *f, void *arg)
{
    (void)l, (void)f, (void)arg;
}
static future(int) make(int *code)
{
    return fail(*code, 0.0001);
}

static void use(acc_loop *l)
{
    int code = 0, v;
    acc_wakeup *w = NULL;
    acc_loop_set_exception_handler(l, quiet, NULL);
    int rc = acc_wakeup_new(l, nothing, NULL, &w);
    CHECK(rc == 0 ? w != NULL : rc == ACC_ENOMEM && !w);
    if (w) CHECK(acc_wakeup_send(w) == 0);
    rc = acc_call_soon_threadsafe(l, item());
    CHECK(rc == 0 || rc == ACC_ENOMEM);
    made++;
    acc_submission(int) s = acc_submit(l, make, &code, count);
    if (!s) dropped++; /* count(&code) */
    acc_submission_cancel(s);
    acc_submission(int) t = acc_submit(l, make, &code);
    acc_submission_on_done(t, item());
    future(int) f = acc_future_new(int);
    rc = acc_future_on_cancel(f, count, &stops);
    CHECK(rc == 0 || rc == ACC_ENOMEM);
    if (rc < 0) stops++;
    acc_future_cancel(f);
    acc_unref(f);
    f = acc_future_new(int);
    rc = acc_future_on_cancel(f, count, &stops);
    if (rc < 0) stops++;
    if (l == acc_get_event_loop()) {
        uv_run(acc_uv_loop(l), UV_RUN_NOWAIT);
    } else {
        acc_loop_stop(l), acc_run_forever(l);
    }
    acc_wakeup_close(w);
    CHECK(!acc_submission_done(t) || acc_submission_wait(t, 0, &v) < 0 || v == 7);
    acc_loop_close(l);
    if (s) {
        CHECK(acc_submission_wait(s, 0, &v) < 0 && code == 1);
        dropped++;
    }
    rc = acc_submission_wait(t, 0, &v);
    CHECK(rc < 0 || v == 7);
    acc_submission_release(s), acc_submission_release(t);
    acc_unref(f);
}

static void own(void)
{
    acc_loop *l = acc_loop_new();
    if (l) use(l);
    acc_loop_close(acc_get_event_loop());
}

static void attached(void)
{
    uv_loop_t host;
    if (uv_loop_init(&host) < 0) return;
    acc_loop *l = acc_loop_attach(&host);
    if (l) use(l);
    uv_run(&host, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&host) == 0);
    acc_loop_close(acc_get_event_loop());
}

static bool once(void (*f)(void), long n)
{
    left = n;
    made = dropped = stops = 0;
    f();
    bool failed = left < 0;
    left = -1;
    CHECK(made == dropped && stops % 2 == 0);
    return failed;
}

int main(void)
{
    CHECK(acc_set_allocator(&failing) == 0);
    trace_off = true;
    void (*const scenarios[])(void) = {own, attached};
    for (int i = 0; i < 2; i++) {
        long n = 0, before;
        left = -1;
        scenarios[i](); /* slabs and tables stay */
        before = live;
        while (once(scenarios[i], n))
            n++;
        CHECK(n > 3); /* not every n is one */
        CHECK(live == before);
    }
    return 0;
}
