"""A receiver whose line flips a bit in each frame, and a sender on a slow line."""
from captures import *  # noqa: F403

WORD = (1 << 64) - 1


def mix(value):
    """splitmix64, as its authors publish it."""
    value = (value + 0x9e3779b97f4a7c15) & WORD
    value = ((value ^ (value >> 30)) * 0xbf58476d1ce4e5b9) & WORD
    value = ((value ^ (value >> 27)) * 0x94d049bb133111eb) & WORD
    return value ^ (value >> 31)


def corrupted(frame, seed, number):
    """The fourth word of a frame says which bit; 1 stands for transmitted frames."""
    where = mix(mix(seed << 1 | 1) + 4 * number + 3)
    damaged = bytearray(bytes(frame))
    damaged[where // 8 % len(damaged)] ^= 1 << where % 8
    return bytes(damaged)


def udp(source, to, number):
    return ether(source, to) / IP(src=f'10.0.0.{source}', dst=f'10.0.0.{to}') / UDP(sport=5, dport=6) / payload(20 + number)


for number in range(6):
    send('web', udp(1, 2, number))
    expect('db', corrupted(udp(1, 2, number), 9, number))

send('far', udp(3, 1, 0))
send('far', udp(3, 1, 1))
send('db', udp(2, 1, 2))
expect('web', udp(2, 1, 2))
wait(50)
send('far', udp(3, 1, 3))  # and this one still waits at the end
expect('web', udp(3, 1, 0))
expect('web', udp(3, 1, 1))
