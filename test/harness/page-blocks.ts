/**
 * The code blocks of a page that are marked to be run: a fence whose line says `ts runnable` or `sh runnable`.
 */

export interface PageBlock {
  readonly language: 'ts' | 'sh';
  readonly text: string;
  /** Where its fence stands in the page. */
  readonly line: number;
}

export function blocksOf(page: string): PageBlock[] {
  const blocks: PageBlock[] = [];
  const lines = page.split('\n');
  for (const [index, line] of lines.entries()) {
    const language = /^```(ts|sh) runnable\b/.exec(line)?.[1];
    if (language === undefined) continue;
    const length = lines.slice(index + 1).findIndex((each) => each.startsWith('```'));
    if (length < 0) throw new Error(`line ${index + 1}: a block without an end`);
    const text = lines.slice(index + 1, index + 1 + length).join('\n');
    blocks.push({ language: language as 'ts' | 'sh', text, line: index + 1 });
  }
  return blocks;
}
