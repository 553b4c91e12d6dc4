/** A text by which a list is narrowed; an empty one narrows nothing. */
export function given(text: string): string | undefined {
  return text.trim() || undefined;
}
