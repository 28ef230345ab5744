import { Aws } from 'aws-cdk-lib';
import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  Port,
  type SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * What Lambda's pollers on demand need in the brokers' network: they take on the function's role and invoke it from there.
 * In one zone, as each is paid for by zone; the other zone reaches it as well. Source: Lambda Developer Guide,
 * "Configuring your Amazon MSK cluster and Amazon VPC network for Lambda".
 */
export function openToPollers(
  scope: Construct,
  { vpc, group }: { readonly vpc: IVpc; readonly group: SecurityGroup },
): void {
  const [subnet] = vpc.isolatedSubnets;
  if (!subnet) throw new Error('The brokers have no subnet');
  // Pollers stand in the brokers' own group.
  group.addIngressRule(group, Port.tcp(443), 'Pollers of Lambda, to its endpoints');
  const services = {
    Lambda: { service: InterfaceVpcEndpointAwsService.LAMBDA, action: 'lambda:InvokeFunction' },
    Roles: { service: InterfaceVpcEndpointAwsService.STS, action: 'sts:AssumeRole' },
  };
  for (const [id, { service, action }] of Object.entries(services))
    new InterfaceVpcEndpoint(scope, `Pollers${id}`, {
      vpc,
      service,
      subnets: { subnets: [subnet] },
      securityGroups: [group],
      open: false,
    }).addToPolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: [action],
        resources: [`arn:${Aws.PARTITION}:*:*:${Aws.ACCOUNT_ID}:*`],
      }),
    );
}
