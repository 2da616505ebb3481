import t from 'tap';
import { formatIp, ipFromBytes } from '../../../src/address/ip.ts';
import { VswError } from '../../../src/errors.ts';
import { allocate, noAllocations } from '../../../src/compile/allocations.ts';
import { compile } from '../../../src/compile/compile.ts';
import { Explainer } from '../../../src/explain/explainer.ts';
import type { Explanation, ExplainQuery, LastDrops } from '../../../src/explain/explanation.ts';
import { emptyIntent } from '../../../src/intent/intent.ts';
import { nothingHeld } from '../../../src/intent/held.ts';
import { intentWith } from '../../../src/intent/validate.ts';
import { network, port, trunk } from '../intent/resources.ts';
import { ScriptedDataplane } from '../switch/scripted-dataplane.ts';

const intent = intentWith([
  network('dev', { subnets: ['10.77.0.0/24', 'fd00:77::/64'], vlan: 100 }), network('ops', { subnets: ['10.77.0.0/24'] }), network('prod', { subnets: ['10.78.0.0/24'], vlan: 200 }),
  port('a', { mac: '02:00:00:00:00:0a', addresses: ['10.77.0.1/24', 'fd00:77::1/64'], routes: [{ to: 'default', via: '10.77.0.254' }, { to: '10.9.0.0/16', via: '10.77.0.2' }] }),
  port('shop/b', { mac: '02:00:00:00:00:0b', addresses: ['10.77.0.2/24', 'fd00:77::2/64'] }),
  port('c', { network: 'ops', mac: '02:00:00:00:00:0c', addresses: ['10.77.0.9/24'] }),
  port('d', { network: 'prod', mac: '02:00:00:00:00:0d', addresses: ['10.78.0.2/24'] }),
  trunk('up', ['dev', 'prod'], { native: 'dev', mac: '02:00:00:00:00:0e', addresses: ['10.77.0.5/24', '10.78.0.5/24'] }),
  trunk('bare', ['dev', 'prod'], { mac: '02:00:00:00:00:0f', addresses: ['10.78.0.6/24'] }),
], emptyIntent, nothingHeld);
const tables = compile(intent, allocate(intent, noAllocations, 100));
const idOf = (name: string): number => [...tables.ports.values()].find((entry) => entry.name === name)!.port;

function asked(query: ExplainQuery, dataplane = new ScriptedDataplane({ workers: 0, portsMax: 10, flowsMax: 64, macsMax: 64, virtualClock: true, firstGeneration: 0 })) {
  dataplane.answer = { receivers: [idOf('shop/b')], ...dataplane.answer };
  const answer = new Explainer(dataplane).explain(query, { intent, tables, edits: undefined, with: () => { throw VswError.of('VSW_INVALID', []); } });
  return { answer: answer as Explanation & LastDrops, frame: Buffer.from(dataplane.traced[0]?.frame ?? []), dataplane };
}
function errorsOf(query: ExplainQuery): string[] {
  try {
    asked(query);
  } catch (error) {
    return (error as VswError).errors.map(({ path, message }) => `${path} ${message}`);
  }
  return [];
}

t.test('a frame from fields has the MACs of both ports, and an own address of the family', (t) => {
  const { frame } = asked({ port: 'a', to: '10.77.0.2', protocol: 'tcp', destinationPort: 443 });
  t.equal(frame.subarray(0, 12).toString('hex'), '02000000000b02000000000a');
  t.equal(frame.subarray(26, 34).toString('hex'), '0a4d00010a4d0002');
  t.equal(frame.readUInt16BE(36), 443);
  t.equal(asked({ port: 'default/a', to: 'fd00:77::2' }).frame.subarray(0, 14).toString('hex'), '02000000000b02000000000a86dd');
  t.end();
});

t.test('of several own addresses it is sent from the one that the host would choose', (t) => {
  const fields = { network: 'dev', mac: '02:00:00:00:00:0a' };
  const many = intentWith([
    network('dev', { subnets: ['10.77.0.0/24', '10.78.0.0/24', 'fd00:77::/64', 'fd00:78::/64'] }),
    port('a', { ...fields, addresses: ['10.77.0.1/24', '10.78.0.1/24', 'fd00:77::1/64', 'fd00:78::1/64'] }), port('b', { mac: '02:00:00:00:00:0b', addresses: ['10.78.0.2/24'] }),
    port('c', { mac: '02:00:00:00:00:0c', addresses: ['fe80::c/64', 'fd00:77::c/64'] }),
  ], emptyIntent, nothingHeld);
  const ask = (from: string, to: string): { macs: string; source: string } => {
    const dataplane = new ScriptedDataplane({ workers: 0, portsMax: 10, flowsMax: 64, macsMax: 64, virtualClock: true, firstGeneration: 0 });
    new Explainer(dataplane).explain({ port: from, to }, { intent: many, tables: compile(many, allocate(many, noAllocations, 100)), edits: undefined, with: () => { throw VswError.of('VSW_INVALID', []); } });
    const frame = Buffer.from(dataplane.traced[0]!.frame);
    return { macs: frame.subarray(0, 6).toString('hex'), source: formatIp(ipFromBytes(to.includes(':') ? frame.subarray(22, 38) : frame.subarray(26, 30))) };
  };
  t.strictSame(ask('a', '10.78.0.2'), { macs: '02000000000b', source: '10.78.0.1' });
  t.strictSame(ask('a', '192.0.2.1'), { macs: '02ffffffffff', source: '10.77.0.1' });
  t.equal(ask('a', 'fd00:78::9').source, 'fd00:78::1');
  t.strictSame(ask('a', 'fe80::ff:fe00:b'), { macs: '02000000000b', source: 'fe80::ff:fe00:a' }, 'as both hosts derive it');
  t.strictSame(ask('b', 'fe80::c'), { macs: '02000000000c', source: 'fe80::ff:fe00:b' }, 'also without an IPv6 address of its own');
  t.equal(ask('c', 'fe80::ff:fe00:a').source, 'fe80::c');
  t.equal(ask('c', 'fd00:77::1').source, 'fd00:77::c');
  t.equal(ask('a', 'ff02::1').source, 'fe80::ff:fe00:a');
  t.end();
});

t.test('what is beyond the link goes to its router, by the longest matching route', (t) => {
  const far = asked({ port: 'a', to: '10.9.1.1' });
  t.equal(far.frame.subarray(0, 6).toString('hex'), '02000000000b');
  t.match(far.answer.notes, ['forwarded to shop/b', "sent by way of 10.77.0.2, as the port's routes say"]);
  const away = asked({ port: 'a', to: '192.0.2.1' });
  t.equal(away.frame.subarray(0, 6).toString('hex'), '02ffffffffff');
  t.match(away.answer.notes[2], /no port of network dev holds 10\.77\.0\.254/);
  t.end();
});

t.test('a trunk is asked in one of its networks, with its tag and its address there', (t) => {
  const native = asked({ port: 'up', to: '10.77.0.1' }).frame;
  t.equal(native.subarray(0, 14).toString('hex'), '02000000000a02000000000e0800');
  t.equal(native.subarray(26, 30).toString('hex'), '0a4d0005');
  const tagged = asked({ port: 'up', network: 'prod', to: '10.78.0.2' }).frame;
  t.equal(tagged.subarray(0, 18).toString('hex'), '02000000000d02000000000e810000c80800');
  t.equal(tagged.subarray(30, 34).toString('hex'), '0a4e0005');
  t.match(asked({ port: 'up', network: 'prod', to: '10.77.0.1' }).answer.notes[1], /no port of network prod holds 10\.77\.0\.1/);
  t.equal(asked({ port: 'd', network: 'prod', to: '10.78.0.6' }).frame.subarray(0, 14).toString('hex'), '02000000000f02000000000d0800', 'an access port may name its own');
  t.match(errorsOf({ port: 'bare', to: '10.78.0.2' }), [/^\/network port bare carries no frames without a tag/]);
  t.match(errorsOf({ port: 'a', network: 'prod', to: '10.78.0.2' }), [/^\/network port a is not in network prod/]);
  t.match(errorsOf({ port: 'bare', network: 'dev', to: '10.77.0.1' }), [/^\/from port bare has no IPv4 address/]);
  t.end();
});

t.test('a port of another network is nobody here', (t) => {
  t.match(asked({ port: 'a', to: '10.77.0.9' }).answer.notes[1], /no port of network dev holds 10\.77\.0\.9/);
  t.end();
});

t.test('groups and broadcast have their own MACs', (t) => {
  t.equal(asked({ port: 'a', to: '255.255.255.255', protocol: 'udp' }).frame.subarray(0, 6).toString('hex'), 'ffffffffffff');
  t.equal(asked({ port: 'a', to: '239.129.2.3', protocol: 'udp' }).frame.subarray(0, 6).toString('hex'), '01005e010203');
  t.equal(asked({ port: 'a', to: 'ff02::1:ff00:2', protocol: 'icmpv6' }).frame.subarray(0, 6).toString('hex'), '3333ff000002');
  t.end();
});

t.test('a foreign source may be asked about', (t) => {
  t.equal(asked({ port: 'a', to: '10.77.0.2', from: '10.77.0.66' }).frame.subarray(26, 30).toString('hex'), '0a4d0042');
  t.end();
});

t.test('the protocol is ICMP until ports or a name say otherwise', (t) => {
  const protocolOf = (query: Partial<ExplainQuery> & { to: string }): number => {
    const { frame } = asked({ port: 'a', ...query } as ExplainQuery);
    return frame[12] === 8 ? frame[23]! : frame[20]!;
  };
  t.equal(protocolOf({ to: '10.77.0.2' }), 1);
  t.equal(protocolOf({ to: 'fd00:77::2' }), 58);
  t.equal(protocolOf({ to: '10.77.0.2', destinationPort: 80 } as { to: string }), 6);
  t.equal(protocolOf({ to: '10.77.0.2', protocol: 'UDP' } as { to: string }), 17);
  t.equal(protocolOf({ to: '10.77.0.2', protocol: 47 } as { to: string }), 47);
  t.equal(protocolOf({ to: '10.77.0.2', protocol: '47' } as { to: string }), 47);
  t.end();
});

t.test('all that is wrong with a question is told at once', (t) => {
  t.strictSame(errorsOf({ port: 'a', to: 'b', from: 'x', protocol: 'tpc', sourcePort: 70_000 }), [
    '/to "b" is not an IP address', '/from "x" is not an IP address', '/protocol "tpc" is not a protocol', '/sourcePort 70000 is not a port number',
  ]);
  t.match(errorsOf({ port: 'a', to: '10.77.0.2', from: 'fd00::1' }), [/different families/]);
  t.match(errorsOf({ port: 'a', to: '10.77.0.2', protocol: 'icmpv6' }), [/ICMPv6 is for IPv6/]);
  t.match(errorsOf({ port: 'a', to: '10.77.0.2', protocol: 'icmp', destinationPort: 80 }), [/only TCP, UDP and SCTP/]);
  t.match(errorsOf({ port: 'c', to: 'fd00:77::2' }), [/port c has no IPv6 address to send from/]);
  t.match(errorsOf({ port: 'nobody', to: '10.77.0.2' }), [/\/port there is no port nobody/]);
  t.match(errorsOf({ port: 'a' } as ExplainQuery), [/nothing to explain/]);
  t.match(errorsOf(undefined as unknown as ExplainQuery), [/nothing to explain/]);
  t.match(errorsOf({ port: 'a', to: '10.77.0.2', network: 5 } as unknown as ExplainQuery), [/^\/network a text is needed here, not number/]);
  t.strictSame(errorsOf({ to: 5, from: 6, frame: 7 } as unknown as ExplainQuery), [
    '/port a text is needed here, not nothing', '/to a text is needed here, not number', '/from a text is needed here, not number', '/frame bytes are needed here, not number',
  ]);
  t.end();
});

t.test('a frame is taken as bytes or as hexadecimal digits', (t) => {
  t.equal(asked({ port: 'a', frame: 'ff ff:FF' }).frame.toString('hex'), 'ffffff');
  t.equal(asked({ port: 'a', frame: Uint8Array.of(1, 2) }).frame.toString('hex'), '0102');
  t.match(errorsOf({ port: 'a', frame: 'fff' }), [/odd number/]);
  t.match(errorsOf({ port: 'a', frame: 'zz' }), [/not hexadecimal/]);
  t.match(errorsOf({ port: 'a', frame: '' }), [/not hexadecimal/]);
  t.end();
});

t.test('names are put to numbers, and a default rule to its network', (t) => {
  const dataplane = new ScriptedDataplane({ workers: 0, portsMax: 10, flowsMax: 64, macsMax: 64, virtualClock: true, firstGeneration: 6 });
  const [a, b] = [idOf('a'), idOf('shop/b')];
  dataplane.answer = {
    verdict: 'drop', stage: 'acl_ingress', reason: 'ingress_denied', port: b, network: 1, rule: 1, receivers: [],
    path: [{ stage: 'admit', port: a, verdict: 'continue', rule: 0 }, { stage: 'acl_ingress', port: b, verdict: 'drop', rule: 1 }],
  };
  const { answer } = asked({ port: 'a', to: '10.77.0.2' }, dataplane);
  t.strictSame(answer, {
    verdict: 'drop', stage: 'acl_ingress', reason: 'ingress_denied', port: 'shop/b', network: 'dev', tier: '', policy: 'Network/dev', rule: 'default', generation: 6,
    path: [{ stage: 'admit', port: 'a', verdict: 'continue' }, { stage: 'acl_ingress', port: 'shop/b', verdict: 'drop', policy: 'Network/dev', rule: 'default' }],
    receivers: [], frame: 'a frame', notes: ["the receiver's ingress is not allowed"],
  } as unknown as Explanation & LastDrops);
  t.end();
});

t.test('floods and answers are told as such', (t) => {
  const dataplane = new ScriptedDataplane({ workers: 0, portsMax: 10, flowsMax: 64, macsMax: 64, virtualClock: true, firstGeneration: 0 });
  dataplane.answer = { reason: 'flooded', receivers: [idOf('shop/b'), idOf('a')] };
  t.strictSame(asked({ port: 'a', to: '10.77.0.2' }, dataplane).answer.notes, ['flooded to shop/b, a']);
  dataplane.answer = { reason: 'answered', stage: 'respond' };
  t.strictSame(asked({ port: 'a', to: '10.77.0.2' }, dataplane).answer.notes, ['the switch itself answers']);
  t.end();
});

const dead = { timeMs: 0, transmitted: false, ingress: 0, packets: 1 };

t.test('a packet that is taken for an answer is told as such', (t) => {
  const notesWith = (ofInitiator: boolean): readonly string[] => {
    const dataplane = new ScriptedDataplane({ workers: 0, portsMax: 10, flowsMax: 64, macsMax: 64, virtualClock: true, firstGeneration: 0 });
    dataplane.answer = { connection: { standing: 'new', state: 'established', ofInitiator } };
    return asked({ port: 'a', to: '10.77.0.2' }, dataplane).answer.notes;
  };
  t.match(notesWith(false).join(), /rules are asked whether its client may open it/);
  t.notMatch(notesWith(true).join(), /answer/);
  t.end();
});

t.test('the last drops are told as they died, and how they would fare now', (t) => {
  const dataplane = new ScriptedDataplane({ workers: 0, portsMax: 10, flowsMax: 64, macsMax: 64, virtualClock: true, firstGeneration: 6 });
  dataplane.dead = [
    { ...dead, reason: 'mac_spoofed', frame: Uint8Array.of(1, 2), length: 100 }, { ...dead, timeMs: 1000, reason: 'ip_spoofed', frame: Uint8Array.of(3, 4), length: 2 },
  ];
  const { answer } = asked({ port: 'a', last: 1 }, dataplane);
  t.match(answer.items, [{ time: '1970-01-01T00:00:00.000Z', reason: 'mac_spoofed', frame: '0102', length: 100, direction: 'receive', now: { verdict: 'allow', notes: ['forwarded to shop/b', 'only the first 2 of 100 bytes were kept'] } }]);
  t.equal(Buffer.from(dataplane.traced[0]!.frame).toString('hex'), `0102${'00'.repeat(98)}`, 'judged with its true length');
  t.equal(asked({ port: 'a', last: 8 }, dataplane).answer.items.length, 2);
  t.match(errorsOf({ port: 'a', last: 0 }), [/0 is not a number of frames/]);
  t.end();
});

t.test('a frame that died on its way out is judged from the port that it came from', (t) => {
  const dataplane = new ScriptedDataplane({ workers: 0, portsMax: 10, flowsMax: 64, macsMax: 64, virtualClock: true, firstGeneration: 6 });
  const frame = Uint8Array.of(1, 2, 3);
  dataplane.dead = [
    { ...dead, reason: 'fault_injected', frame, length: 3, transmitted: true, ingress: idOf('a') }, { ...dead, reason: 'device_refused', frame, length: 3, transmitted: true, ingress: 0 },
  ];
  const { items } = asked({ port: 'shop/b', last: 8 }, dataplane).answer;
  t.equal(dataplane.traced[0]!.port, idOf('a'));
  t.match(items[0], { direction: 'transmit', from: 'a', now: { verdict: 'allow', notes: ['forwarded to shop/b', 'died on its way out to shop/b, came from a'] } });
  t.match(items[1], { direction: 'transmit', now: { verdict: 'drop', stage: '', reason: 'device_refused', frame: 'a frame', notes: [/made by the switch itself or from a port that is gone/, /not judged anew/] } });
  t.notOk('from' in items[1]!);
  t.end();
});
