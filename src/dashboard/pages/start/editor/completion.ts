/** Proposals of the plan's schema in the editor's list. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  pickedCompletion,
  startCompletion,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { type Proposal, proposalsAt } from '../schema/proposals.ts';
import type { Schema } from '../schema/schema.ts';
import { cursorAt } from '../text/cursor.ts';

export function schemaCompletion(schema: Schema): Extension {
  return autocompletion({ override: [(context) => complete(schema, context)], icons: false });
}

function complete(schema: Schema, { state, pos, explicit }: CompletionContext): CompletionResult | null {
  const cursor = cursorAt(state.doc.toString(), pos);
  if (cursor === null) return null;
  // On an empty line people often mean to leave it empty.
  if (!explicit && cursor.kind === 'key' && cursor.from === pos) return null;
  const options = proposalsAt(schema, cursor).map(asCompletion);
  return options.length === 0 ? null : { from: cursor.from, options, validFor: /^[\w./$@-]*$/ };
}

function asCompletion({ label, note, explanation, needed, insert, kind }: Proposal): Completion {
  const detail = needed ? `${note}, required` : note;
  return {
    label,
    type: kind,
    // What is needed comes first.
    boost: needed ? 1 : 0,
    ...(detail === '' ? {} : { detail }),
    ...(explanation === '' ? {} : { info: explanation }),
    apply: (view, completion, from, to) => write(view, completion, { from, to, insert }),
  };
}

function write(
  view: EditorView,
  completion: Completion,
  change: { readonly from: number; readonly to: number; readonly insert: string },
): void {
  // Within `[]` and `{}` is where one goes on.
  const inside = /(?:\[\]|\{\})$/.test(change.insert) ? 1 : 0;
  view.dispatch({
    changes: change,
    selection: { anchor: change.from + change.insert.length - inside },
    annotations: pickedCompletion.of(completion),
    userEvent: 'input.complete',
  });
  if (completion.type === 'key') startCompletion(view);
}
