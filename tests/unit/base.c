/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
cuts_every_field_and_ends(void **state)
{
	struct span rest = SPAN("a,,b,");
	const char *want[] = {"a", "", "b", ""};
	size_t n = 0;

	(void)state;
	while (rest.p) {
		struct span f = span_cut(&rest, ',');

		assert_true(n < COUNT(want));
		assert_true(span_is(f, want[n]));
		n++;
	}
	assert_int_equal(n, COUNT(want));
}

static void
clamps_a_sub_span(void **state)
{
	struct span s = SPAN("abcdef");

	(void)state;
	assert_true(span_is(span_sub(s, 2, 3), "cde"));
	assert_true(span_is(span_sub(s, 5, 9), "f"));
	assert_int_equal(span_sub(s, 9, 1).n, 0);
	assert_int_equal(span_find(s, 'z'), 6);
	assert_int_equal(span_find_str(s, "de"), 3);
	assert_true(span_starts(s, "abc") && span_ends(s, "ef"));
	assert_false(span_starts(s, "abcdefg"));
	assert_true(span_case_is(s, "ABCdef"));
	assert_true(span_cmp(span_of("ab"), span_of("abc")) < 0);
	assert_true(span_is(span_trim(span_of(" \tx\r\n")), "x"));
}

static void
reads_unsigned_numbers_strictly(void **state)
{
	static const char *const bad[] = {
	    "", "-1", "1 ", "1234567890123456789"};
	unsigned long long v;

	(void)state;
	assert_true(span_uint(span_of("007"), &v));
	assert_int_equal(v, 7);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(span_uint(span_of(bad[i]), &v));
}

/* The published vectors: the secret 00 .. 0f, the bytes 00, 01, 02 … */
static void
hashes_as_the_standard_says(void **state)
{
	static const struct {
		size_t n;
		uint64_t hash;
	} vectors[] = {{0, 0xABAC0158050FC4DC}, {1, 0xC9F49BF37D57CA93},
	    {7, 0xD3927D989BB11140}, {8, 0x369095118D299A8E},
	    {15, 0xD320D86D2A519956}, {63, 0x9D199062B7BBB3A8}};
	const uint64_t secret[2] = {0x0706050403020100, 0x0F0E0D0C0B0A0908};
	char bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < COUNT(vectors); i++)
		assert_true(hash_by(secret, span_make(bytes, vectors[i].n)) ==
			    vectors[i].hash);
}

#define SAME_KEYS 2000u
#define BUCKETS 4096u

/* Keys that fall together without a secret (FNV-1a) do not with it. */
static void
spreads_keys_that_were_chosen_to_collide(void **state)
{
	static uint8_t full[BUCKETS];
	unsigned most = 0, found = 0;
	char key[16];

	(void)state;
	for (unsigned n = 0; found < SAME_KEYS; n++) {
		uint64_t h = 1469598103934665603u;
		uint8_t *at;

		(void)snprintf(key, sizeof key, "%08u", n);
		for (const char *p = key; *p; p++)
			h = (h ^ (unsigned char)*p) * 1099511628211u;
		if ((h & (BUCKETS - 1)) != 7)
			continue;
		found++;
		at = &full[hash_of(span_of(key)) & (BUCKETS - 1)];
		if (++*at > most)
			most = *at;
	}
	assert_true(most < 12);
}

/* What another process makes of the same key. */
static uint64_t
hash_elsewhere(void)
{
	uint64_t h = 0;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)execl("/proc/self/exe", "base", "hash", (char *)NULL);
		_exit(1);
	}
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], &h, sizeof h), sizeof h);
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return h;
}

static void
has_another_secret_in_every_process(void **state)
{
	uint64_t here = hash_of(span_of("key")), there = hash_elsewhere();

	(void)state;
	assert_true(here != there);
	assert_true(there != hash_elsewhere());
}

static int
say_hash(void)
{
	uint64_t h = hash_of(span_of("key"));

	return write(STDOUT_FILENO, &h, sizeof h) == sizeof h ? 0 : 1;
}

static int deferred;

static void
note_deferred(void *p)
{
	deferred = deferred * 10 + *(int *)p;
}

static void
runs_deferred_functions_last_first(void **state)
{
	struct arena *a = arena_new();
	int one = 1, two = 2;

	(void)state;
	deferred = 0;
	arena_defer(a, note_deferred, &one);
	arena_defer(a, note_deferred, &two);
	arena_free(a);
	assert_int_equal(deferred, 21);
}

static void
keeps_arena_memory_zeroed_and_apart(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (int round = 0; round < 2; round++) {
		char *big = arena_alloc(a, 3u << 20);
		char *p = arena_alloc(a, 5), *q = arena_str(a, span_of("xy"));

		assert_int_equal(big[(3u << 20) - 1], 0);
		memset(p, 'z', 5);
		assert_string_equal(q, "xy");
		assert_string_equal(arena_printf(a, "%d-%s", 7, q), "7-xy");
		arena_reset(a);
	}
	arena_free(a);
}

static void
grows_an_array_and_keeps_its_elements(void **state)
{
	struct arena *a = arena_new();
	size_t cap = 0;
	int *v = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		v = arena_grow(a, v, sizeof *v, &cap, (size_t)i + 1);
		v[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v[i], i);
	arena_free(a);
}

static void
never_writes_beyond_its_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	buf_puts(&b, "abc");
	buf_puts(&b, "def");
	assert_true(b.full);
	buf_puts(&b, "x");
	assert_true(span_is(buf_span(&b), "abc"));
	buf_reset(&b);
	buf_printf(&b, "%d", 12345);
	assert_false(b.full);
	assert_true(span_is(buf_span(&b), "12345"));
	buf_putc(&b, '6');
	assert_true(b.full);
	buf_done(&b);
}

static void
fills_errors_and_cuts_long_text(void **state)
{
	struct err err;
	char longer[1000];

	(void)state;
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(err_set(&err, RC_INPUT, "a", "line %d", 3), RC_INPUT);
	assert_string_equal(err.text, "line 3");
	assert_int_equal(err_set(&err, RC_FAULT, "x", "%s", longer), RC_FAULT);
	assert_string_equal(err.text + sizeof err.text - 4, "...");
	assert_int_equal(err_set(NULL, RC_AWAY, "x", "y"), RC_AWAY);
	assert_string_equal(rc_name(RC_CONFLICT), "conflict");
}

static void
keeps_errors_valid_text(void **state)
{
	struct err err;
	char longer[1000];

	(void)state;
	/* every place at which a character of four bytes may be cut */
	for (size_t at = 0; at < 4; at++) {
		memset(longer, 'x', at);
		longer[at] = '\0';
		while (strlen(longer) < 900)
			memcpy(longer + strlen(longer), "\xf0\x9f\x9a\x9a", 5);
		(void)err_set(&err, RC_FAULT, "x", "%s", longer);
		assert_true(utf8_is(span_of(err.text)));
		assert_true(strlen(err.text) > sizeof err.text - 8);
		assert_true(span_ends(span_of(err.text), "\x9a..."));
	}
	(void)err_set(&err, RC_INPUT, "x", "%s", "caf\xe9 \xc3");
	assert_string_equal(err.text, "caf? ?");
}

static void
reads_and_writes_decimals_exactly(void **state)
{
	static const struct {
		const char *in;
		char mark;
		const char *out;
	} cases[] = {{"4.50", '.', "4.50"}, {"4,50", ',', "4.50"},
	    {"4,50", 0, "4.50"}, {"-0.05", '.', "-0.05"}, {"+7", '.', "7"},
	    {"123456789012345678", '.', "123456789012345678"},
	    {"1234567890123456789", '.', NULL}, {".5", '.', NULL},
	    {"5.", '.', NULL}, {"1,000.5", 0, NULL}, {"1e3", '.', NULL},
	    {"", '.', NULL}, {"-", '.', NULL}, {"4,5", '.', NULL}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char b[DECIMAL_SIZE];
		struct decimal d;
		bool ok = decimal_read(span_of(cases[i].in), cases[i].mark, &d);

		assert_int_equal(ok, cases[i].out != NULL);
		if (!ok)
			continue;
		decimal_write(d, b);
		assert_string_equal(b, cases[i].out);
	}
}

static void
calculates_with_decimals_exactly(void **state)
{
	struct decimal a, b, c;
	char t[DECIMAL_SIZE];

	(void)state;
	assert_true(decimal_read(span_of("0.1"), '.', &a));
	assert_true(decimal_read(span_of("0.20"), '.', &b));
	assert_true(decimal_add(a, b, &c));
	decimal_write(c, t);
	assert_string_equal(t, "0.30");
	assert_true(decimal_cmp(a, b) < 0);
	decimal_write(decimal_short(c), t);
	assert_string_equal(t, "0.3");
	assert_true(decimal_mul(a, b, &c));
	decimal_write(c, t);
	assert_string_equal(t, "0.020");
	assert_true(decimal_read(span_of("999999999999999999"), '.', &a));
	assert_false(decimal_add(a, a, &c));
	assert_false(decimal_mul(a, a, &c));
}

static void
divides_decimals_and_rounds(void **state)
{
	static const struct {
		const char *a, *b, *out;
		int scale;
	} cases[] = {{"1", "3", "0.33", 2}, {"2", "3", "0.67", 2},
	    {"-1", "8", "-0.13", 2}, {"1", "-8", "-0.13", 2},
	    {"-0.1", "-8", "0.0125", 4}, {"12.50", "0.05", "250", 0},
	    {"0.004", "100", "0.00", 2}, {"5", "1000000", "0.000005", 6}};
	struct decimal a, b, c;
	char t[DECIMAL_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(decimal_read(span_of(cases[i].a), '.', &a));
		assert_true(decimal_read(span_of(cases[i].b), '.', &b));
		assert_true(decimal_div(a, b, cases[i].scale, &c));
		decimal_write(c, t);
		assert_string_equal(t, cases[i].out);
	}
	assert_true(decimal_read(span_of("0.00"), '.', &b));
	assert_false(decimal_div(a, b, 2, &c));
	assert_true(decimal_read(span_of("999999999999999999"), '.', &a));
	assert_true(decimal_read(span_of("0.00000000000000001"), '.', &b));
	assert_false(decimal_div(a, b, 6, &c));
}

static void
refuses_malformed_utf8(void **state)
{
	static const char *const bad[] = {"\x80", "\xc0\x80", "\xe0\x80\x80",
	    "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xc3",
	    "\xe2\x82"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(utf8_is(span_of(bad[i])));
	assert_int_equal(utf8_check(span_of("ab\xff")), 2);
}

static void
reads_and_writes_code_points(void **state)
{
	static const uint32_t points[] = {'a', 0xe4, 0x20ac, 0x1f600};
	struct span s;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (size_t i = 0; i < COUNT(points); i++)
		utf8_put(&b, points[i]);
	s = buf_span(&b);
	assert_true(span_is(s, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
	assert_int_equal(utf8_length(s), 4);
	for (size_t i = 0; i < COUNT(points); i++)
		assert_int_equal(utf8_next(&s), points[i]);
	assert_int_equal(utf8_next(&s), -2);
	buf_reset(&b);
	utf8_from_latin1(&b, span_of("M\xfcller"));
	assert_true(span_is(buf_span(&b), "M\xc3\xbcller"));
	buf_done(&b);
}

static void
digests_as_published(void **state)
{
	char hex[DIGEST_HEX_SIZE];
	unsigned char mac[DIGEST_SIZE];
	struct buf b;

	(void)state;
	digest_hex(span_of("abc"), hex);
	assert_string_equal(hex,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	/* RFC 4231, test case 2 */
	digest_hmac(
	    span_of("Jefe"), span_of("what do ya want for nothing?"), mac);
	buf_init(&b, 100);
	digest_to_hex(&b, span_make(mac, sizeof mac));
	assert_string_equal(b.p,
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	buf_done(&b);
}

static void
round_trips_base64(void **state)
{
	/* RFC 4648, section 10 */
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="},
	    {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
	struct arena *a = arena_new();
	struct span out;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct span text = span_of(pairs[i][1]);

		buf_reset(&b);
		digest_to_base64(&b, span_of(pairs[i][0]));
		assert_true(span_eq(buf_span(&b), text));
		assert_true(digest_from_base64(text, a, &out));
		assert_true(span_is(out, pairs[i][0]));
	}
	buf_done(&b);
	arena_free(a);
}

static void
refuses_sloppy_base64(void **state)
{
	static const char *const bad[] = {"Zg==", "Zh", "Z", "Zm 9", "Zm9v+"};
	struct arena *a = arena_new();
	struct span out;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(digest_from_base64url(span_of(bad[i]), a, &out));
	assert_false(digest_from_base64(span_of("Zm9v="), a, &out));
	assert_false(digest_from_base64(span_of("Zg"), a, &out));
	assert_true(digest_from_base64url(span_of("-_8"), a, &out));
	assert_memory_equal(out.p, "\xfb\xff", 2);
	arena_free(a);
}

static void
makes_uuids_of_version_7_that_rise(void **state)
{
	char a[UUID_SIZE], b[UUID_SIZE];

	(void)state;
	uuid_new(a);
	(void)usleep(2000);
	uuid_new(b);
	assert_true(uuid_is(span_of(a)) && uuid_is(span_of(b)));
	assert_int_equal(a[14], '7');
	assert_non_null(strchr("89ab", a[19]));
	assert_true(strcmp(a, b) < 0);
	assert_false(uuid_is(span_of("0190163d-8694-739b-aea5-966c26f8ad9")));
	assert_false(uuid_is(span_of("0190163D-8694-739b-aea5-966c26f8ad91")));
}

static void
compares_secrets_whole(void **state)
{
	(void)state;
	assert_true(digest_equal(span_of("ab"), span_of("ab")));
	assert_false(digest_equal(span_of("ab"), span_of("ac")));
	assert_false(digest_equal(span_of("ab"), span_of("abc")));
}

static void
counts_days_as_the_calendar_does(void **state)
{
	int y, m, d;

	(void)state;
	assert_true(clock_date_is(2024, 2, 29));
	assert_false(clock_date_is(2023, 2, 29));
	assert_false(clock_date_is(1900, 2, 29));
	assert_true(clock_date_is(2000, 2, 29));
	assert_false(clock_date_is(2024, 13, 1));
	assert_int_equal(clock_days(1970, 1, 1), 0);
	assert_int_equal(clock_days(2026, 11, 22), 20779);
	for (int64_t i = -700000; i < 800000; i += 997) {
		clock_from_days(i, &y, &m, &d);
		assert_int_equal(clock_days(y, m, d), i);
	}
}

static void
writes_times_as_rfc_3339_has_them(void **state)
{
	char at[CLOCK_RFC3339_SIZE];

	(void)state;
	clock_rfc3339(INT64_C(1700000000123456), at);
	assert_string_equal(at, "2023-11-14T22:13:20.123Z");
	clock_rfc3339(-1, at);
	assert_string_equal(at, "1969-12-31T23:59:59.999Z");
	assert_true(clock_mono() <= clock_mono());
	assert_true(clock_wall() > INT64_C(1700000000000000));
}

static void
temp_file(char path[64], const char *text, mode_t mode)
{
	int fd;

	(void)snprintf(path, 64, "/tmp/kontor-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
}

static void
reads_settings_and_lets_the_environment_win(void **state)
{
	struct arena *a = arena_new();
	struct conf *c;
	struct err err;
	char path[64];

	(void)state;
	temp_file(path, "# a comment\n\nlimit = 8443\nname = a = b\n", 0600);
	assert_int_equal(conf_load(path, a, &c, &err), RC_OK);
	assert_string_equal(conf_get(c, "name", NULL), "a = b");
	assert_int_equal(conf_int(c, "limit", 1, 1, 65535), 8443);
	assert_int_equal(conf_int(c, "absent", 7, 1, 65535), 7);
	assert_int_equal(setenv("KONTOR_LIMIT", "9000", 1), 0);
	assert_int_equal(conf_int(c, "limit", 1, 1, 65535), 9000);
	(void)unsetenv("KONTOR_LIMIT");
	(void)unlink(path);
	assert_int_equal(conf_load(path, a, &c, &err), RC_ABSENT);
	arena_free(a);
}

static void
refuses_settings_it_cannot_read(void **state)
{
	static const char *const bad[] = {
	    "port\n", "Port = 1\n", " = 1\n", "a = 1\na = 2\n"};
	struct arena *a = arena_new();
	struct conf *c;
	struct err err;
	char path[64];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		temp_file(path, bad[i], 0600);
		assert_int_equal(conf_load(path, a, &c, &err), RC_INPUT);
		assert_non_null(strstr(err.text, "line"));
		(void)unlink(path);
	}
	arena_free(a);
}

static void
reads_secrets_only_from_closed_files(void **state)
{
	struct arena *a = arena_new();
	struct conf *c;
	struct span s;
	struct err err;
	char path[64];

	(void)state;
	assert_int_equal(conf_load(NULL, a, &c, &err), RC_OK);
	assert_int_equal(conf_secret(c, "some_key", a, &s, &err), RC_ABSENT);
	temp_file(path, "hidden\n", 0644);
	assert_int_equal(setenv("KONTOR_SOME_KEY", path, 1), 0);
	assert_int_equal(conf_secret(c, "some_key", a, &s, &err), RC_FAULT);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(conf_secret(c, "some_key", a, &s, &err), RC_OK);
	assert_true(span_is(s, "hidden"));
	(void)unsetenv("KONTOR_SOME_KEY");
	assert_int_equal(file_read(path, 3, a, &s, &err), RC_INPUT);
	(void)unlink(path);
	arena_free(a);
}

/* Writes one line with the value and returns it, NUL-terminated. */
static const char *
logged(const char *value, char b[5000])
{
	char path[] = "/tmp/kontor-log-XXXXXX";
	int fd = mkstemp(path);
	struct logline l;
	ssize_t n;

	log_open(fd, "test");
	log_begin(&l, "info", "request");
	log_str(&l, "value", value);
	log_str(&l, "none", NULL);
	log_int(&l, "ms", -5);
	log_end(&l);
	n = pread(fd, b, 4999, 0);
	assert_true(n > 2 && n < 4096);
	b[n] = '\0';
	log_open(2, "kontor");
	(void)close(fd);
	(void)unlink(path);
	return b;
}

static void
logs_one_json_object_a_line(void **state)
{
	char b[5000];
	const char *line = logged("a\"b\nc\x1f", b);

	(void)state;
	assert_non_null(strstr(line, "\"value\":\"a\\\"b\\u000ac\\u001f\""));
	assert_non_null(strstr(line, "\"ms\":-5}\n"));
	assert_null(strstr(line, "none"));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void
cuts_a_log_value_that_is_too_long(void **state)
{
	char b[5000], big[8000];
	const char *line;

	(void)state;
	memset(big, 'y', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	line = logged(big, b);
	assert_non_null(strstr(line, "y\xe2\x80\xa6\""));
	assert_string_equal(line + strlen(line) - 2, "}\n");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cuts_every_field_and_ends),
	    cmocka_unit_test(clamps_a_sub_span),
	    cmocka_unit_test(reads_unsigned_numbers_strictly),
	    cmocka_unit_test(hashes_as_the_standard_says),
	    cmocka_unit_test(spreads_keys_that_were_chosen_to_collide),
	    cmocka_unit_test(has_another_secret_in_every_process),
	    cmocka_unit_test(runs_deferred_functions_last_first),
	    cmocka_unit_test(keeps_arena_memory_zeroed_and_apart),
	    cmocka_unit_test(grows_an_array_and_keeps_its_elements),
	    cmocka_unit_test(never_writes_beyond_its_maximum),
	    cmocka_unit_test(fills_errors_and_cuts_long_text),
	    cmocka_unit_test(keeps_errors_valid_text),
	    cmocka_unit_test(reads_and_writes_decimals_exactly),
	    cmocka_unit_test(calculates_with_decimals_exactly),
	    cmocka_unit_test(divides_decimals_and_rounds),
	    cmocka_unit_test(refuses_malformed_utf8),
	    cmocka_unit_test(reads_and_writes_code_points),
	    cmocka_unit_test(digests_as_published),
	    cmocka_unit_test(round_trips_base64),
	    cmocka_unit_test(refuses_sloppy_base64),
	    cmocka_unit_test(makes_uuids_of_version_7_that_rise),
	    cmocka_unit_test(compares_secrets_whole),
	    cmocka_unit_test(counts_days_as_the_calendar_does),
	    cmocka_unit_test(writes_times_as_rfc_3339_has_them),
	    cmocka_unit_test(reads_settings_and_lets_the_environment_win),
	    cmocka_unit_test(refuses_settings_it_cannot_read),
	    cmocka_unit_test(reads_secrets_only_from_closed_files),
	    cmocka_unit_test(logs_one_json_object_a_line),
	    cmocka_unit_test(cuts_a_log_value_that_is_too_long),
	};

	if (argc > 1 && strcmp(argv[1], "hash") == 0)
		return say_hash();
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
