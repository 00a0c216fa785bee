# The commands people type. Each target only forwards: to Meson through tools/build.sh,
# to the test driver tests/run.py, or to a script in tools/. `make help` lists them.
#
#   BUILD=folder   where to build (build)
#   ARGS='…'       further options for `make serve` and `make test`

BUILD ?= build
ARGS ?=
NAME ?=
T ?= 60
DESTDIR ?=
PREFIX ?= /usr/local

.DEFAULT_GOAL := all
.PHONY: all deps serve playground test test-all check bench asan tsan cover analyze fuzz fmt \
	install clean help

all:                 ## build the programs (build/postern)
	@tools/deps.sh build
	@tools/build.sh $(BUILD)

deps:                ## list the Debian packages and why each is needed; install missing ones
	@tools/deps.sh --list build test check bench testall
	@tools/deps.sh build test check bench testall

serve: all           ## build, then run a server on loopback with its data in ./var
	@mkdir -p var
	@exec $(BUILD)/postern serve --store sqlite:$(CURDIR)/var/postern.db $(ARGS)

playground: all      ## build the page for trying SMTP, as static files in build/playground
	@tools/playground.sh $(BUILD)

test:                ## run all tests; the last line is "N passed, N failed"
	@tools/deps.sh build test
	@tools/build.sh $(BUILD)
	@tools/peers.sh $(BUILD)/peers >/dev/null
	@tools/npm.sh $(BUILD)/npm
	@tests/run.py --build $(BUILD) $(ARGS)

test-all:            ## run everything: sanitizers, valgrind, fuzzers, long crash and out-of-memory tests
	@tools/deps.sh build test check testall
	@tools/test_all.sh

check:               ## check layers, purity, banned and unused functions, format; rank functions
	@tools/deps.sh build check
	@tools/build.sh $(BUILD)
	@tools/check.sh $(BUILD)

bench:               ## measure against the limits of the machine (BENCH=quick: two minutes)
	@tools/deps.sh build bench
	@tools/build.sh $(BUILD)
	@tools/peers.sh $(BUILD)/peers >/dev/null
	@bench/run.py --build $(BUILD) --out $(BUILD)/bench.json
	@bench/web.py --build $(BUILD)

asan:                ## run the tests with address and undefined sanitizers, gcc and clang
	@tools/deps.sh build test testall
	@tools/sanitize.sh gcc address,undefined
	@tools/sanitize.sh clang-14 address,undefined

tsan:                ## run the tests of threaded parts with the thread sanitizer
	@tools/deps.sh build test testall
	@tools/sanitize.sh clang-14 thread

cover:               ## run the tests with line coverage; report in build-cover/coverage.txt
	@tools/deps.sh build test testall
	@tools/cover.sh

analyze:             ## run gcc -fanalyzer on src/; a finding is an error
	@tools/deps.sh build
	@tools/analyze.sh

fuzz:                ## fuzz one target: make fuzz NAME=server T=60 (no NAME: each in turn)
	@tools/deps.sh build testall
	@tools/fuzz.sh "$(NAME)" "$(T)"

fmt:                 ## format all C sources in place
	@tools/deps.sh check
	@tools/format.sh --fix

install: all         ## install under PREFIX (/usr/local), below DESTDIR if set
	@meson configure $(BUILD) -Dprefix=$(PREFIX)
	@DESTDIR=$(DESTDIR) meson install -C $(BUILD)

clean:               ## remove all build folders (./var stays)
	@rm -rf build build-*

help:                ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18
