/* SPDX-License-Identifier: MIT */
/* uv.h: acc beside libuv's own API.
 *
 * An acc loop is driven by a uv_loop_t; handles and requests of your own may live on it.  Their
 * callbacks run between generations; what they queue (acc_call_soon, acc_future_set_result) runs in
 * the generation after them. */
#ifndef ACC_UV_H
#define ACC_UV_H

#include "acc.h"
#include <uv.h>

/* The uv_loop_t behind a loop; it lives as long as the loop and must not be run or closed by hand.
 */
uv_loop_t *acc_uv_loop(acc_loop *loop);

#endif
