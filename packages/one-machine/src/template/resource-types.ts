import type { TemplateResource } from './assembly-files.ts';

/** How this machine treats a type of resource. */
export type ResourceRule =
  /** It runs here: the properties that decide how, and those that mean nothing here, with the reason. */
  | { readonly plays: readonly string[]; readonly without?: Readonly<Record<string, string>> }
  /** It has no counterpart on one machine, and why that loses nothing a handler could notice. */
  | { readonly absent: string };

export type ResourceTypes = Readonly<Record<string, ResourceRule>>;

const permissions = { absent: 'permissions are checked on AWS and by the tests of the template, not here' };
const network = { absent: 'everything is on the loopback interface' };
const observation = { absent: 'metrics and alarms are CloudWatch; here the log tells' };
const customResource = { absent: "the CDK's own helper function works on an account" };
const tags = { Tags: 'nothing is billed here' };

/** Every type of resource the local runtime knows. One that is missing stops the start by name. */
export const resourceTypes: ResourceTypes = {
  'AWS::Lambda::Function': {
    plays: [
      'Code',
      'Description',
      'Environment',
      'FunctionName',
      'Handler',
      'MemorySize',
      'PackageType',
      'ReservedConcurrentExecutions',
      'Runtime',
      'Timeout',
    ],
    without: {
      Architectures: 'the bundles are JavaScript and run on any processor',
      EphemeralStorage: 'the temporary folder is as large as the disk',
      LoggingConfig: 'the runtime prints and keeps the log',
      RecursiveLoop: 'nobody looks for loops here',
      Role: permissions.absent,
      TracingConfig: 'there is no X-Ray here',
      VpcConfig: network.absent,
      ...tags,
    },
  },
  'AWS::Lambda::EventInvokeConfig': {
    plays: ['DestinationConfig', 'FunctionName', 'MaximumRetryAttempts'],
    without: { MaximumEventAgeInSeconds: 'retries here end within minutes', Qualifier: 'there are no versions here' },
  },
  'AWS::Lambda::EventSourceMapping': {
    plays: [
      'BatchSize',
      'BisectBatchOnFunctionError',
      'DestinationConfig',
      'Enabled',
      'EventSourceArn',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'MaximumRecordAgeInSeconds',
      'MaximumRetryAttempts',
      'ProvisionedPollerConfig',
      'ScalingConfig',
      'SelfManagedEventSource',
      'StartingPosition',
      'Topics',
    ],
    without: {
      AmazonManagedKafkaEventSourceConfig: 'the group is named for the mapping',
      SelfManagedKafkaEventSourceConfig: 'the group is named for the mapping',
      SourceAccessConfigurations: 'the broker of this machine asks for no password',
      ...tags,
    },
  },
  'AWS::Lambda::Permission': permissions,
  'AWS::Lambda::Version': { absent: 'the code of the moment is the only version' },
  'AWS::SQS::Queue': {
    plays: [
      'DelaySeconds',
      'FifoQueue',
      'MaximumMessageSize',
      'MessageRetentionPeriod',
      'RedrivePolicy',
      'VisibilityTimeout',
      'QueueName',
    ],
    without: {
      KmsMasterKeyId: 'nothing is encrypted at rest here',
      RedriveAllowPolicy: permissions.absent,
      SqsManagedSseEnabled: 'nothing is encrypted at rest here',
      ...tags,
    },
  },
  'AWS::SQS::QueuePolicy': permissions,
  'AWS::S3::Bucket': {
    plays: ['BucketName', 'CorsConfiguration', 'NotificationConfiguration', 'VersioningConfiguration'],
    without: {
      AccessControl: permissions.absent,
      BucketEncryption: 'nothing is encrypted at rest here',
      LifecycleConfiguration: 'nothing grows old here',
      LoggingConfiguration: 'the runtime keeps the log',
      OwnershipControls: permissions.absent,
      PublicAccessBlockConfiguration: permissions.absent,
      ...tags,
    },
  },
  'AWS::S3::BucketPolicy': permissions,
  'AWS::StepFunctions::StateMachine': {
    plays: ['DefinitionString', 'StateMachineName', 'StateMachineType'],
    without: {
      LoggingConfiguration: 'the history is kept in the embedded database',
      RoleArn: permissions.absent,
      TracingConfiguration: 'there is no X-Ray here',
      ...tags,
    },
  },
  'AWS::Scheduler::Schedule': {
    plays: ['ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'Target'],
    without: {
      Description: 'text',
      FlexibleTimeWindow: 'a slot starts on time here',
      GroupName: 'names are enough here',
      Name: 'the construct path is the name here',
    },
  },
  'AWS::Scheduler::ScheduleGroup': { absent: 'groups only order schedules in the console' },
  'AWS::ApiGatewayV2::Api': {
    plays: ['CorsConfiguration', 'ProtocolType'],
    without: { Description: 'text', DisableExecuteApiEndpoint: 'there is one address here', Name: 'text', ...tags },
  },
  'AWS::ApiGatewayV2::Integration': {
    plays: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion'],
    without: { IntegrationMethod: 'always POST for a function', TimeoutInMillis: 'the gateway waits its 30 s here' },
  },
  'AWS::ApiGatewayV2::Route': {
    plays: ['ApiId', 'AuthorizationType', 'RouteKey', 'Target'],
  },
  'AWS::ApiGatewayV2::Stage': {
    plays: ['ApiId', 'StageName'],
    without: {
      AccessLogSettings: 'the runtime keeps a line per request in its log',
      AutoDeploy: 'there is one stage here',
      DefaultRouteSettings: 'one machine is its own throttle',
      RouteSettings: 'one machine is its own throttle',
      ...tags,
    },
  },
  'AWS::Events::Rule': {
    plays: ['EventPattern', 'ScheduleExpression', 'State', 'Targets'],
    without: { Description: 'text', Name: 'text' },
  },
  'Custom::S3BucketNotifications': {
    plays: ['BucketName', 'NotificationConfiguration', 'ServiceToken'],
    without: { Managed: 'the bucket has no others here', SkipDestinationValidation: 'nothing is validated here' },
  },
  'AWS::SecretsManager::Secret': {
    plays: ['GenerateSecretString', 'SecretString'],
    without: { Description: 'text', Name: 'the construct path is the name here', ...tags },
  },
  'AWS::SecretsManager::SecretTargetAttachment': { absent: 'the embedded database trusts the loopback interface' },
  'AWS::SecretsManager::RotationSchedule': { absent: 'secrets of this machine are made once' },
  'AWS::SecretsManager::ResourcePolicy': permissions,
  'AWS::SES::EmailIdentity': {
    plays: ['EmailIdentity'],
    without: {
      ConfigurationSetAttributes: 'text',
      FeedbackAttributes: 'nothing bounces here',
      MailFromAttributes: 'no DNS here',
    },
  },
  'AWS::SES::ConfigurationSet': { absent: 'nothing bounces or complains here' },
  'AWS::SES::ConfigurationSetEventDestination': { absent: 'nothing bounces or complains here' },
  'Custom::Trigger': {
    plays: ['HandlerArn', 'ServiceToken'],
    without: {
      ExecuteOnHandlerChange: 'it runs at each start',
      InvocationType: 'always waited for',
      Timeout: 'the function has its own',
    },
  },
  'AWS::MSK::Topic': {
    plays: ['Configs', 'PartitionCount', 'TopicName'],
    without: { ClusterArn: 'there is one broker here', ReplicationFactor: 'there is one broker here' },
  },
  'AWS::Glue::Database': { absent: 'tables name their database; that is all there is of it here' },
  'AWS::Glue::Table': {
    plays: ['DatabaseName', 'TableInput'],
    without: { CatalogId: 'there is one account here' },
  },
  'AWS::Athena::WorkGroup': {
    plays: ['Name', 'WorkGroupConfiguration'],
    without: {
      Description: 'text',
      RecursiveDeleteOption: 'nothing is deleted here',
      State: 'it is never switched off',
      ...tags,
    },
  },
  'AWS::MSK::Cluster': { absent: 'the embedded broker plays the cluster; KAFKA_BROKERS points at it' },
  'AWS::MSK::Configuration': { absent: 'the embedded broker has settings of its own' },
  'AWS::MSK::ServerlessCluster': { absent: 'the embedded broker plays the cluster' },
  'AWS::RDS::DBCluster': { absent: 'the embedded PostgreSQL plays the cluster; DATABASE_URL points at it' },
  'AWS::RDS::DBClusterParameterGroup': { absent: 'the embedded PostgreSQL has settings of its own' },
  'AWS::RDS::DBInstance': { absent: 'the embedded PostgreSQL plays the cluster' },
  'AWS::RDS::DBSubnetGroup': network,
  'AWS::EC2::EIP': network,
  'AWS::EC2::EgressOnlyInternetGateway': network,
  'AWS::EC2::FlowLog': network,
  'AWS::EC2::InternetGateway': network,
  'AWS::EC2::NatGateway': network,
  'AWS::EC2::Route': network,
  'AWS::EC2::RouteTable': network,
  'AWS::EC2::SecurityGroup': network,
  'AWS::EC2::SecurityGroupEgress': network,
  'AWS::EC2::SecurityGroupIngress': network,
  'AWS::EC2::Subnet': network,
  'AWS::EC2::SubnetRouteTableAssociation': network,
  'AWS::EC2::VPC': network,
  'AWS::EC2::VPCCidrBlock': network,
  'AWS::EC2::VPCEndpoint': network,
  'AWS::EC2::VPCGatewayAttachment': network,
  'AWS::EMRServerless::Application': { absent: 'a job runs as what the app hands in to play Spark, or is refused' },
  'AWS::IAM::ManagedPolicy': permissions,
  'AWS::IAM::Policy': permissions,
  'AWS::IAM::Role': permissions,
  'AWS::CloudWatch::Alarm': observation,
  'AWS::CloudWatch::CompositeAlarm': observation,
  'AWS::CloudWatch::Dashboard': observation,
  'AWS::Logs::LogGroup': observation,
  'AWS::Logs::MetricFilter': observation,
  'AWS::Logs::ResourcePolicy': permissions,
  'AWS::CDK::Metadata': { absent: 'usage statistics' },
  'Custom::S3AutoDeleteObjects': customResource,
  'Custom::VpcRestrictDefaultSG': customResource,
  'Custom::LogRetention': customResource,
};

/** What is wrong with a resource from this machine's point of view; empty when all of it is known. */
export function unknownParts(types: ResourceTypes, logicalId: string, resource: TemplateResource): readonly string[] {
  const rule = types[resource.Type];
  if (!rule) return [`${logicalId}: the type ${resource.Type}`];
  if ('absent' in rule) return [];
  const known = new Set([...rule.plays, ...Object.keys(rule.without ?? {})]);
  const strange = Object.keys(resource.Properties ?? {}).filter((property) => !known.has(property));
  if (resource.Condition !== undefined) strange.push(`the condition ${resource.Condition}`);
  return strange.map((part) => `${logicalId}: ${resource.Type} with ${part}`);
}
