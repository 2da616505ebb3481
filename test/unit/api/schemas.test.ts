/** Bodies are refused with all that is wrong with them at once. */
import t from 'tap';
import { applyBody, checkBody, deleteBody, explainBody } from '../../../src/api/schemas.ts';
import { VswError } from '../../../src/errors.ts';
import { thrownBy } from './thrown.ts';

function pathsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof VswError) return error.errors.map(({ path }) => path).sort();
    throw error;
  }
  return [];
}

t.test('a good body passes', (t) => {
  t.same(pathsOf(() => checkBody(applyBody, { resources: [1, {}], dryRun: false })), []);
  t.same(pathsOf(() => checkBody(deleteBody, { resources: [] })), []);
  t.same(pathsOf(() => checkBody(explainBody, { port: 'a', to: '10.0.0.1', protocol: 47, destinationPort: 80 })), []);
  t.same(pathsOf(() => checkBody(explainBody, { port: 'a', frame: 'ff:ff ff00' })), []);
  t.end();
});

t.test('every wrong field is named at once', (t) => {
  t.same(pathsOf(() => checkBody(explainBody, { protocol: 'gre', sourcePort: 70000, destinationPort: '80', frame: 'xy', last: 0, colour: 1 })),
    ['/colour', '/destinationPort', '/frame', '/last', '/protocol', '/sourcePort']);
  t.same(pathsOf(() => checkBody(applyBody, [])), ['']);
  t.same(pathsOf(() => checkBody(applyBody, { resources: {}, dryRun: 'yes' })), ['/dryRun', '/resources']);
  t.end();
});

t.test('a field of a later version is refused by name', async (t) => {
  t.match(await thrownBy(() => checkBody(applyBody, { resources: [], confirmSeconds: 10 })), { errors: [{ path: '/confirmSeconds', message: /not available in this version/ }] });
  t.same(pathsOf(() => checkBody(explainBody, { reach: { protocol: 'tcp', destinationPort: 80, network: 'dev' } })), []);
  t.same(pathsOf(() => checkBody(explainBody, { reach: true })), ['/reach']);
});
