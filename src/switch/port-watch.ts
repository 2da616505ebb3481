/**
 * PortWatch: notices that a container's namespace, process or device comes, goes or is another now.
 *
 * Names under /run/netns are watched; everything is also looked at once in a while, because processes
 * and other paths tell nobody when they end. Looking is a stat a port.
 */
import { watch, type FSWatcher } from 'node:fs';

const lookEveryMs = 500;
const settleMs = 20;
const netnsFolder = '/run/netns';

export class PortWatch {
  readonly #look: () => void;
  readonly #timer: NodeJS.Timeout;
  #folder: FSWatcher | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(look: () => void) {
    this.#look = look;
    this.#timer = setInterval(() => {
      this.#watchFolder();
      look();
    }, lookEveryMs).unref();
    this.#watchFolder();
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#folder?.close();
  }

  /** The folder is made by the first `ip netns add`, so it may not be there yet. */
  #watchFolder(): void {
    if (this.#folder !== undefined) return;
    try {
      // `ip netns add` makes the file before it mounts the namespace on it: look a moment later.
      this.#folder = watch(netnsFolder, { persistent: false }, () => {
        this.#soon ??= setTimeout(() => {
          this.#soon = undefined;
          this.#look();
        }, settleMs).unref();
      });
      this.#folder.on('error', () => {
        this.#folder?.close();
        this.#folder = undefined;
      });
    } catch {
      this.#folder = undefined;
    }
  }
}
