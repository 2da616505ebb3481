import t from 'tap';
import { parseCidr } from '../../../src/address/cidr.ts';
import { parseIp } from '../../../src/address/ip.ts';
import { encodeEdits } from '../../../src/dataplane/encode.ts';
import type { Edit, PutPort, RuleEntry } from '../../../src/table/edits.gen.ts';
import { readEdits } from './edit-reader.ts';

const putPort: PutPort = {
  edit: 'PutPort', port: 7, name: 'shop/grün', network: 3, type: 1, netns: '/run/netns/web-1', device: 'eth0', mac: '02:00:00:00:00:ff',
  addresses: [parseCidr('10.77.0.1/24')!, parseCidr('fd00:77::1/64')!], routes: [{ to: parseCidr('0.0.0.0/0')!, via: parseIp('10.77.0.254') }, { to: parseCidr('fd09::/32')!, via: undefined }],
  mtu: 9000, antiSpoof: 1, persist: 0, offloads: 1, macsMax: 1_000_000, flowsMax: 65_536, pcapRead: '', pcapWrite: '/tmp/x', pcapRepeat: 0, trunk: [3, 900], trunkAddresses: [{ network: 900, prefix: parseCidr('fd00:9::1/64')! }], hairpin: 1,
  groupsMax: 256, multicastRouter: 0, queues: 1,
  captureFile: '', captureSnapshotLength: 65_557, captureBytesMax: 4096, faultSeed: 0, faultLoss: 0, faultRepeat: 0, faultCorrupt: 0, faultDelayMs: 0, faultDirections: 0, connectionsMax: 65_536,
};

const rule: RuleEntry = {
  id: 70_000, action: 3, tier: 4, flags: 9, source: 80_000, destination: 0,
  services: [{ protocol: 6, first: 443, last: 8443, named: 0 }, { protocol: 256, first: 0, last: 65_535, named: 12 }], sourcePorts: [{ first: 1, last: 2 }],
};

t.test('a transaction is read back as it was written', (t) => {
  const edits: Edit[] = [
    {
      edit: 'PutNetwork', network: 1, name: 'dev', mtu: 1500, macAgeMs: 300_000, etherTypes: [0x88cc, 0x600], ingressAllowed: 1, egressAllowed: 0,
      vlan: 4094, carriesTags: 1, stormBroadcast: 0, stormMulticast: 100_000_000, stormUnknownUnicast: 1000, loopProbeMs: 0, loopHoldMs: 30_000,
      snooping: 0, querier: 0, fastLeave: 0, floodUnknown: 0, queryMs: 125_000, responseMs: 10_000, timeouts: [], tcpLoose: 1,
    },
    putPort, { edit: 'PutStaticMac', network: 1, mac: '02:00:00:00:00:99', port: 7 }, { edit: 'ClosePort', port: 7 },
    { edit: 'DeleteStaticMac', network: 1, mac: '02:00:00:00:00:99' }, { edit: 'DeletePort', port: 7 }, { edit: 'DeleteNetwork', network: 1 },
    { edit: 'PutAddressSets', network: 1, address: parseIp('10.77.0.1')!, sets: [1, 70_000] }, { edit: 'DeleteAddressSets', network: 1, address: parseIp('fd00::1')! },
    { edit: 'PutPrefixSet', set: 9, prefixes: [{ network: 0, prefix: parseCidr('10.0.0.0/8')! }] }, { edit: 'DeletePrefixSet', set: 9 },
    { edit: 'PutServiceSets', network: 1, address: parseIp('10.77.0.1')!, protocol: 132, port: 3868, services: [5] },
    { edit: 'DeleteServiceSets', network: 1, address: parseIp('10.77.0.1')!, protocol: 132, port: 3868 },
    { edit: 'PutRules', list: 1, rules: [rule, { ...rule, services: [], sourcePorts: [] }] }, { edit: 'SpliceRules', list: 1, at: 1, removed: 1, inserted: [rule] }, { edit: 'DeleteRules', list: 1 },
    { edit: 'PutPortPolicy', port: 7, ingress: 1, egress: 0, ingressAudit: 2, egressAudit: 0 },
  ];
  t.strictSame(readEdits(encodeEdits(edits)), edits);
  t.equal(encodeEdits([]).length, 0);
  t.end();
});

t.test('numbers are little-endian, and IPv4 is IPv4-mapped', (t) => {
  const bytes = Buffer.from(encodeEdits([{ edit: 'DeletePort', port: 0x0102 }]));
  t.equal(bytes.toString('hex'), '040201');
  const text = Buffer.from(encodeEdits([putPort])).toString('hex');
  t.ok(text.includes('00000000000000000000ffff0a4d000118'), '10.77.0.1/24');
  t.end();
});

t.test('a transaction may be long', (t) => {
  const edits = Array.from({ length: 2000 }, (_, index): Edit => ({ ...putPort, port: index + 1 }));
  t.strictSame(readEdits(encodeEdits(edits)).length, 2000);
  t.end();
});

t.test('a value that does not fit its field is refused', (t) => {
  t.throws(() => encodeEdits([{ edit: 'DeletePort', port: 65_536 }]), RangeError);
  t.end();
});
