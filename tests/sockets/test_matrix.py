#!/usr/bin/env python3
"""Every cell of the command matrix over a real socket.

The cells are tests/model/matrix.csv (one row per state and command). A server as it
starts by itself offers neither AUTH nor STARTTLS and trusts nobody with XCLIENT, so
these three columns follow from the order of checks: a verb that is not offered is
refused (502) before anything else is looked at, a right that is missing (550) last.
State R needs a server that refuses the client in its greeting; no option of the
program makes one do that, its row is proved on the engine by the model tests.

A cell passes when the reply has the code and enhanced code of its row, the words of
its rule name the missing step, and the state behind it is the one of the row, which
is found out by asking.
"""

import csv
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import ROOT, Server
from tap import check, equal
from wire import Wire

MAX_MESSAGE = 10000

# What the reply of each rule must say: the command it answers and the step that is missing.
RULES = {
    "SEQ-01": r"{verb}: send EHLO",
    "SEQ-02": r"{verb}: this needs EHLO",
    "SEQ-03": r"MAIL: a transaction is already open.*RSET",
    "SEQ-04": r"{verb}: send MAIL FROM first",
    "SEQ-06": r"{verb}: send RCPT TO first",
    "SEQ-07": r"{verb}: no valid recipients, all 1 were refused",
    "SEQ-08": r"DATA: this transaction already uses BDAT",
    "SEQ-09": r"{verb}: not allowed between BDAT chunks",
    "SEQ-10": r"BDAT: 4 octets discarded; send MAIL FROM and RCPT TO first",
    "SEQ-11": r"{verb}: the BDAT transaction failed earlier \(552\); send RSET",
    "SEQ-18": r"XCLIENT: not allowed during a mail transaction",
}
MAIL = b"MAIL FROM:<a@example.org>\r\n"
RCPT = b"RCPT TO:<ann@example.net>\r\n"
NOBODY = b"RCPT TO:<nobody@elsewhere.example>\r\n"  # --domain makes it a foreign one
COMMANDS = {
    "HELO": b"HELO c.example\r\n", "EHLO": b"EHLO c.example\r\n", "MAIL": MAIL, "RCPT": RCPT,
    "DATA": b"DATA\r\n", "BDAT": b"BDAT 4\r\nab\r\n", "BDAT-LAST": b"BDAT 4 LAST\r\nab\r\n",
    "RSET": b"RSET\r\n", "NOOP": b"NOOP\r\n", "VRFY": b"VRFY ann\r\n", "EXPN": b"EXPN list\r\n",
    "HELP": b"HELP\r\n", "AUTH": b"AUTH PLAIN AGFubgBzZWNyZXQtMQ==\r\n", "STARTTLS": b"STARTTLS\r\n",
    "QUIT": b"QUIT\r\n", "XCLIENT": b"XCLIENT NAME=x.example\r\n", "FOOB": b"FOOB\r\n",
}
# How to get into a state from the one before: octets and the code of the reply.
EHLO, HELO = (COMMANDS["EHLO"], 250), (COMMANDS["HELO"], 250)
WAYS = {
    "G": [],
    "H": [HELO],
    "E": [EHLO],
    "M0": [EHLO, (MAIL, 250)],
    "M1": [EHLO, (MAIL, 250), (NOBODY, 550)],
    "P": [EHLO, (MAIL, 250), (RCPT, 250)],
    "B": [EHLO, (MAIL, 250), (RCPT, 250), (COMMANDS["BDAT"], 250)],
    "F": [EHLO, (MAIL, 250), (RCPT, 250), (b"BDAT 10001\r\n" + b"x" * 10001, 552)],
    "H-M0": [HELO, (MAIL, 250)],
    "H-M1": [HELO, (MAIL, 250), (NOBODY, 550)],
    "H-P": [HELO, (MAIL, 250), (RCPT, 250)],
}


def offered_here(row):
    """The row as it reads for a server without AUTH, STARTTLS and trust."""
    state, command, code, enhanced, after, rule = row
    if command in ("AUTH", "STARTTLS"):
        return state, command, "502", "5.5.1", state, "-"
    if command == "XCLIENT" and rule == "-":
        return state, command, "550", "5.7.0", state, "-"
    return row


def cells():
    with open(ROOT / "tests" / "model" / "matrix.csv", newline="", encoding="utf-8") as file:
        for r in csv.DictReader(line for line in file if not line.startswith("#")):
            if r["state"] != "R":
                yield offered_here((r["state"], r["command"], r["code"], r["enhanced"], r["next"], r["rule"]))
    # A transaction of a HELO session: extension verbs are refused for the hello
    # (check 6) before the transaction is looked at (check 9), the chunk is eaten.
    for state in ("H-M0", "H-M1", "H-P"):
        for command in ("BDAT", "BDAT-LAST"):
            yield state, command, "503", "5.5.1", state, "SEQ-02"
        yield state, "RSET", "250", "2.0.0", "H", "-"
        yield state, "EHLO", "250", "-", "E", "-"


def state_of(wire):
    """Ask the session where it is. The questions change nothing, but the last one may."""
    reply = wire.command("DATA")
    words = {"send EHLO": "G", "send RCPT TO first": "M0", "no valid recipients": "M1",
             "already uses BDAT": "B", "failed earlier": "F"}
    state = next((s for text, s in words.items() if text in reply.text), None)
    if reply.code == 354:
        state = "P"
    if state is None:
        check(reply.code == 503 and "send MAIL FROM" in reply.text, f"DATA asks for what? {reply}")
        state = "H" if "needs EHLO" in wire.command("BDAT 0 LAST", 503).text else "E"
        return state
    wire.received and check(False, f"more than one reply: {wire.received!r}")
    return state


def without_hello(state):
    return state.removeprefix("H-")


@tap.before
def start(folder):
    global server
    server = Server(folder, "--domain", "example.net", "--max-message-size", str(MAX_MESSAGE))


@tap.table("{0}: {1} gets {2} {3} and leads to {4}", list(cells()), timeout=15)
def cell(state, command, code, enhanced, after, rule):
    wire = Wire(server.address)
    for octets, expected in WAYS[state]:
        wire.send(octets)
        wire.expect(expected)
    wire.send(COMMANDS[command])
    reply = wire.expect(int(code), "" if enhanced == "-" else enhanced)
    if rule in RULES:
        pattern = RULES[rule].format(verb=command.partition("-")[0])
        if not (rule == "SEQ-11" and command.startswith("BDAT")):
            check(re.search(pattern, reply.text), f"{rule} must say {pattern!r}, found {reply}")
    if command == "HELP":
        check(len(reply.lines) >= 1 and "RSET" in reply.text or state == "R",
              f"HELP must name what is allowed next: {reply}")
    if after == "X":
        wire.expect_closed()
    elif after == "D":
        wire.send(b".\r\n")
        wire.expect(250, "2.0.0")
        equal(state_of(wire), "E", "the state behind the end of data")
    else:
        equal(state_of(wire), without_hello(after), f"the state behind {command}")


if __name__ == "__main__":
    tap.main()
