/* SPDX-License-Identifier: MIT */
/* queue.h: queues between tasks of one loop.  acc.h includes it.
 *
 *   acc_queue(struct job) q = acc_queue_new(struct job, 100);
 *   int rc = await acc_queue_put(q, (struct job){...});
 *   while (await acc_queue_get(q, &job) == 0) { ...; acc_queue_task_done(q); }
 *   acc_queue_free(q);
 *
 * `acc_queue(T)` stands for a pointer, as future(T) does: compatible wherever T is; T is any
 * unqualified type a function may return but void.  Items are copied in and out.  What is put
 * belongs to the queue until somebody got it; who frees what an item points to when nobody will
 * get it says acc_queue_on_drop.
 *
 * Results are values, as of reading: 0, or a negative code, that of a queue that was shut down
 * among them.  Who waits is served in order: an item, or the room for one, is promised to who
 * waited longest, and nobody else can have it.  Who is cancelled although it was promised one has
 * not got it: it goes to the next.  A put that was cancelled has put nothing.
 *
 * Only for the tasks and callbacks of one thread. */
#include "acc.h" /* includes this file in its turn */

#ifndef ACC_QUEUE_H
#define ACC_QUEUE_H

struct acc__queue;

#define acc_queue(...) __typeof__(__typeof__(__VA_ARGS__)(**)(struct acc__queue *))
#define acc__item(q)   __typeof__((*(q))(0)) /* T */

/* acc_queue(T) acc_queue_new(T, size_t capacity): first in, first out; capacity in items, 0: no
 * limit.  Yours, to be freed by acc_queue_free.  NULL when out of memory; memory for items is taken
 * when they come. */
#define acc_queue_new(T, capacity) ((acc_queue(T))acc__queue_new(0, sizeof(T), _Alignof(T), (capacity), NULL))
/* The same, last in, first out. */
#define acc_lifo_queue_new(T, capacity)                                                            \
    ((acc_queue(T))acc__queue_new(1, sizeof(T), _Alignof(T), (capacity), NULL))
/* acc_queue(T) acc_priority_queue_new(T, size_t capacity, int (*compare)(const void *a, const void
 * *b)): the least first; compare as for qsort, given two `const T *`.  Equal ones in the order in
 * which they were put. */
#define acc_priority_queue_new(T, capacity, compare)                                               \
    ((acc_queue(T))acc__queue_new(2, sizeof(T), _Alignof(T), (capacity), (compare)))

/* Drops what is in it, fails who waits with UV_ECANCELED, and frees it.  NULL is allowed. */
#define acc_queue_free(q) acc__queue_free((void *)(q))

/* void acc_queue_on_drop(acc_queue(T) q, void (*drop)(void *item)): is called with the address of
 * each item that nobody will get, by acc_queue_shutdown_now and acc_queue_free.  May not use q. */
#define acc_queue_on_drop(q, drop) acc__queue_on_drop((void *)(q), (drop))

/* future(int) acc_queue_put(acc_queue(T) q, T item): waits while the queue is full.  0; ACC_ESHUTDOWN,
 * also when it is shut down meanwhile; ACC_ENOMEM; UV_EINVAL for NULL.  Fails with ACC_ECANCELED,
 * ACC_EOTHERLOOP, UV_ECANCELED when it is freed meanwhile. */
#define acc_queue_put(q, ...)                                                                      \
    acc__queue_put((void *)(q), (acc__item(q)[1]){__VA_ARGS__})

/* future(int) acc_queue_get(acc_queue(T) q, T *item): waits for an item.  0; ACC_ESHUTDOWN when the
 * queue is empty and shut down; UV_EINVAL for NULL.  Fails as acc_queue_put.  *item must stay until
 * it is done, and is written only when the result is 0. */
#define acc_queue_get(q, item) acc__queue_get((void *)(q), acc__item_at(q, item))

/* int acc_queue_put_nowait(acc_queue(T) q, T item), int acc_queue_get_nowait(acc_queue(T) q, T *item):
 * the same without waiting; UV_EAGAIN when one would have to wait. */
#define acc_queue_put_nowait(q, ...)                                                               \
    acc__queue_put_nowait((void *)(q), (acc__item(q)[1]){__VA_ARGS__})
#define acc_queue_get_nowait(q, item) acc__queue_get_nowait((void *)(q), acc__item_at(q, item))

/* size_t acc_queue_size(acc_queue(T) q): items that acc_queue_get_nowait would get; what is promised
 * to somebody who has not run yet is not among them. */
#define acc_queue_size(q)  acc__queue_size((void *)(q))
/* bool: acc_queue_get_nowait, or acc_queue_put_nowait, would be UV_EAGAIN. */
#define acc_queue_empty(q) (acc__queue_size((void *)(q)) == 0)
#define acc_queue_full(q)  acc__queue_full((void *)(q))

/* int acc_queue_task_done(acc_queue(T) q): of one item that was got, all work is done.  0; UV_EINVAL:
 * more often than items were put, nothing happened. */
#define acc_queue_task_done(q)  acc__queue_task_done((void *)(q))
/* size_t acc_queue_unfinished(acc_queue(T) q): items put and not told done. */
#define acc_queue_unfinished(q) acc__queue_unfinished((void *)(q))
/* future(void) acc_queue_join(acc_queue(T) q): waits until none is unfinished.  Fails as
 * acc_queue_put, and with UV_EINVAL for NULL. */
#define acc_queue_join(q)       acc__queue_join((void *)(q))

/* void acc_queue_shutdown(acc_queue(T) q): no more can be put: who waits to put gets ACC_ESHUTDOWN.
 * What is in it can be got, then ACC_ESHUTDOWN.  Idempotent, for good. */
#define acc_queue_shutdown(q)     acc__queue_shutdown((void *)(q))
/* The same, and what is in it is dropped, and counts as done. */
#define acc_queue_shutdown_now(q) acc__queue_shutdown_now((void *)(q))

/* ---- what the macros stand on; use the names above ---- */

/* p, if it is a T *; else the compiler says so. */
#define acc__item_at(q, p) _Generic((p), acc__item(q) * : (p))

void *acc__queue_new(int order, size_t size, size_t align, size_t capacity,
                     int (*compare)(const void *a, const void *b));
void acc__queue_free(void *q);
void acc__queue_on_drop(void *q, void (*drop)(void *item));
future(int) acc__queue_put(void *q, const void *item);
future(int) acc__queue_get(void *q, void *item);
int acc__queue_put_nowait(void *q, const void *item);
int acc__queue_get_nowait(void *q, void *item);
size_t acc__queue_size(const void *q);
bool acc__queue_full(const void *q);
int acc__queue_task_done(void *q);
size_t acc__queue_unfinished(const void *q);
future(void) acc__queue_join(void *q);
void acc__queue_shutdown(void *q);
void acc__queue_shutdown_now(void *q);

struct acc__queue_put__wait {
    acc__waiter waiter_;
    const void *item_;
    int value;
};
acc_coro *acc__queue_put__await(acc_coro *self, struct acc__queue_put__wait *w, void *q,
                                const void *item);

struct acc__queue_get__wait {
    acc__waiter waiter_;
    void *item_;
    int value;
};
acc_coro *acc__queue_get__await(acc_coro *self, struct acc__queue_get__wait *w, void *q,
                                void *item);

struct acc__queue_join__wait {
    acc__waiter waiter_;
};
acc_coro *acc__queue_join__await(acc_coro *self, struct acc__queue_join__wait *w, void *q);

#endif
