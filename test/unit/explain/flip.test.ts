import t from 'tap';
import { composeFrame } from '../../../src/explain/compose.ts';
import { parseIp } from '../../../src/address/ip.ts';
import type { VirtualSwitch } from '../../../src/index.ts';
import { networkPolicy, policy } from '../intent/resources.ts';
import { flipOfAnswer, labelled, switchWith } from './explained.ts';

const two = [labelled('a', 1, { app: 'a' }), labelled('b', 2, { app: 'b' })];
const question = { port: 'a', to: '10.77.0.2', protocol: 'tcp', destinationPort: 80 } as const;

t.test('where both ends deny, both are changed', async (t) => {
  const product = await switchWith(t, [...two, policy('closed', {}, { default: { ingress: 'drop', egress: 'reject' } }), networkPolicy('isolated', { policyTypes: ['Ingress', 'Egress'] })]);
  const { answer, flipped } = flipOfAnswer(product, question);
  t.match(answer, { verdict: 'reject', stage: 'acl_egress', rule: 'default', policy: 'Policy/closed', tier: 'application' });
  t.match(answer.notes[0], /its sender is told/);
  t.equal(answer.flip!.resources.length, 1, 'one policy is wrong, at both ends');
  t.equal(flipped.verdict, 'allow');
});

t.test('a change that no resource allows is not given', async (t) => {
  const product = await switchWith(t, two);
  t.equal(product.explain({ port: 'a', frame: 'ff' }).flip, undefined, 'no resource makes that a frame');
  t.equal(product.explain({ port: 'a', frame: '0180c2000000020000000001002642420300' }).flip, undefined);
});

t.test('an established connection is flipped, too, whichever end sends', async (t) => {
  const product: VirtualSwitch = await switchWith(t, [...two, policy('p', {}, { ingress: [{ action: 'allow', from: [{ ports: { matchLabels: { app: 'a' } } }] }], default: { ingress: 'drop' } })]);
  const frame = (from: number, to: number, sourcePort: number, destinationPort: number): Uint8Array => composeFrame({
    sourceMac: `02:00:00:00:00:0${from}`, destinationMac: `02:00:00:00:00:0${to}`, source: parseIp(`10.77.0.${from}`)!, destination: parseIp(`10.77.0.${to}`)!, protocol: 17, sourcePort, destinationPort,
  });
  product.memoryPort('a').send(frame(1, 2, 4000, 53));
  product.run();
  const reply = { port: 'b', frame: frame(2, 1, 53, 4000) };
  const { answer, flipped } = flipOfAnswer(product, reply);
  t.match(answer, { verdict: 'allow', policy: 'Policy/p', rule: 'ingress[0]', connection: { standing: 'established', ofInitiator: false } });
  t.match(flipped, { verdict: 'drop', stage: 'connection', reason: 'ingress_denied', connection: { standing: 'denied' } });
  await product.apply(answer.flip!.resources);
  const denied = flipOfAnswer(product, reply);
  t.match(denied.answer, { verdict: 'drop', stage: 'connection' });
  t.match(denied.flipped, { verdict: 'allow' });
});

t.test('a connection that a policy keeps is flipped by no change', async (t) => {
  const keeping = (action: string) => policy('keeping', {}, { established: 'keep', ingress: [{ name: 'only', action, protocols: [{ udp: [53] }] }] });
  const product = await switchWith(t, [...two, keeping('allow')]);
  const frame = composeFrame({
    sourceMac: '02:00:00:00:00:01', destinationMac: '02:00:00:00:00:02', source: parseIp('10.77.0.1')!, destination: parseIp('10.77.0.2')!, protocol: 17, sourcePort: 4000, destinationPort: 53,
  });
  product.memoryPort('a').send(frame);
  product.run();
  await product.apply([keeping('drop')]);
  t.match(product.explain({ port: 'a', frame }), { verdict: 'allow', rule: 'only', connection: { standing: 'established' } });
  t.equal(product.explain({ port: 'a', frame }).flip, undefined);
  t.match(product.explain({ port: 'a', to: '10.77.0.2', protocol: 'udp', destinationPort: 53 }), { verdict: 'drop', policy: 'Policy/keeping', rule: 'only', flip: {} }, 'a new one is dropped');
});
