/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages over a pipe between the worker and the child that reads a
 * document: a kind and up to four parts of bytes. Both ends are ours and of
 * one build.
 */
#ifndef EXCHANGE_FRAME_H
#define EXCHANGE_FRAME_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define FRAME_PARTS 4

struct frame {
	uint32_t kind;
	uint32_t nparts;
	struct span parts[FRAME_PARTS];
};

/*
 * Writes and reads a whole frame; deadline in microseconds of clock_mono, 0
 * for none. What is read lives in a and has at most max bytes.
 *
 * RC_AWAY  frame.closed  the other end is gone
 * RC_AWAY  frame.late    the deadline has passed
 * RC_FAULT frame.size    more than max bytes
 */
enum rc frame_write(
    int fd, const struct frame *f, int64_t deadline, struct err *err) MUST_USE;
enum rc frame_read(int fd, size_t max, int64_t deadline, struct arena *a,
    struct frame *out, struct err *err) MUST_USE;

#endif
