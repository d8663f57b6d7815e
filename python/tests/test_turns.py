# -*- coding: utf-8 -*-
from __future__ import absolute_import

import os
import signal
import threading
import time
import unittest

from ava.journal.turns import Turns


class TurnsTest(unittest.TestCase):
    def test_items_of_many_threads_are_all_taken_one_at_a_time(self):
        taken = []
        inside = []

        def take(item):
            inside.append(item)
            assert len(inside) == 1
            taken.append(item)
            inside.pop()

        turns = Turns(take)

        def work(name):
            for number in range(2000):
                turns.put((name, number))

        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(taken), [(name, number) for name in range(8) for number in range(2000)])
        for name in range(8):
            self.assertEqual([number for one, number in taken if one == name], list(range(2000)))

    def test_a_thread_gets_its_turns_though_others_never_pause(self):
        nothing = os.open(os.devnull, os.O_WRONLY)
        turns = Turns(lambda item: os.write(nothing, b"x"))
        is_over = []
        deadline = time.time() + 20

        def never_pause():
            while not is_over and time.time() < deadline:
                turns.put("other")

        threads = [threading.Thread(target=never_pause) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(200):
            turns.put("own")
        is_in_time = time.time() < deadline
        is_over.append(True)
        for thread in threads:
            thread.join()
        os.close(nothing)
        self.assertTrue(is_in_time)

    def test_a_signal_handler_that_interrupts_a_turn_is_told_so_and_does_not_wait(self):
        taken = []
        answers = []

        def take(item):
            os.kill(os.getpid(), signal.SIGUSR1)
            for _ in range(1000):
                pass  # The handler runs within the turn.
            taken.append(item)

        turns = Turns(take)
        before = signal.signal(signal.SIGUSR1, lambda *_: answers.append(turns.put("handler")))
        try:
            self.assertTrue(turns.put("outer"))
        finally:
            signal.signal(signal.SIGUSR1, before)
        self.assertEqual((taken, answers), (["outer"], [False]))

    def test_an_exception_of_a_signal_handler_leaves_the_turns_usable(self):
        taken = []

        def take(item):
            if item == "interrupted":
                raise KeyboardInterrupt
            taken.append(item)

        turns = Turns(take)
        self.assertRaises(KeyboardInterrupt, turns.put, "interrupted")
        turns.put("next")
        self.assertEqual(taken, ["next"])

    def test_a_lock_that_was_left_taken_is_replaced(self):
        taken = []
        turns = Turns(taken.append)
        turns._lock.acquire()
        turns.put("item")
        self.assertEqual(taken, ["item"])
