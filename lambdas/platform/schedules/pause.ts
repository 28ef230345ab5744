/** A schedule that a person holds back. */
export interface Pause {
  readonly schedule: string;
  readonly paused_at: Date;
  readonly paused_by: string;
  readonly note: string | null;
}

export interface PauseBook {
  /** Those of now, by schedule. */
  open(): Promise<ReadonlyMap<string, Pause>>;
  /** Pauses the schedules that are not paused yet and resolves to them. Listeners are told within the transaction. */
  pause(
    schedules: readonly string[],
    by: { readonly who: string; readonly note: string | undefined },
    tell: (schedules: readonly string[]) => Promise<void>,
  ): Promise<readonly string[]>;
  /** Ends the pauses of those that are paused; resolves to which. */
  resume(
    schedules: readonly string[],
    who: string,
    tell: (schedules: readonly string[]) => Promise<void>,
  ): Promise<readonly string[]>;
  /** Schedules that were resumed since. */
  resumedSince(moment: Date): Promise<readonly string[]>;
}
