import t from 'tap';
import { messageOf, pointer, VswError } from '../../src/errors.ts';

t.test('an error of several details leads with the first and counts the others', (t) => {
  const error = VswError.of('VSW_INVALID', [
    { path: '/0/spec/mac', message: 'bad MAC', remedy: 'r' },
    { path: '/1', message: 'second', remedy: 'r' },
    { path: '/2', message: 'third', remedy: 'r' },
  ]);
  t.equal(error.message, '/0/spec/mac: bad MAC (and 2 more errors)');
  t.equal(error.status, 422);
  t.equal(error.errors.length, 3);
  t.end();
});

t.test('an error of one detail says it alone', (t) => {
  t.equal(VswError.of('VSW_NOT_FOUND', [{ path: '', message: 'gone', remedy: 'r' }]).message, 'gone');
  t.equal(VswError.of('VSW_CLASH', [{ path: '/0', message: 'a', remedy: 'r' }, { path: '/1', message: 'b', remedy: 'r' }]).message, '/0: a (and 1 more error)');
  t.equal(VswError.of('VSW_CLASH', []).message, 'The change clashes with what is there');
  t.end();
});

t.test('every code has the HTTP status that says the same', (t) => {
  const statuses = { VSW_UNREADABLE: 400, VSW_NOT_FOUND: 404, VSW_CLASH: 409, VSW_INVALID: 422, VSW_UNAVAILABLE: 503, VSW_STATE: 500 } as const;
  for (const [code, status] of Object.entries(statuses)) t.equal(new VswError(code as keyof typeof statuses, 'm').status, status, code);
  t.end();
});

t.test('paths move under a prefix', (t) => {
  const moved = VswError.of('VSW_INVALID', [{ path: '/0/spec', message: 'm', remedy: 'r' }]).under('/resources');
  t.strictSame(moved.errors.map((detail) => detail.path), ['/resources/0/spec']);
  t.equal(moved.code, 'VSW_INVALID');
  t.end();
});

t.test('steps of a pointer are escaped', (t) => {
  t.equal(pointer('a/b', 'c~d', 3), '/a~1b/c~0d/3');
  t.equal(pointer(), '');
  t.end();
});

t.test('whatever is thrown has a message', (t) => {
  t.equal(messageOf(new Error('x')), 'x');
  t.equal(messageOf('y'), 'y');
  t.end();
});
