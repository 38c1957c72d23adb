"""The filters of system calls: numbers against the kernel's own headers, verdicts by running the filters here."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from soar2cot.sandbox import levels
from soar2cot.sandbox.inside import filters

HEADERS = {
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
}
MACHINES = ("x86_64", "aarch64")
REFUSED = filters.ERRNO | filters.EPERM
# what no program and no zygote may do, by the numbers of both machines: execve, ptrace, socket, openat2, io_uring
NEVER = {"x86_64": (59, 101, 41, 437, 425), "aarch64": (221, 117, 198, 437, 425)}


def header_numbers(path: Path) -> dict[str, int]:
    """The calls that a header names; the generic one's `__NR3264_` are the 64-bit machines' calls of that name."""
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", path.read_text())
    numbers = {name: int(number) for name, number in found}
    if "fstatat" in numbers:  # on 64-bit machines it has this name
        numbers["newfstatat"] = numbers["fstatat"]
    return numbers


@pytest.mark.parametrize("machine", MACHINES)
def test_the_table_is_the_kernel_header_s(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not here (linux-libc-dev): the table of {machine} is NOT COMPARED")
    truth, table = header_numbers(header), filters.MACHINES[machine][1]
    assert {name: truth.get(name) for name in table} == table


@pytest.mark.parametrize("machine", MACHINES)
def test_the_self_test_tries_the_calls_that_it_names(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not here (linux-libc-dev): the acts of {machine} are NOT COMPARED")
    truth = header_numbers(header)
    acts = {name: numbers[levels.MACHINES[machine]] for name, *numbers, _ in (*levels.ACTS.values(), levels.HARMLESS)}
    assert {name: truth.get(name) for name in acts} == acts


def test_the_name_of_each_machine_is_the_kernel_s() -> None:
    audit, elf = Path("/usr/include/linux/audit.h"), Path("/usr/include/linux/elf-em.h")
    if not audit.exists():
        pytest.skip(f"{audit} is not here (linux-libc-dev): the machines' numbers are NOT COMPARED")
    number = dict(re.findall(r"#define EM_(\w+)\s+(\d+)\b", elf.read_text()))
    flags = 0x80000000 | 0x40000000  # __AUDIT_ARCH_64BIT, __AUDIT_ARCH_LE
    for machine, name in (("x86_64", "X86_64"), ("aarch64", "AARCH64")):
        assert f"AUDIT_ARCH_{name}\t(EM_{name}|__AUDIT_ARCH_64BIT|__AUDIT_ARCH_LE)" in audit.read_text()
        assert filters.MACHINES[machine][0] == flags | int(number[name])


# --- what the filters say


@pytest.mark.parametrize("act", levels.ACTS)
@pytest.mark.parametrize("machine", MACHINES)
def test_no_act_of_the_self_test_gets_through_on_either_machine(machine: str, act: str) -> None:
    name, *numbers, _ = levels.ACTS[act]
    arguments = {"mmap": (0, 4096, 7, 0x22), "mprotect": (0, 4096, 5)}.get(name, ())
    assert ask(machine, "child", numbers[levels.MACHINES[machine]], *arguments) in (REFUSED, filters.KILL)


def verdict(program: bytes, number: int, *arguments: int, arch: int) -> int:
    """Runs classic BPF over one `struct seccomp_data`, as the kernel would."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *(*arguments, *[0] * 6)[:6])
    lines = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
    at = loaded = 0
    while True:
        code, if_true, if_false, constant = lines[at]
        at += 1
        if code == 0x06:
            return constant
        if code == 0x20:
            (loaded,) = struct.unpack_from("<I", data, constant)
        elif code == 0x54:
            loaded &= constant
        else:
            holds = {0x15: loaded == constant, 0x35: loaded >= constant, 0x45: bool(loaded & constant)}[code]
            at += if_true if holds else if_false


def ask(machine: str, kind: str, name: str | int, *arguments: int) -> int:
    arch, numbers = filters.MACHINES[machine]
    program = {"child": filters.child_filter, "zygote": filters.zygote_filter}[kind](machine)
    return verdict(program, numbers[name] if isinstance(name, str) else name, *arguments, arch=arch)


@pytest.mark.parametrize("machine", MACHINES)
def test_a_child_may_use_memory_and_end(machine: str) -> None:
    numbers = filters.MACHINES[machine][1]
    assert {ask(machine, "child", name) for name in filters.CHILD_ALLOWED} == {filters.ALLOW}
    assert ask(machine, "child", "mmap", 0, 4096, 3, 0x22) == filters.ALLOW
    assert ask(machine, "child", "mprotect", 0, 4096, 3) == filters.ALLOW
    refused = [name for name in filters.CHILD_REFUSED if name in numbers]
    assert {ask(machine, "child", name) for name in refused} == {REFUSED}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_other_number_ends_a_child(machine: str) -> None:
    numbers = filters.MACHINES[machine][1]
    known = {numbers[name] for name in (*filters.CHILD_ALLOWED, *filters.CHILD_REFUSED) if name in numbers}
    others = set(range(600)) - known - {numbers["mmap"], numbers["mprotect"]}
    assert {ask(machine, "child", number) for number in others} == {filters.KILL}


@pytest.mark.parametrize("kind", ["child", "zygote"])
@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_executable_is_mapped_and_no_file(machine: str, kind: str) -> None:
    assert ask(machine, kind, "mmap", 0, 4096, 7, 0x22) == filters.KILL
    assert ask(machine, kind, "mmap", 0, 4096, 3, 0x02) == filters.KILL
    assert ask(machine, kind, "mprotect", 0, 4096, 5) == filters.KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_a_zygote_forks_and_does_not_make_threads_or_start_programs(machine: str) -> None:
    assert ask(machine, "zygote", "clone", 0x01200011) == filters.ALLOW
    assert ask(machine, "zygote", "clone", 0x00010F00) == filters.KILL
    assert {ask(machine, "zygote", number) for number in NEVER[machine]} == {REFUSED}


@pytest.mark.parametrize("kind", ["child", "zygote"])
@pytest.mark.parametrize("machine", MACHINES)
def test_another_machine_s_calls_and_x32_numbers_end_the_process(machine: str, kind: str) -> None:
    other = filters.MACHINES["aarch64" if machine == "x86_64" else "x86_64"][0]
    program = {"child": filters.child_filter, "zygote": filters.zygote_filter}[kind](machine)
    number = filters.MACHINES[machine][1]["exit_group"]
    assert verdict(program, number, arch=other) == filters.KILL
    assert ask(machine, kind, filters.X32 | number) == filters.KILL
