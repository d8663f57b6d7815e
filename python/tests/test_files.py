# -*- coding: utf-8 -*-
from __future__ import absolute_import

import io
import os
import tarfile

from ava.utils import compress, fileloc
from seed_case import SeedCase


class FilelocTest(SeedCase):
    def path(self, name):
        return os.path.join(self.workspace, name)

    def test_written_files_have_a_folder(self):
        for kind, expected in (
            ("snapshot", "run/output/snapshot"),
            ("upload.run", "run/output/upload.run"),
            ("hehe.log", "run/logs/hehe.log"),
            ("solver.prototxt", "run/prepared/solver.prototxt"),
            ("solver.json", "run/prepared/solver.json"),
            ("fixed_train.prototxt", "run/prepared/fixed_train.prototxt"),
            ("fixed_train.symbol.json", "run/prepared/fixed_train.symbol.json"),
            ("config/user", "config/user"),
        ):
            self.assertEqual(fileloc.file_location(self.workspace, kind), self.path(expected))
            self.assertTrue(kind.startswith("config") or os.path.isdir(os.path.dirname(self.path(expected))))

    def test_read_files_are_found_once_they_exist(self):
        for kind, expected in (
            ("train.prototxt", "model/1.train.prototxt"),
            ("weight.caffemodel", "model/lenet_weight.caffemodel"),
            ("weight.params", "model/weight.params"),
            ("mean.csv", "data/train/mean.csv"),
            ("train.rec", "data/train/cache/data.rec"),
            ("val.roidb", "data/val/cache/gt_roidb.pkl"),
        ):
            self.assertIsNone(fileloc.file_location(self.workspace, kind))
            path = self.put(expected, u"x")
            self.assertEqual(fileloc.file_location(self.workspace, kind), path)
        self.put("data/train/cache/data.mdb", u"x")
        self.assertEqual(fileloc.file_location(self.workspace, "train.lmdb"), self.path("data/train/cache"))
        self.assertEqual(fileloc.file_location(self.workspace, "mean.csv"), self.path("data/train/mean.csv"))
        self.put("model/mean.csv", u"x")
        self.assertEqual(fileloc.file_location(self.workspace, "mean.csv"), self.path("model/mean.csv"))
        self.put("mnt/data/train/cache/data.rec", u"x")
        self.assertEqual(fileloc.file_location(self.workspace, "train.rec"), self.path("mnt/data/train/cache/data.rec"))
        self.assertIsNone(fileloc.file_location(self.workspace, "nothing"))

    def test_folders_and_files_are_made_and_removed_however_often(self):
        folder = self.path("a/b/c")
        fileloc.mkdir_p(folder)
        fileloc.mkdir_p(folder)
        path = self.put("a/b/c/f", u"x")
        for link, target in (("link", folder), ("broken", "nowhere")):
            os.symlink(target, self.path(link))
            fileloc.rm_path(self.path(link))
        self.assertEqual((os.path.exists(path), os.listdir(self.workspace)), (True, ["a"]))
        fileloc.rm_path(path)
        for _ in range(2):
            fileloc.rm_path(self.path("a"))
        self.assertEqual(os.listdir(self.workspace), [])
        self.put("f", u"x")
        fileloc.mkdir_p(self.path("f"))
        self.assertEqual(self.read("f"), b"x")
        self.assertRaises(OSError, fileloc.mkdir_p, self.path("f/g"))


class CompressTest(SeedCase):
    def setUp(self):
        super(CompressTest, self).setUp()
        self.sources = [self.put("in/a.txt", u"a"), os.path.dirname(self.put("in/sub/名.txt", u"b"))]
        os.symlink(self.sources[0], os.path.join(self.workspace, "in/sub/link"))
        self.archive = os.path.join(self.workspace, "made/out.tar.gz")
        self.target = os.path.join(self.workspace, "out/deep")

    def pack(self, *entries):
        """Entries: (name, type, link target or content)."""
        os.makedirs(os.path.dirname(self.archive))
        with tarfile.open(self.archive, "w") as archive:
            for name, kind, value in entries:
                member = tarfile.TarInfo(name)
                member.type, member.mode = kind, 0o4755
                if kind == tarfile.REGTYPE:
                    member.size = len(value)
                    archive.addfile(member, io.BytesIO(value))
                else:
                    member.linkname = value
                    archive.addfile(member)

    def test_what_is_packed_comes_out_again(self):
        for gzip in (True, False):
            self.assertIsNone(compress.tar_files(self.sources, self.archive, gzip=gzip))
            with io.open(self.archive, "rb") as opened:
                self.assertEqual(opened.read(2) == b"\x1f\x8b", gzip)
            self.assertIsNone(compress.untar_file(self.archive, self.target, gzip))
            self.assertEqual(sorted(os.listdir(self.target)), ["a.txt", "sub"])
            # A link is packed as what it leads to.
            self.assertEqual((self.read("out/deep/sub/名.txt"), self.read("out/deep/sub/link")), (b"b", b"a"))
            self.assertFalse(os.path.islink(os.path.join(self.target, "sub/link")))
        self.assertEqual(os.listdir(os.path.dirname(self.archive)), ["out.tar.gz"])
        self.assertEqual(os.stat(self.archive).st_mode & 0o777, os.stat(self.sources[0]).st_mode & 0o777)

    def test_an_archive_may_lie_in_what_it_packs(self):
        inside = os.path.join(self.workspace, "in/out.tar")
        self.assertIsNone(compress.tar_files([os.path.dirname(inside)], inside, gzip=False))
        self.assertIsNone(compress.untar_file(inside, self.target, gzip=False))
        self.assertEqual(sorted(os.listdir(os.path.join(self.target, "in"))), ["a.txt", "sub"])

    def test_what_cannot_be_packed_is_an_error_that_is_returned_and_leaves_nothing(self):
        twin = self.put("other/a.txt", u"x")
        self.put("file", u"x")
        for sources, archive in (
            ([self.sources[0], "/no/such/file"], self.archive),
            ([self.sources[0], twin], self.archive),
            (self.sources, os.path.join(self.workspace, "file/x.tar.gz")),
        ):
            self.assertIsInstance(compress.tar_files(sources, archive), Exception)
            self.assertEqual(
                os.listdir(os.path.dirname(self.archive)) if os.path.exists(os.path.dirname(self.archive)) else [], []
            )

    def test_unsafe_and_damaged_archives_are_refused_and_leave_nothing(self):
        good = ("good", tarfile.REGTYPE, b"x")
        for entry in (
            ("/absolute", tarfile.REGTYPE, b"x"),
            ("../up", tarfile.REGTYPE, b"x"),
            ("a/../../up", tarfile.REGTYPE, b"x"),
            ("link", tarfile.SYMTYPE, "/etc"),
            ("link", tarfile.SYMTYPE, ".."),
            ("a/link", tarfile.SYMTYPE, "../../x"),
            ("link", tarfile.SYMTYPE, "a/../.."),
            ("hard", tarfile.LNKTYPE, "/etc/passwd"),
            ("pipe", tarfile.FIFOTYPE, ""),
            ("device", tarfile.CHRTYPE, ""),
        ):
            self.pack(good, entry)
            self.assertIsInstance(compress.untar_file(self.archive, self.target), Exception, entry)
            self.assertEqual(os.listdir(self.target), [], entry)
            fileloc.rm_path(os.path.dirname(self.archive))
        self.assertFalse(os.path.exists(os.path.join(self.workspace, "out/up")))
        for path in (self.put("damaged", b"\x1f\x8bno archive"), os.path.join(self.workspace, "none")):
            self.assertIsInstance(compress.untar_file(path, self.target), Exception)
            self.assertEqual(os.listdir(self.target), [])

    def test_links_inside_are_kept_and_files_replaced(self):
        self.put("out/deep/d/f", u"old")
        self.put("out/deep/d/kept", u"kept")
        entries = (("d", tarfile.DIRTYPE, ""), ("d/f", tarfile.REGTYPE, b"new"), ("l", tarfile.SYMTYPE, "d/f"))
        self.pack(*(entries + (("h", tarfile.LNKTYPE, "d/f"),)))
        self.assertIsNone(compress.untar_file(self.archive, self.target))
        found = [self.read("out/deep/" + name) for name in ("d/f", "d/kept", "l", "h")]
        self.assertEqual(found, [b"new", b"kept", b"new", b"new"])
        facts = os.stat(os.path.join(self.target, "d/f"))
        self.assertEqual((facts.st_uid, facts.st_mode & 0o7777), (os.getuid(), 0o755))
