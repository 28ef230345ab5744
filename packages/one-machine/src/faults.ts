/** Makes happen on purpose what AWS only does on bad days: doubled events and crashes around a handler. */
export interface Faults {
  /** Every event of a queue, schedule or task is delivered twice. */
  duplicates(): boolean;
  /** How often the next queue batch is delivered, each time on its own: once, or up to as often as is set. */
  deliveries(): number;
  crashBefore(): boolean;
  crashAfter(): boolean;
  set(settings: Partial<FaultSettings>): void;
  readonly settings: FaultSettings;
}

export interface FaultSettings {
  readonly duplicate: boolean;
  /** Each queue batch is delivered one to this many times, also while an earlier delivery of it is being worked on. */
  readonly deliveries: number;
  /** Probability that an instance dies before its handler runs. */
  readonly crashBefore: number;
  /** Probability that an instance dies after its work, before its answer. */
  readonly crashAfter: number;
}

/** The fault switch; everything off until set. `random` returns [0, 1). */
export function faultSwitch(random: () => number = Math.random): Faults {
  let settings: FaultSettings = { duplicate: false, deliveries: 1, crashBefore: 0, crashAfter: 0 };
  return {
    duplicates: () => settings.duplicate,
    deliveries: () => 1 + Math.floor(random() * settings.deliveries),
    crashBefore: () => random() < settings.crashBefore,
    crashAfter: () => random() < settings.crashAfter,
    set(changed) {
      settings = { ...settings, ...changed };
    },
    get settings() {
      return settings;
    },
  };
}
