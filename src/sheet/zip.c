/* SPDX-License-Identifier: Apache-2.0
 *
 * A ZIP of a few files in memory, compressed, without dates.
 */
#include <zlib.h>

#include "sheet/inside.h"

#define ZIP_DAY 0x0021 /* 1 January 1980: ZIP knows no earlier one */

static void
put16(struct buf *b, unsigned v)
{
	buf_putc(b, (char)(v & 0xFF));
	buf_putc(b, (char)(v >> 8 & 0xFF));
}

static void
put32(struct buf *b, unsigned long v)
{
	put16(b, (unsigned)(v & 0xFFFF));
	put16(b, (unsigned)(v >> 16 & 0xFFFF));
}

/* The bytes, compressed without header. */
static void
deflated(struct span s, struct buf *out)
{
	z_stream z = {.avail_in = (uInt)s.n};
	size_t most;

	z.next_in = (Bytef *)(uintptr_t)s.p;
	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		fatal("zlib cannot start");
	most = deflateBound(&z, (uLong)s.n);
	if (!buf_reserve(out, most)) {
		(void)deflateEnd(&z);
		return;
	}
	z.next_out = (Bytef *)(out->p + out->n);
	z.avail_out = (uInt)most;
	(void)deflate(&z, Z_FINISH);
	out->n += z.total_out;
	out->p[out->n] = '\0';
	(void)deflateEnd(&z);
}

void
sheet_zip_begin(struct sheet_zip *z, struct buf *out)
{
	*z = (struct sheet_zip){.out = out};
	buf_init(&z->directory, out->max);
}

/* What the file's own header and the directory both say. */
static void
put_facts(struct buf *b, unsigned long crc, size_t packed, size_t size,
    struct span name)
{
	put16(b, 20); /* version needed */
	put16(b, 0);
	put16(b, 8); /* deflate */
	put16(b, 0);
	put16(b, ZIP_DAY);
	put32(b, crc);
	put32(b, packed);
	put32(b, size);
	put16(b, (unsigned)name.n);
	put16(b, 0);
}

void
sheet_zip_add(struct sheet_zip *z, const char *name, struct span bytes)
{
	struct span n = span_of(name);
	unsigned long crc = crc32(0, (const Bytef *)bytes.p, (uInt)bytes.n);
	size_t at = z->out->n;
	struct buf packed;

	buf_init(&packed, z->out->max);
	deflated(bytes, &packed);
	buf_puts(z->out, "PK\x03\x04");
	put_facts(z->out, crc, packed.n, bytes.n, n);
	buf_put(z->out, n);
	buf_put(z->out, buf_span(&packed));
	buf_puts(&z->directory, "PK\x01\x02");
	put16(&z->directory, 20);
	put_facts(&z->directory, crc, packed.n, bytes.n, n);
	put16(&z->directory, 0); /* comment */
	put16(&z->directory, 0); /* disk */
	put16(&z->directory, 0);
	put32(&z->directory, 0);
	put32(&z->directory, at);
	buf_put(&z->directory, n);
	if (packed.full)
		z->out->full = true;
	buf_done(&packed);
	z->n++;
}

void
sheet_zip_end(struct sheet_zip *z)
{
	size_t at = z->out->n;

	buf_put(z->out, buf_span(&z->directory));
	buf_puts(z->out, "PK\x05\x06");
	put32(z->out, 0);
	put16(z->out, z->n);
	put16(z->out, z->n);
	put32(z->out, z->directory.n);
	put32(z->out, at);
	put16(z->out, 0);
	buf_done(&z->directory);
}
