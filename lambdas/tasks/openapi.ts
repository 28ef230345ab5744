import * as z from 'zod';
import type { DocumentedApi, DocumentedCodes } from '#kit/api/documentation.ts';
import { codes } from './api/codes.ts';
import { documentedCalls } from './api/documented-calls.ts';
import { documentedRoutes } from './api/routes.ts';
import { filesApi } from './files/routes.ts';

const envelope: DocumentedCodes = {
  name: 'TaskProblem',
  wrap: (data) => z.object({ code: z.literal(codes.SUCCESS.code), msg: z.literal(codes.SUCCESS.msg), data }),
  failure: z.object({
    code: z.int().meta({ examples: [codes.FUNC_NOT_FOUND.code] }),
    msg: z.string().meta({
      description: 'What the code means, and after a line break the detail.',
      examples: [`${codes.FUNC_NOT_FOUND.msg}\nThere is no function a.b:c`],
    }),
    data: z.looseObject({}).describe('What a program may want of it: the `request_id` of our own fault; else empty.'),
  }),
  wrongInput: 422,
};

/** What the document of the API says of tasks and of callers' files. */
export const openapi: DocumentedApi = {
  tags: [
    { name: 'tasks', description: 'Registered functions as asynchronous jobs.' },
    { name: 'files', description: 'Files of callers, as arguments of tasks.' },
  ],
  parts: [
    { handler: 'tasks/files-api', routes: filesApi, tag: 'files', envelope },
    {
      handler: 'tasks/api',
      routes: documentedRoutes,
      tag: 'tasks',
      envelope,
      bodies: {
        'POST /api/v1/tasks/submit': documentedCalls(documentedRoutes['POST /api/v1/tasks/submit'].shape.body),
      },
    },
  ],
};
