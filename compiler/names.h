/* SPDX-License-Identifier: MIT */
/* names.h: what names.c and names_decl.c share: the walk over one external's tokens and the names
 * in scope.
 *
 * Scopes are marks in one stack of declarations; name->local is the innermost one's place in it, so
 * that asking what a name means is one load. */
#ifndef ACC_NAMES_H
#define ACC_NAMES_H
#include "acc.h"

enum { DEPTH_MAX = 8000 };

struct local {
    struct name *name;
    unsigned outer; /* what name->local was before */
    bool is_type;
};
struct classifier {
    const struct token *tok;
    unsigned char *cls;
    unsigned first, last;
    unsigned i;      /* the current token, never a blank one; `last` at the end */
    unsigned before; /* the one taken before it, or `last` */
    unsigned ext;    /* the external that is read */
    bool dialect;
    bool type_paren;  /* the parenthesis just closed held a type and nothing else */
    unsigned depth;   /* of recursion */
    unsigned nesting; /* of scopes; 0: file scope, whose names unit.c knows */
    struct local *local;
    unsigned nlocal, caplocal;
    struct local *param; /* what parameter lists declared, for the function's body */
    unsigned nparam, capparam;
};

enum stop {
    STOP_COMMA = 1,
    STOP_COLON = 2,     /* not one that belongs to a '?' */
    STOP_STATEMENT = 4, /* '{' that begins a block after a macro's parenthesis */
};
struct declarator {
    struct name *name;
    bool direct;              /* nothing but the name, or it in parentheses, so far */
    bool is_function;         /* a parameter list follows the name */
    unsigned params, nparams; /* in c->param: what it declared */
};
enum declares { DECLARES_NOTHING, DECLARES_OBJECT, DECLARES_TYPE };

struct specs {
    bool typed, some, is_typedef;
};

/* ---------------------------------------------------------------- scopes */

static inline void local_push(struct local **v, unsigned *n, unsigned *cap, struct local item)
{
    if (*n == *cap) {
        *cap = *cap ? *cap * 2 : 64;
        *v = xrealloc(*v, *cap * sizeof **v);
    }
    (*v)[(*n)++] = item;
}

static inline void declare(struct classifier *c, struct name *n, bool is_type)
{
    if (c->nesting == 0) return;
    local_push(&c->local, &c->nlocal, &c->caplocal, (struct local){n, n->local, is_type});
    n->local = c->nlocal;
}

static inline unsigned scope_open(struct classifier *c)
{
    c->nesting++;
    return c->nlocal;
}

static inline void scope_close(struct classifier *c, unsigned mark)
{
    while (c->nlocal > mark) {
        struct local *l = &c->local[--c->nlocal];
        l->name->local = l->outer;
    }
    c->nesting--;
}

/* Does file scope declare n, no later than here, as a typedef, or (any) as anything but a tag? */
static inline bool file_declares(const struct classifier *c, const struct name *n, bool any)
{
    if (!n->is_typedef && !(any && n->is_ordinary)) return false;
    for (const struct mention *m = n->mentions; m && m->ext <= c->ext; m = m->next) {
        if (m->kind == MENTION_TYPEDEF) return true;
        if (any && (m->kind == MENTION_OBJECT || m->kind == MENTION_ENUMERATOR)) return true;
    }
    return false;
}

static inline bool is_type(const struct classifier *c, const struct name *n)
{
    return n->local ? c->local[n->local - 1].is_type : file_declares(c, n, false);
}

static inline bool is_declared(const struct classifier *c, const struct name *n)
{
    return n->local || file_declares(c, n, true);
}

/* ---------------------------------------------------------------- tokens */

static inline const struct token *token_at(const struct classifier *c, unsigned i)
{
    static const struct token end = {.kind = TOK_END};
    return i < c->last ? &c->tok[i] : &end;
}

/* The token after i that is no directive. */
static inline unsigned after(const struct classifier *c, unsigned i)
{
    do
        i++;
    while (token_at(c, i)->kind == TOK_DIRECTIVE);
    return i;
}

static inline unsigned punct_at(const struct classifier *c, unsigned i)
{
    const struct token *t = token_at(c, i);
    return t->kind == TOK_PUNCT ? t->punct : 0;
}

static inline struct name *name_at(const struct classifier *c, unsigned i)
{
    return token_at(c, i)->name;
}

/* The keyword of C at i; soft ones only if nothing declares them. */
static inline unsigned keyword_at(const struct classifier *c, unsigned i)
{
    const struct name *n = name_at(c, i);
    if (!n || !n->keyword || n->keyword >= K_ASYNC) return K_NONE;
    if (lex_is_hard(n)) return n->keyword;
    return is_declared(c, n) ? K_NONE : n->keyword;
}

/* The dialect's keyword at i. */
static inline unsigned word_at(const struct classifier *c, unsigned i)
{
    const struct name *n = name_at(c, i);
    if (!n) return K_NONE;
    switch (n->keyword) {
    case K_ASYNC_ALWAYS: return K_ASYNC;
    case K_AWAIT_ALWAYS: return K_AWAIT;
    case K_GENERATOR_ALWAYS: return K_GENERATOR;
    case K_YIELD_ALWAYS: return K_YIELD;
    case K_DEFER_ALWAYS: return K_DEFER;
    default: return n->keyword >= K_ASYNC && !is_declared(c, n) ? n->keyword : K_NONE;
    }
}

static inline unsigned punct(const struct classifier *c)
{
    return punct_at(c, c->i);
}

static inline unsigned keyword(const struct classifier *c)
{
    return keyword_at(c, c->i);
}

static inline bool at_end(const struct classifier *c)
{
    return c->i >= c->last;
}

/* A name that may be declared, or be a member or label. */
static inline bool is_identifier_at(const struct classifier *c, unsigned i)
{
    return name_at(c, i) && !lex_is_hard(name_at(c, i));
}

/* Directives and _Pragma("...") are blank, wherever they stand. */
static inline void blanks_pass(struct classifier *c)
{
    for (;;) {
        const struct token *t = token_at(c, c->i);
        unsigned n = 0;
        if (t->kind == TOK_DIRECTIVE)
            n = 1;
        else if (t->name && t->name->keyword == K_PRAGMA && punct_at(c, c->i + 1) == '(' &&
                 token_at(c, c->i + 2)->kind == TOK_STRING && punct_at(c, c->i + 3) == ')')
            n = 4;
        if (n == 0) return;
        for (; n > 0; n--)
            c->cls[c->i++ - c->first] = CLASS_BLANK;
    }
}

static inline void take(struct classifier *c, enum token_class class)
{
    if (at_end(c)) return;
    c->cls[c->i - c->first] = (unsigned char)class;
    c->before = c->i++;
    blanks_pass(c);
}

static inline void keep(struct classifier *c)
{
    take(c, CLASS_KEEP);
}

static inline bool keep_if(struct classifier *c, unsigned p)
{
    if (punct(c) != p) return false;
    keep(c);
    return true;
}

/* A token that has no place of its own: what file scope makes of it. */
static inline enum token_class class_plain(const struct classifier *c, unsigned i)
{
    const struct name *n = name_at(c, i);
    if (!n) return CLASS_KEEP;
    if (n->keyword == K_BUILTIN_TYPE) return CLASS_TYPE;
    if (n->keyword == K_FUNC) return CLASS_NAME;
    if (keyword_at(c, i) != K_NONE) return CLASS_KEEP;
    return is_type(c, n) ? CLASS_TYPE : CLASS_NAME;
}

/* Counts one level of recursion; too deep, it takes all that is left and everyone returns. */
static inline bool enter(struct classifier *c)
{
    if (++c->depth < DEPTH_MAX) return true;
    while (!at_end(c))
        take(c, class_plain(c, c->i));
    return false;
}

static inline void leave(struct classifier *c)
{
    c->depth--;
}

/* ---------------------------------------------------------------- names.c */

/* To a ';', to a closing bracket that is not its own, or to what `stops` says; that is not taken.
 */
void names_expression(struct classifier *c, unsigned stops);
void names_parenthesis(struct classifier *c);
void names_block(struct classifier *c);

/* ---------------------------------------------------------------- names_decl.c */

bool names_attribute_at(const struct classifier *c, unsigned i);
void names_attributes(struct classifier *c);
/* asm and what follows: qualifiers, then strings, [names], operands in parentheses, clobbers,
 * labels. */
void names_assembly(struct classifier *c);
/* Can only a type stand at i, were it the beginning of a declaration, parameter or type name? */
bool names_type_at(const struct classifier *c, unsigned i);
struct specs names_specs(struct classifier *c);
void names_tag(struct classifier *c);
void names_parameter(struct classifier *c);
/* `abstract`: it may be one without a name. */
struct declarator names_declarator(struct classifier *c, enum declares declares, bool abstract);
/* Specifiers and declarators to the ';', taken too, or to the ':' of `for (T x : e)`, or a body;
 * true if it was a function definition. */
bool names_declaration(struct classifier *c);

#endif
