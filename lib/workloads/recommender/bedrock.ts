import { Aws } from 'aws-cdk-lib';
import { InterfaceVpcEndpoint, InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Database } from '../../constructs/database.ts';
import type { HandlerFunction } from '../../constructs/handler-function.ts';

const action = 'bedrock:InvokeModel';

interface BedrockAccess {
  readonly handler: Pick<HandlerFunction, 'allow'>;
  /** Beside which the function stands. */
  readonly database: Pick<Database, 'placement'>;
  /** Its id in Bedrock. */
  readonly model: string;
}

/** Lets a function that stands beside the database ask one model of Bedrock, by an endpoint of its own: no other way leads there. */
export function allowBedrock(scope: Construct, { handler, database, model }: BedrockAccess): void {
  const modelArn = `arn:${Aws.PARTITION}:bedrock:${Aws.REGION}::foundation-model/${model}`;
  handler.allow([action], [modelArn]);
  const { vpc, vpcSubnets, securityGroups } = database.placement;
  const endpoint = new InterfaceVpcEndpoint(scope, 'Bedrock', {
    vpc,
    service: InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME,
    subnets: vpcSubnets,
    open: false,
  });
  for (const group of securityGroups) endpoint.connections.allowDefaultPortFrom(group, 'Functions of Millrace');
  endpoint.addToPolicy(
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: [action],
      resources: [modelArn],
      conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
    }),
  );
}
