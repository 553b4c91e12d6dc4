/** Makes the editor of plans: YAML, problems in place, help from the schema. Only this folder knows the library. */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { Schema } from '../schema/schema.ts';
import type { Range } from '../text/locate.ts';
import { schemaCompletion } from './completion.ts';
import { schemaHover } from './hover.ts';
import { look } from './look.ts';

/** A problem or a warning, at its place in the text. */
export interface Mark {
  readonly range: Range;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export interface Editor {
  setText(text: string): void;
  setSchema(schema: Schema | null): void;
  setMarks(marks: readonly Mark[]): void;
  /** Shows the place, and puts the cursor there. */
  goTo(range: Range): void;
  destroy(): void;
}

interface Options {
  readonly label: string;
  readonly text: string;
  onChange(text: string): void;
}

/** In a shadow root, since a page without inline styles lets only those of its own sheets in. */
export function createEditor(host: HTMLElement, { label, text, onChange }: Options): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const help = new Compartment();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        editing,
        help.of([]),
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText(next) {
      if (next === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    setSchema(schema) {
      view.dispatch({
        effects: help.reconfigure(schema === null ? [] : [schemaCompletion(schema), schemaHover(schema)]),
      });
    },
    setMarks(marks) {
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((mark) => diagnosticOf(mark, view.state.doc.length)),
        ),
      );
    },
    goTo(range) {
      const anchor = Math.min(range.from, view.state.doc.length);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

/** Tab is not caught, so that the keyboard gets out of the editor as it got in. */
const editing = [
  lineNumbers(),
  lintGutter(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  highlightActiveLine(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  yaml(),
  EditorView.lineWrapping,
  EditorState.tabSize.of(2),
  keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
  look,
];

/** The text may have become shorter since the place was found. */
function diagnosticOf({ range, severity, message }: Mark, length: number): Diagnostic {
  const from = Math.min(range.from, length);
  return { from, to: Math.max(from, Math.min(range.to, length)), severity, message };
}
