/* SPDX-License-Identifier: MIT */
/* names_decl.c: declarations, for names.c: what they declare, and which of their names are types.
 *
 * Specifiers end where a second type would begin (C11 6.7.8): in `T T;` the first is the type, the
 * second the name that hides it. A name is in scope from the end of its declarator, an enumerator
 * from the end of its value (C11 6.2.1p7); what parameters declare is kept, for the body that may
 * follow their list. */
#include "names.h"

/* ---------------------------------------------------------------- attributes */

/* Up to the bracket that closes the one just taken. Names are plain: `mode(word)` means no typedef,
 * but the operand of a sizeof does. */
static void attribute_text(struct classifier *c)
{
    for (unsigned level = 1; level > 0 && !at_end(c);) {
        unsigned p = punct(c), kw = keyword(c);
        if (p == ';' || p == '{' || p == '}') return;
        if (p == '(' || p == '[') level++;
        if (p == ')' || p == ']') level--;
        if (kw == K_SIZEOF || kw == K_ALIGNOF || kw == K_TYPEOF) {
            keep(c);
            if (punct(c) == '(') names_parenthesis(c);
        } else {
            take(c, is_identifier_at(c, c->i) ? CLASS_NAME : CLASS_KEEP);
        }
    }
}

bool names_attribute_at(const struct classifier *c, unsigned i)
{
    return keyword_at(c, i) == K_ATTRIBUTE ||
           (punct_at(c, i) == '[' && punct_at(c, after(c, i)) == '[');
}

void names_attributes(struct classifier *c)
{
    while (names_attribute_at(c, c->i)) {
        bool gnu = keyword(c) == K_ATTRIBUTE;
        keep(c);
        if (!gnu || keep_if(c, '(')) attribute_text(c);
    }
}

/* asm and what follows: qualifiers, then strings, [names], operands in parentheses, clobbers,
 * labels. */
void names_assembly(struct classifier *c)
{
    keep(c);
    while (name_at(c, c->i) && lex_is_hard(name_at(c, c->i)))
        keep(c);
    if (!keep_if(c, '(')) return;
    while (!at_end(c) && punct(c) != ')' && punct(c) != ';' && punct(c) != '}') {
        if (punct(c) == '(')
            names_parenthesis(c);
        else
            take(c, is_identifier_at(c, c->i) ? CLASS_NAME : CLASS_KEEP);
    }
    keep_if(c, ')');
}

/* Attributes and asm labels behind a declarator. */
static void declarator_tail(struct classifier *c)
{
    for (;;) {
        if (names_attribute_at(c, c->i))
            names_attributes(c);
        else if (keyword(c) == K_ASM)
            names_assembly(c);
        else
            return;
    }
}

/* ---------------------------------------------------------------- specifiers */

/* The token at i ends a declarator, or goes on with it, whose name stands before it. */
static bool follows_declarator(const struct classifier *c, unsigned i)
{
    switch (punct_at(c, i)) {
    case ';':
    case ',':
    case '=':
    case '(':
    case ')':
    case ':':
    case '{': return true;
    case '[': return !names_attribute_at(c, i);
    default: return i >= c->last;
    }
}

/* i is at a name that nothing declares, where a declaration may begin: is it a type that this text
 * does not show? `pid_t x`, `FILE *f =`. */
static bool unknown_type_at(const struct classifier *c, unsigned i)
{
    const struct name *n = name_at(c, i);
    if (!n || n->keyword || is_declared(c, n)) return false;
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
    if (!c->dialect && !lex_is_hard(name_at(c, i))) return false;
    return !follows_declarator(c, after(c, i)) || lex_is_parenthesised_name(c->tok, after(c, i));
}

/* Can only a type stand at i, were it the beginning of a declaration, parameter or type name? */
bool names_type_at(const struct classifier *c, unsigned i)
{
    unsigned kw = keyword_at(c, i);
    for (; kw == K_EXTENSION; kw = keyword_at(c, i))
        i = after(c, i);
    if (kw) return lex_role(kw) != ROLE_NONE && kw != K_ATTRIBUTE;
    if (!name_at(c, i)) return false;
    if (is_specifier_word(c, i)) return true;
    return is_type(c, name_at(c, i)) || unknown_type_at(c, i);
}

/* A soft keyword at the current token that is what is declared: `typedef int bool;` */
static bool soft_is_declared(const struct classifier *c, const struct specs *sp)
{
    unsigned kw = keyword(c), next = after(c, c->i);
    if (lex_is_hard(name_at(c, c->i)) || !follows_declarator(c, next)) return false;
    if (kw == K_TYPEOF || kw == K_TYPEOF_UNQUAL || kw == K_ALIGNAS) return punct_at(c, next) != '(';
    if (kw == K_FLOATN || kw == K_BUILTIN_TYPE) return false; /* unit.c knows them by now */
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
        names_tag(c);
        return true;
    case ROLE_STORAGE:
    case ROLE_QUALIFIER:
        sp->is_typedef |= kw == K_TYPEDEF;
        keep(c);
        return true;
    case ROLE_ATTRIBUTE: names_attributes(c); return true;
    case ROLE_ALIGNAS: break;
    }
    keep(c);
    if (punct(c) == '(') names_parenthesis(c);
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
    } else if (unknown_type_at(c, c->i) || (name_at(c, next) && !is_declared(c, n))) {
        /* a macro before a type, or the type */
        sp->typed = !names_type_at(c, next);
    } else {
        return false;
    }
    take(c, CLASS_TYPE);
    return true;
}

struct specs names_specs(struct classifier *c)
{
    struct specs sp = {0};
    for (;; sp.some = true) {
        if (names_attribute_at(c, c->i)) {
            names_attributes(c);
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
            names_attributes(c);
        }
        names_expression(c, STOP_COMMA);
        if (n) declare(c, n, false); /* its scope begins after its value, C11 6.2.1 */
        if (punct(c) != '}') keep(c);
    }
}

static void members(struct classifier *c)
{
    while (!at_end(c) && punct(c) != '}') {
        if (keyword(c) == K_STATIC_ASSERT) {
            names_expression(c, 0);
            keep_if(c, ';');
            continue;
        }
        names_specs(c);
        while (!at_end(c) && punct(c) != ';' && punct(c) != '}') {
            names_attributes(c);
            names_declarator(c, DECLARES_NOTHING, false);
            declarator_tail(c);
            names_expression(c, STOP_COMMA); /* the width of a bit-field */
            declarator_tail(c);
            if (punct(c) != ';' && punct(c) != '}') keep(c);
        }
        keep_if(c, ';');
    }
}

void names_tag(struct classifier *c)
{
    bool is_enum = keyword(c) == K_ENUM;
    keep(c);
    names_attributes(c);
    if (is_identifier_at(c, c->i)) take(c, CLASS_NAME);
    names_attributes(c);
    if (is_enum && punct(c) == ':' && names_type_at(c, after(c, c->i))) {
        keep(c);
        names_specs(c);
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

void names_parameter(struct classifier *c)
{
    /* in an identifier list, only a name; C11 6.7.6.3p11 takes a typedef name as the type */
    unsigned next = punct_at(c, after(c, c->i));
    bool lone = is_identifier_at(c, c->i) && (next == ',' || next == ')') &&
                !names_type_at(c, c->i) && !keyword(c);
    if (lone) {
        declare(c, name_at(c, c->i), false);
        take(c, CLASS_NAME);
        return;
    }
    names_specs(c);
    names_declarator(c, DECLARES_OBJECT, true);
    declarator_tail(c);
    names_expression(c, STOP_COMMA);
}

/* A parameter list, with its prototype scope; what it declares is kept for a body that may follow.
 */
static void parameters(struct classifier *c, struct declarator *d)
{
    unsigned mark = scope_open(c);
    keep(c);
    while (!at_end(c) && punct(c) != ')' && punct(c) != '}' && punct(c) != '{') {
        names_parameter(c);
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
        if (names_attribute_at(c, c->i))
            names_attributes(c);
        else if (punct(c) == '*' || punct(c) == '^' || role == ROLE_QUALIFIER ||
                 role == ROLE_ATOMIC)
            keep(c);
        else
            return;
    }
}

/* Is the '(' at the current token a parameter list of a declarator without a name? */
static bool is_abstract_function(const struct classifier *c)
{
    unsigned i = after(c, c->i);
    return punct_at(c, i) == ')' || punct_at(c, i) == P_ELLIPSIS || names_type_at(c, i);
}

static void array_bound(struct classifier *c)
{
    keep(c);
    while (lex_role(keyword(c)) == ROLE_QUALIFIER || keyword(c) == K_STATIC ||
           keyword(c) == K_ATOMIC)
        keep(c);
    if (enter(c)) {
        names_expression(c, 0);
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
            if (punct(c) != ')') names_expression(c, 0);
            keep_if(c, ')');
        }
        leave(c);
    } else if (is_identifier_at(c, c->i)) {
        d.name = name_at(c, c->i);
        d.direct = true;
        take(c, CLASS_NAME);
        names_attributes(c);
    }
    while (punct(c) == '(' || (punct(c) == '[' && !names_attribute_at(c, c->i))) {
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

/* A name is in scope from the end of its declarator: in `T T[sizeof(T)]` the last one is the type.
 */
struct declarator names_declarator(struct classifier *c, enum declares declares, bool abstract)
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
        names_declaration(c);
        if (c->i == start) keep(c);
    }
    if (punct(c) == '{') names_block(c);
    scope_close(c, mark);
}

/* Is what follows the declarator the rest of a function definition? */
static bool begins_body(const struct classifier *c, const struct declarator *d)
{
    if (!d->is_function) return false;
    return punct(c) == '{' || (d->nparams && names_type_at(c, c->i) && keyword(c) != K_EXTENSION);
}

/* Specifiers and declarators to the ';', taken too, or to the ':' of `for (T x : e)`, or a body;
 * true if it was a function definition. */
bool names_declaration(struct classifier *c)
{
    struct specs sp = names_specs(c);
    enum declares declares = sp.is_typedef ? DECLARES_TYPE : DECLARES_OBJECT;
    unsigned params = c->nparam;
    bool body = false;
    while (!body && !at_end(c) && punct(c) != ';') {
        names_attributes(c);
        struct declarator d = names_declarator(c, declares, false);
        declarator_tail(c);
        body = begins_body(c, &d);
        if (body) {
            function(c, &d);
            break;
        }
        names_expression(c, STOP_COMMA | STOP_COLON);
        if (!keep_if(c, ',')) break;
    }
    c->nparam = params;
    if (!body) keep_if(c, ';');
    return body;
}
