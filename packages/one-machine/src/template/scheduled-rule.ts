import { TemplateError } from './intrinsics.ts';
import type { ScheduleModel } from './model.ts';
import { account } from './names.ts';

interface Target {
  readonly Arn: string;
  readonly Id?: string;
  readonly Input?: string;
  readonly RoleArn?: string;
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number | string };
  readonly DeadLetterConfig?: { readonly Arn: string };
}

const known = ['Arn', 'Id', 'Input', 'RoleArn', 'RetryPolicy', 'DeadLetterConfig'];

/** A rule by the clock: a schedule in UTC for each of its targets, with the event that EventBridge makes of a slot. */
export function scheduledRule(
  name: string,
  { ScheduleExpression, Targets }: Readonly<Record<string, unknown>>,
  enabled: boolean,
): readonly ScheduleModel[] {
  const targets = (Targets ?? []) as readonly Target[];
  return targets.map((target, index) => {
    checkKeys(`The rule ${name}`, target, known);
    return {
      name: targets.length === 1 ? name : `${name}-${target.Id ?? index}`,
      expression: String(ScheduleExpression),
      timeZone: 'UTC',
      enabled,
      target: target.Arn,
      input: target.Input ?? scheduledEvent,
      retries: Number(target.RetryPolicy?.MaximumRetryAttempts ?? 185),
      deadLetter: target.DeadLetterConfig?.Arn,
    };
  });
}

/** What a target is told that isn't known here would be done on AWS alone. */
export function checkKeys(whose: string, target: object, known: readonly string[]): void {
  const strange = Object.keys(target).filter((key) => !known.includes(key));
  if (strange.length > 0) throw new TemplateError(`${whose} has a target with ${strange.join(', ')}`);
}

/** Source: EventBridge User Guide, "Events of scheduled rules". */
const scheduledEvent = JSON.stringify({
  version: '0',
  id: '<aws.scheduler.execution-id>',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: '<aws.scheduler.scheduled-time>',
  resources: ['<aws.scheduler.schedule-arn>'],
  detail: {},
});
