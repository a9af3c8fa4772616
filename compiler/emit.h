/* SPDX-License-Identifier: MIT */
/* emit.h: what the emit_*.c files share: the output with the position the C compiler will believe it is at, and
 * the copying of the user's text with edits. */
#ifndef ACC_EMIT_H
#define ACC_EMIT_H
#include "acc.h"
#include "order.h"

struct loop_target {       /* loops around the current statement, innermost first */
    struct loop_target *outer;
    struct node *loop;
};
struct emit {
    struct unit *u;
    struct buf *out;
    struct fn *fn;         /* whose body is written, NULL: outside */
    const char *file;      /* what the compiler takes the current output line for */
    unsigned line;
    bool system_header;
    bool versioned;        /* the output has said for which runtime it is */
    bool fresh;            /* only indentation was written since the line began */
    uint32_t line_start, line_known; /* where the line of an offset begins, and that offset */
    unsigned indent;       /* extra indentation inside taken-apart statements */
    unsigned nlabels, nplans;
    struct loop_target *loop;
    const char *leave;     /* what a way out is taken through: self, or the call that frees the frame's blocks */
    struct node *plain;    /* substitute of this node is ignored: it is being computed */
};

/* emit_text.c */
void put(struct emit *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
void put_text(struct emit *e, uint32_t start, uint32_t end);     /* the user's bytes */
void put_flat(struct emit *e, uint32_t start, uint32_t end);     /* the same on one line, without comments */
void put_before(struct emit *e, uint32_t start, const struct node *n); /* the bytes from there to n */
void put_line(struct emit *e, uint32_t offset);  /* starts a line that counts as the user's line of `offset` */
void put_line_below(struct emit *e, uint32_t offset, uint32_t above); /* the same, indented as what stands at `above` */
void put_node(struct emit *e, struct node *n);   /* the user's text of n with its edits */
void put_kids(struct emit *e, struct node *n);   /* the same, n itself being plain */
void put_between(struct emit *e, struct node *n, uint32_t start, uint32_t end); /* n's text from start to end */
void put_lvalue(struct emit *e, struct decl *d); /* how a local or temporary is written in the resume function */
const char *lvalue_text(struct emit *e, struct decl *d);          /* the same as text */
const char *object_text(struct emit *e, const char *frame, struct decl *d); /* `frame`: with its -> or . */
const char *aligned_text(struct emit *e, const char *address, unsigned align);
const char *slot_text(struct emit *e, struct decl *d);            /* the copy of it that is kept in the frame */
void put_operand(struct emit *e, struct node *n); /* in parentheses where it is a comma: in an assignment or a list */
/* `to = from;`, also where members are const; from: a node, or NULL and its text. */
void put_assign(struct emit *e, const char *to, struct type *t, struct node *from, const char *from_text);
bool put_type(struct emit *e, struct type *t, const char *name, bool unqualified, struct range at);
void put_decl_of(struct emit *e, struct decl *d, const char *name); /* "T name" for the frame or the function */

/* emit_await.c */
void put_plan(struct emit *e, struct node *root);
void put_zero(struct emit *e, const struct decl *d);     /* ` = 0`, where the declared d needs it */
void put_scope_await(struct emit *e, struct await *a); /* entering or leaving the scope of a `with`, without the look at the error */
void put_generator_await(struct emit *e, struct await *a);
void put_given_size(struct emit *e, struct node *loop);
void put_comment(struct emit *e, struct node *n); /* the user's text on one line, as a comment */
bool rest_is_pure(struct node *root);            /* what is left of a planned expression need not be evaluated */

/* emit_stmt.c */
void put_stmt(struct emit *e, struct node *n);
void put_hoisted_types(struct emit *e, struct fn *fn);
void put_continue(struct emit *e, struct node *n);
bool in_block(const struct node *n);
bool must_stand_first(const struct unit *u, const struct node *body); /* does it begin with __label__ or such a pragma? */
bool loop_changes(const struct node *n);         /* is n a loop that is taken apart? */
/* Where the block n's own '}' stands, which may be a digraph. */
static inline uint32_t block_end(const struct emit *e, const struct node *n) {
    return n->range.end - (e->u->text[n->range.end - 1] == '>' ? 2 : 1);
}
void open_brace(struct emit *e, struct node *n); /* where a statement becomes several */
void close_brace(struct emit *e, struct node *n);

/* emit_fn.c: a future or generator that the coroutine holds for its body; one without a name no body can give back. */
bool param_is_held(const struct decl *d);

/* emit_leave.c */
void put_fail(struct emit *e, const struct node *at);      /* leaves if the await `at` has failed */
void put_fail_on(struct emit *e, const struct guard *guard);
void put_no_memory(struct emit *e, const struct node *at);
void put_return(struct emit *e, struct node *n);
void put_jump(struct emit *e, struct node *n);
void put_throw(struct emit *e, struct node *n);
void put_defer(struct emit *e, struct node *n);
void put_with(struct emit *e, struct node *n);
void put_caught_value(struct emit *e, struct node *n, struct decl *temp); /* the end of an acc_try */
void put_try(struct emit *e, struct node *n);
void put_guards(struct emit *e, struct node *block, uint32_t at);
void put_inside(struct emit *e, struct node *n, uint32_t start, uint32_t end);
void put_leaving(struct emit *e, struct fn *fn);

/* emit_fn.c */
void put_frame_alignment(struct emit *e, struct type *t); /* blocks are aligned to 16: a member that wants more must not rely on it */
void put_prototype(struct emit *e, struct node *specs, struct node *declarator, struct node *func, struct fn *fn);
void put_async_declaration(struct emit *e, struct node *declaration);
void put_frame(struct emit *e, struct fn *fn);
void put_body(struct emit *e, struct fn *fn);

/* vla.c: variably modified objects that live across an await */
bool vla_is_kept(const struct decl *d);
bool vla_is_array(const struct decl *d);
void vla_find_sizes(struct unit *u, struct decl *d);
void vla_name_sizes(struct unit *u, struct fn *fn, struct decl *d);
bool vla_is_held(const struct decl *d); /* a temporary of variably modified type: held as a void * */
const char *vla_size_slot(struct unit *u, const struct decl *d, unsigned i);
const char *vla_typedef(struct emit *e, struct decl *d);
const char *vla_lvalue(struct emit *e, struct decl *d);
void vla_put_sizes(struct emit *e, struct decl *d);
void vla_put_declaration(struct emit *e, struct decl *d, uint32_t at);
void vla_put_leave(struct emit *e, struct fn *fn);

/* bind.c */
void bind_emit(struct emit *e, struct fn *fn);   /* thunks of its acc_bind expressions */
void put_bind(struct emit *e, struct node *n);

#endif
