/* SPDX-License-Identifier: MIT */
/* check_word.c: words that nothing declares and that are nearly a word of the dialect.
 *
 * Input: tokens, and functions with their names bound.  Output: the word that was meant, or an
 * error.  Only names without any declaration are judged, so a program's own names never are; with
 * --no-cpp a directive may define them, so what a directive mentions is left alone. */
#include "acc.h"

#include <string.h>

bool check_in_directive(struct unit *u, const struct name *n)
{
    for (unsigned i = 0; u->opt->no_cpp && i < u->tok.n; i++) {
        const struct token *t = &u->tok.v[i];
        if (t->kind != TOK_DIRECTIVE) continue;
        for (uint32_t at = t->start; at + n->len <= t->end; at++)
            if (!memcmp(u->text + at, n->s, n->len)) return true;
    }
    return false;
}

static const char *meant(const struct name *n, const char *const *words, size_t count)
{
    struct suggestion s = {.word = n->s, .len = n->len};
    if (n->keyword || n->mentions) return NULL;
    for (size_t i = 0; i < count; i++)
        suggest_try(&s, words[i]);
    return s.nearest;
}

const char *check_word_meant(const struct name *n)
{
    static const char *const words[] = {
        "await",  "async",    "yield",   "defer",  "throw",  "return", "while",    "try",  "catch",
        "switch", "continue", "default", "struct", "static", "const",  "unsigned", "with",
    };
    return meant(n, words, sizeof words / sizeof *words);
}

/* `aync int f(void)`: an unknown name among the specifiers, before another name. */
bool check_specifiers(struct unit *u, const struct external *x)
{
    static const char *const words[] = {"async", "generator"};
    unsigned end = x->kind == EXT_FUNCTION ? x->body : x->last;
    for (unsigned i = x->first; i + 1 < end && i < x->first + 8; i++) {
        const struct token *t = &u->tok.v[i];
        if (t->kind != TOK_NAME) return false;
        const char *word = t[1].kind == TOK_NAME ? meant(t->name, words, 2) : NULL;
        if (!word || check_in_directive(u, t->name)) continue;
        diag_error(u, (struct range){t->start, t->end}, "unknown word '%s'; did you mean '%s'?",
                   t->name->s, word);
        return true;
    }
    return false;
}

/* `awiat (f(x))` reads as a call, `awiat f(x);` as a declaration of f. */
void check_unknown_word(struct unit *u, struct node *n)
{
    static const char *const words[] = {"await", "yield", "defer", "throw"};
    if (n->kind == E_CALL) n = n->kid[0];
    if ((n->kind != E_IDENT && n->kind != N_TYPEDEF_NAME) || n->decl || !n->name) return;
    const char *word = meant(n->name, words, sizeof words / sizeof *words);
    if (!word || check_in_directive(u, n->name)) return;
    diag_error(u, n->range, "'%s' is not declared; did you mean '%s'?", n->name->s, word);
}

static bool gives_future(struct unit *u, struct name *n)
{
    struct decl *d = scope_file_lookup(u, n, false);
    if (!d || d->kind != DECL_FUNCTION) return false;
    struct type *t = type_of_decl(u, d);
    return t && t->kind == TY_FUNCTION && type_future_result(t->base);
}

/* The names' table has no order of its own: of two equally near the one declared first is taken. */
const char *check_callee_meant(struct unit *u, const struct name *n)
{
    struct suggestion best = {.word = n->s, .len = n->len};
    unsigned where = 0;
    for (unsigned i = 0; i < u->names.nslots; i++)
        for (struct name *k = u->names.slot[i]; k; k = k->next) {
            const struct mention *m = unit_mention(k, MENTION_OBJECT);
            struct suggestion s = {.word = n->s, .len = n->len};
            if (!m || !suggest_try(&s, k->s)) continue;
            bool nearer = !best.nearest || s.distance < best.distance ||
                          (s.distance == best.distance && m->ext < where);
            if (!nearer || !gives_future(u, k)) continue;
            best = s;
            where = m->ext;
        }
    return best.nearest;
}

const char *check_scope_meant(const struct type *t)
{
    static const char *const meant[][2] = {
        {"acc_timeout", "; did you mean '&t.scope', of a timeout 't'?"},
        {"acc_group", "; did you mean '&g.scope', of a group 'g'?"},
        {"acc_mutex", "; did you mean 'acc_locked(&m)', of a mutex 'm'?"},
        {"acc_semaphore", "; did you mean 'acc_permit(&s)', of a semaphore 's'?"},
    };
    const struct type *of = t->kind == TY_POINTER && t->base ? t->base : t;
    const struct name *tag = of->kind == TY_STRUCT ? of->tag->name : NULL;
    for (unsigned i = 0; tag && i < sizeof meant / sizeof *meant; i++)
        if (!strcmp(tag->s, meant[i][0])) return meant[i][1];
    return "";
}
