import type { createDocument } from 'zod-openapi';

type Document = ReturnType<typeof createDocument>;

/**
 * Says what a parameter is for at the parameter itself, where tools look for it. The example, too, where a value is
 * needed: forms fill it in, and one that may be left out would narrow what people see without their asking.
 */
export function describeParameters(document: Document): void {
  for (const path of Object.values(document.paths ?? {}))
    for (const operation of [path.get, path.post, path.put, path.delete])
      for (const parameter of operation?.parameters ?? []) {
        if ('$ref' in parameter || typeof parameter.schema !== 'object' || '$ref' in parameter.schema) continue;
        const { description, ...schema } = parameter.schema;
        if (description !== undefined) parameter.description ??= description;
        parameter.schema = schema;
        if (!parameter.required || schema.examples?.[0] === undefined) continue;
        parameter.example ??= schema.examples[0];
        delete schema.examples;
      }
}
