/** Reads Kubernetes objects out of YAML or JSON files with any number of documents. */
import type { Problem } from '../errors.ts';
import { isMapping, type Mapping, ownValue } from '../plan/document/read.ts';
import { readMapping } from '../plan/text.ts';

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

export interface KubeObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly file: string;
  readonly fields: Mapping;
}

interface ReadObjects {
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
}

const mostDocuments = 500;
const mostCharacters = 2 * 1024 * 1024;

export function readObjects(files: readonly SourceFile[]): ReadObjects {
  const objects: KubeObject[] = [];
  const problems: Problem[] = [];
  for (const { name, text } of files) {
    if (text.length > mostCharacters) {
      problems.push({ path: name, message: 'is larger than 2 MiB; import fewer objects at a time' });
      continue;
    }
    const documents = documentsIn(text);
    if (documents.length > mostDocuments) {
      problems.push({ path: name, message: `has more than ${mostDocuments} documents` });
    }
    for (const document of documents.slice(0, mostDocuments)) {
      const read = readMapping(document);
      if (read.ok) collect(read.value, name, objects, problems);
      else problems.push(...read.problems.map(({ message }) => ({ path: name, message })));
    }
  }
  return { objects, problems };
}

/**
 * A line that begins with three dashes begins a document wherever it stands, so splitting needs no parser. Empty lines
 * in front keep the numbers of lines right.
 */
function documentsIn(text: string): string[] {
  const documents: string[] = [];
  let lines: string[] = [];
  let begin = 0;
  const all = text.split(/\r?\n/);
  const close = () => {
    if (lines.some((line) => /^\s*[^\s#]/.test(line) && !/^\.\.\.\s*$/.test(line))) {
      documents.push('\n'.repeat(begin) + lines.join('\n'));
    }
  };
  for (const [at, line] of all.entries()) {
    if (/^---(\s|$)/.test(line)) {
      close();
      [lines, begin] = [[`   ${line.slice(3)}`], at];
    } else lines.push(line);
  }
  close();
  return documents;
}

function collect(fields: Mapping, file: string, objects: KubeObject[], problems: Problem[]): void {
  const [kind, apiVersion] = [ownValue(fields, 'kind'), ownValue(fields, 'apiVersion')];
  const items = ownValue(fields, 'items');
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    for (const item of items.slice(0, mostDocuments)) {
      if (isMapping(item)) collect(item, file, objects, problems);
    }
    return;
  }
  const metadata = ownValue(fields, 'metadata');
  const named = (key: string) => (isMapping(metadata) ? ownValue(metadata, key) : undefined);
  const [name, namespace] = [named('name'), named('namespace')];
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
    problems.push({
      path: file,
      message: 'a document has no kind and apiVersion, so it is no Kubernetes object',
    });
  } else if (typeof name !== 'string' || name === '') {
    problems.push({ path: file, message: `a ${kind.slice(0, 60)} has no metadata.name` });
  } else {
    const inNamespace = typeof namespace === 'string' && namespace !== '' ? namespace : null;
    objects.push({ kind, apiVersion, name, namespace: inNamespace, file, fields });
  }
}
