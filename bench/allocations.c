/* SPDX-License-Identifier: MIT */
/* allocations.c: a library to preload that counts allocations in `bench_allocations`.
 *
 * It takes the place of malloc and its like and passes each on to the C library's own under its
 * internal name, which needs no dlsym and so works from the first call. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

uint64_t bench_allocations;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    bench_allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    bench_allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    bench_allocations++;
    return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    bench_allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *p = __libc_memalign(alignment, size);
    bench_allocations++;
    if (!p) return ENOMEM;
    *block = p;
    return 0;
}
