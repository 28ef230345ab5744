import { Aws, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Environment } from '../environment.ts';

/** A stack that carries its environment's data, so that constructs needn't be handed it. */
export class MillraceStack extends Stack {
  readonly settings: Environment;

  constructor(scope: IConstruct, part: string, environment: Environment) {
    // The id goes without the environment, so that logical ids are the same in all of them.
    super(scope, part, {
      stackName: `Millrace-${environment.name}-${part}`,
      // No account: the templates are the same on every machine, and nothing is looked up while they are made.
      env: { region: environment.region },
      tags: { application: 'millrace', environment: environment.name },
      terminationProtection: environment.removal === 'retain',
    });
    this.settings = environment;
  }
}

/** The environment a construct stands in. Throws outside of a MillraceStack. */
export function environmentOf(scope: IConstruct): Environment {
  const stack = Stack.of(scope);
  if (stack instanceof MillraceStack) return stack.settings;
  throw new Error(`${scope.node.path} stands in no MillraceStack`);
}

/**
 * What becomes of data when its stack is deleted, as the environment says. What is retained goes all the same when the very
 * deployment that made it is taken back, so that it can be tried again.
 */
export function removalPolicyOf(scope: IConstruct): RemovalPolicy {
  return environmentOf(scope).removal === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/**
 * `millrace-prod-1f6b3c2d`: a name that no other stack of this app gets, in no later deployment either. What is retained
 * keeps its name, and a stack made anew must not meet it. Ends as the stack's own id begins, which AWS makes up. For
 * resources of the scope's stack only: in another, it would be that one's id.
 */
export function nameOfStacksOwn(scope: IConstruct): string {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return `millrace-${environmentOf(scope).name}-${Fn.select(0, Fn.split('-', stackUuid))}`;
}
