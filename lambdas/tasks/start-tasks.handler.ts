import { queue } from '#adapters/queue.ts';
import { stateMachine } from '#adapters/state-machine.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { startMessage, startTasksEnv } from './contract.ts';
import { startTask } from './steps/start-task.ts';

/** Starts the executions of long tasks. Outside of the VPC: only from there Step Functions is in reach. */
export const handler = queueHandler({
  env: startTasksEnv,
  message: startMessage,
  ledger: sendFailures,
  services: (env) => ({
    steps: stateMachine(env.STEPS_MACHINE),
    spark: env.SPARK_MACHINE === '' ? undefined : stateMachine(env.SPARK_MACHINE),
    tell: queue(env.TASKS_QUEUE_URL),
  }),
  handle: startTask,
});
