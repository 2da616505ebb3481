/** Every file has its test and every test its file, at the same path. */
import t from 'tap';
import { isThere, listUnder, readText, stripText, tell, type Finding } from './tree.ts';

/** What is tested elsewhere, by pattern, and where. */
const elsewhere: readonly [RegExp, string][] = [
  [/^src\/features\.ts$/, 'a list; test/tidy/features.test.ts'],
  [/\.gen\.ts$/, 'generated; test/tidy/generated.test.ts'],
  [/^src\/(index|demo\/.*|setup\/.*|table\/generate)\.(ts|mjs)$/, 'test/e2e: run as a user runs them'],
  [/^native\/binding\//, 'test/golden and test/property go through it'],
  [/^native\/wire\/(arp|ethernet|icmp|icmpv6|ipv4|ipv6|sctp|tcp|udp|vlan)\.hpp$/, 'offsets and accessors; test/native/wire/parse_test.cpp'],
  [/^native\/pipeline\//, 'a stage is what it does to frames: test/golden, against scapy, and test/property, against the twin'],
  [/^native\/worker\/(answerer|egress|fabric|flow_book|forwarder|fragment_verdict|lane|worker|worker_group)\./, 'test/golden and test/property, driven; test/e2e with threads'],
  [/^native\/commit\/(dataplane|draft|publisher|trace)\./, 'test/property/generations.test.ts and explanation.test.ts'],
  [/^native\/(packet\/packet|port\/port|table\/(generation|network_table|port_table|rule)|telemetry\/events)\.hpp$/, 'data without behaviour'],
  [/_inline\.hpp$/, 'the bodies of the header beside it'],
  [/^native\/base\/(assert|ids|result)\.(hpp|cpp)$/, 'no behaviour of its own'],
  [/^bench\/(drivers|scenarios|traffic|micro)\/|^bench\/(claims|lab|page|peers|run|start|trial)\.|^bench\/memory\/(forward|converse)\.|^bench\/native\/(program|units|gate)\.|^bench\/classify\/(build|compare)\./,
    'test/e2e/bench.test.ts: run as a user runs them'],
];

/** A tree and the tests that mirror it. */
const mirrors: readonly (readonly [string, string])[] = [['src', 'test/unit'], ['bench', 'test/unit/bench']];

/** A file of types alone does nothing that a test could see. */
function behaves(path: string): boolean {
  return /\bexport\s+(async\s+)?(abstract\s+)?(function|class|const|let|default)\b|^#!|^main\(|\bawait\b/m.test(stripText(readText(path)));
}

function stemOf(path: string): string {
  return path.replace(/\.(hpp|cpp|ts)$/, '');
}

t.test('TypeScript files and their tests', (t) => {
  const findings: Finding[] = [];
  const known = new Set<string>();
  for (const [tree, tests] of mirrors) {
    for (const path of listUnder(tree, '.ts', '.mjs')) {
      const test = `${tests}/${path.slice(tree.length + 1).replace(/\.ts$/, '.test.ts')}`;
      known.add(test);
      if (elsewhere.some(([pattern]) => pattern.test(path)) || !behaves(path)) continue;
      if (!isThere(test)) {
        findings.push({ where: path, rule: 'mirror', reason: 'nothing shows that it does what its first sentence says', remedy: `write ${test}` });
      }
    }
  }
  for (const test of listUnder('test/unit', '.test.ts')) {
    if (!known.has(test)) findings.push({ where: test, rule: 'mirror', reason: 'the file that it mirrors is not there', remedy: 'move the test beside its file, or remove it' });
  }
  tell(t, 'src/ and bench/ have their mirror in test/unit/', findings);
  t.end();
});

t.test('native files and their tests', (t) => {
  const findings: Finding[] = [];
  const stems = new Set(listUnder('native', '.hpp', '.cpp').map(stemOf));
  for (const stem of stems) {
    const shown = isThere(`${stem}.cpp`) ? `${stem}.cpp` : `${stem}.hpp`;
    if (elsewhere.some(([pattern]) => pattern.test(shown))) continue;
    const test = `test/native/${stem.slice('native/'.length)}_test.cpp`;
    if (!isThere(test)) {
      findings.push({ where: shown, rule: 'mirror', reason: 'nothing shows that it does what its first sentence says', remedy: `write ${test}` });
    }
  }
  for (const test of listUnder('test/native', '_test.cpp')) {
    const stem = `native/${test.slice('test/native/'.length).replace(/_test\.cpp$/, '')}`;
    if (!stems.has(stem)) findings.push({ where: test, rule: 'mirror', reason: `${stem} is not there`, remedy: 'move the test beside its file, or remove it' });
  }
  tell(t, 'native/ and test/native/ mirror each other', findings);
  t.end();
});
