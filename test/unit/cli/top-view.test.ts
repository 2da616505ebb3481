/** What top shows fits the room that there is, and says what it left out. */
import t from 'tap';
import { amount, topLines } from '../../../src/cli/top-view.ts';
import type { FlowRate, PortRate, Rates } from '../../../src/cli/rates.ts';

const portRate = (port: string): PortRate => ({ port, receivedPackets: 1234, receivedBits: 9_410_000_000, transmittedPackets: 7.5, transmittedBits: 800, droppedPackets: 0, kernelDroppedPackets: 0 });
const rates = (count: number, parts: Partial<Rates> = {}): Rates => ({
  time: 'T', seconds: 2, generation: 9, totals: portRate(''), ports: Array.from({ length: count }, (_, i) => portRate(`port-${i}`)), drops: [], flows: [], usage: [], ...parts,
});

t.test('amounts at a glance', (t) => {
  const cases: [number, string][] = [[0, '0 x'], [7, '7 x'], [7.55, '7.55 x'], [12.34, '12.3 x'], [812.4, '812 x'], [999.6, '1.00 kx'], [1234, '1.23 kx'], [99_940, '99.9 kx'], [9.41e9, '9.41 Gx'], [5e15, '5000 Tx']];
  for (const [value, text] of cases) t.equal(amount(value, 'x'), text);
  t.end();
});

const flow: FlowRate = {
  id: 1, network: 'dev', protocol: 'tcp', source: 'fd00::1', sourcePort: 5, destination: 'fd00::2', destinationPort: 80, port: 'port-0',
  receiver: '', state: 'new', verdict: 'allow', packets: 4, bits: 64,
};

t.test('all of it, when nothing limits it', (t) => {
  const text = topLines(rates(2, {
    drops: [{ port: 'port-1', direction: 'receive', reason: 'mac_spoofed', packets: 3 }],
    flows: [flow],
    usage: [{ table: 'macs', port: 'port-1', used: 8, limit: 10 }, { table: 'macs', port: '', used: 1, limit: 10 }],
  }), { sort: 'name', wide: false }).join('\n');
  for (const part of [
    /^2 ports, generation 9, over 2\.0 s\n/, /received 1\.23 kpacket\/s 9\.41 Gbit\/s/, /! macs of port-1: 8 of 10 \(80 %\)/, /port-0 +1\.23 kpacket\/s +9\.41 Gbit\/s +7\.50 packet\/s +800 bit\/s/,
    /port-1 +receive +3 packet\/s +mac_spoofed +the port may not send from this MAC/, /tcp +\[fd00::1\]:5 +\[fd00::2\]:80 +port-0 +\(flooded\) +4 packet\/s +64 bit\/s/,
  ]) t.match(text, part);
  t.notMatch(text, /NETWORK/);
  const denied = rates(1, { flows: [{ ...flow, state: 'established', verdict: 'drop' }] });
  t.match(topLines(denied, { sort: 'name', wide: true }).join('\n'), /STATE *\n[^]* dev +denied/, 'as get flows says it');
  t.notMatch(text, /1 of 10/, 'what has room is not worth a line');
  t.end();
});

t.test('no more lines and no wider than the terminal', (t) => {
  const drops = Array.from({ length: 40 }, (_, i) => ({ port: `port-${i}`, direction: 'receive' as const, reason: 'bug', packets: 1 }));
  for (const lines of [6, 10, 24, 50]) {
    const shown = topLines(rates(300, { drops }), { sort: 'name', wide: false, lines, width: 50 });
    t.ok(shown.length <= lines, `${shown.length} of ${lines}`);
    t.ok(shown.every((line) => line.length <= 50));
  }
  t.match(topLines(rates(300), { sort: 'name', wide: false, lines: 24 }).join('\n'), /… and \d+ more/);
  t.match(topLines(rates(3, { flows: undefined }), { sort: 'name', wide: false }).join('\n'), /too many flows/);
  t.end();
});
