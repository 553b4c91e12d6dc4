/**
 * One conversation about one target's entries: what they say, and how an epoch becomes their owner.
 *
 * HAProxy has no compare-and-set, so owners are kept apart by keys. An owner first lays its entries down, then reads
 * who owns the target, then switches `epoch` to itself, then deletes the entries of all before it. Whoever comes late
 * with the switch therefore points at entries that are gone, which is: all traffic to stable.
 */
import { SluiceError } from '../../../domain/errors.ts';
import type { TargetId } from '../../../domain/plan/types.ts';
import { otherSlot, type Slot } from '../../../domain/rollout/types.ts';
import { fenced } from '../common/bounds.ts';
import type { Run } from './client.ts';
import { keysIn, type MapCommands, type MapName, tookEffect, valueIn } from './maps.ts';

/** A canary's entries. `match` is `=value`, or `-` for none: no request can ask for that. */
export interface Canary {
  /** Of 10,000. */
  readonly weight: number;
  readonly match: string;
  /** Epoch milliseconds. */
  readonly lease: number;
}

export interface Seen {
  readonly epoch: number;
  readonly stableSlot: Slot;
  readonly stopped: boolean;
  readonly canary: Canary;
  /** Whether the owner's entries exist; false after a restart, or after a late switch. */
  readonly owned: boolean;
}

export const noMatch = '-';
export const noCanary: Canary = { weight: 0, match: noMatch, lease: 0 };

const canaryMaps = ['weight', 'match', 'lease'] as const;
const maxRounds = 6;

export class Entries {
  private readonly run: Run;
  private readonly commands: MapCommands;
  private readonly id: TargetId;

  constructor(run: Run, commands: MapCommands, id: TargetId) {
    this.run = run;
    this.commands = commands;
    this.id = id;
  }

  /** What the frontend acts on, read without a change of owner in between. A good guess at the owner saves a round. */
  async read(guess?: number): Promise<Seen> {
    let epoch = guess ?? (await this.owner());
    for (let round = 1; round <= maxRounds; round++) {
      const seen = await this.readUnder(epoch);
      if (seen.epoch === epoch) return seen;
      epoch = seen.epoch;
    }
    throw this.restless();
  }

  /**
   * Makes `epoch` the owner, with the entries that `first` derives from the last owner's; no change if it is already.
   * Errors: `traffic-fenced` if a higher epoch owns the target.
   */
  async claim(epoch: number, first: (seen: Seen) => Canary): Promise<Seen> {
    let switched = false;
    for (let round = 1; round <= maxRounds; round++) {
      const seen = await this.read();
      // Switched to, yet swept: a later owner came first.
      const late = switched && seen.epoch === epoch && !seen.owned;
      if (seen.epoch > epoch || late) throw this.fenced(epoch, seen.epoch);
      if (seen.epoch === epoch && seen.owned) return seen;
      (await this.run(this.layDown(epoch, seen.stableSlot, first(seen)))).forEach(tookEffect);
      // Read after the entries lie there: only then does a later owner's sweep cover them.
      const now = await this.read();
      if (now.epoch > epoch) await this.remove([ownerKey(this.id, epoch)]);
      if (now.epoch !== seen.epoch || now.stableSlot !== seen.stableSlot) continue;
      await this.put('epoch', this.id, epoch);
      switched = true;
      await this.sweep(epoch);
    }
    throw this.restless();
  }

  /** Changes the owner's canary. Errors: `traffic-fenced` if `epoch` is not, or no longer, the owner. */
  async change(epoch: number, slot: Slot, change: Partial<Canary>): Promise<void> {
    const key = canaryKey(this.id, epoch, slot);
    const wanted = canaryMaps.flatMap((name) => {
      const value = change[name];
      return value === undefined ? [] : [this.commands.set(name, key, value)];
    });
    const answers = await this.run([...wanted, this.commands.get('epoch', this.id)]);
    const owner = Number(valueIn(answers.at(-1)) ?? 0);
    const done = answers.slice(0, -1).map(tookEffect);
    if (owner !== epoch || done.includes(false)) throw this.fenced(epoch, owner);
  }

  /** Swaps the roles in one write; the canary's entries, keyed by the stable slot, fall away with it. */
  async swap(epoch: number, slot: Slot): Promise<void> {
    const owner = ownerKey(this.id, epoch);
    (await this.run(this.layCanary(epoch, slot, noCanary))).forEach(tookEffect);
    const [set, seen] = await this.run([
      this.commands.set('stable', owner, slot),
      this.commands.get('epoch', this.id),
    ]);
    const present = Number(valueIn(seen) ?? 0);
    if (!tookEffect(set) || present !== epoch) throw this.fenced(epoch, present);
    const old = canaryKey(this.id, epoch, otherSlot(slot));
    (await this.run(canaryMaps.map((name) => this.commands.del(name, old)))).forEach(tookEffect);
  }

  /** Sets an entry whether it exists or not. */
  async put(name: MapName, key: string, value: string | number): Promise<void> {
    const set = this.commands.set(name, key, value);
    const [answer] = await this.run([set]);
    if (tookEffect(answer)) return;
    // Another writer may have added one in between, which would be read instead: setting changes both.
    (await this.run([this.commands.add(name, key, value), set])).forEach(tookEffect);
  }

  async owner(): Promise<number> {
    const [epoch] = await this.run([this.commands.get('epoch', this.id)]);
    return Number(valueIn(epoch) ?? 0);
  }

  /** The slot that is stable under `epoch`. Errors: `traffic-fenced` if `epoch` is not the owner. */
  async ownSlot(epoch: number): Promise<Slot> {
    const [owner, stable] = (
      await this.run([
        this.commands.get('epoch', this.id),
        this.commands.get('stable', ownerKey(this.id, epoch)),
      ])
    ).map(valueIn);
    const present = Number(owner ?? 0);
    if (present !== epoch || stable === null || stable === undefined) throw this.fenced(epoch, present);
    return slotOf(stable);
  }

  private async readUnder(epoch: number): Promise<Seen> {
    const asked = placesOf(this.id, epoch);
    const answers = await this.run(asked.map(([name, key]) => this.commands.get(name, key)));
    const values = new Map(asked.map((place, index) => [place.join(' '), valueIn(answers[index])]));
    return seenIn(this.id, epoch, (name, key) => values.get(`${name} ${key}`) ?? null);
  }

  private layDown(epoch: number, stableSlot: Slot, canary: Canary): string[] {
    const owner = ownerKey(this.id, epoch);
    const { add, del } = bound(this.commands);
    return [
      ...this.layCanary(epoch, stableSlot, canary),
      // Last, because sweeps look for it: what lies there in part is either found or never switched to.
      del('stable', owner),
      add('stable', owner, stableSlot),
    ];
  }

  /** Deleted first, so that entries of an earlier attempt are not doubled. Nobody reads them yet. */
  private layCanary(epoch: number, slot: Slot, canary: Canary): string[] {
    const key = canaryKey(this.id, epoch, slot);
    const { add, del } = bound(this.commands);
    return canaryMaps.flatMap((name) => [del(name, key), add(name, key, canary[name])]);
  }

  /**
   * Deletes the entries of every earlier owner of this target, abandoned ones too. A later one may just be arriving.
   */
  private async sweep(epoch: number): Promise<void> {
    const [answer] = await this.run([this.commands.show('stable')]);
    const prefix = `${this.id}@`;
    const owners = keysIn(answer).filter((key) => key.startsWith(prefix));
    await this.remove(owners.filter((key) => Number(key.slice(prefix.length)) < epoch));
  }

  private async remove(owners: readonly string[]): Promise<void> {
    const { del } = bound(this.commands);
    const keys = owners.flatMap((owner) => [`${owner}@blue`, `${owner}@green`]);
    const answers = await this.run([
      ...keys.flatMap((key) => canaryMaps.map((name) => del(name, key))),
      ...owners.map((owner) => del('stable', owner)),
    ]);
    answers.forEach(tookEffect);
  }

  private fenced(epoch: number, owner: number): SluiceError {
    return fenced(this.id, epoch, owner, 'nobody owns it since HAProxy was started');
  }

  private restless(): SluiceError {
    return new SluiceError('traffic-unavailable', `The owner of ${this.id} changed again and again.`);
  }
}

/** All that tells of a target under an owner. Who owns it comes first. */
function placesOf(id: TargetId, epoch: number): (readonly [MapName, string])[] {
  const canaryOf = (slot: Slot) => canaryMaps.map((name) => [name, canaryKey(id, epoch, slot)] as const);
  return [
    ['epoch', id],
    ['roles', id],
    ['stop', id],
    ['stop', '*'],
    ['stable', ownerKey(id, epoch)],
    ...canaryOf('blue'),
    ...canaryOf('green'),
  ];
}

/** What entries say of a target, `epoch` being whose entries count if it is the owner. */
export function seenIn(
  id: TargetId,
  epoch: number,
  value: (name: MapName, key: string) => string | null,
): Seen {
  const stable = value('stable', ownerKey(id, epoch));
  const stableSlot = slotOf(stable ?? value('roles', id));
  const key = canaryKey(id, epoch, stableSlot);
  const weight = value('weight', key);
  const numberIn = (text: string | null) => Number(text ?? 0);
  return {
    epoch: numberIn(value('epoch', id)),
    stableSlot,
    stopped: numberIn(value('stop', id)) > 0 || numberIn(value('stop', '*')) > 0,
    canary: {
      weight: numberIn(weight),
      match: value('match', key) ?? noMatch,
      lease: numberIn(value('lease', key)),
    },
    owned: stable !== null && weight !== null,
  };
}

function bound(commands: MapCommands) {
  return {
    add: (name: MapName, key: string, value: string | number) => commands.add(name, key, value),
    del: (name: MapName, key: string) => commands.del(name, key),
  };
}

function ownerKey(id: TargetId, epoch: number): string {
  return `${id}@${epoch}`;
}

function canaryKey(id: TargetId, epoch: number, stableSlot: Slot): string {
  return `${id}@${epoch}@${stableSlot}`;
}

function slotOf(role: string | null): Slot {
  return role === 'green' ? 'green' : 'blue';
}
