/** Reads server-sent events out of the pieces of text in which they come. Pure. */

export interface ServerEvent {
  /** As `Last-Event-ID` resumes it; empty: it has none. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Gives back the events that are whole, and keeps the rest for the next piece. */
export class EventReader {
  private rest = '';

  take(piece: string): ServerEvent[] {
    const blocks = (this.rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => eventOf(block) ?? []);
  }
}

/** Null: only a comment, a sign of life. */
function eventOf(block: string): ServerEvent | null {
  const fields = { id: '', event: 'message' };
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]+):? ?(.*)$/s.exec(line) ?? [];
    if (name === 'data') data.push(value);
    else if (name === 'id' || name === 'event') fields[name] = value;
  }
  return data.length === 0 ? null : { ...fields, data: data.join('\n') };
}
