import t from 'tap';
import { nearest } from '../../../src/intent/suggest.ts';

t.test('a slip of the finger is recognised', (t) => {
  t.equal(nearest('adresses', ['addresses', 'routes', 'mac']), 'addresses');
  t.equal(nearest('netNs', ['netns', 'network']), 'netns');
  t.equal(nearest('ma', ['mac', 'mtu']), 'mac');
  t.equal(nearest('dve', ['dev', 'ops']), 'dev');
  t.end();
});

t.test('something else is not', (t) => {
  t.equal(nearest('colour', ['addresses', 'routes', 'mac']), undefined);
  t.equal(nearest('xy', ['mac']), undefined);
  t.equal(nearest('a', []), undefined);
  t.end();
});

t.test('the nearest wins', (t) => {
  t.equal(nearest('web-1', ['web-10', 'web-1a', 'web-1']), 'web-1');
  t.end();
});
