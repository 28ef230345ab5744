/** How a failure names an expression, in AWS's words. */
export function expressionPlace(source: string, field: string): string {
  return `The JSONata expression '${source}' specified for the field '${field}'`;
}
