/** The list of bundles, those collected last first, page after page. */
import type { Place } from '../../domain/evidence/layout.ts';
import type { Manifest } from '../../domain/evidence/types.ts';
import { type Archive, listedAt, manifestAt, placesIn } from '../../evidence/archive.ts';
import type { Unsealed } from '../../evidence/seal.ts';
import { areaOf, type Sees } from '../access/sight.ts';
import type { BundleList, BundleListQuery } from '../contract.ts';
import { Queue } from '../express/queue.ts';
import { cursorOf, placeIn } from '../temporal/pages.ts';

type Failing = BundleList['failing'];

const atOnce = 20;
const maxKnown = 1_000;
/** Of one target, on one page: what lies behind more of them is not found. */
const mostDamaged = 1_000;

export class BundleLister {
  private readonly archive: Archive;
  private readonly failing: () => Promise<Failing>;
  /** Manifests never change, so one that was read once is known; those that were read first are forgotten first. */
  private readonly known = new Map<string, Unsealed<Manifest>>();

  private readonly reading = new Queue(atOnce);

  constructor(archive: Archive, failing: () => Promise<Failing>) {
    this.archive = archive;
    this.failing = failing;
  }

  /** Throws `request-invalid` for a cursor of another list. */
  async page(query: BundleListQuery, sees: Sees): Promise<BundleList> {
    const { environment, service, limit, cursor } = query;
    const filter = JSON.stringify({ environment, service });
    const after = cursor === undefined ? null : rankIn(placeIn(cursor, filter).token);
    const fits = ({ target }: { readonly target: string }) => {
      const area = areaOf(target);
      const named = (environment ?? area.environment) === area.environment;
      return named && (service ?? area.service) === area.service && (sees === null || sees(area));
    };
    const places = (await placesIn(this.archive)).filter(fits);
    const chains = chainsOf(places);
    const parts = await aFewAtATime(chains, (chain) => this.following(chain, after));
    const reads = await Promise.all(parts.map((part) => this.first(part, limit)));
    const found = reads.flatMap((read) => read.found);
    const more = reads.some((read) => read.more);
    const all = found.flatMap(({ manifest }) => manifest ?? []).sort((a, b) => order(rankOf(a), rankOf(b)));
    const latest = all.slice(0, limit);
    const last = latest.at(-1);
    return {
      bundles: await aFewAtATime(latest, (manifest) => listedAt(this.archive, manifest)),
      total: places.length,
      damaged: found.flatMap(({ place, manifest }) => (manifest === null ? [place] : [])).slice(0, limit),
      failing: (await this.failing()).filter(fits),
      next: last && (more || all.length > limit) ? cursorOf(tokenFrom(rankOf(last)), filter) : null,
    };
  }

  /** So many sound ones of a chain, with the damaged ones among them. `more`: not all of it was looked at. */
  private async first(chain: readonly Place[], count: number) {
    const found: { readonly place: Place; readonly manifest: Unsealed<Manifest> | null }[] = [];
    const end = Math.min(chain.length, count + mostDamaged);
    let sound = 0;
    while (sound < count && found.length < end) {
      const some = chain.slice(found.length, Math.min(end, found.length + count - sound));
      const look = async (place: Place) => ({ place, manifest: await this.manifest(place) });
      const read = await Promise.all(some.map((place) => this.reading.pass(() => look(place))));
      found.push(...read);
      sound += read.filter(({ manifest }) => manifest !== null).length;
    }
    return { found, more: found.length < chain.length };
  }

  /** Of one target, whose chain is in order of time, newest first: those that come after the rank. */
  private async following(chain: readonly Place[], after: Rank | null): Promise<readonly Place[]> {
    if (after === null) return chain;
    let from = 0;
    let to = chain.length;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const seen = await this.firstSound(chain, middle, to);
      if (seen === null || order(after, rankOf(seen.manifest)) < 0) to = middle;
      else from = seen.at + 1;
    }
    return chain.slice(from);
  }

  private async firstSound(chain: readonly Place[], from: number, to: number) {
    for (const [index, place] of chain.slice(from, to).entries()) {
      const manifest = await this.manifest(place);
      if (manifest !== null) return { at: from + index, manifest };
    }
    return null;
  }

  private async manifest(place: Place): Promise<Unsealed<Manifest> | null> {
    const id = `${place.target}#${place.position}`;
    const known = this.known.get(id);
    if (known) return known;
    const found = await manifestAt(this.archive, place);
    if (found !== null) this.known.set(id, found);
    const [oldest] = this.known.keys();
    if (this.known.size > maxKnown && oldest !== undefined) this.known.delete(oldest);
    return found;
  }
}

/** By target, newest first. */
function chainsOf(places: readonly Place[]): Place[][] {
  const chains = new Map<string, Place[]>();
  for (const place of places.toReversed()) {
    const chain = chains.get(place.target);
    if (chain === undefined) chains.set(place.target, [place]);
    else chain.push(place);
  }
  return [...chains.values()];
}

/** Where a bundle stands in the list. */
type Rank = readonly [collectedAtMs: number, target: string, position: number];

function rankOf({ body }: Unsealed<Manifest>): Rank {
  return [body.collectedAtMs, body.target, body.position];
}

function order([atA, targetA, a]: Rank, [atB, targetB, b]: Rank): number {
  return atB - atA || targetA.localeCompare(targetB) || b - a;
}

function tokenFrom(rank: Rank): Uint8Array {
  return Buffer.from(rank.join(' '));
}

function rankIn(token: Uint8Array): Rank {
  const [atMs, target = '', position] = Buffer.from(token).toString().split(' ');
  return [Number(atMs), target, Number(position)];
}

async function aFewAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))));
  return results;
}
