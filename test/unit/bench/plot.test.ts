import t from 'tap';
import { niceTop, panelsOf, placeOf, plotOf } from '../../../bench/plot.ts';
import type { Result, ResultLine } from '../../../bench/result.ts';

const line = (variant: string, driver: string, median: number, more: Partial<ResultLine> = {}): ResultLine => (
  { scenario: 'memory-forward', variant, driver, metric: 'rate', unit: 'Mpps', median, min: median - 1, max: median + 1, samples: [median], disturbed: 0, ...more });
const machine = { processor: 'A <fast> one', cores: 2, memoryGiB: 4, kernel: '6.1', system: 'Linux', node: '20', versions: {}, when: '2026-01-02T03:04:05Z', settings: {} } as Result['machine'];

t.test('names that are a number and a unit have a place on an axis', (t) => {
  t.same(placeOf('1 flow'), { value: 1, unit: 'flows' });
  t.same(placeOf('100k flows'), { value: 100_000, unit: 'flows' });
  t.equal(placeOf('1M flows')?.value, 1_000_000);
  t.equal(placeOf('512 B')?.value, 512);
  t.equal(placeOf('1k flows, L2'), undefined);
  t.equal(placeOf('two cores'), undefined);
  t.end();
});

t.test('a panel for each scenario, metric and axis', (t) => {
  const panels = panelsOf([line('1 flow', 'a', 5), line('1k flows', 'a', 4), line('64 B', 'a', 5), line('1k flows, L2', 'a', 4), line('x', 'a', 1, { metric: 'memory' })]);
  t.same(panels.map(({ axis, lines }) => [axis, lines.length]), [['flows', 2], ['frame or payload size, bytes', 1], [undefined, 1]]);
  t.end();
});

t.test('the drawing is well-formed, and nothing in it is a number that is none', (t) => {
  const results = [line('1 flow', 'vswitch', 24), line('1k flows', 'vswitch', 22), line('1 flow', 'ovs & co', 19), line('same core', 'vswitch', 3, { scenario: 'other' })];
  const svg = plotOf({ results, machine });
  t.match(svg, /^<svg [^>]*>[\s\S]*<\/svg>\n$/);
  t.notMatch(svg, /NaN|Infinity|undefined/);
  t.match(svg, /ovs &amp; co/);
  t.match(svg, /A &lt;fast&gt; one/);
  const opened = [...svg.matchAll(/<(\w+)[^>]*?(\/?)>/g)].filter((match) => match[2] !== '/').length;
  t.equal(opened, [...svg.matchAll(/<\/\w+>/g)].length, 'every element is closed');
  // Larger is higher: y grows downwards.
  const heights = [...svg.matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map((match) => Number(match[1]));
  t.ok(heights[0]! < heights[1]!, 'the larger figure stands higher');
  t.end();
});

t.test('an axis ends at a round number', (t) => {
  t.same([0.3, 1, 7, 24, 260].map(niceTop), [0.5, 1, 10, 25, 500]);
  t.equal(niceTop(0), 1);
  t.end();
});
