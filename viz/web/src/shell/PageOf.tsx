/** A page of the navigation, once its code is there. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../texts';
import { Failure } from './Failure';
import { pages, type PageProps } from './pages';

type Code = { is: 'asked' } | { is: 'there'; Shown: ComponentType<PageProps> } | { is: 'lost' };

export function PageOf(props: PageProps) {
  const [code, set] = useState<Code>({ is: 'asked' });
  const [turn, setTurn] = useState(0);
  const { name } = props.view;
  useEffect(() => {
    let wanted = true;
    pages[name].open().then(
      (Shown) => wanted && set({ is: 'there', Shown }),
      () => wanted && set({ is: 'lost' }),
    );
    return () => {
      wanted = false;
    };
  }, [name, turn]);
  if (code.is === 'lost') {
    return <Failure problem={{ code: 'unreachable', status: 0, title: '', detail: '' }} again={() => setTurn(turn + 1)} />;
  }
  if (code.is === 'asked') return <p class="quiet">{t('wait')}</p>;
  return <code.Shown {...props} />;
}
