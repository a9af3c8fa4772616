/* SPDX-License-Identifier: MIT */
/* scope.c: which declaration each name means (C11 6.2.1 to 6.2.3).
 *
 * Input: the AST of a function, and the index of what file scope declares.  Output: node->decl of
 * every use and declaration, node->scope of what opens a scope, fn->params, locals, scopes, types,
 * labels.
 *
 * One walk in the order of the text; the scope of a name begins behind its own declarator, of a tag
 * where it appears, of an enumerator behind its value.  File scope is read on demand: a name is
 * looked for in the index, and each external that mentions it is parsed and bound once (C's headers
 * declare thousands of names of which a function uses ten).  Names in such an external get a
 * declaration that is not complete yet (decl->complete): who wants to know its type calls
 * scope_complete, so chains of headers stay unread.
 *
 * Invariant: what cannot be resolved has decl NULL and is no error here. */
#include "acc.h"

#include <assert.h>
#include <string.h>

enum name_space { SPACE_ORDINARY, SPACE_TAG, SPACE_LABEL };

struct decl_table {
    struct decl **slot; /* open addressing, a power of two */
    unsigned cap, n;
};

struct walk {
    struct unit *u;
    struct fn *fn;            /* whose locals these are; NULL: an external or a nested function */
    struct fn *owner;         /* in whose body this stands, nested functions included */
    struct scope *scope;      /* innermost */
    struct scope *label_home; /* where labels without __label__ live */
    struct external *ext;     /* file scope: what is bound */
    bool unevaluated;
};

static void bind(struct walk *w, struct node *n);
static void bind_function_head(struct walk *w, struct node *n);

/* ---------------------------------------------------------------- tables */

static enum name_space space_of(const struct decl *d)
{
    return d->kind == DECL_TAG ? SPACE_TAG : d->kind == DECL_LABEL ? SPACE_LABEL : SPACE_ORDINARY;
}

static unsigned table_slot(const struct decl_table *t, const struct name *n, enum name_space space)
{
    unsigned i = (n->hash + (unsigned)space * 0x9e3779b9u) & (t->cap - 1);
    while (t->slot[i] && (t->slot[i]->name != n || space_of(t->slot[i]) != space))
        i = (i + 1) & (t->cap - 1);
    return i;
}

static struct decl *scope_find(const struct scope *s, const struct name *n, enum name_space space)
{
    return s->table && n ? s->table->slot[table_slot(s->table, n, space)] : NULL;
}

static void table_grow(struct unit *u, struct decl_table *t)
{
    struct decl_table old = *t;
    t->cap = old.cap ? old.cap * 2 : 8;
    t->slot = NEWN(&u->arena, struct decl *, t->cap);
    for (unsigned i = 0; i < old.cap; i++)
        if (old.slot[i])
            t->slot[table_slot(t, old.slot[i]->name, space_of(old.slot[i]))] = old.slot[i];
}

static void scope_add(struct unit *u, struct scope *s, struct decl *d)
{
    d->scope = s;
    vec_push(&u->arena, &s->decls, d);
    if (!d->name) return;
    if (!s->table) s->table = NEW(&u->arena, struct decl_table);
    if ((s->table->n + 1) * 4 > s->table->cap * 3) table_grow(u, s->table);
    unsigned i = table_slot(s->table, d->name, space_of(d));
    s->table->n += !s->table->slot[i];
    s->table->slot[i] = d;
}

static struct scope *file_scope(struct unit *u)
{
    if (!u->file_scope) u->file_scope = NEW(&u->arena, struct scope);
    return u->file_scope;
}

static struct scope *scope_open(struct walk *w, struct node *opener)
{
    struct scope *s = NEW(&w->u->arena, struct scope);
    s->outer = w->scope;
    s->node = opener;
    s->fn = w->owner;
    s->depth = w->scope->depth + 1;
    if (w->owner) vec_push(&w->u->arena, &w->owner->scopes, s);
    opener->scope = s;
    w->scope = s;
    return s;
}

static void scope_close(struct walk *w)
{
    w->scope = w->scope->outer;
}

/* ---------------------------------------------------------------- tokens, declarators */

unsigned scope_token(struct unit *u, uint32_t offset)
{
    unsigned low = 0, high = u->tok.n ? u->tok.n - 1 : 0;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (u->tok.v[mid].start < offset)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct node *declarator_inner(struct node *d)
{
    return d && d->kind != D_NAME ? node_kid(d, 0) : NULL;
}

struct node *scope_declarator_name(struct node *d)
{
    while (d && d->kind != D_NAME)
        d = declarator_inner(d);
    return d;
}

/* ---------------------------------------------------------------- what a declaration declares */

static bool specs_have(const struct node *specs, unsigned keyword)
{
    for (unsigned i = 0; specs && i < specs->nkids; i++)
        if (specs->kid[i]->kind == N_KEYWORD && specs->kid[i]->op == keyword) return true;
    return false;
}

static enum storage storage_of(const struct node *specs)
{
    if (specs_have(specs, K_TYPEDEF)) return STORAGE_TYPEDEF;
    if (specs_have(specs, K_THREAD_LOCAL)) return STORAGE_THREAD;
    if (specs_have(specs, K_STATIC)) return STORAGE_STATIC;
    if (specs_have(specs, K_EXTERN)) return STORAGE_EXTERN;
    return specs_have(specs, K_REGISTER) ? STORAGE_REGISTER : STORAGE_AUTO;
}

/* Does the declarator derive a function from its specifiers' type, or (no derivation) repeat theirs? */
static bool declares_function(struct unit *u, const struct node *specs, struct node *d)
{
    struct node *last = NULL; /* the derivation next to the name is the declared type */
    for (; d && d->kind != D_NAME; d = declarator_inner(d))
        if (d->kind == D_POINTER || d->kind == D_ARRAY || d->kind == D_FUNCTION) last = d;
    if (last) return last->kind == D_FUNCTION;
    for (unsigned i = 0; specs && i < specs->nkids; i++) {
        struct decl *t = specs->kid[i]->kind == N_TYPEDEF_NAME ? specs->kid[i]->decl : NULL;
        if (!t) continue;
        if (!t->scope || !t->scope->outer) scope_complete(u, t);
        return t->declarator && declares_function(u, t->specs, t->declarator);
    }
    return false;
}

/* What the declaration says of d itself; merged into what others said before. */
static void decl_describe(struct unit *u, struct decl *d, struct node *specs, struct node *declarator)
{
    d->is_async |= d->kind == DECL_FUNCTION && specs_say_async(specs);
    d->is_inline |= specs_have(specs, K_INLINE);
    d->is_static |= specs_have(specs, K_STATIC);
    d->is_register |= specs_have(specs, K_REGISTER);
    d->is_constexpr |= specs_have(specs, K_CONSTEXPR);
    d->is_weak |= scope_declared_attribute(u, specs, declarator, "weak") != NULL;
    d->is_noreturn |= specs_have(specs, K_NORETURN) || scope_declared_attribute(u, specs, declarator, "noreturn");
    static const char *const keeps[] = {"unused", "used", "maybe_unused", "retain"};
    for (unsigned i = 0; d->kind == DECL_FUNCTION && i < sizeof keeps / sizeof *keeps; i++)
        d->is_kept |= scope_declared_attribute(u, specs, declarator, keeps[i]) != NULL;
    if (!d->cleanup) d->cleanup = scope_declared_attribute(u, specs, declarator, "cleanup");
    if (scope_declared_attribute(u, specs, declarator, "aligned")) d->aligned = true;
    for (unsigned i = 0; specs && i < specs->nkids; i++)
        d->aligned |= specs->kid[i]->kind == N_ALIGNAS;
}

/* An anonymous struct, union or enum among the specifiers of `typedef ... name` is known by that name. */
static void name_anonymous_tag(struct node *specs, struct decl *d)
{
    for (unsigned i = 0; specs && i < specs->nkids; i++) {
        struct node *s = specs->kid[i];
        if ((s->kind == N_STRUCT || s->kind == N_ENUM) && !s->name && s->decl &&
            !s->decl->named_by && d->declarator && d->declarator->kind == D_NAME)
            s->decl->named_by = d;
    }
}

/* ---------------------------------------------------------------- file scope */

static enum decl_kind kind_of_mention(enum mention_kind k)
{
    return k == MENTION_TYPEDEF      ? DECL_TYPEDEF
           : k == MENTION_ENUMERATOR ? DECL_ENUMERATOR
                                     : DECL_VAR;
}

/* The file-scope declaration of a name as far as the index knows it; nothing is read. */
static struct decl *file_stub(struct unit *u, struct name *n, enum name_space space)
{
    struct scope *s = file_scope(u);
    struct decl *d = scope_find(s, n, space);
    if (d || !n) return d;
    for (const struct mention *m = n->mentions; m; m = m->next) {
        bool tag = m->kind == MENTION_TAG || m->kind == MENTION_TAG_DEF;
        if (tag != (space == SPACE_TAG)) continue;
        d = NEW(&u->arena, struct decl);
        d->name = n;
        d->kind = tag ? DECL_TAG : kind_of_mention(m->kind);
        scope_add(u, s, d);
        return d;
    }
    return NULL;
}

static struct decl *file_declare(struct unit *u, struct name *n, enum decl_kind kind)
{
    struct decl *d = n ? file_stub(u, n, kind == DECL_TAG ? SPACE_TAG : SPACE_ORDINARY) : NULL;
    if (!d) {
        d = NEW(&u->arena, struct decl);
        d->name = n;
        d->kind = kind;
        scope_add(u, file_scope(u), d);
    }
    return d;
}

static bool is_prototype(const struct node *func)
{
    return func && !(func->flags & NODE_KR) &&
           (func->nkids > 1 || (func->flags & (NODE_PROTO_VOID | NODE_VARIADIC)));
}

/* The D_FUNCTION that holds the parameters of the function a declarator declares. */
static struct node *function_declarator(struct node *d)
{
    struct node *func = NULL;
    for (; d && d->kind != D_NAME; d = declarator_inner(d))
        if (d->kind == D_POINTER || d->kind == D_ARRAY || d->kind == D_FUNCTION) func = d;
    return func && func->kind == D_FUNCTION ? func : NULL;
}

/* Does the new declaration say more of the type than the one d has? */
static bool says_more(const struct decl *d, struct node *declarator, struct node *init,
                      bool defines)
{
    if (!d->node) return true;
    if (d->kind == DECL_FUNCTION) {
        bool had = is_prototype(function_declarator(d->declarator));
        bool has = is_prototype(function_declarator(declarator));
        return had != has ? has : defines;
    }
    if (d->init) return false;
    if (init) return true;
    /* extern int a[]; int a[10]; */
    struct node *a = scope_declarator_name(d->declarator), *b = scope_declarator_name(declarator);
    struct node *outer = b ? b->parent : NULL;
    bool sized = outer && outer->kind == D_ARRAY && node_kid(outer, 1);
    outer = a ? a->parent : NULL;
    return sized && outer && outer->kind == D_ARRAY && !node_kid(outer, 1);
}

/* One declarator at file scope. init_declarator may be a declarator itself (a function definition's). */
static void file_object(struct walk *w, struct node *specs, struct node *declarator, struct node *init)
{
    struct unit *u = w->u;
    struct node *name = scope_declarator_name(declarator);
    if (!name || !name->name) return;
    bool is_typedef = storage_of(specs) == STORAGE_TYPEDEF;
    enum decl_kind kind = is_typedef                                ? DECL_TYPEDEF
                          : declares_function(u, specs, declarator) ? DECL_FUNCTION
                                                                    : DECL_VAR;
    struct decl *d = file_declare(u, name->name, kind);
    name->decl = d;
    d->kind = kind;
    decl_describe(u, d, specs, declarator);
    if (kind == DECL_FUNCTION && specs_say_async(specs)) {
        vec_push(&u->arena, &d->said, specs);
        vec_push(&u->arena, &d->said, declarator);
    }
    if (kind == DECL_FUNCTION) d->is_async |= w->ext->is_async;
    if (!says_more(d, declarator, init, w->ext->kind == EXT_FUNCTION)) return;
    enum storage s = storage_of(specs);
    d->storage = s == STORAGE_AUTO && kind != DECL_TYPEDEF ? STORAGE_EXTERN : s;
    d->node = name;
    d->specs = specs;
    d->declarator = declarator;
    d->init = init;
    d->ext = w->ext;
    if (is_typedef) name_anonymous_tag(specs, d);
}

/* Parses and binds one external; false: it could not be parsed. */
static bool bind_external(struct unit *u, struct external *x)
{
    if (x->declared) return x->node != NULL;
    if (x->kind != EXT_DECLARATION && x->kind != EXT_FUNCTION) return false;
    struct node *n = x->node ? x->node : parse_external(u, x, false);
    x->declared = true;
    if (!n) return false;
    struct walk w = {.u = u, .scope = file_scope(u), .ext = x};
    if (n->kind == N_FUNCTION) {
        bind_function_head(&w, n);
        file_object(&w, node_kid(n, 0), node_kid(n, 1), NULL);
    } else {
        bind(&w, n);
    }
    return true;
}

void scope_complete(struct unit *u, struct decl *d)
{
    if (d->complete || !d->name || d->scope != u->file_scope) return;
    d->complete = true;
    if (!unit_may_follow(u, d)) return;
    bool tag = d->kind == DECL_TAG;
    bool defined = tag && unit_mention(d->name, MENTION_TAG_DEF);
    for (const struct mention *m = d->name->mentions; m; m = m->next) {
        if (defined ? m->kind == MENTION_TAG_DEF
                    : tag == (m->kind == MENTION_TAG || m->kind == MENTION_TAG_DEF))
            bind_external(u, &u->ext.v[m->ext]);
    }
}

struct decl *scope_file_tag(struct unit *u, const char *name)
{
    return file_declare(u, name_intern(&u->names, name, strlen(name)), DECL_TAG);
}

struct decl *scope_file_lookup(struct unit *u, struct name *n, bool tags)
{
    struct decl *d = file_stub(u, n, tags ? SPACE_TAG : SPACE_ORDINARY);
    if (!d) return NULL;
    scope_complete(u, d);
    return d->node ? d : NULL;
}

/* ---------------------------------------------------------------- block scope */

static struct decl *lookup(struct walk *w, struct name *n, enum name_space space)
{
    for (struct scope *s = w->scope; s; s = s->outer) {
        struct decl *d = s->outer ? scope_find(s, n, space) : NULL;
        if (d) return d;
    }
    if (space == SPACE_LABEL) return NULL;
    return w->owner ? scope_file_lookup(w->u, n, space == SPACE_TAG) : file_stub(w->u, n, space);
}

static struct decl *block_declare(struct walk *w, enum decl_kind kind, struct name *n, struct node *node)
{
    struct decl *d = NEW(&w->u->arena, struct decl);
    d->kind = kind;
    d->name = n;
    d->node = node;
    d->fn = w->owner;
    scope_add(w->u, w->scope, d);
    bool is_type = kind == DECL_TAG || kind == DECL_TYPEDEF;
    if (w->fn && is_type) vec_push(&w->u->arena, &w->fn->types, d);
    return d;
}

static void add_local(struct walk *w, struct decl *d)
{
    if (!w->fn) return;
    d->index = w->fn->locals.n;
    vec_push(&w->u->arena, &w->fn->locals, d);
}

/* A block-scope function or extern object is the one of file scope (C11 6.2.2p4). */
static void link_with_file_scope(struct walk *w, struct decl *d)
{
    struct decl *f = scope_file_lookup(w->u, d->name, false);
    if (!f || f->kind != d->kind) return;
    d->is_async |= f->is_async;
    d->is_weak |= f->is_weak;
    d->is_kept |= f->is_kept;
    d->is_noreturn |= f->is_noreturn;
    d->is_static |= f->is_static;
    d->ext = f->ext;
}

/* A constexpr object of an async function, which is emitted as static: see emit_text.c. */
static bool made_static(const struct walk *w, const struct node *specs)
{
    return specs_have(specs, K_CONSTEXPR) && w->fn && w->fn->is_async && w->scope->node &&
           w->scope->node->kind != S_FOR;
}

static void block_object(struct walk *w, struct node *specs, struct node *declarator,
                         struct node *init)
{
    struct node *name = scope_declarator_name(declarator);
    if (!name || !name->name) return;
    enum storage s = storage_of(specs);
    if (s == STORAGE_AUTO && made_static(w, specs)) s = STORAGE_STATIC;
    bool function = s != STORAGE_TYPEDEF && declares_function(w->u, specs, declarator);
    enum decl_kind kind = s == STORAGE_TYPEDEF ? DECL_TYPEDEF : function ? DECL_FUNCTION : DECL_VAR;
    struct decl *d = block_declare(w, kind, name->name, name);
    name->decl = d;
    d->specs = specs;
    d->declarator = declarator;
    d->init = init;
    d->storage = function ? STORAGE_EXTERN : s;
    decl_describe(w->u, d, specs, declarator);
    if (d->cleanup) w->scope->has_cleanup = true;
    if (s == STORAGE_TYPEDEF) name_anonymous_tag(specs, d);
    if (d->storage == STORAGE_EXTERN) link_with_file_scope(w, d);
    if (kind == DECL_VAR && (s == STORAGE_AUTO || s == STORAGE_REGISTER)) add_local(w, d);
}

static void declare_object(struct walk *w, struct node *specs, struct node *declarator,
                           struct node *init)
{
    if (w->scope->outer)
        block_object(w, specs, declarator, init);
    else
        file_object(w, specs, declarator, init);
}

/* ---------------------------------------------------------------- what attributes name */

/* A use of what a block declares, as one more kid of n. */
static void bind_argument(struct walk *w, struct node *n, unsigned i)
{
    const struct token *t = &w->u->tok.v[i], *before = t - 1;
    bool tag = before->name && lex_role(before->name->keyword) == ROLE_TAG;
    struct decl *d = NULL;
    if (t->kind == TOK_NAME && !lex_is_hard(t->name))
        d = lookup(w, t->name, tag ? SPACE_TAG : SPACE_ORDINARY);
    if (!d || !d->scope->outer || d->kind == DECL_FUNCTION) return;
    struct node **kids = NEWN(&w->u->arena, struct node *, n->nkids + 1), *use = NEW(&w->u->arena, struct node);
    *use = (struct node){.kind = E_IDENT, .flags = NODE_UNEVALUATED, .parent = n, .name = t->name,
                         .range = {tag ? before->start : t->start, t->end}, .name_range = {t->start, t->end}, .decl = d};
    if (d->kind == DECL_TYPEDEF) use->kind = N_TYPEDEF_NAME;
    if (tag) use->kind = d->node->kind, use->op = d->node->op;
    if (n->nkids) memcpy(kids, n->kid, n->nkids * sizeof *kids);
    kids[n->nkids++] = use;
    n->kid = kids;
}

/* Attributes are text; but the numbers in them may be made of what stands in scope here. */
static void bind_attributes(struct walk *w, struct node *n, uint32_t start, uint32_t end)
{
    if (!w->scope->outer) return;
    for (unsigned i = scope_token(w->u, start); w->u->tok.v[i].start < end; i++) {
        struct range args = scope_attribute_number(w->u, i);
        for (unsigned k = scope_token(w->u, args.start); w->u->tok.v[k].start < args.end; k++)
            bind_argument(w, n, k);
    }
}

/* ---------------------------------------------------------------- tags and enumerators */

/* `struct s;` alone declares s in this scope, whatever stands outside (C11 6.7.2.3p7). */
static bool stands_alone(const struct node *tag)
{
    const struct node *specs = tag->parent, *decl = specs ? specs->parent : NULL;
    return specs && specs->kind == N_SPECS && decl && decl->kind == S_DECL && decl->nkids == 1 &&
           tag->kind == N_STRUCT;
}

static struct decl *tag_decl(struct walk *w, struct node *n)
{
    bool here = (n->flags & NODE_DEFINES) || stands_alone(n);
    if (!w->scope->outer) return file_declare(w->u, n->name, DECL_TAG);
    struct decl *d = NULL;
    if (n->name)
        d = here ? scope_find(w->scope, n->name, SPACE_TAG) : lookup(w, n->name, SPACE_TAG);
    return d ? d : block_declare(w, DECL_TAG, n->name, n);
}

static void bind_tag(struct walk *w, struct node *n)
{
    struct decl *d = tag_decl(w, n);
    n->decl = d;
    if (!d->node || ((n->flags & NODE_DEFINES) && !(d->node->flags & NODE_DEFINES))) {
        d->node = n;
        if (!d->ext && !d->scope->outer) d->ext = w->ext; /* not what parameters declare */
    }
    struct node *first = node_kid(n, 0), *last = first ? n->kid[n->nkids - 1] : NULL;
    for (unsigned i = 0; i < n->nkids; i++)
        bind(w, n->kid[i]);
    bind_attributes(w, n, n->range.start, first ? first->range.start : n->range.end);
    if (last) bind_attributes(w, n, last->range.end, n->range.end);
}

static void bind_enumerator(struct walk *w, struct node *n)
{
    bind(w, node_kid(n, 0));
    struct decl *d = w->scope->outer ? block_declare(w, DECL_ENUMERATOR, n->name, n)
                                     : file_declare(w->u, n->name, DECL_ENUMERATOR);
    n->decl = d;
    d->kind = DECL_ENUMERATOR;
    d->node = n;
    if (!d->scope->outer) d->ext = w->ext;
    d->tag = n->parent ? n->parent->decl : NULL;
}

/* ---------------------------------------------------------------- labels */

static struct decl *label_decl(struct walk *w, struct name *n)
{
    if (!n || !w->label_home) return NULL;
    struct decl *d = lookup(w, n, SPACE_LABEL);
    if (d) return d;
    struct walk home = *w;
    home.scope = w->label_home;
    return block_declare(&home, DECL_LABEL, n, NULL);
}

/* __label__ a, b; at the head of a block. */
static void declare_local_labels(struct walk *w, struct node *block)
{
    for (unsigned i = 0; i < block->nkids; i++) {
        struct node *n = block->kid[i];
        if (n->kind != S_LOCAL_LABEL) continue;
        for (unsigned t = scope_token(w->u, n->range.start); w->u->tok.v[t].start < n->range.end;
             t++) {
            struct token *tok = &w->u->tok.v[t];
            if (tok->kind == TOK_END) break;
            if (tok->kind == TOK_NAME && tok->name->keyword != K_LABEL)
                block_declare(w, DECL_LABEL, tok->name, NULL);
        }
    }
}

static void bind_label(struct walk *w, struct node *n)
{
    n->decl = label_decl(w, n->name);
    if (n->decl) n->decl->node = n;
    if (n->decl && w->fn) vec_push(&w->u->arena, &w->fn->labels, n->decl);
    bind(w, node_kid(n, 0));
}

/* ---------------------------------------------------------------- declarators, parameters, functions */

static void bind_param(struct walk *w, struct node *n)
{
    struct node *specs = node_kid(n, 0), *declarator = node_kid(n, 1);
    bind(w, specs);
    bind(w, declarator);
    struct node *name = scope_declarator_name(declarator);
    struct decl *d = block_declare(w, DECL_PARAM, name ? name->name : NULL, name ? name : n);
    if (name) name->decl = d;
    d->specs = specs;
    d->declarator = declarator;
    d->storage = specs_have(specs, K_REGISTER) ? STORAGE_REGISTER : STORAGE_AUTO;
    decl_describe(w->u, d, specs, declarator);
}

static bool is_void_param(const struct node *func, const struct node *param)
{
    return (func->flags & NODE_PROTO_VOID) && func->nkids == 2 && !node_kid(param, 1);
}

static struct decl *typedef_among(struct unit *u, const struct node *specs)
{
    for (unsigned i = 0; specs && i < specs->nkids; i++) {
        struct decl *d = specs->kid[i]->kind == N_TYPEDEF_NAME ? specs->kid[i]->decl : NULL;
        if (d && d->scope == u->file_scope) scope_complete(u, d);
        if (d && d->node && d->declarator && d->declarator->kind == D_NAME) return d;
    }
    return NULL;
}

/* Each is made of one in front of it, or the text is no C. */
static bool names_void(struct unit *u, const struct node *specs)
{
    for (struct decl *d; !specs_have(specs, K_VOID); specs = d->specs) {
        d = typedef_among(u, specs);
        if (!d || d->node->range.start >= specs->range.start) return false;
    }
    return true;
}

/* `f(T)` where T is void says what `f(void)` does (C11 6.7.6.3p10). */
static void find_void_typedef(struct walk *w, struct node *n)
{
    struct node *param = n->nkids == 2 && !(n->flags & (NODE_KR | NODE_VARIADIC)) ? n->kid[1] : NULL;
    struct node *specs = node_kid(param, 0);
    if (!specs || node_kid(param, 1) || specs->nkids != 1 || specs->kid[0]->kind != N_TYPEDEF_NAME) return;
    bind(w, specs);
    if (names_void(w->u, specs)) n->flags |= NODE_PROTO_VOID;
}

static void bind_function_declarator(struct walk *w, struct node *n)
{
    bind(w, node_kid(n, 0));
    find_void_typedef(w, n);
    struct scope *s = scope_open(w, n);
    for (unsigned i = 1; i < n->nkids; i++)
        if (n->kid[i] && !is_void_param(n, n->kid[i])) bind_param(w, n->kid[i]);
    scope_close(w);
    /* Only the function's own parameters belong to its scopes. */
    if (w->owner && w->owner->scopes.n && w->owner->scopes.v[w->owner->scopes.n - 1] == s &&
        !s->decls.n)
        w->owner->scopes.n--;
}

/* K&R: what the declarations between declarator and body say of the parameters. */
static void bind_kr_declarations(struct walk *w, struct node *n, struct scope *params)
{
    struct scope *outer = w->scope;
    w->scope = params;
    for (unsigned i = 3; i < n->nkids; i++) {
        struct node *decl = n->kid[i];
        if (!decl || decl->kind != S_DECL) continue;
        bind(w, node_kid(decl, 0));
        for (unsigned k = 1; k < decl->nkids; k++) {
            struct node *declarator = node_kid(decl->kid[k], 0),
                        *name = scope_declarator_name(declarator);
            bind(w, declarator);
            struct decl *d = name ? scope_find(params, name->name, SPACE_ORDINARY) : NULL;
            if (!d) continue;
            name->decl = d;
            d->node = name;
            d->specs = node_kid(decl, 0);
            d->declarator = declarator;
            decl_describe(w->u, d, d->specs, declarator);
        }
    }
    w->scope = outer;
}

/* Specifiers, declarator and parameters, but neither name nor body. */
static void bind_function_head(struct walk *w, struct node *n)
{
    bind(w, node_kid(n, 0));
    bind(w, node_kid(n, 1));
    struct node *func = function_declarator(node_kid(n, 1));
    if (func && func->scope) bind_kr_declarations(w, n, func->scope);
}

/* A block's items in the scope that is open already. */
static void bind_items(struct walk *w, struct node *block)
{
    declare_local_labels(w, block);
    for (unsigned i = 0; i < block->nkids; i++)
        bind(w, block->kid[i]);
}

/* Parameters and outermost block are one scope: C11 6.2.1p4 lets neither hide the other. */
static void bind_body(struct walk *w, struct node *body, struct scope *s)
{
    struct scope *outer = w->scope, *home = w->label_home;
    w->scope = w->label_home = s;
    body->scope = s;
    s->node = body;
    bind_items(w, body);
    w->scope = outer;
    w->label_home = home;
}

/* GNU's nested function: its locals are its own. */
static void bind_nested_function(struct walk *w, struct node *n)
{
    struct fn *fn = w->fn;
    w->fn = NULL;
    bind_function_head(w, n);
    block_object(w, node_kid(n, 0), node_kid(n, 1), NULL);
    struct node *func = function_declarator(node_kid(n, 1));
    if (func && func->scope && node_kid(n, 2)) bind_body(w, node_kid(n, 2), func->scope);
    w->fn = fn;
}

/* ---------------------------------------------------------------- the walk */

static void bind_kids(struct walk *w, struct node *n)
{
    for (unsigned i = 0; i < n->nkids; i++)
        bind(w, n->kid[i]);
}

static void bind_unevaluated(struct walk *w, struct node *n)
{
    bool was = w->unevaluated;
    w->unevaluated = true;
    bind(w, n);
    w->unevaluated = was;
}

static void bind_declaration(struct walk *w, struct node *n)
{
    struct node *specs = node_kid(n, 0);
    bind(w, specs);
    for (unsigned i = 1; i < n->nkids; i++) {
        struct node *declarator = node_kid(n->kid[i], 0);
        bind(w, declarator);
        declare_object(w, specs, declarator, node_kid(n->kid[i], 1));
        bind(w, node_kid(n->kid[i], 1));
    }
}

static void bind_block(struct walk *w, struct node *n)
{
    struct scope *s = scope_open(w, n);
    s->is_stmt_expr = n->parent && n->parent->kind == E_STMT;
    bind_items(w, n);
    scope_close(w);
}

static bool defines_tag(const struct node *n)
{
    if (!n || n->kind == S_COMPOUND) return false;
    if ((n->kind == N_STRUCT || n->kind == N_ENUM) && (n->flags & NODE_DEFINES)) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (defines_tag(n->kid[i])) return true;
    return false;
}

/* What a statement holds is a block, braces or not (C11 6.8.4p3, 6.8.5p5): `if (x) n = sizeof(enum { A });` */
static void bind_secondary(struct walk *w, struct node *n)
{
    struct node *of = n;
    while (of && (of->kind == S_LABEL || of->kind == S_CASE || of->kind == S_DEFAULT))
        of = node_kid(of, of->nkids - 1);
    bool simple = of && (of->kind == S_EXPR || of->kind == S_RETURN || of->kind == S_GOTO_COMPUTED || of->kind == S_THROW);
    bool declares = simple && defines_tag(of);
    if (declares) scope_open(w, of);
    bind(w, n);
    if (declares) scope_close(w);
}

/* if, while, do, switch are scopes too (C11 6.8.4p3), but hardly any condition declares something. */
static void bind_statement(struct walk *w, struct node *n)
{
    unsigned condition = n->kind == S_DO ? 1 : 0;
    bool declares = defines_tag(node_kid(n, condition));
    if (declares) scope_open(w, n);
    for (unsigned i = 0; i < n->nkids; i++)
        (i == condition ? bind : bind_secondary)(w, n->kid[i]);
    if (declares) scope_close(w);
}

static void bind_for_in(struct walk *w, struct node *n)
{
    bind(w, node_kid(n, 1));
    scope_open(w, n);
    bind(w, node_kid(n, 0));
    bind(w, node_kid(n, 2));
    scope_close(w);
}

static void bind_scoped_kids(struct walk *w, struct node *n)
{
    scope_open(w, n);
    bind_kids(w, n);
    scope_close(w);
}

/* The parameter of a handler is an object of its own. */
static void bind_catch(struct walk *w, struct node *n)
{
    struct node *param = node_kid(n, 0), *name = param ? scope_declarator_name(node_kid(param, 1)) : NULL;
    scope_open(w, n);
    bind_kids(w, n);
    if (name && name->decl) {
        name->decl->kind = DECL_VAR;
        add_local(w, name->decl);
    }
    scope_close(w);
}

static void bind_call(struct walk *w, struct node *n)
{
    bind(w, node_kid(n, 0));
    for (unsigned i = 1; i < n->nkids; i++)
        (ast_calls_unevaluated(n) ? bind_unevaluated : bind)(w, n->kid[i]);
}

static void bind_generic(struct walk *w, struct node *n)
{
    bind_unevaluated(w, node_kid(n, 0));
    for (unsigned i = 1; i < n->nkids; i++)
        bind(w, n->kid[i]);
}

/* acc_bind or acc_try is a local's name here: an ordinary call of it. */
static void bind_shadowed(struct walk *w, struct node *n, struct name *name, struct decl *d)
{
    struct node **kids = NEWN(&w->u->arena, struct node *, n->nkids + 1);
    struct node *callee = NEW(&w->u->arena, struct node);
    struct range r = {n->range.start, n->range.start + name->len};
    *callee = (struct node){.kind = E_IDENT, .flags = n->flags & NODE_UNEVALUATED, .range = r,
                            .parent = n, .name = name, .name_range = r, .decl = d};
    kids[0] = callee;
    memcpy(kids + 1, n->kid, n->nkids * sizeof *kids);
    n->nkids = n->kid[0] ? n->nkids + 1 : 1;
    n->kid = kids;
    n->kind = E_CALL;
}

static void bind_binding(struct walk *w, struct node *n)
{
    struct name *name = n->kind == E_BIND ? name_intern(&w->u->names, "acc_bind", 8)
                                          : name_intern(&w->u->names, "acc_try", 7);
    struct decl *d = lookup(w, name, SPACE_ORDINARY);
    if (d && w->owner) bind_shadowed(w, n, name, d);
    else if (n->kind == E_BIND && w->fn && !w->unevaluated) vec_push(&w->u->arena, &w->fn->binds, n);
    bind_kids(w, n);
}

static void bind(struct walk *w, struct node *n)
{
    if (!n) return;
    if (w->unevaluated) n->flags |= NODE_UNEVALUATED;
    switch (n->kind) {
    case E_IDENT:
    case N_TYPEDEF_NAME: n->decl = lookup(w, n->name, SPACE_ORDINARY); break;
    case E_SIZEOF:
        if (n->op == K_SIZEOF && n->kid[0] && n->kid[0]->kind == N_TYPENAME) bind_kids(w, n);
        else bind_unevaluated(w, node_kid(n, 0));
        break;
    case N_TYPEOF:
    case N_ALIGNAS: bind_unevaluated(w, node_kid(n, 0)); break;
    case E_CALL: bind_call(w, n); break;
    case E_GENERIC: bind_generic(w, n); break;
    case E_TRY:
    case E_BIND: bind_binding(w, n); break;
    case E_LABEL_ADDR:
    case S_GOTO: n->decl = label_decl(w, n->name); break;
    case S_LABEL: bind_label(w, n); break;
    case S_COMPOUND: bind_block(w, n); break;
    case S_FOR: bind_scoped_kids(w, n); break;
    case N_CATCH: bind_catch(w, n); break;
    case S_IF:
    case S_WHILE:
    case S_DO:
    case S_SWITCH: bind_statement(w, n); break;
    case S_FOR_IN: bind_for_in(w, n); break;
    case S_DEFER:
        w->scope->has_defer = true;
        bind_secondary(w, node_kid(n, 0));
        break;
    case S_DECL: bind_declaration(w, n); break;
    case N_STRUCT:
    case N_ENUM: bind_tag(w, n); break;
    case N_ENUMERATOR: bind_enumerator(w, n); break;
    case N_FUNCTION: bind_nested_function(w, n); break;
    case N_PARAM: bind_param(w, n); break;
    case D_FUNCTION: bind_function_declarator(w, n); break;
    case N_ATTRIBUTE: bind_attributes(w, n, n->range.start, n->range.end); break;
    default: bind_kids(w, n); break;
    }
}

/* ---------------------------------------------------------------- a function */

static void own_params(struct walk *w, struct scope *s)
{
    struct fn *fn = w->fn;
    s->fn = fn;
    vec_push(&w->u->arena, &fn->scopes, s);
    for (unsigned i = 0; i < s->decls.n; i++) {
        struct decl *d = s->decls.v[i];
        d->fn = fn;
        if (d->kind == DECL_TAG || d->kind == DECL_TYPEDEF) vec_push(&w->u->arena, &fn->types, d);
        if (d->kind != DECL_PARAM) continue;
        add_local(w, d);
        vec_push(&w->u->arena, &fn->params, d);
    }
}

bool scope_function(struct unit *u, struct fn *fn)
{
    file_scope(u);
    if (!fn->node) return false;
    if (!fn->body) fn->body = node_kid(fn->node, 2);
    if (!fn->func) fn->func = function_declarator(node_kid(fn->node, 1));
    if (!fn->name) {
        struct node *name = scope_declarator_name(node_kid(fn->node, 1));
        fn->name = name ? name->name : NULL;
    }
    if (!fn->name || !fn->body) return false;
    fn->ext->node = fn->node;
    fn->decl = scope_file_lookup(u, fn->name, false);
    bind_external(u, fn->ext);
    if (fn->decl) fn->is_async |= fn->decl->is_async && fn->ext->is_async;
    struct walk w = {.u = u, .fn = fn, .owner = fn, .scope = u->file_scope};
    struct scope *s = fn->func ? fn->func->scope : NULL;
    if (s)
        own_params(&w, s);
    else {
        s = scope_open(&w, fn->body);
        scope_close(&w);
    }
    bind_body(&w, fn->body, s);
    return true;
}
