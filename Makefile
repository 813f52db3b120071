# SPDX-License-Identifier: Apache-2.0
# The only build entry; sources are found by wildcard. `make help` lists the
# targets. SAN=1 builds with address and undefined sanitizers in build-san;
# CI=1 makes warnings errors.
CC = gcc
ifdef SAN
BUILD ?= build-san
SANFLAGS = -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
FORTIFY = -U_FORTIFY_SOURCE
OPT ?= -O1
else
BUILD ?= build
FORTIFY = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
OPT ?= -O2
endif
KORE_CF := $(shell cat /usr/share/kore/features 2>/dev/null)
FOREIGN := $(shell pkg-config --cflags libxml-2.0 jansson icu-uc icu-i18n cairo-ft \
	gmime-3.0 2>/dev/null | sed 's/-I/-isystem /g') -isystem /usr/include/postgresql
WARN = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef \
	-Wvla -Wswitch-enum -Wnull-dereference
ifneq ($(filter-out false 0,$(CI)),)
WARN += -Werror
endif
CFLAGS = -std=c11 -D_GNU_SOURCE $(OPT) -g -fPIC -fstack-protector-strong \
	$(FORTIFY) $(SANFLAGS) $(WARN) -Isrc $(FOREIGN) $(EXTRA)
LDFLAGS = -Wl,-z,relro,-z,now -Wl,--as-needed $(SANFLAGS) $(EXTRA)
LIBS = -lpq -lldap -llber -ljwt -ljansson -lxml2 -lcurl -lgmime-3.0 \
	-lgobject-2.0 -lglib-2.0 -licui18n -licuuc \
	-licudata -lcsv -lcairo -lfreetype -lzint -lzip -lz -lseccomp -lcrypto -lpthread -lm

LIB_SRC := $(filter-out src/web/% src/main/%,$(wildcard src/*/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
WEB_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/web/*.c) \
	src/main/kontor_module.c)
CTL_OBJ := $(patsubst %.c,$(BUILD)/%.o,src/main/kontorctl.c \
	$(wildcard src/main/ctl_*.c))
WORKER_OBJ := $(patsubst %.c,$(BUILD)/%.o,src/main/kontor_worker.c \
	$(wildcard src/main/worker_*.c))
UNIT := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
FUZZ := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))

# A program is built as soon as its main file exists.
have = $(if $(wildcard $(1)),$(2))
PROGRAMS := $(call have,src/main/kontor_module.c,$(BUILD)/kontor.so) \
	$(call have,src/main/kontor_worker.c,$(BUILD)/kontor-worker) \
	$(call have,src/main/kontorctl.c,$(BUILD)/kontorctl) \
	$(call have,ops/dev/supervise.c,$(BUILD)/supervise)

# V=1 shows whole command lines.
Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)	$(2)')

all: $(BUILD)/libkontor.a $(PROGRAMS) ## build everything (the default)

$(BUILD)/libkontor.a: $(LIB_OBJ)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $^

$(WEB_OBJ): CFLAGS += $(KORE_CF) -isystem /usr/include/kore

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# Kore finds every symbol of the module at load time, itself included; our
# own functions come first where Kore has one of the same name.
$(BUILD)/kontor.so: $(WEB_OBJ) $(BUILD)/libkontor.a
	$(call say,LD,$@)
	$(Q)$(CC) -shared -Wl,-Bsymbolic-functions $(LDFLAGS) -o $@ $^ \
	    $(LIBS)

$(BUILD)/kontor-worker: $(WORKER_OBJ) $(BUILD)/libkontor.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/kontorctl: $(CTL_OBJ) $(BUILD)/libkontor.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/supervise: ops/dev/supervise.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $<

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libkontor.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/libkontor.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# The web layer's pure modules; those with Kore in them stay in the archive.
$(BUILD)/libweb.a: $(filter $(BUILD)/src/web/%,$(WEB_OBJ))
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $^

$(BUILD)/tests/unit/web_%: $(BUILD)/tests/unit/web_%.o $(BUILD)/libweb.a \
    $(BUILD)/libkontor.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

unit: $(if $(T),$(T:%=$(BUILD)/tests/unit/%),$(UNIT:%=$(BUILD)/tests/unit/%)) \
    ## run the C unit tests (T=edi_x12 for one)
	@sh tests/unit/run $(BUILD) $(or $(T),$(UNIT))

# Fuzz targets and the library once more, built by clang with libFuzzer.
FUZZ_FLAGS = -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined
FUZZ_MAKE = $(MAKE) --no-print-directory CI= SAN= BUILD=build-fuzz CC=clang \
	OPT=-O1 FORTIFY=-U_FORTIFY_SOURCE \
	EXTRA='$(FUZZ_FLAGS) -Wno-unknown-warning-option'
FUZZ_TIME ?= 5

build-fuzz/tests/fuzz/%: build-fuzz/tests/fuzz/%.o build-fuzz/libkontor.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

build-fuzz/tests/fuzz/web_%: build-fuzz/tests/fuzz/web_%.o build-fuzz/libweb.a \
    build-fuzz/libkontor.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

fuzz: ## fuzz each target FUZZ_TIME seconds (T=edi for one)
	+@$(FUZZ_MAKE) fuzz-build T='$(T)'
	@sh tests/fuzz/run $(FUZZ_TIME) $(or $(T),$(FUZZ))

fuzz-build: $(patsubst %,build-fuzz/tests/fuzz/%,$(or $(T),$(FUZZ)))

run: ## start the private set-up on loopback; Ctrl-C stops it
	@sh ops/run

test: ## every suite, in a set-up of its own (SAN=1: sanitizers too)
	@SAN='$(SAN)' sh ops/test

check: lint unit sql ## lint, unit and SQL tests

check-all: test ## the same as test

lint: ## layers, owners, sizes, formatting, SQL, HTML and text conventions
	@sh tests/lint/run

sql: all ## pgTAP in the running set-up's cluster, in a database of its own
	@sh ops/dev/pgtap

fmt: ## format C sources
	clang-format -i $(wildcard src/*/*.c src/*/*.h tests/*/*.c tests/*/*.h \
	    ops/dev/*.c)

docs: ## write what is generated: docs/rules.md
	node ops/dev/rules.mjs >docs/rules.md

cover: ## line and branch coverage of the unit tests in build-cover/index.html
	@$(MAKE) --no-print-directory BUILD=build-cover OPT=-O0 \
	    EXTRA='--coverage' FORTIFY=-U_FORTIFY_SOURCE unit
	gcovr -r . --object-directory build-cover --exclude tests/ \
	    --html-details build-cover/index.html --txt --branches

bench: all $(BUILD)/tests/bench/render ## the bars of docs/performance.md, each with its peer
	@sh tests/bench/run

bench-edi: all ## the part of it that reads EDIFACT, X12 and UBL; needs no set-up
	@sh tests/bench/edi

soak: all ## 1,000 crash rounds and long fuzzing
	@sh tests/crash/soak

status: ## what of the set-up is running
	@sh ops/status

stop: ## stop the set-up
	@sh ops/stop

clean: ## remove what was built
	rm -rf build build-san build-fuzz build-cover

help: ## this list
	@awk 'sub(/\\$$/, "") { l = l $$0; next } { l = l $$0; \
	    if (l ~ /^[a-z-]+:.*## /) { t = l; sub(/:.*/, "", t); \
	    sub(/.*## /, "", l); printf "  %-10s %s\n", t, l }; l = "" }' \
	    Makefile

# Objects stay, so that a test program is not rebuilt each time.
.SECONDARY:
.PHONY: all unit fuzz fuzz-build run test check check-all lint sql fmt docs cover \
	bench bench-edi soak status stop clean help
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
