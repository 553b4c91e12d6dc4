/** What the stack prints: lines that stay, and below them, on a terminal, a picture that is redrawn in place. */

export interface Screen {
  readonly live: boolean;
  readonly columns: number;
  /** A taller picture is cut. */
  readonly rows: number;
  readonly color: boolean;
  /** A line that stays. */
  say(line: string): void;
  /** Replaces the picture; without a terminal nothing is drawn. */
  draw(lines: readonly string[]): void;
  /** Leaves the picture standing and goes on below it. */
  settle(): void;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export function createScreen(output: Output): Screen {
  const live = output.isTTY === true && process.env.TERM !== 'dumb';
  let drawn: readonly string[] = [];
  // One write per frame, each line overwritten rather than cleared first: no flicker.
  const frame = (above: readonly string[], picture: readonly string[]) => {
    const up = drawn.length > 0 ? `\u001b[${drawn.length}A\r` : '';
    const text = [...above, ...picture].map((line) => `${line}\u001b[K\n`).join('');
    output.write(`${up}${text}\u001b[J`);
    drawn = picture;
  };
  // Taller than the terminal could not be taken back.
  const room = () => Math.max(1, (output.rows ?? 40) - 1);
  return {
    live,
    get columns() {
      return Math.max(20, (output.columns ?? 101) - 1);
    },
    get rows() {
      return room();
    },
    color: live && !process.env.NO_COLOR,
    say(line) {
      if (live) frame(line.split('\n'), drawn);
      else output.write(`${line}\n`);
    },
    draw(lines) {
      if (live) frame([], lines.slice(0, room()));
    },
    settle() {
      drawn = [];
    },
  };
}
