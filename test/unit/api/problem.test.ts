/** Problem documents: form, and where their paths point. */
import t from 'tap';
import { Problem, invalid, notAvailable, ofOnlyOne, problemOf, under } from '../../../src/api/problem.ts';
import { VswError } from '../../../src/errors.ts';

t.test('a problem has the members of RFC 9457 and its errors', (t) => {
  t.same(invalid('/port', 'port is empty', 'name one').document(), {
    type: 'urn:vswitch:problem:not-valid', title: 'The request is not valid', status: 422, detail: 'port is empty',
    errors: [{ path: '/port', message: 'port is empty', remedy: 'name one' }],
  });
  t.equal(new Problem(404, 'none').document().type, 'urn:vswitch:problem:not-found');
  t.end();
});

t.test('what a later version has is refused by name', (t) => {
  const problem = notAvailable('/v1/confirm', '', 404);
  t.equal(problem.status, 404);
  t.equal(problem.message, '/v1/confirm is not available in this version');
  t.end();
});

t.test('a path of the switch moves to where its list stood in the body', (t) => {
  const error = VswError.of('VSW_INVALID', [{ path: '/3/spec/mac', message: 'no MAC', remedy: 'write one' }]);
  const moved = problemOf(error, under('/resources'));
  t.equal(moved.errors[0]?.path, '/resources/3/spec/mac');
  t.equal(moved.message, '/resources/3/spec/mac: no MAC');
  t.equal(under('/with')('/to'), '/to', 'a path that is not about an item of the list stays');
  t.equal(ofOnlyOne('/0/spec/mac'), '/spec/mac');
  t.equal(ofOnlyOne('/0'), '');
  t.equal(ofOnlyOne('/01'), '/01');
  t.end();
});

t.test('what is wrong with the switch itself is an error, too, with a remedy', (t) => {
  t.same(problemOf(new VswError('VSW_STATE', 'the state could not be saved')).errors, [{ path: '', message: 'the state could not be saved', remedy: 'mend that, then send it again' }]);
  t.match(problemOf(new VswError('VSW_UNAVAILABLE', 'the switch is closed')).errors, [{ path: '', remedy: 'start vswitchd again' }]);
  t.end();
});

t.test('each kind of error has its status', (t) => {
  t.equal(problemOf(VswError.of('VSW_CLASH', [])).status, 409);
  t.equal(problemOf(VswError.of('VSW_PERMISSION', [])).status, 403);
  t.equal(problemOf(new TypeError('x is undefined')).status, 500);
  t.match(problemOf(new TypeError('x is undefined')).errors[0]?.remedy, /bug/);
  const same = new Problem(413, 'too large');
  t.equal(problemOf(same), same);
  t.end();
});
