import { BlockList } from 'node:net';
import t from 'tap';
import { filterRules } from '../../../../bench/filter/rules.ts';

t.test('only the last rule is about those who are measured', (t) => {
  const rules = filterRules(1_000, '10.77.0.0/16');
  t.equal(rules.length, 1_000);
  t.same(rules.at(-1), { action: 'allow', peers: '10.77.0.0/16' });
  const others = new BlockList();
  for (const { peers } of rules.slice(0, -1)) others.addSubnet(peers.split('/')[0]!, Number(peers.split('/')[1]), 'ipv4');
  for (const address of ['10.0.0.1', '10.77.0.1', '10.77.255.255']) t.notOk(others.check(address), address);
  t.ok(others.check(rules[0]!.peers.split('/')[0]!), 'and the others are about somebody');
  t.end();
});

t.test('they are of all kinds, always the same, and their prefixes are whole', (t) => {
  const rules = filterRules(1_000, '10.77.0.0/16').slice(0, -1);
  const of = (isSo: (rule: (typeof rules)[number]) => boolean): number => rules.filter(isSo).length;
  const kinds = [
    of(({ action }) => action === 'allow'), of(({ protocol }) => protocol === 'tcp'), of(({ port }) => port === undefined),
    ...[16, 20, 24, 32].map((length) => of(({ peers }) => peers.endsWith(`/${length}`)) * 2),
  ];
  for (const count of kinds) t.ok(count > 400 && count < 600, `${count} of 999 are about a half`);
  t.ok(new Set(rules.map((rule) => JSON.stringify(rule))).size > 950, 'nearly no two are equal');
  t.same(filterRules(1_000, '10.77.0.0/16').slice(0, -1), rules);
  const isWhole = (peers: string): boolean => {
    const [address = '', length = ''] = peers.split('/');
    return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0) % 2 ** (32 - Number(length)) === 0;
  };
  t.same(rules.filter(({ peers }) => !isWhole(peers)), [], 'no bit stands behind a length');
  t.end();
});
