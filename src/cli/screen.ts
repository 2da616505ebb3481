/**
 * Screen: the terminal's other page, with keys, given back as it was however the program ends.
 *
 * In raw mode Ctrl-C is a key like others, so it is one of them here; a signal that ends the program
 * from outside and an error that nobody caught restore the terminal too.
 */
import type { ReadStream, WriteStream } from 'node:tty';

const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

export class Screen implements Disposable {
  readonly #output: WriteStream;
  readonly #input: ReadStream | undefined;
  readonly #restore = (): void => this.close();
  readonly #onKey: (key: string) => void;
  readonly #onResize: () => void;
  #isOpen = true;

  /** `key` gets each key as its character; Ctrl-C as U+0003. */
  constructor(output: WriteStream, input: ReadStream | undefined, key: (key: string) => void, resized: () => void) {
    this.#output = output;
    this.#input = input;
    this.#onKey = (text) => {
      for (const one of text) key(one);
    };
    this.#onResize = resized;
    output.write(enter);
    output.on('resize', this.#onResize);
    process.on('exit', this.#restore);
    if (input === undefined) return;
    input.setRawMode(true);
    input.setEncoding('utf8').on('data', this.#onKey).resume();
  }

  get lines(): number {
    return this.#output.rows;
  }

  get width(): number {
    return this.#output.columns;
  }

  /** Shows these lines and nothing else. Nothing is cleared before it is written over, so nothing flickers. */
  show(lines: readonly string[]): void {
    const shown = lines.slice(0, this.lines);
    this.#output.write(`${home}${shown.map((line) => line.slice(0, this.width) + clearLine).join('\r\n')}${clearBelow}`);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off('exit', this.#restore);
    this.#output.off('resize', this.#onResize);
    if (this.#input !== undefined) {
      this.#input.off('data', this.#onKey).pause();
      this.#input.setRawMode(false);
    }
    this.#output.write(leave);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
