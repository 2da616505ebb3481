import t from 'tap';
import { parseIp } from '../../../src/address/ip.ts';
import { composeFrame, protocolNumbers } from '../../../src/explain/compose.ts';
import { VirtualSwitch } from '../../../src/switch/virtual-switch.ts';
import { network, port } from '../intent/resources.ts';

const macOf = (n: number): string => `02:00:00:00:00:0${n}`;
const guest = '06:00:00:00:00:99';

/** Two networks of two ports each; every first port has taught a guest's MAC, and has a flow with its second. */
async function taught(): Promise<VirtualSwitch> {
  const product = await VirtualSwitch.open({ clock: 'virtual', limits: { ports: 8, flows: 64, macs: 64 } });
  const member = (n: number, of: string) => port(`${of}${n}`, { network: of, mac: macOf(n), addresses: [`10.77.0.${n}/24`], antiSpoof: false });
  await product.apply([network('dev'), network('ops'), ...['dev', 'ops'].flatMap((of) => [member(1, of), member(2, of)])]);
  for (const of of ['dev', 'ops']) {
    for (const sourceMac of [macOf(1), guest]) {
      product.memoryPort(`${of}1`).send(composeFrame({
        sourceMac, destinationMac: macOf(2), source: parseIp('10.77.0.1')!, destination: parseIp('10.77.0.2')!,
        protocol: protocolNumbers['udp']!, sourcePort: sourceMac === guest ? 7 : 8, destinationPort: 9,
      }));
    }
  }
  product.run();
  return product;
}
const learned = (product: VirtualSwitch): string[] => product.fdb().filter(({ type }) => type === 'learned').map(({ network: of, mac, port: at }) => `${of} ${mac} ${at}`);
const flows = (product: VirtualSwitch): string[] => product.flows().map(({ network: of, sourcePort }) => `${of} ${sourcePort}`).sort();

t.test('without a filter everything learned is forgotten, and nothing declared', async (t) => {
  await using product = await taught();
  t.strictSame(learned(product), [`dev ${guest} dev1`, `ops ${guest} ops1`]);
  t.equal(product.flush('fdb'), 2);
  t.strictSame(learned(product), []);
  t.equal(product.fdb().length, 4, 'declared MACs stay');
  t.equal(product.flush('fdb'), 0);
  t.ok(flows(product).length > 0, 'flows are another table');
});

t.test('a filter means its entries and no others', async (t) => {
  await using product = await taught();
  t.equal(product.flush('fdb', { network: 'dev', port: 'dev2' }), 0);
  t.equal(product.flush('fdb', { port: 'ops2' }), 0);
  t.equal(product.flush('fdb', { mac: '06-00-00-00-00-99', network: 'ops' }), 1);
  t.strictSame(learned(product), [`dev ${guest} dev1`]);
  t.equal(product.flush('fdb', { mac: '06:00:00:00:00:98' }), 0);
  t.equal(product.flush('fdb', { port: 'default/dev1' }), 1);
  t.strictSame(learned(product), []);
});

t.test('flows go by port, by network, or all', async (t) => {
  await using product = await taught();
  t.strictSame(flows(product), ['dev 7', 'dev 8', 'ops 7', 'ops 8']);
  t.equal(product.flush('flows', { network: 'dev', port: 'ops1' }), 0, 'a port of another network');
  t.equal(product.flush('flows', { network: 'dev' }), 2, 'each flow counts once, though both ends are in the network');
  t.strictSame(flows(product), ['ops 7', 'ops 8']);
  t.equal(product.flush('flows', { port: 'ops2' }), 2, 'a receiver is an end, too');
  t.equal((await taught().then(async (other) => { const count = other.flush('flows'); await other.close(); return count; })), 4);
});

t.test('what was forgotten is learned again', async (t) => {
  await using product = await taught();
  product.flush('fdb');
  product.memoryPort('dev1').send(composeFrame({
    sourceMac: guest, destinationMac: macOf(2), source: parseIp('10.77.0.1')!, destination: parseIp('10.77.0.2')!, protocol: 17, sourcePort: 7, destinationPort: 9,
  }));
  product.run();
  t.strictSame(learned(product), [`dev ${guest} dev1`]);
});

t.test('a filter that names nothing is refused with what was probably meant, and forgets nothing', async (t) => {
  await using product = await taught();
  t.throws(() => product.flush('fdb', { port: 'dev3' }), { code: 'VSW_NOT_FOUND', errors: [{ path: '/port', message: 'there is no port dev3' }] });
  t.throws(() => product.flush('flows', { network: 'dve' }), { code: 'VSW_NOT_FOUND', errors: [{ path: '/network', remedy: 'did you mean dev?' }] });
  t.throws(() => product.flush('fdb', { mac: '02:00' }), { code: 'VSW_INVALID', errors: [{ path: '/mac' }] });
  t.throws(() => product.flush('flows', { mac: guest }), { code: 'VSW_INVALID', errors: [{ path: '/mac', remedy: 'name a port or a network' }] });
  t.throws(() => product.flush('macs' as 'fdb'), { code: 'VSW_INVALID', errors: [{ path: '/table', message: 'there is no table macs to flush' }] });
  t.equal(learned(product).length, 2);
  t.equal(flows(product).length, 4);
});
