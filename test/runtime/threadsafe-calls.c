// RUN: %cc %cflags %s -o %t %libs && %timeout %t 2>&1 | FileCheck %s --allow-empty
// Callbacks from other threads run on the loop's thread, in each thread's order, and are dropped
// exactly once, whether they run or the loop is closed first.
// CHECK-NOT: acc:
#include "coro.h"
#include <pthread.h>
#include <uv.h>

enum { THREADS = 4, EACH = 500 };

static acc_loop *l;
static pthread_t home;
static int ran, dropped, refused, next_of[THREADS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct item {
    int thread, number;
};

static void item_run(void *arg)
{
    struct item *i = arg;
    CHECK(pthread_equal(home, pthread_self()) && acc_get_running_loop() == l);
    CHECK(next_of[i->thread] == i->number);
    next_of[i->thread]++;
    ran++;
    if (ran == THREADS * EACH) acc_loop_stop(l);
}
static void item_drop(void *arg)
{
    free(arg);
    pthread_mutex_lock(&lock);
    dropped++;
    pthread_mutex_unlock(&lock);
}
static acc_callback item(int thread, int number)
{
    struct item *i = malloc(sizeof *i);
    *i = (struct item){thread, number};
    return (acc_callback){item_run, item_drop, i};
}

static void *poster(void *arg)
{
    int me = (int)(size_t)arg;
    for (int i = 0; i < EACH; i++)
        CHECK(acc_call_soon_threadsafe(l, item(me, i)) == 0);
    acc_loop_release(l);
    return NULL;
}

/* Goes on until the loop is closed under it, and a little after. */
static void *stubborn(void *arg)
{
    int late = 0;
    for (int i = 0; late < 100; i++) {
        int rc = acc_call_soon_threadsafe(l, item((int)(size_t)arg, i));
        CHECK(rc == 0 || rc == ACC_ECLOSED);
        late += rc != 0;
    }
    CHECK(acc_loop_hold(l) == ACC_ECLOSED);
    pthread_mutex_lock(&lock);
    refused += late;
    pthread_mutex_unlock(&lock);
    acc_loop_release(l); /* the last one frees it */
    return NULL;
}

static void started(pthread_t *t, void *(*f)(void *))
{
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(acc_loop_hold(l) == 0);
        CHECK(pthread_create(&t[i], NULL, f, (void *)i) == 0);
    }
}
static void joined(pthread_t *t)
{
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
}

static void twice(void *arg)
{
    CHECK(acc_call_soon_threadsafe(l, item(0, (*(int *)arg)++)) == 0); /* from the loop itself */
}

static void stop(void *loop)
{
    acc_loop_stop(loop);
}

int main(void)
{
    pthread_t t[THREADS];
    home = pthread_self();
    l = acc_loop_new();
    started(t, poster);
    CHECK(acc_run_forever(l) == 0);
    CHECK(ran == THREADS * EACH && dropped == ran);
    joined(t);
    CHECK(acc_run_forever(l) == ACC_EDEADLOCK); /* no hold is left */

    int n = 0;
    ran = dropped = next_of[0] = 0;
    acc_call_soon(l, twice, &n);
    acc_call_soon(l, twice, &n);
    CHECK(acc_run_forever(l) == ACC_EDEADLOCK && ran == 2 && dropped == 2);

    CHECK(acc_call_soon_threadsafe(l, item(0, 2)) == 0); /* of a loop that does not run */
    CHECK(acc_run_forever(l) == ACC_EDEADLOCK && ran == 3);
    CHECK(acc_call_soon_threadsafe(l, item(0, 3)) == 0);
    CHECK(acc_loop_close(l) == 0 && ran == 3 && dropped == 4);

    l = acc_loop_new();
    memset(next_of, 0, sizeof next_of);
    ran = dropped = 0;
    started(t, stubborn);
    acc_call_later(l, 0.002, stop, l);
    acc_run_forever(l);
    CHECK(acc_loop_close(l) == 0);
    joined(t);
    CHECK(refused == THREADS * 100 && dropped >= ran + refused);

    l = NULL;
    dropped = 0;
    CHECK(acc_call_soon_threadsafe(l, item(0, 0)) == UV_EINVAL && dropped == 1);
    CHECK(acc_call_soon_threadsafe(l, free, NULL) == UV_EINVAL && acc_loop_hold(NULL) == UV_EINVAL);
    return 0;
}
