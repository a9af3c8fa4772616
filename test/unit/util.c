// Arenas give zeroed, aligned memory that stays; vectors, text, names and bit sets keep what they hold.
// RUN: %cc -std=c11 -D_GNU_SOURCE -I%source/compiler %s %build/libacccore.a -o %t && %t
#include "util.h"

#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

static void arenas(void)
{
    struct arena a = {0};
    unsigned char *block[300];
    for (unsigned i = 0; i < 300; i++) {
        size_t size = i % 7 == 0 ? 40000 : i;
        block[i] = arena_alloc(&a, size);
        assert((uintptr_t)block[i] % 16 == 0);
        for (size_t k = 0; k < size; k++)
            assert(block[i][k] == 0);
        memset(block[i], (int)(i % 255 + 1), size);
    }
    for (unsigned i = 0; i < 300; i++)
        for (size_t k = 0, size = i % 7 == 0 ? 40000 : i; k < size; k++)
            assert(block[i][k] == i % 255 + 1);
    assert(strcmp(arena_strdup(&a, "abcdef", 3), "abc") == 0);
    assert(strcmp(arena_printf(&a, "%d-%s", 12, "x"), "12-x") == 0);
    arena_free(&a);
    assert(!a.chunk);
}

static void vectors(void)
{
    struct arena a = {0};
    VEC(uint16_t) v = {0};
    for (unsigned i = 0; i < 5000; i++)
        vec_push(&a, &v, (uint16_t)i);
    assert(v.n == 5000);
    for (unsigned i = 0; i < 5000; i++)
        assert(v.v[i] == i);
    arena_free(&a);
}

static void text(void)
{
    struct buf b = {0};
    buf_write(&b, "", 0);
    assert(b.len == 0 && b.s[0] == '\0');
    for (unsigned i = 0; i < 1000; i++) {
        buf_puts(&b, "ab");
        buf_putc(&b, 'c');
        buf_printf(&b, "%03u", i);
        assert(b.len == 6 * (i + 1) && b.s[b.len] == '\0');
    }
    assert(memcmp(b.s, "abc000abc001", 12) == 0 && strcmp(b.s + 5994, "abc999") == 0);
    buf_free(&b);
    assert(!b.s);
}

static void names(void)
{
    struct arena a = {0};
    struct names t = {.arena = &a};
    struct name *all[5000];
    char s[32];
    for (unsigned i = 0; i < 5000; i++) {
        int len = snprintf(s, sizeof s, i % 2 ? "n%u" : "a_longer_name_%u", i);
        all[i] = name_intern(&t, s, (size_t)len);
        assert(strcmp(all[i]->s, s) == 0 && all[i]->len == (unsigned)len && !all[i]->keyword);
    }
    assert(t.n == 5000 && all[0] != all[2]);
    for (unsigned i = 0; i < 5000; i++) {
        int len = snprintf(s, sizeof s, i % 2 ? "n%u" : "a_longer_name_%u", i);
        assert(name_intern(&t, s, (size_t)len) == all[i]);
    }
    assert(name_intern(&t, "n1\0", 3) != name_intern(&t, "n1", 2));
    names_free(&t);
    arena_free(&a);
}

static void bit_sets(void)
{
    struct arena a = {0};
    static const unsigned sizes[] = {0, 1, 63, 64, 65, 200};
    for (unsigned k = 0; k < 6; k++) {
        unsigned n = sizes[k];
        struct bits x = bits_new(&a, n);
        assert(bits_next(x, 0) == n);
        for (unsigned i = 0; i < n; i += 3)
            bits_add(x, i);
        bits_add(x, n);
        assert(!bits_has(x, n));
        for (unsigned i = 0; i < n; i++) {
            unsigned next = (i + 2) / 3 * 3;
            assert(bits_has(x, i) == (i % 3 == 0));
            assert(bits_next(x, i) == (next < n ? next : n));
        }
    }
    arena_free(&a);
}

int main(void)
{
    arenas();
    vectors();
    text();
    names();
    bit_sets();
}
