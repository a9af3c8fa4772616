/* SPDX-License-Identifier: MIT */
/* sleep.c: acc_sleep.
 *
 * As a leaf operation its timer lies in the awaiting frame and nothing is allocated; as a function
 * it is a coroutine with such a frame. */
#include "internal.h"

_Static_assert(sizeof(struct acc_sleep__wait) == sizeof(struct timer), "acc.h gives it room");

static void sleep_cancel(acc_task *t, void *obj, int err)
{
    struct timer_heap *h = task_timers(t, obj);
    if (h) timer_remove(h, obj);
    if (err == ACC_ECANCELED)
        task_wake(t, err);
    else
        t->ops = NULL;
}

const acc_wait_ops sleep_ops = {sleep_cancel, NULL, "sleep"};

acc_coro *acc__sleep(acc_coro *self, struct acc_sleep__wait *w, double seconds)
{
    acc_task *t = acc__tls.task;
    struct timer *timer = (struct timer *)(void *)w;
    acc_loop *l = loop_current();
    if (task_refuses(t, self)) return task_refused(t, self);
    timer->job = &t->job;
    timer->index = 0;
    if (!l || loop_timer_add(l, timer, time_after(loop_clock(l), seconds)) < 0) {
        self->err = ACC_ENOMEM;
        return self;
    }
    task_wait(t, self, &sleep_ops, timer);
    return NULL;
}

struct sleep_frame {
    acc_coro hd;
    double seconds;
    struct acc_sleep__wait w;
};

static const acc_info sleep_info = {"acc_sleep", NULL, sizeof(struct sleep_frame), 2, NULL};

static acc_coro *sleep_resume(acc_coro *self)
{
    struct sleep_frame *f = (struct sleep_frame *)(void *)self;
    switch (self->state) {
    case 0: break;
    case 1: return self->err ? acc__fail(self) : self->awaiter;
    default: return acc__odd(self, &sleep_info);
    }
    self->state = 1;
    acc_coro *r = acc_sleep__suspend(self, &f->w, f->seconds);
    return r == self ? sleep_resume(self) : r;
}

future(void) acc_sleep(double seconds)
{
    struct sleep_frame *f = acc__make(sizeof *f, sleep_resume);
    if (!f) return (future(void))acc__no_memory();
    f->seconds = seconds;
    return (future(void))(void *)f;
}
