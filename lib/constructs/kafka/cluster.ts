import { Aws, Fn } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnTopic } from 'aws-cdk-lib/aws-msk';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import type { HandlerFunction } from '../handler-function.ts';
import { environmentOf, nameOfStacksOwn, removalPolicyOf } from '../millrace-stack.ts';
import { bootstrapBrokers } from './bootstrap-brokers.ts';
import { type BrokerKind, makeBrokers, zones } from './brokers.ts';
import { ClientTopics } from './client-topics.ts';
import { openToPollers } from './poller-endpoints.ts';

export interface KafkaClusterProps {
  readonly kind: BrokerKind;
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** Only functions that carry this group may reach the brokers. */
  readonly clients: ISecurityGroup;
}

/** A topic as a person asks for it. */
export interface TopicProps {
  readonly name: string;
  /** As many consumers at most work side by side. It can grow; keys are then dealt anew. */
  readonly partitions: number;
  /** @default Kafka's own seven days */
  readonly retentionHours?: number;
}

/** Where brokers listen for clients that sign in by IAM. */
const iamPort = Port.tcp(9098);
/** Amazon MSK: brokers that only clients signed in by IAM reach, over TLS, from inside the VPC. */
export class KafkaCluster extends Construct {
  readonly kind: BrokerKind;
  readonly clusterName: string;
  readonly clusterArn: string;
  /** What a handler that produces or asks must know. */
  readonly env: { readonly KAFKA_BROKERS: string; readonly KAFKA_AUTH: 'iam'; readonly KAFKA_REGION: string };
  /** Function settings of everything that produces. */
  readonly placement: { vpc: IVpc; vpcSubnets: SubnetSelection; securityGroups: ISecurityGroup[] };
  readonly #topics: string[] = [];
  #clientTopics: ClientTopics | undefined;

  constructor(scope: Construct, id: string, props: KafkaClusterProps) {
    super(scope, id);
    this.kind = props.kind;
    const group = this.#makeGroup(props);
    const clusterName = nameOfStacksOwn(this);
    const cluster = makeBrokers(this, { ...props, clusterName, group });
    cluster.applyRemovalPolicy(removalPolicyOf(this));
    this.clusterArn = cluster.ref;
    if (environmentOf(this).standing.pollers === 'demand') openToPollers(this, { ...props, group });
    this.placement = { vpc: props.vpc, vpcSubnets: props.subnets, securityGroups: [props.clients] };
    const { region } = environmentOf(this);
    const told = bootstrapBrokers(this, clusterName);
    this.clusterName = told.clusterName;
    this.env = { KAFKA_BROKERS: told.brokers, KAFKA_AUTH: 'iam', KAFKA_REGION: region };
  }

  /** CloudFormation makes topics of provisioned and express clusters only; a serverless one’s are made by a client. */
  topic(id: string, { name, partitions, retentionHours }: TopicProps): void {
    this.#topics.push(name);
    const retention = retentionHours === undefined ? undefined : String(retentionHours * 60 * 60 * 1000);
    if (this.kind === 'serverless') {
      this.#clientTopics ??= new ClientTopics(this, 'Topics', this);
      this.#clientTopics.add({ name, partitions, configs: retention ? { 'retention.ms': retention } : {} });
      return;
    }
    const configs = retention && `retention.ms=${retention}`;
    const topic = new CfnTopic(this, id, {
      clusterArn: this.clusterArn,
      topicName: name,
      partitionCount: partitions,
      replicationFactor: zones[this.kind],
      ...(configs === undefined ? {} : { configs: Fn.base64(configs) }),
    });
    topic.applyRemovalPolicy(removalPolicyOf(this));
  }

  /** Names of all that were asked for. */
  get topics(): readonly string[] {
    return this.#topics;
  }

  grantProduce(handler: HandlerFunction, topics: readonly string[]): void {
    handler.allow(['kafka-cluster:Connect', 'kafka-cluster:WriteDataIdempotently'], [this.clusterArn]);
    this.#allow(
      handler,
      ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
      topics.map((topic) => this.#arnOf('topic', topic)),
    );
  }

  /** Making one topic, and giving it more partitions. */
  grantMake(handler: HandlerFunction, topic: string): void {
    handler.allow(['kafka-cluster:Connect'], [this.clusterArn]);
    this.#allow(
      handler,
      ['kafka-cluster:CreateTopic', 'kafka-cluster:DescribeTopic', 'kafka-cluster:AlterTopic'],
      [this.#arnOf('topic', topic)],
    );
  }

  /** Enough to see that the brokers are there. */
  grantConnect(handler: HandlerFunction): void {
    handler.allow(['kafka-cluster:Connect'], [this.clusterArn]);
  }

  /** Asking how far topics reach. */
  grantDescribe(handler: HandlerFunction, topics: readonly string[]): void {
    this.grantConnect(handler);
    this.#allow(
      handler,
      ['kafka-cluster:DescribeTopic'],
      topics.map((topic) => this.#arnOf('topic', topic)),
    );
  }

  /** Asking how far consumer groups have come. */
  grantDescribeGroups(handler: HandlerFunction, groups: readonly string[]): void {
    this.#allow(
      handler,
      ['kafka-cluster:DescribeGroup'],
      groups.map((group) => this.#arnOf('group', group)),
    );
  }

  /** What Lambda's pollers do in the function's name. */
  grantConsume(handler: HandlerFunction, topic: string): void {
    handler.allow(
      [
        'kafka-cluster:Connect',
        'kafka-cluster:DescribeClusterDynamicConfiguration',
        'kafka:DescribeCluster',
        'kafka:DescribeClusterV2',
      ],
      [this.clusterArn],
    );
    this.#allow(handler, ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'], [this.#arnOf('topic', topic)]);
    // The group is named for a mapping that comes later: a policy that named it would wait for it, and it for the policy.
    this.#allow(handler, ['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'], [this.#arnOf('group', '*')]);
    // IAM knows no resource for it.
    handler.allow(['kafka:GetBootstrapBrokers'], ['*']);
  }

  /**
   * `arn:...:topic/<cluster>/<uuid>/<name>`, with any uuid: it stands only within the cluster's ARN, which CloudFormation would have
   * to take apart in each stack that reads it. No other cluster of the account has the name.
   */
  #arnOf(kind: 'topic' | 'group', name: string): string {
    return `arn:${Aws.PARTITION}:kafka:${Aws.REGION}:${Aws.ACCOUNT_ID}:${kind}/${this.clusterName}/*/${name}`;
  }

  /** The one wildcard in these is the cluster's own uuid. */
  #allow(handler: HandlerFunction, actions: readonly string[], arns: readonly string[]): void {
    handler.allow(actions, arns);
    acknowledgeWildcards(handler, 'The uuid of a cluster whose name is its own.', arns);
  }

  #makeGroup({ vpc, clients }: KafkaClusterProps): SecurityGroup {
    const group = new SecurityGroup(this, 'Brokers', { vpc, description: 'Kafka brokers of Millrace' });
    group.connections.allowFrom(clients, iamPort, 'Functions of Millrace');
    // Lambda's pollers stand in the brokers' own group.
    group.addIngressRule(group, iamPort, 'Pollers of Lambda');
    return group;
  }
}
