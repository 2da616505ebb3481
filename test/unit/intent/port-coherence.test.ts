import t from 'tap';
import { parseCidr } from '../../../src/address/cidr.ts';
import { checkDevice, checkRoutes, deviceOf, netnsPath } from '../../../src/intent/port-coherence.ts';
import type { PortSpec } from '../../../src/intent/port.ts';

function told(check: (report: (field: string, message: string, remedy: string) => void) => void): string[] {
  const lines: string[] = [];
  check((field, message, remedy) => {
    t.ok(remedy.length > 0);
    lines.push(`${field} ${message}`);
  });
  return lines;
}
const device = (spec: Partial<PortSpec>): string[] => told((report) => checkDevice({ network: 'dev', ...spec }, report));
const routes = (list: PortSpec['routes'] & object, own: string[], reachable = own): string[] =>
  told((report) => checkRoutes({ network: 'dev', routes: list }, reachable.map((text) => parseCidr(text)!), own.map((text) => parseCidr(text)!), report));

t.test('a namespace is a file, however it is named', (t) => {
  t.equal(netnsPath(undefined), '');
  t.equal(netnsPath('web-1'), '/run/netns/web-1');
  t.equal(netnsPath('/var/run/netns/web-1'), '/run/netns/web-1');
  t.equal(netnsPath('/srv/ns'), '/srv/ns');
  t.equal(netnsPath('pid:42'), '/proc/42/ns/net');
  t.strictSame(deviceOf({ network: 'dev', netns: 'a' }), { path: '/run/netns/a', device: 'eth0' });
  t.strictSame(deviceOf({ network: 'dev', device: 'vsw0' }), { path: '', device: 'vsw0' });
  t.equal(deviceOf({ network: 'dev', type: 'memory' }), undefined);
  t.end();
});

t.test('fields belong to types', (t) => {
  t.strictSame(device({ netns: 'a' }), []);
  t.match(device({}), [/^\/device a port in the switch's own namespace needs/]);
  t.match(device({ netns: 'a', device: 'lo' }), [/^\/device lo is the loopback/]);
  t.match(device({ type: 'memory', netns: 'a', device: 'eth0', persist: true, queues: 2 }), [/^\/netns a memory port has no netns/, /^\/device/, /^\/persist/, /^\/queues/]);
  t.strictSame(device({ netns: 'a', queues: 4 }), []);
  t.match(device({ netns: 'a', offloads: true, pcap: { read: 'x' } }), [/^\/offloads/, /^\/pcap pcap is a field of pcap ports/]);
  t.match(device({ type: 'pcap' }), [/^\/pcap a pcap port needs/]);
  t.match(device({ type: 'pcap', pcap: {} }), [/^\/pcap a pcap port needs/]);
  t.strictSame(device({ type: 'pcap', pcap: { write: '/tmp/x.pcap' } }), []);
  t.strictSame(device({ type: 'memory', offloads: true }), []);
  t.end();
});

t.test('a next hop is on the link', (t) => {
  const own = ['10.77.0.1/24', 'fd00:77::1/64'];
  t.strictSame(routes([{ to: 'default', via: '10.77.0.254' }, { to: 'default', via: 'fd00:77::fe' }, { to: '10.8.0.0/16', via: '10.77.0.253' }, { to: 'fd09::/32', via: 'fe80::1' }], own), []);
  t.match(routes([{ to: 'default', via: '10.78.0.254' }], own), [/^\/routes\/0\/via 10.78.0.254 is not on the port's link/]);
  t.strictSame(routes([{ to: '169.254.1.1/32' }, { to: 'default', via: '169.254.1.1' }], ['10.77.0.1/32']), [], 'a host route without via puts it there');
  t.match(routes([{ to: 'default', via: '10.77.0.1' }], own), [/the port's own address/]);
  t.match(routes([{ to: 'default', via: '224.0.0.1' }], own), [/cannot be a next hop/]);
  t.match(routes([{ to: 'default', via: '10.77.0.254' }], []), [/not on the port's link/]);
  t.end();
});

t.test('a route says one thing', (t) => {
  const own = ['10.77.0.1/24'];
  t.match(routes([{ to: 'default' }], own), [/^\/routes\/0\/via a default route needs its next hop/]);
  t.match(routes([{ to: '10.8.1.1/16', via: '10.77.0.254' }], own), [/^\/routes\/0\/to 10.8.1.1\/16 is not the first address/]);
  t.match(routes([{ to: 'fd09::/32', via: '10.77.0.254' }], own), [/^\/routes\/0\/via 10.77.0.254 is not of the family/]);
  t.match(routes([{ to: 'default', via: '10.77.0.254' }, { to: 'default', via: '10.77.0.253' }], own), [/^\/routes\/1\/to there are two routes to default/]);
  t.end();
});

t.test('a port with a fault or a capture has one queue', (t) => {
  t.strictSame(device({ netns: 'a', queues: 2, fault: { loss: 1 }, capture: { file: '/x' } }), [
    '/fault a port with fault has one queue, and this one has 2', '/capture a port with capture has one queue, and this one has 2',
  ]);
  t.strictSame(device({ netns: 'a', queues: 1, fault: { loss: 1 } }), []);
  t.end();
});
