// RUN: %cc %cflags %s -o %t %libs && %t
// A scenario cancelled, and separately destroyed, at each of its generations leaks nothing and
// cleans up once.
#include "coro.h"

static int started, cleaned;

/* async int scope(void) { started++; defer cleaned++; return await call(leaf, await loop(3)); }, by
 * two tasks */
struct scope__frame {
    acc_coro hd;
    int value;
    union {
        struct loop__frame loop;
        struct call__frame call;
    } u;
};
static const acc_info scope__info = {"scope", NULL, sizeof(struct scope__frame), 3, NULL};
static acc_coro *scope__resume(acc_coro *self)
{
    struct scope__frame *f = (struct scope__frame *)(void *)self;
    acc_coro *r;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    case 2: goto S2;
    default: return acc__odd(self, &scope__info);
    }
    started++;
    f->u.loop.n = 3;
    acc__enter(&f->u.loop.hd, self);
    if ((r = loop__resume(&f->u.loop.hd)) != self) {
        return acc__suspend_in(self, 1, &f->u.loop.hd, loop__resume, r);
S1:;
    }
    if (self->err) goto U1;
    int i = f->u.loop.value;
    f->u.call.fn = leaf;
    f->u.call.i = i;
    acc__enter(&f->u.call.hd, self);
    if ((r = call__resume(&f->u.call.hd)) != self) {
        return acc__suspend_in(self, 2, &f->u.call.hd, call__resume, r);
S2:;
    }
    if (self->err) goto U1;
    f->value = f->u.call.value;
U1:
    cleaned++;
    return self->err ? acc__fail(self) : self->awaiter;
}
static future(int) scope(void)
{
    return (future(int))acc__make(sizeof(struct scope__frame), scope__resume);
}

static void quiet(acc_loop *l, const acc_failure *f, void *arg)
{
    (void)l, (void)f, (void)arg;
}

/* Whether it was done before generation n. */
static bool scenario(int n, bool destroy)
{
    acc_loop *l = acc_loop_new();
    acc_loop_set_exception_handler(l, quiet, NULL);
    started = cleaned = 0;
    future(int) inner = acc_loop_spawn(l, scope()), outer = acc_loop_spawn(l, join(inner));
    for (int i = 0; i < n; i++) {
        acc_loop_stop(l);
        acc_run_forever(l);
    }
    bool done = acc_future_done(outer);
    if (!destroy) {
        acc_task_cancel(outer);
        acc_run_until_complete(l, outer);
        CHECK(acc_future_done(inner) || n == 0); /* unless the outer never came to await it */
        if (!done) CHECK(acc_future_cancelled(outer));
    }
    CHECK(acc_loop_close(l) == 0);
    CHECK(acc_future_done(inner) && acc_future_done(outer));
    CHECK(started == cleaned && started <= 1);
    if (done) CHECK(acc_future_result(outer) == 13);
    acc_unref(inner), acc_unref(outer);
    trace_text[0] = 0;
    return done;
}

int main(void)
{
    for (int destroy = 0; destroy < 2; destroy++) {
        int n = 0;
        while (!scenario(n, destroy))
            n++;
        CHECK(n >= 5);
    }
    return 0;
}
