/** What a guard says of what it sees and does, for logs, metrics and Events. */
import type { TargetId } from '../domain/plan/types.ts';
import type { RouteRecord } from '../providers/traffic/kube/lease-state.ts';
import type { Why } from './tracked.ts';

export type GuardReport =
  /** A route has to come home. */
  | { readonly kind: 'due'; readonly target: TargetId; readonly why: Why }
  | ({ readonly kind: 'restored' } & Homecoming)
  /** By somebody else. */
  | ({ readonly kind: 'found-home' } & Homecoming)
  /** What looked like a lapse was none. */
  | { readonly kind: 'renewed'; readonly target: TargetId }
  | { readonly kind: 'nothing'; readonly target: TargetId; readonly problem: string }
  | {
      readonly kind: 'failed';
      readonly target: TargetId;
      readonly problem: string;
      readonly attempts: number;
      readonly nextInMs: number;
    }
  /** The API server has been out of reach for so long that no lapse can be trusted. */
  | { readonly kind: 'away'; readonly problem: string }
  /** It answers again, and the time away does not count against any lease. */
  | { readonly kind: 'back'; readonly awayMs: number; readonly targets: number }
  | { readonly kind: 'trouble'; readonly problem: string }
  | { readonly kind: 'leads' | 'follows' };

interface Homecoming {
  readonly target: TargetId;
  readonly route: RouteRecord;
  readonly why: Why;
  readonly tookMs: number;
}
