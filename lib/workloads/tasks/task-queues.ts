import { ArnFormat, Lazy, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { edgeResourceName } from '../../../lambdas/kit/ledger/edge.ts';
import type { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';

/** The queues of tasks by what lies in them. */
const edges = {
  tasks: 'tasks/run-tasks',
  longTasks: 'tasks/run-long-tasks',
  starts: 'tasks/start-tasks',
  callbacks: 'tasks/send-callbacks',
  sweeps: 'tasks/sweep-tasks',
} as const;

type Purpose = keyof typeof edges;
type QueueEdge = (typeof edges)[Purpose];

/** The queues that each of those sends to, which are made with those who work them off, and are all known to each of them. */
export class TaskQueues extends Construct {
  readonly #queues = new Map<Purpose, Queue>();

  constructor(scope: Construct) {
    super(scope, 'Queues');
  }

  /** What each handler that sends tasks on is told. */
  get variables() {
    return {
      TASKS_QUEUE_URL: this.#url('tasks'),
      LONG_TASKS_QUEUE_URL: this.#url('longTasks'),
      STARTS_QUEUE_URL: this.#url('starts'),
      CALLBACKS_QUEUE_URL: this.#url('callbacks'),
      SWEEPS_QUEUE_URL: this.#url('sweeps'),
    };
  }

  /** Once all of them are there. */
  settle(made: { readonly [P in Purpose]: { readonly queue: Queue } }): void {
    for (const purpose of Object.keys(edges) as Purpose[]) this.#queues.set(purpose, made[purpose].queue);
  }

  urlOf(edge: QueueEdge): string {
    return this.#url(purposeOf(edge));
  }

  /** By its name: a function must not depend on a queue that depends on it. */
  arnOf(edge: QueueEdge): string {
    const fifo = edge === edges.sweeps;
    const resource = edgeResourceName({ environment: environmentOf(this).name, edge, fifo });
    return Stack.of(this).formatArn({ service: 'sqs', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  }

  allowSending(handler: HandlerFunction): void {
    handler.allow(
      ['sqs:SendMessage'],
      Object.values(edges).map((edge) => this.arnOf(edge)),
    );
  }

  #url(purpose: Purpose): string {
    return Lazy.string({ produce: () => this.#queues.get(purpose)?.queueUrl });
  }
}

function purposeOf(edge: QueueEdge): Purpose {
  const found = (Object.keys(edges) as Purpose[]).find((purpose) => edges[purpose] === edge);
  if (!found) throw new Error(`${edge} is no queue of tasks`);
  return found;
}
