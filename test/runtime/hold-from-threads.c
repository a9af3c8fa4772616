// RUN: %cc %cflags %s -o %t %libs && %timeout %t 2>&1 | FileCheck %s
// A hold that another thread takes or gives back counts: no deadlock is reported before the last one
// is given back, and it is then.
#include "coro.h"
#include <pthread.h>
#include <time.h>

static acc_loop *l;
static future(int) f;

static void rest(void)
{
    nanosleep(&(struct timespec){0, 20 * 1000 * 1000}, NULL);
}
static void set(void *arg)
{
    (void)arg;
    acc_future_set_result(f, 3);
}
static void *second(void *arg)
{
    rest();
    if (arg) CHECK(acc_call_soon_threadsafe(l, set, NULL) == 0);
    acc_loop_release(l);
    return NULL;
}
/* Hands its own hold on to another. */
static void *first(void *arg)
{
    pthread_t t;
    CHECK(acc_loop_hold(l) == 0);
    CHECK(pthread_create(&t, NULL, second, arg) == 0);
    acc_loop_release(l);
    pthread_join(t, NULL);
    return NULL;
}

static void once(void *arg)
{
    pthread_t t;
    f = acc_future_new(int);
    CHECK(acc_loop_hold(l) == 0);
    CHECK(pthread_create(&t, NULL, first, arg) == 0);
    int v = acc_run_until_complete(l, f);
    printf("%d %s\n", v, acc_err_name(acc_loop_error(l)));
    fflush(stdout);
    pthread_join(t, NULL);
    acc_unref(f);
}

int main(void)
{
    l = acc_loop_new();
    // CHECK: 3 0
    once(l);
    // CHECK: acc: deadlock
    // CHECK: 0 ACC_EDEADLOCK
    once(NULL);
    acc_loop_release(l); /* one too many */
    // CHECK: 3 0
    once(l);
    return acc_loop_close(l);
}
