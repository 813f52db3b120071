# SPDX-License-Identifier: Apache-2.0
# The only build entry; sources are found by wildcard. `make help` lists the
# targets.
BUILD ?= build
CC = gcc
KORE_CF := $(shell cat /usr/share/kore/features 2>/dev/null)
FOREIGN := $(shell pkg-config --cflags libxml-2.0 jansson icu-uc icu-i18n 2>/dev/null | sed 's/-I/-isystem /g') \
	-isystem /usr/include/postgresql
WARN = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef \
	-Wvla -Wswitch-enum -Wnull-dereference
ifdef CI
WARN += -Werror
endif
CFLAGS = -std=c11 -D_GNU_SOURCE -O2 -g -fPIC -fstack-protector-strong \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 $(WARN) -Isrc $(FOREIGN)
LDFLAGS = -Wl,-z,relro,-z,now
LIBS = -lpq -lldap -llber -ljwt -ljansson -lxml2 -lcurl -licui18n -licuuc \
	-licudata -lcsv -lseccomp -lcrypto -lm

LIB_SRC := $(filter-out src/web/% src/main/%,$(wildcard src/*/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
WEB_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/web/*.c) src/main/kontor_module.c)

all: $(BUILD)/libkontor.a

$(BUILD)/libkontor.a: $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/src/web/%.o $(BUILD)/src/main/kontor_module.o: CFLAGS += $(KORE_CF) -isystem /usr/include/kore

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/kontor.so: $(WEB_OBJ) $(BUILD)/libkontor.a
	$(CC) -shared $(LDFLAGS) -o $@ $(WEB_OBJ) -Wl,--whole-archive $(BUILD)/libkontor.a -Wl,--no-whole-archive $(LIBS)

$(BUILD)/kontor-worker: $(BUILD)/src/main/kontor_worker.o $(BUILD)/libkontor.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/kontorctl: $(BUILD)/src/main/kontorctl.o $(BUILD)/libkontor.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all
