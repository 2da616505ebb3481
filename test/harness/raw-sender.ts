/**
 * Sends crafted IPv4 packets from inside a container: `raw-sender.js SOURCE DESTINATION COUNT`.
 *
 * The kernel takes the header as it is written here, so the source can be anybody's. raw-socket is
 * loaded only when this runs, since it is not there on every machine.
 */
import { createRequire } from 'node:module';

interface RawSocket {
  setOption(level: number, option: number, value: Buffer, length: number): void;
  send(
    bytes: Buffer, offset: number, length: number, address: string, before: null,
    after: (error: Error | null) => void,
  ): void;
  close(): void;
}

interface RawModule {
  createSocket(options: { protocol: number }): RawSocket;
  writeChecksum(bytes: Buffer, offset: number, checksum: number): void;
  createChecksum(...bytes: Buffer[]): number;
  Protocol: { UDP: number };
  SocketLevel: { IPPROTO_IP: number };
  SocketOption: { IP_HDRINCL: number };
}

function compose(source: string, destination: string, payload: Buffer): Buffer {
  const packet = Buffer.alloc(28 + payload.length);
  packet.writeUInt8(0x45, 0);
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt8(64, 8);
  packet.writeUInt8(17, 9);
  packet.set(source.split('.').map(Number), 12);
  packet.set(destination.split('.').map(Number), 16);
  packet.writeUInt16BE(40_000, 20);
  packet.writeUInt16BE(9, 22);
  packet.writeUInt16BE(8 + payload.length, 24);
  packet.set(payload, 28);
  return packet;
}

async function main([source = '', destination = '', count = '1']: readonly string[]): Promise<void> {
  const raw = createRequire(import.meta.url)('raw-socket') as RawModule;
  const socket = raw.createSocket({ protocol: raw.Protocol.UDP });
  const yes = Buffer.alloc(4);
  yes.writeUInt32LE(1, 0);
  socket.setOption(raw.SocketLevel.IPPROTO_IP, raw.SocketOption.IP_HDRINCL, yes, 4);
  const packet = compose(source, destination, Buffer.from('crafted'));
  raw.writeChecksum(packet, 10, raw.createChecksum(packet.subarray(0, 20)));
  for (let sent = 0; sent < Number(count); sent += 1) {
    await new Promise<void>((resolve, reject) => {
      socket.send(packet, 0, packet.length, destination, null, (error) => (error ? reject(error) : resolve()));
    });
  }
  socket.close();
}

await main(process.argv.slice(2));
