#!/usr/bin/env python3
# The archive of scripts/package runs from any folder, as an unprivileged user, where only the C library is installed; so does the .deb hold.
# SPDX-License-Identifier: BSD-3-Clause
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).parent.parent / "tools"))
from harness import NIGHT, SOURCE, TOOLS, Case, main, words  # noqa: E402

C_LIBRARY = ["libc.so.6", "libm.so.6", "libresolv.so.2"]


class Package(Case):
    @classmethod
    def setUpClass(cls):
        packages = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        done = subprocess.run([SOURCE / "scripts/package", os.environ["PSG_BUILD"], packages], capture_output=True, timeout=600)
        assert done.returncode == 0, words(done.stdout) + words(done.stderr)
        cls.archive = next(packages.glob("*.tar.gz"))
        cls.deb = next(packages.glob("*.deb"))

    @unittest.skipUnless(os.geteuid() == 0, "skipped: chroot needs root")
    def test_archive_runs_without_root_on_a_bare_system(self):
        root = self.folder / "root"
        libraries = pathlib.Path("/lib/x86_64-linux-gnu")
        if not libraries.is_dir():
            self.skipTest("skipped: made for amd64")
        (root / "lib64").mkdir(parents=True)
        (root / "lib/x86_64-linux-gnu").mkdir(parents=True)
        shutil.copy("/lib64/ld-linux-x86-64.so.2", root / "lib64")
        for name in C_LIBRARY:
            shutil.copy(libraries / name, root / "lib/x86_64-linux-gnu")
        (root / "proc").mkdir()  # the loader finds its $ORIGIN there
        if subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], capture_output=True).returncode != 0:
            self.skipTest("skipped: nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", root / "proc"], capture_output=True)
        home = root / "srv/some where"
        home.mkdir(parents=True)
        subprocess.run(["tar", "-xzf", self.archive, "-C", home], check=True)
        folder = root
        while folder != folder.parent and folder != pathlib.Path("/tmp"):
            folder.chmod(0o755)
            folder = folder.parent
        place = next(home.glob("libpsg-*"))
        shutil.copy(NIGHT, home / "night.edf")
        home.chmod(0o777)
        inside = "/" + str(place.relative_to(root))

        def does(tool, *arguments):
            def become_nobody_inside():
                os.chroot(root)
                os.chdir("/srv/some where")
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            return subprocess.run([f"{inside}/bin/{tool}", *arguments], capture_output=True, preexec_fn=become_nobody_inside, env={}, timeout=300)

        with self.subTest("every program"):
            for tool in TOOLS:
                done = does(tool, "--version")
                self.assertEqual(done.returncode, 0, f"{tool}: {words(done.stderr)}")
        done = does("psg-export", "-q", "--no-companion", "night.edf", "-o", "night.h5")
        self.assertEqual(done.returncode, 0, words(done.stderr))
        self.ok("psg-export", "-q", "--no-companion", NIGHT, "-o", self.folder / "night.h5")
        self.assertEqual((home / "night.h5").read_bytes(), (self.folder / "night.h5").read_bytes())

    def test_deb(self):
        field = subprocess.run(["dpkg-deb", "-f", self.deb, "Depends"], capture_output=True, text=True, check=True).stdout
        for library in ("libhdf5-103", "libc6", "libexpat1", "libcairo2"):
            self.assertIn(library, field)
        listing = subprocess.run(["dpkg-deb", "-c", self.deb], capture_output=True, text=True, check=True).stdout
        for tool in TOOLS:
            self.assertIn(f"./usr/bin/{tool}\n", listing)
            self.assertIn(f"./usr/share/man/man1/{tool}.1\n", listing)


if __name__ == "__main__":
    main()
