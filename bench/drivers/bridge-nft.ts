/**
 * bridge-nft: the kernel's bridge with nftables: connections are tracked, what is established passes at once, and 1,000 rules
 * are asked about what is new, of which the last one matches.
 *
 * In the bridge family where the kernel can track connections there, which not every one can; elsewhere in the ip family
 * behind br_netfilter. The version of the driver says which one it was.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, run } from '../../src/demo/command.ts';
import { nftablesOf, type NftablesFamily } from '../filter/nftables.ts';
import { filterRules, rulesMeasured } from '../filter/rules.ts';
import { containersPrefix, labPrefix } from '../lab.ts';
import { peer, peerEnvironment, pieces } from '../peers.ts';
import type { Driver } from './driver.ts';
import { linuxBridge } from './linux-bridge.ts';

/** The family in which this kernel tracks connections of a bridge: tried in a namespace that ends with the attempt. */
async function familyHere(): Promise<NftablesFamily> {
  const folder = mkdtempSync(join(tmpdir(), `${labPrefix}-${process.pid}-nft-`));
  try {
    const file = join(folder, 'rules');
    writeFileSync(file, nftablesOf(filterRules(2, containersPrefix), 'bridge'));
    const { code } = await attempt(['unshare', '--net', peer('nft'), '--check', '--file', file], { env: peerEnvironment() });
    return code === 0 ? 'bridge' : 'ip';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const bridgeNft: Driver = {
  name: 'bridge-nft',
  about: "the kernel's bridge with nftables: connections tracked, established first, then 1,000 rules, the last one matches",
  pieces: [pieces.nft],
  async version() {
    const version = (await run([peer('nft'), '--version'], { env: peerEnvironment() })).trim();
    return `${version}, ${(await familyHere()) === 'bridge' ? 'family bridge' : 'family ip behind br_netfilter: this kernel tracks no connections in family bridge'}`;
  },
  async open(lab, atMost) {
    const running = await linuxBridge.open!(lab, atMost);
    const container = await lab.container('sw');
    const family = await familyHere();
    const file = join(lab.folder, 'rules.nft');
    writeFileSync(file, nftablesOf(filterRules(rulesMeasured, containersPrefix), family));
    if (family === 'ip') await container.run(['sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=1']);
    await run(container.inside([peer('nft'), '--file', file]), { env: peerEnvironment() });
    return running;
  },
};
