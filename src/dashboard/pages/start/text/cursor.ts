/** Where the cursor is in a plan that is being written: the way there, and what the word under it will be. */
import { isPair, visit } from 'yaml';
import { readForHelp } from './parse.ts';
import { type Beside, type Step, stepsTo } from './place.ts';

export interface Cursor {
  /** To the mapping in which a key is written, or to the value. */
  readonly steps: readonly Step[];
  readonly kind: 'key' | 'value';
  /** Of a key: the other keys of its mapping. */
  readonly beside: Beside;
  /** Whether the word stands alone, so that it may be a key as well as a value. */
  readonly alone: boolean;
  /** Where the word begins. */
  readonly from: number;
  /** Within brackets, where a line break means nothing. */
  readonly flow: boolean;
  /** Column at which the word begins, blanks of which indent what is below it. */
  readonly column: number;
}

/** No plan has it, so it is found again in the tree that the parser makes. */
const mark = '\ue000';
const wordBefore = /[\w./$@%-]*$/;
const wordAfter = /^[\w./$@%-]*/;
const onlyIndent = /^ *(?:- +)*$/;
const comment = /(?:^|\s)#/;

/** Null: nothing can be proposed here, such as in a comment, in quotes, or in the midst of a text. */
export function cursorAt(text: string, offset: number): Cursor | null {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  const word = wordBefore.exec(before)?.[0] ?? '';
  const lead = before.slice(0, before.length - word.length);
  if (word.startsWith('-') || comment.test(lead)) return null;
  const after = text.slice(offset + (wordAfter.exec(text.slice(offset))?.[0].length ?? 0));
  const from = lineStart + lead.length;
  const alone = onlyIndent.test(lead) && /^[ \t]*(?:\r?\n|$)/.test(after);
  // A lone word would run into the next line; as a key it does not.
  const marked = `${text.slice(0, from)}${mark}${alone ? ':' : ''}${after}`;
  const found = findMark(marked);
  return found && { ...found, alone: alone && found.beside.size === 0, from, column: lead.length };
}

type Found = Omit<Cursor, 'alone' | 'from' | 'column'>;

function findMark(text: string): Found | null {
  const document = readForHelp(text);
  if (document === null) return null;
  const found: Found[] = [];
  visit(document, {
    Scalar(role, node, ancestors) {
      if (node.type !== 'PLAIN' || !/^\ue000(?:\s|$)/.test(String(node.value))) return undefined;
      const steps = stepsTo(node, ancestors).map(unmarked);
      const flow = ancestors.some((one) => 'flow' in one && one.flow === true);
      const parent = ancestors.at(-1);
      found.push(
        role === 'key' && isPair(parent)
          ? { kind: 'key', steps: steps.slice(0, -1), beside: steps.at(-1)?.beside ?? new Map(), flow }
          : { kind: 'value', steps, beside: new Map(), flow },
      );
      return visit.BREAK;
    },
  });
  return found[0] ?? null;
}

/** As if the word were not there yet. */
function unmarked({ key, beside }: Step): Step {
  const others = [...beside].filter(([name]) => !name.startsWith(mark));
  return {
    key,
    beside: new Map(
      others.map(([name, value]) => [name, String(value).startsWith(mark) ? undefined : value]),
    ),
  };
}

interface Written {
  readonly steps: readonly Step[];
  readonly from: number;
  readonly to: number;
}

/** What is written at the offset, and the way to it; null: nothing with a name is. */
export function writtenAt(text: string, offset: number): Written | null {
  const document = readForHelp(text);
  if (document === null) return null;
  const found: Written[] = [];
  visit(document, {
    Scalar(_role, node, ancestors) {
      const [from, to] = node.range ?? [0, 0];
      if (offset < from || offset >= to) return undefined;
      found.push({ steps: stepsTo(node, ancestors), from, to });
      return visit.BREAK;
    },
  });
  return found[0] ?? null;
}
