/* SPDX-License-Identifier: Apache-2.0
 *
 * Wall and monotonic time, in microseconds, and RFC 3339. Pure modules are
 * handed the time instead of asking for it. Business rules use core.now() in
 * the database, never this.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/span.h"

#define CLOCK_RFC3339_SIZE 32

/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall(void);

/* Microseconds of a clock that is never set; for durations. */
int64_t clock_mono(void);

/* "2026-11-22T01:40:12.123Z" */
void clock_rfc3339(int64_t wall, char out[CLOCK_RFC3339_SIZE]);

/* A calendar date that exists (years 0001 to 9999). */
bool clock_date_is(int year, int month, int day);

/* Days since 1970-01-01 of an existing date, and back. */
int64_t clock_days(int year, int month, int day);
void clock_from_days(int64_t days, int *year, int *month, int *day);

#endif
