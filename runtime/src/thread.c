/* SPDX-License-Identifier: MIT */
/* thread.c: how other threads and signal handlers reach a loop.
 *
 * Each loop has an inbox: a list of jobs under a lock, and one uv_async_t, the bell, made with the
 * loop.  Whoever puts the first job into an empty inbox rings; the loop then takes the whole list
 * behind its ready queue, so that each thread's jobs keep their order, and a job costs the loop
 * nothing but its turn.
 *
 * Holds are counted under the same lock; the bell counts as active for libuv while there are some.
 * A loop's memory is freed by the last of its users: itself while it is open, each hold, each
 * submission.
 *
 * Invariants: nobody rings a bell that may be closed (`closed` is set before, under the lock); a
 * job that was accepted is run or dropped by the loop. */
#include "internal.h"
#include <errno.h>
#include <sched.h>

/* ---- the inbox ---- */

void inbox_open(acc_loop *l)
{
    struct inbox *in = &l->inbox;
    pthread_mutex_init(&in->lock, NULL);
    in->thread = pthread_self();
    in->last = &in->first;
    in->users = 1;
}

/* With the lock held: the loop looks into its inbox soon. */
static void inbox_ring(acc_loop *l)
{
    if (!l->inbox.closed) (void)uv_async_send(&l->bell);
}

void inbox_take(acc_loop *l)
{
    struct inbox *in = &l->inbox;
    pthread_mutex_lock(&in->lock);
    acc_job *first = in->first, **last = in->last;
    in->first = NULL;
    in->last = &in->first;
    l->holds = in->holds;
    pthread_mutex_unlock(&in->lock);
    if (first) loop_enqueue_all(l, first, last);
    if (l->holds)
        uv_ref((uv_handle_t *)&l->bell);
    else
        uv_unref((uv_handle_t *)&l->bell);
}

static void on_bell(uv_async_t *h)
{
    inbox_take(h->data);
}

int inbox_listen(acc_loop *l)
{
    int rc = uv_async_init(l->uv, &l->bell, on_bell);
    if (rc < 0) return rc;
    l->bell.data = l;
    uv_unref((uv_handle_t *)&l->bell);
    return 0;
}

void inbox_close(acc_loop *l)
{
    struct inbox *in = &l->inbox;
    pthread_mutex_lock(&in->lock);
    in->closed = true;
    acc_job *first = in->first, **last = in->last;
    in->first = NULL;
    pthread_mutex_unlock(&in->lock);
    if (first) loop_enqueue_all(l, first, last);
}

bool loop_is_mine(acc_loop *l)
{
    return pthread_equal(l->inbox.thread, pthread_self()) != 0;
}

int loop_post(acc_loop *l, struct call_job *c, bool keep)
{
    struct inbox *in = &l->inbox;
    int rc = 0;
    c->job.leaf = &acc__hooks[HOOK_CALL];
    c->job.next = NULL;
    c->loop = l;
    pthread_mutex_lock(&in->lock);
    if (in->closed) {
        rc = ACC_ECLOSED;
    } else {
        if (!in->first) inbox_ring(l);
        *in->last = &c->job;
        in->last = &c->job.next;
        if (keep) in->users++;
    }
    pthread_mutex_unlock(&in->lock);
    return rc;
}

/* ---- who uses the loop ---- */

static void loop_free(acc_loop *l)
{
    pthread_mutex_destroy(&l->inbox.lock);
    mem_free(l);
}

void loop_leave_to_others(acc_loop *l)
{
    pthread_mutex_lock(&l->inbox.lock);
    bool last = --l->inbox.users == 0;
    pthread_mutex_unlock(&l->inbox.lock);
    if (last) loop_free(l);
}

int acc_loop_hold(acc_loop *l)
{
    if (!l) return UV_EINVAL;
    struct inbox *in = &l->inbox;
    pthread_mutex_lock(&in->lock);
    int rc = in->closed ? ACC_ECLOSED : 0;
    bool mine = pthread_equal(in->thread, pthread_self()), first = rc == 0 && in->holds++ == 0;
    if (rc == 0) in->users++;
    if (first && !mine) inbox_ring(l);
    pthread_mutex_unlock(&in->lock);
    if (first && mine) inbox_take(l);
    return rc;
}

void acc_loop_release(acc_loop *l)
{
    if (!l) return;
    struct inbox *in = &l->inbox;
    pthread_mutex_lock(&in->lock);
    bool mine = pthread_equal(in->thread, pthread_self()) && !in->closed, none = in->holds == 0;
    bool last = !none && --in->holds == 0, freed = !none && --in->users == 0;
    if (last && !mine) inbox_ring(l);
    pthread_mutex_unlock(&in->lock);
    if (freed)
        loop_free(l);
    else if (last && mine)
        inbox_take(l);
}

/* ---- acc_call_soon_threadsafe ---- */

struct post {
    struct call_job job;
    acc_callback call;
};

static void callback_drop(acc_callback c)
{
    if (c.drop) c.drop(c.arg);
}

static void post_run(struct call_job *c)
{
    acc_callback call = ((struct post *)(void *)c)->call;
    mem_free(c);
    call.run(call.arg);
    callback_drop(call);
}

static void post_drop(struct call_job *c)
{
    acc_callback call = ((struct post *)(void *)c)->call;
    mem_free(c);
    callback_drop(call);
}

int acc__call_threadsafe_callback(acc_loop *l, acc_callback call)
{
    int rc = l ? (int)ACC_ENOMEM : UV_EINVAL; /* a binding without memory has no function */
    struct post *p = l && call.run ? mem_alloc(sizeof *p) : NULL;
    if (p) {
        p->job.run = post_run;
        p->job.drop = post_drop;
        p->call = call;
        rc = loop_post(l, &p->job, false);
    }
    if (rc == 0) return 0;
    mem_free(p);
    callback_drop(call);
    return rc;
}

int acc__call_threadsafe(acc_loop *l, void (*f)(void *), void *arg)
{
    if (!f) return UV_EINVAL;
    return acc__call_threadsafe_callback(l, (acc_callback){f, NULL, arg});
}

/* ---- wakeups ---- */

/* Its handle is closed by whichever comes first, its maker or the loop; the memory waits for both.
 */
struct acc_wakeup {
    struct resource r;
    uv_async_t async;
    struct call_job due;
    void (*f)(void *);
    void *arg;
    int senders;   /* atomic: those inside acc_wakeup_send */
    int closed;    /* atomic: the handle may not be used any more */
    bool queued;   /* `due` is in the ready queue */
    bool released; /* the maker is through with it */
    bool gone;     /* the loop is */
};

static acc_wakeup *wakeup_of(struct call_job *c)
{
    return (acc_wakeup *)(void *)((char *)c - offsetof(acc_wakeup, due));
}

static void wakeup_due(struct call_job *c)
{
    acc_wakeup *w = wakeup_of(c);
    w->queued = false;
    if (!w->closed) w->f(w->arg);
}

static void wakeup_dropped(struct call_job *c)
{
    (void)c;
}

static void on_wakeup(uv_async_t *h)
{
    acc_wakeup *w = h->data;
    if (w->queued) return;
    w->queued = true;
    loop_enqueue(w->r.loop, &w->due.job);
}

static void on_wakeup_closed(uv_handle_t *h)
{
    resource_release_later(h->data);
}

static void wakeup_release(struct resource *r)
{
    acc_wakeup *w = (acc_wakeup *)(void *)r;
    w->gone = true;
    if (w->released) mem_free(w);
}

/* A sender that came before is waited for: it uses the handle. */
static void wakeup_abort(struct resource *r)
{
    acc_wakeup *w = (acc_wakeup *)(void *)r;
    resource_remove(r);
    __atomic_store_n(&w->closed, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&w->senders, __ATOMIC_SEQ_CST) > 0)
        sched_yield();
    uv_close((uv_handle_t *)&w->async, on_wakeup_closed);
}

int acc_wakeup_new(acc_loop *l, void (*f)(void *), void *arg, acc_wakeup **out)
{
    if (!l || !f) return UV_EINVAL;
    acc_wakeup *w = mem_alloc(sizeof *w);
    if (!w) return ACC_ENOMEM;
    memset(w, 0, sizeof *w);
    int rc = uv_async_init(l->uv, &w->async, on_wakeup);
    if (rc < 0) {
        mem_free(w);
        return rc;
    }
    w->async.data = w;
    w->due = (struct call_job){{NULL, &acc__hooks[HOOK_CALL]}, l, wakeup_due, wakeup_dropped};
    w->f = f;
    w->arg = arg;
    w->r.abort = wakeup_abort;
    w->r.release = wakeup_release;
    w->r.name = "wakeup";
    resource_add(&w->r, l);
    *out = w;
    return 0;
}

int acc_wakeup_send(acc_wakeup *w)
{
    int rc = ACC_ECLOSED, saved = errno;
    __atomic_fetch_add(&w->senders, 1, __ATOMIC_SEQ_CST);
    if (!__atomic_load_n(&w->closed, __ATOMIC_SEQ_CST)) rc = uv_async_send(&w->async);
    __atomic_fetch_sub(&w->senders, 1, __ATOMIC_SEQ_CST);
    errno = saved;
    return rc;
}

void acc_wakeup_close(acc_wakeup *w)
{
    if (!w) return;
    w->released = true;
    if (w->gone)
        mem_free(w);
    else if (!w->closed)
        wakeup_abort(&w->r);
}

/* ---- for reports ---- */

void (*posted_function(struct call_job *c))(void *)
{
    if (c->run == post_run) return ((struct post *)(void *)c)->call.run;
    return c->run == wakeup_due ? wakeup_of(c)->f : NULL;
}
