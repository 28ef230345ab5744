import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { usersApiEnv, usersRoutes } from '../../lambdas/platform/contract.ts';
import { ApiHandler, type ApiHandlerPlatform } from '../constructs/api/api-handler.ts';

export interface UsersApiProps {
  readonly platform: ApiHandlerPlatform;
  readonly users: ISecret;
}

/** The routes of users: the one function that may write their secret. */
export class UsersApi extends Construct {
  constructor(scope: Construct, id: string, { platform, users }: UsersApiProps) {
    super(scope, id);
    const api = new ApiHandler(this, 'Api', {
      platform,
      handler: 'platform/users-api',
      contract: usersApiEnv,
      routes: usersRoutes,
      env: {},
      impact: 'Nobody can add or change users by the API; npm run users still can.',
      severity: 'low',
      concurrency: 2,
    });
    api.allow(['secretsmanager:PutSecretValue'], [users.secretArn]);
  }
}
