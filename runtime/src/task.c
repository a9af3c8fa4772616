/* SPDX-License-Identifier: MIT */
/* task.c: coroutines that the loop drives: spawned, suspended, woken, cancelled, destroyed,
 * finished.
 *
 * A task lies in front of the frame of its coroutine (its root).  task->job.leaf is the innermost
 * suspended coroutine, so resuming and cancelling are O(1) however deep it is.  A suspended task
 * stands in one place: the ready queue (ops is NULL), or where `ops` can take it off.
 *
 * A task is entered into the loop's list only when it first waits for something; before that the
 * ready queue is where it is found.  So one that runs through is never listed.
 *
 * Cancellation, failure and destruction are the same thing to a coroutine: it is resumed with `err`
 * set. */
#include "internal.h"

static acc_coro *tomb_resume(acc_coro *self)
{
    (void)self;
    (void)hook_job();
    return NULL;
}

/* A task that was destroyed while it stood in the queue. */
static acc_coro *reap_resume(acc_coro *self)
{
    acc_task *t = (acc_task *)hook_job();
    (void)self;
    acc__unref(task_root(t));
    return NULL;
}

static void call_run(void *job)
{
    struct call_job *c = job;
    c->run(c);
}

static acc_coro *call_resume(acc_coro *self)
{
    struct call_job *c = (struct call_job *)(void *)hook_job();
    (void)self;
    local_run(local_hold(), call_run, c); /* what it sets is gone after it */
    return NULL;
}

acc_coro acc__hooks[HOOKS] = {
    [HOOK_CALLBACK] = {.resume = callback_resume}, [HOOK_JOINER] = {.resume = joiner_resume},
    [HOOK_TOMB] = {.resume = tomb_resume},         [HOOK_REAP] = {.resume = reap_resume},
    [HOOK_FREE] = {.resume = resource_release},    [HOOK_JOIN] = {.resume = tomb_resume},
    [HOOK_CALL] = {.resume = call_resume},         [HOOK_WATCH] = {.resume = tomb_resume},
};

/* ---- starting ---- */

static void *future_failed(int error)
{
    acc_coro *f = acc__future_new(0);
    if (f->flags & acc__f_done) return f;
    future_settle(f, error);
    f->flags |= acc__f_seen;
    return f;
}

void *acc__loop_spawn(acc_loop *l, void *coro)
{
    acc_coro *c = coro;
    if (!c || c->kind != acc__k_coro || !l) return coro;
    if (debug_wrong_thread(l, "a task was spawned")) {
        acc__unref(coro);
        return future_failed(ACC_EOTHERLOOP);
    }
    acc_task *t = task_of(c);
    c->refs++;
    c->kind = acc__k_task;
    c->awaiter = &l->done;
    t->job.leaf = c;
    if (acc__unlikely(local_used)) local_inherit(t);
    loop_enqueue(l, &t->job);
    return coro;
}

void *acc__spawn_slow(void *coro)
{
    return acc__loop_spawn(loop_current(), coro);
}

void *acc__go_slow(void *coro)
{
    acc_coro *c = coro;
    if (c->kind == acc__k_future && c->err == ACC_ENOMEM)
        report_failure(acc__tls.loop, "a task could not be made", ACC_ENOMEM, NULL);
    acc__unref(acc__spawn_slow(coro));
    return NULL;
}

void task_register(acc_task *t)
{
    acc_loop *l = task_loop(t);
    task_root(t)->flags |= acc__f_slept;
    t->mark = 0;
    if (!l) return; /* driven by acc_step */
    task_root(t)->flags |= acc__f_registered;
    t->prev = NULL;
    t->all = l->tasks;
    if (t->all) t->all->prev = t;
    l->tasks = t;
}

static void task_unregister(acc_loop *l, acc_task *t)
{
    if (t->all) t->all->prev = t->prev;
    if (t->prev)
        t->prev->all = t->all;
    else
        l->tasks = t->all;
}

/* ---- suspending and waking ---- */

static void task_enqueue(acc_task *t)
{
    acc_loop *l = task_loop(t);
    if (l) loop_enqueue(l, &t->job); /* one driven by acc_step is only marked ready: ops is NULL */
}

static void task_clear(acc_task *t, unsigned flags)
{
    task_root(t)->flags &= (unsigned short)~flags;
}

void task_wake(acc_task *t, int err)
{
    t->ops = NULL;
    t->job.leaf->err = err;
    task_enqueue(t);
}

/* Those driven by hand that were handed something and have not run since: no queue knows them. */
static ACC__THREAD acc_task *handed;

static void handed_add(acc_task *t)
{
    t->prev = NULL;
    t->all = handed;
    if (t->all) t->all->prev = t;
    handed = t;
}

/* It runs, or shall not have it. */
static void handed_end(acc_task *t)
{
    if (task_loop(t)) return;
    if (t->all) t->all->prev = t->prev;
    if (t->prev)
        t->prev->all = t->all;
    else
        handed = t->all;
}

void task_hand(acc_task *t)
{
    acc_loop *l = task_loop(t);
    task_root(t)->flags |= acc__f_handed;
    if (l)
        loop_enqueue(l, &t->job);
    else
        handed_add(t);
}

void tasks_handed(void (*f)(acc_task *t, void *arg), void *arg)
{
    for (acc_task *t = handed, *next; t; t = next) {
        next = t->all;
        f(t, arg);
    }
}

void task_keep_handed(acc_task *t)
{
    handed_end(t);
    task_clear(t, acc__f_handed);
    t->ops = NULL;
}

/* Woken, not yet run: cancel wins.  What it was woken with is kept in `obj`, which a woken task does
 * not need, until it runs: acc_task_uncancel may come before. */
static void task_overrule(acc_task *t)
{
    acc_coro *root = task_root(t);
    if (!(root->flags & acc__f_overruled)) {
        t->obj = (void *)(intptr_t)t->job.leaf->err;
        root->flags |= acc__f_overruled;
    }
    t->job.leaf->err = ACC_ECANCELED;
}

void task_spoil(acc_task *t, int err)
{
    if (!(task_root(t)->flags & acc__f_overruled)) {
        if (!t->job.leaf->err) t->job.leaf->err = err;
    } else if (!t->obj) {
        t->obj = (void *)(intptr_t)err;
    }
}

bool task_refuses(acc_task *t, acc_coro *self)
{
    acc_coro *root = task_root(t);
    if (acc__likely(!(root->flags & acc__f_attend))) return false;
    if (root->flags & (acc__f_handed | acc__f_overruled)) { /* it ran: what it was handed is its own */
        task_clear(t, acc__f_handed | acc__f_overruled);
        t->ops = NULL;
    }
    if (root->flags & acc__f_destroy) {
        self->err = ACC_EDESTROYED;
        return true;
    }
    if (root->flags & acc__f_cancel) {
        task_clear(t, acc__f_cancel);
        self->err = ACC_ECANCELED;
        return true;
    }
    return false;
}

/* What was refused because of a cancellation is what was waited for and cancelled at once, as in
 * asyncio: the others have their turn before the failure arrives. */
acc_coro *task_refused(acc_task *t, acc_coro *self)
{
    if (self->err != ACC_ECANCELED) return self;
    t->job.leaf = self;
    t->ops = NULL;
    task_enqueue(t);
    return NULL;
}

acc_coro *acc__refuse(acc_coro *self)
{
    acc_task *t = acc__tls.task;
    return task_refuses(t, self) ? task_refused(t, self) : self;
}

acc_coro *acc__yield_slow(acc_coro *self)
{
    acc_task *t = acc__tls.task;
    if (!task_refuses(t, self)) return acc__yield(self);
    if (self->err != ACC_ECANCELED) return self;
    self->err = 0;
    t->job.leaf = self;
    t->ops = NULL;
    task_enqueue(t);
    task_overrule(t); /* uncancelled before its turn it has only yielded */
    return NULL;
}

acc_coro *acc__odd(acc_coro *self, const acc_info *description)
{
    if (self->state == (unsigned)acc__describe) return (acc_coro *)(uintptr_t)description;
    return acc__fail(self);
}

/* ---- the end ---- */

static void task_settle(acc_coro *root, int err)
{
    place_keep(root, err);
    local_forget(task_of(root));
    future_settle(root, err);
}

/* The root has returned to l->done; what the loop's fast path does not do. */
void task_finish(acc_loop *l, acc_task *t)
{
    acc_coro *c = task_root(t);
    int err = l->done.err;
    l->done.err = 0;
    if (err == 0 && (c->flags & acc__f_cancel)) err = ACC_ECANCELED;
    if (c->flags & acc__f_registered) task_unregister(l, t);
    task_clear(t, acc__f_registered | acc__f_slept);
    acc__tls.task = NULL;
    task_settle(c, err);
    acc__unref(c);
}

/* ---- cancelling ---- */

static bool task_unstarted(acc_task *t)
{
    acc_coro *c = task_root(t);
    return t->job.leaf == c && c->state == 0 && !task_ops(t);
}

static ACC__THREAD struct beneath *top;

void task_push(struct beneath *b, acc_task *t)
{
    b->task = acc__tls.task;
    b->outer = top;
    top = b;
    acc__tls.task = t;
}

void task_pop(struct beneath *b)
{
    acc__tls.task = b->task;
    top = b->outer;
}

struct beneath *const *task_beneath(void)
{
    return &top;
}

bool task_runs(const acc_task *t)
{
    const struct beneath *b = top;
    while (b && b->task != t)
        b = b->outer;
    return b || t == acc__tls.task;
}

/* Tasks that wait for each other in a ring would be walked for ever: each walk marks what it has
 * seen. */
static ACC__THREAD unsigned walk;

int task_cancel(acc_task *t)
{
    if (++walk == 0) walk = 1;
    for (;;) {
        acc_coro *c = task_root(t);
        if (c->flags & acc__f_done) return 0;
        if (task_ops(t) == &wait_task_ops && t->mark == walk) break; /* a ring: asked already */
        if (!(c->flags & acc__f_asked)) t->cancels = 0;
        c->flags |= acc__f_asked;
        t->cancels++;
        if (task_runs(t)) {
            c->flags |= acc__f_cancel;
            return 1;
        }
        if (task_ops(t) != &wait_task_ops) break;
        t->mark = walk;
        t = task_of(t->obj); /* cancelled, and joined: who waits for it goes on waiting */
    }
    acc_coro *root = task_root(t);
    if (task_unstarted(t)) {
        root->state = (unsigned)acc__drop;
        root->err = ACC_ECANCELED;
    } else if (root->flags & acc__f_handed) {
        handed_end(t);
        task_clear(t, acc__f_handed);
        const acc_wait_ops *ops = t->ops;
        t->ops = NULL;
        ops->give_back(t, t->obj);
        t->job.leaf->err = ACC_ECANCELED;
    } else if (task_ops(t)) {
        t->ops->cancel(t, t->obj, ACC_ECANCELED);
    } else if (t->job.leaf->state != (unsigned)acc__drop) {
        task_overrule(t);
    }
    return 1;
}

static ACC__THREAD acc_task *suspending; /* by task_cancel_now */

/* As if the request had come only now: what it awaits is cancelled and waited for. */
void task_cancel_now(acc_task *t)
{
    acc_task *outer = suspending;
    t->cancels--;
    acc__tls.task = NULL;
    suspending = t;
    (void)task_cancel(t);
    suspending = outer;
    acc__tls.task = t;
}

bool task_is_saved(const acc_task *t)
{
    return t != suspending && !task_runs(t);
}

int acc__cancel(void *p)
{
    acc_coro *f = p;
    if (!f) return UV_EINVAL;
    if (f->flags & acc__f_done) return 0;
    if (f->kind != acc__k_coro && f->kind != acc__k_running &&
        debug_wrong_thread(future_loop(f), "a task or future was cancelled"))
        return UV_EPERM;
    if (f->kind == acc__k_task) return task_cancel(task_of(f));
    if (f->kind != acc__k_future) return UV_EINVAL;
    future_settle(f, ACC_ECANCELED);
    return 1;
}

int acc__cancelling(const void *p)
{
    const acc_coro *f = p;
    if (!f || f->kind != acc__k_task || !(f->flags & acc__f_asked)) return 0;
    return (int)((const acc_task *)(const void *)((const char *)p - sizeof(acc_task)))->cancels;
}

/* Every request was taken back: one that has not arrived yet never does, except that a wait which
 * was ended for it stays ended. */
static void task_uncancelled(acc_task *t)
{
    acc_coro *root = task_root(t);
    task_clear(t, acc__f_cancel);
    if (root->flags & acc__f_done || task_runs(t)) return;
    if (root->flags & acc__f_overruled) {
        task_clear(t, acc__f_overruled);
        t->job.leaf->err = (int)(intptr_t)t->obj;
    } else if (t->job.leaf == root && root->state == (unsigned)acc__drop) {
        root->state = 0;
        root->err = 0;
    }
}

int acc__uncancel(void *p)
{
    acc_coro *f = p;
    if (!f || f->kind != acc__k_task || !(f->flags & acc__f_asked)) return 0;
    if (!(f->flags & acc__f_done) && debug_wrong_thread(future_loop(f), "a cancellation was taken back"))
        return UV_EPERM;
    acc_task *t = task_of(f);
    if (t->cancels > 0 && --t->cancels == 0) task_uncancelled(t);
    return (int)t->cancels;
}

/* ---- destroying ---- */

static const acc_coro stepped_idle = {.kind = 0}; /* awaiter of a stepped task between its steps */

/* It is done, and in no list any more. */
static void task_keep(acc_loop *l, acc_task *t)
{
    acc__ref(task_root(t));
    t->all = l->kept;
    l->kept = t;
}

/* Ends a suspended task now: it is resumed with ACC_EDESTROYED, and nothing it awaits on its way
 * out suspends. */
void task_destroy(acc_task *t)
{
    acc_coro *root = task_root(t);
    if (root->flags & acc__f_done) return;
    acc_loop *l = task_loop(t);
    acc_coro sink = {0}, *end = l ? &l->done : &sink;
    struct beneath beneath;
    bool started = !task_unstarted(t), queued = l && (!task_ops(t) || (root->flags & acc__f_handed));
    if (task_ops(t)) {
        const acc_wait_ops *ops = t->ops;
        if (root->flags & acc__f_handed) {
            handed_end(t);
            ops->give_back(t, t->obj);
        } else {
            ops->cancel(t, t->obj, ACC_EDESTROYED);
        }
        t->ops = NULL;
    }
    task_clear(t, acc__f_attend);
    root->flags |= acc__f_destroy;
    acc_coro *c = t->job.leaf;
    if (!started) c->state = (unsigned)acc__drop;
    c->err = ACC_EDESTROYED;
    root->refs++; /* its block must stay while it runs, and as long as the queue knows it */
    root->awaiter = end;
    task_push(&beneath, t);
    while (c && c != end)
        c = c->resume(c);
    acc__tls.task = beneath.task;
    root->err = end->err ? end->err : ACC_EDESTROYED;
    end->err = root->err;
    if (l) {
        task_finish(l, t);
        if (l->keeps) task_keep(l, t);
    } else {
        root->awaiter = (acc_coro *)(uintptr_t)&stepped_idle;
        task_settle(root, root->err);
    }
    task_pop(&beneath);
    t->job.leaf = &acc__hooks[queued ? HOOK_REAP : HOOK_TOMB];
    if (!queued) acc__unref(root);
}

/* ---- by hand ---- */

/* It yielded into the running loop's queue, somewhere behind `from`; who steps it is its queue. */
static void step_unqueue(struct acc__thread *th, acc_job **from, acc_task *t)
{
    for (acc_job **p = from; p != th->tail; p = &(*p)->next) {
        if (*p != &t->job) continue;
        if (th->tail == &t->job.next)
            th->tail = p;
        else
            *p = t->job.next;
        return;
    }
}

static bool step_run(acc_task *t)
{
    struct acc__thread *th = &acc__tls;
    acc_coro sink = {0}, *root = task_root(t), *c = t->job.leaf;
    struct beneath beneath;
    acc_loop *l = th->loop;
    acc_job queue, **tail = th->tail; /* when no loop runs; a step in a step leaves the outer its own */
    acc__uintptr limit = th->stack_limit;
    if (!l) {
        th->tail = &queue.next;
        th->stack_limit = stack_limit_from(__builtin_frame_address(0));
    }
    acc_job **from = th->tail;
    long turns = th->turns;
    th->turns = 0; /* a yield ends the step */
    if (root->flags & acc__f_handed) handed_end(t);
    task_push(&beneath, t);
    root->awaiter = &sink;
    while (c && c != &sink)
        c = c->resume(c);
    root->awaiter = (acc_coro *)(uintptr_t)&stepped_idle;
    task_pop(&beneath);
    if (l && !l->attention) th->turns = turns;
    if (l) {
        step_unqueue(th, from, t);
    } else {
        th->tail = tail;
        th->stack_limit = limit;
    }
    if (!c) return false;
    task_settle(root, sink.err);
    return true;
}

/* Whether it is done. */
static bool step_once(acc_coro *c)
{
    acc_task *t = task_of(c);
    if (c->flags & acc__f_done) return true;
    if (c->kind == acc__k_coro) {
        c->kind = acc__k_task;
        c->flags |= acc__f_stepped;
        c->awaiter = (acc_coro *)(uintptr_t)&stepped_idle;
        t->job.leaf = c;
        local_inherit(t);
    }
    bool waits = task_ops(t) && !(c->flags & acc__f_handed);
    return c->flags & acc__f_stepped && !waits && !task_runs(t) && step_run(t);
}

bool acc__step(void *coro, void *out, size_t size)
{
    acc_coro *c = acc__ref(coro); /* it may be closed by what it runs */
    bool done = step_once(c);
    if (done && c->err == 0 && size) memcpy(out, acc__value(c), size);
    acc__unref(c);
    return done;
}

/* ---- looking at them ---- */

future(void) acc_current_task(void)
{
    acc_task *t = acc__tls.task;
    return t ? (future(void))(void *)task_root(t) : NULL;
}

struct listing {
    future(void) * out;
    size_t cap, count;
};

static void list_task(struct listing *to, acc_task *t)
{
    if (to->count < to->cap) to->out[to->count] = (future(void))(void *)task_root(t);
    to->count++;
}

static void list_queued(acc_loop *l, acc_job *j, void *arg)
{
    (void)l;
    if (!job_is_task(j)) return;
    acc_task *t = (acc_task *)j;
    if (!(task_root(t)->flags & (acc__f_registered | acc__f_done))) list_task(arg, t);
}

size_t acc_all_tasks(acc_loop *l, future(void) * out, size_t cap)
{
    struct listing to = {out, cap, 0};
    struct beneath run = {acc__tls.task, top};
    for (acc_task *t = l->tasks; t; t = t->all)
        list_task(&to, t);
    for (const struct beneath *b = &run; b; b = b->outer)
        if (b->task && task_loop(b->task) == l && !(task_root(b->task)->flags & acc__f_registered))
            list_task(&to, b->task);
    loop_each_job(l, list_queued, &to);
    return to.count;
}

const char *task_name(acc_task *t)
{
    acc_coro *c = task_root(t);
    if (c->flags & acc__f_extra) return ((struct task_extra *)t->extra)->name;
    const acc_info *info = coro_describe(c);
    return info ? info->name : "?";
}

const char *acc__task_name(void *p)
{
    acc_coro *f = p;
    if (f->kind == acc__k_future) return "future";
    return task_name(task_of(f));
}

int acc__task_set_name(void *p, const char *name)
{
    acc_coro *f = p;
    if (!f || f->kind != acc__k_task || !name) return UV_EINVAL;
    acc_task *t = task_of(f);
    size_t size = strlen(name) + 1;
    char *copy = mem_alloc(size);
    if (!copy) return ACC_ENOMEM;
    memcpy(copy, name, size);
    if (!(f->flags & acc__f_extra)) {
        struct task_extra *x = mem_alloc(sizeof *x);
        if (!x) {
            mem_free(copy);
            return ACC_ENOMEM;
        }
        x->name = NULL;
        t->extra = x;
        f->flags |= acc__f_extra;
    }
    struct task_extra *x = t->extra;
    mem_free(x->name);
    x->name = copy;
    return 0;
}

int acc__cancel_goes_on(acc_coro *self, int caught)
{
    acc_task *t = acc__tls.task;
    if (caught == ACC_ECANCELED && t && acc__cancelling(t + 1) == 0) return 0;
    self->err = caught;
    return 1;
}
