/** Which missed slots are run: the newest of them, each of them, or none. */
export const catchUpPolicies = ['run-once', 'run-all', 'skip'] as const;

export type CatchUpPolicy = (typeof catchUpPolicies)[number];

/** How a schedule's slots are kept. */
export interface SlotRules {
  readonly catchUp: CatchUpPolicy;
  /** How late a start may be before its slot counts as missed; more than the schedule's own retries take. */
  readonly graceMinutes: number;
}

/** One scheduled handler, as the stack needs it. */
export interface ScheduledTask {
  /** EventBridge Scheduler expression: `cron(0 10 1,11,21 * ? *)` or `rate(6 hours)`. */
  readonly at: string;
  /** IANA zone in which `at` is read. */
  readonly timeZone: string;
  /** What is lost while this fails, in the words of the person who reads the alarm. */
  readonly impact: string;
  /** Each slot has a row, and a missed one is caught up; for `cron` only, whose slots are known beforehand. @default not kept */
  readonly slots?: SlotRules;
}

/** A slot that a scheduled handler has done its work for. */
export interface SlotStart {
  /** `platform/export-tables`. */
  readonly schedule: string;
  /** The slot's time, UTC. */
  readonly scheduled_time: string;
  /** Name of the run that the start led to, within the schedule's workload. */
  readonly run?: string | undefined;
  /** `schedule`, `keeper`, `backfill 3`. */
  readonly started_by: string;
}
