import type { TemplateResource } from './assembly-files.ts';

/** One resource with its properties resolved. */
export interface ResolvedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly resource: TemplateResource;
  readonly properties: Readonly<Record<string, unknown>>;
  /** The resource's own ARN and name here. */
  readonly arn: string;
  readonly name: string;
  /** Where the resource's asset is, for functions. */
  readonly assetDirectory: string | undefined;
}
