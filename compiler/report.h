/* SPDX-License-Identifier: MIT */
/* report.h: the frames of a unit as tables, which report.c fills and report_print.c shows. */
#ifndef ACC_REPORT_H
#define ACC_REPORT_H
#include "acc.h"

enum row_kind {
    ROW_HEADER,
    ROW_RESULT,
    ROW_SLOT,
    ROW_BOUND /* a saved size of a VLA */,
    ROW_CHILD
};
/* One member of a frame. */
struct row {
    enum row_kind kind;
    const char *path;    /* of the member, below the frame */
    struct decl *decl;   /* ROW_SLOT, ROW_BOUND */
    struct await *child; /* ROW_CHILD: the first await of it */
    unsigned cell;       /* ROW_SLOT: 1.. if it shares its bytes with others, else 0 */
    unsigned long long offset, size;
    const char *what, *why; /* report_print.c's own: its text, once it was shown */
};
struct frame_table {
    struct fn *fn;
    unsigned long long size, padding;
    VEC(struct row) rows; /* by offset */
};
struct report {
    struct unit *u;
    VEC(struct frame_table) frames; /* in order of the text */
};
void report_print(struct report *r, struct buf *out);
void report_json(struct report *r, struct buf *out);

#endif
