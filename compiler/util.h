/* SPDX-License-Identifier: MIT */
/* util.h: memory and containers for the translator: arenas named by lifetime, interned names, growable
 * text, vectors, bit sets.  Knows nothing about C.  Out of memory ends the process with a message: the one
 * place that may. */
#ifndef ACC_UTIL_H
#define ACC_UTIL_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bump allocator: everything in it is freed at once. Memory is zeroed. */
struct arena {
    struct arena_chunk *chunk; /* newest first */
    char *at, *end;            /* free part of the newest chunk */
};
void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *s, size_t len);     /* NUL-terminated copy */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void arena_free(struct arena *a);
#define NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define NEWN(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n)))

/* malloc and realloc that do not return NULL. */
void *xmalloc(size_t size);
void *xrealloc(void *p, size_t size);

/* Growable array in an arena: VEC(struct node *) v = {0}; vec_push(arena, &v, n); v.v[i], v.n. The old block
 * is left to the arena. */
#define VEC(T) struct { T *v; unsigned n, cap; }
#define vec_push(a, vec, item)                                                                            \
    (vec_grow((a), (void **)&(vec)->v, (vec)->n, &(vec)->cap, sizeof *(vec)->v),                          \
     (void)((vec)->v[(vec)->n++] = (item)))
void vec_grow(struct arena *a, void **v, unsigned n, unsigned *cap, size_t size);

/* Growable text, malloc'ed; s is always NUL-terminated once something was written. */
struct buf {
    char *s;
    size_t len, cap;
};
void buf_write(struct buf *b, const char *s, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void buf_free(struct buf *b);

/* Interned names: equal text, equal pointer. */
struct decl;
struct name {
    const char *s; /* NUL-terminated */
    unsigned len;
    unsigned hash;
    unsigned short keyword;   /* enum keyword (acc.h), 0: an ordinary name */
    bool is_typedef;          /* unit.c: file scope declares it as a typedef */
    bool is_ordinary;         /* unit.c: file scope declares it as object, function or enumerator */
    bool yields;              /* unit.c: file scope defines it as an async function that yields, not only `from` */
    unsigned local;           /* names.c: innermost local meaning, while a function is classified */
    struct mention *mentions; /* unit.c: where file scope declares it, in order of the text */
    unsigned seen;            /* frame.c: number of the last translated function whose text has it */
    unsigned count;           /* graph.c: how often the unit's text has it */
    unsigned declared_in;     /* frame.c: the last function that declares it */
    struct decl *declared;    /* frame.c: its last declaration there */
    unsigned slot_of;         /* frame.c: number of the last translated function whose frame has it */
    unsigned leaf_of;         /* frame.c: number of the last function that awaits it as an operation */
    unsigned fresh_in_unit;   /* graph.c: the next number to try for a name of this stem at file scope */
    unsigned fresh_in, fresh; /* graph.c: the last function that made names of this stem; the next to try */
    unsigned slots_in, slots; /* frame.c: the same for names of slots */
    struct decl *behind[2];   /* guard.c: its last declaration in the block that is looked at; [1]: of a tag */
    struct name *next;        /* in its hash chain */
};
struct names {
    struct name **slot;
    unsigned nslots, n;
    struct arena *arena;
};
struct name *name_intern(struct names *t, const char *s, size_t len);
void names_free(struct names *t); /* the slots; the names are the arena's */

/* Bit sets of a fixed size, in an arena. */
struct bits {
    uint64_t *w;
    unsigned n; /* bits */
};
struct bits bits_new(struct arena *a, unsigned n);
bool bits_has(struct bits b, unsigned i);
void bits_add(struct bits b, unsigned i);
void bits_add_range(struct bits b, unsigned from, unsigned to); /* [from, to) */
void bits_clear(struct bits b);
unsigned bits_next(struct bits b, unsigned i); /* the first of i, i + 1, ... that is in it; b.n if none is */

#endif
