/* SPDX-License-Identifier: MIT */
/* util.c: memory and containers.
 *
 * Arenas are lists of zeroed chunks with a bump pointer in the newest; a block too large for the
 * rest of a chunk gets one of its own behind the newest, so that the free part of that one is not
 * lost.  Interned names hang in hash chains whose number of slots grows with the number of names.
 * Everything here grows by doubling, so a unit of n bytes costs O(n).
 *
 * Invariant: no function returns NULL; being out of memory ends the process. */
#include "util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- malloc */

static void out_of_memory(void)
{
    fputs("acc: error: out of memory\n", stderr);
    exit(1);
}

void *xmalloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p) out_of_memory();
    return p;
}

void *xrealloc(void *p, size_t size)
{
    p = realloc(p, size ? size : 1);
    if (!p) out_of_memory();
    return p;
}

/* ---------------------------------------------------------------- arena */

enum { ARENA_ALIGN = 16, CHUNK_FIRST = 1 << 14, CHUNK_LAST = 1 << 20 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t size; /* of the bytes that follow */
};
#define CHUNK_HEADER                                                                               \
    ((sizeof(struct arena_chunk) + ARENA_ALIGN - 1) / ARENA_ALIGN * (size_t)ARENA_ALIGN)

static struct arena_chunk *chunk_new(size_t size)
{
    if (size > SIZE_MAX - CHUNK_HEADER) out_of_memory();
    struct arena_chunk *c = calloc(1, CHUNK_HEADER + size);
    if (!c) out_of_memory();
    c->size = size;
    return c;
}

/* A block that the newest chunk has no room for. */
static void *alloc_slow(struct arena *a, size_t size)
{
    size_t next = CHUNK_FIRST;
    if (a->chunk) next = a->chunk->size < CHUNK_LAST ? a->chunk->size * 2 : CHUNK_LAST;
    if (a->chunk && size > next / 4) {
        struct arena_chunk *c = chunk_new(size);
        c->older = a->chunk->older;
        a->chunk->older = c;
        return (char *)c + CHUNK_HEADER;
    }
    if (next < size) next = size;
    struct arena_chunk *c = chunk_new(next);
    c->older = a->chunk;
    a->chunk = c;
    a->at = (char *)c + CHUNK_HEADER + size;
    a->end = (char *)c + CHUNK_HEADER + next;
    return (char *)c + CHUNK_HEADER;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX - ARENA_ALIGN) out_of_memory();
    size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (!a->chunk || (size_t)(a->end - a->at) < size) return alloc_slow(a, size);
    void *p = a->at;
    a->at += size;
    return p;
}

char *arena_strdup(struct arena *a, const char *s, size_t len)
{
    char *copy = arena_alloc(a, len + 1);
    if (len) memcpy(copy, s, len);
    return copy;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0) out_of_memory();
    char *s = arena_alloc(a, (size_t)len + 1);
    vsnprintf(s, (size_t)len + 1, format, again);
    va_end(again);
    return s;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *s = arena_vprintf(a, format, ap);
    va_end(ap);
    return s;
}

void arena_free(struct arena *a)
{
    for (struct arena_chunk *c = a->chunk; c;) {
        struct arena_chunk *older = c->older;
        free(c);
        c = older;
    }
    *a = (struct arena){0};
}

/* ---------------------------------------------------------------- vector, growable text */

void vec_grow(struct arena *a, void **v, unsigned n, unsigned *cap, size_t size)
{
    if (n < *cap) return;
    if (*cap > UINT32_MAX / 2) out_of_memory();
    unsigned more = *cap ? *cap * 2 : 8;
    if (more > SIZE_MAX / size) out_of_memory();
    void *p = arena_alloc(a, more * size);
    if (n) memcpy(p, *v, n * size);
    *v = p;
    *cap = more;
}

/* Room for `more` bytes and a NUL. */
static void buf_reserve(struct buf *b, size_t more)
{
    if (more < b->cap - b->len) return;
    if (more > SIZE_MAX / 4 - b->len) out_of_memory();
    size_t cap = b->cap ? b->cap : 64;
    while (cap - b->len <= more)
        cap *= 2;
    b->s = xrealloc(b->s, cap);
    b->cap = cap;
}

void buf_write(struct buf *b, const char *s, size_t len)
{
    buf_reserve(b, len);
    if (len) memcpy(b->s + b->len, s, len);
    b->len += len;
    b->s[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
    buf_write(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
    buf_reserve(b, 1);
    b->s[b->len++] = c;
    b->s[b->len] = '\0';
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    enum { often_enough = 256 };
    va_list again;
    va_copy(again, args);
    buf_reserve(b, often_enough);
    int len = vsnprintf(b->s + b->len, often_enough, format, args);
    if (len < 0) out_of_memory();
    if (len >= often_enough) {
        buf_reserve(b, (size_t)len);
        vsnprintf(b->s + b->len, (size_t)len + 1, format, again);
    }
    va_end(again);
    b->len += (size_t)len;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    buf_vprintf(b, format, ap);
    va_end(ap);
}

void buf_free(struct buf *b)
{
    free(b->s);
    *b = (struct buf){0};
}

/* ---------------------------------------------------------------- interned names */

/* Eight bytes a step; multiplying moves entropy up, so each step ends by bringing the top down. */
static unsigned hash_of(const char *s, size_t len)
{
    const uint64_t odd = 0x9e3779b97f4a7c15u;
    uint64_t h = len * odd, w;
    for (; len >= 8; s += 8, len -= 8) {
        memcpy(&w, s, 8);
        h = (h ^ w) * odd;
        h ^= h >> 32;
    }
    w = 0;
    for (size_t i = 0; i < len; i++)
        w = w << 8 | (unsigned char)s[i];
    h = (h ^ w) * odd;
    return (unsigned)(h >> 32);
}

static void names_grow(struct names *t)
{
    unsigned nslots = t->nslots ? t->nslots * 2 : 1024;
    struct name **slot = calloc(nslots, sizeof *slot);
    if (!slot) out_of_memory();
    for (unsigned i = 0; i < t->nslots; i++) {
        for (struct name *n = t->slot[i], *next; n; n = next) {
            next = n->next;
            n->next = slot[n->hash & (nslots - 1)];
            slot[n->hash & (nslots - 1)] = n;
        }
    }
    free(t->slot);
    t->slot = slot;
    t->nslots = nslots;
}

struct name *name_intern(struct names *t, const char *s, size_t len)
{
    unsigned hash = hash_of(s, len);
    if (t->nslots) {
        for (struct name *n = t->slot[hash & (t->nslots - 1)]; n; n = n->next)
            if (n->hash == hash && n->len == len && memcmp(n->s, s, len) == 0) return n;
    }
    if (t->n >= t->nslots) names_grow(t);
    struct name *n = NEW(t->arena, struct name);
    n->s = arena_strdup(t->arena, s, len);
    n->len = (unsigned)len;
    n->hash = hash;
    n->next = t->slot[hash & (t->nslots - 1)];
    t->slot[hash & (t->nslots - 1)] = n;
    t->n++;
    return n;
}

void names_free(struct names *t)
{
    free(t->slot);
    *t = (struct names){0};
}

/* ---------------------------------------------------------------- bit sets */

static unsigned words_of(unsigned n)
{
    return n / 64 + (n % 64 != 0);
}

struct bits bits_new(struct arena *a, unsigned n)
{
    return (struct bits){.w = NEWN(a, uint64_t, words_of(n)), .n = n};
}

bool bits_has(struct bits b, unsigned i)
{
    return i < b.n && (b.w[i / 64] >> (i % 64) & 1);
}

void bits_add(struct bits b, unsigned i)
{
    if (i < b.n) b.w[i / 64] |= (uint64_t)1 << (i % 64);
}

void bits_add_range(struct bits b, unsigned from, unsigned to)
{
    if (to > b.n) to = b.n;
    for (; from < to && from % 64; from++)
        bits_add(b, from);
    for (; to - from >= 64 && from < to; from += 64)
        b.w[from / 64] = ~(uint64_t)0;
    for (; from < to; from++)
        bits_add(b, from);
}

void bits_clear(struct bits b)
{
    memset(b.w, 0, sizeof *b.w * words_of(b.n));
}

unsigned bits_next(struct bits b, unsigned i)
{
    while (i < b.n) {
        uint64_t rest = b.w[i / 64] >> (i % 64);
        if (rest) return i + (unsigned)__builtin_ctzll(rest);
        i += 64 - i % 64;
    }
    return b.n;
}
