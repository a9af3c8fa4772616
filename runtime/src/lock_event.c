/* SPDX-License-Identifier: MIT */
/* lock_event.c: events and barriers, where waking gives nothing that could be lost.
 *
 * Who is woken is let go at once: what becomes of the event or the barrier later is nothing to
 * it. */
#include "waitq.h"

enum { DESTROYED = -1, BROKEN = 1 }; /* of acc_event.set_ and acc_barrier.state_ */

static acc_coro *waiter_resume(acc_coro *self)
{
    if (self->state != 1) return waiter_odd(self);
    bool given;
    (void)waiter_leave((acc__waiter *)(void *)self, &given);
    return self->err ? acc__fail(self) : self->awaiter;
}

/* ---- event ---- */

static const struct waiter_kind event_kind = {{waiter_cancel, NULL, "an event"}, waiter_resume};

acc_coro *acc_event_wait__await(acc_coro *self, struct acc_event_wait__wait *w, acc_event *e)
{
    if (!e) return wait_fails(self, UV_EINVAL);
    if (e->set_ == DESTROYED) return wait_fails(self, UV_ECANCELED);
    if (e->set_) return self;
    return waitq_wait(self, &w->waiter_, &e->waitq_, &event_kind);
}

int acc_event_set(acc_event *e)
{
    if (!e) return UV_EINVAL;
    if (e->set_ == DESTROYED) return UV_ECANCELED;
    e->set_ = 1;
    while (waitq_release(&e->waitq_, 0))
        continue;
    return 0;
}

int acc_event_clear(acc_event *e)
{
    if (!e) return UV_EINVAL;
    if (e->set_ == DESTROYED) return UV_ECANCELED;
    e->set_ = 0;
    return 0;
}

bool acc_event_is_set(const acc_event *e)
{
    return e && e->set_ == 1;
}

void acc_event_destroy(acc_event *e)
{
    if (!e) return;
    e->set_ = DESTROYED;
    waitq_end(&e->waitq_);
}

struct event_wait_frame {
    acc_coro hd;
    acc_event *e;
    struct acc_event_wait__wait w;
};
static const acc_info event_wait_info = {"acc_event_wait", NULL, sizeof(struct event_wait_frame), 2,
                                         NULL};

OP_RESUME(event_wait, struct event_wait_frame, acc_event_wait__await(self, &f->w, f->e), (void)f)

future(void) acc_event_wait(acc_event *e)
{
    struct event_wait_frame *f = acc__make(sizeof *f, event_wait_resume);
    if (!f) return (future(void))acc__no_memory();
    f->e = e;
    return (future(void))(void *)f;
}

/* ---- barrier ---- */

static const struct waiter_kind barrier_kind = {{waiter_cancel, NULL, "a barrier"}, waiter_resume};

int acc_barrier_init(acc_barrier *b, int parties)
{
    if (!b || parties < 1) return UV_EINVAL;
    *b = (acc_barrier)ACC_BARRIER_INIT(parties);
    return 0;
}

acc_coro *acc_barrier_wait__await(acc_coro *self, struct acc_barrier_wait__wait *w, acc_barrier *b)
{
    if (!b || b->parties_ < 1) return wait_fails(self, UV_EINVAL);
    if (b->state_ == DESTROYED) return wait_fails(self, UV_ECANCELED);
    if (b->state_ == BROKEN) return wait_fails(self, ACC_EBROKEN);
    if (acc_barrier_waiting(b) < b->parties_ - 1)
        return waitq_wait(self, &w->waiter_, &b->waitq_, &barrier_kind);
    acc_loop *mine = task_loop(acc__tls.task);
    if (b->waitq_.first_ && mine && mine != task_loop(b->waitq_.first_->task_)) return wait_fails(self, ACC_EOTHERLOOP);
    w->value = b->parties_ - 1;
    for (int i = 0; b->waitq_.first_; i++) {
        acc__waiter *other = waitq_release(&b->waitq_, 0);
        ((struct acc_barrier_wait__wait *)(void *)other)->value = i;
    }
    return self;
}

static int barrier_end_round(acc_barrier *b, int state)
{
    if (!b) return UV_EINVAL;
    if (b->state_ == DESTROYED) return UV_ECANCELED;
    b->state_ = state;
    while (waitq_release(&b->waitq_, ACC_EBROKEN))
        continue;
    return 0;
}

int acc_barrier_reset(acc_barrier *b)
{
    return barrier_end_round(b, 0);
}

int acc_barrier_abort(acc_barrier *b)
{
    return barrier_end_round(b, BROKEN);
}

bool acc_barrier_broken(const acc_barrier *b)
{
    return b && b->state_ == BROKEN;
}

int acc_barrier_waiting(const acc_barrier *b)
{
    return b ? (int)b->waitq_.waiting_ : 0;
}

int acc_barrier_parties(const acc_barrier *b)
{
    return b ? b->parties_ : 0;
}

void acc_barrier_destroy(acc_barrier *b)
{
    if (!b) return;
    b->state_ = DESTROYED;
    waitq_end(&b->waitq_);
}

struct barrier_wait_frame {
    acc_coro hd;
    int value;
    acc_barrier *b;
    struct acc_barrier_wait__wait w;
};
static const acc_info barrier_wait_info = {"acc_barrier_wait", NULL,
                                           sizeof(struct barrier_wait_frame), 2, NULL};

OP_RESUME(barrier_wait, struct barrier_wait_frame, acc_barrier_wait__await(self, &f->w, f->b),
          f->value = f->w.value)

future(int) acc_barrier_wait(acc_barrier *b)
{
    struct barrier_wait_frame *f = acc__make(sizeof *f, barrier_wait_resume);
    if (!f) return (future(int))acc__no_memory();
    f->b = b;
    return (future(int))(void *)f;
}
