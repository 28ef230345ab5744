import { useTexts } from '../../texts/index.ts';

/** A share of one as a percentage, to a tenth; a dash where there is none. */
export function Percent({ of }: { readonly of: number | null | undefined }) {
  const { language } = useTexts();
  if (of === null || of === undefined) return <>–</>;
  return <span className="number">{of.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 })}</span>;
}

interface EstimateProps {
  readonly of: number | null | undefined;
  /** Where the true share lies, 19 times of 20. */
  readonly interval: readonly number[] | null | undefined;
}

/** A share with how sure it is. */
export function Estimate({ of, interval }: EstimateProps) {
  const [low, high] = interval ?? [];
  if (low === undefined || high === undefined) return <Percent of={of} />;
  return (
    <>
      <Percent of={of} /> (<Percent of={low} /> – <Percent of={high} />)
    </>
  );
}
