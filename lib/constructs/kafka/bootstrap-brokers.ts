import type { CustomResource } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import { acknowledge } from '../../permissions/acknowledge.ts';
import { logGroup } from '../log-group.ts';

/** What of a cluster other stacks must know, each as one value that CloudFormation hands on. */
export interface ToldOfCluster {
  readonly brokers: string;
  readonly clusterName: string;
}

/**
 * The cluster's addresses are known only when it stands, and CloudFormation doesn't tell them. Who asks for them is called as the
 * cluster is, so that its name, too, is the value of one reference.
 */
export function bootstrapBrokers(
  scope: Construct & { readonly clusterArn: string },
  clusterName: string,
): ToldOfCluster {
  const logs = logGroup(scope, 'AddressesLogs');
  const role = new Role(scope, 'AddressesRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logs.grantWrite(role);
  role.addToPolicy(new PolicyStatement({ actions: ['kafka:GetBootstrapBrokers'], resources: ['*'] }));
  acknowledge(role, 'IAM knows no resource for kafka:GetBootstrapBrokers.', 'AwsSolutions-IAM5[Resource::*]');
  const asked = new AwsCustomResource(scope, 'Addresses', {
    resourceType: 'Custom::MskBootstrapBrokers',
    onUpdate: {
      service: 'kafka',
      action: 'GetBootstrapBrokers',
      parameters: { ClusterArn: scope.clusterArn },
      outputPaths: ['BootstrapBrokerStringSaslIam'],
      physicalResourceId: PhysicalResourceId.of(clusterName),
    },
    role,
    installLatestAwsSdk: false,
    logGroup: logs,
  });
  return {
    brokers: asked.getResponseField('BootstrapBrokerStringSaslIam'),
    clusterName: (asked.node.findChild('Resource') as CustomResource).ref,
  };
}
