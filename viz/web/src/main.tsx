import { render } from 'preact';
import { Shell } from './shell/Shell';
import { begin } from './state/account';
import { follow } from './state/address';
import { keepFocus } from './state/focus';
import { followPrinting } from './state/paper';
import { wear } from './state/theme';
import './style.css';

wear();
follow();
followPrinting();
const place = document.getElementById('app');
begin(place?.dataset['nobody'] === undefined);
if (place) {
  render(<Shell />, place);
  keepFocus(place);
}
