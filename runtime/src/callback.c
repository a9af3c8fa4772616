/* SPDX-License-Identifier: MIT */
/* callback.c: scheduled callbacks and their handles.
 *
 * Each thread has a table of slots, in chunks that never move because queues point into them.  A
 * handle names a slot and the generation of its use; a slot's generation moves on when its callback
 * has run or was cancelled, so a late handle matches nothing; nor does another thread's, whose
 * generations begin elsewhere.  The table outlives loops.
 *
 * A callback is in exactly one place: a ready queue, a timer heap, the waiters of a future, or
 * nowhere (free).  In a ready queue a cancelled one stays as a tombstone until its turn.  One that
 * a closing loop has taken out of its queue, and has not dropped yet, is LEFT. */
#include "internal.h"

enum { CHUNK = 64, HISTORY = 32 };
enum where { FREE, QUEUED, TIMED, WAITING, TOMB, LEFT };

struct callback {
    acc_job job;
    acc_callback call;
    acc_loop *loop;
    acc_coro *future;   /* WAITING: on this one */
    struct locals *locals; /* the task-local values it runs with, held */
    struct timer timer; /* TIMED */
    unsigned slot, generation;
    unsigned history; /* bit i: the use i generations ago (0: the last) was cancelled */
    enum where where;
};

static ACC__THREAD struct {
    struct callback **chunks;
    acc_job *free;   /* by job.next */
    unsigned count;  /* slots made */
    unsigned origin; /* the first generation of its slots, another one for each thread */
} table;

static struct callback *slot_at(unsigned slot)
{
    return &table.chunks[slot / CHUNK][slot % CHUNK];
}

static bool table_grow(void)
{
    static unsigned threads;
    unsigned n = table.count / CHUNK;
    mem_thread_used();
    while (table.origin == 0)
        table.origin = __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED) * 0x9e3779b1u;
    struct callback **chunks = mem_realloc(table.chunks, (n + 1) * sizeof *chunks);
    if (!chunks) return false;
    table.chunks = chunks;
    struct callback *chunk = mem_alloc(CHUNK * sizeof *chunk);
    if (!chunk) return false;
    memset(chunk, 0, CHUNK * sizeof *chunk);
    chunks[n] = chunk;
    for (unsigned i = CHUNK; i-- > 0;) {
        chunk[i].slot = table.count + i;
        chunk[i].generation = table.origin;
        chunk[i].job.next = table.free;
        table.free = &chunk[i].job;
    }
    table.count += CHUNK;
    return true;
}

/* At the end of the thread. */
void callback_table_free(void)
{
    for (unsigned i = 0; i < table.count; i++)
        if (slot_at(i)->where != FREE) return; /* a loop was left open: its queue points in here */
    for (unsigned n = 0; n < table.count / CHUNK; n++)
        mem_free(table.chunks[n]);
    mem_free(table.chunks);
    memset(&table, 0, sizeof table);
}

static void callback_drop(acc_callback c)
{
    if (c.drop) c.drop(c.arg);
}

static struct callback *callback_new(acc_loop *l, acc_callback call)
{
    /* a binding there was no memory for has no function */
    bool refused = !call.run || !l || debug_wrong_thread(l, "a callback was scheduled");
    if (refused || (!table.free && !table_grow())) {
        callback_drop(call);
        return NULL;
    }
    struct callback *c = (struct callback *)(void *)table.free;
    table.free = c->job.next;
    c->job.leaf = &acc__hooks[HOOK_CALLBACK];
    c->call = call;
    c->locals = acc__unlikely(local_used) ? local_hold() : NULL;
    c->loop = l;
    return c;
}

/* Its handle matches no longer; the slot itself may have to wait for its tombstone. */
static void callback_expire(struct callback *c, bool cancelled)
{
    c->generation++;
    if (c->generation == 0) c->generation = 1;
    c->history = c->history << 1 | cancelled;
}

static void callback_free(struct callback *c)
{
    c->where = FREE;
    if (acc__unlikely(c->locals != NULL)) local_release(c->locals);
    c->locals = NULL;
    c->job.next = table.free;
    table.free = &c->job;
}

static struct callback *callback_of(acc_handle h)
{
    if (h.generation == 0 || h.slot >= table.count) return NULL;
    struct callback *c = slot_at(h.slot);
    return c->generation == h.generation && c->where != FREE && c->where != TOMB ? c : NULL;
}

static acc_handle handle_of(const struct callback *c, double when)
{
    if (!c) return (acc_handle){0};
    return (acc_handle){c->slot, c->generation, when};
}

/* Resumed by the loop in its turn: the job that runs is found where a task would be. */
acc_coro *callback_resume(acc_coro *self)
{
    struct callback *c = (struct callback *)(void *)hook_job();
    (void)self;
    if (c->where == TOMB) {
        callback_free(c);
        return NULL;
    }
    acc_callback call = c->call;
    struct locals *locals = c->locals;
    c->locals = NULL;
    callback_expire(c, false);
    callback_free(c);
    if (acc__unlikely(local_used)) {
        local_run(locals, call.run, call.arg);
    } else {
        call.run(call.arg);
        if (acc__unlikely(local_used)) local_thread_free(); /* it has set this thread's first */
    }
    callback_drop(call);
    return NULL;
}

static void callback_enqueue(struct callback *c)
{
    c->where = QUEUED;
    loop_enqueue(c->loop, &c->job);
}

/* A waiter of a future, or a due timer, that is no task has its turn. */
void callback_wake(acc_job *j, acc_coro *f)
{
    if (j->leaf == &acc__hooks[HOOK_JOINER]) {
        f->flags |= acc__f_seen;
        loop_enqueue(((struct joiner *)(void *)j)->loop, j);
        return;
    }
    if (j->leaf == &acc__hooks[HOOK_CALL]) {
        f->flags |= acc__f_seen;
        loop_enqueue(((struct call_job *)(void *)j)->loop, j);
        return;
    }
    struct callback *c = (struct callback *)(void *)j;
    c->future = NULL;
    callback_enqueue(c);
}

void (*callback_function(acc_job *j))(void *)
{
    struct callback *c = (struct callback *)(void *)j;
    if (j->leaf == &acc__hooks[HOOK_CALL]) return posted_function((struct call_job *)(void *)j);
    return j->leaf == &acc__hooks[HOOK_CALLBACK] && c->where != TOMB ? c->call.run : NULL;
}

bool callback_matches(acc_job *j, void (*cb)(void *))
{
    return j->leaf == &acc__hooks[HOOK_CALLBACK] && ((struct callback *)(void *)j)->call.run == cb;
}

void callback_expire_job(acc_job *j)
{
    struct callback *c = (struct callback *)(void *)j;
    c->where = TOMB;
    callback_expire(c, true);
}

void callback_drop_job(acc_job *j)
{
    struct callback *c = (struct callback *)(void *)j;
    acc_callback call = c->call;
    callback_free(c);
    callback_drop(call);
}

/* Of a waiter that was taken out of its place already. */
void callback_cancel_job(acc_job *j)
{
    if (j->leaf == &acc__hooks[HOOK_WATCH]) {
        watch_dropped(j);
        return;
    }
    if (j->leaf != &acc__hooks[HOOK_CALLBACK]) return;
    callback_expire_job(j);
    callback_drop_job(j);
}

static void callback_cancel(struct callback *c)
{
    if (c->where == QUEUED) {
        acc_callback call = c->call;
        c->where = TOMB;
        callback_expire(c, true);
        callback_drop(call);
        return;
    }
    if (c->where == TIMED)
        timer_remove(&c->loop->timers, &c->timer);
    else if (c->where == WAITING)
        (void)waitq_remove(future_waiters(c->future), &c->job);
    callback_cancel_job(&c->job);
}

void acc_handle_cancel(acc_handle h)
{
    struct callback *c = callback_of(h);
    if (c) callback_cancel(c);
}

bool acc_handle_cancelled(acc_handle h)
{
    if (h.generation == 0 || h.slot >= table.count) return false;
    const struct callback *c = slot_at(h.slot);
    unsigned ago = c->generation - h.generation; /* 0: not expired yet */
    return ago > 0 && ago <= HISTORY && (c->history >> (ago - 1) & 1);
}

void callback_left(acc_job *j)
{
    struct callback *c = (struct callback *)(void *)j;
    if (c->where == TOMB)
        callback_free(c);
    else
        c->where = LEFT;
}

/* What a closed loop still holds is dropped, also callbacks that wait for futures of the user's.
 * What was queued since the queue was emptied stays there as a tombstone. */
void callback_close_loop(acc_loop *l)
{
    for (unsigned i = 0; i < table.count; i++) {
        struct callback *c = slot_at(i);
        if (c->where != FREE && c->where != TOMB && c->loop == l) callback_cancel(c);
    }
}

bool callback_has_loop(const acc_loop *l)
{
    for (unsigned i = 0; i < table.count; i++)
        if (slot_at(i)->where != FREE && slot_at(i)->loop == l) return true;
    return false;
}

/* ---- the public forms ---- */

acc_handle acc__call_soon_callback(acc_loop *l, acc_callback call)
{
    struct callback *c = callback_new(l, call);
    if (c) callback_enqueue(c);
    return handle_of(c, 0);
}

acc_handle callback_at(acc_loop *l, double when, uint64_t ns, acc_callback call)
{
    struct callback *c = callback_new(l, call);
    if (!c) return (acc_handle){0};
    c->timer.job = &c->job;
    c->where = TIMED;
    if (loop_timer_add(l, &c->timer, ns) < 0) {
        callback_cancel_job(&c->job);
        return (acc_handle){0};
    }
    return handle_of(c, when);
}

acc_handle acc__call_later_callback(acc_loop *l, double seconds, acc_callback call)
{
    uint64_t now = l ? loop_clock(l) : 0;
    return callback_at(l, (double)now / 1e9 + seconds, time_after(now, seconds), call);
}

acc_handle acc__call_at_callback(acc_loop *l, double when, acc_callback call)
{
    return callback_at(l, when, time_at(when), call);
}

acc_handle acc__call_soon(acc_loop *l, void (*f)(void *), void *arg)
{
    return acc__call_soon_callback(l, (acc_callback){f, NULL, arg});
}

acc_handle acc__call_later(acc_loop *l, double seconds, void (*f)(void *), void *arg)
{
    return acc__call_later_callback(l, seconds, (acc_callback){f, NULL, arg});
}

acc_handle acc__call_at(acc_loop *l, double when, void (*f)(void *), void *arg)
{
    return acc__call_at_callback(l, when, (acc_callback){f, NULL, arg});
}

acc_handle callback_watch(acc_loop *l, acc_coro *f, acc_callback call)
{
    if (f->flags & acc__f_done) return acc__call_soon_callback(l, call);
    struct callback *c = callback_new(l, call);
    if (!c) return (acc_handle){0};
    c->where = WAITING;
    c->future = f;
    waitq_push(future_waiters(f), &c->job);
    return handle_of(c, 0);
}

acc_handle acc__add_done_callback(void *p, acc_callback call)
{
    acc_coro *f = p;
    acc_loop *l = f->flags & acc__f_done ? NULL : future_loop(f);
    if (!l || !loop_is_open(l)) l = loop_current();
    if (!l || f->kind == acc__k_coro || f->kind == acc__k_running) {
        callback_drop(call);
        return (acc_handle){0};
    }
    return callback_watch(l, f, call);
}

acc_handle acc__add_done(void *f, void (*cb)(void *), void *arg)
{
    return acc__add_done_callback(f, (acc_callback){cb, NULL, arg});
}
