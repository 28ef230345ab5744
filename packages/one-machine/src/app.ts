import type { RunSparkJob } from './doors/tasks.ts';
import type { SecretDescription } from './services/secrets/vault.ts';
import type { Services } from './services.ts';
import type { FunctionModel, StackModel } from './template/model.ts';
import type { ResourceRule } from './template/resource-types.ts';
import type { Starting } from './terminal/starting.ts';

/** An app as this machine runs it: what its templates don't say. */
export interface App {
  /** Small letters and digits: its database and buckets are called by it. */
  readonly name: string;
  /** The folder of the synthesized app, made when it must be. */
  assembly(watched: { readonly starting: Starting; readonly signal?: AbortSignal }): Promise<string>;
  /** Where instances share what V8 made of the functions' code. */
  readonly compileCache: string;
  /** Addresses of modules from whose places AWS's SDK is taken where a function brings none. @default none */
  readonly sdk?: readonly string[];
  /** Types of resources that the app has of its own. */
  readonly resourceTypes?: Readonly<Record<string, ResourceRule>>;
  /** Secrets that this machine has beside the templates'. */
  readonly secrets?: readonly SecretDescription[];
  /** What plays EMR Serverless; without it no state may start a job. */
  sparkJobs?(place: SparkPlace): RunSparkJob;
  /** Starts what stands beside the services and isn't AWS's. */
  beside?(ground: { readonly model: StackModel; readonly services: Services }): Promise<Beside>;
}

/** Where a job finds what it needs. */
export interface SparkPlace {
  /** Where the assets are that a deployment would upload. */
  readonly assembly: string;
  /** Where the services are. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What an app has beside AWS's services, running. */
export interface Beside {
  /** A function's variables that have another value on this machine. */
  variables(fn: FunctionModel, apiUrl: string): Readonly<Record<string, string | undefined>>;
  stop(): Promise<unknown>;
}
