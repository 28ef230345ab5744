import { Duration } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { admitCallerEnv } from '../../../lambdas/platform/contract.ts';
import type { Database } from '../database.ts';
import { HandlerFunction } from '../handler-function.ts';
import { environmentOf } from '../millrace-stack.ts';

export interface CallersProps {
  /** The secret of the users. */
  readonly users: ISecret;
  readonly database: Database;
}

// Revocation works within a minute, at one question a minute and function instance.
const freshMs = 60_000;

/** Who may call the API and how often: what functions that answer must know of it, and may read. */
export class Callers extends Construct {
  /** Variables of a function that authenticates by itself. */
  readonly env: {
    readonly USERS_SECRET: string;
    readonly USERS_FRESH_MS: string;
    readonly CALLER_REQUESTS_PER_SECOND: string;
    readonly CALLER_BURST: string;
    readonly DATABASE_PAUSES: string;
  };
  /** Variables of a function outside of the VPC whose routes change something; for {@link allowAsking}. */
  readonly askingEnv: {
    readonly USERS_SECRET: string;
    readonly USERS_FRESH_MS: string;
    readonly ADMISSION_FUNCTION: string;
  };
  readonly #users: ISecret;
  readonly #admit: HandlerFunction;

  constructor(scope: Construct, id: string, { users, database }: CallersProps) {
    super(scope, id);
    const { api, database: settings } = environmentOf(this);
    const { requestsPerSecond, burst } = api.callers;
    const limits = { CALLER_REQUESTS_PER_SECOND: String(requestsPerSecond), CALLER_BURST: String(burst) };
    const known = { USERS_SECRET: users.secretArn, USERS_FRESH_MS: String(freshMs) };
    this.env = { ...known, ...limits, DATABASE_PAUSES: settings.minAcu === 0 ? 'yes' : 'no' };
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
    this.askingEnv = { ...known, ADMISSION_FUNCTION: this.#admit.function.functionArn };
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
