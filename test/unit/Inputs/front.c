/* SPDX-License-Identifier: MIT */
/* front.c: prints what lex.c, unit.c and names.c make of a file, for the tests of this folder.
 *
 *   front tokens FILE      one token a line
 *   front externals FILE   one external a line, then what it declares
 *   front names FILE       the tokens in their lines; <x> is a type, !x a word left a keyword that
 * is not one of C's own, x anything else. Async functions are read with the dialect front check
 * FILE       nothing: looks at the invariants A file named - is standard input. */
#include "acc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text_read(const char *path, struct buf *b)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(2);
    }
    char part[1 << 16];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        buf_write(b, part, n);
    buf_puts(b, "");
    fclose(f);
}

static void tokens_print(const struct unit *u)
{
    static const char *const kinds[] = {"end",    "name",  "number",   "char",
                                        "string", "punct", "directive"};
    for (unsigned i = 0; i < u->tok.n; i++) {
        const struct token *t = &u->tok.v[i];
        printf("%s", kinds[t->kind]);
        if (t->kind == TOK_PUNCT || t->punct) printf(" %u", t->punct);
        if (t->name) printf(" %s%s", t->name->s, t->name->keyword ? " keyword" : "");
        if (t->bol) printf(" bol");
        printf(" |%.*s|\n", (int)(t->end - t->start), u->text + t->start);
    }
}

static void mentions_print(const struct unit *u, const struct external *x)
{
    static const char *const kinds[] = {"object", "typedef", "tag", "tag-def", "enumerator"};
    struct name *seen = NULL;
    for (unsigned i = x->first; i < x->last; i++) {
        struct name *n = u->tok.v[i].name;
        if (!n || n == seen) continue;
        bool again = false;
        for (unsigned k = x->first; k < i; k++)
            again |= u->tok.v[k].name == n;
        for (const struct mention *m = again ? NULL : n->mentions; m; m = m->next)
            if (m->ext == x->index) printf(" %s:%s", kinds[m->kind], n->s);
    }
}

static void externals_print(const struct unit *u)
{
    static const char *const kinds[] = {"declaration", "function", "directive", "other"};
    for (unsigned i = 0; i < u->ext.n; i++) {
        const struct external *x = &u->ext.v[i];
        printf("%s%s%s%s%s%s%s", kinds[x->kind], x->is_async ? " async" : "",
               x->is_generator ? " generator" : "", x->has_bind ? " bind" : "",
               x->has_defer ? " defer" : "", x->is_typedef ? " typedef" : "",
               x->system_header ? " system" : "");
        if (x->kind != EXT_DIRECTIVE) mentions_print(u, x);
        if (x->kind == EXT_FUNCTION) printf(" body=%u", u->tok.v[x->body].start - x->range.start);
        printf(" |%.*s|\n", (int)(x->range.end - x->range.start), u->text + x->range.start);
    }
}

static void external_names(struct unit *u, const struct external *x)
{
    unsigned char *cls = xmalloc(x->last - x->first);
    names_classify(u, x->first, x->last, x->is_async, cls);
    for (unsigned i = x->first; i < x->last; i++) {
        const struct token *t = &u->tok.v[i];
        unsigned char c = cls[i - x->first];
        if (t->bol) printf("\n");
        if (c == CLASS_BLANK) continue;
        bool soft = t->name && c == CLASS_KEEP && t->name->keyword && !lex_is_hard(t->name);
        bool kept = t->name && c == CLASS_KEEP && !t->name->keyword;
        printf(" %s%.*s%s",
               c == CLASS_TYPE ? "<"
               : soft          ? "!"
               : kept          ? "?"
                               : "",
               (int)(t->end - t->start), u->text + t->start, c == CLASS_TYPE ? ">" : "");
    }
    free(cls);
}

static void classes_print(struct unit *u)
{
    static const char *const kinds[] = {"keyword", "type", "name", "blank"};
    unsigned line = 1, bol = 0, at = 0;
    unsigned char *cls = xmalloc(u->tok.n);
    for (unsigned i = 0; i < u->ext.n; i++) {
        const struct external *x = &u->ext.v[i];
        names_classify(u, x->first, x->last, false, cls + x->first);
    }
    for (unsigned i = 0; i + 1 < u->tok.n; i++) {
        const struct token *t = &u->tok.v[i];
        for (; at < t->start; at++) {
            if (u->text[at] != '\n') continue;
            line++;
            bol = at + 1;
        }
        if (t->name) printf("%u:%u %s %s\n", line, at - bol + 1, kinds[cls[i]], t->name->s);
    }
    free(cls);
}

/* What later passes rely on. */
static void check(struct unit *u)
{
    uint32_t at = 0;
    for (unsigned i = 0; i < u->tok.n; i++) {
        const struct token *t = &u->tok.v[i];
        assert(t->start >= at && t->end >= t->start && t->end <= u->len);
        assert((t->kind == TOK_END) == (i + 1 == u->tok.n));
        assert((t->kind == TOK_NAME) == (t->name != NULL));
        at = t->end;
    }
    unsigned first = 0;
    for (unsigned i = 0; i < u->ext.n; i++) {
        const struct external *x = &u->ext.v[i];
        assert(x->first == first && x->last > x->first && x->index == i);
        if (x->kind == EXT_FUNCTION) {
            assert(x->body > x->first && x->body < x->last);
            assert(u->tok.v[x->body].punct == '{');
        }
        first = x->last;
        unsigned char *cls = xmalloc(x->last - x->first);
        for (int dialect = 0; dialect < 2; dialect++) {
            memset(cls, 99, x->last - x->first);
            names_classify(u, x->first, x->last, dialect, cls);
            for (unsigned k = 0; k < x->last - x->first; k++) {
                const struct token *t = &u->tok.v[x->first + k];
                assert(cls[k] <= CLASS_BLANK);
                assert(t->kind == TOK_NAME || cls[k] == CLASS_KEEP || cls[k] == CLASS_BLANK);
                assert(!t->name || !t->name->local);
            }
        }
        free(cls);
    }
    assert(first == u->tok.n - 1);
}

static void unit_read(struct unit *u, const struct buf *text)
{
    u->text = text->s;
    u->len = (uint32_t)text->len;
    source_markers(u);
    lex_unit(u);
}

static void unit_free(struct unit *u)
{
    arena_free(&u->arena);
    names_free(&u->names);
}

static uint64_t random_state;

static unsigned random_below(size_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((random_state >> 33) % n);
}

/* Inserts, deletes, copies: what breaks brackets, literals and declarations. */
static void mutate(const struct buf *from, struct buf *to)
{
    static const char *const pieces[] = {"{",
                                         "}",
                                         "(",
                                         ")",
                                         "[",
                                         "]",
                                         ";",
                                         ",",
                                         ":",
                                         "=",
                                         "*",
                                         "&&",
                                         "?",
                                         "...",
                                         ".",
                                         "->",
                                         "\"",
                                         "'",
                                         "/*",
                                         "//",
                                         "\\\n",
                                         "\\",
                                         "\xff",
                                         "\n#if x\n",
                                         "\n#else\n",
                                         "\n#endif\n",
                                         "typedef ",
                                         " T ",
                                         "struct ",
                                         "enum ",
                                         "int ",
                                         "sizeof",
                                         "_Generic(",
                                         "__attribute__((",
                                         "[[",
                                         "asm(",
                                         "case ",
                                         "for(",
                                         "if(",
                                         "else ",
                                         "do ",
                                         "while(",
                                         "await ",
                                         "async ",
                                         "defer ",
                                         "try{",
                                         "catch(",
                                         "yield from ",
                                         "with(",
                                         "int f(a, b) int a; {",
                                         "_Pragma(\"x\")",
                                         "({",
                                         "(T){",
                                         "__builtin_offsetof(",
                                         "%:",
                                         "u8",
                                         "R\"("};
    unsigned edits = 1 + random_below(20);
    to->len = 0;
    buf_write(to, from->s, from->len);
    for (unsigned i = 0; i < edits; i++) {
        size_t at = random_below(to->len + 1), len = random_below(40);
        struct buf rest = {0};
        buf_write(&rest, to->s + at, to->len - at);
        to->len = at;
        unsigned what = random_below(8), times = what == 0 ? random_below(100) : 1;
        if (what == 2) buf_putc(to, (char)random_below(256));
        for (; what != 1 && what != 2 && times > 0; times--)
            buf_puts(to, pieces[random_below(sizeof pieces / sizeof *pieces)]);
        size_t skip = what == 1 && len < rest.len ? len : 0;
        buf_write(to, rest.s + skip, rest.len - skip);
        buf_free(&rest);
    }
}

static void check_mutations(const struct buf *text, const char *seed, const char *count)
{
    struct buf b = {0};
    random_state = strtoull(seed, NULL, 10);
    for (unsigned long n = strtoul(count, NULL, 10); n > 0; n--) {
        mutate(text, &b);
        struct unit u = {.path = "mutation"};
        unit_read(&u, &b);
        unit_split(&u);
        check(&u);
        unit_free(&u);
    }
    buf_free(&b);
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 5) return 2;
    struct buf text = {0};
    text_read(argv[2], &text);
    if (argc == 5) check_mutations(&text, argv[3], argv[4]);
    struct unit u = {.path = argv[2]};
    unit_read(&u, &text);
    if (strcmp(argv[1], "tokens") == 0) tokens_print(&u);
    unit_split(&u);
    if (strcmp(argv[1], "externals") == 0) externals_print(&u);
    if (strcmp(argv[1], "names") == 0) {
        for (unsigned i = 0; i < u.ext.n; i++)
            external_names(&u, &u.ext.v[i]);
        printf("\n");
    }
    if (strcmp(argv[1], "classes") == 0) classes_print(&u);
    if (strcmp(argv[1], "check") == 0) check(&u);
    unit_free(&u);
    buf_free(&text);
}
