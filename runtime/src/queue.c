/* SPDX-License-Identifier: MIT */
/* queue.c: queues: who waits for items, for room, and for all work to be done.
 *
 * Nothing is handed from frame to frame.  Putting an item promises one to the getter that waits
 * longest; the item stays in its place and is taken when that getter runs.  So one that is cancelled
 * in between leaves the order as it was and needs no memory to give anything back.  In the same way
 * room is promised to a putter, and its item put when it runs.
 *
 * Invariants: a getter waits only if all items are promised; a putter waits only if the queue is
 * full with what is in it and what is promised. */
#include "queue.h"
#include "waitq.h"
#include <stddef.h>

struct acc__queue {
    struct acc__waitq getters, putters, joiners;
    struct store items;
    size_t capacity;   /* SIZE_MAX: none */
    size_t unfinished; /* put and not told done */
    void (*drop)(void *item);
    bool shut;
};

void *acc__queue_new(int order, size_t size, size_t align, size_t capacity,
                     int (*compare)(const void *, const void *))
{
    struct acc__queue *q = order == STORE_PRIORITY && !compare ? NULL : mem_alloc(sizeof *q);
    if (!q) return NULL;
    memset(q, 0, sizeof *q);
    store_init(&q->items, (enum store_order)order, size, align, compare);
    q->capacity = capacity ? capacity : SIZE_MAX;
    return q;
}

void acc__queue_on_drop(void *queue, void (*drop)(void *item))
{
    struct acc__queue *q = queue;
    if (q) q->drop = drop;
}

/* ---- items, room ---- */

static size_t unpromised(const struct acc__queue *q)
{
    return q->items.count > q->getters.given_ ? q->items.count - q->getters.given_ : 0;
}

static size_t room(const struct acc__queue *q)
{
    size_t used = q->items.count + q->putters.given_;
    return used < q->capacity ? q->capacity - used : 0;
}

static void promise_items(struct acc__queue *q)
{
    while (unpromised(q) > 0 && waitq_wake(&q->getters, WAITER_GIVEN))
        continue;
}

static void promise_room(struct acc__queue *q)
{
    while (!q->shut && room(q) > 0 && waitq_wake(&q->putters, WAITER_GIVEN))
        continue;
}

static int put(struct acc__queue *q, const void *item)
{
    int rc = store_put(&q->items, item);
    if (rc < 0) return rc;
    q->unfinished++;
    promise_items(q);
    return 0;
}

/* The last item of a queue that was shut down: whoever hoped that it would be given back looks
 * again. */
static void take(struct acc__queue *q, void *item)
{
    store_take(&q->items, item);
    promise_room(q);
    while (q->shut && q->items.count == 0 && waitq_wake(&q->getters, WAITER_WOKEN))
        continue;
}

static void all_done(struct acc__queue *q)
{
    while (q->unfinished == 0 && waitq_release(&q->joiners, 0))
        continue;
}

/* ---- without waiting ---- */

int acc__queue_put_nowait(void *queue, const void *item)
{
    struct acc__queue *q = queue;
    if (!q) return UV_EINVAL;
    if (q->shut) return ACC_ESHUTDOWN;
    return room(q) > 0 ? put(q, item) : UV_EAGAIN;
}

int acc__queue_get_nowait(void *queue, void *item)
{
    struct acc__queue *q = queue;
    if (!q || !item) return UV_EINVAL;
    if (unpromised(q) > 0) {
        take(q, item);
        return 0;
    }
    return q->shut && q->items.count == 0 ? (int)ACC_ESHUTDOWN : UV_EAGAIN;
}

size_t acc__queue_size(const void *queue)
{
    return queue ? unpromised(queue) : 0;
}

bool acc__queue_full(const void *queue)
{
    return queue && room(queue) == 0;
}

size_t acc__queue_unfinished(const void *queue)
{
    return queue ? ((const struct acc__queue *)queue)->unfinished : 0;
}

int acc__queue_task_done(void *queue)
{
    struct acc__queue *q = queue;
    if (!q || q->unfinished == 0) return UV_EINVAL;
    q->unfinished--;
    all_done(q);
    return 0;
}

/* ---- putting ---- */

static acc_coro *putter_resume(acc_coro *self)
{
    if (self->state != 1) return waiter_odd(self);
    struct acc__queue_put__wait *w = (struct acc__queue_put__wait *)(void *)self;
    bool given;
    struct acc__waitq *wq = waiter_leave(&w->waiter_, &given);
    if (!wq) return self->err ? acc__fail(self) : self->awaiter;
    struct acc__queue *q = (void *)((char *)wq - offsetof(struct acc__queue, putters));
    w->value = ACC_ESHUTDOWN;
    if (!self->err && !q->shut) w->value = put(q, w->item_);
    promise_room(q); /* if it did not use its own */
    return self->err ? acc__fail(self) : self->awaiter;
}

static const struct waiter_kind put_kind = {{waiter_cancel, NULL, "room in a queue"},
                                            putter_resume};

acc_coro *acc__queue_put__await(acc_coro *self, struct acc__queue_put__wait *w, void *queue,
                                const void *item)
{
    struct acc__queue *q = queue;
    w->value = acc__queue_put_nowait(q, item);
    if (w->value != UV_EAGAIN) return self;
    w->item_ = item;
    return waitq_wait(self, &w->waiter_, &q->putters, &put_kind);
}

/* ---- getting ---- */

/* One that was woken by a shutdown may find what somebody else gave back. */
static acc_coro *getter_resume(acc_coro *self)
{
    if (self->state != 1) return waiter_odd(self);
    struct acc__queue_get__wait *w = (struct acc__queue_get__wait *)(void *)self;
    bool given;
    struct acc__waitq *wq = waiter_leave(&w->waiter_, &given);
    if (!wq) return self->err ? acc__fail(self) : self->awaiter;
    struct acc__queue *q = (void *)((char *)wq - offsetof(struct acc__queue, getters));
    if (self->err) {
        promise_items(q);
        return acc__fail(self);
    }
    w->value = ACC_ESHUTDOWN;
    if (unpromised(q) > 0) {
        take(q, w->item_);
        w->value = 0;
    }
    return self->awaiter;
}

static const struct waiter_kind get_kind = {{waiter_cancel, NULL, "an item of a queue"},
                                            getter_resume};

acc_coro *acc__queue_get__await(acc_coro *self, struct acc__queue_get__wait *w, void *queue,
                                void *item)
{
    struct acc__queue *q = queue;
    w->value = acc__queue_get_nowait(q, item);
    if (w->value != UV_EAGAIN) return self;
    w->item_ = item;
    return waitq_wait(self, &w->waiter_, &q->getters, &get_kind);
}

/* ---- joining ---- */

static acc_coro *joiner_waiter_resume(acc_coro *self)
{
    if (self->state != 1) return waiter_odd(self);
    bool given;
    (void)waiter_leave((acc__waiter *)(void *)self, &given);
    return self->err ? acc__fail(self) : self->awaiter;
}

static const struct waiter_kind join_kind = {{waiter_cancel, NULL, "a queue's items to be done"},
                                             joiner_waiter_resume};

acc_coro *acc__queue_join__await(acc_coro *self, struct acc__queue_join__wait *w, void *queue)
{
    struct acc__queue *q = queue;
    if (!q) return wait_fails(self, UV_EINVAL);
    if (q->unfinished == 0) return self;
    return waitq_wait(self, &w->waiter_, &q->joiners, &join_kind);
}

/* ---- the end ---- */

void acc__queue_shutdown(void *queue)
{
    struct acc__queue *q = queue;
    if (!q) return;
    q->shut = true;
    while (waitq_wake(&q->putters, WAITER_WOKEN) || waitq_wake(&q->getters, WAITER_WOKEN))
        continue;
}

/* Once through, even if somebody puts while it runs: items are taken from the front. */
static void drop_items(struct acc__queue *q)
{
    size_t n = q->items.count;
    struct store gone = q->items;
    q->items.block = q->items.at = NULL;
    q->items.room = q->items.head = q->items.count = 0;
    for (size_t i = 0; i < n && q->drop; i++)
        q->drop(gone.at + ((gone.head + i) & (gone.room - 1)) * gone.stride);
    mem_free(gone.block);
    q->unfinished -= n < q->unfinished ? n : q->unfinished;
}

void acc__queue_shutdown_now(void *queue)
{
    struct acc__queue *q = queue;
    if (!q) return;
    q->shut = true;
    drop_items(q);
    acc__queue_shutdown(q);
    all_done(q);
}

void acc__queue_free(void *queue)
{
    struct acc__queue *q = queue;
    if (!q) return;
    q->shut = true;
    drop_items(q);
    waitq_end(&q->getters);
    waitq_end(&q->putters);
    waitq_end(&q->joiners);
    mem_free(q);
}

/* ---- as coroutines ---- */

struct put_frame {
    acc_coro hd;
    int value;
    struct acc__queue *q;
    struct acc__queue_put__wait w;
    char item[]; /* a copy: who made the coroutine may be gone when it runs */
};
static const acc_info queue_put_info = {"acc_queue_put", NULL, sizeof(struct put_frame), 2, NULL};

OP_RESUME(queue_put, struct put_frame, acc__queue_put__await(self, &f->w, f->q, f->item),
          f->value = f->w.value)

future(int) acc__queue_put(void *queue, const void *item)
{
    struct acc__queue *q = queue;
    size_t size = q ? q->items.size : 0;
    struct put_frame *f = acc__make(sizeof *f + size, queue_put_resume);
    if (!f) return (future(int))acc__no_memory();
    f->q = q;
    if (size) memcpy(f->item, item, size);
    return (future(int))(void *)f;
}

struct get_frame {
    acc_coro hd;
    int value;
    struct acc__queue *q;
    void *item;
    struct acc__queue_get__wait w;
};
static const acc_info queue_get_info = {"acc_queue_get", NULL, sizeof(struct get_frame), 2, NULL};

OP_RESUME(queue_get, struct get_frame, acc__queue_get__await(self, &f->w, f->q, f->item),
          f->value = f->w.value)

future(int) acc__queue_get(void *q, void *item)
{
    struct get_frame *f = acc__make(sizeof *f, queue_get_resume);
    if (!f) return (future(int))acc__no_memory();
    f->q = q;
    f->item = item;
    return (future(int))(void *)f;
}

struct join_frame {
    acc_coro hd;
    struct acc__queue *q;
    struct acc__queue_join__wait w;
};
static const acc_info queue_join_info = {"acc_queue_join", NULL, sizeof(struct join_frame), 2,
                                         NULL};

OP_RESUME(queue_join, struct join_frame, acc__queue_join__await(self, &f->w, f->q), (void)f)

future(void) acc__queue_join(void *q)
{
    struct join_frame *f = acc__make(sizeof *f, queue_join_resume);
    if (!f) return (future(void))acc__no_memory();
    f->q = q;
    return (future(void))(void *)f;
}
