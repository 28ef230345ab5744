import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import { HandlerFunction } from '../../lib/constructs/handler-function.ts';
import { MillraceStack } from '../../lib/constructs/millrace-stack.ts';
import { environmentNamed } from '../../lib/environment.ts';
import { handlerOf } from '../../lib/inventory/assembly.ts';
import { allowBedrock } from '../../lib/workloads/recommender/bedrock.ts';
import { assemblies } from './assemblies.ts';

/**
 * Services that functions in the network may be allowed to ask, with where their SDK asks. Each answers at the ordinary address over
 * IPv6 as well, has an endpoint, or is not asked from within the network. Sources: "Connect to Amazon SQS using dual-stack endpoints"
 * (`sqs.Region.amazonaws.com`), "Control API access with IAM policies" of Secrets Manager (`secretsmanager.region.amazonaws.com`).
 * Lambda, Step Functions, Athena, Scheduler and SES answer over IPv6 at other names alone (`lambda.Region.api.aws`), if at all.
 */
const reachable: Readonly<Record<string, string>> = {
  secretsmanager: 'dual-stack, or an endpoint',
  sqs: 'dual-stack, or an endpoint',
  s3: 'a gateway endpoint, over IPv4',
  'rds-db': 'the database, in the network',
  'kafka-cluster': 'the brokers, in the network',
  kafka: 'asked by Lambda’s pollers, which stand outside',
  ec2: 'asked by Lambda itself, for the network interfaces',
  logs: 'asked by Lambda itself',
  xray: 'asked by Lambda itself',
};

interface Document {
  readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}

interface Egress {
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly IpProtocol: string;
  readonly FromPort: number;
}

describe.each(assemblies)('the network ($folder)', (assembly) => {
  const { wayOut, pollers } = environmentNamed(path.basename(assembly.folder)).standing;
  const ipv6 = wayOut === 'ipv6';
  const endpoints = assembly
    .ofType('AWS::EC2::VPCEndpoint')
    .map(({ stack, properties }) => ({ ...properties, service: assembly.textOf(stack, properties.ServiceName) }));

  test('leads functions out by one way: endpoints, or a gateway without a way in', () => {
    const subnets = assembly.ofType('AWS::EC2::Subnet');
    const outwards = assembly
      .ofType('AWS::EC2::Route')
      .filter(
        ({ properties }) => properties.DestinationIpv6CidrBlock === '::/0' && properties.EgressOnlyInternetGatewayId,
      );
    const inside = assembly.functions.filter(({ properties }) => properties.VpcConfig);

    expect(outwards).toHaveLength(ipv6 ? subnets.length : 0);
    for (const { id, properties } of subnets) expect(properties.Ipv6CidrBlock !== undefined, id).toBe(ipv6);
    expect(inside.length).toBeGreaterThan(20);
    for (const fn of inside) {
      const { Ipv6AllowedForDualStack: allowed } = fn.properties.VpcConfig as {
        readonly Ipv6AllowedForDualStack?: boolean;
      };
      const { Variables } = fn.properties.Environment as { readonly Variables: { readonly NODE_OPTIONS: string } };
      expect(allowed ?? false, handlerOf(fn)).toBe(ipv6);
      expect(Variables.NODE_OPTIONS.includes('--dns-result-order=ipv6first'), handlerOf(fn)).toBe(ipv6);
    }
    expect(endpoints.filter(({ service }) => /\.(secretsmanager|sqs)$/.test(service))).toHaveLength(ipv6 ? 0 : 2);
  });

  test('has a way to each service that a function inside of it may ask', () => {
    const policies = assembly.ofType('AWS::IAM::Policy');
    for (const fn of assembly.functions.filter(({ properties }) => properties.VpcConfig)) {
      const role = assembly.referred(fn.stack, fn.properties.Role);
      const own = policies.filter(({ stack, properties }) =>
        (properties.Roles as readonly unknown[]).some((one) => assembly.referred(stack, one) === role),
      );
      const actions = own
        .flatMap(({ properties }) => (properties.PolicyDocument as Document).Statement)
        .flatMap(({ Action }) => Action);
      const services = [...new Set(actions.map((action) => action.split(':')[0] ?? ''))];

      expect(own.length, handlerOf(fn)).toBeGreaterThan(0);
      expect(
        services.filter((service) => !(service in reachable)),
        handlerOf(fn),
      ).toEqual([]);
    }
  });

  test('has what pollers on demand need, in one zone, and nothing of it where they are kept ready', () => {
    const theirs = endpoints.filter(({ service }) => /\.(lambda|sts)$/.test(service)) as unknown as {
      readonly SubnetIds: readonly unknown[];
    }[];

    expect(theirs.map(({ SubnetIds }) => SubnetIds.length)).toEqual(pollers === 'demand' ? [1, 1] : []);
  });

  test('lets in through each endpoint identities of this account only', () => {
    for (const endpoint of endpoints) {
      const { PolicyDocument } = endpoint as unknown as { readonly PolicyDocument?: unknown };
      expect(JSON.stringify(PolicyDocument), endpoint.service).toContain('AWS::AccountId');
    }
  });

  test('leads functions nowhere but to port 443 beyond the database and the brokers', () => {
    const [group] = assembly
      .ofType('AWS::EC2::SecurityGroup')
      .filter(({ properties }) => properties.GroupDescription === 'Functions of Millrace that use the database');
    const egress = group?.properties.SecurityGroupEgress as readonly Egress[];

    expect(egress.map(({ IpProtocol, FromPort }) => `${IpProtocol} ${FromPort}`)).toEqual(
      Array.from({ length: ipv6 ? 2 : 1 }, () => 'tcp 443'),
    );
    expect(egress.map(({ CidrIp, CidrIpv6 }) => CidrIp ?? CidrIpv6)).toEqual(
      ipv6 ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0'],
    );
  });
});

test('Bedrock is asked through an endpoint for one model, where an environment says so', () => {
  const stack = new MillraceStack(new App({ context: cdk.context }), 'Some', environmentNamed('dev'));
  const vpc = new Vpc(stack, 'Vpc', {
    natGateways: 0,
    subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
  const placement = { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, securityGroups: [] };
  const asking = {
    handler: 'platform/health',
    contract: z.object({}),
    env: {},
    impact: 'None.',
    concurrency: 1,
  } as const;
  const handler = new HandlerFunction(stack, 'Asking', asking);
  allowBedrock(stack, { handler, database: { placement }, model: 'amazon.titan-embed-text-v2:0' });
  const template = JSON.stringify(Template.fromStack(stack).toJSON());

  expect(template.match(/bedrock:InvokeModel/g)).toHaveLength(2);
  expect(template.match(/foundation-model\/amazon\.titan-embed-text-v2:0"/g)).toHaveLength(2);
  expect(template).toMatch(/\.bedrock-runtime"/);
  for (const assembly of assemblies) expect(JSON.stringify(assembly.resources), assembly.folder).not.toMatch(/bedrock/);
});
