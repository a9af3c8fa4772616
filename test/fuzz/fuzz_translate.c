/* SPDX-License-Identifier: MIT */
/* fuzz_translate.c: any bytes through the translator.
 *
 * In: one text.  Out: nothing; a crash, a hang, a leak or undefined behaviour is the finding.
 * The text is taken as preprocessed.  Its length chooses what is asked for beside the translation, so that
 * every dump, the picture and the sequential program are run too and an input always does the same.
 * Mutations: half of them libFuzzer's on bytes, half on tokens: ranges of them are copied, moved, swapped and
 * deleted, within one program or from another.  Those stay near enough to C to reach the later passes.
 * ACC_FUZZ=bytes leaves the first kind, ACC_FUZZ=tokens nearly only the second. */
#include "acc.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed);

/* What is asked for: a dump, as a picture or as text, or a program. */
struct wish {
    const char *dump;
    bool dot, sync;
};

static void run(const char *text, size_t size, struct wish w)
{
    struct options opt = {.input = "fuzz.ac", .cc = "cc", .no_cpp = true};
    opt.dump = w.dump;
    opt.dot = w.dot;
    opt.sync = w.sync;
    struct diagnostics diag = {.limit = 20, .json = size % 3 == 0};
    opt.no_lines = size % 2;
    struct result r = translate(&opt, &diag, opt.input, text, size);
    diag_end(&diag);
    buf_free(&r.out);
    buf_free(&diag.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct wish wish[] = {
        {.dump = "cfg", .dot = true}, {.dump = "ast"},   {.sync = true},    {.dump = "scope"},
        {.dump = "order"},            {.dump = "cfg"},   {.dump = "live"},  {.dump = "frame"},
        {.dump = "type"},             {.sync = true},    {.dump = NULL},
    };
    /* As the driver gives it: of its own size and closed by a NUL. */
    char *text = xmalloc(size + 1);
    memcpy(text, bytes, size);
    text[size] = '\0';
    run(text, size, (struct wish){0});
    const struct wish *w = &wish[size % (sizeof wish / sizeof *wish)];
    if (w->dump || w->sync) run(text, size, *w);
    free(text);
    return 0;
}

/* ---------------------------------------------------------------- mutations of token ranges */

enum { TOKENS = 1 << 14 };

struct cut { /* where tokens start; the last is the end of the text */
    size_t at[TOKENS + 1];
    unsigned n;
};

static bool is_word(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void cut_text(struct cut *c, const uint8_t *s, size_t size)
{
    c->n = 0;
    for (size_t i = 0; i < size && c->n < TOKENS;) {
        c->at[c->n++] = i;
        bool word = is_word(s[i++]);
        while (i < size && ((word && is_word(s[i])) || s[i] == ' '))
            i++;
    }
    c->at[c->n] = size;
}

static unsigned next(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

struct span {
    const uint8_t *s;
    size_t size;
};

/* Mostly a few tokens, now and then many: up to the bracket that closes what the first one opens. */
static struct span pick(const uint8_t *s, size_t size, unsigned *state)
{
    static struct cut c;
    cut_text(&c, s, size);
    if (!c.n) return (struct span){s, 0};
    unsigned from = next(state) % c.n, len = 1 + next(state) % (next(state) % 4 ? 6 : 60);
    if (next(state) % 2) {
        unsigned depth = 0, i = from;
        while (i < c.n && !strchr("({[", s[c.at[i]] ? s[c.at[i]] : ' '))
            i++;
        from = i < c.n ? i : from;
        for (; i < c.n; i++) {
            uint8_t b = s[c.at[i]];
            depth += b == '(' || b == '{' || b == '[';
            depth -= depth && (b == ')' || b == '}' || b == ']');
            if (!depth) break;
        }
        len = i - from + 1;
    }
    unsigned to = from + len > c.n ? c.n : from + len;
    return (struct span){s + c.at[from], c.at[to] - c.at[from]};
}

static size_t join(uint8_t *out, size_t max, const struct span *part, unsigned n)
{
    size_t size = 0;
    for (unsigned i = 0; i < n; i++) {
        size_t take = part[i].size < max - size ? part[i].size : max - size;
        memcpy(out + size, part[i].s, take);
        size += take;
    }
    return size;
}

/* Replaces, inserts or deletes: `with` is what comes to stand at a span of the text. */
static size_t edit(uint8_t *out, size_t max, struct span text, struct span with, unsigned *state)
{
    struct span at = pick(text.s, text.size, state);
    bool insert = next(state) % 2;
    const uint8_t *rest = at.s + (insert ? 0 : at.size);
    struct span part[] = {{text.s, (size_t)(at.s - text.s)},
                          with,
                          {rest, (size_t)(text.s + text.size - rest)}};
    return join(out, max, part, 3);
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max, unsigned seed)
{
    static unsigned on_bytes = 4; /* of eight mutations */
    const char *how = getenv("ACC_FUZZ");
    if (how) on_bytes = strcmp(how, "bytes") == 0 ? 8 : strcmp(how, "tokens") == 0 ? 1 : 4;
    unsigned state = seed, kind = next(&state) % 8;
    if (kind < on_bytes || size < 2) return LLVMFuzzerMutate(bytes, size, max);
    uint8_t *copy = xmalloc(size);
    memcpy(copy, bytes, size);
    struct span text = {copy, size}, a = pick(copy, size, &state), b = pick(copy, size, &state);
    if (a.s > b.s) {
        struct span other = a;
        a = b;
        b = other;
    }
    if (kind == 7 && a.s + a.size <= b.s) { /* swap */
        struct span part[] = {{copy, (size_t)(a.s - copy)},
                              b,
                              {a.s + a.size, (size_t)(b.s - a.s) - a.size},
                              a,
                              {b.s + b.size, (size_t)(copy + size - b.s) - b.size}};
        size = join(bytes, max, part, 5);
    } else if (kind == 6) {
        size = edit(bytes, max, text, (struct span){copy, 0}, &state);
    } else {
        size = edit(bytes, max, text, a, &state);
    }
    free(copy);
    return size;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed)
{
    unsigned state = seed;
    struct span from = pick(b, b_size, &state);
    if (!a_size) return join(out, max, &from, 1);
    return edit(out, max, (struct span){a, a_size}, from, &state);
}
