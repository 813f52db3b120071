/* SPDX-License-Identifier: Apache-2.0
 *
 * Hangs libpq's sockets into Kore's event loop.
 */
#ifndef WEB_LOOP_H
#define WEB_LOOP_H

#include "db/pg.h"

extern const struct pg_loop loop;

#endif
