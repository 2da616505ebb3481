import t from 'tap';
import { formatCidr, parseCidr } from '../../../src/address/cidr.ts';
import { addressSetOf, keyOfPeers, setsHolding, type Peer } from '../../../src/compile/address-sets.ts';

const prefixes = (...peers: Peer[]): string[] => (addressSetOf(1, peers).prefixes?.prefixes ?? []).map(({ network, prefix }) => `${network} ${formatCidr(prefix)}`);

t.test('lists that mean the same have one key', (t) => {
  t.equal(keyOfPeers([{ cidr: '10.0.0.0/8' }, { ports: {} }]), keyOfPeers([{ ports: { matchLabels: {} } }, { cidr: '10.0.0.0/8', except: [] }]));
  t.equal(keyOfPeers([{ cidr: '10.0.0.0/8' }]), keyOfPeers([{ cidr: '10.0.0.0/8' }, { cidr: '10.0.0.0/8' }]));
  const keys = ([
    [{ cidr: '10.0.0.0/8' }], [{ cidr: '10.0.0.0/8', networks: [1] }], [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }], [{ ports: {} }], [{ namespaces: {} }], [{ namespace: 'a' }],
    [{ ports: {}, namespace: 'a' }], [{ networks: [1] }], [{ networks: [1, 2] }], [{ ports: {}, cidr: '10.0.0.0/8' }],
  ] satisfies Peer[][]).map(keyOfPeers);
  t.equal(new Set(keys).size, keys.length);
  t.end();
});

t.test('addresses are prefixes without their exceptions, in networks or in all', (t) => {
  t.strictSame(prefixes({ cidr: '10.0.0.0/8' }), ['0 10.0.0.0/8']);
  t.strictSame(prefixes({ cidr: '10.0.0.0/8', except: ['10.128.0.0/9'], networks: [2, 7] }), ['2 10.0.0.0/9', '7 10.0.0.0/9']);
  t.strictSame(prefixes({ networks: [3] }), ['3 0.0.0.0/0', '3 ::/0']);
  t.strictSame(prefixes({ cidr: 'fd00::/8' }, { cidr: '10.0.0.0/8' }, { cidr: 'fd00::/8' }), ['0 10.0.0.0/8', '0 fd00::/8'], 'each once, in order');
  t.equal(addressSetOf(1, [{ ports: {}, cidr: '10.0.0.0/8' }]).prefixes, undefined, 'what is about ports has no prefix of its own');
  t.end();
});

t.test('an address of a port is in the sets that chose it, as far as networks and prefixes let it', (t) => {
  const at = (network: number, text: string): readonly number[] => setsHolding([
    ...addressSetOf(5, [{ ports: {}, networks: [1] }]).ports, ...addressSetOf(3, [{ ports: {}, cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }]).ports,
    ...addressSetOf(4, [{ ports: {} }, { namespaces: {} }]).ports,
  ], { network, prefix: parseCidr(text)! });
  t.strictSame(at(1, '10.0.0.1/24'), [3, 4, 5]);
  t.strictSame(at(2, '10.1.0.1/24'), [4]);
  t.strictSame(at(1, 'fd00::1/64'), [4, 5]);
  t.end();
});
