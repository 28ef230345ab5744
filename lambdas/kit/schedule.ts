/** One scheduled handler, as the stack needs it. */
export interface ScheduledTask {
  /** EventBridge Scheduler expression: `cron(0 10 1,11,21 * ? *)` or `rate(6 hours)`. */
  readonly at: string;
  /** IANA zone in which `at` is read. */
  readonly timeZone: string;
  /** What is lost while this fails, in the words of the person who reads the alarm. */
  readonly impact: string;
}
