import t from 'tap';
import { parseIp } from '../../../src/address/ip.ts';
import { ownerOf } from '../../../src/explain/nearest-rule.ts';
import { emptyTableSet } from '../../../src/table/table-set.ts';
import { namespace, networkPolicy, policy } from '../intent/resources.ts';
import { explained, labelled, switchWith, type FrameQuestion } from './explained.ts';

const web = policy('web', { ports: { matchLabels: { app: 'web' } } }, {
  ingress: [
    { name: 'from-lb', action: 'allow', from: [{ ports: { matchLabels: { app: 'lb' } } }], protocols: [{ tcp: [443] }] },
    { name: 'ping', action: 'allow', from: [{ ports: { matchLabels: { app: 'lb' } } }], protocols: [{ icmp: 'echo-reply' }] },
  ],
  default: { ingress: 'drop' },
});

t.test('the rule that failed on the fewest fields is told with the field, what it wants and what it saw', async (t) => {
  const product = await switchWith(t, [labelled('web', 1, { app: 'web' }), labelled('lb', 2, { app: 'lb' }), labelled('shop/x', 3, { app: 'x' }), namespace('shop', { team: 'shop' }), web]);
  const nearest = (question: FrameQuestion) => explained(product, question).nearest;
  t.same(nearest({ port: 'lb', to: '10.77.0.1', protocol: 'tcp', destinationPort: 80 }), { policy: 'Policy/web', rule: 'from-lb', field: 'destinationPort', wanted: 'tcp 443', seen: 'tcp 80' });
  t.same(nearest({ port: 'shop/x', to: '10.77.0.1', protocol: 'tcp', destinationPort: 443 }), {
    policy: 'Policy/web', rule: 'from-lb', field: 'from', wanted: 'ports app=lb', seen: '10.77.0.3, port shop/x (app=x) in namespace shop (team=shop)',
  });
  t.same(nearest({ port: 'lb', to: '10.77.0.1' }), { policy: 'Policy/web', rule: 'ping', field: 'type', wanted: 'icmp echo-reply', seen: 'icmp echo-request' });
  t.match(nearest({ port: 'lb', to: '10.77.0.1', protocol: 'sctp', destinationPort: 443 }), { field: 'protocol', seen: 'sctp' });
});

t.test('of an allowed packet it is the rule that almost dropped it, and without rules there is none', async (t) => {
  const closing = policy('closing', {}, { egress: [{ name: 'no-mail', action: 'drop', protocols: [{ tcp: [25] }] }] });
  const product = await switchWith(t, [labelled('a', 1), labelled('b', 2), closing]);
  t.same(product.explain({ port: 'a', to: '10.77.0.2', protocol: 'tcp', destinationPort: 26 }).nearest, { policy: 'Policy/closing', rule: 'no-mail', field: 'destinationPort', wanted: 'tcp 25', seen: 'tcp 26' });
  const open = await switchWith(t, [labelled('a', 1), labelled('b', 2), networkPolicy('n', { podSelector: { matchLabels: { no: 'body' } } })]);
  t.equal(open.explain({ port: 'a', to: '10.77.0.2' }).nearest, undefined);
});

t.test('who has an address that nobody has', (t) => {
  t.equal(ownerOf(parseIp('10.77.0.1')!, 1, emptyTableSet), undefined);
  t.end();
});

t.test('a link-local address that nobody declares is of the host that derives it', async (t) => {
  const peers = policy('web', { ports: { matchLabels: { app: 'web' } } }, { ingress: [{ name: 'from-lb', action: 'allow', from: [{ ports: { matchLabels: { app: 'lb' } } }] }], default: { ingress: 'drop' } });
  const product = await switchWith(t, [labelled('web', 1, { app: 'web' }), labelled('lb', 2, { app: 'lb' }), labelled('x', 3, { app: 'x' }), peers]);
  t.match(explained(product, { port: 'lb', to: 'fe80::ff:fe00:1' }), { verdict: 'allow', receivers: ['web'], policy: 'Policy/web', rule: 'from-lb' });
  t.match(explained(product, { port: 'x', to: 'fe80::ff:fe00:1' }), {
    verdict: 'drop', reason: 'ingress_denied', nearest: { rule: 'from-lb', field: 'from', seen: 'fe80::ff:fe00:3, port x (app=x) in namespace default' },
  });
});
