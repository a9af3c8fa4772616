// RUN: %cc %cflags %s -o %t %libs && %timeout %t
// A wakeup is sent from signal handlers and threads; its callback runs on the loop after each send,
// many sends may be one run; nothing runs after it was closed.
#include "coro.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include "acc/uv.h"

static acc_loop *l;
static acc_wakeup *w;
static int ran;
static volatile sig_atomic_t handled;

static void woken(void *arg)
{
    CHECK(arg == &ran && acc_get_running_loop() == l);
    ran++;
    acc_loop_stop(l);
}
static void on_signal(int n)
{
    int before = errno;
    (void)n;
    errno = 77;
    handled = acc_wakeup_send(w) == 0 && errno == 77;
    errno = before;
}
static void *killer(void *unused)
{
    (void)unused;
    kill(getpid(), SIGUSR1);
    return NULL;
}
static void close_it(void *arg)
{
    (void)arg;
    ran++;
    acc_wakeup_close(w);
}

int main(void)
{
    pthread_t t;
    l = acc_loop_new();
    w = NULL;
    CHECK(acc_wakeup_new(NULL, woken, NULL, &w) == UV_EINVAL && acc_wakeup_new(l, NULL, NULL, &w) == UV_EINVAL);
    CHECK(!w && acc_wakeup_new(l, woken, &ran, &w) == 0);
    signal(SIGUSR1, on_signal);
    CHECK(raise(SIGUSR1) == 0 && handled && ran == 0);
    CHECK(acc_wakeup_send(w) == 0);
    CHECK(acc_run_forever(l) == 0 && ran == 1); /* two sends were one */
    CHECK(pthread_create(&t, NULL, killer, NULL) == 0);
    CHECK(acc_run_forever(l) == 0 && ran == 2); /* it keeps the loop waiting */
    pthread_join(t, NULL);

    acc_wakeup_send(w);
    acc_wakeup_close(w); /* sent, and does not run */
    CHECK(acc_run_forever(l) == ACC_EDEADLOCK && ran == 2);
    CHECK(acc_wakeup_new(l, close_it, &ran, &w) == 0 && acc_wakeup_send(w) == 0);
    CHECK(acc_run_forever(l) == ACC_EDEADLOCK && ran == 3);

    /* its callback is queued when it is closed */
    CHECK(acc_wakeup_new(l, woken, &ran, &w) == 0 && acc_wakeup_send(w) == 0);
    uv_run(acc_uv_loop(l), UV_RUN_NOWAIT);
    ran = 0;
    acc_loop_close(l);

    /* the loop is closed first */
    CHECK(acc_wakeup_send(w) == ACC_ECLOSED && ran == 0);
    raise(SIGUSR1);
    CHECK(!handled);
    acc_wakeup_close(w);
    acc_wakeup_close(NULL);
    return 0;
}
