import { readFileSync } from 'node:fs';
import path from 'node:path';

/** CloudFormation's properties, as far as this project reads them: every one may be absent. */
export interface Properties {
  readonly [name: string]: unknown;
}

/** One resource of one stack, with its properties as they stand in the template. */
export interface Resource {
  /** `Millrace-dev-Data`. */
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
  readonly deletionPolicy: string | undefined;
  /** Ids of the same stack that it says it waits for. */
  readonly dependsOn: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly [id: string, attribute: string];
  readonly 'Fn::Join'?: readonly [delimiter: string, parts: readonly unknown[]];
  readonly 'Fn::Sub'?: string;
  readonly 'Fn::GetStackOutput'?: { readonly StackName: string; readonly OutputName: string };
}

interface Manifest {
  readonly artifacts: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
}

/** The synthesized templates of one environment, with references followed from stack to stack. */
export class Assembly {
  readonly folder: string;
  readonly templates: ReadonlyMap<string, Template>;
  readonly resources: readonly Resource[];

  constructor(folder: string) {
    this.folder = folder;
    this.templates = readTemplates(folder);
    this.resources = [...this.templates].flatMap(([stack, { Resources }]) =>
      Object.entries(Resources).map(([id, resource]) => asResource(stack, id, resource)),
    );
  }

  /** The same templates with those resources alone that stay when their stacks are deleted. */
  retained(): Assembly {
    const resources = this.resources.filter(({ deletionPolicy }) => deletionPolicy?.startsWith('Retain'));
    return Object.assign(Object.create(Assembly.prototype), this, { resources });
  }

  ofType(type: string): readonly Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Functions of ours, which name their handler; those that the CDK brings along don't. */
  get functions(): readonly Resource[] {
    return this.ofType('AWS::Lambda::Function').filter((resource) => /^[a-z]+\/[a-z-]+$/.test(handlerOf(resource)));
  }

  /** The resource that a `Ref`, an attribute or another stack's output stands for; `undefined` when there is none. */
  referred(stack: string, value: unknown): Resource | undefined {
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::GetStackOutput': output } = (value ?? {}) as Intrinsic;
    if (output) return this.referred(output.StackName, this.output(output.StackName, output.OutputName));
    const id = Ref ?? attribute?.[0];
    return this.resources.find((resource) => resource.stack === stack && resource.id === id);
  }

  /** Value of a stack's output. */
  output(stack: string, name: string): unknown {
    return this.templates.get(stack)?.Outputs?.[name]?.Value;
  }

  /** A value as one text: what only an account knows becomes `<LogicalId>`, wherever it comes from. */
  textOf(stack: string, value: unknown): string {
    if (typeof value === 'string') return value;
    const {
      Ref,
      'Fn::GetAtt': attribute,
      'Fn::Join': join,
      'Fn::Sub': sub,
      'Fn::GetStackOutput': output,
    } = value as Intrinsic;
    if (Ref === 'AWS::Partition') return 'aws';
    if (Ref !== undefined) return `<${Ref}>`;
    if (attribute) return `<${attribute.join('.')}>`;
    if (join) return join[1].map((part) => this.textOf(stack, part)).join(join[0]);
    if (sub !== undefined) return sub;
    if (output) return this.textOf(output.StackName, this.output(output.StackName, output.OutputName));
    return `<${JSON.stringify(value)}>`;
  }

  /** Folder of a function's code. */
  codeOf({ metadata }: Resource): string {
    return path.join(this.folder, String(metadata['aws:asset:path']));
  }
}

/** `platform/send-mail`. */
export function handlerOf({ properties }: Resource): string {
  return String(properties.Description);
}

function readTemplates(folder: string): ReadonlyMap<string, Template> {
  const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const { artifacts } = read('manifest.json') as Manifest;
  return new Map(
    Object.values(artifacts).flatMap(({ type, properties: { stackName, templateFile } = {} }) =>
      type === 'aws:cloudformation:stack' && stackName && templateFile ? [[stackName, read(templateFile)]] : [],
    ),
  );
}

function asResource(stack: string, id: string, resource: TemplateResource): Resource {
  const { Type, Properties = {}, Metadata = {}, DeletionPolicy, DependsOn = [] } = resource;
  const dependsOn = [DependsOn].flat();
  return {
    stack,
    id,
    type: Type,
    properties: Properties,
    metadata: Metadata,
    deletionPolicy: DeletionPolicy,
    dependsOn,
  };
}
