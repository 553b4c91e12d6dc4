/**
 * What of an older OpenAPI document a newer one does not keep, in words: the promise of docs/api.md, point by point.
 */

type Json = Readonly<Record<string, unknown>>;

/** Both documents, to look references up, and where in them the comparison is. */
interface Place {
  readonly old: Json;
  readonly now: Json;
  readonly at: string;
  readonly breaks: string[];
  /** Pairs of references under comparison: a schema may contain itself. */
  readonly open: ReadonlySet<string>;
}

export function openapiBreaks(old: Json, now: Json): string[] {
  const breaks: string[] = [];
  for (const [path, methods] of entries(old.paths)) {
    for (const [method, was] of entries(methods)) {
      const is = object(object(object(now.paths)[path])[method]);
      const at = `${method.toUpperCase()} ${path}`;
      if (Object.keys(is).length === 0) breaks.push(`${at} is gone`);
      else operation({ old, now, at, breaks, open: new Set() }, object(was), is);
    }
  }
  return breaks;
}

function operation(place: Place, was: Json, is: Json): void {
  if (was.operationId !== is.operationId) place.breaks.push(`${place.at} has another operationId`);
  parameters(place, list(was.parameters).map(object), list(is.parameters).map(object));
  const oldBody = object(was.requestBody);
  const newBody = object(is.requestBody);
  if (newBody.required === true && oldBody.required !== true)
    place.breaks.push(`${place.at} needs a body now`);
  for (const [type, media] of entries(oldBody.content)) {
    const accepted = object(newBody.content)[type];
    if (accepted === undefined) place.breaks.push(`${place.at} takes no ${type} any more`);
    else asked(inside(place, 'body'), object(media).schema, object(accepted).schema);
  }
  for (const [status, answer] of entries(was.responses))
    responses(place, status, object(answer), object(is.responses));
}

function parameters(place: Place, was: readonly Json[], is: readonly Json[]): void {
  const same = (one: Json) => (other: Json) => one.name === other.name && one.in === other.in;
  for (const one of was) {
    const kept = is.find(same(one));
    const named = inside(place, `${one.in} ${one.name}`);
    if (kept === undefined) place.breaks.push(`${named.at} is not taken any more`);
    else asked(named, one.schema, kept.schema);
  }
  for (const one of is.filter(({ required }) => required === true)) {
    const known = was.find(same(one));
    if (known?.required !== true) place.breaks.push(`${place.at}: ${one.in} ${one.name} is needed now`);
  }
}

function responses(place: Place, status: string, was: Json, is: Json): void {
  const answer = is[status];
  if (answer === undefined) {
    place.breaks.push(`${place.at} does not answer ${status} any more`);
    return;
  }
  for (const [type, media] of entries(was.content)) {
    const told = object(object(object(answer).content)[type]);
    const codes = Object.keys(object(object(media).examples));
    const gone = codes.filter((code) => !(code in object(told.examples)));
    for (const code of gone) place.breaks.push(`${place.at}: code ${code} of ${status} is gone`);
    if (told.schema === undefined) place.breaks.push(`${place.at}: ${status} is no ${type} any more`);
    else answered(inside(place, status), object(media).schema, told.schema);
  }
}

/** Whatever was taken must be taken. */
function asked(place: Place, was: unknown, is: unknown): void {
  compare(place, was, is, asked, ({ at, breaks }, old, now) => {
    const needed = list(now.required).filter((name) => !list(old.required).includes(name));
    for (const name of needed) breaks.push(`${at}.${name} is needed now`);
    for (const name of Object.keys(object(old.properties))) {
      if (!(name in object(now.properties)) && now.additionalProperties === false)
        breaks.push(`${at}.${name} is not taken any more`);
    }
    const types = typesOf(now);
    const refused = typesOf(old).filter((type) => types.length > 0 && !types.includes(type));
    if (refused.length > 0) breaks.push(`${at} takes no ${refused.join(', ')} any more`);
    const bounds = [
      'pattern',
      'format',
      'const',
      'maxLength',
      'maximum',
      'maxItems',
      'minLength',
      'minimum',
      'minItems',
    ];
    for (const bound of bounds) {
      if (now[bound] !== undefined && isNarrower(bound, old[bound], now[bound]))
        breaks.push(`${at} has a narrower ${bound}`);
    }
  });
}

/** Whatever was answered must be answered. */
function answered(place: Place, was: unknown, is: unknown): void {
  compare(place, was, is, answered, ({ at, breaks }, old, now) => {
    for (const name of Object.keys(object(old.properties))) {
      if (!(name in object(now.properties))) breaks.push(`${at}.${name} is gone`);
      else if (list(old.required).includes(name) && !list(now.required).includes(name))
        breaks.push(`${at}.${name} may be missing now`);
    }
    const types = typesOf(old);
    const strange = typesOf(now).filter((type) => types.length > 0 && !types.includes(type));
    if (strange.length > 0) breaks.push(`${at} may be ${strange.join(', ')} now`);
  });
}

function compare(
  place: Place,
  was: unknown,
  is: unknown,
  again: (place: Place, was: unknown, is: unknown) => void,
  here: (place: Place, old: Json, now: Json) => void,
): void {
  const pair = `${object(was).$ref} ${object(is).$ref}`;
  if (place.open.has(pair)) return;
  const within: Place =
    object(was).$ref === undefined ? place : { ...place, open: new Set([...place.open, pair]) };
  const old = resolved(place.old, object(was));
  const now = resolved(place.now, object(is));
  here(within, old, now);
  const lost = list(old.enum).filter((value) => Array.isArray(now.enum) && !now.enum.includes(value));
  if (lost.length > 0) place.breaks.push(`${place.at} has no value ${lost.join(', ')} any more`);
  for (const [name, schema] of entries(old.properties)) {
    const kept = object(now.properties)[name];
    if (kept !== undefined) again(inside(within, name), schema, kept);
  }
  for (const key of ['items', 'additionalProperties']) {
    if (isObject(old[key]) && isObject(now[key]))
      again(inside(within, key === 'items' ? '[]' : '*'), old[key], now[key]);
  }
  for (const key of ['anyOf', 'oneOf']) {
    const choices = list(now[key]);
    for (const [index, choice] of list(old[key]).entries()) {
      const fits = choices.some((other) => {
        const breaks: string[] = [];
        again({ ...within, breaks }, choice, other);
        return breaks.length === 0;
      });
      if (!fits) place.breaks.push(`${place.at} has lost choice ${index + 1} of ${key}`);
    }
  }
}

function isNarrower(bound: string, was: unknown, is: unknown): boolean {
  if (typeof is !== 'number') return JSON.stringify(was) !== JSON.stringify(is);
  if (typeof was !== 'number') return !(bound.startsWith('min') && is === 0);
  return bound.startsWith('min') ? is > was : is < was;
}

function typesOf(schema: Json): unknown[] {
  return schema.type === undefined ? [] : [schema.type].flat();
}

function resolved(document: Json, schema: Json): Json {
  if (typeof schema.$ref !== 'string') return schema;
  return object(
    schema.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((so, key) => object(so)[key], document),
  );
}

function inside(place: Place, part: string): Place {
  return { ...place, at: `${place.at} ${part}` };
}

function entries(value: unknown): [string, unknown][] {
  return Object.entries(object(value));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: unknown): Json {
  return isObject(value) ? value : {};
}
