# gatewayd: the e-mail front door of a support organisation.
#
#   make            build/gatewayd and build/gatewayctl
#   make demo       the whole story on real servers (KEEP=1 leaves them running)
#   make check      all tests (SAN=1: with the address and undefined-behaviour sanitizers)
#   make install    DESTDIR= PREFIX=/usr SYSCONFDIR=/etc

SAN     ?=
CC      ?= cc
PREFIX  ?= /usr
SYSCONFDIR ?= /etc
B       := $(if $(SAN),build/san,build)

# Each folder is a library; an arrow in this order runs to the right only.
FOLDERS := gatewayd store conf parser gatewayd/base
LIBS    := $(foreach f,$(FOLDERS),$(B)/lib$(notdir $(f)).a)
MAINS   := gatewayd/main.c gatewayd/gatewayctl.c

PACKAGES := libcurl libsodium libseccomp libxml-2.0 jansson libconfig sqlite3 libsystemd
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wimplicit-fallthrough
HARDEN   := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
SANITIZE := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)
comma    := ,
OPTIMISE := $(if $(SAN),-O1,-O2)
CPPFLAGS += -I. -I$(B) -D_GNU_SOURCE $(shell pkg-config --cflags $(PACKAGES))
CFLAGS   += -std=gnu11 -g $(OPTIMISE) $(WARNINGS) $(HARDEN) $(SANITIZE) $(if $(WERROR),-Werror)
LDFLAGS  += -pie -Wl,-z,relro,-z,now $(SANITIZE)
LDLIBS   += $(shell pkg-config --libs $(PACKAGES)) -letpan -pthread

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all check clean

all: $(B)/gatewayd $(B)/gatewayctl

clean:
	rm -rf build

objects = $(patsubst %.c,$(B)/%.o,$(filter-out $(MAINS),$(wildcard $(1)/*.c)))

define library
$(B)/lib$(notdir $(1)).a: $(call objects,$(1))
	@mkdir -p $$(@D) && rm -f $$@
	@echo '  AR      $$@'
	@$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call library,$(f))))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gatewayd: $(B)/gatewayd/main.o $(LIBS)
	@echo '  LD      $@'
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/gatewayctl: $(B)/gatewayd/gatewayctl.o $(LIBS)
	@echo '  LD      $@'
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# A unit test is one file that prints TAP (cmocka does).
UNIT := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*.c))

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(LIBS)
	@echo '  LD      $@'
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

.PHONY: unit
unit: $(UNIT)

check: all unit
	tests/run $(if $(SAN),--san) $(T)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
