import { Duration } from 'aws-cdk-lib';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  SourceAccessConfigurationType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { HandlerFunction } from '../handler-function.ts';
import { KafkaCluster } from './cluster.ts';

/** Brokers that are none of ours. */
export interface SelfManagedBrokers {
  readonly bootstrapServers: readonly string[];
  /** User name and password for SASL/SCRAM-512. */
  readonly secret: ISecret;
}

/** How a topic's records are handed to a function. */
export interface MappingProps {
  readonly source: KafkaCluster | SelfManagedBrokers;
  /** Where a batch goes that kept failing, whole; its arrival there goes to the ledger. */
  readonly failures: IBucket;
  /**
   * Pollers that are kept ready: only they take partial answers, retries, bisecting. Each takes 5 MB/s; ten of them, begun
   * or not, are a unit that is paid for (lib/costs/prices.ts), shared by all handlers of one group's name. An environment
   * may go without (`standing.pollers`). @default pollers on demand
   */
  readonly pollers?: { readonly minimum: number; readonly maximum: number; readonly group: string };
  /** Records of a batch at most, up to 10,000. @default 500 */
  readonly batchSize?: number;
  /** How long a batch is gathered. @default 1 second */
  readonly batchingWindow?: Duration;
  /** Tries before a batch goes to `failures`; only with pollers kept ready. @default 5 */
  readonly attempts?: number;
}

/** The mapping of one topic. */
export interface Mapping {
  readonly topic: string;
  readonly id: string;
}

/** Lambda's event source mapping: pollers that read the topic and invoke the handler, which may read it from now on. */
export function mapTopic(
  scope: Construct & { readonly handler: HandlerFunction },
  topic: string,
  props: MappingProps,
): EventSourceMapping {
  const { source } = props;
  const { handler } = scope;
  const id = `Mapping-${topic.replaceAll('.', '-')}`;
  const options = { ...optionsOf(props), kafkaTopic: topic, target: handler.function };
  if (source instanceof KafkaCluster) {
    source.grantConsume(handler, topic);
    return new EventSourceMapping(scope, id, { ...options, eventSourceArn: source.clusterArn });
  }
  source.secret.grantRead(handler.function);
  return new EventSourceMapping(scope, id, {
    ...options,
    kafkaBootstrapServers: [...source.bootstrapServers],
    sourceAccessConfigurations: [
      { type: SourceAccessConfigurationType.SASL_SCRAM_512_AUTH, uri: source.secret.secretArn },
    ],
  });
}

function optionsOf({
  pollers,
  batchSize,
  batchingWindow,
  attempts,
  failures,
}: MappingProps): EventSourceMappingOptions {
  return {
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: batchSize ?? 500,
    maxBatchingWindow: batchingWindow ?? Duration.seconds(1),
    onFailure: { bind: () => ({ destination: failures.bucketArn }) },
    supportS3OnFailureDestination: true,
    ...(pollers
      ? {
          provisionedPollerConfig: {
            minimumPollers: pollers.minimum,
            maximumPollers: pollers.maximum,
            pollerGroupName: pollers.group,
          },
          reportBatchItemFailures: true,
          bisectBatchOnError: true,
          retryAttempts: (attempts ?? 5) - 1,
        }
      : {}),
  };
}
