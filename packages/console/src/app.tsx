import I18nProvider, { type I18nProviderProps } from '@cloudscape-design/components/i18n';
import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router';
import { useCredential } from './api/session.ts';
import { NoticesProvider } from './lists/notices.tsx';
import { Waiting } from './lists/waiting.tsx';
import { PageBoundary } from './shell/page-boundary.tsx';
import { Shell } from './shell/shell.tsx';
import { useTexts } from './texts/index.ts';

const SignIn = lazy(() => import('./shell/sign-in.tsx'));

/** Each page is loaded when it is first opened. */
const pages = {
  '': lazy(() => import('./pages/overview/overview.tsx')),
  runs: lazy(() => import('./pages/runs/runs.tsx')),
  'runs/:workload/:name': lazy(() => import('./pages/runs/run.tsx')),
  'runs/:id': lazy(() => import('./pages/runs/run.tsx')),
  failures: lazy(() => import('./pages/failures/failures.tsx')),
  'failures/:id': lazy(() => import('./pages/failures/failure.tsx')),
  'presale/deals': lazy(() => import('./pages/presale/deals.tsx')),
  'presale/projects': lazy(() => import('./pages/presale/new-projects.tsx')),
  'presale/publications': lazy(() => import('./pages/presale/publications.tsx')),
  'presale/corrections': lazy(() => import('./pages/presale/all-corrections.tsx')),
  'presale/problems': lazy(() => import('./pages/presale/problems.tsx')),
  'presale/problems/:id': lazy(() => import('./pages/presale/problem.tsx')),
  tagger: lazy(() => import('./pages/tagger/services.tsx')),
  'tagger/rules': lazy(() => import('./pages/tagger/rules.tsx')),
  schedules: lazy(() => import('./pages/schedules/schedules.tsx')),
  tasks: lazy(() => import('./pages/tasks/tasks.tsx')),
  'tasks/submit': lazy(() => import('./pages/tasks/submit.tsx')),
  'tasks/:id': lazy(() => import('./pages/tasks/task.tsx')),
  briefs: lazy(() => import('./pages/briefs/briefs.tsx')),
  'briefs/submit': lazy(() => import('./pages/briefs/submit-brief.tsx')),
  'briefs/:id': lazy(() => import('./pages/briefs/brief.tsx')),
  recommender: lazy(() => import('./pages/recommender/recommender.tsx')),
  'recommender/items/:tenant/:scenario/:item': lazy(() => import('./pages/recommender/items/item.tsx')),
  'recommender/users/:tenant/:user': lazy(() => import('./pages/recommender/people/user.tsx')),
  topics: lazy(() => import('./pages/topics/topics.tsx')),
  query: lazy(() => import('./pages/query/query.tsx')),
  users: lazy(() => import('./pages/users/users.tsx')),
  machine: lazy(() => import('./pages/machine/machine.tsx')),
  '*': lazy(() => import('./pages/not-found.tsx')),
};

/** The application: signed out, the form; signed in, the page of the address. */
export function App() {
  const { language, messages } = useTexts();
  const credential = useCredential();
  return (
    <I18nProvider locale={language} messages={[messages as I18nProviderProps.Messages]}>
      <NoticesProvider>
        {credential ? (
          <Shell>
            <PageBoundary>
              <Suspense fallback={<Waiting />}>
                <Routes>
                  {Object.entries(pages).map(([path, Page]) => (
                    <Route key={path} path={path} element={<Page />} />
                  ))}
                </Routes>
              </Suspense>
            </PageBoundary>
          </Shell>
        ) : (
          <Suspense>
            <SignIn />
          </Suspense>
        )}
      </NoticesProvider>
    </I18nProvider>
  );
}
