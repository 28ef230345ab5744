import { type Assembly, handlerOf, type Resource } from './assembly.ts';

interface Target {
  readonly Arn: unknown;
}

/** What calls each function, by handler: routes, queues, schedules, states, the deployment. */
export function triggersOf(assembly: Assembly): ReadonlyMap<string, readonly string[]> {
  const triggers = new Map<string, string[]>(assembly.functions.map((resource) => [handlerOf(resource), []]));
  const add = (called: Resource | undefined, by: string) => {
    if (called) triggers.get(handlerOf(called))?.push(by);
  };
  for (const { key, handler } of routesOf(assembly)) triggers.get(handler)?.push(key);
  for (const { stack, properties } of assembly.ofType('AWS::Lambda::EventSourceMapping')) {
    const queue = assembly.referred(stack, properties.EventSourceArn);
    add(
      assembly.referred(stack, properties.FunctionName),
      properties.Topics ? `topic ${String(properties.Topics)}` : `queue ${queue ? nameOf(queue) : '?'}`,
    );
  }
  for (const { stack, properties } of assembly.ofType('AWS::Scheduler::Schedule'))
    add(assembly.referred(stack, (properties.Target as Target).Arn), `schedule ${properties.ScheduleExpression}`);
  for (const { stack, properties } of assembly.ofType('Custom::Trigger')) {
    const version = assembly.referred(stack, properties.HandlerArn);
    add(version && assembly.referred(stack, version.properties.FunctionName), 'deployment');
  }
  for (const machine of assembly.ofType('AWS::StepFunctions::StateMachine')) {
    const definition = assembly.textOf(machine.stack, machine.properties.DefinitionString);
    for (const called of assembly.functions.filter(
      ({ id, stack }) => stack === machine.stack && definition.includes(`<${id}.Arn>`),
    ))
      add(called, `state machine ${nameOf(machine)}`);
  }
  return triggers;
}

/** Each route with the handler that answers it. */
export function routesOf(assembly: Assembly): readonly { readonly key: string; readonly handler: string }[] {
  return assembly.ofType('AWS::ApiGatewayV2::Route').flatMap(({ stack, properties }) => {
    const [, integrationId] = assembly.textOf(stack, properties.Target).match(/^integrations\/<(.+)>$/) ?? [];
    const integration = assembly.resources.find(({ id }) => id === integrationId);
    const called = integration && assembly.referred(stack, integration.properties.IntegrationUri);
    return [{ key: String(properties.RouteKey), handler: called ? handlerOf(called) : '?' }];
  });
}

/** A resource's place in the stack, as people know it: `Alerts/Send`. */
export function nameOf({ metadata, id }: Resource): string {
  const [, ...parts] = String(metadata['aws:cdk:path'] ?? id).split('/');
  return parts.filter((part) => part !== 'Resource').join('/');
}
