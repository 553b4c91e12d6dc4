/** Colours of the terminal, or none. */

export type Ink = (text: string) => string;
export type Paint = Readonly<Record<'red' | 'green' | 'yellow' | 'bold' | 'dim', Ink>>;

const code = (on: number, off: number): Ink => {
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
};

export const paint: Paint = {
  red: code(31, 39),
  green: code(32, 39),
  yellow: code(33, 39),
  bold: code(1, 22),
  dim: code(2, 22),
};

const same: Ink = (text) => text;
export const plain: Paint = { red: same, green: same, yellow: same, bold: same, dim: same };
