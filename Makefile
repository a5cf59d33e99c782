# gatewayd: the e-mail front door of a support organisation.
#
#   make            build/gatewayd, build/gatewayctl, and the programs that they execute
#   make demo       the whole story on real servers (KEEP=1 leaves them running)
#   make check      all tests (SAN=1: with the address and undefined-behaviour sanitizers; T=NAME: some)
#   make check-full                 faults of all kinds, sanitizers, valgrind, mutants, fuzzing: up to three hours (T=NAME: some parts)
#   make check-package              the .deb on a Debian 12 booted by systemd: install, upgrade, purge
#   make fuzz       T=TARGET SECONDS=60: libFuzzer on a reader of the parser (all of them without T)
#   make bench-parse, make bombs    what parsing costs, beside others; what hurts it
#   make bench-start                what it costs to begin a program
#   make bench-seen CASES=10000     what the web pages and a report cost, beside a second computation
#   make templates-pictures         every mail as mail clients show it, in build/pictures (T=confirmation: some)
#   make looks      the web pages and the report in a browser: widths, contrast, keyboard; pictures in build/pictures/web
#   make corpus     the parser's score on real messages (../shared/corpus)
#   make lint       formatting, warnings of both compilers as errors, and the structure of the tree
#   make simulate   SEED=7 or SEEDS=1..500: the whole of core under a world that a seed decides
#   make points     its stories with one fault, at every operation at which it can come
#   make mutants    deliberate faults, each found by the test named beside it (T=NAME: some)
#   make deb        build/gatewayd_VERSION_ARCH.deb, of what is committed (needs debhelper)
#   make dist       build/gatewayd-VERSION.tar.gz, what is committed
#   make install    DESTDIR= PREFIX=/usr SYSCONFDIR=/etc
#   make deps       what building and testing need, by apt; demo and check begin with it

SAN     ?=
CC      ?= cc
PREFIX  ?= /usr
SYSCONFDIR ?= /etc
B       := $(if $(SAN),build/$(if $(filter fuzz,$(SAN)),fuzz,san),build)

# Each folder is a library; an arrow in this order runs to the right only.
FOLDERS := gatewayd store conf parser gatewayd/base
# What gatewayd is made of; its roles stand above, and arrows run to the right here too.
PARTS   := $(addprefix gatewayd/,parent web core poller sender tokens hooks ctl begin doctor timer person mail post stats case grant wire identity net)
LIBS    := $(foreach f,$(FOLDERS),$(B)/lib$(notdir $(f)).a)
MAINS   := gatewayd/main.c gatewayd/net_main.c gatewayd/parse_main.c gatewayd/ctl/gatewayctl.c gatewayd/ctl/ctl_doctor.c store/snapshot_main.c

PACKAGES := libmicrohttpd libcurl libsodium nettle libseccomp jansson libconfig sqlite3 libpq libsystemd libzstd gnutls
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wimplicit-fallthrough \
	-Wswitch-enum -Wconversion
HARDEN   := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
comma    := ,
SANITIZE := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)$(if $(filter fuzz,$(SAN)), -fsanitize=fuzzer-no-link)
OPTIMISE := $(if $(SAN),-O1,-O2)
CPPFLAGS += -I. -I$(B) -D_GNU_SOURCE -DGATEWAYD_DATADIR='"$(PREFIX)/share/gatewayd"' $(PACKAGE_CFLAGS)
CFLAGS   += -std=gnu11 -g $(OPTIMISE) $(WARNINGS) $(HARDEN) $(SANITIZE) $(if $(WERROR),-Werror)
# A program loads what it calls, no more: most of their beginning is that.
LDFLAGS  += -pie -Wl,-z,relro,-z,now,--as-needed $(SANITIZE)
LDLIBS   += $(PACKAGE_LIBS) -letpan -lresolv -pthread

# Asked for once, and only when something is compiled: "make deps" comes first on a fresh machine.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS   = $(eval PACKAGE_LIBS := $(shell pkg-config --libs $(PACKAGES)))$(PACKAGE_LIBS)

# What Python compiles stays in build too.
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/pycache

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all check clean

# What the daemon is made of, what is executed by it and by gatewayctl alone, and all.
DAEMON   := gatewayd gatewayd-net gatewayd-parse
EXECUTED := gatewayd-net gatewayd-parse gatewayd-doctor

all: $(addprefix $(B)/,gatewayd gatewayctl $(EXECUTED) gatewayd-templates.7)

clean:
	rm -rf build

sources = $(wildcard $(1)/*.c) $(if $(filter gatewayd,$(1)),$(wildcard $(addsuffix /*.c,$(PARTS))))
objects = $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(MAINS),$(call sources,$(1))))

define library
$(B)/lib$(notdir $(1)).a: $(call objects,$(1))
	@mkdir -p $$(@D) && rm -f $$@
	@echo '  AR      $$@'
	@$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call library,$(f))))

# The store's statements: store/sql/ becomes an enum and a table.
SQL := $(foreach f,sql sql/postgresql sql/migrations,$(sort $(wildcard store/$(f)/*.sql)))
SQL_TEXTS := $(B)/store/sql_sqlite $(B)/store/sql_postgresql

$(B)/store/sql_ids.h $(SQL_TEXTS:=.c): $(B)/store/sql_%: store/sql.awk $(SQL)
	@mkdir -p $(@D)
	@echo '  SQL     $@'
	@awk -v emit=$(basename $*) -f $^ > $@

$(call objects,store) $(SQL_TEXTS:$(B)/%=$(B)/obj/%.o): | $(B)/store/sql_ids.h
$(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/unit/test_store*.c)): | $(B)/store/sql_ids.h
$(B)/libstore.a: $(SQL_TEXTS:$(B)/%=$(B)/obj/%.o)

# What all migrations leave in a new file is found out here, not each time that there is one.
SNAPSHOT := $(B)/store/snapshot

$(SNAPSHOT).c: $(SNAPSHOT)
	@echo '  SQL     $@'
	@$< > $@

$(B)/obj/store/snapshot_main.o: | $(B)/store/sql_ids.h
$(B)/libstore.a: $(SNAPSHOT:$(B)/%=$(B)/obj/%.o)

# What zstd needs to read what goes out becomes a table of bytes.
DICTIONARY := $(B)/store/dictionary_1

$(DICTIONARY).c: store/dictionary_1.zdict
	@mkdir -p $(@D)
	@echo '  TABLE   $@'
	@{ echo '#include "store/dictionary.h"'; echo 'const unsigned char dictionary_1[] = {'; \
	od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; \
	echo '};'; echo 'const size_t dictionary_1_size = sizeof(dictionary_1);'; } > $@

$(B)/libstore.a: $(DICTIONARY:$(B)/%=$(B)/obj/%.o)

$(B)/gatewayd-templates.7: gatewayd/manual.awk conf/templates/README.md
	@mkdir -p $(@D)
	@echo '  MANUAL  $@'
	@awk -f $^ > $@

# The pages of the web role and of reports: each folder pages/ becomes a table; so does what setup writes.
$(B)/web/page_texts.c: TABLE := -v header=gatewayd/web/page.h -v table="page_text page_texts"
$(B)/stats/page_texts.c: TABLE := -v header=gatewayd/stats/stats_page.h -v table="stats_text stats_texts"
PAGE_TEXTS := $(addsuffix /page_texts,$(addprefix $(B)/,web stats begin))
$(B)/begin/page_texts.c: TABLE := -v header=gatewayd/begin/begin_write.h -v table="begin_text begin_texts"
$(B)/begin/page_texts.c: gatewayd/pages.awk conf/setup.conf
$(foreach f,web stats,$(eval $(B)/$(f)/page_texts.c: gatewayd/pages.awk $(sort $(wildcard gatewayd/$(f)/pages/*))))
$(addsuffix .c,$(PAGE_TEXTS)):
	@mkdir -p $(@D)
	@echo '  PAGES   $@'
	@awk $(TABLE) -f $^ > $@

$(B)/libgatewayd.a: $(patsubst $(B)/%,$(B)/obj/%.o,$(PAGE_TEXTS))
$(patsubst $(B)/%,$(B)/obj/%.o,$(PAGE_TEXTS) $(SQL_TEXTS) $(SNAPSHOT) $(DICTIONARY)): $(B)/obj/%.o: $(B)/%.c
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# A program: its name, what it is linked from, more libraries, more flags.
define program
$(1): $(2)
	@mkdir -p $$(@D)
	@echo '  LD      $$@'
	@$$(CC) $$(LDFLAGS) $(4) -o $$@ $$^ $(3) $$(LDLIBS)
endef

$(eval $(call program,$(SNAPSHOT),$(B)/obj/store/snapshot_main.o $(B)/obj/store/sql_sqlite.o))

# What a program needs that only parses.
PARSER := $(B)/libparser.a $(B)/libbase.a

$(eval $(call program,$(B)/gatewayd,$(B)/obj/gatewayd/main.o $(LIBS)))
$(eval $(call program,$(B)/gatewayd-net,$(B)/obj/gatewayd/net_main.o $(LIBS)))
$(eval $(call program,$(B)/gatewayd-parse,$(B)/obj/gatewayd/parse_main.o $(LIBS)))
$(eval $(call program,$(B)/gatewayctl,$(B)/obj/gatewayd/ctl/gatewayctl.o $(LIBS)))
# The same, but doctor does itself what there is left to this program.
$(eval $(call program,$(B)/gatewayd-doctor,$(patsubst %,$(B)/obj/gatewayd/ctl/%.o,gatewayctl ctl_doctor) $(LIBS)))

# A unit test is one file that prints TAP (cmocka does).
UNIT := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*.c))

$(eval $(call program,$(B)/tests/unit/%,$(B)/obj/tests/unit/%.o $(LIBS),-lcmocka))

# Stories on the real core: their own engine stands in for the store's, so that statements can fail.
STORIES := test_answers test_core_intake test_scenario test_scenario_damage test_shared_cases test_staff_answers
STORY_OBJ := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/scenario/*.c))

$(STORY_OBJ) $(STORIES:%=$(B)/obj/tests/unit/%.o): | $(B)/store/sql_ids.h
$(foreach s,$(STORIES),$(eval $(call program,$(B)/tests/unit/$(s),\
	$(B)/obj/tests/unit/$(s).o $(STORY_OBJ) $(LIBS),-lcmocka,-Wl$(comma)--wrap=engine_sqlite)))

.PHONY: answers
COMMANDS := $(patsubst %.c,$(B)/obj/%.o,tests/unit/test_staff_commands.c $(wildcard tests/scenario/*.c))

$(COMMANDS): | $(B)/store/sql_ids.h
$(eval $(call program,$(B)/tests/unit/test_staff_commands,\
	$(COMMANDS) $(LIBS),,-Wl$(comma)--wrap=engine_sqlite))

# The whole of core under a world that a seed decides (tests/simulate/README).
SIMULATE_OBJ := $(patsubst %.c,$(B)/obj/%.o,$(filter-out tests/simulate/simulate.c,\
	$(wildcard tests/simulate/*.c)) $(wildcard tests/scenario/*.c))
SIMULATE_WRAPS := engine_sqlite sendmsg recvmsg memfd_create mmap open rename link fsync pwrite
$(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/simulate/*.c)): | $(B)/store/sql_ids.h
$(eval $(call program,$(B)/tests/simulate/simulate,\
	$(B)/obj/tests/simulate/simulate.o $(SIMULATE_OBJ) $(LIBS),,\
	$(addprefix -Wl$(comma)--wrap=,$(SIMULATE_WRAPS))))

$(foreach s,test_simulate test_simulate_points,$(eval $(call program,$(B)/tests/unit/$(s),\
	$(B)/obj/tests/unit/$(s).o $(SIMULATE_OBJ) $(LIBS),,\
	$(addprefix -Wl$(comma)--wrap=,$(SIMULATE_WRAPS)))))

.PHONY: simulate
simulate: $(B)/tests/simulate/simulate
	@$< $(or $(SEED),$(SEEDS),1..200)

# Each of 22 stories with one fault, at every operation (EVERY=10: at every tenth).
.PHONY: points
points: $(B)/tests/simulate/simulate
	@$< --every $(or $(EVERY),1) tests/simulate/steps/*.txt

answers: $(B)/tests/unit/test_staff_answers
	$< --all

# `gatewayctl parse` without the rest, for tests that only need the parser.
$(eval $(call program,$(B)/tests/parse,$(B)/obj/tests/parse.o $(PARSER)))

# Programs that tests use.
TOOLS := $(patsubst %.c,$(B)/%,$(wildcard tests/tools/*.c))

$(eval $(call program,$(B)/tests/tools/%,$(B)/obj/tests/tools/%.o $(LIBS)))

# Fuzzing: the targets are in one program, FUZZ_TARGET says which one runs.  New inputs and what is
# found stay in build/fuzz; tests/fuzz/keep puts a minimised corpus back into the repository.
FUZZED  := $(patsubst %,$(B)/obj/tests/fuzz/%.o,targets targets_readers targets_core core_lab lab) $(LIBS)
SECONDS ?= 60

$(B)/obj/tests/fuzz/core_lab.o: | $(B)/store/sql_ids.h
$(eval $(call program,$(B)/tests/unit/test_fuzz_corpus $(B)/tests/unit/test_golden: $(B)/tests/unit/%,\
	$(B)/obj/tests/unit/%.o $(FUZZED),-lcmocka))

$(eval $(call program,$(B)/tests/fuzz/fuzz,$(B)/obj/tests/fuzz/fuzz.o $(FUZZED),,-fsanitize=fuzzer))

.PHONY: fuzz fuzz-build
fuzz-build:
	@$(MAKE) --no-print-directory SAN=fuzz CC=clang build/fuzz/tests/fuzz/fuzz
fuzz: fuzz-build
	@tests/fuzz/run $(SECONDS) $(T)

# Mails that are made to hurt: what each costs, and that twice as much costs twice as much.
$(eval $(call program,$(B)/tests/bombs/bombs,\
	$(B)/obj/tests/bombs/main.o $(B)/obj/tests/bombs/bombs.o $(PARSER)))

# How the mails look, to be looked at: build/pictures (needs chromium).
.PHONY: templates-pictures
templates-pictures: $(B)/gatewayctl
	@BUILD=$(B) tests/pictures.py $(T)

.PHONY: looks
looks: all
	@tests/looks.py

.PHONY: bombs
bombs: $(B)/tests/bombs/bombs
	$< 100
	@BUILD=$(B) tests/bombs/doubling 2000

$(eval $(call program,$(B)/tests/unit/test_bombs $(B)/tests/unit/test_limits: $(B)/tests/unit/%,\
	$(B)/obj/tests/unit/%.o $(B)/obj/tests/bombs/bombs.o $(PARSER),-lcmocka))

# gatewayd with a parser that can be made to crash, hang or eat memory, a disk that fails or is slow, and a clock that is set.
TRAPS = $(B)/obj/tests/traps/store.o $(B)/obj/tests/traps/clock.o
$(eval $(call program,$(B)/tests/traps/gatewayd,\
	$(B)/obj/gatewayd/main.o $(TRAPS) $(LIBS),,-Wl$(comma)--wrap=clock_gettime))
$(eval $(call program,$(B)/tests/traps/gatewayd-net,\
	$(B)/obj/gatewayd/net_main.o $(TRAPS) $(LIBS),,-Wl$(comma)--wrap=clock_gettime))
$(eval $(call program,$(B)/tests/traps/gatewayd-parse,\
	$(B)/obj/gatewayd/parse_main.o $(B)/obj/tests/traps/parser.o $(LIBS),,-Wl$(comma)--wrap=parser_parse))

# gatewayd on short waits that ends, or is refused something, at the n-th operation of a role (tests/steps/README).
STEPS_OBJ   := $(patsubst %,$(B)/obj/tests/steps/%.o,ops haste)
STEPS_WRAPS := -Wl$(comma)--export-dynamic$(comma)--wrap=backoff_delay$(comma)--wrap=clock_gettime$(comma)--wrap=pool_drain
$(eval $(call program,$(B)/tests/steps/gatewayd,$(B)/obj/gatewayd/main.o $(STEPS_OBJ) $(LIBS),-ldl,$(STEPS_WRAPS)))
$(eval $(call program,$(B)/tests/steps/gatewayd-net,$(B)/obj/gatewayd/net_main.o $(STEPS_OBJ) $(LIBS),-ldl,$(STEPS_WRAPS)))
$(eval $(call program,$(B)/tests/steps/gatewayd-parse,$(B)/obj/gatewayd/parse_main.o $(STEPS_OBJ) $(LIBS),-ldl,$(STEPS_WRAPS)))

# Preloaded into a Dovecot, so that it tells of new mails at once; without sanitizers, which that has not.
$(B)/tests/steps/idle.so: tests/steps/idle.c
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(CC) $(CPPFLAGS) $(filter-out $(SANITIZE),$(CFLAGS)) -fPIC -shared -o $@ $< -ldl

# What things cost; figures to read, not tests.
$(eval $(call program,$(B)/tests/bench/%,$(B)/obj/tests/bench/%.o $(LIBS)))

GMIME_LIBS = $(shell pkg-config --libs gmime-3.0)
GMIME_CFLAGS = $(patsubst -I%,-isystem%,$(shell pkg-config --cflags gmime-3.0))
$(B)/obj/tests/bench/parse_gmime.o: CFLAGS += $(GMIME_CFLAGS)
$(eval $(call program,$(B)/tests/bench/bench_parse,\
	$(patsubst %,$(B)/obj/tests/bench/%.o,bench_parse parse_gmime parse_floor) $(PARSER),$$(GMIME_LIBS)))

.PHONY: bench
bench: bench-parse bench-start bench-sla bench-store bench-net bench-core bench-drain bench-send bench-latency bench-growth bench-idle bench-import bench-seen bench-nodes

.PHONY: bench-parse
bench-parse: $(B)/tests/bench/bench_parse
	@BUILD=$(B) tests/bench/parse $(ROUNDS)

.PHONY: bench-start
bench-start: all
	@BUILD=$(B) tests/bench/start $(RUNS)

.PHONY: bench-drain
$(B)/tests/bench/%.so: tests/bench/%.c
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -shared -o $@ $< -ldl

bench-drain: all tools $(B)/tests/bench/count.so $(B)/tests/bench/slow_disk.so
	@FSYNC_US=$(FSYNC_US) tests/bench/drain $(or $(MAILS),2000) $(or $(ROUNDS),1) $(RTT)

.PHONY: bench-send
bench-send: all tools $(B)/tests/bench/count.so $(B)/tests/bench/hand_over
	@tests/bench/send $(MAILS)

# CASES of growth: a list of sizes; each has its default.
.PHONY: bench-growth bench-latency bench-idle bench-import
bench-growth: all tools $(B)/tests/bench/bench_timer
	@tests/bench/growth $(if $(filter pg,$(STORE)),--postgresql) $(CASES)
.PHONY: bench-nodes
bench-nodes: all tools $(B)/tests/bench/waits.so
	@ROUNDS=$(or $(ROUNDS),1) tests/bench/nodes $(or $(MAILS),1000) $(NODES)
bench-latency: all
	@tests/bench/latency $(MAILS)
bench-import: all
	@tests/bench/import $(MAILS)
bench-idle: all
	@tests/bench/idle $(MAILBOXES) $(SERVERS)

.PHONY: bench-core
bench-core: $(B)/tests/bench/bench_core $(B)/tests/bench/waits.so
	@BUILD=$(B) tests/bench/$(if $(filter pg,$(STORE)),core_pg,core) $(MAILS)

.PHONY: bench-net
bench-net: tools
	@tests/bench/net $(MAILS)

.PHONY: bench-sla
bench-sla: $(B)/tests/bench/bench_sla
	$<

.PHONY: bench-store
bench-store: $(B)/tests/bench/bench_store
	$< $(CASES)

.PHONY: bench-seen
bench-seen: $(B)/tests/bench/bench_seen
	$< $(CASES)

.PHONY: unit tools
tools: $(TOOLS)
unit: $(UNIT) $(TOOLS) $(B)/tests/bench/bench_core $(B)/tests/parse $(B)/tests/bombs/bombs \
		$(foreach f,traps steps,$(addprefix $(B)/tests/$(f)/,$(DAEMON))) \
		$(B)/tests/steps/idle.so

# The score of the parser on real messages, where they are at hand.
.PHONY: corpus
corpus: $(B)/tests/parse
	@BUILD=$(B) tests/corpus.py

# Each in a make of its own, so that the libraries are there when the compiler's flags are asked for.
check: deps
	@$(MAKE) --no-print-directory -j$$(nproc) WERROR=1 all unit
	@status=0; $(MAKE) --no-print-directory lint || status=1; \
	tests/run $(if $(SAN),--san) $(T) $(if $(filter pg,$(STORE)),test_store_postgresql) || status=1; exit $$status

# What takes longer, in two lanes, and one table of it (T=NAME: some parts).
.PHONY: check-full
check-full: deps
	@tests/full $(T)

# On a booted Debian of its own.
.PHONY: check-package
check-package:
	@tests/package/run

.PHONY: mutants
mutants:
	@tests/mutants.py $(T)

# The version has one place: gatewayd/base/version.h.
VERSION = $(shell sed -n 's/^\#define GATEWAYD_VERSION "\(.*\)"$$/\1/p' gatewayd/base/version.h)

.PHONY: dist
dist:
	@mkdir -p $(B)
	git archive --format=tar.gz --prefix=gatewayd-$(VERSION)/ -o $(B)/gatewayd-$(VERSION).tar.gz HEAD

# A package for this Debian, from what is committed, built in a copy: build/gatewayd_VERSION_ARCH.deb.
DEB_DATE = $(shell git log -1 --format=%cD)
DEB_VERSION ?= $(VERSION)
.PHONY: deb
deb:
	@rm -rf $(B)/deb && mkdir -p $(B)/deb/src
	@git archive HEAD | tar -x -C $(B)/deb/src
	@cp -R systemd/debian $(B)/deb/src/debian
	@printf 'gatewayd ($(DEB_VERSION)) unstable; urgency=medium\n\n  * See /usr/share/doc/gatewayd/CHANGELOG.md.gz.\n\n -- The gatewayd authors <maintainers@gatewayd.invalid>  $(DEB_DATE)\n' \
		>$(B)/deb/src/debian/changelog
	cd $(B)/deb/src && dpkg-buildpackage -us -uc -b -d -j$$(nproc) >../build.log 2>&1 || { tail -20 ../build.log; exit 1; }
	@mv $(B)/deb/*.deb $(B)/ && ls $(B)/*.deb

.PHONY: deps demo-deps lint demo demo-stop
deps:
	@tests/deps
demo-deps:
	@tests/deps demo

lint: all
	@OBJECTS=$(B)/obj tests/lint $(CPPFLAGS) $(GMIME_CFLAGS) -std=gnu11 $(WARNINGS)

demo: demo-deps
	@echo 'building'
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@tests/demo/demo $(if $(KEEP),--keep)

demo-stop:
	@tests/demo/demo --stop

# Installing starts nothing, and writes no configuration: "gatewayctl setup" does, or who copies the example.
SBIN   = $(DESTDIR)$(PREFIX)/sbin
SHARE  = $(DESTDIR)$(PREFIX)/share
LIBDIR = $(DESTDIR)$(PREFIX)/lib
LIBEXEC = $(DESTDIR)$(PREFIX)/libexec/gatewayd
ETC    = $(DESTDIR)$(SYSCONFDIR)/gatewayd
FILL   = sed -e 's|@SBINDIR@|$(PREFIX)/sbin|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g'
BASH_COMPLETION = $(SHARE)/bash-completion/completions
ZSH_COMPLETION  = $(SHARE)/zsh/vendor-completions
INSTALLED = $(BASH_COMPLETION)/gatewayctl $(ZSH_COMPLETION)/_gatewayctl \
	$(SBIN)/gatewayd $(SBIN)/gatewayctl $(LIBEXEC) $(SHARE)/gatewayd $(SHARE)/man/man8/gatewayd.8 \
	$(SHARE)/man/man8/gatewayctl.8 $(SHARE)/man/man5/gatewayd.conf.5 \
	$(SHARE)/man/man7/gatewayd-mail.7 $(SHARE)/man/man7/gatewayd-howto.7 \
	$(SHARE)/man/man7/gatewayd-server.7 $(SHARE)/man/man7/gatewayd-templates.7 \
	$(LIBDIR)/systemd/system/gatewayd.service $(LIBDIR)/sysusers.d/gatewayd.conf \
	$(LIBDIR)/tmpfiles.d/gatewayd.conf

.PHONY: install uninstall
install: all
	install -d $(SBIN) $(LIBEXEC) $(SHARE)/gatewayd $(SHARE)/man/man5 $(SHARE)/man/man7 $(SHARE)/man/man8 \
		$(ETC) \
		$(LIBDIR)/systemd/system $(LIBDIR)/sysusers.d $(LIBDIR)/tmpfiles.d \
		$(BASH_COMPLETION) $(ZSH_COMPLETION)
	install $(B)/gatewayd $(B)/gatewayctl $(SBIN)
	install $(addprefix $(B)/,$(EXECUTED)) $(LIBEXEC)
	install -m 644 gatewayd/*.8 $(SHARE)/man/man8
	install -m 644 gatewayd/*.7 $(B)/gatewayd-templates.7 $(SHARE)/man/man7
	install -m 644 conf/*.5 $(SHARE)/man/man5
	$(B)/gatewayctl completion bash >$(BASH_COMPLETION)/gatewayctl
	$(B)/gatewayctl completion zsh >$(ZSH_COMPLETION)/_gatewayctl
	cp -R --no-preserve=ownership conf/policy conf/templates conf/*.example systemd/monitoring $(SHARE)/gatewayd
	$(FILL) systemd/gatewayd.service.in >$(LIBDIR)/systemd/system/gatewayd.service
	$(FILL) systemd/gatewayd.tmpfiles.in >$(LIBDIR)/tmpfiles.d/gatewayd.conf
	install -m 644 systemd/gatewayd.sysusers $(LIBDIR)/sysusers.d/gatewayd.conf

# Leaves the configuration, the secrets and the store.
uninstall:
	rm -rf $(INSTALLED)

-include $(shell find $(B) -path $(B)/deb -prune -o -name '*.d' -type f -print 2>/dev/null)
