/** One check of a plan that is made of others. */
import type { CompositeCheck, CompositePart } from '../../analysis/further-checks.ts';
import type { CheckConfig } from '../../analysis/types.ts';
import { bounds, defaults, furtherDefaults } from '../defaults.ts';
import { compositeFields, partFields } from './further-schema.ts';
import { failureOf } from './judging.ts';
import { joinPath } from './problems.ts';
import { isMapping, type Mapping, ownValue, type Report, readFields, readList } from './read.ts';

const partKinds: readonly string[] = ['threshold', 'baseline', 'series', 'trend', 'anomaly', 'errorBudget'];

type ReadCheck = (entry: unknown, path: string) => CheckConfig | undefined;

/** `readCheck` reads what a part is. Undefined when there is a problem. */
export function readComposite(
  entry: Mapping,
  path: string,
  readCheck: ReadCheck,
  report: Report,
): CompositeCheck | undefined {
  const before = report.problems.length;
  const fields = readFields(compositeFields, ['of', 'preset'], entry, path, report);
  const list = readList(ownValue(entry, 'of'), bounds.parts, joinPath(path, 'of'), report);
  if (list === undefined || list.length === 0) {
    const message = 'needs at least one check';
    if (report.problems.length === before) report.problems.push({ path: joinPath(path, 'of'), message });
    return undefined;
  }
  const parts = list.map((one, at) => readPart(one, joinPath(joinPath(path, 'of'), at), readCheck, report));
  const { name, mode, pass = furtherDefaults.pass, marginal = furtherDefaults.marginal } = fields;
  if (marginal > pass) {
    const message = `must be at most pass, which is ${pass}`;
    report.problems.push({ path: joinPath(path, 'marginal'), message });
  }
  const failure = failureOf(fields.failAfter, joinPath(path, 'failAfter'), report);
  if (report.problems.length > before || name === undefined || mode === undefined) return undefined;
  return {
    kind: 'composite',
    name,
    unit: '',
    mode,
    parts: parts.filter((part) => part !== undefined),
    pass,
    marginal,
    onNoData: fields.onNoData ?? defaults.onNoData,
    failure,
    maxConsecutiveErrors: fields.maxConsecutiveErrors ?? defaults.maxConsecutiveErrors,
  };
}

/** A check as in any list, with its weight beside it. How often it fails is the whole's matter. */
function readPart(
  entry: unknown,
  path: string,
  readCheck: ReadCheck,
  report: Report,
): CompositePart | undefined {
  const { weight: _weight, critical: _critical, ...check } = isMapping(entry) ? entry : {};
  const given = isMapping(entry) ? entry : {};
  const picked = Object.fromEntries(
    Object.keys(partFields).flatMap((key) => {
      const value = ownValue(given, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const { weight = 1, critical = false } = readFields(partFields, [], picked, path, report);
  const before = report.problems.length;
  for (const key of ['failAfter', 'maxConsecutiveErrors'] as const) {
    if (ownValue(given, key) === undefined) continue;
    report.problems.push({
      path: joinPath(path, key),
      message: 'belongs to the composite check, not to its parts',
    });
  }
  const read = readCheck(isMapping(entry) ? check : entry, path);
  if (read === undefined || report.problems.length > before) return undefined;
  if (!isPart(read)) {
    report.problems.push({ path, message: `a ${read.kind} check cannot be a part; list it beside this one` });
    return undefined;
  }
  return { check: read, weight, critical };
}

/** Each look of a part stands for itself; checks that gather evidence over looks have no place here. */
function isPart(check: CheckConfig): check is CompositePart['check'] {
  return partKinds.includes(check.kind);
}
