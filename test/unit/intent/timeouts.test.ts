import t from 'tap';
import { timeoutSeconds } from '../../../src/intent/timeouts.ts';

t.test('seconds stand in the order of the dataplane, with the defaults of what is not said', (t) => {
  t.strictSame(timeoutSeconds(undefined), []);
  const seconds = timeoutSeconds({ tcpEstablished: 7200, udp: 5 });
  t.strictSame(seconds.slice(0, 4), [120, 60, 7200, 120]);
  t.ok(seconds.includes(5));
  t.ok(seconds.every((one) => one > 0));
  t.end();
});
