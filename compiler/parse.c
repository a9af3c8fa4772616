/* SPDX-License-Identifier: MIT */
/* parse.c: the tokens of one external -> a concrete tree -> (ast.c) its AST.
 *
 * Input: u->tok [first, last) of the external and what names.c says of each token.  Output: ext->node, or one
 * diagnostic.  The parser reads a copy of the slice, of the same length, written from the tokens alone: comments,
 * splices and directives are blanks, identifiers carry the mark that settles whether they name a type, the insides
 * of literals do not matter to the grammar and are `x`.  So offsets in the copy are offsets in the text, and no
 * typedef has to be guessed (grammar/README.md).
 *
 * The tree is then laid flat (ast.h).  An ERROR or MISSING node anywhere means that the external cannot be
 * understood; parse_error.c finds out where and why.  Only this file and that one know the parser's interface. */
#include "ast.h"
#include "parse.h"

#include <stdlib.h>
#include <string.h>

/* Nodes around a node, in the concrete tree. The passes after this one recurse: they must not run out of stack. */
enum { DEPTH_LIMIT = 5000 };

/* ---------------------------------------------------------------- the parser, and its symbols as ours */

static const char *const kind_names[CST_KIND_COUNT] = {
#define X(name, text, where) [CST_##name] = text,
    CST_KINDS(X)
#undef X
};
static const char *const field_names[CST_FIELD_COUNT] = {
#define X(name, text) [FIELD_##name] = text,
    CST_FIELDS(X)
#undef X
};

/* Holds nothing of a unit: made once, for all of them. */
static struct {
    TSParser *parser;
    uint8_t *kinds;  /* by TSSymbol: enum cst_kind */
    uint8_t *fields; /* by TSFieldId: enum cst_field */
    uint32_t nkinds, nfields;
} reader;

static void reader_symbols(const TSLanguage *language)
{
    reader.nkinds = ts_language_symbol_count(language);
    reader.kinds = xmalloc(reader.nkinds);
    for (uint32_t i = 0; i < reader.nkinds; i++) {
        bool named = ts_language_symbol_type(language, (TSSymbol)i) == TSSymbolTypeRegular;
        reader.kinds[i] = named ? CST_OTHER : CST_TOKEN;
    }
    for (unsigned k = CST_OTHER + 1; k < CST_KIND_COUNT; k++) {
        uint32_t len = (uint32_t)strlen(kind_names[k]);
        TSSymbol s = ts_language_symbol_for_name(language, kind_names[k], len, true);
        if (s) reader.kinds[s] = (uint8_t)k;
    }
}

static void reader_fields(const TSLanguage *language)
{
    reader.nfields = ts_language_field_count(language) + 1;
    reader.fields = xmalloc(reader.nfields);
    memset(reader.fields, FIELD_NONE, reader.nfields);
    for (unsigned f = 1; f < CST_FIELD_COUNT; f++) {
        uint32_t len = (uint32_t)strlen(field_names[f]);
        TSFieldId id = ts_language_field_id_for_name(language, field_names[f], len);
        if (id) reader.fields[id] = (uint8_t)f;
    }
}

TSParser *parse_parser(void)
{
    if (!reader.parser) {
        const TSLanguage *language = tree_sitter_acc();
        reader.parser = ts_parser_new();
        ts_parser_set_language(reader.parser, language);
        reader_symbols(language);
        reader_fields(language);
    }
    return reader.parser;
}

/* ---------------------------------------------------------------- the masked copy */

/* The token's canonical spelling, which is never longer than what stands there (digraphs, splices). */
static void mask_punct(char *to, const struct token *tok)
{
    const char *s = ast_punct_spelling(tok->punct);
    if (s) memcpy(to, s, strlen(s));
    else *to = (char)tok->punct;
}

static void mask_name(char *to, const struct token *tok, unsigned class)
{
    if (class == CLASS_KEEP) {
        size_t len = tok->end - tok->start;
        memcpy(to, tok->name->s, tok->name->len < len ? tok->name->len : len);
        return;
    }
    memset(to, 'x', tok->end - tok->start);
    *to = class == CLASS_TYPE ? 1 : 2;
}

/* Prefix and quotes stay; an unclosed literal loses its opening quote too, so that it cannot be taken for one. */
static void mask_literal(char *to, const char *from, const struct token *tok, char quote)
{
    size_t len = tok->end - tok->start, at = 0;
    if (tok->punct) return;
    for (; at < len && from[at] != quote; at++) to[at] = from[at];
    if (len - at < 2 || (quote == '\'' && len - at < 3)) return;
    to[at] = quote;
    memset(to + at + 1, 'x', len - at - 2);
    to[len - 1] = quote;
}

/* A pp-number; a splice in it leaves blanks at its end. */
static void mask_number(char *to, const char *from, const struct token *tok)
{
    size_t len = tok->end - tok->start;
    for (size_t i = 0; i < len; i++) {
        if (from[i] != '\\') *to++ = from[i];
        else while (i + 1 < len && from[i] != '\n') i++;
    }
}

static void mask_token(struct unit *u, char *to, const struct token *tok, unsigned class)
{
    const char *from = u->text + tok->start;
    if (class == CLASS_BLANK) return;
    switch (tok->kind) {
    case TOK_NAME: mask_name(to, tok, class); break;
    case TOK_NUMBER: mask_number(to, from, tok); break;
    case TOK_CHAR: mask_literal(to, from, tok, '\''); break;
    case TOK_STRING: mask_literal(to, from, tok, '"'); break;
    case TOK_PUNCT: mask_punct(to, tok); break;
    default: break;
    }
}

/* malloc'ed, as long as the slice. */
static char *mask_external(struct unit *u, const struct external *x, const unsigned char *class)
{
    unsigned n = x->last - x->first;
    uint32_t start = x->range.start, len = x->range.end - start;
    char *text = xmalloc((size_t)len + 1);
    memset(text, ' ', len);
    text[len] = 0;
    for (unsigned i = 0; i < n; i++) {
        const struct token *tok = &u->tok.v[x->first + i];
        mask_token(u, text + (tok->start - start), tok, class[i]);
    }
    return text;
}

/* ---------------------------------------------------------------- the concrete tree, laid flat */

static struct cst *cst_push(struct cst_tree *t)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 1024;
        t->v = xrealloc(t->v, t->cap * sizeof *t->v);
    }
    t->v[t->n] = (struct cst){0};
    return &t->v[t->n++];
}

/* What stands in these is text: nothing in it is translated. */
static bool is_atom(unsigned kind)
{
    switch (kind) {
    case CST_STRING_LITERAL:
    case CST_CONCATENATED_STRING:
    case CST_CHAR_LITERAL:
    case CST_ATTRIBUTE_SPECIFIER:
    case CST_ATTRIBUTE_DECLARATION: return true;
    default: return false;
    }
}

static unsigned kind_of(TSNode node)
{
    TSSymbol s = ts_node_symbol(node);
    return s < reader.nkinds ? reader.kinds[s] : CST_ERROR;
}

/* Where no rule takes a keyword, the parser takes it for a name. */
static void check_name(struct cst_tree *t, struct cst *c)
{
    struct token *tok = cst_token(t, c);
    switch (c->kind) {
    case CST_IDENTIFIER:
    case CST_TYPE_IDENTIFIER:
    case CST_FIELD_IDENTIFIER:
    case CST_STATEMENT_IDENTIFIER: break;
    default: return;
    }
    if (cst_class(t, c) == CLASS_KEEP)
        ast_refuse(t, (struct range){tok->start, tok->end},
                   arena_printf(&t->u->arena, "cannot parse '%s' here",
                                arena_strdup(&t->u->arena, t->u->text + tok->start, tok->end - tok->start)));
}

/* *tok: the first token that may be the node's, moved on as the walk goes through the text. */
static void cst_add(struct cst_tree *t, const TSTreeCursor *at, uint32_t parent, unsigned *tok)
{
    TSNode node = ts_tree_cursor_current_node(at);
    TSFieldId field = ts_tree_cursor_current_field_id(at);
    struct cst *c = cst_push(t);
    c->kind = (uint8_t)kind_of(node);
    c->field = field < reader.nfields ? reader.fields[field] : FIELD_NONE;
    c->start = t->ext->range.start + ts_node_start_byte(node);
    c->end = t->ext->range.start + ts_node_end_byte(node);
    c->parent = parent;
    while (*tok + 1 < t->ext->last && t->u->tok.v[*tok].start < c->start) ++*tok;
    c->tok = *tok;
    check_name(t, c);
}

/* Preorder; false: t->why. */
static bool cst_read(struct cst_tree *t, TSTree *tree)
{
    TSTreeCursor at = ts_tree_cursor_new(ts_tree_root_node(tree));
    uint32_t node = 0, depth = 0;
    unsigned tok = t->ext->first;
    bool fits = true, more = true;
    cst_add(t, &at, 0, &tok);
    while (more && fits) {
        if (!is_atom(t->v[node].kind) && ts_tree_cursor_goto_first_child(&at)) {
            t->v[node].inner = true;
            cst_add(t, &at, node, &tok);
            fits = ++depth < DEPTH_LIMIT;
            node++;
            continue;
        }
        while (!ts_tree_cursor_goto_next_sibling(&at)) {
            more = depth && ts_tree_cursor_goto_parent(&at);
            if (!more) break;
            depth--;
            node = t->v[node].parent;
        }
        if (!more) break;
        t->v[node].next = t->n;
        cst_add(t, &at, t->v[node].parent, &tok);
        node = t->n - 1;
    }
    ts_tree_cursor_delete(&at);
    if (t->why) return false;
    if (!fits) {
        struct token *deep = &t->u->tok.v[tok];
        ast_refuse(t, (struct range){deep->start, deep->end},
                   arena_printf(&t->u->arena, "nested more than %d levels deep", DEPTH_LIMIT));
    }
    return fits;
}

/* ---------------------------------------------------------------- */

/* NULL: the text has an error. */
static TSTree *parse_text(struct cst_tree *t, const char *text, uint32_t len)
{
    uint32_t stuck;
    TSTree *tree;
    if (t->ext->last - t->ext->first > TOKENS_TO_WATCH) return parse_watched(text, len, &stuck);
    tree = ts_parser_parse_string(parse_parser(), NULL, text, len);
    if (tree && !ts_node_has_error(ts_tree_root_node(tree))) return tree;
    if (tree) ts_tree_delete(tree);
    return NULL;
}

static struct node *parse_masked(struct cst_tree *t, const char *text, uint32_t len, bool required)
{
    TSTree *tree = parse_text(t, text, len);
    struct node *n = NULL;
    if (!tree) {
        if (required) parse_error(t, text, len);
        return NULL;
    }
    if (cst_read(t, tree)) n = ast_convert(t);
    ts_tree_delete(tree);
    return n;
}

struct node *parse_external(struct unit *u, struct external *x, bool required)
{
    struct cst_tree t = {.u = u, .ext = x};
    char *text;
    if (x->parsed && (x->node || !required)) return x->node;
    x->parsed = true;
    if (x->first == x->last || x->kind == EXT_DIRECTIVE) return NULL;
    t.class = xmalloc(x->last - x->first);
    names_classify(u, x->first, x->last, x->is_async || x->is_generator, t.class);
    text = mask_external(u, x, t.class);
    x->node = parse_masked(&t, text, x->range.end - x->range.start, required);
    if (!x->node && required) diag_error(u, t.where, "%s", t.why ? t.why : "cannot parse this");
    free(text);
    free(t.class);
    free(t.v);
    return x->node;
}
