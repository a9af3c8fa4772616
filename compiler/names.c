/* SPDX-License-Identifier: MIT */
/* names.c: which identifiers are types: the lexer hack (C11 6.7.8, 6.2.1) as a pass of its own.
 *
 * Needs u->tok and unit_split.  Input: the tokens of one external; output: a class for each of
 * them, so that the parser has nothing to guess.  A name in the place of an ordinary identifier is
 * a type exactly if the innermost declaration in sight is a typedef; so this reads declarations, to
 * know what they declare and where that ends, and of expressions only the brackets and the places
 * that are no ordinary identifier's: members, labels, tags, designators.
 *
 * The words of the dialect are keywords where nothing in sight declares them: `await` and `yield`
 * wherever an operand may stand, `from` after yield, `defer`, `try`, `throw` and `with` where a
 * statement begins, `catch` after try's block, `cancel` after catch, `async` and `generator` among
 * specifiers. Without `dialect` only `defer` is one, where a statement begins and no '(' follows.
 * In text that was never preprocessed a name that nothing declares is a type where nothing else can
 * stand.
 *
 * Any tokens are accepted; what is no C gets some class. Recursion is bounded by DEPTH_MAX: below
 * that the rest is classed by file scope alone. Leaves every name->local at 0. */
#include "names.h"

#include <stdlib.h>

static void statement(struct classifier *c);

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
            if (is_identifier_at(c, c->i) && punct_at(c, after(c, c->i)) == ':')
                take(c, CLASS_NAME);
            names_expression(c, STOP_COMMA);
            if (!keep_if(c, ',') && punct(c) != '}' && (c->i == start || punct(c) != '{')) keep(c);
        }
        keep_if(c, '}');
    }
    leave(c);
}

/* Of a parenthesis or argument at i: also a lone unknown name that is cast to, or `name *)`. */
static bool type_name_at(const struct classifier *c, unsigned i)
{
    if (names_type_at(c, i)) return true;
    const struct name *n = name_at(c, i);
    if (!n || n->keyword || is_declared(c, n) || c->before == c->last) return false;
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

static void type_name(struct classifier *c)
{
    names_specs(c);
    names_declarator(c, DECLARES_NOTHING, true);
}

/* A type name or an expression, to the ',' or what closes. */
static void argument(struct classifier *c, unsigned stops)
{
    bool type = type_name_at(c, c->i);
    if (type && is_identifier_at(c, c->i) && !keyword(c) && !word_at(c, c->i) &&
        !is_declared(c, name_at(c, c->i)) && !name_at(c, after(c, c->i)))
        take(c, CLASS_TYPE); /* a type that nothing declares */
    if (type) type_name(c);
    c->type_paren = type && punct(c) == ')';
    bool whole = c->type_paren;
    names_expression(c, stops);
    c->type_paren = whole;
}

/* ( ... ): an expression, arguments, a type name, or a statement expression. */
void names_parenthesis(struct classifier *c)
{
    if (!enter(c)) {
        leave(c);
        return;
    }
    keep(c);
    bool type = false;
    unsigned count = 0;
    if (punct(c) == '{') {
        names_block(c);
        names_expression(c, 0);
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
        names_expression(c, STOP_COMMA);
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
    names_expression(c, 0);
    keep_if(c, ')');
    leave(c);
}

static void expression_keyword(struct classifier *c, unsigned kw)
{
    if (lex_role(kw) == ROLE_TAG) {
        names_tag(c);
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
        names_expression(c, 0);
        keep_if(c, ']');
    }
    leave(c);
}

/* A '{' in an expression: after a type it is a compound literal's, after '=' or where an operand
 * begins an initialiser's. Else the expression ended. */
static bool is_initialiser(const struct classifier *c, unsigned start)
{
    return c->i == start || punct_at(c, c->before) == '=' ||
           (punct_at(c, c->before) == ')' && c->type_paren);
}

/* To a ';', to a closing bracket that is not its own, or to what `stops` says; that is not taken.
 */
void names_expression(struct classifier *c, unsigned stops)
{
    unsigned questions = 0, start = c->i;
    while (!at_end(c)) {
        switch (punct(c)) {
        case ';':
        case ')':
        case ']':
        case '}': return;
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
        case '(': names_parenthesis(c); break;
        case '[': subscript(c); break;
        case '{':
            if (!is_initialiser(c, start) || (stops & STOP_STATEMENT && c->i == start)) return;
            initialiser_list(c);
            break;
        case '.':
        case P_ARROW:
        case P_AND: expression_member(c); break;
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
    if (names_type_at(c, c->i) || names_attribute_at(c, c->i)) {
        names_declaration(c); /* with its ';' */
    } else {
        names_expression(c, 0);
        keep_if(c, ';');
    }
    if (!keep_if(c, ':')) {
        names_expression(c, 0);
        keep_if(c, ';');
    }
    names_expression(c, 0);
    keep_if(c, ')');
}

static bool is_spelt(const struct classifier *c, unsigned i, unsigned word)
{
    return name_at(c, i) && name_at(c, i)->keyword == word;
}

/* Where the program declares `catch`, a call of it can stand behind a handler, but not behind the block. */
static bool is_handler(const struct classifier *c, bool first)
{
    unsigned i = after(c, c->i);
    if (!is_spelt(c, c->i, K_CATCH)) return false;
    if (first || word_at(c, c->i) == K_CATCH || is_spelt(c, i, K_CANCEL)) return true;
    return punct_at(c, i) == '(' && names_type_at(c, after(c, i));
}

/* `catch (int err) {}` or `catch cancel {}`, after try's block. */
static void handlers(struct classifier *c)
{
    for (bool first = true; is_handler(c, first); first = false) {
        unsigned mark = scope_open(c);
        keep(c);
        if (is_spelt(c, c->i, K_CANCEL)) {
            keep(c);
        } else if (keep_if(c, '(')) {
            names_parameter(c);
            keep_if(c, ')');
        }
        if (punct(c) == '{') names_block(c);
        scope_close(c, mark);
    }
}

static void to_semicolon(struct classifier *c)
{
    names_expression(c, 0);
    keep_if(c, ';');
}

static bool is_plain_defer(const struct classifier *c)
{
    unsigned i = after(c, c->i), p = punct_at(c, i);
    if (p == '(') return lex_is_no_call(c->tok, i, c->last);
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
        if (punct(c) == '{') names_block(c);
        handlers(c);
        return PART_DONE;
    case K_CATCH: handlers(c); return PART_DONE;
    case K_THROW:
        keep(c);
        to_semicolon(c);
        return PART_DONE;
    case K_WITH:
        keep(c);
        if (punct(c) == '(') names_parenthesis(c);
        return PART_BODY;
    default: return PART_NONE;
    }
}

/* Before more of the statement that it is a part of: a block of its own (C11 6.8.4p3, 6.8.5p5). */
static void substatement(struct classifier *c)
{
    unsigned mark = scope_open(c);
    statement(c);
    scope_close(c, mark);
}

static void do_statement(struct classifier *c)
{
    keep(c);
    substatement(c);
    if (keyword(c) != K_WHILE) return;
    keep(c);
    if (punct(c) == '(') names_parenthesis(c);
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
        names_expression(c, STOP_COLON);
        return keep_if(c, ':') ? PART_BODY : PART_DONE;
    case K_DEFAULT: keep(c); return keep_if(c, ':') ? PART_BODY : PART_DONE;
    case K_IF:
        keep(c);
        if (punct(c) == '(') names_parenthesis(c);
        substatement(c);
        if (keyword(c) != K_ELSE) return PART_DONE;
        keep(c);
        return PART_BODY;
    case K_WHILE:
    case K_SWITCH:
        keep(c);
        if (punct(c) == '(') names_parenthesis(c);
        return PART_BODY;
    case K_FOR: for_head(c); return PART_BODY;
    case K_DO: do_statement(c); return PART_DONE;
    case K_GOTO:
    case K_LABEL: label_names(c); return PART_DONE;
    case K_ASM:
        names_assembly(c);
        to_semicolon(c);
        return PART_DONE;
    case K_RETURN:
    case K_BREAK:
    case K_CONTINUE:
    case K_STATIC_ASSERT: to_semicolon(c); return PART_DONE;
    case K_ELSE: keep(c); return PART_BODY; /* one that lost its if */
    default: return PART_NONE;
    }
}

static enum part statement_part(struct classifier *c)
{
    unsigned start = c->i;
    if (names_attribute_at(c, c->i)) {
        names_attributes(c);
        return PART_BODY;
    }
    if (punct(c) == '{') {
        names_block(c);
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
    if (names_type_at(c, c->i)) {
        names_declaration(c);
        return PART_DONE;
    }
    names_expression(c, STOP_STATEMENT);
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

void names_block(struct classifier *c)
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

/* Index of the external that holds token i. */
static unsigned external_of(const struct unit *u, unsigned i)
{
    unsigned low = 0, high = u->ext.n;
    while (high - low > 1) {
        unsigned mid = low + (high - low) / 2;
        if (u->ext.v[mid].first <= i)
            low = mid;
        else
            high = mid;
    }
    return low;
}

void names_classify(struct unit *u, unsigned first, unsigned last, bool dialect, unsigned char *cls)
{
    struct classifier c = {.tok = u->tok.v,
                           .cls = cls,
                           .first = first,
                           .last = last,
                           .i = first,
                           .before = last,
                           .ext = external_of(u, first),
                           .dialect = dialect};
    blanks_pass(&c);
    while (!at_end(&c)) {
        unsigned start = c.i;
        if (keyword(&c) == K_ASM)
            names_assembly(&c);
        else if (keyword(&c) == K_STATIC_ASSERT)
            to_semicolon(&c);
        else
            names_declaration(&c);
        if (c.i == start) take(&c, class_plain(&c, c.i));
    }
    free(c.local);
    free(c.param);
}
