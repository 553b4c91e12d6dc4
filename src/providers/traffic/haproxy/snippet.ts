/**
 * The rules by which a frontend honours role, weight, lease, stop and header match. Empty maps mean: all traffic to
 * blue.
 */
import type { TargetId } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import { type MapName, mapFile } from './maps.ts';
import {
  backendPattern,
  checked,
  checkTargetId,
  defaultBackend,
  defaultMatchHeader,
  headerPattern,
  pathPattern,
} from './names.ts';

export interface SnippetOptions {
  readonly target: TargetId;
  readonly mapsDir: string;
  /** Names of the two backends. Default: the target with its slot, such as `demo_shop_blue`. */
  readonly backends?: Readonly<Record<Slot, string>>;
  /** Requests with this header and the stage's value go to the canary. Default: `x-sluice-canary`. */
  readonly matchHeader?: string;
  /** Keeps a user in the same bucket: hashes this cookie or header; without it each request is drawn anew. */
  readonly affinity?: Affinity;
  /**
   * An anonymous ACL that says which requests are the target's, such as `{ req.hdr(host) shop.test }`. Default: all.
   */
  readonly when?: string;
}

type Affinity = { readonly cookie: string } | { readonly header: string };

/** The lines for one target, to paste into an existing frontend. Errors: `provider-config`, `request-invalid`. */
export function renderTargetSnippet(options: SnippetOptions): string {
  return `${renderRules(options)}${renderSwitch(options)}`;
}

/** The `http-request` lines. Several targets may follow one another: each acts only on its own requests. */
export function renderRules({ target, mapsDir, affinity, matchHeader, when }: SnippetOptions): string {
  const ours = oursOf(target);
  const header = checked(headerPattern, matchHeader ?? defaultMatchHeader, 'header');
  const map = (name: MapName) => `'${mapFile(checked(pathPattern, mapsDir, 'folder'), name)}'`;
  const set = (name: string, value: string, condition = '') =>
    `    http-request set-var(txn.sluice_${name}) "${value}" if ${ours}${condition}\n`;
  const goes = '{ var(txn.sluice_stop) -m int 0 } { var(txn.sluice_left) -m int gt 0 }';
  return `    # sluice: ${target}
    http-request set-var(txn.sluice_target) str(${target})${when === undefined ? '' : ` if ${condition(when)}`}
${[
  // The owner, the slot that is stable under it, and the entries that both together name.
  set('epoch', `var(txn.sluice_target),map_str(${map('epoch')},0)`),
  set('owner', 'var(txn.sluice_target),concat(@,txn.sluice_epoch)'),
  set('role', `var(txn.sluice_target),map_str(${map('roles')},blue)`),
  set('stable', 'var(txn.sluice_role)'),
  set(
    'stable',
    `var(txn.sluice_owner),map_str(${map('stable')})`,
    ` { var(txn.sluice_owner),map_str(${map('stable')}) -m found }`,
  ),
  set('key', 'var(txn.sluice_owner),concat(@,txn.sluice_stable)'),
  // May the canary take traffic at all?
  set('stop_all', `str(*),map_str_int(${map('stop')},0)`),
  set('stop', `var(txn.sluice_target),map_str_int(${map('stop')},0),add(txn.sluice_stop_all)`),
  set('now', 'date(0,ms)'),
  set('left', `var(txn.sluice_key),map_str_int(${map('lease')},0),sub(txn.sluice_now)`),
  // Is this request for it, by lot or by header?
  set('bucket', 'rand(10000)'),
  affinity
    ? set(
        'bucket',
        `${fetchOf(affinity)},xxh32(${seedOf(target)}),mod(10000)`,
        ` { ${fetchOf(affinity)} -m found }`,
      )
    : '',
  set('weight', `var(txn.sluice_key),map_str_int(${map('weight')},0)`),
  set('match', `var(txn.sluice_key),map_str(${map('match')},-)`),
  `    http-request set-var-fmt(txn.sluice_asked) "=%[req.hdr(${header})]" if ${ours}\n`,
  set('slot', 'var(txn.sluice_stable)'),
  set('canary', 'str(green)'),
  set('canary', 'str(blue)', ' { var(txn.sluice_stable) -m str green }'),
  set(
    'slot',
    'var(txn.sluice_canary)',
    ` ${goes} { var(txn.sluice_bucket),sub(txn.sluice_weight) -m int lt 0 }`,
  ),
  set(
    'slot',
    'var(txn.sluice_canary)',
    ` ${goes} { var(txn.sluice_match),strcmp(txn.sluice_asked) -m int 0 }`,
  ),
].join('')}`;
}

/** The `use_backend` lines. */
export function renderSwitch({ target, backends }: SnippetOptions): string {
  const ours = oursOf(target);
  const backend = (slot: Slot) =>
    checked(backendPattern, backends?.[slot] ?? defaultBackend(target, slot), 'backend');
  return `    use_backend ${backend('green')} if ${ours} { var(txn.sluice_slot) -m str green }
    use_backend ${backend('blue')} if ${ours}
`;
}

function oursOf(target: TargetId): string {
  return `{ var(txn.sluice_target) -m str ${checkTargetId(target)} }`;
}

function condition(when: string): string {
  return checked(/^\{ [^\p{Cc}#]+ \}$/u, when, 'condition');
}

function fetchOf(affinity: Affinity): string {
  const [kind, name] = 'cookie' in affinity ? ['req.cook', affinity.cookie] : ['req.hdr', affinity.header];
  return `${kind}(${checked(headerPattern, name, `${kind} name`)})`;
}

/** Differs between targets, so that it is not always the same users who get the new version first. */
function seedOf(target: TargetId): number {
  let seed = 0;
  for (const letter of target) seed = (seed * 31 + (letter.codePointAt(0) ?? 0)) % 2 ** 31;
  return seed;
}
