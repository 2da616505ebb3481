/** The terminal is given back as it was. */
import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import t from 'tap';
import { Screen } from '../../../src/cli/screen.ts';

class Terminal extends EventEmitter {
  text = '';
  isRaw = false;
  isPaused = true;
  readonly rows = 4;
  readonly columns = 10;

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }

  setEncoding(): this { return this; }
  resume(): this { this.isPaused = false; return this; }
  pause(): this { this.isPaused = true; return this; }
}

t.test('it enters the other page, shows what fits, and leaves once', (t) => {
  const output = new Terminal();
  const input = new Terminal();
  const keys: string[] = [];
  let resized = 0;
  const screen = new Screen(output as unknown as WriteStream, input as unknown as ReadStream, (key) => keys.push(key), () => { resized += 1; });
  t.match(output.text, '\u001b[?1049h');
  t.ok(input.isRaw && !input.isPaused);
  output.text = '';
  screen.show(['one', 'a line that is too long', 'three', 'four', 'five']);
  t.equal(output.text, '\u001b[Hone\u001b[K\r\na line tha\u001b[K\r\nthree\u001b[K\r\nfour\u001b[K\u001b[J');
  input.emit('data', 'q\u0003');
  output.emit('resize');
  t.strictSame(keys, ['q', '\u0003'], 'keys that come together are told apart');
  t.equal(resized, 1);
  output.text = '';
  screen.close();
  screen[Symbol.dispose]();
  t.equal(output.text, '\u001b[?25h\u001b[?1049l');
  t.ok(!input.isRaw && input.isPaused);
  t.equal(input.listenerCount('data') + output.listenerCount('resize'), 0);
  t.end();
});

t.test('without keys it works too', (t) => {
  const output = new Terminal();
  const before = process.listenerCount('exit');
  const screen = new Screen(output as unknown as WriteStream, undefined, () => {}, () => {});
  t.equal(process.listenerCount('exit'), before + 1, 'an end that nobody foresaw restores it');
  screen.close();
  t.equal(process.listenerCount('exit'), before);
  t.end();
});
