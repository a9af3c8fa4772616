/* SPDX-License-Identifier: MIT */
/* names.c: which identifiers are types: the lexer hack (C11 6.7.8, 6.2.1) as a pass of its own.
 *
 * Needs u->tok and unit_split.  Input: the tokens of one external; output: a class for each of them, so
 * that the parser has nothing to guess.  A name in the place of an ordinary identifier is a type exactly
 * if the innermost declaration in sight is a typedef; so this reads declarations, to know what they
 * declare and where that ends, and of expressions only the brackets and the places that are no ordinary
 * identifier's: members, labels, tags, designators.
 *
 * The words of the dialect are keywords where nothing in sight declares them: `await` and `yield`
 * wherever an operand may stand, `from` after yield, `defer`, `try`, `throw` and `with` where a statement
 * begins, `catch` after try's block, `cancel` after catch, `async` and `generator` among specifiers.
 * Without `dialect` only `defer` is one, where a statement begins and no '(' follows. In text that was
 * never preprocessed a name that nothing declares is a type where nothing else can stand.
 *
 * Any tokens are accepted; what is no C gets some class. Recursion is bounded by DEPTH_MAX: below that
 * the rest is classed by file scope alone. Leaves every name->local at 0. */
#include "acc.h"

#include <stdlib.h>

enum { DEPTH_MAX = 4000 };

struct local {
    struct name *name;
    unsigned outer; /* what name->local was before */
    bool is_type;
};
struct classifier {
    const struct token *tok;
    unsigned char *cls;
    unsigned first, last;
    unsigned i;       /* the current token, never a blank one; `last` at the end */
    unsigned before;  /* the one taken before it, or `last` */
    bool dialect;
    bool type_paren;  /* the parenthesis just closed held a type and nothing else */
    unsigned depth;   /* of recursion */
    unsigned nesting; /* of scopes; 0: file scope, whose names unit.c knows */
    struct local *local;
    unsigned nlocal, caplocal;
    struct local *param; /* what parameter lists declared, for the function's body */
    unsigned nparam, capparam;
};

/* ---------------------------------------------------------------- scopes */

static void local_push(struct local **v, unsigned *n, unsigned *cap, struct local item)
{
    if (*n == *cap) {
        *cap = *cap ? *cap * 2 : 64;
        *v = xrealloc(*v, *cap * sizeof **v);
    }
    (*v)[(*n)++] = item;
}

static void declare(struct classifier *c, struct name *n, bool is_type)
{
    if (c->nesting == 0) return;
    local_push(&c->local, &c->nlocal, &c->caplocal, (struct local){n, n->local, is_type});
    n->local = c->nlocal;
}

static unsigned scope_open(struct classifier *c)
{
    c->nesting++;
    return c->nlocal;
}

static void scope_close(struct classifier *c, unsigned mark)
{
    while (c->nlocal > mark) {
        struct local *l = &c->local[--c->nlocal];
        l->name->local = l->outer;
    }
    c->nesting--;
}

static bool is_type(const struct classifier *c, const struct name *n)
{
    return n->local ? c->local[n->local - 1].is_type : n->is_typedef;
}

static bool is_declared(const struct name *n)
{
    return n->local || n->is_typedef || n->is_ordinary;
}

/* ---------------------------------------------------------------- tokens */

static const struct token *token_at(const struct classifier *c, unsigned i)
{
    static const struct token end = {.kind = TOK_END};
    return i < c->last ? &c->tok[i] : &end;
}

/* The token after i that is no directive. */
static unsigned after(const struct classifier *c, unsigned i)
{
    do
        i++;
    while (token_at(c, i)->kind == TOK_DIRECTIVE);
    return i;
}

static unsigned punct_at(const struct classifier *c, unsigned i)
{
    const struct token *t = token_at(c, i);
    return t->kind == TOK_PUNCT ? t->punct : 0;
}

static struct name *name_at(const struct classifier *c, unsigned i)
{
    return token_at(c, i)->name;
}

/* The keyword of C at i; soft ones only if nothing declares them. */
static unsigned keyword_at(const struct classifier *c, unsigned i)
{
    const struct name *n = name_at(c, i);
    if (!n || !n->keyword || n->keyword >= K_ASYNC) return K_NONE;
    if (lex_is_hard(n)) return n->keyword;
    if (n->local) return K_NONE;
    return unit_keyword(n);
}

/* The dialect's keyword at i. */
static unsigned word_at(const struct classifier *c, unsigned i)
{
    const struct name *n = name_at(c, i);
    if (!n) return K_NONE;
    switch (n->keyword) {
    case K_ASYNC_ALWAYS: return K_ASYNC;
    case K_AWAIT_ALWAYS: return K_AWAIT;
    case K_GENERATOR_ALWAYS: return K_GENERATOR;
    case K_YIELD_ALWAYS: return K_YIELD;
    case K_DEFER_ALWAYS: return K_DEFER;
    default: return n->keyword >= K_ASYNC && !is_declared(n) ? n->keyword : K_NONE;
    }
}

static unsigned punct(const struct classifier *c)
{
    return punct_at(c, c->i);
}

static unsigned keyword(const struct classifier *c)
{
    return keyword_at(c, c->i);
}

static bool at_end(const struct classifier *c)
{
    return c->i >= c->last;
}

/* A name that may be declared, or be a member or label. */
static bool is_identifier_at(const struct classifier *c, unsigned i)
{
    return name_at(c, i) && !lex_is_hard(name_at(c, i));
}

/* Directives and _Pragma("...") are blank, wherever they stand. */
static void blanks_pass(struct classifier *c)
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

static void take(struct classifier *c, enum token_class class)
{
    if (at_end(c)) return;
    c->cls[c->i - c->first] = (unsigned char)class;
    c->before = c->i++;
    blanks_pass(c);
}

static void keep(struct classifier *c)
{
    take(c, CLASS_KEEP);
}

static bool keep_if(struct classifier *c, unsigned p)
{
    if (punct(c) != p) return false;
    keep(c);
    return true;
}

/* A token that has no place of its own: what file scope makes of it. */
static enum token_class class_plain(const struct classifier *c, unsigned i)
{
    const struct name *n = name_at(c, i);
    if (!n) return CLASS_KEEP;
    if (n->keyword == K_BUILTIN_TYPE) return CLASS_TYPE;
    if (n->keyword == K_FUNC) return CLASS_NAME;
    if (keyword_at(c, i) != K_NONE) return CLASS_KEEP;
    return is_type(c, n) ? CLASS_TYPE : CLASS_NAME;
}

/* Counts one level of recursion; too deep, it takes all that is left and everyone returns. */
static bool enter(struct classifier *c)
{
    if (++c->depth < DEPTH_MAX) return true;
    while (!at_end(c))
        take(c, class_plain(c, c->i));
    return false;
}

static void leave(struct classifier *c)
{
    c->depth--;
}

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
static void expression(struct classifier *c, unsigned stops);
static void parenthesis(struct classifier *c);
static void statement(struct classifier *c);
static void block(struct classifier *c);
static void tag(struct classifier *c);
static bool declaration(struct classifier *c);
static struct declarator declarator(struct classifier *c, enum declares declares, bool abstract);

/* ---------------------------------------------------------------- attributes */

/* Up to the bracket that closes the one just taken. Names are plain: `mode(word)` means no typedef, but
 * the operand of a sizeof does. */
static void attribute_text(struct classifier *c)
{
    for (unsigned level = 1; level > 0 && !at_end(c);) {
        unsigned p = punct(c), kw = keyword(c);
        if (p == ';' || p == '{' || p == '}') return;
        if (p == '(' || p == '[') level++;
        if (p == ')' || p == ']') level--;
        if (kw == K_SIZEOF || kw == K_ALIGNOF || kw == K_TYPEOF) {
            keep(c);
            if (punct(c) == '(') parenthesis(c);
        } else {
            take(c, is_identifier_at(c, c->i) ? CLASS_NAME : CLASS_KEEP);
        }
    }
}

static bool attribute_at(const struct classifier *c, unsigned i)
{
    return keyword_at(c, i) == K_ATTRIBUTE ||
           (punct_at(c, i) == '[' && punct_at(c, after(c, i)) == '[');
}

static void attributes(struct classifier *c)
{
    while (attribute_at(c, c->i)) {
        bool gnu = keyword(c) == K_ATTRIBUTE;
        keep(c);
        if (!gnu || keep_if(c, '(')) attribute_text(c);
    }
}

/* asm and what follows: qualifiers, then strings, [names], operands in parentheses, clobbers, labels. */
static void assembly(struct classifier *c)
{
    keep(c);
    while (name_at(c, c->i) && lex_is_hard(name_at(c, c->i)))
        keep(c);
    if (!keep_if(c, '(')) return;
    while (!at_end(c) && punct(c) != ')' && punct(c) != ';' && punct(c) != '}') {
        if (punct(c) == '(')
            parenthesis(c);
        else
            take(c, is_identifier_at(c, c->i) ? CLASS_NAME : CLASS_KEEP);
    }
    keep_if(c, ')');
}

/* Attributes and asm labels behind a declarator. */
static void declarator_tail(struct classifier *c)
{
    for (;;) {
        if (attribute_at(c, c->i))
            attributes(c);
        else if (keyword(c) == K_ASM)
            assembly(c);
        else
            return;
    }
}

/* ---------------------------------------------------------------- specifiers */

/* The token at i ends a declarator, or goes on with it, whose name stands before it. */
static bool follows_declarator(const struct classifier *c, unsigned i)
{
    switch (punct_at(c, i)) {
    case ';': case ',': case '=': case '(': case ')': case ':': case '{': return true;
    case '[': return !attribute_at(c, i);
    default: return i >= c->last;
    }
}

/* i is at a name that nothing declares, where a declaration may begin: is it a type that this text does
 * not show? `pid_t x`, `FILE *f =`. */
static bool unknown_type_at(const struct classifier *c, unsigned i)
{
    const struct name *n = name_at(c, i);
    if (!n || n->keyword || is_declared(n)) return false;
    i = after(c, i);
    if (name_at(c, i)) return keyword_at(c, i) != K_ASM && keyword_at(c, i) != K_ATTRIBUTE;
    if (punct_at(c, i) != '*') return false;
    while (punct_at(c, i) == '*' || lex_role(keyword_at(c, i)) == ROLE_QUALIFIER)
        i = after(c, i);
    return is_identifier_at(c, i) && follows_declarator(c, after(c, i));
}

/* `async` or `generator` as a specifier, not as the name that is declared. */
static bool is_specifier_word(const struct classifier *c, unsigned i)
{
    unsigned word = word_at(c, i);
    if (word != K_ASYNC && word != K_GENERATOR) return false;
    return (c->dialect || lex_is_hard(name_at(c, i))) && !follows_declarator(c, after(c, i));
}

/* Can only a type stand at i, were it the beginning of a declaration, parameter or type name? */
static bool type_at(const struct classifier *c, unsigned i)
{
    unsigned kw = keyword_at(c, i);
    for (; kw == K_EXTENSION; kw = keyword_at(c, i))
        i = after(c, i);
    if (kw) return lex_role(kw) != ROLE_NONE && kw != K_ATTRIBUTE;
    if (!name_at(c, i)) return false;
    if (is_specifier_word(c, i)) return true;
    return is_type(c, name_at(c, i)) || unknown_type_at(c, i);
}

/* Of a parenthesis or argument at i: also a lone unknown name that is cast to, or `name *)`. */
static bool type_name_at(const struct classifier *c, unsigned i)
{
    if (type_at(c, i)) return true;
    const struct name *n = name_at(c, i);
    if (!n || n->keyword || is_declared(n) || c->before == c->last) return false;
    unsigned open = c->before, k = after(c, i);
    bool pointer = punct_at(c, k) == '*';
    while (punct_at(c, k) == '*')
        k = after(c, k);
    if (punct_at(c, k) != ')') return false;
    if (pointer) return true;
    const struct token *t = token_at(c, after(c, k));
    if (punct_at(c, open) != '(' || open == c->first) return false;
    bool cast = !name_at(c, open - 1) || keyword_at(c, open - 1) == K_RETURN;
    return cast && (t->kind == TOK_NUMBER || t->kind == TOK_STRING || t->kind == TOK_CHAR ||
                    (t->kind == TOK_NAME && !lex_is_hard(t->name)));
}

struct specs {
    bool typed, some, is_typedef;
};

/* A soft keyword at the current token that is what is declared: `typedef int bool;` */
static bool soft_is_declared(const struct classifier *c, const struct specs *sp)
{
    unsigned kw = keyword(c), next = after(c, c->i);
    if (lex_is_hard(name_at(c, c->i)) || !follows_declarator(c, next)) return false;
    if (kw == K_TYPEOF || kw == K_TYPEOF_UNQUAL || kw == K_ALIGNAS)
        return punct_at(c, next) != '(';
    return sp->typed;
}

static bool specs_keyword(struct classifier *c, struct specs *sp, unsigned kw)
{
    switch (lex_role(kw)) {
    case ROLE_NONE: return false;
    case ROLE_TYPE:
        sp->typed = true;
        take(c, kw == K_BUILTIN_TYPE ? CLASS_TYPE : CLASS_KEEP);
        return true;
    case ROLE_TYPE_PAREN: sp->typed = true; break;
    case ROLE_ATOMIC: sp->typed |= punct_at(c, after(c, c->i)) == '('; break;
    case ROLE_TAG:
        sp->typed = true;
        tag(c);
        return true;
    case ROLE_STORAGE:
    case ROLE_QUALIFIER:
        sp->is_typedef |= kw == K_TYPEDEF;
        keep(c);
        return true;
    case ROLE_ATTRIBUTE: attributes(c); return true;
    case ROLE_ALIGNAS: break;
    }
    keep(c);
    if (punct(c) == '(') parenthesis(c);
    return true;
}

/* A name among the specifiers; false if it is the declarator's. */
static bool specs_name(struct classifier *c, struct specs *sp)
{
    struct name *n = name_at(c, c->i);
    unsigned next = after(c, c->i);
    if (is_specifier_word(c, c->i)) {
        keep(c);
        return true;
    }
    if (sp->typed || lex_is_hard(n)) return false;
    if (is_type(c, n)) {
        if (sp->some && punct_at(c, next) == '=') return false; /* auto T = 1; */
        sp->typed = true;
    } else if (unknown_type_at(c, c->i) || (name_at(c, next) && !is_declared(n))) {
        /* a macro before a type, or the type */
        sp->typed = !type_at(c, next);
    } else {
        return false;
    }
    take(c, CLASS_TYPE);
    return true;
}

static struct specs specs(struct classifier *c)
{
    struct specs sp = {0};
    for (;; sp.some = true) {
        if (attribute_at(c, c->i)) {
            attributes(c);
            continue;
        }
        if (!name_at(c, c->i)) return sp;
        unsigned kw = keyword(c);
        if (kw && !soft_is_declared(c, &sp)) {
            if (!specs_keyword(c, &sp, kw)) return sp;
        } else if (kw || !specs_name(c, &sp)) {
            return sp;
        }
    }
}

/* ---------------------------------------------------------------- struct, union, enum */

static void enumerators(struct classifier *c)
{
    while (!at_end(c) && punct(c) != '}') {
        struct name *n = is_identifier_at(c, c->i) ? name_at(c, c->i) : NULL;
        if (n) {
            take(c, CLASS_NAME);
            attributes(c);
        }
        expression(c, STOP_COMMA);
        if (n) declare(c, n, false); /* its scope begins after its value, C11 6.2.1 */
        if (punct(c) != '}') keep(c);
    }
}

static void members(struct classifier *c)
{
    while (!at_end(c) && punct(c) != '}') {
        if (keyword(c) == K_STATIC_ASSERT) {
            expression(c, 0);
            keep_if(c, ';');
            continue;
        }
        specs(c);
        while (!at_end(c) && punct(c) != ';' && punct(c) != '}') {
            attributes(c);
            declarator(c, DECLARES_NOTHING, false);
            declarator_tail(c);
            expression(c, STOP_COMMA); /* the width of a bit-field */
            declarator_tail(c);
            if (punct(c) != ';' && punct(c) != '}') keep(c);
        }
        keep_if(c, ';');
    }
}

static void tag(struct classifier *c)
{
    bool is_enum = keyword(c) == K_ENUM;
    keep(c);
    attributes(c);
    if (is_identifier_at(c, c->i)) take(c, CLASS_NAME);
    attributes(c);
    if (is_enum && punct(c) == ':' && type_at(c, after(c, c->i))) {
        keep(c);
        specs(c);
    }
    if (punct(c) != '{') return;
    if (enter(c)) {
        keep(c);
        if (is_enum)
            enumerators(c);
        else
            members(c);
        keep_if(c, '}');
    }
    leave(c);
}

/* ---------------------------------------------------------------- declarators */

static void parameter(struct classifier *c)
{
    /* in an identifier list, only a name; C11 6.7.6.3p11 takes a typedef name as the type */
    unsigned next = punct_at(c, after(c, c->i));
    bool lone = is_identifier_at(c, c->i) && (next == ',' || next == ')') && !type_at(c, c->i) &&
                !keyword(c);
    if (lone) {
        declare(c, name_at(c, c->i), false);
        take(c, CLASS_NAME);
        return;
    }
    specs(c);
    declarator(c, DECLARES_OBJECT, true);
    declarator_tail(c);
    expression(c, STOP_COMMA);
}

/* A parameter list, with its prototype scope; what it declares is kept for a body that may follow. */
static void parameters(struct classifier *c, struct declarator *d)
{
    unsigned mark = scope_open(c);
    keep(c);
    while (!at_end(c) && punct(c) != ')' && punct(c) != '}' && punct(c) != '{') {
        parameter(c);
        if (punct(c) == ',' || punct(c) == ';' || punct(c) == ']') keep(c);
    }
    keep_if(c, ')');
    if (d) {
        d->is_function = true;
        d->params = c->nparam;
        d->nparams = c->nlocal - mark;
        for (unsigned i = mark; i < c->nlocal; i++)
            local_push(&c->param, &c->nparam, &c->capparam, c->local[i]);
    }
    scope_close(c, mark);
}

static void pointers(struct classifier *c)
{
    for (;;) {
        enum word_role role = lex_role(keyword(c));
        if (attribute_at(c, c->i))
            attributes(c);
        else if (punct(c) == '*' || punct(c) == '^' || role == ROLE_QUALIFIER || role == ROLE_ATOMIC)
            keep(c);
        else
            return;
    }
}

/* Is the '(' at the current token a parameter list of a declarator without a name? */
static bool is_abstract_function(const struct classifier *c)
{
    unsigned i = after(c, c->i);
    return punct_at(c, i) == ')' || punct_at(c, i) == P_ELLIPSIS || type_at(c, i);
}

static void array_bound(struct classifier *c)
{
    keep(c);
    while (lex_role(keyword(c)) == ROLE_QUALIFIER || keyword(c) == K_STATIC || keyword(c) == K_ATOMIC)
        keep(c);
    if (enter(c)) {
        expression(c, 0);
        keep_if(c, ']');
    }
    leave(c);
}

/* The name, the parentheses around it, and what follows: returns before it is declared. */
static struct declarator declarator_inner(struct classifier *c, bool abstract)
{
    struct declarator d = {0};
    unsigned start = c->i;
    pointers(c);
    bool pointed = c->i != start;
    if (punct(c) == '(' && !(abstract && is_abstract_function(c))) {
        keep(c);
        if (enter(c)) {
            d = declarator_inner(c, abstract);
            declarator_tail(c);
            if (punct(c) != ')') expression(c, 0);
            keep_if(c, ')');
        }
        leave(c);
    } else if (is_identifier_at(c, c->i)) {
        d.name = name_at(c, c->i);
        d.direct = true;
        take(c, CLASS_NAME);
        attributes(c);
    }
    while (punct(c) == '(' || (punct(c) == '[' && !attribute_at(c, c->i))) {
        if (punct(c) == '[') {
            array_bound(c);
        } else if (enter(c)) {
            parameters(c, d.direct ? &d : NULL);
            leave(c);
        } else {
            leave(c);
        }
        d.direct = false;
    }
    d.direct &= !pointed;
    return d;
}

/* A name is in scope from the end of its declarator: in `T T[sizeof(T)]` the last one is the type. */
static struct declarator declarator(struct classifier *c, enum declares declares, bool abstract)
{
    struct declarator d = {0};
    if (enter(c)) {
        d = declarator_inner(c, abstract);
        if (d.name && declares != DECLARES_NOTHING) declare(c, d.name, declares == DECLARES_TYPE);
    }
    leave(c);
    return d;
}

/* ---------------------------------------------------------------- declarations */

/* The body of a function, after its declarator: K&R declarations, then the block. */
static void function(struct classifier *c, const struct declarator *d)
{
    unsigned mark = scope_open(c);
    for (unsigned i = 0; i < d->nparams; i++)
        declare(c, c->param[d->params + i].name, c->param[d->params + i].is_type);
    while (!at_end(c) && punct(c) != '{' && punct(c) != '}') {
        unsigned start = c->i;
        declaration(c);
        if (c->i == start) keep(c);
    }
    if (punct(c) == '{') block(c);
    scope_close(c, mark);
}

/* Is what follows the declarator the rest of a function definition? */
static bool begins_body(const struct classifier *c, const struct declarator *d)
{
    if (!d->is_function) return false;
    return punct(c) == '{' || (d->nparams && type_at(c, c->i) && keyword(c) != K_EXTENSION);
}

/* Specifiers and declarators to the ';', taken too, or to the ':' of `for (T x : e)`, or a body; true if
 * it was a function definition. */
static bool declaration(struct classifier *c)
{
    struct specs sp = specs(c);
    enum declares declares = sp.is_typedef ? DECLARES_TYPE : DECLARES_OBJECT;
    unsigned params = c->nparam;
    bool body = false;
    while (!body && !at_end(c) && punct(c) != ';') {
        attributes(c);
        struct declarator d = declarator(c, declares, false);
        declarator_tail(c);
        body = begins_body(c, &d);
        if (body) {
            function(c, &d);
            break;
        }
        expression(c, STOP_COMMA | STOP_COLON);
        if (!keep_if(c, ',')) break;
    }
    c->nparam = params;
    if (!body) keep_if(c, ';');
    return body;
}

/* ---------------------------------------------------------------- expressions */

/* The token before the current one ends an operand. */
static bool operand_before(const struct classifier *c)
{
    if (c->before == c->last) return false;
    const struct token *t = token_at(c, c->before);
    unsigned p = punct_at(c, c->before);
    if (t->kind == TOK_PUNCT) return p == ')' || p == ']' || p == '}' || p == P_INC || p == P_DEC;
    if (t->kind != TOK_NAME || c->cls[c->before - c->first] == CLASS_NAME) return true;
    return t->name->keyword == K_TRUE || t->name->keyword == K_FALSE ||
           t->name->keyword == K_NULLPTR;
}

/* { a, .b = c, [d] = { e }, f: g } */
static void initialiser_list(struct classifier *c)
{
    if (enter(c)) {
        keep(c);
        while (!at_end(c) && punct(c) != '}') {
            unsigned start = c->i;
            if (is_identifier_at(c, c->i) && punct_at(c, after(c, c->i)) == ':') take(c, CLASS_NAME);
            expression(c, STOP_COMMA);
            if (!keep_if(c, ',') && punct(c) != '}' && (c->i == start || punct(c) != '{')) keep(c);
        }
        keep_if(c, '}');
    }
    leave(c);
}

static void type_name(struct classifier *c)
{
    specs(c);
    declarator(c, DECLARES_NOTHING, true);
}

/* A type name or an expression, to the ',' or what closes. */
static void argument(struct classifier *c, unsigned stops)
{
    bool type = type_name_at(c, c->i);
    if (type && is_identifier_at(c, c->i) && !keyword(c) && !word_at(c, c->i) &&
        !is_declared(name_at(c, c->i)) && !name_at(c, after(c, c->i)))
        take(c, CLASS_TYPE); /* a type that nothing declares */
    if (type) type_name(c);
    c->type_paren = type && punct(c) == ')';
    bool whole = c->type_paren;
    expression(c, stops);
    c->type_paren = whole;
}

/* ( ... ): an expression, arguments, a type name, or a statement expression. */
static void parenthesis(struct classifier *c)
{
    if (!enter(c)) {
        leave(c);
        return;
    }
    keep(c);
    bool type = false;
    unsigned count = 0;
    if (punct(c) == '{') {
        block(c);
        expression(c, 0);
    }
    while (!at_end(c) && punct(c) != ')') {
        argument(c, STOP_COMMA);
        type = count++ == 0 && c->type_paren;
        if (punct(c) == ']')
            keep(c);
        else if (!keep_if(c, ','))
            break;
    }
    keep_if(c, ')');
    c->type_paren = type;
    leave(c);
}

/* After _Generic: ( control, type: e, default: e ) */
static void generic(struct classifier *c)
{
    if (!enter(c)) {
        leave(c);
        return;
    }
    keep(c);
    argument(c, STOP_COMMA);
    while (keep_if(c, ',')) {
        if (keyword(c) == K_DEFAULT)
            keep(c);
        else
            argument(c, STOP_COMMA | STOP_COLON);
        keep_if(c, ':');
        expression(c, STOP_COMMA);
    }
    keep_if(c, ')');
    leave(c);
}

/* After __builtin_offsetof: ( type, member.member[e] ) */
static void member_offset(struct classifier *c)
{
    if (!enter(c)) {
        leave(c);
        return;
    }
    keep(c);
    argument(c, STOP_COMMA);
    if (keep_if(c, ',') && is_identifier_at(c, c->i)) take(c, CLASS_NAME);
    expression(c, 0);
    keep_if(c, ')');
    leave(c);
}

static void expression_keyword(struct classifier *c, unsigned kw)
{
    if (lex_role(kw) == ROLE_TAG) {
        tag(c);
        return;
    }
    take(c, class_plain(c, c->i));
    if (punct(c) != '(') return;
    if (kw == K_GENERIC) generic(c);
    if (kw == K_OFFSETOF) member_offset(c);
}

static void expression_name(struct classifier *c)
{
    unsigned kw = keyword(c);
    if (kw) {
        expression_keyword(c, kw);
        return;
    }
    bool dialect = c->dialect || lex_is_hard(name_at(c, c->i));
    unsigned word = dialect ? word_at(c, c->i) : K_NONE;
    if (word != K_AWAIT && word != K_YIELD) {
        take(c, lex_is_hard(name_at(c, c->i)) ? CLASS_KEEP : class_plain(c, c->i));
        return;
    }
    keep(c);
    if (word == K_YIELD && word_at(c, c->i) == K_FROM) keep(c);
}

/* '.', '->' and the unary '&&': a name that follows is none of the ordinary ones. */
static void expression_member(struct classifier *c)
{
    bool label = punct(c) == P_AND, binary = label && operand_before(c);
    bool sized = label && punct_at(c, c->before) == ')' && c->type_paren; /* a cast, or sizeof(T) */
    keep(c);
    if ((binary && !sized) || !is_identifier_at(c, c->i)) return;
    if (!label || !c->dialect || word_at(c, c->i) == K_NONE) take(c, CLASS_NAME);
}

static void subscript(struct classifier *c)
{
    keep(c);
    if (enter(c)) {
        expression(c, 0);
        keep_if(c, ']');
    }
    leave(c);
}

/* A '{' in an expression: after a type it is a compound literal's, after '=' or where an operand begins
 * an initialiser's. Else the expression ended. */
static bool is_initialiser(const struct classifier *c, unsigned start)
{
    return c->i == start || punct_at(c, c->before) == '=' ||
           (punct_at(c, c->before) == ')' && c->type_paren);
}

/* To a ';', to a closing bracket that is not its own, or to what `stops` says; that is not taken. */
static void expression(struct classifier *c, unsigned stops)
{
    unsigned questions = 0, start = c->i;
    while (!at_end(c)) {
        switch (punct(c)) {
        case ';': case ')': case ']': case '}': return;
        case ',':
            if (stops & STOP_COMMA) return;
            keep(c);
            break;
        case '?':
            questions++;
            keep(c);
            break;
        case ':':
            if ((stops & STOP_COLON) && questions == 0) return;
            questions -= questions > 0;
            keep(c);
            break;
        case '(': parenthesis(c); break;
        case '[': subscript(c); break;
        case '{':
            if (!is_initialiser(c, start) || (stops & STOP_STATEMENT && c->i == start)) return;
            initialiser_list(c);
            break;
        case '.': case P_ARROW: case P_AND: expression_member(c); break;
        default:
            if (name_at(c, c->i))
                expression_name(c);
            else
                keep(c);
        }
    }
}

/* ---------------------------------------------------------------- statements */

static void for_head(struct classifier *c)
{
    keep(c);
    if (word_at(c, c->i) == K_AWAIT) keep(c);
    if (!keep_if(c, '(')) return;
    if (type_at(c, c->i)) {
        declaration(c); /* with its ';' */
    } else {
        expression(c, 0);
        keep_if(c, ';');
    }
    if (!keep_if(c, ':')) {
        expression(c, 0);
        keep_if(c, ';');
    }
    expression(c, 0);
    keep_if(c, ')');
}

/* `catch (int err) {}` or `catch cancel {}`, after try's block. */
static void handlers(struct classifier *c)
{
    while (word_at(c, c->i) == K_CATCH) {
        unsigned mark = scope_open(c);
        keep(c);
        if (word_at(c, c->i) == K_CANCEL) {
            keep(c);
        } else if (keep_if(c, '(')) {
            parameter(c);
            keep_if(c, ')');
        }
        if (punct(c) == '{') block(c);
        scope_close(c, mark);
    }
}

static void to_semicolon(struct classifier *c)
{
    expression(c, 0);
    keep_if(c, ';');
}

static bool is_plain_defer(const struct classifier *c)
{
    unsigned i = after(c, c->i), p = punct_at(c, i);
    return name_at(c, i) || p == '{' || p == '*' || p == P_INC || p == P_DEC;
}

enum part { PART_DONE, PART_BODY /* a statement follows that belongs to it */, PART_NONE };

/* The dialect's statements. */
static enum part statement_word(struct classifier *c)
{
    unsigned word = word_at(c, c->i);
    bool hard = word && lex_is_hard(name_at(c, c->i));
    if (word == K_DEFER && (hard || c->dialect || is_plain_defer(c))) {
        keep(c);
        return PART_BODY;
    }
    if (!c->dialect) return PART_NONE;
    switch (word) {
    case K_TRY:
        keep(c);
        if (punct(c) == '{') block(c);
        handlers(c);
        return PART_DONE;
    case K_CATCH: handlers(c); return PART_DONE;
    case K_THROW:
        keep(c);
        to_semicolon(c);
        return PART_DONE;
    case K_WITH:
        keep(c);
        if (punct(c) == '(') parenthesis(c);
        return PART_BODY;
    default: return PART_NONE;
    }
}

static void do_statement(struct classifier *c)
{
    keep(c);
    statement(c);
    if (keyword(c) != K_WHILE) return;
    keep(c);
    if (punct(c) == '(') parenthesis(c);
    keep_if(c, ';');
}

/* To the ';', all names plain: `goto x`, `__label__ a, b`. */
static void label_names(struct classifier *c)
{
    keep(c);
    while (is_identifier_at(c, c->i)) {
        take(c, CLASS_NAME);
        if (!keep_if(c, ',')) break;
    }
    to_semicolon(c);
}

/* Statements that a keyword of C begins. */
static enum part statement_keyword(struct classifier *c)
{
    switch (keyword(c)) {
    case K_CASE:
        keep(c);
        expression(c, STOP_COLON);
        return keep_if(c, ':') ? PART_BODY : PART_DONE;
    case K_DEFAULT:
        keep(c);
        return keep_if(c, ':') ? PART_BODY : PART_DONE;
    case K_IF:
        keep(c);
        if (punct(c) == '(') parenthesis(c);
        statement(c);
        if (keyword(c) != K_ELSE) return PART_DONE;
        keep(c);
        return PART_BODY;
    case K_WHILE: case K_SWITCH:
        keep(c);
        if (punct(c) == '(') parenthesis(c);
        return PART_BODY;
    case K_FOR: for_head(c); return PART_BODY;
    case K_DO: do_statement(c); return PART_DONE;
    case K_GOTO: case K_LABEL: label_names(c); return PART_DONE;
    case K_ASM:
        assembly(c);
        to_semicolon(c);
        return PART_DONE;
    case K_RETURN: case K_BREAK: case K_CONTINUE: case K_STATIC_ASSERT:
        to_semicolon(c);
        return PART_DONE;
    case K_ELSE: keep(c); return PART_BODY; /* one that lost its if */
    default: return PART_NONE;
    }
}

static enum part statement_part(struct classifier *c)
{
    unsigned start = c->i;
    if (attribute_at(c, c->i)) {
        attributes(c);
        return PART_BODY;
    }
    if (punct(c) == '{') {
        block(c);
        return PART_DONE;
    }
    if (is_identifier_at(c, c->i) && punct_at(c, after(c, c->i)) == ':') {
        take(c, CLASS_NAME);
        keep(c);
        return PART_BODY;
    }
    enum part part = statement_keyword(c);
    if (part == PART_NONE) part = statement_word(c);
    if (part != PART_NONE) return part;
    if (type_at(c, c->i)) {
        declaration(c);
        return PART_DONE;
    }
    expression(c, STOP_STATEMENT);
    if (punct(c) == '{') return PART_BODY; /* what a macro heads */
    if (!keep_if(c, ';') && c->i == start && punct(c) != '}') keep(c);
    return PART_DONE;
}

/* One statement or declaration. What its heads declare ends with it. */
static void statement(struct classifier *c)
{
    enum part part = PART_BODY;
    unsigned mark = 0;
    bool head = false;
    if (!enter(c)) part = PART_DONE;
    while (part == PART_BODY && !at_end(c) && punct(c) != '}') {
        unsigned kw = keyword(c);
        bool opens = kw == K_FOR || kw == K_IF || kw == K_WHILE || kw == K_SWITCH;
        if (opens && !head) {
            mark = scope_open(c);
            head = true;
        }
        part = statement_part(c);
    }
    if (head) scope_close(c, mark);
    leave(c);
}

static void block(struct classifier *c)
{
    unsigned mark = scope_open(c);
    if (enter(c)) {
        keep(c);
        while (!at_end(c) && punct(c) != '}')
            statement(c);
        keep_if(c, '}');
    }
    leave(c);
    scope_close(c, mark);
}

/* ---------------------------------------------------------------- the external */

void names_classify(struct unit *u, unsigned first, unsigned last, bool dialect, unsigned char *cls)
{
    struct classifier c = {.tok = u->tok.v, .cls = cls, .first = first, .last = last, .i = first,
                           .before = last, .dialect = dialect};
    blanks_pass(&c);
    while (!at_end(&c)) {
        unsigned start = c.i;
        if (keyword(&c) == K_ASM)
            assembly(&c);
        else if (keyword(&c) == K_STATIC_ASSERT)
            to_semicolon(&c);
        else
            declaration(&c);
        if (c.i == start) take(&c, class_plain(&c, c.i));
    }
    free(c.local);
    free(c.param);
}
