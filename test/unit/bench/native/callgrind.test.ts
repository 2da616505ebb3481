import t from 'tap';
import { collectedIn } from '../../../../bench/native/callgrind.ts';

t.test('the number is that behind Collected', (t) => {
  t.equal(collectedIn('==1== Events    : Ir\n==1== Collected : 4672000\n==1== \n'), 4_672_000);
  t.equal(collectedIn('==1== nothing\n'), undefined);
  t.end();
});
