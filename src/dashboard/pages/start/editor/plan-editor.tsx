/** The editor of plans as a component; it and its library are loaded when the page is opened. */
import { useEffect, useRef } from 'react';
import type { Schema } from '../schema/schema.ts';
import type { Range } from '../text/locate.ts';
import { createEditor, type Editor, type Mark } from './create.ts';

interface PlanEditorProps {
  readonly text: string;
  readonly schema: Schema | null;
  readonly marks: readonly Mark[];
  /** Where the cursor is to go; a new object goes there again. */
  readonly goTo: Range | null;
  onText(text: string): void;
}

export function PlanEditor({ text, schema, marks, goTo, onText }: PlanEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  // What the editor begins with, and whom it tells; neither makes another one of it.
  const latest = useRef({ text, onText });
  latest.current = { text, onText };

  useEffect(() => {
    if (host.current === null) return;
    const made = createEditor(host.current, {
      label: 'Plan, in YAML',
      text: latest.current.text,
      onChange: (next) => latest.current.onText(next),
    });
    editor.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => editor.current?.setText(text), [text]);
  useEffect(() => editor.current?.setSchema(schema), [schema]);
  useEffect(() => editor.current?.setMarks(marks), [marks]);
  useEffect(() => {
    if (goTo !== null) editor.current?.goTo(goTo);
  }, [goTo]);
  return <div className="plan-editor" ref={host} />;
}
