import t from 'tap';
import { networkPolicy, policy, trunk } from '../intent/resources.ts';
import { flipOfAnswer, labelled, switchWith } from './explained.ts';

const two = [labelled('a', 1, { app: 'a' }), labelled('shop/b', 2, { app: 'b' })];
const question = { port: 'a', to: '10.77.0.2', protocol: 'tcp', destinationPort: 80 } as const;

t.test('a rule for this packet alone stands in front of the one that decided', async (t) => {
  const product = await switchWith(t, [...two, policy('p', {}, { ingress: [{ name: 'first', action: 'pass', protocols: [{ udp: [1] }] }, { name: 'no', action: 'drop', protocols: [{ tcp: [80] }] }, { action: 'allow' }] })]);
  const { answer, flipped } = flipOfAnswer(product, question);
  t.match(answer, { verdict: 'drop', policy: 'Policy/p', rule: 'no' });
  t.match(answer.flip!.resources, [{ kind: 'Policy', metadata: { name: 'p' }, spec: { ingress: [
    { name: 'first' }, { action: 'allow', from: [{ cidr: '10.77.0.1/32' }], protocols: [{ tcp: [80] }] }, { name: 'no' }, { action: 'allow' },
  ] } }]);
  t.match(flipped, { verdict: 'allow', rule: 'ingress[1]' });
  const other = flipOfAnswer(product, { ...question, destinationPort: 81 });
  t.match(other.answer, { verdict: 'allow', rule: 'ingress[2]' });
  t.match(other.flipped, { verdict: 'drop', policy: 'Policy/p', rule: 'ingress[2]' });
});

t.test('what a NetworkPolicy does not let in, an entry with a block lets in', async (t) => {
  const product = await switchWith(t, [...two, networkPolicy('shop/db', { ingress: [{ ports: [{ port: 443 }] }] })]);
  const { answer, flipped } = flipOfAnswer(product, question);
  t.match(answer, { verdict: 'drop', policy: 'NetworkPolicy/shop/db', rule: 'default', tier: 'networkPolicy' });
  t.match(answer.flip!.resources, [{ kind: 'NetworkPolicy', spec: { ingress: [{}, { from: [{ ipBlock: { cidr: '10.77.0.1/32' } }], ports: [{ protocol: 'TCP', port: 80 }] }] } }]);
  t.match(flipped, { verdict: 'allow', policy: 'NetworkPolicy/shop/db', rule: 'ingress[1]' });
  const ping = flipOfAnswer(product, { port: 'a', to: 'fd00:77::2' });
  t.match(ping.answer.flip!.resources, [{ kind: 'Policy', metadata: { name: 'explained-allow' }, spec: { ingress: [{ action: 'allow', from: [{ cidr: 'fd00:77::1/128' }], protocols: [{ icmpv6: '128/0' }] }] } }]);
  t.equal(ping.flipped.verdict, 'allow');
  const allowed = flipOfAnswer(product, { ...question, destinationPort: 443 });
  t.match(allowed.answer.flip!.resources, [{ kind: 'Policy', metadata: { name: 'explained-drop' } }], 'a NetworkPolicy cannot deny, so a policy in front of it does');
  t.equal(allowed.flipped.verdict, 'drop');
});

t.test('what the network decides a small policy decides otherwise, under a name that is free', async (t) => {
  const product = await switchWith(t, [...two, policy('explained-allow')], { defaultPolicy: { ingress: 'drop' } });
  const { answer, flipped } = flipOfAnswer(product, { port: 'a', to: '10.77.0.2', protocol: 47 });
  t.match(answer, { policy: 'Network/dev', rule: 'default', tier: '' });
  t.match(answer.flip!.resources, [{ metadata: { name: 'explained-allow-2' }, spec: {
    appliesTo: { ports: { matchLabels: { app: 'b' } }, namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, networks: ['dev'] }, ingress: [{ protocols: [{ ip: 47 }] }],
  } }]);
  t.equal(flipped.verdict, 'allow');
});

t.test('in front of a pass, and before many receivers, another tier or the sender decides', async (t) => {
  const product = await switchWith(t, [...two, labelled('c', 3), policy('pass', {}, { tier: 'emergency', order: -1_000_000, ingress: [{ action: 'pass' }] })]);
  t.equal(flipOfAnswer(product, question).flipped.verdict, 'drop');
  const flood = flipOfAnswer(product, { port: 'a', to: '255.255.255.255', protocol: 'udp', destinationPort: 9 });
  t.match(flood.answer, { verdict: 'allow', reason: 'flooded' });
  t.match(flood.flipped, { verdict: 'drop', stage: 'acl_egress' });
});

t.test('of a trunk only the network that was asked about is changed', async (t) => {
  const product = await switchWith(t, [...two, trunk('up', ['dev'], { mac: '02:00:00:00:00:09', addresses: ['10.77.0.9/24'] })], { vlan: 7, defaultPolicy: { egress: 'drop' } });
  const { answer, flipped } = flipOfAnswer(product, { port: 'up', network: 'dev', to: '10.77.0.1', protocol: 'sctp', destinationPort: 9 });
  t.match(answer.flip!.resources, [{ spec: { appliesTo: { networks: ['dev'] }, egress: [{ to: [{ cidr: '10.77.0.1/32' }], protocols: [{ sctp: [9] }] }] } }]);
  t.equal(flipped.verdict, 'allow');
});

t.test('where a policy is long, a small one beside it is the smaller change', async (t) => {
  const many = Array.from({ length: 201 }, (_, index) => ({ action: 'drop', protocols: [{ tcp: [1000 + index] }] }));
  const product = await switchWith(t, [...two, policy('long', {}, { tier: 'emergency', ingress: [...many, { name: 'no', action: 'drop' }] })]);
  const { answer, flipped } = flipOfAnswer(product, question);
  t.match(answer, { verdict: 'drop', policy: 'Policy/long', rule: 'no' });
  t.match(answer.flip!.resources, [{ kind: 'Policy', metadata: { name: 'explained-allow' }, spec: { tier: 'emergency', ingress: { length: 1 } } }]);
  t.equal(flipped.verdict, 'allow');
});

t.test('who changes what he was told changes nothing else', async (t) => {
  const product = await switchWith(t, [...two, policy('p', {}, { ingress: [{ name: 'no', action: 'drop' }] })]);
  const before = JSON.stringify(product.get('Policy'));
  const { spec } = flipOfAnswer(product, question).answer.flip!.resources[0] as unknown as { spec: { ingress: { action: string }[] } };
  for (const rule of spec.ingress) rule.action = 'pass';
  t.equal(JSON.stringify(product.get('Policy')), before);
  const [got] = product.get('Policy', 'p') as unknown as { spec: { ingress: { action: string }[] } }[];
  got!.spec.ingress[0]!.action = 'allow';
  t.equal(flipOfAnswer(product, question).answer.verdict, 'drop', 'not before it is applied');
  t.match(await product.apply([got]), { changes: [{ action: 'update', kind: 'Policy', name: 'p' }] });
  t.equal(flipOfAnswer(product, question).answer.verdict, 'allow');
});
