import t from 'tap';
import { readArguments, usage } from '../../../bench/arguments.ts';

const choices = { scenarios: ['container-tcp', 'idle'], drivers: ['vswitch', 'linux-bridge'] };
const read = (...words: string[]): ReturnType<typeof readArguments> => readArguments(words, choices);

t.test('what is asked for is read, with defaults for the rest', (t) => {
  const answer = read('--scenario', 'idle,container-tcp', '--driver', 'vswitch', '--json', 'out.json', '--only', '1 stream, 4 streams');
  t.match(answer, {
    kind: 'wish',
    wish: { scenarios: ['idle', 'container-tcp'], drivers: ['vswitch'], repeat: 3, seconds: 3, json: 'out.json', only: ['1 stream', '4 streams'] },
  });
  t.end();
});

t.test('a name that is not there is an error that names the choices, all at once', (t) => {
  const answer = read('--scenario', 'nonsense', '--driver', 'ovz,vswitch', '--repeat', '0');
  t.equal(answer.kind, 'wrong');
  if (answer.kind !== 'wrong') return t.end();
  t.equal(answer.errors.length, 3);
  t.match(answer.errors[0], /nonsense.*container-tcp, idle/);
  t.match(answer.errors[1], /ovz.*vswitch, linux-bridge/);
  t.match(answer.errors[2], /--repeat 0/);
  t.end();
});

t.test('nothing at all asks for what is missing', (t) => {
  const answer = read();
  t.match(answer, { kind: 'wrong', errors: [/--scenario is missing/, /--driver is missing/] });
  t.match(read('--read', 'old.json'), { kind: 'wish', wish: { read: 'old.json' } });
  t.end();
});

t.test('unknown options, numbers that are none, a comparison with nobody', (t) => {
  t.match(read('--scenaro', 'idle'), { kind: 'wrong', errors: [/scenaro/] });
  t.match(read('--scenario', 'idle', '--driver', 'vswitch', '--seconds', 'ten'), { kind: 'wrong', errors: [/--seconds ten/] });
  t.match(read('--scenario', 'idle', '--driver', 'vswitch', '--repeat', '1.5'), { kind: 'wrong', errors: [/whole/] });
  t.match(read('--scenario', 'idle', '--driver', 'vswitch', '--against', 'linux-bridge'), { kind: 'wrong', errors: [/not measured/] });
  t.end();
});

t.test('help names every choice', (t) => {
  t.equal(read('--help').kind, 'help');
  for (const name of [...choices.scenarios, ...choices.drivers]) t.match(usage(choices), name);
  t.end();
});
