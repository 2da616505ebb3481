import t from 'tap';
import { describeMachine, findProgram, systemIn } from '../../../bench/machine.ts';

t.test('the name of the system, quoted or not, or none', (t) => {
  t.equal(systemIn('ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'), 'Debian GNU/Linux 12 (bookworm)');
  t.equal(systemIn('PRETTY_NAME=Void\n'), 'Void');
  t.equal(systemIn(''), 'Linux');
  t.end();
});

t.test('this machine has a processor, and a shell', (t) => {
  const { cores, kernel, node } = describeMachine();
  t.ok(cores >= 1);
  t.match(kernel, /^\d+\./);
  t.equal(node, process.versions.node);
  t.type(findProgram('sh'), 'string');
  t.equal(findProgram('no-such-program-here'), undefined);
  t.end();
});
