import '@cloudscape-design/global-styles/index.css';
import './console.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { ApiError } from './api/api-error.ts';
import { App } from './app.tsx';
import { chooseTheme, preferredTheme } from './shell/theme.ts';
import { chooseLanguage, preferredLanguage } from './texts/index.ts';

// A refusal stays one however often it is asked; what is unreachable may be there in a moment.
const tries = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1000,
      retry: (failures, error) => failures < tries && !(error instanceof ApiError && error.status < 500),
    },
  },
});

chooseTheme(preferredTheme());
await chooseLanguage(preferredLanguage());

const root = document.getElementById('console');
if (!root) throw new Error('The page has no place for the application');
createRoot(root).render(
  <QueryClientProvider client={queries}>
    <BrowserRouter basename="/console">
      <App />
    </BrowserRouter>
  </QueryClientProvider>,
);
