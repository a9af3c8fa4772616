# SPDX-License-Identifier: MIT
"""N clients at once, each sends some messages of its own and wants them back: echo_clients.py PORT N"""
import socket
import sys
import threading

port, count = int(sys.argv[1]), int(sys.argv[2])
start = threading.Barrier(count)
bad = []


def client(number):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as s:
            start.wait(60)
            for size in (1, 64, 5000):
                text = bytes((number + i) % 256 for i in range(size))
                s.sendall(text)
                got = b""
                while len(got) < size:
                    piece = s.recv(65536)
                    if not piece:
                        raise EOFError
                    got += piece
                if got != text:
                    raise ValueError("other bytes came back")
    except Exception as error:  # told below, by number
        bad.append((number, repr(error)))


threads = [threading.Thread(target=client, args=(i,)) for i in range(count)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(bad if bad else f"{count} clients served")
sys.exit(bool(bad))
