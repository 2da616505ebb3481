/** What a piece of work throws, to be matched field by field. */
export async function thrownBy(work: (() => unknown) | Promise<unknown>): Promise<unknown> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
