/* SPDX-License-Identifier: MIT */
/* combine.c: acc_gather, acc_race, acc_wait: one task waits for several futures.
 *
 * The frame of such a coroutine is a crowd: what it waits for, each with a done-callback on it
 * (callback_watch), so that an end takes its turn in the ready queue like asyncio's callbacks and
 * can be called off wherever it stands.  Each callback counts, and decides by the mode whether the
 * others are cancelled and whether the waiting task goes on.
 *
 * Invariant: when the waiting task goes on, every member whose callback has not run is one that may
 * run on alone (a loose gather that failed, a wait); and no callback points into a frame that is
 * left. */
#include "internal.h"

struct member {
    struct crowd *of;
    acc_coro *f;      /* one reference; NULL: given back */
    acc_handle watch; /* valid until `over` */
    void *out;        /* where the value goes, or NULL */
    size_t size;
    int err;   /* why it cannot be waited for; 0: f tells how it went */
    bool over; /* its end was counted */
    bool ours; /* came as a coroutine: a task of ours */
};

enum mode {
    GATHER = acc__g_join,
    LOOSE = acc__g_loose,
    OUTCOMES = acc__g_outcomes,
    RACE = acc__g_race,
    WAIT_ALL,
    WAIT_FIRST,
    WAIT_FAILED,
};

struct crowd {
    acc_coro hd;
    int value; /* RACE: who won; WAIT: how many are done */
    enum mode mode;
    struct inward inward;
    acc_task *task; /* suspended here, not woken yet */
    struct acc_outcome *outcomes;
    double seconds; /* WAIT */
    acc_handle alarm;
    size_t n, left;
    struct member *first;      /* the first that failed or, RACE, was done */
    bool cancelled, abandoned; /* abandoned: it could not begin, so nobody waits for its tasks */
    struct member at[];
};
_Static_assert(offsetof(struct crowd, value) == sizeof(acc_coro), "the result lies at +32");

/* ---- what all combinators share ---- */

enum { INWARD_DEPTH = 64 }; /* calls on the C stack; a longer ring is not told from a visit */
static ACC__THREAD struct {
    unsigned depth, walk;
    struct inward *later, **end;
} inward;

static void inward_run(struct inward *i)
{
    inward.depth++;
    i->busy = true;
    i->run(i);
    i->busy = false;
    inward.depth--;
}

bool inward_cancel(struct inward *i)
{
    if (inward.depth == 0 && ++inward.walk == 0) inward.walk = 1;
    if (i->walk == inward.walk) return i->busy;
    i->walk = inward.walk;
    i->next = NULL;
    if (inward.depth >= INWARD_DEPTH) {
        *(inward.later ? inward.end : &inward.later) = i;
        inward.end = &i->next;
        return false;
    }
    inward_run(i);
    while (inward.depth == 0 && inward.later) {
        i = inward.later;
        inward.later = i->next;
        inward_run(i);
    }
    return false;
}

int wait_check(acc_task *t, acc_coro *f)
{
    if (!f) return UV_EINVAL;
    if (f->flags & acc__f_done) return 0;
    if (f->kind == acc__k_running) return UV_EALREADY;
    if (f->kind == acc__k_coro) return 0;
    if (t && f == task_root(t)) return ACC_EDEADLOCK;
    acc_loop *mine = t ? task_loop(t) : loop_current(), *its = future_loop(f);
    if (its && mine && its != mine) return ACC_EOTHERLOOP;
    if (!its && f->kind == acc__k_future) pending_of(f)->loop = mine;
    return 0;
}

bool scope_hold(acc_coro *task)
{
    bool held = task_loop(task_of(task)) != NULL;
    if (held) acc__ref(task);
    return held;
}

acc_loop *scope_home(acc_coro *task)
{
    return task->flags & acc__f_done ? loop_current() : task_home(task_of(task));
}

int child_spawn(acc_loop *l, acc_coro *f)
{
    int rc = !l ? ACC_ENOMEM : debug_wrong_thread(l, "a task was spawned") ? ACC_EOTHERLOOP : 0;
    if (rc)
        acc__unref(f);
    else
        acc__loop_spawn(l, f);
    return rc;
}

struct failing {
    acc_coro hd;
    int code;
};
static const acc_info failing_info = {"refused", NULL, sizeof(struct failing), 1, NULL};

static acc_coro *failing_resume(acc_coro *self)
{
    if (self->state != 0) return acc__odd(self, &failing_info);
    return acc__throw(self, ((struct failing *)(void *)self)->code);
}

acc_coro *coro_failing(int code)
{
    struct failing *f = acc__make(sizeof *f, failing_resume);
    if (!f) return acc__no_memory();
    f->code = code;
    return &f->hd;
}

/* ---- the end of a member ---- */

static int member_error(const struct member *m)
{
    return m->err ? m->err : m->f->err;
}

/* A refused one is none of ours to cancel. */
static void crowd_cancel_rest(struct crowd *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (!c->at[i].over && !c->at[i].err) (void)acc__cancel(c->at[i].f);
}

static void crowd_wake(struct crowd *c)
{
    acc_task *t = c->task;
    if (!t) return; /* it has not suspended, or was woken */
    c->task = NULL;
    task_wake(t, c->cancelled ? ACC_ECANCELED : 0);
}

/* Whether the task need wait no longer. */
static bool crowd_settled(const struct crowd *c)
{
    if (c->left == 0) return true;
    if (c->cancelled) return false;
    return (c->mode == LOOSE || c->mode >= WAIT_FIRST) && c->first;
}

static void member_over(struct member *m)
{
    struct crowd *c = m->of;
    int err = member_error(m);
    m->over = true;
    c->left--;
    bool counts = c->mode == RACE || c->mode == WAIT_FIRST ||
                  (c->mode != OUTCOMES && err && (c->mode != WAIT_FAILED || err != ACC_ECANCELED));
    bool first = counts && !c->first;
    if (first) c->first = m;
    if (first && !c->cancelled && (c->mode == GATHER || c->mode == RACE)) crowd_cancel_rest(c);
    if (crowd_settled(c)) crowd_wake(c);
}

static void on_member_done(void *arg)
{
    member_over(arg);
}

static void on_time_up(void *arg)
{
    crowd_wake(arg);
}

/* ---- waiting ---- */

/* Whatever the way out: nothing points into the frame any more. */
static void crowd_release(struct crowd *c, bool destroyed)
{
    acc_handle_cancel(c->alarm);
    for (size_t i = 0; i < c->n; i++) {
        struct member *m = &c->at[i];
        if (!m->f) continue;
        if (!m->over) acc_handle_cancel(m->watch);
        if (destroyed && m->ours) child_destroy(m->f);
        if (c->abandoned && m->ours) (void)acc__cancel(m->f);
        acc__unref(m->f);
        m->f = NULL;
    }
}

static void crowd_inward(struct inward *i)
{
    crowd_cancel_rest((struct crowd *)(void *)((char *)i - offsetof(struct crowd, inward)));
}

static void gather_cancel(acc_task *t, void *obj, int err)
{
    struct crowd *c = obj;
    if (err != ACC_ECANCELED) {
        c->task = NULL;
        t->ops = NULL;
        return;
    }
    c->cancelled = true; /* it goes on when all have ended; or now, if they wait for it */
    if (inward_cancel(&c->inward)) crowd_wake(c);
}

static void wait_cancel(acc_task *t, void *obj, int err)
{
    struct crowd *c = obj;
    c->task = NULL;
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

const acc_wait_ops gather_ops = {gather_cancel, NULL, "a gather"};
const acc_wait_ops race_ops = {gather_cancel, NULL, "a race"};
const acc_wait_ops wait_ops = {wait_cancel, NULL, "several futures"};

acc_coro *crowd_awaits(void *obj, uintptr_t *cursor)
{
    const struct crowd *c = obj;
    while (*cursor < c->n) {
        const struct member *m = &c->at[(*cursor)++];
        if (m->f && !m->over) return m->f;
    }
    return NULL;
}

/* ---- destroying ---- */

static acc_coro *crowd_child(void *obj)
{
    const struct crowd *c = obj;
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].ours && !(c->at[i].f->flags & acc__f_done)) return c->at[i].f;
    return NULL;
}

/* NULL too when it cannot be destroyed. */
static acc_coro *child_of(acc_coro *f)
{
    if (task_runs(task_of(f))) return NULL;
    const acc_wait_ops *ops = task_ops(task_of(f));
    void *obj = task_of(f)->obj;
    acc_coro *c = NULL;
    if (ops == &gather_ops || ops == &race_ops)
        c = crowd_child(obj);
    else if (ops == &group_ops)
        c = group_child(obj);
    else if (ops == &join_ops)
        c = join_child(obj);
    return c && !task_runs(task_of(c)) ? c : NULL;
}

void child_destroy(acc_coro *f)
{
    if (f->kind != acc__k_task || f->flags & acc__f_done) return;
    if (task_runs(task_of(f))) {
        (void)task_cancel(task_of(f));
        return;
    }
    acc_coro *last;
    do { /* the innermost first, not by recursion: it may be deep */
        acc_coro *inner = last = f;
        while ((inner = child_of(inner)) != NULL)
            last = inner;
        task_destroy(task_of(last));
    } while (last != f);
}

/* ---- beginning ---- */

static const acc_wait_ops *crowd_ops(const struct crowd *c)
{
    if (c->mode >= WAIT_ALL) return &wait_ops;
    return c->mode == RACE ? &race_ops : &gather_ops;
}

/* 0 or why the crowd cannot be waited for at all: then none of its coroutines ever runs. */
static int crowd_begin(struct crowd *c, acc_task *t)
{
    acc_loop *l = task_home(t);
    bool wait = c->mode >= WAIT_ALL;
    for (size_t i = 0; i < c->n; i++) {
        struct member *m = &c->at[i];
        m->err = wait_check(t, m->f);
        if (wait && !m->err && m->f->kind == acc__k_coro) m->err = UV_EINVAL;
        if (wait && m->err) return m->err;
        if (m->err) continue;
        if (m->f->kind == acc__k_coro) {
            m->f->flags &= (unsigned short)~acc__f_seen;
            m->err = child_spawn(l, m->f);
            m->ours = !m->err;
            if (m->err) m->f = NULL;
        }
        if (m->err) continue;
        if (m->f->flags & acc__f_done && !wait) continue;
        m->watch = callback_watch(l, m->f, (acc_callback){on_member_done, NULL, m});
        if (m->watch.generation == 0) return ACC_ENOMEM;
    }
    if (!(c->seconds >= (double)TIME_NEVER / 1e9)) {
        c->alarm = acc__call_later(l, c->seconds, on_time_up, c);
        if (c->alarm.generation == 0) return ACC_ENOMEM;
    }
    for (size_t i = 0; i < c->n; i++) { /* what was done before */
        struct member *m = &c->at[i];
        if (m->err || m->watch.generation == 0) member_over(m);
    }
    return 0;
}

/* NULL when it has suspended. */
static acc_coro *crowd_await(struct crowd *c, acc_coro *self)
{
    acc_task *t = acc__tls.task;
    acc_coro *root = task_root(t);
    if (root->flags & acc__f_destroy) {
        (void)task_refuses(t, self);
        return self;
    }
    self->err = c->n == 0 && c->mode >= RACE ? UV_EINVAL : crowd_begin(c, t);
    c->abandoned = self->err != 0;
    if (self->err || crowd_settled(c)) return self;
    bool cancelled = root->flags & acc__f_cancel && c->mode < WAIT_ALL;
    if (cancelled) root->flags &= (unsigned short)~acc__f_cancel;
    if (task_refuses(t, self)) return task_refused(t, self);
    c->task = t;
    task_wait(t, self, crowd_ops(c), c);
    if (cancelled) task_cancel_now(t);
    return NULL;
}

/* ---- results ---- */

static void member_store(const struct member *m)
{
    if (m->out && m->size) memcpy(m->out, acc__value(m->f), m->size);
}

static void outcome_store(struct crowd *c, size_t i)
{
    struct member *m = &c->at[i];
    int err = member_error(m);
    if (!m->err) m->f->flags |= acc__f_seen;
    if (c->outcomes) c->outcomes[i].err = err;
    if (err && m->out && m->size)
        memset(m->out, 0, m->size);
    else if (!err)
        member_store(m);
}

static int done_count(const struct crowd *c)
{
    int n = 0;
    for (size_t i = 0; i < c->n; i++)
        n += (c->at[i].f->flags & acc__f_done) != 0;
    return n;
}

/* Stores what there is: 0, or the failure. */
static int crowd_result(struct crowd *c)
{
    if (c->mode >= WAIT_ALL) {
        c->value = done_count(c);
        return 0;
    }
    if (c->first) {
        int err = member_error(c->first);
        if (!c->first->err) c->first->f->flags |= acc__f_seen;
        if (err && !c->first->err) place_adopt(c->first->f);
        if (err) return err;
        c->value = (int)(c->first - c->at); /* only a race has a first that succeeded */
        member_store(c->first);
        return 0;
    }
    for (size_t i = 0; i < c->n; i++)
        if (c->mode == OUTCOMES)
            outcome_store(c, i);
        else
            member_store(&c->at[i]);
    return 0;
}

static const acc_info gather_info = {"acc_gather", NULL, sizeof(struct crowd), 2, NULL};
static const acc_info race_info = {"acc_race", NULL, sizeof(struct crowd), 2, NULL};
static const acc_info wait_info = {"acc_wait", NULL, sizeof(struct crowd), 2, NULL};

static acc_coro *crowd_resume(acc_coro *self)
{
    struct crowd *c = (struct crowd *)(void *)self;
    switch (self->state) {
    case 0:
        if (crowd_await(c, self) == NULL) return acc__suspend(self, 1, NULL);
        break;
    case 1: break;
    case (unsigned)acc__drop: break;
    default:
        return acc__odd(self, c->mode >= WAIT_ALL ? &wait_info
                              : c->mode == RACE   ? &race_info
                                                  : &gather_info);
    }
    if (!self->err) self->err = crowd_result(c);
    crowd_release(c, self->err == ACC_EDESTROYED);
    return self->err ? acc__fail(self) : self->awaiter;
}

/* ---- made ---- */

static struct crowd *crowd_new(size_t n, enum mode mode)
{
    if (n > (SIZE_MAX / 2) / sizeof(struct member)) return NULL;
    size_t size = sizeof(struct crowd) + n * sizeof(struct member);
    struct crowd *c = acc__make(size, crowd_resume);
    if (!c) return NULL;
    memset((char *)c + sizeof(acc_coro), 0, size - sizeof(acc_coro));
    c->mode = mode;
    c->n = c->left = n;
    c->seconds = ACC_FOREVER;
    c->inward.run = crowd_inward;
    return c;
}

/* A coroutine is taken, once, a task or future is held. */
acc_coro *part_take(acc_coro *f)
{
    if (!f) return NULL;
    if (f->kind != acc__k_coro || f->flags & acc__f_seen) return acc__ref(f);
    f->flags |= acc__f_seen; /* the second time it stands there it is borrowed from the first */
    return f;
}

static void part_put(struct crowd *c, size_t i, acc_coro *f, void *out, size_t size)
{
    c->at[i] = (struct member){.of = c, .f = part_take(f), .out = out, .size = size};
}

void *acc__gather(const struct acc_part *parts, enum acc__gather_mode mode,
                  struct acc_outcome *outcomes)
{
    size_t n = 0;
    while (parts[n].size_ != (size_t)-1)
        n++;
    struct crowd *c = crowd_new(n, (enum mode)mode);
    for (size_t i = 0; c && i < n; i++)
        part_put(c, i, parts[i].future_, parts[i].out_, parts[i].size_);
    for (size_t i = 0; !c && i < n; i++)
        (void)part_take(parts[i].future_);
    for (size_t i = 0; !c && i < n; i++) /* one that stands there twice is closed once */
        acc__unref(parts[i].future_);
    if (!c) return acc__no_memory();
    c->outcomes = outcomes;
    return c;
}

void *acc__gather_n(const void *fs, size_t n, void *out, size_t size, enum acc__gather_mode mode,
                    struct acc_outcome *outcomes)
{
    struct crowd *c = crowd_new(n, (enum mode)mode);
    for (size_t i = 0; c && i < n; i++)
        part_put(c, i, future_at(fs, i), out && mode != acc__g_race ? (char *)out + i * size : out,
                 size);
    for (size_t i = 0; !c && i < n; i++)
        (void)part_take(future_at(fs, i));
    for (size_t i = 0; !c && i < n; i++)
        acc__unref(future_at(fs, i));
    if (!c) return acc__no_memory();
    c->outcomes = outcomes;
    return c;
}

future(int) acc__wait(const void *fs, size_t n, enum acc_wait_mode mode, double seconds)
{
    static const enum mode modes[] = {WAIT_ALL, WAIT_FIRST, WAIT_FAILED};
    if ((unsigned)mode > ACC_FIRST_EXCEPTION) return (future(int))(void *)coro_failing(UV_EINVAL);
    struct crowd *c = crowd_new(n, modes[mode]);
    if (!c) return (future(int))acc__no_memory();
    for (size_t i = 0; i < n; i++) {
        acc_coro *f = future_at(fs, i);
        c->at[i] = (struct member){.of = c, .f = f && f->kind == acc__k_coro ? NULL : acc__ref(f)};
    }
    c->seconds = seconds;
    return (future(int))(void *)c;
}
