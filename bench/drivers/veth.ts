/** veth: a pair of devices straight from container to container, no switch between: the limit of the kernel's wire. */
import { run } from '../../src/demo/command.ts';
import type { Driver } from './driver.ts';

export const veth: Driver = {
  name: 'veth',
  about: 'a veth pair from container to container, no switch',
  pieces: [],
  isPair: true,
  async open(lab) {
    return {
      pids: [],
      async attach(numbers) {
        const [first = 1, second = 2] = numbers;
        const [one, other] = [await lab.numbered(first), await lab.numbered(second)];
        await run(['ip', '-n', one.namespace, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', other.namespace]);
        await lab.address(first, 'eth0');
        await lab.address(second, 'eth0');
      },
    };
  },
};
