/**
 * A live capture to one client: bytes of a file, for as long as it takes them.
 *
 * The next bytes are asked of the switch only once the client took the ones before; meanwhile the rings
 * of the workers fill, and what finds no room there is lost and counted. The counts stand behind the
 * body, as trailers.
 */
import type { ServerResponse } from 'node:http';
import { captureMediaTypes, type LiveCapture } from './protocol.ts';

/** `stop` ends the capture; it is called when the client is gone. */
export async function streamCapture(capture: LiveCapture, format: string | undefined, response: ServerResponse, stop: () => void): Promise<void> {
  let wake = (): void => {};
  response.on('drain', () => wake());
  response.on('close', () => {
    stop();
    wake();
  });
  response.writeHead(200, {
    'content-type': format === 'pcap' ? captureMediaTypes.pcap : captureMediaTypes.pcapng, 'cache-control': 'no-store', trailer: 'vswitch-frames, vswitch-lost',
  });
  response.flushHeaders();
  for await (const bytes of capture) {
    if (response.destroyed) break;
    const taken = new Promise<void>((resolve) => { wake = resolve; });
    if (!response.write(bytes)) await taken;
  }
  response.addTrailers({ 'vswitch-frames': String(capture.frames), 'vswitch-lost': String(capture.lost) });
  response.end();
}
