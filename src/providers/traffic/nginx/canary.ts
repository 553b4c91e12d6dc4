/**
 * What the canary Ingress says: the stable one's hosts, paths, TLS and class, with the canary's Service behind them.
 */
import { z } from 'zod';
import { SluiceError } from '../../../domain/errors.ts';
import type { HeaderMatch } from '../../../domain/plan/types.ts';
import { type KubeObject, nameOf } from '../../kube/types.ts';
import { NoRoute, type RoutePlace, type RouteWanted } from '../kube/route.ts';
import { servicesOf } from '../kube/services.ts';
import { annotationsOf, ingressRefs } from './options.ts';

const backend = z.looseObject({ service: z.looseObject({ name: z.string() }).optional() });
const path = z.looseObject({ path: z.string().optional(), backend });
const rule = z.looseObject({
  host: z.string().optional(),
  http: z.looseObject({ paths: z.array(path) }).optional(),
});
const ingressSpec = z.looseObject({
  ingressClassName: z.string().optional(),
  tls: z.array(z.unknown()).optional(),
  defaultBackend: backend.optional(),
  rules: z.array(rule).optional(),
});
const ingressObject = z.object({ spec: ingressSpec });

export type IngressSpec = z.infer<typeof ingressSpec>;

/** The finest share is a hundredth of a percent. */
const weightTotal = 10_000;

/** Errors: `NoRoute` if the stable Ingress sends nothing to the stable Service. */
export function canarySpec(stable: KubeObject, place: RoutePlace): IngressSpec {
  const { ingressClassName, tls, defaultBackend, rules = [] } = specOf(stable);
  const { blue, green } = servicesOf(place);
  const isTarget = (each: z.infer<typeof backend>) => each.service?.name === blue;
  const turned = (each: z.infer<typeof backend>) => ({ ...each, service: { ...each.service, name: green } });
  const own = rules.flatMap(({ http, ...rest }) => {
    const paths = (http?.paths ?? []).filter((each) => isTarget(each.backend));
    if (paths.length === 0) return [];
    return [{ ...rest, http: { paths: paths.map((each) => ({ ...each, backend: turned(each.backend) })) } }];
  });
  const all = defaultBackend !== undefined && isTarget(defaultBackend) ? turned(defaultBackend) : undefined;
  if (own.length === 0 && all === undefined) {
    throw new NoRoute(`${nameOf(ingressRefs(place).stable)} sends nothing to the Service ${blue}.`);
  }
  return {
    ...(ingressClassName === undefined ? {} : { ingressClassName }),
    ...(tls === undefined ? {} : { tls }),
    ...(all === undefined ? {} : { defaultBackend: all }),
    ...(own.length === 0 ? {} : { rules: own }),
  };
}

export function leadsTo(object: KubeObject, service: string): boolean {
  const { rules = [], defaultBackend } = specOf(object);
  const backends = rules.flatMap(({ http }) => (http?.paths ?? []).map((each) => each.backend));
  return [...backends, defaultBackend].some((each) => each?.service?.name === service);
}

/** Host and path pairs, of which ingress-nginx takes no more than one canary each. */
export function pathsOf(object: KubeObject): readonly string[] {
  const { rules = [], defaultBackend } = specOf(object);
  const paths = rules.flatMap(({ host = '*', http }) =>
    (http?.paths ?? []).map((each) => `${host}${each.path ?? '/'}`),
  );
  return defaultBackend === undefined ? paths : [...paths, 'the default backend'];
}

/** The controller's annotations that give the canary Ingress its share; null: to be absent. */
export function shareNotes(
  place: RoutePlace,
  { stableSlot, canaryPercent, match }: Omit<RouteWanted, 'mark'>,
): Readonly<Record<string, string | null>> {
  const notes = annotationsOf(place);
  if (stableSlot === 'green' && match !== null) {
    const message = `${nameOf(ingressRefs(place).canary)} serves the stable version now, and ingress-nginx cannot send a header past it.`;
    throw new SluiceError('traffic-unready', message);
  }
  // The canary Ingress leads to the green slot, whichever is stable.
  const weight = Math.round(canaryPercent * (weightTotal / 100));
  return {
    [notes.canary]: 'true',
    [notes.weight]: String(stableSlot === 'blue' ? weight : weightTotal - weight),
    [notes.total]: String(weightTotal),
    [notes.header]: match?.header ?? null,
    [notes.value]: match?.value ?? null,
  };
}

interface IngressShare {
  /** Percent of ordinary requests that go to the canary Ingress's Service. */
  readonly green: number;
  readonly match: HeaderMatch | null;
}

/** As the controller would read it. */
export function shareIn(canary: KubeObject, place: RoutePlace): IngressShare {
  const notes = annotationsOf(place);
  const has = canary.metadata.annotations ?? {};
  if (has[notes.canary] !== 'true') return { green: 0, match: null };
  const [weight, total] = [Number(has[notes.weight] ?? 0), Number(has[notes.total] ?? 100)];
  const green = weight > 0 && total > 0 ? Math.min(100, (weight / total) * 100) : 0;
  const header = has[notes.header];
  // Without a value of its own the controller takes this one.
  return { green, match: header === undefined ? null : { header, value: has[notes.value] ?? 'always' } };
}

/** Errors: `traffic-unready` if shares of it could not be kept, or not be taken back. */
export function refuseAffinity(stable: KubeObject, place: RoutePlace): void {
  const { affinity } = annotationsOf(place);
  if (stable.metadata.annotations?.[affinity] === undefined) return;
  const what = nameOf(ingressRefs(place).stable);
  const message = `${what} has ${affinity}: ingress-nginx keeps users by their cookie where they are, whatever the canary's share, also when it is taken back to 0.`;
  throw new SluiceError('traffic-unready', message);
}

function specOf(object: KubeObject): IngressSpec {
  const { data } = ingressObject.safeParse(object);
  if (data !== undefined) return data.spec;
  throw new SluiceError('traffic-unready', `Ingress ${object.metadata.name} cannot be read.`);
}
