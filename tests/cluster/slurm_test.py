#!/usr/bin/env python3
# A real Slurm on the loopback address: an array over many recordings, a node that dies, a controller that starts again, one cohort.
# SPDX-License-Identifier: BSD-3-Clause
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).parent.parent / "tools"))
from harness import BIN, FINE, SOURCE, Case, main, rows, run, words  # noqa: E402

RECORDINGS = int(os.environ.get("PSG_SLURM_RECORDINGS", "200"))
NODES = ["n1", "n2", "n3"]
CONF = """ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={dir}/munge,cred_expire=10
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=10
JobRequeue=1
MinJobAge=900
MpiDefault=none
StateSaveLocation={dir}/state
SlurmdSpoolDir={dir}/spool-%n
SlurmctldPidFile={dir}/ctld.pid
SlurmdPidFile={dir}/%n.pid
SlurmctldLogFile={dir}/ctld.log
SlurmdLogFile={dir}/%n.log
{nodes}
PartitionName=main Nodes=n[1-3] Default=YES MaxTime=INFINITE DefMemPerCPU=500 State=UP
"""


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def processes_of(node, folder):
    """Process ids of a node of this test: its slurmd, and everything that Slurm started on it."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
            command = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        mine = f"SLURM_CONF={folder}/slurm.conf".encode() in environment
        if mine and (f"SLURMD_NODENAME={node}".encode() in environment or command[:1] == [shutil.which("slurmd")] and node in command):
            found.append(int(entry.name))
    # slurmstepd does not say which node it belongs to, but its jobs do
    parents = {int(status_of(pid).get("PPid", 0)) for pid in found}
    return found + [pid for pid in parents if status_of(pid).get("Name") == "slurmstepd"]


def status_of(pid):
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines if ":" in line)}


class Slurm(Case):
    def setUp(self):
        super().setUp()
        missing = [p for p in ("munged", "slurmctld", "slurmd", "sbatch", "scontrol") if not shutil.which(p)]
        if missing or os.geteuid() != 0:
            self.skipTest(f"skipped: needs root and Slurm (missing: {', '.join(missing) or 'root'})")
        try:
            local = socket.gethostbyname(socket.gethostname()).startswith("127.")
        except OSError:
            local = False
        if not local:
            self.skipTest("skipped: the name of this host is no name of 127.0.0.1")
        self.slurm = pathlib.Path(tempfile.mkdtemp(prefix="psl", dir="/tmp"))
        self.slurm.chmod(0o755)  # munge asks for it
        self.addCleanup(shutil.rmtree, self.slurm, True)
        self.started = []
        self.addCleanup(self.stop)
        port, *ports = free_ports(1 + len(NODES))
        host = socket.gethostname().split(".")[0]
        nodes = "\n".join(f"NodeName={n} NodeHostname={host} NodeAddr=127.0.0.1 Port={p} CPUs=1 RealMemory=4000 State=UNKNOWN" for n, p in zip(NODES, ports))
        (self.slurm / "slurm.conf").write_text(CONF.format(host=host, port=port, dir=self.slurm, nodes=nodes))
        (self.slurm / "cgroup.conf").write_text("CgroupPlugin=autodetect\nConstrainCores=no\nConstrainRAMSpace=no\n")
        for name in ("state", *(f"spool-{n}" for n in NODES)):
            (self.slurm / name).mkdir()
        key = self.slurm / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self.environment = {**os.environ, "SLURM_CONF": str(self.slurm / "slurm.conf"), "PSG_BIN": str(BIN)}
        self.start("munged", "--force", "-F", f"--key-file={key}", f"--socket={self.slurm}/munge", f"--pid-file={self.slurm}/munge.pid",
                   f"--log-file={self.slurm}/munge.log", f"--seed-file={self.slurm}/seed")
        self.wait_for(lambda: (self.slurm / "munge").exists(), 20, "munged")
        self.controller = self.start("slurmctld", "-D")
        self.wait_for(lambda: self.ask("scontrol", "ping").count("UP"), 30, "slurmctld")
        for node in NODES:
            self.start("slurmd", "-D", "-N", node)
        self.wait_for(lambda: self.ask("sinfo", "-h", "-o", "%D %t") == "3 idle", 60, "three nodes")

    def start(self, *command):
        process = subprocess.Popen([shutil.which(command[0]), *command[1:]], env=self.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        self.started.append(process)
        return process

    def stop(self):
        for node in NODES:
            for pid in processes_of(node, self.slurm):
                self.kill(pid)
        for process in self.started:
            process.kill()
            process.wait(20)

    @staticmethod
    def kill(pid, number=signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    def ask(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60).stdout.strip()

    def wait_for(self, true, seconds, what):
        end = time.monotonic() + seconds
        while not true():
            self.assertLess(time.monotonic(), end, f"{what}: not within {seconds} s\n{self.ask('squeue')}\n{self.ask('sinfo')}")
            time.sleep(0.3)

    def test_an_array_survives_and_equals_one_process(self):
        source, manifest, out, alone = (self.folder / n for n in ("recordings", "manifest.tsv", "out", "alone"))
        source.mkdir()
        for i in range(RECORDINGS):
            self.ok("psg-simulate", "-q", "--hours", "0.1", "--montage", "minimal", "--seed", str(1000 + i), "-o", source / f"n{i:03}.edf")
        (source / "n007.edf").write_bytes(b"0       no recording")
        manifest.write_text("id\tpath\tperson\n" + "".join(f"n{i:03}\trecordings/n{i:03}.edf\tp{i // 2}\n" for i in range(RECORDINGS)))
        done = subprocess.run([SOURCE / "scripts/cluster/submit", "-n", str(-(-RECORDINGS // 8)), "-c", "1", "-m", "500M", manifest, out],
                              env=self.environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        array, last = done.stdout.split()

        def results():
            return len(list(out.glob("nights/*.h5")))

        self.wait_for(lambda: results() >= RECORDINGS // 10, 300, "the first results")
        # SIGTERM: one that is killed outright may have lost what it decided in the last seconds, and drains nodes when it is back
        self.controller.terminate()
        self.controller.wait(60)
        self.controller = self.start("slurmctld", "-D")
        self.wait_for(lambda: self.ask("scontrol", "ping").count("UP"), 60, "slurmctld again")
        before = results()
        at_work = []
        self.wait_for(lambda: at_work.extend(n for n in NODES if len(processes_of(n, self.slurm)) > 3) or at_work, 60, "a node at work")
        victim = at_work[0]
        doomed = processes_of(victim, self.slurm)
        for number in (signal.SIGSTOP, signal.SIGKILL):  # all at once, as when the power goes: none tells of another's end
            for pid in doomed:
                self.kill(pid, number)
        self.assertLess(results(), RECORDINGS - 1, "the array was done before anything was killed")
        self.wait_for(lambda: (out / "cohort.h5").exists() and last not in self.ask("squeue", "-h", "-o", "%A"), 400, "the cohort")
        logs = "".join(p.read_text() for p in out.glob("slurm/shard-*.log"))
        requeued = "begun again: 1 times" in logs
        print(f"results when the controller had been started again and node {victim} was killed: {before}; a shard was begun again: {requeued}", file=sys.stderr)
        self.assertTrue(requeued, logs + (self.slurm / "ctld.log").read_text())
        failed = [r["id"] for r in rows((out / "failed.tsv").read_bytes())]
        self.assertEqual(failed, ["n007"])
        one = run("psg-batch", "-q", manifest, "-o", alone, "--jobs", "1")
        self.assertEqual(one.returncode, 3, words(one.stderr))
        self.assertEqual((out / "cohort.h5").read_bytes(), (alone / "cohort.h5").read_bytes())
        self.assertEqual(len(self.table(out / "cohort.h5", "nights")), RECORDINGS - 1)
        for path in alone.glob("nights/*.h5"):
            self.assertEqual(path.read_bytes(), (out / "nights" / path.name).read_bytes())
        again = subprocess.run([SOURCE / "scripts/cluster/submit", "-n", str(RECORDINGS), "-c", "1", "-m", "500M", manifest, out],
                               env=self.environment, capture_output=True, text=True)
        self.wait_for(lambda: not self.ask("squeue", "-h"), 200, "the second submission")
        self.assertEqual(again.returncode, 0)
        self.assertEqual({r["status"] for r in rows((out / "log.tsv").read_bytes()) if r["id"] != "n007"}, {"kept"})


if __name__ == "__main__":
    main()
