"""Inverts a matrix of SIDE rows, given as float32 on standard input, ROUNDS times: {processor: [s], clock: [s], corner}. Needs numpy."""
import json
import sys
import time

import numpy

side, rounds = int(sys.argv[1]), int(sys.argv[2])
matrix = numpy.frombuffer(sys.stdin.buffer.read(), dtype=numpy.float32).reshape(side, side)
numpy.linalg.inv(matrix)
processor, clock = [], []
for _ in range(rounds):
    used, began = time.process_time(), time.perf_counter()
    inverse = numpy.linalg.inv(matrix)
    processor.append(time.process_time() - used)
    clock.append(time.perf_counter() - began)
json.dump({"processor": processor, "clock": clock, "corner": float(inverse[0, 0])}, sys.stdout)
