"""What runs in the pods of an end-to-end test: servers on every port, and one who asks them all.

    pods.py serve PORT...                 echoes what TCP and UDP say, until it is ended
    pods.py probe SECONDS TO/PROTOCOL/PORT...   prints those that answered, one a line
"""
import asyncio
import sys


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, source):
        self.transport.sendto(data, source)


async def echo(reader, writer):
    while data := await reader.read(1024):
        writer.write(data)
        await writer.drain()
    writer.close()


async def serve(ports):
    loop = asyncio.get_running_loop()
    for port in ports:
        await loop.create_datagram_endpoint(Echo, local_addr=('0.0.0.0', port))
        await asyncio.start_server(echo, '0.0.0.0', port)
    await asyncio.Event().wait()


class Heard(asyncio.DatagramProtocol):
    def __init__(self, answered):
        self.answered = answered

    def datagram_received(self, data, source):
        if not self.answered.done():
            self.answered.set_result(True)

    def error_received(self, error):
        pass


async def answers(target):
    address, protocol, port = target.split('/')
    loop = asyncio.get_running_loop()
    if protocol == 'tcp':
        reader, writer = await asyncio.open_connection(address, int(port))
        writer.write(b'?')
        said = await reader.read(1)
        writer.close()
        return said == b'?'
    answered = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(lambda: Heard(answered), remote_addr=(address, int(port)))
    try:
        for _ in range(20):  # a datagram may get lost in a host that is busy
            transport.sendto(b'?')
            await asyncio.wait([answered], timeout=0.5)
            if answered.done():
                return True
        return False
    finally:
        transport.close()


async def probe(seconds, targets):
    async def one(target):
        try:
            return target if await asyncio.wait_for(answers(target), seconds) else None
        except (OSError, asyncio.TimeoutError):
            return None

    for target in await asyncio.gather(*(one(target) for target in targets)):
        if target is not None:
            print(target)


if sys.argv[1] == 'serve':
    asyncio.run(serve([int(port) for port in sys.argv[2:]]))
else:
    asyncio.run(probe(float(sys.argv[2]), sys.argv[3:]))
