import Link, { type LinkProps } from '@cloudscape-design/components/link';
import { useHref, useNavigate } from 'react-router';

/** A link to another page of the application, which opens without a reload. */
export function AppLink({ to, children, ...rest }: { readonly to: string } & Omit<LinkProps, 'href' | 'onFollow'>) {
  const navigate = useNavigate();
  const href = useHref(to);
  return (
    <Link
      {...rest}
      href={href}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    >
      {children}
    </Link>
  );
}
