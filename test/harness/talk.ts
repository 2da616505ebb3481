/**
 * Connections of two kernels that speak when a test says so, and packets that no kernel would send beside them.
 */
import { hex } from './frames.ts';
import { compiled, type Host, type Topology } from './topology.ts';

/** A connection that says a word each time a line `say` comes, and tells what it heard. It reports its ports first. */
const talker = `
import socket, sys, time, os
s = socket.create_connection((sys.argv[3], 80), timeout=10)
print('port', s.getsockname()[1], flush=True)
path = sys.argv[1]
said = 0
end = time.time() + 100
while time.time() < end:
    want = int(open(path).read() or 0) if os.path.exists(path) else 0
    if want < 0: break
    if want > said:
        said = want
        try:
            s.settimeout(float(sys.argv[2]))
            s.sendall(b'word')
            heard = b''
            while len(heard) < 4:
                more = s.recv(4 - len(heard))
                if not more: break
                heard += more
            print('heard', said, len(heard), flush=True)
        except OSError as error:
            print('heard', said, type(error).__name__, flush=True)
    time.sleep(0.02)
`;

/** A TCP connection of two kernels through the switch, from a host to port 80 of an address where somebody echoes. */
export class Talk {
  readonly #topology: Topology;
  readonly #running: ReturnType<Host['start']>;
  readonly #file: string;
  #words = 0;

  constructor(topology: Topology, host: Host, server: string, patience = 20) {
    this.#topology = topology;
    this.#file = `/tmp/${host.namespace}-talk`;
    this.#running = host.start(['python3', '-c', talker, this.#file, String(patience), server]);
    topology.defer(async () => await topology.attempt(['rm', '-f', this.#file]));
  }

  async port(): Promise<number> {
    await this.#topology.until('the connection is there', () => /port \d+/.test(this.#running.answer), 20_000);
    return Number(/port (\d+)/.exec(this.#running.answer)?.[1]);
  }

  /** What became of one more word and its echo: 4, or the name of an error. */
  async say(): Promise<string> {
    const word = ++this.#words;
    await this.#topology.run(['sh', '-c', `echo ${word} > ${this.#file}`]);
    const told = new RegExp(`heard ${word} (\\w+)`);
    await this.#topology.until(`an end of word ${word}`, () => told.test(this.#running.answer), 40_000);
    return told.exec(this.#running.answer)?.[1] ?? '';
  }
}

/** Has the host send packets that were written elsewhere, header and all. */
export async function craft(host: Host, destination: string, packets: readonly Uint8Array[]): Promise<void> {
  await host.run(['node', compiled('test/harness/raw-packets.js'), destination, ...packets.map(hex)]);
}

/** Waits until the port has lost so many more by this reason. */
export async function untilLost(topology: Topology, port: string, reason: string, count: number): Promise<void> {
  await topology.until(`${port} lost ${count} packets: ${reason}`, async () => await topology.drops(port, reason) >= count);
}
