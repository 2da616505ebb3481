import t from 'tap';
import { macOf, nothingHeld, type Held } from '../../../src/intent/held.ts';
import type { PortResource } from '../../../src/intent/port.ts';
import { port } from './resources.ts';

const held: Held = { macOf: () => '02:00:00:00:00:aa', addressesOf: () => [] };
const resource = (spec: Record<string, unknown>): PortResource => port('a', spec) as unknown as PortResource;

t.test('the own words of a port come first', (t) => {
  t.equal(macOf('default/a', resource({ mac: '02:00:00:00:00:01' }), held), '02:00:00:00:00:01');
  t.end();
});

t.test('what was chosen stands in for what is left open', (t) => {
  t.equal(macOf('default/a', resource({}), held), '02:00:00:00:00:aa');
  t.equal(macOf('default/a', resource({}), nothingHeld), undefined);
  t.end();
});
