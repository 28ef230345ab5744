import { Duration } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { admitCallerEnv } from '../../lambdas/platform/contract.ts';
import type { Database } from '../constructs/database.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import { environmentOf } from '../constructs/millrace-stack.ts';

export interface CallersProps {
  /** The secret of the users. */
  readonly users: ISecret;
  readonly database: Database;
}

/** Who may call the API and how often: what functions that answer must know of it, and may read. */
export class Callers extends Construct {
  /** Variables of a function that authenticates by itself. */
  readonly env: {
    readonly USERS_SECRET: string;
    readonly CALLER_REQUESTS_PER_SECOND: string;
    readonly CALLER_BURST: string;
  };
  readonly #users: ISecret;
  readonly #admit: HandlerFunction;

  constructor(scope: Construct, id: string, { users, database }: CallersProps) {
    super(scope, id);
    const { requestsPerSecond, burst } = environmentOf(this).api.callers;
    const limits = { CALLER_REQUESTS_PER_SECOND: String(requestsPerSecond), CALLER_BURST: String(burst) };
    this.env = { USERS_SECRET: users.secretArn, ...limits };
    this.#users = users;
    this.#admit = new HandlerFunction(this, 'Admit', {
      handler: 'platform/admit-caller',
      contract: admitCallerEnv,
      env: { DATABASE_URL: database.url, ...limits },
      impact: 'Nobody can start a run by the API.',
      timeout: Duration.seconds(15),
      concurrency: 2,
      database,
    });
  }

  /** Variables of a function outside of the VPC whose routes change something; for {@link allowAsking}. */
  get askingEnv(): { readonly USERS_SECRET: string; readonly ADMISSION_FUNCTION: string } {
    return { USERS_SECRET: this.#users.secretArn, ADMISSION_FUNCTION: this.#admit.function.functionArn };
  }

  /** Lets functions know the users. */
  allow(...handlers: readonly HandlerFunction[]): void {
    for (const handler of handlers) handler.allow(['secretsmanager:GetSecretValue'], [this.#users.secretArn]);
  }

  /** The same, and lets them ask whether a caller is to be admitted. */
  allowAsking(handler: HandlerFunction): void {
    this.allow(handler);
    handler.allow(['lambda:InvokeFunction'], [this.#admit.function.functionArn]);
  }
}
