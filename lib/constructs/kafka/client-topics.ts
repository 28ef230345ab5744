import { Duration, Lazy } from 'aws-cdk-lib';
import { InvocationType, Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { makeTopicsEnv } from '../../../lambdas/platform/contract.ts';
import { HandlerFunction, type Placed } from '../handler-function.ts';

/** A topic with Kafka's own settings. */
export interface ClientTopic {
  readonly name: string;
  readonly partitions: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** What making topics takes of a cluster. */
interface TopicsCluster extends Placed {
  readonly env: { readonly KAFKA_BROKERS: string; readonly KAFKA_AUTH: 'iam'; readonly KAFKA_REGION: string };
  grantMake(handler: HandlerFunction, topic: string): void;
}

/**
 * Topics of a cluster for which CloudFormation makes none (MSK Serverless): a function makes them as a client, within the
 * deployment and before anything that reads or writes them. A topic that is no longer named stays, with its records.
 */
export class ClientTopics extends Construct {
  readonly #topics: ClientTopic[] = [];
  readonly #cluster: TopicsCluster;
  readonly #make: HandlerFunction<typeof makeTopicsEnv>;

  constructor(scope: Construct, id: string, cluster: TopicsCluster) {
    super(scope, id);
    this.#cluster = cluster;
    this.#make = new HandlerFunction(this, 'Make', {
      handler: 'platform/make-topics',
      contract: makeTopicsEnv,
      env: { ...cluster.env, TOPICS: Lazy.string({ produce: () => JSON.stringify(this.#topics) }) },
      impact: 'The deployment stops: the topics that the new code reads and writes are not there.',
      severity: 'high',
      timeout: Duration.minutes(2),
      concurrency: 1,
      brokers: cluster,
    });
    new Trigger(this, 'Trigger', {
      handler: this.#make.function,
      executeOnHandlerChange: true,
      invocationType: InvocationType.REQUEST_RESPONSE,
      timeout: Duration.minutes(2),
    });
  }

  add(topic: ClientTopic): void {
    this.#topics.push(topic);
    this.#cluster.grantMake(this.#make, topic.name);
  }
}
