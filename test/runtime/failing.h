/* SPDX-License-Identifier: MIT */
/* failing.h: an allocator whose n-th allocation fails, which counts what is not freed; for every test
 * that starves the runtime. */
#ifndef FAILING_H
#define FAILING_H

#include <acc/acc.h>
#include <stdbool.h>
#include <stdlib.h>

static long left = -1; /* allocations until one fails; negative: none does */
static long live;      /* not freed yet */
static bool refused;   /* one has failed since this was cleared */

static bool fails(void)
{
    if (left < 0 || left-- > 0) return false;
    refused = true;
    return true;
}
static void *t_malloc(size_t size)
{
    void *p = fails() ? NULL : malloc(size);
    live += p != NULL;
    return p;
}
static void *t_calloc(size_t count, size_t size)
{
    void *p = fails() ? NULL : calloc(count, size);
    live += p != NULL;
    return p;
}
/* libuv 1.44 aborts when its table of watchers cannot grow; it has a power of two of words. */
static void *t_realloc(void *old, size_t size)
{
    bool libuv = size >= 128 && size <= 512 && (size & (size - 1)) == 0;
    if (!libuv && fails()) return NULL;
    void *p = realloc(old, size);
    if (!old) live += p != NULL;
    return p;
}
static void t_free(void *p)
{
    live -= p != NULL;
    free(p);
}

static const acc_allocator failing = {t_malloc, t_realloc, t_calloc, t_free};

#endif
