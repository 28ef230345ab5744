import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { logGroup } from '../constructs/log-group.ts';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';

/**
 * Isolated subnets and the three ways out that are used. No NAT: what fetches the internet runs outside of the VPC. See
 * docs/decisions/0004-network-without-nat.md.
 */
export class NetworkStack extends MillraceStack {
  readonly vpc: Vpc;
  readonly subnets: SubnetSelection = { subnetType: SubnetType.PRIVATE_ISOLATED };
  /** Carried by every function in the VPC; the database lets in nobody else. */
  readonly functions: SecurityGroup;

  constructor(scope: Construct, environment: Environment) {
    super(scope, 'Network', environment);
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(environment.vpcCidr),
      // Aurora asks for two zones, express brokers for three; each more costs another interface endpoint.
      maxAzs: environment.broker === 'express' ? 3 : 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    });
    this.vpc.addFlowLog('Refused', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup(this, 'RefusedTraffic')),
      // What is refused tells of a mistake or an intruder; what is accepted costs by the gigabyte.
      trafficType: FlowLogTrafficType.REJECT,
    });
    this.functions = new SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'Functions of Millrace that use the database',
      // Nothing leads out of isolated subnets but the endpoints.
      allowAllOutbound: true,
    });
    this.#open('Secrets', InterfaceVpcEndpointAwsService.SECRETS_MANAGER);
    // Who answers the API puts replays into their queue.
    this.#open('Queues', InterfaceVpcEndpointAwsService.SQS);
  }

  #open(id: string, service: InterfaceVpcEndpointAwsService): void {
    const endpoint = this.vpc.addInterfaceEndpoint(id, { service, subnets: this.subnets, open: false });
    endpoint.connections.allowDefaultPortFrom(this.functions, 'Functions of Millrace');
  }
}
