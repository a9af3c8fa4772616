/* SPDX-License-Identifier: MIT */
/* type_layout.c: sizes, alignments and offsets as the System V ABIs of x86-64 and aarch64 lay
 * things out.
 *
 * Input: types.  Output: bytes; 0 where something is unknown.  They decide (what fits, what sorts
 * first), and where the bound of an array names what its block declares they are written into the
 * frame; else layout is left to the compiler that knows its target.  Bit-fields follow the common rule: a field does
 * not straddle a unit of its declared type unless packed, and lends the struct its type's
 * alignment. */
#include "acc.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- numbers in attributes */

struct cursor {
    struct unit *u;
    const struct node *attr; /* its kids: what the block declares of the names (scope.c) */
    unsigned tok;
    uint32_t end;
    bool bad;
};

static long long attr_binary(struct cursor *c, unsigned least);

static bool at_punct(const struct cursor *c, unsigned punct)
{
    const struct token *t = &c->u->tok.v[c->tok];
    return t->kind == TOK_PUNCT && t->start < c->end && t->punct == punct;
}

/* What the name at hand means; `tag`: the keyword before it, or 0. */
static struct decl *attr_name(struct cursor *c, unsigned tag)
{
    const struct token *t = &c->u->tok.v[c->tok];
    for (unsigned i = 0; i < c->attr->nkids; i++) {
        const struct node *k = c->attr->kid[i];
        if (k->decl && k->flags & NODE_UNEVALUATED && k->name_range.start == t->start) return k->decl;
    }
    return scope_file_lookup(c->u, t->name, tag != 0);
}

/* The words of a type name or of a name, to what ends them. */
static struct type *attr_words(struct cursor *c)
{
    unsigned nlong = 0, tag = 0;
    struct type *t = NULL;
    for (; c->u->tok.v[c->tok].kind == TOK_NAME && c->u->tok.v[c->tok].start < c->end; c->tok++) {
        struct name *n = c->u->tok.v[c->tok].name;
        switch (n->keyword) {
        case K_LONG: nlong++; break;
        case K_CONST:
        case K_VOLATILE: break;
        case K_VOID: t = type_basic(TY_VOID); break;
        case K_BOOL: t = type_basic(TY_BOOL); break;
        case K_INT128: t = type_basic(TY_INT128); break;
        case K_CHAR: t = type_basic(TY_CHAR); break;
        case K_SHORT: t = type_basic(TY_SHORT); break;
        case K_FLOAT: t = type_basic(TY_FLOAT); break;
        case K_DOUBLE: t = type_basic(nlong ? TY_LDOUBLE : TY_DOUBLE); break;
        case K_STRUCT:
        case K_UNION:
        case K_ENUM: tag = n->keyword; break;
        case K_INT:
        case K_UNSIGNED:
        case K_SIGNED:
            if (!t) t = type_basic(TY_INT);
            break;
        default: {
            struct decl *d = attr_name(c, tag);
            t = d && d->kind != DECL_FUNCTION ? type_of_decl(c->u, d) : NULL;
        }
        }
    }
    if (nlong && (!t || t->kind == TY_INT)) t = type_basic(TY_LONG);
    for (; at_punct(c, '*'); c->tok++)
        t = type_pointer(c->u, t ? t : type_basic(TY_VOID));
    return t;
}

/* sizeof (words), _Alignof (words); of a name without parentheses too. */
static long long attr_sizeof(struct cursor *c, unsigned keyword)
{
    bool open = at_punct(c, '(');
    c->tok += open;
    struct type *t = attr_words(c);
    long long v = (long long)(keyword == K_SIZEOF ? type_size(c->u, t) : type_align(c->u, t));
    c->bad |= !v || (open && !at_punct(c, ')'));
    c->tok += open;
    return v;
}

static long long attr_primary(struct cursor *c)
{
    const struct token *t = &c->u->tok.v[c->tok++];
    unsigned keyword = t->kind == TOK_NAME ? t->name->keyword : K_NONE;
    long long v = 0;
    if (t->start >= c->end || c->bad) {
        c->bad = true;
    } else if (t->kind == TOK_NUMBER) {
        struct node n = {.kind = E_NUMBER, .range = {t->start, t->end}};
        c->bad |= !type_literal_value(c->u, &n, &v);
    } else if (t->kind == TOK_PUNCT && t->punct == '(') {
        v = attr_binary(c, 1);
        c->bad |= !at_punct(c, ')');
        c->tok++;
    } else if (keyword == K_SIZEOF || keyword == K_ALIGNOF) {
        v = attr_sizeof(c, keyword);
    } else if (t->kind == TOK_NAME) {
        c->tok--;
        struct decl *d = attr_name(c, 0);
        c->bad |= !d || d->kind != DECL_ENUMERATOR || !type_of_decl(c->u, d);
        v = c->bad ? 0 : d->value;
        c->tok++;
    } else {
        c->bad = true;
    }
    return v;
}

/* How tightly an operator binds, 0: none that is known here. */
static unsigned binding(const struct cursor *c)
{
    static const unsigned short levels[][4] = {
        {'|'}, {'^'}, {'&'}, {P_SHL, P_SHR}, {'+', '-'}, {'*', '/', '%'}};
    for (unsigned i = 0; i < sizeof levels / sizeof *levels; i++)
        for (unsigned k = 0; k < 4 && levels[i][k]; k++)
            if (at_punct(c, levels[i][k])) return i + 1;
    return 0;
}

static long long attr_apply(struct cursor *c, unsigned op, long long v, long long w)
{
    unsigned long long a = (unsigned long long)v, b = (unsigned long long)w;
    if ((op == '/' || op == '%') && (w == 0 || w == -1)) c->bad = true;
    if (c->bad) return 0;
    switch (op) {
    case '|': return (long long)(a | b);
    case '^': return (long long)(a ^ b);
    case '&': return (long long)(a & b);
    case P_SHL: return (long long)(a << (b & 63));
    case P_SHR: return v >> (b & 63);
    case '+': return (long long)(a + b);
    case '-': return (long long)(a - b);
    case '*': return (long long)(a * b);
    case '/': return v / w;
    default: return v % w;
    }
}

static long long attr_binary(struct cursor *c, unsigned least)
{
    long long v = attr_primary(c);
    for (unsigned level; !c->bad && (level = binding(c)) >= least && level;) {
        unsigned op = c->u->tok.v[c->tok++].punct;
        v = attr_apply(c, op, v, attr_binary(c, level + 1));
    }
    return v;
}

bool type_attribute_number(struct unit *u, struct node *attr, struct range args, long long *value)
{
    struct cursor c = {.u = u, .attr = attr, .tok = scope_token(u, args.start), .end = args.end};
    if (args.start >= args.end) return false;
    *value = attr_binary(&c, 1);
    return !c.bad && u->tok.v[c.tok].start >= args.end;
}

/* ---------------------------------------------------------------- alignment asked for */

static const unsigned long unknown_align = ~0UL; /* more than any other */

/* The strictest of a list. */
static unsigned long aligned_attribute(struct unit *u, struct node *attr)
{
    unsigned long most = 0;
    struct node rest = *attr;
    struct range args;
    for (long long v; scope_attribute(u, &rest, "aligned", &args); rest.range.start = args.end + 1) {
        if (args.start == args.end) return most > 16 ? most : 16;
        if (!type_attribute_number(u, attr, args, &v) || v <= 0) return unknown_align;
        if ((unsigned long)v > most) most = (unsigned long)v;
    }
    return most;
}

static unsigned long aligned_among(struct unit *u, struct node *n)
{
    unsigned long most = 0;
    for (unsigned i = 0; n && i < n->nkids; i++) {
        struct node *k = n->kid[i];
        unsigned long a = 0;
        long long v;
        if (!k) continue;
        if (k->kind == N_ATTRIBUTE) a = aligned_attribute(u, k);
        if (k->kind == N_ALIGNAS && node_kid(k, 0)) {
            if (k->kid[0]->kind == N_TYPENAME)
                a = type_align(u, type_of_name(u, k->kid[0]));
            else if (type_expr(u, k->kid[0]) && type_constant(u, k->kid[0], &v))
                a = (unsigned long)v;
            else
                a = unknown_align;
        }
        if (a > most) most = a;
    }
    return most;
}

/* _Alignas and aligned attributes of one declarator. */
static unsigned long declared_align(struct unit *u, struct node *specs, struct node *declarator)
{
    unsigned long most = aligned_among(u, specs);
    for (struct node *d = declarator; d && d->kind != D_NAME; d = node_kid(d, 0)) {
        unsigned long a = scope_has_own_attributes(d) ? aligned_among(u, d) : 0;
        if (a > most) most = a;
    }
    return most;
}

unsigned long type_declared_align(struct unit *u, struct node *specs, struct node *declarator)
{
    unsigned long align = declared_align(u, specs, declarator);
    return align == unknown_align ? 0 : align;
}

bool type_align_is_known(struct unit *u, struct node *specs, struct node *declarator)
{
    return declared_align(u, specs, declarator) != unknown_align;
}

/* Attributes of the tag: outside the braces of its definition, and beside it in the specifiers. */
static void tag_attributes(struct unit *u, struct node *n, bool *packed, unsigned long *align)
{
    unsigned depth = 0;
    for (unsigned i = scope_token(u, n->range.start); u->tok.v[i].start < n->range.end; i++) {
        struct token *t = &u->tok.v[i];
        if (t->kind == TOK_END) break;
        if (t->kind == TOK_PUNCT) depth += (t->punct == '{') - (unsigned)(t->punct == '}');
        bool gnu = t->kind == TOK_NAME && t->name->keyword == K_ATTRIBUTE;
        bool standard = t->kind == TOK_PUNCT && t->punct == '[' && t[1].kind == TOK_PUNCT && t[1].punct == '[';
        if (depth || !(gnu || standard)) continue;
        struct node attr = {.kind = N_ATTRIBUTE, .range = {t->start, n->range.end}, .kid = n->kid, .nkids = n->nkids};
        if (depth == 0 && (n->flags & NODE_DEFINES))
            for (unsigned k = i; u->tok.v[k].start < n->range.end; k++)
                if (u->tok.v[k].kind == TOK_PUNCT && u->tok.v[k].punct == '{') {
                    attr.range.end = u->tok.v[k].start;
                    break;
                }
        *packed |= scope_attribute(u, &attr, "packed", NULL);
        unsigned long a = aligned_attribute(u, &attr);
        if (a > *align) *align = a;
    }
    struct node *specs = n->parent && n->parent->kind == N_SPECS ? n->parent : NULL;
    for (unsigned i = 0; specs && i < specs->nkids; i++) {
        if (specs->kid[i]->kind != N_ATTRIBUTE) continue;
        *packed |= scope_attribute(u, specs->kid[i], "packed", NULL);
        unsigned long a = aligned_attribute(u, specs->kid[i]);
        if (a > *align && specs->kid[i]->range.start > n->range.start) *align = a;
    }
}

/* ---------------------------------------------------------------- #pragma pack */

struct packing {
    unsigned now, kept[32];
    unsigned depth;
};

/* s is behind the word pack: (n), (), (push), (push, n), (pop); a name may follow push and pop. */
static void obey_pack(struct packing *p, const char *s, const char *end)
{
    enum { most = sizeof p->kept / sizeof *p->kept };
    bool push = false, pop = false, number = false;
    unsigned value = 0;
    for (; s < end && *s != ')'; s++) {
        bool begins = *s && strchr("(, \t", s[-1]);
        push |= begins && end - s > 4 && !strncmp(s, "push", 4);
        pop |= begins && end - s > 3 && !strncmp(s, "pop", 3);
        if (!begins || *s < '0' || *s > '9') continue;
        number = true;
        value = (unsigned)strtoul(s, NULL, 0);
    }
    if (push && p->depth < most) p->kept[p->depth++] = p->now;
    if (pop && p->depth) p->now = p->kept[--p->depth];
    if (number || (!push && !pop)) p->now = value;
}

static void read_packs(struct unit *u)
{
    struct packing packing = {0};
    vec_push(&u->arena, &u->packs, ((struct pack){0, 0}));
    for (unsigned i = 0; i < u->tok.n; i++) {
        const struct token *t = &u->tok.v[i];
        const char *s = lex_pragma(u, t);
        if (!s || strncmp(s, "pack", 4) != 0 || !s[4] || !strchr("( \t", s[4])) continue;
        obey_pack(&packing, s + 5, u->text + t->end);
        struct pack pack = {t->end, packing.now};
        vec_push(&u->arena, &u->packs, pack);
    }
}

unsigned type_pack_at(struct unit *u, uint32_t offset)
{
    if (!u->packs.n) read_packs(u);
    unsigned low = 0, high = u->packs.n;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (u->packs.v[mid].offset <= offset)
            low = mid + 1;
        else
            high = mid;
    }
    return u->packs.v[low - 1].most;
}

/* ---------------------------------------------------------------- structs and unions */

struct layout {
    bool is_union, packed, unknown;
    unsigned pack; /* what #pragma pack says, or 0 */
    unsigned long bits; /* used so far */
    unsigned long most; /* largest member of a union, in bits */
    unsigned long align;
};

static unsigned long round_up(unsigned long n, unsigned long to)
{
    return to ? (n + to - 1) / to * to : n;
}

static bool is_packed(struct unit *u, const struct layout *l, const struct member *m)
{
    return l->packed || scope_declared_attribute(u, m->specs, m->declarator, "packed");
}

/* The alignment of a member as its type, what packs it, and what it asks for itself say: #pragma pack limits them all. */
static unsigned long member_align(struct unit *u, struct layout *l, const struct member *m, bool packed)
{
    unsigned long align = packed ? 1 : type_align(u, m->type), asked = declared_align(u, m->specs, m->declarator);
    l->unknown |= asked == unknown_align;
    if (asked != unknown_align && asked > align) align = asked;
    return l->pack && align > l->pack ? l->pack : align;
}

static void place_bitfield(struct unit *u, struct layout *l, struct member *m)
{
    bool packed = is_packed(u, l, m);
    unsigned long unit = type_size(u, m->type) * 8, align = member_align(u, l, m, packed);
    if (!unit) {
        l->unknown = true;
        return;
    }
    if (!m->width) { /* `: 0` */
        l->bits = round_up(l->bits, unit);
        return;
    }
    if (type_declared_align(u, m->specs, m->declarator)) l->bits = round_up(l->bits, align * 8);
    if (!packed && !l->pack && l->bits / unit != (l->bits + m->width - 1) / unit)
        l->bits = round_up(l->bits, unit);
    l->bits += m->width;
    if (m->name && align > l->align) l->align = align;
}

static void place_member(struct unit *u, struct layout *l, struct member *m)
{
    unsigned long size = type_size(u, m->type), align = member_align(u, l, m, is_packed(u, l, m));
    bool flexible = m->type && m->type->kind == TY_ARRAY && m->type->count <= 0 && !m->next;
    if ((!size && !flexible &&
         !(m->type && (m->type->kind == TY_STRUCT || m->type->kind == TY_UNION) &&
           type_is_complete(u, m->type))) ||
        !type_align(u, m->type)) {
        l->unknown = true;
        return;
    }
    l->bits = round_up(l->bits, align * 8);
    m->offset = l->bits / 8;
    m->align = (unsigned)align;
    l->bits += size * 8;
    if (align > l->align) l->align = align;
}

static void lay_out(struct unit *u, struct type *c)
{
    if (c->laid_out) return;
    c->laid_out = true;
    struct node *n = c->tag->node;
    if (!n || !(n->flags & NODE_DEFINES)) return;
    struct layout l = {.is_union = c->kind == TY_UNION, .align = 1, .pack = type_pack_at(u, n->range.end)};
    unsigned long asked = 0;
    tag_attributes(u, n, &l.packed, &asked);
    for (struct member *m = type_members(u, c); m; m = m->next) {
        if (l.is_union) l.bits = 0;
        if (m->bitfield)
            place_bitfield(u, &l, m);
        else
            place_member(u, &l, m);
        if (l.bits > l.most) l.most = l.bits;
    }
    if (asked > l.align) l.align = asked;
    if (l.unknown || asked == unknown_align) return;
    c->align = (unsigned)l.align;
    c->bytes = round_up(round_up(l.is_union ? l.most : l.bits, 8) / 8, l.align);
}

/* ---------------------------------------------------------------- any type */

static unsigned long scalar_size(struct unit *u, struct type *t)
{
    switch (t->kind) {
    case TY_VOID:
    case TY_BOOL:
    case TY_CHAR:
    case TY_SCHAR:
    case TY_UCHAR: return 1;
    case TY_SHORT:
    case TY_USHORT: return 2;
    case TY_INT:
    case TY_UINT:
    case TY_FLOAT: return 4;
    case TY_INT128:
    case TY_UINT128:
    case TY_LDOUBLE: return 16;
    case TY_ENUM: return type_size(u, type_underlying(u, t));
    case TY_BITINT: {
        unsigned long bytes = ((unsigned long)t->count + 7) / 8, size = 1;
        while (size < bytes && size < 8)
            size *= 2;
        return bytes > 8 ? round_up(bytes, 8) : size;
    }
    case TY_FLOATN:
        if (strstr(t->spelling, "16")) return 2;
        if (strstr(t->spelling, "128") || strstr(t->spelling, "64x") || strstr(t->spelling, "80"))
            return 16;
        return strstr(t->spelling, "32x") || strstr(t->spelling, "64") ? 8 : 4;
    default: return 8;
    }
}

static struct type *tag_layout(struct unit *u, struct type *t)
{
    type_members(u, t);
    struct type *c = t->tag->type;
    lay_out(u, c);
    return c;
}

unsigned long type_size(struct unit *u, struct type *t)
{
    if (!t) return 0;
    switch (t->kind) {
    case TY_STRUCT:
    case TY_UNION: return tag_layout(u, t)->bytes;
    case TY_ARRAY: return t->count < 0 ? 0 : (unsigned long)t->count * type_size(u, t->base);
    case TY_VECTOR: {
        unsigned long bytes = (unsigned long)t->count * type_size(u, t->base), size = 1;
        while (size < bytes)
            size *= 2;
        return bytes ? size : 0;
    }
    case TY_COMPLEX: return 2 * type_size(u, t->base);
    case TY_VA_LIST: return 24;
    case TY_FUNCTION: return 1;
    case TY_FLOATN:
        if (!strcmp(t->spelling, "_Float128") || !strcmp(t->spelling, "__float128")) return 16;
        return scalar_size(u, t);
    default: return scalar_size(u, t);
    }
}

unsigned type_align(struct unit *u, struct type *t)
{
    if (!t) return 0;
    unsigned own = 0;
    struct decl *d = t->alias;
    if (d && (d->complete || (d->scope && d->scope->outer)))
        own = (unsigned)type_declared_align(u, d->specs, d->declarator);
    if (own) return own;
    switch (t->kind) {
    case TY_STRUCT:
    case TY_UNION: return tag_layout(u, t)->align;
    case TY_ARRAY:
    case TY_COMPLEX: return type_align(u, t->base);
    case TY_VA_LIST: return 8;
    case TY_FUNCTION: return 1;
    case TY_BITINT: return (unsigned)(type_size(u, t) > 8 ? 8 : type_size(u, t));
    default: return (unsigned)type_size(u, t);
    }
}
