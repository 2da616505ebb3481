/** A switch over a scripted dataplane, for as long as a test lasts. */
import type { Test } from 'tap';
import { VirtualSwitch, type SwitchOptions } from '../../../src/switch/virtual-switch.ts';
import { ScriptedDataplane } from './scripted-dataplane.ts';

export interface Opened {
  readonly virtualSwitch: VirtualSwitch;
  readonly dataplane: ScriptedDataplane;
}

export async function opened(t: Test, options: SwitchOptions = {}, prepare: (dataplane: ScriptedDataplane) => void = () => undefined): Promise<Opened> {
  let dataplane: ScriptedDataplane | undefined;
  const virtualSwitch = await VirtualSwitch.open({
    ...options,
    openDataplane: (wanted) => {
      dataplane = new ScriptedDataplane(wanted);
      prepare(dataplane);
      return dataplane;
    },
  });
  t.teardown(() => virtualSwitch.close());
  return { virtualSwitch, dataplane: dataplane! };
}

/** Until the condition holds, at most five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`it did not become true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
