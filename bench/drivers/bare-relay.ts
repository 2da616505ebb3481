/** bare-relay: two TAPs and one thread that reads here and writes there, nothing else: the limit of our way. */
import { trafficProgram } from '../traffic/program.ts';
import { until } from '../lab.ts';
import type { Driver } from './driver.ts';

export const bareRelay: Driver = {
  name: 'bare-relay',
  about: 'two TAPs, frames read and written by one thread, nothing looked at',
  pieces: [],
  isPair: true,
  async open(lab) {
    const program = await trafficProgram('bare_relay');
    const container = await lab.container('sw');
    const relay = lab.start(container.inside([program, 't1', 't2']));
    await until('the relay has its devices', () => {
      if (!relay.isRunning) throw new Error(`the relay ended: ${relay.output}`);
      return relay.answer.includes('ready');
    });
    return {
      pids: [relay.pid ?? 0],
      async attach(numbers) {
        for (const [index, number] of numbers.entries()) await lab.adopt(number, container.namespace, `t${index + 1}`);
      },
    };
  },
};
