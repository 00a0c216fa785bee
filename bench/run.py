#!/usr/bin/env python3
"""run.py - all figures of the benchmark, in one run, beside this machine's own limits

  bench/run.py --build FOLDER [--out FILE] [--data FOLDER] [--quick] [--serve OPTIONS] [PART...]

PART is one or more of: engine explain disk start idle store memory. BENCH=quick is --quick.

1. A rate alone says little: disks differ a hundredfold and neighbours disturb. So each
   rate stands beside two limits measured in the same minutes on the same folder:
   "durable" (bench/limit: fixed answers, one append and one fdatasync for all that
   waits) and "discard" (fixed answers only).
2. Server and limit take turns (A B A B); the figure is the median of the rounds, the
   ratio is that of the medians.
3. The store in memory is compared with the disk store, with "discard" and, where
   tools/peers.sh has put it, with Postfix's smtp-sink, which keeps nothing.
4. Processor time is that of all processes of the server, inside the measured window.
5. Nothing is rounded in our favour; a figure that could not be had is "-" and null.
"""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZES = [("1 KB", 1024), ("10 KB", 10240), ("1 MB", 1 << 20)]
SESSIONS = [1, 8, 64]
IDLE = 5000
STARTS = 9
FILLED = [0, 100_000, 500_000, 1_000_000]  # messages in the memory: store at each look
FILLED_QUICK = [0, 50_000, 100_000]
LOOK = 30_000  # messages of one look


# ---- the machine -------------------------------------------------------------

def file_text(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def mount_of(folder):
    """(device, file system) that holds folder: the longest mount point that fits."""
    best = ("", "?", "?")
    for line in file_text("/proc/self/mounts").splitlines():
        device, point, kind = line.split()[:3]
        inside = point == "/" or f"{folder}/".startswith(point + "/")
        if inside and len(point) > len(best[0]):
            best = (point, device, kind)
    return best[1], best[2]


def machine(data):
    cpu = [line.split(":", 1)[1].strip() for line in file_text("/proc/cpuinfo").splitlines()
           if line.startswith("model name")]
    memory = next((int(line.split()[1]) for line in file_text("/proc/meminfo").splitlines()
                   if line.startswith("MemTotal")), 0)
    device, kind = mount_of(data)
    return {"cpu": cpu[0] if cpu else os.uname().machine, "cores": os.cpu_count(),
            "memory_mb": memory // 1024, "kernel": os.uname().release, "device": device,
            "file_system": kind, "load_before": os.getloadavg()[0],
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}


# ---- processes ---------------------------------------------------------------

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children_of(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        for child in map(int, file_text(task / "children").split()):
            found += [child, *children_of(child)]
    return found


def values(line):
    """{key: number} of a line of key=value."""
    found = {}
    for word in line.split():
        key, _, value = word.partition("=")
        try:
            found[key] = float(value)
        except ValueError:
            pass
    return found


class Process:
    """A server under load, with a port of its own."""

    def __init__(self, words, log):
        self.began = time.monotonic()
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def wait_greeting(self):
        """Seconds from the start of the program to its first 220."""
        deadline = self.began + 20
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as peer:
                    if peer.recv(512).startswith(b"220"):
                        took = time.monotonic() - self.began
                        peer.sendall(b"QUIT\r\n")
                        peer.recv(512)
                        return took
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.0005)
        sys.exit(f"bench: no greeting from {self.name}: see {self.log}: its last words: "
                 f"{file_text(self.log)[-400:]}")

    def pids(self):
        return [self.process.pid, *children_of(self.process.pid)]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Postern(Process):
    name = "postern"

    def __init__(self, bench, folder, extra=(), url=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.store = folder / "postern.db"
        words = [str(bench.build / "postern"), "serve", "--smtp", f"127.0.0.1:{self.port}",
                 "--store", url or f"sqlite:{self.store}", "--hostname", "bench.example.org",
                 "--web", "off", "--log", "warning", *bench.serve, *extra]
        super().__init__(words, folder / "postern.log")

    def counters(self):
        """{"messages": n, "syncs": n} from the control socket, or None."""
        try:
            with socket.socket(socket.AF_UNIX) as control:
                control.settimeout(5)
                control.connect(f"{self.store}.control")
                control.sendall(b'{"op":"stats"}\n')
                answer = b""
                while not answer.endswith(b"\n"):
                    piece = control.recv(65536)
                    if not piece:
                        break
                    answer += piece
            return {key: find_number(json.loads(answer), key) for key in ("messages", "syncs")}
        except (OSError, ValueError):
            return None


def find_number(document, key):
    """The first number called key, at any depth."""
    if isinstance(document, dict):
        if isinstance(document.get(key), (int, float)):
            return document[key]
        found = (find_number(value, key) for value in document.values())
        return next((value for value in found if value is not None), None)
    return None


class Limit(Process):
    name = "limit"

    def __init__(self, bench, mode, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        super().__init__([str(bench.build / "bench/limit"), "-m", mode, "-f",
                          str(folder / "limit.data"), "127.0.0.1", str(self.port)],
                         folder / "limit.log")


class Sink(Process):
    """Postfix's smtp-sink: one process that throws everything away."""
    name = "smtp-sink"

    def __init__(self, program, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        super().__init__([program, *user, f"127.0.0.1:{self.port}", "256"], folder / "sink.log")

    @staticmethod
    def program():
        """Its path; None: not there."""
        folder = os.environ.get("POSTERN_PEERS") or str(ROOT / "build" / "peers")
        return shutil.which("smtp-sink", path=folder)


# ---- the parts ----------------------------------------------------------------

class Bench:
    def __init__(self, options):
        self.build = options.build.resolve()
        self.data = options.data.resolve()
        self.quick = options.quick
        self.serve = shlex.split(options.serve)
        self.seconds = 1.0 if self.quick else 3.0
        self.rounds = 2 if self.quick else 3
        self.result = {"machine": machine(self.data), "quick": self.quick,
                       "rounds": self.rounds, "seconds": self.seconds}

    def run(self, program, *words):
        done = subprocess.run([str(self.build / "bench" / program), *map(str, words)],
                              capture_output=True, text=True)
        if done.stderr:
            print(done.stderr, end="", file=sys.stderr)
        if done.returncode not in (0, 2):
            sys.exit(f"bench: {program} ended with {done.returncode}: build it again")
        return values(done.stdout)

    def send(self, server, size, sessions, *words):
        """Messages over connections that are kept: by time (-t) or by number (-m)."""
        watched = [word for pid in server.pids() for word in ("-p", pid)]
        return self.run("smtpload", *watched, "-s", sessions, "-k", 0, "-l", size, *words,
                        "127.0.0.1", server.port)

    def load(self, server, size, sessions, pipelined):
        """One round of load on a server; syncs a message where the server tells."""
        before = server.counters() if isinstance(server, Postern) else None
        found = self.send(server, size, sessions, "-t", self.seconds, "-w", 0.3,
                          *(["-P"] if pipelined else []))
        after = server.counters() if before else None
        if after and None not in (*before.values(), *after.values()):
            messages = after["messages"] - before["messages"]
            if messages > 0:
                found["syncs"] = (after["syncs"] - before["syncs"]) / messages
        return found


def part_engine(bench):
    found = bench.run("bench_engine", 0.5 if bench.quick else 2)
    bench.result["engine"] = found
    print("\nengine, one thread, memory to memory")
    print(f"  {found['commands_s'] / 1e6:8.2f} million commands a second (pipelined mix, notes pulled)")
    print(f"  {found['messages_s'] / 1e6:8.2f} million short messages a second (four commands, body, commit each)")
    for key, what in (("data_76", "DATA, lines of 76"), ("data_990", "DATA, lines of 990"),
                      ("data_dots", "DATA, short lines with dots (worst case)"),
                      ("bdat", "BDAT, chunks of 64 KB")):
        print(f"  {found[key + '_mb_s'] / 1e3:8.2f} GB/s of body by {what}")


def part_explain(bench):
    found = bench.run("bench_explain", 0.5 if bench.quick else 2)
    bench.result["explain"] = found
    print("\ndiagnosis, one thread, memory to memory")
    print(f"  {found['reply_us'] / 1e3:8.3f} ms for one reply line")
    print(f"  {found['paste_200_ms']:8.3f} ms for a paste of 200 lines")
    for key, what in (("log", "a server's log"), ("body", "one long message"), ("line", "one endless line")):
        print(f"  {found[key + '_ms']:8.3f} ms for 10 MB of {what}, "
              f"{found[key + '_ms'] / found['walk_ms']:.1f} times what finding the lines of a log costs")
    print(f"  {found['memory_kb']:8.0f} KB of memory, whatever is pasted")


def part_disk(bench):
    print("\ndisk: durable writes of 1 KB a second")
    bench.result["disk"] = {}
    folder = bench.data / "disk"
    for mode in ("grow", "over"):
        folder.mkdir(parents=True, exist_ok=True)
        found = bench.run("disksync", mode, 1024, 1, bench.seconds, folder)
        bench.result["disk"][mode] = found
        what = "appended" if mode == "grow" else "overwritten in place"
        print(f"  {found['ops_s']:8.0f} {what}; p50 {found['p50_us'] / 1e3:.2f} ms, "
              f"p99 {found['p99_us'] / 1e3:.2f} ms")
        shutil.rmtree(folder)


def part_start(bench):
    fresh, again = [], []
    for number in range(3 if bench.quick else STARTS):
        folder = bench.data / f"start{number}"
        for times in (fresh, again):
            server = Postern(bench, folder)
            times.append(server.wait_greeting() * 1e3)
            server.stop()
        shutil.rmtree(folder)
    bench.result["start"] = {"fresh_ms": statistics.median(fresh),
                             "again_ms": statistics.median(again)}
    print("\nfrom the start of the program to the first 220 (median)")
    print(f"  {statistics.median(fresh):8.1f} ms with a new store")
    print(f"  {statistics.median(again):8.1f} ms with the store there")


def resident(server):
    """Resident octets of all processes of the server."""
    total = 0
    for pid in server.pids():
        for line in file_text(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith("Rss:"):
                total += int(line.split()[1]) * 1024
    return total


def part_idle(bench):
    print(f"\nresident octets an idle session ({IDLE} of them)")
    bench.result["idle"] = {}
    for name, words in (("greeted", []), ("hello", ["-g"])):
        folder = bench.data / "idle"
        server = Postern(bench, folder)
        server.wait_greeting()
        before = resident(server)
        holder = subprocess.Popen(
            [str(bench.build / "bench/smtpload"), "-I", str(IDLE), *words, "127.0.0.1",
             str(server.port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ready = values(holder.stdout.readline())
        time.sleep(0.5)
        each = (resident(server) - before) / ready["up"] if ready.get("up") else None
        holder.stdin.close()
        noop = values(holder.stdout.readline())
        holder.wait()
        server.stop()
        shutil.rmtree(folder)
        bench.result["idle"][name] = {"octets": each, "up": ready.get("up"),
                                      "answered": noop.get("answered")}
        what = "greeted" if name == "greeted" else "after EHLO"
        figure = "-" if each is None else f"{each:.0f}"
        print(f"  {figure:>8} {what}; {ready.get('up', 0):.0f} open, "
              f"{noop.get('answered', 0):.0f} answered NOOP afterwards")


def median_of(rounds, key):
    found = [r[key] for r in rounds if key in r]
    return statistics.median(found) if found else None


def measure_cell(bench, size, sessions, pipelined, extra=()):
    """Server and limits by turns, on fresh files."""
    folder = bench.data / "store"
    servers = {"postern": Postern(bench, folder, extra), "durable": Limit(bench, "durable", folder),
               "discard": Limit(bench, "discard", folder / "discard")}
    for server in servers.values():
        server.wait_greeting()
    rounds = {name: [] for name in servers}
    for number in range(bench.rounds):
        rounds["durable"].append(bench.load(servers["durable"], size, sessions, pipelined))
        rounds["postern"].append(bench.load(servers["postern"], size, sessions, pipelined))
        if number == 0:
            rounds["discard"].append(bench.load(servers["discard"], size, sessions, pipelined))
    for server in servers.values():
        server.stop()
    shutil.rmtree(folder)
    ours = rounds["postern"]
    cell = {"octets": size, "sessions": sessions, "pipelined": pipelined,
            "rate": median_of(ours, "rate"), "durable": median_of(rounds["durable"], "rate"),
            "discard": median_of(rounds["discard"], "rate"), "p50_us": median_of(ours, "p50_us"),
            "p99_us": median_of(ours, "p99_us"), "cpu_per_k": median_of(ours, "srv_cpu_per_k"),
            "durable_cpu_per_k": median_of(rounds["durable"], "srv_cpu_per_k"),
            "syncs": median_of(ours, "syncs"),
            "faults": sum(r["bad"] + r["lost"] + r["hung"] for r in ours)}
    cell["ratio"] = cell["rate"] / cell["durable"]
    cell["ratio_discard"] = cell["rate"] / cell["discard"]
    return cell


def say_cell(name, cell):
    syncs = "-" if cell["syncs"] is None else f"{cell['syncs']:.3f}"
    faults = f"  {cell['faults']:.0f} FAULTS" if cell["faults"] else ""
    print(f"  {name:>6} {cell['sessions']:>5} {'yes' if cell['pipelined'] else 'no':>5} "
          f"{cell['rate']:>9.0f} {cell['durable']:>9.0f} {cell['ratio']:>6.2f} "
          f"{cell['discard']:>9.0f} {cell['ratio_discard']:>6.2f} {cell['p50_us'] / 1e3:>8.2f} "
          f"{cell['p99_us'] / 1e3:>8.2f} {cell['cpu_per_k']:>8.3f} {syncs:>7}{faults}", flush=True)


def part_store(bench):
    print(f"\nstored messages a second, connections kept (median of {bench.rounds} rounds of "
          f"{bench.seconds:.0f} s, by turns with the durable limit)")
    print("    size sess. piped   postern   durable  ratio   discard  ratio   p50 ms   p99 ms  "
          "cpu s/k syncs/m")
    cells = bench.result["store"] = []
    for name, size in SIZES:
        for sessions in SESSIONS:
            for pipelined in (False, True):
                cells.append(measure_cell(bench, size, sessions, pipelined))
                say_cell(name, cells[-1])
    print("  the same with --record none (sessions are not recorded)")
    bench.result["store_unrecorded"] = measure_cell(bench, 1024, 64, False, ["--record", "none"])
    say_cell("1 KB", bench.result["store_unrecorded"])


def compare_memory(bench, folder):
    """memory: by turns with the others; {name: median rates}."""
    servers = {"memory": Postern(bench, folder / "memory", url="memory:"),
               "disk": Postern(bench, folder / "disk"),
               "discard": Limit(bench, "discard", folder / "discard")}
    if Sink.program():
        servers["sink"] = Sink(Sink.program(), folder / "sink")
    for server in servers.values():
        server.wait_greeting()
    rounds = {name: [] for name in servers}
    for _ in range(bench.rounds):
        for name, server in servers.items():
            rounds[name].append(bench.load(server, 1024, 64, False))
    for server in servers.values():
        server.stop()
    return {name: {"rate": median_of(found, "rate"), "cpu_per_k": median_of(found, "srv_cpu_per_k"),
                   "faults": sum(r["bad"] + r["lost"] + r["hung"] for r in found)}
            for name, found in rounds.items()}


def look_at_filled(bench, folder):
    """One memory: store that fills up, looked at beside "discard" on the way."""
    memory = Postern(bench, folder / "memory", url="memory:")
    discard = Limit(bench, "discard", folder / "discard")
    for server in (memory, discard):
        server.wait_greeting()
    looks, stored, empty = [], 0, resident(memory)
    for goal in FILLED_QUICK if bench.quick else FILLED:
        if goal > stored:
            bench.send(memory, 1024, 64, "-m", goal - stored)
            stored = goal
        limit = bench.send(discard, 1024, 64, "-m", LOOK)
        found = bench.send(memory, 1024, 64, "-m", LOOK)
        looks.append({"stored": stored, "rate": found["rate"], "discard": limit["rate"],
                      "ratio_discard": found["rate"] / limit["rate"],
                      "cpu_per_k": found["srv_cpu_per_k"]})
        stored += LOOK
    octets = (resident(memory) - empty) / stored
    for server in (memory, discard):
        server.stop()
    return looks, octets


def part_memory(bench):
    folder = bench.data / "memory"
    print(f"\nstored messages a second in memory, 64 sessions, 1 KB (median of {bench.rounds} rounds of "
          f"{bench.seconds:.0f} s, by turns)")
    found = bench.result["memory"] = compare_memory(bench, folder)
    memory = found["memory"]
    for name, what in (("memory", "the store memory:"), ("disk", "the disk store"),
                       ("discard", "the limit discard"), ("sink", "Postfix's smtp-sink")):
        if name not in found:
            print("         - Postfix's smtp-sink is not there: tools/peers.sh build/peers")
            continue
        ratio = found[name]["ratio"] = memory["rate"] / found[name]["rate"]
        beside = "" if name == "memory" else f"; memory: has {ratio:.2f} of it"
        print(f"  {found[name]['rate']:8.0f} {what}, {found[name]['cpu_per_k']:.3f} s of processor "
              f"time per 1,000{beside}")
    if "sink" in found:
        bench.result["memory_sink"] = found["sink"]["ratio"]
    looks, octets = look_at_filled(bench, folder)
    for look in looks:
        print(f"  {look['rate']:8.0f} with {look['stored']:9,d} stored, {look['ratio_discard']:.2f} of "
              f"discard, {look['cpu_per_k']:.3f} s per 1,000")
    print(f"  {octets:8.0f} octets of memory a message, its recorded session included")
    found["filled"], found["octets"] = looks, octets
    shutil.rmtree(folder)


# ---- what is expected -----------------------------------------------------------

def cell_of(result, octets, sessions):
    return next(c for c in result["store"]
                if (c["octets"], c["sessions"], c["pipelined"]) == (octets, sessions, False))


EXPECTED = [
    ("engine", "engine commands a second", ">=", 10e6, lambda r: r["engine"]["commands_s"]),
    ("engine", "engine MB/s of body, lines of 76", ">=", 2000, lambda r: r["engine"]["data_76_mb_s"]),
    ("explain", "ms to diagnose a paste of 200 lines", "<=", 10, lambda r: r["explain"]["paste_200_ms"]),
    ("explain", "ms to diagnose 10 MB", "<=", 100,
     lambda r: max(r["explain"][key + "_ms"] for key in ("log", "body", "line"))),
    ("store", "1 session, 1 KB, beside the durable limit", ">=", 0.8,
     lambda r: cell_of(r, 1024, 1)["ratio"]),
    ("store", "64 sessions, 1 KB, beside the durable limit", ">=", 0.5,
     lambda r: cell_of(r, 1024, 64)["ratio"]),
    ("store", "server CPU s per 1,000 messages, 1 KB, 64 sessions", "<=", 0.1,
     lambda r: cell_of(r, 1024, 64)["cpu_per_k"]),
    ("store", "syncs a message, 64 sessions", "<=", 0.1, lambda r: cell_of(r, 1024, 64)["syncs"]),
    ("memory_sink", "memory: beside smtp-sink, 64 sessions, 1 KB", ">=", 0.8,
     lambda r: r["memory_sink"]),
    ("memory", "memory: filled, processor time beside that of an empty store", "<=", 1.25,
     lambda r: r["memory"]["filled"][-1]["cpu_per_k"] / r["memory"]["filled"][0]["cpu_per_k"]),
    ("memory", "octets of memory a message of 1 KB", "<=", 2048, lambda r: r["memory"]["octets"]),
    ("idle", "resident octets an idle session", "<=", 4096, lambda r: r["idle"]["hello"]["octets"]),
    ("start", "ms to the first 220", "<=", 50, lambda r: r["start"]["again_ms"]),
]


def say_expected(result):
    print("\nexpected                                                            wanted       found")
    result["expected"] = []
    for part, what, sign, bound, look in EXPECTED:
        if part not in result:
            continue
        found = look(result)
        is_met = found is not None and (found >= bound if sign == ">=" else found <= bound)
        shown = "-" if found is None else f"{found:.4g}" if found < 1e6 else f"{found:.3g}"
        print(f"  {what:<58} {sign} {bound:<10g} {shown:>10}  {'ok' if is_met else 'SHORT'}")
        result["expected"].append({"what": what, "bound": f"{sign} {bound:g}", "found": found,
                                   "is_met": is_met})


PARTS = {"engine": part_engine, "explain": part_explain, "disk": part_disk, "start": part_start, "idle": part_idle,
         "store": part_store, "memory": part_memory}


def main():
    parser = argparse.ArgumentParser(description="Measure the server beside the machine's limits.")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench.json")
    parser.add_argument("--data", type=pathlib.Path,
                        default=pathlib.Path(os.environ.get("BENCH_DATA", ROOT / "build/bench-data")))
    parser.add_argument("--quick", action="store_true", default=os.environ.get("BENCH") == "quick")
    parser.add_argument("--serve", default=os.environ.get("BENCH_SERVE", ""),
                        help="more options for postern serve")
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join(PARTS))
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {' '.join(sorted(unknown))}: there are {' '.join(PARTS)}")

    bench = Bench(options)
    where = bench.result["machine"]
    print(f"{where['cpu']}, {where['cores']} cores, {where['memory_mb']} MB, Linux "
          f"{where['kernel']}, {where['file_system']} on {where['device']}, {where['time']}")
    if where["load_before"] > 0.5:
        print(f"note: the machine was busy before this began (load {where['load_before']:.2f})")
    sys.stdout.flush()
    bench.data.mkdir(parents=True, exist_ok=True)
    for part in options.parts or PARTS:
        PARTS[part](bench)
        sys.stdout.flush()
    say_expected(bench.result)
    shutil.rmtree(bench.data, ignore_errors=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(bench.result, indent=1) + "\n")
    print(f"\nall figures: {options.out}")


if __name__ == "__main__":
    main()
