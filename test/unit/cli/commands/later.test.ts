/** Verbs of later versions are refused by name. */
import t from 'tap';
import { vswitchctl } from '../console.ts';

t.test('whatever follows them', async (t) => {
  for (const words of [['confirm'], ['confirm', '--generation', '7'], ['confirm', '-o', 'json']]) {
    t.same(await vswitchctl(words), { code: 2, out: '', err: `error: ${words[0]} is not available in this version\n` }, words.join(' '));
  }
});
