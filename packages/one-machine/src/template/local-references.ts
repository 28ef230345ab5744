import type { StackFiles, TemplateResource } from './assembly-files.ts';
import { type References, resolverOf, TemplateError } from './intrinsics.ts';
import { account, bucketNameOf, givenNameOf, mappingIdOf, nameOf } from './names.ts';
import type { ResourceTypes } from './resource-types.ts';

/** References with the names and ARNs that resources have on this machine. */
export interface LocalReferences extends References {
  name(stack: string, logicalId: string, resource: TemplateResource): string;
  arn(stack: string, logicalId: string, resource: TemplateResource): string;
}

/** A queue's URL is only known when its service listens: this stands for it until then. */
export const queueUrlPlaceholder = (name: string) => `https://sqs.invalid/${name}`;

/** Attributes of things that are absent here but appear in variables. What they hold doesn't matter; a missing one is told. */
const absentAttributes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::RDS::DBCluster': {
    'Endpoint.Address': 'database.invalid',
    'Endpoint.Port': '5432',
    DBClusterResourceId: 'cluster-local',
    'ReadEndpoint.Address': 'database.invalid',
  },
  'AWS::EC2::VPC': { CidrBlock: '10.0.0.0/16', DefaultSecurityGroup: 'sg-local' },
  'AWS::EC2::SecurityGroup': { GroupId: 'sg-local' },
  'AWS::EMRServerless::Application': { ApplicationId: 'local' },
};

const mapping = 'AWS::Lambda::EventSourceMapping';

type Shape = 'name' | 'arn' | 'url';

/** What `Ref` gives, by type; the name where nothing stands. Source: CloudFormation Template Reference, "Return values". */
const refShapes: Readonly<Record<string, Shape>> = {
  'AWS::SQS::Queue': 'url',
  'AWS::SecretsManager::Secret': 'arn',
  'AWS::SecretsManager::SecretTargetAttachment': 'arn',
  'AWS::StepFunctions::StateMachine': 'arn',
  'AWS::IAM::ManagedPolicy': 'arn',
  'AWS::MSK::Cluster': 'arn',
  'AWS::MSK::ServerlessCluster': 'arn',
};

const arnServices: Readonly<Record<string, (name: string, region: string) => string>> = {
  'AWS::Lambda::Function': (name, region) => `arn:aws:lambda:${region}:${account}:function:${name}`,
  'AWS::SQS::Queue': (name, region) => `arn:aws:sqs:${region}:${account}:${name}`,
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::MSK::Cluster': (name, region) => `arn:aws:kafka:${region}:${account}:cluster/${name}/local-1`,
  'AWS::MSK::ServerlessCluster': (name, region) => `arn:aws:kafka:${region}:${account}:cluster/${name}/local-s1`,
  'AWS::StepFunctions::StateMachine': (name, region) => `arn:aws:states:${region}:${account}:stateMachine:${name}`,
  'AWS::SecretsManager::Secret': (name, region) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}-local0`,
  'AWS::SecretsManager::SecretTargetAttachment': (name, region) =>
    `arn:aws:secretsmanager:${region}:${account}:secret:${name}-local0`,
};

/** What names follow from beside the templates. */
export interface Place {
  readonly region: string;
  /** What the app is called. */
  readonly app: string;
  readonly types: ResourceTypes;
}

/** Gives every resource of the stacks its name, ARN and attributes on this machine. */
export function localReferences(stacks: readonly StackFiles[], { region, app, types }: Place): LocalReferences {
  const pseudo = {
    'AWS::Region': region,
    'AWS::AccountId': account,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': `${app}-local`,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${app}-local/local`,
  };
  const name = (_stack: string, logicalId: string, resource: TemplateResource) =>
    givenNameOf(resource) ??
    (resource.Type === 'AWS::S3::Bucket'
      ? bucketNameOf(app, logicalId, resource)
      : (resource.Type === mapping ? mappingIdOf : nameOf)(logicalId, resource));
  const arn = (stack: string, logicalId: string, resource: TemplateResource) => {
    const named = name(stack, logicalId, resource);
    return arnServices[resource.Type]?.(named, region) ?? `arn:aws:local:${region}:${account}:${named}`;
  };
  const functionArnOf = (stack: string, version: TemplateResource): string => {
    const template = stacks.find((candidate) => candidate.name === stack)?.template;
    if (!template) throw new TemplateError(`No stack is named ${stack}`);
    const functionName = resolverOf(stack, template, references)(version.Properties?.FunctionName);
    return `arn:aws:lambda:${region}:${account}:function:${String(functionName)}`;
  };
  const references: LocalReferences = {
    pseudo,
    name,
    arn,
    ref(stack, logicalId, resource) {
      if (resource.Type === 'AWS::Lambda::Version') return `${functionArnOf(stack, resource)}:1`;
      const shape = refShapes[resource.Type] ?? 'name';
      if (shape === 'arn') return arn(stack, logicalId, resource);
      const named = name(stack, logicalId, resource);
      return shape === 'url' ? queueUrlPlaceholder(named) : named;
    },
    attribute(stack, logicalId, resource, attribute) {
      if (attribute === 'Arn') return arn(stack, logicalId, resource);
      if (resource.Type === 'AWS::SQS::Queue' && attribute === 'QueueName') return name(stack, logicalId, resource);
      const value = absentAttributes[resource.Type]?.[attribute];
      if (value !== undefined) return value;
      const rule = types[resource.Type];
      // Only things that don't exist here may refer to such an attribute; it is told where it is read.
      if (rule && 'absent' in rule) return `${attribute}.invalid`;
      throw new TemplateError(
        `${stack}: the attribute ${attribute} of ${logicalId} (${resource.Type}) is not known to the local runtime`,
      );
    },
    output(stack, outputName) {
      const template = stacks.find((candidate) => candidate.name === stack)?.template;
      const output = template?.Outputs?.[outputName];
      if (!template || !output) throw new TemplateError(`The stack ${stack} has no output ${outputName}`);
      return resolverOf(stack, template, references)(output.Value);
    },
    exported(exportName) {
      for (const { name: stack, template } of stacks) {
        const resolve = resolverOf(stack, template, references);
        for (const output of Object.values(template.Outputs ?? {})) {
          if (output.Export && resolve(output.Export.Name) === exportName) return resolve(output.Value);
        }
      }
      throw new TemplateError(`No stack exports ${exportName}`);
    },
  };
  return references;
}
