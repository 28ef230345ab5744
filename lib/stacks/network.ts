import { Aws } from 'aws-cdk-lib';
import {
  CfnEgressOnlyInternetGateway,
  CfnRoute,
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  IpProtocol,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { logGroup } from '../constructs/log-group.ts';
import { MillraceStack } from '../constructs/millrace-stack.ts';
import type { Environment } from '../environment.ts';

const httpsPort = Port.tcp(443);

/**
 * Isolated subnets and the ways out that are used. No NAT: what fetches the internet runs outside of the VPC. See
 * docs/decisions/0004-network-without-nat.md and 0163-what-dev-goes-without.md.
 */
export class NetworkStack extends MillraceStack {
  readonly vpc: Vpc;
  readonly subnets: SubnetSelection = { subnetType: SubnetType.PRIVATE_ISOLATED };
  /** Carried by every function in the VPC; the database lets in no other. */
  readonly functions: SecurityGroup;

  constructor(scope: Construct, environment: Environment) {
    super(scope, 'Network', environment);
    const ipv6 = environment.standing.wayOut === 'ipv6';
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(environment.vpcCidr),
      ...(ipv6 ? { ipProtocol: IpProtocol.DUAL_STACK } : {}),
      // Aurora asks for two zones, express brokers for three; each more costs another interface endpoint.
      maxAzs: environment.broker === 'express' ? 3 : 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    });
    this.vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 }).addToPolicy(ownPrincipals('s3:*'));
    this.vpc.addFlowLog('Refused', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup(this, 'RefusedTraffic')),
      // Refused traffic shows a mistake or an intruder; logging accepted traffic costs by the gigabyte.
      trafficType: FlowLogTrafficType.REJECT,
    });
    this.functions = this.#makeGroup(ipv6);
    if (ipv6) this.#leadOut();
    else this.#open();
  }

  #makeGroup(ipv6: boolean): SecurityGroup {
    const group = new SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'Functions of Millrace that use the database',
      allowAllOutbound: false,
    });
    // The database and the brokers open their own ports to it. The addresses of S3 are public ones, behind its gateway endpoint; nothing else leads there.
    group.addEgressRule(Peer.anyIpv4(), httpsPort, 'AWS, by endpoints');
    if (ipv6) group.addEgressRule(Peer.anyIpv6(), httpsPort, 'AWS, by the egress-only gateway');
    return group;
  }

  /**
   * The ordinary addresses of Secrets Manager and SQS answer on IPv6 as well. Sources: "Accessing Secrets Manager", "Connect
   * to Amazon SQS using dual-stack endpoints".
   */
  #leadOut(): void {
    const gateway = new CfnEgressOnlyInternetGateway(this, 'Outwards', { vpcId: this.vpc.vpcId });
    for (const [index, { routeTable }] of this.vpc.isolatedSubnets.entries())
      new CfnRoute(this, `Outwards-${index + 1}`, {
        routeTableId: routeTable.routeTableId,
        destinationIpv6CidrBlock: '::/0',
        egressOnlyInternetGatewayId: gateway.ref,
      });
  }

  /** Who answers the API puts replays into their queue, and knows the users by their secret. */
  #open(): void {
    const services = {
      Secrets: { service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER, actions: 'secretsmanager:*' },
      Queues: { service: InterfaceVpcEndpointAwsService.SQS, actions: 'sqs:*' },
    };
    for (const [id, { service, actions }] of Object.entries(services)) {
      const endpoint = this.vpc.addInterfaceEndpoint(id, { service, subnets: this.subnets, open: false });
      endpoint.connections.allowDefaultPortFrom(this.functions, 'Functions of Millrace');
      endpoint.addToPolicy(ownPrincipals(actions));
    }
  }
}

/** Through an endpoint come only identities of this account; what each may do is said by its role. */
function ownPrincipals(actions: string): PolicyStatement {
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: [actions],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
  });
}
