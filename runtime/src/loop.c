/* SPDX-License-Identifier: MIT */
/* loop.c: the loop: made, driven by libuv, run, closed.  Whole programs: life.c.
 *
 * Take the queue, then run it: what a job wakes runs in the next generation.  A generation is what
 * was queued when it began; before each one the timers that are due are appended, in order.  libuv
 * drives it: `check` (after the poll) runs generations, `prepare` (before it) arms one alarm for
 * the next deadline, and a no-op `idle` handle is active only while the queue is not empty, so that
 * the poll does not wait.
 *
 * A poll costs as much as some hundred resumptions, and the clock as much as ten.  So generations
 * run in bursts of up to BURST_MAX between two looks at the clock, fewer when they take long, and
 * for POLL_NS between two polls.  The order stays the same; only how often I/O and the clock are
 * looked at changes. */
#include "internal.h"
#include <signal.h>
#include <stdlib.h>

#if defined __TINYC__
#define ACC__NOINLINE
#else
#define ACC__NOINLINE __attribute__((noinline)) /* it needs all the registers */
#endif

enum {
    BURST_MAX = 64,                /* generations between two looks at the clock */
    BURST_NS = 20 * 1000,          /* fewer, if they take longer than that */
    POLL_NS = 50 * 1000,           /* between two looks at I/O, while there is something to run */
    SLOW_STEP = 100 * 1000 * 1000, /* ns, under ACC_DEBUG */
};

static ACC__THREAD acc_loop *default_loop, *open_loops;

/* ---- the ready queue ---- */

static bool queue_empty(const acc_loop *l)
{
    return (acc__tls.loop == l ? acc__tls.tail : l->tail) == &l->queue.next;
}

static void outer_leave(struct entered *e)
{
    struct acc__thread *th = &acc__tls;
    *e = (struct entered){.loop = th->loop, .tail = th->tail, .empty = th->empty, .done = th->done,
                          .stack_limit = th->stack_limit, .turns = th->turns};
    if (e->loop) e->loop->tail = th->tail;
    task_push(&e->beneath, NULL);
}

static void outer_return(struct entered *e)
{
    struct acc__thread *th = &acc__tls;
    task_pop(&e->beneath);
    th->loop = e->loop;
    th->tail = e->loop ? e->loop->tail : e->tail;
    th->empty = e->empty;
    th->done = e->done && local_used ? NULL : e->done;
    th->stack_limit = e->stack_limit;
    th->turns = e->loop && e->loop->attention ? 0 : e->turns;
}

/* From now on the queue of a loop lies in acc__tls. */
void loop_enter(acc_loop *l)
{
    struct acc__thread *th = &acc__tls;
    outer_leave(&l->outer);
    th->tail = l->tail;
    th->empty = &l->queue.next;
    th->turns = 0;
    th->loop = l;
    th->done = local_used ? NULL : &l->done;
    th->stack_limit = stack_limit_from(__builtin_frame_address(0));
    l->running = true;
    l->runs_on = th;
    l->beneath = task_beneath();
    l->thread = uv_thread_self();
}

void loop_leave(acc_loop *l)
{
    struct acc__thread *th = &acc__tls;
    l->tail = th->tail;
    l->running = false;
    outer_return(&l->outer);
}

acc_job *hook_job(void)
{
    acc_job *j = (acc_job *)acc__tls.task;
    acc__tls.task = NULL;
    return j;
}

void loop_each_job(acc_loop *l, void (*f)(acc_loop *, acc_job *, void *), void *arg)
{
    if (queue_empty(l)) return;
    *(acc__tls.loop == l ? acc__tls.tail : l->tail) = NULL;
    for (acc_job *j = l->queue.next; j; j = j->next)
        f(l, j, arg);
}

/* The first of the queue leaves it. */
static inline void queue_leave(acc_loop *l, acc_job ***tail, acc_job *first)
{
    if (*tail == &first->next)
        *tail = &l->queue.next;
    else
        l->queue.next = first->next;
}

/* Of a queue that is not empty. */
static acc_job *queue_shift(acc_loop *l, acc_job ***tail)
{
    acc_job *j = l->queue.next;
    queue_leave(l, tail, j);
    return j;
}

/* Of a loop that does not run: takes out a job whose memory goes away. */
static void queue_unlink(acc_loop *l, acc_job *gone)
{
    acc_job **p = &l->queue.next;
    *l->tail = NULL;
    while (*p && *p != gone)
        p = &(*p)->next;
    if (!*p) return;
    *p = gone->next;
    if (l->tail == &gone->next) l->tail = p;
}

/* ---- generations ---- */

/* The root has returned; nobody waits for it, and nobody will look at it: the usual end. */
static inline bool finish_fast(acc_loop *l, struct acc__thread *th, acc_task *t)
{
    acc_coro *c = task_root(t);
    if (acc__unlikely(c->refs != 1 || c->flags != 0 || l->done.err != 0)) return false;
#ifdef ACC__OWN_BLOCKS
    (void)th;
    acc__free(t, (size_t)c->cls * 16);
#else
    void **list = &th->free[c->cls]; /* not acc__f_big: it has a class */
    *(void **)(void *)t = *list;
    *list = t;
#endif
    return true;
}

static inline void run_job(acc_loop *l, struct acc__thread *th, acc_job *j)
{
    acc_coro *c = j->leaf;
    th->task = (acc_task *)j;
    for (c = c->resume(c); c != NULL; c = c->resume(c)) {
        if (c != &l->done) continue;
        if (acc__unlikely(!finish_fast(l, th, (acc_task *)j))) task_finish(l, (acc_task *)j);
        return;
    }
}

void loop_attend(acc_loop *l, enum attention why)
{
    l->attention |= why;
    if (acc__tls.loop == l) acc__tls.turns = 0;
}

uint64_t loop_clock(acc_loop *l)
{
    return l->now = acc__unlikely(l->test.clock) ? l->test.now : uv_hrtime();
}

int loop_timer_add(acc_loop *l, struct timer *t, uint64_t when)
{
    if (when <= l->now) loop_attend(l, ATTEND_TIMERS);
    if (acc__unlikely(acc__tls.loop != l) && l->attached) attached_poke(l);
    return timer_add(&l->timers, t, when);
}

struct timer_heap *task_timers(acc_task *t, const struct timer *timer)
{
    acc_loop *l = task_loop(t);
    if (l) return &l->timers;
    uint32_t i = timer->index;
    for (l = open_loops; l && i; l = l->next_open)
        if (i <= l->timers.count && l->timers.at[i - 1].timer == timer) return &l->timers;
    return NULL;
}

static void timers_expire(acc_loop *l)
{
    while (l->timers.count && l->timers.at[0].when <= l->now) {
        acc_job *j = timer_pop(&l->timers);
        if (job_is_task(j))
            task_wake((acc_task *)j, 0);
        else
            callback_wake(j, NULL);
    }
}

/* The last job of the queue, which is not empty. */
static inline acc_job *queue_last(const struct acc__thread *th)
{
    _Static_assert(offsetof(acc_job, next) == 0, "the last job's link is the job");
    return (acc_job *)(void *)th->tail;
}

/* Runs what the queue, which is not empty, holds now; what is put in meanwhile stands behind it.  Each
 * job leaves the queue when its turn comes.  Taking all of them at once would reset the tail in each
 * generation; with two tasks that take turns the same load would then see stores of two places by
 * turns, which processors predict badly (Zen 3: 13 ns a generation instead of 9). */
static inline void run_generation(acc_loop *l, struct acc__thread *th)
{
    acc_job *j = l->queue.next, *last = queue_last(th);
    while (j != last) {
        acc_job *next = l->queue.next = j->next;
        run_job(l, th, j);
        j = next;
    }
    queue_leave(l, &th->tail, last);
    run_job(l, th, last);
}

/* The same, and tells of what takes long. */
static void run_generation_debug(acc_loop *l, struct acc__thread *th)
{
    acc_job *j, *last = queue_last(th);
    do {
        j = queue_shift(l, &th->tail);
        uint64_t start = uv_hrtime();
        acc_task *t = job_is_task(j) ? (acc_task *)j : NULL;
        acc_coro *root = t ? task_root(t) : NULL;
        void (*function)(void *) = callback_function(j);
        if (root) acc__ref(root);
        debug_step_begin(j);
        run_job(l, th, j);
        uint64_t took = uv_hrtime() - start;
        if (took > l->slow && l->attention & ATTEND_DEBUG) report_slow(t, function, took);
        debug_step_end();
        debug_spare_blocks();
        if (root) acc__unref(root);
    } while (j != last);
}

/* The same for a loop under test or in debug mode. */
static ACC__COLD void run_generation_watched(acc_loop *l, struct acc__thread *th)
{
    if (l->attention & ATTEND_TEST && !test_generation(l)) return;
    if (l->attention & ATTEND_TEST) test_order(l);
    if (l->attention & (ATTEND_DEBUG | ATTEND_TRACK)) {
        run_generation_debug(l, th);
        return;
    }
    acc_job *j, *last = queue_last(th);
    do {
        j = queue_shift(l, &th->tail);
        run_job(l, th, j);
    } while (j != last);
}

/* After a burst: how long the next one may be; false: it is time for a poll. */
static bool burst_next(acc_loop *l)
{
    uint64_t took = loop_clock(l) - l->looked;
    l->looked = l->now;
    if (took > BURST_NS && l->burst > 1) l->burst /= 2;
    else if (took < BURST_NS / 4 && l->burst < BURST_MAX) l->burst *= 2;
    return l->now - l->polled <= POLL_NS;
}

/* No turn is left: whether more generations may run before a poll. */
static ACC__COLD bool attend(acc_loop *l, struct acc__thread *th)
{
    if (l->attention & (ATTEND_STOP | ATTEND_TEST) || !burst_next(l)) return false;
    l->attention &= ~(unsigned)ATTEND_TIMERS;
    timers_expire(l);
    th->turns = l->attention & ATTEND_DEBUG ? 0 : l->burst;
    return true;
}

static inline void run_one(acc_loop *l, struct acc__thread *th)
{
    if (acc__unlikely(l->attention & (ATTEND_DEBUG | ATTEND_TRACK | ATTEND_TEST)))
        run_generation_watched(l, th);
    else
        run_generation(l, th);
}

/* Generations until there is nothing to run, the loop shall stop, or it is time for a poll. Turns
 * are counted in th->turns: a generation is one, and so is each resumption of a task that finds itself
 * alone (acc__yield) and goes on without the queue. */
static ACC__NOINLINE void run_generations(acc_loop *l)
{
    struct acc__thread *th = &acc__tls;
    __asm__("" : "+r"(th)); /* keep the address, do not compute it again each time */
    l->looked = l->polled = loop_clock(l);
    timers_expire(l);
    l->attention &= ~(unsigned)ATTEND_TIMERS;
    if (l->attention == 0) th->turns = l->burst; /* asked to stop already: one generation still runs */
    bool more = true;
    while (more && th->tail != &l->queue.next) {
        run_one(l, th);
        more = --th->turns > 0 || attend(l, th);
    }
    th->turns = 0;
    th->task = NULL;
}

void on_idle(uv_idle_t *h)
{
    (void)h;
}

/* The poll must not wait while there is something to run. */
static void idle_set(acc_loop *l)
{
    if (!queue_empty(l) || (l->attention & ATTEND_STOP))
        uv_idle_start(&l->idle, on_idle);
    else
        uv_idle_stop(&l->idle);
}

static void on_check(uv_check_t *h)
{
    acc_loop *l = h->data;
    if (!l->running) return; /* its uv_loop_t is run by hand */
    run_generations(l);
    if (l->attention & ATTEND_STOP) uv_stop(l->uv);
    idle_set(l);
}

static void on_alarm(uv_timer_t *h)
{
    acc_loop *l = h->data;
    l->armed = 0; /* what is due is seen by on_check */
}

/* libuv's clock is the same one in whole milliseconds; rounding the deadline up never wakes too
 * early. */
static void on_prepare(uv_prepare_t *h)
{
    acc_loop *l = h->data;
    idle_set(l);
    if (l->test.clock) {
        test_prepare(l);
        return;
    }
    if (l->timers.count == 0) {
        if (l->armed) uv_timer_stop(&l->alarm);
        l->armed = 0;
        return;
    }
    uint64_t due = (l->timers.at[0].when + 999999) / 1000000, now = uv_now(l->uv);
    if (l->armed == due) return;
    l->armed = due;
    uv_timer_start(&l->alarm, on_alarm, due > now ? due - now : 0, 0);
}

/* A host's uv_run returns when it sees nothing active: the alarm must be seen before. */
static void on_attached_check(uv_check_t *h)
{
    acc_loop *l = h->data;
    attached_check(l, run_generations);
    if (l->attention & ATTEND_STOP) uv_stop(l->uv);
    l->attention &= ~(unsigned)ATTEND_STOP;
    on_prepare(&l->prepare);
}

/* Its callbacks lie in the table of the thread that made it. */
int loop_usable(acc_loop *l)
{
    if (!loop_is_mine(l)) {
        (void)debug_wrong_thread(l, "a loop was run or closed");
        return UV_EPERM;
    }
    return l->running || acc__tls.loop ? UV_EBUSY : 0;
}

int loop_run(acc_loop *l)
{
    int rc = l ? loop_usable(l) : UV_EINVAL;
    if (rc == 0 && l->attached) rc = UV_ENOTSUP;
    if (rc < 0) return rc;
    loop_enter(l);
    for (;;) {
        inbox_take(l);
        on_prepare(&l->prepare); /* uv_run does nothing without an active handle */
        uv_run(l->uv, UV_RUN_DEFAULT);
        if (l->attention & ATTEND_STOP) break;
        inbox_take(l);
        bool timed = l->test.clock ? test_can_jump(l) : l->timers.count > 0;
        if (!queue_empty(l) || timed || l->holds) continue; /* by a closing callback, a thread */
        rc = ACC_EDEADLOCK;
        break;
    }
    l->attention &= ~(unsigned)ATTEND_STOP;
    loop_leave(l);
    return rc;
}

int acc_run_forever(acc_loop *l)
{
    return loop_run(l);
}

void acc_loop_stop(acc_loop *l)
{
    if (debug_wrong_thread(l, "a loop was stopped")) return;
    loop_attend(l, ATTEND_STOP);
}

/* ---- until a future is done ---- */

acc_coro *joiner_resume(acc_coro *self)
{
    struct joiner *j = (struct joiner *)(void *)hook_job();
    (void)self;
    if (--*j->left == 0) loop_attend(j->loop, ATTEND_STOP);
    return NULL;
}

void joiner_put(struct joiner *j, acc_loop *l, size_t *left, acc_coro *f)
{
    j->job.leaf = &acc__hooks[HOOK_JOINER];
    j->loop = l;
    j->left = left;
    if (f->flags & acc__f_done)
        loop_enqueue(l, &j->job);
    else
        waitq_push(future_waiters(f), &j->job);
}

void joiner_remove(struct joiner *j, acc_loop *l, acc_coro *f)
{
    if (!(f->flags & acc__f_done) && waitq_remove(future_waiters(f), &j->job)) return;
    queue_unlink(l, &j->job);
}

/* 0, or why f may not be run on l. */
static int run_check(acc_loop *l, acc_coro *f)
{
    if (!f) return UV_EINVAL;
    int rc = loop_usable(l);
    if (rc < 0) return rc;
    if (l->attached) return UV_ENOTSUP;
    if (f->flags & acc__f_done || f->kind == acc__k_coro) return 0;
    if (f->kind == acc__k_running || (f->flags & acc__f_stepped)) return UV_EALREADY;
    acc_loop *its = future_loop(f);
    return its && its != l ? ACC_EOTHERLOOP : 0;
}

/* Takes a coroutine, borrows the rest, which this holds while it runs.  0 or why there is no value.
 */
static int run_until(acc_loop *l, acc_coro *f)
{
    struct joiner j;
    size_t left = 1;
    if (f->kind == acc__k_coro)
        acc__loop_spawn(l, f);
    else
        acc__ref(f);
    if (f->kind == acc__k_future && !(f->flags & acc__f_done)) pending_of(f)->loop = l;
    joiner_put(&j, l, &left, f);
    int rc = loop_run(l);
    if (left) joiner_remove(&j, l, f);
    if (!(f->flags & acc__f_done)) return rc == 0 ? ACC_ESTOPPED : rc;
    f->flags |= acc__f_seen;
    return f->err;
}

int loop_run_value(acc_loop *l, acc_coro *f, void *value, size_t room, size_t size)
{
    memset(value, 0, room);
    int rc = l ? run_check(l, f) : UV_EINVAL;
    if (rc < 0) {
        if (f && f->kind == acc__k_coro) acc__unref(f); /* it was ours to start, or to drop */
        return rc;
    }
    rc = run_until(l, f);
    if (rc == 0 && size) memcpy(value, acc__value(f), size);
    if (!(f->flags & acc__f_done) && rc == ACC_EDEADLOCK) report_deadlock(l);
    acc__unref(f);
    return rc;
}

void acc__run_until_complete(acc_loop *l, void *f, void *value, size_t room, size_t size)
{
    int rc = loop_run_value(l, f, value, room, size);
    if (!l)
        report_failure(NULL, "no loop to run", rc, NULL);
    else if (rc == UV_EPERM && !loop_is_mine(l)) /* its fields are not for this thread */
        report_failure(NULL, "a loop was run on another thread than its own", rc, NULL);
    else
        l->error = rc;
}

int acc_loop_error(acc_loop *l)
{
    return l ? l->error : UV_EINVAL;
}

/* ---- made and closed ---- */

static void sigpipe_ignore(void)
{
    struct sigaction old;
    if (sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

static void handles_start(acc_loop *l)
{
    uv_check_init(l->uv, &l->check);
    uv_prepare_init(l->uv, &l->prepare);
    uv_idle_init(l->uv, &l->idle);
    uv_timer_init(l->uv, &l->alarm);
    uv_timer_init(l->uv, &l->grace);
    l->check.data = l->prepare.data = l->idle.data = l->alarm.data = l->grace.data = l;
    uv_check_start(&l->check, l->attached ? on_attached_check : on_check);
    uv_prepare_start(&l->prepare, on_prepare);
    uv_unref((uv_handle_t *)&l->check);
    uv_unref((uv_handle_t *)&l->prepare);
    uv_unref((uv_handle_t *)&l->grace);
}

acc_loop *loop_make(uv_loop_t *host)
{
    acc_loop *l = mem_alloc(sizeof *l);
    if (!l) return NULL;
    memset(l, 0, sizeof *l);
    l->uv = host ? host : &l->own;
    l->attached = host != NULL;
    if (!host && uv_loop_init(l->uv) < 0) {
        mem_free(l);
        return NULL;
    }
    if (inbox_listen(l) < 0) {
        if (!host) uv_loop_close(l->uv);
        mem_free(l);
        return NULL;
    }
    inbox_open(l);
    l->done.kind = KIND_LOOP;
    l->tail = &l->queue.next;
    l->burst = BURST_MAX;
    l->grace_ms = GRACE_MS;
    if (debug_enabled()) {
        debug_used = true;
        l->attention |= ATTEND_DEBUG | ATTEND_TRACK;
    }
    debug_begin();
    l->slow = SLOW_STEP;
    l->made = debug_place();
    l->thread = uv_thread_self();
    handles_start(l);
    sigpipe_ignore();
    l->now = uv_hrtime();
    l->next_open = open_loops;
    open_loops = l;
    debugger_loop_made(l);
    l->before = default_loop;
    if (host) default_loop = l;
    return l;
}

acc_loop *acc_loop_new(void)
{
    acc_loop *l = loop_make(NULL);
    if (l) test_from_environment(l);
    return l;
}

acc_loop *acc_get_event_loop(void)
{
    if (!default_loop) default_loop = acc_loop_new();
    return default_loop;
}

acc_loop *loop_default(void)
{
    return default_loop;
}

acc_loop *acc_get_running_loop(void)
{
    return acc__tls.loop;
}

acc_loop *loop_current(void)
{
    return acc__tls.loop ? acc__tls.loop : acc_get_event_loop();
}

bool loop_is_open(const acc_loop *l)
{
    const acc_loop *o = open_loops;
    while (o && o != l)
        o = o->next_open;
    return o != NULL;
}

void loops_report_open(void)
{
    for (const acc_loop *l = open_loops; l; l = l->next_open)
        if (l->attention & ATTEND_DEBUG) report_unclosed("loop", l->made);
}

double acc_time(acc_loop *l)
{
    return (double)(l->test.clock ? l->test.now : uv_hrtime()) / 1e9;
}

uv_loop_t *acc_uv_loop(acc_loop *l)
{
    return l->uv;
}

static void destroy_one(acc_loop *l, acc_task *t)
{
    acc_coro *root = task_root(t);
    acc__ref(root);
    report_failure(l,
                   l->overdue ? "task did not end within the grace period and was destroyed"
                              : "task was destroyed while it was pending",
                   0, root);
    root->flags |= acc__f_seen;
    task_destroy(t);
    acc__unref(root);
}

/* Callbacks are dropped behind all tasks: they are found by their table. */
static void drop_job(acc_job *j)
{
    if (j->leaf == &acc__hooks[HOOK_CALLBACK])
        callback_left(j);
    else if (j->leaf == &acc__hooks[HOOK_REAP])
        acc__unref(task_root((acc_task *)j));
    else if (j->leaf == &acc__hooks[HOOK_FREE])
        resource_free((struct resource *)(void *)j);
    else if (j->leaf == &acc__hooks[HOOK_CALL])
        ((struct call_job *)(void *)j)->drop((void *)j);
}

/* The task that first waited last goes first, for it may use the memory of who made it; then those
 * that never did; again if cleanups made new ones. */
static void destroy_tasks(acc_loop *l)
{
    struct acc__thread *th = &acc__tls;
    l->keeps = true;
    for (;;) {
        if (l->tasks) {
            destroy_one(l, l->tasks);
            continue;
        }
        if (queue_empty(l)) break;
        acc_job *j = queue_shift(l, &th->tail);
        if (job_is_task(j)) {
            acc__ref(task_root((acc_task *)j));
            destroy_one(l, (acc_task *)j);
            acc_coro *root = task_root((acc_task *)j);
            if (j->leaf == &acc__hooks[HOOK_REAP]) acc__unref(root);
            acc__unref(root);
        } else {
            drop_job(j);
        }
    }
    l->keeps = false;
    for (acc_task *t = l->kept; t; t = l->kept) {
        l->kept = t->all;
        acc__unref(task_root(t));
    }
}

static void close_handle(uv_handle_t *h, void *unused)
{
    (void)unused;
    if (!uv_is_closing(h)) uv_close(h, NULL);
}

static void open_remove(acc_loop *l)
{
    acc_loop **p = &open_loops;
    while (*p && *p != l)
        p = &(*p)->next_open;
    if (*p) *p = l->next_open;
    debugger_loop_closed(l);
    if (default_loop == l) default_loop = l->attached && loop_is_open(l->before) ? l->before : NULL;
}

/* Nothing is left that was put in. */
static bool loop_is_empty(const acc_loop *l)
{
    if (l->tasks || l->submissions || l->watches || l->resources) return false;
    return queue_empty(l) && !callback_has_loop(l);
}

void loop_empty(acc_loop *l)
{
    inbox_close(l);
    loop_enter(l); /* cleanups see this loop as the running one */
    do { /* what is told of the end may put something in */
        destroy_tasks(l);
        submissions_close(l);
        watches_close(l);
        callback_close_loop(l);
        resources_abort(l);
    } while (!loop_is_empty(l));
    loop_leave(l);
}

void loop_end(acc_loop *l)
{
    open_remove(l);
    debug_loop_closed(l);
    mem_free(l->timers.at);
}

int acc_loop_close(acc_loop *l)
{
    if (!l) return 0;
    if (l->attached) return acc_loop_detach(l, NULL, NULL);
    int rc = loop_usable(l);
    if (rc < 0) return rc;
    do { /* callbacks of the program's own requests come meanwhile, and may put something in */
        loop_empty(l);
        uv_walk(l->uv, close_handle, NULL);
        l->running = true; /* nor may those callbacks run or close it */
        uv_run(l->uv, UV_RUN_ONCE);
        l->running = false;
    } while (!loop_is_empty(l) || uv_loop_close(l->uv) == UV_EBUSY);
    loop_end(l);
    loop_leave_to_others(l);
    return 0;
}
