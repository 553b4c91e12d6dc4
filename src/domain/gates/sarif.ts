/** Findings of a SARIF 2.1.0 log (OASIS), whose rules may stand in the tool or its extensions. Pure. */
import { z } from 'zod';
import { type Severity, severityOf, severityOfScore } from './severity.ts';

const rule = z.object({
  id: z.string(),
  defaultConfiguration: z.object({ level: z.string().optional() }).nullish(),
  properties: z.object({ 'security-severity': z.union([z.string(), z.number()]).nullish() }).nullish(),
});
type Rule = z.output<typeof rule>;

const index = z.number().optional();
const component = z.object({ rules: z.array(rule).nullish() });
const result = z.object({
  ruleId: z.string().nullish(),
  ruleIndex: index,
  rule: z.object({ id: z.string().nullish(), index, toolComponent: z.object({ index }).nullish() }).nullish(),
  level: z.string().nullish(),
  kind: z.string().default('fail'),
  baselineState: z.string().nullish(),
});
type Result = z.output<typeof result>;

const run = z.object({
  tool: z.object({ driver: component, extensions: z.array(component).nullish() }),
  invocations: z
    .array(z.object({ executionSuccessful: z.boolean().optional(), endTimeUtc: z.string().optional() }))
    .nullish(),
  results: z.array(result).nullish(),
});
type Run = z.output<typeof run>;

const sarif = z.object({ version: z.literal('2.1.0'), runs: z.array(run).min(1) });

type SarifReading =
  | {
      readonly findings: readonly { readonly ruleId: string; readonly severity: Severity }[];
      /** When each run ended that tells it. */
      readonly endedAt: readonly string[];
    }
  | { readonly problem: string };

/** Null: it is no SARIF. */
export function readSarifLog(value: unknown): SarifReading | null {
  const { data } = sarif.safeParse(value);
  if (data === undefined) return null;
  const invocations = data.runs.flatMap((each) => each.invocations ?? []);
  if (invocations.some(({ executionSuccessful }) => executionSuccessful === false)) {
    return { problem: 'the report says that its scan failed' };
  }
  // Null or absent results are those of a scan that did not come to look.
  if (data.runs.some(({ results }) => !results)) {
    return { problem: 'the report has a run without results: nothing was scanned' };
  }
  return {
    findings: data.runs.flatMap((each) =>
      (each.results ?? []).filter(isFinding).map((one) => findingOf(one, each)),
    ),
    endedAt: invocations.flatMap(({ endTimeUtc }) => endTimeUtc ?? []),
  };
}

const harmlessKinds: readonly string[] = ['pass', 'notApplicable', 'informational'];

function isFinding({ kind, baselineState }: Result): boolean {
  return !harmlessKinds.includes(kind) && baselineState !== 'absent';
}

function findingOf(one: Result, within: Run): { ruleId: string; severity: Severity } {
  const ruled = ruleOf(one, within);
  const ruleId = one.ruleId ?? one.rule?.id ?? ruled?.id ?? 'unnamed';
  const score = scoreOf(ruled);
  const level = one.level ?? ruled?.defaultConfiguration?.level ?? (ruled ? 'warning' : 'unresolved');
  return { ruleId, severity: score === null ? severityOfLevel(level) : severityOfScore(score) };
}

/**
 * Section 3.52.4: by its index in the component that the result names, else by its id, of which a part may follow a
 * slash.
 */
function ruleOf({ ruleId, ruleIndex, rule: named }: Result, { tool }: Run): Rule | undefined {
  const extension = named?.toolComponent?.index ?? -1;
  const holder = extension >= 0 ? tool.extensions?.[extension] : tool.driver;
  const place = named?.index ?? ruleIndex ?? -1;
  const placed = place >= 0 ? holder?.rules?.[place] : undefined;
  if (placed !== undefined) return placed;
  const id = named?.id ?? ruleId;
  if (id == null) return undefined;
  const rules = [tool.driver, ...(tool.extensions ?? [])].flatMap((each) => each.rules ?? []);
  return rules.find((each) => each.id === id) ?? rules.find((each) => id.startsWith(`${each.id}/`));
}

/** Null: none is told. */
function scoreOf(ruled: Rule | undefined): number | null {
  const told = ruled?.properties?.['security-severity'] ?? null;
  return told === null || told === '' ? null : Number(told);
}

const levels: Readonly<Record<string, Severity>> = {
  error: 'high',
  warning: 'medium',
  note: 'low',
  none: 'low',
};

function severityOfLevel(level: string): Severity {
  return levels[level] ?? severityOf(level);
}
