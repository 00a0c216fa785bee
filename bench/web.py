#!/usr/bin/env python3
"""web.py - what the pages cost, and how quick they are; all figures of one run

    bench/web.py [--build BUILD] [--messages N] [--rounds N]

Mail: messages a second with `--web off` and with the web role and an open inbox that
looks again whenever it is told to, in pairs that alternate; the processor time of the
web role over the measured seconds. Lists: N stored messages of different words; the
slower of five answers of each question. Listeners: 500 of them, memory of the process, and
how soon mail reaches one more while 50 do not read.
"""

import argparse
import http.client
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import smtplib
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Words as texts have them: a few are in many messages, most in few. Made of syllables, the
# same in each run; two that stand in one message of a hundred.
SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi no ka ro mi tu de so".split()
MAKER = random.Random(1)
WORDS = ["".join(MAKER.choices(SYLLABLES, k=MAKER.randrange(2, 5))) for _ in range(20000)]
WEIGHTS = [1 / (rank + 5) for rank in range(len(WORDS))]
SUMS = list(itertools.accumulate(WEIGHTS))
RARE = ["invoice", "納品書"]


class Server:
    def __init__(self, build, web):
        self.folder = tempfile.mkdtemp(prefix="postern-bench-")
        self.process = subprocess.Popen(
            [build / "postern", "serve", "--smtp", "127.0.0.1:0", "--web", "127.0.0.1:0" if web else "off", "--log",
             "warning", "--store", f"sqlite:{self.folder}/postern.db"], stdout=subprocess.PIPE, text=True)
        said = ""
        while "Ctrl-C" not in said:
            said += self.process.stdout.readline()
        self.smtp = int(re.search(r"SMTP +127\.0\.0\.1:(\d+)", said).group(1))
        self.web = int(re.search(r"http://127\.0\.0\.1:(\d+)", said).group(1)) if web else None

    def role(self):
        """The process id of the web role."""
        for pid in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "postern-web":
                return int(pid)
        return None

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=60)
        connection.request("GET", path)
        data = connection.getresponse().read()
        connection.close()
        return data

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        shutil.rmtree(self.folder)


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def keep_open(server, stop):
    """An open inbox: each time it is told, it looks again."""
    connection = http.client.HTTPConnection("127.0.0.1", server.web, timeout=60)
    connection.request("GET", "/api/postern/events?topics=inbox")
    answer = connection.getresponse()
    while not stop.is_set():
        if answer.readline().startswith(b"event: inbox"):
            server.get("/?fragment=list")


def throughput(build, web, warm, seconds):
    server, stop = Server(build, web), threading.Event()
    if web:
        threading.Thread(target=keep_open, args=(server, stop), daemon=True).start()
    load = subprocess.Popen([build / "bench/smtpload", "-s", "64", "-l", "1000", "-w", str(warm), "-t", str(seconds),
                             "127.0.0.1", str(server.smtp)], stdout=subprocess.PIPE, text=True)
    time.sleep(warm)
    before = processor_seconds(server.role()) if web else 0
    time.sleep(seconds - 0.5)
    spent = (processor_seconds(server.role()) - before) / (seconds - 0.5) if web else 0
    rate = float(re.search(r"rate=([\d.]+)", load.communicate()[0]).group(1))
    stop.set()
    server.stop()
    return rate, spent


def mail(build, rounds):
    ratios, spent, off = [], [], []
    for _ in range(rounds):
        without, _ = throughput(build, False, 4, 4)
        with_web, processor = throughput(build, True, 4, 4)
        off.append(without)
        ratios.append(with_web / without)
        spent.append(processor)
    print(f"mail: web on / off  {statistics.median(ratios):.3f}  (of {statistics.median(off):.0f} messages/s; pairs "
          f"{', '.join(f'{r:.2f}' for r in ratios)}); web role {100 * statistics.median(spent):.1f} % of one processor")


def deliver(server, build, count):
    """Messages of different words, as a mailbox file that is imported."""
    choice = random.Random(1)
    path = f"{server.folder}/many.mbox"
    with open(path, "w", encoding="utf-8") as mailbox:
        for n in range(count):
            words = choice.choices(WORDS, cum_weights=SUMS, k=250) + [w for w in RARE if choice.random() < 0.01]
            text = " ".join(words)
            sender = f"user{choice.randrange(2000)}@example{choice.randrange(50)}.org"
            mailbox.write(f"From {sender} Wed Nov 25 00:00:00 2026\nFrom: {choice.choice(words)} <{sender}>\nTo: "
                          f"team{n % 300}@example.net\nSubject: {choice.choice(words)} {choice.choice(words)} {n}\n"
                          "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
                          f"{text}\n\n")
    subprocess.run([build / "postern", "inbox", "import", path, "--store", f"sqlite:{server.folder}/postern.db"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.unlink(path)


def lists(build, count):
    server = Server(build, True)
    deliver(server, build, count)
    began = time.monotonic()
    while json.loads(server.get("/api/postern/stats"))["indexed"] < count:
        time.sleep(1)
    print(f"lists: {count} messages, all indexed {time.monotonic() - began:.0f} s behind the last")
    search = "/api/v1/search?query="
    for what, path in (("list", "/api/v1/messages"), ("list, far back", f"/api/v1/messages?start={count * 9 // 10}"),
                       ("inbox page", "/"), ("a word", search + "invoice"), ("two words", search + "invoice+" + WORDS[300]),
                       ("part of a word", search + "nvoic"), ("a word of one in four", search + WORDS[20]),
                       ("Japanese, two characters", search + urllib.parse.quote("納品")),
                       ("from:", search + "from:user77@"), ("subject:", search + "subject:" + WORDS[200]),
                       ("one message", search + "subject:%22" + str(count // 2) + "%22"), ("nothing", search + "zzzzqqq"),
                       ("not a word", search + "-invoice"), ("is:unread", search + "is:unread"),
                       ("larger:", search + "larger:2k"), ("open, API", "/api/v1/message/latest"),
                       ("open, page", "/message/latest"), ("sessions", "/sessions")):
        times = []
        for _ in range(5):
            began = time.perf_counter()
            server.get(path)
            times.append(time.perf_counter() - began)
        print(f"  {what:<26}{1000 * sorted(times)[3]:8.1f} ms")
    server.stop()


def listen(server):
    connection = socket.create_connection(("127.0.0.1", server.web))
    connection.sendall(b"GET /api/postern/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection


def listeners(build):
    server = Server(build, True)
    readers = [listen(server) for _ in range(500)]
    stalled = [listen(server) for _ in range(50)]
    for reader in readers:
        reader.recv(65536)
    times = []
    for _ in range(20):
        with smtplib.SMTP("127.0.0.1", server.smtp) as client:
            client.sendmail("a@example.org", ["b@example.org"], "Subject: x\r\n\r\nx\r\n")
        began, seen = time.perf_counter(), b""
        while b"event: inbox" not in seen:
            seen += readers[-1].recv(65536)
        times.append(time.perf_counter() - began)
        time.sleep(0.3)
        for reader in readers:
            reader.recv(1 << 20)
    status = pathlib.Path(f"/proc/{server.role()}/status").read_text()
    resident = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
    print(f"listeners: 500 reading and {len(stalled)} stalled: {resident:.1f} MB resident; mail is told "
          f"{1000 * statistics.median(times):.0f} ms behind its QUIT (median of 20, worst {1000 * max(times):.0f})")
    server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--messages", type=int, default=20000 if os.environ.get("BENCH") == "quick" else 100000)
    parser.add_argument("--rounds", type=int, default=3 if os.environ.get("BENCH") == "quick" else 7)
    options = parser.parse_args()
    build = options.build.resolve()
    lists(build, options.messages)
    listeners(build)
    if options.rounds > 0:
        mail(build, options.rounds)


if __name__ == "__main__":
    main()
