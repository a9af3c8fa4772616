// RUN: %cc %cflags %s -o %t %libs && %t
// A wait takes as many generations as in asyncio: coroutine 0, done future 0, sleep(0) 1, task 2,
// future set by a callback 2.
#include "coro.h"

static acc_loop *l;
static int generation;

/* Always first in its generation. */
static void tick(void *unused)
{
    (void)unused;
    generation++;
    if (generation < 1000) acc_call_soon(l, tick, NULL);
}

static void set_five(void *f)
{
    CHECK(acc_future_set_result((future(int))f, 5) == 0);
}

/* async int ready(void) { return 1; } */
struct ready__frame {
    acc_coro hd;
    int value;
};
static const acc_info ready__info = {"ready", NULL, sizeof(struct ready__frame), 1, NULL};
static acc_coro *ready__resume(acc_coro *self)
{
    struct ready__frame *f = (struct ready__frame *)(void *)self;
    if (self->state != 0) return acc__odd(self, &ready__info);
    f->value = 1;
    return self->awaiter;
}
static future(int) ready(void)
{
    return (future(int))acc__make(sizeof(struct ready__frame), ready__resume);
}

/* async int took(future(int) x) { int g = generation; await x; return generation - g; } */
struct took__frame {
    acc_coro hd;
    int value;
    int g;
    int (*start)(void **);
    void *x;
};
static const acc_info took__info = {"took", NULL, sizeof(struct took__frame), 2, NULL};
static acc_coro *took__resume(acc_coro *self)
{
    struct took__frame *f = (struct took__frame *)(void *)self;
    acc_coro *r;
    switch (self->state) {
    case 0: break;
    case 1: goto S1;
    default: return acc__odd(self, &took__info);
    }
    f->g = generation;
    f->start(&f->x);
    if ((r = acc__await(self, f->x)) != self) {
        return acc__suspend(self, 1, r);
S1:;
    }
    CHECK(self->err == 0);
    acc__await_end(self, f->x);
    f->value = generation - f->g;
    return self->awaiter;
}
static int took(int (*start)(void **))
{
    struct took__frame *f = acc__make(sizeof *f, took__resume);
    f->start = start;
    return acc_run_until_complete(l, (future(int))(void *)f);
}

static void *mine; /* what the test itself must release */
static int a_coroutine(void **x)
{
    *x = (void *)ready();
    return 0;
}
static int a_done_future(void **x)
{
    future(int) f = acc_future_new(int);
    acc_future_set_result(f, 1);
    *x = mine = (void *)f;
    return 0;
}
static int a_turn(void **x)
{
    *x = (void *)acc_sleep(0);
    return 0;
}
static int a_negative_turn(void **x)
{
    *x = (void *)acc_sleep(-3);
    return 0;
}
static int a_task(void **x)
{
    *x = mine = (void *)acc_spawn(ready());
    return 0;
}
static int a_future_set_soon(void **x)
{
    future(int) f = acc_future_new(int);
    acc_call_soon(l, set_five, f);
    *x = mine = (void *)f;
    return 0;
}
static int a_callback_now(void **x)
{
    future(int) f = acc_future_new(int);
    acc_call_later(l, -1, set_five, f);
    *x = mine = (void *)f;
    return 0;
}

static void release(void)
{
    acc_unref((future(int))mine);
    mine = NULL;
}

int main(void)
{
    l = acc_get_event_loop();
    acc_call_soon(l, tick, NULL);
    CHECK(took(a_coroutine) == 0);
    CHECK(took(a_done_future) == 0);
    release();
    CHECK(took(a_turn) == 1);
    CHECK(took(a_negative_turn) == 1);
    CHECK(took(a_task) == 2);
    release();
    CHECK(took(a_future_set_soon) == 2);
    release();
    CHECK(took(a_callback_now) == 2);
    release();
    return acc_loop_close(l);
}
