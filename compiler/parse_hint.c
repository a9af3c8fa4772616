/* SPDX-License-Identifier: MIT */
/* parse_hint.c: what was likely meant where the parser could not go on.
 *
 * Input: tokens with their classes, and the one at which the parse got stuck (parse_error.c).  Output: a message that
 * names the cause, for mistakes of which the token itself says little: a `try` without `catch`, what `catch` and `with`
 * do not take, brackets that do not match.  Or NULL, and the token is all there is to say.
 *
 * Of braces that do not match the one without an end is told by the indentation: the first `}` at the beginning of a
 * line that stands further left than the line of the `{` it would close, closes one further out. */
#include "parse.h"

#include <string.h>

static bool is_punct(const struct token *tok, unsigned punct)
{
    return tok->kind == TOK_PUNCT && tok->punct == punct;
}

static bool is_keyword(const struct cst_tree *t, unsigned i, unsigned keyword)
{
    const struct token *tok = &t->u->tok.v[i];
    return tok->kind == TOK_NAME && tok->name->keyword == keyword && t->class[i - t->ext->first] == CLASS_KEEP;
}

static const char *saw(const struct cst_tree *t, unsigned at)
{
    const struct token *tok = &t->u->tok.v[at];
    uint32_t len = tok->end - tok->start;
    return arena_strdup(&t->u->arena, t->u->text + tok->start, len > 40 ? 40 : len);
}

static bool is_nearly(const struct cst_tree *t, unsigned at, const char *word)
{
    const struct token *tok = &t->u->tok.v[at];
    if (tok->kind != TOK_NAME || tok->name->mentions) return false;
    struct suggestion s = {.word = tok->name->s, .len = tok->name->len};
    return suggest_try(&s, word);
}

/* The `{` that the `}` at i closes, or t->ext->first. */
static unsigned opening(const struct cst_tree *t, unsigned i)
{
    unsigned depth = 0;
    for (; i > t->ext->first; i--) {
        if (is_punct(&t->u->tok.v[i], '}')) depth++;
        if (is_punct(&t->u->tok.v[i], '{') && --depth == 0) break;
    }
    return i;
}

static const char *after_try(const struct cst_tree *t, unsigned at)
{
    struct arena *a = &t->u->arena;
    if (!is_punct(&t->u->tok.v[at - 1], '}')) return NULL;
    unsigned open = opening(t, at - 1);
    if (open == t->ext->first || !is_keyword(t, open - 1, K_TRY)) return NULL;
    const char *word = saw(t, at);
    if (is_nearly(t, at, "catch")) return arena_printf(a, "unknown word '%s'; did you mean 'catch'?", word);
    return arena_printf(a, "expected 'catch' behind the block of a 'try', saw '%s'%s", word,
                        strcmp(word, "finally") == 0 ? "; what runs on every way out is a 'defer'" : "");
}

static const char *after_catch(const struct cst_tree *t, unsigned at)
{
    struct arena *a = &t->u->arena;
    if (!is_keyword(t, at - 1, K_CATCH)) return NULL;
    if (is_nearly(t, at, "cancel")) return arena_printf(a, "unknown word '%s'; did you mean 'cancel'?", saw(t, at));
    return arena_printf(a, "expected '(int name)' or 'cancel' behind 'catch', saw '%s'", saw(t, at));
}

static bool begins_declaration(const struct cst_tree *t, unsigned at)
{
    const struct token *tok = &t->u->tok.v[at];
    return tok->kind == TOK_NAME &&
           (t->class[at - t->ext->first] == CLASS_TYPE || lex_role(tok->name->keyword) != ROLE_NONE);
}

static const char *after_with(const struct cst_tree *t, unsigned at)
{
    if (at < t->ext->first + 2 || !is_punct(&t->u->tok.v[at - 1], '(') || !is_keyword(t, at - 2, K_WITH)) return NULL;
    if (!begins_declaration(t, at)) return NULL;
    return "'with' takes a scope, not a declaration: declare it before, and give its '&t.scope'";
}

/* `x));`: nothing is open that it could close. */
static const char *unmatched(const struct cst_tree *t, unsigned at)
{
    static const char brackets[] = "()[]";
    const struct token *tok = t->u->tok.v;
    const char *close = tok[at].kind == TOK_PUNCT && tok[at].punct < 128 ? strchr(brackets, (int)tok[at].punct) : NULL;
    if (!close || (close - brackets) % 2 == 0) return NULL;
    int depth = 0;
    for (unsigned i = t->ext->first; i < at; i++)
        depth += is_punct(&tok[i], (unsigned char)close[-1]) - is_punct(&tok[i], (unsigned char)*close);
    return depth > 0 ? NULL : arena_printf(&t->u->arena, "unmatched '%c'", *close);
}

const char *parse_hint(struct cst_tree *t, unsigned at)
{
    if (at <= t->ext->first || at >= t->ext->last) return NULL;
    const char *why = after_try(t, at);
    if (!why) why = after_catch(t, at);
    if (!why) why = after_with(t, at);
    return why ? why : unmatched(t, at);
}

/* ---------------------------------------------------------------- braces */

struct brace {
    unsigned line, indent; /* of its line's first token */
};

unsigned parse_unclosed(struct cst_tree *t)
{
    struct unit *u = t->u;
    VEC(struct brace) open = {0};
    unsigned line = 0, indent = 0;
    for (unsigned i = t->ext->first; i < t->ext->last; i++) {
        const struct token *tok = &u->tok.v[i];
        if (tok->kind == TOK_DIRECTIVE) continue;
        struct place at = source_marked(u, tok->start);
        bool first = at.line != line;
        if (first) {
            line = at.line;
            indent = source_place(u, tok->start).col;
        }
        if (is_punct(tok, '{')) {
            struct brace b = {line, indent};
            vec_push(&u->arena, &open, b);
        } else if (is_punct(tok, '}') && open.n) {
            struct brace *top = &open.v[--open.n];
            if (first && indent < top->indent && top->line < line) return top->line;
        }
    }
    return open.n ? open.v[open.n - 1].line : 0;
}
