/** One line that says where a long run stands; on a terminal it is written over, elsewhere lines follow each other. */
export class Progress {
  readonly #start = Date.now();
  readonly #isTerminal = process.stderr.isTTY === true;

  show(done: number, all: number, what: string): void {
    const seconds = (Date.now() - this.#start) / 1000;
    const left = done > 0 ? `, about ${duration((seconds / done) * (all - done))} left` : '';
    this.#write(`[${done + 1}/${all}${left}] ${what}`);
  }

  /** A line that stays. */
  say(line: string): void {
    this.#write(line);
    if (this.#isTerminal) process.stderr.write('\n');
  }

  end(): void {
    if (this.#isTerminal) process.stderr.write('\r\u001b[K');
  }

  #write(text: string): void {
    process.stderr.write(this.#isTerminal ? `\r\u001b[K${text.split('\n')[0]}` : `${text}\n`);
  }
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
