/* SPDX-License-Identifier: MIT */
/* group.c: a scope that its tasks do not outlive.
 *
 * The rules are those of asyncio.TaskGroup (CPython 3.13, Lib/asyncio/taskgroups.py), one code in
 * place of an exception group: a child's first failure cancels the others and asks the parent to
 * cancel, a request that is taken back when the scope is left, so that the parent's count is what
 * it was.
 *
 * The coroutine that waits at the end lies in the group itself: leaving the scope allocates
 * nothing, so it can always join.  It holds a reference that nobody gives back.
 *
 * Invariant: a group that was left has no members. */
#include "internal.h"

enum { CREATED, ENTERED, LEAVING, LEFT };

struct group_member {
    struct group_member *prev, *next;
    acc_coro *task; /* one reference */
    acc_group *of;
    acc_handle watch;
};

static const acc_info group_info = {"group", NULL, sizeof(acc_group), 2, NULL};

static struct group_member *first_of(const acc_group *g)
{
    return g->first_;
}

static void member_free(struct group_member *m)
{
    acc_group *g = m->of;
    if (m->prev)
        m->prev->next = m->next;
    else
        g->first_ = m->next;
    if (m->next)
        m->next->prev = m->prev;
    else
        g->last_ = m->prev;
    acc__unref(m->task); /* tells of a failure that nobody has looked at */
    acc__free(m, sizeof *m);
}

static void group_abort(acc_group *g)
{
    g->aborting_ = true;
    for (struct group_member *m = first_of(g); m; m = m->next)
        (void)acc__cancel(m->task);
}

/* The parent too; leaving takes that back. */
static void group_end(acc_group *g)
{
    group_abort(g);
    if (g->parent_asked_) return;
    g->parent_asked_ = true;
    (void)acc__cancel(g->parent_);
}

static void group_failed(acc_group *g, int err, struct place at)
{
    g->failures++;
    if (g->error) return;
    g->error = err;
    g->failed_in_ = at.info;
    g->failed_at_ = at.line;
}

static void on_member_done(void *arg)
{
    struct group_member *m = arg;
    acc_group *g = m->of;
    int err = m->task->err;
    bool failed = err && !acc__is_cancel(err);
    if (failed && !g->error) m->task->flags |= acc__f_seen; /* goes on from the scope */
    bool last = m == first_of(g) && !m->next;
    if (last && g->waiter_) { /* who leaves it, perhaps another than entered it */
        acc_task *t = g->waiter_;
        g->waiter_ = NULL;
        task_wake(t, 0);
    }
    if (failed) group_failed(g, err, place_of(m->task));
    member_free(m);
    if (failed && !g->aborting_ && !g->parent_asked_) group_end(g);
}

/* ---- leaving ---- */

static void group_leave(acc_group *g)
{
    g->state_ = LEFT;
    if (g->held_) acc__unref(g->parent_);
    g->parent_ = NULL;
}

static struct place group_failed_at(const acc_group *g)
{
    return (struct place){g->failed_in_, g->failed_at_};
}

/* Destroyed: nothing can be waited for, so its tasks are destroyed before the memory that they may
 * use. */
static void group_abandon(acc_group *g)
{
    g->aborting_ = true;
    if (g->error)
        report_failure_at(NULL, "a failure was lost when its group was destroyed", g->error, g->parent_,
                          group_failed_at(g));
    while (g->first_) {
        struct group_member *m = first_of(g);
        acc_handle_cancel(m->watch);
        child_destroy(m->task);
        member_free(m);
    }
    acc_coro *parent = g->parent_;
    if (g->parent_asked_ && !(parent->flags & acc__f_destroy)) (void)acc__uncancel(parent);
    group_leave(g);
}

/* All are done: what goes on after `failure`, with which it was left. */
static int group_result(acc_group *g, int failure)
{
    if (g->parent_asked_) {
        int left = acc__uncancel(g->parent_);
        if (left == 0)
            g->cancelling_ = false;
        else if (g->pending_)
            g->cancelling_ = true; /* what is left is somebody else's request, seen while waiting */
    }
    if (!g->error && g->cancelling_) return ACC_ECANCELED;
    if (!g->error) return failure == ACC_EDESTROYED ? failure : 0;
    if (acc__cancelling(g->parent_) > 0) { /* the failure goes first, the request comes again */
        (void)acc__uncancel(g->parent_);
        (void)acc__cancel(g->parent_);
    }
    place_tell(group_failed_at(g), g->error);
    return g->error;
}

static void group_wait_cancel(acc_task *t, void *obj, int err)
{
    ((acc_group *)obj)->waiter_ = NULL;
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

acc_coro *group_child(void *obj)
{
    for (struct group_member *m = first_of(obj); m; m = m->next)
        if (!(m->task->flags & acc__f_done)) return m->task;
    return NULL;
}

const acc_wait_ops group_ops = {group_wait_cancel, NULL, "a group of tasks"};

acc_coro *group_awaits(void *obj, uintptr_t *cursor)
{
    const struct group_member *m = *cursor ? ((const struct group_member *)*cursor)->next : first_of(obj);
    if (m) *cursor = (uintptr_t)m;
    return m ? m->task : NULL;
}

/* Woken, or refused to suspend, by a cancellation. */
static void group_cancelled(acc_group *g)
{
    g->pending_ = true;
    if (*g->failure_ == ACC_EDESTROYED) g->cancelling_ = true; /* left for another reason until now */
    if (g->aborting_) return;
    g->cancelling_ = true;
    group_abort(g);
}

static acc_coro *group_resume(acc_coro *self)
{
    acc_group *g = (acc_group *)(void *)((char *)self - offsetof(acc_group, wait_));
    if (self->state > 1) return acc__odd(self, &group_info);
    for (;;) {
        if (self->err == ACC_EDESTROYED) {
            group_abandon(g);
            *g->failure_ = ACC_EDESTROYED;
            return acc__fail(self);
        }
        if (self->err) group_cancelled(g);
        self->err = 0;
        if (!g->first_) break;
        acc_task *t = acc__tls.task;
        if (task_refuses(t, self)) {
            if (task_refused(t, self) == self) continue;
            return acc__suspend(self, 1, NULL);
        }
        g->waiter_ = acc__tls.task;
        task_wait(t, self, &group_ops, g);
        return acc__suspend(self, 1, NULL);
    }
    *g->failure_ = group_result(g, *g->failure_);
    group_leave(g);
    return self->awaiter;
}

static future(void) group_exit(acc_scope *s, int *failure)
{
    acc_group *g = (acc_group *)s;
    int err = *failure;
    g->state_ = LEAVING;
    if (err == ACC_EDESTROYED && task_is_destroyed(acc__tls.task)) {
        group_abandon(g);
        return NULL;
    }
    g->cancelling_ = err == ACC_ECANCELED;
    if (err && !g->aborting_) group_abort(g);
    if (err && !acc__is_cancel(err)) {
        group_failed(g, err, place_last(err));
        if (g->error != err || g->failures > 1)
            report_failure(NULL, "a failure was lost to an earlier one of its group", err,
                           g->parent_);
    }
    if (!g->first_) {
        *failure = group_result(g, err);
        group_leave(g);
        return NULL;
    }
    g->failure_ = failure;
    g->wait_ = (acc_coro){.resume = group_resume, .refs = 2, .kind = acc__k_coro, .cls = 255};
    return (future(void))(void *)&g->wait_;
}

static future(void) group_enter(acc_scope *s)
{
    acc_group *g = (acc_group *)s;
    void *task = (void *)acc_current_task();
    if (g->state_ != CREATED || !task) return (future(void))(void *)coro_failing(UV_EINVAL);
    g->state_ = ENTERED;
    g->parent_ = task;
    g->held_ = scope_hold(task);
    if (g->aborting_) group_end(g); /* cancelled before */
    return NULL;
}

static const acc_scope_ops group_scope = {"group", group_enter, group_exit};

acc_group acc_group_init(void)
{
    return (acc_group){.scope = {&group_scope}};
}

void acc_group_cancel(acc_group *g)
{
    if (g->state_ == CREATED)
        g->aborting_ = true;
    else if (g->state_ != LEFT && !(g->state_ == LEAVING && !g->first_) && !g->aborting_)
        group_end(g);
}

/* ---- spawning ---- */

static struct group_member *member_add(acc_group *g)
{
    struct group_member *m = acc__alloc(sizeof *m);
    if (!m) return NULL;
    *m = (struct group_member){.prev = g->last_, .of = g};
    if (m->prev)
        m->prev->next = m;
    else
        g->first_ = m;
    g->last_ = m;
    return m;
}

/* 0: c is a task of the group, and the caller has a reference; else it is closed, or was no
 * coroutine. */
static int group_start(acc_group *g, acc_coro *c)
{
    int rc = 0;
    if (!c) return UV_EINVAL;
    if (c->kind != acc__k_coro)
        return c->kind == acc__k_future && c->err == ACC_ENOMEM ? (int)ACC_ENOMEM : UV_EINVAL;
    if (g->state_ == CREATED || g->state_ == LEFT || (g->state_ == LEAVING && !g->first_))
        rc = UV_EINVAL;
    else if (debug_wrong_thread(scope_home(g->parent_), "a task was spawned"))
        rc = ACC_EOTHERLOOP;
    else if (g->aborting_)
        rc = UV_ECANCELED;
    struct group_member *m = rc ? NULL : member_add(g);
    if (!m) {
        acc__unref(c);
        return rc ? rc : ACC_ENOMEM;
    }
    acc_loop *l = scope_home(g->parent_);
    acc__loop_spawn(l, c);
    m->task = acc__ref(c);
    m->watch = callback_watch(l, c, (acc_callback){on_member_done, NULL, m});
    if (m->watch.generation) return 0;
    (void)acc__cancel(c); /* its body never runs */
    member_free(m);
    acc__unref(c);
    return ACC_ENOMEM;
}

void *acc__group_spawn(acc_group *g, void *c)
{
    int rc = group_start(g, c);
    if (rc == 0) return c;
    acc_coro *f = acc__future_new(0);
    if (!(f->flags & acc__f_done)) future_settle(f, rc);
    return f;
}

/* Of a group that is ending nobody need hear; but what was refused by mistake would never be missed. */
static void tell_refused(const acc_group *g)
{
    const char *why = g->state_ == CREATED ? "a coroutine was dropped: its group is not entered yet"
                      : g->state_ == LEFT  ? "a coroutine was dropped: its group was left"
                                           : "what was given to a group is no coroutine";
    report_failure(NULL, why, UV_EINVAL, acc__tls.task ? task_root(acc__tls.task) : NULL);
}

int acc__group_go(acc_group *g, void *c)
{
    int rc = group_start(g, c);
    if (rc == 0) acc__unref(c);
    if (rc == UV_EINVAL) tell_refused(g);
    return rc;
}
