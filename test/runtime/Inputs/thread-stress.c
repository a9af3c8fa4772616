/* Threads at random, for a second or so: they post, submit, wait, cancel, hold, send wakeups, while
 * loops run and are closed under them.  Every callback is dropped once, every submission ends. */
#include "../coro.h"
#include "acc/uv.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { THREADS = 4, ROUNDS = 40, STEPS = 150 };

static acc_loop *l;
static acc_wakeup *wakeup;
static atomic_int made, dropped, woken;

static unsigned next(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static void nothing(void *arg)
{
    (void)arg;
}
static void item_drop(void *arg)
{
    free(arg);
    atomic_fetch_add(&dropped, 1);
}
static acc_callback item(void)
{
    atomic_fetch_add(&made, 1);
    return (acc_callback){nothing, item_drop, malloc(1)};
}

struct job {
    unsigned ms;
    int code;
};
static future(int) make(struct job *j)
{
    return fail(j->code, j->ms * 1e-3);
}
static future(int) make_freed(struct job *j)
{
    return fail(j->code, 0);
}
static void freed(void *j)
{
    free(j);
}

static void submitted(unsigned *state)
{
    struct job j = {next(state) % 3, next(state) % 4 ? 0 : UV_EPIPE};
    acc_submission(int) s = acc_submit(l, make, &j);
    int v = 0, rc = 0;
    if (next(state) % 3 == 0) acc_submission_cancel(s);
    if (next(state) % 4 == 0) acc_submission_on_done(s, item());
    if (next(state) % 2) rc = acc_submission_wait(s, 0.0005, &v);
    if (next(state) % 3 == 0) acc_submission_cancel(s);
    rc = acc_submission_wait(s, -1, &v);
    CHECK(rc == 0 ? v == 7 : rc == j.code || rc == ACC_ECANCELED || rc == ACC_ECLOSED || rc == ACC_EDESTROYED);
    acc_submission_release(s);
}

static void forgotten(void)
{
    struct job *j = malloc(sizeof *j);
    *j = (struct job){0, 0};
    acc_submission_release(acc_submit(l, make_freed, j, freed));
}

static void *thread(void *arg)
{
    unsigned state = (unsigned)(size_t)arg;
    for (int i = 0; i < STEPS; i++) {
        unsigned what = next(&state) % 8;
        if (what < 4)
            (void)acc_call_soon_threadsafe(l, item());
        else if (what == 4)
            submitted(&state);
        else if (what == 5)
            forgotten();
        else if (what == 6 && acc_loop_hold(l) == 0)
            acc_loop_release(l);
        else if (what == 7)
            (void)acc_wakeup_send(wakeup);
    }
    acc_loop_release(l);
    return NULL;
}

static void on_wakeup(void *arg)
{
    (void)arg;
    atomic_fetch_add(&woken, 1);
}
static void quiet(acc_loop *loop_, const acc_failure *f, void *arg)
{
    (void)loop_, (void)f, (void)arg;
}

/* Every third loop lives on a host's. */
static uv_loop_t host;
static int detached;

static void on_detached(void *arg)
{
    ++*(int *)arg;
}
static void on_end(uv_timer_t *t)
{
    uv_close((uv_handle_t *)t, NULL);
    CHECK(acc_loop_detach(l, on_detached, &detached) == 0);
}
static void run_attached(int round)
{
    uv_timer_t end;
    detached = 0;
    uv_timer_init(&host, &end);
    uv_timer_start(&end, on_end, (uint64_t)round % 30, 0);
    while (uv_run(&host, UV_RUN_DEFAULT) != 0)
        continue;
    CHECK(detached == 1 && uv_loop_close(&host) == 0);
}
static void run_own(int round)
{
    future(int) work = acc_loop_spawn(l, fail(0, 0.001 * (round % 30)));
    acc_run_until_complete(l, work);
    acc_unref(work);
    CHECK(acc_loop_close(l) == 0);
}

int main(void)
{
    trace_off = true;
    pthread_t t[THREADS];
    for (int round = 0; round < ROUNDS; round++) {
        bool attach = round % 3 == 2;
        if (attach) CHECK(uv_loop_init(&host) == 0);
        l = attach ? acc_loop_attach(&host) : acc_loop_new();
        acc_loop_set_exception_handler(l, quiet, NULL);
        CHECK(acc_wakeup_new(l, on_wakeup, NULL, &wakeup) == 0);
        for (size_t i = 0; i < THREADS; i++) {
            CHECK(acc_loop_hold(l) == 0);
            CHECK(pthread_create(&t[i], NULL, thread, (void *)(i + 1 + (size_t)round * THREADS)) == 0);
        }
        if (attach)
            run_attached(round);
        else
            run_own(round);
        for (int i = 0; i < THREADS; i++)
            CHECK(pthread_join(t[i], NULL) == 0);
        acc_wakeup_close(wakeup);
    }
    CHECK(atomic_load(&made) == atomic_load(&dropped));
    printf("%s\n", atomic_load(&woken) > 0 ? "done" : "no wakeup");
    return 0;
}
