/* SPDX-License-Identifier: MIT */
/* dump_ast.c: the AST as text, for --dump=ast.
 *
 * Input: a node of any pass after ast.c.  Output: one line a node, kids indented under it:
 *
 *     [role: ]kind [operator] ['name'] [text of a leaf] [{flags}] <line:col-line:col>
 *
 * Roles are those that NODE_KINDS gives where a node has kids of more than one; kids that are
 * absent have no line. The end is exclusive. The text depends on the source alone, not on earlier
 * passes: only flags that ast.c sets are shown. Walks with a stack of its own, as deep trees are
 * the parser's to refuse. */
#include "ast.h"

#include <stdlib.h>
#include <string.h>

void dump_ast(struct unit *u, struct node *root, struct buf *out);

static const struct {
    unsigned flag;
    const char *name;
} flag_names[] = {
    {NODE_DEFINES, "defines"}, {NODE_VARIADIC, "variadic"}, {NODE_KR, "k&r"},
    {NODE_STATIC, "static"},   {NODE_STAR, "star"},         {NODE_OUT, "out"},
    {NODE_INOUT, "inout"},     {NODE_HAS_AWAIT, "awaits"},  {NODE_PROTO_VOID, "void"},
};

static void put_range(struct unit *u, struct range r, struct buf *out)
{
    struct place from = source_marked(u, r.start), to = source_marked(u, r.end);
    buf_printf(out, " <%u:%u-%u:%u>", from.line, from.col, to.line, to.col);
}

/* The user's text with runs of white space as one blank. */
static void put_text(struct unit *u, struct range r, struct buf *out)
{
    bool blank = false;
    buf_putc(out, ' ');
    for (uint32_t i = r.start; i < r.end; i++) {
        char c = u->text[i];
        bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
        if (!space && blank) buf_putc(out, ' ');
        if (!space) buf_putc(out, c);
        blank = space;
    }
}

static const char *word_spelling(unsigned keyword)
{
    switch (keyword) {
    case K_REAL: return "__real__";
    case K_IMAG: return "__imag__";
    case K_EXTENSION: return "__extension__";
    case K_SIZEOF: return "sizeof";
    case K_ALIGNOF: return "_Alignof";
    case K_FROM: return "from";
    case K_GOTO: return "goto";
    case K_AWAIT: return "await";
    case K_STRUCT: return "struct";
    case K_UNION: return "union";
    case K_TYPEOF: return "typeof";
    case K_TYPEOF_UNQUAL: return "typeof_unqual";
    default: return NULL;
    }
}

/* Operators are punctuators or keywords, whose numbers overlap: the kind says which. */
static void put_op(struct node *n, struct buf *out)
{
    const char *s;
    switch (n->kind) {
    case E_CONST:
    case N_ENUM:
    case N_KEYWORD:
    case N_ATTRIBUTE: return; /* the name or the text says it */
    case E_MEMBER:
    case E_POSTFIX:
    case E_PREFIX:
    case E_BINARY:
    case E_LOGICAL:
    case E_ASSIGN: s = ast_punct_spelling(n->op); break;
    case E_UNARY: s = n->op >= K_EXTENSION && n->op <= K_IMAG ? word_spelling(n->op) : NULL; break;
    default: s = word_spelling(n->op); break;
    }
    if (s)
        buf_printf(out, " %s", s);
    else if (n->op)
        buf_printf(out, " %c", (char)n->op);
}

static bool shows_text(enum node_kind k)
{
    switch (k) {
    case E_NUMBER:
    case E_CHAR:
    case E_STRING:
    case N_KEYWORD:
    case N_ATTRIBUTE: return true;
    default: return false;
    }
}

static void put_flags(struct node *n, struct buf *out)
{
    const char *before = " {";
    for (size_t i = 0; i < sizeof flag_names / sizeof *flag_names; i++) {
        if (!(n->flags & flag_names[i].flag)) continue;
        buf_printf(out, "%s%s", before, flag_names[i].name);
        before = " ";
    }
    if (*before == ' ' && !before[1]) buf_putc(out, '}');
}

/* The role of kid i where its parent has several: the word of the list, without its mark. */
static void put_role(struct node *parent, unsigned i, struct buf *out)
{
    const char *roles = parent ? node_kid_roles[parent->kind] : "";
    size_t len;
    if (!strchr(roles, ' ')) return;
    while (i-- && *roles) {
        roles += strcspn(roles, " ");
        if (*roles) roles++;
    }
    len = strcspn(roles, " ?*");
    if (!len || roles[len] == '*') return;
    buf_write(out, roles, len);
    buf_puts(out, ": ");
}

static void put_node(struct unit *u, struct node *n, struct buf *out)
{
    buf_puts(out, node_kind_name[n->kind]);
    put_op(n, out);
    if (n->name) buf_printf(out, " '%s'", n->name->s);
    if (shows_text(n->kind)) put_text(u, n->range, out);
    put_flags(n, out);
    put_range(u, n->range, out);
    buf_putc(out, '\n');
}

struct step_down {
    struct node *node, *parent;
    unsigned index, depth;
};

void dump_ast(struct unit *u, struct node *root, struct buf *out)
{
    size_t n = 0, cap = 64;
    struct step_down *stack = xmalloc(cap * sizeof *stack);
    if (root) stack[n++] = (struct step_down){root, NULL, 0, 0};
    while (n) {
        struct step_down at = stack[--n];
        for (unsigned i = 0; i < at.depth; i++)
            buf_puts(out, "  ");
        put_role(at.parent, at.index, out);
        put_node(u, at.node, out);
        if (n + at.node->nkids > cap) {
            cap = (n + at.node->nkids) * 2;
            stack = xrealloc(stack, cap * sizeof *stack);
        }
        for (unsigned i = at.node->nkids; i-- > 0;)
            if (at.node->kid[i])
                stack[n++] = (struct step_down){at.node->kid[i], at.node, i, at.depth + 1};
    }
    free(stack);
}
