/* SPDX-License-Identifier: MIT */
/* types.c: asks a C compiler whether the type stage is right.
 *
 * types FILE prints the preprocessed C file with every full expression of every function wrapped in
 * a statement expression that begins with assertions about it and its operands: the type of the
 * value (against `1 ? (e) : (e)`, which converts as an operand is converted), the type of what an
 * lvalue designates, and the value of a constant.  If the result compiles, each of them is what the
 * compiler says.  Counts go to standard error.  A file named - is standard input. */
#include "acc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct oracle {
    struct unit *u;
    struct buf out;
    uint32_t at; /* text before it was written */
    unsigned expressions, asserted, unknown;
};

static void text_read(const char *path, struct buf *b)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(2);
    }
    char part[1 << 16];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        buf_write(b, part, n);
    buf_puts(b, "");
    fclose(f);
}

static void copy_until(struct oracle *o, uint32_t to)
{
    if (to <= o->at) return;
    buf_write(&o->out, o->u->text + o->at, to - o->at);
    o->at = to;
}

/* The tokens of a range on one line. */
static void flat_text(struct unit *u, struct buf *b, struct range r)
{
    for (unsigned i = scope_token(u, r.start); u->tok.v[i].start < r.end; i++) {
        struct token *t = &u->tok.v[i];
        if (t->kind == TOK_END) break;
        if (t->kind == TOK_DIRECTIVE) continue;
        buf_putc(b, ' ');
        buf_write(b, u->text + t->start, t->end - t->start);
    }
}

/* ---------------------------------------------------------------- assertions */

static void assert_end(struct oracle *o, struct buf *b, const char *what, struct node *e)
{
    struct place p = source_marked(o->u, e->range.start);
    buf_printf(b, ",\"%s of %s at %u:%u\");\n", what, node_kind_name[e->kind], p.line, p.col);
    o->asserted++;
}

static void assert_value(struct oracle *o, struct buf *b, struct node *e, const char *text)
{
    struct buf type = {0};
    /* gcc qualifies the type of a function by its attributes const and noreturn. */
    bool function = e->kind == E_IDENT && e->decl && e->decl->kind == DECL_FUNCTION;
    if (!function && type_print(o->u, &type, type_promoted(o->u, e), NULL, false)) {
        buf_printf(b, "_Static_assert(__builtin_types_compatible_p(__typeof__(1?(%s):(%s)),%s)",
                   text, text, type.s);
        assert_end(o, b, "value", e);
    }
    buf_free(&type);
}

static void assert_lvalue(struct oracle *o, struct buf *b, struct node *e, const char *text)
{
    struct buf type = {0};
    bool shown =
        (e->flags & NODE_LVALUE) && !(e->flags & NODE_BITFIELD) && e->type->kind != TY_VA_LIST;
    if (shown && type_print(o->u, &type, type_pointer(o->u, e->type), NULL, false)) {
        buf_printf(b, "_Static_assert(__builtin_types_compatible_p(__typeof__(%s)*,%s)", text,
                   type.s);
        assert_end(o, b, "lvalue", e);
    }
    buf_free(&type);
}

static void assert_constant(struct oracle *o, struct buf *b, struct node *e, const char *text)
{
    long long v;
    if (!(e->flags & NODE_CONSTANT) || !type_is_integer(e->type) || !type_constant(o->u, e, &v))
        return;
    buf_printf(b, "_Static_assert((%s)==(__typeof__(%s))%lluULL", text, text,
               (unsigned long long)v);
    assert_end(o, b, "constant", e);
}

static bool is_builtin(const struct node *e)
{
    return e->kind == E_IDENT && e->name && !strncmp(e->name->s, "__", 2);
}

static void assert_one(struct oracle *o, struct buf *b, struct node *e)
{
    struct buf text = {0};
    o->expressions++;
    if (!e->type) {
        o->unknown += !is_builtin(e);
        return;
    }
    flat_text(o->u, &text, e->range);
    assert_value(o, b, e, text.s);
    assert_lvalue(o, b, e, text.s);
    assert_constant(o, b, e, text.s);
    buf_free(&text);
}

static void assert_all(struct oracle *o, struct buf *b, struct node *n)
{
    if (!n || n->kind == N_TYPENAME || n->kind == N_TYPEOF) return;
    bool list = n->kind == E_INIT || n->kind == E_DESIGNATED;
    if (n->kind <= E_BIND && !list) assert_one(o, b, n);
    for (unsigned i = 0; n->kind != E_STMT && i < n->nkids; i++)
        assert_all(o, b, n->kid[i]);
}

/* ---------------------------------------------------------------- full expressions */

static bool initialises_local(const struct node *init_declarator)
{
    struct node *name = scope_declarator_name(node_kid(init_declarator, 0));
    const struct decl *d = name ? name->decl : NULL;
    return d && d->kind == DECL_VAR && d->fn &&
           (d->storage == STORAGE_AUTO || d->storage == STORAGE_REGISTER);
}

static bool is_full(const struct node *n)
{
    const struct node *p = n->parent;
    if (!p || n->kind >= E_INIT || n->kind == E_STRING || n->kind == E_PAREN) return false;
    while (p && (p->kind == E_INIT || p->kind == E_DESIGNATED)) {
        if (p->kind == E_DESIGNATED && node_kid(p, 0) != n) return false;
        n = p;
        p = p->parent;
    }
    switch (p ? p->kind : N_FUNCTION) {
    case S_EXPR:
    case S_IF:
    case S_WHILE:
    case S_DO:
    case S_FOR:
    case S_SWITCH:
    case S_RETURN:
    case S_GOTO_COMPUTED: return true;
    case N_INIT_DECLARATOR: return node_kid(p, 1) == n && initialises_local(p);
    default: return false;
    }
}

static void walk(struct oracle *o, struct node *n)
{
    if (!n) return;
    if (!is_full(n)) {
        for (unsigned i = 0; i < n->nkids; i++)
            walk(o, n->kid[i]);
        return;
    }
    struct buf asserts = {0};
    copy_until(o, n->range.start);
    assert_all(o, &asserts, n);
    buf_puts(&o->out, "(__extension__({");
    if (asserts.len) buf_write(&o->out, asserts.s, asserts.len);
    copy_until(o, n->range.end);
    buf_puts(&o->out, ";}))");
    buf_free(&asserts);
}

static void function(struct oracle *o, struct external *x)
{
    struct unit *u = o->u;
    struct fn *fn = NEW(&u->arena, struct fn);
    if (!parse_external(u, x, true)) return;
    fn->unit = u;
    fn->ext = x;
    fn->node = x->node;
    if (!scope_function(u, fn)) return;
    type_function(u, fn);
    /* The assertions stand where the function's own types are known. */
    for (unsigned i = 0; i < fn->types.n; i++)
        if (fn->types.v[i]->name) fn->types.v[i]->emitted = fn->types.v[i]->name->s;
    walk(o, fn->body);
}

int main(int argc, char **argv)
{
    struct buf text = {0};
    struct options opt = {.input = argv[argc - 1], .no_cpp = true};
    struct diagnostics diag = {.limit = 20};
    struct unit u = {.opt = &opt, .diag = &diag, .path = argv[argc - 1]};
    struct oracle o = {.u = &u};
    if (argc != 2) return 2;
    text_read(argv[1], &text);
    u.text = text.s;
    u.len = (uint32_t)text.len;
    u.names.arena = &u.arena;
    source_markers(&u);
    lex_unit(&u);
    unit_split(&u);
    for (unsigned i = 0; i < u.ext.n; i++)
        if (u.ext.v[i].kind == EXT_FUNCTION && !u.ext.v[i].system_header) function(&o, &u.ext.v[i]);
    copy_until(&o, u.len);
    if (o.out.len) fwrite(o.out.s, 1, o.out.len, stdout);
    if (diag.out.len) fwrite(diag.out.s, 1, diag.out.len, stderr);
    fprintf(stderr, "%u expressions, %u assertions, %u unknown, %u errors\n", o.expressions,
            o.asserted, o.unknown, diag.errors);
    buf_free(&o.out);
    buf_free(&diag.out);
    buf_free(&text);
    names_free(&u.names);
    arena_free(&u.arena);
    return diag.errors ? 1 : 0;
}
