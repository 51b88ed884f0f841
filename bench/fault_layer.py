#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the fault layer costs a simulated 512-byte write while no fault is armed, in instructions.

    bench/fault_layer.py PROGRAM [--limit PERCENT] [--armed]     PROGRAM: build/release/bench/wallop_fault_layer

Runs PROGRAM twice under callgrind, with few writes and with many: the difference is the writes', whatever the world
costs to begin. callgrind counts by source line; a line is the layer's if it stands in faults/, or in sim/ and names the
plan, its answer, an effect, what an effect makes slow, or the operation that a plan is asked about; so are <optional> and
<shared_ptr>, which hold the answer and the effect, but for where files and payloads use them. That is more than the
layer: the figure is an upper bound.
Exits 1 above the limit.
"""
import argparse
import collections
import functools
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FEW, MANY = 2_000, 12_000
LAYER = re.compile(r"\bplan_?\b|answer|\beffect|Effect|injected|[Ss]low(ness)?\b|reaches_nothing|faults::Op|ask_plan")
HOLDERS = {"optional", "shared_ptr.h", "shared_ptr_base.h"}
# Functions, and source files, in which a holder holds bytes.
BYTES = re.compile(r"Content|Payload|Extents|PersistentMap|PageCache|CachedFile|Disk::|stored_payload")


def count_lines(program, writes, words):
    """Instructions by (function, file, line), without those of calls."""
    with tempfile.TemporaryDirectory() as scratch:
        out = f"{scratch}/out"
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--compress-strings=no",
                        "--compress-pos=no", program, str(writes), *words], check=True, capture_output=True)
        text = pathlib.Path(out).read_text()
    counts, function, file, is_call = collections.Counter(), "", "", False
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key in ("fl", "fi", "fe"):
            file = value
        elif key == "fn":
            function = value
        elif key == "calls":
            is_call = True
        elif line[:1].isdigit():
            number, *costs = line.split()
            if not is_call and costs:
                counts[function, file, int(number)] += int(costs[0])
            is_call = False
    return counts


@functools.cache
def in_tree(file):
    """The file of this tree that is meant, as ROOM/...; a compiler's cache may know it by another checkout's path."""
    parts = pathlib.PurePath(file).parts
    for begin in range(len(parts) - 1):
        inside = pathlib.PurePath(*parts[begin:])
        if not inside.is_absolute() and ".." not in inside.parts and (ROOT / inside).is_file():
            return inside
    return None


@functools.cache
def source_lines(inside):
    return (ROOT / inside).read_text(errors="replace").splitlines()


def is_layer(function, file, number):
    if pathlib.PurePath(file).name in HOLDERS:
        return not BYTES.search(function)
    inside = in_tree(file)
    if inside is None:
        return False
    lines, room = source_lines(inside), inside.parts[0]
    return room == "faults" or (room == "sim" and 0 < number <= len(lines) and bool(LAYER.search(lines[number - 1])))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--limit", type=float, default=5.0, help="percent")
    parser.add_argument("--lines", action="store_true", help="also each line of the layer that costs something")
    parser.add_argument("--armed", action="store_true", help="with a fault that looks at each write and never strikes")
    options = parser.parse_args()
    words = ["armed"] if options.armed else []
    counts = count_lines(options.program, MANY, words)
    counts.subtract(count_lines(options.program, FEW, words))
    of_write = {place: count / (MANY - FEW) for place, count in counts.items() if count > 0}
    total = sum(of_write.values())
    layer = {place: count for place, count in of_write.items() if is_layer(*place)}
    if options.lines:
        for (_, file, number), count in sorted(layer.items(), key=lambda item: -item[1]):
            if count >= 0.5:
                text = source_lines(in_tree(file))[number - 1].strip() if in_tree(file) else ""
                print(f"{count:8.1f}  {pathlib.Path(file).name}:{number}  {text}")
    share = 100 * sum(layer.values()) / total
    print(f"a simulated 512-byte write: {total:.0f} instructions, at most {sum(layer.values()):.0f} of them the fault "
          f"layer's with {'one' if options.armed else 'no'} fault armed: {share:.1f} % (limit {options.limit:g} %)")
    if not any(in_tree(file) for _, file, _ in of_write):
        sys.exit("no line of this tree was counted: build PROGRAM with -g1 at least")
    sys.exit(0 if share <= options.limit else 1)


main()
