import type { BehaviorEvent } from './event.ts';

/** What the routes of behaviour need. */
export interface TrackPorts {
  /** Resolves when Kafka has all of them. */
  readonly send: (events: readonly BehaviorEvent[]) => Promise<void>;
}
