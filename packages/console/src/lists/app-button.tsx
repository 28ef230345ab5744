import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { useHref, useNavigate } from 'react-router';

/** A button that leads to another page of the application. */
export function AppButton({ to, ...rest }: { readonly to: string } & Omit<ButtonProps, 'href' | 'onFollow'>) {
  const navigate = useNavigate();
  const href = useHref(to);
  return (
    <Button
      {...rest}
      href={href}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    />
  );
}
