import type { DocumentedApi } from '#kit/api/documentation.ts';
import { documentedCalls } from './api/documented-calls.ts';
import { documentedRoutes } from './api/routes.ts';
import { filesApi } from './files/routes.ts';

/** What the document of the API says of tasks and of callers' files. */
export const openapi: DocumentedApi = {
  tags: [
    { name: 'tasks', description: 'Registered functions as asynchronous jobs.' },
    { name: 'files', description: 'Files of callers, as arguments of tasks.' },
  ],
  parts: [
    { handler: 'tasks/files-api', routes: filesApi, tag: 'files', envelope: 'coded' },
    {
      handler: 'tasks/api',
      routes: documentedRoutes,
      tag: 'tasks',
      envelope: 'coded',
      bodies: {
        'POST /api/v1/tasks/submit': documentedCalls(documentedRoutes['POST /api/v1/tasks/submit'].shape.body),
      },
    },
  ],
};
