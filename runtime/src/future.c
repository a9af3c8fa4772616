/* SPDX-License-Identifier: MIT */
/* future.c: plain futures, and what futures and tasks have in common: being done, waited for,
 * released.
 *
 * A plain future is a coroutine header with the value behind it; while it is pending the header's
 * first two words are its loop and its waiters (struct pending).  Waiters are tasks and callbacks
 * in one list, woken in order.
 *
 * Invariant: what is done has no waiters. */
#include "internal.h"
#include <stdio.h>
#include <stdlib.h>

/* What acc__no_memory answers: one a thread, never freed. */
static ACC__THREAD acc_coro no_memory;

void *acc__no_memory(void)
{
    no_memory.kind = acc__k_future;
    no_memory.flags = acc__f_done | acc__f_seen;
    no_memory.err = ACC_ENOMEM;
    no_memory.refs = 1u << 30;
    return &no_memory;
}

void *acc__future_new(size_t size)
{
    size_t bytes = sizeof(acc_coro) + size;
    acc_coro *f = acc__alloc(bytes);
    if (!f) return acc__no_memory();
    memset(f, 0, bytes);
    pending_of(f)->loop = acc__tls.loop;
    f->refs = 1;
    if (acc__unlikely(debug_tracks)) debug_made(f, true);
    f->kind = acc__k_future;
    f->cls = (unsigned char)(bytes > (ACC__CLASSES - 1) * 16 ? 255 : (bytes + 15) >> 4);
    return f;
}

acc_job **future_waiters(acc_coro *f)
{
    if (f->kind != acc__k_task) return &pending_of(f)->waiters;
    acc_task *t = task_of(f);
    if (!(f->flags & acc__f_waited)) {
        f->flags |= acc__f_waited;
        t->waiters = NULL;
    }
    return &t->waiters;
}

/* The loop whose tasks may wait for it; NULL: any. */
acc_loop *future_loop(acc_coro *f)
{
    return f->kind == acc__k_task ? task_loop(task_of(f)) : pending_of(f)->loop;
}

bool waitq_remove(acc_job **q, acc_job *j)
{
    acc_job *prev = *q;
    if (!prev) return false;
    while (prev->next != j) {
        prev = prev->next;
        if (prev == *q) return false;
    }
    if (prev == j)
        *q = NULL;
    else {
        prev->next = j->next;
        if (*q == j) *q = prev;
    }
    return true;
}

static inline void waiter_settle(acc_coro *f, acc_job *j, int err)
{
    f->flags |= acc__f_seen;
    task_wake((acc_task *)j, err);
}

/* j, the first of f's waiters, gives back a reference, or may do so: f stays until all have been told. */
static ACC__COLD void settle_held(acc_coro *f, acc_job *j)
{
    acc_job **q = future_waiters(f);
    acc__ref(f);
    for (;; j = waitq_pop(q)) {
        if (job_is_task(j))
            waiter_settle(f, j, f->err);
        else if (j->leaf == &acc__hooks[HOOK_JOIN])
            join_wake(j, f);
        else if (j->leaf == &acc__hooks[HOOK_WATCH])
            watch_settled(j, f);
        else
            callback_wake(j, f);
        if (!*q) break;
    }
    acc__unref(f);
}

/* Done, with a value (err 0) or a failure.  Wakes in the order of waiting.  A callback is not told of
 * a failure: it has seen it when it asks. */
void future_settle(acc_coro *f, int err)
{
    acc_job **q = future_waiters(f);
    f->err = err;
    f->flags |= acc__f_done;
    while (*q) {
        acc_job *j = waitq_pop(q);
        if (job_is_task(j)) {
            waiter_settle(f, j, err);
        } else if (j->leaf == &acc__hooks[HOOK_JOIN] || j->leaf == &acc__hooks[HOOK_WATCH]) {
            settle_held(f, j);
            return;
        } else {
            callback_wake(j, f);
        }
    }
}

static acc_loop *pending_loop(acc_coro *f)
{
    return f->flags & acc__f_done ? NULL : pending_of(f)->loop;
}

static int future_check(acc_coro *f)
{
    if (!f || f->kind != acc__k_future) return UV_EINVAL;
    if (debug_wrong_thread(pending_loop(f), "a future was set")) return UV_EPERM;
    return f->flags & acc__f_done ? UV_EALREADY : 0;
}

int acc__future_set_result(void *p, const void *value, size_t size)
{
    int rc = future_check(p);
    if (rc < 0) return rc;
    if (size) memcpy(acc__value(p), value, size);
    future_settle(p, 0);
    return 0;
}

int acc__future_set_error(void *p, int code)
{
    int rc = future_check(p);
    if (rc < 0) return rc;
    if (code >= 0) return UV_EINVAL;
    future_settle(p, code);
    return 0;
}

const void *acc__future_result(void *p, const void *zero)
{
    acc_coro *f = p;
    if (!(f->flags & acc__f_done)) {
        if (!debug_enabled()) return zero;
        fprintf(stderr, "acc: acc_future_result of a future that is not done\n");
        abort();
    }
    f->flags |= acc__f_seen;
    return f->err ? zero : acc__value(f);
}

const void *acc__copied(void *to, const void *from, size_t size)
{
    return memcpy(to, from, size);
}

int acc__future_error(void *p)
{
    acc_coro *f = p;
    if (!(f->flags & acc__f_done)) return ACC_EPENDING;
    f->flags |= acc__f_seen;
    return f->err;
}

bool acc__future_done(const void *p)
{
    return ((const acc_coro *)p)->flags & acc__f_done;
}

bool acc__future_cancelled(const void *p)
{
    const acc_coro *f = p;
    return (f->flags & acc__f_done) && f->err == ACC_ECANCELED;
}

/* What is dropped may do anything with f, so all are taken out first. */
int acc__remove_done(void *p, void (*cb)(void *))
{
    acc_coro *f = p;
    if (f->flags & acc__f_done) return 0;
    if (debug_wrong_thread(future_loop(f), "a callback was removed")) return UV_EPERM;
    acc_job **q = future_waiters(f), *kept = NULL, *gone = NULL;
    while (*q) {
        acc_job *j = waitq_pop(q);
        bool matches = !job_is_task(j) && callback_matches(j, cb);
        if (matches) callback_expire_job(j);
        waitq_push(matches ? &gone : &kept, j);
    }
    *q = kept;
    int removed = 0;
    for (; gone; removed++)
        callback_drop_job(waitq_pop(&gone));
    return removed;
}

/* ---- waiting for one ---- */

static void cancel_wait(acc_task *t, void *obj, int err)
{
    acc_coro *f = obj;
    if (err == ACC_ECANCELED && f->kind == acc__k_future) {
        future_settle(f, err); /* for all who wait, as in asyncio */
        return;
    }
    (void)waitq_remove(future_waiters(f), &t->job);
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

/* Two tables, so that the walk of a cancellation tells them apart. */
const acc_wait_ops wait_future_ops = {cancel_wait, NULL, "a future"};
const acc_wait_ops wait_task_ops = {cancel_wait, NULL, "a task"};

static acc_coro *await_fails(acc_coro *self, int err)
{
    self->err = err;
    return self;
}

/* f is not done and no unstarted coroutine. */
static acc_coro *await_pending(acc_coro *self, acc_coro *f)
{
    acc_task *t = acc__tls.task;
    if (f->kind == acc__k_running) {
        if (debug_was_released(f)) debug_report_released("awaited after it was released");
        return await_fails(self, UV_EALREADY);
    }
    if (f == task_root(t)) return await_fails(self, ACC_EDEADLOCK);
    acc_loop *mine = task_loop(t), *its = future_loop(f);
    if (its && mine && its != mine) return await_fails(self, ACC_EOTHERLOOP);
    if (!its && f->kind == acc__k_future) pending_of(f)->loop = mine;
    acc_coro *root = task_root(t);
    bool cancelled = root->flags & acc__f_cancel;
    root->flags &= (unsigned short)~acc__f_cancel;
    if (task_refuses(t, self)) return self;
    waitq_push(future_waiters(f), &t->job);
    task_wait(t, self, f->kind == acc__k_task ? &wait_task_ops : &wait_future_ops, f);
    if (cancelled) task_cancel_now(t);
    return NULL;
}

acc_coro *acc__await(acc_coro *self, void *fut)
{
    acc_coro *f = fut;
    if (acc__unlikely(!f)) return await_fails(self, UV_EINVAL);
    if (f->kind ==
        acc__k_coro) { /* taken over: its one reference is given back by acc__await_end */
        f->kind = acc__k_running;
        f->awaiter = self;
        return acc__start(f, f->resume);
    }
    f->refs++;
    if (f->flags & acc__f_done) {
        f->flags |= acc__f_seen;
        self->err = f->err;
        if (acc__unlikely(f->err != 0)) place_await_failed(self, f, false);
        return self;
    }
    return await_pending(self, f);
}

void acc__await_end(acc_coro *self, void *fut)
{
    acc_coro *f = fut;
    if (acc__unlikely(!f)) return;
    if (acc__unlikely(self->err != 0)) place_await_failed(self, f, true);
    if (f->kind == acc__k_running && f->awaiter == self && !(f->flags & acc__f_done)) {
        f->flags |= acc__f_done | acc__f_seen;
        f->err = self->err;
    }
    acc__unref(f);
}

/* ---- the last reference is gone ---- */

static void block_free(acc_coro *f)
{
    void *block = f->kind == acc__k_future ? (void *)f : (void *)task_of(f);
    size_t size = f->cls == 255 ? (size_t)ACC__CLASSES * 16 : (size_t)f->cls * 16;
    if (acc__unlikely(debug_tracks))
        debug_block_free(f, block, size);
    else
        acc__free(block, size);
}

/* Somebody waits for it; what is done has no waiters, and may have other things there. */
static bool future_pends(acc_coro *f)
{
    return !(f->flags & acc__f_done) && pending_of(f)->waiters;
}

/* Runs the dispatch's default so that the arguments are released. */
static void coro_drop(acc_coro *c)
{
    acc_coro sink = {0};
    c->awaiter = &sink;
    c->state = (unsigned)acc__drop;
    c->err = ACC_EDESTROYED;
    (void)c->resume(c);
}

/* Whose handler is told of f; NULL: the running loop's.  Its own may have been closed. */
static acc_loop *loop_to_tell(const acc_coro *f)
{
    acc_loop *l = NULL;
    if (f->kind == acc__k_future) l = ((const struct pending *)(const void *)f)->loop;
    if (f->kind == acc__k_task) l = (acc_loop *)(void *)f->awaiter;
    return l && loop_is_open(l) ? l : NULL;
}

/* f has ended, or will never be done. */
static void release_end(acc_coro *f)
{
    if ((f->flags & acc__f_done) && f->err && !(f->flags & acc__f_seen) &&
        f->err != ACC_ECANCELED && f->err != ACC_EDESTROYED) {
        f->flags |= acc__f_seen;
        f->refs = 1;
        report_failure(loop_to_tell(f),
                       f->kind == acc__k_task     ? "task failed and nobody awaited it"
                       : f->kind == acc__k_future ? "future failed and nobody awaited it"
                                                  : "generator failed and nobody looked at it",
                       f->err, f);
        if (f->kind == acc__k_future && debug_tracks) debug_print_made(f);
    }
    if (f->kind == acc__k_task && f->flags & acc__f_extra) {
        struct task_extra *x = task_of(f)->extra;
        mem_free(x->name);
        mem_free(x);
    }
    block_free(f);
}

/* A plain future that is pending drops who waits for it: no tasks, for they hold it. */
static void release_one(acc_coro *f)
{
    if (f->kind != acc__k_future) {
        coro_drop(f);
        block_free(f);
        return;
    }
    while (future_pends(f))
        callback_cancel_job(waitq_pop(&pending_of(f)->waiters));
    release_end(f);
}

enum { DROP_DEPTH = 64 }; /* calls on the C stack */
static ACC__THREAD struct {
    unsigned depth;
    acc_coro *later; /* linked by awaiter, futures by what was their loop */
} drops;

static void later_push(acc_coro *f)
{
    if (f->kind == acc__k_future)
        pending_of(f)->loop = (acc_loop *)(void *)drops.later;
    else
        f->awaiter = drops.later;
    drops.later = f;
}

static acc_coro *later_pop(void)
{
    acc_coro *f = drops.later;
    if (!f) return NULL;
    if (f->kind != acc__k_future) {
        drops.later = f->awaiter;
        return f;
    }
    drops.later = (acc_coro *)(void *)pending_of(f)->loop;
    pending_of(f)->loop = NULL;
    return f;
}

/* What never started, or will never be done, may hold another such, and so on: deep ones take turns. */
static void release_in_turn(acc_coro *f)
{
    f->refs = 1; /* while its cleanup runs */
    if (drops.depth >= DROP_DEPTH) {
        later_push(f);
        return;
    }
    drops.depth++;
    do
        release_one(f);
    while (drops.depth == 1 && (f = later_pop()) != NULL);
    drops.depth--;
}

void acc__unref_slow(acc_coro *f)
{
    if (f == &no_memory) return;
    bool generates = f->kind == acc__k_generator || f->kind == acc__k_async_generator;
    bool unstarted = f->kind == acc__k_coro || (generates && f->state == 0 && !(f->flags & acc__f_done));
    if (unstarted || (f->kind == acc__k_future && future_pends(f))) {
        release_in_turn(f);
        return;
    }
    if (generates) {
        generator_release(f);
    } else if (f->kind == acc__k_task && !(f->flags & acc__f_done)) {
        f->refs = 1;
        task_destroy(task_of(f)); /* one that was driven by hand */
    }
    release_end(f);
}
