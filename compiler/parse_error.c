/* SPDX-License-Identifier: MIT */
/* parse_error.c: where the parser could not go on, and what it would have taken there.
 *
 * Input: masked text with an error in it.  Output: t->where, one token, and t->why.  The tree says little about
 * the place: error recovery wraps what stands before it, too.  So the text is parsed once more with the
 * parser's log on: the first time that every version of the parse is stuck, the furthest of them has stopped at
 * the token that nothing can begin with.  Then a few likely tokens are tried before that token: the first one
 * with which the parse gets further is what was expected.  Costs some parses of a part of the text, and only for
 * programs that are wrong. */
#include "parse.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- how far the parse gets */

struct watch {
    uint32_t column;   /* where the parse version that runs now stands */
    uint32_t furthest; /* ... at which one got stuck */
    jmp_buf stuck;     /* out of the parser, before it starts to recover */
};

static bool starts_with(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

/* The text has no newlines: columns are offsets. A version that cannot go on waits; when one of those must be
 * resumed, all of them were stuck. The parser says so before it touches anything, so that it can be left there. */
static void watch_log(void *payload, TSLogType type, const char *message)
{
    struct watch *w = payload;
    const char *column = strstr(message, "col:");
    if (type != TSLogTypeParse) return;
    if (starts_with(message, "process ") && column) w->column = (uint32_t)strtoul(column + 4, NULL, 10);
    else if (starts_with(message, "detect_error") && w->column > w->furthest) w->furthest = w->column;
    else if (starts_with(message, "resume ")) longjmp(w->stuck, 1);
}

TSTree *parse_watched(const char *text, uint32_t len, uint32_t *stuck)
{
    static const TSLogger silent = {NULL, NULL};
    TSParser *parser = parse_parser();
    TSTree *volatile tree = NULL;
    struct watch w = {0};
    ts_parser_set_logger(parser, (TSLogger){&w, watch_log});
    if (!setjmp(w.stuck)) tree = ts_parser_parse_string(parser, NULL, text, len);
    else ts_parser_reset(parser);
    ts_parser_set_logger(parser, silent);
    *stuck = w.furthest;
    return tree;
}

/* Offset in the text behind the last token that could be read; len if there is no error. */
static uint32_t progress(const char *text, uint32_t len)
{
    uint32_t stuck;
    TSTree *tree = parse_watched(text, len, &stuck);
    if (!tree) return stuck;
    ts_tree_delete(tree);
    return len;
}

/* ---------------------------------------------------------------- what was expected */

/* In the order in which they are tried: an end that was forgotten is likelier than a beginning. */
static const struct {
    const char *text, *message;
} candidates[] = {
    {" ; ", "';'"},
    {" ) ", "')'"},
    {" ] ", "']'"},
    {" } ", "'}'"},
    {" , ", "','"},
    {" : ", "':'"},
    {" 0 ", "an expression"},
    {" \2 ", "a name"},
    {" \1 ", "a type"},
    {" = ", "'='"},
    {" \1 \2; ", "a declaration"},
    {" ( ", "'('"},
    {" { ", "'{'"},
};

/* at: where the token starts that could not be read; end: where it ends. */
static const char *expected(const char *text, uint32_t len, uint32_t at, uint32_t end)
{
    const char *best = NULL;
    char *tried = xmalloc((size_t)len + 16);
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates && !best; i++) {
        uint32_t extra = (uint32_t)strlen(candidates[i].text);
        memcpy(tried, text, at);
        memcpy(tried + at, candidates[i].text, extra);
        memcpy(tried + at + extra, text + at, len - at);
        if (progress(tried, len + extra) >= end + extra) best = candidates[i].message;
    }
    free(tried);
    return best;
}

/* The first token of the external that starts at offset or behind it; NULL: none. */
static const struct token *token_from(struct cst_tree *t, uint32_t offset)
{
    for (unsigned i = t->ext->first; i < t->ext->last; i++) {
        const struct token *tok = &t->u->tok.v[i];
        if (tok->start >= offset && tok->kind != TOK_DIRECTIVE) return tok;
    }
    return NULL;
}

/* ended: the text ends with tok, and something is missing after it. */
static const char *message(struct cst_tree *t, const struct token *tok, const char *want, bool ended)
{
    struct arena *a = &t->u->arena;
    const char *s = t->u->text + tok->start;
    uint32_t len = tok->end - tok->start;
    bool literal = tok->kind == TOK_STRING || tok->kind == TOK_CHAR;
    if (literal && tok->punct) return arena_printf(a, "missing closing %c", s[strcspn(s, "'\"")]);
    if (tok->kind == TOK_CHAR && len > 1 && s[len - 2] == '\'') return "empty character constant";
    if (literal) len = 0;
    s = len ? arena_printf(a, "'%s'", arena_strdup(a, s, len > 40 ? 40 : len))
            : tok->kind == TOK_CHAR ? "a character constant" : "a string";
    if (want) return arena_printf(a, ended ? "expected %s after %s" : "expected %s, saw %s", want, s);
    return arena_printf(a, ended ? "cannot parse what ends with %s" : "cannot parse %s here", s);
}

void parse_error(struct cst_tree *t, const char *text, uint32_t len)
{
    uint32_t base = t->ext->range.start;
    const struct token *tok = token_from(t, base + progress(text, len));
    const char *want;
    bool ended = !tok;
    if (ended) tok = &t->u->tok.v[t->ext->last - 1];
    want = t->ext->last - t->ext->first > TOKENS_TO_WATCH
               ? NULL
               : expected(text, len, ended ? len : tok->start - base, tok->end - base);
    ast_refuse(t, (struct range){tok->start, tok->end}, message(t, tok, want, ended));
}
