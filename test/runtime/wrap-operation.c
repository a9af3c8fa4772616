// RUN: %cc %cflags %s -o %t %libs && %t 2>&1 | FileCheck %s
// A leaf operation made with acc_wait, as a user's header offers it: ended at once, later, with a
// failure, never begun; cancelled and destroyed while it waits and after it was handed something.
#include "coro.h"
#include <uv.h>

/* `await take(box, &item)`: the next item of a box. */
struct box {
    struct take__wait *first; /* one waits at most */
    int items[8], n;
    int stops, begins;
    int mode; /* 1: filled while it begins, 2: cannot begin */
};
struct take__wait {
    acc_wait wait;
    struct box *box;
    int *item;
    int value;
};

static void take_stop(acc_wait *w)
{
    struct box *b = ((struct take__wait *)w)->box;
    b->first = NULL;
    b->stops++;
}
static void take_give_back(acc_wait *w)
{
    struct take__wait *t = (struct take__wait *)w;
    t->box->items[t->box->n++] = *t->item;
    *t->item = 0;
}
static const acc_operation take_operation = {"an item of the box", take_stop, take_give_back};

static void put(struct box *b, int item)
{
    struct take__wait *w = b->first;
    if (!w) {
        b->items[b->n++] = item;
        return;
    }
    b->first = NULL;
    *w->item = item;
    w->value = 0;
    CHECK(acc_wait_hand(&w->wait) == 0);
    CHECK(acc_wait_hand(&w->wait) == UV_EALREADY && acc_wait_end(&w->wait, 0) == UV_EALREADY);
}

static acc_coro *take__await(acc_coro *self, struct take__wait *w, struct box *b, int *item)
{
    if (b->n > 0) {
        *item = b->items[--b->n];
        w->value = 0;
        return self;
    }
    acc_coro *r = acc_wait_begin(self, &w->wait, &take_operation);
    if (r) return r;
    b->begins++;
    CHECK(acc_wait_loop(&w->wait) != NULL);
    w->box = b;
    w->item = item;
    if (b->mode == 2) {
        w->value = UV_EMFILE;
        return acc_wait_undo(&w->wait);
    }
    b->first = w;
    if (b->mode == 1) put(b, 5);
    return NULL;
}

/* async int user(struct box *b) { int v = 0; int rc = await take(b, &v); await acc_sleep(0);
 * return rc ? rc : v; } */
struct user__frame {
    acc_coro hd;
    int value;
    struct box *b;
    int v, rc;
    struct take__wait w;
};
static const acc_info user__info = {"user", NULL, sizeof(struct user__frame), 3, NULL};
static acc_coro *user__resume(acc_coro *self)
{
    struct user__frame *f = (struct user__frame *)(void *)self;
    acc_coro *r;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    case 2: goto S2;
    default: return acc__odd(self, &user__info);
    }
    f->v = 0;
    if ((r = take__await(self, &f->w, f->b, &f->v)) != self) {
        return acc__suspend(self, 1, r);
S1:;
    }
    if (self->err) return acc__fail(self);
    f->rc = f->w.value;
    self->state = 2;
    return acc__yield(self);
S2:
    if (self->err) return acc__fail(self);
    f->value = f->rc ? f->rc : f->v;
    return self->awaiter;
}
static future(int) user(struct box *b)
{
    struct user__frame *f = acc__make(sizeof *f, user__resume);
    f->b = b;
    return (future(int))(void *)f;
}

static acc_loop *l;
static void turn(void)
{
    acc_loop_stop(l);
    acc_run_forever(l);
}
static void quiet(acc_loop *loop_, const acc_failure *f, void *arg)
{
    (void)loop_, (void)f, (void)arg;
}
static void put_nine(void *b)
{
    put(b, 9);
}

static void plain(void)
{
    struct box b = {0};
    put(&b, 4);
    CHECK(acc_run_until_complete(l, user(&b)) == 4 && b.begins == 0);
    acc_call_soon(l, put_nine, &b);
    acc_call_soon(l, put_nine, &b);
    CHECK(acc_run_until_complete(l, user(&b)) == 9 && b.begins == 0 && b.n == 1);
    b.n = 0;
    acc_call_later(l, 0.001, put_nine, &b);
    CHECK(acc_run_until_complete(l, user(&b)) == 9 && b.begins == 1);
    b.mode = 1;
    CHECK(acc_run_until_complete(l, user(&b)) == 5 && b.begins == 2);
    b.mode = 2;
    CHECK(acc_run_until_complete(l, user(&b)) == UV_EMFILE && b.begins == 3 && b.stops == 0);

    b = (struct box){0};
    future(int) t = acc_loop_spawn(l, user(&b));
    turn();
    CHECK(acc_wait_end(&b.first->wait, 3) == UV_EINVAL);
    CHECK(acc_wait_end(&b.first->wait, UV_EPIPE) == 0 && acc_wait_end(&b.first->wait, 0) == UV_EALREADY);
    acc_run_until_complete(l, t);
    CHECK(acc_loop_error(l) == UV_EPIPE && b.stops == 0);
    acc_unref(t);
}

static void cancelled(void)
{
    struct box b = {0};
    future(int) t = acc_loop_spawn(l, user(&b));
    turn();
    CHECK(acc_task_cancel(t) == 1 && b.stops == 1 && !b.first);
    acc_run_until_complete(l, t);
    CHECK(acc_future_cancelled(t));
    acc_unref(t);

    t = acc_loop_spawn(l, user(&b)); /* after it was handed an item */
    turn();
    put(&b, 7);
    CHECK(acc_task_cancel(t) == 1 && b.stops == 1 && b.n == 1 && b.items[0] == 7);
    acc_run_until_complete(l, t);
    CHECK(acc_future_cancelled(t));
    acc_unref(t);

    t = acc_loop_spawn(l, user(&b)); /* it ran, the item is its own */
    turn();
    CHECK(b.n == 0 && acc_task_cancel(t) == 1);
    acc_run_until_complete(l, t);
    CHECK(b.n == 0);
    acc_unref(t);
}

static void destroyed(void)
{
    struct box b = {0}, c = {0};
    acc_loop *other = l;
    l = acc_loop_new();
    acc_loop_set_exception_handler(l, quiet, NULL);
    acc_detach(acc_loop_spawn(l, user(&b)));
    acc_detach(acc_loop_spawn(l, user(&c)));
    turn();
    put(&b, 7);
    acc_loop_close(l);
    CHECK(b.stops == 0 && b.n == 1 && c.stops == 1 && c.n == 0);
    l = other;
}

static void stepped(void)
{
    struct box b = {0};
    int v = 0;
    future(int) c = user(&b);
    CHECK(!acc_step(c, &v) && !acc_step(c, &v));
    put(&b, 6);
    CHECK(!acc_step(c, &v) && acc_step(c, &v) && v == 6);
    acc_close(c);
    c = user(&b);
    CHECK(!acc_step(c, &v));
    acc_close(c);
    CHECK(b.stops == 1);
    c = user(&b);
    CHECK(!acc_step(c, &v));
    put(&b, 8);
    acc_close(c);
    CHECK(b.stops == 1 && b.n == 1 && b.items[0] == 8);
    acc_loop_close(acc_get_event_loop());
}

int main(void)
{
    struct box b = {0};
    l = acc_loop_new();
    plain();
    cancelled();
    destroyed();
    stepped();
    // CHECK: task 'user': user, awaiting an item of the box
    acc_run_until_complete(l, user(&b));
    CHECK(acc_loop_error(l) == ACC_EDEADLOCK);
    acc_loop_set_exception_handler(l, quiet, NULL);
    return acc_loop_close(l);
}
