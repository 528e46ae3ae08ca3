// @ts-check
import { applyTheme } from './theme.js';
import './shell.js';

applyTheme();
