/* SPDX-License-Identifier: MIT */
/* parse_error.c: where the parser could not go on, and what it would have taken there.
 *
 * Input: masked text with an error in it.  Output: t->where, one token, and t->why.  The tree says
 * little about the place: error recovery wraps what stands before it, too.  So the text is parsed
 * once more with the parser's log on: the first time that every version of the parse is stuck, the
 * furthest of them has stopped at the token that nothing can begin with.  Then a few likely tokens
 * are tried before that token: the first one with which the parse gets further is what was
 * expected.  Costs some parses of a part of the text, and only for programs that are wrong. */
#include "parse.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- how far the parse gets */

struct watch {
    struct cst_tree *t; /* whose text it is, or NULL */
    unsigned tok;       /* index of a token of it near the column */
    uint32_t column;    /* where the parse version that runs now stands */
    uint32_t furthest;  /* ... at which one got stuck */
    uint32_t keyword;   /* the first one at which a keyword was taken for a name */
    jmp_buf stuck;      /* out of the parser, before it starts to recover */
};

static bool starts_with(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

/* The first token of the external that starts at offset or behind it, from *at on; NULL: none. */
static const struct token *token_from(struct cst_tree *t, uint32_t offset, unsigned *at)
{
    const struct token *tok = t->u->tok.v;
    while (*at > t->ext->first && tok[*at - 1].start >= offset)
        --*at;
    while (*at < t->ext->last && (tok[*at].start < offset || tok[*at].kind == TOK_DIRECTIVE))
        ++*at;
    return *at < t->ext->last ? &tok[*at] : NULL;
}

/* Not words of declarations: any of those may be an attribute's name. */
static void watch_name(struct watch *w)
{
    const struct token *tok = token_from(w->t, w->t->ext->range.start + w->column, &w->tok);
    if (!tok || tok->kind != TOK_NAME || lex_role(tok->name->keyword) != ROLE_NONE) return;
    if (w->t->class[w->tok - w->t->ext->first] == CLASS_KEEP && w->column < w->keyword)
        w->keyword = w->column;
}

/* The text has no newlines: columns are offsets. A version that cannot go on waits; when one of
 * those must be resumed, all of them were stuck. The parser says so before it touches anything, so
 * that it can be left there. */
static void watch_log(void *payload, TSLogType type, const char *message)
{
    struct watch *w = payload;
    const char *column = strstr(message, "col:");
    if (type != TSLogTypeParse) return;
    if (starts_with(message, "process ") && column)
        w->column = (uint32_t)strtoul(column + 4, NULL, 10);
    else if (starts_with(message, "detect_error") && w->column > w->furthest)
        w->furthest = w->column;
    else if (starts_with(message, "resume "))
        longjmp(w->stuck, 1);
    else if (w->t && starts_with(message, "lexed_lookahead sym:identifier"))
        watch_name(w);
}

TSTree *parse_watched(struct cst_tree *t, const char *text, uint32_t len, struct stuck *stuck)
{
    static const TSLogger silent = {NULL, NULL};
    TSParser *parser = parse_parser();
    TSTree *volatile tree = NULL;
    struct watch w = {.t = t, .tok = t ? t->ext->first : 0, .keyword = UINT32_MAX};
    ts_parser_set_logger(parser, (TSLogger){&w, watch_log});
    if (!setjmp(w.stuck))
        tree = ts_parser_parse_string(parser, NULL, text, len);
    else
        ts_parser_reset(parser);
    ts_parser_set_logger(parser, silent);
    stuck->keyword = w.keyword < w.furthest;
    stuck->at = stuck->keyword ? w.keyword : w.furthest;
    return tree;
}

/* How far the text can be read; all of it if there is no error. */
static struct stuck progress(struct cst_tree *t, const char *text, uint32_t len)
{
    struct stuck stuck;
    TSTree *tree = parse_watched(t, text, len, &stuck);
    if (!tree) return stuck;
    ts_tree_delete(tree);
    return (struct stuck){len, false};
}

/* ---------------------------------------------------------------- what was expected */

static const char a_type[] = "a type";

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
    {" \1 ", a_type},
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
        if (progress(NULL, tried, len + extra).at >= end + extra) best = candidates[i].message;
    }
    free(tried);
    return best;
}

/* ended: the text ends with tok, and something is missing after it. */
static const char *message(struct cst_tree *t, const struct token *tok, const char *want,
                           bool ended)
{
    struct arena *a = &t->u->arena;
    const char *s = t->u->text + tok->start;
    uint32_t len = tok->end - tok->start;
    bool literal = tok->kind == TOK_STRING || tok->kind == TOK_CHAR;
    if (literal && tok->punct) return arena_printf(a, "missing closing %c", s[strcspn(s, "'\"")]);
    if (tok->kind == TOK_CHAR && len > 1 && s[len - 2] == '\'') return "empty character constant";
    if (literal) len = 0;
    s = len                     ? arena_printf(a, "'%s'", arena_strdup(a, s, len > 40 ? 40 : len))
        : tok->kind == TOK_CHAR ? "a character constant"
                                : "a string";
    unsigned line = ended && want && !strcmp(want, "'}'") ? parse_unclosed(t) : 0;
    if (line) return arena_printf(a, "expected '}' after %s: the '{' of line %u is not closed", s, line);
    if (want)
        return arena_printf(a, ended ? "expected %s after %s" : "expected %s, saw %s", want, s);
    return arena_printf(a, ended ? "cannot parse what ends with %s" : "cannot parse %s here", s);
}

/* What was expected is an end that was forgotten, and that belongs to an earlier line. */
static bool is_on_next_line(struct cst_tree *t, unsigned at, const char *want)
{
    if (!want || at <= t->ext->first || !strchr(";)]", want[1])) return false;
    const struct token *tok = &t->u->tok.v[at], *last = tok - 1;
    return last->kind != TOK_DIRECTIVE && source_marked(t->u, last->end - 1).line != source_marked(t->u, tok->start).line;
}

/* Some other place of the external seems to declare the word: `int form`, `T *form`. */
static bool is_declared_within(struct cst_tree *t, const struct name *n)
{
    const struct token *tok = t->u->tok.v;
    for (unsigned i = t->ext->first + 1; i < t->ext->last; i++) {
        if (tok[i].name != n || tok[i].kind != TOK_NAME) continue;
        if (tok[i - 1].kind == TOK_PUNCT && tok[i - 1].punct == '*') return true;
        if (tok[i - 1].kind == TOK_NAME && lex_role(tok[i - 1].name->keyword) != ROLE_NONE)
            return true;
    }
    return false;
}

/* The token behind which the parse got stuck at token `at`, if it is nearly a keyword: `awiat f(`.
 * NULL: none. */
static const struct token *misspelled(struct cst_tree *t, unsigned at)
{
    const struct token *tok = t->u->tok.v;
    unsigned depth = 0;
    for (unsigned i = at, seen = 0; i-- > t->ext->first && seen < 3; seen += !depth) {
        if (tok[i].kind == TOK_PUNCT && tok[i].punct == ')') depth++;
        if (tok[i].kind == TOK_PUNCT && tok[i].punct == '(' && depth) depth--;
        if (tok[i].kind != TOK_NAME || depth || !check_word_meant(tok[i].name)) continue;
        return is_declared_within(t, tok[i].name) ? NULL : &tok[i];
    }
    return NULL;
}

/* `await f(x)` where the function declares `await` as a name: the word says why. */
static bool names_await(struct cst_tree *t, unsigned at)
{
    const struct token *tok = at > t->ext->first ? &t->u->tok.v[at - 1] : NULL;
    return tok && tok->kind == TOK_NAME && tok->name->keyword == K_AWAIT &&
           t->class[at - 1 - t->ext->first] == CLASS_NAME;
}

/* `register n;`: only words that say nothing of the type stand before the name. */
static bool is_implicit_int(struct cst_tree *t, unsigned at, const char *want)
{
    const struct token *tok = &t->u->tok.v[at];
    if (want != a_type || at == t->ext->first || tok->kind != TOK_NAME || tok->name->keyword ||
        tok[-1].kind != TOK_NAME)
        return false;
    unsigned role = lex_role(tok[-1].name->keyword);
    return role == ROLE_STORAGE || role == ROLE_QUALIFIER;
}

void parse_error(struct cst_tree *t, const char *text, uint32_t len)
{
    uint32_t base = t->ext->range.start;
    struct stuck stuck = progress(t, text, len);
    unsigned at = t->ext->first;
    const struct token *tok = token_from(t, base + stuck.at, &at);
    const char *want = NULL;
    bool ended = !tok;
    if (ended) tok = &t->u->tok.v[t->ext->last - 1];
    if (!stuck.keyword && t->ext->last - t->ext->first <= TOKENS_TO_WATCH)
        want = expected(text, len, ended ? len : tok->start - base, tok->end - base);
    const char *hint = ended ? NULL : parse_hint(t, at);
    if (!hint && !ended && is_on_next_line(t, at, want)) {
        tok--;
        ended = true;
    }
    const struct token *word = hint ? NULL : misspelled(t, at);
    if (!word && !hint && names_await(t, at))
        ast_refuse(t, (struct range){tok[-1].start, tok[-1].end},
                   "'await' is declared as a name here: '_Await' is the keyword");
    else if (word)
        ast_refuse(t, (struct range){word->start, word->end},
                   arena_printf(&t->u->arena, "unknown word '%s'; did you mean '%s'?",
                                word->name->s, check_word_meant(word->name)));
    else if (!ended && is_implicit_int(t, at, want))
        ast_refuse(t, (struct range){tok->start, tok->end},
                   arena_printf(&t->u->arena, "'%s' is declared without a type in an async function",
                                tok->name->s));
    else
        ast_refuse(t, (struct range){tok->start, tok->end}, hint ? hint : message(t, tok, want, ended));
}
