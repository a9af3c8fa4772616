// RUN: %cc %cflags %s -o %t %libs && %t
// A coroutine that is never started is dropped through its own dispatch; its body never runs,
// whoever drops it.
#include "coro.h"

static int dropped;

/* async void keep(future(int) x) { trace("body"); }     a parameter that is a future belongs to it
 * until then */
struct keep__frame {
    acc_coro hd;
    future(int) x;
};
static const acc_info keep__info = {"keep", NULL, sizeof(struct keep__frame), 1, NULL};
static acc_coro *keep__resume(acc_coro *self)
{
    struct keep__frame *f = (struct keep__frame *)(void *)self;
    if (self->state == (unsigned)acc__drop) {
        dropped++;
        acc_unref(f->x);
        return acc__odd(self, &keep__info);
    }
    if (self->state != 0) return acc__odd(self, &keep__info);
    trace("body");
    acc_unref(f->x);
    return self->awaiter;
}
static future(void) keep(future(int) x)
{
    struct keep__frame *f = acc__make(sizeof *f, keep__resume);
    f->x = x;
    return (future(void))(void *)f;
}

static void quiet(acc_loop *l, const acc_failure *f, void *arg)
{
    (void)l, (void)f;
    ++*(int *)arg;
}

int main(void)
{
    acc_close(keep(acc_future_new(int)));
    CHECK(dropped == 1);

    acc_loop *l = acc_get_event_loop();
    future(void) t = acc_loop_spawn(l, keep(acc_future_new(int)));
    acc_task_cancel(t);
    acc_run_until_complete(l, t);
    CHECK(acc_loop_error(l) == ACC_ECANCELED && dropped == 2);
    acc_unref(t);

    int reports = 0;
    acc_loop_set_exception_handler(l, quiet, &reports);
    t = acc_loop_spawn(l, keep(acc_future_new(int))); /* queued when the loop is closed */
    CHECK(acc_loop_close(l) == 0);
    CHECK(dropped == 3 && reports == 1 && acc_future_error(t) == ACC_EDESTROYED);
    acc_unref(t);

    l = acc_get_event_loop();
    acc_run_until_complete(l, keep(acc_future_new(int)));
    CHECK(dropped == 3);
    expect("body");
    return acc_loop_close(l);
}
