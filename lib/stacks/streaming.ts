import type { Construct } from 'constructs';
import type { BrokerKind } from '../constructs/kafka/brokers.ts';
import { KafkaCluster, type TopicProps } from '../constructs/kafka/cluster.ts';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';
import type { NetworkStack } from './network.ts';

export interface StreamingStackProps {
  readonly network: NetworkStack;
  readonly kind: BrokerKind;
  /** Of all workloads: what produces and what consumes may be two of them. */
  readonly topics: readonly TopicProps[];
}

/** The Kafka brokers and their topics. Made only where the environment has a broker. */
export class StreamingStack extends MillraceStack {
  readonly cluster: KafkaCluster;

  constructor(scope: Construct, environment: Environment, { network, kind, topics }: StreamingStackProps) {
    super(scope, 'Streaming', environment);
    this.cluster = new KafkaCluster(this, 'Kafka', {
      kind,
      vpc: network.vpc,
      subnets: network.subnets,
      clients: network.functions,
    });
    for (const topic of topics) this.cluster.topic(topicId(topic.name), topic);
  }
}

/** `wx.messages.tagged` -> `Topic-wx-messages-tagged`. */
function topicId(name: string): string {
  return `Topic-${name.replaceAll(/[^\w]/g, '-')}`;
}
