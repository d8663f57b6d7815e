# -*- coding: utf-8 -*-
from __future__ import absolute_import

import os
import shutil
import socket
import tempfile
import unittest

from ava.agent import address


class AddressTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(dir="/tmp")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def test_sockets_and_ports_are_found_with_and_without_the_word_in_front(self):
        path = os.path.join(self.folder, "agent.sock")
        named = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        named.bind(path)
        numbered = socket.socket()
        numbered.bind(("127.0.0.1", 0))
        port = numbered.getsockname()[1]
        for server in (named, numbered):
            server.listen(5)
        for one in ("unix:" + path, path, "tcp:127.0.0.1:%d" % port, "localhost:%d" % port):
            address.open_socket(one, 5.0).close()
        named.close()
        numbered.close()

    def test_what_is_no_address_says_what_to_give(self):
        for wrong in ("", "agent", "tcp:", "tcp:host", "host:port", "unix:relative.sock", "http://host:80/path"):
            with self.assertRaises(address.AddressError) as raised:
                address.open_socket(wrong, 1.0)
            self.assertIn("tcp:HOST:PORT", str(raised.exception))

    def test_one_workspace_has_one_place_however_it_is_reached(self):
        real = os.path.join(self.folder, "real")
        os.mkdir(real)
        os.symlink(real, os.path.join(self.folder, "link"))
        places = [address.Rendezvous(os.path.join(self.folder, name)).socket for name in ("real", "link", "other")]
        self.assertEqual(places[0], places[1])
        self.assertNotEqual(places[0], places[2])
        self.assertEqual(os.stat(os.path.dirname(places[0])).st_mode & 0o777, 0o700)
