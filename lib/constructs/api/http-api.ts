import { CfnOutput, Duration, Lazy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi as Api,
  type CfnStage,
  CorsHttpMethod,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { correlationHeader } from '../../../lambdas/kit/correlation.ts';
import { acknowledge } from '../../permissions/acknowledge.ts';
import { AlarmBook } from '../alarm-book.ts';
import type { HandlerFunction } from '../handler-function.ts';
import { logGroup } from '../log-group.ts';
import { environmentOf } from '../millrace-stack.ts';

// One JSON object a line. The error field says why API Gateway itself refused. The route, not the path: paths name users,
// who may be erased.
const accessLogFields = {
  requestId: '$context.requestId',
  at: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  error: '$context.error.message',
};

/**
 * One permission for a function and not one for each of its routes: CloudFormation takes 500 resources in a stack. What the API
 * calls it for, its routes say.
 */
const anyRoute = { scopePermissionToRoute: false } as const;

/** API Gateway hangs up after 30 s; a function that stops before it leaves a log that says why. */
export const apiTimeout = Duration.seconds(29);

/**
 * Of what the whole API takes, the part that all routes which anybody may call take together. The gateway knows nobody; where
 * callers are known, functions tell them from strangers (lambdas/kit/api/authentication/strangers.ts).
 */
const openPart = 3 / 4;
/** A page comes with some twenty files at once: of the whole burst, what one such route may take. */
const openBurst = 1 / 4;

/** One HTTP API: routes by the contracts' own keys, throttled, logged, open to the environment's web pages. */
export class HttpApi extends Construct {
  readonly api: Api;
  readonly #stage: HttpStage;
  readonly #openRoutes: string[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { corsOrigins, requestsPerSecond, burst } = environmentOf(this).api;
    this.api = new Api(this, 'Api', {
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [...corsOrigins],
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.DELETE],
        allowHeaders: ['authorization', 'content-type', correlationHeader],
        exposeHeaders: ['x-request-id', correlationHeader],
        maxAge: Duration.hours(1),
      },
    });
    this.#stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup(this, 'AccessLogs')),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    (this.#stage.node.defaultChild as CfnStage).routeSettings = Lazy.any({ produce: () => this.#routeSettings() });
    new CfnOutput(this, 'Url', { value: this.#stage.url, description: 'Where the API answers' });
    this.#watch();
  }

  /** Serves routes (`GET /runs/{workload}`) by one function; `open` ones are for callers whom nobody knows. */
  route(keys: readonly string[], handler: HandlerFunction, { open = false } = {}): void {
    const integration = new HttpLambdaIntegration(handler.name, handler.function, anyRoute);
    for (const key of keys) {
      const [method, path] = key.split(' ');
      const known = Object.values(HttpMethod).find((name) => name === method);
      if (!known || !path?.startsWith('/')) throw new Error(`"${key}" is no route: expected METHOD /path`);
      const [route] = this.api.addRoutes({ path, methods: [known], integration });
      if (!route) continue;
      this.#acknowledge(route);
      if (open) this.#open(key, route);
    }
  }

  /** Answers every request that has no route. */
  fallback(handler: HandlerFunction): void {
    const integration = new HttpLambdaIntegration(`${handler.name}-fallback`, handler.function, anyRoute);
    const route = new HttpRoute(this, 'Fallback', { httpApi: this.api, routeKey: HttpRouteKey.DEFAULT, integration });
    this.#acknowledge(route);
    this.#open(HttpRouteKey.DEFAULT.key, route);
  }

  #open(key: string, route: HttpRoute): void {
    this.#openRoutes.push(key);
    // The stage names the route, which must be there by then.
    this.#stage.node.addDependency(route);
  }

  /** What open routes take is bounded route by route; in the long run they share their part, and a page's files come at once. */
  #routeSettings(): Record<string, object> {
    const { requestsPerSecond, burst } = environmentOf(this).api;
    const each = {
      ThrottlingRateLimit: Math.max(1, Math.floor((requestsPerSecond * openPart) / this.#openRoutes.length)),
      ThrottlingBurstLimit: Math.max(1, Math.floor(burst * openBurst)),
    };
    return Object.fromEntries(this.#openRoutes.map((key) => [key, each]));
  }

  #acknowledge(route: HttpRoute): void {
    const reason = 'The kit authenticates: an authorizer could not answer with our own bodies.';
    acknowledge(route, reason, 'AwsSolutions-APIG4');
  }

  #watch(): void {
    AlarmBook.of(this).add(this, {
      name: 'api-answers-errors',
      metric: this.api.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) }),
      // One failed request is in the function's own alarm; five in five minutes are an outage.
      threshold: 5,
      impact: 'People who use the API get errors instead of data.',
      severity: 'high',
    });
  }
}
