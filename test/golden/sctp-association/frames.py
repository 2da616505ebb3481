"""An SCTP association, by its verification tags."""
from connections import *  # noqa: F403

from scapy.layers.sctp import (SCTP, SCTPChunkAbort, SCTPChunkCookieAck, SCTPChunkCookieEcho, SCTPChunkData, SCTPChunkInit,
                               SCTPChunkInitAck, SCTPChunkShutdown, SCTPChunkShutdownAck, SCTPChunkShutdownComplete)

def chunk(side, tag, what, sport=5000):
    ports = (sport, 3868) if side == 0 else (3868, sport)
    return between((1, 2)[side], (2, 1)[side], SCTP(sport=ports[0], dport=ports[1], tag=tag) / what)
mine, theirs = 111, 222
dies(chunk(1, 0, SCTPChunkInit(init_tag=5)))
passes(chunk(0, 0, SCTPChunkInit(init_tag=mine)))
dies(chunk(1, 999, SCTPChunkInitAck(init_tag=theirs)))
passes(chunk(1, mine, SCTPChunkInitAck(init_tag=theirs)))
passes(chunk(0, theirs, SCTPChunkCookieEcho(cookie=b'abcd')))
passes(chunk(1, mine, SCTPChunkCookieAck()))
passes(chunk(0, theirs, SCTPChunkData(data=b'hello')))
dies(chunk(0, 223, SCTPChunkData(data=b'forged')))
dies(chunk(1, 112, SCTPChunkAbort()))
passes(chunk(1, mine, SCTPChunkData(data=b'hello')))
passes(chunk(0, theirs, SCTPChunkShutdown()))
passes(chunk(1, mine, SCTPChunkShutdownAck()))
passes(chunk(0, theirs, SCTPChunkShutdownComplete()))
dies(chunk(0, theirs, SCTPChunkData(data=b'nobody'), sport=5001))
