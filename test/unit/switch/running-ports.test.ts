import { join } from 'node:path';
import t from 'tap';
import { parseCidr } from '../../../src/address/cidr.ts';
import { EventLog } from '../../../src/switch/event-log.ts';
import { namespaceIdentity } from '../../../src/switch/namespace-identity.ts';
import { identitiesOf, RunningPorts } from '../../../src/switch/running-ports.ts';
import type { Edit, PutPort } from '../../../src/table/edits.gen.ts';

const keys = new Map([[1, 'default/a'], [2, 'shop/b']]);
const keyOf = (id: number): string | undefined => keys.get(id);
function scene(): { running: RunningPorts; events: () => string[] } {
  const log = new EventLog();
  return { running: new RunningPorts(log), events: () => log.recent().map((event) => `${event.type}${'port' in event ? ` ${event.port}` : ''}`) };
}
const ready = (port: number) => ({ port, state: 'ready', message: '' }) as const;
const waiting = (port: number, message = 'no namespace') => ({ port, state: 'waiting', message }) as const;
const nothing = { mac: '02:00:00:00:00:01', addresses: [], network: 1, trunkAddresses: [] };

t.test('a commit says how its ports fare, and what changes is told once', (t) => {
  const { running, events } = scene();
  running.note({ generation: 7, ports: [ready(1), waiting(2)] }, new Map([[1, '4:1']]), keyOf);
  t.match(running.get('default/a'), { state: 'ready', generation: 7, identity: '4:1' });
  t.match(running.get('shop/b'), { state: 'waiting', generation: 0, message: 'no namespace', identity: undefined });
  t.strictSame(events(), ['port_ready a', 'port_waiting shop/b']);
  running.note({ generation: 8, ports: [ready(1), waiting(2, 'still none'), ready(3)] }, new Map(), keyOf);
  t.match(running.get('default/a'), { generation: 8, identity: undefined });
  t.match(running.get('shop/b'), { message: 'still none' });
  running.note({ generation: 9, ports: [waiting(1), ready(2)] }, new Map(), keyOf);
  t.strictSame(events(), ['port_ready a', 'port_waiting shop/b', 'port_waiting a', 'port_ready shop/b']);
  t.end();
});

t.test('waiting and failing are told when they begin and when the reason is another', (t) => {
  const { running, events } = scene();
  running.waits('default/a', 'x', undefined);
  running.waits('default/a', 'x', undefined);
  running.waits('default/a', 'y', undefined);
  running.fails('default/a', 'y', '4:2');
  running.fails('default/a', 'y', '4:3');
  running.fails('default/a', 'z', '4:3');
  t.strictSame(events(), ['port_waiting a', 'port_waiting a', 'port_failed a', 'port_failed a']);
  t.strictSame(running.get('default/a'), { state: 'failed', generation: 0, message: 'z', identity: '4:3' });
  t.end();
});

t.test('what is forgotten is gone, and told only if it was there', (t) => {
  const { running, events } = scene();
  running.waits('shop/b', 'x', undefined);
  running.forget('shop/b');
  running.forget('shop/b');
  running.forget('default/never');
  t.equal(running.get('shop/b'), undefined);
  t.strictSame(events(), ['port_waiting shop/b', 'port_removed shop/b']);
  t.end();
});

t.test('a status has the addresses of the entry, also before anything ran', (t) => {
  const { running } = scene();
  const entry = { mac: '02:00:00:00:00:01', network: 1, addresses: [parseCidr('10.77.0.1/24')!], trunkAddresses: [{ network: 2, prefix: parseCidr('fd00:77::1/64')! }] };
  t.strictSame(running.status('default/a', entry), {
    state: 'waiting', generation: 0, mac: '02:00:00:00:00:01', addresses: ['10.77.0.1/24', 'fd00:77::1/64'], message: 'not attached yet',
  });
  running.note({ generation: 7, ports: [ready(1)] }, new Map(), keyOf);
  t.match(running.status('default/a', nothing), { state: 'ready', generation: 7, addresses: [], message: '' });
  t.end();
});

t.test('identities are those of the namespaces that edits open, the switch\'s own where none is named', (t) => {
  const folder = t.testdir({ web: '' });
  const put = (port: number, netns: string, device = 'eth0'): Edit => ({ edit: 'PutPort', port, netns, device } as PutPort);
  const identities = identitiesOf([put(1, join(folder, 'web')), put(2, join(folder, 'absent')), put(3, ''), put(5, '', ''), { edit: 'DeletePort', port: 4 }]);
  t.strictSame([...identities], [[1, namespaceIdentity(join(folder, 'web'))], [2, undefined], [3, namespaceIdentity('/proc/self/ns/net')]]);
  t.type(identities.get(1), 'string');
  t.end();
});

t.test('those that failed are known until they are ready, wait or are gone', (t) => {
  const { running } = scene();
  running.fails('default/a', 'no room', undefined);
  running.fails('shop/b', 'no room', undefined);
  t.strictSame([...running.failed], ['default/a', 'shop/b']);
  running.note({ generation: 7, ports: [ready(1)] }, new Map(), keyOf);
  t.strictSame([...running.failed], ['shop/b']);
  running.waits('shop/b', 'no namespace', undefined);
  t.strictSame([...running.failed], []);
  running.fails('shop/b', 'no room', undefined);
  running.forget('shop/b');
  t.strictSame([...running.failed], []);
  t.end();
});
