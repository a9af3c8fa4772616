/* SPDX-License-Identifier: MIT */
/* submit.c: a coroutine run on a loop for another thread.
 *
 * Frames and futures belong to the loop's thread.  So what crosses over is a function that makes
 * the coroutine there, and the result is copied into the submission, under its lock.  A submission
 * is three jobs in turn, all in its own memory, so that nothing can fail once it was accepted: the
 * first, through the inbox, makes the task; the second waits for it and copies; another one,
 * through the inbox, cancels.
 *
 * Invariants: the half under `lock` is everybody's, the rest the loop's thread's; a submission that
 * was accepted becomes done, at the latest when the loop is closed. */
#include "internal.h"
#include <errno.h>
#include <time.h>

struct submission {
    struct call_job begin, ended, cancel;
    acc_loop *loop;           /* whose memory it holds */
    void *(*make)(void *arg); /* NULL: `call` itself is to be run */
    acc_callback call;
    acc_coro *task;                 /* from make; NULL: before and afterwards */
    struct submission *prev, *next; /* in loop->submissions while `task` is set */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    acc_callback told; /* run when it is done; all NULL: nobody */
    unsigned refs;     /* the maker's, the loop's, that of a cancellation under way */
    int err;
    bool done, cancelled, cancelling, has_told, looked;
    bool released; /* the maker's is given back */
    size_t size;
    _Alignas(16) unsigned char value[];
};

static void submission_unref(struct submission *s)
{
    pthread_mutex_lock(&s->lock);
    bool last = --s->refs == 0;
    pthread_mutex_unlock(&s->lock);
    if (!last) return;
    if (s->loop) loop_leave_to_others(s->loop);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

static bool submission_unseen(const struct submission *s)
{
    if (s->looked || s->has_told || !s->done || !s->err) return false;
    return s->err != ACC_ECANCELED && s->err != ACC_EDESTROYED && s->err != ACC_ECLOSED;
}

static void submission_report(const struct submission *s, acc_loop *l)
{
    report_failure(l, "a submission failed and nobody looked at it", s->err, s->task);
}

/* It is done: everybody may know from now on. */
static void submission_settle(struct submission *s, int err)
{
    if (s->call.drop) s->call.drop(s->call.arg);
    pthread_mutex_lock(&s->lock);
    s->err = err;
    s->done = true;
    acc_callback told = s->told;
    bool unseen = s->released && submission_unseen(s);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (told.run) told.run(told.arg);
    if (told.drop) told.drop(told.arg);
    if (unseen) submission_report(s, s->loop);
}

static void submission_list(struct submission *s)
{
    s->prev = NULL;
    s->next = s->loop->submissions;
    if (s->next) s->next->prev = s;
    s->loop->submissions = s;
}

static void submission_end(struct submission *s, int err)
{
    acc_coro *f = s->task;
    if (f) {
        if (s->next) s->next->prev = s->prev;
        if (s->prev)
            s->prev->next = s->next;
        else
            s->loop->submissions = s->next;
        if (err == 0 && s->size) memcpy(s->value, acc__value(f), s->size);
    }
    submission_settle(s, err);
    s->task = NULL;
    acc__unref(f);
    submission_unref(s);
}

/* The task is done. */
static void ended_run(struct call_job *c)
{
    struct submission *s =
        (struct submission *)(void *)((char *)c - offsetof(struct submission, ended));
    s->task->flags |= acc__f_seen;
    submission_end(s, s->task->err);
}

/* What `make` gave becomes a task that is waited for; 0, or why it cannot be. */
static int submission_watch(struct submission *s, acc_coro *f)
{
    if (!f) return UV_EINVAL;
    acc__loop_spawn(s->loop, f); /* what is none already stays as it is */
    if (f->kind == acc__k_running || f->flags & acc__f_stepped) return UV_EALREADY;
    acc_loop *its = f->flags & acc__f_done ? NULL : future_loop(f);
    if (its && its != s->loop) return ACC_EOTHERLOOP;
    s->task = f;
    submission_list(s);
    if (f->flags & acc__f_done)
        loop_enqueue(s->loop, &s->ended.job);
    else
        waitq_push(future_waiters(f), &s->ended.job);
    return 0;
}

/* The user's function takes a pointer to what it likes and answers a future, which the macro takes for
 * `void *` (thread.h): pointers are passed alike, but clang's sanitizer of calls compares the types. */
#ifdef __clang__
__attribute__((no_sanitize("function")))
#endif
static acc_coro *submission_make(struct submission *s)
{
    return s->make(s->call.arg);
}

static void begin_run(struct call_job *c)
{
    struct submission *s = (struct submission *)(void *)c;
    pthread_mutex_lock(&s->lock);
    int err = s->cancelled ? ACC_ECANCELED : 0;
    pthread_mutex_unlock(&s->lock);
    if (err == 0 && s->make) {
        acc_coro *f = submission_make(s);
        err = submission_watch(s, f);
        if (err == 0) return;
        acc__unref(f);
    } else if (err == 0) {
        s->call.run(s->call.arg);
    }
    submission_end(s, err);
}

static void begin_drop(struct call_job *c)
{
    submission_end((struct submission *)(void *)c, ACC_ECLOSED);
}

static void cancel_finish(struct submission *s)
{
    pthread_mutex_lock(&s->lock);
    s->cancelling = false;
    pthread_mutex_unlock(&s->lock);
    submission_unref(s);
}

static void cancel_run(struct call_job *c)
{
    struct submission *s =
        (struct submission *)(void *)((char *)c - offsetof(struct submission, cancel));
    if (s->task) (void)acc__cancel(s->task);
    cancel_finish(s);
}

static void cancel_drop(struct call_job *c)
{
    cancel_finish((struct submission *)(void *)((char *)c - offsetof(struct submission, cancel)));
}

/* Tasks are gone already.  What is done stands in the queue, which is dropped after this. */
void submissions_close(acc_loop *l)
{
    struct submission *s = l->submissions;
    while (s) {
        if (s->task->flags & acc__f_done) {
            s = s->next;
            continue;
        }
        (void)waitq_remove(future_waiters(s->task), &s->ended.job);
        submission_end(s, ACC_EDESTROYED);
        s = l->submissions;
    }
}

/* ---- making one ---- */

static void condition_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

void *acc__submit(acc_loop *l, void *(*make)(void *), acc_callback call, size_t size)
{
    struct submission *s = make || call.run ? mem_alloc(sizeof *s + size) : NULL;
    if (!s) {
        if (call.drop) call.drop(call.arg);
        return NULL;
    }
    memset(s, 0, sizeof *s + size);
    s->begin.run = begin_run;
    s->begin.drop = begin_drop;
    s->ended = (struct call_job){{NULL, &acc__hooks[HOOK_CALL]}, l, ended_run, ended_run};
    s->cancel.run = cancel_run;
    s->cancel.drop = cancel_drop;
    s->make = make;
    s->call = call;
    s->size = size;
    s->refs = 2;
    pthread_mutex_init(&s->lock, NULL);
    condition_init(&s->changed);
    s->loop = l;
    int rc = l ? loop_post(l, &s->begin, true) : UV_EINVAL;
    if (rc < 0) {
        s->loop = NULL;
        s->refs = 1;
        submission_settle(s, rc);
    }
    return s;
}

/* ---- for any thread ---- */

static struct timespec time_from_now(double seconds)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    if (!(seconds < 1e9)) seconds = 1e9;
    t.tv_sec += (time_t)seconds;
    t.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
    if (t.tv_nsec >= 1000000000) {
        t.tv_nsec -= 1000000000;
        t.tv_sec++;
    }
    return t;
}

/* With the lock held. */
static void submission_sleep(struct submission *s, double seconds)
{
    if (seconds < 0) {
        while (!s->done)
            pthread_cond_wait(&s->changed, &s->lock);
        return;
    }
    struct timespec until = time_from_now(seconds);
    while (!s->done && pthread_cond_timedwait(&s->changed, &s->lock, &until) != ETIMEDOUT)
        continue;
}

int acc__submission_wait(void *p, double seconds, void *out)
{
    struct submission *s = p;
    if (!s) return ACC_ENOMEM;
    bool mine = s->loop && loop_is_mine(s->loop), waits = seconds > 0 || seconds < 0;
    pthread_mutex_lock(&s->lock);
    if (!mine && waits) submission_sleep(s, seconds);
    int rc = s->done ? s->err : mine && waits ? ACC_EDEADLOCK : ACC_EPENDING;
    if (s->done) s->looked = true;
    if (rc == 0 && out && s->size) memcpy(out, s->value, s->size);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

bool acc__submission_done(void *p)
{
    struct submission *s = p;
    if (!s) return true;
    pthread_mutex_lock(&s->lock);
    bool done = s->done;
    pthread_mutex_unlock(&s->lock);
    return done;
}

int acc__submission_cancel(void *p)
{
    struct submission *s = p;
    if (!s) return 0;
    pthread_mutex_lock(&s->lock);
    bool done = s->done, post = !done && !s->cancelling;
    if (!done) s->cancelled = true;
    if (post) {
        s->cancelling = true;
        s->refs++;
    }
    pthread_mutex_unlock(&s->lock);
    if (post && loop_post(s->loop, &s->cancel, false) < 0) cancel_finish(s); /* closing ends it */
    return !done;
}

int acc__submission_on_done(void *p, acc_callback call)
{
    struct submission *s = p;
    int rc = s && call.run ? 0 : ACC_ENOMEM;
    bool now = false;
    if (rc == 0) {
        pthread_mutex_lock(&s->lock);
        if (s->has_told)
            rc = UV_EALREADY;
        else
            now = s->done;
        s->has_told = true;
        if (rc == 0 && !now) s->told = call;
        pthread_mutex_unlock(&s->lock);
    }
    if (now) call.run(call.arg);
    if ((now || rc < 0) && call.drop) call.drop(call.arg);
    return rc;
}

static void unseen_run(struct call_job *c)
{
    struct submission *s = (struct submission *)(void *)c;
    submission_report(s, s->loop);
    submission_unref(s);
}

void acc__submission_release(void *p)
{
    struct submission *s = p;
    if (!s) return;
    pthread_mutex_lock(&s->lock);
    s->released = true;
    bool unseen = submission_unseen(s);
    pthread_mutex_unlock(&s->lock);
    if (unseen && s->loop) { /* the handler is the loop's thread's */
        s->begin.run = s->begin.drop = unseen_run;
        if (loop_post(s->loop, &s->begin, false) == 0) return;
    }
    if (unseen) submission_report(s, NULL);
    submission_unref(s);
}
