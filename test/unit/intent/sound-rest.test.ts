import t from 'tap';
import { soundRest } from '../../../src/intent/sound-rest.ts';

const fault = (path: string) => ({ path, message: 'wrong', remedy: 'mend it' });

t.test('what is wrong is taken out, and what is found in the rest is told where it was sent', (t) => {
  const sent = { spec: { list: ['a', 'bad', 'b', 'bad', 'c'], other: 1, bad: 2 } };
  const { rest, asSent } = soundRest({}, sent, [fault('/7/spec/list/1'), fault('/7/spec/list/3'), fault('/7/spec/bad')], '/7');
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
  const { asSent } = soundRest({}, sent, [fault('/0/spec/ingress/0/from/0/cidr'), fault('/0/spec/a~1b/~0/0')], '/0');
  t.equal(asSent(fault('/0/spec/ingress/0/from/0/except')), undefined);
  t.equal(asSent(fault('/0/spec/ingress/0/from/1/cidr'))?.path, '/0/spec/ingress/0/from/1/cidr');
  t.equal(asSent(fault('/0/spec/ingress/0/name'))?.path, '/0/spec/ingress/0/name');
  t.equal(asSent(fault('/0/spec/a~1b/~0/0'))?.path, '/0/spec/a~1b/~0/1');
  t.end();
});

t.test('what has to be there is stood in for where its schema says by what', (t) => {
  const entry = { properties: { action: { 'x-stand-in': 'allow' }, other: {} }, required: ['action', 'other'] };
  const schema = { properties: { whom: { 'x-stand-in': {} }, list: { items: entry }, optional: { 'x-stand-in': 1 } }, required: ['whom', 'list'] };
  const { rest, asSent } = soundRest(schema, { list: [{}, { action: 'permit', other: 1 }, { action: 'drop' }] }, ['/0/whom', '/0/list/0/action', '/0/list/1/action'].map(fault), '/0');
  t.strictSame(rest, { whom: {}, list: [{ action: 'allow' }, { action: 'allow', other: 1 }, { action: 'drop' }] });
  t.strictSame(['/0/whom', '/0/whom/ports', '/0/list/0/action'].map((path) => asSent(fault(path))), [undefined, undefined, undefined], 'of a stand-in nothing is told');
  t.equal(asSent(fault('/0/list/0/other'))?.path, '/0/list/0/other');
  t.end();
});
