// RUN: %cc %cflags %s -o %t %libs && %t
// Timers run in the order of their deadlines, equal ones in the order they were made, never early,
// and not at all when cancelled.
#include "coro.h"

enum { MANY = 100000 };

static acc_loop *l;
static struct item {
    double when;
    unsigned order;
    bool cancelled, ran;
    acc_handle handle;
} items[MANY];
static unsigned count, cancelled;
static const struct item *before;

static void word(void *text)
{
    trace(text);
}
static void stop(void *unused)
{
    (void)unused;
    acc_loop_stop(l);
}

static void due(void *arg)
{
    struct item *i = arg;
    CHECK(!i->cancelled && !i->ran);
    CHECK(acc_time(l) >= i->when);
    if (before)
        CHECK(before->when < i->when || (before->when == i->when && before->order < i->order));
    before = i;
    i->ran = true;
    if (++count + cancelled == MANY) acc_loop_stop(l);
}

int main(void)
{
    l = acc_get_event_loop();
    double now = acc_time(l);
    acc_call_at(l, now + 0.4, word, "400a");
    acc_call_at(l, now + 0.2, word, "200");
    acc_call_later(l, -5, word, "negative");
    acc_call_later(l, 0, word, "zero");
    acc_call_at(l, now + 0.4, word, "400b");
    acc_handle h = acc_call_at(l, now + 0.3, word, "cancelled");
    CHECK(acc_handle_when(h) == now + 0.3);
    acc_call_at(l, now + 0.4, word, "400c");
    acc_call_at(l, now - 1, word, "past");
    acc_call_soon(l, word, "soon");
    acc_handle_cancel(h);
    acc_call_at(l, now + 0.4, stop, NULL);
    CHECK(acc_run_forever(l) == 0);
    /* asyncio too appends due timers behind what is queued */
    expect("soon past negative zero 200 400a 400b 400c");

    unsigned seed = 12345;
    now = acc_time(l);
    for (unsigned i = 0; i < MANY; i++) {
        seed = seed * 1103515245u + 12345u;
        items[i].when = now + 0.05 + (double)(seed >> 16 & 1023) / 10000;
        items[i].order = i;
        items[i].handle = acc_call_at(l, items[i].when, due, &items[i]);
    }
    for (unsigned i = 0; i < MANY; i++) {
        seed = seed * 1103515245u + 12345u;
        if (seed >> 16 & 1) continue;
        acc_handle_cancel(items[i].handle);
        items[i].cancelled = true;
        cancelled++;
    }
    CHECK(acc_run_forever(l) == 0);
    for (unsigned i = 0; i < MANY; i++) {
        CHECK(items[i].ran != items[i].cancelled);
        CHECK(acc_handle_cancelled(items[i].handle) == items[i].cancelled);
    }
    return acc_loop_close(l);
}
