import type { IVpc, SecurityGroup, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { CfnCluster, CfnConfiguration, CfnServerlessCluster } from 'aws-cdk-lib/aws-msk';
import type { Construct } from 'constructs';
import { logGroup } from '../log-group.ts';
import { environmentOf, removalPolicyOf } from '../millrace-stack.ts';

export type BrokerKind = 'provisioned' | 'serverless' | 'express';

export interface BrokersProps {
  readonly kind: BrokerKind;
  readonly clusterName: string;
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** The brokers' own. */
  readonly group: SecurityGroup;
}

const versions = { provisioned: '3.9.x', express: '3.9.x' } as const;
const expressInstance = 'express.m7g.large';
/** One broker per zone: two of standard ones, the three that express brokers always span. */
export const zones = { provisioned: 2, express: 3 } as const;
// A name misspelt is an error, not a topic; acknowledged is on two brokers where there are as many.
const serverProperties = ['auto.create.topics.enable=false', 'default.replication.factor=2', 'min.insync.replicas=1'];

/** The cluster alone, signed in to by IAM only, over TLS. */
export function makeBrokers(scope: Construct, props: BrokersProps): CfnCluster | CfnServerlessCluster {
  return props.kind === 'serverless' ? serverless(scope, props) : provisioned(scope, { ...props, kind: props.kind });
}

type ProvisionedProps = BrokersProps & { readonly kind: keyof typeof versions };

function provisioned(scope: Construct, { kind, clusterName, vpc, subnets, group }: ProvisionedProps): CfnCluster {
  const configuration = new CfnConfiguration(scope, 'Configuration', {
    name: clusterName,
    kafkaVersionsList: [versions[kind]],
    serverProperties: serverProperties.join('\n'),
  });
  // MSK deletes none that a cluster uses.
  configuration.applyRemovalPolicy(removalPolicyOf(scope));
  const logs = logGroup(scope, 'Logs');
  const { instance, gigabytes } = environmentOf(scope).brokers;
  return new CfnCluster(scope, 'Cluster', {
    clusterName,
    kafkaVersion: versions[kind],
    numberOfBrokerNodes: zones[kind],
    brokerNodeGroupInfo: {
      instanceType: kind === 'express' ? expressInstance : instance,
      clientSubnets: vpc.selectSubnets(subnets).subnetIds,
      securityGroups: [group.securityGroupId],
      // Express brokers bring storage that grows by itself.
      ...(kind === 'provisioned' ? { storageInfo: { ebsStorageInfo: { volumeSize: gigabytes } } } : {}),
    },
    clientAuthentication: { sasl: { iam: { enabled: true } }, unauthenticated: { enabled: false } },
    encryptionInfo: { encryptionInTransit: { clientBroker: 'TLS', inCluster: true } },
    ...(kind === 'provisioned'
      ? { configurationInfo: { arn: configuration.attrArn, revision: configuration.attrLatestRevisionRevision } }
      : {}),
    loggingInfo: { brokerLogs: { cloudWatchLogs: { enabled: true, logGroup: logs.logGroupName } } },
  });
}

function serverless(scope: Construct, { clusterName, vpc, subnets, group }: BrokersProps): CfnServerlessCluster {
  return new CfnServerlessCluster(scope, 'Cluster', {
    clusterName,
    clientAuthentication: { sasl: { iam: { enabled: true } } },
    vpcConfigs: [{ subnetIds: vpc.selectSubnets(subnets).subnetIds, securityGroups: [group.securityGroupId] }],
  });
}
