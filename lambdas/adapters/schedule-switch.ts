import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { once } from '#kit/once.ts';

const client = once(() => new SchedulerClient({}));

/** Turns a schedule, by `group/name`, on or off; one that stands so already is left alone. */
export async function switchSchedule(id: string, on: boolean): Promise<void> {
  const [GroupName, Name] = id.split('/');
  const { $metadata, Arn, CreationDate, LastModificationDate, ...schedule } = await client().send(
    new GetScheduleCommand({ GroupName, Name }),
  );
  const State = on ? 'ENABLED' : 'DISABLED';
  if (schedule.State === State) return;
  const { ScheduleExpression, FlexibleTimeWindow, Target } = schedule;
  // An update replaces all that a schedule is; what is not sent would be forgotten.
  await client().send(
    new UpdateScheduleCommand({ ...schedule, Name, ScheduleExpression, FlexibleTimeWindow, Target, State }),
  );
}
