# -*- coding: utf-8 -*-
"""Archives: pack and unpack."""

from __future__ import absolute_import

import os
import posixpath
import re
import shutil
import tempfile

from ava.workspace import make_folder

_PARTIAL = ".ava-partial-"


def tar_files(file_path_list, tar_file_path, gzip=True):
    """将文件列表打进 tar 包

    Each file or folder goes in under its own name at the top; links are packed as what they lead to. The archive
    has its name only when it is whole.

    :param file_path_list: 文件/目录 列表 / paths of files and folders
    :param tar_file_path: tar 包文件路径 / path of the archive; an older one is replaced
    :param gzip: 是否进行 gzip 压缩 / compress
    :returns: 返回错误，None 表示正常 / the error, ``None`` when all is well
    """
    import tarfile

    partial = None
    try:
        sources = {}
        for path in file_path_list:
            name = os.path.basename(os.path.abspath(path))
            if sources.setdefault(name, os.path.abspath(path)) != os.path.abspath(path):
                raise ValueError("%s and %s have one name and cannot be in one archive" % (sources[name], path))
        folder = os.path.dirname(os.path.abspath(tar_file_path))
        make_folder(folder)
        partial = tempfile.mkdtemp(prefix=_PARTIAL, dir=folder)
        made = os.path.join(partial, "archive")
        # dereference: a link to where the container has its data is of no use to who unpacks.
        with tarfile.open(made, "w:gz" if gzip else "w", dereference=True) as archive:
            for name, path in sources.items():
                archive.add(path, arcname=name, filter=_without_partial)
        os.rename(made, tar_file_path)
    except Exception as err:
        return err
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
    return None


def untar_file(tar_file, outout_base_dir, gzip=True):
    """将 tar 包解压到目录

    Everything is unpacked beside first and moved in place when the whole archive was read. An archive with an entry
    that would leave the folder, or that is a device or pipe, is refused.

    :param tar_file: tar 包路径 / path of the archive
    :param outout_base_dir: 解压的根目录 / folder; made if need be, files that exist are replaced. (The name is spelled as
        it always was.)
    :param gzip: 是否进行 gzip 解压 / compressed or not is found out by itself; kept for scripts that pass it
    :returns: 返回错误，None 表示正常 / the error, ``None`` when all is well
    """
    import tarfile

    partial = None
    try:
        with tarfile.open(tar_file, "r:*") as archive:
            make_folder(outout_base_dir)
            partial = tempfile.mkdtemp(prefix=_PARTIAL, dir=outout_base_dir)
            # Python 3.12 warns where the caller names no filter; ours is _reason_against, the same for all versions.
            archive.extraction_filter = lambda member, path: member
            archive.extractall(partial, members=_checked(archive))
        _move_into(partial, outout_base_dir)
    except Exception as err:
        return err
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
    return None


def _checked(archive):
    files = set()
    for member in archive:
        reason = _reason_against(member, files)
        if reason is not None:
            raise ValueError("'%s' is not unpacked: entry '%s': %s" % (archive.name, member.name, reason))
        # Files belong to who unpacks, also when that is root.
        member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
        member.mode &= 0o777
        yield member


def _reason_against(member, files):
    name = posixpath.normpath(member.name)
    if member.name.startswith("/"):
        return "its path is absolute"
    if ".." in re.split(r"[/\\]", member.name):
        return "its path has '..'"
    if member.islnk():
        known = posixpath.normpath(member.linkname) in files
        return None if known else "it is a hard link to something that is not a file of the archive"
    files.discard(name)
    if member.issym():
        return _reason_against_link(name, member.linkname)
    if member.isfile():
        files.add(name)
    return None if member.isfile() or member.isdir() else "it is not a file, a folder or a link"


def _reason_against_link(name, target):
    """A target may begin with '..' but have none behind a name: the name may be a link itself, and then '..' leads
    elsewhere."""
    if target.startswith("/") or not target:
        return "it is a link to an absolute path"
    parts = [part for part in target.split("/") if part not in ("", ".")]
    up = 0
    while up < len(parts) and parts[up] == "..":
        up += 1
    if ".." in parts[up:]:
        return "it is a link with '..' behind a name"
    return None if up < len(name.split("/")) else "it is a link that leaves the folder"


def _move_into(source, target):
    for name in os.listdir(source):
        old, new = os.path.join(source, name), os.path.join(target, name)
        if _is_real_folder(old) and _is_real_folder(new):
            _move_into(old, new)
        else:
            os.rename(old, new)


def _is_real_folder(path):
    return os.path.isdir(path) and not os.path.islink(path)


def _without_partial(member):
    return None if posixpath.basename(member.name).startswith(_PARTIAL) else member
