/**
 * Sends IPv4 packets that were written elsewhere from inside a container: `raw-packets.js DESTINATION HEX...`.
 *
 * The kernel takes each packet as it is, header and all. raw-socket is loaded only when this runs, since it is not there on every machine.
 */
import { createRequire } from 'node:module';

interface RawSocket {
  setOption(level: number, option: number, value: Buffer, length: number): void;
  send(bytes: Buffer, offset: number, length: number, address: string, before: null, after: (error: Error | null) => void): void;
  close(): void;
}

interface RawModule {
  createSocket(options: { protocol: number }): RawSocket;
  SocketLevel: { IPPROTO_IP: number };
  SocketOption: { IP_HDRINCL: number };
}

async function main([destination = '', ...packets]: readonly string[]): Promise<void> {
  const raw = createRequire(import.meta.url)('raw-socket') as RawModule;
  const anyProtocol = 255; // IPPROTO_RAW: nothing is received
  const socket = raw.createSocket({ protocol: anyProtocol });
  const yes = Buffer.alloc(4);
  yes.writeUInt32LE(1, 0);
  socket.setOption(raw.SocketLevel.IPPROTO_IP, raw.SocketOption.IP_HDRINCL, yes, 4);
  for (const packet of packets.map((text) => Buffer.from(text, 'hex'))) {
    await new Promise<void>((resolve, reject) => {
      socket.send(packet, 0, packet.length, destination, null, (error) => (error ? reject(error) : resolve()));
    });
  }
  socket.close();
}

await main(process.argv.slice(2));
