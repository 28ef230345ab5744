import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { SparkPlace } from 'one-machine/app.ts';
import type { RunSparkJob } from 'one-machine/doors/tasks.ts';
import { TaskError } from 'one-machine/state-machines/errors.ts';
import { z } from 'zod';

/** What a state asks of EMR Serverless. Source: EMR Serverless API Reference, StartJobRun; Step Functions' own spelling. */
const startJobRun = z.object({
  ApplicationId: z.string(),
  ExecutionRoleArn: z.string(),
  Name: z.string().regex(/^[a-z]+\/[a-z][a-z0-9-]*$/),
  ExecutionTimeoutMinutes: z.coerce.number().positive(),
  JobDriver: z.object({
    SparkSubmit: z.object({
      EntryPoint: z.string(),
      EntryPointArguments: z.array(z.string()),
      SparkSubmitParameters: z.string().optional(),
    }),
  }),
});

export interface SparkJobsOptions extends SparkPlace {
  /** Where the sources are. */
  readonly project: string;
}

/**
 * EMR Serverless of one machine. There is no Spark: job `tasks/word-count` runs `lambdas/tasks/spark/word-count.ts` with
 * the script's own arguments, as a process of its own; its result says which engine it was.
 */
export function sparkJobs({ project, assembly, environment }: SparkJobsOptions): RunSparkJob {
  return async (argument, signal) => {
    const job = startJobRun.safeParse(argument);
    if (!job.success) throw new TaskError('EMRServerless.ValidationException', z.prettifyError(job.error));
    const { Name, JobDriver, ExecutionTimeoutMinutes } = job.data;
    const { EntryPoint, EntryPointArguments } = JobDriver.SparkSubmit;
    const asset = path.join(assembly, `asset.${path.basename(EntryPoint)}`);
    if (!existsSync(asset)) throw new TaskError('States.TaskFailed', `No asset is uploaded to ${EntryPoint}`);
    const [workload = '', name = ''] = Name.split('/');
    const script = path.join(project, 'lambdas', workload, 'spark', `${name}.ts`);
    await run([script, ...EntryPointArguments], {
      signal,
      cwd: project,
      env: environment,
      timeout: ExecutionTimeoutMinutes * 60_000,
    });
    return { ApplicationId: job.data.ApplicationId, JobRunId: 'local', Name, State: 'SUCCESS' };
  };
}

interface RunOptions {
  readonly signal: AbortSignal;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** In milliseconds. */
  readonly timeout: number;
}

// A driver of the smallest size has 4 GB; here it is no larger than a function.
const nodeOptions = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=512'];

function run(args: readonly string[], options: RunOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...nodeOptions, ...args], options, (error, _output, errors) => {
      if (!error) resolve();
      else reject(new TaskError('States.TaskFailed', `The job failed: ${errors.slice(-2000) || error.message}`));
    });
  });
}
