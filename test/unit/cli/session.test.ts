/** How errors become lines and exit codes. */
import t from 'tap';
import { ApiError, UnreachableError } from '../../../src/api/client.ts';
import { CommandError, endOf, notInThisVersion, usageError } from '../../../src/cli/session.ts';

const problem = (status: number, errors: { path: string; message: string; remedy: string }[] = []): ApiError =>
  new ApiError({ type: '', title: '', status, detail: 'the detail', errors });
const unreachable = (code: string): UnreachableError => new UnreachableError('/s', Object.assign(new Error(code), { code }));

t.test('each end has its exit code', (t) => {
  t.equal(endOf(problem(404)).exitCode, 1);
  t.equal(endOf(problem(503)).exitCode, 3);
  t.equal(endOf(unreachable('ENOENT')).exitCode, 3);
  t.equal(endOf(new Error('x')).exitCode, 1);
  t.equal(usageError('a', 'b').exitCode, 2);
  t.equal(notInThisVersion('top').exitCode, 2);
  const same = new CommandError(1, 'x');
  t.equal(endOf(same), same);
  t.end();
});

t.test('every error of a problem is printed with place and remedy', (t) => {
  const end = endOf(problem(422, [
    { path: '/spec/mac', message: 'no MAC', remedy: 'write one' }, { path: '', message: 'no kind', remedy: '' },
  ]), (path) => (path === '' ? '' : `web.yaml${path}`));
  t.equal(end.message, 'error: web.yaml/spec/mac: no MAC\n       write one\nerror: no kind');
  t.equal(endOf(problem(500)).message, 'error: the detail');
  t.end();
});

t.test('a socket that may not be opened is told apart from one that is not there', (t) => {
  t.match(endOf(unreachable('EACCES')).message, /may not open it; run vswitchctl as root/);
  t.match(endOf(unreachable('ECONNREFUSED')).message, /nobody listens there; start the daemon/);
  t.match(endOf(unreachable('ECONNRESET')).message, /ECONNRESET; see the log/);
  t.end();
});
