import t from 'tap';
import { nothingHeld } from '../../../src/intent/held.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { netnsPath } from '../../../src/intent/port-coherence.ts';
import { intentWith, intentWithout } from '../../../src/intent/validate.ts';
import { startTimeOf } from '../../../src/store/process.ts';
import { isSameProcess, processesAfter } from '../../../src/switch/processes.ts';
import { network, tap } from '../intent/resources.ts';

const own = startTimeOf(process.pid)!;
const first = startTimeOf(1)!;

t.test('the process that a port names is remembered as it was when it was named first', (t) => {
  const dev = intentWith([network('dev')], emptyIntent, nothingHeld);
  const netns = (pid: number): Record<string, unknown> => ({ netns: `pid:${pid}` });
  const put = (before: { intent: typeof dev; processes: ReadonlyMap<string, string> }, ...ports: unknown[]): typeof before => {
    const intent = intentWith(ports, before.intent, nothingHeld);
    return { intent, processes: processesAfter(before, intent, (key) => netnsPath(intent.ports.get(key)!.spec.netns)) };
  };
  const one = put({ intent: dev, processes: new Map() }, tap('a', netns(process.pid)), tap('b'), tap('c', netns(0x7ffffffe)));
  t.strictSame([...one.processes], [['default/a', own]]);
  const old = { ...one, processes: new Map([['default/a', '1']]) };
  t.equal(put(old, tap('a', { ...netns(process.pid), antiSpoof: false })).processes, old.processes, 'the same name is the same process');
  t.strictSame([...put(old, tap('a', netns(1))).processes], [['default/a', first]]);
  t.strictSame([...put(old, tap('a', { netns: 'box' })).processes], []);
  const without = intentWithout([{ kind: 'Port', name: 'a' }], one.intent);
  t.strictSame([...processesAfter(one, without, () => '')].length, 0);
  t.end();
});

t.test('a number that another process has is not the same', (t) => {
  const netns = netnsPath(`pid:${process.pid}`);
  t.ok(isSameProcess(new Map([['default/a', own]]), 'default/a', netns));
  t.notOk(isSameProcess(new Map([['default/a', '1']]), 'default/a', netns));
  t.ok(isSameProcess(new Map(), 'default/a', netns), 'nothing is known of it');
  t.end();
});
