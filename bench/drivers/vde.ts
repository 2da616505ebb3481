/** vde: the switch of VDE 2 with TAP devices. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/demo/command.ts';
import { until } from '../lab.ts';
import { peer, peerEnvironment, pieces } from '../peers.ts';
import type { Driver } from './driver.ts';

export const vde: Driver = {
  name: 'vde',
  about: 'vde_switch of VDE 2 with TAP devices, as it comes',
  pieces: [pieces.vde],
  version: async () => (await run([peer('vde_switch'), '--version'], { env: peerEnvironment() })).split('\n')[0] ?? '',
  async open(lab, atMost) {
    const container = await lab.container('sw');
    const [control, console] = [join(lab.folder, 'vde'), join(lab.folder, 'console')];
    await run(['mkfifo', console]);
    const taps = Array.from({ length: atMost }, (_, index) => `-t t${index + 1}`).join(' ');
    // Its console is its standard input, and it ends with it: a pipe that is open at both ends never does.
    const words = ['sh', '-c', `exec ${peer('vde_switch')} -s ${control} ${taps} <>${console}`];
    const running = lab.start(container.inside(words), { env: peerEnvironment() });
    await until('vde_switch answers', () => {
      if (!running.isRunning) throw new Error(`vde_switch ended: ${running.output}`);
      return existsSync(join(control, 'ctl'));
    });
    return {
      pids: [running.pid ?? 0],
      async attach(numbers) {
        for (const number of numbers) await lab.adopt(number, container.namespace, `t${number}`);
      },
    };
  },
};
