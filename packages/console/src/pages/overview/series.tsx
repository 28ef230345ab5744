import type { components } from '../../api/schema.gen';
import { useTexts } from '../../texts/index.ts';

type Step = components['schemas']['CountsOfAStep'];

const parts = ['out', 'filtered', 'failed'] as const;

// Units of the drawing, which is stretched to the width there is.
const barWidth = 8;
const pitch = 10;
const height = 48;

/** What came out, was filtered and failed, an hour or a day a bar. Drawn by attributes: the policy allows no style in the page. */
export function Series({ steps, span }: { readonly steps: readonly Step[]; readonly span: string }) {
  const { t, language } = useTexts();
  const sum = (name: 'in' | (typeof parts)[number]) =>
    steps.reduce((all, step) => all + step[name], 0).toLocaleString(language);
  const words = t('overview.series', {
    span,
    in: sum('in'),
    out: sum('out'),
    filtered: sum('filtered'),
    failed: sum('failed'),
  });
  const most = Math.max(1, ...steps.map((step) => parts.reduce((all, part) => all + step[part], 0)));
  return (
    <>
      <svg
        className="series"
        viewBox={`0 0 ${steps.length * pitch} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        {steps.map((step, index) => (
          <Bars key={step.at} step={step} left={index * pitch} most={most} />
        ))}
      </svg>
      <ul className="legend">
        {parts.map((part) => (
          <li key={part} className={part}>
            {t(`runs.${part}`)} <strong className="number">{sum(part)}</strong>
          </li>
        ))}
      </ul>
    </>
  );
}

interface BarsProps {
  readonly step: Step;
  readonly left: number;
  readonly most: number;
}

function Bars({ step, left, most }: BarsProps) {
  const { language } = useTexts();
  let top = height;
  return (
    <g>
      <title>
        {`${new Date(step.at).toLocaleString(language)}: ${parts.map((part) => step[part].toLocaleString(language)).join(' / ')}`}
      </title>
      <rect className="base" x={left} y={height - 1} width={barWidth} height={1} />
      {parts.map((part) => {
        const tall = (step[part] / most) * height;
        top -= tall;
        return <rect key={part} className={part} x={left} y={top} width={barWidth} height={tall} />;
      })}
    </g>
  );
}
