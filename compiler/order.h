/* SPDX-License-Identifier: MIT */
/* order.h: what the lowering passes (order, cfg, live, frame, emit) ask each other about nodes; everything here is
 * a pure question but fn_fresh_name. */
#ifndef ACC_ORDER_H
#define ACC_ORDER_H
#include "acc.h"

struct decl *node_try_code(const struct node *n); /* the local that takes the code of an E_TRY, NULL: a pointer to it does */
struct node *node_strip(struct node *n);                /* without parentheses and __extension__ */
struct node *node_uncast(struct node *n);               /* without parentheses and casts */
const char *node_callee_name(const struct node *call);  /* of a call by name, else "" */
/* The i-th of the expressions that a selection or a __builtin_choose_expr may be, the only one where the choice can be
 * told; NULL: there is none. */
struct node *node_arm(const struct node *n, unsigned i);
bool node_value_unused(struct node *n);                 /* nobody looks at the expression's value */
bool step_fills_literal(const struct step *s);          /* its expression is a literal that is read by its slot from then on */
bool node_mentions(const struct node *n, const struct decl *d);
static inline bool node_is_loop(const struct node *n) {
    return n->kind == S_WHILE || n->kind == S_DO || n->kind == S_FOR || n->kind == S_FOR_IN;
}
bool node_has_effect(const struct node *n);             /* evaluating it may change something or call somebody */

/* A name no text of the function has: stem itself if it may stand alone, else stem1, stem2, ... ("t" and "k" are
 * always numbered). */
const char *fn_fresh_name(struct unit *u, struct fn *fn, const char *stem);
/* A name that no text of the unit has, for file scope: no block hides it. Needs frame_unit. */
const char *unit_fresh_name(struct unit *u, const char *stem);
/* stem, or stem_, ...: no label of the function is one of these with a number. */
const char *fn_label_stem(struct unit *u, struct fn *fn, const char *stem);
/* How an E_AWAIT of `fn` is made; fills call, callee, leaf of `a`. */
enum await_how frame_await_how(struct unit *u, struct fn *fn, struct node *await, struct await *a);
/* Automatic object of the function: what liveness and frames are about. */
bool decl_is_local(const struct decl *d);
/* An object or function of a block, static or not, which file scope does not see; a prototype sees its own parameters. */
bool decl_is_of_block(const struct decl *d);
/* An array of variable size: where it is kept across an await, memory for it is asked for when its declaration is passed. */
bool decl_may_lack_memory(const struct decl *d);
/* Lives in a block, not in all of the function as parameters and temporaries do. */
bool decl_has_block(const struct decl *d);

#endif
