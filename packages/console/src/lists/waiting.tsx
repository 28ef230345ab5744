import Skeleton from '@cloudscape-design/components/skeleton';
import SpaceBetween from '@cloudscape-design/components/space-between';

/** Stands where something is still on its way. */
export function Waiting({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div className="waiting">
      <SpaceBetween size="s">
        {Array.from({ length: lines }, (_, line) => (
          // The lines have no identity of their own.
          // biome-ignore lint/suspicious/noArrayIndexKey: they never change places
          <Skeleton key={line} height="1.4em" width={`${90 - line * 12}%`} />
        ))}
      </SpaceBetween>
    </div>
  );
}
