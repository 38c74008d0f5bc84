import { render } from 'preact';
import { Shell } from './shell/Shell';
import { look } from './state/account';
import { follow } from './state/address';
import { wear } from './state/theme';
import './style.css';

wear();
follow();
void look();
const place = document.getElementById('app');
if (place) render(<Shell />, place);
