/** linux-bridge: the kernel's bridge with a veth pair for each container, as Docker sets it up, without any filter. */
import { run } from '../../src/demo/command.ts';
import type { Driver } from './driver.ts';

export const linuxBridge: Driver = {
  name: 'linux-bridge',
  about: "the kernel's bridge with veth pairs, no filter",
  pieces: [],
  async open(lab) {
    const { namespace } = await lab.container('sw');
    await run(['ip', '-n', namespace, 'link', 'add', 'br0', 'type', 'bridge']);
    await run(['ip', '-n', namespace, 'link', 'set', 'br0', 'up']);
    let changes = 0;
    return {
      pids: [],
      async attach(numbers) {
        for (const number of numbers) {
          const container = await lab.numbered(number);
          await run(['ip', '-n', namespace, 'link', 'add', `v${number}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', container.namespace]);
          await run(['ip', '-n', namespace, 'link', 'set', `v${number}`, 'master', 'br0', 'up']);
          await lab.address(number, 'eth0');
        }
      },
      async change() {
        changes += 1;
        await run(['bridge', '-n', namespace, 'fdb', 'replace', `02:00:00:99:00:0${changes % 2}`, 'dev', 'v1', 'master', 'static']);
      },
    };
  },
};
