import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { once } from '#kit/once.ts';
import type { Finding } from './finding.ts';

const client = once(() => new SchedulerClient({}));

/** A schedule by `group/name`. A disabled schedule counts as there. */
export async function probeSchedule(id: string, abortSignal: AbortSignal): Promise<Finding> {
  const [GroupName, Name] = id.split('/');
  const schedule = await client().send(new GetScheduleCommand({ GroupName, Name }), { abortSignal });
  const { State, ScheduleExpression, ScheduleExpressionTimezone } = schedule;
  const at = `${ScheduleExpression} ${ScheduleExpressionTimezone}`;
  return { note: State === 'DISABLED' ? `switched off; ${at}` : at };
}
