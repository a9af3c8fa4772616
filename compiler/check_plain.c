/* SPDX-License-Identifier: MIT */
/* check_plain.c: the dialect's words where they mean nothing: outside of async functions.
 *
 * Input: the tokens of a declaration or of a plain function, which is not parsed.  Output: errors.
 * Plain C may use the words as names, and then is left alone; so only what no C program can say
 * counts: `await` before a name that is no operator's operand, `async` before a name, both not
 * declared anywhere.  The spellings with underscores are never names. */
#include "acc.h"

#include <string.h>

/* Is the token one of the two spellings of a word? */
static bool is_word(const struct token *t, unsigned keyword, unsigned always)
{
    return t->kind == TOK_NAME && (t->name->keyword == keyword || t->name->keyword == always);
}

static bool is_always(const struct token *t)
{
    return t->name->keyword == K_AWAIT_ALWAYS || t->name->keyword == K_ASYNC_ALWAYS;
}

/* A word behind which an expression may begin. */
static bool precedes_expression(unsigned keyword)
{
    return keyword == K_RETURN || keyword == K_ELSE || keyword == K_DO || keyword == K_CASE ||
           keyword == K_SIZEOF;
}

/* Plain C may use the word as a name: `int await`, `T *await`, `.await`, `await:`, `await(x)`. No C
 * has `await` before a name, unless it is a type. */
static bool awaits(struct unit *u, const struct external *x, unsigned i)
{
    const struct token *t = &u->tok.v[i], *next = t + 1, *before = i > x->first ? t - 1 : NULL;
    if (is_always(t)) return true;
    if (i + 1 >= x->last || next->kind != TOK_NAME) return false;
    if (next->name->keyword != K_NONE && next->name->keyword < K_ASYNC) return false;
    if (before && before->kind == TOK_PUNCT && (before->punct == '.' || before->punct == P_ARROW))
        return false;
    return !before || before->kind != TOK_NAME || precedes_expression(before->name->keyword);
}

/* May the name of an object stand behind it: `int`, `T *`, `struct {...}`? */
static bool ends_type(const struct token *t)
{
    if (t->kind == TOK_NAME) return !precedes_expression(t->name->keyword);
    return t->kind == TOK_PUNCT && (t->punct == '*' || t->punct == '}');
}

/* Does the external declare the word itself? */
static bool declares_word(struct unit *u, const struct external *x, unsigned i)
{
    const struct token *t = &u->tok.v[i], *before = i > x->first ? t - 1 : NULL, *next = t + 1;
    if (is_always(t) || !before || !ends_type(before)) return false;
    return before->kind == TOK_NAME || (next->kind == TOK_PUNCT && next->punct != '(');
}

static void note_function(struct unit *u, const struct external *x)
{
    if (x->kind != EXT_FUNCTION) return;
    for (unsigned i = x->first; i + 1 < x->body; i++) {
        const struct token *t = &u->tok.v[i];
        if (t->kind != TOK_NAME || t->name->keyword || t[1].kind != TOK_PUNCT || t[1].punct != '(')
            continue;
        diag_note(u, (struct range){t->start, t->end}, "'%s' is declared here without 'async'",
                  t->name->s);
        return;
    }
}

/* `await f(...)`: the word, the name behind it, and its parentheses. */
static struct range await_range(struct unit *u, const struct external *x, unsigned i)
{
    struct range r = {u->tok.v[i].start, u->tok.v[i].end};
    if (++i < x->last && u->tok.v[i].kind == TOK_NAME) r.end = u->tok.v[i].end;
    unsigned depth = 0;
    while (++i < x->last && u->tok.v[i].kind != TOK_DIRECTIVE) {
        const struct token *t = &u->tok.v[i];
        if (t->kind == TOK_PUNCT && t->punct == '(') depth++;
        if (!depth) break;
        if (t->kind == TOK_PUNCT && t->punct == ')' && !--depth) r.end = t->end;
        if (!depth) break;
    }
    return r;
}

static bool is_declared(struct unit *u, const char *word)
{
    struct name *n = name_intern(&u->names, word, strlen(word));
    return unit_mention(n, MENTION_OBJECT) || unit_mention(n, MENTION_TYPEDEF) ||
           unit_mention(n, MENTION_ENUMERATOR);
}

static bool check_awaits(struct unit *u, const struct external *x)
{
    unsigned found = 0;
    if (is_declared(u, "await")) return false;
    for (unsigned i = x->first; i < x->last; i++)
        if (is_word(&u->tok.v[i], K_AWAIT, K_AWAIT_ALWAYS) && declares_word(u, x, i)) return false;
    for (unsigned i = x->first; i < x->last; i++) {
        const struct token *t = &u->tok.v[i];
        if (!is_word(t, K_AWAIT, K_AWAIT_ALWAYS) || !awaits(u, x, i)) continue;
        diag_error(u, await_range(u, x, i),
                   x->kind == EXT_FUNCTION ? "'await' outside an async function"
                                           : "'await' outside a function");
        if (!found++) note_function(u, x);
    }
    return found;
}

/* `async` at i is a specifier: a name follows, and it is no tag. */
static bool specifies(struct unit *u, unsigned i)
{
    const struct token *t = &u->tok.v[i], *before = t - 1;
    if (is_always(t)) return true;
    if (t[1].kind != TOK_NAME) return false;
    if (before->kind == TOK_PUNCT) return before->punct != '.' && before->punct != P_ARROW;
    return before->kind != TOK_NAME || lex_role(before->name->keyword) == ROLE_STORAGE ||
           lex_role(before->name->keyword) == ROLE_QUALIFIER;
}

/* `int async;`, `typedef T *async;`, `typedef struct {...} async;`: a name of the function's own. */
static bool names_async(struct unit *u, const struct external *x)
{
    for (unsigned i = x->first + 1; i < x->last; i++) {
        const struct token *t = &u->tok.v[i], *before = t - 1, *next = t + 1;
        if (!is_word(t, K_ASYNC, K_ASYNC) || next->kind != TOK_PUNCT || next->punct == '(') continue;
        if (ends_type(before)) return true;
    }
    return false;
}

void note_async_pointer(struct unit *u, struct range range)
{
    diag_note(u, range, "a pointer to an async function is declared with what that gives: 'future(T) (*f)(...)'");
}

/* `async T (*f)(...)`, also an array of such. */
bool declares_async_pointer(struct node *declarator)
{
    const struct node *name = scope_declarator_name(declarator), *d = name ? name->parent : NULL;
    bool pointer = false;
    for (; d && (d->kind == D_POINTER || d->kind == D_ARRAY || d->kind == D_PAREN || d->kind == D_ATTRIBUTED);
         d = d->parent)
        pointer |= d->kind == D_POINTER;
    return pointer && d && d->kind == D_FUNCTION;
}

/* `(*` stands behind t in the same declaration. */
static bool precedes_pointer(const struct token *t, const struct token *last)
{
    for (; ++t < last && (t->kind == TOK_NAME || t->kind == TOK_PUNCT);) {
        if (t->kind == TOK_NAME || t->punct == '*') continue;
        return t->punct == '(' && t[1].kind == TOK_PUNCT && t[1].punct == '*';
    }
    return false;
}

static void refuse_async(struct unit *u, const struct token *t, const struct token *last, bool in_body)
{
    struct range r = {t->start, t->end};
    if (in_body)
        diag_error(u, r,
                   "'async' in the body of a plain function, which is not translated: declare it "
                   "outside");
    else
        diag_error(u, r, "'async' on a parameter or member, which is no function");
    if (!in_body && precedes_pointer(t, last)) note_async_pointer(u, r);
}

/* A declaration in the body of a plain function, where nobody translates it, or a part of one. */
static bool check_asyncs(struct unit *u, const struct external *x)
{
    unsigned found = 0, depth = 0;
    if (is_declared(u, "async") || names_async(u, x)) return false;
    for (unsigned i = x->first; i < x->last; i++) {
        const struct token *t = &u->tok.v[i];
        bool in_body = x->kind == EXT_FUNCTION && i > x->body;
        if (t->kind == TOK_PUNCT) {
            depth += t->punct == '(' || t->punct == '{';
            depth -= depth && (t->punct == ')' || t->punct == '}');
        }
        if (!depth || !is_word(t, K_ASYNC, K_ASYNC_ALWAYS) || !specifies(u, i)) continue;
        if (check_in_directive(u, t->name)) return false;
        refuse_async(u, t, u->tok.v + x->last, in_body);
        if (!found++ && in_body) note_function(u, x);
    }
    return found;
}

static bool is_attribute(const struct token *t)
{
    return t->kind == TOK_NAME && lex_role(t->name->keyword) == ROLE_ATTRIBUTE;
}

/* A plain function that is read, for its defer or acc_bind; others are passed through as they are. */
static bool check_type(struct unit *u, const struct external *x)
{
    const struct token *t = u->tok.v + x->first, *body = u->tok.v + x->body;
    if (x->implicit_int != IMPLICIT_FUNCTION || !external_has_dialect(x)) return false;
    unsigned attribute = 0; /* parentheses of one */
    for (; t < body && (attribute || t->kind != TOK_NAME || t->name->keyword); t++) {
        attribute += t->kind == TOK_PUNCT && t->punct == '(' && (attribute || (t > u->tok.v && is_attribute(t - 1)));
        attribute -= attribute && t->kind == TOK_PUNCT && t->punct == ')';
    }
    diag_error(u, (struct range){t->start, t->end}, "a function declared without a type, and '%s' stands in its body",
               x->has_defer ? "defer" : "acc_bind");
    return true;
}

bool check_plain(struct unit *u, const struct external *x)
{
    bool awaited = check_awaits(u, x);
    return check_asyncs(u, x) || check_type(u, x) || awaited;
}
