import { Fn } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnTopic } from 'aws-cdk-lib/aws-msk';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import type { HandlerFunction } from '../handler-function.ts';
import { environmentOf, removalPolicyOf } from '../millrace-stack.ts';
import { bootstrapBrokers } from './bootstrap-brokers.ts';
import { type BrokerKind, makeBrokers, zones } from './brokers.ts';
import { ClientTopics } from './client-topics.ts';

export interface KafkaClusterProps {
  readonly kind: BrokerKind;
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** Whoever carries this group may reach the brokers; nobody else. */
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
  #clientTopics: ClientTopics | undefined;

  constructor(scope: Construct, id: string, props: KafkaClusterProps) {
    super(scope, id);
    this.kind = props.kind;
    this.clusterName = `millrace-${environmentOf(this).name}`;
    const group = this.#makeGroup(props);
    const cluster = makeBrokers(this, { ...props, clusterName: this.clusterName, group });
    cluster.applyRemovalPolicy(removalPolicyOf(this));
    this.clusterArn = cluster.ref;
    this.placement = { vpc: props.vpc, vpcSubnets: props.subnets, securityGroups: [props.clients] };
    const { region } = environmentOf(this);
    this.env = { KAFKA_BROKERS: bootstrapBrokers(this), KAFKA_AUTH: 'iam', KAFKA_REGION: region };
  }

  /** CloudFormation makes topics of provisioned and express clusters only; a serverless one’s are made by a client. */
  topic(id: string, { name, partitions, retentionHours }: TopicProps): void {
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

  grantProduce(handler: HandlerFunction, topics: readonly string[]): void {
    handler.allow(['kafka-cluster:Connect', 'kafka-cluster:WriteDataIdempotently'], [this.clusterArn]);
    handler.allow(
      ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
      topics.map((topic) => this.#arnOf('topic', topic)),
    );
  }

  /** Making one topic, and giving it more partitions. */
  grantMake(handler: HandlerFunction, topic: string): void {
    handler.allow(['kafka-cluster:Connect'], [this.clusterArn]);
    handler.allow(
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
    handler.allow(
      ['kafka-cluster:DescribeTopic'],
      topics.map((topic) => this.#arnOf('topic', topic)),
    );
  }

  /** What Lambda's pollers do in the function's name. */
  grantConsume(handler: HandlerFunction, topic: string): void {
    handler.allow(['kafka-cluster:Connect', 'kafka:DescribeCluster', 'kafka:DescribeClusterV2'], [this.clusterArn]);
    handler.allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'], [this.#arnOf('topic', topic)]);
    const groups = this.#arnOf('group', '*');
    handler.allow(['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'], [groups]);
    // A policy that named the mapping would wait for it, and it for the policy.
    acknowledgeWildcards(handler, 'The group is named for a mapping that comes later.', [groups]);
    // IAM knows no resource for it.
    handler.allow(['kafka:GetBootstrapBrokers'], ['*']);
  }

  /** `arn:...:topic/<cluster>/<uuid>/<name>` out of `arn:...:cluster/<cluster>/<uuid>`. */
  #arnOf(kind: 'topic' | 'group', name: string): string {
    const [before, after] = [0, 1].map((part) => Fn.select(part, Fn.split(':cluster/', this.clusterArn)));
    return `${before}:${kind}/${after}/${name}`;
  }

  #makeGroup({ vpc, clients }: KafkaClusterProps): SecurityGroup {
    const group = new SecurityGroup(this, 'Brokers', { vpc, description: 'Kafka brokers of Millrace' });
    group.addIngressRule(clients, iamPort, 'Functions of Millrace');
    // Lambda's pollers stand in the brokers' own group.
    group.addIngressRule(group, iamPort, 'Pollers of Lambda');
    return group;
  }
}
