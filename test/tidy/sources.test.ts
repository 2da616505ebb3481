/** native/sources.txt is the one list of sources: complete, without repeats, in the packet's order. */
import t from 'tap';
import { isThere, listUnder, readText, tell, type Finding } from './tree.ts';

const list = 'native/sources.txt';
const order = ['base', 'wire', 'telemetry', 'packet', 'port', 'table', 'state', 'action', 'flow', 'pipeline', 'commit', 'worker', 'binding'];

t.test('the list of sources is the tree', (t) => {
  const findings: Finding[] = [];
  const lines = readText(list).split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const seen = new Set<string>();
  let furthest = 0;
  for (const line of lines) {
    const where = `${list}: ${line}`;
    if (seen.has(line)) findings.push({ where, rule: 'sources', reason: 'it is listed twice', remedy: 'remove one line' });
    seen.add(line);
    if (!isThere(`native/${line}`)) {
      findings.push({ where, rule: 'sources', reason: 'both builds would look for a file that is not there', remedy: 'remove the line or add the file' });
    }
    const place = order.indexOf(line.split('/')[0] ?? '');
    if (place < furthest) {
      findings.push({ where, rule: 'sources', reason: `the list follows the packet: ${order.join(', ')}`, remedy: 'move the line to its folder' });
    }
    furthest = Math.max(furthest, place);
  }
  for (const path of listUnder('native', '.cpp')) {
    if (!seen.has(path.slice('native/'.length))) {
      findings.push({ where: path, rule: 'sources', reason: 'neither build compiles it', remedy: `add it to ${list}` });
    }
  }
  tell(t, `${list} names every native source once, in order`, findings);
  t.end();
});
