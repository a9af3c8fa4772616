// RUN: %cc %cflags -O1 %s -o %t %libs && (ulimit -s 256 && %t)
// A million nested awaits, ready and suspended, and ten million ready awaits need no more than 256
// KiB of stack.
#include "coro.h"

/* async long ready(void) { return 1; }     async long many(long n) { while (n--) sum += await
 * ready(); return sum; } */
struct many__frame {
    acc_coro hd;
    long value;
    long n;
    struct depth__frame child;
};
static const acc_info many__info = {"many", NULL, sizeof(struct many__frame), 2, NULL};
static acc_coro *many__resume(acc_coro *self)
{
    struct many__frame *f = (struct many__frame *)(void *)self;
    acc_coro *r;
    if (self->state != 0) return acc__odd(self, &many__info);
    long n, sum = 0;
    for (n = f->n; n > 0; n--) {
        f->child.n = 0;
        f->child.sleep = false;
        acc__enter(&f->child.hd, self);
        r = depth__resume(&f->child.hd);
        CHECK(r == self && self->err == 0);
        sum += 1 + f->child.value;
    }
    f->value = sum;
    return self->awaiter;
}
static future(long) many(long n)
{
    struct many__frame *f = acc__make(sizeof *f, many__resume);
    f->n = n;
    return (future(long))(void *)f;
}

int main(void)
{
    acc_loop *l = acc_get_event_loop();
    CHECK(acc_run_until_complete(l, many(10000000)) == 10000000);
    CHECK(acc_run_until_complete(l, depth(1000000, false)) == 1000000);
    CHECK(acc_run_until_complete(l, depth(1000000, true)) == 1000000);
    future(long) t = acc_loop_spawn(l, depth(1000000, true)); /* unwound from the leaf outwards */
    acc_loop_stop(l);
    acc_run_forever(l);
    acc_task_cancel(t);
    acc_run_until_complete(l, t);
    CHECK(acc_future_cancelled(t));
    acc_unref(t);
    return acc_loop_close(l);
}
