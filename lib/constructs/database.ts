import { CfnResource, Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  AuroraPostgresEngineVersion,
  type CfnDBCluster,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { acknowledge } from '../permissions/acknowledge.ts';
import { logGroup } from './log-group.ts';
import { environmentOf, nameOfStacksOwn, removalPolicyOf } from './millrace-stack.ts';

export interface DatabaseProps {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** Whoever carries this group may open connections; nobody else. */
  readonly clients: ISecurityGroup;
}

// A function that waits frozen for its next event can't close its connection, and an open one keeps the cluster awake.
// Whoever thaws has dropped it before: node-postgres keeps an idle one for ten seconds.
const parameters = { idle_session_timeout: String(Duration.minutes(1).toMilliseconds()) };
const databaseName = 'millrace';
const masterUser = 'millrace_admin';
// Made by the first migration.
const applicationUser = 'millrace_app';

/** Aurora PostgreSQL Serverless v2. The application signs in by IAM token; the master user only migrates. */
export class Database extends Construct {
  readonly cluster: DatabaseCluster;
  /** Where the application signs in; no secret in it. */
  readonly url: string;
  /** Where migrations sign in, with the password of `masterSecretArn`. */
  readonly masterUrl: string;
  /** RDS makes this secret and changes it every seven days. */
  readonly masterSecretArn: string;
  /** Function settings of everything that connects. */
  readonly placement: { vpc: IVpc; vpcSubnets: SubnetSelection; securityGroups: ISecurityGroup[] };

  constructor(scope: Construct, id: string, { vpc, subnets, clients }: DatabaseProps) {
    super(scope, id);
    this.placement = { vpc, vpcSubnets: subnets, securityGroups: [clients] };
    this.cluster = this.#makeCluster(vpc, subnets);
    this.cluster.connections.allowDefaultPortFrom(clients, 'Functions of Millrace');
    const { hostname, port } = this.cluster.clusterEndpoint;
    const address = `${hostname}:${port}/${databaseName}`;
    this.url = `postgresql://${applicationUser}@${address}?auth=iam`;
    this.masterUrl = `postgresql://${masterUser}@${address}`;
    this.masterSecretArn = (this.cluster.node.defaultChild as CfnDBCluster).attrMasterUserSecretSecretArn;
  }

  /** Lets a function sign in as the application's user. */
  grantSignIn(grantee: IGrantable): void {
    this.cluster.grantConnect(grantee, applicationUser);
  }

  /** Lets the migration read the master user's password. */
  grantMasterPassword(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['secretsmanager:GetSecretValue'], resourceArns: [this.masterSecretArn] });
  }

  #makeCluster(vpc: IVpc, vpcSubnets: SubnetSelection): DatabaseCluster {
    const { database } = environmentOf(this);
    const clusterIdentifier = nameOfStacksOwn(this);
    const logs = this.#makeLogs(clusterIdentifier);
    const cluster = new DatabaseCluster(this, 'Cluster', {
      clusterIdentifier,
      cloudwatchLogsExports: ['postgresql'],
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 }),
      credentials: Credentials.fromUsername(masterUser),
      manageMasterUserPassword: true,
      defaultDatabaseName: databaseName,
      iamAuthentication: true,
      storageEncrypted: true,
      vpc,
      vpcSubnets,
      serverlessV2MinCapacity: database.minAcu,
      serverlessV2MaxCapacity: database.maxAcu,
      ...(database.pauseAfterMinutes === undefined
        ? {}
        : { serverlessV2AutoPauseDuration: Duration.minutes(database.pauseAfterMinutes) }),
      parameters,
      writer: ClusterInstance.serverlessV2('Writer'),
      backup: { retention: Duration.days(database.backupDays) },
      copyTagsToSnapshot: true,
      deletionProtection: database.deletionProtection,
      removalPolicy: removalPolicyOf(this),
    });
    cluster.node.addDependency(logs);
    this.#keepWhole(cluster);
    acknowledgeFindings(cluster);
    return cluster;
  }

  /** Made before the cluster, which would make one that keeps everything for ever. */
  #makeLogs(clusterIdentifier: string): LogGroup {
    return logGroup(this, 'Logs', `/aws/rds/cluster/${clusterIdentifier}/postgresql`);
  }

  /** Of a retained cluster the CDK would delete the instance and what it stands on, which CloudFormation can't do. */
  #keepWhole(cluster: DatabaseCluster): void {
    for (const part of cluster.node.findAll())
      if (CfnResource.isCfnResource(part) && part.cfnResourceType.startsWith('AWS::RDS::'))
        part.applyRemovalPolicy(removalPolicyOf(this));
  }
}

function acknowledgeFindings(cluster: DatabaseCluster): void {
  acknowledge(
    cluster,
    'Isolated subnets and one security group guard it; an odd port would only confuse.',
    'AwsSolutions-RDS11',
  );
  acknowledge(
    cluster,
    'On where the environment says so (prod); the others are there to be deleted.',
    'AwsSolutions-RDS10',
  );
}
