import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';

// What Lambda itself needs to put a function into a VPC (the list of AWSLambdaVPCAccessExecutionRole).
const actions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lets the Lambda service attach the function to the VPC, and keeps the function's own code from doing the same. */
export function allowNetworkInterfaces(role: Role): void {
  role.addToPolicy(new PolicyStatement({ actions, resources: ['*'] }));
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions,
      resources: ['*'],
      // The key is only there when the call comes from the function's code, not from the service.
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }),
  );
}
