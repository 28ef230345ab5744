import type { Template, TemplateResource } from './assembly-files.ts';

/** What references resolve to on this machine: each resource's `Ref` and attributes, and the account's pseudo parameters. */
export interface References {
  readonly pseudo: Readonly<Record<string, string>>;
  ref(stack: string, logicalId: string, resource: TemplateResource): string;
  attribute(stack: string, logicalId: string, resource: TemplateResource, name: string): string;
  exported(name: string): unknown;
  output(stack: string, name: string): unknown;
}

/** A template says something this runtime can't resolve. Names the place. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

type Resolve = (value: unknown) => unknown;

/**
 * Resolves CloudFormation's intrinsic functions in any value of a template.
 * Source: CloudFormation User Guide, "Intrinsic function reference". A function not listed here is a {@link TemplateError}.
 */
export function resolverOf(stack: string, template: Template, references: References): Resolve {
  const refer = (id: string): unknown => {
    // The property that refers to it is as if it weren't there.
    if (id === 'AWS::NoValue') return undefined;
    if (id in references.pseudo) return references.pseudo[id];
    const parameter = template.Parameters?.[id];
    if (parameter && parameter.Default === undefined)
      throw new TemplateError(`${stack}: Ref to the parameter ${id}, which has no default`);
    if (parameter) return parameter.Default;
    const resource = template.Resources[id];
    if (!resource) throw new TemplateError(`${stack}: Ref to ${id}, which is not in the template`);
    return references.ref(stack, id, resource);
  };
  const attribute = (id: string, name: string): unknown => {
    const resource = template.Resources[id];
    if (!resource) throw new TemplateError(`${stack}: Fn::GetAtt of ${id}, which is not in the template`);
    return references.attribute(stack, id, resource, name);
  };

  const functions: Record<string, (argument: unknown) => unknown> = {
    Ref: (id) => refer(text(id)),
    'Fn::GetAtt': (path) => {
      const [id, ...rest] = Array.isArray(path) ? path.map(text) : text(path).split('.');
      return attribute(text(id), rest.join('.'));
    },
    'Fn::Join': (argument) => {
      const [separator, parts] = list(argument);
      return list(resolve(parts)).map(text).join(text(separator));
    },
    'Fn::Sub': (argument) => substitute(argument, resolve, refer, attribute),
    'Fn::Base64': (argument) => Buffer.from(text(resolve(argument))).toString('base64'),
    'Fn::Select': (argument) => {
      const [index, from] = list(argument);
      const chosen = list(resolve(from))[Number(resolve(index))];
      if (chosen === undefined)
        throw new TemplateError(`${stack}: Fn::Select of item ${String(index)}, which is not there`);
      return chosen;
    },
    'Fn::Split': (argument) => {
      const [separator, from] = list(argument);
      return text(resolve(from)).split(text(separator));
    },
    'Fn::ImportValue': (name) => references.exported(text(resolve(name))),
    'Fn::GetStackOutput': (argument) => {
      const { StackName, OutputName } = argument as Readonly<Record<string, unknown>>;
      return references.output(text(resolve(StackName)), text(resolve(OutputName)));
    },
    'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => `${references.pseudo['AWS::Region']}${zone}`),
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
      const apply = functions[only[0]];
      if (!apply) throw new TemplateError(`${stack}: ${only[0]} is not known to the local runtime`);
      return apply(only[1]);
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, resolve(item)]).filter(([, item]) => item !== undefined),
    );
  }
  return resolve;
}

function substitute(
  argument: unknown,
  resolve: Resolve,
  refer: (id: string) => unknown,
  attribute: (id: string, name: string) => unknown,
) {
  const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
  return text(pattern).replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const own = (variables as Record<string, unknown>)[name];
    if (own !== undefined) return text(resolve(own));
    const [id, ...rest] = name.split('.');
    return text(rest.length > 0 ? attribute(text(id), rest.join('.')) : refer(text(id)));
  });
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`Text was expected, not ${JSON.stringify(value)}`);
}

function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(`A list was expected, not ${JSON.stringify(value)}`);
}
