/** A text of the API's, in which what is to be typed stands between backticks. */
import { createElement, Fragment } from 'react';

export function Coded({ text }: { readonly text: string }) {
  // Every other part stood between two backticks; one without a partner stays as it is.
  const parts = text.split(/`([^`]+)`/);
  return createElement(
    Fragment,
    null,
    ...parts.map((part, index) => (index % 2 === 1 ? createElement('code', null, part) : part)),
  );
}
