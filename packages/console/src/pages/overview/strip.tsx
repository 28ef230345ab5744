import { useHref } from 'react-router';
import type { components } from '../../api/schema.gen';
import { stateText, useTexts } from '../../texts/index.ts';

type Run = components['schemas']['StripRun'];

// As many as fit beside each other on a phone.
const stripLength = 16;

/** The last runs of a workload side by side, the newest last, each leading to its page. */
export function Strip({ runs }: { readonly runs: readonly Run[] }) {
  const { t, language } = useTexts();
  const base = useHref('/').replace(/\/$/, '');
  if (runs.length === 0) return <>{t('overview.no-runs')}</>;
  return (
    <span className="strip">
      {runs
        .slice(0, stripLength)
        .reverse()
        .map(({ id, workload, name, state, started_at }) => {
          const words = `${name}: ${stateText(t, state)}, ${new Date(started_at).toLocaleString(language)}`;
          return (
            <a
              key={name}
              className={state}
              href={`${base}/runs/${id ?? `${workload}/${encodeURIComponent(name)}`}`}
              title={words}
            >
              <span className="only-read">{words}</span>
            </a>
          );
        })}
    </span>
  );
}
