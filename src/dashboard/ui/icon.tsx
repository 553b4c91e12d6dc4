/** The dashboard's signs, drawn in the colour of the text beside them. They mean nothing without a word. */

import { type IconName, shapes } from './icon-shapes.ts';

export type { IconName };

/** Of text as it is on screens of usual width. */
const textPx = 15;

/** `size`: px beside such text; it grows with the text. Default: 16. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  const length = `${size / textPx}rem`;
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      style={{ width: length, height: length }}
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
