/* SPDX-License-Identifier: MIT */
/* parse.c: the tokens of one external -> a concrete tree -> (ast.c) its AST.
 *
 * Input: u->tok [first, last) of the external and what names.c says of each token.  Output:
 * ext->node, or one diagnostic.  The parser reads a copy of the slice, of the same length, written
 * from the tokens alone: comments, splices and directives are blanks, identifiers carry the mark
 * that settles whether they name a type, the insides of literals do not matter to the grammar and
 * are `x`.  So offsets in the copy are offsets in the text, and no typedef has to be guessed
 * (grammar/README.md).
 *
 * The tree is then laid flat (ast.h).  An ERROR or MISSING node anywhere means that the external
 * cannot be understood; parse_error.c finds out where and why.  Only this file and that one know
 * the parser's interface. */
#include "ast.h"
#include "parse.h"

#include <stdlib.h>
#include <string.h>

/* Nodes around a node in the concrete tree, brackets around a token: the other passes recurse, and
 * must not run out of stack (or of the levels that names.c follows). */
enum { DEPTH_LIMIT = 10500, BRACKET_LIMIT = 2600 };

/* ---------------------------------------------------------------- the parser, and its symbols */

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

/* Each returns whether the token is shorter in the copy than in the text: blanks fill the rest. */

/* The canonical spelling, which is never longer than what stands there (digraphs, splices). */
static bool mask_punct(char *to, const struct token *tok)
{
    const char *s = ast_punct_spelling(tok->punct);
    size_t len = s ? strlen(s) : 1;
    if (s)
        memcpy(to, s, len);
    else
        *to = (char)tok->punct;
    return len < tok->end - tok->start;
}

static bool mask_name(char *to, const struct token *tok, unsigned class)
{
    size_t len = tok->end - tok->start;
    if (class == CLASS_KEEP) {
        size_t own = tok->name->len < len ? tok->name->len : len;
        memcpy(to, tok->name->s, own);
        return own < len;
    }
    memset(to, 'x', len);
    *to = class == CLASS_TYPE ? 1 : 2;
    return false;
}

/* Prefix and quotes stay. An unclosed or empty one becomes a byte that no token begins with. */
static bool mask_literal(char *to, const char *from, const struct token *tok, char quote)
{
    size_t len = tok->end - tok->start, at = 0;
    while (at < len && from[at] != quote)
        at++;
    if (tok->punct || len - at < (quote == '"' ? 2 : 3)) {
        *to = '`';
        return false;
    }
    memcpy(to, from, at + 1);
    memset(to + at + 1, 'x', len - at - 2);
    to[len - 1] = quote;
    return false;
}

/* A pp-number; a splice in it leaves blanks at its end. */
static bool mask_number(char *to, const char *from, const struct token *tok)
{
    size_t len = tok->end - tok->start, n = 0;
    for (size_t i = 0; i < len; i++) {
        if (from[i] != '\\')
            to[n++] = from[i];
        else
            while (i + 1 < len && from[i] != '\n')
                i++;
    }
    return n < len;
}

static bool mask_token(struct unit *u, char *to, const struct token *tok, unsigned class)
{
    const char *from = u->text + tok->start;
    if (class == CLASS_BLANK) return false;
    switch (tok->kind) {
    case TOK_NAME: return mask_name(to, tok, class);
    case TOK_NUMBER: return mask_number(to, from, tok);
    case TOK_CHAR: return mask_literal(to, from, tok, '\'');
    case TOK_STRING: return mask_literal(to, from, tok, '"');
    case TOK_PUNCT: return mask_punct(to, tok);
    default: return false;
    }
}

/* malloc'ed, as long as the slice. Sets t->respelled. */
static char *mask_external(struct cst_tree *t)
{
    const struct external *x = t->ext;
    uint32_t start = x->range.start, len = x->range.end - start;
    char *text = xmalloc((size_t)len + 1);
    memset(text, ' ', len);
    text[len] = 0;
    for (unsigned i = x->first; i < x->last; i++) {
        const struct token *tok = &t->u->tok.v[i];
        if (mask_token(t->u, text + (tok->start - start), tok, t->class[i - x->first]))
            t->respelled = true;
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

/* The end of the last token that starts before `end`, in the user's text. */
static uint32_t true_end(struct cst_tree *t, uint32_t end)
{
    unsigned low = t->ext->first, high = t->ext->last;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (t->u->tok.v[mid].start < end)
            low = mid + 1;
        else
            high = mid;
    }
    return low > t->ext->first && t->u->tok.v[low - 1].end > end ? t->u->tok.v[low - 1].end : end;
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
                   arena_printf(
                       &t->u->arena, "cannot parse '%s' here",
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
    if (t->respelled) c->end = true_end(t, c->end);
    c->parent = parent;
    while (*tok + 1 < t->ext->last && t->u->tok.v[*tok].start < c->start)
        ++*tok;
    c->tok = *tok;
    check_name(t, c);
}

static void refuse_depth(struct cst_tree *t, const struct token *tok, int limit)
{
    ast_refuse(t, (struct range){tok->start, tok->end},
               arena_printf(&t->u->arena, "nested more than %d levels deep", limit));
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
    if (!fits) refuse_depth(t, &t->u->tok.v[tok], DEPTH_LIMIT);
    return fits;
}

/* ---------------------------------------------------------------- one external */

/* NULL: the text has an error. */
static TSTree *parse_text(struct cst_tree *t, const char *text, uint32_t len)
{
    struct stuck stuck;
    TSTree *tree;
    if (t->ext->last - t->ext->first > TOKENS_TO_WATCH)
        return parse_watched(NULL, text, len, &stuck);
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

/* Up to `last`. False, and t->why is set: the brackets nest too deeply. */
static bool brackets_fit(struct cst_tree *t, unsigned last)
{
    unsigned depth = 0;
    for (unsigned i = t->ext->first; i < last; i++) {
        const struct token *tok = &t->u->tok.v[i];
        unsigned p = tok->kind == TOK_PUNCT ? tok->punct : 0;
        if (p == '(' || p == '[' || p == '{')
            depth++;
        else if (depth && (p == ')' || p == ']' || p == '}'))
            depth--;
        if (depth <= BRACKET_LIMIT) continue;
        refuse_depth(t, tok, BRACKET_LIMIT);
        return false;
    }
    return true;
}

/* A plain `int f(a, b) {`, which the grammar does not take, is read as `int f( ) {`. */
static void blank_list(struct cst_tree *t)
{
    const struct token *tok = t->u->tok.v;
    for (unsigned i = t->ext->bare_list + 1; tok[i].kind != TOK_PUNCT || tok[i].punct != ')'; i++)
        t->class[i - t->ext->first] = CLASS_BLANK;
}

/* Where head_only says so, a function is read as if nothing stood between its braces. */
static void read_external(struct cst_tree *t, bool required)
{
    struct external *x = t->ext;
    unsigned last = x->head_only ? x->body + 1 : x->last;
    char *text;
    if (!brackets_fit(t, last)) return;
    t->class = xmalloc(x->last - x->first);
    names_classify(t->u, x->first, last, x->is_async, t->class);
    if (x->head_only) {
        memset(t->class + (last - x->first), CLASS_BLANK, x->last - last);
        t->class[x->last - 1 - x->first] = CLASS_KEEP;
    }
    if (x->bare_list && !external_has_dialect(x)) blank_list(t);
    text = mask_external(t);
    x->node = parse_masked(t, text, x->range.end - x->range.start, required);
    free(text);
    free(t->class);
    free(t->v);
}

struct node *parse_external(struct unit *u, struct external *x, bool required)
{
    struct cst_tree t = {.u = u, .ext = x};
    bool function = x->kind == EXT_FUNCTION;
    if (x->parsed && (!required || (x->node && !x->head_only))) return x->node;
    x->parsed = true;
    if (x->first == x->last || x->kind == EXT_DIRECTIVE) return NULL;
    x->head_only = function && !required && !external_has_dialect(x);
    read_external(&t, required);
    if (x->node) return x->node;
    if (required) diag_error(u, t.where, "%s", t.why ? t.why : "cannot parse this");
    if (function && !x->head_only) {
        t = (struct cst_tree){.u = u, .ext = x};
        x->head_only = true;
        read_external(&t, false);
    }
    return required ? NULL : x->node;
}
