/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of the runtime share; in the order of the files.
 *
 * The rule over everything: waking only enqueues.  Whoever sets a future, cancels a task or handles
 * an event of libuv appends jobs to a ready queue; only the loop resumes a coroutine.  And nothing
 * is ever unlinked from a ready queue: a job that shall not run any more stays as a tombstone until
 * its turn, so that the part of the queue that makes up the present generation never changes under
 * the loop. */
#ifndef ACC_INTERNAL_H
#define ACC_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* before any system header; pthread_getattr_np */
#endif
#include "acc/uv.h"
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

/* A place in the program. */
struct place {
    const acc_info *info; /* the function; NULL: not known */
    unsigned line;        /* in its file; 0: not known */
};

/* ---- memory.c ---- */

void *mem_alloc(size_t size);
void *mem_realloc(void *p, size_t size);
void mem_free(void *p);
void mem_thread_used(void);

/* ---- timer.c: a 4-ary heap of deadlines ---- */

struct timer {
    acc_job *job;   /* what is due then: a task (found by job_is_task) or a callback */
    uint32_t index; /* place in the heap + 1; 0: in none */
    uint32_t spare;
};
struct timer_entry {
    uint64_t when; /* ns */
    uint64_t seq;  /* order of making, decides between equal deadlines */
    struct timer *timer;
};
struct timer_heap {
    struct timer_entry *at;
    uint32_t count, room;
    uint64_t seq;
};

#define TIME_NEVER (UINT64_MAX / 4) /* ns; later than any clock */

int timer_add(struct timer_heap *h, struct timer *t, uint64_t when);
/* The same on a loop, which sees it in the next generation if it is due already. */
int loop_timer_add(acc_loop *l, struct timer *t, uint64_t when);
/* The heap that the sleep of t stands in: that of the loop on which it began to, if t is driven by
 * hand; NULL: none, for that loop was closed. */
struct timer_heap *task_timers(acc_task *t, const struct timer *timer);
void timer_remove(struct timer_heap *h, struct timer *t);
acc_job *timer_pop(struct timer_heap *h);
uint64_t time_after(uint64_t now, double seconds);
uint64_t time_at(double when);

/* ---- jobs ---- */

/* The leaves of jobs that are no tasks: the loop resumes them like a coroutine, and they find their
 * job in acc__tls.task. */
enum hook { HOOK_CALLBACK, HOOK_JOINER, HOOK_TOMB, HOOK_REAP, HOOK_FREE, HOOK_JOIN, HOOK_CALL, HOOK_WATCH, HOOKS };
extern acc_coro acc__hooks[HOOKS];

/* The job that runs, for a hook: takes it from where the loop put it. */
acc_job *hook_job(void);

static inline bool job_is_task(const acc_job *j)
{
    return (uintptr_t)j->leaf - (uintptr_t)acc__hooks >= sizeof acc__hooks;
}

/* A job in its owner's memory that calls a function: in a ready queue, in an inbox or among the
 * waiters of a future, which then puts it into its loop's queue. */
struct call_job {
    acc_job job; /* its leaf is HOOK_CALL */
    acc_loop *loop;
    void (*run)(struct call_job *c);  /* its turn */
    void (*drop)(struct call_job *c); /* instead: the loop is closed while it is queued */
};

/* Waiting jobs in order: circular, `*q` is the last one, NULL: nobody. */
static inline void waitq_push(acc_job **q, acc_job *j)
{
    if (*q) {
        j->next = (*q)->next;
        (*q)->next = j;
    } else {
        j->next = j;
    }
    *q = j;
}
static inline acc_job *waitq_pop(acc_job **q)
{
    acc_job *last = *q, *first = last->next;
    if (first == last)
        *q = NULL;
    else
        last->next = first->next;
    return first;
}
bool waitq_remove(acc_job **q, acc_job *j);

/* ---- loop.c ---- */

enum { KIND_LOOP = 0x40 }; /* of acc_loop.done; a task's root has it as awaiter */

enum attention {
    ATTEND_STOP = 1,   /* return after this generation */
    ATTEND_TIMERS = 2, /* a timer is due */
    ATTEND_DEBUG = 4,  /* each step is timed */
    ATTEND_TRACK = 16, /* the blocks of tasks are recorded: none may be freed the fast way */
    ATTEND_TEST = 8,   /* virtual.c decides about the clock and the order */
};

/* Of a loop with ATTEND_TEST; see virtual.c. */
struct under_test {
    uint64_t now;     /* ns, of the virtual clock */
    uint64_t io_wait; /* real ms given to active handles before the clock jumps */
    uint64_t random;  /* state of the generator behind the order */
    unsigned long generation;
    acc_test_hook *hook; /* NULL: none */
    void *hook_arg;
    bool clock; /* the clock is virtual */
    bool order; /* generations are permuted */
};

/* What other threads touch of a loop; see thread.c. */
struct inbox {
    pthread_mutex_t lock;
    pthread_t thread; /* that made the loop, whose it is for good */
    acc_job *first, **last;
    int holds;
    unsigned users; /* of the loop's memory */
    bool closed;
};

/* A task put aside while another runs on top of it: started at once, stepped, destroyed, in a loop that
 * is entered meanwhile. */
struct beneath {
    acc_task *task; /* NULL: it was none */
    struct beneath *outer;
};

/* What entering a loop puts aside: another loop's step (attach.c), or acc_step. */
struct entered {
    acc_loop *loop;
    struct beneath beneath;
    acc_job **tail, **empty;
    acc_coro *done;
    acc__uintptr stack_limit;
    long turns;
};

struct acc_loop {
    acc_coro done;   /* first: awaiter of every task of this loop, so that its end is seen */
    acc_job queue;   /* the ready queue begins behind it; empty: tail == &queue.next */
    acc_job **tail;  /* the queue's end; while the loop runs, acc__tls.tail is it */
    acc_task *tasks; /* those that have ever waited and are not done */
    acc_task *kept;  /* destroyed, by `all`: held until none is left that may use their memory */
    bool keeps;      /* all are being destroyed */
    struct timer_heap timers;
    uint64_t now;    /* ns, when the clock was read last: what is due at it is due */
    uint64_t armed;  /* ms of libuv's clock the alarm is set to; 0: it is not */
    uint64_t looked; /* ns, when a burst began */
    uint64_t polled; /* ns, when I/O was looked at */
    int burst;       /* generations run without a look at the clock, 1..BURST_MAX */
    int holds;   /* outstanding, as the loop last saw it in its inbox */
    int outside; /* operations under way that the world outside ends: look-ups, connects; each ends with
                  * attached_progress */
    int error;          /* of the last run_until_complete */
    unsigned attention; /* enum attention */
    bool running;
    struct entered outer; /* while it runs */
    acc_loop *next_open; /* this thread's loops that are not closed */
    acc_exception_handler *handler;
    void *handler_arg;
    struct resource *resources; /* open streams and listeners */
    struct under_test test;
    uv_loop_t *uv; /* &own, or the host's it is attached to */
    uv_loop_t own;
    uv_check_t check;
    uv_prepare_t prepare;
    uv_idle_t idle;
    uv_timer_t alarm;
    uv_async_t bell; /* rings when there is something in the inbox; counts as active for holds */
    uv_thread_t thread; /* the one it runs on, or was made on */
    uint64_t slow;      /* ns, what takes longer is told in debug mode */
    struct place made;  /* in debug mode */
    uv_timer_t grace;  /* of acc_run's ending; never keeps the loop alive */
    uint64_t grace_ms; /* how long the ending waits; UINT64_MAX: for ever */
    bool overdue;      /* the grace period is over: what is left is destroyed */
    bool interrupt_made, interrupted;
    uv_async_t interrupt; /* SIGINT came while acc_run ran */
    acc_coro *program;    /* what acc_run runs, while it does */
    struct inbox inbox;
    struct submission *submissions; /* those whose task is not done */
    struct watch *watches;
    bool attached;     /* uv is a host's, who runs it; see attach.c */
    bool detaching;    /* our handles on it are being closed */
    int handles;       /* of those, how many are not closed yet */
    int lingering;     /* streams and the like whose memory is not freed yet */
    acc_loop *before;  /* this thread's loop when it was attached */
    void (*detached)(void *arg);
    void *detached_arg;
    bool dump_made;
    uv_signal_t dump; /* never keeps the loop alive */
    /* For debuggers; see debugger.c. */
    acc_loop *known;             /* the next of all that are open */
    struct acc__thread *runs_on; /* of the thread that entered it last */
    struct beneath *const *beneath; /* the tasks put aside on that thread */
};

/* It is attached and does not run: something was put into it, so the host must not sleep. */
void attached_poke(acc_loop *l);

static inline void loop_enqueue(acc_loop *l, acc_job *j)
{
    if (acc__tls.loop == l) {
        *acc__tls.tail = j;
        acc__tls.tail = &j->next;
    } else {
        *l->tail = j;
        l->tail = &j->next;
        if (l->attached) attached_poke(l);
    }
}
static inline void loop_enqueue_all(acc_loop *l, acc_job *first, acc_job **last)
{
    acc_job ***tail = acc__tls.loop == l ? &acc__tls.tail : &l->tail;
    **tail = first;
    *tail = last;
    if (l->attached) attached_poke(l);
}
/* The running loop, else this thread's; NULL when it could not be made. */
acc_loop *loop_current(void);
/* This thread's loop if it was made, else NULL. */
acc_loop *loop_default(void);
bool loop_is_open(const acc_loop *l);
/* In debug mode, at the end of the process. */
void loops_report_open(void);
void loop_enter(acc_loop *l);
void loop_leave(acc_loop *l);
/* A pass over every job of a loop's queue. */
void loop_each_job(acc_loop *l, void (*f)(acc_loop *l, acc_job *j, void *arg), void *arg);
uint64_t loop_clock(acc_loop *l);
/* Before its next generation the loop looks at `why`. */
void loop_attend(acc_loop *l, enum attention why);

enum { GRACE_MS = 10 * 1000 }; /* unless acc_loop_set_grace says otherwise */

/* Runs until it is stopped: 0; or until nothing is left that can wake anybody: ACC_EDEADLOCK.
 * UV_EBUSY: a loop runs on this thread. */
int loop_run(acc_loop *l);
/* Until f is done, as acc_run_until_complete: 0 or why there is no value. */
int loop_run_value(acc_loop *l, acc_coro *f, void *value, size_t room, size_t size);

/* Stops the loop when `left` futures it was put on are done. */
struct joiner {
    acc_job job;
    acc_loop *loop;
    size_t *left;
};
acc_coro *joiner_resume(acc_coro *self);
/* Waits for f; in the queue at once if it is done. */
void joiner_put(struct joiner *j, acc_loop *l, size_t *left, acc_coro *f);
/* Before its memory goes away, of a loop that does not run, unless its turn has come. */
void joiner_remove(struct joiner *j, acc_loop *l, acc_coro *f);

/* Half of this thread's stack is used: nothing that nests goes further. */
bool stack_is_deep(void);
/* The direct calls of this thread may go down to here. */
acc__uintptr stack_limit_from(void *frame);

/* ---- virtual.c: only under ATTEND_TEST ---- */

/* Before a generation: false if it shall not run. */
bool test_generation(acc_loop *l);
/* The jobs of a generation in the order in which they shall run. */
void test_order(acc_loop *l);
/* Before a poll, of a loop with a virtual clock: sets the alarm that moves it. */
void test_prepare(acc_loop *l);
/* Of a loop with a virtual clock: some deadline will come. */
bool test_can_jump(const acc_loop *l);
void test_from_environment(acc_loop *l);

/* 0, or why it may be neither run nor closed now: UV_EBUSY, UV_EPERM. */
int loop_usable(acc_loop *l);
/* On a host's uv_loop_t, or one of its own (NULL).  NULL: out of memory or descriptors. */
acc_loop *loop_make(uv_loop_t *host);
/* The first half of closing: nothing is accepted any more, everything in it ends. */
void loop_empty(acc_loop *l);
/* The last: nothing is left of it with libuv. */
void loop_end(acc_loop *l);
void on_idle(uv_idle_t *h);

/* ---- attach.c ---- */

/* A turn of the host's loop: `run` runs what is there. */
void attached_check(acc_loop *l, void (*run)(acc_loop *l));
/* Of a loop that may be detaching: one of those that need its memory is gone. */
void attached_progress(acc_loop *l);

/* ---- thread.c ---- */

/* All but loop_post, loop_is_mine and loop_leave_to_others: on the loop's thread. */
void inbox_open(acc_loop *l);
int inbox_listen(acc_loop *l); /* starts the bell */
/* What other threads handed over goes into the ready queue; sees their holds. */
void inbox_take(acc_loop *l);
/* Nothing is accepted any more; what was goes into the ready queue. */
void inbox_close(acc_loop *l);
/* Any thread.  0: c, whose run and drop are set, belongs to the loop until one of them is called;
 * keep: its memory too, until loop_leave_to_others.  ACC_ECLOSED. */
int loop_post(acc_loop *l, struct call_job *c, bool keep);
/* It is this thread's. */
bool loop_is_mine(acc_loop *l);
/* One user less of a loop's memory, which the last one frees. */
void loop_leave_to_others(acc_loop *l);

/* What it will call, if it was posted or is a wakeup; else NULL. */
void (*posted_function(struct call_job *c))(void *);

/* ---- submit.c ---- */

/* All are done from now on. */
void submissions_close(acc_loop *l);

/* ---- wrap.c ---- */

/* A waiter with HOOK_WATCH: its future is done, or freed; may free it. */
void watch_settled(acc_job *j, acc_coro *f);
void watch_dropped(acc_job *j);
/* Cancels the futures that are watched. */
void watches_close(acc_loop *l);
/* What a suspended task waits for, for reports; NULL: it is ready. */
const char *wait_name(acc_task *t);

/* ---- task.c ---- */

struct acc_wait_ops {
    /* err ACC_ECANCELED: ends the wait, or passes it on inward, and enqueues; ACC_EDESTROYED:
     * unlinks only. */
    void (*cancel)(acc_task *t, void *obj, int err);
    /* The task was woken by task_hand and shall not have what it was handed.  NULL: is never. */
    void (*give_back)(acc_task *t, void *obj);
    const char *name; /* what it waits for, in reports */
};

static inline acc_coro *task_root(acc_task *t)
{
    return (acc_coro *)(void *)((char *)t + sizeof(acc_task));
}
static inline acc_task *task_of(acc_coro *root)
{
    return (acc_task *)(void *)((char *)root - sizeof(acc_task));
}
/* Whether what runs as t cannot wait, for it is being destroyed; NULL: nothing could wait. */
static inline bool task_is_destroyed(acc_task *t)
{
    return !t || task_root(t)->flags & acc__f_destroy;
}
static inline acc_loop *task_loop(acc_task *t)
{
    acc_coro *a = task_root(t)->awaiter;
    return a->kind == KIND_LOOP ? (acc_loop *)(void *)a : NULL;
}
/* NULL: in the ready queue or running. */
static inline const acc_wait_ops *task_ops(acc_task *t)
{
    return task_root(t)->flags & acc__f_slept ? t->ops : NULL;
}
/* `ops` and `mark` are valid from now on. */
void task_register(acc_task *t);

/* The task is suspended from now on; `ops` knows how to take it off. */
static inline void task_wait(acc_task *t, acc_coro *self, const acc_wait_ops *ops, void *obj)
{
    t->job.leaf = self;
    if (!(task_root(t)->flags & acc__f_slept)) task_register(t);
    t->ops = ops;
    t->obj = obj;
}
/* It goes on in the next generation, with err at its leaf. */
void task_wake(acc_task *t, int err);
/* The same, but what it was handed is given back by its ops if it is cancelled before it runs. */
void task_hand(acc_task *t);
/* Each that was handed something, has not run since, and stands in no queue: it is driven by hand. */
void tasks_handed(void (*f)(acc_task *t, void *arg), void *arg);
/* Such a one keeps what it was handed, though it be cancelled. */
void task_keep_handed(acc_task *t);
/* What it was woken with, and has not seen yet, is no success any more. */
void task_spoil(acc_task *t, int err);
/* t is the current task from now until task_pop. */
void task_push(struct beneath *b, acc_task *t);
void task_pop(struct beneath *b);
/* t is the current task or beneath it. */
bool task_runs(const acc_task *t);
/* It is suspended, and its coroutines have said where: they can be described. */
bool task_is_saved(const acc_task *t);
/* Where this thread keeps the innermost of those put aside. */
struct beneath *const *task_beneath(void);
/* Before a suspension: true when it must not happen; then self->err is set, and the operation answers
 * task_refused(t, self): self, or NULL, for a cancelled task is suspended for one generation. */
bool task_refuses(acc_task *t, acc_coro *self);
acc_coro *task_refused(acc_task *t, acc_coro *self);
void task_finish(acc_loop *l, acc_task *t);
int task_cancel(acc_task *t);
/* The running task has just suspended, though it was asked to cancel before. */
void task_cancel_now(acc_task *t);
void task_destroy(acc_task *t);
const char *task_name(acc_task *t);

struct task_extra {
    char *name;
};

/* The resume function NAME_resume of a coroutine around one leaf operation: `operation` starts it
 * on `self`, whose frame is *f, a FRAME; `result` runs when it has ended without failure. NAME_info
 * describes it. */
#define OP_RESUME(NAME, FRAME, operation, result)                                                  \
    static acc_coro *NAME##_resume(acc_coro *self)                                                 \
    {                                                                                              \
        FRAME *f = (FRAME *)(void *)self;                                                          \
        switch (self->state) {                                                                     \
        case 0: {                                                                                  \
            acc_coro *r = (operation);                                                             \
            if (r != self) return acc__suspend(self, 1, r);                                        \
            break;                                                                                 \
        }                                                                                          \
        case 1: break;                                                                             \
        default: return acc__odd(self, &NAME##_info);                                              \
        }                                                                                          \
        if (self->err) return acc__fail(self);                                                     \
        result;                                                                                    \
        return self->awaiter;                                                                      \
    }

/* ---- place.c: where failures come from ---- */

/* An await of f failed, in the function whose coroutine self is. suspended: acc__await_end says so,
 * and self->state is that of the await unless acc__await said so before, with false. */
void place_await_failed(acc_coro *self, acc_coro *f, bool suspended);
/* A task ends, by this failure or without one (0). */
void place_keep(acc_coro *root, int error);
/* What runs fails at a place that was kept. */
void place_tell(struct place at, int error);
/* What runs fails as the done future f did. */
void place_adopt(acc_coro *f);
/* Of a task that is done by failure; else none. */
struct place place_of(acc_coro *f);
/* Of a failure in flight in the task that runs. */
struct place place_last(int error);
/* Where c is suspended. */
struct place place_of_state(acc_coro *c, const acc_info *in);

/* ---- local.c: task-local values ---- */

extern ACC__THREAD bool local_used; /* by this thread, ever */
/* The set that is current, held; NULL when it is empty. */
struct locals *local_hold(void);
void local_release(struct locals *s);
/* A task that is made has the values of who makes it. */
void local_inherit(acc_task *t);
/* It has ended. */
void local_forget(acc_task *t);
/* Runs a callback with these values, which it takes. */
void local_run(struct locals *s, void (*run)(void *), void *arg);
void local_thread_free(void);

/* ---- future.c ---- */

/* The first two words of a plain future's header. */
struct pending {
    acc_loop *loop; /* whose tasks may wait for it; NULL: decided by who waits first */
    acc_job *waiters;
};
static inline struct pending *pending_of(acc_coro *f)
{
    return (struct pending *)(void *)f;
}
acc_job **future_waiters(acc_coro *f);
acc_loop *future_loop(acc_coro *f);
void future_settle(acc_coro *f, int err);
extern const acc_wait_ops wait_future_ops, wait_task_ops;

/* ---- generator.c ---- */

/* The last reference is gone: it ends where it stands. */
void generator_release(acc_coro *c);

/* ---- callback.c ---- */

acc_coro *callback_resume(acc_coro *self);
/* It has its turn: f is done, or its timer is due (NULL). */
void callback_wake(acc_job *j, acc_coro *f);
/* `when` is what the handle tells, `ns` when it is due. */
acc_handle callback_at(acc_loop *l, double when, uint64_t ns, acc_callback call);
/* Runs call on l as acc_future_add_done_callback does.  Generation 0: out of memory. */
acc_handle callback_watch(acc_loop *l, acc_coro *f, acc_callback call);
/* What a job of a callback will call; NULL: another job, or cancelled. */
void (*callback_function(acc_job *j))(void *);
void callback_table_free(void);
/* A loop that is being closed has taken it out of its queue. */
void callback_left(acc_job *j);
void callback_close_loop(acc_loop *l);
/* Some is left, also one put in meanwhile. */
bool callback_has_loop(const acc_loop *l);
bool callback_matches(acc_job *j, void (*cb)(void *));
void callback_cancel_job(acc_job *j);
/* The same in two steps, of a callback: what names it does so no more; it is dropped. */
void callback_expire_job(acc_job *j);
void callback_drop_job(acc_job *j);

/* ---- combine.c ---- */

/* A coroutine is taken, once however often it is given; a task or future is held. */
acc_coro *part_take(acc_coro *f);
/* Cancelling what a combinator waits for: each may pass it on to another, so deep ones take turns,
 * and none is visited twice.  Lies in what waits. */
struct inward {
    struct inward *next;
    void (*run)(struct inward *i);
    unsigned walk; /* that visited it last */
    bool busy;     /* its run is on the C stack */
};
/* True: it was found to wait for itself, and nothing was done. */
bool inward_cancel(struct inward *i);
/* Why t (NULL: this thread's loop) may not wait for f: 0, UV_EINVAL, UV_EALREADY, ACC_EDEADLOCK,
 * ACC_EOTHERLOOP.  f, if it is new, belongs to the task's loop from now on. */
int wait_check(acc_task *t, acc_coro *f);
/* The loop that a task's children live on. */
static inline acc_loop *task_home(acc_task *t)
{
    acc_loop *l = task_loop(t);
    return l ? l : loop_current(); /* one driven by acc_step */
}
/* The i-th of an array of futures of any type, which is not ours to read it by. */
static inline acc_coro *future_at(const void *fs, size_t i)
{
    acc_coro *f;
    memcpy(&f, (const char *)fs + i * sizeof f, sizeof f);
    return f;
}
/* Who made f, and waits for it, is destroyed: f is destroyed first, with all that it has made and waits
 * for, since it may use the memory of who waits.  One that runs is cancelled.  Its watch is off. */
void child_destroy(acc_coro *f);
/* The waits that make tasks, and one of these that is not done, or NULL. */
extern const acc_wait_ops group_ops, join_ops;
acc_coro *group_child(void *obj);
acc_coro *join_child(void *obj);
/* A scope that this task has entered may be left by another, long after it has ended: it is held (true),
 * unless it is driven by hand, for then its last reference destroys it. */
bool scope_hold(acc_coro *task);
/* The loop that such a scope uses. */
acc_loop *scope_home(acc_coro *task);
/* 0: f, a coroutine that is ours, is a task of l.  ACC_EOTHERLOOP: refused in debug mode, for l is another
 * thread's; ACC_ENOMEM: l could not be made (NULL).  Then f is closed. */
int child_spawn(acc_loop *l, acc_coro *f);
/* A coroutine that fails with code. */
acc_coro *coro_failing(int code);

/* ---- join.c ---- */

/* The task that joins f, which is done, goes on. */
void join_wake(acc_job *j, acc_coro *f);

/* ---- report.c ---- */

void report_failure(acc_loop *l, const char *message, int error, acc_coro *f);
void report_failure_at(acc_loop *l, const char *message, int error, acc_coro *f, struct place at);
void report_deadlock(acc_loop *l);

/* ---- debug.c ---- */

/* ACC_DEBUG=1 stands in the environment. */
bool debug_enabled(void);
extern bool debug_tracks; /* the same once it was asked */
/* Before anything is recorded. */
void debug_begin(void);
void debug_step_begin(acc_job *j);
void debug_step_end(void);
/* Of the step that runs; none outside debug mode. */
struct place debug_place(void);
/* t: of the task; NULL: function was a callback, if it is known. */
void report_slow(acc_task *t, void (*function)(void *), uint64_t ns);
void report_unclosed(const char *what, struct place made);
bool debug_refuses(acc_loop *l, const char *what);
/* A future's block, or that of a coroutine with room for a task; only if debug_tracks. */
void debug_made(void *block, bool future);
void debug_freed(void *block);
void debug_print_made(void *block);
/* f: the header that lies in it. */
void debug_block_free(acc_coro *f, void *block, acc__size size);
/* Under ACC_DEBUG=1, until its block is used again; says so on stderr. */
bool debug_was_released(const acc_coro *f);
void debug_report_released(const char *what);
void debug_spare_blocks(void);
/* For whoever wants a block that needs no record; NULL: none is left. */
void *debug_spare_take(size_t c);
void debug_loop_closed(acc_loop *l);

extern bool debug_used; /* some loop is or was in debug mode */
/* In debug mode, on another thread than the loop's: tells so, true. A future may name a loop that was
 * closed, so nobody else looks into it. */
static inline bool debug_wrong_thread(acc_loop *l, const char *what)
{
    if (acc__likely(!debug_used) || !l || l == acc__tls.loop) return false;
    return debug_refuses(l, what);
}

/* ---- debugger.c ---- */

void debugger_loop_made(acc_loop *l);
void debugger_loop_closed(acc_loop *l);
/* Whether it is open, on whatever thread. */
bool debugger_loop_known(const acc_loop *l);

/* ---- inspect.c ---- */

/* The table of the function behind it; NULL when it cannot tell. */
const acc_info *coro_describe(acc_coro *c);
/* Every task of the loop, a line each. */
void inspect_tree(acc_loop *l, FILE *to);
/* What each kind of waiting looks like inside.  What has several futures goes through them by a cursor that begins
 * at 0; NULL: no more. */
extern const acc_wait_ops sleep_ops, read_ops, write_ops, accept_ops, connect_ops;
extern const acc_wait_ops join_ops, shield_ops, gather_ops, race_ops, wait_ops, group_ops;
acc_coro *join_awaits(void *obj);
acc_coro *shield_awaits(void *obj);
acc_coro *crowd_awaits(void *obj, uintptr_t *cursor);
acc_coro *group_awaits(void *obj, uintptr_t *cursor);
int connect_port(const void *obj);

/* ---- resource.c: what owns a libuv handle ---- */

/* First in each.  Its memory is freed by a job behind the handle's close callback: a task that was
 * handed something and has not run yet stands before it in the queue, so that giving back never
 * meets freed memory. */
struct resource {
    acc_job job;
    acc_loop *loop;
    struct resource *prev, *next;        /* in loop->resources */
    void (*abort)(struct resource *r);   /* closes it at once */
    void (*release)(struct resource *r); /* frees it */
    const char *name;
    struct place made; /* in debug mode */
};

void resource_add(struct resource *r, acc_loop *l);
void resource_remove(struct resource *r);
void resource_release_later(struct resource *r);
void resource_free(struct resource *r);
acc_coro *resource_release(acc_coro *self);
void resources_abort(acc_loop *l);

/* ---- stream.c ---- */

struct acc_stream {
    struct resource r;
    uv_tcp_t tcp;
    uv_shutdown_t shutdown;
    struct acc_read__wait *reader; /* in the frame of who waits for bytes */
    acc_job *writers;              /* who waits for the queue to drain */
    char *buf;                     /* bytes that came while nobody waited: [start, start + len) */
    size_t start, len, room;
    int read_err; /* UV_EOF or worse: what every later read gets */
    int write_err;
    bool reading; /* libuv reads; stays on between reads */
    bool filled;  /* the reader's buffer was filled in this dispatch */
    bool closing;
};

/* With an initialised, unconnected handle; NULL when out of memory. */
acc_stream *stream_new(acc_loop *l);
void stream_abort(acc_stream *s);

#endif
