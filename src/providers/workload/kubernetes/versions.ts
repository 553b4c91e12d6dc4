/** Which version an image is, and which image a version has; the two are each other's opposite. */
import { SluiceError } from '../../../domain/errors.ts';
import type { KubernetesOptions } from './options.ts';
import type { Container, PodTemplate } from './shapes.ts';

export const versionLabel = 'app.kubernetes.io/version';
const hole = '{{version}}';
const digest = /^[0-9a-f]{64}$/;
const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/** Tags that say nothing of what they hold. */
const floating = ['', 'latest'];

interface Image {
  readonly repository: string;
  readonly tag: string;
  /** Without its algorithm; only sha256 is known. */
  readonly digest: string;
}

/** `registry:5000/shop:v2@sha256:…` in its parts. */
function parts(image: string): Image {
  const [named = '', after = ''] = image.split('@');
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  return {
    repository: hasTag ? named.slice(0, colon) : named,
    tag: hasTag ? named.slice(colon + 1) : '',
    digest: after.replace(/^sha256:/, ''),
  };
}

/** Errors: `workload-config` if the version cannot be a tag. A version of 64 hexadecimal digits is a digest. */
export function imageOf(version: string, current: string, template: string | undefined): string {
  if (template !== undefined) return template.replace(hole, version);
  const { repository } = parts(current);
  if (digest.test(version)) return `${repository}@sha256:${version}`;
  if (tag.test(version)) return `${repository}:${version}`;
  const why = `"${version}" cannot be the tag of an image; name the image in workload.image`;
  throw new SluiceError('workload-config', `${why}.`);
}

/** The version that the pods of a template have. */
export function versionOf(
  template: PodTemplate,
  { container, image }: KubernetesOptions,
  name: string,
): string {
  const found = containerOf(template, container, name);
  const byTemplate = image === undefined ? null : holeIn(found.image, image);
  if (byTemplate !== null) return byTemplate;
  const { tag, digest } = parts(found.image);
  if (!floating.includes(tag)) return tag;
  return template.metadata.labels?.[versionLabel] || digest || tag || 'latest';
}

/** What stands for the version in an image that was made by the template. */
function holeIn(image: string, template: string): string | null {
  const [before = '', after = ''] = template.split(hole);
  const fits =
    image.startsWith(before) && image.endsWith(after) && image.length > before.length + after.length;
  return fits ? image.slice(before.length, image.length - after.length) : null;
}

/** Errors: `workload-config` if it is not clear which one is meant. */
export function containerOf(template: PodTemplate, wanted: string | undefined, name: string): Container {
  const { containers } = template.spec;
  const [only, ...others] = containers;
  const found = containers.find((one) => one.name === (wanted ?? name));
  if (found !== undefined) return found;
  if (wanted === undefined && only !== undefined && others.length === 0) return only;
  const names = containers.map((one) => one.name).join(', ');
  const what =
    wanted === undefined ? 'Several containers could hold the version' : `There is no container ${wanted}`;
  throw new SluiceError('workload-config', `${what}; set workload.container to one of ${names}.`);
}

/** Labels take fewer signs than versions; null: this one is none. */
export function labelFor(version: string): string | null {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(version) ? version : null;
}
