/** What a key means, beside the pointer. */
import type { Extension } from '@codemirror/state';
import { hoverTooltip, type TooltipView } from '@codemirror/view';
import { type Explanation, explain } from '../schema/explain.ts';
import type { Schema } from '../schema/schema.ts';
import { partsAt } from '../schema/walk.ts';
import { writtenAt } from '../text/cursor.ts';

export function schemaHover(schema: Schema): Extension {
  return hoverTooltip((view, pos) => {
    const written = writtenAt(view.state.doc.toString(), pos);
    if (written === null) return null;
    const title = String(written.steps.findLast(({ key }) => typeof key === 'string')?.key ?? '');
    const explanation = explain(title, partsAt(schema, written.steps));
    if (explanation === null) return null;
    return { pos: written.from, end: written.to, above: true, create: () => drawn(explanation) };
  });
}

function drawn({ title, text, facts }: Explanation): TooltipView {
  const dom = document.createElement('div');
  dom.className = 'explanation';
  dom.append(line('strong', title), line('p', text), ...facts.map((fact) => line('small', fact)));
  return { dom };
}

function line(tag: 'strong' | 'p' | 'small', text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
