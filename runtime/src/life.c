/* SPDX-License-Identifier: MIT */
/* life.c: whole programs: acc_run, its interruption by SIGINT, its ending.
 *
 * The ending goes in rounds: who is there is cancelled and joined, and what cleanups spawned
 * meanwhile makes up the next round.  A libuv timer that does not keep the loop alive bounds them
 * all, so that a deadlock among them is still seen at once.
 *
 * The handler of SIGINT resets itself to the default action before it runs, which is all that the
 * second SIGINT needs.  The first one wakes the loop by an async handle, on whatever thread the
 * signal came. */
#include "internal.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#if defined __linux__
#include <sys/syscall.h>
#endif

/* ---- SIGINT ---- */

/* What the handler uses; it may run on any thread. */
static struct {
    uv_async_t *async; /* NULL: no acc_run listens */
    int inside;        /* how many handlers run */
    int came;          /* it was sent, while acc_run listened */
    pid_t process;     /* a child that was forked is none of ours */
} interrupt;

static void on_sigint(int number)
{
    int saved = errno;
    __atomic_fetch_add(&interrupt.inside, 1, __ATOMIC_SEQ_CST);
    uv_async_t *async = __atomic_load_n(&interrupt.async, __ATOMIC_SEQ_CST);
    if (async && interrupt.process == getpid()) {
        __atomic_store_n(&interrupt.came, 1, __ATOMIC_SEQ_CST);
        (void)uv_async_send(async);
    } else {
        (void)raise(number); /* the action is the default one already */
    }
    __atomic_fetch_sub(&interrupt.inside, 1, __ATOMIC_SEQ_CST);
    errno = saved;
}

static void on_interrupt(uv_async_t *h)
{
    acc_loop *l = h->data;
    acc_coro *f = l->program;
    if (!f || f->flags & acc__f_done) return;
    l->interrupted = true;
    (void)acc__cancel(f);
}

static bool is_main_thread(void)
{
#if defined __linux__
    return syscall(SYS_gettid) == getpid();
#elif defined __APPLE__ || defined __FreeBSD__ || defined __NetBSD__ || defined __OpenBSD__
    return pthread_main_np() != 0;
#else
    return false;
#endif
}

/* Whether SIGINT is listened to from now on. */
static bool interrupt_watch(acc_loop *l)
{
    struct sigaction old, mine = {.sa_handler = on_sigint, .sa_flags = SA_RESTART};
    mine.sa_flags |= (int)SA_RESETHAND;
    if (!is_main_thread() || sigaction(SIGINT, NULL, &old) < 0) return false;
    if (old.sa_flags & SA_SIGINFO || old.sa_handler != SIG_DFL) return false;
    if (!l->interrupt_made) {
        if (uv_async_init(l->uv, &l->interrupt, on_interrupt) < 0) return false;
        uv_unref((uv_handle_t *)&l->interrupt);
        l->interrupt.data = l;
        l->interrupt_made = true;
    }
    interrupt.process = getpid();
    interrupt.came = 0;
    __atomic_store_n(&interrupt.async, &l->interrupt, __ATOMIC_SEQ_CST);
    sigemptyset(&mine.sa_mask);
    return sigaction(SIGINT, &mine, NULL) == 0;
}

/* A handler that runs on another thread is waited for: it uses the loop.  Whether one came. */
static bool interrupt_unwatch(void)
{
    struct sigaction now;
    if (sigaction(SIGINT, NULL, &now) == 0 && !(now.sa_flags & SA_SIGINFO) && now.sa_handler == on_sigint)
        (void)signal(SIGINT, SIG_DFL);
    __atomic_store_n(&interrupt.async, NULL, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&interrupt.inside, __ATOMIC_SEQ_CST) > 0)
        continue;
    return interrupt.came;
}

/* ---- the ending ---- */

struct ending {
    future(void) task;
    struct joiner joiner;
};

void acc_loop_set_grace(acc_loop *l, double seconds)
{
    bool for_ever = seconds < 0 || seconds >= 1e15;
    l->grace_ms = for_ever ? UINT64_MAX : seconds > 0 ? (uint64_t)(seconds * 1e3 + 0.999) : 0;
}

static void on_grace(uv_timer_t *h)
{
    acc_loop *l = h->data;
    l->overdue = true;
    acc_loop_stop(l);
}

static void grace_begin(acc_loop *l)
{
    if (l->grace_ms == UINT64_MAX) return;
    uv_update_time(l->uv);
    uv_timer_start(&l->grace, on_grace, l->grace_ms, 0);
}

static void ending_report(acc_loop *l, acc_coro *f)
{
    if (!(f->flags & acc__f_done) || f->err == 0) return;
    if (f->err == ACC_ECANCELED || f->err == ACC_EDESTROYED) return;
    report_failure(l, "task failed while the program ended", f->err, f);
}

/* Cancels the n tasks that are there and waits for them.  False: what is left is destroyed. */
static bool ending_round(acc_loop *l, size_t n, struct ending *e, future(void) * tasks)
{
    size_t left = n;
    int rc = 0;
    acc_all_tasks(l, tasks, n);
    for (size_t i = 0; i < n; i++) {
        e[i].task = acc_ref(tasks[i]);
        joiner_put(&e[i].joiner, l, &left, (acc_coro *)(void *)e[i].task);
    }
    for (size_t i = 0; i < n; i++)
        acc_task_cancel(e[i].task);
    while (left && rc == 0 && !l->overdue)
        rc = loop_run(l);
    if (left && rc == ACC_EDEADLOCK) report_deadlock(l);
    for (size_t i = 0; i < n; i++) {
        acc_coro *f = (acc_coro *)(void *)e[i].task;
        if (left) joiner_remove(&e[i].joiner, l, f);
        ending_report(l, f);
        acc__unref(f);
    }
    return left == 0;
}

/* Closing the loop destroys what is left behind it. */
static void run_ending(acc_loop *l)
{
    bool again = true;
    size_t n = acc_all_tasks(l, NULL, 0);
    if (n > 0) grace_begin(l);
    while (n > 0 && again && !l->overdue) {
        struct ending *e = mem_alloc(n * sizeof *e);
        future(void) *tasks = mem_alloc(n * sizeof *tasks);
        again = e && tasks && ending_round(l, n, e, tasks);
        mem_free(tasks);
        mem_free(e);
        n = acc_all_tasks(l, NULL, 0);
    }
    uv_timer_stop(&l->grace);
}

/* ---- the program ---- */

static ACC__THREAD int run_error;

int acc_run_error(void)
{
    return run_error;
}

/* As asyncio's runner: interrupted if it was cancelled by SIGINT alone, or ended before the loop saw
 * that one came: what runs is cancelled at its end if it does not wait any more. */
static int run_interruptible(acc_loop *l, acc_coro *f, void *value, size_t room, size_t size)
{
    bool watched = interrupt_watch(l);
    l->interrupted = false;
    l->program = f;
    int rc = loop_run_value(l, f, value, room, size);
    bool late = watched && interrupt_unwatch() && !l->interrupted;
    l->program = NULL;
    if (rc == 0 && late) {
        memset(value, 0, room);
        return ACC_EINTERRUPTED;
    }
    if (rc == ACC_ECANCELED && l->interrupted && acc__uncancel(f) == 0) return ACC_EINTERRUPTED;
    return rc;
}

static int run_program(void *f, void *value, size_t room, size_t size)
{
    memset(value, 0, room);
    acc_loop *l = acc__tls.loop ? NULL : acc_get_event_loop();
    if (!l || l->attached) {
        int rc = acc__tls.loop ? UV_EBUSY : l ? (int)UV_ENOTSUP : ACC_ENOMEM;
        if (f && ((acc_coro *)f)->kind == acc__k_coro) acc__unref(f);
        report_failure(NULL, "acc_run could not run", rc, NULL);
        return run_error = rc;
    }
    acc__ref(f);
    int rc = run_interruptible(l, f, value, room, size);
    if (rc && rc != ACC_EINTERRUPTED) report_failure(l, "acc_run: the program failed", rc, f);
    acc__unref(f);
    run_ending(l);
    acc_loop_close(l);
    return run_error = rc;
}

void acc__run(void *f, void *value, size_t room, size_t size)
{
    (void)run_program(f, value, room, size);
}

enum { EXIT_INTERRUPTED = 128 + SIGINT }; /* what a shell says of who died by it */

int acc__main(void *coroutine, int returns_int)
{
    int status = 0;
    int rc = run_program(coroutine, &status, sizeof status, returns_int ? sizeof status : 0);
    if (rc == ACC_EINTERRUPTED) return EXIT_INTERRUPTED;
    return rc ? 1 : status;
}
