// RUN: %cc %cflags %s -o %t %libs && %t
// RUN: not %cc %cflags -DWRONG_GET -fsyntax-only %s
// RUN: not %cc %cflags -DWRONG_PUT -fsyntax-only %s
// RUN: not %cc %cflags -DWRONG_QUEUE -fsyntax-only %s
// Plain C makes coroutines of what waits, an item of a queue is copied when the coroutine is made, a wrong type is an
// error of the compiler, and a task of another loop is refused.
#include "coro.h"
#include "acc/uv.h"

struct pair {
    int a;
    double b;
};

static int failures;
static void quiet(acc_loop *l, const acc_failure *f, void *arg)
{
    (void)l, (void)f, (void)arg;
    failures++;
}

static void turn(acc_loop *l)
{
    acc_loop_stop(l);
    CHECK(acc_run_forever(l) == 0);
}

static future(int) put_local(acc_queue(struct pair) q, int a)
{
    struct pair p = {a, a / 2.0};
    future(int) f = acc_queue_put(q, p);
    memset(&p, 0, sizeof p);
    return f;
}

static void queues(acc_loop *l)
{
    acc_queue(struct pair) q = acc_queue_new(struct pair, 1);
    struct pair p;
    CHECK(acc_run_until_complete(l, put_local(q, 1)) == 0);
    future(int) put = acc_loop_spawn(l, put_local(q, 2));
    turn(l);
    CHECK(!acc_future_done(put) && acc_queue_full(q));
    CHECK(acc_run_until_complete(l, acc_queue_get(q, &p)) == 0 && p.a == 1 && p.b == 0.5);
    CHECK(acc_run_until_complete(l, acc_queue_get(q, &p)) == 0 && p.a == 2 && p.b == 1.0);
    CHECK(acc_queue_unfinished(q) == 2 && acc_queue_task_done(q) == 0 && acc_queue_task_done(q) == 0);
    acc_run_until_complete(l, acc_queue_join(q));
    CHECK(acc_loop_error(l) == 0);
    acc_close(acc_queue_put(q, ((struct pair){3, 0}))); /* never started */
    CHECK(acc_queue_empty(q));
    acc_unref(put);
    acc_queue_free(q);
    q = NULL;
#ifdef WRONG_GET
    long x;
    acc_queue_get_nowait(q, &x);
#endif
#ifdef WRONG_PUT
    acc_queue_put_nowait(q, "text");
#endif
#ifdef WRONG_QUEUE
    acc_queue(int) other = q;
    (void)other;
#endif
}

static void objects(acc_loop *l)
{
    acc_mutex m = ACC_MUTEX_INIT;
    acc_condition c = ACC_CONDITION_INIT(&m);
    acc_semaphore s = ACC_SEMAPHORE_INIT(1);
    acc_event e = ACC_EVENT_INIT;
    acc_barrier b = ACC_BARRIER_INIT(2);
    acc_run_until_complete(l, acc_mutex_lock(&m));
    future(void) w = acc_loop_spawn(l, acc_condition_wait(&c)), v = acc_loop_spawn(l, acc_event_wait(&e));
    future(int) x = acc_loop_spawn(l, acc_barrier_wait(&b));
    turn(l);
    CHECK(!acc_mutex_locked(&m) && acc_barrier_waiting(&b) == 1);
    CHECK(acc_mutex_try_lock(&m) == 0 && acc_condition_notify_all(&c) == 1 && acc_mutex_unlock(&m) == 0);
    CHECK(acc_event_set(&e) == 0);
    CHECK(acc_run_until_complete(l, acc_barrier_wait(&b)) == 1);
    acc_run_until_complete(l, w);
    CHECK(acc_future_done(v) && acc_future_result(x) == 0 && acc_mutex_unlock(&m) == 0);
    acc_run_until_complete(l, acc_semaphore_acquire(&s));
    CHECK(acc_semaphore_locked(&s));
    acc_unref(w), acc_unref(v), acc_unref(x);

    acc_loop *other = acc_loop_new();
    future(void) mine = acc_loop_spawn(l, acc_semaphore_acquire(&s));
    turn(l);
    acc_run_until_complete(other, acc_semaphore_acquire(&s));
    CHECK(acc_loop_error(other) == ACC_EOTHERLOOP);
    CHECK(acc_semaphore_release(&s) == 0); /* wakes one of a loop that does not run */
    acc_run_until_complete(l, mine);
    CHECK(acc_loop_error(l) == 0);
    acc_unref(mine);
    acc_run_until_complete(other, acc_semaphore_acquire(&s)); /* free for any loop, when nobody waits */
    CHECK(acc_loop_error(other) == ACC_EDEADLOCK);
    acc_semaphore_destroy(&s);
    CHECK(acc_loop_close(other) == 0);
}

/* Driven by hand: closed while it waits, and after it was given something. */
static void stepped(void)
{
    acc_semaphore s = ACC_SEMAPHORE_INIT(0);
    for (int given = 0; given < 3; given++) {
        future(void) c = acc_semaphore_acquire(&s);
        CHECK(!acc_step(c, NULL));
        CHECK(!acc_step(c, NULL));
        if (given) CHECK(acc_semaphore_release(&s) == 0);
        CHECK(acc_semaphore_value(&s) == 0);
        if (given == 2) CHECK(acc_step(c, NULL));
        acc_close(c);
        CHECK(acc_semaphore_value(&s) == (given == 1));
        if (given == 1) CHECK(acc_semaphore_try_acquire(&s) == 0);
    }
}

int main(void)
{
    acc_loop *l = acc_get_event_loop();
    acc_loop_set_exception_handler(l, quiet, NULL);
    queues(l);
    objects(l);
    stepped();
    CHECK(acc_loop_close(l) == 0);
    return 0;
}
