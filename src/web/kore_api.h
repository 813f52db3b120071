/* SPDX-License-Identifier: Apache-2.0
 *
 * Kore's headers in the order that they need.
 */
#ifndef WEB_KORE_API_H
#define WEB_KORE_API_H

#include <kore.h>

#include <http.h>

#include <tasks.h>

#endif
