/** Tables, fields and events as text. */
import t from 'tap';
import { age, eventLine, isData, plain, renderFields, renderTable } from '../../../src/cli/render.ts';

t.test('columns are aligned, numbers to the right, wide ones only when asked for', (t) => {
  const columns = [
    { heading: 'NAME', cell: (one: { name: string; count: number }) => one.name },
    { heading: 'COUNT', cell: (one: { name: string; count: number }) => one.count },
    { heading: 'MORE', cell: () => 'x', wide: true },
  ];
  const entries = [{ name: 'a', count: 5 }, { name: 'long-name', count: 1234 }];
  t.equal(renderTable(entries, columns, false), 'NAME       COUNT\na              5\nlong-name   1234\n');
  t.equal(renderTable(entries, columns, true), 'NAME       COUNT  MORE\na              5  x\nlong-name   1234  x\n');
  t.end();
});

t.test('fields without a value are left out', (t) => {
  t.equal(renderFields([['mac', '02:00'], ['labels', ''], ['mtu', 1500], ['message', undefined]], ' '), ' mac  02:00\n mtu  1500\n');
  t.end();
});

t.test('text of others cannot command a terminal', (t) => {
  t.equal(plain('a\u001b[31m\nb'), 'a [31m b');
  t.end();
});

t.test('ages are short', (t) => {
  t.same([0, 119, 120, 7199, 7200, 172_800].map(age), ['0s', '119s', '2m', '119m', '2h', '2d']);
  t.end();
});

t.test('an event is one line', (t) => {
  t.equal(eventLine({ type: 'mac_learned', time: 'T', network: 'dev', mac: '02:00', port: 'a' }), 'T mac_learned network=dev mac=02:00 port=a');
  t.equal(eventLine({ type: 'warning', time: 'T', message: 'two\nlines' }), 'T warning two lines');
  t.equal(eventLine({ type: 'generation', time: 'T', generation: 8, changes: [{ action: 'create', kind: 'Port', name: 'a' }] }), 'T generation generation=8 create:port/a');
  t.ok(isData('json') && isData('yaml') && !isData('wide'));
  t.end();
});
