/* SPDX-License-Identifier: MIT */
/* memory.c: where all memory comes from.
 *
 * Coroutine frames and futures are blocks of 16-byte size classes.  Each thread has a free list a
 * class, which emitted code uses inline (abi.h); this file refills them from slabs of 64 KiB. Slabs
 * are never returned: blocks may outlive their thread, so a thread that ends hands its lists to a
 * common depot.  When the runtime is built with asan or with ACC_OWN_BLOCKS every block is a malloc
 * of its own; code built without may still put such blocks on the free lists.
 *
 * Invariant: a block on free[c] has room for 16 * c bytes. */
#include "internal.h"
#include <pthread.h>
#include <stdlib.h>

ACC__THREAD struct acc__thread acc__tls;

static acc_allocator allocator = {malloc, realloc, calloc, free};

enum { SLAB = 64 * 1024, CARVE = 32 };

struct slab {
    struct slab *next; /* all slabs, so that leak checkers see them */
    void *align;
};

static pthread_mutex_t depot_lock = PTHREAD_MUTEX_INITIALIZER;
static void *depot[ACC__CLASSES];
static struct slab *slabs;
static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;
static ACC__THREAD char *slab_at, *slab_end; /* the part of this thread's slab not cut up yet */

int acc_set_allocator(const acc_allocator *a)
{
    if (!a || !a->malloc || !a->realloc || !a->calloc || !a->free) return UV_EINVAL;
    allocator = *a;
    return uv_replace_allocator(a->malloc, a->realloc, a->calloc, a->free);
}

void *mem_alloc(size_t size)
{
    return allocator.malloc(size);
}

void *mem_realloc(void *p, size_t size)
{
    return allocator.realloc(p, size);
}

void mem_free(void *p)
{
    if (p) allocator.free(p);
}

/* The thread's blocks go to whoever needs some next. */
static void thread_exit(void *unused)
{
    (void)unused;
    callback_table_free();
    local_thread_free();
    pthread_mutex_lock(&depot_lock);
    for (size_t c = 0; c < ACC__CLASSES; c++) {
        void **last = &acc__tls.free[c];
        while (*last)
            last = (void **)*last;
        *last = depot[c];
        depot[c] = acc__tls.free[c];
        acc__tls.free[c] = NULL;
    }
    pthread_mutex_unlock(&depot_lock);
}

static void exit_key_make(void)
{
    (void)pthread_key_create(&exit_key, thread_exit);
}

/* The thread has something to give back when it ends. */
void mem_thread_used(void)
{
    pthread_once(&exit_once, exit_key_make);
    (void)pthread_setspecific(exit_key, &exit_key);
}

#ifndef ACC__OWN_BLOCKS

static void *depot_take(size_t c)
{
    pthread_mutex_lock(&depot_lock);
    void *p = depot[c];
    depot[c] = NULL;
    pthread_mutex_unlock(&depot_lock);
    return p;
}

static bool slab_new(void)
{
    struct slab *s = mem_alloc(SLAB);
    if (!s) return false;
    mem_thread_used();
    pthread_mutex_lock(&depot_lock);
    s->next = slabs;
    slabs = s;
    pthread_mutex_unlock(&depot_lock);
    slab_at = (char *)(s + 1);
    slab_end = (char *)s + SLAB;
    return true;
}

void *acc__alloc_slow(acc__size size)
{
    size_t c = (size + 15) >> 4, bytes = c << 4;
    if (c >= ACC__CLASSES) return mem_alloc(size);
    if (bytes == 0) c = 1, bytes = 16;
    void *p = acc__tls.free[c];
    if (!p && debug_tracks && (p = debug_spare_take(c)) != NULL) return p;
    if (!p) p = depot_take(c);
    if (p) {
        acc__tls.free[c] = *(void **)p;
        return p;
    }
    if ((size_t)(slab_end - slab_at) < bytes && !slab_new()) return NULL;
    p = slab_at;
    slab_at += bytes;
    /* In address order, so that blocks made one after another lie one after another. */
    void **last = &acc__tls.free[c];
    for (int i = 1; i < CARVE && (size_t)(slab_end - slab_at) >= bytes; i++, slab_at += bytes) {
        *last = slab_at;
        last = (void **)(void *)slab_at;
    }
    *last = NULL;
    return p;
}

void acc__free_slow(void *p, acc__size size)
{
    size_t c = (size + 15) >> 4;
    if (c >= ACC__CLASSES) {
        mem_free(p);
        return;
    }
    *(void **)p = acc__tls.free[c];
    acc__tls.free[c] = p;
}

#else

void *acc__alloc_slow(acc__size size)
{
    size_t c = (size + 15) >> 4;
    (void)slabs, (void)slab_at, (void)slab_end;
    if (c >= ACC__CLASSES) return mem_alloc(size);
    void *p = acc__tls.free[c]; /* from code built without */
    if (p) {
        acc__tls.free[c] = *(void **)p;
        return p;
    }
    mem_thread_used();
    return mem_alloc(c ? c << 4 : 16);
}

void acc__free_slow(void *p, acc__size size)
{
    (void)size;
    mem_free(p);
}

#endif
