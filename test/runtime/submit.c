// RUN: %cc %cflags %s -o %t %libs && %timeout %t 2>&1 | FileCheck %s
// A thread has a coroutine run on the loop: it waits for its value, its failure or its end by
// cancellation, learns that the loop was closed, or is told by a callback.
#include "coro.h"
#include <pthread.h>
#include <unistd.h>
#include <uv.h>

static acc_loop *l;
static int drops;

static future(int) make_fail(int *code)
{
    return fail(*code, 0.001);
}
static future(int) make_late(int *code)
{
    return fail(*code, 0.2);
}
static future(int) make_long(int *code)
{
    return fail(*code, 1000);
}
static future(long) make_depth(long *n)
{
    return depth(*n, true);
}
static future(void) make_sleep(void *unused)
{
    (void)unused;
    return acc_sleep(0.001);
}
static future(int) make_none(void *unused)
{
    (void)unused;
    return NULL;
}
static future(int) plain; /* of the loop, never set */
static future(int) make_plain(void *unused)
{
    (void)unused;
    return acc_ref(plain);
}
static future(int) make_done(int *v)
{
    future(int) f = acc_future_new(int);
    acc_future_set_result(f, *v);
    return f;
}
static void dropped(void *arg)
{
    (void)arg;
    drops++;
}
static void plus(void *n)
{
    ++*(int *)n;
}
static acc_callback plus_one(int *n)
{
    return (acc_callback){plus, dropped, n};
}
static void stop(void *unused)
{
    (void)unused;
    acc_loop_stop(l);
}

static void values(void)
{
    int code = 0, v = 0, five = 5;
    long n = 30, sum = 0;
    acc_submission(int) a = acc_submit(l, make_fail, &code);
    acc_submission(long) b = acc_submit(l, make_depth, &n, dropped);
    acc_submission(void) c = acc_submit(l, make_sleep, NULL);
    CHECK(acc_submission_wait(a, -1, &v) == 0 && v == 7);
    CHECK(acc_submission_wait(a, 0, NULL) == 0 && acc_submission_done(a));
    CHECK(acc_submission_wait(b, 60, &sum) == 0 && sum == 30 && drops == 1);
    CHECK(acc_submission_wait(c, -1, NULL) == 0);
    acc_submission_release(a), acc_submission_release(b), acc_submission_release(c);
    a = acc_submit(l, make_done, &five);
    CHECK(acc_submission_wait(a, -1, &v) == 0 && v == 5);
    acc_submission_release(a);
    int ran = 0;
    c = acc_submit(l, plus_one(&ran));
    CHECK(acc_submission_wait(c, -1, NULL) == 0 && ran == 1 && drops == 2);
    acc_submission_release(c);
}

static void failures(void)
{
    int code = UV_EPIPE, v = 1, told = 0;
    acc_submission(int) a = acc_submit(l, make_fail, &code), b;
    CHECK(acc_submission_wait(a, -1, &v) == UV_EPIPE && v == 1);
    CHECK(acc_submission_cancel(a) == 0);
    acc_submission_release(a);
    a = acc_submit(l, make_none, NULL);
    CHECK(acc_submission_wait(a, -1, &v) == UV_EINVAL);
    acc_submission_release(a);

    a = acc_submit(l, make_long, &code);
    b = acc_submit(l, make_long, &code);
    CHECK(acc_submission_wait(a, 0, &v) == ACC_EPENDING && acc_submission_wait(a, 0.002, &v) == ACC_EPENDING);
    CHECK(acc_submission_on_done(b, plus, &told) == 0);
    CHECK(acc_submission_on_done(b, plus_one(&told)) == UV_EALREADY && drops == 3);
    for (int i = 0; i < 3; i++)
        CHECK(acc_submission_cancel(a) >= 0);
    CHECK(acc_submission_wait(a, -1, &v) == ACC_ECANCELED);
    CHECK(acc_submission_cancel(b) == 1 && acc_submission_wait(b, -1, &v) == ACC_ECANCELED);
    acc_submission_release(a), acc_submission_release(b);
    a = acc_submit(l, make_late, &code); /* the loop tells of what nobody waits for */
    acc_submission_release(a);
    a = acc_submit(l, make_late, &code);
    while (!acc_submission_done(a))
        usleep(1000);
    acc_submission_release(a);
    CHECK(told == 1);
}

static void *work(void *f)
{
    ((void (*)(void))f)();
    CHECK(acc_call_soon_threadsafe(l, stop, NULL) == 0);
    acc_loop_release(l);
    return NULL;
}
static void apart(void (*f)(void))
{
    pthread_t t;
    acc_loop_hold(l);
    CHECK(pthread_create(&t, NULL, work, (void *)f) == 0);
    CHECK(acc_run_forever(l) == 0);
    pthread_join(t, NULL);
    acc_loop_stop(l), acc_run_forever(l);
}

static void quiet(acc_loop *loop, const acc_failure *f, void *arg)
{
    (void)loop, (void)f, (void)arg;
}

/* At each of its stages. */
static void closed(int generations)
{
    l = acc_loop_new();
    acc_loop_set_exception_handler(l, quiet, NULL);
    plain = acc_future_new(int);
    int code = 0, v = 9, told = 0;
    drops = 0;
    acc_submission(int) s[4] = {acc_submit(l, make_long, &code, dropped),
                                acc_submit(l, make_plain, &code, dropped),
                                acc_submit(l, make_long, &code, dropped), NULL};
    acc_submission_on_done(s[0], plus, &told);
    CHECK(acc_submission_cancel(s[2]) == 1);
    for (int i = 0; i < generations; i++)
        acc_loop_stop(l), acc_run_forever(l);
    CHECK(acc_submission_wait(s[0], -1, &v) == ACC_EDEADLOCK); /* this is the loop's thread */
    CHECK(acc_loop_hold(l) == 0 && acc_loop_close(l) == 0);
    s[3] = acc_submit(l, make_long, &code, dropped);
    CHECK(drops == 4 && told == 1);
    int want = generations > 0 ? ACC_EDESTROYED : ACC_ECLOSED;
    CHECK(acc_submission_wait(s[0], -1, &v) == want && acc_submission_wait(s[1], -1, &v) == want);
    want = generations > 0 ? ACC_ECANCELED : ACC_ECLOSED;
    CHECK(acc_submission_wait(s[2], -1, &v) == want);
    CHECK(acc_submission_wait(s[3], -1, &v) == ACC_ECLOSED && v == 9);
    CHECK(acc_submission_on_done(s[3], plus, &told) == 0 && told == 2);
    for (int i = 0; i < 4; i++)
        acc_submission_release(s[i]);
    acc_loop_release(l);
    acc_unref(plain);
}

int main(void)
{
    acc_submission(int) none = NULL;
    int v;
    trace_off = true;
    l = acc_loop_new();
    apart(values);
    // CHECK: acc: a submission failed and nobody looked at it (task 'fail'): UV_EPIPE: broken pipe
    // CHECK: acc: a submission failed and nobody looked at it: UV_EPIPE: broken pipe
    // CHECK-NOT: acc:
    apart(failures);
    CHECK(acc_loop_close(l) == 0);
    for (int i = 0; i < 4; i++)
        closed(i);
    CHECK(acc_submission_wait(none, -1, &v) == ACC_ENOMEM && acc_submission_done(none));
    CHECK(acc_submission_cancel(none) == 0 && acc_submission_on_done(none, plus, &v) == ACC_ENOMEM);
    acc_submission_release(none);
    none = acc_submit(NULL, make_long, &v);
    CHECK(acc_submission_wait(none, -1, &v) == UV_EINVAL);
    acc_submission_release(none);
    return 0;
}
