import t from 'tap';
import { soundRest } from '../../../src/intent/sound-rest.ts';

const fault = (path: string) => ({ path, message: 'wrong', remedy: 'mend it' });

t.test('what is wrong is taken out, and what is found in the rest is told where it was sent', (t) => {
  const sent = { spec: { list: ['a', 'bad', 'b', 'bad', 'c'], other: 1, bad: 2 } };
  const { rest, asSent } = soundRest(sent, [fault('/7/spec/list/1'), fault('/7/spec/list/3'), fault('/7/spec/bad')], '/7');
  t.strictSame(rest, { spec: { list: ['a', 'b', 'c'], other: 1 } });
  t.strictSame(sent.spec.list.length, 5);
  const place = (path: string): string | undefined => asSent(fault(path))?.path;
  t.strictSame(['/7/spec/list/0', '/7/spec/list/1', '/7/spec/list/2', '/7/spec/other'].map(place), ['/7/spec/list/0', '/7/spec/list/2', '/7/spec/list/4', '/7/spec/other']);
  t.equal(place('/7/spec/list'), undefined, 'it may be empty only for what was taken out');
  t.equal(place('/7/spec'), undefined);
  t.end();
});

t.test('of an entry that says something as a whole nothing more is told', (t) => {
  const sent = { spec: { ingress: [{ name: 'x', from: [{ cidr: 'bad', except: [] }, { cidr: 'y' }] }], 'a/b': { '~': [0, 1] } } };
  const { asSent } = soundRest(sent, [fault('/0/spec/ingress/0/from/0/cidr'), fault('/0/spec/a~1b/~0/0')], '/0');
  t.equal(asSent(fault('/0/spec/ingress/0/from/0/except')), undefined);
  t.equal(asSent(fault('/0/spec/ingress/0/from/1/cidr'))?.path, '/0/spec/ingress/0/from/1/cidr');
  t.equal(asSent(fault('/0/spec/ingress/0/name'))?.path, '/0/spec/ingress/0/name');
  t.equal(asSent(fault('/0/spec/a~1b/~0/0'))?.path, '/0/spec/a~1b/~0/1');
  t.end();
});
