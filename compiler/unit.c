/* SPDX-License-Identifier: MIT */
/* unit.c: tokens -> external declarations, and the index of what file scope declares.
 *
 * Needs u->tok and u->markers.  Fills u->ext and the mentions of names, from tokens alone: brackets
 * are matched once, over the whole unit, and C11 6.7 and 6.9 are then read one level deep:
 * specifiers, then declarators up to ',' ';' or a body, brackets leapt over.  No recursion, each
 * token is looked at a bounded number of times; function bodies only for the words of the dialect
 * that matter before parsing.
 *
 * Text that was never preprocessed is split as well as it can be: a name that nothing declares is a
 * type or a macro if another name follows it, and of #if/#else branches all may hold half of a
 * bracket pair.
 *
 * Invariant: externals follow each other without gap or overlap and hold every token but TOK_END.
 */
#include "acc.h"

#include <stdlib.h>
#include <string.h>

struct splitter {
    struct unit *u;
    const struct token *tok;
    unsigned n;         /* index of TOK_END */
    uint32_t *match;    /* opening bracket -> the token that closes it, n if nothing does */
    struct external *x; /* the one being read; its kind and flags are filled as they show */
    unsigned marker;    /* how many markers stand before the current external */
};

/* ---------------------------------------------------------------- brackets */

struct bracket {
    uint32_t open; /* token index */
    char close;
    char ghost_close;
    uint32_t ghost; /* 1 + an opening bracket left open here by a branch whose #else has begun */
};
struct branch {
    unsigned depth, braces;
};
struct matcher {
    struct splitter *s;
    struct bracket *stack; /* ghosts stay in the entries above `depth` */
    unsigned depth, cap;
    unsigned braces;      /* how many of the open ones are '{' */
    unsigned doubt;       /* a ';' in parentheses at file scope that are still open, or 0 */
    uint32_t *same;       /* opening bracket -> its counterpart in an earlier #if branch, or 0 */
    struct branch *saved; /* at each open #if */
    unsigned nsaved, capsaved;
};

/* One of the parentheses that hold the ';' in doubt was never closed: they end there, lest they
 * swallow the rest of the file. */
static void bracket_recover(struct matcher *m, unsigned i)
{
    while (m->depth > 0) {
        unsigned open = m->stack[--m->depth].open;
        m->s->match[open] = (open < m->doubt ? m->doubt : i) - 1;
    }
    m->doubt = 0;
}

static void bracket_open(struct matcher *m, unsigned i, char close)
{
    if (m->doubt && close == '}') bracket_recover(m, i);
    if (m->depth == m->cap) {
        unsigned cap = m->cap ? m->cap * 2 : 64;
        m->stack = xrealloc(m->stack, cap * sizeof *m->stack);
        memset(m->stack + m->cap, 0, (cap - m->cap) * sizeof *m->stack);
        m->cap = cap;
    }
    struct bracket *b = &m->stack[m->depth++];
    if (b->ghost && b->ghost_close == close) {
        m->same[i] = b->ghost - 1;
        b->ghost = 0;
    }
    b->open = i;
    b->close = close;
    m->braces += close == '}';
}

/* All brackets that `b` stands for end at token i. */
static void bracket_pop(struct matcher *m, unsigned i)
{
    const struct bracket *b = &m->stack[--m->depth];
    m->braces -= b->close == '}';
    for (uint32_t o = b->open; m->s->match[o] != i; o = m->same[o]) {
        m->s->match[o] = i;
        if (!m->same[o]) break;
    }
}

/* A closing bracket ends what is open inside its pair; one without a partner is let stand. A brace
 * is the stronger sign: no ')' or ']' reaches out of one. */
static void bracket_close(struct matcher *m, unsigned i, char close)
{
    unsigned d = m->depth;
    while (d > 0 && m->stack[d - 1].close != close) {
        if (m->stack[d - 1].close == '}') return;
        d--;
    }
    if (d == 0) return;
    while (m->depth >= d)
        bracket_pop(m, i);
    if (m->depth == 0) m->doubt = 0;
}

/* The word after '#'. */
static bool directive_is(const struct unit *u, const struct token *t, const char *word)
{
    const char *p = u->text + t->start, *end = u->text + t->end;
    p += *p == '%' ? 2 : 1;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return (size_t)(end - p) >= strlen(word) && strncmp(p, word, strlen(word)) == 0;
}

/* #else and #elif go back to the depth before #if, so that each branch may open, or close, the
 * same. */
static void bracket_directive(struct matcher *m, const struct token *t)
{
    struct unit *u = m->s->u;
    if (directive_is(u, t, "if")) {
        if (m->nsaved == m->capsaved) {
            m->capsaved = m->capsaved ? m->capsaved * 2 : 16;
            m->saved = xrealloc(m->saved, m->capsaved * sizeof *m->saved);
        }
        m->saved[m->nsaved++] = (struct branch){m->depth, m->braces};
    } else if (m->nsaved > 0 && directive_is(u, t, "el")) {
        struct branch b = m->saved[m->nsaved - 1];
        for (unsigned d = b.depth; d < m->depth; d++) {
            m->stack[d].ghost = m->stack[d].open + 1;
            m->stack[d].ghost_close = m->stack[d].close;
        }
        m->depth = b.depth;
        m->braces = b.braces;
        if (m->depth == 0) m->doubt = 0;
    } else if (m->nsaved > 0 && directive_is(u, t, "endif")) {
        m->nsaved--;
    }
}

static void brackets_match(struct splitter *s)
{
    struct matcher m = {.s = s};
    m.same = xmalloc(((size_t)s->n + 1) * sizeof *m.same);
    memset(m.same, 0, ((size_t)s->n + 1) * sizeof *m.same);
    for (unsigned i = 0; i < s->n; i++) {
        const struct token *t = &s->tok[i];
        s->match[i] = s->n;
        if (t->kind == TOK_DIRECTIVE) bracket_directive(&m, t);
        if (t->kind != TOK_PUNCT) continue;
        switch (t->punct) {
        case '(': bracket_open(&m, i, ')'); break;
        case '[': bracket_open(&m, i, ']'); break;
        case '{': bracket_open(&m, i, '}'); break;
        case ')':
        case ']':
        case '}': bracket_close(&m, i, (char)t->punct); break;
        case ';': /* GNU C's f(int n; int a[n], int n), or a parenthesis that was not closed */
            if (m.braces == 0 && m.depth > 0 && !m.doubt) m.doubt = i;
            break;
        default: break;
        }
    }
    if (m.doubt) bracket_recover(&m, s->n);
    free(m.stack);
    free(m.same);
    free(m.saved);
}

/* ---------------------------------------------------------------- reading tokens */

/* i, beyond any directives. */
static unsigned at(const struct splitter *s, unsigned i)
{
    while (i < s->n && s->tok[i].kind == TOK_DIRECTIVE)
        i++;
    return i < s->n ? i : s->n;
}

static unsigned next(const struct splitter *s, unsigned i)
{
    return at(s, i + 1);
}

/* The punctuator at i, or 0. */
static unsigned punct(const struct splitter *s, unsigned i)
{
    return s->tok[i].kind == TOK_PUNCT ? s->tok[i].punct : 0;
}

static struct name *name_at(const struct splitter *s, unsigned i)
{
    return s->tok[i].kind == TOK_NAME ? s->tok[i].name : NULL;
}

unsigned unit_keyword(const struct name *n)
{
    if (!n->keyword) return K_NONE;
    return (n->is_typedef || n->is_ordinary) && !lex_is_hard(n) ? K_NONE : n->keyword;
}

static unsigned keyword_at(const struct splitter *s, unsigned i)
{
    return s->tok[i].kind == TOK_NAME ? unit_keyword(s->tok[i].name) : K_NONE;
}

/* i is at an opening bracket: the token after its partner. */
static unsigned beyond(const struct splitter *s, unsigned i)
{
    unsigned close = s->match[i];
    return close >= s->n ? s->n : next(s, close);
}

/* The token after i and, if a '(' follows, its parenthesis. */
static unsigned beyond_paren(const struct splitter *s, unsigned i)
{
    i = next(s, i);
    return punct(s, i) == '(' ? beyond(s, i) : i;
}

/* Any attributes at i let pass: __attribute__((...)), [[...]], alignas(...). */
static unsigned beyond_attributes(const struct splitter *s, unsigned i)
{
    for (;;) {
        enum word_role role = lex_role(keyword_at(s, i));
        if (role == ROLE_ATTRIBUTE || role == ROLE_ALIGNAS)
            i = beyond_paren(s, i);
        else if (punct(s, i) == '[' && punct(s, next(s, i)) == '[')
            i = beyond(s, i);
        else
            return i;
    }
}

/* ---------------------------------------------------------------- mentions */

/* While the unit is read, name->mentions is the last one of a ring, so that adding keeps the order.
 */
static void mention_add(struct splitter *s, struct name *n, enum mention_kind kind)
{
    struct mention *last = n->mentions;
    bool tag = kind == MENTION_TAG || kind == MENTION_TAG_DEF;
    if (last && kind == MENTION_TAG) {
        /* a tag named again says nothing new */
        for (struct mention *m = last->next;; m = m->next) {
            if (m->kind == MENTION_TAG || m->kind == MENTION_TAG_DEF) return;
            if (m == last) break;
        }
    }
    struct mention *m = NEW(&s->u->arena, struct mention);
    m->kind = kind;
    m->ext = s->x->index;
    m->next = last ? last->next : m;
    if (last) last->next = m;
    n->mentions = m;
    if (kind == MENTION_TYPEDEF)
        n->is_typedef = true;
    else if (!tag)
        n->is_ordinary = true;
}

static void mentions_unring(struct names *t)
{
    for (unsigned i = 0; i < t->nslots; i++) {
        for (struct name *n = t->slot[i]; n; n = n->next) {
            struct mention *last = n->mentions;
            if (!last) continue;
            n->mentions = last->next;
            last->next = NULL;
        }
    }
}

bool unit_is_typedef(struct unit *u, struct name *n)
{
    (void)u;
    return n->is_typedef;
}

const struct mention *unit_mention(struct name *n, enum mention_kind kind)
{
    const struct mention *m = n->mentions;
    while (m && m->kind != kind)
        m = m->next;
    return m;
}

/* C23's `enum E : type`: i is after the colon; the token after the type. */
static unsigned beyond_enum_type(const struct splitter *s, unsigned i)
{
    bool seen = false;
    for (;; i = next(s, i)) {
        enum word_role role = lex_role(keyword_at(s, i));
        if (role == ROLE_TYPE || role == ROLE_QUALIFIER)
            seen |= role == ROLE_TYPE;
        else if (role == ROLE_TYPE_PAREN)
            return beyond_paren(s, i);
        else if (!seen && name_at(s, i))
            return next(s, i);
        else
            return i;
    }
}

struct tag {
    struct name *name; /* NULL: none */
    unsigned open;     /* its '{', or 0 */
    unsigned end;      /* the token after all of it */
};

/* i is at struct, union or enum. */
static struct tag tag_read(const struct splitter *s, unsigned i)
{
    struct tag t = {0};
    bool is_enum = keyword_at(s, i) == K_ENUM;
    i = beyond_attributes(s, next(s, i));
    if (name_at(s, i) && !lex_is_hard(name_at(s, i))) {
        t.name = name_at(s, i);
        i = beyond_attributes(s, next(s, i));
    }
    unsigned colon = i;
    if (is_enum && punct(s, i) == ':') i = beyond_enum_type(s, next(s, i));
    if (punct(s, i) == '{') {
        t.open = i;
        i = beyond(s, i);
    } else if (!t.name) {
        i = colon;
    }
    t.end = i;
    return t;
}

/* Enumerators stand after '{' and after each ',' of their own level. */
static void enumerators(struct splitter *s, unsigned open)
{
    unsigned close = s->match[open];
    for (unsigned i = next(s, open); i < close;) {
        struct name *n = name_at(s, i);
        if (n && !lex_is_hard(n)) mention_add(s, n, MENTION_ENUMERATOR);
        while (i < close && punct(s, i) != ',') {
            unsigned p = punct(s, i);
            i = p == '(' || p == '[' || p == '{' ? beyond(s, i) : next(s, i);
        }
        if (i < close) i = next(s, i);
    }
}

/* Tags and enumerators at any depth of [i, end), a function's body not included. */
static void tags_index(struct splitter *s, unsigned i, unsigned end)
{
    for (; i < end; i++) {
        if (s->tok[i].kind != TOK_NAME || lex_role(s->tok[i].name->keyword) != ROLE_TAG) continue;
        struct tag t = tag_read(s, i);
        if (t.name) mention_add(s, t.name, t.open ? MENTION_TAG_DEF : MENTION_TAG);
        if (t.open && s->tok[i].name->keyword == K_ENUM) enumerators(s, t.open);
    }
}

/* ---------------------------------------------------------------- specifiers */

/* Could the token at i begin a declaration, without regard to typedef names? */
static bool begins_declaration(const struct splitter *s, unsigned i)
{
    unsigned keyword = keyword_at(s, i);
    return lex_role(keyword) != ROLE_NONE || keyword == K_ASYNC || keyword == K_GENERATOR ||
           keyword == K_ASYNC_ALWAYS || keyword == K_GENERATOR_ALWAYS;
}

/* The token at i ends or goes on with a declarator whose name stands before it. */
static bool follows_declarator(const struct splitter *s, unsigned i)
{
    switch (punct(s, i)) {
    case ';':
    case ',':
    case '=':
    case '(':
    case ')':
    case ':':
    case '{': return true;
    case '[': return punct(s, next(s, i)) != '[';
    default: return i >= s->n;
    }
}

/* A word that is no hard keyword stands at i: does it name what is declared rather than mean
 * itself? `typedef int bool;`, `int async;`, `async(x) int x; {` */
static bool soft_is_declarator(const struct splitter *s, unsigned i, unsigned keyword, bool typed)
{
    if (!follows_declarator(s, next(s, i))) return false;
    switch (keyword) {
    case K_ASYNC: return !lex_is_parenthesised_name(s->tok, next(s, i));
    case K_GENERATOR: return true;
    case K_TYPEOF:
    case K_TYPEOF_UNQUAL:
    case K_ALIGNAS: return punct(s, next(s, i)) != '(';
    case K_FLOATN: /* typedef float _Float32; but not f(_Complex _Float32) */
    case K_BUILTIN_TYPE: return typed && s->x->is_typedef && punct(s, next(s, i)) == ';';
    default: return typed;
    }
}

/* (a, b, c) of a K&R definition: `open` is at its parenthesis. The number of names, 0 if it is
 * none. */
static unsigned identifier_list(const struct splitter *s, unsigned open)
{
    unsigned count = 0, i = next(s, open);
    for (;;) {
        struct name *n = name_at(s, i);
        unsigned keyword = n ? unit_keyword(n) : K_NONE; /* the dialect's words are no types: copy(from, to) */
        if (!n || n->is_typedef || (keyword != K_NONE && (keyword < K_ASYNC || lex_is_hard(n)))) return 0;
        count++;
        i = next(s, i);
        if (punct(s, i) == ')') return i == s->match[open] ? count : 0;
        if (punct(s, i) != ',') return 0;
        i = next(s, i);
    }
}

/* i is where a K&R definition's parameter declarations would stand, of `count` parameters. The
 * body's
 * '{', or 0. There are no more declarations than parameters, which bounds the search. */
static unsigned kr_body(const struct splitter *s, unsigned i, unsigned count)
{
    if (!name_at(s, i)) return 0;
    for (; count > 0; count--) {
        while (punct(s, i) != ';') {
            unsigned p = punct(s, i);
            if (i >= s->n || p == '{' || p == '}' || p == '=') return 0;
            if (lex_role(keyword_at(s, i)) == ROLE_TAG)
                i = tag_read(s, i).end;
            else
                i = p == '(' || p == '[' ? beyond(s, i) : next(s, i);
        }
        i = next(s, i);
        if (punct(s, i) == '{') return i;
    }
    return 0;
}

enum unknown {
    UNKNOWN_DECLARATOR,
    UNKNOWN_TYPE,
    UNKNOWN_PREFIX,
    UNKNOWN_TYPE_PAREN,
    UNKNOWN_STATEMENT
};

/* What a name that is no typedef, and that no type stands before, is among the specifiers: the
 * thing declared (implicit int, or `auto x = 1`), or a type or macro that this text does not
 * declare. `prefixed`: another such name stands before it. */
static enum unknown unknown_name(const struct splitter *s, unsigned i, bool prefixed)
{
    unsigned after = next(s, i);
    if (name_at(s, after) && keyword_at(s, after) != K_ASM) return UNKNOWN_PREFIX;
    if (punct(s, after) == '*') return UNKNOWN_TYPE;
    if (punct(s, after) != '(') return UNKNOWN_DECLARATOR;
    unsigned end = beyond(s, after);
    if (punct(s, end) != '*' && !name_at(s, end)) return UNKNOWN_DECLARATOR;
    if (keyword_at(s, end) == K_ATTRIBUTE || keyword_at(s, end) == K_ASM) return UNKNOWN_DECLARATOR;
    unsigned count = identifier_list(s, after);
    if (count && kr_body(s, end, count)) return UNKNOWN_DECLARATOR;
    if (punct(s, end) == '*') return UNKNOWN_TYPE_PAREN;
    unsigned second = next(s, end);
    if (prefixed && !begins_declaration(s, end) && follows_declarator(s, second) &&
        punct(s, second) != '(')
        return UNKNOWN_DECLARATOR; /* type f(void) MACRO; */
    bool more = begins_declaration(s, end) || name_at(s, end)->is_typedef || name_at(s, second) ||
                punct(s, second) == '*';
    if (more && s->tok[end].bol) return UNKNOWN_STATEMENT;
    return begins_declaration(s, end) ? UNKNOWN_PREFIX : UNKNOWN_TYPE_PAREN;
}

struct specs {
    bool typed;     /* a type specifier was seen */
    bool some;      /* anything was seen */
    bool prefixed;  /* a name was seen that nothing declares */
    bool statement; /* a macro call that stands for a declaration of its own ends before `i` */
    unsigned i;     /* the token after them */
};

/* A name in the place of a specifier; false if it is the declarator's. */
static bool specs_name(struct splitter *s, struct specs *sp)
{
    struct name *n = name_at(s, sp->i);
    unsigned after = next(s, sp->i);
    if (sp->typed || lex_is_hard(n)) return false;
    if (n->is_typedef) {
        if (sp->some && punct(s, after) == '=') return false; /* auto T = 1; */
        sp->typed = true;
        sp->i = after;
        return true;
    }
    switch (unknown_name(s, sp->i, sp->prefixed)) {
    case UNKNOWN_DECLARATOR: return false;
    case UNKNOWN_TYPE: sp->typed = true; break;
    case UNKNOWN_PREFIX:
        sp->prefixed = true;
        after = beyond_paren(s, sp->i);
        break;
    case UNKNOWN_STATEMENT:
        sp->statement = !sp->some;
        after = beyond(s, after);
        break;
    case UNKNOWN_TYPE_PAREN:
        sp->typed = true;
        after = beyond(s, after);
        break;
    }
    sp->i = after;
    return !sp->statement;
}

/* A keyword among the specifiers; false if it cannot stand there. */
static bool specs_keyword(struct splitter *s, struct specs *sp, unsigned keyword)
{
    switch (lex_role(keyword)) {
    case ROLE_TYPE:
        sp->typed = true;
        sp->i = next(s, sp->i);
        return true;
    case ROLE_TYPE_PAREN:
        sp->typed = true;
        sp->i = beyond_paren(s, sp->i);
        return true;
    case ROLE_ATOMIC:
        sp->typed |= punct(s, next(s, sp->i)) == '(';
        sp->i = beyond_paren(s, sp->i);
        return true;
    case ROLE_TAG:
        sp->typed = true;
        sp->i = tag_read(s, sp->i).end;
        return true;
    case ROLE_STORAGE:
        s->x->is_typedef |= keyword == K_TYPEDEF;
        sp->i = next(s, sp->i);
        return true;
    case ROLE_QUALIFIER: sp->i = next(s, sp->i); return true;
    case ROLE_ALIGNAS:
    case ROLE_ATTRIBUTE: sp->i = beyond_paren(s, sp->i); return true;
    case ROLE_NONE: break;
    }
    bool async = keyword == K_ASYNC || keyword == K_ASYNC_ALWAYS;
    if (!async && keyword != K_GENERATOR && keyword != K_GENERATOR_ALWAYS) return false;
    s->x->is_async = true;
    s->x->is_generator |= !async;
    sp->i = next(s, sp->i);
    return true;
}

/* Reads specifiers from sp->i; stops at what is not one. */
static void specs_read(struct splitter *s, struct specs *sp)
{
    for (bool more = true; more; sp->some = true) {
        unsigned i = beyond_attributes(s, sp->i);
        if (i != sp->i) {
            sp->i = i;
            continue;
        }
        struct name *n = name_at(s, i);
        if (!n) return;
        /* what stands where only a specifier can be one is one, declared as a variable or not */
        unsigned keyword = n->is_typedef ? unit_keyword(n) : n->keyword;
        bool soft = keyword && !lex_is_hard(n);
        if (soft && (soft_is_declarator(s, i, keyword, sp->typed) ||
                     (keyword != K_ASYNC && keyword != K_GENERATOR && n->is_ordinary)))
            keyword = K_NONE;
        more = keyword && specs_keyword(s, sp, keyword);
        if (!more) more = specs_name(s, sp);
    }
}

/* ---------------------------------------------------------------- declarators */

struct declarator {
    struct name *name; /* NULL: none, as in `struct s;` */
    unsigned open;     /* the '(' after the name, else 0: its parameters if it is a function */
    unsigned end;      /* the token after the name and the parentheses around it */
};

static struct declarator declarator_read(const struct splitter *s, unsigned i)
{
    struct declarator d = {0};
    unsigned outer = 0;
    for (;;) {
        i = beyond_attributes(s, i);
        enum word_role role = lex_role(keyword_at(s, i));
        unsigned p = punct(s, i);
        if (p == '(' && !outer) outer = i;
        if (p != '*' && p != '(' && p != '^' && role != ROLE_QUALIFIER && role != ROLE_ATOMIC)
            break;
        i = next(s, i);
    }
    struct name *n = name_at(s, i);
    if (n && !lex_is_hard(n)) {
        d.name = n;
        i = beyond_attributes(s, next(s, i));
        unsigned after = i;
        while (punct(s, after) == ')')
            after = next(s, after);
        if (punct(s, after) == '(') d.open = after;
    }
    d.end = outer && s->match[outer] < s->n ? beyond(s, outer) : i;
    return d;
}

/* To the ',' or ';' that ends an initialiser, or the end. */
static unsigned beyond_initialiser(const struct splitter *s, unsigned i)
{
    while (i < s->n && punct(s, i) != ',' && punct(s, i) != ';') {
        unsigned p = punct(s, i);
        i = p == '(' || p == '[' || p == '{' ? beyond(s, i) : next(s, i);
    }
    return i;
}

/* What follows a declarator up to ',' ';' or a body: its index. Parameters, array bounds,
 * attributes, asm labels, initialisers, and macros that are none of them are passed over. */
static unsigned declarator_tail(struct splitter *s, const struct declarator *d)
{
    unsigned count = d->open ? identifier_list(s, d->open) : 0;
    for (unsigned i = d->end; i < s->n;) {
        switch (punct(s, i)) {
        case ',':
        case ';':
        case '{':
        case '}': return i;
        case '=': return beyond_initialiser(s, next(s, i));
        case '(':
        case '[': i = beyond(s, i); continue;
        default: break;
        }
        unsigned keyword = keyword_at(s, i);
        if (keyword == K_ATTRIBUTE || keyword == K_ASM) {
            i = beyond_paren(s, i);
            continue;
        }
        unsigned body = count ? kr_body(s, i, count) : 0;
        if (body) return body;
        count = 0; /* it was tried */
        i = next(s, i);
    }
    return s->n;
}

/* ---------------------------------------------------------------- one external */

static void kind_set(struct splitter *s, enum external_kind kind, unsigned last)
{
    s->x->kind = kind;
    s->x->last = last < s->n ? last : s->n;
}

/* From i to the next ';' that no bracket holds. */
static void simple(struct splitter *s, enum external_kind kind, unsigned i)
{
    while (i < s->n && punct(s, i) != ';') {
        unsigned p = punct(s, i);
        if (p == '{' || p == '}') break; /* the ';' was forgotten */
        i = p == '(' || p == '[' ? beyond(s, i) : next(s, i);
    }
    kind_set(s, kind, punct(s, i) == ';' ? i + 1 : i);
}

/* `defer` at i begins a statement: no expression has a name before a name or a brace, and nothing calls what an undeclared
 * function gives. */
static bool is_defer_statement(const struct splitter *s, unsigned i)
{
    unsigned before = punct(s, i - 1), keyword = keyword_at(s, i - 1);
    bool starts = before == '{' || before == '}' || before == ';' || before == ')' ||
                  before == ':' || keyword == K_ELSE || keyword == K_DO ||
                  s->tok[i - 1].kind == TOK_DIRECTIVE;
    if (!starts) return false;
    unsigned after = next(s, i), p = punct(s, after);
    if (name_at(s, after) || p == '{') return true;
    if (p == '(') return lex_is_no_call(s->tok, after, s->n);
    return before != ')' && (p == '*' || p == P_INC || p == P_DEC) && name_at(s, next(s, after));
}

/* Where an operand may stand; behind a type or a pointer's star it would be a name that is declared. */
static bool may_be_yield(struct splitter *s, unsigned i)
{
    const struct name *before = name_at(s, i - 1), *after = name_at(s, next(s, i));
    if (before && before->keyword != K_ELSE && before->keyword != K_DO && before->keyword != K_RETURN) return false;
    return punct(s, i - 1) != '*' && !(after && after->keyword == K_FROM);
}

/* A punctuator behind which an operand goes on, and with which none begins. */
static bool follows_operand(unsigned p)
{
    static const unsigned begins[] = {'(', '*', '&', '+', '-', '~', '!', P_INC, P_DEC, P_AND, '{', ';', ')', ':'};
    for (size_t k = 0; k < sizeof begins / sizeof *begins; k++)
        if (p == begins[k]) return false;
    return p != 0;
}

/* `yield` at i is a name that somebody declares or uses. Not so a label, which leaves the word what it is; and what lacks
 * its value is told so: `yield;`, `(yield)`. */
static bool names_yield(struct splitter *s, unsigned i)
{
    unsigned after = next(s, i), p = punct(s, after), before = punct(s, i - 1);
    if (name_at(s, i - 1) && !may_be_yield(s, i)) return name_at(s, after) == NULL;
    if (before == '*') return true;
    return follows_operand(p) || (before == ',' && (p == ';' || p == ')' || p == ':'));
}

/* In the parameters it would be one of them. */
static bool head_has_yield(struct splitter *s, unsigned open)
{
    for (unsigned i = s->x->first; i < open; i++)
        if (s->tok[i].kind == TOK_NAME && s->tok[i].name->keyword == K_YIELD) return true;
    return false;
}

static void body_words(struct splitter *s, struct name *name, unsigned open, unsigned close)
{
    bool yields = false, always = false, is_name = head_has_yield(s, open); /* it is one where it is declared */
    for (unsigned i = open + 1; i < close; i++) {
        const struct token *t = &s->tok[i];
        if (t->kind != TOK_NAME || t->name->keyword < K_ASYNC) continue;
        unsigned keyword = keyword_at(s, i), before = punct(s, i - 1);
        if (before == '.' || before == P_ARROW) continue;
        if (keyword == K_YIELD && names_yield(s, i)) is_name = true;
        else if (keyword == K_YIELD) yields |= punct(s, next(s, i)) != ':' && may_be_yield(s, i);
        else if (keyword == K_YIELD_ALWAYS) always |= may_be_yield(s, i);
        if (keyword == K_BIND && punct(s, next(s, i)) == '(') s->x->has_bind = true;
        if (keyword == K_DEFER_ALWAYS || (keyword == K_DEFER && is_defer_statement(s, i)))
            s->x->has_defer = true;
    }
    if (name && s->x->is_async && (always || (yields && !is_name))) name->yields = true;
}

static void function(struct splitter *s, struct name *name, unsigned open)
{
    unsigned close = s->match[open];
    s->x->body = open;
    kind_set(s, EXT_FUNCTION, close + 1);
    tags_index(s, s->x->first, open);
    body_words(s, name, open, close);
}

static enum implicit_int implicit_kind(const struct splitter *s, const struct declarator *d)
{
    if (s->x->is_typedef || punct(s, d->end) == '[') return IMPLICIT_NONE;
    return d->open ? IMPLICIT_FUNCTION : IMPLICIT_OBJECT;
}

static void declaration(struct splitter *s)
{
    struct specs sp = {.i = at(s, s->x->first)};
    specs_read(s, &sp);
    if (sp.statement) {
        kind_set(s, EXT_OTHER, sp.i);
        return;
    }
    for (unsigned i = sp.i; i < s->n;) {
        struct declarator d = declarator_read(s, i);
        if (!sp.typed && d.name && name_at(s, i)) s->x->implicit_int = implicit_kind(s, &d);
        if (d.name) mention_add(s, d.name, s->x->is_typedef ? MENTION_TYPEDEF : MENTION_OBJECT);
        i = declarator_tail(s, &d);
        if (punct(s, i) == '{') {
            if (d.open && identifier_list(s, d.open) && beyond(s, d.open) == i) s->x->bare_list = d.open;
            function(s, d.name, i);
            return;
        }
        if (punct(s, i) == ',') {
            sp.typed = true;
            s->x->implicit_int = IMPLICIT_NONE; /* of many nobody asks */
            i = beyond_attributes(s, next(s, i));
            continue;
        }
        kind_set(s, EXT_DECLARATION, punct(s, i) == ';' ? i + 1 : i);
        break;
    }
    if (s->x->last <= s->x->first) kind_set(s, EXT_OTHER, s->n);
    tags_index(s, s->x->first, s->x->last);
}

static void external_read(struct splitter *s)
{
    struct external *x = s->x;
    unsigned i = x->first;
    if (s->tok[i].kind == TOK_DIRECTIVE) {
        kind_set(s, EXT_DIRECTIVE, i + 1);
        return;
    }
    unsigned keyword = keyword_at(s, i);
    if (keyword == K_ASM && !follows_declarator(s, next(s, i)))
        simple(s, EXT_OTHER, i);
    else if (keyword == K_ASM && punct(s, next(s, i)) == '(')
        simple(s, EXT_OTHER, i);
    else if (keyword == K_STATIC_ASSERT && punct(s, next(s, i)) == '(')
        simple(s, EXT_DECLARATION, i);
    else if (keyword == K_PRAGMA)
        kind_set(s, EXT_OTHER, beyond_paren(s, i));
    else if (name_at(s, i) || punct(s, i) == '[' || punct(s, i) == '*' || punct(s, i) == '(')
        declaration(s);
    else
        kind_set(s, EXT_OTHER, i + 1);
    if (keyword == K_STATIC_ASSERT) tags_index(s, x->first, x->last);
}

/* Progress is certain: an external that took nothing takes its first token. */
static void external_add(struct splitter *s, unsigned first)
{
    struct unit *u = s->u;
    struct external x = {.index = u->ext.n, .first = first, .last = first};
    while (s->marker < u->markers.n && u->markers.v[s->marker].offset <= s->tok[first].start)
        s->marker++;
    if (s->marker > 0) x.system_header = u->markers.v[s->marker - 1].system_header;
    s->x = &x;
    external_read(s);
    if (x.last <= first) x.last = first + 1;
    x.range = (struct range){s->tok[first].start, s->tok[x.last - 1].end};
    vec_push(&u->arena, &u->ext, x);
}

void unit_split(struct unit *u)
{
    struct splitter s = {.u = u, .tok = u->tok.v, .n = u->tok.n - 1};
    s.match = xmalloc((size_t)u->tok.n * sizeof *s.match);
    brackets_match(&s);
    for (unsigned i = 0; i < s.n; i = u->ext.v[u->ext.n - 1].last)
        external_add(&s, i);
    free(s.match);
    mentions_unring(&u->names);
}
