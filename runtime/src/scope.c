/* SPDX-License-Identifier: MIT */
/* scope.c: `with`: entering and leaving whatever is an acc_scope.
 *
 * What a scope's functions give is awaited as any future; NULL stands for one that is done, so that
 * a scope that waits for nothing costs no frame.  While a scope is left, the failure that was in
 * flight lies in the frame of who leaves it, where the scope may change it.
 *
 * Invariant: who awaits has no failure of its own while the scope's code runs. */
#include "internal.h"

void acc__scope_end(acc_coro *self, struct acc__scope__wait *w)
{
    bool failed = self->err != 0;
    acc__await_end(self, w->future_);
    if (failed)
        acc__settle(self, w->failure_);
    else
        self->err = w->failure_;
}

static acc_coro *scope_await(acc_coro *self, struct acc__scope__wait *w, future(void) f)
{
    w->future_ = (void *)f;
    if (!f) {
        self->err = w->failure_;
        return self;
    }
    acc_coro *next = acc__await(self, w->future_);
    if (next == self) acc__scope_end(self, w);
    return next;
}

acc_coro *acc__scope_enter(acc_coro *self, struct acc__scope__wait *w, void *scope)
{
    acc_scope *s = scope;
    w->failure_ = s && s->ops ? 0 : UV_EINVAL;
    return scope_await(self, w, w->failure_ || !s->ops->enter ? NULL : s->ops->enter(s));
}

acc_coro *acc__scope_exit(acc_coro *self, struct acc__scope__wait *w, void *scope)
{
    acc_scope *s = scope;
    w->failure_ = self->err;
    self->err = 0;
    return scope_await(self, w, s->ops->exit ? s->ops->exit(s, &w->failure_) : NULL);
}
