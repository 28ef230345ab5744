import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import { acknowledge } from '../../permissions/acknowledge.ts';
import { logGroup } from '../log-group.ts';

/** The cluster's addresses are known only when it stands, and CloudFormation doesn't tell them. */
export function bootstrapBrokers(
  scope: Construct & { readonly clusterArn: string; readonly clusterName: string },
): string {
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
      physicalResourceId: PhysicalResourceId.of(scope.clusterName),
    },
    role,
    installLatestAwsSdk: false,
    logGroup: logs,
  });
  return asked.getResponseField('BootstrapBrokerStringSaslIam');
}
