/* SPDX-License-Identifier: MIT */
/* debug.c: what debug mode tells: who takes long, who was forgotten, who calls from the wrong thread.
 *
 * A place is that of the step that runs: before each step the loop notes where its innermost
 * coroutine was suspended, so what is made in it was made at or after that line.  Under ACC_DEBUG=1
 * each block of a coroutine or future is recorded when it is made and forgotten when it is freed.
 * For that such blocks are kept off the thread's inline free lists: an empty list brings whoever
 * makes one to acc__make_slow.  So nothing is tested for where debug mode is off.
 *
 * Invariant: a recorded block begins with the header it was recorded as having; blocks that are not
 * recorded are told nothing of. */
#include "internal.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

bool debug_tracks, debug_used;

bool debug_enabled(void)
{
    static int enabled = -1;
    int is = __atomic_load_n(&enabled, __ATOMIC_RELAXED);
    if (is < 0) {
        const char *s = getenv("ACC_DEBUG");
        is = s && *s && strcmp(s, "0") != 0;
        if (is) debug_tracks = true; /* written once, before any other thread has a loop */
        __atomic_store_n(&enabled, is, __ATOMIC_RELAXED);
    }
    return is > 0;
}

/* ---- the step that runs ---- */

static ACC__THREAD struct place step;

static struct place place_suspended(acc_task *t)
{
    acc_coro *root = task_root(t), *c = t->job.leaf;
    const acc_info *in = coro_describe(c);
    while (c != root && c->awaiter && !(in && in->file)) {
        c = c->awaiter;
        in = coro_describe(c);
    }
    return place_of_state(c, in);
}

void debug_step_begin(acc_job *j)
{
    struct place none = {NULL, 0};
    step = job_is_task(j) ? place_suspended((acc_task *)j) : none;
}

void debug_step_end(void)
{
    step = (struct place){NULL, 0};
}

struct place debug_place(void)
{
    return step;
}

/* ", made in 'f' at or after x.ac:3" */
static void print_place(const char *how, struct place at)
{
    const char *file = at.info ? at.info->file : NULL;
    if (!at.info) return;
    fprintf(stderr, ", %s '%s'", how, at.info->name);
    if (file && at.line) fprintf(stderr, " at or after %s:%u", file, at.line);
}

void report_slow(acc_task *t, void (*function)(void *), uint64_t ns)
{
    Dl_info symbol;
    if (t)
        fprintf(stderr, "acc: task '%s'", task_name(t));
    else
        fprintf(stderr, "acc: a callback");
    if (!t && function) {
        void *address = (void *)(uintptr_t)function;
        bool named = dladdr(address, &symbol) && symbol.dli_saddr == address && symbol.dli_sname;
        fprintf(stderr, " (%s%s%p)", named ? symbol.dli_sname : "", named ? " at " : "", address);
    }
    fprintf(stderr, " ran for %.3f s without suspending", (double)ns / 1e9);
    print_place("in", step);
    fprintf(stderr, "\n");
}

void report_unclosed(const char *what, struct place made)
{
    fprintf(stderr, "acc: a %s was never closed", what);
    print_place("made in", made);
    fprintf(stderr, "\n");
}

/* ---- other threads ---- */

bool debug_refuses(acc_loop *l, const char *what)
{
    uv_thread_t mine = uv_thread_self();
    if (!debugger_loop_known(l) || !(l->attention & ATTEND_DEBUG)) return false;
    if (uv_thread_equal(&mine, &l->thread)) return false;
    fprintf(stderr, "acc: %s from another thread than its loop's: refused\n", what);
    return true;
}

/* ---- what was made and not freed ---- */

enum { BUCKETS = 1 << 12 };

struct record {
    void *block;
    struct record *same;         /* of the same bucket */
    struct record *older, *newer;
    acc_loop *loop;              /* that ran then; NULL: none */
    struct place made;
    bool future, told;
};

static struct {
    uv_mutex_t lock; /* a block may be freed on another thread than it was made on */
    uv_once_t once;
    struct record *bucket[BUCKETS], *newest, *oldest;
} table = {.once = UV_ONCE_INIT};

static void on_exit_report(void);

static void table_make(void)
{
    if (uv_mutex_init(&table.lock) < 0) abort();
    (void)atexit(on_exit_report);
}

static struct record **bucket_of(const void *block)
{
    return &table.bucket[((uintptr_t)block >> 4) * 2654435761u >> 7 & (BUCKETS - 1)];
}

void debug_made(void *block, bool future)
{
    struct record *r = mem_alloc(sizeof *r);
    if (!r) return;
    uv_once(&table.once, table_make);
    uv_mutex_lock(&table.lock);
    *r = (struct record){block, NULL, NULL, NULL, acc__tls.loop, step, future, false};
    struct record **b = bucket_of(block);
    r->same = *b;
    *b = r;
    r->older = table.newest;
    if (r->older) r->older->newer = r;
    else table.oldest = r;
    table.newest = r;
    uv_mutex_unlock(&table.lock);
}

static struct record **record_find(const void *block)
{
    struct record **p = bucket_of(block);
    while (*p && (*p)->block != block)
        p = &(*p)->same;
    return p;
}

void debug_freed(void *block)
{
    uv_once(&table.once, table_make);
    uv_mutex_lock(&table.lock);
    struct record **p = record_find(block), *r = *p;
    if (r) {
        *p = r->same;
        *(r->older ? &r->older->newer : &table.oldest) = r->newer;
        *(r->newer ? &r->newer->older : &table.newest) = r->older;
    }
    uv_mutex_unlock(&table.lock);
    mem_free(r);
}

/* Where a future was made, as far as it is known. */
void debug_print_made(void *block)
{
    uv_once(&table.once, table_make);
    uv_mutex_lock(&table.lock);
    struct record *r = *record_find(block);
    if (r && r->made.info) {
        fprintf(stderr, "acc:   it is a future");
        print_place("made in", r->made);
        fprintf(stderr, "\n");
    }
    uv_mutex_unlock(&table.lock);
}

static const char *kind_word(const acc_coro *f)
{
    switch (f->kind) {
    case acc__k_coro: return "coroutine";
    case acc__k_task: return "task";
    case acc__k_generator:
    case acc__k_async_generator: return "generator";
    default: return "a future";
    }
}

static void report_left(const struct record *r)
{
    acc_coro *f = r->block;
    if (!r->future) f = task_root(r->block);
    bool task = f->kind == acc__k_task;
    const char *name = r->future ? NULL : task ? task_name(r->block) : NULL;
    if (!r->future && !task) {
        const acc_info *info = coro_describe(f);
        name = info ? info->name : "?";
    }
    fprintf(stderr, "acc: %s", kind_word(f));
    if (name) fprintf(stderr, " '%s'", name);
    if (f->kind == acc__k_coro)
        fprintf(stderr, " was never awaited");
    else if (f->flags & acc__f_done && f->err && !(f->flags & acc__f_seen) && !acc__is_cancel(f->err))
        fprintf(stderr, " failed and nobody looked at it: %s", acc_err_name(f->err));
    else
        fprintf(stderr, " was not released when the loop was closed");
    print_place("made in", r->made);
    fprintf(stderr, "\n");
}

/* l NULL: at the end of the process, those made while no loop ran that never started. */
static void report_all_left(acc_loop *l)
{
    uv_once(&table.once, table_make);
    uv_mutex_lock(&table.lock);
    for (struct record *r = table.oldest; r; r = r->newer) {
        bool unstarted = !r->future && task_root(r->block)->kind == acc__k_coro;
        if (r->told || r->loop != l || (!l && !unstarted)) continue;
        report_left(r);
        r->told = true; /* another loop may get the address of this one */
    }
    uv_mutex_unlock(&table.lock);
}

void debug_loop_closed(acc_loop *l)
{
    if (debug_enabled()) report_all_left(l);
}

static void on_exit_report(void)
{
    if (acc__tls.loop) return; /* exit() within it */
    loops_report_open();
    report_all_left(NULL);
}

void debug_begin(void)
{
    if (debug_enabled()) uv_once(&table.once, table_make);
}

/* ---- what was released ---- */

static acc_coro released; /* the awaiter of what lies in a free block */

bool debug_was_released(const acc_coro *f)
{
    return f->kind == acc__k_running && f->awaiter == &released;
}

void debug_report_released(const char *what)
{
    fprintf(stderr, "acc: a coroutine, task or future was %s", what);
    print_place("in", step);
    fprintf(stderr, "\n");
}

/* ---- their blocks ---- */

#ifndef ACC__OWN_BLOCKS

/* Free blocks that acc__make shall not find: rings, each entry the last one, so that what was freed
 * last is used again last. */
static ACC__THREAD void *spare[ACC__CLASSES];

static void spare_add(size_t c, void *block, bool last)
{
    void *first = spare[c] ? *(void **)spare[c] : block;
    *(void **)block = first;
    if (spare[c]) *(void **)spare[c] = block;
    if (last || !spare[c]) spare[c] = block;
}

static void spare_class(size_t c)
{
    void *list = acc__tls.free[c], *next;
    for (; list; list = next) {
        next = *(void **)list;
        spare_add(c, list, false);
    }
    acc__tls.free[c] = NULL;
}

/* Between two steps: what was freed by emitted code. */
void debug_spare_blocks(void)
{
    for (size_t c = 0; c < ACC__CLASSES; c++)
        if (acc__tls.free[c]) spare_class(c);
}

void *debug_spare_take(size_t c)
{
    void *last = spare[c], *first = last ? *(void **)last : NULL;
    if (first == last)
        spare[c] = NULL;
    else
        *(void **)last = *(void **)first;
    return first;
}

static void *block_take(acc__size size)
{
    size_t c = (size + 15) >> 4;
    void *p = acc__alloc_slow(size);
    if (c < ACC__CLASSES) spare_class(c); /* what was cut beside it */
    return p;
}

void debug_block_free(acc_coro *f, void *block, acc__size size)
{
    size_t c = (size + 15) >> 4;
    if (debug_was_released(f)) {
        debug_report_released("released twice");
        f->refs = 1;
        return;
    }
    debug_freed(block);
    if (c >= ACC__CLASSES) {
        acc__free(block, size);
        return;
    }
    spare_add(c, block, true);
    f->kind = acc__k_running; /* so whoever still has it, awaits or releases it comes to a slow path */
    f->awaiter = &released;
    f->flags = 0;
    f->refs = 1;
}

#else

void debug_spare_blocks(void)
{
}

static void *block_take(acc__size size)
{
    return acc__alloc_slow(size);
}

void debug_block_free(acc_coro *f, void *block, acc__size size)
{
    (void)f;
    debug_freed(block);
    acc__free(block, size);
}

#endif

void *acc__make_slow(acc__size size)
{
    if (acc__likely(!debug_enabled())) return acc__alloc_slow(size);
    void *p = block_take(size);
    if (p) {
        memset(p, 0, sizeof(acc_task) + sizeof(acc_coro)); /* who reports it may come before the ramp */
        debug_made(p, false);
    }
    return p;
}

/* ---- switched by the program ---- */

void acc_loop_set_debug(acc_loop *l, bool on)
{
    debug_used |= on;
    if (on)
        loop_attend(l, ATTEND_DEBUG);
    else
        l->attention &= ~(unsigned)ATTEND_DEBUG;
}

bool acc_loop_debug(acc_loop *l)
{
    return l->attention & ATTEND_DEBUG;
}

void acc_loop_set_slow(acc_loop *l, double seconds)
{
    l->slow = time_after(0, seconds);
}
