import t from 'tap';
import { VswError } from '../../../src/errors.ts';
import { readOptions, type SwitchOptions } from '../../../src/switch/options.ts';

function errorsOf(options: unknown): string[] {
  try {
    readOptions(options as SwitchOptions);
  } catch (error) {
    t.equal((error as VswError).code, 'VSW_INVALID');
    return (error as VswError).errors.map(({ path, message, remedy }) => `${path}: ${message}; ${remedy}`);
  }
  return [];
}

t.test('where nothing is said, one thread moves frames by the real clock', (t) => {
  t.strictSame(readOptions({}), { workers: 1, portsMax: 4096, flowsMax: 262_144, macsMax: 65_536, virtualClock: false });
  t.end();
});

t.test('a virtual clock means no thread', (t) => {
  t.match(readOptions({ clock: 'virtual' }), { workers: 0, virtualClock: true });
  t.match(readOptions({ clock: 'real', workers: 0 }), { workers: 0, virtualClock: false });
  t.strictSame(errorsOf({ clock: 'virtual', workers: 1 }), ['/workers: a thread cannot be told when a virtual clock moves; write 0, and move frames by run()']);
  t.end();
});

t.test('limits are taken one by one; port 0 is nobody\'s, so there is one number more than ports', (t) => {
  t.match(readOptions({ limits: { ports: 10 } }), { portsMax: 11, flowsMax: 262_144 });
  t.match(readOptions({ limits: { flows: 64, macs: 8 } }), { portsMax: 4096, flowsMax: 64, macsMax: 8 });
  t.match(readOptions({ workers: 62, limits: { ports: 65_535, flows: 67_108_864, macs: 16_777_216 } }), { workers: 62, portsMax: 65_536 });
  t.end();
});

t.test('all that is not possible is told at once, with what is', (t) => {
  t.strictSame(errorsOf({ workers: 63, clock: 'sun', limits: { ports: 0, flows: 63.5, macs: '8' } }), [
    '/workers: 63 is not possible; write a whole number from 0 to 62',
    '/limits/ports: 0 is not possible; write a whole number from 1 to 65535',
    '/limits/flows: 63.5 is not possible; write a whole number from 64 to 67108864',
    '/limits/macs: 8 is not possible; write a whole number from 8 to 16777216',
    '/clock: sun is not possible; write real or virtual',
  ]);
  t.match(errorsOf({ workers: -1 }), [/-1 is not possible/]);
  t.match(errorsOf({ workers: Number.NaN }), [/NaN is not possible/]);
  t.end();
});
