/** Writes a plan as YAML with a comment at each value that says where it is from. */
import { Document, isCollection, isMap, isScalar, type Node } from 'yaml';
import { asLine } from '../legible.ts';
import type { Assembled } from './assemble.ts';
import { type Finding, findingLine } from './finding.ts';

/** `heading` is the first line of the comment at the top; findings follow it. */
export function writePlan(
  { document, comments }: Assembled,
  heading: string,
  findings: readonly Finding[],
): string {
  const yaml = new Document(document, { aliasDuplicateObjects: false });
  for (const [path, text] of comments) {
    const node = yaml.getIn(keysOf(path), true);
    if (isScalar(node)) node.comment = ` ${oneLine(text)}`;
    else if (isCollection(node)) comment(node, path, text);
  }
  const told = findings.map((finding) => ` - ${oneLine(findingLine(finding))}`);
  const rest = told.length === 0 ? [] : [' What is not in it, or means something else:', ...told];
  yaml.commentBefore = [` ${oneLine(heading)}`, ...rest].join('\n');
  return yaml.toString({ lineWidth: 0 });
}

/** A stage is one line, with what it is from behind it. */
function comment(node: Node, path: string, text: string): void {
  if (isMap(node) && /^stages\[\d+\]$/.test(path)) {
    node.flow = true;
    node.comment = ` ${oneLine(text)}`;
  } else node.commentBefore = ` ${oneLine(text)}`;
}

/** `stages[0].weight` is `stages`, 0, `weight`; a name of a template may have dots, and is never longer than one. */
function keysOf(path: string): readonly (string | number)[] {
  if (path.startsWith('templates.')) return ['templates', path.slice('templates.'.length)];
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

function oneLine(text: string): string {
  return asLine(text.replaceAll(/[\u2028\u2029]+/gu, ' '));
}
